// SPDX-License-Identifier: Apache-2.0
#include "ask/summary.h"

#include "ask/saying.h"
#include "chart/classes.h"
#include "data/json.h"

// ---- shapes

static void say_value_of(const struct saying *s) {
  const struct table_cell *c = say_cell(s, 0, 0);
  double n = 0;
  if (s->r->query.distinct) {
    say_number(s, c, STR_NONE);
    (void)chart_cell_number(c, &n);
    buf_printf(s->out, " different value%s of ", n == 1 ? "" : "s");
    say_spoken(s, s->r->query.measure);
    buf_add_z(s->out, " among the ");
    say_subject(s);
  } else if (say_is_count(s)) {
    say_number(s, c, s->r->query.unit);
    buf_add_char(s->out, ' ');
    (void)chart_cell_number(c, &n);
    if (say_counts_rows(s))
      say_counted(s, n);
    else
      say_measured(s);
  } else {
    buf_add_z(s->out, "The ");
    say_measured(s);
    buf_add_z(s->out, " is ");
    say_number(s, c, s->r->query.unit);
  }
  buf_add_char(s->out, '.');
}

static int say_label(const struct saying *s) {
  int label = s->t->label >= 0 ? say_column(s, s->t->columns[s->t->label].name) : -1;
  return label >= 0 ? label : 0;
}

// What a flag that is so or not is called: "open", and where only the other side has a word, "not open".
static struct str say_flag(const struct saying *s, bool is) {
  struct str other = STR("");
  for (size_t v = 0; v < s->t->value_count; v++) {
    if (s->t->values[v].column != s->p->flag) continue;
    if (str_is(s->t->values[v].value, is ? "true" : "false")) return s->t->values[v].said;
    other = s->t->values[v].said;
  }
  return other.n ? arena_printf(s->arena, "not %.*s", STR_ARG(other)) : other;
}

// "3 active: a, b, c; 2 paused: d, e"
static void say_flagged(const struct saying *s) {
  int flag = say_column(s, s->t->columns[s->p->flag].name), label = say_label(s);
  buf_add_z(s->out, "Of the ");
  say_rows_between(s, 0, s->rows->row_count);
  buf_add_char(s->out, ' ');
  say_subject(s);
  buf_add_z(s->out, ", ");
  for (size_t first = 0, n = 0; first < s->rows->row_count; n++) {
    size_t end = first + 1;
    const struct table_cell *c = say_cell(s, first, (size_t)flag);
    while (end < s->rows->row_count && say_cell(s, end, (size_t)flag)->integer == c->integer) end++;
    struct str word = say_flag(s, c->kind == TABLE_CELL_INTEGER && c->integer);
    if (n) buf_add_z(s->out, "; ");
    say_rows_between(s, first, end);
    buf_printf(s->out, " %s %.*s: ", end - first == 1 ? "is" : "are", STR_ARG(word));
    say_names(s, label, first, end);
    if (end == s->rows->row_count && n == 0) buf_printf(s->out, "; none is the other");
    first = end;
  }
  buf_add_char(s->out, '.');
}

// One row: what was asked of it.
static void say_one(const struct saying *s) {
  int label = say_label(s);
  say_value(s, 0, label);
  buf_add_z(s->out, ": ");
  size_t n = 0;
  for (size_t c = 0; c < s->rows->column_count; c++) {
    if ((int)c == label) continue;
    if (n++) buf_add_z(s->out, ", ");
    say_spoken(s, s->rows->columns[c].name);
    buf_add_char(s->out, ' ');
    say_value(s, 0, (int)c);
  }
  if (s->p->has_span) say_range(s);
  buf_add_char(s->out, '.');
}

