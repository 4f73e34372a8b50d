// SPDX-License-Identifier: Apache-2.0
// The SQL of each shape of a result.
#include <stdlib.h>

#include "ask/part.h"
#include "ask/query_parts.h"
#include "ask/rename.h"
#include "data/json.h"

// ---- shapes

void query_value(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct str fold = query_fold(s, "");
  buf_printf(&out, "SELECT %.*s AS ", STR_ARG(fold));
  query_name(&out, s->q->measure);
  buf_printf(&out, " FROM %.*s", STR_ARG(query_source(s)));
  query_add_where(&out, query_where(s, true, true));
  s->q->shape = QUERY_VALUE;
  s->q->mark = STR("kpi");
  s->q->sql = query_done(&out, s->arena);
}

// What is told apart, besides when: a verb may be a time's too, "how many different medicines were prescribed".
static int query_distinct_column(const struct querying *s, size_t *n) {
  const struct reading_part *p = s->p;
  int column = p->group_count ? p->groups[0] : -1;
  *n = p->group_count;
  for (size_t i = 0; i < p->asked_count; i++) {
    if (p->group_count && s->t->columns[p->asked[i]].time) continue;
    if (column < 0) column = p->asked[i];
    (*n)++;
  }
  return column;
}

// "how many different countries": the values of one column are counted, and not the rows that have them.
bool query_counts_values(const struct querying *s) {
  const struct reading_part *p = s->p;
  size_t n;
  int column = query_distinct_column(s, &n);
  bool one = n == 1 && !p->grouped && !p->top && !p->bucket;
  if (one && part_is_measure(&s->t->columns[column < 0 ? 0 : column])) return false;
  return one && part_has(p, ASK_DISTINCT) && part_has(p, ASK_COUNT) &&
         !(p->group_count && p->groups[0] < 0) && !part_has(p, ASK_TREND) && !part_has(p, ASK_SHARE);
}

void query_distinct(struct querying *s) {
  size_t n;
  int column = query_distinct_column(s, &n);
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  query_use(s, column);
  s->q->measure = s->t->columns[column].name;
  s->q->distinct = true;
  struct str sql = query_group_sql(s, column), where = query_where(s, true, true);
  buf_printf(&out, "SELECT count(DISTINCT %.*s) AS ", STR_ARG(sql));
  query_name(&out, s->q->measure);
  buf_printf(&out, " FROM %.*s", STR_ARG(query_source(s)));
  if (s->t->columns[column].list)
    buf_printf(&out, ", json_each(%.*s) each", STR_ARG(s->t->columns[column].sql));
  query_add_where(&out, where);
  s->q->shape = QUERY_VALUE;
  s->q->mark = STR("kpi");
  s->q->sql = query_done(&out, s->arena);
}

// Each of what the rows are within, also those that have none.
static bool query_wants_empty_ones(const struct querying *s) {
  return s->q->group_count == 1 && query_group_at(s, 0) == -2 && !s->t->within->held && !query_ranks(s->p) &&
         !query_is_sliced(s->t) && !s->p->which_within && !s->p->least_sign;
}

static struct str query_parents(const struct querying *s) {
  const struct model_thing *up = s->t->within;
  struct str narrow = query_narrow(s->p, up, s->arena);
  return arena_printf(s->arena, "SELECT %.*s AS \"%.*s\" FROM %.*s%s%.*s",
                      STR_ARG(up->columns[up->label].sql), STR_ARG(query_parent_label(s->t)),
                      STR_ARG(model_from(up)), narrow.n ? " WHERE " : "", STR_ARG(narrow));
}

// "Which zones were changed": rows that are of none tell of none, and nothing is not what two have in common. Empty: all rows count.
static struct str query_there(const struct querying *s) {
  int group = s->q->group_count == 1 ? query_group_at(s, 0) : -2;
  if (group < 0 || s->t->columns[group].list) return STR_NONE;
  if (!s->p->alike && (s->t->derived || !s->p->told_apart)) return STR_NONE;
  return arena_printf(s->arena, "(%.*s) IS NOT NULL", STR_ARG(s->t->columns[group].sql));
}

