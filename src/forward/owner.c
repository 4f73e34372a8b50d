// SPDX-License-Identifier: Apache-2.0
#include "forward/owner.h"

#include <stdio.h>

#include "crypto/token.h"

struct owner owner_of(struct str key, struct str maker) {
  return (struct owner){.key = key, .maker = maker};
}

static bool owner_was_tried(const struct owner *o, const char *id) {
  for (size_t i = 0; i < o->count; i++)
    if (strcmp(o->tried[i], id) == 0) return true;
  return false;
}

// The same on every node, whatever it has seen: a hash of both.
static void owner_score(struct str key, const char *id, unsigned char out[TOKEN_HASH]) {
  char text[128];
  int n = snprintf(text, sizeof text, "%s/%.*s", id, STR_ARG(key));
  token_hash(str_make(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1), out);
}

static const char *owner_best(const struct owner *o, const struct node_list *all) {
  const char *best = NULL;
  unsigned char most[TOKEN_HASH], score[TOKEN_HASH];
  for (size_t i = 0; i < all->count; i++) {
    const struct roster_node *n = &all->items[i];
    if (!n->url[0] || owner_was_tried(o, n->id)) continue;
    owner_score(o->key, n->id, score);
    if (best && memcmp(score, most, sizeof score) <= 0) continue;
    best = n->id;
    memcpy(most, score, sizeof most);
  }
  return best;
}

bool owner_next(struct owner *o, char node[NODE_ID]) {
  static const size_t tries = OWNER_TRIES;
  struct node_list all;
  char url[NODE_URL];
  if (node_is_alone() || o->count == tries) return false;
  const char *next = NULL;
  if (o->count == 0 && o->maker.n && o->maker.n < NODE_ID) {
    enum node_where where = node_find(o->maker, url);
    if (where == NODE_SELF) return false;
    if (where == NODE_LIVE && url[0]) {
      snprintf(node, NODE_ID, "%.*s", STR_ARG(o->maker));
      next = node;
    }
  }
  if (!next) {
    node_list(&all);
    next = owner_best(o, &all);
  }
  if (!next || str_is(node_self(), next)) return false;
  if (next != node) snprintf(node, NODE_ID, "%s", next);
  snprintf(o->tried[o->count++], NODE_ID, "%s", node);
  return true;
}

struct str owner_mark(void) {
  return node_is_alone() ? STR_NONE : node_self();
}

bool owner_by_handle(struct str text, const char *prefix, char node[NODE_ID]) {
  char url[NODE_URL];
  size_t n = strlen(prefix), id = node_self().n; // all are as long
  if (node_is_alone()) return false;
  for (ptrdiff_t at; (at = str_find_text(text, str_of(prefix))) >= 0;) {
    text = str_from(text, (size_t)at + n);
    if (text.n < id || node_find(str_make(text.p, id), url) != NODE_LIVE || !url[0]) continue;
    snprintf(node, NODE_ID, "%.*s", (int)id, text.p);
    return true;
  }
  return false;
}
