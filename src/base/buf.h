// SPDX-License-Identifier: Apache-2.0
// buf: bytes that grow, up to a stated maximum. Passing the maximum does not fail each call: the
// buffer remembers it (`full`), drops what came after, and the writer checks once at the end:
//   struct buf b = BUF_MAX(64 * 1024);
//   buf_add(&b, STR("{\"ok\":")); buf_printf(&b, "%d}", n);
//   if (b.full) return err_set(err, ERR_LIMIT, …);
//   buf_free(&b);
// With a payer its memory comes out of a budget (base/budget): where that is used up it is full as well, and
// `starved`.
#ifndef POSTERN_BASE_BUF_H
#define POSTERN_BASE_BUF_H

#include "base/budget.h"
#include "base/err.h"
#include "base/str.h"

struct buf {
  char *p;
  size_t n, cap, max;
  struct payer *payer; // of cap; NULL: nobody
  bool full, starved;  // starved: full because the payer has no more
};

#define BUF_MAX(most) ((struct buf){.max = (most)})
#define BUF_PAID(most, by) ((struct buf){.max = (most), .payer = (by)})

void buf_free(struct buf *b);  // the bytes; the struct can be used again
void buf_clear(struct buf *b); // n = 0, memory kept
void buf_add(struct buf *b, struct str s);
void buf_add_z(struct buf *b, const char *z);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
// Room for n more bytes, or NULL (and full) where that passes the maximum. After writing, add to b->n.
char *buf_room(struct buf *b, size_t n);
// Drops n bytes from the front.
void buf_drop(struct buf *b, size_t n);
// Takes the bytes out (NUL behind them); the caller frees with mem_free, and nobody pays for them any more.
char *buf_take(struct buf *b, size_t *n);
static inline struct str buf_str(const struct buf *b) {
  return (struct str){b->p ? b->p : "", b->n};
}

#endif
