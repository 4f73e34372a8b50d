// SPDX-License-Identifier: Apache-2.0
// postern program: answer programs that are kept, and published as tools of servers.
#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/names.h"
#include "cli/program.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/json.h"

static void stored_say(struct cli *c, const char *done, yyjson_val *program) {
  struct str name = json_str(program, "name");
  if (c->json)
    view_json(c, program);
  else
    view_say(c, "%s %.*s.", done, STR_ARG(name));
}

// A new one; with --replace, what the one of this name says.
bool cli_stored_save(struct cli *c, struct err *err) {
  yyjson_val *program;
  yyjson_mut_doc *body = cli_body_new();
  struct str name = args_text(&c->args, "name");
  bool replaces = args_has(&c->args, "replace");
  if (!replaces) cli_body_put(body, NULL, "name", name);
  cli_body_put(body, NULL, "server", args_text(&c->args, "server"));
  if (args_has(&c->args, "private")) cli_body_put(body, NULL, "visibility", STR("private"));
  if (args_has(&c->args, "shared")) cli_body_put(body, NULL, "visibility", STR("shared"));
  struct api_ask ask = {.method = replaces ? "PATCH" : "POST",
                        .path = replaces ? api_path(c, "/stored-program/{}", name) : STR("/stored-program"),
                        .body = body};
  bool ok = (name.n || err_at(err, ERR_INVALID, "--name", "name the program")) &&
            cli_program_put_file(c, args_word(&c->args, 0), body, err) && api_send(c, &ask, &program, err);
  if (ok) stored_say(c, replaces ? "Replaced" : "Saved", program);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_stored_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"STATE", "state"},
                                               {"STEP", "step"},
                                               {"WHY", "why"},
                                               {"OWNER", "owner_name"},
                                               {"SEEN BY", "visibility"},
                                               {"CHANGED", "updated_at"},
                                               {"ID", "id"},
                                               {0}};
  static const struct view_column tools[] = {{"NAME", "name"},
                                             {"PROGRAM", "program"},
                                             {"STATE", "state"},
                                             {"STEP", "step"},
                                             {"WHY", "why"},
                                             {"PUBLISHED", "published_at"},
                                             {0}};
  yyjson_val *items, *server;
  struct str named = args_text(&c->args, "server");
  if (!named.n) {
    if (!api_list(c, STR("/stored-program"), 0, &items, err)) return false;
    view_list(c, items, columns, "No program is kept.");
    return true;
  }
  yyjson_val *answer;
  if (!names_find(c, NAMES_SERVER, named, &server, err) ||
      !api_get(c, api_path(c, "/mcp-server/{}/program", json_str(server, "id")), &answer, err))
    return false;
  view_list(c, yyjson_obj_get(answer, "items"), tools, "No program is published there.");
  return true;
}

bool cli_stored_show(struct cli *c, struct err *err) {
  yyjson_val *program;
  if (!api_get(c, api_path(c, "/stored-program/{}", args_word(&c->args, 0)), &program, err)) return false;
  if (args_has(&c->args, "program"))
    view_json(c, yyjson_obj_get(program, "program"));
  else
    view_object(c, program);
  return true;
}

bool cli_stored_delete(struct cli *c, struct err *err) {
  yyjson_val *program, *none;
  if (!api_get(c, api_path(c, "/stored-program/{}", args_word(&c->args, 0)), &program, err)) return false;
  struct str name = json_str(program, "name");
  size_t tools = yyjson_arr_size(yyjson_obj_get(program, "published"));
  if (!cli_ask_first(c, err, tools ? "Delete %.*s? It is published, and its tools go with it" : "Delete %.*s",
                     STR_ARG(name)))
    return false;
  struct api_ask ask = {"DELETE", api_path(c, "/stored-program/{}", json_str(program, "id")), NULL};
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "Deleted %.*s.", STR_ARG(name));
  return true;
}

bool cli_stored_check(struct cli *c, struct err *err) {
  yyjson_val *verdict;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "server", args_text(&c->args, "server"));
  struct api_ask ask = {"POST", api_path(c, "/stored-program/{}/check", args_word(&c->args, 0)), body};
  bool ok = api_send(c, &ask, &verdict, err) && cli_program_explain(c, verdict, err);
  yyjson_mut_doc_free(body);
  return ok;
}

// A file where there is one of this name, else a kept program.
bool cli_stored_publish(struct cli *c, struct err *err) {
  yyjson_val *server, *tool;
  yyjson_mut_doc *body = cli_body_new();
  struct str named = args_word(&c->args, 0), as = args_text(&c->args, "as");
  bool ok = (as.n || err_at(err, ERR_INVALID, "--as", "say what the tool is called")) &&
            names_find(c, NAMES_SERVER, args_text(&c->args, "server"), &server, err);
  if (ok && terminal_is_file(named))
    ok = cli_program_put_file(c, named, body, err);
  else if (ok)
    cli_body_put(body, NULL, "program", named);
  cli_body_put(body, NULL, "as", as);
  cli_body_put(body, NULL, "description", args_text(&c->args, "description"));
  if (ok) {
    struct api_ask ask = {"POST", api_path(c, "/mcp-server/{}/program", json_str(server, "id")), body};
    ok = api_send(c, &ask, &tool, err);
  }
  if (ok && c->json)
    view_json(c, tool);
  else if (ok)
    view_say(c, "Published %.*s on %.*s.", STR_ARG(as), STR_ARG(json_str(server, "name")));
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_stored_unpublish(struct cli *c, struct err *err) {
  yyjson_val *server, *none;
  struct str name = args_word(&c->args, 0);
  if (!names_find(c, NAMES_SERVER, args_text(&c->args, "server"), &server, err)) return false;
  struct str path = api_path(c, "/mcp-server/{}/program/{}", json_str(server, "id"), name);
  if (!api_send(c, &(struct api_ask){"DELETE", path, NULL}, &none, err)) return false;
  view_say(c, "Unpublished %.*s.", STR_ARG(name));
  return true;
}
