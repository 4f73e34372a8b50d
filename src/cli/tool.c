// SPDX-License-Identifier: Apache-2.0
// postern tools and call: what an account offers, and one call of it.
#include "cli/run.h"

#include "base/codec.h"
#include "cli/api.h"
#include "cli/body.h"
#include "cli/columns.h"
#include "cli/names.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/json.h"

enum {
  TOOL_ARGUMENTS_MOST = 4 * 1024 * 1024,
  TOOL_PAGE_MOST = 1024 * 1024,
  TOOL_REVIEW_MOST = 64 * 1024 * 1024,
};

// ---- listed and shown

// "string", "integer or null", "one of a, b", "array of string".
static struct str tool_type(struct arena *a, yyjson_val *schema) {
  yyjson_val *type = yyjson_obj_get(schema, "type"), *words = yyjson_obj_get(schema, "enum");
  yyjson_val *items = yyjson_obj_get(schema, "items");
  if (yyjson_is_arr(words)) {
    struct str list = view_cell(a, words);
    return arena_printf(a, "%.*s%s", STR_MOST(list, 60), list.n > 60 ? "…" : "");
  }
  if (yyjson_equals_str(type, "array") && items) {
    struct str inner = view_cell(a, yyjson_obj_get(items, "type"));
    return arena_printf(a, "array of %.*s", STR_ARG(inner));
  }
  return type ? view_cell(a, type) : STR("any");
}

static bool tool_is_required(yyjson_val *schema, struct str name) {
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (yyjson_obj_get(schema, "required"), i, n, item)
    if (str_eq(json_text(item), name)) return true;
  return false;
}

static void tool_show_arguments(struct cli *c, yyjson_val *tool, struct buf *out) {
  yyjson_val *schema = yyjson_obj_get(tool, "inputSchema"), *sources = yyjson_obj_get(tool, "sources"), *key,
             *v;
  struct columns t;
  size_t i, n;
  columns_open(&t, c->arena, 4);
  yyjson_obj_foreach (yyjson_obj_get(schema, "properties"), i, n, key, v) {
    struct str name = json_text(key), source = json_str(sources, arena_z(c->arena, name));
    struct str says = json_str(v, "description");
    columns_cell(&t, arena_printf(c->arena, "  %.*s", STR_ARG(name)));
    columns_cell(&t, tool_is_required(schema, name) ? STR("required") : STR(""));
    columns_cell(&t, tool_type(c->arena, v));
    columns_cell(&t, says.n || !source.n ? says : arena_printf(c->arena, "from %.*s", STR_ARG(source)));
  }
  buf_add_z(out, t.count ? "\nArguments:\n" : "\nIt takes no arguments.\n");
  columns_print(&t, terminal_width(), out);
  columns_close(&t);
}

static void tool_show_diff(yyjson_val *tool, struct buf *out) {
  struct str diff = json_str(tool, "diff");
  if (diff.n) buf_printf(out, "\nChanged since it was settled:\n%.*s", STR_ARG(diff));
}

// A word that is no tool may be a tag.
static void tool_hint_tag(struct cli *c, struct str word, struct err *err) {
  yyjson_val *tools, *tool, *tag;
  struct str path, account = args_word(&c->args, 0);
  struct err ignored;
  size_t i, n, k, m;
  if (!names_account_path(c, account, "/tools", &path, &ignored) || !api_list(c, path, 0, &tools, &ignored))
    return;
  yyjson_arr_foreach (tools, i, n, tool)
    yyjson_arr_foreach (yyjson_obj_get(tool, "tags"), k, m, tag)
      if (str_eq_nocase(json_text(tag), word)) {
        err_hint(err, "'%.*s' is a tag; 'postern tools %.*s --tags %.*s' lists its tools",
                 STR_ARG(json_text(tag)), STR_ARG(account), STR_ARG(json_text(tag)));
        return;
      }
}

