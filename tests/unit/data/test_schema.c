// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "data/json.h"
#include "data/schema.h"
#include "data/schema_pattern.h"

struct fixture {
  yyjson_doc *schema;
  yyjson_mut_doc *values;
  yyjson_mut_val *value;
  struct schema_report report;
};

static struct fixture f;

static yyjson_doc *read_json(const char *text, bool raw) {
  struct json_limits limits = {.depth = 200, .nodes = 200000, .raw_numbers = raw};
  yyjson_doc *doc;
  struct err err;
  if (!json_read(str_of(text), &limits, &doc, &err)) fail_msg("%.80s: %s", text, err.text);
  return doc;
}

static void done(void) {
  yyjson_doc_free(f.schema);
  yyjson_mut_doc_free(f.values);
  arena_free(f.report.arena);
  f = (struct fixture){0};
}

static bool check(const char *schema, const char *value, bool raw) {
  struct err err;
  done();
  f.report.arena = arena_new();
  f.schema = read_json(schema, raw);
  yyjson_doc *read = read_json(value, raw);
  f.values = yyjson_mut_doc_new(NULL);
  f.value = yyjson_val_mut_copy(f.values, yyjson_doc_get_root(read));
  yyjson_doc_free(read);
  yyjson_val *root = yyjson_doc_get_root(f.schema);
  if (!schema_is_sound(root, &err)) fail_msg("%s: %s", schema, err.text);
  return schema_check(root, f.values, &f.value, &f.report);
}

static void check_after(const char *want) {
  char *got = yyjson_mut_val_write(f.value, 0, NULL);
  if (strcmp(got, want) != 0) fail_msg("coerced to %s, not %s", got, want);
  free(got);
}

