// SPDX-License-Identifier: Apache-2.0
// The audit as a file, oldest first: page by page, so that memory stays the same however many rows there are. What stops
// it says where to go on.
#include "cli/api.h"
#include "cli/audit.h"
#include "cli/out.h"
#include "cli/run.h"
#include "data/csv.h"
#include "data/json.h"

enum { EXPORT_PAGE = 1000, EXPORT_PAGE_BYTES = 64 << 20, EXPORT_ID_MOST = 128 };

static const char *const export_columns[] = {
    "id",     "at",        "actor",       "actor_name", "client",     "client_id",    "sign_in", "address",
    "action", "server_id", "server_name", "url",        "account_id", "account_name", "tool",    "arguments",
    "values", "outcome",   "status",      "elapsed_us", "count",      "request_id",   "detail",
};
enum { EXPORT_COLUMNS = sizeof export_columns / sizeof *export_columns };

struct export {
  struct cli *cli;
  struct str path; // without where to go on
  bool csv;
  char last[EXPORT_ID_MOST]; // the last entry that was written; empty: none
};

static void export_csv_head(struct buf *out) {
  for (size_t i = 0; i < EXPORT_COLUMNS; i++) buf_printf(out, "%s%s", i ? "," : "", export_columns[i]);
  buf_add_char(out, '\n');
}

static void export_csv_entry(struct buf *out, yyjson_val *entry) {
  for (size_t i = 0; i < EXPORT_COLUMNS; i++) {
    yyjson_val *cell = yyjson_obj_get(entry, export_columns[i]);
    if (i) buf_add_char(out, ',');
    csv_add_value(out, cell, CSV_GUARDED);
  }
  buf_add_char(out, '\n');
}

// Behind the last entry that was written, or behind the one that the page says.
static struct str export_next(struct export *x, struct str after) {
  return after.n ? api_query(x->cli, x->path, "after", after) : x->path;
}

static void export_write(struct export *x, yyjson_val *items) {
  struct buf text = BUF_MAX(EXPORT_PAGE_BYTES);
  yyjson_val *entry;
  size_t i, n;
  yyjson_arr_foreach (items, i, n, entry) {
    buf_clear(&text);
    if (x->csv)
      export_csv_entry(&text, entry);
    else
      json_write(&text, entry);
    if (!x->csv) buf_add_char(&text, '\n');
    if (x->csv)
      out_text(buf_str(&text));
    else
      out_json(buf_str(&text));
    snprintf(x->last, sizeof x->last, "%.*s", STR_ARG(json_str(entry, "id")));
  }
  buf_free(&text);
}

// Where the API's link goes on.
static struct str export_after(struct str next) {
  ptrdiff_t at = str_find_text(next, STR("after="));
  struct str id = at < 0 ? STR_NONE : str_from(next, (size_t)at + sizeof "after=" - 1);
  ptrdiff_t end = str_find(id, '&');
  return end < 0 ? id : str_make(id.p, (size_t)end);
}

static bool export_pages(struct export *x, struct err *err) {
  char at[EXPORT_ID_MOST]; // outlives its page
  snprintf(at, sizeof at, "%.*s", STR_ARG(args_text(&x->cli->args, "after")));
  for (;;) {
    yyjson_val *page;
    if (!api_get(x->cli, export_next(x, str_of(at)), &page, err)) return false;
    export_write(x, yyjson_obj_get(page, "items"));
    struct str after = export_after(json_str(page, "next"));
    snprintf(at, sizeof at, "%.*s", STR_ARG(after));
    if (!out_flush(err)) return false;
    cli_forget(x->cli);
    if (!at[0] || out_is_broken()) return true; // a reader that has gone is no failure
  }
}

bool cli_audit_export(struct cli *c, struct err *err) {
  struct export x = {.cli = c, .csv = str_is(args_text(&c->args, "format"), "csv")};
  struct buf path;
  if (!cli_audit_path(c, &path, err)) return false;
  buf_printf(&path, "%corder=oldest&limit=%d", str_find(buf_str(&path), '?') < 0 ? '?' : '&', EXPORT_PAGE);
  x.path = buf_str(&path);
  if (x.csv && !args_has(&c->args, "after")) {
    struct buf head = BUF_MAX(1024);
    export_csv_head(&head);
    out_text(buf_str(&head));
    buf_free(&head);
  }
  bool ok = export_pages(&x, err);
  if (!ok && x.last[0]) err_hint(err, "what is written is whole; go on with --after %s", x.last);
  buf_free(&path);
  return ok;
}