static struct str query_grouped(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct str fold = query_fold(s, "");
  buf_add_z(&out, "SELECT ");
  query_group_list(s, &out);
  buf_printf(&out, "%.*s AS ", STR_ARG(fold));
  query_name(&out, s->q->measure);
  if (s->p->alike && s->t->label >= 0) // which these are
    buf_printf(&out, ", group_concat(DISTINCT %.*s) AS \"%.*s\"", STR_ARG(s->t->columns[s->t->label].sql),
               STR_ARG(s->t->label_noun));
  if (part_has(s->p, ASK_SHARE)) // of all of them
    buf_printf(&out, ", round(100.0 * %.*s / nullif(sum(%.*s) OVER (), 0), 2) AS percent", STR_ARG(fold),
               STR_ARG(fold));
  struct str where = query_where(s, true, true), there = query_there(s);
  buf_printf(&out, " FROM %.*s", STR_ARG(query_source(s)));
  if (there.n)
    where = where.n ? arena_printf(s->arena, "(%.*s) AND %.*s", STR_ARG(where), STR_ARG(there)) : there;
  query_add_where(&out, where);
  query_group_by(s, &out);
  if (s->p->least_sign) {
    int of = s->p->least_of;
    struct str many = of == -1 ? fold : query_group_sql(s, of);
    buf_printf(&out, of == -1 ? " HAVING %.*s %s %.15g" : " HAVING count(DISTINCT %.*s) %s %.15g",
               STR_ARG(many), s->p->least_sign, s->p->least);
  }
  return query_done(&out, s->arena);
}

void query_groups(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  query_pick_groups(s, true);
  struct str grouped = query_grouped(s);
  struct query *q = s->q;
  if (query_wants_empty_ones(s)) {
    buf_printf(&out,
               "SELECT p.\"%.*s\" AS \"%.*s\", coalesce(g.\"%.*s\", 0) AS \"%.*s\" FROM (%.*s) p LEFT JOIN "
               "(%.*s) g ON g.\"%.*s\" = p.\"%.*s\"",
               STR_ARG(q->groups[0]), STR_ARG(q->groups[0]), STR_ARG(q->measure), STR_ARG(q->measure),
               STR_ARG(query_parents(s)), STR_ARG(grouped), STR_ARG(q->groups[0]), STR_ARG(q->groups[0]));
  } else {
    buf_add(&out, grouped);
  }
  q->ascending = part_has(s->p, ASK_BOTTOM);
  buf_printf(&out, " ORDER BY \"%.*s\" %s, 1", STR_ARG(q->measure), q->ascending ? "ASC" : "DESC");
  q->limit = s->p->top;
  q->shape = QUERY_GROUPS;
  query_wish_bars(q);
  q->sql = query_done(&out, s->arena);
}

static const char *query_bucket_word(char letter) {
  switch (letter) {
  case 'm':
    return "minute";
  case 'h':
    return "hour";
  case 'w':
    return "week";
  case 'M':
    return "month";
  default:
    return "day";
  }
}

// A bucket that gives a readable number of points.
static char query_bucket_of(const struct reading_part *p) {
  if (p->bucket) return p->bucket;
  int64_t hours =
      p->has_span && p->span.since_ms != INT64_MIN ? (p->span.until_ms - p->span.since_ms) / 3600000 : 0;
  if (!hours) return 'M';
  return hours <= 72 ? 'h' : hours <= 24 * 70 ? 'd' : hours <= 24 * 400 ? 'w' : 'M';
}

