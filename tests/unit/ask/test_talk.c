// SPDX-License-Identifier: Apache-2.0
// What a follow-up needs, written and read back; what is damaged or too much is left out.
#include "../support/check.h"

#include "ask/talk.h"
#include "data/json.h"

static struct arena *arena;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void read(const char *text, struct talk_said *out) {
  yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
  assert_non_null(doc);
  talk_read(yyjson_doc_get_root(doc), arena, out);
  yyjson_doc_free(doc); // what was read is a copy
}

static void test_back(void **state) {
  (void)state;
  struct talk_said said = {.turns = {STR("how many \"zones\"?"), STR("and\nlast week?")},
                           .turn_count = 2,
                           .choices = {STR("example.com"), STR("<b>")},
                           .choice_count = 2,
                           .asked = {STR("staging"), STR(""), STR("cloudflare"), STR("zones")}},
                   back;
  talk_name(&said,
            &(struct talk_named){STR("shop"), STR("shop.example.com"), STR("cloudflare"), STR("zones")});
  struct buf out = BUF_MAX(10000);
  talk_write(&said, &out);
  struct str text = arena_dup(arena, buf_str(&out));
  buf_free(&out);
  read(arena_z(arena, text), &back);
  assert_int_equal(back.turn_count, 2);
  check_text(back.turns[1], "and\nlast week?");
  assert_int_equal(back.choice_count, 2);
  check_text(back.choices[1], "<b>");
  check_text(back.asked.word, "staging");
  assert_int_equal(back.named_count, 1);
  check_text(back.named[0].name, "shop.example.com");
  check_text(back.named[0].thing, "zones");
}

static void test_little(void **state) {
  (void)state;
  static const char *const texts[] = {"{}", "[]", "7", "{\"turns\":{},\"named\":7,\"choices\":\"x\"}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct talk_said back = {.turn_count = 9};
    read(texts[i], &back);
    assert_int_equal(back.turn_count + back.choice_count + back.named_count, 0);
  }
}

static void test_most(void **state) {
  (void)state;
  struct talk_said back;
  struct buf out = BUF_MAX(10000);
  buf_add_z(&out, "{\"turns\":[\"0\"");
  for (int i = 1; i < 100; i++) buf_printf(&out, ",\"%d\"", i);
  buf_add_z(&out, "],\"named\":[{}");
  for (int i = 1; i < 100; i++) buf_add_z(&out, ",{}");
  buf_add_z(&out, "]}");
  read(arena_z(arena, buf_str(&out)), &back);
  buf_free(&out);
  assert_int_equal(back.turn_count, TALK_TURNS_MOST);
  assert_int_equal(back.named_count, TALK_NAMED_MOST);
}

// The latest of one word counts; the oldest makes room.
static void test_named(void **state) {
  (void)state;
  struct talk_said said = {.turn_count = 0};
  for (int i = 0; i < TALK_NAMED_MOST + 2; i++) {
    struct str word = arena_printf(arena, "w%d", i);
    talk_name(&said, &(struct talk_named){word, word, STR("c"), STR("t")});
  }
  assert_int_equal(said.named_count, TALK_NAMED_MOST);
  check_text(said.named[0].word, "w2");
  talk_name(&said, &(struct talk_named){STR("W3"), STR("other"), STR("c"), STR("t")});
  assert_int_equal(said.named_count, TALK_NAMED_MOST);
  check_text(said.named[1].name, "other");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_back, setup, teardown),
      cmocka_unit_test_setup_teardown(test_little, setup, teardown),
      cmocka_unit_test_setup_teardown(test_most, setup, teardown),
      cmocka_unit_test_setup_teardown(test_named, setup, teardown),
  };
  return cmocka_run_group_tests_name("ask/talk", tests, NULL, NULL);
}
