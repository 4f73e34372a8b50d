// SPDX-License-Identifier: Apache-2.0
// postern connector import: a document or an MCP server becomes a connector. What the document says of its address and
// of how to authenticate is read here, by the compiler's own reader; flags say otherwise.
#include "cli/api.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/source.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/json.h"
#include "data/uri.h"
#include "openapi/bundle.h"
#include "openapi/security.h"
#include "openapi/servers.h"

enum { IMPORT_REMARKS_MOST = 16 * 1024 };

struct import {
  struct cli *c;
  struct str from;             // where the document is; empty: there is none
  struct document *document;   // NULL: none
  struct yaml_doc *definition; // of --file or --like; NULL: none
  yyjson_mut_doc *body;        // of the request
  struct str base_url;         // of the API, as far as it is known
  bool asks_document;          // for ways to authenticate
  struct buf remarks;          // sentences on what was read otherwise, one a line
};

// ---- the document

static bool import_open(struct import *in, struct err *err) {
  struct cli *c = in->c;
  struct buf text;
  if (!in->from.n) return true;
  if (!source_is_url(in->from) && !str_is(in->from, "-"))
    return document_open(arena_z(c->arena, in->from), args_text(&c->args, "root"), c->arena, &in->document,
                         err);
  if (!source_read(c, in->from, &text, err)) return false;
  bool ok = document_parse(buf_str(&text), c->arena, &in->document, err);
  buf_free(&text);
  return ok;
}

static bool import_put_document(struct import *in, struct err *err) {
  struct buf text = BUF_MAX(TERMINAL_FILE_MOST);
  bool ok = !in->document || bundle_write(in->document, in->c->arena, &text, err);
  if (ok) cli_body_put(in->body, NULL, "document", buf_str(&text));
  buf_free(&text);
  return ok;
}

// --base-url, else what the document says.
static bool import_base_url(const struct import *in, struct str *out, struct err *err) {
  struct str given = args_text(&in->c->args, "base-url");
  struct str at = source_is_url(in->from) ? in->from : STR_NONE;
  // Nobody but the document says where: accounts with their credentials follow it to no other host.
  if (!given.n) cli_body_put(in->body, NULL, "follow", STR("origin"));
  if (given.n) {
    *out = given;
    return true;
  }
  if (servers_base_url(in->document, at, in->c->arena, out, err)) return true;
  err_hint(err, "--base-url gives the address, such as https://api.example.com/v1");
  return false;
}

// ---- --auth

struct import_way {
  yyjson_mut_doc *doc;
  yyjson_mut_val *fields, *sends;
};

// "X-Api-Key" → x_api_key, as the names of fields are written.
static struct str import_field_name(struct arena *a, struct str name) {
  char *z = arena_z(a, name);
  for (char *p = z; *p; p++) {
    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 'a' - 'A');
    if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9'))) *p = '_';
  }
  return z[0] >= 'a' && z[0] <= 'z' ? str_of(z) : arena_printf(a, "key%s%s", z[0] == '_' ? "" : "_", z);
}

static void import_add_field(struct import_way *w, struct str name, struct str label, bool secret) {
  yyjson_mut_val *field = yyjson_mut_arr_add_obj(w->doc, w->fields);
  cli_body_put(w->doc, field, "name", name);
  cli_body_put(w->doc, field, "label", label);
  yyjson_mut_obj_add_bool(w->doc, field, "secret", secret);
}

// What the document says of a client's token endpoint, as an object of its own; NULL: nothing.
static yyjson_mut_val *import_document_client(struct import *in) {
  yyjson_mut_val *ways = yyjson_mut_arr(in->body), *way, *client;
  struct buf unsaid = BUF_MAX(IMPORT_REMARKS_MOST);
  size_t i, n;
  if (in->document)
    security_ways(&(struct security_ask){in->document, in->base_url, in->c->arena, &unsaid}, in->body, ways);
  buf_free(&unsaid);
  yyjson_mut_arr_foreach (ways, i, n, way)
    if ((client = yyjson_mut_obj_get(way, "client_credentials")))
      return yyjson_mut_val_mut_copy(in->body, client);
  return NULL;
}

