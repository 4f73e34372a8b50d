// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include <ctype.h>
#include <strings.h>

bool str_eq(struct str a, struct str b) {
  return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *z) {
  return str_eq(a, str_of(z));
}

bool str_eq_nocase(struct str a, struct str b) {
  return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

bool str_is_nocase(struct str a, const char *z) {
  return str_eq_nocase(a, str_of(z));
}

int str_compare(struct str a, struct str b) {
  size_t n = a.n < b.n ? a.n : b.n;
  int c = n ? memcmp(a.p, b.p, n) : 0;
  return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, const char *prefix) {
  size_t n = strlen(prefix);
  return n == 0 || (s.n >= n && memcmp(s.p, prefix, n) == 0);
}

bool str_ends(struct str s, const char *suffix) {
  size_t n = strlen(suffix);
  return n == 0 || (s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0);
}

ptrdiff_t str_find_text(struct str s, struct str needle) {
  const char *at = s.n && needle.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
  return at ? at - s.p : needle.n ? -1 : 0;
}

bool str_contains(struct str s, struct str needle) {
  return str_find_text(s, needle) >= 0;
}

static bool str_is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s) {
  while (s.n && str_is_blank(s.p[0])) s.p++, s.n--;
  while (s.n && str_is_blank(s.p[s.n - 1])) s.n--;
  return s;
}

struct str str_trim_end(struct str s, char c) {
  while (s.n && s.p[s.n - 1] == c) s.n--;
  return s;
}

struct str str_from(struct str s, size_t start) {
  if (start > s.n) start = s.n;
  return (struct str){s.p ? s.p + start : NULL, s.n - start};
}

static bool str_continues(char c) {
  return ((unsigned char)c & 0xc0) == 0x80; // RFC 3629 §3: not the first byte of a character
}

struct str str_cut_utf8(struct str s, size_t most) {
  if (s.n <= most) return s;
  size_t n = most;
  for (unsigned back = 0; back < 3 && n && str_continues(s.p[n]); back++) n--;
  return (struct str){s.p, str_continues(s.p[n]) ? most : n};
}

size_t str_characters(struct str utf8) {
  size_t n = 0;
  for (size_t i = 0; i < utf8.n; i++) n += !str_continues(utf8.p[i]);
  return n;
}

bool str_cut(struct str *rest, char sep, struct str *item) {
  if (!rest->p) return false;
  const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
  if (!at) {
    *item = *rest;
    *rest = STR_NONE;
    return true;
  }
  size_t n = (size_t)(at - rest->p);
  *item = (struct str){rest->p, n};
  *rest = (struct str){at + 1, rest->n - n - 1};
  return true;
}

ptrdiff_t str_find(struct str s, char c) {
  const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
  return at ? at - s.p : -1;
}

bool str_to_u64(struct str s, uint64_t *out) {
  uint64_t v = 0;
  if (s.n == 0) return false;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
      return false;
  }
  *out = v;
  return true;
}

bool str_to_i64(struct str s, int64_t *out) {
  bool negative = s.n && s.p[0] == '-';
  uint64_t v;
  if (!str_to_u64(negative ? str_from(s, 1) : s, &v)) return false;
  if (v > (uint64_t)INT64_MAX + (negative ? 1u : 0u)) return false;
  *out = negative ? (int64_t)(0 - v) : (int64_t)v;
  return true;
}

// Backtracks to the last star only, and to the last '**' when that fails: O(pattern × text).
bool str_glob(struct str pattern, struct str s) {
  size_t p = 0, i = 0;
  size_t star_p = SIZE_MAX, star_i = 0, deep_p = SIZE_MAX, deep_i = 0;
  while (i < s.n || p < pattern.n) {
    if (p + 1 < pattern.n && pattern.p[p] == '*' && pattern.p[p + 1] == '*') {
      p += 2;
      deep_p = p, deep_i = i;
      star_p = SIZE_MAX;
      continue;
    }
    if (p < pattern.n && pattern.p[p] == '*') {
      p++;
      star_p = p, star_i = i;
      continue;
    }
    if (p < pattern.n && i < s.n && (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
      p++, i++;
      continue;
    }
    if (star_p != SIZE_MAX && star_i < s.n && s.p[star_i] != '/') {
      p = star_p, i = ++star_i;
      continue;
    }
    if (deep_p != SIZE_MAX && deep_i < s.n) {
      p = deep_p, i = ++deep_i;
      star_p = SIZE_MAX;
      continue;
    }
    return false;
  }
  return true;
}

static char str_small(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

unsigned str_distance(struct str a, struct str b) {
  unsigned row[64];
  if (a.n > 63 || b.n > 63) return 64;
  for (unsigned j = 0; j <= b.n; j++) row[j] = j;
  for (size_t i = 1; i <= a.n; i++) {
    unsigned diagonal = row[0];
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= b.n; j++) {
      unsigned above = row[j];
      unsigned best = diagonal + (str_small(a.p[i - 1]) != str_small(b.p[j - 1]));
      if (above + 1 < best) best = above + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = best;
      diagonal = above;
    }
  }
  return row[b.n];
}

bool str_eq_secret(struct str a, struct str b) {
  if (a.n != b.n) return false;
  unsigned char diff = 0;
  for (size_t i = 0; i < a.n; i++) diff |= (unsigned char)(a.p[i] ^ b.p[i]);
  __asm__ volatile("" : "+r"(diff)); // keeps the compiler from leaving the loop early
  return diff == 0;
}
