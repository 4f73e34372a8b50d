// SPDX-License-Identifier: Apache-2.0
#include "catalog/admission.h"

#include "../support/fresh_store.h"
#include "data/json.h"

static void takes_slugs_that_are_no_tokens(void **state) {
  (void)state;
  static const char *const good[] = {"crm", "a", "sales-eu", "2026", "x-1-y"};
  static const char *const bad[] = {"",    "Crm", "-crm", "crm-",        "a--b", "pst_1234",
                                    "a.b", "a/b", "a b",  "caf\xc3\xa9", "..",   "a%20b"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!admission_slug_is_good(str_of(good[i]))) fail_msg("refused \"%s\"", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (admission_slug_is_good(str_of(bad[i]))) fail_msg("took \"%s\"", bad[i]);
}

static bool read_text(const char *text, struct arena *a, struct admission *out, struct err *err) {
  yyjson_doc *doc;
  assert_true(json_read(str_of(text), &JSON_LIMITS, &doc, err));
  bool ok = admission_read(yyjson_doc_get_root(doc), a, out, err);
  yyjson_doc_free(doc);
  return ok;
}

static void reads_what_it_writes(void **state) {
  (void)state;
  struct arena *a = arena_new();
  const char *text = "{\"slug\":\"crm\",\"roles\":[\"admin\",\"viewer\"],\"groups\":[\"sales "
                     "\\\"eu\\\"\"],\"people\":[\"usr_1\"]}";
  struct admission v;
  struct err err;
  assert_true(read_text(text, a, &v, &err));
  struct str again = admission_write(&v, a);
  if (!str_is(again, text)) fail_msg("expected %s, got %.*s", text, STR_ARG(again));
  assert_int_equal(admission_write(&(struct admission){0}, a).n, 0);
  assert_false(read_text("{\"slug\":\"pst_abc\"}", a, &v, &err));
  assert_string_equal(err.field, "slug");
  assert_false(read_text("{\"roles\":[\"client\"]}", a, &v, &err)); // of API tokens alone
  assert_false(read_text("{\"groups\":[\"a\\nb\"]}", a, &v, &err));
  assert_false(read_text("{\"groups\":[\"\"]}", a, &v, &err));
  arena_free(a);
}

static void admits_by_role_group_or_name(void **state) {
  (void)state;
  struct str groups[] = {STR("sales"), STR("ops")}, wanted[] = {STR("ops")}, people[] = {STR("usr_1")};
  struct access_user ada = {
      .self = {.id = STR("usr_1"), .role = ACCESS_VIEWER}, .groups = groups, .group_count = 2};
  struct access_user bob = {.self = {.id = STR("usr_2"), .role = ACCESS_EDITOR}};
  struct admission nobody = {.slug = STR("crm")};
  struct admission role = {.roles = 1u << ACCESS_EDITOR}, group = {.groups = wanted, .group_count = 1},
                   person = {.people = people, .person_count = 1};
  assert_false(admission_admits(&nobody, &ada));
  assert_false(admission_admits(&role, &ada));
  assert_true(admission_admits(&role, &bob));
  assert_true(admission_admits(&group, &ada));
  assert_false(admission_admits(&group, &bob));
  assert_true(admission_admits(&person, &ada));
  assert_false(admission_admits(&person, &bob));
  groups[1] = STR("OPS"); // case counts
  assert_false(admission_admits(&group, &ada));
}

struct claim {
  const char *slug, *server;
  bool again;
};

static bool claim_body(struct store *s, void *arg, struct err *err) {
  const struct claim *c = arg;
  return admission_claim(s, &(struct admission){.slug = str_of(c->slug), .again = c->again},
                         str_of(c->server), err);
}

static bool claims(const char *slug, const char *server, bool again, struct err *err) {
  struct claim c = {slug, server, again};
  return store_transact(store, claim_body, &c, err);
}

static void a_slug_comes_to_no_other_server_unawares(void **state) {
  (void)state;
  struct err err;
  assert_true(store_run(
      store,
      "INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, "
      "updated_at, expires_at, version, stamp) VALUES ('srv_1', 'one', 0, '{}', 0, 'h', 1, 1, 0, 1, '')",
      NULL, 0, NULL, &err));
  assert_true(claims("crm", "srv_1", false, &err));
  assert_true(claims("crm", "srv_1", false, &err)); // its own, again
  assert_true(claims("other", "srv_1", false, &err));
  assert_false(claims("crm", "srv_2", true, &err)); // another that is there may want its old one back
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_true(store_run(store, "DELETE FROM server WHERE id = 'srv_1'", NULL, 0, NULL, &err));
  assert_false(claims("crm", "srv_2", false, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_non_null(strstr(err.hint, "reuse_slug"));
  assert_true(claims("crm", "srv_2", true, &err));
  assert_true(claims("", "srv_3", false, &err)); // none is nobody's
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(takes_slugs_that_are_no_tokens),
      cmocka_unit_test(reads_what_it_writes),
      cmocka_unit_test(admits_by_role_group_or_name),
      cmocka_unit_test_setup_teardown(a_slug_comes_to_no_other_server_unawares, fresh_store_open,
                                      fresh_store_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
