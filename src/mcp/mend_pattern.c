// SPDX-License-Identifier: Apache-2.0
// The part of ECMA-262's regular expressions that schemas use, as the flag u reads it: strict in what it
// escapes and repeats. What is beyond that part (named groups, looking ahead, back references, classes by property) may well
// be sound and is answered with no.
#include <ctype.h>
#include <string.h>

#include "mcp/mend.h"

struct mend_scan {
  const char *p, *end;
  unsigned depth; // open groups
  bool atom;      // what stands before may be repeated
};

static bool scan_has(const struct mend_scan *s, const char *any) {
  return s->p < s->end && *s->p && strchr(any, *s->p);
}

static bool scan_digits(struct mend_scan *s, unsigned long *out) {
  const char *from = s->p;
  *out = 0;
  while (s->p < s->end && isdigit((unsigned char)*s->p) && s->p - from < 9)
    *out = *out * 10 + (unsigned long)(*s->p++ - '0');
  return s->p > from;
}

static bool scan_hex(struct mend_scan *s, int digits) {
  for (int i = 0; i < digits; i++, s->p++)
    if (s->p == s->end || !isxdigit((unsigned char)*s->p)) return false;
  return true;
}

// Behind the backslash. `single`: it is one character, so that it may end a range.
static bool scan_escape(struct mend_scan *s, bool in_class, bool *single) {
  char c = s->p < s->end ? *s->p++ : 0;
  *single = true;
  if (c && strchr("^$\\.*+?()[]{}|/fnrtv", c)) return true;
  if (c == '-') return in_class;
  if (c == '0') return s->p == s->end || !isdigit((unsigned char)*s->p);
  if (c == 'x') return scan_hex(s, 2);
  if (c == 'u') return scan_hex(s, 4);
  *single = false;
  if (c == 'b' || c == 'B') return !in_class && (s->atom = false, true);
  return c && strchr("dDsSwW", c);
}

static bool scan_class(struct mend_scan *s) { // behind its bracket
  int before = -1;                            // the code of a character that a range may begin at; -1: none
  if (scan_has(s, "^")) s->p++;
  while (s->p < s->end && *s->p != ']') {
    bool single = true, range = *s->p == '-' && before >= 0 && s->p + 1 < s->end && s->p[1] != ']';
    if (range) s->p++;
    unsigned char c = (unsigned char)*s->p++;
    bool escaped = c == '\\';
    if (escaped && !scan_escape(s, true, &single)) return false;
    // Ranges of escapes and of other scripts are not looked into.
    if (range && (!single || escaped || c >= 0x80 || c < before)) return false;
    before = range || !single || escaped || c >= 0x80 ? -1 : c;
    if (!range && escaped && s->p < s->end && *s->p == '-' && s->p + 1 < s->end && s->p[1] != ']')
      return false;
  }
  return s->p < s->end && s->p++;
}

static bool scan_group(struct mend_scan *s) { // behind its bracket
  s->depth++;
  s->atom = false;
  if (!scan_has(s, "?")) return true;
  s->p++;
  return scan_has(s, ":") && s->p++;
}

static bool scan_repeat(struct mend_scan *s, char c) {
  unsigned long least, most;
  if (!s->atom) return false;
  s->atom = false;
  if (c == '{') {
    if (!scan_digits(s, &least)) return false;
    most = least;
    if (scan_has(s, ",") && s->p++ && !scan_has(s, "}") && (!scan_digits(s, &most) || most < least))
      return false;
    if (!scan_has(s, "}")) return false;
    s->p++;
  }
  if (scan_has(s, "?")) s->p++;
  return true;
}

static bool scan_one(struct mend_scan *s) {
  char c = *s->p++;
  bool single;
  switch (c) {
  case '(':
    return scan_group(s);
  case ')':
    s->atom = true;
    return s->depth-- > 0;
  case '[':
    s->atom = true;
    return scan_class(s);
  case '*':
  case '+':
  case '?':
  case '{':
    return scan_repeat(s, c);
  case '|':
  case '^':
  case '$':
    s->atom = false;
    return true;
  case '}':
  case ']':
    return false;
  case '\\':
    s->atom = true;
    return scan_escape(s, false, &single);
  default:
    s->atom = true;
    return true;
  }
}

bool mend_is_pattern(struct str pattern) {
  struct mend_scan s = {.p = pattern.p, .end = pattern.p + pattern.n};
  while (s.p < s.end)
    if (!scan_one(&s)) return false;
  return s.depth == 0;
}