void query_series(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct query *q = s->q;
  const char *bucket = query_bucket_word(query_bucket_of(s->p));
  if (json_bool(s->t->def, "daily", false) && bucket[0] != 'w' && bucket[0] != 'm') bucket = "day";
  int time = query_time_column(s->p);
  query_use(s, time);
  query_pick_groups(s, false);
  struct str fold = query_fold(s, "");
  buf_printf(&out, "SELECT time_bucket(%.*s, '%s') AS \"%s\", ", STR_ARG(s->t->columns[time].sql), bucket,
             bucket);
  query_group_list(s, &out);
  buf_printf(&out, "%.*s AS \"%.*s\"", STR_ARG(fold), STR_ARG(q->measure));
  buf_printf(&out, " FROM %.*s", STR_ARG(query_source(s)));
  struct str where = query_where(s, true, true);
  query_add_where(&out, where);
  buf_add_z(&out, " GROUP BY 1");
  for (size_t i = 0; i < q->group_count; i++) buf_printf(&out, ", %zu", i + 2);
  buf_add_z(&out, " ORDER BY 1");
  q->shape = QUERY_SERIES;
  q->bucket = str_of(bucket);
  q->mark = STR("line");
  q->x = q->bucket;
  q->y = q->measure;
  if (q->group_count) q->color = q->groups[0];
  q->sql = query_done(&out, s->arena);
}

// Of the values "v" that a query gives.
static void query_stats_of(struct querying *s, struct str value) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct query *q = s->q;
  struct str name = arena_printf(s->arena, "p%.6g", query_percentile(s->p)), rank = STR_NONE;
  if (part_has(s->p, ASK_PERCENTILE))
    rank = arena_printf(s->arena, "percentile(v, %.6g) AS \"%.*s\", ", query_percentile(s->p), STR_ARG(name));
  buf_printf(&out,
             "SELECT %.*sround(avg(v), 2) AS mean, median(v) AS median, min(v) AS least, max(v) AS most, "
             "count(v) AS of FROM (%.*s)",
             STR_ARG(rank), STR_ARG(value));
  q->shape = QUERY_STATS;
  q->mark = STR("kpi");
  q->x = rank.n ? name : STR("mean");
  q->sql = query_done(&out, s->arena);
}

// "Average requests per day": of what each day comes to, and not of what rows have.
bool query_is_per_bucket(const struct querying *s) {
  const struct reading_part *p = s->p;
  int m = query_measure(s);
  bool sums = m < 0 || str_is(s->t->columns[m].fold, "sum");
  return p->bucket && sums && !p->has_prior &&
         (part_has(p, ASK_MEAN) || part_has(p, ASK_MEDIAN) || part_has(p, ASK_PERCENTILE));
}

void query_bucket_stats(struct querying *s) {
  struct reading_part plain = *s->p;
  struct querying inner = *s;
  struct query *q = s->q;
  plain.intents &= ~(1u << ASK_MEAN | 1u << ASK_MEDIAN | 1u << ASK_PERCENTILE);
  inner.p = &plain;
  query_series(&inner);
  struct str values =
      arena_printf(s->arena, "SELECT *, \"%.*s\" AS v FROM (%.*s)", STR_ARG(q->measure), STR_ARG(q->sql));
  q->bucket = q->color = STR_NONE;
  if (!q->group_count) {
    query_stats_of(s, values);
    return;
  }
  bool middle = part_has(s->p, ASK_MEDIAN), ranked = part_has(s->p, ASK_PERCENTILE);
  struct str fold = ranked   ? arena_printf(s->arena, "percentile(v, %.6g)", query_percentile(s->p))
                    : middle ? STR("median(v)")
                             : STR("round(avg(v), 2)"),
             name = ranked   ? arena_printf(s->arena, "p%.6g", query_percentile(s->p))
                    : middle ? STR("median")
                             : STR("mean");
  q->measure = arena_printf(s->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(q->measure));
  q->ascending = part_has(s->p, ASK_BOTTOM);
  q->sql = arena_printf(s->arena, "SELECT \"%.*s\", %.*s AS \"%.*s\" FROM (%.*s) GROUP BY 1 ORDER BY 2 %s, 1",
                        STR_ARG(q->groups[0]), STR_ARG(fold), STR_ARG(q->measure), STR_ARG(values),
                        q->ascending ? "ASC" : "DESC");
  q->limit = s->p->top;
  q->shape = QUERY_GROUPS;
  q->group_count = 1;
  query_wish_bars(q);
}

