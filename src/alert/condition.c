// SPDX-License-Identifier: Apache-2.0
#include "alert/condition.h"

#include <stdlib.h>

#include "data/json.h"

enum { READ_TOKENS_MOST = 64, READ_DIGITS_MOST = 15 };

enum read_type { READ_END, READ_WORD, READ_NAME, READ_LABEL, READ_NUMBER, READ_SIGN };

struct read_token {
  enum read_type type;
  struct str text; // of a name or label without its quotes
  size_t at;       // character, from 1
};

struct condition_reading {
  struct arena *arena;
  struct err *err;
  struct read_token tokens[READ_TOKENS_MOST];
  size_t count, next;
};

static const struct read_phrase {
  const char *words;
  int means;
} read_compares[] = {{">", ALERT_OVER},
                     {">=", ALERT_LEAST},
                     {"<", ALERT_BELOW},
                     {"<=", ALERT_MOST},
                     {"=", ALERT_EQUAL},
                     {"==", ALERT_EQUAL},
                     {"!=", ALERT_OTHER},
                     {"<>", ALERT_OTHER},
                     {"\u2265", ALERT_LEAST},
                     {"\u2264", ALERT_MOST},
                     {"over", ALERT_OVER},
                     {"above", ALERT_OVER},
                     {"more than", ALERT_OVER},
                     {"below", ALERT_BELOW},
                     {"under", ALERT_BELOW},
                     {"less than", ALERT_BELOW},
                     {"at least", ALERT_LEAST},
                     {"at most", ALERT_MOST},
                     {NULL, 0}},
  read_aggregates[] =
      {{"any", ALERT_CELL},        {"sum", ALERT_SUM},     {"max", ALERT_MAX}, {"min", ALERT_MIN},
       {"average", ALERT_AVERAGE}, {"count", ALERT_COUNT}, {NULL, 0}},
  read_changes[] = {{"a row that was not there before", ALERT_NEW},
                    {"row that was not there before", ALERT_NEW},
                    {"a new row", ALERT_NEW},
                    {"new row", ALERT_NEW},
                    {"a row that changed", ALERT_CHANGED},
                    {"a changed row", ALERT_CHANGED},
                    {"changed row", ALERT_CHANGED},
                    {"changed", ALERT_CHANGED},
                    {"a row that is gone", ALERT_REMOVED},
                    {"a row that was removed", ALERT_REMOVED},
                    {"a removed row", ALERT_REMOVED},
                    {"removed row", ALERT_REMOVED},
                    {"removed", ALERT_REMOVED},
                    {NULL, 0}};
static const struct read_unit {
  const char *word;
  int64_t ms;
} read_units[] = {{"s", 1000},          {"sec", 1000},      {"second", 1000},   {"seconds", 1000},
                  {"m", 60000},         {"min", 60000},     {"minute", 60000},  {"minutes", 60000},
                  {"h", 3600000},       {"hour", 3600000},  {"hours", 3600000}, {"d", 86400000},
                  {"day", 86400000},    {"days", 86400000}, {"w", 604800000},   {"week", 604800000},
                  {"weeks", 604800000}, {NULL, 0}};

static const char *const read_compare_signs[] = {">", ">=", "<", "<=", "=", "!="};
static const char *const read_aggregate_words[] = {"any", "sum", "max", "min", "average", "count"};

// ---- characters to tokens

static bool read_is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool read_is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static size_t read_number(struct str s) {
  size_t n = s.p[0] == '-', point = 0;
  for (; n < s.n && (read_is_digit(s.p[n]) || (s.p[n] == '.' && !point)); n++) point += s.p[n] == '.';
  return n;
}

static size_t read_sign(struct str s) {
  static const char *const signs[] = {">=",     "<=", "==", "!=", "<>", "\u2265",
                                      "\u2264", ">",  "<",  "=",  "%",  ","};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (str_starts(s, signs[i])) return strlen(signs[i]);
  return 0;
}

static size_t read_at(struct str text, struct str rest) {
  return str_characters(str_make(text.p, text.n - rest.n)) + 1;
}