// A schema, values that hold without any change, and values that do not (nothing in them can be coerced).
static const struct {
  const char *schema, *good[5], *bad[6];
} rows[] = {
    {"true", {"1", "{}"}, {0}},
    {"{}", {"1", "null"}, {0}},
    {"{\"type\":\"integer\"}",
     {"1", "-3", "1.0", "1e3", "12345678901234567890123"},
     {"1.5", "\"x\"", "null", "[]", "true", "{}"}},
    {"{\"type\":[\"string\",\"null\"]}", {"\"\"", "null"}, {"true", "[]", "{}"}},
    {"{\"enum\":[1,\"a\",[1,{\"x\":2}],null]}",
     {"1.0", "\"a\"", "[1.0,{\"x\":2}]", "null"},
     {"2", "\"b\"", "[1]", "false", "{}"}},
    {"{\"const\":{\"a\":1,\"b\":[2]}}", {"{\"b\":[2],\"a\":1}"}, {"{\"a\":1}", "{\"a\":1,\"b\":[3]}", "1"}},
    {"{\"minimum\":5,\"exclusiveMaximum\":7.5}", {"5", "7.4999", "\"x\""}, {"4.999", "7.5", "-6", "1e2"}},
    {"{\"exclusiveMinimum\":0,\"maximum\":1e2}", {"0.1", "100"}, {"0", "-0.0", "100.1"}},
    {"{\"multipleOf\":0.01}", {"4.35", "0", "-1.1", "1e300"}, {"4.355", "0.001"}},
    {"{\"multipleOf\":3}", {"9", "3e1", "-6"}, {"10", "1.5", "1e20"}},
    {"{\"minLength\":2,\"maxLength\":3}", {"\"ab\"", "\"日本語\"", "12"}, {"\"a\"", "\"abcd\"", "\"😀\""}},
    {"{\"pattern\":\"^[a-z]+\\\\d$\"}", {"\"ab1\"", "7"}, {"\"AB1\"", "\"ab1\\n\"", "\"ab٣\""}},
    {"{\"items\":{\"type\":\"boolean\"}}", {"[]", "[true]", "1"}, {"[1]", "[true,null]"}},
    {"{\"prefixItems\":[{\"type\":\"null\"}],\"items\":false}", {"[]", "[null]"}, {"[null,1]", "[true]"}},
    {"{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}",
     {"[1,1]", "[1,2,1,1]"},
     {"[1]", "[1,1,1,1]", "[]"}},
    {"{\"contains\":{\"const\":1},\"minContains\":0}", {"[]", "[2]"}, {0}},
    {"{\"minItems\":1,\"maxItems\":2}", {"[1]", "[1,2]", "{}"}, {"[]", "[1,2,3]"}},
    {"{\"uniqueItems\":true}",
     {"[1,\"1\",true,[1],{\"a\":1}]", "[]"},
     {"[1,2,1.0]", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]"}},
    {"{\"properties\":{\"a\":{\"type\":\"null\"}},\"additionalProperties\":false}",
     {"{}", "{\"a\":null}", "1"},
     {"{\"a\":1}", "{\"b\":1}"}},
    {"{\"patternProperties\":{\"^x-\":{\"type\":\"null\"}},\"additionalProperties\":{\"type\":\"boolean\"}}",
     {"{\"x-a\":null,\"b\":true}"},
     {"{\"x-a\":true}", "{\"b\":null}"}},
    {"{\"propertyNames\":{\"maxLength\":2}}", {"{\"ab\":1}", "{}"}, {"{\"abc\":1}"}},
    {"{\"required\":[\"a\",\"b\"]}", {"{\"a\":1,\"b\":null}", "[]"}, {"{\"a\":1}", "{}"}},
    {"{\"dependentRequired\":{\"a\":[\"b\"]}}", {"{\"b\":1}", "{\"a\":1,\"b\":1}"}, {"{\"a\":1}"}},
    {"{\"dependentSchemas\":{\"a\":{\"required\":[\"c\"]}}}",
     {"{\"b\":1}", "{\"a\":1,\"c\":1}"},
     {"{\"a\":1}"}},
    {"{\"minProperties\":1,\"maxProperties\":2}", {"{\"a\":1}"}, {"{}", "{\"a\":1,\"b\":1,\"c\":1}"}},
    {"{\"allOf\":[{\"minimum\":2},{\"maximum\":4}]}", {"3"}, {"1", "5"}},
    {"{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":2}]}", {"null", "3", "\"x\""}, {"1"}},
    {"{\"oneOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", {"2", "3"}, {"6", "5", "\"x\""}},
    {"{\"not\":{\"type\":\"null\"}}", {"1"}, {"null"}},
    {"{\"if\":{\"minimum\":10},\"then\":{\"multipleOf\":10},\"else\":{\"multipleOf\":3}}",
     {"20", "9"},
     {"21", "8"}},
    {"{\"$defs\":{\"a b\":{\"const\":1}},\"items\":{\"$ref\":\"#/$defs/a%20b\"}}", {"[1]"}, {"[2]"}},
    {"{\"properties\":{\"n\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
     {"{\"n\":{\"n\":{}}}"},
     {"{\"n\":{\"m\":1}}"}},
    {"{\"allOf\":[{\"properties\":{\"a\":true}}],\"properties\":{\"b\":true},\"unevaluatedProperties\":"
     "false}",
     {"{\"a\":1,\"b\":2}"},
     {"{\"c\":1}"}},
    {"{\"anyOf\":[{\"properties\":{\"a\":{\"type\":\"null\"}},\"required\":[\"a\"]},{\"properties\":{\"b\":"
     "true},\"required\":[\"b\"]}],"
     "\"unevaluatedProperties\":false}",
     {"{\"a\":null,\"b\":2}", "{\"b\":1}"},
     {"{\"a\":[],\"b\":2}", "{\"a\":null,\"c\":1}"}},
    {"{\"prefixItems\":[true],\"contains\":{\"type\":\"null\"},\"unevaluatedItems\":{\"type\":\"boolean\"}}",
     {"[1,null,true]"},
     {"[1,null,2]"}},
    {"{\"if\":{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},\"unevaluatedProperties\":false}",
     {"{\"a\":1}"},
     {"{\"a\":2}"}},
    {"{\"format\":\"email\"}", {"\"not one\""}, {0}},
};

