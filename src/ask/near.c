// SPDX-License-Identifier: Apache-2.0
#include "ask/near.h"

#include "ask/mentions.h"
#include "ask/reading.h"
#include "lexicon/lexicon.h"

enum {
  NEAR_MARGIN = 2,        // how much likelier than the next it has to be
  NEAR_SPOKEN_MOST = 500, // things
  NEAR_DENIED_BEFORE = 3, // words
  NEAR_ROLE_LEAST = 34,   // of a hundred uses of either word: it is that part of speech
  NEAR_ROLE_TAKEN = 60,   // the same of the one that was typed, to be taken
};

struct near_found {
  struct str word, stem;
  unsigned likely; // 0: a kind of the other
  bool same;
};

// ---- what is left over

static bool near_is_word(const struct word *w) {
  struct lexicon_word known;
  return w->kind == WORD_PLAIN && lexicon_look(w->low, &known) &&
         known.share[LEXICON_ADVERB] < NEAR_ROLE_LEAST;
}

static bool near_is_unknown(const struct reading *r, size_t at) {
  const struct word *w = &r->words.items[at];
  struct phrase_hit hit;
  for (size_t i = 0; i < r->part_count; i++)
    for (size_t k = 0; k < r->parts[i].unknown_count; k++)
      if (str_eq_nocase(r->parts[i].unknown[k], w->whole)) return true;
  return !r->part_count && !phrases_at(&r->language->phrases, &r->words, at, &hit, 1);
}

// Has another thing the word? Then that is not what the question means, but it is known. One of the same stem alone is
// none: "electricity" is not "electric".
static bool near_is_elsewhere(const struct reading *r, const struct model *m, size_t at) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t n = phrases_at(&m->phrases, &r->words, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++)
    if (!mentions_abstracts(r->words.items[at].low, hits[i].phrase->first)) return true;
  return false;
}

size_t near_left(const struct reading *r, const struct model *m, struct near_word out[NEAR_MOST]) {
  size_t n = 0;
  if (!r->language || !str_is(r->language->name, "en")) return 0; // data were read
  for (size_t i = 0; i < r->words.n && n < NEAR_MOST; i++)
    if (near_is_word(&r->words.items[i]) && near_is_unknown(r, i) && !near_is_elsewhere(r, m, i))
      out[n++] = (struct near_word){.said = r->words.items[i].low};
  return n;
}

// ---- what a model is made for

void near_add(const struct near_word *left, size_t count, struct arena *a, struct map *stems) {
  struct lexicon_near near[LEXICON_NEAR_MOST];
  for (size_t i = 0; i < count; i++) {
    size_t n = left[i].meant.n ? 0 : lexicon_near(left[i].said, near);
    if (left[i].meant.n) map_put(stems, language_stem(left[i].meant, a), stems);
    for (size_t k = 0; k < n; k++) map_put(stems, language_stem(str_of(near[k].word), a), stems);
  }
}

// ---- what a word is taken for

// Things that a word of the question speaks of, but for the one that is looked at.
struct near_spoken {
  const void *things[NEAR_SPOKEN_MOST];
  size_t n;
};

static void near_find_spoken(const struct model *m, const struct ask_words *w, size_t but,
                             struct near_spoken *out) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  out->n = 0;
  for (size_t i = 0; i < w->n; i++) {
    size_t n = i == but ? 0 : phrases_at(&m->phrases, w, i, hits, PHRASE_HITS_MOST);
    for (size_t k = 0; k < n && out->n < NEAR_SPOKEN_MOST; k++)
      if (hits[k].phrase->role != MODEL_SOURCE) out->things[out->n++] = hits[k].phrase->means;
  }
}

static bool near_is_spoken_of(const struct near_spoken *all, const void *thing) {
  for (size_t i = 0; i < all->n; i++)
    if (all->things[i] == thing) return true;
  return false;
}

// A noun that names a thing: what is done to it is asked for otherwise, "never lent" is of no loan. Or what a thing has
// that is spoken of. And used as the same part of speech: "bookings" come of to book, which is no book.
static bool near_suits(const struct near_spoken *spoken, const struct lexicon_near *near,
                       const struct phrase *p) {
  struct lexicon_word known;
  char room[LEXICON_BYTES_MOST];
  bool word = lexicon_look(p->first, &known); // of one stem alone it is another: "reading" is no read
  if (word && (known.share[near->its] < NEAR_ROLE_LEAST ||
               !str_is(lexicon_lemma(p->first, near->its, room), near->word)))
    return false;
  switch (p->role) {
  case MODEL_NAME:
    return !p->number && near->role == LEXICON_NOUN && near->its == LEXICON_NOUN;
  case MODEL_COLUMN:
  case MODEL_VALUE:
    return (near->how == LEXICON_SAME || near->how == LEXICON_AKIN) && near_is_spoken_of(spoken, p->means);
  default:
    return false;
  }
}

