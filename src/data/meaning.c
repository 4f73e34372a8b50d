// SPDX-License-Identifier: Apache-2.0
#include "data/meaning.h"

#include <ctype.h>

static bool meaning_has(struct str text, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i + n <= text.n; i++)
    if (str_is_nocase(str_make(text.p + i, n), word)) return true;
  return false;
}

bool meaning_is_instant(struct str format, struct str description) {
  static const char *const says[] = {"unix", "epoch", "timestamp", "since 1970", "1970-01-01"};
  for (size_t i = 0; i < sizeof says / sizeof *says; i++)
    if (meaning_has(format, says[i]) || meaning_has(description, says[i])) return true;
  return false;
}

bool meaning_in_millis(struct str format, struct str description) {
  return meaning_has(format, "milli") || meaning_has(description, "milli");
}

// Four digits, two, two, and no more; as patterns write digits.
static bool meaning_is_day_pattern(struct str pattern) {
  static const char *const digits[] = {"\\d", "[0-9]"};
  static const size_t lengths[] = {4, 2, 2};
  size_t at = pattern.n && pattern.p[0] == '^', part = 0;
  for (; part < 3; part++) {
    size_t n = 0;
    if (part && (at >= pattern.n || pattern.p[at++] != '-')) return false;
    while (n < lengths[part]) {
      struct str rest = str_from(pattern, at);
      size_t k = str_starts(rest, digits[0]) ? 2 : str_starts(rest, digits[1]) ? 5 : 0;
      if (!k) return false;
      at += k;
      n++;
      if (at + 2 < pattern.n && pattern.p[at] == '{' && pattern.p[at + 2] == '}') {
        n += (size_t)(pattern.p[at + 1] - '1');
        at += 3;
      }
    }
    if (n != lengths[part]) return false;
  }
  return at == pattern.n || (at + 1 == pattern.n && pattern.p[at] == '$');
}

bool meaning_is_day(struct str format, struct str pattern, struct str description) {
  if (format.n) return str_is(format, "date");
  if (pattern.n) return meaning_is_day_pattern(pattern);
  return meaning_has(description, "yyyy-mm-dd") && !meaning_has(description, "yyyy-mm-ddt") &&
         !meaning_has(description, "hh:");
}

static size_t meaning_blanks(struct str s, size_t at) {
  while (at < s.n && s.p[at] == ' ') at++;
  return at;
}

