// SPDX-License-Identifier: Apache-2.0
// postern up: from nothing to a URL in one step. Each part takes what is there and makes what is missing: a server, an
// account, a read-only MCP server over it. So it may run twice.
#include <stdlib.h>

#include "base/clock.h"
#include "cli/api.h"
#include "cli/ask.h"
#include "cli/board.h"
#include "cli/body.h"
#include "cli/connect.h"
#include "cli/credential.h"
#include "cli/home.h"
#include "cli/local.h"
#include "cli/names.h"
#include "cli/open.h"
#include "cli/print_config.h"
#include "cli/run.h"
#include "cli/source.h"
#include "cli/view.h"
#include "connector/connector.h"
#include "crypto/secret.h"
#include "data/json.h"
#include "data/uri.h"

enum { UP_CONFIG_MOST = 64 * 1024 };
#define UP_LIVES_MS (30LL * 24 * 3600 * 1000)

// ---- the server

static bool up_check_token(struct cli *c, struct err *err) {
  yyjson_val *own;
  if (!api_get(c, STR("/whoami"), &own, err)) return false;
  return str_is(json_str(own, "role"), "admin") ||
         err_set(err, ERR_DENIED, "the API token has the role %.*s; this takes an admin's",
                 STR_ARG(json_str(own, "role")));
}

// The token first: it is shown nowhere else.
static bool up_keep(struct cli *c, const struct local_server *s, struct err *err) {
  struct buf kept = BUF_MAX(TOKEN_TEXT);
  bool ok = s->token[0]                                 ? buf_add_z(&kept, s->token),
       home_write(c, HOME_TOKEN, str_of(s->token), err) : home_read(c, HOME_TOKEN, &kept, err);
  ok = ok && home_write(c, HOME_URL, s->url, err) && api_use(c, s->url, buf_str(&kept), err);
  if (kept.p) secret_wipe(kept.p, kept.n);
  buf_free(&kept);
  return ok;
}

static bool up_start(struct cli *c, struct str kept_url, struct err *err) {
  struct local_server s;
  struct buf token;
  struct uri u;
  struct err why;
  // A place where the token may be kept, before it is made.
  if (!home_ready(c, err) || !home_read(c, HOME_TOKEN, &token, err)) return false;
  bool has_token = token.n > 0, is_kept = kept_url.n && uri_parse_http(kept_url, &u, &why);
  struct str listen = is_kept ? str_from(kept_url, u.scheme.n + sizeof "://" - 1) : STR_NONE;
  if (token.p) secret_wipe(token.p, token.n);
  buf_free(&token);
  if (!local_start(c, listen, has_token, &s, err)) return false;
  view_tell(c, "Started Postern at %.*s, in the background: process %ld, log %.*s.", STR_ARG(s.url),
            s.process, STR_ARG(home_shown(c, s.log)));
  bool ok = up_keep(c, &s, err);
  if (ok && s.token[0])
    view_tell(c, "Its admin token is in %.*s.", STR_ARG(home_shown(c, home_path(c, HOME_TOKEN))));
  if (!ok && s.token[0]) view_tell(c, "Its admin token, shown this once: %s", s.token);
  secret_wipe(s.token, sizeof s.token);
  return ok;
}

static bool up_is_local(struct str url) {
  static const char *const begins[] = {"http://127.",  "http://localhost:",  "http://[::1]:",
                                       "https://127.", "https://localhost:", "https://[::1]:"};
  for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
    if (str_starts(url, begins[i])) return true;
  return false;
}

static bool up_taken(struct str url, struct err *err) {
  err_set(err, ERR_CONFLICT, "something else than Postern answers at %.*s", STR_ARG(url));
  err_hint(err, "--listen 127.0.0.1:8081 takes another port; --url names a Postern that is there");
  return false;
}

// The one that is named; the one from before; the one that settings lead to; or a new one.
static bool up_reach(struct cli *c, struct err *err) {
  struct str url, kept;
  const char *from, *variable = getenv("POSTERN_URL");
  if (!api_address(c, &url, &from, err)) return false;
  kept = from ? url : STR_NONE;
  if (args_has(&c->args, "url") || (variable && *variable)) return up_check_token(c, err);
  if (!from && !local_address(c, &url, err)) return false;
  enum api_there there = url.n ? api_look(c, url) : API_NOBODY;
  if (there == API_OTHER) return up_taken(url, err);
  if (there == API_NOBODY && kept.n && !up_is_local(kept)) {
    err_set(err, ERR_UNAVAILABLE, "nobody answers at %.*s", STR_ARG(kept));
    err_hint(err, "that is the server in %s; start it, or remove that file to have one here", from);
    return false;
  }
  if (there == API_NOBODY) return up_start(c, kept, err) && up_check_token(c, err);
  c->address = url;
  return up_check_token(c, err);
}