void query_share(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST), hit = BUF_MAX(QUERY_SQL_MOST);
  struct query *q = s->q;
  query_pick_groups(s, false);
  query_filters(s, false, true, &hit);
  int m = query_measure(s);
  struct str part = m >= 0 ? arena_printf(s->arena, "sum(CASE WHEN %.*s THEN %.*s ELSE 0 END)",
                                          STR_ARG(buf_str(&hit)), STR_ARG(s->t->columns[m].sql))
                           : arena_printf(s->arena, "count(*) FILTER (WHERE %.*s)", STR_ARG(buf_str(&hit)));
  struct str whole = query_fold(s, "");
  struct str noun = arena_printf(s->arena, "%.*s", STR_ARG(q->measure));
  buf_add_z(&out, "SELECT ");
  query_group_list(s, &out);
  buf_printf(&out, "round(100.0 * %.*s / nullif(%.*s, 0), 2) AS percent, %.*s AS matching, %.*s AS \"%.*s\"",
             STR_ARG(part), STR_ARG(whole), STR_ARG(part), STR_ARG(whole),
             STR_ARG(noun.n ? noun : STR("all")));
  buf_printf(&out, " FROM %.*s", STR_ARG(query_source(s)));
  query_add_where(&out, query_where(s, false, true));
  query_group_by(s, &out);
  if (q->group_count) buf_printf(&out, " ORDER BY percent %s", part_has(s->p, ASK_BOTTOM) ? "ASC" : "DESC");
  q->shape = QUERY_SHARE;
  q->mark = q->group_count ? STR("bar") : STR("kpi");
  q->x = STR("percent");
  if (q->group_count) q->y = q->groups[0];
  buf_free(&hit);
  q->sql = query_done(&out, s->arena);
}

// Of rows by themselves, or of the counts of what they are within.
void query_stats(struct querying *s) {
  struct query *q = s->q;
  unsigned intents = s->p->intents;
  struct reading_part plain = *s->p;
  plain.intents = intents & ~(1u << ASK_MEAN | 1u << ASK_MEDIAN | 1u << ASK_PERCENTILE);
  int m = query_measure(s);
  bool rows = m >= 0 && !s->t->columns[m].fold.n;
  if (rows && s->p->group_count) { // a mean for each group
    query_groups(s);
    return;
  }
  struct str value;
  if (rows) {
    query_fold(s, "");
    value = arena_printf(s->arena, "SELECT %.*s AS v FROM %.*s", STR_ARG(s->t->columns[m].sql),
                         STR_ARG(model_from(s->t)));
    struct str where = query_where(s, true, true);
    if (where.n) value = arena_printf(s->arena, "%.*s WHERE %.*s", STR_ARG(value), STR_ARG(where));
  } else {
    struct querying inner = *s;
    inner.p = &plain;
    query_groups(&inner);
    value = arena_printf(s->arena, "SELECT \"%.*s\" AS v FROM (%.*s)", STR_ARG(q->measure), STR_ARG(q->sql));
  }
  query_stats_of(s, value);
}

// The same of the calls that read the period before, where the calls cut by time.
static struct str query_other(const struct querying *s, struct str sql, struct str suffix) {
  return query_is_sliced(s->t) ? rename_tables(sql, yyjson_obj_get(s->t->def, "steps"), suffix, s->arena)
                               : sql;
}

