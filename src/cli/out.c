// SPDX-License-Identifier: Apache-2.0
#include "cli/out.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/plain.h"

enum { OUT_PIECE = 64 * 1024, OUT_GROWS = 12 }; // bytes: one of them becomes \udb40\udc01 at most

typedef void (*out_form)(struct buf *out, struct str text);

// Piece by piece, none of which ends within a character.
static void out_write(FILE *to, struct str text, out_form form) {
  struct buf piece = BUF_MAX(OUT_PIECE * OUT_GROWS);
  for (size_t n; text.n; text = str_from(text, n)) {
    n = str_cut_utf8(text, OUT_PIECE).n;
    buf_clear(&piece);
    form(&piece, str_make(text.p, n));
    fwrite(piece.p, 1, piece.n, to);
  }
  buf_free(&piece);
}

void out_text(struct str text) {
  out_write(stdout, text, plain_mark);
}

void out_json(struct str json) {
  out_write(stdout, json, plain_json);
}

void out_note(struct str text) {
  fflush(stdout);
  out_write(stderr, text, plain_mark);
}

void out_question(int terminal, struct str text) {
  struct buf line = BUF_MAX(OUT_PIECE);
  plain_mark_line(&line, text);
  if (write(terminal, line.p, line.n) < 0) {
    // Nobody left to ask: the answer will not come either.
  }
  buf_free(&line);
}

void out_line_end(int terminal) {
  if (write(terminal, "\n", 1) < 0) {
    // As above.
  }
}

int out_notes(void) {
  return STDERR_FILENO;
}

void out_passing(struct str line) {
  fputs("\r\x1b[K", stderr); // ECMA-48 8.3.41: erase in line
  out_note(line);
  fflush(stderr);
}

bool out_flush(struct err *err) {
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout)) return true;
  return errno == EPIPE || errno == 0 || err_set(err, ERR_INTERNAL, "standard output: %s", strerror(errno));
}

bool out_is_broken(void) {
  return ferror(stdout) != 0;
}

bool out_to_file(int file, struct str text) {
  for (ssize_t n; text.n; text = str_from(text, (size_t)n))
    if ((n = write(file, text.p, text.n)) <= 0) return false;
  return true;
}

bool out_redirect(int output, int errors) {
  return dup2(output, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0;
}