// ---- the account

struct up {
  struct cli *c;
  struct str what, name; // of the account
  bool is_url;
  yyjson_val *connector, *account;
};

// "https://mcp.example.com/mcp" → mcp.example.com
static struct str up_name_of(struct up *up) {
  struct str given = args_text(&up->c->args, "name");
  struct uri u;
  struct err ignored;
  if (given.n) return given;
  if (up->is_url && uri_parse_http(up->what, &u, &ignored)) return u.host;
  return json_str(up->connector, "name");
}

static bool up_find_connector(struct up *up, struct err *err) {
  struct cli *c = up->c;
  struct err why;
  up->is_url = source_is_url(up->what);
  if (names_connector(c, up->is_url ? STR(CONNECTOR_ANY_MCP) : up->what, &up->connector, err)) return true;
  // Perhaps an account that is there.
  if (err->code != ERR_MISSING || !names_find(c, NAMES_ACCOUNT, up->what, &up->account, &why)) return false;
  return names_connector(c, json_str(up->account, "connector"), &up->connector, err);
}

static bool up_is_same(const struct up *up, yyjson_val *account) {
  struct str base = up->is_url ? up->what : args_text(&up->c->args, "base-url");
  return str_eq(json_str(account, "connector"), json_str(up->connector, "name")) &&
         (!base.n || str_eq(json_str(account, "base_url"), base));
}

// The one of that name, else the only one of that connector; none is no error.
static bool up_find_account(struct up *up, struct err *err) {
  yyjson_val *items, *item, *same = NULL;
  size_t i, n, count = 0;
  bool named = args_has(&up->c->args, "name");
  if (up->account) return true;
  up->name = up_name_of(up);
  if (!names_list(up->c, NAMES_ACCOUNT, &items, err)) return false;
  yyjson_arr_foreach (items, i, n, item) {
    bool is_same = up_is_same(up, item);
    if (str_eq(json_str(item, "name"), up->name)) {
      if (is_same) up->account = item;
      return is_same ||
             err_at(err, ERR_CONFLICT, "--name",
                    "there is an account '%.*s' for something else; give another name", STR_ARG(up->name));
    }
    if (is_same) same = item, count++;
  }
  if (named || !count) return true;
  up->account = same;
  return count == 1 || err_at(err, ERR_CONFLICT, "--name", "%zu accounts are there for it; name one", count);
}

// By what is given here and now.
static bool up_takes_credential(yyjson_val *way) {
  struct str auth = json_str(way, "auth");
  return str_is(auth, "fields") || str_is(auth, "client_credentials");
}

// --way; by a key where one is given; else the connector's first.
static bool up_find_way(const struct up *up, yyjson_val **out, struct err *err) {
  const struct args *args = &up->c->args;
  struct str wanted = args_text(args, "way");
  bool by_key = args_has(args, "credential") || args_has(args, "credential-stdin");
  yyjson_val *ways = yyjson_obj_get(up->connector, "ways"), *way;
  size_t i, n;
  yyjson_arr_foreach (ways, i, n, way) {
    bool fits = wanted.n ? str_eq(json_str(way, "id"), wanted) : !by_key || up_takes_credential(way);
    if (!fits) continue;
    *out = way;
    return true;
  }
  err_at(err, ERR_INVALID, wanted.n ? "--way" : "--credential", "%.*s knows no such way to connect",
         STR_ARG(json_str(up->connector, "name")));
  err_hint(err, "'postern connector show %.*s' lists its ways", STR_ARG(json_str(up->connector, "name")));
  return false;
}

static bool up_by_fields(struct up *up, yyjson_val *way, struct err *err) {
  struct cli *c = up->c;
  struct str base = args_text(&c->args, "base-url"), id = json_str(way, "id");
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, up->is_url ? "url" : "connector",
               up->is_url ? up->what : json_str(up->connector, "name"));
  cli_body_put(body, NULL, "name", up->name);
  cli_body_put(body, NULL, "way", id);
  cli_body_put(body, NULL, "base_url", base);
  bool ok = cli_body_put_pairs(body, "context", &c->args, "context", err) &&
            (!up_takes_credential(way) || credential_put(c, body, up->connector, id, err)) &&
            api_send(c, &(struct api_ask){"POST", STR("/integrated-account"), body}, &up->account, err);
  yyjson_mut_doc_free(body);
  return ok;
}