// Two periods: of sliced things two tables, else two spans of one.
void query_periods(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct query *q = s->q;
  bool ranks = query_ranks(s->p) || ((part_has(s->p, ASK_GROWTH) || part_has(s->p, ASK_FALL)) &&
                                     part_has(s->p, ASK_LIST)); // "which grew", and not "did it grow"
  query_pick_groups(s, ranks);
  struct str group = q->group_count ? query_group_sql(s, query_group_at(s, 0)) : STR("1");
  struct str fold = query_fold(s, ""), where = query_where(s, true, false), from = query_source(s);
  struct buf first = BUF_MAX(QUERY_SQL_MOST), second = BUF_MAX(QUERY_SQL_MOST);
  buf_add(&first, where);
  buf_add(&second, where);
  query_time(s, &s->p->span, "", &first);
  query_time(s, &s->p->prior, "_before", &second);
  buf_printf(&out,
             "SELECT g AS \"%.*s\", sum(a) AS \"%.*s\", sum(b) AS before, sum(a) - sum(b) AS change, "
             "round(100.0 * (sum(a) - sum(b)) / nullif(sum(b), 0), 1) AS change_percent FROM (",
             STR_ARG(q->group_count ? q->groups[0] : STR("period")), STR_ARG(q->measure));
  buf_printf(&out, "SELECT %.*s AS g, coalesce(%.*s, 0) AS a, 0 AS b FROM %.*s", STR_ARG(group),
             STR_ARG(fold), STR_ARG(from));
  query_add_where(&out, buf_str(&first));
  buf_add_z(&out, q->group_count ? " GROUP BY 1" : "");
  struct str other = STR("_before");
  buf_printf(&out, " UNION ALL SELECT %.*s, 0, coalesce(%.*s, 0) FROM %.*s",
             STR_ARG(query_other(s, group, other)), STR_ARG(query_other(s, fold, other)),
             STR_ARG(query_other(s, from, other)));
  query_add_where(&out, query_other(s, buf_str(&second), other));
  buf_add_z(&out, q->group_count ? " GROUP BY 1" : "");
  buf_printf(&out, ") GROUP BY 1 ORDER BY %s",
             part_has(s->p, ASK_GROWTH) ? "coalesce(change_percent, 0) DESC"
             : part_has(s->p, ASK_FALL) ? "coalesce(change_percent, 0) ASC"
                                        : "2 DESC");
  buf_free(&first);
  buf_free(&second);
  q->shape = QUERY_PERIODS;
  q->mark = STR("bar");
  q->x = ranks ? STR("change_percent") : q->measure;
  q->y = q->group_count ? q->groups[0] : STR("period");
  q->limit = s->p->top;
  q->sql = query_done(&out, s->arena);
  if (q->group_count) return;
  // two rows, one for each period
  struct buf two = BUF_MAX(QUERY_SQL_MOST);
  buf_printf(
      &two,
      "SELECT CASE n WHEN 1 THEN 'this period' ELSE 'before' END AS period, CASE n WHEN 1 THEN \"%.*s\" ELSE "
      "before END AS \"%.*s\" FROM (%.*s), (SELECT 1 AS n UNION ALL SELECT 2) ORDER BY n",
      STR_ARG(q->measure), STR_ARG(q->measure), STR_ARG(q->sql));
  q->sql = query_done(&two, s->arena);
}

// What the rows are within, where it has none of them.
void query_none(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct str name = query_parent_label(s->t), where = query_where(s, true, true);
  buf_printf(&out,
             "SELECT p.\"%.*s\" AS \"%.*s\" FROM (%.*s) p WHERE p.\"%.*s\" NOT IN (SELECT %.*s FROM %.*s "
             "WHERE %.*s IS NOT NULL%s%.*s) ORDER BY 1",
             STR_ARG(name), STR_ARG(name), STR_ARG(query_parents(s)), STR_ARG(name),
             STR_ARG(query_parent_sql(s->t, s->arena)), STR_ARG(model_from(s->t)),
             STR_ARG(query_parent_sql(s->t, s->arena)), where.n ? " AND " : "", STR_ARG(where));
  s->q->shape = QUERY_NONE;
  s->q->measure = name;
  s->q->mark = STR("table");
  s->q->sql = query_done(&out, s->arena);
}