static void test_keywords(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int raw = 0; raw < 2; raw++) {
      for (size_t j = 0; j < 5 && rows[i].good[j]; j++)
        if (!check(rows[i].schema, rows[i].good[j], raw) || f.report.coerced)
          fail_msg("%s refuses %s: %s", rows[i].schema, rows[i].good[j], f.report.items[0].expected.p);
      for (size_t j = 0; j < 6 && rows[i].bad[j]; j++) {
        if (check(rows[i].schema, rows[i].bad[j], raw))
          fail_msg("%s takes %s", rows[i].schema, rows[i].bad[j]);
        assert_true(f.report.count > 0);
      }
    }
  done();
}

static void test_reports(void **state) {
  (void)state;
  static const struct {
    const char *schema, *value, *pointer, *expected, *found, *property;
  } wrong[] = {
      {"{\"type\":\"string\"}", "[1,2]", "", "a string", "an array of 2 items", ""},
      {"{\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":5,\"maximum\":50}}}", "{\"n\":7.5}", "/n",
       "an integer between 5 and 50", "7.5", "n"},
      {"{\"properties\":{\"s\":{\"type\":\"string\",\"enum\":[\"active\",\"pending\"]}}}", "{\"s\":\"gone\"}",
       "/s", "one of: active, pending", "\"gone\"", "s"},
      {"{\"required\":[\"zone_id\"],\"properties\":{\"zone_id\":{\"type\":\"string\",\"minLength\":32,"
       "\"maxLength\":32}}}",
       "{}", "/zone_id", "a string of 32 characters", "nothing", "zone_id"},
      {"{\"properties\":{\"zone_id\":true},\"additionalProperties\":false}", "{\"zoneid\":{}}", "/zoneid",
       "no property of this name; did you mean \"zone_id\"?", "an empty object", "zoneid"},
      {"{\"properties\":{\"page\":true,\"order\":true},\"additionalProperties\":false}", "{\"x\":null}", "/x",
       "no property of this name; the known ones are: page, order", "null", "x"},
      {"{\"properties\":{\"l\":{\"items\":{\"type\":\"boolean\"}}}}", "{\"l\":[true,2]}", "/l/1",
       "true or false", "2", "l"},
      {"{\"properties\":{\"a/b~\":{\"type\":\"null\"}}}", "{\"a/b~\":true}", "/a~1b~0", "null", "true",
       "a/b~"},
      {"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "[]", "", "a string or an integer",
       "an empty array", ""},
      {"{\"const\":\"x\"}", "\"y\"", "", "exactly x", "\"y\"", ""},
      {"{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":1,\"maxItems\":3}", "[]", "",
       "an array with 1 to 3 items, each a string", "an empty array", ""},
      {"{\"not\":{\"type\":\"null\"}}", "null", "", "anything but null", "null", ""},
      // The alternative that was meant is the one to hear about.
      {"{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"x\"},\"n\":{\"type\":"
       "\"boolean\"}},\"required\":[\"kind\"]},"
       "{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"y\"},\"n\":{\"type\":\"string\","
       "\"maxLength\":2}},\"required\":[\"kind\"]}]}",
       "{\"kind\":\"y\",\"n\":\"abc\"}", "/n", "a string of at most 2 characters", "\"abc\"", "n"},
      {"{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "3", "",
       "exactly one of 2 alternatives to fit, and 2 do", "3", ""},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    if (check(wrong[i].schema, wrong[i].value, false))
      fail_msg("%s takes %s", wrong[i].schema, wrong[i].value);
    assert_int_equal(f.report.count, 1);
    check_text(f.report.items[0].pointer, wrong[i].pointer);
    check_text(f.report.items[0].expected, wrong[i].expected);
    check_text(f.report.items[0].found, wrong[i].found);
    check_text(f.report.items[0].property, wrong[i].property);
  }
  done();
}

