// SPDX-License-Identifier: Apache-2.0
// Does with mcp/ what each scenario of the official suite asks of a client: `postern-conformance URL`.
// MCP_CONFORMANCE_SCENARIO names it, MCP_CONFORMANCE_PROTOCOL_VERSION says the era, MCP_CONFORMANCE_CONTEXT
// is what it knows (JSON). Exit status 0: each step went well.
#include "driver.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/fiber.h"
#include "mcp/param.h"
#include "mcp/wire.h"

enum { DRIVER_TOOLS_MOST = 64, DRIVER_ROUNDS_MOST = 8 };

static bool driver_say(struct driver *d, const char *step, bool ok, const struct err *err) {
  if (ok)
    printf("%s: fine\n", step);
  else
    fprintf(stderr, "%s: %s: %s\n", step, err_name(err->code), err->text);
  if (!ok) d->failed = true;
  return ok;
}

// ---- what a person would fill in

static yyjson_mut_val *driver_value_for(yyjson_mut_doc *doc, yyjson_val *schema) {
  struct str type = json_str(schema, "type");
  yyjson_val *preset = yyjson_obj_get(schema, "default");
  if (preset) return yyjson_val_mut_copy(doc, preset);
  if (str_is(type, "boolean")) return yyjson_mut_bool(doc, true);
  if (str_is(type, "integer") || str_is(type, "number")) return yyjson_mut_int(doc, 1);
  return str_is(type, "string") ? yyjson_mut_str(doc, "x") : NULL;
}

// An object with a value for each property that has a default, or that is required.
static yyjson_mut_val *driver_object_for(yyjson_mut_doc *doc, yyjson_val *schema) {
  yyjson_mut_val *object = yyjson_mut_obj(doc);
  size_t i, n;
  yyjson_val *key, *property;
  yyjson_obj_foreach (yyjson_obj_get(schema, "properties"), i, n, key, property) {
    yyjson_mut_val *value = driver_value_for(doc, property);
    if (value) yyjson_mut_obj_add(object, yyjson_val_mut_copy(doc, key), value);
  }
  return object;
}

static yyjson_mut_val *driver_reply_to(yyjson_mut_doc *doc, struct str method, yyjson_val *params) {
  yyjson_mut_val *reply = yyjson_mut_obj(doc);
  if (str_is(method, "elicitation/create")) {
    yyjson_mut_obj_add_str(doc, reply, "action", "accept");
    yyjson_mut_obj_add_val(doc, reply, "content",
                           driver_object_for(doc, yyjson_obj_get(params, "requestedSchema")));
  } else if (str_is(method, "roots/list")) {
    yyjson_mut_obj_add_arr(doc, reply, "roots");
  }
  return reply;
}

static bool driver_answer(struct mcp_call *c, const struct mcp_event *e, struct err *err) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  size_t n = 0;
  char *text = yyjson_mut_val_write(driver_reply_to(doc, e->method, e->params), 0, &n);
  printf("asked for %.*s, answered %s\n", STR_ARG(e->method), text);
  bool ok = mcp_call_answer(c, e->id, str_make(text, n), 0, STR_NONE, err);
  free(text);
  yyjson_mut_doc_free(doc);
  return ok;
}

// ---- one request

// To its result; an error answer is a failure.
static bool driver_finish(struct mcp_call *c, struct mcp_event *out, struct err *err) {
  for (;;) {
    if (!mcp_call_next(c, out, err)) return false;
    if (out->kind == MCP_RESULT) return true;
    if (out->kind == MCP_ERROR) {
      struct str message = json_str(out->value, "message");
      err_set(err, ERR_UPSTREAM, "%.*s (%lld)", STR_ARG(message), (long long)json_int(out->value, "code", 0));
      mcp_event_free(out);
      return false;
    }
    bool ok = out->kind != MCP_REQUEST || driver_answer(c, out, err);
    mcp_event_free(out);
    if (!ok) return false;
  }
}

static bool driver_ask(struct driver *d, struct mcp_request *r, struct mcp_event *out) {
  struct mcp_call *c;
  struct err err;
  char step[256];
  r->who = d->who;
  bool ok = mcp_call_open(d->peer, r, &c, &err);
  if (ok) {
    ok = driver_finish(c, out, &err);
    mcp_call_close(c);
  }
  snprintf(step, sizeof step, "%.*s %s", STR_ARG(r->method), wire_name_member(r->method) ? "" : "(no name)");
  return driver_say(d, step, ok, &err);
}

