// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"
#include "../support/temp.h"

#include <errno.h>

#include "base/file.h"

static char folder[64], path[96];

static void write_file(size_t bytes) {
  FILE *f = fopen(path, "we");
  assert_non_null(f);
  for (size_t i = 0; i < bytes; i++) fputc('a' + (int)(i % 26), f);
  assert_int_equal(fclose(f), 0);
}

static int begin(void **state) {
  (void)state;
  temp_make(folder);
  snprintf(path, sizeof path, "%s/file", folder);
  return 0;
}

static int end(void **state) {
  (void)state;
  temp_remove(folder);
  return 0;
}

static void test_read(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 50000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct buf out = BUF_MAX(50000);
    struct err err;
    write_file(sizes[i]);
    assert_true(file_read(path, &out, &err));
    assert_int_equal(out.n, sizes[i]);
    if (out.n) assert_int_equal(out.p[out.n - 1], 'a' + (int)((out.n - 1) % 26));
    buf_free(&out);
  }
}

static void check_unread(const char *name, enum err_code code, const char *text) {
  struct buf out = BUF_MAX(100);
  struct err err;
  assert_false(file_read(name, &out, &err));
  assert_int_equal(err.code, code);
  check_has(err.text, text);
  assert_true(strncmp(err.field, name, strlen(err.field)) == 0 && err.field[0]);
  buf_free(&out);
}

static void test_unread(void **state) {
  (void)state;
  char below[128];
  snprintf(below, sizeof below, "%s/file/below", folder);
  unlink(path);
  check_unread(path, ERR_MISSING, "No such file");
  write_file(101);
  check_unread(path, ERR_LIMIT, "larger than 100 bytes");
  check_unread(below, ERR_MISSING, "Not a directory");
  check_unread(folder, ERR_DENIED, "Is a directory");
}

static void test_sync_folder(void **state) {
  (void)state;
  assert_true(file_sync_folder(path));
  assert_true(file_sync_folder("file")); // in the one where we are
  char lost[128];
  snprintf(lost, sizeof lost, "%s/none/file", folder);
  assert_false(file_sync_folder(lost));
  assert_int_equal(errno, ENOENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read),
      cmocka_unit_test(test_unread),
      cmocka_unit_test(test_sync_folder),
  };
  return cmocka_run_group_tests_name("base/file", tests, begin, end);
}
