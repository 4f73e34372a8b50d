// SPDX-License-Identifier: Apache-2.0
#include "openapi/pattern.h"

#include <ctype.h>

#include "base/buf.h"

struct pattern_reader {
  struct str s;
  size_t at;
  struct buf out;
  unsigned depth;
};

static int peek(const struct pattern_reader *r, size_t ahead) {
  return r->at + ahead < r->s.n ? (unsigned char)r->s.p[r->at + ahead] : -1;
}

static void take(struct pattern_reader *r, size_t n) {
  buf_add(&r->out, str_make(r->s.p + r->at, n));
  r->at += n;
}

static bool is_hex(const struct pattern_reader *r, size_t from, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isxdigit(peek(r, from + i))) return false;
  return true;
}

// `\…`: character classes, code points and escaped syntax stay; an escaped character that needs none is bare.
static bool read_escape(struct pattern_reader *r, bool in_class) {
  int c = peek(r, 1);
  if (c < 0) return false;
  if (strchr("dDwWsSbtnrfv0", c) || strchr("^$\\.*+?()[]{}|/", c) || (in_class && c == '-')) {
    if (c == '0' && isdigit(peek(r, 2))) return false;
    take(r, 2);
    return true;
  }
  if (c == 'B' && !in_class) return take(r, 2), true;
  if (c == 'x' && is_hex(r, 2, 2)) return take(r, 4), true;
  if (c == 'u' && is_hex(r, 2, 4)) return take(r, 6), true;
  if (c == 'c' && isalpha(peek(r, 2))) return take(r, 3), true;
  if ((c == 'p' || c == 'P') && peek(r, 2) == '{') {
    size_t n = 3;
    while (isalnum(peek(r, n)) || peek(r, n) == '_' || peek(r, n) == '=') n++;
    // Long names are spelled as Unicode spells them; only the short categories are taken on trust.
    if (peek(r, n) != '}' || n == 3 || n > 5) return false;
    take(r, n + 1);
    return true;
  }
  if (isalnum(c)) return false; // \Z, \A, \h, back references: other dialects, or not worth the risk
  r->at++;                      // the backslash
  take(r, 1);
  return true;
}

static bool read_class(struct pattern_reader *r) {
  take(r, 1);
  if (peek(r, 0) == '^') take(r, 1);
  bool ranged = false; // a set such as \w cannot begin or end a range
  int before = -1;     // the plain character a range begins with; -1: not a plain one
  for (;;) {
    int c = peek(r, 0);
    if (c < 0) return false;
    if (c == ']') break;
    bool set = c == '\\' && peek(r, 1) > 0 && strchr("dDwWsSpP", peek(r, 1));
    if (set && ranged) return false;
    if (ranged && before >= 0 && c != '\\' && c < before) return false; // [z-a]
    if (c == '\\') {
      if (!read_escape(r, true)) return false;
    } else {
      take(r, 1);
    }
    bool dash = peek(r, 0) == '-' && peek(r, 1) != ']' && peek(r, 1) > 0;
    if (set && dash) { // [\w-.]: the dash means itself
      buf_add_char(&r->out, '\\');
      take(r, 1);
      dash = false;
    }
    ranged = dash && !ranged;
    before = ranged && c < 0x80 && c != '\\' ? c : -1;
    if (ranged) take(r, 1);
  }
  take(r, 1);
  return true;
}

static bool read_quantifier(struct pattern_reader *r, bool *was) {
  int c = peek(r, 0);
  *was = false;
  if (c == '{') {
    size_t n = 1, digits = 0;
    while (isdigit(peek(r, n))) n++, digits++;
    if (digits && peek(r, n) == ',') {
      n++;
      while (isdigit(peek(r, n))) n++;
    }
    if (!digits || peek(r, n) != '}' || n > 12) return false;
    take(r, n + 1);
  } else if (c == '*' || c == '+' || c == '?') {
    take(r, 1);
  } else {
    return true;
  }
  if (peek(r, 0) == '?') take(r, 1);
  c = peek(r, 0);
  *was = true;
  return c != '*' && c != '+' && c != '?' && c != '{';
}

static bool read_group(struct pattern_reader *r) {
  if (++r->depth > PATTERN_GROUPS_MOST) return false;
  take(r, 1);
  if (peek(r, 0) != '?') return true;
  int c = peek(r, 1);
  if (c == ':' || c == '=' || c == '!') return take(r, 2), true;
  if (c == '<' && (peek(r, 2) == '=' || peek(r, 2) == '!')) return take(r, 3), true;
  bool python = c == 'P' && peek(r, 2) == '<';
  size_t n = python ? 3 : 2;
  if (c != '<' && !python) return false; // flags: (?i) is not ECMA's
  while (isalnum(peek(r, n)) || peek(r, n) == '_') n++;
  if (peek(r, n) != '>' || n > 64) return false;
  r->at += n + 1; // a group's name matters to nobody who only asks whether it matches
  return true;
}

static bool read_all(struct pattern_reader *r) {
  bool can_repeat = false;
  while (r->at < r->s.n) {
    int c = peek(r, 0);
    bool quantified;
    if (c == '*' || c == '+' || c == '?' || c == '{') {
      if (!can_repeat || !read_quantifier(r, &quantified)) return false;
      can_repeat = false;
      continue;
    }
    can_repeat = true;
    if (c == '}' || c == ']') return false;
    if (c == '\\') {
      if (!read_escape(r, false)) return false;
    } else if (c == '[') {
      if (!read_class(r)) return false;
    } else if (c == '(') {
      if (!read_group(r)) return false;
      can_repeat = false;
    } else if (c == ')') {
      if (r->depth-- == 0) return false;
      take(r, 1);
    } else {
      can_repeat = c != '|' && c != '^' && c != '$';
      take(r, 1);
    }
  }
  return r->depth == 0;
}

bool pattern_mend(struct arena *a, struct str s, struct str *out) {
  if (s.n > PATTERN_BYTES_MOST) return false;
  struct pattern_reader r = {.s = s, .out = BUF_MAX(2 * PATTERN_BYTES_MOST)};
  bool ok = read_all(&r) && !r.out.full;
  if (ok) *out = arena_dup(a, buf_str(&r.out));
  buf_free(&r.out);
  return ok;
}
