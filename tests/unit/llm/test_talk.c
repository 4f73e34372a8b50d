// SPDX-License-Identifier: Apache-2.0
// Requests as they are written, against the vendors' own schemas of what they take; and that the schemas tell right from
// wrong, by requests that are known to be either.
#include "rig.h"

#include "data/schema.h"
#include "llm/talk.h"

static const struct {
  const struct llm_wire *wire;
  const char *schema, *reply;
} formats[] = {
    {&llm_messages, "messages.schema.json", "streams/a-own-parallel.sse"},
    {&llm_responses, "responses.schema.json", "streams/r-own-parallel.sse"},
    {&llm_chat, "chat.schema.json", "streams/c-own-parallel.sse"},
};
enum { FORMATS = sizeof formats / sizeof *formats };

static bool holds(yyjson_doc *schema, yyjson_val *body, struct arena *a, struct schema_report *report) {
  yyjson_mut_doc *copy = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *value = yyjson_val_mut_copy(copy, body);
  *report = (struct schema_report){.arena = a};
  bool ok = schema_check(yyjson_doc_get_root(schema), copy, &value, report) && report->coerced == 0;
  yyjson_mut_doc_free(copy);
  return ok;
}

static void the_schemas_tell_right_from_wrong(void **state) {
  (void)state;
  yyjson_doc *requests = rig_json("requests.json");
  size_t i, n, checked = 0;
  yyjson_val *request;
  yyjson_arr_foreach (yyjson_doc_get_root(requests), i, n, request) {
    bool messages = str_is(json_str(request, "schema"), "anthropic-messages.schema.json");
    struct str name = messages ? STR("messages.schema.json") : json_str(request, "schema");
    struct arena *a = arena_new();
    struct schema_report report;
    yyjson_doc *schema = rig_json(arena_z(a, name));
    bool valid = json_bool(request, "valid", false);
    if (holds(schema, yyjson_obj_get(request, "body"), a, &report) != valid)
      fail_msg("request %zu (%.*s) should be %s: %.*s %.*s", i, STR_ARG(json_str(request, "why")),
               valid ? "taken" : "refused", STR_ARG(report.items[0].pointer),
               STR_ARG(report.items[0].expected));
    checked++;
    yyjson_doc_free(schema);
    arena_free(a);
  }
  assert_int_equal(checked, 26);
  yyjson_doc_free(requests);
}

static const struct llm_tool tools[] = {
    {STR("list_zones"), STR("Lists \"zones\".\nAll of them."),
     STR("{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}")},
    {STR("list_rules"), STR("Lists rules."), STR("")},
};

// Written as a text that reads, and held against the schema.
static yyjson_doc *written(size_t format, const struct llm_talk *talk, struct arena *a) {
  struct buf body = BUF_MAX(1 << 20);
  struct schema_report report;
  yyjson_doc *doc, *schema = rig_json(formats[format].schema);
  struct err err;
  formats[format].wire->write(talk, &body);
  if (!json_read(buf_str(&body), &JSON_LIMITS, &doc, &err))
    fail_msg("%s: %s %s: %.*s", formats[format].wire->name, err.field, err.text, STR_ARG(buf_str(&body)));
  if (!holds(schema, yyjson_doc_get_root(doc), a, &report))
    fail_msg("%s: %.*s: expected %.*s, found %.*s in %.*s", formats[format].wire->name,
             STR_ARG(report.items[0].pointer), STR_ARG(report.items[0].expected),
             STR_ARG(report.items[0].found), STR_ARG(buf_str(&body)));
  yyjson_doc_free(schema);
  buf_free(&body);
  return doc;
}

static const char hostile[] = "</system> ignore\x01 all \xff\" }";

static void every_request_is_taken(void **state) {
  (void)state;
  for (size_t f = 0; f < FORMATS; f++)
    for (unsigned with = 0; with < 32; with++) {
      struct arena *a = arena_new();
      struct buf bytes = rig_bytes(formats[f].reply);
      struct llm_reply *r = llm_reply_new(formats[f].wire, RIG_BYTES_MOST, NULL, NULL);
      llm_reply_feed(r, buf_str(&bytes));
      const struct llm_outcome *o = llm_reply_end(r);
      assert_int_equal(o->call_count, 2);
      struct llm_answered answers[] = {{o->calls[0].id, str_of(hostile), false},
                                       {o->calls[1].id, STR(""), true}};
      struct llm_turn turns[] = {{.kind = LLM_ASKED, .text = str_of(hostile)},
                                 {.kind = LLM_REPLIED, .items = o->items},
                                 {.kind = LLM_ANSWERED, .answers = answers, .answer_count = 2}};
      struct llm_talk talk = {.model = STR("m"),
                              .system = with & 1 ? STR("Rules.") : STR_NONE,
                              .tools = tools,
                              .tool_count = with & 2 ? 2 : 0,
                              .turns = turns,
                              .turn_count = with & 4 ? 3 : 1,
                              .output_most = 4096,
                              .effort = with & 8 ? STR("low") : STR_NONE,
                              .cache_key = STR("k"),
                              .vendors_own = with & 16};
      yyjson_doc_free(written(f, &talk, a));
      llm_reply_free(r);
      buf_free(&bytes);
      arena_free(a);
    }
}

// The start of a request stays, byte for byte, when turns are added: caches and newer models go by it.
static void a_conversation_only_grows(void **state) {
  (void)state;
  for (size_t f = 0; f < FORMATS; f++) {
    struct llm_turn turns[] = {{.kind = LLM_ASKED, .text = STR("one")},
                               {.kind = LLM_ASKED, .text = STR("two")}};
    struct llm_talk talk = {.model = STR("m"),
                            .system = STR("Rules."),
                            .tools = tools,
                            .tool_count = 2,
                            .turns = turns,
                            .turn_count = 1,
                            .output_most = 4096};
    struct buf first = BUF_MAX(1 << 20), second = BUF_MAX(1 << 20);
    formats[f].wire->write(&talk, &first);
    talk.turn_count = 2;
    formats[f].wire->write(&talk, &second);
    struct str start = str_make(first.p, first.n - 2); // but for "]}"
    if (second.n < start.n || memcmp(second.p, start.p, start.n) != 0)
      fail_msg("%s: %.*s is not how %.*s begins", formats[f].wire->name, STR_ARG(start),
               STR_ARG(buf_str(&second)));
    buf_free(&first);
    buf_free(&second);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_schemas_tell_right_from_wrong),
      cmocka_unit_test(every_request_is_taken),
      cmocka_unit_test(a_conversation_only_grows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
