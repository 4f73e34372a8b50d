// SPDX-License-Identifier: Apache-2.0
#include "ask/query_parts.h"

#include <stdlib.h>

#include "ask/part.h"
#include "ask/rename.h"
#include "data/json.h"

struct str query_done(struct buf *b, struct arena *a) {
  struct str made = arena_dup(a, buf_str(b));
  buf_free(b);
  return made;
}

void query_add_quoted(struct buf *out, struct str text) {
  buf_add_char(out, '\'');
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '\'') buf_add_char(out, '\'');
    if (text.p[i]) buf_add_char(out, text.p[i]);
  }
  buf_add_char(out, '\'');
}

void query_use(struct querying *s, int column) {
  for (size_t i = 0; i < s->q->used_count; i++)
    if (s->q->used[i] == column) return;
  if (column >= 0 && s->q->used_count < QUERY_USED_MOST) s->q->used[s->q->used_count++] = column;
}

void query_name(struct buf *out, struct str name) {
  buf_printf(out, "\"%.*s\"", STR_ARG(name));
}

// ---- names of things

struct str query_parent_label(const struct model_thing *t) {
  const struct model_thing *up = t->within;
  size_t i, n;
  yyjson_val *key, *v;
  if (!up || up->label < 0) return STR_NONE;
  yyjson_obj_foreach (yyjson_obj_get(up->def, "gives"), i, n, key, v)
    if (str_eq(json_text(v), up->columns[up->label].name) || str_eq(json_text(v), up->columns[up->label].sql))
      return json_text(key);
  return STR_NONE;
}

// The row's own column of that name, where the thing declares one.
struct str query_parent_sql(const struct model_thing *t, struct arena *a) {
  struct str name = query_parent_label(t);
  int column = model_column_find(t, name);
  if (column >= 0) return t->columns[column].sql;
  return t->derived && name.n ? arena_printf(a, "\"%.*s\"", STR_ARG(name)) : name; // be it "group"
}

static size_t query_labels(struct str domain) {
  size_t n = 1;
  for (size_t i = 0; i < domain.n; i++) n += domain.p[i] == '.';
  return n;
}

struct str query_narrow(const struct reading_part *p, const struct model_thing *t, struct arena *a) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  if (t->label < 0 || !p->name_count || (p->named && p->named != t)) return STR_NONE;
  struct str label = t->columns[t->label].sql, from = model_from(t);
  bool domains = str_is(json_str(yyjson_obj_get(t->def, "find"), "kind"), "domain");
  for (size_t i = 0; i < p->name_count; i++) {
    if (i) buf_add_z(&out, " OR ");
    if (domains && query_labels(p->names[i]) > 2) { // a host: the longest zone that holds it
      buf_printf(&out, "%.*s = (SELECT %.*s FROM %.*s WHERE in_domain(", STR_ARG(label), STR_ARG(label),
                 STR_ARG(from));
      query_add_quoted(&out, p->names[i]);
      buf_printf(&out, ", %.*s) ORDER BY length(%.*s) DESC LIMIT 1)", STR_ARG(label), STR_ARG(label));
    } else {
      buf_printf(&out, "lower(%.*s) = lower(", STR_ARG(label));
      query_add_quoted(&out, p->names[i]);
      buf_add_char(&out, ')');
    }
  }
  return query_done(&out, a);
}

// ---- conditions

static void query_add_text(struct buf *out, const struct model_column *c, struct str text) {
  if (c->list) {
    buf_printf(out, "EXISTS (SELECT 1 FROM json_each(%.*s) WHERE lower(value) = lower(", STR_ARG(c->sql));
    query_add_quoted(out, text);
    buf_add_z(out, "))");
    return;
  }
  buf_printf(out, "lower(%.*s) = lower(", STR_ARG(c->sql));
  query_add_quoted(out, text);
  buf_add_char(out, ')');
}

static bool query_is_flag(const struct model_thing *t, int column) {
  for (size_t i = 0; i < t->value_count && t->derived; i++)
    if (t->values[i].column == column && str_is(t->values[i].value, "true")) return true;
  return false;
}

