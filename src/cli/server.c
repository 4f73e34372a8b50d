// SPDX-License-Identifier: Apache-2.0
// postern mcp: scoped MCP servers.
#include "cli/run.h"

#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/fence.h"
#include "cli/names.h"
#include "cli/print_config.h"
#include "cli/view.h"
#include "data/json.h"

enum { SERVER_CONFIG_MOST = 64 * 1024 };

// ---- listed

static struct str server_accounts_text(struct cli *c, yyjson_val *server) {
  yyjson_val *account;
  size_t i, n;
  struct str text = STR_NONE;
  yyjson_arr_foreach (yyjson_obj_get(server, "accounts"), i, n, account) {
    struct str name = json_str(account, "name"), shown = name.n ? name : json_str(account, "id");
    text = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "", STR_ARG(shown));
  }
  return text;
}

// "read; tags dns, zones; tools list_*"
static struct str server_filter_text(struct cli *c, yyjson_val *config) {
  static const char *const members[][2] = {{"methods", ""}, {"tags", "tags "}, {"tools", "tools "}};
  struct str text = STR_NONE;
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    yyjson_val *list = yyjson_obj_get(config, members[i][0]);
    struct str words = view_cell(c->arena, list);
    if (yyjson_arr_size(list))
      text = arena_printf(c->arena, "%.*s%s%s%.*s", STR_ARG(text), text.n ? "; " : "", members[i][1],
                          STR_ARG(words));
  }
  return text.n ? text : STR("all");
}

// "2026-12-29T13:06:03.791Z" → 2026-12-29 13:06
static struct str server_minute_text(struct cli *c, yyjson_val *server, const char *key, const char *none) {
  struct str time = json_str(server, key);
  if (time.n < sizeof "2026-12-29T13:06" - 1) return str_of(none);
  return arena_printf(c->arena, "%.10s %.5s", time.p, time.p + 11);
}

// "acme.zone_id=example.com, …"; empty: none.
static struct str server_fence_text(struct cli *c, yyjson_val *server) {
  struct str text = STR_NONE;
  yyjson_val *fence, *value;
  size_t i, n, k, m;
  yyjson_arr_foreach (yyjson_obj_get(server, "fence"), i, n, fence) {
    struct str account = json_str(fence, "account"), key = json_str(fence, "key");
    text = arena_printf(c->arena, "%.*s%s%.*s.%.*s=", STR_ARG(text), i ? "; " : "", STR_ARG(account),
                        STR_ARG(key));
    yyjson_arr_foreach (yyjson_obj_get(fence, "values"), k, m, value) {
      struct str name = json_str(value, "name");
      if (!name.n) name = json_str(value, "id");
      text = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(text), k ? "," : "", STR_ARG(name));
    }
  }
  return text;
}

static void server_put_row(struct cli *c, yyjson_mut_doc *doc, yyjson_mut_val *row, yyjson_val *server) {
  yyjson_val *config = yyjson_obj_get(server, "config");
  bool guarded = json_bool(config, "require_api_token_auth", false);
  cli_body_put(doc, row, "name", json_str(server, "name"));
  cli_body_put(doc, row, "accounts", server_accounts_text(c, server));
  cli_body_put_json(doc, row, "tools", yyjson_obj_get(server, "tool_count"));
  struct str filter = server_filter_text(c, config), fence = server_fence_text(c, server);
  if (fence.n) filter = arena_printf(c->arena, "%.*s; fence %.*s", STR_ARG(filter), STR_ARG(fence));
  cli_body_put(doc, row, "filter", filter);
  cli_body_put(doc, row, "asks", guarded ? STR("URL, API token") : STR("URL"));
  cli_body_put(doc, row, "expires", server_minute_text(c, server, "expires_at", "never"));
  cli_body_put(doc, row, "used", server_minute_text(c, server, "last_used_at", "-"));
  cli_body_put(doc, row, "id", json_str(server, "id"));
}

