// SPDX-License-Identifier: Apache-2.0
#include "ask/figure.h"

#include <math.h>
#include <stdlib.h>

enum { FIGURE_DIGITS_MOST = 40, FIGURE_UNIT_MOST = 12 };

// U+0080 to 00BF, 2000 to 2FFF and 3000 to 303F are marks and blanks.
bool figure_is_letter(struct str s, size_t at) {
  if (at >= s.n) return false;
  const unsigned char *p = (const unsigned char *)s.p;
  while (at && (p[at] & 0xc0) == 0x80) at--;
  unsigned char c = p[at];
  if (c < 128) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c != 0xc2 && c != 0xe2 && !(c == 0xe3 && at + 1 < s.n && p[at + 1] == 0x80);
}

static bool figure_is_digit(struct str s, size_t at) {
  return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

// ---- digits and what parts them

struct figure_digits {
  char text[FIGURE_DIGITS_MOST + 1]; // without what parts thousands; a decimal point is '.'
  size_t n, bytes;
  char last;             // the separator that stands last: '.', ',' or another as ' '
  size_t behind, groups; // digits behind it; how many of it
  bool mixed, even;      // two kinds; all groups behind a separator had three digits
};

// Blanks and apostrophes part thousands only. How many bytes; 0: no separator.
static size_t figure_separator(struct str s, size_t at, char *kind) {
  static const char *const blanks[] = {"'", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe2\x80\x99", "_"};
  if (at >= s.n) return 0;
  *kind = s.p[at];
  if (*kind == '.' || *kind == ',') return 1;
  *kind = ' ';
  if (s.p[at] == ' ') { // an ordinary one, before three digits and no more
    bool three = figure_is_digit(s, at + 1) && figure_is_digit(s, at + 2) && figure_is_digit(s, at + 3);
    return three && !figure_is_digit(s, at + 4) ? 1 : 0;
  }
  for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
    if (str_starts(str_from(s, at), blanks[i])) return strlen(blanks[i]);
  return 0;
}

// "4,113,222.5": digits, and between them single separators.
static bool figure_take_digits(struct str s, struct figure_digits *d) {
  size_t at = 0, run = 0;
  *d = (struct figure_digits){.even = true};
  while (at < s.n) {
    char kind;
    if (figure_is_digit(s, at)) {
      if (d->n == FIGURE_DIGITS_MOST) return false;
      d->text[d->n++] = s.p[at++];
      run++;
      continue;
    }
    size_t step = run ? figure_separator(s, at, &kind) : 0;
    if (!step || !figure_is_digit(s, at + step) || (s.p[at] == ' ' && run > 3)) break;
    if (d->groups && run != 3) d->even = false;
    if (d->groups && kind != d->last) {
      if (d->mixed || kind == ' ') return false;
      d->mixed = true;
      d->groups = 0;
    } else if (!d->groups && run > 3)
      d->even = false;
    d->groups++;
    d->last = kind;
    d->text[d->n++] = kind == ' ' ? '\'' : kind;
    at += step;
    run = 0;
  }
  d->behind = run;
  d->bytes = at;
  return d->n > 0;
}

static void figure_reading(struct figure *f, const struct figure_digits *d, char point) {
  char text[FIGURE_DIGITS_MOST + 1];
  size_t n = 0, decimals = 0;
  bool behind = false;
  for (size_t i = 0; i < d->n; i++) {
    char c = d->text[i];
    if (c == point) {
      text[n++] = '.';
      behind = true;
    } else if (c >= '0' && c <= '9') {
      text[n++] = c;
      decimals += behind;
    }
  }
  text[n] = 0;
  f->readings[f->count].value = strtod(text, NULL);
  f->readings[f->count++].decimals = (int)decimals;
}

static void figure_read_digits(struct figure *f, const struct figure_digits *d) {
  bool thousands = d->groups && d->even && d->behind == 3;
  *f = (struct figure){.scale = 1};
  if (d->mixed) {
    if (d->groups == 1) figure_reading(f, d, d->last); // "1,234.5"
    return;
  }
  if (!d->groups || thousands) figure_reading(f, d, 0);
  if (d->groups == 1 && d->last != ' ') figure_reading(f, d, d->last);
}

// ---- what it is counted in

static const struct figure_unit {
  const char *word;
  enum figure_kind kind;
  double scale, binary;
} figure_units[] = {
    {"%", FIGURE_PERCENT, 1, 0},
    {"percent", FIGURE_PERCENT, 1, 0},
    {"prozent", FIGURE_PERCENT, 1, 0},
    {"k", FIGURE_PLAIN, 1e3, 0},
    {"thousand", FIGURE_PLAIN, 1e3, 0},
    {"tausend", FIGURE_PLAIN, 1e3, 0},
    {"m", FIGURE_PLAIN, 1e6, 0},
    {"mn", FIGURE_PLAIN, 1e6, 0},
    {"mio", FIGURE_PLAIN, 1e6, 0},
    {"million", FIGURE_PLAIN, 1e6, 0},
    {"millions", FIGURE_PLAIN, 1e6, 0},
    {"millionen", FIGURE_PLAIN, 1e6, 0},
    {"b", FIGURE_PLAIN, 1e9, 0},
    {"bn", FIGURE_PLAIN, 1e9, 0},
    {"g", FIGURE_PLAIN, 1e9, 0},
    {"billion", FIGURE_PLAIN, 1e9, 0},
    {"billions", FIGURE_PLAIN, 1e9, 0},
    {"milliarden", FIGURE_PLAIN, 1e9, 0},
    {"t", FIGURE_PLAIN, 1e12, 0},
    {"trillion", FIGURE_PLAIN, 1e12, 0},
    {"bytes", FIGURE_BYTES, 1, 1},
    {"kb", FIGURE_BYTES, 1e3, 1024},
    {"mb", FIGURE_BYTES, 1e6, 1048576},
    {"gb", FIGURE_BYTES, 1e9, 1073741824},
    {"tb", FIGURE_BYTES, 1e12, 0x1p40},
    {"pb", FIGURE_BYTES, 1e15, 0x1p50},
    {"kib", FIGURE_BYTES, 1024, 1024},
    {"mib", FIGURE_BYTES, 1048576, 1048576},
    {"gib", FIGURE_BYTES, 0x1p30, 0x1p30},
    {"tib", FIGURE_BYTES, 0x1p40, 0x1p40},
    {"ms", FIGURE_DURATION, 1, 0},
    {"milliseconds", FIGURE_DURATION, 1, 0},
    {"s", FIGURE_DURATION, 1e3, 0},
    {"sec", FIGURE_DURATION, 1e3, 0},
    {"second", FIGURE_DURATION, 1e3, 0},
    {"seconds", FIGURE_DURATION, 1e3, 0},
    {"min", FIGURE_DURATION, 6e4, 0},
    {"minute", FIGURE_DURATION, 6e4, 0},
    {"minutes", FIGURE_DURATION, 6e4, 0},
    {"h", FIGURE_DURATION, 36e5, 0},
    {"hour", FIGURE_DURATION, 36e5, 0},
    {"hours", FIGURE_DURATION, 36e5, 0},
    {"d", FIGURE_DURATION, 864e5, 0},
    {"day", FIGURE_DURATION, 864e5, 0},
    {"days", FIGURE_DURATION, 864e5, 0},
    {"year", FIGURE_DURATION, 31556952e3, 0},
    {"years", FIGURE_DURATION, 31556952e3, 0},
};

static size_t figure_word_length(struct str s) {
  size_t n = 0;
  if (s.n && s.p[0] == '%') return 1;
  while (n < s.n && figure_is_letter(s, n) && !figure_is_digit(s, n)) n++;
  return n;
}

static size_t figure_take_unit(struct str s, struct figure *f) {
  size_t gap = str_starts(s, "\xc2\xa0")       ? 2
               : str_starts(s, "\xe2\x80\xaf") ? 3
                                               : str_starts(s, " ") || str_starts(s, "-");
  struct str word = str_from(s, gap);
  word.n = figure_word_length(word);
  for (size_t i = 0; i < sizeof figure_units / sizeof *figure_units; i++) {
    const struct figure_unit *u = &figure_units[i];
    if (!str_is_nocase(word, u->word) || (gap && strlen(u->word) == 1 && u->kind == FIGURE_PLAIN)) continue;
    f->kind = u->kind;
    f->scale *= u->scale;
    f->binary = u->binary;
    f->scaled = true;
    return gap + word.n;
  }
  return 0;
}

size_t figure_read(struct str text, struct figure *out) {
  struct figure_digits d;
  if (!figure_take_digits(text, &d)) return 0;
  figure_read_digits(out, &d);
  size_t n = d.bytes;
  n += figure_take_unit(str_from(text, n), out);
  static const char *const ordinals[] = {"st", "nd", "rd", "th"};
  for (size_t i = 0; n == d.bytes && i < 4; i++)
    if (str_starts(str_from(text, n), ordinals[i])) n += 2;
  return figure_is_letter(text, n) ? 0 : n;
}

// ---- in words

static const struct {
  const char *word;
  double value;
} figure_words[] = {
    {"zero", 0},         {"two", 2},        {"three", 3},      {"four", 4},       {"five", 5},
    {"six", 6},          {"seven", 7},      {"eight", 8},      {"nine", 9},       {"ten", 10},
    {"eleven", 11},      {"twelve", 12},    {"thirteen", 13},  {"fourteen", 14},  {"fifteen", 15},
    {"sixteen", 16},     {"seventeen", 17}, {"eighteen", 18},  {"nineteen", 19},  {"twenty", 20},
    {"thirty", 30},      {"forty", 40},     {"fifty", 50},     {"sixty", 60},     {"seventy", 70},
    {"eighty", 80},      {"ninety", 90},    {"hundred", 100},  {"hundreds", 100}, {"thousand", 1000},
    {"thousands", 1000}, {"million", 1e6},  {"millions", 1e6}, {"dozen", 12},     {"dozens", 12},
    {"null", 0},         {"zwei", 2},       {"drei", 3},       {"vier", 4},       {"fünf", 5},
    {"sechs", 6},        {"sieben", 7},     {"acht", 8},       {"neun", 9},       {"zehn", 10},
    {"elf", 11},         {"zwölf", 12},     {"zwanzig", 20},   {"dreißig", 30},   {"hundert", 100},
    {"tausend", 1000},   {"dutzend", 12},
};

static bool figure_word(struct str word, double *value) {
  for (size_t i = 0; i < sizeof figure_words / sizeof *figure_words; i++)
    if (str_is_nocase(word, figure_words[i].word)) return *value = figure_words[i].value, true;
  return false;
}

size_t figure_read_words(struct str text, struct figure *out) {
  double value, more;
  size_t n = figure_word_length(text);
  if (!figure_word(str_make(text.p, n), &value)) return 0;
  struct str rest = str_from(text, n);
  size_t next = rest.n > 1 ? figure_word_length(str_from(rest, 1)) : 0;
  bool dash = str_starts(rest, "-");
  if (next && (dash || str_starts(rest, " ")) && figure_word(str_make(rest.p + 1, next), &more)) {
    if (dash && value >= 20 && value < 100 && more < 10) { // twenty-three
      value += more;
      n += 1 + next;
    } else if (more >= 100 && value < 100) { // three hundred
      value *= more;
      n += 1 + next;
    }
  }
  *out = (struct figure){.readings = {{value, 0}}, .count = 1, .scale = 1};
  n += figure_take_unit(str_from(text, n), out);
  return n;
}

// ---- what it may stand for

static bool figure_near(double written, int decimals, double scale, bool scaled, double value) {
  double far = fabs(written * scale - fabs(value)), most = 0.5 * pow(10, -decimals) * scale;
  if (far > most * (1 + 1e-9) + (scaled ? fabs(value) * 1e-15 : 0)) return false;
  return !scaled || scale <= 1 || far <= 0.05 * fabs(value);
}

bool figure_says(const struct figure *f, double value, double unit_ms) {
  for (size_t i = 0; i < f->count; i++) {
    double w = f->readings[i].value;
    int d = f->readings[i].decimals;
    double scale = f->kind == FIGURE_DURATION ? (unit_ms > 0 ? f->scale / unit_ms : 1) : f->scale;
    if (figure_near(w, d, scale, f->scaled, value)) return true;
    if (f->binary > 0 && figure_near(w, d, f->binary, true, value)) return true;
  }
  return false;
}

// ---- digits of others

size_t figure_is_foreign(struct str text) {
  static const struct {
    uint32_t from, to;
  } ranges[] = {{0xb2, 0xb3},     {0xb9, 0xb9},       {0xbc, 0xbe},      {0x660, 0x669},   {0x6f0, 0x6f9},
                {0x7c0, 0x7c9},   {0x966, 0x96f},     {0x9e6, 0x9ef},    {0xa66, 0xa6f},   {0xae6, 0xaef},
                {0xb66, 0xb6f},   {0xbe6, 0xbf2},     {0xc66, 0xc6f},    {0xce6, 0xcef},   {0xd66, 0xd78},
                {0xe50, 0xe59},   {0xed0, 0xed9},     {0xf20, 0xf33},    {0x1040, 0x1049}, {0x17e0, 0x17e9},
                {0x1810, 0x1819}, {0x2070, 0x2089},   {0x2150, 0x218b},  {0x2460, 0x249b}, {0x24ea, 0x24ff},
                {0x2776, 0x2793}, {0x3007, 0x3007},   {0x3021, 0x3029},  {0x3220, 0x3229}, {0x3280, 0x3289},
                {0xff10, 0xff19}, {0x1d7ce, 0x1d7ff}, {0x1f100, 0x1f10c}};
  static const uint32_t han[] = {0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b,
                                 0x4e5d, 0x5341, 0x767e, 0x5343, 0x4e07, 0x842c, 0x4ebf};
  const unsigned char *p = (const unsigned char *)text.p;
  size_t n = text.n == 0 || p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
  if (!n || n > text.n) return 0;
  uint32_t c = p[0] & (0xffu >> (n + 1));
  for (size_t i = 1; i < n; i++) c = c << 6 | (p[i] & 0x3f);
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (c >= ranges[i].from && c <= ranges[i].to) return n;
  for (size_t i = 0; i < sizeof han / sizeof *han; i++)
    if (c == han[i]) return n;
  return 0;
}
