// SPDX-License-Identifier: Apache-2.0
#include "cli/out.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../support/check.h"
#include "base/buf.h"

#define NASTY                                                                                                \
  "a\x1b[2J\xc2\x9b"                                                                                         \
  "31m\xe2\x80\xae \xf3\xa0\x81\x81\x9b"

// What arrives at a descriptor while something is written to it.
static size_t caught(int fd, void (*act)(void), char *out, size_t most) {
  int ends[2], kept = dup(fd);
  assert_int_equal(pipe(ends), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  fflush(stdout);
  dup2(ends[1], fd);
  act();
  fflush(stdout);
  fflush(stderr);
  dup2(kept, fd);
  ssize_t n = read(ends[0], out, most - 1);
  close(ends[0]), close(ends[1]), close(kept);
  out[n > 0 ? n : 0] = 0;
  return n > 0 ? (size_t)n : 0;
}

static void text(void) {
  out_text(STR(NASTY "\n\t."));
}
static void note(void) {
  out_note(STR(NASTY "\n"));
}
static void json(void) {
  out_json(STR("[\"" NASTY "\"]\n"));
}
static void question(void) {
  out_question(STDERR_FILENO, STR(NASTY "\n\t: "));
}

static void every_way_is_harmless(void **state) {
  (void)state;
  static const struct {
    int fd;
    void (*act)(void);
    const char *wanted;
  } rows[] = {
      {STDOUT_FILENO, text, "a?[2J?31m? ??\n\t."},
      {STDERR_FILENO, note, "a?[2J?31m? ??\n"},
      {STDOUT_FILENO, json, "[\"a\\u001b[2J\\u009b31m\\u202e \\udb40\\udc41\\ufffd\"]\n"},
      {STDERR_FILENO, question, "a?[2J?31m? ??  : "},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char out[256];
    caught(rows[i].fd, rows[i].act, out, sizeof out);
    if (strcmp(out, rows[i].wanted) != 0) fail_msg("row %zu: %s", i, out);
  }
}

// Long texts go in pieces; a character on the border of two is still one.
static struct str long_text;
static void write_long(void) {
  out_text(long_text);
}

static void pieces_cut_no_character(void **state) {
  (void)state;
  for (size_t before = 65530; before < 65540; before++) {
    int fd[2], kept = dup(STDOUT_FILENO);
    struct buf b = BUF_MAX(1 << 20);
    for (size_t i = 0; i < before; i++) buf_add_char(&b, 'x');
    buf_add_z(&b, "\xf0\x9f\x98\x80\xe2\x80\xae");
    for (size_t i = 0; i < 1000; i++) buf_add_char(&b, 'y');
    long_text = buf_str(&b);
    char name[] = "/tmp/test-out-XXXXXX";
    fd[0] = mkstemp(name);
    assert_true(fd[0] >= 0);
    unlink(name);
    fflush(stdout);
    dup2(fd[0], STDOUT_FILENO);
    write_long();
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    char got[16] = {0};
    assert_int_equal(pread(fd[0], got, 6, (off_t)before), 6);
    assert_string_equal(got, "\xf0\x9f\x98\x80?y");
    assert_int_equal(lseek(fd[0], 0, SEEK_END), (off_t)(before + 4 + 1 + 1000));
    close(fd[0]);
    buf_free(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_way_is_harmless),
      cmocka_unit_test(pieces_cut_no_character),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
