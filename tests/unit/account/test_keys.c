// SPDX-License-Identifier: Apache-2.0
// What is sealed opens for the destination that it was given for alone, and the keys come and go without
// losing anything.
#include "vendor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "access/access.h"
#include "account/keys.h"
#include "account/sealed.h"

static char folder[64], file[128], mark[128];
static struct vendor v;
static struct keys_place place;

static int tiny(const char *path, const char **body, struct err *err) {
  (void)err;
  *body = strcmp(path, "/accounts") == 0 ? "{\"success\":true,\"result\":[]}" : "{\"success\":true}";
  return 200;
}

// The fixture's keys, from a file.
static void load_keys(void) {
  struct err err;
  seal_ring_free(v.ring);
  if (!seal_ring_load(file, &v.ring, &err)) fail_msg("%s", err.text);
  v.env.ring = v.ring;
}

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  snprintf(file, sizeof file, "%s/postern.key", folder);
  snprintf(mark, sizeof mark, "%s/postern.bound", folder);
  place = (struct keys_place){file, mark};
  vendor_open(&v, folder);
  vendor_answer = tiny;
  write_file(file, VENDOR_KEY_1);
  load_keys();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  vendor_close(&v);
  temp_remove(folder);
  return 0;
}

static void start(void) {
  struct err err;
  if (!keys_start(&v.env, &place, &err)) fail_msg("%s", err.text);
}

static struct str make(const char *name, const char *token) {
  struct account *a;
  struct err err;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *credential = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, credential);
  yyjson_mut_obj_add_str(doc, credential, "token", token);
  yyjson_doc *read = yyjson_mut_doc_imut_copy(doc, NULL);
  struct account_new in = {.name = str_of(name), .credential = yyjson_doc_get_root(read)};
  if (!account_create(&v.env, v.connector, &in, &a, &err)) fail_msg("%s: %s", err.field, err.text);
  struct str id = arena_dup(v.arena, a->id);
  account_free(a);
  yyjson_doc_free(read);
  yyjson_mut_doc_free(doc);
  return id;
}

static void sql(const char *text) {
  struct err err;
  if (!store_run(v.store, text, NULL, 0, NULL, &err)) fail_msg("%s: %s", text, err.text);
}

static struct str cell(const char *text) {
  struct store_rows rows;
  struct err err;
  if (!store_query(v.store, text, NULL, 0, v.arena, &rows, &err)) fail_msg("%s", err.text);
  return rows.count ? store_cell(&rows, 0, 0)->text : STR("no row");
}

static void set_credential(struct str id, struct str blob) {
  struct err err;
  const struct store_value values[] = {STORE_TEXT(blob), STORE_TEXT(id)};
  assert_true(store_run(v.store, "UPDATE account SET credential = $1 WHERE id = $2", values, 2, NULL, &err));
}

// What the account named sends: its header, or why it sends nothing.
static struct str sends(const char *name) {
  struct account **all;
  size_t count;
  struct err err;
  struct str out = STR("no such account");
  if (!account_load_all(&v.env, v.set, v.arena, &all, &count, &err)) fail_msg("%s", err.text);
  for (size_t i = 0; i < count; i++) {
    if (str_is(all[i]->name, name))
      out = arena_dup(v.arena,
                      all[i]->send_count ? secret_reveal(all[i]->sends[0].value) : all[i]->status_text);
    account_free(all[i]);
  }
  return out;
}

static void check_sends(const char *name, const char *token) {
  struct str got = sends(name);
  if (!str_is(got, arena_printf(v.arena, "Bearer %s", token).p)) fail_msg("%s: %.*s", name, STR_ARG(got));
}

static void check_shut(const char *name, const char *why) {
  struct str got = sends(name);
  if (str_starts(got, "Bearer") || !strstr(arena_z(v.arena, got), why))
    fail_msg("%s: expected '%s', got '%.*s'", name, why, STR_ARG(got));
}

