// SPDX-License-Identifier: Apache-2.0
#include "search/terms.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/mem.h"

// Letters before digits that are a word of their own: "layer3" is found by "layer" as well, "r2" is not found by "r".
enum { TERMS_LETTERS_LEAST = 4 };
// Up to this many bytes a word with capitals inside is found as one as well: "GraphQL".
enum { TERMS_WHOLE_MOST = 20 };

// What kind of character it is, as far as words end by it.
enum terms_kind { TERMS_NONE, TERMS_LOWER, TERMS_UPPER, TERMS_DIGIT, TERMS_ALONE };

struct terms {
  struct sb_stemmer *stemmer;
  struct str rest; // of the text
  struct str run;  // letters and digits side by side, the parts of which come next
  size_t at;       // in the run
  bool parted;     // it has more than one part: the whole comes behind them
  char word[TERM_BYTES_MOST + 1], stem[TERM_BYTES_MOST + 1];
};

struct terms *terms_new(void) {
  struct terms *t = MEM_NEW(struct terms);
  t->stemmer = sb_stemmer_new("english", "UTF_8");
  return t;
}

void terms_free(struct terms *t) {
  if (!t) return;
  sb_stemmer_delete(t->stemmer);
  mem_free(t);
}

void terms_start(struct terms *t, struct str text) {
  t->rest = text;
  t->run = STR_NONE;
  t->at = 0;
  t->parted = false;
}

// ---- runs and their parts

// Scripts that write words without spaces are wide; each of their characters is a word.
static enum terms_kind terms_kind_of(utf8proc_int32_t c) {
  utf8proc_category_t category = utf8proc_category(c);
  if (category == UTF8PROC_CATEGORY_LO && utf8proc_charwidth(c) == 2) return TERMS_ALONE;
  if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT) return TERMS_UPPER;
  if (category == UTF8PROC_CATEGORY_ND) return TERMS_DIGIT;
  bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
  return letter ? TERMS_LOWER : TERMS_NONE; // letters, marks and other numbers
}

// The character at the start of `s`, and its bytes.
static enum terms_kind terms_look(struct str s, size_t *bytes) {
  unsigned char c = s.n ? (unsigned char)s.p[0] : 0;
  *bytes = 1;
  if (c < 0x80) {
    if (c >= 'a' && c <= 'z') return TERMS_LOWER;
    if (c >= 'A' && c <= 'Z') return TERMS_UPPER;
    return c >= '0' && c <= '9' ? TERMS_DIGIT : TERMS_NONE;
  }
  utf8proc_int32_t point;
  utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &point);
  if (n <= 0) return TERMS_NONE;
  *bytes = (size_t)n;
  return terms_kind_of(point);
}

static bool terms_next_run(struct terms *t) {
  size_t bytes, n = 0;
  enum terms_kind kind;
  for (; t->rest.n && terms_look(t->rest, &bytes) == TERMS_NONE;) t->rest = str_from(t->rest, bytes);
  if (!t->rest.n) return false;
  for (; n < t->rest.n && (kind = terms_look(str_from(t->rest, n), &bytes)) != TERMS_NONE; n += bytes)
    if (kind == TERMS_ALONE) {
      if (!n) n = bytes;
      break;
    }
  t->run = str_make(t->rest.p, n);
  t->rest = str_from(t->rest, n);
  t->at = 0;
  t->parted = false;
  return true;
}

// Does a part end between these two? A capital run ends before the capital that begins a word: DNS|Records.
static bool terms_ends(enum terms_kind before, enum terms_kind now, enum terms_kind after, size_t letters) {
  if (now == TERMS_UPPER) return before == TERMS_LOWER || before == TERMS_DIGIT || after == TERMS_LOWER;
  return now == TERMS_DIGIT && before != TERMS_DIGIT && letters >= TERMS_LETTERS_LEAST;
}

static struct str terms_next_part(struct terms *t) {
  struct str left = str_from(t->run, t->at);
  size_t bytes, next, n, letters = 1;
  enum terms_kind before = terms_look(left, &bytes);
  for (n = bytes; n < left.n; n += bytes, letters++) {
    enum terms_kind now = terms_look(str_from(left, n), &bytes);
    enum terms_kind after = n + bytes < left.n ? terms_look(str_from(left, n + bytes), &next) : TERMS_NONE;
    if (terms_ends(before, now, after, letters)) break;
    before = now;
  }
  t->parted = t->parted || t->at || n < t->run.n;
  t->at += n;
  return str_make(left.p, n);
}