// --token-url and the rest of --auth client-credentials; what the document has, where a flag says nothing.
static bool import_add_client(struct import *in, yyjson_mut_val *way, struct err *err) {
  yyjson_mut_val *client = import_document_client(in);
  if (!client && !args_has(&in->c->args, "token-url")) {
    err_at(err, ERR_INVALID, "--token-url", "is missing, and the document names no token endpoint");
    err_hint(err, "--token-url https://… gives the address that client ids and secrets are sent to");
    return false;
  }
  if (!client) client = yyjson_mut_obj(in->body);
  yyjson_mut_obj_add_val(in->body, way, "client_credentials", client);
  in->asks_document = true;
  return true;
}

static const struct {
  const char *flag, *member;
} import_client_flags[] = {{"token-url", "token_url"}, {"scope", "scope"},
                           {"audience", "audience"},   {"resource", "resource"},
                           {"client-auth", "method"},  {"token-type", "token_type"}};

// The operator's own word on each way by client credentials. Without one on the token endpoint, the document leads to
// no other host than the API's.
static bool import_say_client(struct import *in, struct err *err) {
  const struct args *args = &in->c->args;
  yyjson_mut_val *ways = yyjson_mut_obj_get(cli_body_object(in->body, NULL, "definition"), "auth"), *way;
  size_t i, n, count = 0;
  yyjson_mut_arr_foreach (ways, i, n, way) {
    yyjson_mut_val *client = yyjson_mut_obj_get(way, "client_credentials");
    for (size_t k = 0; client && k < sizeof import_client_flags / sizeof *import_client_flags; k++) {
      if (!args_has(args, import_client_flags[k].flag)) continue;
      const char *member = import_client_flags[k].member;
      struct str value = args_text(args, import_client_flags[k].flag);
      yyjson_mut_obj_remove_key(client, member);
      bool none = !strcmp(member, "scope") && str_is(value, "none");
      if (!none) cli_body_put(in->body, client, member, value);
    }
    count += client != NULL;
  }
  if (count && in->asks_document && !args_has(args, "token-url"))
    cli_body_put(in->body, NULL, "token_url", STR("origin"));
  for (size_t k = 0; !count && k < sizeof import_client_flags / sizeof *import_client_flags; k++) {
    if (!args_has(args, import_client_flags[k].flag)) continue;
    err_set(err, ERR_INVALID, "--%s is of OAuth client credentials, which this connector has not",
            import_client_flags[k].flag);
    err_hint(err, "--auth client-credentials adds them");
    return false;
  }
  return true;
}

// bearer, basic, header:NAME, query:NAME: each adds what is asked for and what is sent.
static bool import_add_auth(struct cli *c, struct import_way *w, struct str auth, struct err *err) {
  struct str name = auth, kind;
  if (!str_cut(&name, ':', &kind)) kind = STR_NONE;
  yyjson_mut_val *send = yyjson_mut_arr_add_obj(w->doc, w->sends);
  cli_body_put(w->doc, send, "in", kind);
  if (str_is(auth, "bearer")) {
    import_add_field(w, STR("token"), STR("API token"), true);
    cli_body_put(w->doc, send, "value", STR("{token}"));
  } else if (str_is(auth, "basic")) {
    import_add_field(w, STR("user"), STR("User"), false);
    import_add_field(w, STR("password"), STR("Password"), true);
    cli_body_put(w->doc, send, "user", STR("{user}"));
    cli_body_put(w->doc, send, "password", STR("{password}"));
  } else if (name.n && (str_is(kind, "header") || str_is(kind, "query"))) {
    struct str field = import_field_name(c->arena, name);
    import_add_field(w, field, name, true);
    cli_body_put(w->doc, send, "name", name);
    cli_body_put(w->doc, send, "value", arena_printf(c->arena, "{%.*s}", STR_ARG(field)));
  } else {
    err_set(err, ERR_INVALID,
            "--auth takes bearer, basic, header:NAME, query:NAME, client-credentials or none, not '%.*s'",
            STR_ARG(auth));
    if (str_is(auth, "none")) err_hint(err, "none stands alone");
    return false;
  }
  return true;
}