static void test_all_violations_in_order(void **state) {
  (void)state;
  const char *schema =
      "{\"required\":[\"id\",\"name\"],\"properties\":{\"a\":{\"type\":\"null\"},\"b\":{\"minimum\":1}},"
      "\"additionalProperties\":false}";
  assert_false(check(schema, "{\"b\":0,\"z\":1,\"a\":[]}", false));
  static const char *const order[] = {"/id", "/name", "/b", "/z", "/a"};
  assert_int_equal(f.report.count, 5);
  for (size_t i = 0; i < 5; i++) check_text(f.report.items[i].pointer, order[i]);
  struct buf many = BUF_MAX(10000);
  for (int i = 0; i < 100; i++) buf_printf(&many, "%s%d", i ? "," : "[", i);
  buf_add_char(&many, ']');
  buf_add_char(&many, 0);
  assert_false(check("{\"items\":{\"type\":\"null\"}}", many.p, false));
  assert_int_equal(f.report.count, 100);
  check_text(f.report.items[SCHEMA_VIOLATIONS_MOST - 1].pointer, "/31");
  buf_free(&many);
  done();
}

static const struct {
  const char *schema, *value, *after; // NULL: it still does not hold
} changes[] = {
    {"{\"type\":\"integer\"}", "\"20\"", "20"},
    {"{\"type\":\"integer\"}", "\"-9223372036854775808\"", "-9223372036854775808"},
    {"{\"type\":\"number\"}", "\"1.5\"", "1.5"},
    {"{\"type\":\"number\"}", "\"0.12345678901234567890\"", "0.12345678901234567890"},
    {"{\"type\":\"boolean\"}", "\"true\"", "true"},
    {"{\"type\":\"string\"}", "20", "\"20\""},
    {"{\"type\":\"string\"}", "0.1", "\"0.1\""},
    {"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "\"a\"", "[\"a\"]"},
    {"{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", "\"7\"", "[7]"},
    {"{\"items\":{\"type\":\"integer\"}}", "[1,\"2\"]", "[1,2]"},
    {"{\"properties\":{\"n\":{\"$ref\":\"#/$defs/i\"}},\"$defs\":{\"i\":{\"type\":\"integer\"}}}",
     "{\"n\":\"3\",\"m\":\"3\"}", "{\"n\":3,\"m\":\"3\"}"},
    {"{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"boolean\"}]}", "\"false\"", "false"},
    {"{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}", "\"7\"", "\"7\""},
    {"{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]},"
     "{\"type\":\"null\"}]}",
     "{\"a\":\"1\"}", "{\"a\":1}"},
    // JSON in a text, where no text may be
    {"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "\"[\\\"a\\\",\\\"b\\\"]\"", "[\"a\",\"b\"]"},
    {"{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", "\" [\\\"1\\\", 2]\"", "[1,2]"},
    {"{\"properties\":{\"o\":{\"type\":[\"object\",\"null\"]}}}", "{\"o\":\"{\\\"k\\\":1}\"}",
     "{\"o\":{\"k\":1}}"},
    {"{\"anyOf\":[{\"type\":\"object\"},{\"type\":\"array\"}]}", "\"[]\"", "[]"},
    {"{\"type\":[\"string\",\"array\"]}", "\"[1]\"", "\"[1]\""},
    {"{\"type\":\"object\"}", "\"[1]\"", NULL},
    {"{\"type\":\"object\"}", "\"{k: 1}\"", NULL},
    {"{\"type\":\"object\"}", "\"{\\\"k\\\":1} and\"", NULL},
    // one where a list of such is wanted
    {"{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"a\"]}}", "{\"a\":1}", "[{\"a\":1}]"},
    {"{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"a\"]}}", "{\"b\":1}", NULL},
    // null for what is not given
    {"{\"properties\":{\"q\":{\"type\":\"string\"},\"n\":{\"type\":\"integer\"}}}", "{\"q\":null,\"n\":null}",
     "{}"},
    {"{\"properties\":{\"e\":{\"enum\":[1]},\"x\":{},\"z\":{\"type\":[\"integer\",\"null\"]}}}",
     "{\"e\":null,\"x\":null,\"z\":null}", "{\"x\":null,\"z\":null}"},
    {"{\"properties\":{\"o\":{\"anyOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"type\":\"string\"}}}"
     ",{\"type\":"
     "\"integer\"}]}}}",
     "{\"o\":{\"k\":null,\"m\":null}}", "{\"o\":{\"m\":null}}"},
    {"{\"additionalProperties\":{\"type\":\"string\"}}", "{\"a\":null,\"b\":\"b\"}",
     NULL}, // a name that was thought of
    {"{\"properties\":{\"q\":{\"type\":\"string\"}},\"required\":[\"q\"]}", "{\"q\":null}", NULL},
    {"{\"properties\":{\"q\":{}},\"additionalProperties\":false}", "{\"p\":null}", NULL},
    {"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "[null]", NULL},
    // a whole number, however it is written
    {"{\"type\":\"integer\"}", "10.0", "10"},
    {"{\"type\":[\"integer\",\"null\"]}", "1e3", "1000"},
    {"{\"type\":\"integer\"}", "-0", "0"},
    {"{\"type\":\"integer\"}", "-2.50e1", "-25"},
    {"{\"type\":\"integer\"}", "\"3.0\"", "3"},
    {"{\"type\":\"number\"}", "10.0", "10.0"},
    {"{\"type\":\"integer\"}", "1.5", NULL},
    {"{\"type\":\"integer\"}", "\"20x\"", NULL},
    {"{\"type\":\"integer\"}", "\" 20\"", NULL},
    {"{\"type\":\"integer\"}", "\"1.5\"", NULL},
    {"{\"type\":\"integer\"}", "\"007\"", NULL},
    {"{\"type\":\"integer\"}", "\"\"", NULL},
    {"{\"type\":\"boolean\"}", "\"True\"", NULL},
    {"{\"type\":\"boolean\"}", "1", NULL},
    {"{\"type\":\"string\"}", "true", NULL},
    {"{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", "\"x\"", NULL},
    {"{\"type\":\"array\"}", "null", NULL},
    {"{\"type\":\"array\"}", "{}", NULL},
    {"{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]}", "\"7\"", NULL}, // ambiguous
    {"{\"not\":{\"type\":\"string\"}}", "\"7\"", NULL},
    // A keyword that saw the string must see the number too.
    {"{\"allOf\":[{\"minimum\":5},{\"type\":\"integer\"}]}", "\"3\"", NULL},
};

static void test_coercions(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
    for (int raw = 0; raw < 2; raw++) {
      bool holds = check(changes[i].schema, changes[i].value, raw);
      if (holds != (changes[i].after != NULL))
        fail_msg("%s %s %s", changes[i].schema, holds ? "takes" : "refuses", changes[i].value);
      if (holds) check_after(changes[i].after);
    }
  done();
}

static void test_limits(void **state) {
  (void)state;
  assert_false(check("{\"$ref\":\"#\"}", "1", false));
  check_has(f.report.items[0].expected.p, "steps and depth");
  // Nothing that passes a limit holds, whatever stands around it.
  assert_false(
      check("{\"not\":{\"$ref\":\"#/$defs/x\"},\"$defs\":{\"x\":{\"$ref\":\"#/$defs/x\"}}}", "1", false));
  assert_false(check("{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"},true]}", "1", false));
  // Alternatives that multiply end at the step limit, soon.
  struct buf b = BUF_MAX(10000);
  buf_add_z(&b, "{\"$ref\":\"#/$defs/a0\",\"$defs\":{");
  for (int i = 0; i < 40; i++)
    buf_printf(&b, "\"a%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/a%d\"},{\"$ref\":\"#/$defs/a%d\"}]},", i, i + 1,
               i + 1);
  buf_add_z(&b, "\"a40\":{\"type\":\"null\"}}}");
  buf_add_char(&b, 0);
  assert_false(check(b.p, "1", false));
  buf_free(&b);
  done();
}

