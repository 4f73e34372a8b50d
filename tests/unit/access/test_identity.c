// SPDX-License-Identifier: Apache-2.0
// People of a company's provider: made, linked, followed, barred; and rows that somebody else wrote.
#include "../support/fresh_store.h"

#include "access/identity.h"
#include "access/signin.h"
#include "crypto/seal.h"

#define OP "https://op.example"

static struct err err;
static struct access_user *all;
static size_t count;

static const struct access_user *named(const char *name) {
  if (!user_list(store, arena, &all, &count, &err)) fail_msg("%s", err.text);
  return user_find(all, count, str_of(name));
}

static struct identity_claim claim(const char *subject, const char *name) {
  return (struct identity_claim){.provider_id = STR("idp_1"),
                                 .issuer = STR(OP),
                                 .subject = str_of(subject),
                                 .name = str_of(name),
                                 .email = str_of(name),
                                 .email_verified = true,
                                 .admitted = true,
                                 .role = ACCESS_VIEWER};
}

static struct identity_entry enter(const struct identity_claim *c) {
  struct identity_entry e;
  if (!identity_enter(store, c, arena, &e, &err)) fail_msg("%s", err.text);
  return e;
}

static char cookie[TOKEN_TEXT];
static void sign_in(struct str user_id) {
  const struct signin_browser at = {.address = STR("192.0.2.7"), .agent = STR("x"), .lives_ms = 3600 * 1000};
  struct signin made;
  if (!signin_enter(store, user_id, &at, arena, &made, cookie, &err)) fail_msg("%s", err.text);
}
static bool is_in(void) {
  struct signin v;
  return signin_find(store, str_of(cookie), 3600 * 1000, arena, &v, &err);
}

static void the_first_makes_and_the_next_follows(void **state) {
  (void)state;
  const struct str groups[] = {STR("eng"), STR("all")};
  struct identity_claim c = claim("1", "ada@corp.example");
  c.groups = groups;
  c.group_count = 2;
  struct identity_entry e = enter(&c);
  assert_int_equal(e.outcome, IDENTITY_MADE);
  const struct access_user *u = named("ada@corp.example");
  assert_true(str_eq(u->self.id, e.user_id) && u->identity.made && user_acts(u));
  assert_int_equal(u->self.role, ACCESS_VIEWER);
  assert_int_equal(u->group_count, 2);
  c.role = ACCESS_ADMIN;
  c.group_count = 1;
  c.name = STR("another@corp.example"); // her name here stays
  e = enter(&c);
  assert_int_equal(e.outcome, IDENTITY_ENTERED);
  u = named("ada@corp.example");
  assert_int_equal(u->self.role, ACCESS_ADMIN);
  assert_int_equal(u->group_count, 1);
  check_text(u->identity.email, "ada@corp.example");
  assert_null(named("another@corp.example"));
}

static void who_is_who_by_issuer_and_subject_alone(void **state) {
  (void)state;
  struct identity_claim c = claim("1", "ada@corp.example"), d = claim("2", "ada@corp.example"),
                        f = claim("1", "ada@corp.example");
  f.issuer = STR("https://other.example");
  struct str first = enter(&c).user_id, second = enter(&d).user_id, third = enter(&f).user_id;
  assert_false(str_eq(first, second) || str_eq(first, third) || str_eq(second, third));
  assert_true(str_eq(named("ada@corp.example")->self.id, first));
  assert_true(str_eq(named("ada@corp.example (2)")->self.id, second));
  assert_true(str_eq(named("ada@corp.example (3)")->self.id, third));
}

static void a_local_person_is_linked_only_where_it_is_said(void **state) {
  (void)state;
  struct access_user local;
  assert_true(user_create(store, STR("Ada@corp.example"), ACCESS_ADMIN, arena, &local, &err));
  struct identity_claim c = claim("1", "ada@corp.example");
  assert_int_equal(enter(&c).outcome, IDENTITY_MADE); // nobody said so: another person, of another name
  assert_int_equal(named("Ada@corp.example")->self.role, ACCESS_ADMIN);
  c = claim("2", "ada@corp.example");
  c.links_email = true;
  c.email_verified = false;
  assert_int_equal(enter(&c).outcome, IDENTITY_MADE);
  c = claim("3", "ada@corp.example");
  c.links_email = true;
  struct identity_entry e = enter(&c);
  assert_int_equal(e.outcome, IDENTITY_LINKED);
  assert_true(str_eq(e.user_id, local.self.id));
  const struct access_user *u = named("Ada@corp.example");
  assert_int_equal(u->self.role, ACCESS_ADMIN); // as an administrator made her, not as the rule says
  assert_false(u->identity.made);
  c = claim("4", "ada@corp.example"); // a second one with that address finds her taken
  c.links_email = true;
  assert_int_equal(enter(&c).outcome, IDENTITY_MADE);
}

