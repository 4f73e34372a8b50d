// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <unistd.h>

#include "base/clock.h"
#include "cli/api.h"
#include "cli/audit.h"
#include "cli/columns.h"
#include "cli/names.h"
#include "cli/out.h"
#include "cli/view.h"
#include "data/json.h"

enum {
  AUDIT_LIMIT = 50,
  AUDIT_FOLLOW_S = 2,
  AUDIT_FOLLOW_MOST = 1000,
  AUDIT_ID_MOST = 128,
  AUDIT_PATH_MOST = 16 * 1024
};

static bool audit_put_time(struct cli *c, const char *flag, struct str *path, struct err *err) {
  char text[CLOCK_TEXT];
  int64_t ms;
  if (!args_has(&c->args, flag)) return true;
  if (!args_time(&c->args, flag, -1, &ms, err)) return false;
  clock_rfc3339(ms, text);
  *path = api_query(c, *path, flag, str_of(text));
  return true;
}

// By name, else by the id or the name of what may have gone since.
static bool audit_put_named(struct cli *c, const char *flag, enum names_kind kind, const char *prefix,
                            struct str *path, struct err *err) {
  struct str text = args_text(&c->args, flag);
  yyjson_val *found = NULL;
  if (!text.n) return true;
  if (!names_find(c, kind, text, &found, err) && err->code != ERR_MISSING) return false;
  bool by_id = found || str_starts(text, prefix);
  *path = api_query(c, *path, by_id ? arena_printf(c->arena, "%s_id", flag).p : flag,
                    found ? json_str(found, "id") : text);
  return true;
}

// A person or an API token of today; NULL: none. What is no slip of the pen may be the name of who has gone.
static bool audit_find_actor(struct cli *c, struct str text, yyjson_val **found, struct err *err) {
  static const enum names_kind kinds[] = {NAMES_USER, NAMES_TOKEN};
  bool slip = false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct err why = {0};
    yyjson_val *one;
    if (names_find(c, kinds[i], text, &one, &why)) {
      if (*found)
        return err_set(err, ERR_CONFLICT, "a user and an API token have the name '%.*s'; give the id of one",
                       STR_ARG(text));
      *found = one;
      continue;
    }
    bool near = str_contains(str_of(why.hint), STR("did you mean"));
    if (near || (why.code != ERR_MISSING && why.code != ERR_DENIED)) *err = why;
    if (why.code != ERR_MISSING && why.code != ERR_DENIED) return false;
    slip = slip || near;
  }
  return *found || !slip;
}

// A person or an API token by name or id; an MCP client, the machine, and whoever else acts, as the rows have it.
static bool audit_put_actor(struct cli *c, struct str *path, struct err *err) {
  static const char *const others[] = {"client:", "local:", "tok_", "srv_", "usr_"};
  struct str text = args_text(&c->args, "actor");
  yyjson_val *found = NULL;
  bool other = !text.n;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) other = other || str_starts(text, others[i]);
  if (!other && !audit_find_actor(c, text, &found, err)) return false;
  *path = api_query(c, *path, other || found ? "actor" : "actor_name", found ? json_str(found, "id") : text);
  return true;
}

// What a client calls itself, or the id of one that was let in: that of its registration, or its document's address.
static void audit_put_client(struct cli *c, struct str *path) {
  struct str text = args_text(&c->args, "client");
  bool by_id = str_starts(text, "cli_") || str_starts(text, "https://");
  *path = api_query(c, *path, by_id ? "client_id" : "client", text);
}

bool cli_audit_path(struct cli *c, struct buf *out, struct err *err) {
  static const char *const filters[] = {"address", "action", "tool", "outcome"};
  struct str path = STR("/audit");
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
    path = api_query(c, path, filters[i], args_text(&c->args, filters[i]));
  audit_put_client(c, &path);
  path = api_query(c, path, "sign_in", args_text(&c->args, "sign-in"));
  path = api_query(c, path, "url", args_text(&c->args, "by-url")); // --url is where Postern is
  if (args_has(&c->args, "values")) path = api_query(c, path, "values", STR("1"));
  if (!audit_put_named(c, "account", NAMES_ACCOUNT, "acc_", &path, err) ||
      !audit_put_named(c, "server", NAMES_SERVER, "srv_", &path, err) || !audit_put_actor(c, &path, err) ||
      !audit_put_time(c, "since", &path, err) || !audit_put_time(c, "until", &path, err))
    return false;
  *out = BUF_MAX(AUDIT_PATH_MOST);
  buf_add(out, path);
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
  static const char *const members[] = {"at",  "outcome", "action", "actor", "address",
                                        "url", "tool",    "count",  "detail"};
  struct buf line = BUF_MAX(2 * COLUMNS_CELL_MOST);
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
static bool audit_follow(struct cli *c, struct str path, size_t limit, struct err *err) {
  char last[AUDIT_ID_MOST] = "";
  yyjson_val *items;
  for (;;) {
    if (!api_list(c, path, limit, &items, err)) return false;
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
                                        {"URL", "url"},
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
  struct buf path; // outlives what --follow forgets
  size_t limit = 0;
  if (!audit_limit(c, &limit, err) || !cli_audit_path(c, &path, err)) return false;
  bool ok = args_has(&c->args, "follow")
                ? audit_follow(c, buf_str(&path), limit, err)
                : api_list(c, buf_str(&path), limit, &items, err) && audit_show(c, items, err);
  buf_free(&path);
  return ok;
}
