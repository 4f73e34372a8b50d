// SPDX-License-Identifier: Apache-2.0
#include "chart/names.h"

#include <math.h>

enum { WORD_MOST = 24 };

#define NAMES_LIST (const char *const[])
static const char *const *const names_lists[NAMES_KINDS] = {
    [NAMES_TIME] = NAMES_LIST{"at", "time", "date", "ts", "timestamp", "datetime", NULL},
    [NAMES_ID] = NAMES_LIST{"id", "uuid", "guid", "hash", "token", NULL},
    [NAMES_CATEGORY] = NAMES_LIST{"port", "code", "status", "asn", "vlan", NULL},
    [NAMES_ORDINAL] = NAMES_LIST{"weekday", "dow", "month", "hour", "severity", "level", "priority",
                                 "version", "year", "quarter", "week", NULL},
    [NAMES_AVERAGE] =
        NAMES_LIST{"avg",   "average", "mean",    "median",     "percentile", "p50",     "p75",
                   "p90",   "p95",     "p99",     "min",        "max",        "minimum", "maximum",
                   "ratio", "rate",    "percent", "percentage", "pct",        "share",   "latency",
                   "time",  "age",     "per",     "score",      "stddev",     NULL},
    [NAMES_TOTAL] = NAMES_LIST{"total", "sum", "count", NULL},
};

static bool names_in(const char *word, const char *const *list) {
  for (; *list; list++)
    if (strcmp(word, *list) == 0) return true;
  return false;
}

static bool names_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The next word in small letters: words end at what is no letter, and before a capital behind a small letter.
static bool names_next(struct str *rest, char word[WORD_MOST]) {
  size_t i = 0, n = 0;
  while (i < rest->n && !names_letter(rest->p[i])) i++;
  if (i == rest->n) return false;
  for (; i < rest->n && names_letter(rest->p[i]); i++) {
    char ch = rest->p[i];
    bool capital = ch >= 'A' && ch <= 'Z', small_before = n && rest->p[i - 1] >= 'a' && rest->p[i - 1] <= 'z';
    if (capital && small_before) break;
    if (n + 1 < WORD_MOST) word[n++] = capital ? (char)(ch + 32) : ch;
  }
  word[n] = '\0';
  *rest = str_from(*rest, i);
  return true;
}

bool chart_name_ends(struct str name, enum chart_names kind) {
  char word[WORD_MOST] = "";
  while (names_next(&name, word)) {
  }
  return names_in(word, names_lists[kind]);
}

bool chart_name_has(struct str name, enum chart_names kind) {
  char word[WORD_MOST];
  while (names_next(&name, word))
    if (names_in(word, names_lists[kind])) return true;
  return false;
}

struct str chart_name_words(struct str name, struct arena *a) {
  char *words = arena_z(a, name);
  size_t n = 0;
  for (size_t i = 0; i < name.n; i++) {
    bool blank = name.p[i] == '_';
    if (blank && (n == 0 || words[n - 1] == ' ')) continue;
    words[n++] = blank ? ' ' : name.p[i];
  }
  while (n && words[n - 1] == ' ') n--;
  if (n && words[0] >= 'a' && words[0] <= 'z') words[0] = (char)(words[0] - 32);
  return n ? str_make(words, n) : name.n ? name : STR("?");
}

// ---- units

static const struct {
  const char *word;
  enum chart_unit unit;
  bool in_names; // or in hints only
} names_units[] = {
    {"bytes", CHART_UNIT_BYTES, true},
    {"size", CHART_UNIT_BYTES, true},
    {"byte", CHART_UNIT_BYTES, false},
    {"b", CHART_UNIT_BYTES, false},
    {"ms", CHART_UNIT_MS, true},
    {"milliseconds", CHART_UNIT_MS, true},
    {"seconds", CHART_UNIT_SECONDS, true},
    {"s", CHART_UNIT_SECONDS, false},
    {"sec", CHART_UNIT_SECONDS, false},
    {"percent", CHART_UNIT_PERCENT, true},
    {"percentage", CHART_UNIT_PERCENT, true},
    {"pct", CHART_UNIT_PERCENT, true},
    {"%", CHART_UNIT_PERCENT, false},
    {"ratio", CHART_UNIT_RATIO, true},
    {"rate", CHART_UNIT_RATIO, true},
    {"usd", CHART_UNIT_MONEY, true},
    {"eur", CHART_UNIT_MONEY, true},
    {"gbp", CHART_UNIT_MONEY, true},
    {"chf", CHART_UNIT_MONEY, true},
    {"jpy", CHART_UNIT_MONEY, true},
};

// What is measured in another unit says so: KB, MiB.
static bool names_unit_said(struct str said, struct chart_column *column) {
  for (size_t i = 0; i < sizeof names_units / sizeof *names_units; i++)
    if (str_is_nocase(said, names_units[i].word)) return column->unit = names_units[i].unit, true;
  bool code = said.n == 3;
  for (size_t i = 0; i < said.n && code; i++) code = said.p[i] >= 'A' && said.p[i] <= 'Z';
  column->unit = code ? CHART_UNIT_MONEY : CHART_UNIT_OTHER;
  return said.n > 0;
}

