// SPDX-License-Identifier: Apache-2.0
#include "language/deed.h"

#include <string.h>

#include "language/words.h"
#include "lexicon/lexicon.h"

enum {
  DEED_ROOT_LEAST = 3,  // letters that an ending leaves
  DEED_ROLE_LEAST = 60, // of a hundred uses
  DEED_SAME_LEAST = 30, // of a hundred, that two verbs mean the same
};

static void deed_put(struct str verb, int least, struct arena *a, struct str *out, size_t *n) {
  char lemma[LEXICON_BYTES_MOST];
  struct lexicon_word known;
  if (!lexicon_look(verb, &known) || known.share[LEXICON_VERB] < least ||
      !str_eq(lexicon_lemma(verb, LEXICON_VERB, lemma), verb))
    return;
  for (size_t i = 0; i < *n; i++)
    if (str_eq(out[i], verb)) return;
  if (*n < DEED_VERBS_MOST) out[(*n)++] = arena_dup(a, verb);
}

// "renew", "reserve" of "reserv", "ship" of "shipp".
static void deed_try(struct str root, int least, struct arena *a, struct str *out, size_t *n) {
  deed_put(root, least, a, out, n);
  deed_put(ARENA_JOIN(a, root, STR("e")), least, a, out, n);
  if (root.n > DEED_ROOT_LEAST && root.p[root.n - 1] == root.p[root.n - 2])
    deed_put(str_make(root.p, root.n - 1), least, a, out, n);
}

size_t language_verbs(struct str low, struct arena *a, struct str out[DEED_VERBS_MOST]) {
  static const struct {
    const char *end, *of; // of: what the verb has in its place
    int least;            // of a hundred uses of what is left: "order" is none of "ord"
  } ends[] = {
      {"iption", "ibe", 1}, {"ssion", "t", 1},  {"sion", "de", 10},   {"sion", "d", 10},   {"sion", "t", 10},
      {"uction", "uce", 1}, {"aint", "ain", 1}, {"nosis", "nose", 1}, {"ication", "y", 1}, {"icant", "y", 1},
      {"ier", "y", 1},      {"ial", "y", 1},    {"iance", "y", 1},    {"ment", "", 1},     {"ing", "", 1},
      {"ation", "", 1},     {"ition", "", 1},   {"ee", "", 1},        {"er", "", 10},      {"or", "", 10},
      {"tion", "", 10},     {"ion", "", 10},    {"ance", "", 10},     {"ence", "", 10},    {"ant", "", 10},
      {"ent", "", 10},      {"al", "", 10},     {"ure", "", 10},      {"age", "", 10},     {"y", "", 10},
  };
  char room[LEXICON_BYTES_MOST];
  struct str noun = lexicon_lemma(low, LEXICON_NOUN, room);
  size_t n = 0;
  noun = noun.n ? arena_dup(a, noun) : low;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    size_t end = strlen(ends[i].end);
    if (noun.n >= end + DEED_ROOT_LEAST && str_ends(noun, ends[i].end))
      deed_try(ARENA_JOIN(a, str_make(noun.p, noun.n - end), str_of(ends[i].of)), ends[i].least, a, out, &n);
  }
  struct str verb = lexicon_lemma(low, LEXICON_VERB, room);
  if (verb.n) deed_put(arena_dup(a, verb), 1, a, out, &n);
  return n;
}

static bool deed_is(struct str low, enum lexicon_role role) {
  struct lexicon_word known;
  return lexicon_look(low, &known) && known.share[role] >= DEED_ROLE_LEAST;
}

bool language_is_noun(struct str low) {
  return deed_is(low, LEXICON_NOUN);
}

bool language_is_verb(struct str low) {
  return deed_is(low, LEXICON_VERB);
}

bool language_is_deed(struct str low, struct str other, struct arena *a) {
  struct str mine[DEED_VERBS_MOST], its[DEED_VERBS_MOST];
  if (str_eq(language_stem(low, a), language_stem(other, a))) return false;
  size_t n = language_verbs(low, a, mine), m = language_verbs(other, a, its);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < m; k++)
      if (str_eq(mine[i], its[k])) return true;
  return false;
}

bool language_is_done(struct str low) {
  char room[LEXICON_BYTES_MOST];
  struct str verb = lexicon_lemma(low, LEXICON_VERB, room);
  return verb.n && !str_eq(verb, low) && !str_ends(low, "s") && !str_ends(low, "ing");
}

bool language_is_same_deed(struct str low, struct str done) {
  struct lexicon_near near[LEXICON_NEAR_MOST];
  char room[LEXICON_BYTES_MOST];
  struct str verb = lexicon_lemma(done, LEXICON_VERB, room);
  size_t n = verb.n && language_is_done(done) ? lexicon_near(low, near) : 0;
  for (size_t i = 0; i < n; i++)
    if (near[i].role == LEXICON_VERB && near[i].its == LEXICON_VERB && near[i].how == LEXICON_SAME &&
        near[i].likely >= DEED_SAME_LEAST && str_is(verb, near[i].word))
      return true;
  return false;
}
