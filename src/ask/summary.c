// SPDX-License-Identifier: Apache-2.0
#include "ask/summary.h"

#include "ask/cell.h"
#include "ask/part.h"
#include "chart/classes.h"
#include "data/json.h"

enum { SUMMARY_NAMES_MOST = 12 };

struct saying {
  const struct plan_result *r;
  const struct table_result *rows;
  const struct reading_part *p;
  const struct model_thing *t;
  const struct table_clock *clock;
  struct arena *arena;
  struct buf *out, *numbers;
  struct str name; // of the result
};

static struct cell_to say_to(const struct saying *s) {
  return (struct cell_to){s->out, s->numbers, s->rows, s->name};
}

// How many rows there are, from the first on and before the end.
static void say_rows_between(const struct saying *s, size_t first, size_t end) {
  struct cell_to to = say_to(s);
  cell_say_rows(&to, first, end);
}

// ---- cells

static const struct table_cell *say_cell(const struct saying *s, size_t row, size_t column) {
  return &s->rows->cells[row * s->rows->column_count + column];
}

static int say_column(const struct saying *s, struct str name) {
  for (size_t i = 0; i < s->rows->column_count; i++)
    if (str_eq_nocase(s->rows->columns[i].name, name)) return (int)i;
  return -1;
}

static void say_number(const struct saying *s, const struct table_cell *c, struct str unit) {
  struct cell_to to = say_to(s);
  cell_say_number(&to, c, unit);
}

static struct str say_unit_of(const struct saying *s, struct str column) {
  int c = model_column_find(s->t, column);
  return c >= 0 ? s->t->columns[c].unit : STR_NONE;
}

static void say_value(const struct saying *s, size_t row, int column) {
  struct cell_to to = say_to(s);
  cell_say(&to, row, (size_t)column, say_unit_of(s, s->rows->columns[column].name));
}

// ---- what was asked for

static void say_plural(const struct model_thing *t, struct buf *out) {
  struct str plural = json_str(t->def, "plural"), noun = t->label_noun;
  if (plural.n)
    buf_add(out, plural);
  else if (str_ends(noun, "y") && !str_ends(noun, "ay") && !str_ends(noun, "ey"))
    buf_printf(out, "%.*sies", (int)noun.n - 1, noun.p);
  else
    buf_printf(out, "%.*s%s", STR_ARG(noun), str_ends(noun, "s") ? "" : "s");
}

static void say_filter(const struct reading_part *p, const struct reading_filter *f, struct buf *out) {
  const struct model_column *c = f->column >= 0 ? &p->thing->columns[f->column] : NULL;
  if (f->op == READING_IS)
    buf_printf(out, "%s%.*s", f->negated ? "not " : "", STR_ARG(p->thing->values[f->value].said));
  else if (f->op == READING_LACKS)
    buf_printf(out, "without %.*s", STR_ARG(c->name));
  else if (f->op == READING_COMPARES)
    buf_printf(out, "%.*s %s %.*s", STR_ARG(c->name), f->sign, STR_ARG(f->text));
  else
    buf_printf(out, "%.*s %.*s", STR_ARG(c->name), STR_MOST(f->text, 80));
}

// `count`: how many of them.
static void say_counted_subject(const struct reading_part *p, double count, struct buf *out) {
  if (count == 1)
    buf_add(out, p->thing->label_noun);
  else
    say_plural(p->thing, out);
  for (size_t i = 0, n = 0; i < p->filter_count; i++) {
    buf_add_z(out, n++ ? ", " : " (");
    say_filter(p, &p->filters[i], out);
    if (i + 1 == p->filter_count) buf_add_char(out, ')');
  }
  for (size_t i = 0; i < p->name_count; i++)
    buf_printf(out, "%s%.*s",
               i                  ? " and "
               : p->thing->within ? " on "
                                  : " named ",
               STR_MOST(p->names[i], 100));
  for (size_t i = 0; i < p->id_count; i++) buf_printf(out, " of id %.*s", STR_MOST(p->ids[i], 100));
}

void summary_subject(const struct reading_part *p, struct buf *out) {
  say_counted_subject(p, 0, out);
}

