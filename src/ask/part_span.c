// SPDX-License-Identifier: Apache-2.0
// The times of a question: which one is meant, and what it is held against.
#include "ask/part_filling.h"
#include "ask/query.h"
#include "data/json.h"

static bool part_has_time(const struct model_thing *t) {
  if (t->time >= 0 || yyjson_obj_get(t->def, "span") || yyjson_obj_get(t->def, "reach")) return true;
  return false;
}

// "compared with last month": that is what this month is held against.
static bool part_compared(const struct filling *f, const struct span *s) {
  const struct phrase *p;
  if (!s->since.n || !s->until.n || s->until_ms > f->in->clock->now_ms || str_is(s->until, "now"))
    return false;
  for (size_t at = s->first > 2 ? s->first - 2 : 0; at < s->first; at++) {
    size_t n = language_at(f->language, f->words, at, LANGUAGE_INTENT, &p);
    if (n && p->number == ASK_COMPARE && at + n == s->first) return true;
  }
  return false;
}

// A length that the words of a time say is held against a column, which is asked for no more.
static void part_lasts_than(struct filling *f, const struct span *s, int column, const char *sign,
                            double number) {
  part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                   .value = -1,
                                                   .column = column,
                                                   .sign = sign,
                                                   .text = arena_printf(f->arena, "%.15g", number),
                                                   .said = s->said,
                                                   .at = s->first});
  if (f->part->measure == column) f->part->measure = -1;
}

// "That took more than a week": how long it took, and no time when.
static bool part_lasts_so(struct filling *f, const struct span *s) {
  const struct phrase *sign;
  double number;
  size_t words;
  for (size_t i = 0; i < f->count && f->part->thing->derived; i++) {
    const struct mention *m = &f->list[i];
    if (m->what != MENTION_COLUMN || m->first + m->n != s->first ||
        !str_is(f->part->thing->columns[m->number].name, "duration"))
      continue;
    size_t end = s->first + s->count,
           n = language_at(f->language, f->words, s->first, LANGUAGE_COMPARISON, &sign);
    if (!n || !part_number_at(f, s->first + n, end, &number, &words)) return false;
    part_scale(f, s->first + n + words, end, f->part->thing->columns[m->number].unit, &number);
    part_lasts_than(f, s, m->number, sign->means, number);
    return true;
  }
  return false;
}

// "A TTL of more than an hour": behind a column of seconds, and no time when.
static bool part_measures_so(struct filling *f, const struct span *s) {
  const struct phrase *sign;
  double number;
  size_t words, end = s->first + s->count;
  for (size_t i = 0; i < f->count && !f->part->thing->derived; i++) {
    const struct mention *m = &f->list[i], *next = part_mention(f, i, 1);
    const struct model_column *c = m->what == MENTION_COLUMN ? &f->part->thing->columns[m->number] : NULL;
    if (!c || !part_is_measure(c) || !str_is(c->unit, "seconds") || !next || m->first + m->n > s->first)
      continue;
    size_t at = next->first, n = language_at(f->language, f->words, at, LANGUAGE_COMPARISON, &sign);
    if (!n && next->what == MENTION_FILLER) // "of", "is"
      n = language_at(f->language, f->words, ++at, LANGUAGE_COMPARISON, &sign);
    bool mine = n && at == s->first; // "more than" is of the time itself
    if (!mine || !part_number_at(f, at + n, end, &number, &words)) continue;
    part_scale(f, at + n + words, end, c->unit, &number);
    part_lasts_than(f, s, m->number, sign->means, number);
    return true;
  }
  return false;
}

// "In the last week (7 days)": right behind a time, what is meant by it, and no other one.
static bool part_explains(const struct filling *f, const struct span *s) {
  const struct span *one = &f->part->span;
  return s->first == one->first + one->count && s->clause == one->clause &&
         f->words->items[s->first - 1].end != ',' && str_is(s->until, "now") &&
         str_is(one->until, "now") == (one->until_ms == s->until_ms);
}