static void say_ranked(const struct saying *s) {
  int by = say_column(s, s->r->query.measure), label = say_label(s);
  say_value(s, 0, label);
  if (part_has(s->p, ASK_OLDEST) || part_has(s->p, ASK_NEWEST) || part_has(s->p, ASK_SOONEST)) {
    buf_printf(s->out, " is the %s of the ",
               part_has(s->p, ASK_OLDEST)   ? "first"
               : part_has(s->p, ASK_NEWEST) ? "latest"
                                            : "next");
    say_subject(s);
    buf_add_z(s->out, ": ");
    say_spoken(s, s->r->query.measure);
    buf_add_char(s->out, ' ');
  } else {
    buf_printf(s->out, " has the %s ", s->r->query.ascending ? "lowest" : "highest");
    say_spoken(s, s->r->query.measure);
    buf_add_z(s->out, " of the ");
    say_subject(s);
    buf_add_z(s->out, ": ");
  }
  say_value(s, 0, by);
  if (s->rows->row_count > 1) {
    buf_add_z(s->out, "; next is ");
    say_value(s, 1, label);
    buf_add_z(s->out, " with ");
    say_value(s, 1, by);
  }
  buf_add_char(s->out, '.');
}

// Has the row the value that it is asked to have?
static bool say_is_so(const struct saying *s) {
  const struct model_value *v = &s->t->values[s->p->expects];
  int column = v->column >= 0 ? say_column(s, s->t->columns[v->column].name) : -1;
  const struct table_cell *c = column >= 0 ? say_cell(s, 0, (size_t)column) : NULL;
  bool is = c && (c->kind == TABLE_CELL_TEXT
                      ? str_eq_nocase(c->text, v->value)
                      : (c->kind == TABLE_CELL_INTEGER && c->integer) == str_is(v->value, "true"));
  return is != s->p->expects_not;
}

static void say_rows(const struct saying *s) {
  bool aged = part_has(s->p, ASK_OLDEST) || part_has(s->p, ASK_NEWEST) || part_has(s->p, ASK_SOONEST);
  bool ranked = part_has(s->p, ASK_TOP) || part_has(s->p, ASK_BOTTOM) || aged;
  if (s->p->unfiltered_flag) {
    say_flagged(s);
  } else if (ranked && s->r->query.measure.n && say_column(s, s->r->query.measure) >= 0) {
    say_ranked(s);
  } else if (s->rows->row_count == 1 && (s->p->asked_count || s->p->id_count) && s->rows->column_count > 1) {
    if (s->p->expects >= 0)
      buf_add_z(s->out, say_is_so(s) ? "Yes. " : "No. ");
    else if (part_has(s->p, ASK_CHECK))
      buf_add_z(s->out, "Yes. ");
    say_one(s);
  } else {
    if (s->p->every)
      buf_add_z(s->out, "No, not all: ");
    else if (part_has(s->p, ASK_CHECK) || (s->p->whether && s->p->filter_count))
      buf_add_z(s->out, "Yes: ");
    say_rows_between(s, 0, s->rows->row_count);
    buf_add_char(s->out, ' ');
    say_counted(s, (double)s->rows->row_count);
    buf_add_z(s->out, ": ");
    say_names(s, say_label(s), 0, s->rows->row_count);
    buf_add_char(s->out, '.');
  }
}

// How many rows from the first on have its value of this column.
static size_t say_equals(const struct saying *s, size_t column) {
  double first, n;
  size_t count = 1;
  if (!chart_cell_number(say_cell(s, 0, column), &first)) return 1;
  while (count < s->rows->row_count && chart_cell_number(say_cell(s, count, column), &n) && n == first)
    count++;
  return count;
}

// A flag is told by its words: "proxied", not "true".
static void say_told(const struct saying *s, size_t row, int column) {
  const struct table_cell *c = say_cell(s, row, (size_t)column);
  int of = model_column_find(s->t, s->rows->columns[column].name);
  const char *value = c->kind == TABLE_CELL_INTEGER && c->integer ? "true" : "false";
  for (size_t v = 0; v < s->t->value_count && of >= 0 && s->rows->columns[column].type == TABLE_BOOLEAN; v++)
    if (s->t->values[v].column == of && str_is(s->t->values[v].value, value)) {
      buf_add(s->out, s->t->values[v].said);
      return;
    }
  say_value(s, row, column);
}

static void say_group(const struct saying *s, size_t row) {
  for (size_t g = 0; g < s->r->query.group_count; g++) {
    if (g) buf_add_z(s->out, ", ");
    say_told(s, row, (int)g);
  }
}

// What the first has of the measure: the most of a count, the highest of anything else.
static const char *say_first(const struct saying *s) {
  bool least = s->r->query.ascending;
  return say_is_count(s) ? least ? "fewest" : "most" : least ? "lowest" : "highest";
}