static size_t lines(void) {
  char text[16 * 1024];
  int fd = open(file, O_RDONLY);
  ssize_t n = read(fd, text, sizeof text);
  close(fd);
  size_t count = 0;
  for (ssize_t i = 0; i < n; i++) count += text[i] == '\n';
  return count;
}

// As earlier versions sealed it: for the row and the column alone.
static struct str old_form(struct str id, const char *token) {
  struct str blob, at = arena_printf(v.arena, "account/%.*s/credential", STR_ARG(id));
  struct err err;
  assert_true(seal_close(v.ring, at, arena_printf(v.arena, "token=%s\n", token), v.arena, &blob, &err));
  return blob;
}

// ---- the destination

static void a_credential_opens_for_its_destination_alone(void **state) {
  (void)state;
  struct err err;
  static const char other[] = "name: other\nlabel: Other\nkind: rest\nbase_url: https://api.example.com/v1\n"
                              "auth: [{id: token, fields: [{name: token, secret: true}], send: [{in: query, "
                              "name: k, value: \"{token}\"}]},"
                              "{id: second, fields: [{name: token, secret: true}], send: [{in: query, name: "
                              "k, value: \"{token}\"}]}]\n"
                              "verify: [{method: GET, path: /verify}]\n";
  static const char *const edits[] = {
      "base_url = 'https://evil.example/v1'",
      "base_url = 'https://api.example.com/v2'",
      "base_url = 'https://api.example.com:444/v1'",
      "base_url = 'http://api.example.com/v1'",
      "base_url = 'https://api.example.com/v1/'",
      "base_url = 'https://api.example.com@evil.example/v1'",
      "base_url = 'https://api.example.co/mv1'",
      "base_url = ''",
      "connector = 'other'",
      "connector = 'other', way = 'second'",
      "connector = 'tin', way = 'ytoken'",
  };
  if (!connector_set_add(v.set, str_of(other), &err)) fail_msg("%s", err.text);
  start();
  make("moved", "one");
  make("left", "two");
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    sql(arena_printf(v.arena, "UPDATE account SET %s WHERE name = 'moved'", edits[i]).p);
    check_shut("moved", str_is(cell("SELECT connector FROM account WHERE name = 'moved'"), "tin")
                            ? "not there any more"
                            : "somebody wrote to the database");
    check_sends("left", "two"); // one bad account stops no other
    start();                    // a start trusts it no more
    sql("UPDATE account SET connector = 'tiny', way = 'token', base_url = 'https://api.example.com/v1' "
        "WHERE name = 'moved'");
    check_sends("moved", "one");
  }
}

static void credentials_do_not_change_rows(void **state) {
  (void)state;
  start();
  struct str one = make("one", "1"), two = make("two", "2");
  struct str first = cell("SELECT credential FROM account WHERE name = 'one'");
  set_credential(two, first);
  check_shut("two", "does not open");
  set_credential(two, STR("v1.k1.AAAA"));
  check_shut("two", "does not open");
  set_credential(one, first);
  check_sends("one", "1");
}

static void given_again_it_is_well(void **state) {
  (void)state;
  struct account *a;
  struct err err;
  start();
  struct str id = make("moved", "one");
  sql("UPDATE account SET base_url = 'https://evil.example/v1'");
  check_shut("moved", "https://evil.example/v1"); // it says where it would go
  yyjson_doc *doc = yyjson_read("{\"token\":\"new\"}", 15, 0);
  struct account_new in = {.base_url = STR("https://api.example.com/v1"),
                           .credential = yyjson_doc_get_root(doc)};
  assert_true(account_change(&v.env, v.connector, id, &in, &a, &err));
  account_free(a);
  yyjson_doc_free(doc);
  check_sends("moved", "new");
}

// ---- the upgrade

