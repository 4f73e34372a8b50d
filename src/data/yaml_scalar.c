// SPDX-License-Identifier: Apache-2.0
#include "data/yaml_scalar.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
  const char *text;
  enum yaml_scalar kind;
  const char *json;
} yaml_words[] = {
    {"", YAML_SCALAR_NULL, "null"},       {"~", YAML_SCALAR_NULL, "null"},
    {"null", YAML_SCALAR_NULL, "null"},   {"Null", YAML_SCALAR_NULL, "null"},
    {"NULL", YAML_SCALAR_NULL, "null"},   {"true", YAML_SCALAR_BOOL, "true"},
    {"True", YAML_SCALAR_BOOL, "true"},   {"TRUE", YAML_SCALAR_BOOL, "true"},
    {"false", YAML_SCALAR_BOOL, "false"}, {"False", YAML_SCALAR_BOOL, "false"},
    {"FALSE", YAML_SCALAR_BOOL, "false"}, {".inf", YAML_SCALAR_NO_JSON, NULL},
    {".Inf", YAML_SCALAR_NO_JSON, NULL},  {".INF", YAML_SCALAR_NO_JSON, NULL},
    {"+.inf", YAML_SCALAR_NO_JSON, NULL}, {"+.Inf", YAML_SCALAR_NO_JSON, NULL},
    {"+.INF", YAML_SCALAR_NO_JSON, NULL}, {"-.inf", YAML_SCALAR_NO_JSON, NULL},
    {"-.Inf", YAML_SCALAR_NO_JSON, NULL}, {"-.INF", YAML_SCALAR_NO_JSON, NULL},
    {".nan", YAML_SCALAR_NO_JSON, NULL},  {".NaN", YAML_SCALAR_NO_JSON, NULL},
    {".NAN", YAML_SCALAR_NO_JSON, NULL},
};

static size_t yaml_digits(struct str s, size_t from) {
  size_t i = from;
  while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
  return i - from;
}

// 0o17 and 0x1F. More digits than 64 bits hold: not a number we can carry.
static enum yaml_scalar yaml_based(struct arena *a, struct str text, struct str *json) {
  unsigned base = text.p[1] == 'x' ? 16 : 8;
  uint64_t v = 0;
  for (size_t i = 2; i < text.n; i++) {
    char c = text.p[i];
    unsigned digit = c >= '0' && c <= '9'                 ? (unsigned)(c - '0')
                     : (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a' + 10)
                                                          : 16;
    if (digit >= base) return YAML_SCALAR_STRING;
    if (v > (UINT64_MAX - digit) / base) return YAML_SCALAR_NO_JSON;
    v = v * base + digit;
  }
  *json = arena_printf(a, "%" PRIu64, v);
  return YAML_SCALAR_INT;
}

struct yaml_decimal {
  struct str sign, whole, fraction, exponent; // sign: "-" or nothing; exponent with its own sign
  bool point;
};

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
static bool yaml_decimal_parse(struct str s, struct yaml_decimal *out) {
  struct yaml_decimal d = {0};
  size_t i = s.p[0] == '-' || s.p[0] == '+';
  d.sign = str_make(s.p, s.p[0] == '-');
  d.whole = str_make(s.p + i, yaml_digits(s, i));
  i += d.whole.n;
  if (i < s.n && s.p[i] == '.') {
    d.point = true;
    d.fraction = str_make(s.p + i + 1, yaml_digits(s, i + 1));
    i += 1 + d.fraction.n;
  }
  if (d.whole.n + d.fraction.n == 0) return false;
  if (i < s.n && (s.p[i] | 32) == 'e') {
    size_t sign = i + 1 < s.n && (s.p[i + 1] == '-' || s.p[i + 1] == '+');
    size_t digits = yaml_digits(s, i + 1 + sign);
    if (digits == 0) return false;
    d.exponent = str_make(s.p + i + 1, sign + digits);
    i += 1 + sign + digits;
  }
  while (d.whole.n > 1 && d.whole.p[0] == '0') d.whole = str_from(d.whole, 1);
  if (d.whole.n == 0) d.whole = STR("0");
  if (d.fraction.n == 0 && d.point) d.fraction = STR("0");
  *out = d;
  return i == s.n;
}

enum yaml_scalar yaml_scalar_resolve(struct arena *a, struct str text, struct str *json) {
  if (text.n <= 5)
    for (size_t i = 0; i < sizeof yaml_words / sizeof *yaml_words; i++) {
      if (!str_is(text, yaml_words[i].text)) continue;
      if (yaml_words[i].json) *json = str_of(yaml_words[i].json);
      return yaml_words[i].kind;
    }
  char first = text.p[0];
  if (!(first >= '0' && first <= '9') && first != '-' && first != '+' && first != '.')
    return YAML_SCALAR_STRING;
  if (text.n > 2 && first == '0' && (text.p[1] == 'x' || text.p[1] == 'o')) return yaml_based(a, text, json);
  struct yaml_decimal d;
  if (!yaml_decimal_parse(text, &d)) return YAML_SCALAR_STRING;
  struct str number =
      arena_printf(a, "%.*s%.*s%s%.*s%s%.*s", STR_ARG(d.sign), STR_ARG(d.whole), d.point ? "." : "",
                   STR_ARG(d.fraction), d.exponent.n ? "e" : "", STR_ARG(d.exponent));
  if (!isfinite(strtod(number.p, NULL))) return YAML_SCALAR_NO_JSON;
  *json = number;
  return d.point || d.exponent.n ? YAML_SCALAR_FLOAT : YAML_SCALAR_INT;
}
