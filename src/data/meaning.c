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