bool cli_server_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"ACCOUNTS", "accounts"},
                                               {"TOOLS", "tools"},
                                               {"FILTER", "filter"},
                                               {"ASKS FOR", "asks"},
                                               {"EXPIRES", "expires"},
                                               {"LAST USED", "used"},
                                               {"ID", "id"},
                                               {0}};
  struct str account = args_word(&c->args, 0), path = STR("/mcp-server");
  yyjson_val *servers, *server;
  size_t i, n;
  if (account.n && !names_account_path(c, account, "/mcp", &path, err)) return false;
  if (!api_list(c, path, 0, &servers, err)) return false;
  yyjson_mut_doc *rows = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *list = yyjson_mut_arr(rows);
  yyjson_mut_doc_set_root(rows, list);
  yyjson_arr_foreach (servers, i, n, server)
    server_put_row(c, rows, yyjson_mut_arr_add_obj(rows, list), server);
  view_list(c, c->json ? servers : cli_keep(c, yyjson_mut_doc_imut_copy(rows, NULL)), columns,
            "No MCP server yet; 'postern mcp create' makes one.");
  yyjson_mut_doc_free(rows);
  return true;
}

static bool server_find(struct cli *c, yyjson_val **out, struct err *err) {
  return names_find(c, NAMES_SERVER, args_word(&c->args, 0), out, err);
}

bool cli_server_show(struct cli *c, struct err *err) {
  yyjson_val *server;
  if (!server_find(c, &server, err)) return false;
  view_object(c, server);
  return true;
}

// ---- limits, own accounts, the filter

static const struct {
  const char *flag, *key;
  bool each;
} server_limits[] = {
    {"calls-per-minute", "calls_per_minute", false},
    {"writes-per-day", "writes_per_day", false},
    {"each-calls-per-minute", "calls_per_minute", true},
    {"each-writes-per-day", "writes_per_day", true},
};
enum { SERVER_LIMITS = sizeof server_limits / sizeof *server_limits };

static bool server_put_limit(yyjson_mut_doc *body, yyjson_mut_val *limits, struct str given, bool is_new,
                             struct err *err) {
  struct str what, number;
  uint64_t n;
  bool pair = args_pair(given, &what, &number);
  size_t i = 0;
  while (pair && i < SERVER_LIMITS && !str_is(what, server_limits[i].flag)) i++;
  if (!pair || i == SERVER_LIMITS || !str_to_u64(number, &n))
    return err_set(err, ERR_INVALID,
                   "--limit takes WHAT=N, such as calls-per-minute=60; WHAT is calls-per-minute, "
                   "writes-per-day, each-calls-per-minute or each-writes-per-day, and 0 ends one");
  yyjson_mut_val *in = server_limits[i].each ? cli_body_object(body, limits, "each") : limits;
  yyjson_mut_obj_remove_key(in, server_limits[i].key);
  if (n)
    yyjson_mut_obj_add_uint(body, in, server_limits[i].key, n);
  else if (!is_new)
    yyjson_mut_obj_add_null(body, in, server_limits[i].key);
  return true;
}

// One of them changes, and the others stay.
static bool server_put_limits(struct cli *c, yyjson_mut_doc *body, yyjson_val *server, struct err *err) {
  struct str given;
  if (!args_has(&c->args, "limit")) return true;
  yyjson_mut_val *limits = cli_body_object(body, cli_body_object(body, NULL, "config"), "limits");
  for (size_t at = 0; args_next(&c->args, "limit", &at, &given);)
    if (!server_put_limit(body, limits, given, !server, err)) return false;
  return true;
}

// --own-account ACCOUNT, as often as there are; those that are given are all from now on. The API knows them by alias, too.
static bool server_put_owns(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  bool some = args_has(&c->args, "own-account");
  struct str account;
  if (!some && !args_has(&c->args, "no-own-account")) return true;
  if (some && args_has(&c->args, "no-own-account"))
    return err_set(err, ERR_INVALID, "--own-account and --no-own-account say two things; take one");
  yyjson_mut_val *owns = yyjson_mut_arr(body);
  yyjson_mut_obj_put(cli_body_object(body, NULL, "config"), yyjson_mut_str(body, "own_accounts"), owns);
  for (size_t at = 0; args_next(&c->args, "own-account", &at, &account);)
    yyjson_mut_arr_append(owns, yyjson_mut_strncpy(body, account.p, account.n));
  return true;
}