// ---- words

// Lower case, no accents, at most TERM_BYTES_MOST.
static struct str terms_fold(struct terms *t, struct str part) {
  size_t n = 0;
  bool plain = true;
  for (size_t i = 0; i < part.n && plain; i++) plain = !(part.p[i] & 0x80);
  if (plain) {
    for (; n < part.n && n < TERM_BYTES_MOST; n++)
      t->word[n] = part.p[n] >= 'A' && part.p[n] <= 'Z' ? (char)(part.p[n] + 'a' - 'A') : part.p[n];
  } else {
    utf8proc_uint8_t *folded = NULL;
    part = str_cut_utf8(part, TERM_BYTES_MOST);
    utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)part.p, (utf8proc_ssize_t)part.n, &folded,
                     UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                         UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    struct str whole = str_make((const char *)folded, length > 0 ? (size_t)length : 0);
    n = str_cut_utf8(whole, TERM_BYTES_MOST).n;
    if (n) memcpy(t->word, whole.p, n);
    free(folded);
  }
  t->word[n] = 0;
  return str_make(t->word, n);
}

static int terms_compare(const void *a, const void *b) {
  return strcmp(a, *(const char *const *)b);
}

// Sorted. Not among them: verbs that tools are named by (get, list, find), "not", "no", "without", and
// "who", which asks for people.
static bool terms_says_nothing(const char *word) {
  static const char *const stop[] = {
      "a",      "about", "am",    "an",    "and",   "any",    "are",   "as",    "at",   "be",    "been",
      "being",  "but",   "by",    "can",   "could", "d",      "did",   "do",    "does", "doing", "for",
      "from",   "give",  "had",   "has",   "have",  "having", "he",    "her",   "hers", "him",   "his",
      "how",    "i",     "if",    "in",    "into",  "is",     "it",    "its",   "let",  "ll",    "m",
      "may",    "me",    "might", "my",    "need",  "of",     "on",    "or",    "our",  "ours",  "out",
      "please", "re",    "s",     "shall", "she",   "should", "show",  "so",    "some", "t",     "tell",
      "than",   "that",  "the",   "their", "them",  "then",   "there", "these", "they", "this",  "those",
      "to",     "too",   "us",    "ve",    "want",  "was",    "we",    "were",  "what", "when",  "where",
      "which",  "why",   "will",  "with",  "would", "you",    "your",  "yours",
  };
  return bsearch(word, stop, sizeof stop / sizeof *stop, sizeof *stop, terms_compare) != NULL;
}

struct str terms_stem(struct terms *t, struct str word) {
  const sb_symbol *stem = sb_stemmer_stem(t->stemmer, (const sb_symbol *)word.p, (int)word.n);
  int n = stem ? sb_stemmer_length(t->stemmer) : 0;
  if (n <= 0 || n > TERM_BYTES_MOST) return word;
  memcpy(t->stem, stem, (size_t)n);
  t->stem[n] = 0;
  return str_make(t->stem, (size_t)n);
}

static bool terms_is_number(struct str word) {
  for (size_t i = 0; i < word.n; i++)
    if (word.p[i] < '0' || word.p[i] > '9') return false;
  return true;
}

bool terms_next(struct terms *t, struct term *out) {
  for (;;) {
    struct str part;
    bool whole = t->at >= t->run.n && t->parted && t->run.n <= TERMS_WHOLE_MOST;
    if (t->at < t->run.n)
      part = terms_next_part(t);
    else if (whole)
      part = t->run, t->parted = false;
    else if (terms_next_run(t))
      continue;
    else
      return false;
    struct str word = terms_fold(t, part);
    // One letter or the digits of "layer3" say nothing without the rest, which comes as the whole.
    if (!whole && t->parted && (word.n < 2 || terms_is_number(word))) continue;
    if (!word.n || terms_says_nothing(word.p)) continue;
    *out = (struct term){word, terms_stem(t, word)};
    return true;
  }
}