static void an_upgrade_binds_what_it_finds_once(void **state) {
  (void)state;
  struct str id = make("old", "x"), before = old_form(id, "old-token");
  set_credential(id, before);
  check_shut("old", "does not open"); // nothing but the upgrade takes it
  start();
  check_sends("old", "old-token");
  assert_int_equal(access(mark, F_OK), 0);
  struct str bound = cell("SELECT credential FROM account");
  // From an old copy of the database, with another address: at no start any more.
  for (int i = 0; i < 3; i++) {
    set_credential(id, before);
    sql("UPDATE account SET base_url = 'https://evil.example/v1'");
    start();
    check_shut("old", "does not open");
    assert_true(str_eq(cell("SELECT credential FROM account"), before)); // nor is it touched
    sql("UPDATE account SET base_url = 'https://api.example.com/v1'");
    start();
    check_shut("old", "does not open"); // the form is refused, whatever it is for
  }
  // Neither does what lies in the database bring the upgrade back.
  sql("UPDATE meta SET value = '1' WHERE key = 'schema'");
  start();
  check_shut("old", "does not open");
  set_credential(id, bound);
  check_sends("old", "old-token");
  // Somebody who restores a database of an older version says so.
  set_credential(id, before);
  assert_int_equal(unlink(mark), 0);
  start();
  check_sends("old", "old-token");
}

static void a_kill_in_the_upgrade_loses_nothing(void **state) {
  (void)state;
  struct str one = make("one", "1"), two = make("two", "2");
  set_credential(one, old_form(one, "1")); // one is bound, one is not, the mark is not there
  (void)two;
  start();
  check_sends("one", "1");
  check_sends("two", "2");
}

static void an_upgrade_leaves_what_it_cannot_open(void **state) {
  (void)state;
  struct str one = make("one", "1"), two = make("two", "2");
  set_credential(one, STR("v1.k9.AAAA"));
  set_credential(two, old_form(two, "2"));
  start();
  check_shut("one", "k9");
  check_sends("two", "2");
}

// ---- the keys

static void rotate(void) {
  struct err err = {0};
  size_t count;
  if (!keys_rotate(&v.env, file, &count, &err)) fail_msg("%s (%s)", err.text, err.hint);
}

static void rotations_without_end(void **state) {
  (void)state;
  start();
  make("one", "1");
  for (int i = 0; i < 200; i++) {
    rotate();
    assert_int_equal(lines(), 1);
  }
  check_sends("one", "1");
  load_keys(); // as the next start has them
  start();
  check_sends("one", "1");
}

static void a_key_that_seals_something_stays(void **state) {
  (void)state;
  start();
  make("one", "1");
  struct str moved = make("moved", "2");
  sql("UPDATE account SET base_url = 'https://evil.example/v1' WHERE name = 'moved'");
  for (int i = 0; i < 70; i++) rotate(); // one that does not open stops no rotation
  assert_int_equal(lines(), 2);
  check_sends("one", "1");
  sql("UPDATE account SET base_url = 'https://api.example.com/v1' WHERE name = 'moved'");
  check_sends("moved", "2");
  load_keys();
  check_sends("moved", "2"); // its key is there still
  start();
  assert_int_equal(lines(), 1); // and is not needed, now that it opens
  check_sends("moved", "2");
  // Of any kind of secret: here a client's.
  struct str blob = cell("SELECT credential FROM account WHERE name = 'moved'"), id = seal_key_id(blob);
  sql(arena_printf(
          v.arena,
          "INSERT INTO oauth_client (id, issuer, redirect_uri, client_id, secret, method, given, "
          "created_at, expires_at) VALUES ('c', 'i', 'r', 'x', '%.*s', 'client_secret_post', 1, 1, 0)",
          STR_ARG(blob))
          .p);
  (void)moved;
  rotate();
  rotate();
  assert_int_equal(lines(), 2);
  load_keys();
  struct secret *plain;
  struct err err;
  assert_false(seal_open(v.ring, STR("elsewhere"), blob, &plain, &err));
  if (err.code != ERR_DENIED) fail_msg("key %.*s has gone: %s", STR_ARG(id), err.text);
}

