// SPDX-License-Identifier: Apache-2.0
#include "lexicon/lexicon.h"

#include "lexicon/table.h"

enum { LEXICON_BASES_MOST = 24 };

// Words in order, as scripts/embed-lexicon writes them.
struct lexicon_text {
  const unsigned char *bytes, *blocks;
  unsigned n;
};

// A word that another may be a form of.
struct lexicon_base {
  enum lexicon_role role;
  unsigned place;
};

struct lexicon_bases {
  struct lexicon_base items[LEXICON_BASES_MOST];
  size_t n;
};

static unsigned lexicon_number(const unsigned char *at, size_t bytes) {
  unsigned number = 0;
  for (size_t i = bytes; i--;) number = number << 8 | at[i];
  return number;
}

static struct lexicon_text lexicon_all_words(void) {
  return (struct lexicon_text){lexicon_words, lexicon_word_blocks, lexicon_word_count};
}

static struct lexicon_text lexicon_all_forms(void) {
  return (struct lexicon_text){lexicon_forms, lexicon_form_blocks, lexicon_form_count};
}

// ---- finding

// The word at `*at` over the one before it in `word`; `*at` is then behind it.
static struct str lexicon_next(const unsigned char **at, char word[LEXICON_BYTES_MOST]) {
  size_t n = *(*at)++;
  do word[n++] = (char)(**at & 0x7f);
  while (!(*(*at)++ & 0x80));
  return str_make(word, n);
}

static const unsigned char *lexicon_block(struct lexicon_text t, unsigned block) {
  return t.bytes + lexicon_number(t.blocks + (size_t)block * 3, 3);
}

// The number of the first that is not before `word`; `t.n` where all are.
static unsigned lexicon_place(struct lexicon_text t, struct str word) {
  char room[LEXICON_BYTES_MOST];
  unsigned low = 0, high = (t.n + LEXICON_BLOCK - 1) / LEXICON_BLOCK;
  while (high - low > 1) { // the last block that begins before it
    unsigned middle = low + (high - low) / 2;
    const unsigned char *at = lexicon_block(t, middle);
    if (str_compare(lexicon_next(&at, room), word) < 0)
      low = middle;
    else
      high = middle;
  }
  unsigned place = low * LEXICON_BLOCK;
  if (place >= t.n) return t.n;
  const unsigned char *at = lexicon_block(t, low);
  for (; place < t.n && place < (low + 1) * LEXICON_BLOCK; place++)
    if (str_compare(lexicon_next(&at, room), word) >= 0) return place;
  return place;
}

static struct str lexicon_at(struct lexicon_text t, unsigned place, char out[LEXICON_BYTES_MOST]) {
  const unsigned char *at = lexicon_block(t, place / LEXICON_BLOCK);
  struct str word = lexicon_next(&at, out);
  for (unsigned i = 0; i < place % LEXICON_BLOCK; i++) word = lexicon_next(&at, out);
  return word;
}

static bool lexicon_find(struct lexicon_text t, struct str word, unsigned *place) {
  char room[LEXICON_BYTES_MOST];
  *place = lexicon_place(t, word);
  return *place < t.n && str_eq(lexicon_at(t, *place, room), word);
}

// ---- forms

static unsigned lexicon_level(unsigned place, enum lexicon_role role) {
  return lexicon_number(lexicon_levels + (size_t)place * 2, 2) >> 4 * role & 15;
}

// A word without what makes a form of it.
static const struct lexicon_ending {
  enum lexicon_role role;
  const char *end, *instead;
} lexicon_endings[] = {
    {LEXICON_NOUN, "s", ""},         {LEXICON_NOUN, "es", ""},       {LEXICON_NOUN, "ies", "y"},
    {LEXICON_NOUN, "men", "man"},    {LEXICON_VERB, "s", ""},        {LEXICON_VERB, "es", ""},
    {LEXICON_VERB, "ies", "y"},      {LEXICON_VERB, "ed", ""},       {LEXICON_VERB, "ed", "e"},
    {LEXICON_VERB, "ied", "y"},      {LEXICON_VERB, "ing", ""},      {LEXICON_VERB, "ing", "e"},
    {LEXICON_ADJECTIVE, "er", ""},   {LEXICON_ADJECTIVE, "er", "e"}, {LEXICON_ADJECTIVE, "est", ""},
    {LEXICON_ADJECTIVE, "est", "e"},
};
enum { LEXICON_ENDINGS = sizeof lexicon_endings / sizeof *lexicon_endings };

static void lexicon_add_base(struct lexicon_bases *all, enum lexicon_role role, unsigned place) {
  if (!lexicon_level(place, role)) return;
  for (size_t i = 0; i < all->n; i++)
    if (all->items[i].role == role && all->items[i].place == place) return;
  if (all->n < LEXICON_BASES_MOST) all->items[all->n++] = (struct lexicon_base){role, place};
}