// All --auth together are one way to authenticate.
static bool import_given_way(struct import *in, yyjson_mut_val *ways, struct err *err) {
  struct cli *c = in->c;
  yyjson_mut_doc *doc = in->body;
  struct str auth = args_text(&c->args, "auth");
  yyjson_mut_val *way = yyjson_mut_arr_add_obj(doc, ways);
  size_t count = 0;
  for (size_t at = 0; args_next(&c->args, "auth", &at, &auth);) count++;
  if (count == 1 && str_is(auth, "none")) {
    cli_body_put(doc, way, "id", STR("open"));
    yyjson_mut_obj_add_bool(doc, way, "open", true);
    return true;
  }
  cli_body_put(doc, way, "id", STR("default"));
  struct import_way parts = {doc, yyjson_mut_obj_add_arr(doc, way, "fields"),
                             yyjson_mut_obj_add_arr(doc, way, "send")};
  for (size_t at = 0; args_next(&c->args, "auth", &at, &auth);)
    if (!(str_is(auth, "client-credentials") ? import_add_client(in, way, err)
                                             : import_add_auth(c, &parts, auth, err)))
      return false;
  return true;
}

// By --auth, else by the security schemes of the document.
static bool import_put_auth(struct import *in, yyjson_mut_val *definition, struct err *err) {
  yyjson_mut_val *ways = yyjson_mut_arr(in->body);
  yyjson_mut_obj_put(definition, yyjson_mut_str(in->body, "auth"), ways);
  if (args_has(&in->c->args, "auth")) return import_given_way(in, ways, err);
  security_ways(&(struct security_ask){in->document, in->base_url, in->c->arena, &in->remarks}, in->body,
                ways);
  in->asks_document = true;
  if (yyjson_mut_arr_size(ways)) return true;
  err_set(err, ERR_INVALID,
          "--auth is missing: how does the vendor know who asks? The document names no way that can be sent");
  err_hint(err, "--auth bearer, basic, header:NAME, query:NAME or client-credentials, or none for an API "
                "that is open to all; or --like a "
                "connector that ships");
  return false;
}

// ---- the definition

static bool import_define_new(struct import *in, struct err *err) {
  yyjson_mut_val *definition = cli_body_object(in->body, NULL, "definition");
  struct str name = args_word(&in->c->args, 0), label = args_text(&in->c->args, "label"), url;
  if (!import_base_url(in, &url, err)) return false;
  in->base_url = url;
  cli_body_put(in->body, definition, "name", name);
  cli_body_put(in->body, definition, "label", label.n ? label : name);
  cli_body_put(in->body, definition, "kind", STR("rest"));
  cli_body_put(in->body, definition, "base_url", url);
  return import_put_auth(in, definition, err);
}

// A definition that is there, under the name given, with what flags say otherwise, and with what the document says
// where it says nothing. An empty label: its own.
static bool import_define_as(struct import *in, struct str label, struct err *err) {
  yyjson_val *theirs = yaml_root(in->definition);
  cli_body_put_json(in->body, NULL, "definition", theirs);
  yyjson_mut_val *definition = cli_body_object(in->body, NULL, "definition");
  bool rest = in->document != NULL;
  struct str url = args_text(&in->c->args, "base-url");
  yyjson_mut_obj_remove_key(definition, "openapi");
  if (rest && !yyjson_obj_get(theirs, "base_url") && !import_base_url(in, &url, err)) return false;
  cli_body_put(in->body, definition, "name", args_word(&in->c->args, 0));
  cli_body_put(in->body, definition, "label", label);
  cli_body_put(in->body, definition, "base_url", url);
  in->base_url = url.n ? url : json_str(theirs, "base_url");
  bool auth = args_has(&in->c->args, "auth") || (rest && !yyjson_obj_get(theirs, "auth"));
  return !auth || import_put_auth(in, definition, err);
}

