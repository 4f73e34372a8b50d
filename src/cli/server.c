// SPDX-License-Identifier: Apache-2.0
// postern mcp: scoped MCP servers.
#include "cli/run.h"

#include "cli/api.h"
#include "cli/body.h"
#include "cli/print_config.h"
#include "cli/view.h"
#include "data/json.h"

enum { SERVER_CONFIG_MOST = 64 * 1024 };

bool cli_server_list(struct cli *c, struct err *err) {
  struct str account = args_word(&c->args, 0);
  struct str path = account.n ? api_path(c, "/integrated-account/{}/mcp", account) : STR("/mcp-server");
  struct map names = {0};
  yyjson_val *servers, *accounts = NULL, *item;
  size_t i, n;
  if (!api_list(c, path, 0, &servers, err) ||
      (!c->json && !api_list(c, STR("/integrated-account"), 0, &accounts, err)))
    return false;
  yyjson_arr_foreach (accounts, i, n, item)
    map_put(&names, json_str(item, "id"), yyjson_obj_get(item, "name"));
  const struct view_column columns[] = {{"NAME", "name"},
                                        {"ACCOUNT", "account_id", &names},
                                        {"TOOLS", "tool_count"},
                                        {"EXPIRES", "expires_at"},
                                        {"ID", "id"},
                                        {0}};
  view_list(c, servers, columns, "No MCP server yet; 'postern mcp create' makes one.");
  map_free(&names);
  return true;
}

static bool server_find(struct cli *c, yyjson_val **out, struct err *err) {
  if (api_find(c, "MCP server", "/mcp-server", args_word(&c->args, 0), out, err)) return true;
  if (err->code == ERR_MISSING) err_hint(err, "'postern mcp list' lists the servers");
  return false;
}

bool cli_server_show(struct cli *c, struct err *err) {
  yyjson_val *server;
  if (!server_find(c, &server, err)) return false;
  view_object(c, server);
  return true;
}

// Filters that flags name; the rest of `config` stays.
static void server_put_filter(struct cli *c, yyjson_mut_doc *body, yyjson_val *config) {
  static const char *const members[] = {"methods", "tags", "tools"};
  bool with = args_has(&c->args, "require-api-token"), without = args_has(&c->args, "no-api-token");
  bool record = args_has(&c->args, "record-arguments"), forget = args_has(&c->args, "no-record");
  bool any = with || without || record || forget;
  for (size_t i = 0; i < 3; i++) any = any || args_has(&c->args, members[i]);
  if (!any) return;
  cli_body_put_json(body, NULL, "config", config);
  yyjson_mut_val *to = cli_body_object(body, NULL, "config");
  for (size_t i = 0; i < 3; i++) cli_body_put_words(body, to, members[i], &c->args, members[i]);
  if (with || without)
    yyjson_mut_obj_put(to, yyjson_mut_str(body, "require_api_token_auth"), yyjson_mut_bool(body, with));
  if (record || forget)
    yyjson_mut_obj_put(to, yyjson_mut_str(body, "record_arguments"), yyjson_mut_bool(body, record));
  // In a change an emptied member filters nothing, which is said by leaving it out. In a new server it is
  // more likely a script's empty variable, and the server refuses it.
  for (size_t i = 0; config && i < 3; i++)
    if (yyjson_mut_is_arr(yyjson_mut_obj_get(to, members[i])) &&
        !yyjson_mut_arr_size(yyjson_mut_obj_get(to, members[i])))
      yyjson_mut_obj_remove_key(to, members[i]);
}

// The answer that shows the URL, once.
static bool server_show_url(struct cli *c, yyjson_val *server, struct err *err) {
  struct str client = args_text(&c->args, "print-config");
  if (!client.n || c->json) {
    view_object(c, server);
    view_say(c, "\nThe URL is shown this once. Whoever has it may use the server.");
    return true;
  }
  struct buf notes = BUF_MAX(SERVER_CONFIG_MOST), paste = BUF_MAX(SERVER_CONFIG_MOST);
  struct print_config_server s = {
      .name = json_str(server, "name"),
      .url = json_str(server, "url"),
      .needs_token = json_bool(yyjson_obj_get(server, "config"), "require_api_token_auth", false),
  };
  bool ok = print_config(client, &s, &notes, &paste) ||
            err_set(err, ERR_INVALID, "--print-config knows %s", PRINT_CONFIG_CLIENTS);
  if (ok) {
    view_note(c, buf_str(&notes));
    view_text(c, buf_str(&paste));
  }
  buf_free(&notes);
  buf_free(&paste);
  return ok;
}

static bool server_check_form(struct cli *c, struct err *err) {
  return !c->json || !args_has(&c->args, "print-config") ||
         err_set(err, ERR_INVALID, "--json and --print-config are two forms of one answer; take one");
}

// --account NAME or --account ALIAS=NAME, as often as there are accounts.
static void server_put_accounts(struct cli *c, yyjson_mut_doc *body) {
  struct str value, alias;
  if (!args_has(&c->args, "account")) return;
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(body, yyjson_mut_doc_get_root(body), "accounts");
  for (size_t at = 0; args_next(&c->args, "account", &at, &value);) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(body, list);
    struct str account = value;
    if (args_pair(value, &alias, &account)) cli_body_put(body, one, "alias", alias);
    cli_body_put(body, one, "account", account);
  }
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

bool cli_server_create(struct cli *c, struct err *err) {
  yyjson_val *server;
  struct str account = args_word(&c->args, 0), name = args_text(&c->args, "name");
  if (!server_check_form(c, err) || !server_check_accounts(c, err)) return false;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", name.n ? name : account);
  server_put_accounts(c, body);
  server_put_share(c, body);
  server_put_filter(c, body, NULL);
  struct str path = account.n ? api_path(c, "/integrated-account/{}/mcp", account) : STR("/mcp-server");
  struct api_ask ask = {"POST", path, body};
  bool ok = cli_body_put_expiry(body, &c->args, err) && api_send(c, &ask, &server, err) &&
            server_show_url(c, server, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_server_update(struct cli *c, struct err *err) {
  yyjson_val *server;
  if (!server_find(c, &server, err)) return false;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
  server_put_accounts(c, body);
  server_put_share(c, body);
  server_put_filter(c, body, yyjson_obj_get(server, "config"));
  struct api_ask ask = {"PATCH", api_path(c, "/mcp-server/{}", json_str(server, "id")), body};
  bool ok = cli_body_put_expiry(body, &c->args, err);
  if (ok && !yyjson_mut_obj_size(yyjson_mut_doc_get_root(body)))
    ok = err_set(err, ERR_INVALID, "nothing is to change; 'postern help mcp update' lists what can");
  ok = ok && api_send(c, &ask, &server, err);
  if (ok) view_object(c, server);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_server_rotate(struct cli *c, struct err *err) {
  yyjson_val *server;
  if (!server_check_form(c, err) || !server_find(c, &server, err)) return false;
  struct api_ask ask = {"POST", api_path(c, "/mcp-server/{}/rotate", json_str(server, "id")), NULL};
  return api_send(c, &ask, &server, err) && server_show_url(c, server, err);
}

bool cli_server_remove(struct cli *c, struct err *err) {
  yyjson_val *server, *none;
  if (!server_find(c, &server, err)) return false;
  struct str name = json_str(server, "name");
  struct api_ask ask = {"DELETE", api_path(c, "/mcp-server/{}", json_str(server, "id")), NULL};
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "Closed %.*s: its URL is dead.", STR_ARG(name));
  return true;
}
