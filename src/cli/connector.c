// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/names.h"
#include "cli/source.h"
#include "cli/view.h"
#include "data/json.h"

bool cli_connector_remove(struct cli *c, struct err *err) {
  yyjson_val *none;
  yyjson_val *connector;
  struct str name = args_word(&c->args, 0);
  if (!names_connector(c, name, &connector, err) ||
      !ask_first(c, err, "Remove the connector %.*s?", STR_ARG(name)) ||
      !api_send(c, &(struct api_ask){"DELETE", api_path(c, "/connector/{}", name), NULL}, &none, err))
    return false;
  view_say(c, "Removed the connector %.*s.", STR_ARG(name));
  return true;
}

// ---- imported: its definition

// "X-Api-Key" → x_api_key, as the names of fields are written.
static struct str connector_field_name(struct arena *a, struct str name) {
  char *z = arena_z(a, name);
  for (char *p = z; *p; p++) {
    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 'a' - 'A');
    if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9'))) *p = '_';
  }
  return str_of(z);
}

struct connector_way_parts {
  yyjson_mut_doc *doc;
  yyjson_mut_val *fields, *sends;
};

static void connector_add_field(struct connector_way_parts *w, struct str name, struct str label,
                                bool secret) {
  yyjson_mut_val *field = yyjson_mut_arr_add_obj(w->doc, w->fields);
  cli_body_put(w->doc, field, "name", name);
  cli_body_put(w->doc, field, "label", label);
  yyjson_mut_obj_add_bool(w->doc, field, "secret", secret);
}

// bearer, basic, header:NAME, query:NAME: each adds what is asked for and what is sent.
static bool connector_add_auth(struct cli *c, struct connector_way_parts *w, struct str auth,
                               struct err *err) {
  struct str name = auth, kind;
  if (!str_cut(&name, ':', &kind)) kind = STR_NONE;
  yyjson_mut_val *send = yyjson_mut_arr_add_obj(w->doc, w->sends);
  cli_body_put(w->doc, send, "in", kind);
  if (str_is(auth, "bearer")) {
    connector_add_field(w, STR("token"), STR("API token"), true);
    cli_body_put(w->doc, send, "value", STR("{token}"));
  } else if (str_is(auth, "basic")) {
    connector_add_field(w, STR("user"), STR("User"), false);
    connector_add_field(w, STR("password"), STR("Password"), true);
    cli_body_put(w->doc, send, "user", STR("{user}"));
    cli_body_put(w->doc, send, "password", STR("{password}"));
  } else if (name.n && (str_is(kind, "header") || str_is(kind, "query"))) {
    struct str field = connector_field_name(c->arena, name);
    connector_add_field(w, field, name, true);
    cli_body_put(w->doc, send, "name", name);
    cli_body_put(w->doc, send, "value", arena_printf(c->arena, "{%.*s}", STR_ARG(field)));
  } else {
    return err_set(err, ERR_INVALID, "--auth takes bearer, basic, header:NAME or query:NAME, not '%.*s'",
                   STR_ARG(auth));
  }
  return true;
}

// All --auth together are one way to authenticate.
static bool connector_put_auth(struct cli *c, yyjson_mut_doc *doc, yyjson_mut_val *definition,
                               struct err *err) {
  struct str auth;
  if (!args_has(&c->args, "auth")) {
    err_set(err, ERR_INVALID, "--auth is missing: how does the vendor know who asks?");
    err_hint(err, "--auth bearer, basic, header:NAME or query:NAME; or --like a connector that ships");
    return false;
  }
  yyjson_mut_val *ways = yyjson_mut_arr(doc), *way = yyjson_mut_arr_add_obj(doc, ways);
  yyjson_mut_obj_put(definition, yyjson_mut_str(doc, "auth"), ways);
  cli_body_put(doc, way, "id", STR("default"));
  struct connector_way_parts parts = {doc, yyjson_mut_obj_add_arr(doc, way, "fields"),
                                      yyjson_mut_obj_add_arr(doc, way, "send")};
  for (size_t at = 0; args_next(&c->args, "auth", &at, &auth);)
    if (!connector_add_auth(c, &parts, auth, err)) return false;
  return true;
}

// The address that the document itself gives: "servers" (3.x), or "host" and "basePath" (2.0).
static struct str connector_base_url(struct cli *c, struct str document) {
  struct yaml_doc *y;
  struct err ignored;
  struct str url = args_text(&c->args, "base-url");
  if (url.n || !yaml_read(document, &y, &ignored)) return url;
  yyjson_val *root = yaml_root(y);
  struct str server = json_str(yyjson_arr_get_first(yyjson_obj_get(root, "servers")), "url");
  struct str host = json_str(root, "host"), base = json_str(root, "basePath");
  if (source_is_url(server) && str_find(server, '{') < 0)
    url = arena_dup(c->arena, server);
  else if (host.n)
    url = arena_printf(c->arena, "https://%.*s%.*s", STR_ARG(host), STR_ARG(base));
  yaml_close(y);
  return url;
}

static bool connector_define_new(struct cli *c, yyjson_mut_doc *doc, struct str document, struct err *err) {
  yyjson_mut_val *definition = cli_body_object(doc, NULL, "definition");
  struct str name = args_word(&c->args, 0), label = args_text(&c->args, "label"),
             url = connector_base_url(c, document);
  if (!url.n) {
    err_set(err, ERR_INVALID, "the document does not say where the API is");
    err_hint(err, "--base-url gives the address, such as https://api.example.com/v1");
    return false;
  }
  cli_body_put(doc, definition, "name", name);
  cli_body_put(doc, definition, "label", label.n ? label : name);
  cli_body_put(doc, definition, "kind", STR("rest"));
  cli_body_put(doc, definition, "base_url", url);
  return connector_put_auth(c, doc, definition, err);
}