static struct str query_weekday(struct querying *s) {
  int time = query_time_column(s->p);
  query_use(s, time);
  return arena_printf(s->arena,
                      "substr('SunMonTueWedThuFriSat', 1 + 3 * strftime('%%w', local_time(%.*s)), 3)",
                      STR_ARG(s->t->columns[time].sql));
}

static struct str query_clock(struct querying *s) {
  int time = query_time_column(s->p);
  query_use(s, time);
  return arena_printf(s->arena, "CAST(strftime('%%H', local_time(%.*s)) AS INTEGER)",
                      STR_ARG(s->t->columns[time].sql));
}

// "On which weekday do most people sign up?", "which hour of the day is the busiest?"
void query_times(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct query *q = s->q;
  bool clock = part_has(s->p, ASK_CLOCK);
  struct str fold = query_fold(s, ""), name = clock ? STR("hour of the day") : STR("weekday");
  buf_printf(&out, "SELECT %.*s AS \"%.*s\", %.*s AS \"%.*s\" FROM %.*s",
             STR_ARG(clock ? query_clock(s) : query_weekday(s)), STR_ARG(name), STR_ARG(fold),
             STR_ARG(q->measure), STR_ARG(query_source(s)));
  query_add_where(&out, query_where(s, true, true));
  q->ascending = part_has(s->p, ASK_BOTTOM);
  buf_printf(&out, " GROUP BY 1 ORDER BY 2 %s, 1", q->ascending ? "ASC" : "DESC");
  q->shape = QUERY_GROUPS;
  q->groups[q->group_count++] = name;
  query_wish_bars(q);
  q->sql = query_done(&out, s->arena);
}

// The periods from the beginning of the time that is asked for, or of the rows, in which there is no row.
void query_idle(struct querying *s) {
  const struct reading_part *p = s->p;
  const char *unit = query_bucket_word(p->idle),
             *step = p->idle == 'h'   ? "+1 hour"
                     : p->idle == 'w' ? "+169 hours" // an hour more, where clocks are put back
                     : p->idle == 'M' ? "+32 days"
                                      : "+25 hours";
  int time = query_time_column(p);
  query_use(s, time);
  struct str at = s->t->columns[time].sql, from = query_source(s), where = query_where(s, true, true),
             since = p->has_span && p->span.since.n
                         ? STR(":since")
                         : arena_printf(s->arena, "(SELECT min(%.*s) FROM %.*s)", STR_ARG(at), STR_ARG(from)),
             until = p->has_span && p->span.until.n ? STR(":until") : STR(MODEL_NOW),
             next = arena_printf(s->arena, "time_bucket(strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', p, '%s'), '%s')",
                                 step, unit);
  struct str
      periods = arena_printf(
          s->arena,
          "WITH RECURSIVE periods(p) AS (SELECT time_bucket(%.*s, '%s') UNION ALL SELECT %.*s FROM periods "
          "WHERE %.*s < %.*s)",
          STR_ARG(since), unit, STR_ARG(next), STR_ARG(next), STR_ARG(until)),
      rows = arena_printf(s->arena, "FROM %.*s WHERE %.*s IS NOT NULL%s%.*s", STR_ARG(from), STR_ARG(at),
                          where.n ? " AND " : "", STR_ARG(where));
  struct str fold = query_fold(s, "");
  s->q->sql =
      p->idle_sign
          ? arena_printf(s->arena,
                         "%.*s, counts(p, n) AS (SELECT time_bucket(%.*s, '%s'), %.*s %.*s GROUP BY 1) "
                         "SELECT p AS \"%s\", coalesce(n, 0) AS \"%.*s\" FROM periods LEFT JOIN counts USING "
                         "(p) WHERE coalesce(n, 0) %s %.15g ORDER BY 1",
                         STR_ARG(periods), STR_ARG(at), unit, STR_ARG(fold), STR_ARG(rows), unit,
                         STR_ARG(s->q->measure), p->idle_sign, p->idle_number)
          : arena_printf(
                s->arena,
                "%.*s SELECT p AS \"%s\" FROM periods WHERE p NOT IN (SELECT time_bucket(%.*s, '%s') "
                "%.*s) ORDER BY 1",
                STR_ARG(periods), unit, STR_ARG(at), unit, STR_ARG(rows));
  s->q->measure = str_of(unit);
  s->q->shape = QUERY_IDLE;
  s->q->mark = STR("table");
}

