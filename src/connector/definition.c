// SPDX-License-Identifier: Apache-2.0
#include "connector/definition.h"

#include "base/codec.h"
#include "connector/dashboard.h"
#include "connector/fences.h"
#include "connector/vendors.h"
#include "data/json.h"
#include "data/uri.h"

enum { DEFINITION_LIST_MOST = 256, DEFINITION_OPERATIONS_MOST = 20000 };

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void definition_field(struct reader *r, yyjson_val *v, struct connector_field *out) {
  reader_keys(r, v, "a field", KEYS("name", "label", "secret"));
  out->name = reader_text(r, v, "name", READER_REQUIRED);
  out->label = reader_text(r, v, "label", READER_OPTIONAL);
  out->secret = reader_bool(r, v, "secret", false);
  if (!out->label.n) out->label = out->name;
  if (!reader_is_word(out->name, '_'))
    reader_fail(r, v, "field name '%.*s': lower-case letters, digits and '_' only", STR_ARG(out->name));
}

static bool definition_has_field(const struct connector_way *way, struct str name) {
  for (size_t i = 0; i < way->field_count; i++)
    if (str_eq(way->fields[i].name, name)) return true;
  return false;
}

// "Bearer {token}": every {…} is a field of the way, and what stands between them may be sent.
static struct str definition_template(struct reader *r, yyjson_val *send, const char *key,
                                      const struct connector_way *way) {
  struct str text = reader_text(r, send, key, READER_REQUIRED);
  yyjson_val *at = yyjson_obj_get(send, key);
  if (!codec_is_field_value(text)) reader_fail(r, at, "'%s' has bytes that no header may have", key);
  for (struct str rest = text;;) {
    ptrdiff_t open = str_find(rest, '{');
    if (open < 0) return text;
    rest = str_from(rest, (size_t)open + 1);
    ptrdiff_t close = str_find(rest, '}');
    struct str name = str_make(rest.p, close < 0 ? 0 : (size_t)close);
    if (close < 0) {
      reader_fail(r, at, "'%s': a '{' is not closed", key);
      return text;
    }
    if (!definition_has_field(way, name))
      reader_fail(r, at, "'%s' speaks of {%.*s}, which is not among the fields", key, STR_ARG(name));
    rest = str_from(rest, (size_t)close + 1);
  }
}

static void definition_send(struct reader *r, yyjson_val *v, const struct connector_way *way,
                            struct connector_send *out) {
  static const char *const in[] = {"bearer", "header", "query", "basic", NULL};
  static const char *const bearer[] = {"in", "value", NULL}, *const named[] = {"in", "name", "value", NULL},
                           *const basic[] = {"in", "user", "password", NULL};
  static const char *const *const keys[] = {bearer, named, named, basic};
  reader_keys(r, v, "an entry of send", KEYS("in", "name", "value", "user", "password"));
  out->in = (enum connector_in)reader_choice(r, v, "in", in);
  reader_keys(r, v, in[out->in], keys[out->in]);
  if (out->in == CONNECTOR_BASIC) {
    out->user = definition_template(r, v, "user", way);
    out->password = yyjson_obj_get(v, "password") ? definition_template(r, v, "password", way) : STR_NONE;
    return;
  }
  out->value = definition_template(r, v, "value", way);
  if (out->in == CONNECTOR_BEARER) return;
  out->name = definition_template(r, v, "name", way);
  // Which header it is may be the operator's to say: "{name}" and nothing around it.
  bool asked_for = out->in == CONNECTOR_HEADER && str_starts(out->name, "{") &&
                   str_find(out->name, '}') == (ptrdiff_t)out->name.n - 1;
  if (!asked_for && !codec_is_token(out->name))
    reader_fail(r, v, "'%.*s' cannot be the name of a header or parameter", STR_ARG(out->name));
}