// Filters that flags name; the rest stays.
static void server_put_filter(struct cli *c, yyjson_mut_doc *body, bool is_new) {
  static const char *const members[] = {"methods", "tags", "tools"};
  static const struct {
    const char *on, *off, *member;
  } switches[] = {{"require-api-token", "no-api-token", "require_api_token_auth"},
                  {"record-arguments", "no-record", "record_arguments"},
                  {"programs", "no-programs", "programs"},
                  {"ask", "no-ask", "ask"},
                  {"pause", "resume", "paused"}};
  enum { SWITCHES = sizeof switches / sizeof *switches };
  static const char *const texts[] = {"discovery", "approval"};
  bool any = false;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) any = any || args_has(&c->args, texts[i]);
  for (size_t i = 0; i < 3; i++) any = any || args_has(&c->args, members[i]);
  for (size_t i = 0; i < SWITCHES; i++)
    any = any || args_has(&c->args, switches[i].on) || args_has(&c->args, switches[i].off);
  if (!any) return;
  yyjson_mut_val *to = cli_body_object(body, NULL, "config");
  for (size_t i = 0; i < 3; i++) cli_body_put_words(body, to, members[i], &c->args, members[i]);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct str text = args_text(&c->args, texts[i]);
    if (text.n)
      yyjson_mut_obj_put(to, yyjson_mut_str(body, texts[i]), yyjson_mut_strncpy(body, text.p, text.n));
  }
  for (size_t i = 0; i < SWITCHES; i++) {
    bool on = args_has(&c->args, switches[i].on);
    if (on || args_has(&c->args, switches[i].off))
      yyjson_mut_obj_put(to, yyjson_mut_str(body, switches[i].member), yyjson_mut_bool(body, on));
  }
  // In a change an emptied member filters nothing, which null says. In a new server it is more likely a script's empty
  // variable, and the server refuses it.
  for (size_t i = 0; !is_new && i < 3; i++)
    if (yyjson_mut_is_arr(yyjson_mut_obj_get(to, members[i])) &&
        !yyjson_mut_arr_size(yyjson_mut_obj_get(to, members[i])))
      yyjson_mut_obj_put(to, yyjson_mut_str(body, members[i]), yyjson_mut_null(body));
}

// The URL is shown in the form of `client`; empty: as the API answered.
static bool server_show_for(struct cli *c, struct str client, const struct print_config_server *s,
                            yyjson_val *answer, struct err *err) {
  if (!client.n || c->json) {
    view_object(c, answer);
    view_say(c, "\nThe URL is shown this once. Whoever has it may use the server.");
    return true;
  }
  struct buf notes = BUF_MAX(SERVER_CONFIG_MOST), paste = BUF_MAX(SERVER_CONFIG_MOST);
  bool ok = print_config(client, s, &notes, &paste);
  if (ok) {
    view_note(c, buf_str(&notes));
    view_text(c, buf_str(&paste));
  }
  buf_free(&notes);
  buf_free(&paste);
  return ok || err_set(err, ERR_INVALID, "there is no client '%.*s'; known are %s", STR_MOST(client, 64),
                       PRINT_CONFIG_CLIENTS);
}

static struct print_config_server server_config(yyjson_val *server, struct str url) {
  yyjson_val *config = yyjson_obj_get(server, "config");
  return (struct print_config_server){
      .name = json_str(server, "name"),
      .url = url,
      .needs_token = json_bool(config, "require_api_token_auth", false),
      .tools = json_str(config, "discovery").n ? 0 : (size_t)json_int(server, "tool_count", 0),
  };
}

// The address for people, which is no secret: ChatGPT and Claude on the web can send nothing but a sign-in's token. URL
// empty: nobody signs in.
static struct print_config_server server_config_people(yyjson_val *server) {
  struct print_config_server s = server_config(server, json_str(server, "sign_in_url"));
  s.needs_token = false;
  s.signs_in = true;
  return s;
}

