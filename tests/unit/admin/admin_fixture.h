// SPDX-License-Identifier: Apache-2.0
// The management API over a real server, store, pool and catalog, with a vendor of a few lines on
// another port; and a client that holds every answer against what the table of routes promises.
#ifndef POSTERN_TEST_ADMIN_FIXTURE_H
#define POSTERN_TEST_ADMIN_FIXTURE_H

#include "../support/store_url.h"

#include "../http/http_fixture.h"
#include "admin/route.h"
#include "authority/site.h"
#include "base/mem.h"
#include "node/node.h"
#include "serve/endpoint.h"

#ifdef __SANITIZE_THREAD__
// libuv closes descriptors by a bare system call, which the sanitizer does not see; when the pool gets
// the same number for a file, it takes the two for one.
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) {
  return "race:epoll_ctl\n";
}
#endif

#define GOOD "vendor-token-good-7f3a91"
#define OTHER "vendor-token-other-51c2d8"
#define BAD "vendor-token-bad-000000"

// ---- the vendor

static inline void vendor_handle(void *ctx, struct http_exchange *x) {
  (void)ctx;
  const struct http_request *in = http_request_of(x);
  struct str bearer = http_header_get(&in->headers, "authorization");
  if (!str_is(bearer, "Bearer " GOOD) && !str_is(bearer, "Bearer " OTHER)) {
    http_reply(x, 403, "application/json",
               STR("{\"success\":false,\"errors\":[{\"code\":9109,\"message\":\"Invalid access token\"}]}"));
    return;
  }
  http_reply_header(x, "X-RateLimit-Limit", STR("100"));
  http_reply_header(x, "X-RateLimit-Remaining", STR("99"));
  if (str_starts(in->path, "/things/"))
    http_reply(x, 200, "application/json", STR("{\"id\":\"t1\",\"size\":12.50}"));
  else
    http_reply(x, 200, "application/json",
               STR("{\"success\":true,\"result\":[{\"id\":\"t1\"},{\"id\":\"t2\"}]}"));
}

static const char *const vendor_definition =
    "name: acme\\nlabel: Acme\\nkind: rest\\nblurb: Things of all sizes.\\nbase_url: http://127.0.0.1:1\\n"
    "auth:\\n  - id: token\\n    label: API token\\n    fields: [{name: token, label: API token, secret: "
    "true}]\\n"
    "    send: [{in: bearer, value: '{token}'}]\\n"
    "verify: [{method: GET, path: /verify}]\\n"
    "envelope: {ok: /success, errors: /errors, code: /code, message: /message}\\n";

static const char *const vendor_document =
    "{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"Acme\",\"version\":\"1\"},"
    "\"paths\":{\"/things\":{\"get\":{\"summary\":\"List "
    "things\",\"tags\":[\"things\"],\"responses\":{\"200\":{\"description\":\"ok\"}}},"
    "\"post\":{\"summary\":\"Make a "
    "thing\",\"tags\":[\"things\",\"making\"],\"requestBody\":{\"content\":{\"application/json\":{\"schema\":"
    "{\"type\":\"object\",\"properties\":{\"size\":{\"type\":\"integer\"}}}}}},\"responses\":{\"201\":{"
    "\"description\":\"made\"}}}},"
    "\"/things/{thing_id}\":{\"get\":{\"summary\":\"Get a "
    "thing\",\"tags\":[\"things\"],\"parameters\":[{\"name\":\"thing_id\",\"in\":\"path\","
    "\"required\":true,\"schema\":{\"type\":\"string\"}}],\"responses\":{\"200\":{\"description\":\"ok\"}}},"
    "\"delete\":{\"summary\":\"Delete a "
    "thing\",\"tags\":[\"things\"],\"parameters\":[{\"name\":\"thing_id\",\"in\":\"path\","
    "\"required\":true,\"schema\":{\"type\":\"string\"}}],\"responses\":{\"204\":{\"description\":\"gone\"}}}"
    "}}}";

// ---- the program, but for main

struct world {
  char folder[64], key_file[96], url[STORE_URL];
  struct fixture *http, *vendor;
  struct store *store;
  struct seal_ring *ring;
  struct connector_set *connectors;
  struct http_guard *guard;
  struct audit *audit;
  struct store_probe *probe;
  struct fetch_limits limits;
  struct account_env account;
  struct catalog_env catalog;
  struct run_env run;
  struct origin_rule origins;
  struct authority_env authority; // without an issuer: nobody signs in
  struct serve_env serve;
  struct admin_env admin;
  atomic_bool draining;
  char token[TOKEN_TEXT], base_url[64];
  struct arena *arena;
};

static struct world *world; // the handler has no other way to it

static inline void world_handle(void *ctx, struct http_exchange *x) {
  (void)ctx;
  if (str_starts(http_request_of(x)->path, ENDPOINT_PREFIX))
    endpoint_handle(&world->serve, x);
  else
    admin_handle(&world->admin, x);
}

