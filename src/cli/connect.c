// SPDX-License-Identifier: Apache-2.0
// Connecting an account at the vendor's own page, from a terminal: the link, the waiting, and the address
// that is pasted where the browser runs on another machine. And the doctor.
#include "cli/connect.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/api.h"
#include "cli/board.h"
#include "cli/body.h"
#include "cli/names.h"
#include "cli/run.h"
#include "cli/source.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/json.h"

enum { CONNECT_POLL_MS = 1500 };

// A line that the person typed meanwhile; none where nobody sits there or nothing came.
static struct str connect_typed(struct cli *c) {
  char line[TERMINAL_LINE_MOST];
  struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
  bool there = isatty(STDIN_FILENO) && !feof(stdin);
  if (poll(&in, there, CONNECT_POLL_MS) <= 0 || !fgets(line, sizeof line, stdin)) return STR_NONE;
  return arena_dup(c->arena, str_trim(str_of(line)));
}

static bool connect_paste(struct cli *c, struct str path, struct str url, yyjson_val **flow,
                          struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "url", url);
  struct str finish = arena_printf(c->arena, "%.*s/finish", STR_ARG(path));
  bool ok = api_send(c, &(struct api_ask){"POST", finish, body}, flow, err);
  yyjson_mut_doc_free(body);
  return ok;
}

static bool connect_is_open(yyjson_val *flow) {
  struct str status = json_str(flow, "status");
  return str_is(status, "waiting") || str_is(status, "opened");
}

static bool connect_wait(struct cli *c, yyjson_val **flow, struct err *err) {
  struct str path = api_path(c, "/integrated-account/authorize/{}", json_str(*flow, "id"));
  while (connect_is_open(*flow)) {
    struct str typed = connect_typed(c);
    if (typed.n && !connect_paste(c, path, typed, flow, err)) {
      view_note(c, arena_printf(c->arena, "%s%s%s", err->text, err->hint[0] ? "; " : "", err->hint));
      continue;
    }
    if (!typed.n && !api_get(c, path, flow, err)) return false;
  }
  return true;
}

static bool connect_ended(struct cli *c, yyjson_val *flow, yyjson_val **account, struct err *err) {
  struct str id = json_str(flow, "account_id"), text = json_str(flow, "text"),
             remedy = json_str(flow, "remedy");
  if (!str_is(json_str(flow, "status"), "done")) {
    err_set(err, ERR_UNPROCESSABLE, "not connected: %.*s", STR_ARG(text));
    if (remedy.n) err_hint(err, "%.*s", STR_ARG(remedy));
    return false;
  }
  return api_get(c, api_path(c, "/integrated-account/{}", id), account, err);
}

void cli_connect_show_link(struct cli *c, yyjson_val *flow) {
  view_note(c, STR("Open this in a browser, within a day:\n"));
  struct str url = json_str(flow, "url"), direct = json_str(flow, "direct_url");
  view_note(c, arena_printf(c->arena, "    %.*s\n", STR_ARG(url)));
  if (isatty(STDIN_FILENO) && direct.n) {
    view_note(c, STR("A browser that cannot reach Postern opens this instead; it ends at a page that does "
                     "not load, whose address you paste here:\n"));
    view_note(c, arena_printf(c->arena, "    %.*s\n", STR_ARG(direct)));
  }
}

bool cli_connect_through(struct cli *c, yyjson_val *flow, yyjson_val **account, struct err *err) {
  cli_connect_show_link(c, flow);
  view_note(c, STR("Waiting."));
  return connect_wait(c, &flow, err) && connect_ended(c, flow, account, err);
}

bool cli_connect_begin(struct cli *c, yyjson_mut_doc *body, yyjson_val **flow, struct err *err) {
  cli_body_put(body, NULL, "scope", args_text(&c->args, "scope"));
  cli_body_put(body, NULL, "client_id", args_text(&c->args, "client-id"));
  return cli_body_put_file(body, "client_secret", &c->args, "client-secret", err) &&
         cli_body_put_file(body, "client_key", &c->args, "client-key", err) &&
         api_send(c, &(struct api_ask){"POST", STR("/integrated-account/authorize"), body}, flow, err);
}

// Which account, connector or address is meant.
static bool connect_put_subject(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str what = args_word(&c->args, 0);
  yyjson_val *found;
  if (args_has(&c->args, "again")) {
    if (!names_find(c, NAMES_ACCOUNT, what, &found, err)) return false;
    cli_body_put(body, NULL, "account", json_str(found, "id"));
    return true;
  }
  bool url = source_is_url(what);
  if (!url && !names_connector(c, what, &found, err)) return false;
  cli_body_put(body, NULL, url ? "url" : "connector", what);
  return true;
}

bool cli_account_connect(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  yyjson_val *flow, *account;
  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
  bool ok = connect_put_subject(c, body, err) && cli_connect_begin(c, body, &flow, err);
  yyjson_mut_doc_free(body);
  if (!ok) return false;
  if (args_has(&c->args, "no-wait")) {
    view_object(c, flow);
    return true;
  }
  if (!cli_connect_through(c, flow, &account, err)) return false;
  view_say(c, "Connected.");
  view_object(c, account);
  cli_board_offer(c, account);
  return true;
}

bool cli_account_doctor(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {
      {"CHECK", "id"}, {"", "status"}, {"WHAT WAS FOUND", "text"}, {"WHAT TO DO", "remedy"}, {0}};
  yyjson_val *report;
  struct str path;
  if (!names_account_path(c, args_word(&c->args, 0), "/doctor", &path, err) ||
      !api_send(c, &(struct api_ask){"POST", path, NULL}, &report, err))
    return false;
  if (c->json)
    view_json(c, report);
  else
    view_list(c, yyjson_obj_get(report, "checks"), columns, "nothing to check");
  if (json_bool(report, "healthy", false)) return true;
  return err_set(err, ERR_UNPROCESSABLE, "at least one check failed");
}