static void query_add_filter(struct querying *s, const struct reading_filter *f, struct buf *out) {
  const struct model_column *c = f->column >= 0 ? &s->t->columns[f->column] : NULL;
  query_use(s, f->column);
  bool another =
      f->negated && f->op == READING_LIKE && !s->t->derived && !c->list; // it has one, and not this
  if (another) buf_printf(out, "(%.*s IS NOT NULL AND ", STR_ARG(c->sql));
  if (f->negated) buf_add_z(out, "NOT coalesce(");
  switch (f->op) {
  case READING_IS:
    buf_printf(out, "(%.*s)", STR_ARG(s->t->values[f->value].sql));
    break;
  case READING_LACKS:
    if (part_is_measure(c) || query_is_flag(s->t, f->column)) {
      buf_printf(out, "coalesce(%.*s, 0) = 0", STR_ARG(c->sql));
      break;
    }
    buf_printf(out, "(%.*s IS NULL OR %.*s IN ('', '[]', '{}'))", STR_ARG(c->sql), STR_ARG(c->sql));
    break;
  case READING_COMPARES:
    buf_printf(out, "%.*s %s %.*s", STR_ARG(c->sql), f->sign, STR_ARG(f->text));
    break;
  case READING_LIKE:
    if ((f->within || f->begins) && !c->list) {
      buf_printf(out, "instr(lower(%.*s), lower(", STR_ARG(c->sql));
      query_add_quoted(out, f->text);
      buf_add_z(out, f->begins ? ")) = 1" : ")) > 0");
      break;
    }
    query_add_text(out, c, f->text);
  }
  if (f->negated) buf_add_z(out, ", 0)");
  if (another) buf_add_char(out, ')');
}

static void query_and(struct buf *out) {
  if (out->n) buf_add_z(out, " AND ");
}

// One of those that are said with "or".
static void query_either(struct querying *s, int number, bool *done, struct buf *out) {
  bool first = true;
  buf_add_char(out, '(');
  for (size_t k = 0; k < s->p->filter_count; k++) {
    if (s->p->filters[k].either != number) continue;
    buf_add_z(out, first ? "" : " OR ");
    query_add_filter(s, &s->p->filters[k], out);
    done[k] = true;
    first = false;
  }
  buf_add_char(out, ')');
}

static bool query_is_with(const struct reading_part *p, int column) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].with && p->filters[i].column == column) return true;
  return false;
}

// Values of one column are alternatives; all else holds together. `nouns`: only what kind of rows is meant.
void query_filters(struct querying *s, bool nouns, bool rest, struct buf *out) {
  bool done[READING_FILTERS_MOST] = {false};
  const struct reading_part *p = s->p;
  for (size_t i = 0; i < p->filter_count; i++) {
    const struct reading_filter *f = &p->filters[i];
    if (done[i] || !(f->noun ? nouns : rest)) continue;
    query_and(out);
    bool several = false;
    if (f->either) {
      query_either(s, f->either, done, out);
      continue;
    }
    for (size_t k = i + 1; k < p->filter_count; k++)
      several =
          several || (!query_is_with(p, f->column) && f->column >= 0 && p->filters[k].column == f->column &&
                      p->filters[k].op == f->op && p->filters[k].op != READING_COMPARES && !f->negated);
    if (several) buf_add_char(out, '(');
    query_add_filter(s, f, out);
    for (size_t k = i + 1; several && k < p->filter_count; k++) {
      if (p->filters[k].column != f->column || p->filters[k].op != f->op) continue;
      bool all = p->filters[k].negated ||
                 (f->op == READING_LIKE && s->t->columns[f->column].list); // a list can have both
      buf_add_z(out, all ? " AND " : " OR ");
      query_add_filter(s, &p->filters[k], out);
      done[k] = true;
    }
    if (several) buf_add_char(out, ')');
  }
}

bool query_is_sliced(const struct model_thing *t) {
  return json_bool(t->def, "sliced", false);
}

int query_time_column(const struct reading_part *p) {
  return p->time >= 0 ? p->time : p->thing->time;
}