// A quoted name; a quote within is written twice.
static bool read_quoted(struct condition_reading *r, struct str *rest, struct read_token *out, size_t at) {
  char quote = rest->p[0];
  struct buf text = BUF_MAX(ALERT_TEXT_MOST);
  size_t i = 1;
  for (; i < rest->n; i++) {
    if (rest->p[i] == quote && (i + 1 == rest->n || rest->p[i + 1] != quote)) break;
    i += rest->p[i] == quote;
    buf_add_char(&text, rest->p[i]);
  }
  bool ends = i<rest->n, any = text.n> 0;
  *out = (struct read_token){quote == '"' ? READ_NAME : READ_LABEL, arena_dup(r->arena, buf_str(&text)), at};
  buf_free(&text);
  if (!ends)
    return err_at(r->err, ERR_INVALID, "condition", "character %zu: the quote %c has no end", at, quote);
  *rest = str_from(*rest, i + 1);
  return any ||
         err_at(r->err, ERR_INVALID, "condition", "character %zu: there is nothing between the quotes", at);
}

static bool read_token(struct condition_reading *r, struct str text, struct str *rest,
                       struct read_token *out) {
  size_t at = read_at(text, *rest), n = 0;
  char c = rest->p[0];
  if (c == '"' || c == '\'') return read_quoted(r, rest, out, at);
  enum read_type type = READ_SIGN;
  bool number = read_is_digit(c) || (c == '-' && rest->n > 1 && read_is_digit(rest->p[1]));
  if (number) {
    n = read_number(*rest);
    type = READ_NUMBER;
  } else if ((n = read_sign(*rest)) == 0 && read_is_letter(c)) {
    while (n < rest->n && (read_is_letter(rest->p[n]) || read_is_digit(rest->p[n])) &&
           !read_sign(str_from(*rest, n)))
      n++;
    type = READ_WORD;
  }
  if (!n)
    return err_at(r->err, ERR_INVALID, "condition", "character %zu: '%.*s' has no meaning here", at,
                  STR_MOST(*rest, 4));
  *out = (struct read_token){type, arena_dup(r->arena, str_make(rest->p, n)), at};
  *rest = str_from(*rest, n);
  return true;
}

static bool read_tokens(struct condition_reading *r, struct str text) {
  struct str rest = text;
  for (;; r->count++) {
    while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t')) rest = str_from(rest, 1);
    if (r->count + 1 == READ_TOKENS_MOST)
      return err_at(r->err, ERR_INVALID, "condition", "it has more than %d words", READ_TOKENS_MOST - 1);
    r->tokens[r->count] = (struct read_token){READ_END, STR("the end"), read_at(text, rest)};
    if (!rest.n) return true;
    if (!read_token(r, text, &rest, &r->tokens[r->count])) return false;
  }
}

// ---- tokens to a condition

static const struct read_token *read_peek(const struct condition_reading *r, size_t ahead) {
  size_t at = r->next + ahead;
  return &r->tokens[at < r->count ? at : r->count];
}

static bool read_is(const struct condition_reading *r, size_t ahead, const char *word) {
  const struct read_token *t = read_peek(r, ahead);
  return (t->type == READ_WORD || t->type == READ_SIGN) && str_is_nocase(t->text, word);
}

static bool read_takes(struct condition_reading *r, const char *word) {
  bool is = read_is(r, 0, word);
  r->next += is;
  return is;
}

static bool read_fails(struct condition_reading *r, const char *wanted) {
  const struct read_token *t = read_peek(r, 0);
  err_at(r->err, ERR_INVALID, "condition", "character %zu: '%.*s' where %s is expected", t->at,
         STR_MOST(t->text, 40), wanted);
  err_hint(r->err,
           "such as: denied > 100; denied > 100 in 1h; any row; no row; share of denied >= 20%%; a row that "
           "was not there before; changed or removed row by id");
  return false;
}