static struct mcp_request driver_request(const char *method, const char *member, struct str name) {
  struct mcp_request r = {.method = str_of(method), .doc = yyjson_mut_doc_new(NULL)};
  r.params = yyjson_mut_obj(r.doc);
  if (member)
    yyjson_mut_obj_add(r.params, yyjson_mut_str(r.doc, member), yyjson_mut_strn(r.doc, name.p, name.n));
  return r;
}

// `arguments` NULL: made from the schema, which may be NULL too.
static struct mcp_request driver_tool(struct str name, yyjson_val *arguments, yyjson_val *schema) {
  struct mcp_request r = driver_request("tools/call", "name", name);
  yyjson_mut_obj_add_val(r.doc, r.params, "arguments",
                         arguments ? yyjson_val_mut_copy(r.doc, arguments)
                                   : driver_object_for(r.doc, schema));
  r.input_schema = schema;
  return r;
}

static bool driver_call(struct driver *d, const char *name, const char *arguments) {
  yyjson_doc *parsed = yyjson_read(arguments, strlen(arguments), 0);
  struct mcp_request r = driver_tool(str_of(name), yyjson_doc_get_root(parsed), NULL);
  struct mcp_event e;
  bool ok = driver_ask(d, &r, &e);
  if (ok) mcp_event_free(&e);
  yyjson_mut_doc_free(r.doc);
  yyjson_doc_free(parsed);
  return ok;
}

// ---- lists

struct driver_list {
  yyjson_mut_doc *doc;
  yyjson_mut_val *items;
  yyjson_doc *read; // the same, to be read
};

static bool driver_take(void *arg, yyjson_val *item, struct err *err) {
  struct driver_list *list = arg;
  struct err why;
  yyjson_val *schema = yyjson_obj_get(item, "inputSchema");
  (void)err;
  if (schema && !param_schema_is_sound(schema, &why)) {
    printf("left out: %.*s\n", STR_ARG(json_str(item, "name")));
    return true;
  }
  yyjson_mut_arr_append(list->items, yyjson_val_mut_copy(list->doc, item));
  return true;
}

static void driver_list_free(struct driver_list *list) {
  yyjson_doc_free(list->read);
  yyjson_mut_doc_free(list->doc);
}

// The items, in list->read's root. The caller frees the list also on failure.
static bool driver_list(struct driver *d, const char *method, const char *member, struct driver_list *list) {
  struct mcp_list l = {.who = d->who, .method = method, .member = member};
  struct err err;
  l.items_most = DRIVER_TOOLS_MOST;
  l.bytes_most = 1 << 20;
  *list = (struct driver_list){.doc = yyjson_mut_doc_new(NULL)};
  list->items = yyjson_mut_arr(list->doc);
  yyjson_mut_doc_set_root(list->doc, list->items);
  bool ok = mcp_list_all(d->peer, &l, driver_take, list, &err);
  list->read = yyjson_mut_doc_imut_copy(list->doc, NULL);
  return driver_say(d, method, ok, &err);
}

static bool driver_list_tools(struct driver *d) {
  struct driver_list list;
  bool ok = driver_list(d, "tools/list", "tools", &list);
  driver_list_free(&list);
  return ok;
}

static yyjson_val *driver_find(const struct driver_list *list, struct str name) {
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (yyjson_doc_get_root(list->read), i, n, item) {
    if (str_eq(json_str(item, "name"), name)) return item;
  }
  return NULL;
}

// ---- the scenarios

static void driver_run_list(struct driver *d) {
  driver_list_tools(d);
}

static void driver_run_add(struct driver *d) {
  if (driver_list_tools(d)) driver_call(d, "add_numbers", "{\"a\":5,\"b\":3}");
}

static void driver_run_defaults(struct driver *d) {
  if (driver_list_tools(d)) driver_call(d, "test_client_elicitation_defaults", "{}");
}

static void driver_run_retry(struct driver *d) {
  if (driver_list_tools(d)) driver_call(d, "test_reconnection", "{}");
}

static void driver_run_auth(struct driver *d) {
  if (driver_list_tools(d)) driver_call(d, "test-tool", "{}");
}

static bool driver_read_each(struct driver *d, const char *method, const char *member, const char *call,
                             const char *key) {
  struct driver_list list;
  size_t i, n;
  yyjson_val *item;
  bool ok = driver_list(d, method, member, &list);
  yyjson_arr_foreach (yyjson_doc_get_root(list.read), i, n, item) {
    struct str name = json_str(item, key);
    bool tool = str_is(str_of(call), "tools/call");
    struct mcp_request r =
        tool ? driver_tool(name, NULL, yyjson_obj_get(item, "inputSchema")) : driver_request(call, key, name);
    struct mcp_event e;
    bool asked = driver_ask(d, &r, &e);
    if (asked) mcp_event_free(&e);
    ok = ok && asked;
    yyjson_mut_doc_free(r.doc);
  }
  driver_list_free(&list);
  return ok;
}