static void say_measure_at(const struct saying *s, size_t row, int by) {
  int percent = say_column(s, STR("percent"));
  say_number(s, say_cell(s, row, (size_t)by), s->r->query.unit);
  if (percent < 0 || percent == by) return;
  buf_add_z(s->out, " (");
  say_number(s, say_cell(s, row, (size_t)percent), STR_NONE);
  buf_add_z(s->out, " %)");
}

// Which of them have any: that is what was asked, and not how many each has.
static void say_havers(const struct saying *s) {
  size_t n = s->rows->row_count;
  say_rows_between(s, 0, n);
  buf_add_char(s->out, ' ');
  if (n == 1)
    buf_add(s->out, s->t->within->label_noun);
  else
    say_plural(s->t->within, s->out);
  buf_add_z(s->out, " with ");
  say_subject(s);
  buf_add_z(s->out, ": ");
  say_names(s, 0, 0, n);
  buf_add_char(s->out, '.');
}

// "ada and bert are each of several zones; the most are of ada: 8."
static void say_alike(const struct saying *s) {
  int by = say_column(s, s->r->query.measure);
  say_names(s, 0, 0, s->rows->row_count);
  buf_printf(s->out, " %s of several ", s->rows->row_count > 1 ? "are each" : "is");
  say_subject(s);
  buf_add_z(s->out, "; the most are of ");
  say_group(s, 0);
  buf_add_z(s->out, ": ");
  say_measure_at(s, 0, by);
  buf_add_char(s->out, '.');
}

static void say_groups(const struct saying *s) {
  if (s->p->alike) {
    say_alike(s);
    return;
  }
  if (s->p->which_within && s->t->within && !s->p->least_sign && !part_has(s->p, ASK_TOP) &&
      !part_has(s->p, ASK_BOTTOM)) {
    say_havers(s);
    return;
  }
  int by = say_column(s, s->r->query.measure);
  size_t equal = s->r->query.group_count == 1 ? say_equals(s, (size_t)by) : 1;
  if (equal > 1)
    say_names(s, 0, 0, equal);
  else
    say_group(s, 0);
  buf_printf(s->out, " %s the %s ", equal > 1 ? "have" : "has", say_first(s));
  say_measured(s);
  buf_add_z(s->out, ": ");
  say_measure_at(s, 0, by);
  if (equal > 1) buf_add_z(s->out, " each");
  for (size_t i = equal; i < s->rows->row_count && i < equal + 3; i++) {
    buf_add_z(s->out, i == equal ? "; next " : ", ");
    say_group(s, i);
    buf_add_z(s->out, " with ");
    say_measure_at(s, i, by);
  }
  buf_add_char(s->out, '.');
}

static size_t say_extreme(const struct saying *s, int column, bool most) {
  size_t best = 0;
  double value = 0, n;
  bool any = false;
  for (size_t i = 0; i < s->rows->row_count; i++) {
    if (!chart_cell_number(say_cell(s, i, (size_t)column), &n)) continue;
    if (!any || (most ? n > value : n < value)) best = i, value = n, any = true;
  }
  return best;
}

// "47 on 2026-11-03", with what tells its line.
static void say_point(const struct saying *s, size_t row, int by) {
  bool hours = str_is(s->r->query.bucket, "hour") || str_is(s->r->query.bucket, "minute");
  say_number(s, say_cell(s, row, (size_t)by), s->r->query.unit);
  buf_add_z(s->out, hours ? " at " : " on ");
  size_t begun = s->out->n;
  say_value(s, row, 0);
  if (!hours && s->out->n > begun + 10) s->out->n = begun + 10; // a day has no hour
  for (size_t g = 0; g < s->r->query.group_count; g++) {
    buf_add_z(s->out, g ? ", " : " of ");
    say_told(s, row, (int)g + 1);
  }
}

