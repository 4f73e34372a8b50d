// SPDX-License-Identifier: Apache-2.0
// What a sentence is about, in words: what was asked for, which of it, over which time, and what is measured.
#include "ask/saying.h"

#include "data/json.h"

void say_plural(const struct model_thing *t, struct buf *out) {
  struct str plural = json_str(t->def, "plural"), noun = t->label_noun;
  if (plural.n)
    buf_add(out, plural);
  else if (str_ends(noun, "y") && !str_ends(noun, "ay") && !str_ends(noun, "ey"))
    buf_printf(out, "%.*sies", (int)noun.n - 1, noun.p);
  else if (str_ends(noun, "ch") || str_ends(noun, "sh") || str_ends(noun, "x"))
    buf_printf(out, "%.*ses", STR_ARG(noun));
  else
    buf_printf(out, "%.*s%s", STR_ARG(noun), str_ends(noun, "s") ? "" : "s");
}

void say_filter(const struct reading_part *p, const struct reading_filter *f, struct buf *out) {
  const struct model_column *c = f->column >= 0 ? &p->thing->columns[f->column] : NULL;
  if (f->op == READING_IS)
    buf_printf(out, "%s%.*s", f->negated ? "not " : "", STR_ARG(p->thing->values[f->value].said));
  else if (f->op == READING_LACKS)
    buf_printf(out, "%s %.*s", f->negated ? "with" : "without", STR_ARG(c->name));
  else if (f->op == READING_COMPARES)
    buf_printf(out, "%.*s %s %.*s", STR_ARG(c->name), f->sign, STR_ARG(f->said.n ? f->said : f->text));
  else
    buf_printf(out, "%.*s %s%.*s", STR_ARG(c->name), f->negated ? "not " : "", STR_MOST(f->text, 80));
}

// Which of them are meant: "(active) on example.com". `nouns`: of the conditions only those that say what kind of row it is.
void say_which(const struct reading_part *p, bool nouns, struct buf *out) {
  size_t n = 0;
  for (size_t i = 0; i < p->filter_count; i++) {
    if (nouns && !p->filters[i].noun) continue;
    buf_add_z(out, n++ ? ", " : " (");
    say_filter(p, &p->filters[i], out);
  }
  if (n) buf_add_char(out, ')');
  for (size_t i = 0; i < p->name_count; i++)
    buf_printf(out, "%s%.*s",
               i                  ? " and "
               : p->thing->within ? " on "
                                  : " named ",
               STR_MOST(p->names[i], 100));
  for (size_t i = 0; i < p->id_count; i++) buf_printf(out, " of id %.*s", STR_MOST(p->ids[i], 100));
}

// `count`: how many of them.
static void say_counted_subject(const struct reading_part *p, double count, struct buf *out) {
  if (count == 1)
    buf_add(out, p->thing->label_noun);
  else
    say_plural(p->thing, out);
  say_which(p, false, out);
}

void summary_subject(const struct reading_part *p, struct buf *out) {
  say_counted_subject(p, 0, out);
}

void say_range(const struct saying *s) {
  if (!s->p->has_span) return;
  struct str said = s->p->span.said;
  buf_add_z(s->out, s->p->span_is_denied ? " (not " : " (");
  if (s->p->span_is_assumed)
    buf_add_z(s->out, "no time was said, so ");
  else if (said.n)
    buf_printf(s->out, "%.*s: ", STR_ARG(said));
  buf_printf(s->out, "%.*s)", STR_ARG(span_say(&s->p->span, s->clock, s->arena)));
}

void say_subject(const struct saying *s) {
  summary_subject(s->p, s->out);
  say_range(s);
}

void say_counted(const struct saying *s, double n) {
  say_counted_subject(s->p, n, s->out);
  say_range(s);
}

// "customer name" of "customer__name": as people write it.
void say_spoken(const struct saying *s, struct str name) {
  for (size_t i = 0; i < name.n; i++) {
    bool small = i && name.p[i] >= 'A' && name.p[i] <= 'Z' && name.p[i - 1] >= 'a' && name.p[i - 1] <= 'z';
    if (name.p[i] == '_') {
      if (i && name.p[i - 1] != '_') buf_add_char(s->out, ' ');
    } else {
      if (small) buf_add_char(s->out, ' ');
      buf_add_char(s->out, small ? (char)(name.p[i] - 'A' + 'a') : name.p[i]);
    }
  }
}