// "=", ":", "-", "–", "→", or a bracket: how long it is. 0: none.
static size_t meaning_between(struct str s, size_t at) {
  static const char *const marks[] = {"=>",           "->",           "=",           ":", "-", "(",
                                      "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x86\x92"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (str_starts(str_from(s, at), marks[i])) return strlen(marks[i]);
  return 0;
}

static bool meaning_code_at(struct str s, size_t at, struct meaning_code *out, size_t *end) {
  size_t digits = at;
  while (digits < s.n && isdigit((unsigned char)s.p[digits])) digits++;
  size_t mark = meaning_blanks(s, digits), n = meaning_between(s, mark);
  if (digits == at || !n) return false;
  size_t word = meaning_blanks(s, mark + n), stop = word;
  while (word < s.n && strchr("'\"`", s.p[word])) word++, stop++;
  if (word == s.n || !isalpha((unsigned char)s.p[word])) return false;
  while (stop < s.n && (isalnum((unsigned char)s.p[stop]) || s.p[stop] == '_' || s.p[stop] == '-')) stop++;
  *out = (struct meaning_code){str_make(s.p + at, digits - at), str_make(s.p + word, stop - word)};
  *end = stop;
  return true;
}

size_t meaning_codes(struct str description, struct meaning_code *out) {
  size_t n = 0, end;
  int64_t last = 0, number;
  for (size_t i = 0; i < description.n && n < MEANING_CODES_MOST; i++) {
    bool begins =
        isdigit((unsigned char)description.p[i]) &&
        (i == 0 || !(isalnum((unsigned char)description.p[i - 1]) || strchr(".-_", description.p[i - 1])));
    if (!begins || !meaning_code_at(description, i, &out[n], &end)) continue;
    if (!str_to_i64(out[n].number, &number) || (n && number != last + 1)) return 0;
    last = number;
    n++;
    i = end - 1;
  }
  return n > 1 ? n : 0;
}

// ---- words

static bool meaning_is_small(struct str word) {
  static const char *const small[] = {
      "the",    "its",     "this",       "that",     "these",  "those",   "they",   "them",  "their",
      "there",  "who",     "whose",      "whom",     "which",  "what",    "when",   "where", "why",
      "how",    "whether", "and",        "for",      "from",   "with",    "into",   "onto",  "upon",
      "about",  "was",     "were",       "are",      "been",   "being",   "has",    "have",  "had",
      "can",    "may",     "must",       "should",   "will",   "would",   "not",    "null",  "none",
      "unless", "until",   "than",       "since",    "number", "such",    "other",  "any",   "all",
      "each",   "only",    "optional",   "required", "value",  "field",   "string", "true",  "false",
      "format", "id",      "identifier", "unique",   "e.g",    "example", "date",   "time"};
  for (size_t i = 0; i < sizeof small / sizeof *small; i++)
    if (str_is(word, small[i])) return true;
  return word.n < 3;
}

void meaning_words(struct str description, struct buf *out) {
  size_t words = 0, i = 0;
  while (i < description.n && words < MEANING_WORDS_MOST && !strchr(";.(\n", description.p[i])) {
    size_t end = i;
    char low[32];
    for (; end < description.n && isalpha((unsigned char)description.p[end]); end++)
      if (end - i < sizeof low) low[end - i] = (char)tolower((unsigned char)description.p[end]);
    bool fits = end > i && end - i <= sizeof low;
    struct str word = fits ? str_make(low, end - i) : STR_NONE;
    if (fits && !meaning_is_small(word)) buf_printf(out, "%s%.*s", words++ ? "," : "", STR_ARG(word));
    i = end + (end == i);
  }
}

// The end of the part of a sentence that begins at a place.
static size_t meaning_part_end(struct str s, size_t at) {
  while (at < s.n && s.p[at] != ';' && s.p[at] != '\n' &&
         !(s.p[at] == '.' && (at + 1 == s.n || s.p[at + 1] == ' ')))
    at++;
  return at;
}

// "240 days": a number and a unit of days or longer, in days.
static int64_t meaning_days_in(struct str part) {
  static const struct {
    const char *unit;
    int days;
  } units[] = {{" day", 1}, {" week", 7}, {" month", 31}, {" year", 366}};
  for (size_t i = 0; i < part.n; i++) {
    size_t end = i;
    int64_t number = 0;
    if (i && isalnum((unsigned char)part.p[i - 1])) continue;
    for (; end < part.n && end - i < 5 && isdigit((unsigned char)part.p[end]); end++)
      number = number * 10 + (part.p[end] - '0');
    for (size_t u = 0; number && u < sizeof units / sizeof *units; u++)
      if (str_starts(str_from(part, end), units[u].unit)) return number * units[u].days;
  }
  return 0;
}

int64_t meaning_keeps(struct str description) {
  static const char *const keeps[] = {"kept",          "keeps",       "stored for",    "retained",
                                      "retention",     "counted",     "available for", "deleted after",
                                      "removed after", "of the last", "of the past"};
  for (size_t at = 0, end; at < description.n; at = end + 1) {
    end = meaning_part_end(description, at);
    struct str part = str_make(description.p + at, end - at);
    for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++)
      if (meaning_has(part, keeps[i]) && !meaning_has(part, "unless") && !meaning_has(part, "default") &&
          meaning_days_in(part))
        return meaning_days_in(part);
  }
  return 0;
}