static void say_series(const struct saying *s) {
  struct str measure = s->r->query.measure, unit = s->r->query.unit;
  int by = say_column(s, measure);
  size_t high = say_extreme(s, by, true), low = say_extreme(s, by, false), last = s->rows->row_count - 1;
  size_t begun = s->out->n;
  say_measured(s);
  if (s->out->n > begun && s->out->p[begun] >= 'a' && s->out->p[begun] <= 'z') s->out->p[begun] -= 'a' - 'A';
  buf_printf(s->out, " per %.*s", STR_ARG(s->r->query.bucket));
  for (size_t g = 0; g < s->r->query.group_count; g++) {
    buf_add_z(s->out, g ? " and " : " and ");
    say_spoken(s, s->r->query.groups[g]);
  }
  buf_add_z(s->out, ": highest ");
  say_point(s, high, by);
  buf_add_z(s->out, ", lowest ");
  say_point(s, low, by);
  if (s->r->query.group_count) { // several lines: none of them is told alone
    buf_add_char(s->out, '.');
    return;
  }
  buf_add_z(s->out, ", last ");
  say_number(s, say_cell(s, last, (size_t)by), unit);
  double from, to;
  if (chart_cell_number(say_cell(s, 0, (size_t)by), &from) &&
      chart_cell_number(say_cell(s, last, (size_t)by), &to) && last) {
    buf_add_z(s->out, from < to   ? "; it rose from "
                      : from > to ? "; it fell from "
                                  : "; it is as it was at first, ");
    say_number(s, say_cell(s, 0, (size_t)by), unit);
    buf_add_z(s->out, " at the beginning");
  }
  buf_add_char(s->out, '.');
}

// What is true of those that are counted: "are active", "have ttl < 300".
static void say_hits(const struct saying *s, bool one) {
  size_t n = 0;
  for (size_t i = 0; i < s->p->filter_count; i++) {
    const struct reading_filter *f = &s->p->filters[i];
    if (f->noun) continue;
    bool is = f->op == READING_IS || f->op == READING_LACKS;
    buf_printf(s->out, "%s%s ", n++ ? " and " : " ", is ? one ? "is" : "are" : one ? "has" : "have");
    say_filter(s->p, f, s->out);
  }
}

static void say_share_at(const struct saying *s, size_t row) {
  say_number(s, say_cell(s, row, (size_t)say_column(s, STR("percent"))), STR_NONE);
  buf_add_z(s->out, " % (");
  say_number(s, say_cell(s, row, (size_t)say_column(s, STR("matching"))), s->r->query.unit);
  buf_add_z(s->out, " of ");
  say_number(s, say_cell(s, row, s->rows->column_count - 1), s->r->query.unit);
  buf_add_char(s->out, ')');
}

static void say_share(const struct saying *s) {
  if (s->r->query.group_count) {
    say_group(s, 0);
    buf_printf(s->out, " has the %s share: ", part_has(s->p, ASK_BOTTOM) ? "lowest" : "highest");
  }
  say_share_at(s, 0);
  buf_add_z(s->out, " of the ");
  if (say_is_count(s) && !say_counts_rows(s))
    say_spoken(s, s->r->query.measure);
  else
    say_plural(s->t, s->out);
  say_which(s->p, true, s->out);
  say_hits(s, false);
  say_range(s);
  for (size_t i = 1; s->r->query.group_count && i < s->rows->row_count && i < 4; i++) {
    buf_add_z(s->out, i == 1 ? "; next " : ", ");
    say_group(s, i);
    buf_add_z(s->out, " with ");
    say_share_at(s, i);
  }
  buf_add_char(s->out, '.');
}

static void say_stats(const struct saying *s) {
  static const struct {
    const char *column, *before;
  } said[] = {{"mean", "mean "}, {"median", ", median "}, {"least", ", from "}, {"most", " to "}};
  struct str unit = s->r->query.unit;
  int of = say_column(s, STR("of"));
  double n = 0;
  say_subject(s);
  buf_add_z(s->out, ": ");
  if (part_has(s->p, ASK_PERCENTILE)) {
    buf_printf(s->out, "percentile %.6g%s ", query_percentile(s->p),
               s->p->percentile > 0 ? "" : " (none was said)");
    say_number(s, say_cell(s, 0, 0), unit);
    buf_add_z(s->out, ", ");
  }
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    buf_add_z(s->out, said[i].before);
    say_number(s, say_cell(s, 0, (size_t)say_column(s, str_of(said[i].column))), unit);
  }
  buf_add_z(s->out, " over ");
  say_number(s, say_cell(s, 0, (size_t)of), STR_NONE);
  (void)chart_cell_number(say_cell(s, 0, (size_t)of), &n);
  buf_add_z(s->out, s->r->query.group_count ? " of them." : n == 1 ? " row." : " rows.");
}