static void add_times(struct buf *b, const char *unit, size_t n) {
  for (size_t i = 0; i < n; i++) buf_add_z(b, unit);
}

static void add_row(struct buf *b, const char *each, int n) {
  const char *hole = strstr(each, "%d");
  buf_add(b, hole ? str_make(each, (size_t)(hole - each)) : str_of(each));
  if (hole) buf_printf(b, "%d%s", n, hole + 2);
}

// {"p": <n times unit> tail} against {"properties":{"p":{"pattern": …}}}.
static bool check_pattern(const char *pattern, const char *unit, size_t n, const char *tail) {
  struct buf schema = BUF_MAX(10000), value = BUF_MAX(16 << 20);
  buf_add_z(&schema, "{\"properties\":{\"p\":{\"pattern\":");
  json_add_string(&schema, str_of(pattern));
  buf_add(&schema, str_make("}}}", 4));
  buf_add_z(&value, "{\"p\":\"");
  add_times(&value, unit, n);
  buf_add_z(&value, tail);
  buf_add(&value, str_make("\"}", 3));
  bool holds = check(schema.p, value.p, false);
  buf_free(&schema);
  buf_free(&value);
  return holds;
}

// The work of a whole match is bounded, wherever it is done: in starting anew at each character, in running
// over many, in going back, in what PCRE2 does between two of its callouts. Whoever called hears why.
static void test_costly_patterns(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *unit;
    size_t n;
    const char *tail;
  } costly[] = {
      {"\\w+$", "a", 150000, "!"},               // starts × characters
      {"[a-z]*[0-9]", "a", 150000, "!"},         //
      {"(?:x|\\w+)\\d", "a", 150000, "!"},       //
      {"^(a+)+$", "a", 40, "b"},                 // steps of one start
      {"(x+x+)+y", "x", 150000, "zy"},           //
      {"x*x*x*x*y", "x", 150000, "zy"},          //
      {"\\w{60000}!", ".aaaaaaaaa", 15000, "!"}, // items that fail at their last character
      {"(?:\\w{5000}!|b)", "a", 150000, "!"},    //
      {"(a*)b?\\1c", "a", 150000, "bc"},         // back references
      {"(\\w+)\\1{2,}!", "a", 150000, "?!"},     //
      {"(?<!b{200})\\w!", "b", 150000, "!"},     // lookbehind
      {"(?=\\w*!)\\w*\\?", "a", 150000, "!?"},   // lookahead
      {"[\\p{Lu}\\p{Nd}]+ü$", "É", 75000, "ü!"}, // beyond ASCII
      {"(?:a?){400}a{400}b", "a", 150000, "cb"}, // many items
  };
  for (size_t i = 0; i < sizeof costly / sizeof *costly; i++) {
    if (check_pattern(costly[i].pattern, costly[i].unit, costly[i].n, costly[i].tail))
      fail_msg("%s is taken", costly[i].pattern);
    assert_int_equal(f.report.count, 1);
    check_text(f.report.items[0].pointer, "/p");
    check_text(f.report.items[0].property, "p");
    check_has(f.report.items[0].expected.p, "a shorter text");
    check_has(f.report.items[0].expected.p, "too costly");
    check_has(f.report.items[0].expected.p, costly[i].pattern);
  }
  done();
}

