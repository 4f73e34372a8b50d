// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum { ARENA_FIRST = 2048, ARENA_MOST = 64 * 1024 };

struct arena_block {
  struct arena_block *next;
  size_t size, used;
  _Alignas(max_align_t) char bytes[];
};

struct arena {
  struct arena_block *head; // the block in use; older ones behind it
  size_t held;
};

static struct arena_block *arena_block_new(struct arena *a, size_t size) {
  struct arena_block *b = mem_resize(NULL, sizeof *b + size);
  *b = (struct arena_block){.next = a->head, .size = size};
  a->head = b;
  a->held += sizeof *b + size;
  return b;
}

struct arena *arena_new(void) {
  struct arena *a = MEM_NEW(struct arena);
  arena_block_new(a, ARENA_FIRST);
  return a;
}

void arena_reset(struct arena *a) {
  while (a->head->next) {
    struct arena_block *b = a->head;
    a->head = b->next;
    a->held -= sizeof *b + b->size;
    mem_free(b);
  }
  a->head->used = 0;
}

void arena_free(struct arena *a) {
  if (!a) return;
  arena_reset(a);
  mem_free(a->head);
  mem_free(a);
}

static void *arena_take(struct arena *a, size_t n) {
  size_t align = _Alignof(max_align_t);
  if (n > SIZE_MAX / 2) abort();
  n = (n + align - 1) & ~(align - 1);
  struct arena_block *b = a->head;
  if (b->size - b->used < n) {
    size_t size = b->size * 2 < ARENA_MOST ? b->size * 2 : ARENA_MOST;
    b = arena_block_new(a, n > size ? n : size);
  }
  void *p = b->bytes + b->used;
  b->used += n;
  return p;
}

void *arena_alloc(struct arena *a, size_t n) {
  void *p = arena_take(a, n);
  memset(p, 0, n);
  return p;
}

char *arena_z(struct arena *a, struct str s) {
  char *p = arena_take(a, s.n + 1);
  if (s.n) memcpy(p, s.p, s.n);
  p[s.n] = 0;
  return p;
}

struct str arena_dup(struct arena *a, struct str s) {
  return (struct str){arena_z(a, s), s.n};
}

// Into what is left of the block; where that was too little, once more into the next.
struct str arena_printf(struct arena *a, const char *format, ...) {
  va_list ap, again;
  va_start(ap, format);
  va_copy(again, ap);
  char *left = a->head->bytes + a->head->used;
  int n = vsnprintf(left, a->head->size - a->head->used, format, ap);
  va_end(ap);
  if (n < 0) abort();
  char *p = arena_take(a, (size_t)n + 1);
  if (p != left) vsnprintf(p, (size_t)n + 1, format, again);
  va_end(again);
  return (struct str){p, (size_t)n};
}

size_t arena_bytes(const struct arena *a) {
  return a->held;
}

struct str arena_join(struct arena *a, const struct str *parts, size_t count) {
  size_t n = 0, at = 0;
  for (size_t i = 0; i < count; i++) n += parts[i].n;
  char *text = arena_alloc(a, n + 1);
  for (size_t i = 0; i < count; at += parts[i++].n)
    if (parts[i].n) memcpy(text + at, parts[i].p, parts[i].n);
  return str_make(text, n);
}
