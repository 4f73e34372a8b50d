// SPDX-License-Identifier: Apache-2.0
#include "program/fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "data/json.h"

enum { FAULT_TEXT_MOST = 400, FAULT_WORDS_MOST = 20 };

static struct program_fault *fault_last(struct program_faults *f) {
  return f->count && f->count <= FAULTS_MOST ? &f->items[f->count - 1] : NULL;
}

void program_fault_add(struct program_faults *f, struct str pointer, const char *format, ...) {
  char text[FAULT_TEXT_MOST];
  va_list args;
  if (f->count++ >= FAULTS_MOST) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  *fault_last(f) =
      (struct program_fault){arena_dup(f->arena, pointer), arena_dup(f->arena, str_of(text)), STR("")};
}

void program_fault_hint(struct program_faults *f, const char *format, ...) {
  char text[FAULT_TEXT_MOST];
  va_list args;
  struct program_fault *last = fault_last(f);
  if (!last) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  last->hint = arena_dup(f->arena, str_of(text));
}

void program_fault_hint_words(struct program_faults *f, struct str found, const struct str *allowed,
                              size_t count) {
  struct str best = STR_NONE;
  unsigned least = 6;
  for (size_t i = 0; i < count; i++) {
    unsigned far = str_eq_nocase(allowed[i], found) ? 0 : str_distance(allowed[i], found);
    if (far >= least || far * 2 > found.n + 1) continue;
    least = far;
    best = allowed[i];
  }
  if (best.n) return program_fault_hint(f, "did you mean '%.*s'?", STR_ARG(best));
  char list[FAULT_TEXT_MOST] = "";
  size_t at = 0;
  for (size_t i = 0; i < count && i < FAULT_WORDS_MOST && at + 1 < sizeof list; i++)
    at += (size_t)snprintf(list + at, sizeof list - at, "%s%.*s", i ? ", " : "", STR_ARG(allowed[i]));
  program_fault_hint(f, "there %s %s%s", count == 1 ? "is" : "are", count ? list : "none",
                     count > FAULT_WORDS_MOST ? ", …" : "");
}

void program_fault_err(struct program_faults *f, struct str pointer, const struct err *err) {
  program_fault_add(f, pointer, "%s", err->text);
  if (err->hint[0]) program_fault_hint(f, "%s", err->hint);
}

static size_t faults_shown(const struct program_faults *f) {
  return f->count < FAULTS_MOST ? f->count : FAULTS_MOST;
}

void program_faults_write(const struct program_faults *f, struct buf *out) {
  buf_add_char(out, '[');
  for (size_t i = 0; i < faults_shown(f); i++) {
    buf_add_z(out, i ? ",{\"pointer\":" : "{\"pointer\":");
    json_add_string(out, f->items[i].pointer);
    buf_add_z(out, ",\"text\":");
    json_add_string(out, f->items[i].text);
    if (f->items[i].hint.n) {
      buf_add_z(out, ",\"hint\":");
      json_add_string(out, f->items[i].hint);
    }
    buf_add_char(out, '}');
  }
  buf_add_char(out, ']');
}

void program_faults_print(const struct program_faults *f, struct buf *out) {
  for (size_t i = 0; i < faults_shown(f); i++) {
    const struct program_fault *x = &f->items[i];
    buf_printf(out, "%s%.*s: %.*s", i ? "\n" : "", x->pointer.n ? (int)x->pointer.n : 11,
               x->pointer.n ? x->pointer.p : "the program", STR_ARG(x->text));
    if (x->hint.n) buf_printf(out, "; %.*s", STR_ARG(x->hint));
  }
  if (f->count > FAULTS_MOST) buf_printf(out, "\n… and %zu more", f->count - FAULTS_MOST);
}

bool program_faults_fail(const struct program_faults *f, struct err *err) {
  struct buf text = BUF_MAX(64 * 1024);
  program_faults_print(f, &text);
  err_at(err, ERR_INVALID,
         f->count == 1 && f->items[0].pointer.n < sizeof err->field ? f->items[0].pointer.p : "",
         "the program has %zu fault%s:\n%.*s", f->count, f->count == 1 ? "" : "s", STR_ARG(buf_str(&text)));
  buf_free(&text);
  return false;
}
