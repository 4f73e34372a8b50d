// SPDX-License-Identifier: Apache-2.0
// fault: all that is wrong with a program, each with the place, what was found, what is allowed and the nearest known
// word, so that whoever wrote it mends all at once. Example:
//   struct program_faults f = {.arena = a};
//   program_fault_add(&f, "/steps/0/tool", "there is no tool '%.*s'", …);  fault_nearest(&f, "list_zones");
//   if (f.count) { program_faults_write(&f, out); … }
#ifndef POSTERN_PROGRAM_FAULT_H
#define POSTERN_PROGRAM_FAULT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { FAULTS_MOST = 40 };

struct program_fault {
  struct str pointer; // RFC 6901, into the program
  struct str text;
  struct str hint; // what is allowed or meant; empty: nothing to say
};

struct program_faults {
  struct arena *arena;
  struct program_fault items[FAULTS_MOST];
  size_t count; // may pass the array: that many more are known to be there
};

void program_fault_add(struct program_faults *f, struct str pointer, const char *format, ...)
    PRINTF_LIKE(3, 4);
void program_fault_hint(struct program_faults *f, const char *format, ...)
    PRINTF_LIKE(2, 3); // of the last one
// A hint for the last one from what is allowed there: the nearest of them, or all.
void program_fault_hint_words(struct program_faults *f, struct str found, const struct str *allowed,
                              size_t count);
void program_fault_err(struct program_faults *f, struct str pointer,
                       const struct err *err); // text and hint of an error

void program_faults_write(const struct program_faults *f,
                          struct buf *out); // JSON: [{"pointer","text","hint"?}]
void program_faults_print(const struct program_faults *f,
                          struct buf *out); // a line each, for people and models
// One error that says them all, as far as they fit. Always false.
bool program_faults_fail(const struct program_faults *f, struct err *err);

#endif