static void say_range(const struct saying *s) {
  if (!s->p->has_span) return;
  struct str said = s->p->span.said;
  buf_add_z(s->out, " (");
  if (s->p->span_is_assumed)
    buf_add_z(s->out, "no time was said, so ");
  else if (said.n)
    buf_printf(s->out, "%.*s: ", STR_ARG(said));
  buf_printf(s->out, "%.*s)", STR_ARG(span_say(&s->p->span, s->clock, s->arena)));
}

static void say_subject(const struct saying *s) {
  summary_subject(s->p, s->out);
  say_range(s);
}

static void say_counted(const struct saying *s, double n) {
  say_counted_subject(s->p, n, s->out);
  say_range(s);
}

// ---- shapes

static void say_value_of(const struct saying *s) {
  const struct table_cell *c = say_cell(s, 0, 0);
  bool rows = s->p->measure < 0 && s->t->counts < 0;
  say_number(s, c, s->r->query.unit);
  buf_add_char(s->out, ' ');
  double n = 0;
  if (!rows) buf_printf(s->out, "%.*s of ", STR_ARG(s->r->query.measure));
  if (rows) (void)chart_cell_number(c, &n);
  say_counted(s, n);
  buf_add_char(s->out, '.');
}

static void say_none(const struct saying *s) {
  buf_add_z(s->out, "No ");
  say_subject(s);
  buf_add_z(s->out, " were found.");
}

static void say_names(const struct saying *s, int column, size_t first, size_t end) {
  for (size_t i = first; i < end && i < first + SUMMARY_NAMES_MOST; i++) {
    if (i > first) buf_add_z(s->out, i + 1 == end ? " and " : ", ");
    say_value(s, i, column);
  }
  if (end > first + SUMMARY_NAMES_MOST) buf_printf(s->out, " and others");
}

static int say_label(const struct saying *s) {
  int label = s->t->label >= 0 ? say_column(s, s->t->columns[s->t->label].name) : -1;
  return label >= 0 ? label : 0;
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
    struct str word = STR("");
    for (size_t v = 0; v < s->t->value_count; v++)
      if (s->t->values[v].column == s->p->flag &&
          str_is(s->t->values[v].value, c->kind == TABLE_CELL_INTEGER && c->integer ? "true" : "false"))
        word = s->t->values[v].said;
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
    buf_printf(s->out, "%s%.*s ", n++ ? ", " : "", STR_ARG(s->rows->columns[c].name));
    say_value(s, 0, (int)c);
  }
  if (s->p->has_span) say_range(s);
  buf_add_char(s->out, '.');
}

static void say_ranked(const struct saying *s) {
  int by = say_column(s, s->r->query.measure), label = say_label(s);
  say_value(s, 0, label);
  buf_printf(s->out, " comes first of the ");
  say_subject(s);
  buf_add_z(s->out, ", with ");
  buf_printf(s->out, "%.*s ", STR_ARG(s->r->query.measure));
  say_value(s, 0, by);
  if (s->rows->row_count > 1) {
    buf_add_z(s->out, "; next is ");
    say_value(s, 1, label);
    buf_add_z(s->out, " with ");
    say_value(s, 1, by);
  }
  buf_add_char(s->out, '.');
}