void query_heat(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct query *q = s->q;
  struct str fold = query_fold(s, ""), weekday = query_weekday(s), clock = query_clock(s);
  buf_printf(&out, "SELECT %.*s AS weekday, %.*s AS hour, %.*s AS \"%.*s\" FROM %.*s", STR_ARG(weekday),
             STR_ARG(clock), STR_ARG(fold), STR_ARG(q->measure), STR_ARG(query_source(s)));
  query_add_where(&out, query_where(s, true, true));
  buf_add_z(&out, " GROUP BY 1, 2 ORDER BY 3 DESC");
  q->shape = QUERY_HEAT;
  q->mark = STR("heatmap");
  q->x = STR("hour");
  q->y = STR("weekday");
  q->color = q->measure;
  q->sql = query_done(&out, s->arena);
}

// What one of several named rows has and another has not, by what makes two of them the same.
void query_diff(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  struct query *q = s->q;
  size_t i, n;
  yyjson_val *v;
  struct str label = query_parent_sql(s->t, s->arena);
  buf_printf(&out, "SELECT min(%.*s) AS only_in", STR_ARG(label));
  yyjson_arr_foreach (yyjson_obj_get(s->t->def, "identity"), i, n, v) {
    int c = model_column_find(s->t, json_text(v));
    if (c < 0) continue;
    query_use(s, c);
    buf_printf(&out, ", %.*s AS \"%.*s\"", STR_ARG(s->t->columns[c].sql), STR_ARG(s->t->columns[c].name));
  }
  buf_printf(&out, " FROM %.*s", STR_ARG(model_from(s->t)));
  query_add_where(&out, query_where(s, true, true));
  for (size_t k = 0; k < n; k++) buf_printf(&out, "%s%zu", k ? ", " : " GROUP BY ", k + 2);
  buf_printf(&out, " HAVING count(DISTINCT %.*s) = 1 ORDER BY 1, 2", STR_ARG(label));
  q->shape = QUERY_DIFF;
  q->mark = STR("table");
  q->sql = query_done(&out, s->arena);
}

// ---- rows

static void query_add_shown(int column, int *shown, size_t *n) {
  for (size_t i = 0; i < *n; i++)
    if (shown[i] == column) return;
  if (column != -1 && *n < QUERY_USED_MOST) shown[(*n)++] = column;
}

static void query_shown(struct querying *s, int *shown, size_t *n) {
  const struct reading_part *p = s->p;
  size_t i, m;
  yyjson_val *v;
  if (s->t->events) query_add_shown(s->t->time, shown, n);
  if (s->t->within && query_parent_label(s->t).n && model_column_find(s->t, query_parent_label(s->t)) < 0)
    query_add_shown(-2, shown, n);
  query_add_shown(s->t->label, shown, n);
  for (size_t k = 0; k < p->asked_count; k++) query_add_shown(p->asked[k], shown, n);
  if (p->unfiltered_flag) query_add_shown(p->flag, shown, n);
  if (p->measure >= 0) query_add_shown(p->measure, shown, n);
  query_add_shown(p->sort, shown, n);
  bool one = p->asked_count && (p->name_count || p->id_count);
  for (size_t k = 0; k < p->filter_count; k++)
    if (!p->filters[k].noun) query_add_shown(p->filters[k].column, shown, n);
  yyjson_arr_foreach (yyjson_obj_get(s->t->def, "show"), i, m, v)
    if (!one) query_add_shown(model_column_find(s->t, json_text(v)), shown, n);
}