void query_time(struct querying *s, const struct span *span, const char *suffix, struct buf *out) {
  const struct model_thing *t = s->t;
  int time = query_time_column(s->p);
  if (time < 0 || query_is_sliced(t) || s->p->span_elsewhere) return;
  query_use(s, time);
  if (s->p->span_is_denied) {
    query_and(out);
    buf_printf(out, "NOT coalesce(%.*s >= :%s, 0)", STR_ARG(t->columns[time].sql),
               span->since.n ? "since" : "until"); // "not for more than 90 days" ends then
    return;
  }
  if (span->since.n) {
    query_and(out);
    buf_printf(out, "%.*s >= :since%s", STR_ARG(t->columns[time].sql), suffix);
  }
  if (span->until.n) {
    query_and(out);
    buf_printf(out, "%.*s < :until%s", STR_ARG(t->columns[time].sql), suffix);
  }
}

// The time by which something is the next, of rows that nothing else is said of; -1: that is not asked.
static int query_soonest(const struct reading_part *p) {
  int column = -1;
  if (!part_has(p, ASK_SOONEST) || p->has_span) return -1;
  for (size_t i = 0; i < p->asked_count; i++)
    if (p->thing->columns[p->asked[i]].time) column = p->asked[i];
  return column >= 0 ? column : query_time_column(p);
}

// "Records of www.example.com": of the zone the rows of that host, where they say whose they are.
static void query_hosts(struct querying *s, struct buf *out) {
  int host = model_column_find(s->t, json_str(s->t->def, "host"));
  bool any = false;
  for (size_t i = 0; i < s->p->name_count && host >= 0 && s->p->named != s->t; i++) {
    if (query_labels(s->p->names[i]) <= 2) return; // a zone is among them: all of its rows
    any = true;
  }
  if (!any) return;
  query_and(out);
  query_use(s, host);
  const struct str whose[] = {s->t->columns[host].sql,
                              query_parent_sql(s->t, s->arena)}; // a zone may have such a name itself
  for (size_t i = 0; i < 2 * s->p->name_count; i++) {
    buf_printf(out, "%slower(%.*s) = lower(", i ? " OR " : "(", STR_ARG(whose[i % 2]));
    query_add_quoted(out, s->p->names[i / 2]);
    buf_add_char(out, ')');
  }
  buf_add_char(out, ')');
}

struct str query_where(struct querying *s, bool rest, bool time) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  const struct model_thing *up = s->t->within;
  bool from_up = up && str_starts(model_from(s->t), arena_z(s->arena, model_from(up)));
  struct str always = json_str(s->t->def, "where"), narrow = from_up ? query_narrow(s->p, up, s->arena)
                                                             : up && !json_str(s->t->def, "find").n
                                                                 ? STR_NONE // the calls are
                                                                 : query_narrow(s->p, s->t, s->arena);
  if (always.n) buf_printf(&out, "(%.*s)", STR_ARG(always));
  if (narrow.n) query_and(&out), buf_printf(&out, "(%.*s)", STR_ARG(narrow));
  query_hosts(s, &out);
  query_filters(s, true, rest, &out);
  int soonest = query_soonest(s->p);
  if (soonest >= 0) { // what is next is to come
    query_and(&out);
    buf_printf(&out, "%.*s >= %s", STR_ARG(s->t->columns[soonest].sql), MODEL_NOW);
    query_use(s, soonest);
  }
  if (s->p->among.n) query_and(&out), buf_printf(&out, "%.*s", STR_ARG(s->p->among));
  if (time && s->p->has_span && !s->p->has_prior) query_time(s, &s->p->span, "", &out);
  return query_done(&out, s->arena);
}

void query_add_where(struct buf *out, struct str where) {
  if (where.n) buf_printf(out, " WHERE %.*s", STR_ARG(where));
}

// ---- measures and groups

bool query_ranks(const struct reading_part *p) {
  return part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM);
}

static bool query_compares(const struct reading_part *p, int column) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == READING_COMPARES && p->filters[i].column == column) return true;
  return false;
}

