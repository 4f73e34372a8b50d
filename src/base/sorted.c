// SPDX-License-Identifier: Apache-2.0
#include "base/sorted.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct sorted_node {
  atomic_uint refs; // by parents, of whichever version, and roots
  unsigned part;
  uint32_t priority;
  void *item;
  struct sorted_node *left, *right;
};

static int sorted_compare(struct sorted_key a, struct sorted_key b) {
  int order = str_compare(a.first, b.first);
  return order ? order : str_compare(a.second, b.second);
}

static struct sorted_key sorted_key_of(const struct sorted_kind *kind, const struct sorted_node *n) {
  return kind->key(n->item, n->part);
}

static struct sorted_node *sorted_node_ref(struct sorted_node *n) {
  if (n) atomic_fetch_add_explicit(&n->refs, 1, memory_order_relaxed);
  return n;
}

// As deep as the tree is.
static void sorted_node_unref(const struct sorted_kind *kind, struct sorted_node *n) {
  while (n && atomic_fetch_sub_explicit(&n->refs, 1, memory_order_acq_rel) == 1) {
    struct sorted_node *right = n->right;
    sorted_node_unref(kind, n->left);
    if (kind->drop) kind->drop(n->item);
    mem_free(n);
    n = right;
  }
}

static struct sorted_node *sorted_node_new(const struct sorted_kind *kind, void *item, unsigned part) {
  struct sorted_node *n = MEM_NEW(struct sorted_node);
  struct sorted_key key = kind->key(item, part);
  uint64_t hash = map_hash(key.first) + 3 * map_hash(key.second);
  atomic_init(&n->refs, 1);
  n->part = part;
  n->priority = (uint32_t)(hash >> 32);
  n->item = item;
  if (kind->hold) kind->hold(item);
  return n;
}

// The node itself where nobody else has it, else a copy; takes the caller's hold of it. Who descends through nodes of
// its own alone knows that a count of one means its own.
static struct sorted_node *sorted_own(const struct sorted_kind *kind, struct sorted_node *n) {
  if (atomic_load_explicit(&n->refs, memory_order_acquire) == 1) return n;
  struct sorted_node *own = MEM_NEW(struct sorted_node);
  atomic_init(&own->refs, 1);
  own->part = n->part;
  own->priority = n->priority;
  own->item = n->item;
  own->left = sorted_node_ref(n->left);
  own->right = sorted_node_ref(n->right);
  if (kind->hold) kind->hold(own->item);
  sorted_node_unref(kind, n);
  return own;
}

struct sorted sorted_ref(const struct sorted *t) {
  sorted_node_ref(t->root);
  return *t;
}

void sorted_free(struct sorted *t) {
  sorted_node_unref(t->kind, t->root);
  t->root = NULL;
  t->count = 0;
}

static struct sorted_node *sorted_turn_right(struct sorted_node *n) {
  struct sorted_node *up = n->left;
  n->left = up->right;
  up->right = n;
  return up;
}

static struct sorted_node *sorted_turn_left(struct sorted_node *n) {
  struct sorted_node *up = n->right;
  n->right = up->left;
  up->left = n;
  return up;
}

// Takes the hold of n and of `fresh`, which stands alone. What comes back is the caller's own.
static struct sorted_node *sorted_insert(struct sorted *t, struct sorted_node *n, struct sorted_node *fresh) {
  if (!n) return t->count++, fresh;
  int order = sorted_compare(sorted_key_of(t->kind, fresh), sorted_key_of(t->kind, n));
  if (order == 0) {
    fresh->left = sorted_node_ref(n->left);
    fresh->right = sorted_node_ref(n->right);
    sorted_node_unref(t->kind, n);
    return fresh;
  }
  n = sorted_own(t->kind, n);
  if (order < 0) {
    n->left = sorted_insert(t, n->left, fresh);
    return n->left->priority > n->priority ? sorted_turn_right(n) : n;
  }
  n->right = sorted_insert(t, n->right, fresh);
  return n->right->priority > n->priority ? sorted_turn_left(n) : n;
}

void sorted_put(struct sorted *t, void *item, unsigned part) {
  t->root = sorted_insert(t, t->root, sorted_node_new(t->kind, item, part));
}

// ---- many at once

struct sorted_place {
  struct sorted_key key; // read once: what it is read from lies all over the memory
  const struct sorted_item *from;
};

