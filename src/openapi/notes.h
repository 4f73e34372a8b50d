// SPDX-License-Identifier: Apache-2.0
// notes: what the compiler has to say about a document: operations skipped and things mended, with
// lines. Bounded: beyond NOTES_MOST only a count is kept. Lives in the arena.
#ifndef POSTERN_OPENAPI_NOTES_H
#define POSTERN_OPENAPI_NOTES_H

#include "openapi/compile.h"
#include "openapi/document.h"

enum { NOTES_MOST = 5000 };

struct notes {
  struct arena *arena;
  struct openapi_note *items;
  size_t count, cap, unsaid;
};

void notes_add(struct notes *n, enum openapi_note_kind kind, struct str operation, struct place at,
               struct str reason);
void notes_warn(struct notes *n, struct place at, const char *format, ...) PRINTF_LIKE(3, 4);
// Sorted by line, then operation; says how many were left out.
void notes_finish(struct notes *n, struct openapi_result *out);

#endif