static bool tool_show(struct cli *c, struct err *err) {
  yyjson_val *tool;
  struct str path, word = args_word(&c->args, 1), tail = api_path(c, "/tools/{}", word);
  if (!names_account_path(c, args_word(&c->args, 0), arena_z(c->arena, tail), &path, err)) return false;
  if (!api_get(c, path, &tool, err)) {
    if (err->code == ERR_MISSING) tool_hint_tag(c, word, err);
    return false;
  }
  if (c->json) {
    view_json(c, tool);
    return true;
  }
  static const char *const members[] = {"title",      "operation", "class", "read_only", "tags",
                                        "permission", "served",    "why",   "decision",  "was"};
  struct buf out = BUF_MAX(TOOL_PAGE_MOST);
  struct columns t;
  struct str name = json_str(tool, "name"), text = json_str(tool, "description");
  buf_printf(&out, "%.*s\n\n", STR_ARG(name));
  columns_open(&t, c->arena, 2);
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    columns_cell(&t, arena_printf(c->arena, "  %s", members[i]));
    columns_cell(&t, view_cell(c->arena, yyjson_obj_get(tool, members[i])));
  }
  columns_print(&t, 0, &out);
  columns_close(&t);
  buf_printf(&out, "\n%.*s\n", STR_ARG(text));
  tool_show_diff(tool, &out);
  tool_show_arguments(c, tool, &out);
  view_text(c, buf_str(&out));
  buf_free(&out);
  return true;
}

bool cli_tool_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"CLASS", "class"},
                                               {"SERVED", "served"},
                                               {"TAGS", "tags"},
                                               {"DESCRIPTION", "description"},
                                               {0}};
  yyjson_val *items;
  if (c->args.word_count > 1) return tool_show(c, err);
  struct str path;
  if (!names_account_path(c, args_word(&c->args, 0), "/tools", &path, err)) return false;
  path = api_query(c, path, "methods", args_text(&c->args, "methods"));
  path = api_query(c, path, "tags", args_text(&c->args, "tags"));
  path = api_query(c, path, "q", args_text(&c->args, "search"));
  if (!api_list(c, path, 0, &items, err)) return false;
  view_list(c, items, columns, "No tool passes.");
  return true;
}

// ---- reviewed

static void tool_show_waiting(yyjson_val *item, struct buf *out) {
  struct str account = json_str(item, "account"), name = json_str(item, "name"), why = json_str(item, "why");
  struct str was = json_str(item, "was"), diff = json_str(item, "diff");
  struct str says = json_str(yyjson_obj_get(item, "definition"), "description");
  struct str line = STR_NONE;
  str_cut(&says, '\n', &line);
  struct str kind = json_str(item, "kind");
  buf_printf(out, "%.*s  %.*s%s%.*s\n", STR_ARG(account), STR_ARG(name), str_is(kind, "tool") ? "" : "  ",
             STR_ARG(str_is(kind, "tool") ? STR("") : kind));
  if (line.n) buf_printf(out, "    says: %.*s\n", STR_ARG(line));
  buf_printf(out, "    why:  %.*s\n", STR_ARG(why));
  if (was.n) buf_printf(out, "    was:  %.*s\n", STR_ARG(was));
  if (diff.n) buf_add_z(out, "    changed since it was settled:\n");
  for (struct str rest = diff, change; str_cut(&rest, '\n', &change);)
    if (change.n) buf_printf(out, "    %.*s\n", STR_ARG(change));
  buf_add_char(out, '\n');
}

