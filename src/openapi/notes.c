// SPDX-License-Identifier: Apache-2.0
#include "openapi/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

void notes_add(struct notes *n, enum openapi_note_kind kind, struct str operation, struct place at,
               struct str reason) {
  if (n->count == NOTES_MOST) {
    n->unsaid++;
    return;
  }
  if (n->count == n->cap) {
    size_t cap = n->cap ? n->cap * 2 : 64;
    struct openapi_note *items = ARENA_ARRAY(n->arena, cap, struct openapi_note);
    if (n->count) memcpy(items, n->items, n->count * sizeof *items);
    n->items = items;
    n->cap = cap;
  }
  n->items[n->count++] = (struct openapi_note){
      .kind = kind,
      .operation = arena_dup(n->arena, operation),
      .line = document_line(at),
      .reason = arena_dup(n->arena, reason),
  };
}

void notes_warn(struct notes *n, struct place at, const char *format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  notes_add(n, OPENAPI_WARNING, STR_NONE, at, str_of(text));
}

static int by_line(const void *a, const void *b) {
  const struct openapi_note *x = a, *y = b;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  int order = str_compare(x->operation, y->operation);
  return order ? order : str_compare(x->reason, y->reason);
}

void notes_finish(struct notes *n, struct openapi_result *out) {
  if (n->count) qsort(n->items, n->count, sizeof *n->items, by_line);
  if (n->unsaid) {
    size_t unsaid = n->unsaid;
    n->count--; // its place is taken by the count
    struct str text = arena_printf(n->arena, "%zu more notes are not shown", unsaid + 1);
    n->items[n->count++] =
        (struct openapi_note){.kind = OPENAPI_WARNING, .operation = STR(""), .reason = text};
  }
  out->notes = n->items;
  out->note_count = n->count;
}