// A start after a kill at each step of a rotation.
static void a_kill_in_a_rotation_loses_nothing(void **state) {
  (void)state;
  struct err err;
  size_t count;
  start();
  make("one", "1");
  for (int steps = 1; steps <= 3; steps++) {
    assert_true(seal_ring_rotate(file, &err));
    if (steps > 1) assert_true(seal_ring_refresh(v.ring, file, &err));
    if (steps > 2) assert_true(keys_reseal(&v.env, &count, &err));
    load_keys();
    check_sends("one", "1");
    start();
    assert_int_equal(lines(), 1);
    check_sends("one", "1");
  }
}

static void killed_at_any_moment(void **state) {
  (void)state;
  start();
  make("one", "1");
  store_close(v.store); // each program has its own
  for (int i = 0; i < 12; i++) {
    int go[2];
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (!child) {
      struct err err;
      size_t count;
      if (!store_open(str_of(v.url), &v.store, &err)) _exit(1);
      v.env.store = v.store;
      load_keys();
      for (int n = 0; n < 100000; n++) {
        if (!keys_rotate(&v.env, file, &count, &err)) _exit(2);
        if (n < 3 && write(go[1], "x", 1) != 1) _exit(3);
      }
      _exit(0);
    }
    char x;
    for (int n = 0; n <= i % 3; n++) assert_int_equal(read(go[0], &x, 1), 1);
    for (volatile int n = 0; n < i * 100000; n++) {
    } // some time into the next
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) fail_msg("the program ended by itself: %d", WEXITSTATUS(status));
    close(go[0]);
    close(go[1]);
    struct err err;
    if (!store_open(str_of(v.url), &v.store, &err)) fail_msg("%s", err.text);
    v.env.store = v.store;
    load_keys();
    start();
    check_sends("one", "1");
    assert_int_equal(lines(), 1);
    DIR *d = opendir(folder);
    for (struct dirent *e; (e = readdir(d));)
      if (strncmp(e->d_name, "postern.key.", 12) == 0) fail_msg("left behind: %s", e->d_name);
    closedir(d);
    store_close(v.store);
  }
  if (!store_open(str_of(v.url), &v.store, &(struct err){0})) fail_msg("the store is gone");
  v.env.store = v.store;
}

// Stamps of rows that give power: made with the row, kept over changes of keys, made once for rows of before.
static void stamps_follow_the_keys(void **state) {
  (void)state;
  struct err err;
  struct access_token made, *all;
  char text[TOKEN_TEXT];
  size_t count;
  assert_true(
      access_create(v.store, &(struct access_token){.name = STR("before")}, v.arena, &made, text, &err));
  assert_true(str_is(cell("SELECT stamp FROM api_token"), "")); // as an older version left it
  start();
  assert_true(access_create(v.store, &(struct access_token){.name = STR("after"), .role = ACCESS_CLIENT},
                            v.arena, &made, text, &err));
  for (int i = 0; i < 3; i++) rotate();
  assert_int_equal(lines(), 1);
  load_keys();
  start();
  assert_true(access_list(v.store, v.arena, &all, &count, &err));
  assert_int_equal(count, 2);
  static const char *const edits[] = {"role = 'admin'",      "hash = substr(hash, 2) || substr(hash, 1, 1)",
                                      "expires_at = 99",     "name = 'other'",
                                      "id = 'tok_other'",    "stamp = ''",
                                      "stamp = 'v1.k1.AAAA'"};
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    sql("DROP TABLE IF EXISTS kept");
    sql("CREATE TABLE kept AS SELECT * FROM api_token");
    sql(arena_printf(v.arena, "UPDATE api_token SET %s WHERE name = 'after'", edits[i]).p);
    start(); // which stamps nothing any more
    assert_true(access_list(v.store, v.arena, &all, &count, &err));
    assert_int_equal(count, 1);
    sql("DELETE FROM api_token");
    sql("INSERT INTO api_token SELECT * FROM kept");
  }
}