static yyjson_val *up_open_way(const struct up *up) {
  yyjson_val *way;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(up->connector, "ways"), i, n, way)
    if (str_is(json_str(way, "auth"), "open")) return way;
  return NULL;
}

// `again`: an account that is there, whose consent has ended; NULL: a new one. A server that turns out to ask for
// nothing is connected as it is.
static bool up_by_consent(struct up *up, yyjson_val *again, struct err *err) {
  struct cli *c = up->c;
  yyjson_val *flow, *open = up_open_way(up);
  struct str url = up->is_url ? up->what : args_text(&c->args, "base-url");
  yyjson_mut_doc *body = cli_body_new();
  if (again) {
    cli_body_put(body, NULL, "account", json_str(again, "id"));
  } else {
    cli_body_put(body, NULL, "connector", json_str(up->connector, "name"));
    cli_body_put(body, NULL, "url", url);
    cli_body_put(body, NULL, "name", up->name);
  }
  bool ok = cli_connect_begin(c, body, &flow, err);
  yyjson_mut_doc_free(body);
  if (!ok && !again && open && err->reason == WHY_NO_SIGN_IN) return up_by_fields(up, open, err);
  if (!ok) return false;
  if (!args_has(&c->args, "no-wait")) return cli_connect_through(c, flow, &up->account, err);
  cli_connect_show_link(c, flow);
  up->account = NULL;
  return true;
}

static bool up_make_account(struct up *up, struct err *err) {
  yyjson_val *way;
  if (!up_find_way(up, &way, err)) return false;
  if (!(str_is(json_str(way, "auth"), "oauth") ? up_by_consent(up, NULL, err) : up_by_fields(up, way, err)))
    return false;
  if (!up->account) return true;
  view_tell(up->c, "Connected %.*s as %.*s: %lld tools.", STR_ARG(json_str(up->connector, "label")),
            STR_ARG(json_str(up->account, "name")), (long long)json_int(up->account, "tool_count", 0));
  cli_board_offer(up->c, up->account);
  return true;
}

// One that is there is tried at the vendor; what the vendor no longer takes is asked for again, where it can be.
static bool up_check_account(struct up *up, struct err *err) {
  struct cli *c = up->c;
  struct str name = json_str(up->account, "name");
  struct str path = api_path(c, "/integrated-account/{}/verify", json_str(up->account, "id"));
  view_tell(c, "The account %.*s is there.", STR_ARG(name));
  if (str_is(json_str(up->account, "status"), "needs_authorising"))
    return up_by_consent(up, up->account, err);
  if (api_send(c, &(struct api_ask){"POST", path, NULL}, &up->account, err)) return true;
  if (err->code == ERR_UNPROCESSABLE)
    err_hint(err,
             "'postern account doctor %.*s' looks further; 'postern account recredential' gives another "
             "credential",
             STR_ARG(name));
  return false;
}

// ---- the MCP server over it

static bool up_is_over(const struct up *up, yyjson_val *server, struct str name) {
  int64_t ends;
  struct str expires = json_str(server, "expires_at");
  bool alive = !expires.n || !clock_parse_rfc3339(expires, &ends) || ends > clock_now_ms();
  return alive && str_eq(json_str(server, "name"), name) &&
         str_eq(json_str(server, "account_id"), json_str(up->account, "id")) &&
         yyjson_arr_size(yyjson_obj_get(server, "accounts")) == 1;
}

static bool up_find_server(const struct up *up, struct str name, yyjson_val **out, struct err *err) {
  yyjson_val *items, *item;
  size_t i, n;
  *out = NULL;
  if (!names_list(up->c, NAMES_SERVER, &items, err)) return false;
  yyjson_arr_foreach (items, i, n, item)
    if (up_is_over(up, item, name)) *out = item;
  return true;
}

static bool up_make_server(const struct up *up, struct str name, yyjson_val **out, struct err *err) {
  struct cli *c = up->c;
  char ends[CLOCK_TEXT];
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_val *config = cli_body_object(body, NULL, "config");
  cli_body_put(body, NULL, "name", name);
  if (args_has(&c->args, "methods"))
    cli_body_put_words(body, config, "methods", &c->args, "methods");
  else
    yyjson_mut_arr_add_str(body, yyjson_mut_obj_add_arr(body, config, "methods"), "read");
  clock_rfc3339(clock_now_ms() + UP_LIVES_MS, ends);
  cli_body_put(body, NULL, "expires_at", str_of(ends));
  struct api_ask ask = {"POST", api_path(c, "/integrated-account/{}/mcp", json_str(up->account, "id")), body};
  bool ok = cli_body_put_expiry(body, &c->args, err) && api_send(c, &ask, out, err);
  yyjson_mut_doc_free(body);
  return ok;
}