// Of the same key in the order that they came in.
static int sorted_compare_places(const void *a, const void *b) {
  const struct sorted_place *x = a, *y = b;
  int order = sorted_compare(x->key, y->key);
  return order ? order : x->from < y->from ? -1 : x->from > y->from;
}

// `n` is behind all that are there: the path down the right side, root first, gives up what has less priority.
static size_t sorted_append(struct sorted_node **path, size_t depth, struct sorted_node *n) {
  struct sorted_node *under = NULL;
  while (depth && path[depth - 1]->priority < n->priority) under = path[--depth];
  n->left = under;
  if (depth) path[depth - 1]->right = n;
  if (depth == SORTED_DEPTH_MOST) abort();
  path[depth++] = n;
  return depth;
}

void sorted_fill(struct sorted *t, const struct sorted_item *items, size_t count) {
  if (t->root) abort();
  struct sorted_place *places = mem_array(count + 1, sizeof(struct sorted_place));
  struct sorted_node *path[SORTED_DEPTH_MOST];
  size_t depth = 0;
  for (size_t i = 0; i < count; i++)
    places[i] = (struct sorted_place){t->kind->key(items[i].item, items[i].part), &items[i]};
  qsort(places, count, sizeof *places, sorted_compare_places);
  for (size_t i = 0; i < count; i++) {
    if (i + 1 < count && sorted_compare(places[i].key, places[i + 1].key) == 0) continue;
    depth = sorted_append(path, depth, sorted_node_new(t->kind, places[i].from->item, places[i].from->part));
    t->count++;
  }
  if (depth) t->root = path[0];
  mem_free(places);
}

// ---- taken out

// All of `a` is before all of `b`; takes the hold of both.
static struct sorted_node *sorted_merge(const struct sorted_kind *kind, struct sorted_node *a,
                                        struct sorted_node *b) {
  if (!a) return b;
  if (!b) return a;
  if (a->priority >= b->priority) {
    a = sorted_own(kind, a);
    a->right = sorted_merge(kind, a->right, b);
    return a;
  }
  b = sorted_own(kind, b);
  b->left = sorted_merge(kind, a, b->left);
  return b;
}

// The key is there.
static struct sorted_node *sorted_take(const struct sorted_kind *kind, struct sorted_node *n,
                                       struct sorted_key key) {
  int order = sorted_compare(key, sorted_key_of(kind, n));
  if (order == 0) {
    struct sorted_node *left = sorted_node_ref(n->left), *right = sorted_node_ref(n->right);
    sorted_node_unref(kind, n);
    return sorted_merge(kind, left, right);
  }
  n = sorted_own(kind, n);
  if (order < 0)
    n->left = sorted_take(kind, n->left, key);
  else
    n->right = sorted_take(kind, n->right, key);
  return n;
}

void sorted_remove(struct sorted *t, struct sorted_key key) {
  if (!sorted_get(t, key, NULL)) return;
  t->root = sorted_take(t->kind, t->root, key);
  t->count--;
}

void *sorted_get(const struct sorted *t, struct sorted_key key, unsigned *part) {
  const struct sorted_node *n = t->root;
  while (n) {
    int order = sorted_compare(key, sorted_key_of(t->kind, n));
    if (order == 0) {
      if (part) *part = n->part;
      return n->item;
    }
    n = order < 0 ? n->left : n->right;
  }
  return NULL;
}

static void sorted_walk_push(struct sorted_walk *w, const struct sorted_node *n) {
  if (w->depth == SORTED_DEPTH_MOST) abort();
  w->path[w->depth++] = n;
}

// On the path stand the nodes that are still to come, and the left of each with them is done.
struct sorted_walk sorted_walk_after(const struct sorted *t, struct sorted_key key) {
  struct sorted_walk w = {.depth = 0};
  for (const struct sorted_node *n = t->root; n;) {
    if (sorted_compare(sorted_key_of(t->kind, n), key) > 0) {
      sorted_walk_push(&w, n);
      n = n->left;
    } else {
      n = n->right;
    }
  }
  return w;
}

void *sorted_walk_next(struct sorted_walk *w, unsigned *part) {
  if (!w->depth) return NULL;
  const struct sorted_node *n = w->path[--w->depth];
  for (const struct sorted_node *next = n->right; next; next = next->left) sorted_walk_push(w, next);
  if (part) *part = n->part;
  return n->item;
}
