// SPDX-License-Identifier: Apache-2.0
#include "ask/alias.h"

#include "base/map.h"
#include "language/language.h"

static struct str alias_join(const struct word *w, size_t n, struct arena *a) {
  struct str joined = w[0].low;
  for (size_t i = 1; i < n; i++) joined = ARENA_JOIN(a, joined, STR(" "), w[i].low);
  return joined;
}

static bool alias_is_plain(const struct word *w) {
  return w->kind == WORD_PLAIN || w->kind == WORD_NUMBER;
}

// ---- what may be one

static bool alias_is_text(const char *field, struct str text, struct err *err) {
  bool good = text.n && text.n <= ALIAS_TEXT_MOST;
  for (size_t i = 0; i < text.n; i++)
    good &= (unsigned char)text.p[i] >= ' ' && text.p[i] != '"' && text.p[i] != 127;
  return good || err_at(err, ERR_INVALID, field, "a %s has 1 to %d bytes, without a line end or a '\"'",
                        field, ALIAS_TEXT_MOST);
}

// Verbs and states of which there are many are words for things as well: "live", "store".
static bool alias_is_needed(const struct language *l, const struct ask_words *w, size_t at) {
  return language_fills(l, w, at) || language_at(l, w, at, LANGUAGE_ORDER, NULL);
}

// Is all of it words that a language cannot do without?
static bool alias_is_language(const struct ask_words *w) {
  for (size_t k = 0; k < language_texts_count; k++) {
    const struct language *l = language_find(str_of(language_texts[k].name));
    bool known = l;
    for (size_t i = 0; known && i < w->n; i++) known = alias_is_needed(l, w, i);
    if (known) return true;
  }
  return false;
}

bool alias_name(struct str name, struct arena *a, struct str *folded, struct err *err) {
  struct ask_words w;
  bool plain = false;
  if (!alias_is_text("name", name, err) || !language_words(name, a, &w, err)) return false;
  for (size_t i = 0; i < w.n; i++) plain = plain || w.items[i].kind == WORD_PLAIN;
  for (size_t i = 0; i < w.n; i++)
    plain = plain && alias_is_plain(&w.items[i]) && (i + 1 == w.n || !w.items[i].end);
  if (!plain || w.n > ALIAS_WORDS_MOST) {
    err_at(err, ERR_INVALID, "name", "'%.*s' is no name to call a thing by", STR_ARG(name));
    err_hint(err, "take one to %d words without marks; a domain, an address or an id stands for itself",
             ALIAS_WORDS_MOST);
    return false;
  }
  *folded = alias_join(w.items, w.n, a);
  return !alias_is_language(&w) ||
         err_at(err, ERR_INVALID, "name", "'%.*s' means something in every question; take another name",
                STR_ARG(name));
}

bool alias_value(struct str value, struct arena *a, struct str *folded, struct err *err) {
  struct ask_words w;
  if (!alias_is_text("value", value, err) || !language_words(value, a, &w, err)) return false;
  if (!w.n || alias_is_language(&w))
    return err_at(err, ERR_INVALID, "value",
                  "'%.*s' is no name of a thing; an alias stands for one, such as a zone or a site",
                  STR_ARG(value));
  *folded = alias_join(w.items, w.n, a);
  return true;
}

// ---- in a question

// Words that stand alone: no part of what hyphens join, unless all of it.
static bool alias_stands_alone(const struct ask_words *w, size_t at, size_t n) {
  for (size_t i = at; i < at + n; i++)
    if (!alias_is_plain(&w->items[i]) || (i + 1 < at + n && w->items[i].end)) return false;
  bool cut = (at && w->items[at - 1].whole.p == w->items[at].whole.p) ||
             (at + n < w->n && w->items[at + n].whole.p == w->items[at + n - 1].whole.p);
  return !cut;
}

static bool alias_put(struct ask_words *w, size_t at, size_t n, struct str value, struct arena *a) {
  struct ask_words one;
  struct err err;
  struct word *first = &w->items[at], *last = &w->items[at + n - 1];
  if (!language_words(ARENA_JOIN(a, STR("\""), value, STR("\"")), a, &one, &err) || one.n != 1) return false;
  one.items[0].at = first->at;
  one.items[0].clause = first->clause;
  one.items[0].end = last->end;
  one.items[0].alias = true;
  if (one.items[0].kind == WORD_QUOTED) // of a thing as well as of a row: "coupons"
    one.items[0].stem = language_stem(one.items[0].low, a);
  *first = one.items[0];
  memmove(first + 1, last + 1, (w->n - at - n) * sizeof *first);
  w->n -= n - 1;
  return true;
}

static bool alias_hides(const struct phrases *known, const struct ask_words *w, size_t at, size_t n) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t count = phrases_at(known, w, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < count; i++)
    if (hits[i].n == n) return true;
  return false;
}

size_t alias_expand(const struct alias *all, size_t count, const struct phrases *known, struct ask_words *w,
                    struct arena *a, struct alias_use used[ALIAS_USES_MOST]) {
  struct map by_name = {0};
  size_t uses = 0;
  for (size_t i = 0; i < count; i++) map_put(&by_name, all[i].folded, (void *)&all[i]);
  for (size_t at = 0; count && at < w->n && uses < ALIAS_USES_MOST; at++)
    for (size_t n = ALIAS_WORDS_MOST; n; n--) {
      if (at + n > w->n || !alias_stands_alone(w, at, n)) continue;
      struct str said = alias_join(&w->items[at], n, a);
      const struct alias *alias = map_get(&by_name, said);
      bool hides = alias && alias_hides(known, w, at, n);
      if (!alias || !alias_put(w, at, n, alias->value, a)) continue;
      used[uses++] = (struct alias_use){.alias = alias, .said = said, .hides = hides};
      break;
    }
  map_free(&by_name);
  return uses;
}
