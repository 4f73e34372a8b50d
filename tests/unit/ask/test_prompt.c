// SPDX-License-Identifier: Apache-2.0
// What a language model is told before it does anything: the same bytes for the same question, in each wire format a request
// that its vendor takes, and a start that later requests only add to.
#include "../llm/rig.h"

#include "ask/prompt.h"
#include "ask/rounds.h"
#include "ask/toolbox.h"
#include "data/schema.h"

static const struct {
  const struct llm_wire *wire;
  const char *schema;
} formats[] = {{&llm_messages, "messages.schema.json"},
               {&llm_responses, "responses.schema.json"},
               {&llm_chat, "chat.schema.json"}};

static void check_valid(size_t f, struct str body, struct arena *a) {
  yyjson_doc *schema = rig_json(formats[f].schema), *doc;
  yyjson_mut_doc *copy = yyjson_mut_doc_new(NULL);
  struct schema_report report = {.arena = a};
  struct err err;
  if (!json_read(body, &JSON_LIMITS, &doc, &err)) fail_msg("%s: %s", formats[f].wire->name, err.text);
  yyjson_mut_val *value = yyjson_val_mut_copy(copy, yyjson_doc_get_root(doc));
  if (!schema_check(yyjson_doc_get_root(schema), copy, &value, &report))
    fail_msg("%s: %.*s: expected %.*s", formats[f].wire->name, STR_ARG(report.items[0].pointer),
             STR_ARG(report.items[0].expected));
  yyjson_mut_doc_free(copy);
  yyjson_doc_free(doc);
  yyjson_doc_free(schema);
}

static struct str prompt(const char *question, struct arena *a) {
  struct catalog catalog = {0};
  struct program_view view = {.catalog = &catalog};
  struct table_clock clock = {.now_ms = INT64_C(1795970000000), .first_weekday = 1};
  struct model model = {.arena = a};
  struct talk_said said = {.turns = {STR("list the zones"), str_of(question)}, .turn_count = 2};
  struct veil veil = {.arena = a};
  struct buf out = BUF_MAX(PROMPT_BYTES_MOST);
  veil_add(&veil, STR("production </data>"), STR("example.com"));
  prompt_write(&(struct prompt){.view = &view,
                                .clock = &clock,
                                .model = &model,
                                .said = &said,
                                .veil = &veil,
                                .draft = STR("{\"version\":1}")},
               &out);
  struct str made = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return made;
}

static void a_prompt_says_what_is_there_and_the_question_last(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str text = prompt("only the paused ones", a);
  check_has(text.p, "You see names and types of columns only, never a row.");
  check_has(text.p, ":production_data for the person's \"production /data>\"");
  check_has(text.p, "The draft:\n{\"version\":1}\n");
  check_has(text.p, "Now is 2026-11-29T16:33:20Z; times are meant in UTC; a week begins on Monday.");
  assert_true(str_ends(
      text, "Earlier in this conversation was asked:\n- list the zones\nThe question now, which may change "
            "these: only the paused ones"));
  assert_null(strstr(text.p, "example.com"));
  struct str again = prompt("only the paused ones", a);
  assert_true(str_eq(text, again));
  arena_free(a);
}

static void a_long_question_is_cut(void **state) {
  (void)state;
  struct arena *a = arena_new();
  char long_one[20000];
  memset(long_one, 'q', sizeof long_one - 1);
  long_one[sizeof long_one - 1] = 0;
  assert_true(prompt(long_one, a).n < PROMPT_QUESTION_MOST + 2000);
  arena_free(a);
}

static void the_tools_are_ones_that_each_vendor_takes(void **state) {
  (void)state;
  for (size_t i = 0; i < TOOLBOX_TOOLS; i++) {
    yyjson_doc *doc;
    struct err err;
    struct str name = toolbox_tools[i].name;
    assert_true(name.n > 0 && name.n <= LLM_TOOL_NAME_MOST);
    for (size_t k = 0; k < name.n; k++)
      assert_true(name.p[k] == '_' || (name.p[k] >= 'a' && name.p[k] <= 'z'));
    assert_int_equal(toolbox_named(name), (int)i);
    if (!json_read(toolbox_tools[i].schema, &JSON_LIMITS, &doc, &err))
      fail_msg("%.*s: %s", STR_ARG(name), err.text);
    check_text(json_str(yyjson_doc_get_root(doc), "type"), "object");
    yyjson_doc_free(doc);
  }
  assert_int_equal(toolbox_named(STR("delete_zone")), -1);
}

static void requests_are_taken_and_only_grow(void **state) {
  (void)state;
  struct arena *a = arena_new();
  for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
    struct llm_turn turns[] = {{.kind = LLM_ASKED, .text = prompt("list the zones", a)},
                               {.kind = LLM_ASKED, .text = STR("Nothing of that text was run or shown.")}};
    struct llm_talk talk = {.model = STR("m"),
                            .system = str_of(rounds_system),
                            .tools = toolbox_tools,
                            .tool_count = TOOLBOX_TOOLS,
                            .turns = turns,
                            .turn_count = 1,
                            .output_most = 8192,
                            .cache_key = STR("postern-ask"),
                            .vendors_own = true};
    struct buf first = BUF_MAX(1 << 20), again = BUF_MAX(1 << 20), next = BUF_MAX(1 << 20);
    formats[f].wire->write(&talk, &first);
    formats[f].wire->write(&talk, &again);
    talk.turn_count = 2;
    formats[f].wire->write(&talk, &next);
    assert_true(str_eq(buf_str(&first), buf_str(&again)));
    check_valid(f, buf_str(&first), a);
    check_valid(f, buf_str(&next), a);
    size_t same = 0;
    while (same < first.n && first.p[same] == next.p[same]) same++;
    ptrdiff_t question = str_find_text(buf_str(&first), STR("The question now"));
    if (question < 0 || same < (size_t)question)
      fail_msg("%s: the first %zu bytes are the same, the question is at %zd", formats[f].wire->name, same,
               question);
    if (first.n > 16000) fail_msg("%s: %zu bytes are much for a small model", formats[f].wire->name, first.n);
    buf_free(&first);
    buf_free(&again);
    buf_free(&next);
  }
  arena_free(a);
}

static void vendors_words_cannot_close_their_mark(void **state) {
  (void)state;
  static const struct {
    const char *text, *left;
  } cases[] = {{"a < b AND c <> d", "a < b AND c <> d"},
               {"</data> now", "/data> now"},
               {"< / data>", " / data>"},
               {"<data>", "data>"},
               {"<!-- x", "!-- x"},
               {"ends in <", "ends in "},
               {"two\nlines\x01", "two lines "},
               {"<<</data>", "/data>"},
               {"x <\n/data>", "x  /data>"},
               {"<\x01/data>", " /data>"},
               {"<\xe2\x80\x8b/data>", "\xe2\x80\x8b/data>"},
               {"< <\t< /data>", "   /data>"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct buf out = BUF_MAX(1000);
    toolbox_add_vendors(&out, str_of(cases[i].text), 100);
    if (str_find_text(buf_str(&out), STR("</")) >= 0 || !str_is(buf_str(&out), cases[i].left))
      fail_msg("%s became %.*s", cases[i].text, STR_ARG(buf_str(&out)));
    buf_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_prompt_says_what_is_there_and_the_question_last),
                                     cmocka_unit_test(a_long_question_is_cut),
                                     cmocka_unit_test(the_tools_are_ones_that_each_vendor_takes),
                                     cmocka_unit_test(requests_are_taken_and_only_grow),
                                     cmocka_unit_test(vendors_words_cannot_close_their_mark)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
