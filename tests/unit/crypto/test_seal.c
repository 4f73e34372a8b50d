// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "../support/check.h"

#include <fcntl.h>
#include <sys/file.h>

#include "crypto/seal.h"
#include "crypto/seal_tidy.h"

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static char folder[64], path[128];

static int setup(void **state) {
  *state = arena_new();
  temp_make(folder);
  snprintf(path, sizeof path, "%s/key", folder);
  return 0;
}

static int teardown(void **state) {
  arena_free(*state);
  temp_remove(folder);
  return 0;
}

static struct seal_ring *ring_of(const char *text) {
  struct seal_ring *r = NULL;
  struct err err;
  if (!seal_ring_from_text(str_of(text), &r, &err)) fail_msg("%s", err.text);
  return r;
}

static struct str close_ok(struct seal_ring *r, struct arena *a, const char *place, struct str plain) {
  struct str blob;
  struct err err;
  if (!seal_close(r, str_of(place), plain, a, &blob, &err)) fail_msg("%s", err.text);
  return blob;
}

static void check_opens(const struct seal_ring *r, const char *place, struct str blob, struct str plain) {
  struct secret *s;
  struct err err;
  if (!seal_open(r, str_of(place), blob, &s, &err)) fail_msg("%s", err.text);
  assert_true(str_eq(secret_reveal(s), plain));
  secret_free(s);
}

static void check_refuses(const struct seal_ring *r, const char *place, struct str blob, enum err_code code) {
  struct secret *s = NULL;
  struct err err;
  assert_false(seal_open(r, str_of(place), blob, &s, &err));
  assert_null(s);
  if (err.code != code) fail_msg("%.*s: %s %s", STR_ARG(blob), err_name(err.code), err.text);
}

static void test_round_trip(void **state) {
  struct arena *a = *state;
  struct seal_ring *r = ring_of("k1 " KEY_A "\n");
  static char big[SECRET_MOST / 8];
  memset(big, 'x', sizeof big);
  struct str plain[] = {STR("token"), STR_NONE, str_make("\0\xff\n", 3), str_make(big, sizeof big)};
  for (size_t i = 0; i < 4; i++) {
    struct str blob = close_ok(r, a, "account/1/credential", plain[i]),
               again = close_ok(r, a, "account/1/credential", plain[i]);
    assert_true(str_starts(blob, "v1.k1."));
    assert_false(str_eq(blob, again)); // a nonce of its own
    assert_false(plain[i].n > 3 && str_contains(blob, plain[i]));
    check_text(seal_key_id(blob), "k1");
    check_opens(r, "account/1/credential", blob, plain[i]);
    check_refuses(r, "account/2/credential", blob, ERR_DENIED);
    check_refuses(r, "", blob, ERR_DENIED);
  }
  seal_ring_free(r);
}

static void test_every_changed_character(void **state) {
  struct arena *a = *state;
  struct seal_ring *r = ring_of("k1 " KEY_A "\nk2 " KEY_B);
  struct str blob = close_ok(r, a, "here", STR("a secret"));
  for (size_t i = 0; i < blob.n; i++) {
    char *changed = arena_z(a, blob);
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    struct secret *s = NULL;
    struct err err;
    assert_false(seal_open(r, STR("here"), str_make(changed, blob.n), &s, &err));
    assert_false(seal_open(r, STR("here"), str_make(blob.p, i), &s, &err)); // cut there
    assert_null(s);
  }
  static const char *const not_sealed[] = {
      "",           "v1",         "v1.",      "v1.k2",       "v1.k2.",
      "v2.k2.AAAA", "v1.k2.AAAA", "v1..AAAA", "v1.k 2.AAAA", "v1.k2.!!!!"};
  for (size_t i = 0; i < sizeof not_sealed / sizeof *not_sealed; i++)
    check_refuses(r, "here", str_of(not_sealed[i]), ERR_INVALID);
  assert_null(seal_key_id(STR("nothing")).p);
  seal_ring_free(r);
}

static void test_keys_rotate(void **state) {
  struct arena *a = *state;
  struct seal_ring *old = ring_of("k1 " KEY_A),
                   *both = ring_of("# the first\nk1 " KEY_A "\n\nk2 " KEY_B "\r\n"),
                   *new = ring_of("k2 " KEY_B);
  check_text(seal_ring_current_id(both), "k2");
  struct str first = close_ok(old, a, "p", STR("x")), second = close_ok(both, a, "p", STR("x"));
  check_text(seal_key_id(second), "k2");
  check_opens(both, "p", first, STR("x"));
  check_opens(new, "p", second, STR("x"));
  check_refuses(new, "p", first, ERR_MISSING);
  seal_ring_free(old);
  seal_ring_free(both);
  seal_ring_free(new);
  seal_ring_free(NULL);
}

