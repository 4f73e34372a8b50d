// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "data/json.h"
#include "settings/value.h"

static char *environment[] = {"POSTERN_KEY=k1 SECRETKEY", "POSTERN_METRICS_TOKEN=SECRETTOKEN",
                              "POSTERN_LISTEN=127.0.0.1:9", NULL};

static struct str explain(enum settings_form form, struct buf *out) {
  struct settings_input in = {.environment = environment};
  struct settings *s = NULL;
  struct err err;
  if (!settings_load(&in, &s, &err)) fail_msg("%s", err.text);
  settings_explain(s, form, out);
  settings_free(s);
  assert_false(out->full);
  return buf_str(out);
}

static void every_form_has_every_key_and_no_secret(void **state) {
  (void)state;
  for (enum settings_form form = SETTINGS_AS_TEXT; form <= SETTINGS_AS_MARKDOWN; form++) {
    struct buf b = BUF_MAX(1 << 20);
    struct str text = explain(form, &b);
    for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
      assert_true(str_contains(text, str_of(settings_table[id].key)));
      if (!strchr(settings_table[id].help, '|'))
        assert_true(str_contains(text, str_of(settings_table[id].help)));
    }
    assert_false(str_contains(text, STR("SECRET")));
    buf_free(&b);
  }
}

static void json_says_value_and_source(void **state) {
  (void)state;
  struct buf b = BUF_MAX(1 << 20);
  struct str text = explain(SETTINGS_AS_JSON, &b);
  yyjson_doc *doc = NULL;
  struct err err;
  if (!json_read(text, &JSON_LIMITS, &doc, &err)) fail_msg("%s", err.text);
  yyjson_val *root = yyjson_doc_get_root(doc), *row;
  assert_int_equal(yyjson_arr_size(root), SETTINGS_COUNT);
  row = yyjson_arr_get(root, SETTINGS_ID_listen);
  assert_true(str_is(json_str(row, "value"), "127.0.0.1:9"));
  assert_true(str_is(json_str(row, "source"), "environment"));
  assert_true(str_is(json_str(row, "default"), "127.0.0.1:8080"));
  row = yyjson_arr_get(root, SETTINGS_ID_key);
  assert_true(str_is(json_str(row, "value"), "(set)"));
  assert_true(json_bool(row, "secret", false));
  row = yyjson_arr_get(root, SETTINGS_ID_log_level);
  assert_true(str_is(json_str(row, "source"), "default"));
  assert_true(json_bool(row, "reload", false));
  yyjson_doc_free(doc);
  buf_free(&b);
}

// Whatever reading of it a password has.
static void a_password_in_a_url_is_not_shown(void **state) {
  (void)state;
  static const struct {
    const char *url, *shown;
  } cases[] = {
      {"sqlite:/var/lib/postern.db", "sqlite:/var/lib/postern.db"},
      {"postgres://postern@db.example.com/postern?sslmode=require",
       "postgres://postern@db.example.com/postern?sslmode=require"},
      {"postgres://postern:SECRET@db.example.com:5433/postern",
       "postgres://postern:***@db.example.com:5433/postern"},
      {"postgres://postern:SE/CRET@db/postern", "postgres://postern:***@db/postern"},
      {"postgres://postern:SE?CR@ET@db/postern", "postgres://postern:***@db/postern"},
      {"postgres:///postern?host=/run/postgresql&password=SECRET&user=p",
       "postgres:///postern?host=/run/postgresql&password=***&user=p"},
      {"postgres:///postern?pass%77ord=SECRET&passfile=/etc/x",
       "postgres:///postern?pass%77ord=***&passfile=/etc/x"},
      {"postgres://[::1]:5432/postern?sslpassword=SECRET", "postgres://[::1]:5432/postern?sslpassword=***"},
      {"postgres://:SECRET@/postern", "postgres://:***@/postern"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char variable[256];
    snprintf(variable, sizeof variable, "POSTERN_STORE=%s", cases[i].url);
    struct settings_input in = {.environment = (char *[]){variable, NULL}};
    struct settings *s = NULL;
    struct err err;
    struct buf b = BUF_MAX(1 << 20);
    char line[256];
    assert_true(settings_load(&in, &s, &err));
    settings_explain(s, SETTINGS_AS_TEXT, &b);
    snprintf(line, sizeof line, "\nstore: %s\n", cases[i].shown);
    if (!str_contains(buf_str(&b), str_of(line))) fail_msg("expected %s in %.*s", line, 1200, b.p);
    assert_false(str_contains(buf_str(&b), STR("SECRET")));
    settings_free(s);
    buf_free(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_password_in_a_url_is_not_shown),
      cmocka_unit_test(every_form_has_every_key_and_no_secret),
      cmocka_unit_test(json_says_value_and_source),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