// The word of a connector that ships (auth, envelope, hints, renames, tags, operations), under a new name.
static bool import_define_like(struct import *in, struct str like, struct err *err) {
  struct cli *c = in->c;
  struct str name = args_word(&c->args, 0), label = args_text(&c->args, "label");
  if (!source_connector(c, like, &in->definition, err)) return false;
  struct str theirs = json_str(yaml_root(in->definition), "label");
  if (!label.n) label = arena_printf(c->arena, "%.*s (%.*s)", STR_ARG(theirs), STR_ARG(name));
  return import_define_as(in, label, err);
}

static bool import_is_rest(struct cli *c, struct str name) {
  struct yaml_doc *y;
  struct err ignored;
  if (!source_connector(c, name, &y, &ignored)) return false;
  bool rest = str_is(json_str(yaml_root(y), "kind"), "rest");
  yaml_close(y);
  return rest;
}

// --file, --like, or what a name such as cloudflare-full implies where nothing else is said.
static bool import_define(struct import *in, struct err *err) {
  struct cli *c = in->c;
  struct str like = args_text(&c->args, "like"), rest = args_word(&c->args, 0), first;
  struct err ignored;
  if (in->definition) return import_define_as(in, args_text(&c->args, "label"), err);
  if (like.n) return import_define_like(in, like, err);
  bool implied = !args_has(&c->args, "auth") && str_find(rest, '-') > 0 && str_cut(&rest, '-', &first);
  if (implied && import_is_rest(c, first) && import_define_like(in, first, &ignored)) return true;
  return import_define_new(in, err);
}

// ---- what is read

// `openapi` of a connector.yaml, which is relative to that file.
static bool import_named_document(struct import *in, struct str file, struct err *err) {
  struct str named = json_str(yaml_root(in->definition), "openapi"), folder = file;
  if (!named.n || in->from.n) return true;
  if (str_is(file, "-")) {
    err_set(err, ERR_INVALID, "the definition names the document %.*s, and standard input has no folder",
            STR_ARG(named));
    err_hint(err, "--openapi gives the document");
    return false;
  }
  if (source_is_url(file)) return uri_resolve(in->c->arena, file, named, &in->from, err);
  struct str joined;
  if (!uri_path_join(in->c->arena, STR("connector.yaml"), named, &joined))
    return err_set(err, ERR_INVALID, "'openapi' is '%.*s', outside the definition's folder", STR_ARG(named));
  while (folder.n && folder.p[folder.n - 1] != '/') folder.n--;
  in->from = ARENA_JOIN(in->c->arena, folder, joined);
  return true;
}

// The operator's own connector.yaml.
static bool import_read_file(struct import *in, struct str file, struct err *err) {
  struct buf text;
  if (!file.n) return true;
  if (!source_read(in->c, file, &text, err)) return false;
  bool ok = yaml_read(buf_str(&text), &in->definition, err);
  buf_free(&text);
  if (!ok) return err_wrap(err, "the definition is no YAML");
  yyjson_val *root = yaml_root(in->definition);
  if (!yyjson_is_obj(root)) return err_set(err, ERR_INVALID, "a connector's definition is a mapping");
  if (yyjson_obj_get(root, "paths")) {
    err_set(err, ERR_INVALID, "--file takes a connector's definition, and this is an OpenAPI document");
    err_hint(err, "--openapi takes it");
    return false;
  }
  return import_named_document(in, file, err);
}

