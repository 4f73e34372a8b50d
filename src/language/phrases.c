// SPDX-License-Identifier: Apache-2.0
#include "language/phrases.h"

#include <stdlib.h>

void phrases_add(struct phrases *ps, struct str text, int role, const void *means, int number) {
  struct ask_words w;
  struct err err;
  if (!language_words(text, ps->arena, &w, &err) || !w.n) return;
  struct phrase *p = ARENA_NEW(ps->arena, struct phrase);
  *p = (struct phrase){
      .n = w.n < PHRASE_WORDS_MOST ? w.n : PHRASE_WORDS_MOST, .role = role, .number = number, .means = means};
  for (size_t i = 0; i < p->n; i++) {
    p->stems[i] = w.items[i].stem;
    map_put(&ps->stems, p->stems[i], p);
    map_put(&ps->lows, w.items[i].low, &p->stems[i]);
  }
  p->first = w.items[0].low;
  p->exact = w.n == 1 && w.items[0].text.n == 1 ? w.items[0].text : STR_NONE;
  p->next = map_get(&ps->by_first, p->stems[0]);
  map_put(&ps->by_first, p->next ? p->next->stems[0] : p->stems[0], p);
  ps->count++;
}

void phrases_free(struct phrases *ps) {
  map_free(&ps->by_first);
  map_free(&ps->stems);
  map_free(&ps->lows);
}

bool phrases_know(const struct phrases *ps, struct str stem) {
  for (; ps; ps = ps->base)
    if (map_get(&ps->stems, stem)) return true;
  return false;
}

static bool phrase_fits(const struct phrase *p, const struct ask_words *w, size_t at) {
  if (at + p->n > w->n || (p->exact.n && !str_eq(p->exact, w->items[at].text))) return false;
  for (size_t i = 0; i < p->n; i++)
    if (!str_eq(p->stems[i], w->items[at + i].stem) || w->items[at + i].clause != w->items[at].clause)
      return false;
  return true;
}

static int phrase_longer(const void *a, const void *b) {
  const struct phrase_hit *x = a, *y = b;
  return x->n < y->n ? 1 : x->n > y->n ? -1 : 0;
}

size_t phrases_at(const struct phrases *ps, const struct ask_words *w, size_t at, struct phrase_hit *out,
                  size_t most) {
  size_t n = 0;
  for (; ps; ps = ps->base)
    for (const struct phrase *p = map_get(&ps->by_first, w->items[at].stem); p && n < most; p = p->next)
      if (phrase_fits(p, w, at)) out[n++] = (struct phrase_hit){p, p->n};
  qsort(out, n, sizeof *out, phrase_longer);
  return n;
}

static bool phrase_is_swap(struct str known, struct str typed) {
  size_t first = 0;
  if (known.n != typed.n || typed.n < 3) return false;
  while (first < known.n && known.p[first] == typed.p[first]) first++;
  return first + 1 < known.n && known.p[first] == typed.p[first + 1] &&
         known.p[first + 1] == typed.p[first] &&
         memcmp(known.p + first + 2, typed.p + first + 2, known.n - first - 2) == 0;
}

// "manny" of "many": a letter that is doubled.
static bool phrase_is_doubled(struct str known, struct str typed) {
  size_t i = 0;
  if (known.n < 4 || typed.n != known.n + 1) return false;
  while (i < known.n && known.p[i] == typed.p[i]) i++;
  return i && typed.p[i] == typed.p[i - 1] && memcmp(known.p + i, typed.p + i + 1, known.n - i) == 0;
}

unsigned phrases_slip(struct str known, struct str typed) {
  if (typed.n < 3 || known.n < 3 || known.p[0] != typed.p[0]) return 0;
  if (known.n == 3) return phrase_is_swap(known, typed) ? 4 : 0; // "teh"
  if (phrase_is_doubled(known, typed)) return 4;
  unsigned allowed = typed.n >= 9 ? 2 : 1, much = known.n > typed.n ? 0 : known.n == typed.n ? 1 : 2;
  size_t longer = known.n > typed.n ? known.n - typed.n : typed.n - known.n;
  if (longer > allowed) return 0;
  if (phrase_is_swap(known, typed)) return 4;
  bool left_out = known.n == typed.n + 1; // of a short word only that: "wich"
  unsigned far = left_out || (typed.n >= 5 && known.n >= 5) ? str_distance(known, typed) : 99;
  return far && far <= allowed ? far * 4 + much : 0;
}

struct str phrases_near(const struct phrases *ps, struct str low, unsigned *far) {
  struct map_slot *slot, *best = NULL;
  for (; ps; ps = ps->base)
    for (size_t i = 0; (slot = map_next(&ps->lows, &i));) {
      unsigned by = phrases_slip(slot->key, low);
      if (!by || by > *far || (by == *far && (!best || str_compare(slot->key, best->key) >= 0))) continue;
      best = slot;
      *far = by;
    }
  return best ? *(const struct str *)best->value : STR_NONE;
}
