// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "admin/body.h"
#include "base/clock.h"
#include "data/json.h"

static const struct admin_member deepest_members[] = {
    {"count", ADMIN_INT, ADMIN_NULLABLE, .least = 1, .most = 9, .says = "a number"},
    {"what", ADMIN_TEXT, ADMIN_REQUIRED, .says = "what"}};
static const struct admin_shape deepest = {"Deepest", "", deepest_members, 2};
static const struct admin_member inner_members[] = {
    {"deep", ADMIN_TEXT, 0, .says = "anything"},
    {"deeper", ADMIN_OBJECT, 0, .shape = &deepest, .says = "an object"},
    {"many", ADMIN_OBJECTS, 0, .shape = &deepest, .says = "objects"},
    {"mixed", ADMIN_EITHERS, 0, .shape = &deepest, .says = "texts or objects"},
};
static const struct admin_shape inner = {"Inner", "", inner_members, 4};

static const struct admin_member members[] = {
    {"name", ADMIN_TEXT, ADMIN_REQUIRED, .most = 8, .says = "a name"},
    {"role", ADMIN_WORD, 0, .allowed = "admin|client", .says = "a role"},
    {"expires_at", ADMIN_TIME, ADMIN_NULLABLE, .says = "a time"},
    {"count", ADMIN_INT, 0, .least = 1, .most = 10, .says = "a number"},
    {"loud", ADMIN_BOOL, 0, .says = "a switch"},
    {"config", ADMIN_OBJECT, 0, .shape = &inner, .says = "an object"},
    {"document", ADMIN_EITHER, 0, .says = "text or object"},
    {"tags", ADMIN_TEXTS, 0, .says = "a list"},
};
static const struct admin_shape shape = {"Test", "", members, sizeof members / sizeof *members};

static bool check(const char *text, struct err *err) {
  yyjson_doc *doc;
  *err = (struct err){0};
  assert_true(json_read(str_of(text), &JSON_LIMITS, &doc, err));
  bool ok = admin_body_check(&shape, yyjson_doc_get_root(doc), err);
  yyjson_doc_free(doc);
  return ok;
}

static void test_sound_bodies(void **state) {
  (void)state;
  static const char *const bodies[] = {
      "{\"name\":\"a\"}",
      "{\"name\":\"a\",\"role\":\"client\",\"expires_at\":null}",
      "{\"name\":\"12345678\",\"expires_at\":\"2030-01-31T12:00:00Z\",\"count\":10,\"loud\":false}",
      "{\"name\":\"a\",\"config\":{\"deep\":\"\"},\"document\":\"text\",\"tags\":[\"\",\"b\"]}",
      "{\"name\":\"a\",\"config\":{\"deeper\":{\"what\":\"b\",\"count\":null},\"many\":[{\"what\":\"c\","
      "\"count\":9}],"
      "\"mixed\":[\"d\",{\"what\":\"e\"}]}}",
      "{\"name\":\"a\",\"document\":{}}",
  };
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    struct err err;
    if (!check(bodies[i], &err)) fail_msg("%s: %s: %s", bodies[i], err.field, err.text);
  }
}