static void up_tell_server(const struct up *up, const char *done, yyjson_val *server) {
  struct str methods = view_cell(up->c->arena, yyjson_obj_get(yyjson_obj_get(server, "config"), "methods"));
  struct str ends = json_str(server, "expires_at");
  view_tell(up->c, "%s %.*s: %lld of %lld tools (methods %.*s), until %.*s.", done,
            STR_ARG(json_str(server, "name")), (long long)json_int(server, "tool_count", 0),
            (long long)json_int(up->account, "tool_count", 0), STR_ARG(methods),
            STR_ARG(ends.n ? ends : STR("it is closed")));
}

// Of one that is there the URL was shown when it was made, and is kept nowhere.
static bool up_renew_url(const struct up *up, yyjson_val **server, struct err *err) {
  struct cli *c = up->c;
  struct str name = json_str(*server, "name");
  up_tell_server(up, "There is", *server);
  bool wanted = args_has(&c->args, "rotate");
  if (!wanted && cli_ask_is_possible()) {
    wanted = cli_ask_first(c, err, "Its URL was shown when it was made. Give it a new one? The old one dies");
    if (!wanted && err->code != ERR_CANCELED) return false;
  } else if (!wanted) {
    view_tell(c, "Its URL was shown when it was made. --rotate gives it a new one, and the old one dies.");
  }
  if (!wanted) return true;
  struct str path = api_path(c, "/mcp-server/{}/rotate", json_str(*server, "id"));
  if (!api_send(c, &(struct api_ask){"POST", path, NULL}, server, err)) return false;
  view_tell(c, "%.*s has a new URL; the old one is dead.", STR_ARG(name));
  return true;
}

static bool up_print(const struct up *up, yyjson_val *server) {
  struct cli *c = up->c;
  struct str client = args_text(&c->args, "for"), url = json_str(server, "url");
  if (c->json) {
    view_json(c, server);
    return true;
  }
  if (!url.n) return true;
  if (!client.n) {
    view_tell(
        c,
        "Whoever has this URL may use the server; it is shown this once. --for CLIENT prints what to paste.");
    view_text(c, url);
    return true;
  }
  struct buf notes = BUF_MAX(UP_CONFIG_MOST), paste = BUF_MAX(UP_CONFIG_MOST);
  struct print_config_server s = {
      .name = json_str(server, "name"), .url = url, .tools = (size_t)json_int(server, "tool_count", 0)};
  print_config(client, &s, &notes, &paste);
  view_note(c, buf_str(&notes));
  view_text(c, buf_str(&paste));
  buf_free(&notes);
  buf_free(&paste);
  return true;
}

static bool up_serve(const struct up *up, struct err *err) {
  struct cli *c = up->c;
  yyjson_val *server;
  struct str client = args_text(&c->args, "for"), account = json_str(up->account, "name");
  // One for each client, so that each can be closed alone.
  struct str name =
      client.n ? arena_printf(c->arena, "%.*s-%.*s", STR_ARG(account), STR_ARG(client)) : account;
  if (!up_find_server(up, name, &server, err)) return false;
  if (server) return up_renew_url(up, &server, err) && up_print(up, server);
  if (!up_make_server(up, name, &server, err)) return false;
  up_tell_server(up, "Made", server);
  return up_print(up, server);
}

// The console beside it, for who reads this; what was asked for is done without.
static void up_show_console(struct cli *c) {
  yyjson_val *link;
  struct err none;
  if (!c->json && cli_open_link(c, STR_NONE, &link, &none))
    view_tell(c, "Console, by a link that signs in once, within 15 minutes: %.*s",
              STR_ARG(json_str(link, "url")));
}

bool cli_up(struct cli *c, struct err *err) {
  struct up up = {.c = c, .what = args_word(&c->args, 0)};
  if (!up_reach(c, err) || !up_find_connector(&up, err) || !up_find_account(&up, err)) return false;
  if (!(up.account ? up_check_account(&up, err) : up_make_account(&up, err))) return false;
  if (up.account && !up_serve(&up, err)) return false;
  if (up.account) return up_show_console(c), true;
  view_tell(c, "Open it, consent, and run the same again.");
  return true;
}
