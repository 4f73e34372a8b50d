// SPDX-License-Identifier: Apache-2.0
// Numbers that stand for something else: instants that are counted since 1970, and codes of a few words.
#include <ctype.h>

#include "data/json.h"
#include "data/meaning.h"
#include "model/derive_parts.h"

enum { NUMBER_ROWS_LEAST = 3 }; // of instants that only their values show

// From 1990 until 2050.
static const int64_t NUMBER_FIRST_S = 631152000, NUMBER_LAST_S = 2524608000;

static bool number_is_one_of(struct str w, const char *const *list) {
  for (; *list; list++)
    if (str_is(w, *list)) return true;
  return false;
}

// Words that a name of an instant ends with, where it is a number of a schema that says no more.
static const char *const number_sure[] = {"at", "ts", "timestamp", "epoch", "unixtime", NULL};
// Words of such names that are others' too: what the values are decides.
static const char *const number_hints[] = {
    "on",   "date",  "time",  "when",  "day",  "due",      "start",  "starts",     "end",
    "ends", "begin", "until", "since", "from", "expires",  "expiry", "expiration", "last",
    "next", "first", "birth", "unix",  "seen", "deadline", NULL};

// "created", "startTime": an event's word, alone or before "time" or "date".
static bool number_is_event(struct str w) {
  static const char *const events[] = {"start",      "end",      "begin",   "due", "expiry",
                                       "expiration", "creation", "expires", NULL};
  return (w.n > 4 && str_ends(w, "ed")) || number_is_one_of(w, events);
}

static bool number_names_instant(struct str column, struct arena *a) {
  struct derive_name name;
  derive_split(column, a, &name);
  if (!name.n) return false;
  struct str last = name.words[name.n - 1];
  if (number_is_one_of(last, number_sure)) return true;
  if (name.n == 1) return str_is(last, "created") || str_is(last, "modified") || str_is(last, "expires");
  if (str_is(last, "until") || str_is(last, "since")) return true; // "validUntil"
  return (str_is(last, "time") || str_is(last, "date")) && number_is_event(name.words[name.n - 2]);
}

static bool number_hints_at_instant(struct str column, struct arena *a) {
  struct derive_name name;
  derive_split(column, a, &name);
  for (size_t i = 0; i < name.n; i++)
    if (number_is_one_of(name.words[i], number_sure) || number_is_one_of(name.words[i], number_hints) ||
        (name.words[i].n > 4 && str_ends(name.words[i], "ed")))
      return true;
  return false;
}

void derive_take_instant(struct derive_column *c) {
  c->type = TABLE_TIME;
  c->epoch = true;
  c->value_count = c->found_count = 0;
}

void derive_number_said(struct derive_column *c, struct arena *a) {
  bool number = c->type == TABLE_INTEGER || c->type == TABLE_DECIMAL;
  if (number && !derive_is_id(c->name) && number_names_instant(c->name, a)) derive_take_instant(c);
}

// ---- codes

void derive_take_codes(struct derive_column *c, struct str codes) {
  struct str code, number;
  c->type = TABLE_TEXT;
  c->codes = codes;
  c->value_count = 0;
  for (struct str rest = codes; c->value_count < DERIVE_VALUES_MOST && str_cut(&rest, '|', &code);)
    if (str_cut(&code, '~', &number) && code.n) c->values[c->value_count++] = code;
}

void derive_codes_of(struct derive_column *c, struct str description, struct arena *a) {
  struct meaning_code codes[MEANING_CODES_MOST];
  size_t n = c->type == TABLE_INTEGER ? meaning_codes(description, codes) : 0;
  struct buf text = BUF_MAX(2000);
  for (size_t i = 0; i < n; i++)
    buf_printf(&text, "%s%.*s~%.*s", i ? "|" : "", STR_ARG(codes[i].number), STR_MOST(codes[i].word, 40));
  if (n && !text.full) derive_take_codes(c, arena_dup(a, buf_str(&text)));
  buf_free(&text);
}

// What is said of a column holds of its rows too.
void derive_number_known(struct derive_shape *seen, const struct derive_shape *said) {
  for (size_t i = 0; i < seen->count; i++)
    for (size_t k = 0; k < said->count; k++) {
      struct derive_column *c = &seen->columns[i];
      const struct derive_column *s = &said->columns[k];
      bool number = c->type == TABLE_INTEGER || c->type == TABLE_DECIMAL;
      if (!str_eq(c->name, s->name)) continue;
      c->said = s->said;
      if (!number) continue;
      if (s->epoch) derive_take_instant(c);
      if (s->codes.n) derive_take_codes(c, s->codes);
    }
}

// ---- by rows