// By OAuth: nothing is asked for here, a person consents at the vendor.
static void definition_oauth(struct reader *r, yyjson_val *v, struct connector_way *out) {
  yyjson_val *oauth = yyjson_obj_get(v, "oauth");
  out->auth = CONNECTOR_AUTH_OAUTH;
  reader_keys(r, v, "a way by OAuth", KEYS("id", "label", "oauth"));
  reader_keys(r, oauth, "oauth", KEYS("scope", "register_at", "token_type", "no_refresh"));
  out->oauth.scope = reader_text(r, oauth, "scope", READER_OPTIONAL);
  out->oauth.register_at = reader_link(r, oauth, "register_at");
  out->oauth.token_type = reader_text(r, oauth, "token_type", READER_OPTIONAL);
  out->oauth.no_refresh = reader_bool(r, oauth, "no_refresh", false);
}

// Behind those that the way has by itself.
static void definition_fields(struct reader *r, yyjson_val *v, struct connector_way *out) {
  size_t i, n;
  yyjson_val *item, *fields = reader_list(r, v, "fields", CONNECTOR_FIELDS_MOST - out->field_count);
  yyjson_arr_foreach (fields, i, n, item) {
    struct connector_field field = {0};
    definition_field(r, item, &field);
    if (definition_has_field(out, field.name))
      reader_fail(r, item, "two fields have the name '%.*s'", STR_ARG(field.name));
    out->fields[out->field_count++] = field;
  }
  yyjson_val *sends = reader_list(r, v, "send", CONNECTOR_SENDS_MOST);
  yyjson_arr_foreach (sends, i, n, item) definition_send(r, item, out, &out->sends[out->send_count++]);
}

static void definition_key(struct reader *r, yyjson_val *v, struct connector_way *out) {
  definition_fields(r, v, out);
  if (!out->field_count) reader_fail(r, v, "a way to authenticate needs 'fields'");
  if (!out->send_count) reader_fail(r, v, "a way to authenticate needs 'send'");
}

// By the account's own client (RFC 6749 §4.4): what it shows to the token endpoint is asked for here, and what the
// API wants beside the access token.
static void definition_client(struct reader *r, yyjson_val *v, struct connector_way *out) {
  static const char *const methods[] = {"client_secret_basic", "client_secret_post", "private_key_jwt", NULL};
  yyjson_val *client = yyjson_obj_get(v, "client_credentials");
  out->auth = CONNECTOR_AUTH_CLIENT;
  reader_keys(r, v, "a way by client credentials",
              KEYS("id", "label", "client_credentials", "fields", "send"));
  reader_keys(r, client, "client_credentials",
              KEYS("token_url", "scope", "method", "audience", "resource", "token_type"));
  (void)reader_text(r, client, "token_url", READER_REQUIRED);
  out->client.token_url = reader_link(r, client, "token_url");
  if (yyjson_obj_get(client, "method"))
    out->client.method = str_of(methods[reader_choice(r, client, "method", methods)]);
  out->client.audience = reader_text(r, client, "audience", READER_OPTIONAL);
  out->client.resource = reader_text(r, client, "resource", READER_OPTIONAL);
  out->oauth.scope = reader_text(r, client, "scope", READER_OPTIONAL);
  out->oauth.token_type = reader_text(r, client, "token_type", READER_OPTIONAL);
  bool key = str_is(out->client.method, "private_key_jwt");
  out->fields[out->field_count++] =
      (struct connector_field){STR(CONNECTOR_CLIENT_ID), STR("Client ID"), 0, 0};
  out->fields[out->field_count++] =
      key ? (struct connector_field){STR(CONNECTOR_CLIENT_KEY), STR("Private key (PEM)"), true, true}
          : (struct connector_field){STR(CONNECTOR_CLIENT_SECRET), STR("Client secret"), true, false};
  definition_fields(r, v, out);
  if (definition_has_field(out, STR(CONNECTOR_CLIENT_TOKEN_URL)))
    reader_fail(r, v, "no field of such a way may have the name '" CONNECTOR_CLIENT_TOKEN_URL "'");
  if (out->send_count == CONNECTOR_SENDS_MOST)
    reader_fail(r, v, "'send' leaves no room for the access token");
  for (size_t i = 0; i < out->send_count; i++)
    if (out->sends[i].in == CONNECTOR_BEARER || out->sends[i].in == CONNECTOR_BASIC ||
        str_is_nocase(out->sends[i].name, "Authorization") || str_find(out->sends[i].name, '{') >= 0)
      reader_fail(r, v, "'send' of such a way goes beside the access token, which has Authorization");
}

