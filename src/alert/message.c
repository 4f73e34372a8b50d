// SPDX-License-Identifier: Apache-2.0
#include "alert/message.h"

#include "base/clock.h"
#include "base/plain.h"
#include "data/json.h"

enum { MESSAGE_CELL_MOST = 100, MESSAGE_WORDS_MOST = 300 };

// ---- our own form

static void message_text(struct buf *out, const char *key, struct str text) {
  buf_printf(out, "%s\"%s\":", out->p[out->n - 1] == '{' ? "" : ",", key);
  json_add_string(out, text);
}

static void message_time(struct buf *out, const char *key, int64_t ms) {
  char text[CLOCK_TEXT];
  clock_rfc3339(ms, text);
  message_text(out, key, str_of(text));
}

static void message_thing(struct buf *out, const char *key, struct str id, const char *called,
                          struct str name) {
  buf_printf(out, ",\"%s\":{", key);
  message_text(out, "id", id);
  message_text(out, called, name);
  buf_add_char(out, '}');
}

struct str alert_message_write(const struct alert_message *m, struct arena *a) {
  struct buf out = BUF_MAX(ALERT_MESSAGE_MOST);
  buf_add_char(&out, '{');
  message_text(&out, "id", m->id);
  message_text(&out, "event", str_of(alert_event_name(m->kind)));
  if (m->kind == ALERT_TEST) buf_add_z(&out, ",\"test\":true");
  message_time(&out, "at", m->at);
  if (m->since) message_time(&out, "since", m->since);
  if (m->began.n) message_text(&out, "began", m->began);
  message_text(&out, "watch_id", m->watch_id);
  message_text(&out, "condition", m->condition);
  if (m->tile_id.n) message_thing(&out, "tile", m->tile_id, "title", m->tile);
  if (m->dashboard_id.n) message_thing(&out, "dashboard", m->dashboard_id, "name", m->dashboard);
  if (m->proof.n > 2) { // its members are ours
    buf_add_char(&out, ',');
    buf_add(&out, str_make(m->proof.p + 1, m->proof.n - 2));
  }
  buf_add_char(&out, '}');
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

// ---- Slack's

// What has a meaning in Slack's text is escaped, and what nobody sees is a question mark.
static void slack_words(struct buf *out, struct str text, size_t most) {
  struct buf plain = BUF_MAX(4096);
  plain_mark_line(&plain, str_cut_utf8(text, most));
  for (size_t i = 0; i < plain.n; i++) {
    char c = plain.p[i];
    if (c == '&')
      buf_add_z(out, "&amp;");
    else if (c == '<')
      buf_add_z(out, "&lt;");
    else if (c == '>')
      buf_add_z(out, "&gt;");
    else
      buf_add_char(out, c);
  }
  if (text.n > most) buf_add_z(out, "…");
  buf_free(&plain);
}

static void slack_cell(struct buf *out, yyjson_val *cell) {
  if (yyjson_is_str(cell)) {
    slack_words(out, json_text(cell), MESSAGE_CELL_MOST);
    return;
  }
  struct buf text = BUF_MAX(4096);
  json_write(&text, cell);
  slack_words(out, buf_str(&text), MESSAGE_CELL_MOST);
  buf_free(&text);
}

static void slack_row(struct buf *out, yyjson_val *columns, yyjson_val *row) {
  yyjson_val *cells = yyjson_obj_get(row, "cells"), *before = yyjson_obj_get(row, "before"), *cell;
  struct str change = json_str(row, "change");
  size_t i, n;
  buf_add_z(out, "\n• ");
  if (!str_is(change, "meets")) buf_printf(out, "%.*s: ", STR_ARG(change));
  yyjson_arr_foreach (cells, i, n, cell) {
    if (i) buf_add_z(out, ", ");
    slack_words(out, json_text(yyjson_arr_get(columns, i)), MESSAGE_CELL_MOST);
    buf_add_z(out, " ");
    slack_cell(out, cell);
    yyjson_val *was = yyjson_arr_get(before, i);
    if (was && !yyjson_equals(was, cell)) {
      buf_add_z(out, " (was ");
      slack_cell(out, was);
      buf_add_char(out, ')');
    }
  }
}

static void slack_rows(struct buf *out, yyjson_val *root) {
  yyjson_val *columns = yyjson_obj_get(root, "columns"), *row;
  int64_t total = json_int(root, "row_count", 0);
  size_t i, n, shown = 0;
  yyjson_arr_foreach (yyjson_obj_get(root, "rows"), i, n, row) {
    size_t before = out->n;
    if (shown == ALERT_SLACK_ROWS) break;
    slack_row(out, columns, row);
    if (out->n > ALERT_SLACK_MOST) {
      out->n = before;
      break;
    }
    shown++;
  }
  if (total > (int64_t)shown) buf_printf(out, "\n• and %lld more", (long long)(total - (int64_t)shown));
}

static void slack_head(struct buf *out, yyjson_val *root) {
  static const char *const heads[] = {[ALERT_BEGAN] = "Began: ",
                                      [ALERT_ENDED] = "Ended: ",
                                      [ALERT_HAPPENED] = "Happened: ",
                                      [ALERT_TEST] = "This is a test. It would tell of: ",
                                      [ALERT_NOTHING] = ""};
  yyjson_val *tile = yyjson_obj_get(root, "tile"), *value = yyjson_obj_get(root, "value");
  buf_add_z(out, heads[alert_event_named(json_str(root, "event"))]);
  slack_words(out, json_str(root, "condition"), MESSAGE_WORDS_MOST);
  if (value) buf_add_z(out, " · it is ");
  if (value) slack_cell(out, value);
  if (!tile) return;
  buf_add_char(out, '\n');
  slack_words(out, json_str(tile, "title"), MESSAGE_WORDS_MOST);
  buf_add_z(out, " · ");
  slack_words(out, json_str(yyjson_obj_get(root, "dashboard"), "name"), MESSAGE_WORDS_MOST);
}

struct str alert_message_slack(struct str document, struct arena *a) {
  yyjson_doc *doc = yyjson_read(document.p, document.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *root = yyjson_doc_get_root(doc);
  struct buf text = BUF_MAX(ALERT_MESSAGE_MOST), out = BUF_MAX(2 * ALERT_MESSAGE_MOST);
  slack_head(&text, root);
  slack_rows(&text, root);
  buf_printf(&text, "\n%.*s · %.*s", STR_ARG(json_str(root, "at")), STR_ARG(json_str(root, "id")));
  buf_add_z(&out, "{\"text\":");
  json_add_string(&out, buf_str(&text));
  buf_add_z(
      &out,
      ",\"mrkdwn\":false,\"parse\":\"none\",\"link_names\":false,\"unfurl_links\":false,\"unfurl_media\":"
      "false}");
  struct str body = arena_dup(a, buf_str(&out));
  buf_free(&text);
  buf_free(&out);
  yyjson_doc_free(doc);
  return body;
}