// How many tokens a phrase takes; 0: it is not there.
static size_t read_phrase_at(const struct condition_reading *r, size_t ahead, const char *words) {
  struct str rest = str_of(words), word;
  size_t n = 0;
  while (str_cut(&rest, ' ', &word)) {
    const struct read_token *t = read_peek(r, ahead + n);
    if ((t->type != READ_WORD && t->type != READ_SIGN) || !str_eq_nocase(t->text, word)) return 0;
    n++;
  }
  return n;
}

static bool read_one_of(struct condition_reading *r, const struct read_phrase *phrases, int *means) {
  for (size_t i = 0; phrases[i].words; i++) {
    size_t n = read_phrase_at(r, 0, phrases[i].words);
    if (!n) continue;
    r->next += n;
    *means = phrases[i].means;
    return true;
  }
  return false;
}

static bool read_compares_at(const struct condition_reading *r, size_t ahead) {
  for (size_t i = 0; read_compares[i].words; i++)
    if (read_phrase_at(r, ahead, read_compares[i].words)) return true;
  return read_is(r, ahead, "is");
}

static bool read_column(struct condition_reading *r, struct str *out) {
  const struct read_token *t = read_peek(r, 0);
  if (t->type != READ_NAME && t->type != READ_WORD) return read_fails(r, "a column");
  if (t->text.n > ALERT_COLUMN_MOST) return read_fails(r, "a column with a shorter name");
  *out = t->text;
  r->next++;
  return true;
}

static bool read_bound(struct condition_reading *r, struct alert_condition *c) {
  int means;
  (void)read_takes(r, "is");
  if (!read_one_of(r, read_compares, &means)) return read_fails(r, "a comparison such as > or >=");
  c->compare = (enum alert_compare)means;
  const struct read_token *t = read_peek(r, 0);
  if (t->type != READ_NUMBER || t->text.n > READ_DIGITS_MOST)
    return read_fails(r, "a number of at most 15 digits");
  c->number = t->text;
  c->bound = strtod(t->text.p, NULL);
  r->next++;
  if (c->kind != ALERT_SHARE)
    return !read_is(r, 0, "%") || read_fails(r, "the end, since only a share is told in %");
  if (!read_takes(r, "%")) return read_fails(r, "%");
  c->bound /= 100;
  return true;
}

static bool read_span(struct condition_reading *r, int64_t *ms) {
  const struct read_token *t = read_peek(r, 0);
  double count = 1;
  (void)(read_takes(r, "the") && read_takes(r, "last"));
  t = read_peek(r, 0);
  if (t->type == READ_NUMBER) {
    count = strtod(t->text.p, NULL);
    r->next++;
  } else if (read_is(r, 0, "a") || read_is(r, 0, "an")) {
    r->next++;
  }
  for (size_t i = 0; read_units[i].word; i++)
    if (read_takes(r, read_units[i].word)) {
      double span = count * (double)read_units[i].ms;
      if (!(span >= 1000 && span <= (double)ALERT_WITHIN_MOST_MS))
        return err_at(r->err, ERR_INVALID, "condition", "character %zu: a span is 1s to 366d", t->at);
      *ms = (int64_t)span;
      return true;
    }
  return read_fails(r, "a span such as 10m or 1h");
}

static bool read_measure(struct condition_reading *r, struct alert_condition *c) {
  int means;
  c->kind = ALERT_MEASURE;
  if (!read_compares_at(r, 1) && read_one_of(r, read_aggregates, &means)) {
    c->has_aggregate = true;
    c->aggregate = (enum alert_aggregate)means;
    if (!read_compares_at(r, 1)) (void)read_takes(r, "of");
  }
  return read_column(r, &c->column) && read_bound(r, c) &&
         (!read_takes(r, "in") || read_span(r, &c->within_ms));
}

static bool read_share(struct condition_reading *r, struct alert_condition *c) {
  c->kind = ALERT_SHARE;
  r->next += 2;
  const struct read_token *t = read_peek(r, 0);
  if (t->type == READ_LABEL) {
    c->label = t->text;
    r->next++;
    if (read_takes(r, "of") && !read_column(r, &c->column)) return false;
  } else if (!read_column(r, &c->column) || (read_takes(r, "of") && !read_column(r, &c->of))) {
    return false;
  }
  return read_bound(r, c) && (!read_takes(r, "in") || read_span(r, &c->within_ms));
}