// A definition that is there, under the name given, with what flags say otherwise. An empty label: its own.
static bool connector_define_as(struct cli *c, yyjson_mut_doc *doc, yyjson_val *theirs, struct str label,
                                struct err *err) {
  cli_body_put_json(doc, NULL, "definition", theirs);
  yyjson_mut_val *definition = cli_body_object(doc, NULL, "definition");
  yyjson_mut_obj_remove_key(definition, "openapi");
  cli_body_put(doc, definition, "name", args_word(&c->args, 0));
  cli_body_put(doc, definition, "label", label);
  cli_body_put(doc, definition, "base_url", args_text(&c->args, "base-url"));
  return !args_has(&c->args, "auth") || connector_put_auth(c, doc, definition, err);
}

// The word of a connector that ships (auth, envelope, hints, renames, tags, operations), under a new name.
static bool connector_define_like(struct cli *c, yyjson_mut_doc *doc, struct str like, struct err *err) {
  struct yaml_doc *y;
  struct str name = args_word(&c->args, 0), label = args_text(&c->args, "label");
  if (!source_connector(c, like, &y, err)) return false;
  struct str theirs = json_str(yaml_root(y), "label");
  if (!label.n) label = arena_printf(c->arena, "%.*s (%.*s)", STR_ARG(theirs), STR_ARG(name));
  bool ok = connector_define_as(c, doc, yaml_root(y), label, err);
  yaml_close(y);
  return ok;
}

// The operator's own connector.yaml.
static bool connector_define_file(struct cli *c, yyjson_mut_doc *doc, struct str file, struct err *err) {
  struct yaml_doc *y;
  struct buf text;
  if (!source_read(c, file, &text, err)) return false;
  bool ok = yaml_read(buf_str(&text), &y, err);
  buf_free(&text);
  if (!ok) return err_wrap(err, "the definition is no YAML");
  ok = yyjson_is_obj(yaml_root(y)) || err_set(err, ERR_INVALID, "a connector's definition is a mapping");
  ok = ok && connector_define_as(c, doc, yaml_root(y), args_text(&c->args, "label"), err);
  yaml_close(y);
  return ok;
}

// --file, --like, or what a name such as cloudflare-full implies where nothing else is said.
static bool connector_define(struct cli *c, yyjson_mut_doc *doc, struct str document, struct err *err) {
  struct str like = args_text(&c->args, "like"), file = args_text(&c->args, "file");
  struct str rest = args_word(&c->args, 0), first;
  struct err ignored;
  if (file.n) return connector_define_file(c, doc, file, err);
  if (like.n) return connector_define_like(c, doc, like, err);
  bool implied = !args_has(&c->args, "auth") && str_find(rest, '-') > 0 && str_cut(&rest, '-', &first);
  if (implied && connector_define_like(c, doc, first, &ignored)) return true;
  return connector_define_new(c, doc, document, err);
}

// ---- imported: sent, and what became of it

static void connector_show_report(struct cli *c, yyjson_val *report) {
  static const struct view_column columns[] = {
      {"KIND", "kind"}, {"LINE", "line"}, {"OPERATION", "operation"}, {"REASON", "reason"}, {0}};
  struct str name = json_str(report, "name");
  if (c->json) {
    view_json(c, report);
    return;
  }
  if (str_is(json_str(report, "kind"), "mcp")) {
    view_say(c, "Imported %.*s: a vendor's MCP server. 'postern account connect %.*s' connects an account.",
             STR_ARG(name), STR_ARG(name));
    return;
  }
  struct str operations = view_cell(c->arena, yyjson_obj_get(report, "operations"));
  struct str tools = view_cell(c->arena, yyjson_obj_get(report, "tools"));
  struct str skipped = view_cell(c->arena, yyjson_obj_get(report, "skipped"));
  struct str folded = view_cell(c->arena, yyjson_obj_get(report, "folded"));
  view_say(c, "Imported %.*s: %.*s operations, %.*s tools, %.*s skipped, %.*s with a folded schema.",
           STR_ARG(name), STR_ARG(operations), STR_ARG(tools), STR_ARG(skipped), STR_ARG(folded));
  view_list(c, yyjson_obj_get(report, "notes"), columns, "No remarks.");
}

static bool connector_check_import(struct cli *c, struct err *err) {
  struct str from = args_text(&c->args, "openapi"), file = args_text(&c->args, "file");
  if (!from.n && !file.n)
    return err_set(err, ERR_INVALID,
                   "--openapi is missing: the API's description, a file, - or an https URL; or --file: the "
                   "definition of an MCP server");
  if (file.n && args_has(&c->args, "like"))
    return err_set(err, ERR_INVALID, "--file and --like are two definitions; take one");
  return !str_is(from, "-") || !str_is(file, "-") ||
         err_set(err, ERR_INVALID, "standard input can be one file only");
}

bool cli_connector_import(struct cli *c, struct err *err) {
  struct str from = args_text(&c->args, "openapi");
  struct buf document = BUF_MAX(0);
  yyjson_val *report;
  if (!connector_check_import(c, err) || (from.n && !source_read(c, from, &document, err))) return false;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "document", buf_str(&document));
  bool ok = connector_define(c, body, buf_str(&document), err) &&
            api_send(c, &(struct api_ask){"POST", STR("/connector"), body}, &report, err);
  if (ok) connector_show_report(c, report);
  yyjson_mut_doc_free(body);
  buf_free(&document);
  return ok;
}
