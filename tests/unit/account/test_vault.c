// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "account/vault.h"
#include "base/buf.h"

static const char yaml[] =
    "name: tiny\nlabel: Tiny\nkind: rest\nbase_url: https://api.example.com\nauth:\n"
    "  - {id: token, fields: [{name: token, secret: true}], send: [{in: bearer, value: \"{token}\"}]}\n"
    "  - id: pair\n"
    "    fields: [{name: user}, {name: password, secret: true}]\n"
    "    send: [{in: basic, user: \"{user}\", password: \"{password}\"}, {in: query, name: k, value: "
    "\"x-{password}\"},\n"
    "           {in: header, name: X-User, value: \"<{user}>\"}]\n"
    "  - {id: own, fields: [{name: name}, {name: value, secret: true}],\n"
    "     send: [{in: header, name: \"{name}\", value: \"{value}\"}]}\n"
    "  - {id: client, client_credentials: {token_url: https://a.example/t}}\n"
    "  - {id: signed, client_credentials: {token_url: https://a.example/t, method: private_key_jwt}}\n";

static struct connector_set *set;
static const struct connector *c;
static struct arena *arena;

static int setup(void **state) {
  (void)state;
  struct err err;
  arena = arena_new();
  if (!connector_set_load(NULL, &set, &err) || !connector_set_add(set, str_of(yaml), &err)) return -1;
  c = connector_find(set, STR("tiny"));
  return 0;
}

static int teardown(void **state) {
  (void)state;
  connector_set_free(set);
  arena_free(arena);
  return 0;
}

static bool take(const char *way, const char *json, struct vault_sends *sends, struct err *err) {
  yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
  assert_non_null(doc);
  const struct connector_way *found;
  struct secret *plain = NULL;
  bool ok = vault_way(c, str_of(way), yyjson_doc_get_root(doc), &found, err) &&
            vault_take(found, yyjson_doc_get_root(doc), &plain, err) &&
            vault_render(found, plain, arena, sends, err);
  secret_free(plain);
  yyjson_doc_free(doc);
  return ok;
}

static bool sends_is(const struct vault_sends *s, size_t i, enum connector_in in, const char *name,
                     const char *value) {
  return s->items[i].in == in && str_is(s->items[i].name, name) &&
         str_is(secret_reveal(s->items[i].value), value);
}

static void what_goes_out_is_rendered(void **state) {
  (void)state;
  struct vault_sends s;
  struct err err;
  assert_true(take("", "{\"token\":\" abc=1 \\n\"}", &s, &err)); // trimmed
  assert_int_equal(s.count, 1);
  assert_true(sends_is(&s, 0, CONNECTOR_HEADER, "Authorization", "Bearer abc=1"));
  vault_sends_free(&s);
  assert_true(
      take("pair", "{\"password\":\"p{user}\",\"user\":\"Aladdin\"}", &s, &err)); // values are no templates
  assert_int_equal(s.count, 3);
  assert_true(sends_is(&s, 0, CONNECTOR_HEADER, "Authorization", "Basic QWxhZGRpbjpwe3VzZXJ9"));
  assert_true(sends_is(&s, 1, CONNECTOR_QUERY, "k", "x-p{user}"));
  assert_true(sends_is(&s, 2, CONNECTOR_HEADER, "X-User", "<Aladdin>"));
  vault_sends_free(&s);
}

static void the_operator_may_name_the_header(void **state) {
  (void)state;
  static const char *const bad[] = {"X Y", "X:", "X\\u00e4"};
  struct vault_sends s;
  struct err err;
  assert_true(take("own", "{\"name\":\"X-Key\",\"value\":\"v\"}", &s, &err));
  assert_true(sends_is(&s, 0, CONNECTOR_HEADER, "X-Key", "v"));
  vault_sends_free(&s);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char json[64];
    snprintf(json, sizeof json, "{\"name\":\"%s\",\"value\":\"v\"}", bad[i]);
    assert_false(take("own", json, &s, &err));
    assert_int_equal(err.code, ERR_INVALID);
  }
}

static void the_way_is_told_by_the_fields(void **state) {
  (void)state;
  struct vault_sends s;
  struct err err;
  assert_true(take("", "{\"user\":\"u\",\"password\":\"p\"}", &s, &err));
  assert_int_equal(s.count, 3);
  vault_sends_free(&s);
}