static void definition_way(struct reader *r, yyjson_val *v, enum connector_kind kind,
                           struct connector_way *out) {
  reader_keys(r, v, "a way to authenticate",
              KEYS("id", "label", "fields", "send", "oauth", "client_credentials", "open"));
  out->id = reader_text(r, v, "id", READER_REQUIRED);
  out->label = reader_text(r, v, "label", READER_OPTIONAL);
  if (!out->label.n) out->label = out->id;
  if (!reader_is_word(out->id, '_'))
    reader_fail(r, v, "way id '%.*s': lower-case letters, digits and '_' only", STR_ARG(out->id));
  bool oauth = yyjson_obj_get(v, "oauth") != NULL, open = reader_bool(r, v, "open", false);
  bool client = yyjson_obj_get(v, "client_credentials") != NULL;
  if (kind == CONNECTOR_REST ? oauth : client)
    reader_fail(r, v,
                "way '%.*s': a REST API is reached by 'fields' and 'send', by 'client_credentials', or "
                "'open'; an MCP server by 'oauth', by 'fields' and 'send', or 'open'",
                STR_ARG(out->id));
  if (oauth) {
    definition_oauth(r, v, out);
  } else if (client) {
    definition_client(r, v, out);
  } else if (open) {
    out->auth = CONNECTOR_AUTH_OPEN;
    reader_keys(r, v, "an open way", KEYS("id", "label", "open"));
  } else {
    definition_key(r, v, out);
  }
}

static void definition_ways(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *ways = reader_list(r, root, "auth", CONNECTOR_WAYS_MOST);
  yyjson_arr_foreach (ways, i, n, item) {
    definition_way(r, item, c->kind, &c->ways[i]);
    if (i && connector_way_find(c, c->ways[i].id))
      reader_fail(r, item, "two ways have the id '%.*s'", STR_ARG(c->ways[i].id));
    c->way_count++;
  }
  if (!c->way_count) reader_fail(r, root, "'auth' is missing: how does the vendor know who asks?");
}

static struct connector_request definition_request(struct reader *r, yyjson_val *v) {
  static const char *const methods[] = {"GET", "HEAD", "POST", NULL};
  struct connector_request request = {.path = reader_text(r, v, "path", READER_REQUIRED)};
  request.method = str_of(methods[reader_choice(r, v, "method", methods)]);
  if (request.path.n && request.path.p[0] != '/')
    reader_fail(r, v, "path '%.*s' must start with '/', and goes behind base_url", STR_ARG(request.path));
  if (!codec_is_field_value(request.path) || str_find(request.path, ' ') >= 0)
    reader_fail(r, v, "path '%.*s' is not a path", STR_ARG(request.path));
  return request;
}

static void definition_verify(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = reader_list(r, root, "verify", DEFINITION_LIST_MOST);
  c->verify = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct connector_request);
  yyjson_arr_foreach (list, i, n, item) {
    reader_keys(r, item, "an entry of verify", KEYS("method", "path", "expect"));
    if (r->failed) return;
    struct connector_request *request = &c->verify[c->verify_count++];
    *request = definition_request(r, item);
    yyjson_val *expect = yyjson_obj_get(item, "expect");
    if (!expect) continue;
    reader_keys(r, expect, "expect", KEYS("at", "is"));
    request->expect_at = reader_pointer(r, expect, "at", READER_REQUIRED);
    request->expect = reader_text(r, expect, "is", READER_REQUIRED);
  }
}

static void definition_context(struct reader *r, yyjson_val *v, enum connector_kind kind,
                               struct connector_context *out) {
  static const char *const rest[] = {"name", "label", "list", NULL}, *const mcp[] = {"name", "label",
                                                                                     "header", NULL};
  reader_keys(r, v, "an entry of context", kind == CONNECTOR_REST ? rest : mcp);
  out->name = reader_text(r, v, "name", READER_REQUIRED);
  out->label = reader_text(r, v, "label", READER_OPTIONAL);
  if (!out->label.n) out->label = out->name;
  out->header = reader_text(r, v, "header", READER_OPTIONAL);
  if (out->header.n && !codec_is_token(out->header))
    reader_fail(r, v, "'%.*s' cannot be the name of a header", STR_ARG(out->header));
  yyjson_val *list = yyjson_obj_get(v, "list");
  if (!list) return;
  reader_keys(r, list, "list", KEYS("method", "path", "rows", "id", "title"));
  if (r->failed) return;
  out->list = definition_request(r, list);
  out->rows = reader_pointer(r, list, "rows", READER_OPTIONAL);
  out->id = reader_pointer(r, list, "id", READER_REQUIRED);
  out->title = reader_pointer(r, list, "title", READER_OPTIONAL);
}

