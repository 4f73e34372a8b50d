// SPDX-License-Identifier: Apache-2.0
#include "crypto/redact_unit.h"

enum { UNIT_ENTITY_MOST = 10 }; // digits of a numeric one

static const struct {
  const char *name;
  unsigned char byte;
} unit_entities[] = {
    {"amp;", '&'},    {"lt;", '<'},     {"gt;", '>'},     {"quot;", '"'},   {"apos;", '\''},
    {"sol;", '/'},    {"bsol;", '\\'},  {"plus;", '+'},   {"equals;", '='}, {"colon;", ':'},
    {"semi;", ';'},   {"comma;", ','},  {"period;", '.'}, {"lowbar;", '_'}, {"hyphen;", '-'},
    {"dash;", '-'},   {"commat;", '@'}, {"num;", '#'},    {"dollar;", '$'}, {"percnt;", '%'},
    {"excl;", '!'},   {"quest;", '?'},  {"ast;", '*'},    {"lpar;", '('},   {"rpar;", ')'},
    {"lsqb;", '['},   {"lbrack;", '['}, {"rsqb;", ']'},   {"rbrack;", ']'}, {"lcub;", '{'},
    {"lbrace;", '{'}, {"rcub;", '}'},   {"rbrace;", '}'}, {"verbar;", '|'}, {"vert;", '|'},
    {"Hat;", '^'},    {"grave;", '`'},  {"tilde;", '~'},  {"nbsp;", ' '},   {"NewLine;", '\n'}};

static int unit_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Exactly `count` hex digits at `at`.
static bool unit_hex(struct str s, size_t at, size_t count, uint32_t *out) {
  uint32_t value = 0;
  if (s.n < count || at > s.n - count) return false;
  for (size_t i = 0; i < count; i++) {
    int digit = unit_digit(s.p[at + i]);
    if (digit < 0) return false;
    value = value << 4 | (uint32_t)digit;
  }
  *out = value;
  return true;
}

// Behind the backslashes: "u00e4", "x41", "n". What is no escape is left for itself.
static bool unit_backslash(struct str s, size_t *at, uint32_t *out) {
  uint32_t low;
  while (*at < s.n && s.p[*at] == '\\') ++*at; // escaped once more, there are more of them
  if (*at == s.n) return false;
  char c = s.p[*at];
  if ((c == 'u' && unit_hex(s, *at + 1, 4, out)) || (c == 'x' && unit_hex(s, *at + 1, 2, out))) {
    *at += c == 'u' ? 5 : 3;
    if (*out < 0xd800 || *out > 0xdbff) return true;
    size_t next = *at; // the other half of a pair
    while (next < s.n && s.p[next] == '\\') next++;
    if (next == *at || next == s.n || s.p[next] != 'u' || !unit_hex(s, next + 1, 4, &low)) return true;
    *out = 0x10000 + ((*out & 0x3ff) << 10) + (low & 0x3ff);
    *at = next + 5;
    return true;
  }
  if (c != 'n' && c != 'r' && c != 't' && c != 'b' && c != 'f') return false;
  *out = '\n';
  ++*at;
  return true;
}

static bool unit_number(struct str s, size_t *at, uint32_t *out) {
  size_t i = *at;
  uint32_t base = i < s.n && (s.p[i] == 'x' || s.p[i] == 'X') ? 16 : 10, value = 0;
  size_t digits = 0;
  for (i += base == 16; i < s.n && digits <= UNIT_ENTITY_MOST; i++, digits++) {
    int digit = unit_digit(s.p[i]);
    if (digit < 0 || (uint32_t)digit >= base) break;
    value = value > 0x10ffff ? value : value * base + (uint32_t)digit;
  }
  if (!digits || value > 0x10ffff) return false;
  *at = i + (i < s.n && s.p[i] == ';');
  *out = value;
  return true;
}

// Behind "&".
static bool unit_entity(struct str s, size_t *at, uint32_t *out) {
  size_t i = *at;
  if (i < s.n && s.p[i] == '#') {
    i++;
    if (!unit_number(s, &i, out)) return false;
    *at = i;
    return true;
  }
  for (size_t k = 0; k < sizeof unit_entities / sizeof *unit_entities; k++)
    if (str_starts(str_from(s, i), unit_entities[k].name)) {
      *at = i + strlen(unit_entities[k].name);
      *out = unit_entities[k].byte;
      return true;
    }
  return false;
}

static size_t unit_utf8(uint32_t c, unsigned char out[REDACT_UNIT_MOST]) {
  if (c < 0x80) return out[0] = (unsigned char)c, 1;
  size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
  out[0] = (unsigned char)(lead[more] | c >> 6 * more);
  for (size_t i = 1; i <= more; i++) out[i] = (unsigned char)(0x80 | (c >> 6 * (more - i) & 0x3f));
  return more + 1;
}

size_t redact_unit(struct str s, size_t *at, unsigned char out[REDACT_UNIT_MOST]) {
  uint32_t c = (unsigned char)s.p[(*at)++], inner;
  bool raw = true; // a byte, rather than a character
  // What an escape stands for may begin another one.
  for (bool more = true; more;) {
    more = (c == '%' && unit_hex(s, *at, 2, &inner)) || (c == '&' && unit_entity(s, at, &inner)) ||
           (c == '\\' && unit_backslash(s, at, &inner));
    if (!more) break;
    raw = c == '%';
    if (c == '%') *at += 2;
    c = inner;
  }
  if (c == '\n' || c == '\r' || c == '\\') return 0;
  size_t n = 1;
  if (raw || c < 0x80)
    out[0] = (unsigned char)c;
  else
    n = unit_utf8(c, out);
  for (size_t i = 0; i < n; i++) out[i] = redact_fold(out[i]);
  return n;
}
