// SPDX-License-Identifier: Apache-2.0
// sorted: an ordered map that others may go on reading while it changes: a change copies the path to what changed, some
// dozen small nodes, and shares all else with whoever holds the tree as it was. A treap whose priorities are keyed hashes,
// so that nobody outside can aim for a deep one. Keys are read from the items: an item may stand in several trees, and in
// one of them more than once, as its parts. One thread changes a given `struct sorted`; any number read others. Example:
//   struct sorted next = sorted_ref(&before);
//   sorted_put(&next, item, 0);                          // `before` has the item that was there, or none
//   struct sorted_walk w = sorted_walk_after(&next, (struct sorted_key){id, STR_NONE});
//   for (void *item; (item = sorted_walk_next(&w, NULL));) …
//   sorted_free(&before);
#ifndef POSTERN_BASE_SORTED_H
#define POSTERN_BASE_SORTED_H

#include "base/str.h"

struct sorted_key { // by `first`, then by `second`
  struct str first, second;
};
struct sorted_kind {
  struct sorted_key (*key)(const void *item, unsigned part); // the same as long as the item is in a tree
  void (*hold)(void *item);                                  // NULL: items are borrowed, and outlive the tree
  void (*drop)(void *item);
};
struct sorted_node;
struct sorted {
  const struct sorted_kind *kind;
  struct sorted_node *root;
  size_t count;
};

struct sorted sorted_ref(const struct sorted *t); // the same once more, to be changed or freed by itself
void sorted_free(struct sorted *t);
void sorted_put(struct sorted *t, void *item, unsigned part); // replaces the one of its key
void sorted_remove(struct sorted *t, struct sorted_key key);  // or nothing
struct sorted_item {
  void *item;
  unsigned part;
};
// Many at once into one that is empty, in any order: a fraction of what one after the other takes. Of two with the same key
// the later one stays.
void sorted_fill(struct sorted *t, const struct sorted_item *items, size_t count);
// NULL: not there. `part` may be NULL.
void *sorted_get(const struct sorted *t, struct sorted_key key, unsigned *part);

enum { SORTED_DEPTH_MOST = 128 }; // of 10 million items one is deeper once in more than 10^12 trees
struct sorted_walk {
  const struct sorted_node *path[SORTED_DEPTH_MOST];
  size_t depth;
};
struct sorted_walk sorted_walk_after(const struct sorted *t,
                                     struct sorted_key key);   // ascending, from behind the key
void *sorted_walk_next(struct sorted_walk *w, unsigned *part); // NULL: that was all

#endif