static void definition_contexts(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = reader_list(r, root, "context", DEFINITION_LIST_MOST);
  c->contexts = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct connector_context);
  yyjson_arr_foreach (list, i, n, item)
    definition_context(r, item, c->kind, &c->contexts[c->context_count++]);
}

static void definition_envelope(struct reader *r, yyjson_val *root, struct connector_envelope *out) {
  yyjson_val *v = yyjson_obj_get(root, "envelope");
  if (!v) return;
  reader_keys(r, v, "envelope", KEYS("ok", "errors", "code", "message"));
  if (r->failed) return;
  out->ok = reader_pointer(r, v, "ok", READER_OPTIONAL);
  out->errors = reader_pointer(r, v, "errors", READER_OPTIONAL);
  out->code = reader_pointer(r, v, "code", READER_OPTIONAL);
  out->message = reader_pointer(r, v, "message", READER_OPTIONAL);
}

static void definition_hints(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = reader_list(r, root, "errors", DEFINITION_LIST_MOST);
  c->hints = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct connector_hint);
  yyjson_arr_foreach (list, i, n, item) {
    reader_keys(r, item, "an entry of errors", KEYS("status", "code", "hint"));
    int64_t status = reader_int(r, item, "status", 0);
    if (status && (status < 100 || status > 599)) reader_fail(r, item, "'status' is not an HTTP status");
    c->hints[c->hint_count++] = (struct connector_hint){(int)status, reader_int(r, item, "code", -1),
                                                        reader_text(r, item, "hint", READER_REQUIRED)};
  }
}

// Tags by path, for openapi/compile. A bare word among them is a tag of the connector itself.
static void definition_tags(struct reader *r, yyjson_val *root) {
  size_t i, n, j, m;
  yyjson_val *item, *tag, *list = reader_list(r, root, "tags", DEFINITION_OPERATIONS_MOST);
  yyjson_arr_foreach (list, i, n, item) {
    if (yyjson_is_str(item)) continue;
    reader_keys(r, item, "an entry of tags", KEYS("path", "add"));
    (void)reader_text(r, item, "path", READER_REQUIRED);
    yyjson_val *add = reader_list(r, item, "add", DEFINITION_LIST_MOST);
    if (!add) reader_fail(r, item, "'add' is missing");
    yyjson_arr_foreach (add, j, m, tag)
      if (!yyjson_is_str(tag) || !yyjson_get_len(tag)) reader_fail(r, item, "a tag must be text");
  }
}