// Each of these ids is another to us, and was the one before to a pattern of SQL, or begins it.
static void stamps_follow_keys_of_like_names(void **state) {
  (void)state;
  static const char *const ids[] = {"kx1", "k_1", "kab", "kAb", "ka", "kab", "k-1", "K-1"};
  struct access_token made;
  char text[TOKEN_TEXT];
  struct err err;
  start();
  assert_true(
      access_create(v.store, &(struct access_token){.name = STR("kept")}, v.arena, &made, text, &err));
  struct str before = STR(VENDOR_KEY_1);
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    struct str line = arena_printf(v.arena, "%s %064zu\n", ids[i], i + 2);
    write_file(file, arena_printf(v.arena, "%.*s%.*s", STR_ARG(before), STR_ARG(line)).p);
    load_keys();
    start();
    assert_true(str_starts(cell("SELECT stamp FROM api_token"), arena_printf(v.arena, "v1.%s.", ids[i]).p));
    assert_int_equal(lines(), 1);
    before = line;
  }
}

static void another_program_has_changed_the_key(void **state) {
  (void)state;
  struct err err;
  struct seal_ring *theirs;
  start();
  make("ours", "1");
  assert_true(seal_ring_load(file, &theirs, &err));
  rotate(); // ours; the key that they know is in the file no more
  v.env.ring = theirs;
  check_sends("ours", "1");
  make("theirs", "2"); // sealed with a key that is in the file
  v.env.ring = v.ring;
  load_keys();
  check_sends("theirs", "2");
  check_sends("ours", "1");
  seal_ring_free(theirs);
}

static void keys_of_the_environment(void **state) {
  (void)state;
  struct err err;
  place.file = NULL;
  start();
  make("one", "1");
  seal_ring_free(v.ring);
  assert_true(seal_ring_from_text(STR(VENDOR_KEY_1 VENDOR_KEY_2), &v.ring, &err));
  v.env.ring = v.ring;
  start();
  assert_true(
      str_is(seal_key_id(cell("SELECT credential FROM account")), "k2")); // the first can be taken away
  assert_int_equal(lines(), 1);                                           // nothing is written
  seal_ring_free(v.ring);
  assert_true(seal_ring_from_text(STR(VENDOR_KEY_2), &v.ring, &err));
  v.env.ring = v.ring;
  check_sends("one", "1");
}

static void a_folder_that_cannot_be_written_stops_nobody(void **state) {
  (void)state;
  char apart[128];
  if (geteuid() == 0) skip(); // whom no mode keeps out
  snprintf(apart, sizeof apart, "%s/apart", folder);
  snprintf(file, sizeof file, "%s/postern.key", apart);
  assert_int_equal(mkdir(apart, 0700), 0);
  write_file(file, VENDOR_KEY_2 VENDOR_KEY_1);
  load_keys();
  assert_int_equal(chmod(apart, 0500), 0);
  start();
  make("one", "1");
  start();
  check_sends("one", "1");
  assert_int_equal(lines(), 2);
  assert_int_equal(chmod(apart, 0700), 0);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      T(a_credential_opens_for_its_destination_alone),
      T(credentials_do_not_change_rows),
      T(given_again_it_is_well),
      T(an_upgrade_binds_what_it_finds_once),
      T(a_kill_in_the_upgrade_loses_nothing),
      T(an_upgrade_leaves_what_it_cannot_open),
      T(rotations_without_end),
      T(a_key_that_seals_something_stays),
      T(a_kill_in_a_rotation_loses_nothing),
      T(killed_at_any_moment),
      T(stamps_follow_the_keys),
      T(stamps_follow_keys_of_like_names),
      T(another_program_has_changed_the_key),
      T(keys_of_the_environment),
      T(a_folder_that_cannot_be_written_stops_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