int query_measure(const struct querying *s) {
  int m = s->p->measure;
  bool plain = m >= 0 && !s->t->columns[m].fold.n &&
               !s->t->columns[m].unit.n; // counting asks for rows, not for their widths
  if (m >= 0 && s->p->sums && (s->p->counts || !query_compares(s->p, m))) return m;
  if (m >= 0 && part_has(s->p, ASK_COUNT) && (plain || query_compares(s->p, m))) return s->t->counts;
  if (m >= 0 && s->t->derived && part_has(s->p, ASK_SHARE) && query_compares(s->p, m))
    return s->t->counts; // "what share was renewed at least 2 times" is one of rows
  if (m >= 0) return m;
  return s->t->counts;
}

double query_percentile(const struct reading_part *p) {
  return p->percentile > 0 ? p->percentile : 95;
}

// What each group is told by: rows, or a measure folded.
struct str query_fold(struct querying *s, const char *prefix) {
  int m = query_measure(s);
  const struct model_column *c = m >= 0 ? &s->t->columns[m] : NULL;
  s->q->measure = c                                         ? c->name
                  : str_is(json_str(s->t->def, "rows"), "") ? STR("count")
                                                            : json_str(s->t->def, "rows");
  if (!c) return STR("count(*)");
  query_use(s, m);
  s->q->unit = c->unit;
  s->q->ratio = str_is(c->kind, "ratio");
  struct str fold = c->fold.n ? c->fold : STR("sum");
  if (part_has(s->p, ASK_MEAN) || s->q->ratio)
    fold = str_is(c->fold, "") || str_is(c->fold, "sum") ? STR("avg") : c->fold;
  if (s->t->derived && query_ranks(s->p) && s->p->grouped && !s->p->told_apart && !c->counted && !c->fold.n &&
      !s->p->top && !part_has(s->p, ASK_MEAN)) // the cheapest of each
    fold = part_has(s->p, ASK_BOTTOM) ? STR("min") : STR("max");
  if (part_has(s->p, ASK_MEDIAN)) fold = STR("median");
  bool ranked = part_has(s->p, ASK_PERCENTILE);
  if (ranked) fold = STR("percentile");
  if (!c->counted && (str_contains(c->sql, STR("sum(")) || str_contains(c->sql, STR("count("))))
    return c->sql; // a fold already
  if (ranked)
    s->q->measure = arena_printf(s->arena, "p%.6g %.*s", query_percentile(s->p), STR_ARG(c->name));
  else if ((part_has(s->p, ASK_MEAN) && str_is(fold, "avg")) || str_is(fold, "median"))
    s->q->measure =
        arena_printf(s->arena, "%s %.*s", str_is(fold, "avg") ? "mean" : "median", STR_ARG(c->name));
  if (c->whole.n && !ranked && !str_is(fold, "median"))
    return arena_printf(s->arena, "round(100.0 * sum(%.*s) / nullif(sum(%.*s), 0), 2)", STR_ARG(c->part),
                        STR_ARG(c->whole));
  struct str rank = ranked ? arena_printf(s->arena, ", %.6g", query_percentile(s->p)) : STR_NONE;
  bool rounds = str_is(fold, "avg") && !s->q->ratio;
  return arena_printf(s->arena, "%s%.*s(%s%.*s%.*s)%s", rounds ? "round(" : "", STR_ARG(fold), prefix,
                      STR_ARG(c->sql), STR_ARG(rank), rounds ? ", 2)" : "");
}

struct str query_group_name(const struct querying *s, int group) {
  return group == -2 ? query_parent_label(s->t) : s->t->columns[group].name;
}

struct str query_group_sql(struct querying *s, int group) {
  if (group == -2) {
    query_use(s, model_column_find(s->t, query_parent_label(s->t)));
    return query_parent_sql(s->t, s->arena);
  }
  query_use(s, group);
  const struct model_column *c = &s->t->columns[group];
  return c->list ? STR("each.value") : c->sql;
}

static int query_default_group(const struct querying *s) {
  if (s->t->within && query_parent_label(s->t).n) return -2;
  return s->t->label;
}