static void query_order(struct querying *s, struct buf *out) {
  const struct reading_part *p = s->p;
  struct query *q = s->q;
  q->by = p->measure >= 0 ? p->measure : -1;
  q->limit = p->top;
  bool old = part_has(p, ASK_OLDEST), young = part_has(p, ASK_NEWEST), soon = part_has(p, ASK_SOONEST);
  if (p->sort >= 0) {
    q->by = p->sort;
    q->ascending = p->sort_up;
  } else if (query_ranks(p)) {
    int aged = -1; // "unchanged the longest"
    for (size_t i = 0; i < p->asked_count && q->by < 0; i++)
      if (s->t->columns[p->asked[i]].time) aged = p->asked[i];
    if (q->by < 0) q->by = aged >= 0 ? aged : model_column_find(s->t, json_str(s->t->def, "ranks"));
    q->ascending = part_has(p, ASK_BOTTOM) != (aged >= 0);
    if (!q->limit) q->limit = 10;
  } else if (old || young || soon) {
    int asked = -1;
    for (size_t i = 0; i < p->asked_count; i++)
      if (s->t->columns[p->asked[i]].time) asked = p->asked[i];
    q->by = asked >= 0                  ? asked
            : query_time_column(p) >= 0 ? query_time_column(p)
                                        : model_column_find(s->t, json_str(s->t->def, "ages"));
    q->ascending = old || soon;
    if (!q->limit) q->limit = 5;
  } else if (s->t->events && s->t->time >= 0) {
    q->by = s->t->time;
  } else if (p->measure < 0) {
    q->by = s->t->label;
    q->ascending = true;
  }
  if (p->unfiltered_flag)
    buf_printf(out, " ORDER BY %.*s", STR_ARG(s->t->columns[p->flag].sql));
  else if (q->by >= 0)
    buf_printf(out, " ORDER BY %.*s %s", STR_ARG(s->t->columns[q->by].sql), q->ascending ? "ASC" : "DESC");
  query_use(s, q->by);
}

void query_rows(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST), order = BUF_MAX(1000);
  struct query *q = s->q;
  int shown[QUERY_USED_MOST];
  size_t n = 0;
  query_shown(s, shown, &n);
  query_order(s, &order);
  if (q->by >= 0 && (query_ranks(s->p) || part_has(s->p, ASK_OLDEST) || part_has(s->p, ASK_NEWEST) ||
                     part_has(s->p, ASK_SOONEST)))
    query_add_shown(q->by, shown, &n);
  buf_add_z(&out, "SELECT ");
  for (size_t i = 0; i < n; i++) {
    struct str sql = shown[i] == -2 ? query_parent_sql(s->t, s->arena) : s->t->columns[shown[i]].sql;
    query_use(s, shown[i]);
    buf_printf(&out, "%s%.*s AS \"%.*s\"", i ? ", " : "", STR_ARG(sql),
               STR_ARG(query_group_name(s, shown[i])));
  }
  if (!n) buf_add_char(&out, '*');
  buf_printf(&out, " FROM %.*s", STR_ARG(model_from(s->t)));
  query_add_where(&out, query_where(s, true, true));
  buf_add(&out, buf_str(&order));
  buf_free(&order);
  q->shape = QUERY_ROWS;
  q->measure = q->by >= 0 ? s->t->columns[q->by].name : STR_NONE;
  q->mark = STR("table");
  if (query_ranks(s->p) && q->by >= 0 && part_is_measure(&s->t->columns[q->by])) {
    q->mark = STR("bar");
    q->x = q->measure;
    q->y = s->t->label >= 0 ? s->t->columns[s->t->label].name : STR_NONE;
    q->unit = s->t->columns[q->by].unit;
  }
  q->sql = query_done(&out, s->arena);
}
