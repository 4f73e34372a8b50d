// SPDX-License-Identifier: Apache-2.0
#include "ask/near.h"

#include "ask/mentions.h"
#include "ask/reading.h"
#include "language/deed.h"
#include "lexicon/lexicon.h"

enum {
  NEAR_MARGIN = 2,        // how much likelier than the next it has to be
  NEAR_SPOKEN_MOST = 500, // things
  NEAR_DENIED_BEFORE = 3, // words
  NEAR_ROLE_LEAST = 34,   // of a hundred uses of either word: it is that part of speech
  NEAR_KIND_LEAST = 40,   // of a hundred, that both mean a kind and what it is of
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
  for (size_t i = 0; i < r->part_count; i++)
    for (size_t k = 0; k < r->parts[i].unknown_count; k++)
      if (str_eq_nocase(r->parts[i].unknown[k], w->whole)) return true;
  return !r->part_count && !language_fills(r->language, &r->words, at);
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

// "Visitors", where there are guests: what holds of all of a kind is asked of those that are there. The other way round
// it would be of too many: guests where there are visitors.
static bool near_is_sure(const struct lexicon_near *n) {
  return n->how == LEXICON_SAME || (n->how == LEXICON_BROADER && n->likely >= NEAR_KIND_LEAST);
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
    bool same = near_is_sure(&near[i]) && typed.share[near[i].role] >= NEAR_ROLE_TAKEN;
    unsigned likely = near[i].how == LEXICON_SAME || near[i].how == LEXICON_AKIN ? near[i].likely : 0;
    found = near_put(out, found,
                     (struct near_found){arena_dup(in->arena, str_of(near[i].word)), stem, likely, same});
  }
  return found;
}

// ---- what the rest of the question leaves

// "Which gyms …", "how many of our gyms …": the noun that is asked for.
static bool near_is_head(const struct language *l, const struct ask_words *w, size_t at) {
  const struct phrase *p;
  if (!language_is_noun(w->items[at].low)) return false;
  while (at && !w->items[at - 1].end &&
         (language_at(l, w, at - 1, LANGUAGE_OURS, NULL) ||
          language_at(l, w, at - 1, LANGUAGE_DETERMINER, NULL) ||
          language_at(l, w, at - 1, LANGUAGE_PREPOSITION, NULL)))
    at--;
  if (at && language_at(l, w, at - 1, LANGUAGE_INTERROGATIVE, NULL)) return true;
  for (size_t by = 1; by <= 2 && by <= at; by++)
    if (language_at(l, w, at - by, LANGUAGE_INTENT, &p) >= by &&
        (p->number == ASK_COUNT || p->number == ASK_LIST))
      return true;
  return false;
}

static bool near_is_timed(const struct near_input *in, size_t at) {
  for (size_t i = 0; i < in->span_count; i++)
    if (at >= in->spans[i].first && at < in->spans[i].first + in->spans[i].count) return true;
  return false;
}

// Is everything but that word said of the thing, and something of its columns?
static bool near_is_left(const struct near_input *in, const struct ask_words *w, size_t but,
                         const struct model_thing *t) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  bool any = false;
  for (size_t at = 0; at < w->n;) {
    size_t n = at == but || near_is_timed(in, at)
                   ? 0
                   : phrases_at(&in->model->phrases, w, at, hits, PHRASE_HITS_MOST),
           by = 0;
    for (size_t i = 0; i < n; i++) {
      const struct phrase *p = hits[i].phrase;
      if (p->role == MODEL_NAME && !p->number) return false; // something is spoken of by name
      if (p->means != t) continue;
      any = any || p->role == MODEL_COLUMN || p->role == MODEL_VALUE;
      by = hits[i].n > by ? hits[i].n : by;
    }
    bool fills = at == but || near_is_timed(in, at) || w->items[at].kind == WORD_NUMBER ||
                 language_fills(in->language, w, at);
    if (!by && !fills) return false;
    at += by ? by : 1;
  }
  return any;
}

static void near_leave(const struct near_input *in, const struct ask_words *w, size_t at,
                       struct near_use *use) {
  if (!near_is_head(in->language, w, at)) return;
  for (size_t i = 0; i < model_count(in->model); i++) {
    const struct model_thing *t = model_at(in->model, i);
    if (!t->derived || t->source->worded || !t->label_noun.n || !near_is_left(in, w, at, t)) continue;
    if (use->count == NEAR_CHOICES_MOST) return (void)(use->count = 0);
    use->meant[use->count++] = t->label_noun;
  }
  use->leaves = use->count > 0;
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
  bool first = n == 1 || (n && found[0].likely && found[0].likely >= NEAR_MARGIN * found[1].likely);
  use->taken = first && found[0].same;
  for (size_t i = 0; i < n && i < NEAR_CHOICES_MOST; i++) use->meant[use->count++] = found[i].word;
  if (!n) near_leave(in, w, at, use);
}

static size_t near_place(const struct ask_words *w, struct str said, size_t at) {
  while (at < w->n && !(w->items[at].kind == WORD_PLAIN && str_eq(w->items[at].low, said))) at++;
  return at;
}

// Twice: "which coach gives the most classes" speaks of a course once that is known.
size_t near_take(const struct near_input *in, struct ask_words *w, struct near_use out[NEAR_MOST]) {
  size_t n = 0;
  bool done[NEAR_MOST] = {false};
  for (size_t k = 0; k < 2 * in->count && n < NEAR_MOST; k++) {
    size_t i = k % in->count, at = near_place(w, in->left[i].said, 0);
    if (i >= NEAR_MOST || done[i] || at == w->n) continue;
    near_choose(in, &in->left[i], w, at, &out[n]);
    for (; out[n].taken && at < w->n; at = near_place(w, in->left[i].said, at + 1))
      near_read_as(&w->items[at], out[n].meant[0], in->arena);
    done[i] = out[n].count > 0;
    n += done[i];
  }
  return n;
}