static void say_periods(const struct saying *s) {
  struct str unit = s->r->query.unit, measure = s->r->query.measure;
  int by = say_column(s, measure);
  size_t begun = s->out->n;
  say_measured(s);
  if (s->out->n > begun && s->out->p[begun] >= 'a' && s->out->p[begun] <= 'z') s->out->p[begun] -= 'a' - 'A';
  buf_printf(s->out, ", compared with %.*s: ", STR_ARG(span_say(&s->p->prior, s->clock, s->arena)));
  if (s->r->query.group_count) {
    int change = say_column(s, STR("change_percent")), before = say_column(s, STR("before"));
    say_value(s, 0, 0);
    buf_add_z(s->out, " changed the most, by ");
    say_number(s, say_cell(s, 0, (size_t)change), STR_NONE);
    buf_add_z(s->out, " %, from ");
    say_number(s, say_cell(s, 0, (size_t)before), unit);
    buf_add_z(s->out, " to ");
    say_number(s, say_cell(s, 0, (size_t)by), unit);
  } else {
    say_number(s, say_cell(s, 0, (size_t)by), unit);
    buf_add_z(s->out, " now, ");
    say_number(s, say_cell(s, 1, (size_t)by), unit);
    buf_add_z(s->out, " before");
  }
  buf_add_char(s->out, '.');
}

static void say_diff(const struct saying *s) {
  if (!s->rows->row_count) {
    buf_add_z(s->out, "No difference: the ");
    say_subject(s);
    buf_add_z(s->out, " are the same; none is missing on either side.");
    return;
  }
  for (size_t i = 0; i < s->rows->row_count && i < SAYING_NAMES_MOST; i++) {
    buf_add_z(s->out, i ? "; only " : "Only ");
    say_value(s, i, 0);
    buf_add_z(s->out, " has ");
    for (size_t c = 1; c < s->rows->column_count; c++) {
      if (c > 1) buf_add_z(s->out, ", ");
      say_value(s, i, (int)c);
    }
  }
  buf_add_z(s->out, ". Compared were the ");
  say_subject(s);
  buf_add_char(s->out, '.');
}

static void say_heat(const struct saying *s) {
  buf_add_z(s->out, "Most happens ");
  say_value(s, 0, 0);
  buf_add_z(s->out, " in the hour from ");
  say_value(s, 0, 1);
  buf_add_z(s->out, ":00, with ");
  say_number(s, say_cell(s, 0, 2), s->r->query.unit);
  buf_add_z(s->out, " of the ");
  say_subject(s);
  buf_add_char(s->out, '.');
}

static void say_lacking(const struct saying *s) {
  size_t n = s->rows->row_count;
  if (s->p->whether && !s->t->derived) buf_add_z(s->out, n ? "No: " : "Yes: ");
  if (!n) {
    buf_printf(s->out, "%sach %.*s has ", s->p->whether && !s->t->derived ? "e" : "E",
               STR_ARG(s->t->within->label_noun));
    say_subject(s);
    buf_add_z(s->out, "; none is without.");
    return;
  }
  buf_printf(s->out, "%zu ", n);
  if (n == 1)
    buf_add(s->out, s->t->within->label_noun);
  else
    say_plural(s->t->within, s->out);
  buf_printf(s->out, " %s no ", n == 1 ? "has" : "have");
  say_subject(s);
  buf_add_z(s->out, ": ");
  say_names(s, 0, 0, n);
  buf_add_char(s->out, '.');
}

// "X and Y have firewall rules and no page rules."
static void say_within(const struct saying *s) {
  size_t n = s->rows->row_count;
  if (n)
    say_names(s, 0, 0, n);
  else
    buf_printf(s->out, "No %.*s", STR_ARG(s->r->query.measure));
  buf_printf(s->out, " %s ", n > 1 ? "have" : "has");
  say_subject(s);
  buf_add_z(s->out, s->r->query.lacks ? " and no " : " and ");
  struct saying other = *s;
  other.p = s->r->other;
  say_subject(&other);
  buf_add_char(s->out, '.');
}