// The answer that shows the URL, once.
static bool server_show_url(struct cli *c, yyjson_val *server, struct err *err) {
  struct print_config_server people = server_config_people(server),
                             s = server_config(server, json_str(server, "url"));
  return server_show_for(c, args_text(&c->args, "print-config"), people.url.n ? &people : &s, server, err);
}

static bool server_check_form(struct cli *c, struct err *err) {
  return !c->json || !args_has(&c->args, "print-config") ||
         err_set(err, ERR_INVALID, "--json and --print-config are two forms of one answer; take one");
}

// --account NAME or --account ALIAS=NAME, as often as there are accounts.
static bool server_put_accounts(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str value, alias;
  yyjson_val *found;
  if (!args_has(&c->args, "account")) return true;
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(body, yyjson_mut_doc_get_root(body), "accounts");
  for (size_t at = 0; args_next(&c->args, "account", &at, &value);) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(body, list);
    struct str account = value;
    if (args_pair(value, &alias, &account)) cli_body_put(body, one, "alias", alias);
    if (!names_find(c, NAMES_ACCOUNT, account, &found, err)) return false;
    cli_body_put(body, one, "account", json_str(found, "id"));
  }
  return true;
}

static void server_put_share(struct cli *c, yyjson_mut_doc *body) {
  bool share = args_has(&c->args, "share");
  if (share || args_has(&c->args, "no-share"))
    yyjson_mut_obj_add_bool(body, yyjson_mut_doc_get_root(body), "share", share);
}

static bool server_check_accounts(struct cli *c, struct err *err) {
  bool one = args_word(&c->args, 0).n > 0, several = args_has(&c->args, "account");
  if (one && several)
    return err_set(err, ERR_INVALID, "name one account, or give each of several with --account");
  if (!one && !several) return err_set(err, ERR_INVALID, "which account? Name one, or give --account");
  if (several && !args_has(&c->args, "name"))
    return err_set(err, ERR_INVALID, "a server over several accounts needs a --name of its own");
  return several || !args_has(&c->args, "share") ||
         err_set(err, ERR_INVALID, "--share goes with --account, for several accounts of one connector");
}

struct server_width {
  size_t tools, changing; // those that may be served; of these, those that are not read-only
};

static bool server_add_width(struct cli *c, struct str account, struct server_width *w, struct err *err) {
  struct str path;
  yyjson_val *tools, *tool;
  size_t i, n;
  if (!names_account_path(c, account, "/tools", &path, err) || !api_list(c, path, 0, &tools, err))
    return false;
  yyjson_arr_foreach (tools, i, n, tool) {
    if (!json_bool(tool, "served", true)) continue;
    w->tools++;
    w->changing += !json_bool(tool, "read_only", false);
  }
  return true;
}

// Without a filter everything is handed out: that is said, and asked for where somebody sits.
static bool server_check_width(struct cli *c, struct err *err) {
  struct server_width w = {0};
  struct str value, alias;
  if (args_has(&c->args, "methods") || args_has(&c->args, "tags") || args_has(&c->args, "tools") ||
      args_has(&c->args, "yes"))
    return true;
  if (args_word(&c->args, 0).n && !server_add_width(c, args_word(&c->args, 0), &w, err)) return false;
  for (size_t at = 0; args_next(&c->args, "account", &at, &value);) {
    struct str account = value;
    args_pair(value, &alias, &account);
    if (!server_add_width(c, account, &w, err)) return false;
  }
  bool ends = args_has(&c->args, "expires") || args_has(&c->args, "expires-in");
  struct str what =
      arena_printf(c->arena, "Without a filter it has all %zu tools, %zu of which write or delete%s.",
                   w.tools, w.changing, ends ? "" : ", and no expiry");
  if (w.changing && cli_ask_is_possible())
    return cli_ask_first(c, err, "%.*s --methods read has only those that read. Go on?", STR_ARG(what));
  view_note(c, what);
  return true;
}