void query_pick_groups(struct querying *s, bool needed) {
  struct query *q = s->q;
  for (size_t i = 0; i < s->p->group_count; i++)
    if (s->only < 0 || (int)i == s->only) q->groups[q->group_count++] = query_group_name(s, s->p->groups[i]);
  if (needed && !q->group_count) {
    int g = query_default_group(s);
    if (g != -1) q->groups[q->group_count++] = query_group_name(s, g);
  }
}

int query_group_at(const struct querying *s, size_t i) {
  if (s->p->group_count) return s->p->groups[s->only < 0 ? (int)i : s->only];
  return query_default_group(s);
}

struct str query_source(struct querying *s) {
  struct buf out = BUF_MAX(QUERY_SQL_MOST);
  buf_add(&out, model_from(s->t));
  for (size_t i = 0; i < s->q->group_count; i++) {
    int g = query_group_at(s, i);
    if (g >= 0 && s->t->columns[g].list)
      buf_printf(&out, ", json_each(%.*s) each", STR_ARG(s->t->columns[g].sql));
  }
  return query_done(&out, s->arena);
}

void query_group_list(struct querying *s, struct buf *out) {
  for (size_t i = 0; i < s->q->group_count; i++) {
    buf_add(out, query_group_sql(s, query_group_at(s, i)));
    buf_add_z(out, " AS ");
    query_name(out, s->q->groups[i]);
    buf_add_z(out, ", ");
  }
}

void query_group_by(const struct querying *s, struct buf *out) {
  for (size_t i = 0; i < s->q->group_count; i++) buf_printf(out, "%s%zu", i ? ", " : " GROUP BY ", i + 1);
}

void query_wish_bars(struct query *q) {
  q->mark = STR("bar");
  q->x = q->measure;
  q->y = q->group_count ? q->groups[0] : STR_NONE;
  if (q->group_count > 1) q->color = q->groups[1];
}

// ---- the choice

size_t query_count(const struct reading_part *p) {
  bool ranks = query_ranks(p) && !p->grouped && !part_has(p, ASK_SHARE) && !part_has(p, ASK_TREND);
  return ranks && p->group_count > 1 ? p->group_count : 1;
}

static bool query_is_folded(const struct querying *s) { // rows are counts of something already
  int m = query_measure(s);
  return m >= 0 && s->t->columns[m].fold.n > 0;
}

static bool query_has_hit(const struct reading_part *p) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (!p->filters[i].noun) return true;
  return false;
}

// "How much does Luna weigh?": two that are called so do not weigh what they do together.
static bool query_is_of_rows(const struct querying *s) {
  const struct reading_part *p = s->p;
  bool named = false;
  for (size_t i = 0; i < p->filter_count; i++)
    named = named || (p->filters[i].column == s->t->label && p->filters[i].op != READING_LACKS &&
                      !p->filters[i].negated);
  return s->t->derived && named && p->amount && p->measure >= 0 && !s->t->columns[p->measure].counted &&
         !s->t->columns[p->measure].fold.n && !part_has(p, ASK_TOTAL) && !p->has_span && !s->t->events;
}