static void say_rows(const struct saying *s) {
  bool aged = part_has(s->p, ASK_OLDEST) || part_has(s->p, ASK_NEWEST) || part_has(s->p, ASK_SOONEST);
  bool ranked = part_has(s->p, ASK_TOP) || part_has(s->p, ASK_BOTTOM) || aged;
  if (s->p->unfiltered_flag) {
    say_flagged(s);
  } else if (ranked && s->r->query.measure.n && say_column(s, s->r->query.measure) >= 0) {
    say_ranked(s);
  } else if (s->rows->row_count == 1 && (s->p->asked_count || s->p->id_count) && s->rows->column_count > 1) {
    if (part_has(s->p, ASK_CHECK)) buf_add_z(s->out, "Yes. ");
    say_one(s);
  } else {
    if (part_has(s->p, ASK_CHECK)) buf_add_z(s->out, "Yes: ");
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

static void say_group(const struct saying *s, size_t row) {
  for (size_t g = 0; g < s->r->query.group_count; g++) {
    if (g) buf_add_z(s->out, ", ");
    say_value(s, row, (int)g);
  }
}

// What the first has of the measure: the most of a count, the highest of a mean.
static const char *say_first(const struct saying *s) {
  bool least = s->r->query.ascending;
  bool mean = part_has(s->p, ASK_MEAN) || part_has(s->p, ASK_MEDIAN) || part_has(s->p, ASK_PERCENTILE);
  return mean ? least ? "lowest" : "highest" : least ? "fewest" : "most";
}

static void say_groups(const struct saying *s) {
  struct str measure = s->r->query.measure, unit = s->r->query.unit;
  int by = say_column(s, measure);
  size_t equal = s->r->query.group_count == 1 ? say_equals(s, (size_t)by) : 1;
  if (equal > 1)
    say_names(s, 0, 0, equal);
  else
    say_group(s, 0);
  buf_printf(s->out, " %s the %s %.*s: ", equal > 1 ? "have" : "has", say_first(s), STR_ARG(measure));
  say_number(s, say_cell(s, 0, (size_t)by), unit);
  buf_add_z(s->out, equal > 1 ? " each, of " : " of ");
  say_subject(s);
  for (size_t i = equal; i < s->rows->row_count && i < equal + 3; i++) {
    buf_add_z(s->out, i == equal ? "; next " : ", ");
    say_value(s, i, 0);
    buf_add_z(s->out, " with ");
    say_number(s, say_cell(s, i, (size_t)by), unit);
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

static void say_series(const struct saying *s) {
  struct str measure = s->r->query.measure, unit = s->r->query.unit;
  int by = say_column(s, measure);
  size_t high = say_extreme(s, by, true), low = say_extreme(s, by, false), last = s->rows->row_count - 1;
  buf_printf(s->out, "%.*s per %.*s, of ", STR_ARG(measure), STR_ARG(s->r->query.bucket));
  say_subject(s);
  buf_add_z(s->out, ": highest ");
  say_number(s, say_cell(s, high, (size_t)by), unit);
  buf_add_z(s->out, " at ");
  say_value(s, high, 0);
  buf_add_z(s->out, ", lowest ");
  say_number(s, say_cell(s, low, (size_t)by), unit);
  buf_add_z(s->out, " at ");
  say_value(s, low, 0);
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

static void say_share(const struct saying *s) {
  size_t groups = s->r->query.group_count;
  int percent = say_column(s, STR("percent")), matching = say_column(s, STR("matching"));
  if (groups) {
    say_value(s, 0, 0);
    buf_add_z(s->out, ": ");
  }
  say_number(s, say_cell(s, 0, (size_t)percent), STR_NONE);
  buf_add_z(s->out, " % (");
  say_number(s, say_cell(s, 0, (size_t)matching), s->r->query.unit);
  buf_add_z(s->out, " of ");
  say_number(s, say_cell(s, 0, s->rows->column_count - 1), s->r->query.unit);
  buf_add_z(s->out, "): ");
  say_subject(s);
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
  buf_printf(s->out, "%.*s of ", STR_ARG(measure));
  say_subject(s);
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
  for (size_t i = 0; i < s->rows->row_count && i < SUMMARY_NAMES_MOST; i++) {
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
  if (!n) {
    buf_printf(s->out, "Each %.*s has ", STR_ARG(s->t->within->label_noun));
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

static void say_common(const struct saying *s) {
  if (!s->rows->row_count)
    buf_add_z(s->out, "None");
  else
    say_names(s, 0, 0, s->rows->row_count);
  buf_printf(s->out, " %s in both: the ", s->rows->row_count > 1 ? "are" : "is");
  say_subject(s);
  buf_add_z(s->out, " and the ");
  summary_subject(s->r->other, s->out);
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
      [QUERY_COMMON] = say_common,   [QUERY_NONE] = say_lacking};
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
      r->query.shape != QUERY_NONE)
    say_none(&s);
  else
    shapes[r->query.shape](&s);
  say_ties(&s);
}