static void say_common(const struct saying *s) {
  if (s->r->query.within) {
    say_within(s);
    return;
  }
  if (!s->rows->row_count)
    buf_add_z(s->out, "None");
  else
    say_names(s, 0, 0, s->rows->row_count);
  bool lacks = s->r->query.lacks;
  buf_printf(s->out, " %s %s the ", s->rows->row_count > 1 ? "are" : "is", lacks ? "among" : "in both:");
  say_subject(s);
  buf_add_z(s->out, lacks ? " and not among the " : " and the ");
  struct saying other = *s;
  other.p = s->r->other;
  say_subject(&other);
  buf_add_char(s->out, '.');
}

// "2 days had no changes: …", "3 days had fewer than 5 changes: …"
static void say_idle(const struct saying *s) {
  size_t n = s->rows->row_count;
  const char *unit = arena_z(s->arena, s->r->query.measure);
  static const char *const signs[][2] = {
      {"<", "fewer than"}, {">", "more than"}, {"<=", "at most"}, {">=", "at least"}, {"=", "exactly"}};
  const char *said = "";
  for (size_t i = 0; s->p->idle_sign && i < sizeof signs / sizeof *signs; i++)
    if (!strcmp(s->p->idle_sign, signs[i][0])) said = signs[i][1];
  if (*said && n)
    buf_printf(s->out, "%zu %s%s had %s %.15g ", n, unit, n == 1 ? "" : "s", said, s->p->idle_number);
  else if (*said)
    buf_printf(s->out, "No %s had %s %.15g ", unit, said, s->p->idle_number);
  else if (!n)
    buf_printf(s->out, "Each %s had ", unit);
  else
    buf_printf(s->out, "%zu %s%s had no ", n, unit, n == 1 ? "" : "s");
  say_subject(s);
  if (n) {
    buf_add_z(s->out, ": ");
    say_names(s, 0, 0, n);
  }
  buf_add_char(s->out, '.');
}

// More rows than were asked for.
static void say_ties(const struct saying *s) {
  size_t limit = (size_t)s->r->query.limit;
  if (!s->r->query.ties || s->rows->row_count <= limit) return;
  size_t more = s->rows->row_count - limit;
  if (more < QUERY_TIES_MOST) {
    buf_add_char(s->out, ' ');
    say_rows_between(s, limit, s->rows->row_count);
    buf_printf(s->out, " more %s equal to the last of the first %zu, and shown too.",
               more == 1 ? "is" : "are", limit);
    return;
  }
  buf_add_z(s->out, " At least ");
  say_rows_between(s, limit, s->rows->row_count);
  buf_printf(s->out, " more are equal to the last of the first %zu; %d of them are shown too.", limit,
             QUERY_TIES_MOST);
}

void summary_add(const struct plan_result *r, const struct outcome_result *rows,
                 const struct table_clock *clock, struct arena *a, const struct summary_out *out) {
  static void (*const shapes[QUERY_SHAPES])(const struct saying *) = {
      [QUERY_ROWS] = say_rows,       [QUERY_VALUE] = say_value_of, [QUERY_GROUPS] = say_groups,
      [QUERY_SERIES] = say_series,   [QUERY_SHARE] = say_share,    [QUERY_STATS] = say_stats,
      [QUERY_PERIODS] = say_periods, [QUERY_DIFF] = say_diff,      [QUERY_HEAT] = say_heat,
      [QUERY_COMMON] = say_common,   [QUERY_NONE] = say_lacking,   [QUERY_IDLE] = say_idle};
  struct saying s = {.r = r,
                     .rows = &rows->rows,
                     .p = r->part,
                     .t = r->part->thing,
                     .clock = clock,
                     .arena = a,
                     .out = out->text,
                     .numbers = out->numbers,
                     .name = rows->name};
  if (rows->why.n) {
    buf_printf(out->text, "%.*s", STR_MOST(rows->why, 400));
    return;
  }
  if (!rows->rows.row_count && r->query.shape != QUERY_DIFF && r->query.shape != QUERY_COMMON &&
      r->query.shape != QUERY_NONE && r->query.shape != QUERY_IDLE)
    say_none(&s);
  else
    shapes[r->query.shape](&s);
  say_ties(&s);
}