bool say_counts_rows(const struct saying *s) {
  return str_is(s->r->query.measure, "count");
}

// Is the measure how many there are, by rows or by what is counted already: requests, events?
bool say_is_count(const struct saying *s) {
  int c = model_column_find(s->t, s->r->query.measure);
  if (part_has(s->p, ASK_MEAN) || part_has(s->p, ASK_MEDIAN) || part_has(s->p, ASK_PERCENTILE)) return false;
  return say_counts_rows(s) ||
         (!s->r->query.unit.n && !s->r->query.ratio && (c < 0 || s->t->columns[c].fold.n));
}

// "DNS records (MX) on example.com", "requests (5xx)": what is counted, and which of it; else the measure of what.
void say_measured(const struct saying *s) {
  if (say_counts_rows(s)) {
    say_subject(s);
  } else if (say_is_count(s)) {
    say_spoken(s, s->r->query.measure);
    say_which(s->p, false, s->out);
    say_range(s);
  } else {
    say_spoken(s, s->r->query.measure);
    buf_add_z(s->out, " of ");
    say_subject(s);
  }
}

void say_none(const struct saying *s) {
  if (s->p->alike) {
    buf_printf(s->out, "No %.*s is of several ", STR_ARG(s->r->query.groups[0]));
    say_subject(s);
    buf_add_char(s->out, '.');
    return;
  }
  if (s->p->least_sign) {
    buf_printf(s->out, "No %.*s has so many (%s %.15g) ", STR_ARG(s->r->query.groups[0]),
               str_is(str_of(s->p->least_sign), "=") ? "exactly" : s->p->least_sign, s->p->least);
    say_measured(s);
    buf_add_char(s->out, '.');
    return;
  }
  buf_add_z(s->out, s->p->every ? "Yes, all: no " : "No ");
  say_subject(s);
  buf_add_z(s->out, " were found.");
}

// ---- cells

static struct cell_to say_to(const struct saying *s) {
  return (struct cell_to){s->out, s->numbers, s->rows, s->name};
}

// How many rows there are, from the first on and before the end.
void say_rows_between(const struct saying *s, size_t first, size_t end) {
  struct cell_to to = say_to(s);
  cell_say_rows(&to, first, end);
}

// ---- cells

const struct table_cell *say_cell(const struct saying *s, size_t row, size_t column) {
  return &s->rows->cells[row * s->rows->column_count + column];
}

int say_column(const struct saying *s, struct str name) {
  for (size_t i = 0; i < s->rows->column_count; i++)
    if (str_eq_nocase(s->rows->columns[i].name, name)) return (int)i;
  return -1;
}

void say_number(const struct saying *s, const struct table_cell *c, struct str unit) {
  struct cell_to to = say_to(s);
  cell_say_number(&to, c, unit);
}

static struct str say_unit_of(const struct saying *s, struct str column) {
  int c = model_column_find(s->t, column);
  return c >= 0 ? s->t->columns[c].unit : STR_NONE;
}

void say_value(const struct saying *s, size_t row, int column) {
  struct cell_to to = say_to(s);
  cell_say(&to, row, (size_t)column, say_unit_of(s, s->rows->columns[column].name));
}

static bool say_is_again(const struct saying *s, int column, size_t first, size_t row) {
  const struct table_cell *c = say_cell(s, row, (size_t)column), *other;
  for (size_t i = first; i < row && c->kind == TABLE_CELL_TEXT; i++) {
    other = say_cell(s, i, (size_t)column);
    if (other->kind == TABLE_CELL_TEXT && str_eq(other->text, c->text)) return true;
  }
  return false;
}

// Each name once, in the order of the rows.
void say_names(const struct saying *s, int column, size_t first, size_t end) {
  size_t rows[SAYING_NAMES_MOST], n = 0;
  bool more = false;
  for (size_t i = first; i < end && !more; i++) {
    if (say_is_again(s, column, first, i)) continue;
    if (n == SAYING_NAMES_MOST) more = true;
    if (!more) rows[n++] = i;
  }
  for (size_t i = 0; i < n; i++) {
    if (i) buf_add_z(s->out, i + 1 == n && !more ? " and " : ", ");
    say_value(s, rows[i], column);
  }
  if (more) buf_add_z(s->out, " and others");
}
