// SPDX-License-Identifier: Apache-2.0
#include "language/words.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

#include "search/terms.h"

static const char *const word_kind_names[WORD_KINDS] = {
    "plain", "number", "domain", "ip", "cidr", "email", "id", "path", "url", "quoted", "date"};

const char *word_kind_name(enum word_kind kind) {
  return word_kind_names[kind];
}

bool word_kind_read(struct str name, enum word_kind *out) {
  for (size_t i = 0; i < WORD_KINDS; i++)
    if (str_is(name, word_kind_names[i])) return *out = (enum word_kind)i, true;
  return false;
}

// ---- stems

static pthread_key_t words_key;
static pthread_once_t words_once = PTHREAD_ONCE_INIT;

static void words_end(void *terms) {
  terms_free(terms);
}

static void words_begin(void) {
  (void)pthread_key_create(&words_key, words_end);
}

// A stemmer is not for many threads at once, and dear to make: each thread has its own.
struct str language_stem(struct str low, struct arena *a) {
  pthread_once(&words_once, words_begin);
  struct terms *terms = pthread_getspecific(words_key);
  if (!terms) (void)pthread_setspecific(words_key, terms = terms_new());
  return arena_dup(a, terms_stem(terms, str_make(low.p, low.n < WORDS_STEM_MOST ? low.n : WORDS_STEM_MOST)));
}

struct str language_joined(const struct word *w, struct arena *a) {
  char *out = arena_z(a, w->whole);
  size_t n = 0;
  for (size_t i = 0; i < w->whole.n; i++)
    if (w->whole.p[i] != '-') out[n++] = (char)tolower((unsigned char)w->whole.p[i]);
  return str_make(out, n);
}

// ---- what a word plainly is

static bool words_all(struct str s, const char *allowed, bool digits, bool letters) {
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (!(digits && isdigit(c)) && !(letters && isalpha(c)) && !(c && strchr(allowed, c))) return false;
  }
  return s.n > 0;
}

static size_t words_count(struct str s, char c) {
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) n += s.p[i] == c;
  return n;
}

static bool words_is_ip(struct str s) {
  if (words_count(s, '.') == 3 && words_all(s, ".", true, false)) return true;
  return words_count(s, ':') >= 2 && words_all(s, ":abcdefABCDEF.", true, false) && s.n > 3;
}

static bool words_is_domain(struct str s) {
  ptrdiff_t first = str_find(s, '.');
  if (first <= 0 || !words_all(s, ".-_", true, true)) return false;
  size_t last = s.n;
  while (s.p[last - 1] != '.') last--;
  struct str top = str_from(s, last);
  return top.n >= 2 && words_all(top, "", false, true) && str_find_text(s, STR("..")) < 0;
}

static bool words_is_id(struct str s) {
  size_t digits = 0;
  for (size_t i = 0; i < s.n; i++) digits += isdigit((unsigned char)s.p[i]) != 0;
  bool hex = words_all(s, "abcdefABCDEF-", true, false);
  if (hex && digits && (s.n == 32 || s.n == 36 || s.n == 40 || s.n == 64)) return true;
  return s.n >= 12 && digits >= 2 && str_find(s, '_') > 0 && words_all(s, "_", true, true);
}

static bool words_is_number(struct str s, double *out) {
  char plain[40];
  size_t n = 0;
  if (!words_all(s, ".,", true, false) || s.n >= sizeof plain || !isdigit((unsigned char)s.p[0]))
    return false;
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != ',') plain[n++] = s.p[i];
  plain[n] = 0;
  char *end;
  *out = strtod(plain, &end);
  return !*end;
}

static bool words_is_date(struct str s) {
  return s.n >= 10 && s.p[4] == '-' && s.p[7] == '-' && words_all(str_make(s.p, 4), "", true, false) &&
         words_all(s, "-:TZ+.", true, false);
}