static void wrong_fields_are_named(void **state) {
  (void)state;
  static const struct {
    const char *way, *json, *field, *says;
  } bad[] = {
      {"", "{}", "credential.token", "is missing"},
      {"", "[]", "credential", "must be an object"},
      {"", "{\"tokn\":\"x\"}", "credential.tokn", "the fields are token"},
      {"", "{\"token\":1}", "credential.token", "must be text"},
      {"", "{\"token\":\"  \"}", "credential.token", "is empty"},
      {"", "{\"token\":\"SECRET\\r\\nX: y\"}", "credential.token", "control character"},
      {"", "{\"token\":\"SECRET\\u0000\"}", "credential.token", "control character"},
      {"pair", "{\"user\":\"SECRET\"}", "credential.password", "is missing"},
      {"nope", "{\"token\":\"SECRET\"}", "way", "it has token, pair"},
  };
  struct vault_sends s;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err err = {0};
    assert_false(take(bad[i].way, bad[i].json, &s, &err));
    assert_int_equal(err.code, ERR_INVALID);
    if (strcmp(err.field, bad[i].field) != 0 || !strstr(err.text, bad[i].says))
      fail_msg("%zu: %s: %s", i, err.field, err.text);
    assert_null(strstr(err.text, "SECRET"));
  }
}

static void long_values_are_refused(void **state) {
  (void)state;
  struct vault_sends s;
  struct err err;
  char *json = malloc(VAULT_VALUE_MOST + 64);
  assert_non_null(json);
  memset(json, 'x', VAULT_VALUE_MOST + 64);
  memcpy(json, "{\"token\":\"", 10);
  memcpy(json + 11 + VAULT_VALUE_MOST, "\"}", 3);
  assert_false(take("", json, &s, &err));
  assert_string_equal(err.field, "credential.token");
  memcpy(json + 10 + VAULT_VALUE_MOST, "\"}", 3);
  assert_true(take("", json, &s, &err));
  vault_sends_free(&s);
  free(json);
}

static void fixture_is(struct str got, const char *expected) {
  if (!str_is(got, expected)) fail_msg("'%.*s', not '%s'", STR_ARG(got), expected);
}

// A connector of a later version makes more of the same credential.
static void what_is_too_long_to_be_sent_is_an_error(void **state) {
  (void)state;
  enum { KEY = 16000 };
  static const struct {
    const char *send;   // with %s for the template
    const char *before; // what the template begins with
    int times, fits;    // {key}: how often, and how often at most
  } rows[] = {
      {"{in: header, name: X-Key, value: \"%s\"}", "", 80, 4},
      {"{in: header, name: X-Key, value: \"%s\"}", "x{key}", 4, 3},
      {"{in: bearer, value: \"%s\"}", "", 80, 4},
      {"{in: query, name: k, value: \"%s\"}", "", 5, 4},
      {"{in: basic, user: \"%s\", password: \"%s\"}", "", 3, 2},
      {"{in: header, name: X-Key, value: \"%s\"}", "", 100000, 1},
  };
  struct vault_sends s;
  struct buf plain_text = BUF_MAX(KEY + 10);
  buf_add_z(&plain_text, "key=");
  for (int i = 0; i < KEY; i++) buf_add_char(&plain_text, 'k');
  buf_add_char(&plain_text, '\n');
  struct secret *plain = secret_new(buf_str(&plain_text));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int fits = 0; fits < 2; fits++) {
      struct err err = {0};
      struct buf text = BUF_MAX(1 << 20), file = BUF_MAX(4 << 20);
      buf_add_z(&text, rows[i].before);
      for (int n = 0; n < (fits ? rows[i].fits : rows[i].times); n++) buf_add_z(&text, "{key}");
      buf_add_char(&text, 0);
      buf_printf(&file, "name: grown\nlabel: Grown\nkind: rest\nbase_url: https://api.example.com\nauth:\n"
                        "  - id: key\n    fields: [{name: key, secret: true}]\n    send: [");
      for (const char *at = rows[i].send; *at; at++) {
        bool hole = at[0] == '%' && at[1] == 's';
        if (hole)
          buf_add_z(&file, text.p);
        else
          buf_add_char(&file, *at);
        at += hole;
      }
      buf_add_z(&file, "]\n");
      if (!connector_set_add(set, buf_str(&file), &err)) fail_msg("%s", err.text);
      const struct connector *grown = connector_find(set, STR("grown"));
      bool ok = vault_render(connector_way_find(grown, STR("")), plain, arena, &s, &err);
      if (ok != (fits == 1)) fail_msg("%zu, %d: %s", i, fits, ok ? "taken" : err.text);
      if (ok) vault_sends_free(&s);
      if (!ok) assert_non_null(strstr(err.text, "longer than 65536 bytes"));
      buf_free(&text);
      buf_free(&file);
    }
  secret_free(plain);
  buf_free(&plain_text);
}

