// SPDX-License-Identifier: Apache-2.0
// Words that are typed apart and known as one, and small words that are typed as another.
#include <ctype.h>
#include <string.h>

#include "ask/reading_parts.h"
#include "model/model.h"

// "sign-ups" where "signups" is known, and its parts together are not.
static void reading_join_hyphens(struct reader_state *s) {
  struct ask_words *w = &s->out->words;
  for (size_t i = 0; i + 1 < w->n; i++) {
    struct word *a = &w->items[i], *b = &w->items[i + 1];
    struct phrase_hit hit;
    if (a->whole.p != b->whole.p || a->kind != WORD_PLAIN) continue;
    if (phrases_at(&s->in->model->phrases, w, i, &hit, 1) && hit.n > 1) continue;
    struct str joined = language_joined(a, s->arena), stem = language_stem(joined, s->arena);
    if (!phrases_know(&s->in->model->phrases, stem)) continue;
    a->low = joined;
    a->stem = stem;
    a->end = b->end;
    memmove(b, b + 1, (w->n - i - 2) * sizeof *b);
    w->n--;
  }
}

// "signed up", "sign ups" where "signup" is known.
static void reading_join_pairs(struct reader_state *s) {
  struct ask_words *w = &s->out->words;
  const struct phrases *known = &s->in->model->phrases;
  for (size_t i = 0; i + 1 < w->n; i++) {
    struct word *a = &w->items[i], *b = &w->items[i + 1];
    struct phrase_hit hit;
    if (a->kind != WORD_PLAIN || b->kind != WORD_PLAIN || a->end || a->clause != b->clause) continue;
    if (language_fills(s->out->language, w, i)) continue; // "are a" is no area
    struct str joined = ARENA_JOIN(s->arena, a->stem, b->stem);
    if (!phrases_know(known, joined) || (phrases_at(known, w, i, &hit, 1) && hit.n > 1)) continue;
    a->low = a->stem = joined;
    a->end = b->end;
    memmove(b, b + 1, (w->n - i - 2) * sizeof *b);
    w->n--;
  }
}

// The preposition that the word is with two letters beside each other changed about: "from" of "form". Empty: none.
static struct str reading_swapped(const struct reader_state *s, struct str typed) {
  for (size_t i = 0; i + 1 < typed.n; i++) {
    char *text = arena_z(s->arena, typed), first = text[i];
    text[i] = text[i + 1];
    text[i + 1] = first;
    struct str low = str_make(text, typed.n);
    struct word word = {.text = low, .low = low, .whole = low, .stem = language_stem(low, s->arena)};
    const struct phrase *p;
    if (language_at(s->out->language, &(struct ask_words){&word, 1}, 0, LANGUAGE_PREPOSITION, &p) &&
        str_eq(p->first, low))
      return low;
  }
  return STR_NONE;
}

// What stands behind a preposition alone: a value, a name by its form, a country's code.
static bool reading_is_told(const struct reader_state *s, size_t at) {
  const struct word *w = &s->out->words.items[at];
  struct phrase_hit hits[PHRASE_HITS_MOST];
  if (w->kind != WORD_PLAIN) return w->kind != WORD_NUMBER && w->kind != WORD_DATE;
  if (w->text.n == 2 && isupper((unsigned char)w->text.p[0]) && isupper((unsigned char)w->text.p[1]))
    return true;
  size_t n = phrases_at(&s->in->model->phrases, &s->out->words, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++)
    if (hits[i].phrase->role == MODEL_VALUE) return true;
  return false;
}

// "Requests form Germany": a slip of the pen that is a word, where nothing is called so and a preposition would stand.
void reading_correct_swapped(struct reader_state *s) {
  for (size_t i = 1; i + 1 < s->out->words.n && s->out->corrected_count < 8; i++) {
    struct word *w = &s->out->words.items[i];
    if (w->kind != WORD_PLAIN || w->end || phrases_know(&s->in->model->phrases, w->stem) ||
        language_fills(s->out->language, &s->out->words, i) || !reading_is_told(s, i + 1))
      continue;
    struct str meant = reading_swapped(s, w->low);
    if (!meant.n) continue;
    s->out->corrected[s->out->corrected_count][0] = w->low;
    s->out->corrected[s->out->corrected_count++][1] = meant;
    w->low = meant;
    w->stem = language_stem(meant, s->arena);
  }
}

void reading_join_words(struct reader_state *s) {
  reading_join_hyphens(s);
  reading_join_pairs(s);
}