static void lexicon_add_ending(struct lexicon_bases *all, struct str word, const struct lexicon_ending *e) {
  char base[LEXICON_BYTES_MOST];
  unsigned place;
  size_t end = strlen(e->end), instead = strlen(e->instead);
  if (word.n <= end || !str_ends(word, e->end)) return;
  memcpy(base, word.p, word.n - end);
  memcpy(base + word.n - end, e->instead, instead);
  if (lexicon_find(lexicon_all_words(), str_make(base, word.n - end + instead), &place))
    lexicon_add_base(all, e->role, place);
}

// What `word` is or may be a form of. A form that a dictionary names ("men") is none by rule as well.
static struct lexicon_bases lexicon_bases_of(struct str word) {
  struct lexicon_bases all = {0};
  char room[LEXICON_BYTES_MOST];
  unsigned place;
  bool named[LEXICON_ROLES] = {false};
  if (!word.n || word.n >= LEXICON_BYTES_MOST) return all;
  if (lexicon_find(lexicon_all_words(), word, &place))
    for (enum lexicon_role r = 0; r < LEXICON_ROLES; r++) lexicon_add_base(&all, r, place);
  for (place = lexicon_place(lexicon_all_forms(), word);
       place < lexicon_form_count && str_eq(lexicon_at(lexicon_all_forms(), place, room), word); place++) {
    unsigned base = lexicon_number(lexicon_bases + (size_t)place * 3, 3);
    named[base >> 20] = true;
    lexicon_add_base(&all, base >> 20, base & 0xfffff);
  }
  for (size_t i = 0; i < LEXICON_ENDINGS; i++)
    if (!named[lexicon_endings[i].role]) lexicon_add_ending(&all, word, &lexicon_endings[i]);
  return all;
}

// ---- what is asked

size_t lexicon_size(void) {
  return lexicon_word_count;
}

static unsigned lexicon_weight(const struct lexicon_base *b) {
  return 1U << (lexicon_level(b->place, b->role) - 1);
}

bool lexicon_look(struct str word, struct lexicon_word *out) {
  unsigned weight[LEXICON_ROLES] = {0}, sum = 0;
  struct lexicon_bases bases = lexicon_bases_of(word);
  *out = (struct lexicon_word){0};
  for (size_t i = 0; i < bases.n; i++) {
    weight[bases.items[i].role] += lexicon_weight(&bases.items[i]);
    sum += lexicon_weight(&bases.items[i]);
  }
  for (size_t r = 0; r < LEXICON_ROLES && sum; r++)
    out->share[r] = (unsigned char)((weight[r] * 100 + sum / 2) / sum);
  return sum > 0;
}

struct str lexicon_lemma(struct str word, enum lexicon_role role, char out[LEXICON_BYTES_MOST]) {
  const struct lexicon_base *best = NULL;
  struct lexicon_bases bases = lexicon_bases_of(word);
  for (size_t i = 0; i < bases.n; i++) {
    const struct lexicon_base *b = &bases.items[i];
    if (b->role == role && (!best || lexicon_level(b->place, role) > lexicon_level(best->place, role)))
      best = b;
  }
  return best ? lexicon_at(lexicon_all_words(), best->place, out) : STR_NONE;
}

// What is written of a pair, as scripts/embed-lexicon has it.
static const struct {
  enum lexicon_how how;
  unsigned char likely;
} lexicon_ways[] = {
    {LEXICON_NARROWER, 50}, {LEXICON_BROADER, 50}, {LEXICON_AKIN, 9},  {LEXICON_AKIN, 35},
    {LEXICON_SAME, 9},      {LEXICON_SAME, 20},    {LEXICON_SAME, 35}, {LEXICON_SAME, 70},
};

static size_t lexicon_near_of(const struct lexicon_base *b, unsigned share, struct lexicon_near *out,
                              size_t most) {
  unsigned block = b->place / LEXICON_BLOCK * LEXICON_BLOCK;
  size_t n = 0, at = lexicon_number(lexicon_near_blocks + (size_t)block / LEXICON_BLOCK * 3, 3);
  for (unsigned place = block; place < b->place; place++) at += lexicon_near_counts[place];
  for (size_t i = at; i < at + lexicon_near_counts[b->place] && n < most; i++) {
    unsigned row = lexicon_number(lexicon_near_rows + i * 3, 3);
    if ((row >> 19 & 3) != b->role) continue;
    struct lexicon_near *near = &out[n++];
    struct str word = lexicon_at(lexicon_all_words(), row & 0x1ffff, near->word);
    near->word[word.n] = 0;
    near->how = lexicon_ways[row >> 21].how;
    near->role = b->role;
    near->its = row >> 17 & 3;
    near->likely = (unsigned char)(lexicon_ways[row >> 21].likely * share / 100);
  }
  return n;
}

size_t lexicon_near(struct str word, struct lexicon_near out[LEXICON_NEAR_MOST]) {
  struct lexicon_bases bases = lexicon_bases_of(word);
  unsigned sum = 0;
  size_t n = 0;
  for (size_t i = 0; i < bases.n; i++) sum += lexicon_weight(&bases.items[i]);
  for (size_t i = 0; i < bases.n; i++) {
    unsigned share = (lexicon_weight(&bases.items[i]) * 100 + sum / 2) / sum;
    n += lexicon_near_of(&bases.items[i], share, out + n, LEXICON_NEAR_MOST - n);
  }
  return n;
}