static bool near_is_known(const struct model *m, const struct near_spoken *spoken, struct ask_words *w,
                          size_t at, const struct lexicon_near *near, struct str stem) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  struct word *word = &w->items[at], was = *word;
  bool known = false;
  word->stem = stem;
  size_t n = phrases_at(&m->phrases, w, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n && !known; i++) known = near_suits(spoken, near, hits[i].phrase);
  *word = was;
  return known;
}

// The likeliest first; each stem once.
static size_t near_put(struct near_found *list, size_t n, struct near_found one) {
  size_t at = 0;
  for (size_t i = 0; i < n; i++)
    if (str_eq(list[i].stem, one.stem)) {
      if (list[i].likely >= one.likely) return n;
      memmove(list + i, list + i + 1, (--n - i) * sizeof *list);
      break;
    }
  while (at < n && list[at].likely >= one.likely) at++;
  memmove(list + at + 1, list + at, (n - at) * sizeof *list);
  list[at] = one;
  return n + 1;
}

// "Never been lent": what is denied of a verb would be lost with it.
static bool near_is_denied(const struct language *l, const struct ask_words *w, size_t at) {
  for (size_t by = 1; by <= NEAR_DENIED_BEFORE && by <= at; by++)
    if (language_at(l, w, at - by, LANGUAGE_NOT, NULL) || language_at(l, w, at - by, LANGUAGE_MISSING, NULL))
      return true;
  return false;
}

static size_t near_find(const struct near_input *in, struct ask_words *w, size_t at,
                        struct near_found out[LEXICON_NEAR_MOST]) {
  struct lexicon_near near[LEXICON_NEAR_MOST];
  struct near_spoken spoken;
  size_t n = lexicon_near(w->items[at].low, near), found = 0;
  struct lexicon_word typed;
  (void)lexicon_look(w->items[at].low, &typed);
  bool denied = near_is_denied(in->language, w, at);
  near_find_spoken(in->model, w, at, &spoken);
  for (size_t i = 0; i < n; i++) {
    if (typed.share[near[i].role] < NEAR_ROLE_LEAST || (denied && near[i].role == LEXICON_VERB)) continue;
    struct str stem = language_stem(str_of(near[i].word), in->arena);
    if (!near_is_known(in->model, &spoken, w, at, &near[i], stem)) continue;
    bool same = near[i].how == LEXICON_SAME && typed.share[near[i].role] >= NEAR_ROLE_TAKEN;
    unsigned likely = near[i].how == LEXICON_SAME || near[i].how == LEXICON_AKIN ? near[i].likely : 0;
    found = near_put(out, found,
                     (struct near_found){arena_dup(in->arena, str_of(near[i].word)), stem, likely, same});
  }
  return found;
}

static void near_read_as(struct word *w, struct str meant, struct arena *a) {
  w->low = meant;
  w->stem = language_stem(meant, a);
}

static void near_choose(const struct near_input *in, const struct near_word *left, struct ask_words *w,
                        size_t at, struct near_use *use) {
  struct near_found found[LEXICON_NEAR_MOST];
  *use = (struct near_use){.said = left->said};
  if (left->meant.n) {
    use->meant[0] = left->meant;
    use->count = 1;
    use->taken = true;
    return;
  }
  size_t n = near_find(in, w, at, found);
  use->taken = n && found[0].same && (n == 1 || found[0].likely >= NEAR_MARGIN * found[1].likely);
  for (size_t i = 0; i < n && i < NEAR_CHOICES_MOST; i++) use->meant[use->count++] = found[i].word;
}

static size_t near_place(const struct ask_words *w, struct str said, size_t at) {
  while (at < w->n && !(w->items[at].kind == WORD_PLAIN && str_eq(w->items[at].low, said))) at++;
  return at;
}

size_t near_take(const struct near_input *in, struct ask_words *w, struct near_use out[NEAR_MOST]) {
  size_t n = 0;
  for (size_t i = 0; i < in->count && n < NEAR_MOST; i++) {
    size_t at = near_place(w, in->left[i].said, 0);
    if (at == w->n) continue;
    near_choose(in, &in->left[i], w, at, &out[n]);
    for (; out[n].taken && at < w->n; at = near_place(w, in->left[i].said, at + 1))
      near_read_as(&w->items[at], out[n].meant[0], in->arena);
    n += out[n].count > 0;
  }
  return n;
}
