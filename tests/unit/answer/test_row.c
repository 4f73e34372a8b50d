// SPDX-License-Identifier: Apache-2.0
// Kept answers as rows: sealed, bound to whose they are and where they come from, bounded by owner, gone with an account
// or with time, sealed anew under another key.
#include "../support/fresh_store.h"

#include "account/account_row.h"
#include "answer/answer.h"
#include "base/buf.h"
#include "crypto/seal.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"
#define KEYS KEY "k2 2222222222222222222222222222222222222222222222222222222222222222\n"

static struct seal_ring *ring;
static struct err err;
static const struct str both[] = {{"acc_b", 5}, {"acc_a", 5}};

static int setup(void **state) {
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  fresh_store_account("acc_a", "a", "cloudflare");
  fresh_store_account("acc_b", "b", "cloudflare");
  return 0;
}

static int teardown(void **state) {
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static struct answer_row sample(const char *id, const char *owner) {
  return (struct answer_row){
      .id = str_of(id),
      .owner = str_of(owner),
      .is_private = true,
      .server_id = STR(""),
      .conversation = str_of(id),
      .follows = STR(""),
      .rerun_of = STR(""),
      .created_at = 7,
      .asked = STR("{\"question\":\"Zebras?\",\"program\":{\"version\":1}}"),
      .told = STR("{\"text\":\"Nine zebras.\",\"results\":[{\"name\":\"r1\"},{\"name\":\"r2\"}]}"),
      .accounts = both,
      .account_count = 2};
}

static void insert(const struct answer_row *row) {
  if (!answer_row_insert(store, row, &err)) fail_msg("%s", err.text);
}

static void refuse(bool ok, enum err_code code) {
  if (ok || err.code != code) fail_msg("expected %s, got %s", err_name(code), ok ? "ok" : err.text);
}

static bool read_as(const char *id, const char *owner, bool shared, struct answer *out) {
  struct answer_asker asker = {str_of(owner), shared};
  return answer_read(store, str_of(id), &asker, arena, out, &err);
}

static int64_t count(const char *sql) {
  struct store_rows rows;
  if (!store_query(store, sql, NULL, 0, arena, &rows, &err)) fail_msg("%s", err.text);
  return store_cell(&rows, 0, 0)->number;
}

static void test_whole(void **state) {
  (void)state;
  struct answer_row row = sample("ans_1", "tok_1");
  struct answer a;
  insert(&row);
  if (!read_as("ans_1", "tok_1", false, &a)) fail_msg("%s", err.text);
  check_text(answer_question(&a), "Zebras?");
  assert_non_null(answer_program(&a));
  assert_ptr_equal(answer_result(&a, STR("")), answer_result(&a, STR("r1")));
  assert_non_null(answer_result(&a, STR("r2")));
  assert_null(answer_result(&a, STR("r3")));
  assert_int_equal(a.row.account_count, 2);
  answer_free(&a);
  struct store_rows rows;
  assert_true(store_query(store, "SELECT asked, told FROM answer", NULL, 0, arena, &rows, &err));
  for (size_t i = 0; i < 2; i++) assert_null(strstr(store_cell(&rows, 0, i)->text.p, "ebras"));
}

static void test_seen(void **state) {
  (void)state;
  struct answer_row row = sample("ans_1", "tok_1");
  struct answer a;
  insert(&row);
  refuse(read_as("ans_1", "tok_2", true, &a), ERR_MISSING);
  char another[sizeof err.text];
  strcpy(another, err.text);
  refuse(read_as("ans_2", "tok_2", true, &a), ERR_MISSING);
  another[strlen("there is no answer 'ans_")] = '2';
  assert_string_equal(another, err.text); // and an unknown one looks the same
  struct answer_row theirs = row;
  theirs.owner = STR("tok_2");
  refuse(answer_row_show(store, &theirs, false, &err), ERR_MISSING);
  refuse(answer_row_delete(store, row.id, STR("tok_2"), &err), ERR_MISSING);
  if (!answer_row_show(store, &row, false, &err)) fail_msg("%s", err.text);
  refuse(read_as("ans_1", "tok_2", false, &a), ERR_MISSING);
  assert_true(read_as("ans_1", "tok_2", true, &a));
  answer_free(&a);
  assert_true(answer_row_delete(store, row.id, row.owner, &err));
  refuse(read_as("ans_1", "tok_1", true, &a), ERR_MISSING);
  assert_int_equal(count("SELECT count(*) FROM answer_account"), 0);
}

// All that a row says of whose it is and where it comes from goes with a seal.
static void test_bound(void **state) {
  (void)state;
  static const char *const edits[] = {"UPDATE answer SET visibility = 'shared'",
                                      "UPDATE answer SET owner = 'tok_2'",
                                      "UPDATE answer SET server_id = 'srv_1'",
                                      "UPDATE answer SET conversation = 'ans_9'",
                                      "UPDATE answer SET follows = 'ans_9'",
                                      "UPDATE answer SET rerun_of = 'ans_9'",
                                      "UPDATE answer SET created_at = 8",
                                      "UPDATE answer SET asked = told",
                                      "UPDATE answer SET told = substr(told, 1, length(told) - 4)",
                                      "UPDATE answer SET asked = ''",
                                      "DELETE FROM answer_account WHERE account_id = 'acc_a'"};
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct answer_row row = sample("ans_1", "tok_1");
    struct answer a;
    fresh_store_sql("DELETE FROM answer");
    insert(&row);
    fresh_store_sql(edits[i]);
    if (read_as("ans_1", "tok_1", true, &a) || read_as("ans_1", "tok_2", true, &a)) fail_msg("%s", edits[i]);
  }
}

