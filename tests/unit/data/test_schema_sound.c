// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <pthread.h>

#include "data/json.h"
#include "data/schema.h"
#include "data/schema_pattern.h"

static bool sound(const char *text, struct err *err) {
  yyjson_doc *doc;
  struct json_limits limits = {.depth = 512, .nodes = 100000};
  if (!json_read(str_of(text), &limits, &doc, err)) fail_msg("%s: %s", text, err->text);
  bool ok = schema_is_sound(yyjson_doc_get_root(doc), err);
  yyjson_doc_free(doc);
  return ok;
}

static void test_sound(void **state) {
  (void)state;
  static const char *const good[] = {
      "true",
      "{}",
      "{\"type\":\"string\",\"x-vendor\":1,\"example\":[],\"default\":null,\"deprecated\":true}",
      "{\"properties\":{\"type\":{\"type\":[\"string\",\"null\"]}},\"required\":[\"type\"]}",
      "{\"minLength\":2.0,\"enum\":[]}",
      "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#\"}}}",
      "{\"items\":false,\"prefixItems\":[true,{}]}",
  };
  static const struct {
    const char *schema, *field;
  } bad[] = {
      {"1", "#"},
      {"{\"type\":\"text\"}", "#/type"},
      {"{\"type\":[]}", "#/type"},
      {"{\"type\":[\"string\",\"string\"]}", "#/type"},
      {"{\"properties\":{\"a/b\":{\"minimum\":\"5\"}}}", "#/properties/a~1b/minimum"},
      {"{\"required\":\"a\"}", "#/required"},
      {"{\"required\":[\"a\",\"a\"]}", "#/required"},
      {"{\"minLength\":-1}", "#/minLength"},
      {"{\"maxItems\":1.5}", "#/maxItems"},
      {"{\"multipleOf\":0}", "#/multipleOf"},
      {"{\"pattern\":\"(\"}", "#/pattern"},
      {"{\"patternProperties\":{\"[\":true}}", "#/patternProperties/["},
      {"{\"items\":[{}]}", "#/items"},
      {"{\"anyOf\":[]}", "#/anyOf"},
      {"{\"oneOf\":[{},{\"not\":1}]}", "#/oneOf/1/not"},
      {"{\"$ref\":\"#/$defs/none\"}", "#/$ref"},
      {"{\"$ref\":\"https://example.com/x\"}", "#/$ref"},
      {"{\"$ref\":\"#name\"}", "#/$ref"},
      {"{\"$dynamicRef\":\"#x\"}", "#/$dynamicRef"},
      {"{\"exclusiveMinimum\":true}", "#/exclusiveMinimum"},
      {"{\"dependentRequired\":{\"a\":[1]}}", "#/dependentRequired/a"},
      {"{\"uniqueItems\":1}", "#/uniqueItems"},
  };
  struct err err;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!sound(good[i], &err)) fail_msg("%s: %s", good[i], err.text);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (sound(bad[i].schema, &err)) fail_msg("taken: %s", bad[i].schema);
    assert_string_equal(err.field, bad[i].field);
    assert_int_equal(err.code, ERR_INVALID);
  }
}

static void test_depth(void **state) {
  (void)state;
  struct buf b = BUF_MAX(10000);
  struct err err;
  for (int i = 0; i < 300; i++) buf_add_z(&b, "{\"not\":");
  buf_add_z(&b, "true");
  for (int i = 0; i < 300; i++) buf_add_char(&b, '}');
  buf_add_char(&b, 0);
  assert_false(sound(b.p, &err));
  check_has(err.text, "too deep");
  buf_free(&b);
}

static enum schema_match match(struct str pattern, struct str text) {
  struct schema_patterns *p = schema_patterns_new();
  uint64_t work = SCHEMA_WORK_MOST;
  enum schema_match how = schema_pattern_match(p, pattern, text, &work);
  schema_patterns_free(p);
  return how;
}

static void *match_many(void *seed) {
  for (int i = 0; i < 3 * SCHEMA_PATTERNS_KEPT; i++) {
    char pattern[32], text[32];
    int n = (i * 7 + (int)(intptr_t)seed) % (2 * SCHEMA_PATTERNS_KEPT);
    snprintf(pattern, sizeof pattern, "^x%dy$", n);
    snprintf(text, sizeof text, "x%dy", n);
    if (match(str_of(pattern), str_of(text)) != SCHEMA_MATCHES) return seed;
    if (match(str_of(pattern), STR("xy")) != SCHEMA_DIFFERS) return seed;
  }
  return NULL;
}

// More patterns than are kept, from several threads at once.
static void test_pattern_cache(void **state) {
  (void)state;
  pthread_t threads[4];
  for (intptr_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, match_many, (void *)(i + 1));
  for (int i = 0; i < 4; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    assert_null(failed);
  }
  assert_int_equal(match(STR("("), STR("")), SCHEMA_UNDECIDED);
  assert_int_equal(match(STR("^\\u{e9}$"), STR("é")), SCHEMA_MATCHES);
  assert_int_equal(match(STR(""), STR_NONE), SCHEMA_MATCHES);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sound),
      cmocka_unit_test(test_depth),
      cmocka_unit_test(test_pattern_cache),
  };
  return cmocka_run_group_tests_name("data/schema_sound", tests, NULL, NULL);
}