static void query_choose(struct querying *s) {
  const struct reading_part *p = s->p;
  bool timed = query_time_column(p) >= 0, ranks = query_ranks(p), folded = query_is_folded(s);
  bool aged = part_has(p, ASK_OLDEST) || part_has(p, ASK_NEWEST) || part_has(p, ASK_SOONEST);
  if (p->none_within)
    query_none(s);
  else if (p->idle && timed)
    query_idle(s);
  else if (query_counts_values(s))
    query_distinct(s);
  else if (p->unfiltered_flag)
    query_rows(s);
  else if (p->name_count > 1 && (part_has(p, ASK_COMPARE) || part_has(p, ASK_LACKS)) &&
           yyjson_obj_get(s->t->def, "identity"))
    query_diff(s);
  else if (p->has_prior)
    query_periods(s);
  else if (query_is_per_bucket(s) && timed)
    query_bucket_stats(s);
  else if (part_has(p, ASK_HEAT) && timed)
    query_heat(s);
  else if ((part_has(p, ASK_WEEKDAY) || part_has(p, ASK_CLOCK)) && timed && !aged)
    query_times(s);
  else if ((part_has(p, ASK_TREND) || p->bucket) && timed && !aged)
    query_series(s);
  else if (part_has(p, ASK_SHARE) && query_has_hit(p) &&
           !(s->p->measure >= 0 && str_is(s->t->columns[s->p->measure].kind, "ratio")))
    query_share(s);
  else if (part_has(p, ASK_MEAN) || part_has(p, ASK_MEDIAN) || part_has(p, ASK_PERCENTILE))
    query_stats(s);
  else if (aged)
    query_rows(s);
  else if (ranks && (p->group_count || folded || (p->measure < 0 && s->t->events)))
    query_groups(s);
  else if (ranks)
    query_rows(s);
  else if (p->least_sign || (p->which_within && p->group_count == 1 && p->groups[0] == -2 && !s->t->events &&
                             !folded && !p->has_span))
    query_groups(s);
  else if (p->group_count && (p->grouped || part_has(p, ASK_COUNT) || folded || part_has(p, ASK_DISTINCT)))
    query_groups(s);
  else if (query_is_of_rows(s))
    query_rows(s);
  else if (part_has(p, ASK_COUNT) || part_has(p, ASK_TOTAL) || folded)
    query_value(s);
  else
    query_rows(s);
}

static struct str query_title(const struct querying *s) {
  struct str noun = s->t->label_noun;
  struct buf out = BUF_MAX(300);
  buf_printf(&out, "%.*s", STR_ARG(noun));
  if (s->q->group_count) buf_printf(&out, " by %.*s", STR_ARG(s->q->groups[0]));
  if (s->p->name_count) buf_printf(&out, ", %.*s", STR_MOST(s->p->names[0], 80));
  struct str title = query_done(&out, s->arena);
  if (title.n && title.p[0] >= 'a' && title.p[0] <= 'z') {
    char *c = arena_z(s->arena, title);
    c[0] = (char)(c[0] - 'a' + 'A');
    title = str_make(c, title.n);
  }
  return title;
}

// Does the last one shown have a value that others may have too?
static bool query_ties(const struct query *q) {
  return q->shape == QUERY_GROUPS || (q->shape == QUERY_ROWS && q->by >= 0);
}

// The first of them, and those that equal the last of these: a cut among equals would be chance. Rows without the value
// come in only where none has it.
static void query_keep_ties(struct query *q, int64_t limit, struct arena *a) {
  const char *order = q->ascending ? "ASC" : "DESC";
  q->sql = arena_printf(
      a,
      "WITH ranked AS (%.*s) SELECT * FROM ranked WHERE coalesce(\"%.*s\" %s (SELECT %s(v) FROM (SELECT "
      "\"%.*s\" "
      "AS v FROM ranked WHERE \"%.*s\" IS NOT NULL ORDER BY v %s LIMIT %lld)), %s) ORDER BY \"%.*s\" %s%s "
      "LIMIT %lld",
      STR_ARG(q->sql), STR_ARG(q->measure), q->ascending ? "<=" : ">=", q->ascending ? "max" : "min",
      STR_ARG(q->measure), STR_ARG(q->measure), order, (long long)limit,
      q->shape == QUERY_GROUPS
          ? "0"
          : arena_z(a, arena_printf(a, "(SELECT count(\"%.*s\") = 0 FROM ranked)", STR_ARG(q->measure))),
      STR_ARG(q->measure), order, q->shape == QUERY_GROUPS ? ", 1" : "", (long long)limit + QUERY_TIES_MOST);
}

void query_make(const struct reading_part *p, int group, struct arena *a, struct query *out) {
  struct querying s = {.p = p, .t = p->thing, .q = out, .arena = a, .only = group};
  *out = (struct query){.by = -1};
  query_choose(&s);
  if (p->form) out->mark = str_of(p->form);
  int64_t limit = out->limit && out->shape != QUERY_VALUE ? out->limit : 0;
  out->ties = limit && query_ties(out);
  if (out->ties)
    query_keep_ties(out, limit, a);
  else if (limit)
    out->sql = arena_printf(a, "%.*s LIMIT %lld", STR_ARG(out->sql), (long long)limit);
  out->title = query_title(&s);
}