static enum word_kind words_kind(struct str s, double *number) {
  if (words_is_number(s, number)) return WORD_NUMBER;
  if (words_is_date(s)) return WORD_DATE;
  if (str_starts(s, "http://") || str_starts(s, "https://")) return WORD_URL;
  if (s.n > 1 && s.p[0] == '/') return WORD_PATH;
  if (str_find(s, '@') > 0 && words_is_domain(str_from(s, (size_t)str_find(s, '@') + 1))) return WORD_EMAIL;
  ptrdiff_t slash = str_find(s, '/');
  if (slash > 0 && words_is_ip(str_make(s.p, (size_t)slash))) return WORD_CIDR;
  if (words_is_ip(s)) return WORD_IP;
  if (words_is_id(s)) return WORD_ID;
  return words_is_domain(s) ? WORD_DOMAIN : WORD_PLAIN;
}

// ---- cutting

struct words_cutter {
  struct arena *arena;
  struct ask_words *out;
  size_t most, clause;
};

// "JPGs", "URLs": initials, and more than one of them.
static bool words_is_initials(struct str s) {
  size_t great = 0;
  while (great < s.n && isupper((unsigned char)s.p[great])) great++;
  return great >= 2 && great + 1 == s.n && s.p[great] == 's';
}

static struct word *words_add(struct words_cutter *c, struct str text, enum word_kind kind, size_t at) {
  if (c->out->n == c->most) return NULL;
  struct word *w = &c->out->items[c->out->n++];
  char *low = arena_z(c->arena, text);
  for (size_t i = 0; i < text.n; i++) low[i] = (char)tolower((unsigned char)low[i]);
  *w = (struct word){.text = text, .low = {low, text.n}, .kind = kind, .at = at, .clause = c->clause};
  w->whole = text;
  if (kind == WORD_PLAIN && words_is_initials(text)) w->low.n--;
  w->stem = kind == WORD_PLAIN ? language_stem(w->low, c->arena) : w->low;
  return w;
}

// What an apostrophe ends a word with: "Thunderbolt's", "I'd", "we've". Not "don't", which denies.
static bool words_is_suffix(struct str rest) {
  static const char *const suffixes[] = {"s", "d", "ll", "ve", "re", "m"};
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
    if (str_is_nocase(rest, suffixes[i])) return true;
  return false;
}

// Parts of a hyphenated word; apostrophes go, with what they end it with.
static void words_add_plain(struct words_cutter *c, struct str raw, size_t at) {
  char *text = arena_z(c->arena, raw);
  size_t n = 0, start = 0;
  for (size_t i = 0; i < raw.n; i++) {
    bool curly = i + 2 < raw.n && memcmp(raw.p + i, "\xe2\x80\x99", 3) == 0;
    if (raw.p[i] != '\'' && !curly) {
      text[n++] = raw.p[i];
      continue;
    }
    i += curly ? 2 : 0;
    if (words_is_suffix(str_from(raw, i + 1))) break;
  }
  for (size_t i = 0; i <= n; i++) {
    if (i < n && text[i] != '-' && text[i] != '/') continue;
    struct word *w = i > start ? words_add(c, str_make(text + start, i - start), WORD_PLAIN, at) : NULL;
    if (w) w->whole = raw;
    start = i + 1;
  }
}

// "example.com's": what it belongs to.
static struct str words_possessor(struct str word) {
  static const struct str ends[] = {{"'s", 2}, {"\xe2\x80\x99s", 4}};
  for (size_t i = 0; i < 2; i++)
    if (word.n > ends[i].n && str_eq(str_from(word, word.n - ends[i].n), ends[i]))
      return str_make(word.p, word.n - ends[i].n);
  return word;
}

static bool words_ends_sentence(char c) {
  return c == '.' || c == '?' || c == '!' || c == ';' || c == '\n';
}

static void words_mark(struct words_cutter *c, char mark) {
  if (c->out->n && !c->out->items[c->out->n - 1].end) c->out->items[c->out->n - 1].end = mark;
  if (words_ends_sentence(mark)) c->clause++;
}

// "5MB" is a number and its unit: how long the number is; 0: it is none.
static size_t words_amount(struct str s) {
  static const char *const units[] = {"kb", "mb", "gb", "tb", "kib", "mib", "gib", "ms", "k", "%"};
  size_t n = 0;
  while (n < s.n && strchr("0123456789.,", s.p[n])) n++;
  for (size_t i = 0; n && i < sizeof units / sizeof *units; i++)
    if (str_eq_nocase(str_from(s, n), str_of(units[i]))) return n;
  return 0;
}