// What people use stays exact, on texts as long as are sent.
static void test_usual_patterns(void **state) {
  (void)state;
  static const char base64[] = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";
  static const struct {
    const char *pattern, *unit;
    size_t n;
    const char *tail;
    bool holds;
  } usual[] = {
      {base64, "abcd", 50000, "ab==", true},
      {base64, "abcd", 50000, "ab=", false},
      {"^[\\s\\S]*$", "a\\n", 2000000, "", true},
      {"^.{1,65535}$", "é", 65535, "", true},
      {"^.{1,65535}$", "é", 65536, "", false},
      {"@", "a", 4000000, "@", true},
      {"^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", "a", 3000, "@example.com", true},
      {"^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", "a", 3000, "@example com", false},
      {"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", "abc-def.", 30, "com", true},
      {"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", "abc-def.", 30, "c0m-", false},
      {"^(?:[a-z]|\\d)+$", "a1", 20000, "", true},
      {"\\w+$", "a", 4000, "", true},
      {"\\w+$", "a", 4000, "!", false},
      {"^(?!.*secret).*$", "abc ", 20000, "", true},
      {"^(?!.*secret).*$", "abc ", 20000, "secret", false},
      {"^(['\"`])?\\w+\\1$", "a", 1000, "", true},
      {"^\\p{L}[\\p{L}\\p{N} '-]*$", "Żółć", 2000, "", true},
      {"^\\(?\\d{3}\\)?[- ]?\\d{4}$", "555", 1, "-1234", true},
  };
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
    if (check_pattern(usual[i].pattern, usual[i].unit, usual[i].n, usual[i].tail) != usual[i].holds)
      fail_msg("%s × %zu: %s", usual[i].pattern, usual[i].n, f.report.items[0].expected.p);
  done();
}

