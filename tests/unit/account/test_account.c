// SPDX-License-Identifier: Apache-2.0
#include "vendor.h"

#include "account/keys.h"
#include "data/json.h"

static char folder[64];
static struct vendor v;

// A vendor with one good token, and as many accounts as `accounts` says.
static const char *good_token = "Bearer good-token";
static const char *accounts = "{\"success\":true,\"result\":[{\"id\":\"a1\",\"name\":\"One\"}]}";

static int tiny(const char *path, const char **body, struct err *err) {
  (void)err;
  bool good = strcmp(vendor_seen.authorization, good_token) == 0;
  *body = !good ? "{\"success\":false,\"errors\":[{\"code\":1000,\"message\":\"Invalid token\"}]}"
          : strcmp(path, "/accounts") == 0 ? accounts
                                           : "{\"success\":true}";
  return good ? 200 : 401;
}

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  vendor_open(&v, folder);
  vendor_answer = tiny;
  good_token = "Bearer good-token";
  accounts = "{\"success\":true,\"result\":[{\"id\":\"a1\",\"name\":\"One\"}]}";
  return 0;
}

static int teardown(void **state) {
  (void)state;
  vendor_close(&v);
  temp_remove(folder);
  return 0;
}

static bool with(const char *json, struct str id, struct account **out, struct err *err) {
  yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
  assert_non_null(doc);
  yyjson_val *root = yyjson_doc_get_root(doc);
  struct account_new in = {json_str(root, "name"), json_str(root, "way"), json_str(root, "base_url"),
                           yyjson_obj_get(root, "credential"), yyjson_obj_get(root, "context")};
  bool ok = id.n ? account_change(&v.env, v.connector, id, &in, out, err)
                 : account_create(&v.env, v.connector, &in, out, err);
  yyjson_doc_free(doc);
  return ok;
}

#define GOOD(name) "{\"name\":\"" name "\",\"credential\":{\"token\":\"good-token\"}}"

static struct account *make(const char *json) {
  struct account *a = NULL;
  struct err err = {0};
  if (!with(json, STR_NONE, &a, &err)) fail_msg("%s: %s (%s)", err.field, err.text, err.hint);
  return a;
}

static size_t load(struct account ***out) {
  size_t count;
  struct err err;
  assert_true(account_load_all(&v.env, v.set, v.arena, out, &count, &err));
  return count;
}

static size_t rows(const char *table) {
  struct store_rows r;
  struct err err;
  assert_true(store_query(v.store, arena_printf(v.arena, "SELECT count(*) FROM %s", table).p, NULL, 0,
                          v.arena, &r, &err));
  return (size_t)store_cell(&r, 0, 0)->number;
}

static bool row_holds(const char *needle) {
  struct store_rows r;
  struct err err;
  if (!store_query(v.store, "SELECT 1 FROM account AS a WHERE strpos(a::text, $1) > 0",
                   &STORE_TEXT(str_of(needle)), 1, v.arena, &r, &err))
    fail_msg("%s", err.text);
  return r.count > 0;
}

// In SQLite's files, or in a row of PostgreSQL's: what becomes of the place of a row that is gone is its own business.
static bool is_stored(const char *needle) {
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  bool holds = store_url_on_postgres() && row_holds(needle);
  for (size_t i = 0; i < 3; i++) {
    char path[160];
    snprintf(path, sizeof path, "%s/postern.db%s", folder, suffixes[i]);
    FILE *f = fopen(path, "r");
    if (!f) continue;
    struct buf b = BUF_MAX(16 << 20);
    char part[65536];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_add(&b, str_make(part, n));
    fclose(f);
    holds |= str_contains(buf_str(&b), str_of(needle));
    buf_free(&b);
  }
  return holds;
}

static void a_good_credential_is_kept_sealed(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), **all;
  assert_true(str_is(a->status, "ok") && a->verified_at > 0 && a->version == 1);
  assert_true(str_starts(a->id, "acc_") && str_is(a->way, "token"));
  assert_true(str_is(a->base_url, "https://api.example.com/v1"));
  assert_true(str_is(secret_reveal(a->sends[0].value), "Bearer good-token"));
  // The one account that the credential sees is filled in.
  assert_true(str_is(json_str(yyjson_doc_get_root(a->context), "account_id"), "a1"));
  assert_true(str_is(json_text(json_at(yyjson_doc_get_root(a->choices), STR("/account_id/0/title"))), "One"));
  assert_false(is_stored("good-token"));
  assert_int_equal(load(&all), 1);
  assert_true(str_eq(all[0]->id, a->id) &&
              str_is(secret_reveal(all[0]->sends[0].value), "Bearer good-token"));
  assert_int_equal(all[0]->send_count, 1);
  account_free(all[0]);
  account_free(a);
}