static void driver_run_each_tool(struct driver *d) {
  if (!driver_read_each(d, "tools/list", "tools", "tools/call", "name")) d->failed = true;
}

static void driver_run_each_kind(struct driver *d) {
  driver_run_each_tool(d);
  if (!driver_read_each(d, "resources/list", "resources", "resources/read", "uri") ||
      !driver_read_each(d, "prompts/list", "prompts", "prompts/get", "name"))
    d->failed = true;
}

// Calls that the context gives, with the schemas of the list.
static void driver_run_given_calls(struct driver *d) {
  struct driver_list list;
  size_t i, n;
  yyjson_val *given;
  driver_list(d, "tools/list", "tools", &list);
  yyjson_arr_foreach (yyjson_obj_get(d->context, "toolCalls"), i, n, given) {
    struct str name = json_str(given, "name");
    yyjson_val *tool = driver_find(&list, name);
    struct mcp_request r =
        driver_tool(name, yyjson_obj_get(given, "arguments"), yyjson_obj_get(tool, "inputSchema"));
    struct mcp_event e;
    if (driver_ask(d, &r, &e)) mcp_event_free(&e);
    yyjson_mut_doc_free(r.doc);
  }
  driver_list_free(&list);
}

static void driver_run_echo_schema(struct driver *d) {
  struct driver_list list;
  struct mcp_event e;
  driver_list(d, "tools/list", "tools", &list);
  yyjson_val *tool = driver_find(&list, STR("json_schema_2020_12_tool"));
  struct mcp_request r = driver_tool(STR("json_schema_echo"), NULL, NULL);
  yyjson_mut_val *arguments = yyjson_mut_obj_get(r.params, "arguments");
  yyjson_mut_obj_add_val(r.doc, arguments, "schema",
                         yyjson_val_mut_copy(r.doc, yyjson_obj_get(tool, "inputSchema")));
  if (tool && driver_ask(d, &r, &e)) mcp_event_free(&e);
  if (!tool) d->failed = true;
  yyjson_mut_doc_free(r.doc);
  driver_list_free(&list);
}

// ---- input_required (2026-07-28, multi round-trip requests)

// Puts this round's answers into the request, and the state as it came.
static void driver_fill(struct mcp_request *r, yyjson_val *result) {
  yyjson_val *state = yyjson_obj_get(result, "requestState"), *key, *asked;
  yyjson_mut_val *replies = yyjson_mut_obj(r->doc);
  size_t i, n;
  yyjson_obj_foreach (yyjson_obj_get(result, "inputRequests"), i, n, key, asked) {
    yyjson_mut_val *reply =
        driver_reply_to(r->doc, json_str(asked, "method"), yyjson_obj_get(asked, "params"));
    yyjson_mut_obj_add(replies, yyjson_val_mut_copy(r->doc, key), reply);
  }
  yyjson_mut_obj_remove_key(r->params, "inputResponses");
  yyjson_mut_obj_remove_key(r->params, "requestState");
  if (yyjson_mut_obj_size(replies)) yyjson_mut_obj_add_val(r->doc, r->params, "inputResponses", replies);
  if (state) yyjson_mut_obj_add_val(r->doc, r->params, "requestState", yyjson_val_mut_copy(r->doc, state));
}

// Calls until the result is complete. `between`: another call before the first retry; may be NULL.
static void driver_call_through(struct driver *d, const char *name, const char *between) {
  struct mcp_request r = driver_tool(str_of(name), NULL, NULL);
  for (int round = 0; round < DRIVER_ROUNDS_MOST; round++) {
    struct mcp_event e;
    if (!driver_ask(d, &r, &e)) break;
    bool more = str_is(json_str(e.value, "resultType"), "input_required");
    if (more) driver_fill(&r, e.value);
    mcp_event_free(&e);
    if (!more) break;
    if (between && round == 0) driver_call(d, between, "{}");
  }
  yyjson_mut_doc_free(r.doc);
}

static void driver_run_rounds(struct driver *d) {
  driver_list_tools(d);
  driver_call_through(d, "test_mrtr_echo_state", "test_mrtr_unrelated");
  driver_call_through(d, "test_mrtr_no_state", NULL);
  driver_call_through(d, "test_mrtr_no_result_type", NULL);
}