// One check has so much work in all, whatever asks for it: many matches, many patterns, comparisons, members.
static void test_work_is_shared(void **state) {
  (void)state;
  enum { N = 20000 };
  static const struct {
    const char *before, *each, *after; // of the schema; `each` has %d, and comes N times
    const char *value_before, *value_each, *value_after;
  } rows_of[] = {
      {"{\"items\":{\"pattern\":\"^(a+)+$\"}}", "", "", "[0", ",\"aaaaaaaaaaaaaaaaab\"", "]"},
      {"{\"anyOf\":[false", ",{\"contains\":{\"pattern\":\"(?:a|b)+c%d\"}}", "]}", "[\"x\"", ",\"abababab\"",
       "]"},
      {"{\"patternProperties\":{\"^x$\":true", ",\"^k%d[a-z]$\":true", "}}", "{\"x\":0", ",\"k%d\":1", "}"},
      {"{\"items\":{\"enum\":[0", ",\"e%d\"", "]}}", "[0", ",\"f%d\"", "]"},
      {"{\"enum\":[0", ",[1,2,{\"a\":%d}]", "]}", "[1,2,{\"b\":0", ",\"k%d\":1", "}]"},
      {"{\"allOf\":[true", ",{\"uniqueItems\":true}", "]}", "[-1", ",%d", "]"},
      {"{\"required\":[\"\"", ",\"e%d\"", "]}", "{\"\":0", ",\"k%d\":1", "}"},
      {"{\"dependentRequired\":{\"\":[]", ",\"e%d\":[\"a\"]", "}}", "{\"\":0", ",\"k%d\":1", "}"},
      {"{\"dependentSchemas\":{\"\":true", ",\"e%d\":false", "}}", "{\"\":0", ",\"k%d\":1", "}"},
      {"{\"properties\":{\"\":true", ",\"k%d\":true", "}}", "{\"\":0", ",\"m%d\":1", "}"},
      {"{\"items\":{\"title\":\"\"", ",\"x-%d\":1", "}}", "[0", ",1", "]"},
      {"{\"items\":{\"anyOf\":[false", ",{\"const\":%d}", "]}}", "[0", ",\"x\"", "]"},
      {"{\"oneOf\":[false", ",{\"items\":{\"type\":\"integer\"},\"minItems\":9%d00}", "]}", "[\"0\"",
       ",\"1\"", "]"},
      {"{\"allOf\":[true", ",{\"minLength\":1}", "]}", "\"", "aaaaaaaaaa", "\""},
      {"{\"allOf\":[true", ",{\"minimum\":1}", "]}", "1", "0000000000", ""},
  };
  for (size_t i = 0; i < sizeof rows_of / sizeof *rows_of; i++) {
    struct buf schema = BUF_MAX(4 << 20), value = BUF_MAX(4 << 20);
    buf_add_z(&schema, rows_of[i].before);
    buf_add_z(&value, rows_of[i].value_before);
    for (int n = 0; n < N; n++) {
      add_row(&schema, rows_of[i].each, n);
      add_row(&value, rows_of[i].value_each, n);
    }
    buf_add_z(&schema, rows_of[i].after);
    buf_add_z(&value, rows_of[i].value_after);
    buf_add_char(&schema, 0);
    buf_add_char(&value, 0);
    if (check(schema.p, value.p, true)) fail_msg("%s… is taken", rows_of[i].before);
    check_has(f.report.items[0].expected.p, "steps and depth");
    buf_free(&schema);
    buf_free(&value);
  }
  done();
}

