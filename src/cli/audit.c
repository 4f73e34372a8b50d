// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <unistd.h>

#include "base/clock.h"
#include "cli/api.h"
#include "cli/out.h"
#include "cli/table.h"
#include "cli/view.h"
#include "data/json.h"

enum { AUDIT_LIMIT = 50, AUDIT_FOLLOW_S = 2, AUDIT_FOLLOW_MOST = 1000, AUDIT_ID_MOST = 128 };

static bool audit_put_time(struct cli *c, const char *flag, struct str *path, struct err *err) {
  char text[CLOCK_TEXT];
  int64_t ms;
  if (!args_has(&c->args, flag)) return true;
  if (!args_time(&c->args, flag, -1, &ms, err)) return false;
  clock_rfc3339(ms, text);
  *path = api_query(c, *path, flag, str_of(text));
  return true;
}

static bool audit_path(struct cli *c, struct str *out, struct err *err) {
  static const struct {
    const char *flag, *name;
  } filters[] = {{"actor", "actor"}, {"client", "client"},   {"address", "address"}, {"action", "action"},
                 {"tool", "tool"},   {"outcome", "outcome"}, {"server", "server_id"}};
  yyjson_val *account;
  struct str path = STR("/audit"), name = args_text(&c->args, "account");
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
    path = api_query(c, path, filters[i].name, args_text(&c->args, filters[i].flag));
  if (args_has(&c->args, "values")) path = api_query(c, path, "values", STR("1"));
  if (name.n) {
    if (!api_get(c, api_path(c, "/integrated-account/{}", name), &account, err)) return false;
    path = api_query(c, path, "account_id", json_str(account, "id"));
  }
  if (!audit_put_time(c, "since", &path, err) || !audit_put_time(c, "until", &path, err)) return false;
  *out = path;
  return true;
}

static bool audit_limit(struct cli *c, size_t *out, struct err *err) {
  struct str text = args_text(&c->args, "limit");
  uint64_t limit = AUDIT_LIMIT;
  if (text.n && (!str_to_u64(text, &limit) || !limit))
    return err_set(err, ERR_INVALID, "--limit: '%.*s' is no number above 0", STR_ARG(text));
  *out = (size_t)limit;
  return true;
}

// ---- as it goes on

static void audit_print_entry(struct cli *c, yyjson_val *e) {
  static const char *const members[] = {"at",      "outcome", "action", "actor",
                                        "address", "tool",    "count",  "detail"};
  struct buf line = BUF_MAX(2 * TABLE_CELL_MOST);
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    struct str cell = view_cell(c->arena, yyjson_obj_get(e, members[i]));
    buf_printf(&line, "%s%.*s", i ? "  " : "", STR_ARG(cell));
  }
  for (size_t i = 0; i < line.n; i++)
    if (line.p[i] == '\n') line.p[i] = ' ';
  view_text(c, buf_str(&line));
  buf_free(&line);
}

static void audit_print_new(struct cli *c, yyjson_val *items, char last[AUDIT_ID_MOST]) {
  for (size_t i = yyjson_arr_size(items); i > 0; i--) { // the oldest first
    yyjson_val *e = yyjson_arr_get(items, i - 1);
    struct str id = json_str(e, "id");
    if (str_compare(id, str_of(last)) <= 0) continue;
    snprintf(last, AUDIT_ID_MOST, "%.*s", STR_ARG(id));
    if (!c->json) {
      audit_print_entry(c, e);
      continue;
    }
    struct str text = json_to_text(c->arena, e); // one a line
    out_json(text);
    out_text(STR("\n"));
  }
  struct err err;
  (void)!out_flush(&err); // out_is_broken is asked
}

// Until the reader goes or a signal ends the program. Ids sort by time.
static bool audit_follow(struct cli *c, size_t limit, struct err *err) {
  char last[AUDIT_ID_MOST] = "";
  yyjson_val *items;
  struct str path;
  for (;;) {
    if (!audit_path(c, &path, err) || !api_list(c, path, limit, &items, err)) return false;
    audit_print_new(c, items, last);
    if (out_is_broken()) return true;
    cli_forget(c);
    limit = AUDIT_FOLLOW_MOST;
    sleep(AUDIT_FOLLOW_S);
  }
}

// Tokens by name: their ids say little to people.
static bool audit_show(struct cli *c, yyjson_val *items, struct err *err) {
  struct map names = {0};
  yyjson_val *tokens = NULL, *token;
  size_t i, n;
  if (!c->json && !api_list(c, STR("/api-token"), 0, &tokens, err)) return false;
  yyjson_arr_foreach (tokens, i, n, token)
    map_put(&names, json_str(token, "id"), yyjson_obj_get(token, "name"));
  const struct view_column columns[] = {{"AT", "at"},
                                        {"OUTCOME", "outcome"},
                                        {"ACTION", "action"},
                                        {"ACTOR", "actor", &names},
                                        {"ADDRESS", "address"},
                                        {"CLIENT", "client"},
                                        {"TOOL", "tool"},
                                        {"COUNT", "count"},
                                        {"DETAIL", "detail"},
                                        {args_has(&c->args, "values") ? "VALUES" : NULL, "values"},
                                        {0}};
  view_list(c, items, columns, "Nothing.");
  map_free(&names);
  return true;
}

bool cli_audit_list(struct cli *c, struct err *err) {
  yyjson_val *items;
  struct str path;
  size_t limit = 0;
  if (!audit_limit(c, &limit, err)) return false;
  if (args_has(&c->args, "follow")) return audit_follow(c, limit, err);
  return audit_path(c, &path, err) && api_list(c, path, limit, &items, err) && audit_show(c, items, err);
}