static void test_damaged(void **state) {
  (void)state;
  struct answer_row row = sample("ans_1", "tok_1"), other = sample("ans_2", "tok_1"), *all;
  struct answer a;
  struct str last;
  size_t n;
  insert(&row);
  insert(&other);
  fresh_store_sql(
      "UPDATE answer SET asked = (SELECT asked FROM answer WHERE id = 'ans_2') WHERE id = 'ans_1'");
  refuse(read_as("ans_1", "tok_1", false, &a), ERR_INTERNAL);
  assert_non_null(strstr(err.text, "cannot be read"));
  refuse(read_as("ans_1", "tok_2", true, &a), ERR_MISSING); // others are not even told that
  struct answer_list q = {.owner = STR("tok_1"), .mine = true, .limit = 10};
  assert_true(answer_row_list(store, &q, arena, &all, &n, &last, &err));
  assert_int_equal(n, 1);
  check_text(all[0].id, "ans_2");
  assert_true(answer_row_delete(store, row.id, row.owner, &err)); // it can be taken away
}

static void list(const struct answer_list *q, const char *expected) {
  struct answer_row *all;
  struct str last, got = STR("");
  size_t n;
  if (!answer_row_list(store, q, arena, &all, &n, &last, &err)) fail_msg("%s", err.text);
  for (size_t i = 0; i < n; i++) got = ARENA_JOIN(arena, got, all[i].id, STR(" "));
  check_text(ARENA_JOIN(arena, got, STR("/"), last), expected);
}

static void test_listed(void **state) {
  (void)state;
  static const char *const ids[] = {"ans_1", "ans_2", "ans_3", "ans_4", "ans_5"};
  for (size_t i = 0; i < 5; i++) {
    struct answer_row row = sample(ids[i], i % 2 ? "tok_2" : "tok_1");
    row.is_private = i != 3;
    if (i == 2) row.conversation = STR("ans_1");
    insert(&row);
  }
  struct answer_list q = {.owner = STR("tok_1"), .mine = true, .shared = true, .limit = 10};
  list(&q, "ans_5 ans_4 ans_3 ans_1 /");
  q.limit = 2;
  list(&q, "ans_5 ans_4 /ans_4");
  q.after = STR("ans_4");
  list(&q, "ans_3 ans_1 /ans_1");
  q.after = STR("ans_1");
  list(&q, "/");
  q = (struct answer_list){.owner = STR("tok_1"), .shared = true, .limit = 10};
  list(&q, "ans_4 /");
  q = (struct answer_list){.owner = STR("tok_1"), .mine = true, .conversation = STR("ans_1"), .limit = 10};
  list(&q, "ans_1 ans_3 /");
  q.owner = STR("tok_2");
  list(&q, "/");
}

// A page ends early where its questions are large, and goes on.
static void test_listed_large(void **state) {
  (void)state;
  struct buf text = BUF_MAX(1 << 20);
  for (size_t i = 0; i < 900 * 1024; i++) buf_add_char(&text, 'x');
  for (int i = 10; i < 30; i++) {
    struct answer_row row = sample(arena_printf(arena, "ans_%d", i).p, "tok_1");
    row.asked = buf_str(&text);
    insert(&row);
  }
  buf_free(&text);
  struct answer_list q = {.owner = STR("tok_1"), .mine = true, .limit = 100};
  size_t seen = 0, pages = 0;
  do {
    struct answer_row *all;
    size_t n;
    assert_true(answer_row_list(store, &q, arena, &all, &n, &q.after, &err));
    assert_true(n > 0 && n < 15);
    seen += n;
    pages++;
  } while (q.after.n);
  assert_int_equal(seen, 20);
  assert_true(pages > 1);
}

