// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

enum { BUF_FIRST = 256 };

void buf_free(struct buf *b) {
  mem_free(b->p);
  payer_give(b->payer, b->cap);
  *b = BUF_PAID(b->max, b->payer);
}

void buf_clear(struct buf *b) {
  b->n = 0;
  b->full = b->starved = false;
}

char *buf_room(struct buf *b, size_t n) {
  if (b->full || n > b->max || b->n > b->max - n || n > SIZE_MAX / 2) {
    b->full = true;
    return NULL;
  }
  size_t need = b->n + n + 1; // one for the NUL of buf_take
  if (need > b->cap) {
    size_t cap = b->cap ? b->cap : BUF_FIRST;
    while (cap < need && cap <= b->max / 2) cap *= 2;
    if (cap < need) cap = b->max < SIZE_MAX ? b->max + 1 : need; // the last step
    if (!payer_take(b->payer, cap - b->cap)) {
      b->full = b->starved = true;
      return NULL;
    }
    b->p = mem_resize(b->p, cap);
    b->cap = cap;
  }
  return b->p + b->n;
}

void buf_add(struct buf *b, struct str s) {
  if (s.n == 0) return;
  char *room = buf_room(b, s.n);
  if (!room) return;
  memcpy(room, s.p, s.n);
  b->n += s.n;
}

void buf_add_z(struct buf *b, const char *z) {
  buf_add(b, str_of(z));
}

void buf_add_char(struct buf *b, char c) {
  buf_add(b, (struct str){&c, 1});
}

// Into what is left; where that was too little, once more with room made.
void buf_printf(struct buf *b, const char *format, ...) {
  va_list ap, again;
  va_start(ap, format);
  va_copy(again, ap);
  size_t left = b->cap > b->n ? b->cap - b->n : 0;
  int n = vsnprintf(left ? b->p + b->n : NULL, left, format, ap);
  va_end(ap);
  char *room = n < 0 ? NULL : buf_room(b, (size_t)n);
  if (room && (size_t)n >= left) vsnprintf(room, (size_t)n + 1, format, again);
  if (room) b->n += (size_t)n;
  va_end(again);
}

void buf_drop(struct buf *b, size_t n) {
  if (n >= b->n) {
    b->n = 0;
    return;
  }
  memmove(b->p, b->p + n, b->n - n);
  b->n -= n;
}

char *buf_take(struct buf *b, size_t *n) {
  if (!b->p) b->p = mem_resize(NULL, 1);
  b->p[b->n] = 0;
  char *p = b->p;
  if (n) *n = b->n;
  payer_give(b->payer, b->cap);
  *b = BUF_PAID(b->max, b->payer);
  return p;
}