// The same check costs the same, whatever was compiled before: what is taken once is taken always.
static void test_work_is_the_same_again(void **state) {
  (void)state;
  uint64_t first = 0;
  for (int round = 0; round < 3; round++) {
    struct schema_patterns *p = schema_patterns_new();
    uint64_t work = SCHEMA_WORK_MOST;
    for (int i = 0; i < 2 * SCHEMA_PATTERNS_KEPT; i++) {
      char pattern[32];
      snprintf(pattern, sizeof pattern, "[a-z]+%d$", i);
      assert_int_equal(schema_pattern_match(p, str_of(pattern), STR("abcdefgh1"), &work),
                       i == 1 ? SCHEMA_MATCHES : SCHEMA_DIFFERS);
    }
    schema_patterns_free(p);
    if (!first) first = work;
    assert_true(work == first && work < SCHEMA_WORK_MOST);
  }
}

// Only what ECMA-262 knows: PCRE2 has more, whose work nobody could bound.
static void test_other_dialects(void **state) {
  (void)state;
  static const char *const refused[] = {
      "(?i)a", "(?R)", "(a)(?1)", "(?>a)", "(?|a|b)", "(*ACCEPT)", "(?(?=a)b|c)", "\\X",        "\\R",
      "\\Qa",  "\\Ga", "a\\K",    "\\h",   "\\c\\(",  "(?P=n)",    "(?C1)a",      "(*sr:\\w+)", "(?#x)",
  };
  static const char *const taken[] = {
      "(?:a)", "(?=a)",   "(?!a)", "(?<=a)", "(?<!a)", "(?<n>a)\\k<n>", "[(?i)]", "\\(?i",  "[[:alpha:]]",
      "\\cA",  "\\u{e9}", "\\x41", "[]",     "[^]",    "a{2,3}?",       "\\/",    "\\p{L}", "(a)\\1",
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (schema_pattern_compiles(str_of(refused[i]))) fail_msg("%s is taken", refused[i]);
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
    if (!schema_pattern_compiles(str_of(taken[i]))) fail_msg("%s is refused", taken[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_keywords),
      cmocka_unit_test(test_reports),
      cmocka_unit_test(test_all_violations_in_order),
      cmocka_unit_test(test_coercions),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_costly_patterns),
      cmocka_unit_test(test_usual_patterns),
      cmocka_unit_test(test_work_is_shared),
      cmocka_unit_test(test_work_is_the_same_again),
      cmocka_unit_test(test_other_dialects),
  };
  return cmocka_run_group_tests_name("data/schema", tests, NULL, NULL);
}