// "The last 7 days, compared with the previous period": before what, another time of the question says; else the question
// before it (ask/reading_follow), and without that nothing does.
static void part_take_before(struct filling *f) {
  struct reading_part *p = f->part;
  bool before = false;
  for (size_t i = 0; i < f->in->span_count; i++) {
    const struct span *s = &f->in->spans[i];
    before = before || (s->prior && !s->since.n && part_in_segments(f, s->first));
  }
  if (!before || p->has_prior) return;
  p->span_is_before = !p->has_span;
  p->has_prior = p->has_span;
  if (p->has_span) span_before(&p->span, f->in->clock, f->arena, &p->prior);
}

void part_take_spans(struct filling *f) {
  struct reading_part *p = f->part;
  struct err err;
  for (size_t i = 0; i < f->in->span_count; i++) {
    const struct span *s = &f->in->spans[i];
    bool exact = f->exact && f->exact >= s->first && f->exact < s->first + s->count; // part_exact.c
    if (!part_in_segments(f, s->first) || exact || part_lasts_so(f, s) || part_measures_so(f, s)) continue;
    if (s->prior && !s->since.n) continue;
    if (s->prior) {
      if (!p->has_span) p->span = *s, p->has_span = p->span_is_before = true;
      p->has_prior = true;
      span_before(&p->span, f->in->clock, f->arena, &p->prior);
    } else if (!p->has_span && f->in->span_count == 1 && part_compared(f, s)) {
      p->prior = *s;
      p->span = (struct span){.since = s->until, .until = STR("now")};
      p->has_span = p->has_prior = span_resolve(&p->span, f->in->clock, &err);
    } else if (!p->has_span) {
      p->span = *s;
      p->has_span = true;
    } else if (part_explains(f, s)) {
      p->span = *s;
    } else if (!p->has_prior && (s->since_ms != p->span.since_ms || s->until_ms != p->span.until_ms)) {
      p->prior = *s;
      p->has_prior = true;
    }
  }
  part_take_before(f);
  if (p->span_is_denied &&
      p->span.until_ms > f->in->clock->now_ms) { // "not used in 60 days": in those that are over
    p->span.until = STR("now");
    if (!span_resolve(&p->span, f->in->clock, &err)) p->has_span = false;
  }
  if (p->has_prior && p->has_span && p->prior.since_ms > p->span.since_ms) {
    struct span later = p->prior;
    p->prior = p->span;
    p->span = later;
  }
}

// "Which course starts next?", of rows that have a time.
static void part_settle_next(struct filling *f) {
  struct reading_part *p = f->part;
  bool timed = p->thing->time >= 0 || p->time >= 0;
  for (size_t k = 0; k < f->in->segment_count && p->thing->derived && timed && !p->has_span; k++) {
    size_t last = f->in->segments[k].end - 1;
    if (last > f->in->segments[k].first && !f->in->mentions->timed[last] &&
        language_at(f->language, f->words, last, LANGUAGE_NEXT, NULL))
      p->intents |= 1u << ASK_SOONEST;
  }
}

// Columns of what lies ahead: "expires", "due_on".
static bool part_lies_ahead(const struct model_column *c) {
  static const char *const ahead[] = {"expir", "due", "end", "deadline", "until", "renew", "next"};
  for (size_t i = 0; i < sizeof ahead / sizeof *ahead && c->time && !part_is_past(c->name); i++)
    if (str_contains(c->name, str_of(ahead[i]))) return true;
  return false;
}

// "Expired certificates": what lay ahead has come.
bool part_is_over(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct model_column *c = &f->part->thing->columns[m->number];
  if (m->n > 1 || !part_lies_ahead(c) || !str_ends(f->words->items[m->first].low, "ed")) return false;
  part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                   .value = -1,
                                                   .column = m->number,
                                                   .sign = part_is_denied(f, i) ? ">=" : "<",
                                                   .text = STR(MODEL_NOW),
                                                   .said = STR("now"),
                                                   .at = m->first});
  return true;
}