static bool number_read(const struct table_cell *cell, int64_t *out) {
  if (cell->kind == TABLE_CELL_INTEGER) return *out = cell->integer, true;
  if (cell->kind == TABLE_CELL_REAL) return *out = (int64_t)cell->real, true;
  return cell->kind == TABLE_CELL_TEXT && str_to_i64(cell->text, out);
}

// "45.50" of a price, and not "2.10" of a version or "0451" of a number that one dials.
static bool number_is_amount(struct str column, struct arena *a) {
  static const char *const amounts[] = {
      "amount",   "total",     "price",  "cost",    "value",   "fee",   "paid",   "due",      "balance",
      "subtotal", "tax",       "net",    "gross",   "sum",     "rate",  "budget", "charge",   "spend",
      "money",    "remaining", "salary", "revenue", "deposit", "limit", "credit", "discount", NULL};
  struct derive_name name;
  derive_split(column, a, &name);
  for (size_t i = 0; i < name.n; i++)
    if (number_is_one_of(name.words[i], amounts)) return true;
  return false;
}

static bool number_is_written(struct str s) {
  size_t digits = 0, dots = 0, i = s.n && s.p[0] == '-';
  for (; i < s.n; i++) {
    if (s.p[i] != '.' && !isdigit((unsigned char)s.p[i])) return false;
    dots += s.p[i] == '.';
    digits += s.p[i] != '.';
  }
  return digits && digits < 16 && dots < 2;
}

bool derive_is_doubtful(const struct derive_shape *s, struct arena *a) {
  for (size_t i = 0; i < s->count; i++) {
    const struct derive_column *c = &s->columns[i];
    if (c->type == TABLE_TEXT && !c->value_count && !derive_is_id(c->name) &&
        (number_names_instant(c->name, a) || number_is_amount(c->name, a)))
      return true;
  }
  return false;
}

void derive_written_seen(const struct table_result *rows, size_t column, struct derive_column *c,
                         struct arena *a) {
  size_t n = 0;
  if (c->type != TABLE_TEXT || derive_is_id(c->name) || !number_is_amount(c->name, a)) return;
  for (size_t r = 0; r < rows->row_count; r++) {
    const struct table_cell *cell = &rows->cells[r * rows->column_count + column];
    if (cell->kind == TABLE_CELL_NULL) continue;
    if (cell->kind != TABLE_CELL_TEXT || !number_is_written(cell->text)) return;
    n++;
  }
  if (!n) return;
  c->type = TABLE_DECIMAL;
  c->written = true;
}

// All of them instants; in milliseconds, which hardly anything else is as large as, the name need not say so.
void derive_number_seen(const struct table_result *rows, size_t column, struct derive_column *c,
                        struct arena *a) {
  size_t seconds = 0, millis = 0;
  if (c->type == TABLE_BOOLEAN || c->type == TABLE_TIME || c->type == TABLE_JSON || derive_is_id(c->name))
    return;
  for (size_t r = 0; r < rows->row_count; r++) {
    const struct table_cell *cell = &rows->cells[r * rows->column_count + column];
    int64_t n;
    if (cell->kind == TABLE_CELL_NULL) continue;
    if (!number_read(cell, &n)) return;
    if (n >= NUMBER_FIRST_S && n < NUMBER_LAST_S)
      seconds++;
    else if (n >= NUMBER_FIRST_S * 1000 && n < NUMBER_LAST_S * 1000)
      millis++;
    else
      return;
  }
  bool hints = number_hints_at_instant(c->name, a),
       plain = !seconds && millis >= NUMBER_ROWS_LEAST && c->type == TABLE_INTEGER;
  if ((hints && (seconds || millis)) || plain) derive_take_instant(c);
}

// ---- what they are in SQL

struct str derive_column_sql(const struct derive_column *c, struct str table, struct arena *a) {
  struct str plain = arena_printf(a, "%.*s.\"%.*s\"", STR_ARG(table), STR_ARG(c->name)), code, number;
  if (c->epoch) return arena_printf(a, "time_of(%.*s)", STR_ARG(plain));
  if (c->written) return arena_printf(a, "CAST(%.*s AS REAL)", STR_ARG(plain));
  if (!c->codes.n) return plain;
  struct buf out = BUF_MAX(4000);
  buf_printf(&out, "CASE %.*s", STR_ARG(plain));
  for (struct str rest = c->codes; str_cut(&rest, '|', &code);)
    if (str_cut(&code, '~', &number))
      buf_printf(&out, " WHEN %.*s THEN '%.*s'", STR_ARG(number), STR_ARG(code));
  buf_printf(&out, " ELSE %.*s END", STR_ARG(plain));
  struct str made = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return made;
}