// Who may sign in, by the flags; of a server that is to change, the lists that no flag names stay.
static void server_put_sign_in(struct cli *c, yyjson_mut_doc *body) {
  static const char *const lists[][2] = {
      {"for-roles", "roles"}, {"for-groups", "groups"}, {"for-people", "people"}};
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  struct str slug = args_text(&c->args, "slug");
  if (args_has(&c->args, "slug"))
    yyjson_mut_obj_add(root, yyjson_mut_str(body, "slug"),
                       slug.n ? yyjson_mut_strncpy(body, slug.p, slug.n) : yyjson_mut_null(body));
  if (args_has(&c->args, "reuse-slug")) yyjson_mut_obj_add_bool(body, root, "reuse_slug", true);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    if (!args_has(&c->args, lists[i][0])) continue;
    cli_body_put_words(body, cli_body_object(body, NULL, "sign_in"), lists[i][1], &c->args, lists[i][0]);
  }
}

bool cli_server_create(struct cli *c, struct err *err) {
  yyjson_val *server;
  struct str account = args_word(&c->args, 0), name = args_text(&c->args, "name");
  if (!server_check_form(c, err) || !server_check_accounts(c, err) || !server_check_width(c, err))
    return false;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", name.n ? name : account);
  server_put_share(c, body);
  server_put_filter(c, body, true);
  server_put_sign_in(c, body);
  struct api_ask ask = {"POST", STR("/mcp-server"), body};
  bool ok = (!account.n || names_account_path(c, account, "/mcp", &ask.path, err)) &&
            server_put_accounts(c, body, err) && cli_fence_put(c, body, NULL, err) &&
            server_put_limits(c, body, NULL, err) && server_put_owns(c, body, err) &&
            cli_body_put_expiry(body, &c->args, err) && api_send(c, &ask, &server, err);
  if (ok) cli_fence_show(c, server);
  ok = ok && server_show_url(c, server, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_server_update(struct cli *c, struct err *err) {
  yyjson_val *server;
  if (!server_find(c, &server, err)) return false;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
  server_put_share(c, body);
  server_put_filter(c, body, false);
  server_put_sign_in(c, body);
  struct api_ask ask = {"PATCH", api_path(c, "/mcp-server/{}", json_str(server, "id")), body};
  bool ok = server_put_accounts(c, body, err) && cli_fence_put(c, body, server, err) &&
            server_put_limits(c, body, server, err) && server_put_owns(c, body, err) &&
            cli_body_put_expiry(body, &c->args, err);
  if (ok && !yyjson_mut_obj_size(yyjson_mut_doc_get_root(body)))
    ok = err_set(err, ERR_INVALID, "nothing is to change; 'postern help mcp update' lists what can");
  ok = ok && api_send(c, &ask, &server, err);
  if (ok) view_object(c, server);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_server_rotate(struct cli *c, struct err *err) {
  yyjson_val *server;
  if (!server_check_form(c, err) || !server_find(c, &server, err) ||
      !cli_ask_first(c, err, "Give %.*s a new URL? Whoever uses the old one is cut off",
                     STR_ARG(args_word(&c->args, 0))))
    return false;
  struct api_ask ask = {"POST", api_path(c, "/mcp-server/{}/rotate", json_str(server, "id")), NULL};
  return api_send(c, &ask, &server, err) && server_show_url(c, server, err);
}

bool cli_server_remove(struct cli *c, struct err *err) {
  yyjson_val *server, *none;
  if (!server_find(c, &server, err)) return false;
  struct str name = json_str(server, "name");
  if (!cli_ask_first(c, err, "Close %.*s? Whoever uses its URL is cut off", STR_ARG(name))) return false;
  struct api_ask ask = {"DELETE", api_path(c, "/mcp-server/{}", json_str(server, "id")), NULL};
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "Closed %.*s: its URL is dead.", STR_ARG(name));
  return true;
}

// ---- further URLs

static bool url_list(struct cli *c, yyjson_val *server, yyjson_val **items, struct err *err) {
  yyjson_val *root;
  if (!api_get(c, api_path(c, "/mcp-server/{}/url", json_str(server, "id")), &root, err)) return false;
  *items = yyjson_obj_get(root, "items");
  return true;
}

bool cli_url_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {
      {"NAME", "name"}, {"MADE", "created_at"}, {"LAST USED", "last_used_at"}, {0}};
  yyjson_val *server, *items;
  if (!server_find(c, &server, err) || !url_list(c, server, &items, err)) return false;
  view_list(c, items, columns, "No URL is left; 'postern mcp url add' makes one.");
  return true;
}

static bool url_make(struct cli *c, yyjson_val *server, struct str name, yyjson_val **out, struct err *err) {
  struct api_ask ask = {"POST", api_path(c, "/mcp-server/{}/url", json_str(server, "id")), cli_body_new()};
  cli_body_put(ask.body, NULL, "name", name);
  bool ok = api_send(c, &ask, out, err);
  yyjson_mut_doc_free(ask.body);
  return ok;
}

bool cli_url_add(struct cli *c, struct err *err) {
  yyjson_val *server, *made;
  if (!server_check_form(c, err) || !server_find(c, &server, err) ||
      !url_make(c, server, args_word(&c->args, 1), &made, err))
    return false;
  struct print_config_server s = server_config(server, json_str(made, "url"));
  return server_show_for(c, args_text(&c->args, "print-config"), &s, made, err);
}

bool cli_url_revoke(struct cli *c, struct err *err) {
  yyjson_val *server, *none;
  struct str name = args_word(&c->args, 1);
  if (!server_find(c, &server, err)) return false;
  struct str of = json_str(server, "name");
  if (!cli_ask_first(c, err, "Revoke the URL %.*s of %.*s? Whoever uses it is cut off", STR_ARG(name),
                     STR_ARG(of)))
    return false;
  struct str path = api_path(c, "/mcp-server/{}/url/{}", json_str(server, "id"), name);
  struct api_ask ask = {"DELETE", path, NULL};
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "Revoked the URL %.*s of %.*s.", STR_ARG(name), STR_ARG(of));
  return true;
}