static const struct driver_scenario {
  const char *name; // its start
  void (*run)(struct driver *d);
  const char *capabilities; // NULL: none
} driver_scenarios[] = {
    {"initialize", driver_run_list, NULL},
    {"tools_call", driver_run_add, NULL},
    {"elicitation-sep1034-client-defaults", driver_run_defaults, "{\"elicitation\":{\"form\":{}}}"},
    {"sse-retry", driver_run_retry, NULL},
    {"request-metadata", driver_run_list, "{\"elicitation\":{}}"},
    {"sep-2322-client-request-state", driver_run_rounds, "{\"elicitation\":{}}"},
    {"http-standard-headers", driver_run_each_kind, NULL},
    {"http-custom-headers", driver_run_given_calls, NULL},
    {"http-invalid-tool-headers", driver_run_each_tool, NULL},
    {"json-schema-ref-no-deref", driver_run_list, NULL},
    {"json-schema-2020-12-preservation", driver_run_echo_schema, NULL},
    {"auth/", driver_run_auth, NULL},
};

static const struct driver_scenario *driver_scenario_of(struct str name) {
  for (size_t i = 0; i < sizeof driver_scenarios / sizeof *driver_scenarios; i++)
    if (str_starts(name, driver_scenarios[i].name)) return &driver_scenarios[i];
  return NULL;
}

// ---- start and end

static void driver_fiber(void *arg) {
  struct driver *d = arg;
  struct err err;
  const struct driver_scenario *scenario = driver_scenario_of(d->scenario);
  if (scenario->capabilities) d->who.capabilities = str_of(scenario->capabilities);
  struct mcp_hello hello;
  bool met = mcp_peer_hello(d->peer, &d->who, &hello, &err);
  if (met) printf("version: %.*s\n", STR_ARG(hello.version));
  if (met) yyjson_doc_free(hello.doc);
  if (driver_say(d, "connect", met, &err)) scenario->run(d);
  mcp_peer_close(d->peer);
  loop_stop(d->loop);
}

static bool driver_open_loopback(struct driver *d) {
  static const struct str open[] = {{"127.0.0.0/8", 11}, {"::1/128", 7}};
  struct err err;
  return http_guard_new(open, 2, &d->guard, &err);
}

static const char *driver_env(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value ? value : otherwise;
}

int main(int argc, char **argv) {
  static struct driver d;
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  d.scenario = str_of(driver_env("MCP_CONFORMANCE_SCENARIO", ""));
  if (argc != 2 || !driver_scenario_of(d.scenario) || !driver_open_loopback(&d)) {
    fprintf(stderr, "usage: MCP_CONFORMANCE_SCENARIO=NAME %s URL\n", argv[0]);
    return 2;
  }
  const char *context = driver_env("MCP_CONFORMANCE_CONTEXT", "{}");
  yyjson_doc *doc = yyjson_read(context, strlen(context), 0);
  d.context = yyjson_doc_get_root(doc);
  d.arena = arena_new();
  d.url = str_of(argv[1]);
  d.modern = str_is(str_of(driver_env("MCP_CONFORMANCE_PROTOCOL_VERSION", "")), WIRE_MODERN);
  d.who = (struct mcp_who){.principal = STR("conformance"), .prefer = d.modern ? MCP_MODERN : MCP_LEGACY};
  d.limits = (struct fetch_limits){.connect_ms = 5000,
                                   .first_byte_ms = 15000,
                                   .total_ms = 25000,
                                   .stall_ms = 15000,
                                   .body_bytes = 1 << 20,
                                   .header_bytes = 65536};
  // A modern run never falls back; a legacy one finds out, as with any vendor.
  struct mcp_verdict verdict = {d.modern ? MCP_SPEAKS_MODERN : MCP_SPEAKS_UNKNOWN, clock_now_ms()};
  d.peer = mcp_peer_new(&(struct mcp_peer_options){.url = d.url,
                                                   .auth = {.headers = driver_lend, .arg = &d},
                                                   .guard = d.guard,
                                                   .limits = &d.limits,
                                                   .json = JSON_LIMITS,
                                                   .message_bytes = 1 << 20,
                                                   .sessions_most = 4,
                                                   .verdict = verdict,
                                                   .client_name = STR("postern-conformance"),
                                                   .client_version = STR("1")});
  d.loop = loop_new("driver", 0, 64);
  fiber_spawn(d.loop, "driver", driver_fiber, &d);
  loop_run(d.loop);
  mcp_peer_unref(d.peer);
  loop_free(d.loop);
  driver_forget(&d);
  http_guard_free(d.guard);
  arena_free(d.arena);
  yyjson_doc_free(doc);
  return d.failed;
}