static void test_errors_name_field_value_and_allowed(void **state) {
  (void)state;
  static const struct {
    const char *body, *field, *text, *hint;
  } rows[] = {
      {"[]", "", "must be a JSON object", NULL},
      {"{}", "name", "is required: a name", NULL},
      {"{\"name\":\" \"}", "name", "must not be empty", NULL},
      {"{\"name\":null}", "name", "must be a string, not null", NULL},
      {"{\"name\":7}", "name", "must be a string, not uint", NULL},
      {"{\"name\":\"123456789\"}", "name", "at most 8 bytes, not 9", NULL},
      {"{\"name\":\"a\",\"role\":\"root\"}", "role", "\"root\" is not known here; allowed: admin|client",
       NULL},
      {"{\"name\":\"a\",\"expires_at\":\"tomorrow\"}", "expires_at", "\"tomorrow\" is no RFC 3339", "2030"},
      {"{\"name\":\"a\",\"expires_at\":5}", "expires_at", "an RFC 3339 date and time or null, not uint",
       NULL},
      {"{\"name\":\"a\",\"count\":0}", "count", "0 is out of range; allowed: 1 to 10", NULL},
      {"{\"name\":\"a\",\"count\":11}", "count", "11 is out of range; allowed: 1 to 10", NULL},
      {"{\"name\":\"a\",\"count\":1.5}", "count", "must be an integer, not real", NULL},
      {"{\"name\":\"a\",\"loud\":\"yes\"}", "loud", "must be true or false, not string", NULL},
      {"{\"name\":\"a\",\"config\":[]}", "config", "must be an object, not array", NULL},
      {"{\"name\":\"a\",\"document\":true}", "document", "must be a string or an object, not true", NULL},
      {"{\"name\":\"a\",\"tags\":\"dns\"}", "tags", "must be an array of strings, not string", NULL},
      {"{\"nmae\":\"a\"}", "nmae", "\"nmae\" is not known here; allowed: name, role, expires_at", "\"name\""},
      {"{\"name\":\"a\",\"tags\":[\"b\",7]}", "tags[1]", "must be a string, not uint", NULL},
      {"{\"name\":\"a\",\"config\":{\"depe\":\"\"}}", "config.depe",
       "\"depe\" is not known here; allowed: deep, deeper", "\"deep\""},
      {"{\"name\":\"a\",\"config\":{\"deeper\":{\"what\":\"b\",\"cuont\":1}}}", "config.deeper.cuont",
       "not known here", "\"count\""},
      {"{\"name\":\"a\",\"config\":{\"deeper\":{\"count\":1}}}", "config.deeper.what", "is required: what",
       NULL},
      {"{\"name\":\"a\",\"config\":{\"deeper\":{\"what\":\"b\",\"count\":0}}}", "config.deeper.count",
       "0 is out of range", NULL},
      {"{\"name\":\"a\",\"config\":{\"many\":[{\"what\":\"b\"},{\"what\":null}]}}", "config.many[1].what",
       "must be a string, not null", NULL},
      {"{\"name\":\"a\",\"config\":{\"many\":[\"b\"]}}", "config.many[0]", "must be an object, not string",
       NULL},
      {"{\"name\":\"a\",\"config\":{\"mixed\":[\"b\",{\"waht\":\"c\"}]}}", "config.mixed[1].waht",
       "not known here", "\"what\""},
      {"{\"name\":\"a\",\"config\":{\"mixed\":[true]}}", "config.mixed[0]",
       "must be a string or an object, not true", NULL},
      {"{\"name\":\"a\",\"expiry\":1,\"x\":2}", "expiry", "\"expiry\" is not known here", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err;
    assert_false(check(rows[i].body, &err));
    if (strcmp(err.field, rows[i].field) || !strstr(err.text, rows[i].text) || err.code != ERR_INVALID ||
        (rows[i].hint && !strstr(err.hint, rows[i].hint)))
      fail_msg("%s: %s: %s (%s)", rows[i].body, err.field, err.text, err.hint);
  }
}

static bool query(const char *text, struct arena *a, struct str values[8], struct err *err) {
  for (size_t i = 0; i < 8; i++) values[i] = STR_NONE;
  *err = (struct err){0};
  return admin_body_check_query(&shape, str_of(text), a, values, err);
}

static void test_queries(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str values[8];
  struct err err;
  assert_true(query("", a, values, &err));
  assert_true(query("name=a%26b+c&count=3&&tags=x,y&role=", a, values, &err));
  assert_true(str_is(values[0], "a&b c"));
  assert_true(str_is(values[3], "3"));
  assert_true(str_is(values[7], "x,y"));
  assert_int_equal(values[1].n, 0);
  static const struct {
    const char *query, *field, *text;
  } rows[] = {
      {"nam=a", "query.nam", "\"nam\" is not known here"},
      {"count=many", "query.count", "\"many\" is no integer"},
      {"count=99", "query.count", "99 is out of range"},
      {"role=root", "query.role", "allowed: admin|client"},
      {"name=%zz", "query", "not well encoded"},
      {"name=%ff", "query", "not well encoded"},
      {"name=a&name=b", "query", "given twice"},
      {"expires_at=now", "query.expires_at", "no RFC 3339"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_false(query(rows[i].query, a, values, &err));
    if (strcmp(err.field, rows[i].field) || !strstr(err.text, rows[i].text))
      fail_msg("%s: %s: %s", rows[i].query, err.field, err.text);
  }
  arena_free(a);
}

static bool expiry(const char *text, int64_t now, int64_t *ms, struct err *err) {
  yyjson_doc *doc;
  assert_true(json_read(str_of(text), &JSON_LIMITS, &doc, err));
  bool ok = admin_body_read_expiry(yyjson_doc_get_root(doc), now, ms, err);
  yyjson_doc_free(doc);
  return ok;
}

static void test_expiry(void **state) {
  (void)state;
  struct err err;
  int64_t ms = -1, now;
  assert_true(clock_parse_rfc3339(STR("2026-01-01T00:00:00Z"), &now));
  assert_true(expiry("{}", now, &ms, &err));
  assert_int_equal(ms, 0);
  assert_true(expiry("{\"expires_at\":null}", now, &ms, &err));
  assert_int_equal(ms, 0);
  assert_true(expiry("{\"expires_at\":\"2026-01-01T01:00:01+01:00\"}", now, &ms, &err));
  assert_int_equal(ms, now + 1000);
  assert_false(expiry("{\"expires_at\":\"2026-01-01T00:00:00Z\"}", now, &ms, &err));
  assert_string_equal(err.field, "expires_at");
  assert_non_null(strstr(err.text, "2026-01-01T00:00:00Z is in the past"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sound_bodies),
      cmocka_unit_test(test_errors_name_field_value_and_allowed),
      cmocka_unit_test(test_queries),
      cmocka_unit_test(test_expiry),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