// Cut short, and no end of a sentence: "A vs. B".
static bool words_is_short(struct str word) {
  static const char *const shorts[] = {"vs", "approx", "incl", "excl", "resp", "dept",
                                       "dr", "mr",     "mrs",  "ms",   "st"};
  for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
    if (str_is_nocase(word, shorts[i])) return true;
  return false;
}

// One run without blanks: marks around it come off, the rest is a word.
static void words_run(struct words_cutter *c, struct str run, size_t at) {
  static const char OPEN[] = "([{<\"'*_`", CLOSE[] = ")]}>\"'*_`.,;:?!";
  while (run.n && strchr(OPEN, run.p[0])) run = str_from(run, 1), at++;
  size_t marks = run.n;
  while (marks && strchr(CLOSE, run.p[marks - 1])) marks--;
  struct str word = str_make(run.p, marks), rest = str_from(run, marks);
  double number = 0;
  size_t amount = words_amount(word);
  if (amount && words_is_number(str_make(word.p, amount), &number)) {
    struct word *w = words_add(c, str_make(word.p, amount), WORD_NUMBER, at);
    if (w) w->number = number;
    word = str_from(word, amount);
    at += amount;
  }
  enum word_kind kind = word.n ? words_kind(words_possessor(word), &number) : WORD_PLAIN;
  if (kind != WORD_PLAIN) word = words_possessor(word);
  if (kind == WORD_PLAIN && word.n) {
    words_add_plain(c, word, at);
  } else if (word.n) {
    struct word *w = words_add(c, word, kind, at);
    if (w) w->number = number;
  }
  size_t dot = words_is_short(word) && rest.n && rest.p[0] == '.';
  for (size_t i = dot; i < rest.n; i++)
    if (strchr(".,;:?!", rest.p[i])) words_mark(c, rest.p[i]);
}

// Quoted text of several words is one. 0: none begins here.
static size_t words_quoted(struct words_cutter *c, struct str text, size_t at) {
  char quote = text.p[at];
  if ((quote != '"' && quote != '\'' && quote != '`') || (at && isalnum((unsigned char)text.p[at - 1])))
    return 0;
  const char *end = memchr(text.p + at + 1, quote, text.n - at - 1);
  if (!end || end == text.p + at + 1 || end - (text.p + at) > 200) return 0;
  struct str inner = str_make(text.p + at + 1, (size_t)(end - (text.p + at + 1)));
  double number;
  if (quote == '\'' && !memchr(inner.p, ' ', inner.n) && words_kind(inner, &number) == WORD_PLAIN &&
      inner.n < 3)
    return 0;
  enum word_kind kind = words_kind(inner, &number);
  words_add(c, inner, kind == WORD_PLAIN || kind == WORD_NUMBER ? WORD_QUOTED : kind, at + 1);
  return inner.n + 2;
}

bool language_words(struct str text, struct arena *a, struct ask_words *out, struct err *err) {
  size_t most = text.n < WORDS_MOST ? text.n : WORDS_MOST; // a model has a short text for each of its names
  struct words_cutter c = {.arena = a, .out = out, .most = most};
  if (text.n > WORDS_BYTES_MOST) {
    err_at(err, ERR_LIMIT, "question", "the question has %zu bytes, of %d allowed", text.n, WORDS_BYTES_MOST);
    err_hint(err, "ask it in a few sentences");
    return false;
  }
  *out = (struct ask_words){.items = ARENA_ARRAY(a, most + 1, struct word)};
  for (size_t i = 0; i < text.n;) {
    size_t quoted = words_quoted(&c, text, i), end = i;
    if (quoted) {
      i += quoted;
      continue;
    }
    if (isspace((unsigned char)text.p[i])) {
      if (text.p[i] == '\n') words_mark(&c, '\n');
      i++;
      continue;
    }
    while (end < text.n && !isspace((unsigned char)text.p[end])) end++;
    words_run(&c, str_make(text.p + i, end - i), i);
    i = end;
  }
  return true;
}