static void definition_operation(struct reader *r, yyjson_val *key, yyjson_val *v) {
  static const char *const classes[] = {"list", "get", "create", "update", "delete", "custom", NULL};
  struct str rest = json_text(key), method;
  if (!str_cut(&rest, ' ', &method) || !method.n || !rest.n || rest.p[0] != '/')
    reader_fail(r, key, "'%.*s': an operation is given as \"METHOD /path\"", STR_ARG(json_text(key)));
  reader_keys(
      r, v, "an operation",
      KEYS("name", "resource", "class", "tags", "permission", "read_only", "returns", "skip", "source_of"));
  if (yyjson_obj_get(v, "class")) (void)reader_choice(r, v, "class", classes);
  static const char *const texts[] = {"name", "resource", "permission", "returns", "source_of"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    (void)reader_text(r, v, texts[i], READER_OPTIONAL);
  (void)reader_bool(r, v, "read_only", false);
  (void)reader_bool(r, v, "skip", false);
  (void)reader_list(r, v, "tags", DEFINITION_LIST_MOST);
}

// What openapi/compile reads from `word`, checked here so that a slip is told with its line.
static void definition_word(struct reader *r, yyjson_val *root) {
  yyjson_val *renames = yyjson_obj_get(root, "rename_parameters"), *key;
  yyjson_val *operations = yyjson_obj_get(root, "operations");
  if (renames && !yyjson_is_obj(renames)) reader_fail(r, renames, "'rename_parameters' must be a mapping");
  if (operations && !yyjson_is_obj(operations)) reader_fail(r, operations, "'operations' must be a mapping");
  yyjson_obj_iter iter = yyjson_obj_iter_with(renames);
  while (!r->failed && (key = yyjson_obj_iter_next(&iter)))
    if (!yyjson_is_str(yyjson_obj_iter_get_val(key)))
      reader_fail(r, key, "'%.*s' is renamed to no text", STR_ARG(json_text(key)));
  definition_tags(r, root);
  iter = yyjson_obj_iter_with(operations);
  while (!r->failed && (key = yyjson_obj_iter_next(&iter)))
    definition_operation(r, key, yyjson_obj_iter_get_val(key));
}

// The address. Paths of a REST API go behind it; that of an MCP server is taken to the letter, and absent
// where the account names it.
static void definition_address(struct reader *r, yyjson_val *root, struct connector *c) {
  bool rest = c->kind == CONNECTOR_REST;
  yyjson_val *at = yyjson_obj_get(root, "base_url");
  c->base_url = reader_text(r, root, "base_url", rest ? READER_REQUIRED : READER_OPTIONAL);
  struct uri uri;
  struct err why;
  if (r->failed || !at) return;
  if (!uri_parse_http(c->base_url, &uri, &why))
    reader_fail(r, at, "'base_url': %s", why.text);
  else if (uri.fragment.p || (rest && uri.query.p))
    reader_fail(r, at, "'base_url' has a query or a fragment");
  if (rest) c->base_url = str_trim_end(c->base_url, '/');
}

static void definition_head(struct reader *r, yyjson_val *root, struct connector *c) {
  static const char *const kinds[] = {"rest", "mcp", NULL};
  static const char *const rest[] = {VENDORS_KEYS, "openapi", "verify", "envelope",  "rename_parameters",
                                     "operations", "errors",  "ask",    "dashboard", NULL};
  static const char *const mcp[] = {VENDORS_KEYS, "alias", "words", "ask", "dashboard", NULL};
  static const char *const *const keys[] = {rest, mcp};
  if (!yyjson_is_obj(root)) reader_fail(r, root, "a connector must be a mapping");
  c->kind = (enum connector_kind)reader_choice(r, root, "kind", kinds);
  reader_keys(r, root, c->kind == CONNECTOR_REST ? "a connector" : "a connector of kind mcp", keys[c->kind]);
  c->name = reader_text(r, root, "name", READER_REQUIRED);
  c->label = reader_text(r, root, "label", READER_REQUIRED);
  c->openapi = reader_text(r, root, "openapi", READER_OPTIONAL);
  c->ask = yyjson_obj_get(root, "ask");
  if (!reader_is_word(c->name, '-'))
    reader_fail(r, yyjson_obj_get(root, "name"),
                "'name' is '%.*s': a lower-case letter, then letters, digits and '-', at most %d",
                STR_ARG(c->name), CONNECTOR_WORD_MOST);
  definition_address(r, root, c);
}

bool definition_read(struct reader *r, struct connector *out) {
  yyjson_val *root = yaml_root(r->yaml);
  struct connector c = {.word = root};
  definition_head(r, root, &c);
  if (!r->failed) definition_ways(r, root, &c);
  if (!r->failed) definition_verify(r, root, &c);
  if (!r->failed) definition_contexts(r, root, &c);
  if (!r->failed) definition_envelope(r, root, &c.envelope);
  if (!r->failed) definition_hints(r, root, &c);
  if (!r->failed) definition_word(r, root);
  if (!r->failed) vendors_read(r, root, &c);
  if (!r->failed) fences_read(r, root, &c);
  if (!r->failed) dashboard_read(r, yyjson_obj_get(root, "dashboard"), &c);
  if (r->failed) return false;
  *out = c;
  return true;
}