// A connector imported anew with another address must not lead stored credentials there.
static void the_address_stays_the_one_that_was_verified(void **state) {
  (void)state;
  struct account *a = make(GOOD("pinned")), **all;
  struct arena *arena = arena_new();
  struct store_rows found;
  struct err err;
  assert_true(store_query(v.env.store, "SELECT base_url FROM account", NULL, 0, arena, &found, &err));
  assert_true(str_is(store_cell(&found, 0, 0)->text, "https://api.example.com/v1"));
  assert_int_equal(load(&all), 1);
  assert_true(str_is(all[0]->base_url, "https://api.example.com/v1"));
  account_free(all[0]);
  account_free(a);
  arena_free(arena);
}

static void a_bad_credential_is_not_kept(void **state) {
  (void)state;
  struct account *a = NULL;
  struct err err = {0};
  assert_false(with("{\"name\":\"x\",\"credential\":{\"token\":\"wrong-token\"}}", STR_NONE, &a, &err));
  assert_int_equal(err.code, ERR_UNPROCESSABLE);
  assert_string_equal(err.field, "credential");
  assert_non_null(strstr(err.text, "HTTP 401, code 1000: Invalid token"));
  assert_string_equal(err.hint, "Make a new token.");
  assert_null(a);
  assert_int_equal(rows("account"), 0);
}

static void several_choices_are_kept_for_the_caller(void **state) {
  (void)state;
  accounts = "{\"result\":[{\"id\":\"a1\"},{\"id\":\"a2\"}]}";
  struct account *a = make(GOOD("main"));
  assert_int_equal(yyjson_obj_size(yyjson_doc_get_root(a->context)), 0);
  assert_int_equal(yyjson_arr_size(json_at(yyjson_doc_get_root(a->choices), STR("/account_id"))), 2);
  account_free(a);
  a = make(
      "{\"name\":\"second\",\"credential\":{\"token\":\"good-token\"},\"context\":{\"account_id\":\"a2\"}}");
  assert_true(str_is(json_str(yyjson_doc_get_root(a->context), "account_id"), "a2"));
  account_free(a);
}

static void a_name_is_taken_once(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), *b = NULL;
  struct err err = {0};
  assert_false(with(GOOD("main"), STR_NONE, &b, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_string_equal(err.field, "name");
  account_free(a);
}

static void changes_are_whole_and_counted(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), *b = NULL;
  struct err err = {0};
  int asked = vendor_seen.count;
  assert_true(
      with("{\"name\":\"other\",\"context\":{\"region\":\"eu\",\"account_id\":null}}", a->id, &b, &err));
  assert_int_equal(vendor_seen.count, asked); // nothing to verify
  assert_true(str_is(b->name, "other") && b->version == 2 && b->created_at == a->created_at);
  assert_true(str_is(json_str(yyjson_doc_get_root(b->context), "region"), "eu"));
  assert_null(yyjson_obj_get(yyjson_doc_get_root(b->context), "account_id"));
  assert_true(str_is(secret_reveal(b->sends[0].value), "Bearer good-token"));
  account_free(b);
  assert_false(with("{\"credential\":{\"token\":\"wrong-token\"}}", a->id, &b, &err));
  assert_int_equal(err.code, ERR_UNPROCESSABLE);
  good_token = "Bearer next-token";
  assert_true(with("{\"credential\":{\"token\":\"next-token\"}}", a->id, &b, &err));
  assert_true(str_is(secret_reveal(b->sends[0].value), "Bearer next-token") && b->version == 3);
  account_free(b);
  assert_false(with("{\"name\":\"x\"}", STR("acc_none"), &b, &err));
  assert_int_equal(err.code, ERR_MISSING);
  account_free(a);
}

static void a_credential_does_not_follow_to_another_address(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), *b = NULL;
  struct err err = {0};
  int asked = vendor_seen.count;
  assert_false(with("{\"base_url\":\"https://evil.example\"}", a->id, &b, &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_string_equal(err.field, "credential");
  assert_false(with("{\"way\":\"pair\"}", a->id, &b, &err));
  assert_int_equal(vendor_seen.count, asked);
  assert_true(with("{\"base_url\":\"https://eu.example.com/v1/\",\"credential\":{\"token\":\"good-token\"}}",
                   a->id, &b, &err));
  assert_true(str_is(b->base_url, "https://eu.example.com/v1"));
  account_free(b);
  account_free(a);
}

static void a_refusal_is_remembered_until_it_is_good_again(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), *b = NULL, **all;
  struct err err = {0};
  good_token = "none";
  assert_false(account_verify(&v.env, v.connector, a->id, &b, &err));
  assert_int_equal(err.code, ERR_UNPROCESSABLE);
  assert_int_equal(load(&all), 1);
  assert_true(str_is(all[0]->status, "failing") && all[0]->version == 2);
  assert_non_null(strstr(all[0]->status_text.p, "Invalid token"));
  assert_int_equal(all[0]->send_count, 1); // it is the vendor's word, and may change
  account_free(all[0]);
  good_token = "Bearer good-token";
  assert_true(account_verify(&v.env, v.connector, a->id, &b, &err));
  assert_true(str_is(b->status, "ok") && !b->status_text.n && b->version == 3);
  account_free(b);
  account_free(a);
}