// What both sides of a join call it: a column of each, or the name of what both are within.
static struct str query_join_sql(const struct reading *r, int i, struct arena *a) {
  const struct model_thing *t = r->parts[i].thing;
  return r->join[i] < 0 ? query_parent_sql(t, a) : t->columns[r->join[i]].sql;
}

static struct str query_join_side(const struct reading *r, int i, struct query *out, struct arena *a) {
  const struct reading_part *p = &r->parts[i];
  *out = (struct query){.shape = QUERY_COMMON, .by = -1, .mark = STR("table")};
  struct querying s = {.p = p, .t = p->thing, .q = out, .arena = a, .only = -1};
  struct str where = query_where(&s, true, true);
  query_use(&s, r->join[i]);
  bool list = r->join[i] >= 0 && p->thing->columns[r->join[i]].list;
  struct str sql = query_join_sql(r, i, a), from = model_from(p->thing);
  if (list)
    return arena_printf(
        a, "SELECT DISTINCT each.value AS v, lower(each.value) AS l FROM %.*s, json_each(%.*s) each%s%.*s",
        STR_ARG(from), STR_ARG(sql), where.n ? " WHERE " : "", STR_ARG(where));
  return arena_printf(a, "SELECT DISTINCT %.*s AS v, lower(%.*s) AS l FROM %.*s%s%.*s", STR_ARG(sql),
                      STR_ARG(sql), STR_ARG(from), where.n ? " WHERE " : "", STR_ARG(where));
}

struct str query_make_among(const struct reading *r, struct arena *a, struct query *other) {
  struct str side = query_join_side(r, 1, other, a);
  other->sql = side;
  return arena_printf(a, "lower(%.*s) IN (SELECT l FROM (%.*s))", STR_ARG(query_join_sql(r, 0, a)),
                      STR_ARG(side));
}

void query_make_common(const struct reading *r, struct arena *a, struct query out[2]) {
  struct str side[2];
  for (int i = 0; i < 2; i++) side[i] = query_join_side(r, i, &out[i], a);
  const struct model_thing *t = r->parts[0].thing;
  struct str name = r->join[0] < 0 ? query_parent_label(t) : t->columns[r->join[0]].name;
  out[0].sql =
      r->lacks ? arena_printf(a,
                              "SELECT a.v AS \"%.*s\" FROM (%.*s) a LEFT JOIN (%.*s) b ON a.l = b.l WHERE "
                              "b.l IS NULL AND a.l IS NOT NULL ORDER BY 1",
                              STR_ARG(name), STR_ARG(side[0]), STR_ARG(side[1]))
               : arena_printf(
                     a, "SELECT DISTINCT a.v AS \"%.*s\" FROM (%.*s) a JOIN (%.*s) b ON a.l = b.l ORDER BY 1",
                     STR_ARG(name), STR_ARG(side[0]), STR_ARG(side[1]));
  out[0].measure = name;
  out[0].lacks = r->lacks;
  out[0].within = r->join[0] < 0;
  out[0].title = arena_printf(a, r->lacks ? "%.*s in the first alone" : "%.*s in both", STR_ARG(name));
}

struct str query_values(const struct reading_part *p, int column, struct arena *a) {
  const struct model_column *c = &p->thing->columns[column];
  if (c->list)
    return arena_printf(
        a, "SELECT DISTINCT each.value AS \"%.*s\" FROM %.*s, json_each(%.*s) each ORDER BY 1 LIMIT 50",
        STR_ARG(c->name), STR_ARG(model_from(p->thing)), STR_ARG(c->sql));
  return arena_printf(a, "SELECT DISTINCT %.*s AS \"%.*s\" FROM %.*s ORDER BY 1 LIMIT 50", STR_ARG(c->sql),
                      STR_ARG(c->name), STR_ARG(model_from(p->thing)));
}