static inline bool world_ready(void *arg, struct err *err) {
  (void)arg;
  return !world->draining || err_set(err, ERR_UNAVAILABLE, "draining");
}

#define MUST(call)                                                                                           \
  do {                                                                                                       \
    struct err err = {0};                                                                                    \
    if (!(call)) fail_msg("%s: %s: %s", #call, err.field, err.text);                                         \
  } while (0)

static inline void world_open(struct world *w) {
  temp_make(w->folder);
  snprintf(w->key_file, sizeof w->key_file, "%s/key", w->folder);
  store_url_make(w->url, w->folder);
  struct str allowed = STR("127.0.0.1/32");
  MUST(seal_ring_create(w->key_file, &err));
  MUST(seal_ring_load(w->key_file, &w->ring, &err));
  MUST(store_open(str_of(w->url), &w->store, &err));
  MUST(node_open(&(struct node_options){w->store, STR(""), STR("0")}, &err));
  MUST(connector_set_load(NULL, &w->connectors, &err));
  MUST(http_guard_new(&allowed, 1, &w->guard, &err));
  MUST(audit_new(w->store, &w->audit, &err));
  MUST(store_probe_new(w->store, STORE_PROBE_MS, &w->probe, &err));
  w->limits = (struct fetch_limits){.connect_ms = 30000,
                                    .first_byte_ms = 30000,
                                    .total_ms = 60000,
                                    .stall_ms = 30000,
                                    .body_bytes = 1 << 20,
                                    .header_bytes = 1 << 16};
  w->account = (struct account_env){w->store, w->ring, w->guard, &w->limits};
  w->catalog = (struct catalog_env){&w->account, {w->store, w->connectors, 24 * 1024}};
  w->run = (struct run_env){
      .guard = w->guard, .limits = &w->limits, .result_bytes = 256 * 1024, .audit = w->audit};
  w->serve = (struct serve_env){.authority = &w->authority,
                                .run = w->run,
                                .origins = &w->origins,
                                .json = JSON_LIMITS,
                                .list_page = 100,
                                .version = STR("1.2.3")};
  w->serve.json.raw_numbers = true;
  MUST(admin_first_token(w->store, w->token, &err));
  MUST(catalog_rebuild(&w->catalog, &err));
}

static inline int world_setup(void **state) {
  (void)state;
  struct world *w = world = MEM_NEW(struct world);
  w->arena = arena_new();
  world_open(w);
  struct http_options options = fixture_options();
  options.header_bytes = 16 * 1024;
  w->vendor = fixture_start(&options, vendor_handle);
  w->http = fixture_start(&options, world_handle);
  snprintf(w->base_url, sizeof w->base_url, "http://127.0.0.1:%u", http_server_port(w->vendor->server));
  w->admin = (struct admin_env){.catalog = &w->catalog,
                                .authority = &w->authority,
                                .origins = &w->origins,
                                .run = &w->run,
                                .key_file = str_of(w->key_file),
                                .version = STR("1.2.3"),
                                .store_kind = store_kind(w->store),
                                .json = w->serve.json,
                                .started_ms = clock_now_ms(),
                                .loops = &w->http->loop,
                                .loop_count = 1,
                                .ready = world_ready,
                                .probe = w->probe};
  return 0;
}

static inline int world_teardown(void **state) {
  (void)state;
  struct world *w = world;
  fixture_stop(w->http);
  fixture_stop(w->vendor);
  catalog_close();
  audit_free(w->audit);
  store_probe_free(w->probe);
  node_close();
  store_close(w->store);
  store_url_remove(w->url);
  connector_set_free(w->connectors);
  seal_ring_free(w->ring);
  http_guard_free(w->guard);
  arena_free(w->arena);
  temp_remove(w->folder);
  mem_free(w);
  return 0;
}

// ---- the client

struct answer { // in the world's arena, but for the document: answer_free
  int status;
  struct str head, text;
  yyjson_doc *doc;
  yyjson_val *body;
};

static inline void answer_free(struct answer *a) {
  yyjson_doc_free(a->doc);
}

static inline void check_shape(const struct admin_shape *shape, yyjson_val *v, const char *where);

static inline void check_member(const struct admin_member *m, yyjson_val *v, const char *where) {
  if (!v) {
    if (m->flags & ADMIN_REQUIRED) fail_msg("%s: %s is missing", where, m->name);
    return;
  }
  if (yyjson_is_null(v)) {
    if (!(m->flags & ADMIN_NULLABLE)) fail_msg("%s: %s is null", where, m->name);
    return;
  }
  bool ok = m->type == ADMIN_INT                                 ? yyjson_is_int(v)
            : m->type == ADMIN_BOOL                              ? yyjson_is_bool(v)
            : m->type == ADMIN_OBJECT                            ? yyjson_is_obj(v)
            : m->type == ADMIN_TEXTS || m->type == ADMIN_OBJECTS ? yyjson_is_arr(v)
                                                                 : yyjson_is_str(v);
  if (!ok) fail_msg("%s: %s is %s", where, m->name, yyjson_get_type_desc(v));
  int64_t ms;
  if (m->type == ADMIN_TIME) assert_true(clock_parse_rfc3339(json_text(v), &ms));
  if (m->type == ADMIN_OBJECT && m->shape) check_shape(m->shape, v, m->name);
  size_t i, n;
  yyjson_val *item;
  if (m->type == ADMIN_OBJECTS && m->shape)
    yyjson_arr_foreach (v, i, n, item) check_shape(m->shape, item, m->name);
}

static inline void check_shape(const struct admin_shape *shape, yyjson_val *v, const char *where) {
  if (!yyjson_is_obj(v)) fail_msg("%s: no object", where);
  for (size_t i = 0; i < shape->count; i++)
    check_member(&shape->members[i], yyjson_obj_get(v, shape->members[i].name), where);
  yyjson_obj_iter it = yyjson_obj_iter_with(v);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    size_t i = 0;
    while (i < shape->count && !str_is(json_text(key), shape->members[i].name)) i++;
    if (i == shape->count) fail_msg("%s: %s is not promised by %s", where, yyjson_get_str(key), shape->name);
  }
}