bool cli_tool_review(struct cli *c, struct err *err) {
  yyjson_val *items, *item;
  size_t i, n;
  yyjson_val *account = NULL;
  struct str named = args_word(&c->args, 0);
  if (named.n && !names_find(c, NAMES_ACCOUNT, named, &account, err)) return false;
  struct str path = api_query(c, STR("/tool/review"), "account", json_str(account, "id"));
  if (!api_list(c, path, 0, &items, err)) return false;
  if (c->json) {
    view_json(c, items);
    return true;
  }
  struct buf out = BUF_MAX(TOOL_REVIEW_MOST);
  bool tools = false;
  yyjson_arr_foreach (items, i, n, item) {
    tool_show_waiting(item, &out);
    tools |= str_is(json_str(item, "kind"), "tool");
  }
  if (!n) buf_add_z(&out, "No tool waits.");
  view_text(c, buf_str(&out));
  buf_free(&out);
  if (tools)
    view_say(c, "'postern tools approve ACCOUNT TOOL' or 'postern tools deny ACCOUNT TOOL' settles one.");
  return true;
}

// {"names":[…]} or {"all":true}.
static bool tool_settle(struct cli *c, const char *verb, const char *done, struct err *err) {
  yyjson_val *answer;
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  bool all = args_has(&c->args, "all"), some = c->args.word_count > 1, ok = all != some;
  if (!ok) err_set(err, ERR_INVALID, "name the tools, or give --all for those that wait");
  if (all) yyjson_mut_obj_add_bool(body, root, "all", true);
  yyjson_mut_val *names = some ? yyjson_mut_obj_add_arr(body, root, "names") : NULL;
  for (size_t i = 1; i < c->args.word_count; i++)
    yyjson_mut_arr_add_strncpy(body, names, c->args.words[i].p, c->args.words[i].n);
  struct str path, tail = arena_printf(c->arena, "/tools/%s", verb);
  ok = ok && names_account_path(c, args_word(&c->args, 0), tail.p, &path, err) &&
       api_send(c, &(struct api_ask){"POST", path, body}, &answer, err);
  if (ok && c->json)
    view_json(c, answer);
  else if (ok)
    view_say(c, "%s: %lld.", done, (long long)json_int(answer, "changed", 0));
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_tool_approve(struct cli *c, struct err *err) {
  return tool_settle(c, "approve", "Tools that may be served now", err);
}

bool cli_tool_deny(struct cli *c, struct err *err) {
  return tool_settle(c, "deny", "Tools that stay off", err);
}

bool cli_account_refresh(struct cli *c, struct err *err) {
  yyjson_val *report;
  struct str path;
  if (!names_account_path(c, args_word(&c->args, 0), "/refresh", &path, err) ||
      !api_send(c, &(struct api_ask){"POST", path, NULL}, &report, err))
    return false;
  view_object(c, report);
  return true;
}

// ---- called

// The whole object: JSON, @FILE or "-" for standard input.
static bool tool_whole_arguments(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str text = args_text(&c->args, "arguments");
  struct buf file = {0};
  yyjson_doc *doc;
  struct json_limits limits = {.depth = 64, .nodes = 1000000, .raw_numbers = true};
  if (!text.n) return true;
  bool from_file = str_is(text, "-") || text.p[0] == '@';
  if (from_file &&
      !terminal_read(text.p[0] == '@' ? str_from(text, 1) : text, TOOL_ARGUMENTS_MOST, &file, err))
    return false;
  bool ok = json_read(from_file ? buf_str(&file) : text, &limits, &doc, err) || err_wrap(err, "--arguments");
  if (ok && !yyjson_is_obj(yyjson_doc_get_root(doc)))
    ok = err_set(err, ERR_INVALID, "--arguments must be a JSON object");
  if (ok) cli_body_put_json(body, NULL, "arguments", cli_keep(c, doc));
  buf_free(&file);
  return ok;
}

// name=text, name:=JSON. The same name again makes an array.
static bool tool_argument(struct cli *c, yyjson_mut_doc *body, struct str word, struct err *err) {
  struct str name, text;
  struct json_limits limits = {.depth = 64, .nodes = 100000, .raw_numbers = true};
  yyjson_mut_val *all = cli_body_object(body, NULL, "arguments"), *value;
  if (!args_pair(word, &name, &text) || str_is(name, ":")) {
    err_set(err, ERR_INVALID, "'%.*s' is not NAME=TEXT or NAME:=JSON", STR_ARG(word));
    return false;
  }
  if (str_ends(name, ":")) {
    yyjson_doc *doc;
    name.n--;
    if (!json_read(text, &limits, &doc, err)) return err_wrap(err, "%.*s", STR_ARG(name));
    value = yyjson_val_mut_copy(body, cli_keep(c, doc));
  } else {
    value = yyjson_mut_strncpy(body, text.p ? text.p : "", text.n);
  }
  yyjson_mut_val *there = yyjson_mut_obj_getn(all, name.p, name.n);
  if (yyjson_mut_is_arr(there)) return yyjson_mut_arr_append(there, value);
  if (there) {
    yyjson_mut_val *both = yyjson_mut_arr(body);
    yyjson_mut_arr_append(both, yyjson_mut_val_mut_copy(body, there));
    yyjson_mut_arr_append(both, value);
    value = both;
  }
  return yyjson_mut_obj_put(all, yyjson_mut_strncpy(body, name.p, name.n), value);
}

// JSON texts are laid out for reading; images and other bytes are only named.
static void tool_show_block(struct cli *c, yyjson_val *block) {
  struct str type = json_str(block, "type"), text = json_str(block, "text"),
             mime = json_str(block, "mimeType");
  struct json_limits limits = {.depth = 256, .nodes = 5000000, .raw_numbers = true};
  yyjson_doc *doc;
  struct err ignored;
  if (!str_is(type, "text")) {
    struct str data = json_str(block, "data");
    view_text(c, arena_printf(c->arena, "(%.*s, %.*s, %zu bytes; --json shows it in base64)", STR_ARG(type),
                              STR_ARG(mime), data.n / 4 * 3));
  } else if ((str_starts(text, "{") || str_starts(text, "[")) && json_read(text, &limits, &doc, &ignored)) {
    view_json(c, cli_keep(c, doc));
  } else {
    view_text(c, text);
  }
}

static bool tool_failed(yyjson_val *result, struct err *err) {
  static const struct {
    const char *outcome;
    enum err_code code;
  } outcomes[] = {{"invalid", ERR_INVALID},
                  {"denied", ERR_DENIED},
                  {"upstream_error", ERR_UPSTREAM},
                  {"rate_limited", ERR_LIMIT},
                  {"canceled", ERR_CANCELED},
                  {"failed", ERR_UPSTREAM},
                  {"needs_authorising", ERR_UNAUTHENTICATED}};
  struct str outcome = json_str(result, "outcome");
  enum err_code code = ERR_UPSTREAM;
  for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
    if (str_is(outcome, outcomes[i].outcome)) code = outcomes[i].code;
  return err_set(err, code, "the call did not succeed: %.*s", STR_ARG(outcome));
}

static bool tool_show_result(struct cli *c, yyjson_val *result, struct err *err) {
  size_t i, n;
  yyjson_val *block;
  if (c->json) view_json(c, result);
  yyjson_arr_foreach (c->json ? NULL : yyjson_obj_get(result, "content"), i, n, block)
    tool_show_block(c, block);
  return !json_bool(result, "is_error", false) || tool_failed(result, err);
}

bool cli_tool_call(struct cli *c, struct err *err) {
  yyjson_val *result;
  yyjson_mut_doc *body = cli_body_new();
  struct api_ask ask = {.method = "POST", .body = body};
  struct str tail = api_path(c, "/tools/{}/call", args_word(&c->args, 1));
  bool ok = tool_whole_arguments(c, body, err);
  for (size_t i = 2; ok && i < c->args.word_count; i++) ok = tool_argument(c, body, c->args.words[i], err);
  ok = ok && names_account_path(c, args_word(&c->args, 0), arena_z(c->arena, tail), &ask.path, err) &&
       api_send(c, &ask, &result, err) && tool_show_result(c, result, err);
  yyjson_mut_doc_free(body);
  return ok;
}