// "Which certificates expire this week?": by its end, and not by now.
static void part_settle_whole(struct filling *f) {
  struct reading_part *p = f->part;
  struct span *s = &p->span;
  struct err err;
  int time = query_time_column(p);
  bool unit = str_starts(s->since, "now/") && s->since.n == 5, today = str_is(s->since, "today");
  if (!p->has_span || time < 0 || !part_lies_ahead(&p->thing->columns[time]) || !str_is(s->until, "now") ||
      !(unit || today))
    return;
  char letter = today ? 'd' : s->since.p[4];
  s->until = arena_printf(f->arena, "now+1%c/%c", letter, letter);
  if (!span_resolve(s, f->in->clock, &err)) p->has_span = false;
}

// "When will we run out of it?", where no time was named that lies ahead.
static void part_settle_foreseen(struct filling *f) {
  struct reading_part *p = f->part;
  for (size_t i = 0; i < p->asked_count; i++)
    if (p->thing->columns[p->asked[i]].time) return;
  for (size_t i = 0; i < f->count && p->time < 0; i++)
    p->foresees =
        p->foresees || language_at(f->language, f->words, f->list[i].first, LANGUAGE_FORESEES, NULL) > 0;
}

void part_settle_reach(struct filling *f) {
  part_settle_whole(f);
  part_settle_foreseen(f);
}

// "Cards that expire within 30 days": a time that lies ahead, and not what is over already.
void part_settle_around(struct filling *f) {
  struct reading_part *p = f->part;
  bool around = false;
  struct err err;
  for (size_t i = 0; i < f->in->span_count; i++)
    around = around || (f->in->spans[i].around && f->in->spans[i].since_ms == p->span.since_ms);
  int time = p->thing->derived ? p->time : query_time_column(p);
  bool over = false; // "expired within 90 days"
  for (size_t i = 0; i < p->filter_count; i++)
    over = over || (p->filters[i].op == READING_COMPARES && p->filters[i].column == time);
  if (!p->has_span || !around || time < 0 || over) return;
  const struct model_column *c = &p->thing->columns[time];
  if (p->thing->derived ? part_is_past(c->name) : !part_lies_ahead(c)) return;
  p->span.since = STR("now");
  if (!span_resolve(&p->span, f->in->clock, &err)) p->has_span = false;
}

// "By month", where no time is said: over several of them, as far back as the vendor tells.
static struct str part_assumed(const struct filling *f) {
  const struct model_thing *t = f->part->thing;
  struct str assumed = json_str(t->def, "span"), far = json_str(t->def, "far");
  int64_t reach = json_int(yyjson_obj_get(t->def, "reach"), "days", 0), days = f->part->bucket == 'M'   ? 180
                                                                               : f->part->bucket == 'w' ? 56
                                                                                                        : 0;
  if (far.n && (days || part_has(f->part, ASK_NEWEST) || part_has(f->part, ASK_OLDEST))) return far;
  if (!assumed.n || !days || !reach) return assumed;
  return arena_printf(f->arena, "now-%lldd", (long long)(reach < days ? reach : days));
}

// A period to compare with, where growth is asked for and none was named.
void part_settle_spans(struct filling *f) {
  part_settle_next(f);
  struct reading_part *p = f->part;
  bool moves = part_has(p, ASK_GROWTH) || part_has(p, ASK_FALL);
  if (moves && p->has_span && !p->has_prior && p->span.since_ms != INT64_MIN) {
    span_before(&p->span, f->in->clock, f->arena, &p->prior);
    p->has_prior = true;
  }
  struct str assumed = part_assumed(f);
  if (p->has_span || !assumed.n || !part_has_time(p->thing)) return;
  struct err err;
  p->span = (struct span){.since = assumed, .until = STR("now")};
  if (!span_resolve(&p->span, f->in->clock, &err)) return;
  p->has_span = p->span_is_assumed = true;
}
