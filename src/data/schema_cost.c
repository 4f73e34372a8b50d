// SPDX-License-Identifier: Apache-2.0
#include "data/schema_cost.h"

enum { COST_REPEAT_MOST = 65535 }; // PCRE2 takes no more

struct cost_reader {
  struct str s;
  size_t at;
  struct schema_cost cost;
};

static int peek(const struct cost_reader *r, size_t ahead) {
  return r->at + ahead < r->s.n ? (unsigned char)r->s.p[r->at + ahead] : 0;
}

static bool is_letter(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(int c) {
  return c >= '0' && c <= '9';
}

// ECMA-262 §22.2.1: ClassEscape, CharacterEscape, and what PCRE2 is told to read the same way.
static bool read_escape(struct cost_reader *r, bool in_class) {
  int c = peek(r, 1);
  if (c == 0 || (is_letter(c) && !strchr("dDwWsSbBtnrfvxucpPk", c))) return false;
  if (c == 'c' && !is_letter(peek(r, 2))) return false;
  if (c == 'k' && in_class) return false;
  r->cost.wide |= c == 'x' || c == 'u' || c == 'p' || c == 'P' || c == 'v';
  r->cost.refers |= c == 'k' || (!in_class && c >= '1' && c <= '9');
  r->at += c == 'c' ? 3 : 2;
  return true;
}

static bool read_group(const struct cost_reader *r) {
  if (peek(r, 1) == '*') return false; // a verb
  if (peek(r, 1) != '?') return true;
  int c = peek(r, 2), d = peek(r, 3);
  return c == ':' || c == '=' || c == '!' ||
         (c == '<' && (d == '=' || d == '!' || d == '_' || d == '$' || is_letter(d) || d >= 0x80)) ||
         (c == 'P' && d == '<'); // Python's spelling of a named group, which is an easy one
}

static void read_repeat(struct cost_reader *r) {
  size_t n = 0, at = 1;
  for (; is_digit(peek(r, at)); at++)
    if (n <= COST_REPEAT_MOST) n = n * 10 + (size_t)(peek(r, at) - '0');
  if (n > COST_REPEAT_MOST) n = COST_REPEAT_MOST;
  if (n > r->cost.repeat) r->cost.repeat = n;
}

bool schema_cost_read(struct str pattern, struct schema_cost *out) {
  struct cost_reader r = {.s = pattern, .cost = {.weight = 1}};
  bool in_class = false;
  while (r.at < r.s.n) {
    int c = peek(&r, 0);
    if (c == '\\') {
      if (!read_escape(&r, in_class)) return false;
      continue;
    }
    if (c == '(' && !in_class && !read_group(&r)) return false;
    if (c == '{' && !in_class) read_repeat(&r);
    r.cost.wide |= c >= 0x80;
    // Where PCRE2 sees more in a class than this ([[:alpha:]x]), it is left too early here, never too late.
    in_class = in_class ? c != ']' : c == '[';
    r.at++;
  }
  *out = r.cost;
  return true;
}