// An owner's oldest make room for its own; where all is full, those of who has most.
static void test_bounds(void **state) {
  (void)state;
  struct answer_row row = sample("ans_z", "tok_1");
  fresh_store_sql(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO answer "
      "SELECT 'ans_' || (10000 + i), 'tok_1', 'private', '', '', '', '', 1, 0, 10, 10, '', '', '' FROM n");
  struct answer_row others = sample("ans_a", "tok_2");
  insert(&others);
  insert(&row);
  assert_int_equal(count("SELECT count(*) FROM answer WHERE owner = 'tok_2'"), 1);
  assert_true(count("SELECT count(*) FROM answer WHERE owner = 'tok_1'") <= ANSWERS_OWNER_MOST);
  assert_int_equal(count("SELECT count(*) FROM answer WHERE id = 'ans_10001'"), 0);
  assert_int_equal(count("SELECT count(*) FROM answer WHERE id = 'ans_15000'"), 1);
  fresh_store_sql("UPDATE answer SET told_bytes = 70000000 WHERE id = 'ans_15000'"); // by their bytes
  row.id = row.conversation = STR("ans_zz");
  insert(&row);
  assert_int_equal(count("SELECT count(*) FROM answer WHERE id = 'ans_15000'"), 0);
  fresh_store_sql("DELETE FROM answer");
  fresh_store_sql(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO answer "
      "SELECT 'ans_' || i, 'tok_' || (i % 9), 'private', '', '', '', '', 1, 0, 10, 10, '', '', '' FROM n");
  fresh_store_sql("UPDATE answer SET owner = 'tok_most' WHERE owner IN ('tok_4', 'tok_5')");
  row.owner = STR("tok_new"); // has none of its own: those of who has most go
  insert(&row);
  assert_int_equal(count("SELECT count(*) FROM answer WHERE owner = 'tok_new'"), 1);
  assert_true(count("SELECT count(*) FROM answer WHERE owner = 'tok_most'") < 4444);
  assert_int_equal(count("SELECT count(*) FROM answer WHERE owner NOT IN ('tok_new', 'tok_most')"), 15556);
}

static void test_account_goes(void **state) {
  (void)state;
  static const struct str one[] = {{"acc_b", 5}};
  struct answer_row joined = sample("ans_1", "tok_1"), other = sample("ans_2", "tok_1");
  struct answer a;
  other.accounts = one;
  other.account_count = 1;
  insert(&joined);
  insert(&other);
  if (!account_row_delete(store, STR("acc_a"), &err)) fail_msg("%s", err.text);
  assert_true(read_as("ans_1", "tok_1", false, &a));
  assert_null(a.told);
  assert_true(a.row.gone_at > 0);
  check_text(answer_question(&a), "Zebras?");
  assert_non_null(answer_program(&a));
  assert_null(answer_result(&a, STR("")));
  answer_free(&a);
  assert_true(read_as("ans_2", "tok_1", false, &a));
  assert_non_null(a.told);
  answer_free(&a);
  struct answer_row late = sample("ans_3", "tok_1"); // it was being answered meanwhile
  insert(&late);
  assert_true(read_as("ans_3", "tok_1", false, &a));
  assert_null(a.told);
  answer_free(&a);
  if (!answer_row_show(store, &late, false, &err)) fail_msg("%s", err.text);
}

static void test_purged(void **state) {
  (void)state;
  struct answer_row old = sample("ans_1", "tok_1"), young = sample("ans_2", "tok_1");
  young.created_at = 1000;
  insert(&old);
  insert(&young);
  assert_true(answer_row_purge(store, 7, &err));
  assert_int_equal(count("SELECT count(*) FROM answer"), 2);
  assert_true(answer_row_purge(store, 8, &err));
  assert_int_equal(count("SELECT count(*) FROM answer WHERE id = 'ans_2'"), 1);
  assert_int_equal(count("SELECT count(*) FROM answer"), 1);
}

static void test_other_key(void **state) {
  (void)state;
  struct answer a;
  for (int i = 0; i < 40; i++) {
    struct answer_row row = sample(arena_printf(arena, "ans_%02d", i).p, "tok_1");
    insert(&row);
  }
  fresh_store_sql("UPDATE answer SET told = asked WHERE id = 'ans_20'"); // damaged: it stops no other
  struct seal_ring *old = ring;
  size_t done;
  assert_true(seal_ring_from_text(STR(KEYS), &ring, &err));
  store_set_ring(store, ring);
  assert_true(answer_row_reseal(store, &done, &err));
  assert_int_equal(done, 39);
  assert_int_equal(count("SELECT count(*) FROM answer WHERE sealed_by = 'k2' AND asked LIKE 'v1.k2.%' AND "
                         "told LIKE 'v1.k2.%'"),
                   39);
  assert_true(answer_row_reseal(store, &done, &err));
  assert_int_equal(done, 0);
  assert_true(read_as("ans_39", "tok_1", false, &a));
  answer_free(&a);
  seal_ring_free(old);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
      cmocka_unit_test_setup_teardown(test_seen, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bound, setup, teardown),
      cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
      cmocka_unit_test_setup_teardown(test_listed, setup, teardown),
      cmocka_unit_test_setup_teardown(test_listed_large, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
      cmocka_unit_test_setup_teardown(test_account_goes, setup, teardown),
      cmocka_unit_test_setup_teardown(test_purged, setup, teardown),
      cmocka_unit_test_setup_teardown(test_other_key, setup, teardown),
  };
  return cmocka_run_group_tests_name("answer/row", tests, NULL, NULL);
}