static void whom_no_rule_lets_in(void **state) {
  (void)state;
  const struct str groups[] = {STR("eng")};
  struct identity_claim c = claim("1", "ada@corp.example");
  c.admitted = false;
  struct identity_entry e = enter(&c);
  assert_int_equal(e.outcome, IDENTITY_STRANGER);
  assert_null(named("ada@corp.example"));
  c.admitted = true;
  c.groups = groups;
  c.group_count = 1;
  sign_in(enter(&c).user_id);
  assert_true(is_in());
  c.admitted = false;
  e = enter(&c);
  assert_int_equal(e.outcome, IDENTITY_BARRED);
  assert_false(is_in());
  const struct access_user *u = named("ada@corp.example");
  assert_false(user_acts(u));
  assert_int_equal(u->group_count, 0);
  int64_t since = u->identity.barred_at;
  enter(&c);
  assert_int_equal(named("ada@corp.example")->identity.barred_at, since);
  c.admitted = true;
  assert_int_equal(enter(&c).outcome, IDENTITY_ENTERED);
  assert_true(user_acts(named("ada@corp.example")));
  assert_int_equal(named("ada@corp.example")->group_count, 1);
}

// A password of hers lets a linked one in still: an administrator gave it.
static void a_linked_person_is_not_barred(void **state) {
  (void)state;
  struct access_user local;
  assert_true(user_create(store, STR("ada@corp.example"), ACCESS_EDITOR, arena, &local, &err));
  struct identity_claim c = claim("1", "ada@corp.example");
  c.links_email = true;
  enter(&c);
  sign_in(local.self.id);
  c.admitted = false;
  assert_int_equal(enter(&c).outcome, IDENTITY_BARRED);
  assert_true(user_acts(named("ada@corp.example")));
  assert_true(is_in());
}

static void a_provider_that_goes_takes_its_people_out(void **state) {
  (void)state;
  struct identity_claim c = claim("1", "ada@corp.example"), other = claim("2", "ben@corp.example");
  other.provider_id = STR("idp_2");
  enter(&other);
  sign_in(enter(&c).user_id);
  assert_true(identity_bar_all(store, STR("idp_1"), arena, &err));
  assert_false(is_in());
  assert_false(user_acts(named("ada@corp.example")));
  assert_true(user_acts(named("ben@corp.example")));
}

static void what_somebody_else_wrote_lets_nobody_in(void **state) {
  (void)state;
  struct seal_ring *ring;
  assert_true(seal_ring_from_text(STR("k1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
                                  &ring, &err));
  store_set_ring(store, ring);
  static const char *const forged[] = {"UPDATE console_identity SET barred_at = 0",
                                       "UPDATE console_identity SET made = 0",
                                       "UPDATE console_identity SET subject = 'evil'",
                                       "UPDATE console_identity SET issuer = 'https://evil.example'",
                                       "UPDATE console_identity SET confirmed_at = 9999999999999",
                                       "UPDATE console_identity SET stamp = ''"};
  for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
    char *subject = arena_z(arena, arena_printf(arena, "s%zu", i)),
         *name = arena_z(arena, arena_printf(arena, "p%zu", i));
    struct identity_claim c = claim(subject, name);
    enter(&c);
    c.admitted = false;
    enter(&c);
    assert_non_null(named(name));
    fresh_store_sql(arena_printf(arena, "%s WHERE subject = '%s'", forged[i], subject).p);
    if (named(name)) fail_msg("%s is believed", forged[i]);
    fresh_store_sql("DELETE FROM console_user");
  }
  store_set_ring(store, NULL);
  seal_ring_free(ring);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_first_makes_and_the_next_follows, fresh_store_open,
                                      fresh_store_close),
      cmocka_unit_test_setup_teardown(who_is_who_by_issuer_and_subject_alone, fresh_store_open,
                                      fresh_store_close),
      cmocka_unit_test_setup_teardown(a_local_person_is_linked_only_where_it_is_said, fresh_store_open,
                                      fresh_store_close),
      cmocka_unit_test_setup_teardown(whom_no_rule_lets_in, fresh_store_open, fresh_store_close),
      cmocka_unit_test_setup_teardown(a_linked_person_is_not_barred, fresh_store_open, fresh_store_close),
      cmocka_unit_test_setup_teardown(a_provider_that_goes_takes_its_people_out, fresh_store_open,
                                      fresh_store_close),
      cmocka_unit_test_setup_teardown(what_somebody_else_wrote_lets_nobody_in, fresh_store_open,
                                      fresh_store_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