static bool read_change(struct condition_reading *r, struct alert_condition *c, int means) {
  c->kind = ALERT_CHANGE;
  c->changes = (unsigned)means;
  while (read_takes(r, "or") || read_takes(r, ",")) {
    if (!read_one_of(r, read_changes, &means) && !(read_takes(r, "new") && (means = ALERT_NEW)))
      return read_fails(r, "new row, changed or removed row");
    c->changes |= (unsigned)means;
  }
  if (!read_takes(r, "by")) return true;
  do {
    struct str key;
    if (!read_column(r, &key) || !alert_condition_add_keys(c, &key, 1, r->err)) return false;
  } while (read_takes(r, ","));
  return true;
}

static bool read_rows(struct condition_reading *r, struct alert_condition *c) {
  bool none = read_is(r, 0, "no");
  c->kind = ALERT_ROWS;
  if (read_takes(r, "rows")) return read_bound(r, c) && (!read_takes(r, "in") || read_span(r, &c->within_ms));
  r->next += 2;
  c->compare = none ? ALERT_EQUAL : ALERT_OVER;
  c->number = STR("0");
  return !read_takes(r, "in") || read_span(r, &c->within_ms);
}

static bool read_condition(struct condition_reading *r, struct alert_condition *c) {
  int means;
  bool compared = read_compares_at(r, 1);
  if ((read_is(r, 0, "any") || read_is(r, 0, "no")) && (read_is(r, 1, "row") || read_is(r, 1, "rows")) &&
      !read_compares_at(r, 2))
    return read_rows(r, c);
  if (read_is(r, 0, "rows") && compared) return read_rows(r, c);
  if (read_is(r, 0, "share") && read_is(r, 1, "of")) return read_share(r, c);
  if (!compared && read_is(r, 0, "new") && (read_is(r, 1, "or") || read_is(r, 1, ","))) {
    r->next++;
    return read_change(r, c, ALERT_NEW);
  }
  if (!compared && read_one_of(r, read_changes, &means)) return read_change(r, c, means);
  return read_measure(r, c);
}

bool alert_condition_read(struct str text, struct arena *a, struct alert_condition *out, struct err *err) {
  struct condition_reading r = {.arena = a, .err = err};
  struct alert_condition c = {0};
  if (text.n > ALERT_TEXT_MOST)
    return err_at(err, ERR_INVALID, "condition", "has more than %d characters", ALERT_TEXT_MOST);
  if (!read_tokens(&r, text) || !read_condition(&r, &c)) return false;
  if (read_peek(&r, 0)->type != READ_END) return read_fails(&r, "its end");
  *out = c;
  return true;
}

bool alert_condition_add_keys(struct alert_condition *c, const struct str *keys, size_t count,
                              struct err *err) {
  if (count && c->kind != ALERT_CHANGE)
    return err_at(err, ERR_INVALID, "key",
                  "key columns go with conditions that compare rows: new, changed or removed row");
  for (size_t i = 0; i < count; i++) {
    if (!keys[i].n || keys[i].n > ALERT_COLUMN_MOST)
      return err_at(err, ERR_INVALID, "key", "the name of a column has 1 to %d characters",
                    ALERT_COLUMN_MOST);
    if (c->key_count == ALERT_KEYS_MOST)
      return err_at(err, ERR_INVALID, "key", "at most %d columns tell rows apart", ALERT_KEYS_MOST);
    c->keys[c->key_count++] = keys[i];
  }
  return true;
}

bool alert_condition_lasts(const struct alert_condition *c) {
  return c->kind != ALERT_CHANGE;
}

bool alert_compare(enum alert_compare how, double value, double bound) {
  switch (how) {
  case ALERT_OVER:
    return value > bound;
  case ALERT_LEAST:
    return value >= bound;
  case ALERT_BELOW:
    return value < bound;
  case ALERT_MOST:
    return value <= bound;
  case ALERT_EQUAL:
    return value == bound;
  case ALERT_OTHER:
    return value != bound;
  }
  return false;
}