// Every answer is as the table of routes says: status, shape, errors.
static inline void check_promise(enum http_method method, struct str target, const struct answer *a) {
  struct str rest = target, path;
  str_cut(&rest, '?', &path);
  struct http_match m = http_router_find(&admin_router, method, path, world->arena);
  if (a->status >= 400) {
    check_shape(&admin_error, a->body, "error");
    if (m.route) {
      bool promised = false;
      for (int code = ERR_INVALID; code <= ERR_INTERNAL; code++)
        promised |=
            err_http_status((enum err_code)code) == a->status && admin_route_errors(m.route) & 1u << code;
      if (!promised) fail_msg("%.*s answers %d, which is not promised", STR_ARG(target), a->status);
    }
    return;
  }
  assert_non_null(m.route);
  const struct admin_route *doc = m.route->doc;
  assert_int_equal(a->status, doc->status);
  if (doc->answer)
    check_shape(doc->answer, a->body, m.route->pattern);
  else if (!doc->type)
    assert_int_equal(a->text.n, 0);
}

static inline struct answer send_request(const char *method, const char *target, const char *headers,
                                         const char *body) {
  enum { ANSWER_MOST = 1 << 20 };
  char *text = mem_alloc(ANSWER_MOST);
  struct str request = arena_printf(
      world->arena,
      "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s%sContent-Length: %zu\r\n\r\n%s", method,
      target, headers, body ? "Content-Type: application/json\r\n" : "", body ? strlen(body) : 0,
      body ? body : "");
  size_t n = ask(world->http, request, text, ANSWER_MOST);
  struct answer a = {.status = status_of(text)};
  struct str whole = arena_dup(world->arena, str_make(text, n));
  mem_free(text);
  const char *end = memmem(whole.p, whole.n, "\r\n\r\n", 4);
  if (!end) fail_msg("%s %s: no answer: %.*s", method, target, STR_ARG(whole));
  a.head = str_make(whole.p, (size_t)(end - whole.p) + 2);
  a.text = str_from(whole, a.head.n + 2);
  if (a.text.n && a.text.p[0] == '{') MUST(json_read(a.text, &JSON_LIMITS, &a.doc, &err));
  a.body = yyjson_doc_get_root(a.doc);
  return a;
}

// As the first admin.
static inline struct answer call(const char *method, const char *target, const char *body) {
  struct str headers = arena_printf(world->arena, "Authorization: Bearer %s\r\n", world->token);
  struct answer a = send_request(method, target, headers.p, body);
  check_promise(http_method_from(str_of(method)), str_of(target), &a);
  return a;
}

static inline void expect(const struct answer *a, int status) {
  if (a->status != status) fail_msg("%d and not %d: %.*s", a->status, status, STR_ARG(a->text));
}

static inline const char *error_of(const struct answer *a, const char *member) {
  const char *text = yyjson_get_str(yyjson_obj_get(yyjson_obj_get(a->body, "error"), member));
  return text ? text : "";
}

// The text of a member, in the world's arena, and the answer is done with.
static inline const char *take(struct answer *a, const char *member) {
  const char *text = arena_z(world->arena, json_str(a->body, member));
  answer_free(a);
  return text;
}

#define TEXT(...) arena_printf(world->arena, __VA_ARGS__).p

static inline void expect_refusal(struct answer a, int status, const char *field, const char *words) {
  expect(&a, status);
  if (strcmp(error_of(&a, "field"), field) || !strstr(error_of(&a, "message"), words))
    fail_msg("not about %s (%s): %.*s", field, words, STR_ARG(a.text));
  answer_free(&a);
}

static inline void expect_done(struct answer a, int status) {
  expect(&a, status);
  answer_free(&a);
}

#endif
