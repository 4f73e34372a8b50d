// SPDX-License-Identifier: Apache-2.0
// once: what is made of a snapshot for one of its views (a server; NULL: all accounts), made by the first who asks while
// others who want the same wait, then only read. Each snapshot owns one, and it goes with it: nothing of an older catalog
// is ever found, and a key is an address that nothing else has while the snapshot lives. Bounded: the oldest goes, and
// is freed when its last holder lets it go. Any thread that may wait: the pool. Example:
//   struct once_made *held = once_take(c->once, server, &maker, err);   // NULL: it could not be made; the next one tries again
//   const struct thing *t = once_value(held);   …   once_release(held);
#ifndef POSTERN_CATALOG_ONCE_H
#define POSTERN_CATALOG_ONCE_H

#include "base/err.h"

enum { ONCE_MOST = 32 };

struct once;
struct once_made;
struct once_maker {
  void *(*make)(void *arg, struct err *err); // NULL: failed
  void (*drop)(void *value);
  void *arg;
};

struct once *once_new(void);
void once_free(struct once *o); // NULL: nothing
MUST_USE struct once_made *once_take(struct once *o, const void *key, const struct once_maker *maker,
                                     struct err *err);
const void *once_value(const struct once_made *held);
void once_release(struct once_made *held); // NULL: nothing

#endif