static bool import_check(struct cli *c, struct err *err) {
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

// ---- what became of it

static bool import_is_left(yyjson_val *report, const char *url) {
  size_t i, n;
  yyjson_val *left;
  yyjson_arr_foreach (yyjson_obj_get(report, "token_urls_left"), i, n, left)
    if (url && yyjson_equals_str(left, url)) return true;
  return false;
}

static const char *import_token_url(yyjson_mut_val *way) {
  return yyjson_mut_get_str(yyjson_mut_obj_get(yyjson_mut_obj_get(way, "client_credentials"), "token_url"));
}

static void import_show_ways(struct import *in, yyjson_val *report) {
  struct cli *c = in->c;
  struct buf out = BUF_MAX(IMPORT_REMARKS_MOST);
  yyjson_mut_val *ways = yyjson_mut_obj_get(cli_body_object(in->body, NULL, "definition"), "auth"), *way;
  size_t i, n;
  yyjson_mut_arr_foreach (ways, i, n, way) {
    const char *url = import_token_url(way);
    if (import_is_left(report, url)) continue;
    if (url) view_say(c, "Client secrets of its accounts go to %s.", url);
    buf_printf(&out, "%s%s", out.n ? ", " : "", yyjson_mut_get_str(yyjson_mut_obj_get(way, "id")));
  }
  if (!args_has(&c->args, "auth") && !in->definition)
    view_say(c, "Accounts authenticate as the document says, by: %.*s. --auth says otherwise.",
             STR_ARG(buf_str(&out)));
  for (struct str rest = buf_str(&in->remarks), line; str_cut(&rest, '\n', &line);)
    if (line.n) view_say(c, "%.*s", STR_ARG(line));
  buf_free(&out);
}

// Where a document would send client secrets, and may not.
static void import_show_token_urls(struct cli *c, yyjson_val *report) {
  size_t i, n;
  yyjson_val *url;
  yyjson_arr_foreach (yyjson_obj_get(report, "token_urls_left"), i, n, url)
    view_say(
        c,
        "Left out: OAuth client credentials, since the document would have client secrets sent to %s, which "
        "is another host than the API's. If that is the vendor's, import with --token-url %s.",
        yyjson_get_str(url), yyjson_get_str(url));
}

static void import_show_accounts(struct cli *c, yyjson_val *report) {
  int64_t moved = json_int(report, "accounts_moved", 0), kept = json_int(report, "accounts_kept", 0);
  if (moved)
    view_say(
        c,
        "%lld account(s) without an address of their own went along to its new one; 'postern account verify' "
        "tries them.",
        (long long)moved);
  if (kept)
    view_say(c,
             "%lld account(s) stay at its former address: a document leads no credential to another host. "
             "--base-url does, and 'postern account update ACCOUNT --base-url URL'.",
             (long long)kept);
}

static void import_show(struct import *in, yyjson_val *report) {
  static const struct view_column columns[] = {
      {"KIND", "kind"}, {"LINE", "line"}, {"OPERATION", "operation"}, {"REASON", "reason"}, {0}};
  struct cli *c = in->c;
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
  import_show_ways(in, report);
  import_show_token_urls(c, report);
  import_show_accounts(c, report);
  view_list(c, yyjson_obj_get(report, "notes"), columns, "No remarks.");
}

bool cli_connector_import(struct cli *c, struct err *err) {
  struct import in = {
      .c = c, .from = args_text(&c->args, "openapi"), .remarks = BUF_MAX(IMPORT_REMARKS_MOST)};
  yyjson_val *report;
  if (!import_check(c, err)) return false;
  in.body = cli_body_new();
  bool ok = import_read_file(&in, args_text(&c->args, "file"), err) && import_open(&in, err) &&
            import_define(&in, err) && import_say_client(&in, err) && import_put_document(&in, err) &&
            api_send(c, &(struct api_ask){"POST", STR("/connector"), in.body}, &report, err);
  if (ok) import_show(&in, report);
  document_close(in.document);
  if (in.definition) yaml_close(in.definition);
  yyjson_mut_doc_free(in.body);
  buf_free(&in.remarks);
  return ok;
}