static void deletion_takes_all_with_it(void **state) {
  (void)state;
  struct account *a = make(GOOD("main"));
  struct err err = {0};
  struct store_rows r;
  assert_true(
      store_run(v.store,
                "INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, "
                "updated_at, expires_at, version) VALUES ('srv_1', 's', 0, '{}', 0, 'h', 0, 0, 0, 1)",
                NULL, 0, NULL, &err));
  assert_true(store_run(
      v.store,
      "INSERT INTO server_account (server_id, account_id, alias, place) VALUES ('srv_1', $1, 'a', 0)",
      &STORE_TEXT(a->id), 1, NULL, &err));
  assert_true(store_query(v.store, "SELECT credential FROM account", NULL, 0, v.arena, &r, &err));
  const char *blob = store_cell(&r, 0, 0)->text.p;
  assert_true(is_stored(blob));
  assert_true(account_delete(&v.env, a->id, &err));
  assert_int_equal(rows("account"), 0);
  assert_int_equal(rows("server"), 0);
  assert_false(is_stored(blob)); // even sealed it is gone
  assert_false(account_delete(&v.env, a->id, &err));
  assert_int_equal(err.code, ERR_MISSING);
  account_free(a);
}

static void one_that_does_not_open_stops_no_other(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), *b = make(GOOD("other")), **all;
  struct err err = {0};
  // A blob moved from one row to the other does not open there.
  assert_true(store_run(
      v.store, "UPDATE account SET credential = (SELECT credential FROM account WHERE id = $1) WHERE id = $2",
      (struct store_value[]){STORE_TEXT(a->id), STORE_TEXT(b->id)}, 2, NULL, &err));
  assert_int_equal(load(&all), 2);
  size_t bad = str_eq(all[0]->id, b->id) ? 0 : 1;
  assert_true(str_is(all[1 - bad]->status, "ok") && all[1 - bad]->send_count == 1);
  assert_true(str_is(all[bad]->status, "failing") && all[bad]->send_count == 0 && all[bad]->status_text.n);
  account_free(all[0]);
  account_free(all[1]);
  struct account *mended = NULL;
  assert_true(with("{\"credential\":{\"token\":\"good-token\"}}", b->id, &mended, &err));
  assert_true(str_is(mended->status, "ok") && mended->send_count == 1);
  account_free(mended);
  account_free(a);
  account_free(b);
}

static void one_whose_connector_is_gone_stays_listed(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), **all;
  struct connector_set *none = NULL;
  size_t count;
  struct err err = {0};
  assert_true(connector_set_load(NULL, &none, &err));
  assert_true(account_load_all(&v.env, none, v.arena, &all, &count, &err));
  assert_int_equal(count, 1);
  assert_true(str_is(all[0]->status, "failing") && all[0]->send_count == 0);
  assert_non_null(strstr(all[0]->status_text.p, "tiny"));
  account_free(all[0]);
  account_free(a);
  connector_set_free(none);
}

static void keys_change_online(void **state) {
  (void)state;
  struct account *a = make(GOOD("main")), **all;
  struct seal_ring *both, *next;
  size_t count;
  struct err err = {0};
  assert_true(seal_ring_from_text(STR(VENDOR_KEY_1 VENDOR_KEY_2), &both, &err));
  assert_true(seal_ring_from_text(STR(VENDOR_KEY_2), &next, &err));
  v.env.ring = both;
  assert_true(keys_reseal(&v.env, &count, &err));
  assert_int_equal(count, 1);
  assert_true(keys_reseal(&v.env, &count, &err));
  assert_int_equal(count, 0);
  v.env.ring = next; // the old key is not needed any more
  assert_int_equal(load(&all), 1);
  assert_true(str_is(secret_reveal(all[0]->sends[0].value), "Bearer good-token"));
  account_free(all[0]);
  account_free(a);
  seal_ring_free(both);
  seal_ring_free(next);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_good_credential_is_kept_sealed, setup, teardown),
      cmocka_unit_test_setup_teardown(the_address_stays_the_one_that_was_verified, setup, teardown),
      cmocka_unit_test_setup_teardown(a_bad_credential_is_not_kept, setup, teardown),
      cmocka_unit_test_setup_teardown(several_choices_are_kept_for_the_caller, setup, teardown),
      cmocka_unit_test_setup_teardown(a_name_is_taken_once, setup, teardown),
      cmocka_unit_test_setup_teardown(changes_are_whole_and_counted, setup, teardown),
      cmocka_unit_test_setup_teardown(a_credential_does_not_follow_to_another_address, setup, teardown),
      cmocka_unit_test_setup_teardown(a_refusal_is_remembered_until_it_is_good_again, setup, teardown),
      cmocka_unit_test_setup_teardown(deletion_takes_all_with_it, setup, teardown),
      cmocka_unit_test_setup_teardown(one_that_does_not_open_stops_no_other, setup, teardown),
      cmocka_unit_test_setup_teardown(one_whose_connector_is_gone_stays_listed, setup, teardown),
      cmocka_unit_test_setup_teardown(keys_change_online, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