// ---- written

static void condition_name(struct buf *out, struct str name) {
  buf_add_char(out, '"');
  for (size_t i = 0; i < name.n; i++) {
    if (name.p[i] == '"') buf_add_char(out, '"');
    buf_add_char(out, name.p[i]);
  }
  buf_add_char(out, '"');
}

// Bare where it reads back as a column: no word of the grammar, no quote needed.
static void condition_column(struct buf *out, struct str name) {
  static const char *const ours[] = {"is", "of", "in", "or", "by", "any", "no", "rows", "share", "a", "new"};
  bool bare = name.n && !read_is_digit(name.p[0]);
  for (size_t i = 0; bare && i < name.n; i++)
    bare = (unsigned char)name.p[i] < 0x80 && (read_is_letter(name.p[i]) || read_is_digit(name.p[i]));
  for (size_t i = 0; bare && i < sizeof ours / sizeof *ours; i++) bare = !str_is_nocase(name, ours[i]);
  for (const struct read_phrase *p = read_aggregates; bare && p->words; p++)
    bare = !str_is_nocase(name, p->words);
  for (const struct read_phrase *p = read_changes; bare && p->words; p++)
    bare = !str_is_nocase(name, p->words);
  for (const struct read_phrase *p = read_compares; bare && p->words; p++)
    bare = !str_is_nocase(name, p->words);
  if (bare)
    buf_add(out, name);
  else
    condition_name(out, name);
}

static void condition_label(struct buf *out, struct str label) {
  buf_add_char(out, '\'');
  for (size_t i = 0; i < label.n; i++) {
    if (label.p[i] == '\'') buf_add_char(out, '\'');
    buf_add_char(out, label.p[i]);
  }
  buf_add_char(out, '\'');
}

static void condition_change(const struct alert_condition *c, struct buf *out) {
  static const char *const words[] = {"new", "changed", "removed"};
  unsigned left = c->changes;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!(left & 1u << i)) continue;
    left &= ~(1u << i);
    const char *after = !left ? " row" : left & (left - 1) ? ", " : " or "; // several are left; one is
    buf_printf(out, "%s%s", words[i], after);
  }
  for (size_t i = 0; i < c->key_count; i++) {
    buf_add_z(out, i ? ", " : " by ");
    condition_column(out, c->keys[i]);
  }
}

static void condition_span(int64_t ms, struct buf *out) {
  static const struct read_unit units[] = {
      {"w", 604800000}, {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};
  if (ms)
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
      if (ms % units[i].ms == 0 || i == 4) {
        buf_printf(out, " in %lld%s", (long long)(ms / units[i].ms), units[i].word);
        return;
      }
}

void alert_condition_write(const struct alert_condition *c, struct buf *out) {
  if (c->kind == ALERT_CHANGE) {
    condition_change(c, out);
    return;
  }
  bool zero = c->kind == ALERT_ROWS && str_is(c->number, "0");
  if (zero && (c->compare == ALERT_OVER || c->compare == ALERT_EQUAL)) {
    buf_add_z(out, c->compare == ALERT_OVER ? "any row" : "no row");
    condition_span(c->within_ms, out);
    return;
  }
  if (c->kind == ALERT_ROWS) buf_add_z(out, "rows");
  if (c->has_aggregate) buf_printf(out, "%s of ", read_aggregate_words[c->aggregate]);
  if (c->kind == ALERT_SHARE) buf_add_z(out, "share of ");
  if (c->label.n) condition_label(out, c->label);
  if (c->label.n && c->column.n) buf_add_z(out, " of ");
  if (c->column.n) condition_column(out, c->column);
  if (c->of.n) buf_add_z(out, " of ");
  if (c->of.n) condition_column(out, c->of);
  buf_printf(out, " %s %.*s%s", read_compare_signs[c->compare], STR_ARG(c->number),
             c->kind == ALERT_SHARE ? "%" : "");
  condition_span(c->within_ms, out);
}