static void an_echo_is_hidden(void **state) {
  (void)state;
  struct err err;
  struct secret *plain;
  yyjson_doc *doc = yyjson_read("{\"user\":\"operator\",\"password\":\"hunter2!\"}", 41, 0);
  assert_non_null(doc);
  const struct connector_way *way = connector_way_find(c, STR("pair"));
  assert_true(vault_take(way, yyjson_doc_get_root(doc), &plain, &err));
  struct redact *hide = vault_hides(way, plain, NULL);
  fixture_is(redact_text(hide, STR("no such key hunter2! here"), arena), "no such key ******** here");
  fixture_is(redact_text(hide, STR("operator unknown"), arena), "operator unknown"); // no secret
  fixture_is(redact_text(hide, STR("<operator>:b3BlcmF0b3I="), arena), "<operator>:b3BlcmF0b3I=");
  fixture_is(redact_text(hide, STR("Basic b3BlcmF0b3I6aHVudGVyMiE="), arena), "Basic [redacted]E=");
  fixture_is(redact_text(hide, STR("k=x-hunter2%21&X-User=<operator>"), arena),
             "k=[redacted]&X-User=<operator>");
  redact_unref(hide);
  secret_free(plain);
  plain = secret_new(STR("token=cloud://482917365021874:the-inner-secret@acme\n"));
  hide = vault_hides(connector_way_find(c, STR("token")), plain, NULL);
  fixture_is(redact_text(hide, STR("wrong: the-inner-secret of acme"), arena), "wrong: [redacted] of acme");
  redact_unref(hide);
  secret_free(plain);
  yyjson_doc_free(doc);
}

static void a_way_that_grew_a_field_is_told(void **state) {
  (void)state;
  struct err err;
  struct vault_sends s;
  struct secret *plain = secret_new(STR("user=u\n"));
  assert_false(vault_render(connector_way_find(c, STR("pair")), plain, arena, &s, &err));
  assert_non_null(strstr(err.text, "password"));
  secret_free(plain);
}

// Where a client's secret goes is sealed with it, and a key's lines come back.
static void a_client_is_kept_with_its_endpoint(void **state) {
  (void)state;
  static const struct {
    const char *way, *json, *kept;
  } rows[] = {
      {"client", "{\"client_secret\":\"s=1\",\"client_id\":\"me\"}",
       "client_id=me\nclient_secret=s=1\ntoken_url=https://a.example/t\n"},
      {"signed", "{\"private_key\":\"-----B-----\\nAB\\n-----E-----\\n\",\"client_id\":\"me\"}",
       "client_id=me\nprivate_key=-----B-----\rAB\r-----E-----\ntoken_url=https://a.example/t\n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct secret *plain;
    struct err err;
    struct str value;
    yyjson_doc *doc = yyjson_read(rows[i].json, strlen(rows[i].json), 0);
    if (!vault_take(connector_way_find(c, str_of(rows[i].way)), yyjson_doc_get_root(doc), &plain, &err))
      fail_msg("%s: %s", err.field, err.text);
    if (!str_is(secret_reveal(plain), rows[i].kept)) fail_msg("kept %.*s", STR_ARG(secret_reveal(plain)));
    assert_true(vault_value(plain, STR("token_url"), &value) && str_is(value, "https://a.example/t"));
    secret_free(plain);
    yyjson_doc_free(doc);
  }
  struct vault_sends s;
  struct err err;
  assert_false(take("client",
                    "{\"client_secret\":\"s\",\"client_id\":\"me\",\"token_url\":\"https://evil.example\"}",
                    &s, &err));
  assert_string_equal(err.field, "credential.token_url");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_goes_out_is_rendered, setup, teardown),
      cmocka_unit_test_setup_teardown(the_operator_may_name_the_header, setup, teardown),
      cmocka_unit_test_setup_teardown(the_way_is_told_by_the_fields, setup, teardown),
      cmocka_unit_test_setup_teardown(wrong_fields_are_named, setup, teardown),
      cmocka_unit_test_setup_teardown(long_values_are_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_too_long_to_be_sent_is_an_error, setup, teardown),
      cmocka_unit_test_setup_teardown(an_echo_is_hidden, setup, teardown),
      cmocka_unit_test_setup_teardown(a_way_that_grew_a_field_is_told, setup, teardown),
      cmocka_unit_test_setup_teardown(a_client_is_kept_with_its_endpoint, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