static void test_bad_keys(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "\n# only this\n",
                                    "k1",
                                    "k1 ",
                                    "k1 00ff",
                                    "k1 " KEY_A "00",
                                    "k1 " KEY_A "\nk1 " KEY_B,
                                    "k.1 " KEY_A,
                                    KEY_A,
                                    "k1\t" KEY_A,
                                    "a-key-id-that-is-longer-than-32-characters " KEY_A};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct seal_ring *r = NULL;
    struct err err;
    if (seal_ring_from_text(str_of(bad[i]), &r, &err)) fail_msg("taken: %s", bad[i]);
    assert_null(r);
    assert_null(strstr(err.text, "0102030405")); // no key in an error
  }
}

static void test_key_file(void **state) {
  struct arena *a = *state;
  struct seal_ring *r = NULL;
  struct err err;
  struct stat st;
  assert_false(seal_ring_load(path, &r, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_true(seal_ring_create(path, &err));
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 07777, 0600);
  assert_false(seal_ring_create(path, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_true(seal_ring_load(path, &r, &err));
  struct str blob = close_ok(r, a, "p", STR("x")), id = arena_dup(a, seal_ring_current_id(r));
  seal_ring_free(r);
  assert_true(seal_ring_rotate(path, &err));
  assert_true(seal_ring_load(path, &r, &err));
  assert_false(str_eq(seal_ring_current_id(r), id));
  check_opens(r, "p", blob, STR("x"));
  seal_ring_free(r);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 07777, 0600);
  size_t files = 0; // nothing left beside it
  DIR *d = opendir(folder);
  while (readdir(d)) files++;
  closedir(d);
  assert_int_equal(files, 3);
}

static void check_denied(const char *at) {
  struct seal_ring *r = NULL;
  struct err err;
  assert_false(seal_ring_load(at, &r, &err));
  if (err.code != ERR_DENIED) fail_msg("%s: %s", err_name(err.code), err.text);
  assert_false(seal_ring_rotate(at, &err));
}

static void test_file_that_others_reach(void **state) {
  (void)state;
  struct err err;
  struct seal_ring *r;
  static const mode_t modes[] = {0644, 0640, 0620, 0602, 0604, 0660};
  assert_true(seal_ring_create(path, &err));
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    chmod(path, modes[i]);
    check_denied(path);
  }
  chmod(path, 0400);
  assert_true(seal_ring_load(path, &r, &err));
  seal_ring_free(r);
  // As systemd gives a credential to a service: root's, readable by an ACL that shows as the group's.
  chmod(path, 0440);
  check_denied(path);
  setenv("CREDENTIALS_DIRECTORY", folder, 1);
  bool readable = seal_ring_load(path, &r, &err);
  assert_int_equal(readable, geteuid() == 0);
  if (readable) seal_ring_free(r);
  chmod(path, 0460);
  check_denied(path);
  unsetenv("CREDENTIALS_DIRECTORY");
  check_denied(folder);
  char fifo[160];
  snprintf(fifo, sizeof fifo, "%s/fifo", folder);
  assert_int_equal(mkfifo(fifo, 0600), 0);
  check_denied(fifo);
}

static void test_rotation_is_exclusive(void **state) {
  (void)state;
  struct err err;
  assert_true(seal_ring_create(path, &err));
  int fd = open(path, O_RDONLY);
  assert_int_equal(flock(fd, LOCK_EX), 0);
  assert_false(seal_ring_rotate(path, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  close(fd);
  for (int i = 0; i < 63; i++)
    if (!seal_ring_rotate(path, &err)) fail_msg("%s", err.text);
  assert_false(seal_ring_rotate(path, &err)); // the 65th key would not be read again
  assert_int_equal(err.code, ERR_LIMIT);
  struct seal_ring *r;
  assert_true(seal_ring_load(path, &r, &err));
  seal_ring_free(r);
}

static void put(const char *at, const char *text, mode_t mode) {
  int fd = open(at, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  assert_int_equal(fchmod(fd, mode), 0);
  close(fd);
}

static void append(const char *at, const char *text) {
  int fd = open(at, O_WRONLY | O_APPEND);
  assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

static void check_file(const char *at, const char *expected) {
  char text[4096] = {0};
  int fd = open(at, O_RDONLY);
  assert_true(fd >= 0 && read(fd, text, sizeof text - 1) >= 0);
  close(fd);
  assert_string_equal(text, expected);
}

#define LINE_A "k1 " KEY_A "\n"
#define LINE_B "k2 " KEY_B "\n"
#define LINE_C "k3 " KEY_A "\n"

static void test_keys_leave_the_file(void **state) {
  (void)state;
  struct err err;
  size_t gone;
  static const struct {
    const char *before, *keep, *after;
    size_t gone;
  } rows[] = {
      {LINE_A LINE_B LINE_C, "", LINE_C, 2},
      {LINE_A LINE_B LINE_C, "k2", LINE_B LINE_C, 1},
      {LINE_A LINE_B LINE_C, "k1 k2 k3 k9", LINE_A LINE_B LINE_C, 0},
      {LINE_A, "", LINE_A, 0},                                                   // the current one stays
      {"# ours\n" LINE_A "\n# and\n" LINE_B, "", "# ours\n\n# and\n" LINE_B, 1}, // what people wrote stays
      {LINE_A "  k2  " KEY_B, "", "  k2  " KEY_B "\n", 1},                       // no line's end at its end
      {LINE_A "k2 " KEY_B, "k1", LINE_A "k2 " KEY_B, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str ids[8], list = str_of(rows[i].keep);
    size_t n = 0;
    while (n < 8 && str_cut(&list, ' ', &ids[n])) n++;
    put(path, rows[i].before, 0600);
    if (!seal_ring_prune(path, ids, n, &gone, &err)) fail_msg("%zu: %s", i, err.text);
    check_file(path, rows[i].after);
    assert_int_equal(gone, rows[i].gone);
  }
  put(path, "k1 damaged\n", 0600);
  assert_false(seal_ring_prune(path, NULL, 0, &gone, &err));
  check_file(path, "k1 damaged\n");
  put(path, LINE_A LINE_B, 0644);
  assert_false(seal_ring_prune(path, NULL, 0, &gone, &err));
  put(path, LINE_A LINE_B, 0600);
  int fd = open(path, O_RDONLY);
  assert_int_equal(flock(fd, LOCK_EX), 0); // somebody rotates
  assert_false(seal_ring_prune(path, NULL, 0, &gone, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  close(fd);
}

static void test_the_limit_has_a_way_out(void **state) {
  (void)state;
  struct err err = {0};
  size_t gone;
  assert_true(seal_ring_create(path, &err));
  for (int i = 0; i < 63; i++) assert_true(seal_ring_rotate(path, &err));
  assert_false(seal_ring_rotate(path, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_non_null(strstr(err.text, "64"));
  assert_non_null(strstr(err.hint, "rotate again"));
  assert_true(seal_ring_prune(path, NULL, 0, &gone, &err));
  assert_int_equal(gone, 63);
  assert_true(seal_ring_rotate(path, &err));
  // A file that would become too long to be read again is not written.
  static char comment[16 * 1024 - 100];
  memset(comment, '#', sizeof comment - 1);
  put(path, comment, 0600);
  append(path, "\n" LINE_A);
  err = (struct err){0};
  assert_false(seal_ring_rotate(path, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  struct seal_ring *r;
  assert_true(seal_ring_load(path, &r, &err));
  seal_ring_free(r);
}

static void test_a_ring_follows_its_file(void **state) {
  struct arena *a = *state;
  struct err err;
  struct seal_ring *r;
  size_t gone;
  assert_true(seal_ring_create(path, &err));
  assert_true(seal_ring_load(path, &r, &err));
  struct str first = arena_dup(a, seal_ring_current_id(r)), blob = close_ok(r, a, "p", STR("x")),
             before = blob;
  assert_true(seal_ring_follow(r, &err));
  assert_true(str_eq(seal_ring_current_id(r), first));
  for (int i = 0; i < 200; i++) { // more than the file could hold
    assert_true(seal_ring_rotate(path, &err));
    assert_true(seal_ring_prune(path, NULL, 0, &gone, &err));
    assert_true(seal_ring_follow(r, &err));
    assert_true(seal_renew(r, STR("p"), a, &blob, &err));
    assert_true(str_eq(seal_key_id(blob), seal_ring_current_id(r)));
  }
  check_opens(r, "p", before, STR("x")); // this program knows it still
  check_opens(r, "p", blob, STR("x"));
  unlink(path);
  assert_true(seal_ring_follow(r, &err)); // with what it has
  put(path, "damaged\n", 0600);
  assert_false(seal_ring_follow(r, &err));
  seal_ring_free(r);
}

struct told {
  size_t gone, left;
};

static void tell(void *arg, const char *at, bool gone) {
  struct told *t = arg;
  t->gone += gone;
  t->left += !gone;
  assert_int_equal(access(at, F_OK) == 0, !gone);
}

#define OURS_1 "k0a1b2c3d " KEY_A "\n"
#define OURS_2 "k1a1b2c3d " KEY_B "\n"
#define OURS_3 "k2a1b2c3d " KEY_A "\n"
#define OURS_4 "k3a1b2c3d " KEY_B "\n"

static const struct {
  const char *end, *text;
  bool gone;
} left_behind[] = {
    {".draft-aB3xY9", OURS_1 OURS_2 OURS_3, true}, // as they are called now: whatever is in them
    {".draft-000000", "", true},
    {".draft-backup", "anything", true},
    {".draft-aB3xY", OURS_1, false}, // not such a name
    {".draft-aB3xY9z", OURS_1, false},
    {".draft-", OURS_1, false},
    {".aB3xY9", OURS_1 OURS_2 OURS_3, true}, // as they were called before: a rotation that was cut off
    {".bB3xY9", OURS_1 OURS_3, true},
    {".cB3xY9", "", true},
    {".dB3xY9", OURS_1 "k2a1b", true},
    {".eB3xY9", "k0a1b2c3d 01", true},
    {".backup", OURS_1 OURS_2, false}, // a copy
    {".copy01", OURS_1, false},
    {".older1", OURS_3, false}, // of another day
    {".older2", OURS_3 OURS_1, false},
    {".newer1", OURS_1 OURS_2 OURS_4, false}, // its last key seals something
    {".newer2", OURS_1 OURS_2 OURS_3 OURS_4, false},
    {".naked1", "k0a1b2c3d " KEY_A, false}, // a copy without a line's end
    {".README", "These are the keys", false},
    {".notes1", "know", false},
    {".damage", "k0a1b2c3d 01zz", false},
    {".old", OURS_1, false},
    {".", OURS_1, false},
    {".0123456789", "", false},
};

static void test_what_a_kill_left_behind(void **state) {
  (void)state;
  char at[300];
  struct told told = {0}, expected = {0};
  struct str seals[] = {STR("k0a1b2c3d"), STR("k3a1b2c3d")};
  put(path, OURS_1 OURS_2, 0600);
  for (size_t i = 0; i < sizeof left_behind / sizeof *left_behind; i++) {
    snprintf(at, sizeof at, "%s%s", path, left_behind[i].end);
    put(at, left_behind[i].text, 0600);
    expected.gone += left_behind[i].gone;
    expected.left += !left_behind[i].gone;
  }
  snprintf(at, sizeof at, "%s.Lnk1Lk", path); // an old creation, cut off between link and unlink
  assert_int_equal(link(path, at), 0);
  snprintf(at, sizeof at, "%s.draft-SymLnk", path);
  assert_int_equal(symlink(path, at), 0);
  snprintf(at, sizeof at, "%s.draft-Folder", path);
  assert_int_equal(mkdir(at, 0700), 0);
  snprintf(at, sizeof at, "%s/postern.db", folder); // another file of the folder: not spoken of
  put(at, "", 0600);
  snprintf(at, sizeof at, "%s.draft-Locked", path); // another program is at work on it
  put(at, OURS_1, 0600);
  int fd = open(at, O_RDONLY);
  assert_int_equal(flock(fd, LOCK_EX), 0);
  seal_tidy(path, seals, 2, (struct seal_tidy_tell){tell, &told});
  close(fd);
  assert_int_equal(told.gone, expected.gone + 1);
  assert_int_equal(told.left, expected.left + 3);
  for (size_t i = 0; i < sizeof left_behind / sizeof *left_behind; i++) {
    snprintf(at, sizeof at, "%s%s", path, left_behind[i].end);
    if ((access(at, F_OK) != 0) != left_behind[i].gone)
      fail_msg("%s%s", left_behind[i].end, left_behind[i].gone ? " is there" : " has gone");
    if (!left_behind[i].gone) check_file(at, left_behind[i].text);
  }
  check_file(path, OURS_1 OURS_2);
  snprintf(at, sizeof at, "%s/none/postern.key", folder);
  seal_tidy(at, NULL, 0, (struct seal_tidy_tell){tell, &told});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_keys_leave_the_file, setup, teardown),
      cmocka_unit_test_setup_teardown(test_the_limit_has_a_way_out, setup, teardown),
      cmocka_unit_test_setup_teardown(test_a_ring_follows_its_file, setup, teardown),
      cmocka_unit_test_setup_teardown(test_what_a_kill_left_behind, setup, teardown),
      cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
      cmocka_unit_test_setup_teardown(test_every_changed_character, setup, teardown),
      cmocka_unit_test_setup_teardown(test_keys_rotate, setup, teardown),
      cmocka_unit_test(test_bad_keys),
      cmocka_unit_test_setup_teardown(test_key_file, setup, teardown),
      cmocka_unit_test_setup_teardown(test_file_that_others_reach, setup, teardown),
      cmocka_unit_test_setup_teardown(test_rotation_is_exclusive, setup, teardown),
  };
  return cmocka_run_group_tests_name("crypto/seal", tests, NULL, NULL);
}
