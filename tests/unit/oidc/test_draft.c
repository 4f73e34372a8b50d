// SPDX-License-Identifier: Apache-2.0
// Providers as an administrator wants them: what is refused, and a secret that goes nowhere else.
#include "../support/check.h"

#include "data/json.h"
#include "oidc/draft.h"

static struct arena *arena;
static struct err err;
static struct provider_draft draft;

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

static bool fill(const struct provider *before, const char *json) {
  yyjson_doc *doc;
  if (!json_read(str_of(json), &JSON_LIMITS, &doc, &err)) fail_msg("%s", err.text);
  draft = (struct provider_draft){0};
  bool ok = provider_draft_fill(before, yyjson_doc_get_root(doc), arena, &draft, &err);
  // What it keeps is its own: the document goes.
  draft.secret = arena_dup(arena, draft.secret);
  yyjson_doc_free(doc);
  return ok;
}

#define GOOD "\"name\":\"okta\",\"issuer\":\"https://corp.example/a\",\"client_id\":\"c\""

static void what_is_left_out_is_the_usual(void **state) {
  (void)state;
  if (!fill(NULL, "{" GOOD "}")) fail_msg("%s", err.text);
  check_text(draft.provider.scope, "openid email profile");
  check_text(draft.provider.label, "okta");
  assert_true(str_starts(draft.provider.id, "idp_"));
  assert_int_equal(draft.provider.rule_count, 0);
  assert_false(draft.provider.links_email || draft.keeps_secret || draft.secret.n);
}

static void what_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *json, *field;
  } rows[] = {
      {"{\"name\":\"callback\",\"issuer\":\"https://a.example\",\"client_id\":\"c\"}", "name"},
      {"{\"name\":\"a/b\",\"issuer\":\"https://a.example\",\"client_id\":\"c\"}", "name"},
      {"{\"name\":\"Okta\",\"issuer\":\"https://a.example\",\"client_id\":\"c\"}", "name"},
      {"{\"name\":\"\",\"issuer\":\"https://a.example\",\"client_id\":\"c\"}", "name"},
      {"{\"name\":\"a\",\"issuer\":\"ftp://a.example\",\"client_id\":\"c\"}", "issuer"},
      {"{\"name\":\"a\",\"issuer\":\"https://a.example?x=1\",\"client_id\":\"c\"}", "issuer"},
      {"{\"name\":\"a\",\"issuer\":\"https://a.example#x\",\"client_id\":\"c\"}", "issuer"},
      {"{\"name\":\"a\",\"issuer\":\"https://a.example\"}", "client_id"},
      {"{" GOOD ",\"scope\":\"email\"}", "scope"},
      {"{" GOOD ",\"scope\":\"openidx\"}", "scope"},
      {"{" GOOD ",\"client_secret\":\"a\\nb\"}", "client_secret"},
      {"{" GOOD ",\"rules\":[{\"group\":\"a\"}]}", "/rules/0/role"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (fill(NULL, rows[i].json)) fail_msg("%s was taken", rows[i].json);
    assert_int_equal(err.code, ERR_INVALID);
    if (strcmp(err.field, rows[i].field) != 0)
      fail_msg("%s: at %s, not %s", rows[i].json, err.field, rows[i].field);
  }
}

static void a_secret_stays_where_it_was_given_for(void **state) {
  (void)state;
  assert_true(fill(NULL, "{" GOOD ",\"client_secret\":\"s\"}"));
  check_text(draft.secret, "s");
  struct provider before = draft.provider;
  before.secret = STR("sealed");
  assert_true(fill(&before, "{\"label\":\"Okta\"}"));
  assert_true(draft.keeps_secret);
  check_text(draft.provider.label, "Okta");
  check_text(draft.provider.issuer, "https://corp.example/a");
  assert_false(fill(&before, "{\"issuer\":\"https://evil.example\"}"));
  check_text(str_of(err.field), "client_secret");
  assert_false(fill(&before, "{\"client_id\":\"other\"}"));
  check_text(str_of(err.field), "client_secret");
  assert_true(fill(&before, "{\"issuer\":\"https://other.example\",\"client_secret\":\"t\"}"));
  check_text(draft.secret, "t");
  assert_true(fill(&before, "{\"client_secret\":\"\"}"));
  assert_false(draft.keeps_secret || draft.secret.n);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_left_out_is_the_usual, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(a_secret_stays_where_it_was_given_for, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