static void names_unit_named(struct chart_column *column) {
  char word[WORD_MOST];
  struct str rest = column->name;
  while (names_next(&rest, word))
    for (size_t i = 0; i < sizeof names_units / sizeof *names_units; i++) {
      if (!names_units[i].in_names || strcmp(word, names_units[i].word) != 0) continue;
      column->unit = names_units[i].unit;
      if (column->unit == CHART_UNIT_MONEY) column->unit_word = str_of(names_units[i].word);
    }
}

static struct str names_code(struct str word) {
  static const struct str codes[] = {{"USD", 3}, {"EUR", 3}, {"GBP", 3}, {"CHF", 3}, {"JPY", 3}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (str_eq_nocase(word, codes[i])) return codes[i];
  return word;
}

void chart_name_unit(struct chart_column *column, struct str kind, struct str unit) {
  column->unit = CHART_UNIT_NONE;
  if (unit.n && names_unit_said(unit, column))
    column->unit_word = unit;
  else
    names_unit_named(column);
  bool ratio =
      str_is(kind, "ratio") || column->unit == CHART_UNIT_RATIO || column->unit == CHART_UNIT_PERCENT;
  if (ratio && column->unit != CHART_UNIT_PERCENT) // 12.5 is no part of 1
    column->unit = fmax(fabs(column->least), fabs(column->most)) <= 1 ? CHART_UNIT_RATIO
                   : column->unit == CHART_UNIT_RATIO                 ? CHART_UNIT_NONE
                                                                      : column->unit;
  if (column->unit == CHART_UNIT_MONEY) column->unit_word = names_code(column->unit_word);
  bool time = column->unit == CHART_UNIT_MS || column->unit == CHART_UNIT_SECONDS;
  bool average = ratio || str_is(kind, "gauge") || chart_name_has(column->name, NAMES_AVERAGE) ||
                 (time && !chart_name_has(column->name, NAMES_TOTAL));
  column->counts =
      str_is(kind, "count") || (!kind.n && column->whole && !average && column->unit == CHART_UNIT_NONE);
  column->additive = column->counts || !average;
}

// ---- orders

static const struct {
  const char *word;
  signed char place;
} names_severities[] = {{"none", 0},          {"unknown", 0},  {"trace", 1},    {"debug", 2}, {"info", 3},
                        {"informational", 3}, {"notice", 4},   {"low", 5},      {"minor", 5}, {"warn", 6},
                        {"warning", 6},       {"medium", 6},   {"moderate", 6}, {"error", 7}, {"high", 7},
                        {"major", 7},         {"critical", 8}, {"severe", 8},   {"alert", 9}, {"fatal", 10},
                        {"emergency", 10}};

// "Mon" or "Monday", "Sept" too: three letters or more of the name.
static int names_begin(const char *const *names, int count, struct str word) {
  for (int i = 0; i < count && word.n >= 3; i++)
    if (word.n <= strlen(names[i]) && str_eq_nocase(str_make(names[i], word.n), word)) return i;
  return -1;
}

int chart_order_place(enum chart_order order, struct str word) {
  static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                         "friday", "saturday", "sunday"};
  static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                       "july",    "august",   "september", "october", "november", "december"};
  if (order == CHART_ORDER_WEEKDAY) return names_begin(weekdays, 7, word);
  if (order == CHART_ORDER_MONTH) return names_begin(months, 12, word);
  for (size_t i = 0; order == CHART_ORDER_SEVERITY && i < sizeof names_severities / sizeof *names_severities;
       i++)
    if (str_is_nocase(word, names_severities[i].word)) return names_severities[i].place;
  return -1;
}

static bool names_digit(struct str s, size_t i) {
  return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

// The run of digits at both places as numbers of any length; both are left behind it.
static int names_compare_digits(struct str a, size_t *i, struct str b, size_t *j) {
  while (names_digit(a, *i) && a.p[*i] == '0' && names_digit(a, *i + 1)) ++*i;
  while (names_digit(b, *j) && b.p[*j] == '0' && names_digit(b, *j + 1)) ++*j;
  size_t from_a = *i, from_b = *j;
  while (names_digit(a, *i)) ++*i;
  while (names_digit(b, *j)) ++*j;
  size_t n = *i - from_a, m = *j - from_b;
  return n != m ? (n < m ? -1 : 1) : memcmp(a.p + from_a, b.p + from_b, n);
}

static int names_compare_natural(struct str a, struct str b) {
  bool below = a.n && a.p[0] == '-' && names_digit(a, 1), other = b.n && b.p[0] == '-' && names_digit(b, 1);
  if (below != other) return below ? -1 : 1;
  size_t i = 0, j = 0;
  while (i < a.n && j < b.n) {
    int c;
    if (names_digit(a, i) && names_digit(b, j)) {
      c = names_compare_digits(a, &i, b, &j);
    } else {
      c = (unsigned char)a.p[i++] - (unsigned char)b.p[j++];
    }
    if (c) return below ? -c : c;
  }
  bool more_a = i < a.n, more_b = j < b.n;
  return more_a - more_b;
}

int chart_compare_labels(enum chart_order order, struct str a, struct str b) {
  int i = chart_order_place(order, a), j = chart_order_place(order, b);
  if (order != CHART_ORDER_NATURAL && i != j) return i < j ? -1 : 1; // what is none of them comes first
  int natural = names_compare_natural(a, b);
  return natural ? natural : str_compare(a, b);
}