static bool url_is_there(yyjson_val *items, struct str name) {
  yyjson_val *item;
  size_t i, n;
  yyjson_arr_foreach (items, i, n, item)
    if (str_eq(json_str(item, "name"), name)) return true;
  return false;
}

// Tokens are not kept, so the configuration of one more client takes one more URL: named after the client,
// with a number where it has one already.
bool cli_server_config(struct cli *c, struct err *err) {
  yyjson_val *server, *items, *made;
  struct str client = args_text(&c->args, "for"), name = args_text(&c->args, "name");
  struct buf notes = BUF_MAX(SERVER_CONFIG_MOST), paste = BUF_MAX(SERVER_CONFIG_MOST);
  bool known = print_config(client, &(struct print_config_server){0}, &notes, &paste);
  buf_free(&notes);
  buf_free(&paste);
  if (!known) return err_set(err, ERR_INVALID, "--for takes one of %s", PRINT_CONFIG_CLIENTS);
  if (!server_find(c, &server, err) || !url_list(c, server, &items, err)) return false;
  struct print_config_server people = server_config_people(server);
  if (people.url.n && !name.n) {
    view_note(
        c, STR("note: people sign in at this address; --name makes a further URL with a secret instead.\n"));
    return server_show_for(c, client, &people, server, err);
  }
  struct str wanted = name.n ? name : client;
  for (unsigned i = 2; !name.n && url_is_there(items, wanted); i++)
    wanted = arena_printf(c->arena, "%.*s-%u", STR_ARG(client), i);
  if (!url_make(c, server, wanted, &made, err)) return false;
  view_note(c,
            arena_printf(c->arena,
                         "This is a further URL of %.*s, named %.*s; it is shown this once. 'postern mcp url "
                         "revoke' ends it alone.",
                         STR_ARG(json_str(server, "name")), STR_ARG(wanted)));
  struct print_config_server s = server_config(server, json_str(made, "url"));
  return server_show_for(c, client, &s, made, err);
}
