// SPDX-License-Identifier: Apache-2.0
// What was gathered of a part is brought into agreement: flags with both sides, alternatives, groups, times.
#include "ask/part_filling.h"
#include "ask/query.h"
#include "data/json.h"
#include "language/deed.h"

// Both sides of a flag: the rows of both, told apart.
void part_settle_flags(struct reading_part *p) {
  for (size_t i = 0; i < p->filter_count; i++)
    for (size_t k = i + 1; k < p->filter_count; k++) {
      struct reading_filter *a = &p->filters[i], *b = &p->filters[k];
      if (a->op != READING_IS || b->op != READING_IS || a->column < 0 || a->column != b->column) continue;
      struct str x = p->thing->values[a->value].value, y = p->thing->values[b->value].value;
      bool flags = (str_is(x, "true") && str_is(y, "false")) || (str_is(x, "false") && str_is(y, "true"));
      if (!flags) continue;
      int flag = a->column;
      *b = p->filters[--p->filter_count];
      *a = p->filters[--p->filter_count];
      if (p->group_count || part_has(p, ASK_COUNT) || part_has(p, ASK_TREND) || part_has(p, ASK_COMPARE)) {
        part_add_column(p->groups, &p->group_count, flag); // "paused and active ones per zone"
        p->grouped = true;
        return;
      }
      p->unfiltered_flag = true;
      p->flag = flag;
      return;
    }
}

// "How many are proxied, and how many are not": both are counted, told apart by what they are or are not.
void part_settle_rest(struct filling *f) {
  struct reading_part *p = f->part;
  size_t last = f->count, only = p->filter_count;
  const struct phrase *intent;
  bool counts = false;
  while (last && f->list[last - 1].what == MENTION_FILLER && !part_is(f, &f->list[last - 1], LANGUAGE_NOT))
    last--;
  if (!last || !part_is(f, &f->list[last - 1], LANGUAGE_NOT) || f->list[last - 1].what != MENTION_FILLER)
    return;
  for (size_t i = last - 1; i-- > 0 && f->list[i].what == MENTION_FILLER;)
    counts = counts || (language_at(f->language, f->words, f->list[i].first, LANGUAGE_INTENT, &intent) &&
                        intent->number == ASK_COUNT);
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == READING_IS && !p->filters[i].noun && p->filters[i].column >= 0)
      only = only == p->filter_count ? i : p->filter_count + 1;
  if (!counts || only >= p->filter_count) return;
  part_add_column(p->groups, &p->group_count, p->filters[only].column);
  p->grouped = true;
  p->filters[only] = p->filters[--p->filter_count];
}

// "More often" than what, where nothing is left that happens so or not?
static void part_settle_often(struct reading_part *p) {
  bool hit = !part_has(p, ASK_SHARE) || !p->thing->derived;
  for (size_t i = 0; i < p->filter_count; i++) hit = hit || (!p->filters[i].noun && p->group_count);
  if (hit || p->unknown_count == READING_UNKNOWN_MOST) return;
  p->unknown_of[p->unknown_count] = NULL;
  p->unknown_matters[p->unknown_count] = true;
  p->unknown[p->unknown_count++] = STR("how often");
}

// "denied against allowed", "of this zone and of that one": told apart by what they are.
void part_settle_sides(struct reading_part *p) {
  const struct model_thing *t = p->thing;
  if (!part_has(p, ASK_COMPARE) || p->has_prior) return;
  if (p->name_count > 1) {
    bool counted = t->events || t->counts >= 0 || p->measure >= 0 || part_has(p, ASK_COUNT);
    if (p->group_count || !counted || yyjson_obj_get(t->def, "identity")) return;
    if (p->named == t->within && query_parent_label(t).n) part_add_column(p->groups, &p->group_count, -2);
    p->grouped = p->group_count > 0;
    return;
  }
  for (size_t i = 0; i < p->filter_count; i++)
    for (size_t k = i + 1; k < p->filter_count; k++) {
      const struct reading_filter *a = &p->filters[i], *b = &p->filters[k];
      bool like = a->op == READING_LIKE && b->op == READING_LIKE && !t->derived && !a->negated && !b->negated;
      if ((!like && (a->op != READING_IS || b->op != READING_IS)) || a->column < 0 ||
          a->column != b->column || a->negated != b->negated) // "this rather than that"
        continue;
      part_add_column(p->groups, &p->group_count, a->column);
      p->grouped = true;
      for (size_t n = 0; n < p->filter_count && part_has(p, ASK_SHARE); n++) // of these rows, and not of all
        p->filters[n].noun = p->filters[n].noun || p->filters[n].column == a->column;
      part_settle_often(p);
      return;
    }
  bool compares = false; // a number: "what share is longer than 30 days?"
  for (size_t i = 0; i < p->filter_count; i++) compares = compares || p->filters[i].op == READING_COMPARES;
  if (!compares && !p->group_count && p->measure < 0) part_settle_often(p);
}

static bool part_lists_on(const struct filling *f) { // "… and so on"
  for (size_t i = 0; i < f->count; i++)
    if (language_at(f->language, f->words, f->list[i].first, LANGUAGE_ET_CETERA, NULL)) return true;
  return false;
}

// "How many rules block, challenge and log": each is counted; "… and so on": whatever else there is, too. "Block or
// challenge" are taken together.
void part_settle_listed(struct filling *f) {
  struct reading_part *p = f->part;
  size_t same = 0, kept = 0;
  int column = -1;
  if (p->thing->derived || !part_has(p, ASK_COUNT) || part_has(p, ASK_TOTAL) || p->group_count) return;
  for (size_t i = 0; i < f->count; i++)
    if (part_is(f, &f->list[i], LANGUAGE_OR)) return;
  for (size_t i = 0; i < p->filter_count; i++) { // of one column there are several: the others say which rows
    const struct reading_filter *a = &p->filters[i];
    size_t of = 0;
    if (a->op == READING_IS && a->noun && !a->negated) continue;
    if (a->op != READING_IS || a->negated || a->column < 0) return;
    for (size_t k = 0; k < p->filter_count; k++) of += p->filters[k].column == a->column;
    if (same > 1 && a->column != column && of > 1) return;
    if (of > 1 || !same) column = a->column, same = of;
  }
  bool on = part_lists_on(f);
  if (same < 2 && !(same && on)) return;
  part_add_column(p->groups, &p->group_count, column);
  p->grouped = true;
  for (size_t i = 0; i < p->filter_count && on; i++)
    if (p->filters[i].column != column) p->filters[kept++] = p->filters[i];
  if (on) p->filter_count = kept;
}

// "Are any of them open, and which?": those that are.
static bool part_checks_first(const struct filling *f) {
  const struct phrase *p;
  for (size_t i = 0; i < f->count; i++)
    if (language_at(f->language, f->words, f->list[i].first, LANGUAGE_INTENT, &p) &&
        (p->number == ASK_CHECK || p->number == ASK_LIST))
      return p->number == ASK_CHECK;
  return false;
}

// "List them and tell me if any are paused": all of them, told apart.
void part_settle_check(struct filling *f) {
  struct reading_part *p = f->part;
  if (p->thing->derived && part_checks_first(f)) return;
  if (!part_has(p, ASK_LIST) || !part_has(p, ASK_CHECK) || p->unfiltered_flag || p->has_prior) return;
  for (size_t i = 0; i < p->filter_count; i++) {
    const struct reading_filter *x = &p->filters[i];
    struct str value = x->op == READING_IS ? p->thing->values[x->value].value : STR_NONE;
    if (x->column < 0 || !(str_is(value, "true") || str_is(value, "false"))) continue;
    p->unfiltered_flag = true;
    p->flag = x->column;
    p->filters[i] = p->filters[--p->filter_count];
    return;
  }
}

// "room bookings" are no time when they were booked.
static bool part_is_name_at(const struct filling *f, size_t at) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].what == MENTION_NAME && at >= f->list[i].first && at < f->list[i].first + f->list[i].n)
      return true;
  return false;
}

// "Overdue for more than two weeks": since it was due, and not since it began.
static void part_settle_due(struct filling *f) {
  struct reading_part *p = f->part;
  int due = model_column_find(p->thing, json_str(p->thing->def, "due"));
  if (due < 0 || !p->has_span || p->span.since.n || p->time >= 0 || !p->thing->derived) return;
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == READING_IS && !p->filters[i].negated) p->time = due;
}

// "solved this week": the time that is said is of the column that the words before it name.
void part_settle_time(struct filling *f) {
  const struct mentions *all = f->in->mentions;
  struct reading_part *part = f->part;
  bool timed = part->has_span || (part->bucket && part->thing->derived); // "booked in each month"
  for (size_t k = 0; k < f->in->segment_count && timed; k++)
    for (size_t at = f->in->segments[k].first; at < f->in->segments[k].end; at++)
      for (size_t i = 0; i < all->hit_counts[at]; i++) {
        const struct phrase *p = all->hits[at][i].phrase;
        bool mine = p->role == MODEL_COLUMN && p->means == part->thing && !all->timed[at] &&
                    !part_is_name_at(f, at) && part->thing->columns[p->number].time &&
                    (part->time < 0 || part->time == p->number);
        if (!mine) continue;
        part->time = p->number;
        for (size_t by = 1; by <= 2 && by <= at && part->thing->derived && part->has_span;
             by++) // "not been contacted in 60 days"
          if (language_at(f->language, f->words, at - by, LANGUAGE_NOT, NULL)) part->span_is_denied = true;
      }
  part_settle_due(f);
}

// "month by month" of rows without a time, that say in words of which month they are.
static void part_settle_written(struct reading_part *p) {
  const char *word = p->bucket == 'M' ? "month" : p->bucket == 'w' ? "week" : p->bucket == 'd' ? "day" : "";
  if (!p->thing->derived || !*word || query_time_column(p) >= 0) return;
  int column = model_column_find(p->thing, str_of(word));
  if (column < 0) return;
  part_add_column(p->groups, &p->group_count, column);
  p->grouped = true;
  p->bucket = 0;
}

// "Zones created per month": told by the time that is named, where the rows have none of their own.
void part_settle_bucket(struct reading_part *p) {
  part_settle_written(p);
  if (p->thing->derived || !p->bucket || query_time_column(p) >= 0) return;
  for (size_t i = 0; i < p->asked_count; i++) {
    if (!p->thing->columns[p->asked[i]].time) continue;
    p->time = p->asked[i];
    p->asked[i] = p->asked[--p->asked_count];
    return;
  }
}

// "New tickets per month" are those that came to be in each, in whatever state they are now.
void part_settle_fresh(struct filling *f) {
  struct reading_part *p = f->part;
  for (size_t i = 0; i < f->count && p->bucket && p->thing->derived; i++) {
    const struct mention *m = &f->list[i], *next = part_mention(f, i, 1);
    bool fresh = m->what == MENTION_VALUE && next && next->what == MENTION_NAME &&
                 language_at(f->language, f->words, m->first, LANGUAGE_FRESH, NULL);
    for (size_t k = 0; k < p->filter_count && fresh; k++)
      if (p->filters[k].at == m->first) p->filters[k--] = p->filters[--p->filter_count];
  }
}

// A participle tells of what happened: "created_at", "issued_on".
bool part_is_past(struct str column) {
  static const char *const ahead[] = {"plan", "schedul", "promis", "expect", "estimat",
                                      "need", "requir",  "want",   "reserv"};
  for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++)
    if (str_starts(column, ahead[i])) return false;
  size_t first = 0; // "done_at", "sentOn"
  while (first < column.n && column.p[first] >= 'a' && column.p[first] <= 'z') first++;
  if (first < column.n && language_is_done(str_make(column.p, first))) return true;
  for (size_t i = 5; i <= column.n; i++) // alone or before more: "createdTs"
    if (str_ends(str_make(column.p, i), "ed") &&
        (i == column.n || !(column.p[i] >= 'a' && column.p[i] <= 'z')))
      return true;
  return false;
}

// "for the next 7 days": up to two words before what is taken for the time.
static bool part_is_for(const struct filling *f) {
  for (size_t i = 0; i < f->in->span_count; i++) {
    size_t first = f->in->spans[i].first;
    for (size_t at = first > 2 ? first - 2 : 0; at <= first; at++)
      if (language_at(f->language, f->words, at, LANGUAGE_DESTINED, NULL)) return true;
  }
  return false;
}

// "booked for the next 7 days" names when it was: a time that lies ahead is none of those when something was done, where there is one that
// may lie ahead; nor is "the next".
void part_settle_ahead(struct filling *f) {
  struct reading_part *p = f->part;
  bool soonest = part_has(p, ASK_SOONEST) && !p->has_span,
       ahead = p->has_span && p->time >= 0 && p->span.since_ms >= f->in->clock->now_ms && part_is_for(f);
  int time = query_time_column(p), other = -1;
  if (!p->thing->derived || !(soonest || ahead) || time < 0 || !part_is_past(p->thing->columns[time].name))
    return;
  for (size_t i = 0; i < p->thing->column_count && other < 0; i++) {
    const struct model_column *c = &p->thing->columns[i];
    if (c->time && !c->hidden && !c->joined.n && !part_is_past(c->name)) other = (int)i;
  }
  if (other >= 0) p->time = other;
}

// "in status open": the column only says of what the value beside it is.
static bool part_says_value(const struct reading_part *p, int column) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == READING_IS && p->filters[i].column == column && !p->filters[i].negated)
      return p->thing->derived;
  return false;
}

// Asked columns of a ranking are what is ranked: "which folders hold the largest assets".
void part_settle_groups(struct reading_part *p) {
  bool ranks =
      part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM) || part_has(p, ASK_GROWTH) || part_has(p, ASK_FALL);
  bool counts = part_has(p, ASK_COUNT) || part_has(p, ASK_TREND) || part_has(p, ASK_SHARE) ||
                p->thing->counts >= 0; // of what is counted already, columns are what it is told by
  if (!ranks && !counts && !part_has(p, ASK_DISTINCT)) return;
  size_t kept = 0;
  for (size_t i = 0; i < p->asked_count; i++) {
    const struct model_column *c = &p->thing->columns[p->asked[i]];
    bool held = false; // "in status open" is no status of several
    for (size_t k = 0; k < p->filter_count && p->thing->derived; k++)
      held = held || (p->filters[k].column == p->asked[i] && p->filters[k].op == READING_IS);
    if (c->time || held || (p->asked[i] == p->thing->label && !p->thing->events) || part_is_measure(c))
      p->asked[kept++] = p->asked[i];
    else if (!part_says_value(p, p->asked[i]))
      part_add_column(p->groups, &p->group_count, part_group_of(p->thing, p->asked[i]));
  }
  p->asked_count = kept;
}

// Instants tell nothing apart: "day by day" does by its days, "the longest" by what came first.
void part_settle_instants(struct reading_part *p) {
  for (size_t i = 0; i < p->group_count; i++) {
    int column = p->groups[i];
    if (column < 0 || !p->thing->columns[column].time) continue;
    if (!p->bucket) part_add_column(p->asked, &p->asked_count, column);
    p->groups[i--] = p->groups[--p->group_count];
  }
  if (!p->group_count) p->grouped = p->told_apart = false;
}

// "created, changed or deleted": several kinds, and a word for all of them, are all of them.
void part_settle_alternatives(struct filling *f) {
  struct reading_part *p = f->part;
  int deeds = model_column_find(p->thing, json_str(p->thing->def, "deeds"));
  size_t same = 0, kept = 0;
  bool any = false;
  for (size_t i = 0; i < f->count; i++)
    any = any || (f->list[i].what == MENTION_NAME && f->list[i].number == 1);
  for (size_t i = 0; i < p->filter_count; i++) same += p->filters[i].column == deeds;
  if (deeds < 0 || !any || same < 2) return;
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].column != deeds) p->filters[kept++] = p->filters[i];
  p->filter_count = kept;
}

// Is the thing's name in the mention, be it within a value's: "MX record"?
static bool part_speaks_of_it(const struct filling *f, const struct mention *m) {
  const struct mentions *all = f->in->mentions;
  for (size_t at = m->first; at < m->first + m->n; at++)
    for (size_t i = 0; i < all->hit_counts[at]; i++) {
      const struct phrase *p = all->hits[at][i].phrase;
      if (p->role == MODEL_NAME && p->means == f->part->thing) return true;
    }
  return false;
}

// "which zones have no MX record": the parent is asked for, and what stands behind the denial is what it lacks.
void part_settle_none(struct filling *f) {
  struct reading_part *p = f->part;
  size_t parent = f->count, denial = f->count, own = f->count, far = f->count;
  if (!p->thing->within || p->thing->within->held || !query_parent_label(p->thing).n || p->name_count ||
      p->id_count)
    return;
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    bool denies = part_is(f, m, LANGUAGE_MISSING) || part_is(f, m, LANGUAGE_NOT);
    bool column = m->what == MENTION_COLUMN && part_group_of(p->thing, m->number) == -2;
    if ((column || (m->what == MENTION_PARENT && m->parent == p->thing->within)) && parent == f->count &&
        own == f->count)
      parent = i;
    if (m->what == MENTION_PARENT && m->parent != p->thing->within && far == f->count) far = i;
    if (denies && denial == f->count && parent < i) denial = i;
    bool points = m->what == MENTION_NAME && m->number && denial == f->count; // "use no KV"
    if ((m->what == MENTION_NAME || m->what == MENTION_VALUE) && own == f->count && !points) own = i;
  }
  if (parent == f->count || denial == f->count || own == f->count || own < denial || own > denial + 3) return;
  if (f->list[own].what == MENTION_VALUE &&
      language_at(f->language, f->words, f->list[own].first, LANGUAGE_NOT, NULL))
    return;           // the value says itself that it is not so
  bool named = false; // the thing itself is what is lacked, and not a value of its rows
  for (size_t i = denial ? denial - 1 : 0; i < f->count && i < denial + 5; i++)
    named = named || part_speaks_of_it(f, &f->list[i]);
  if (!named) return;
  if (far < denial &&
      p->unknown_count < READING_UNKNOWN_MOST) { // what has those that have none is not asked for
    p->unknown_of[p->unknown_count] = NULL;
    p->unknown_matters[p->unknown_count] = true;
    p->unknown[p->unknown_count++] = f->words->items[f->list[far].first].whole;
  }
  p->none_within = true;
  p->group_count = p->asked_count = 0;
  size_t kept = 0;
  for (size_t i = 0; i < p->filter_count; i++) {
    p->filters[i].negated = false;
    if (p->filters[i].op != READING_LACKS) p->filters[kept++] = p->filters[i];
  }
  p->filter_count = kept;
}

// "What is the security level of each zone?": the rows of each, and not how many there are.
void part_settle_each(struct filling *f) {
  struct reading_part *p = f->part;
  unsigned plain = 1u << ASK_LIST | 1u << ASK_CHECK;
  if (p->thing->derived || p->thing->events || p->thing->counts >= 0 || p->measure >= 0 ||
      p->intents & ~plain || p->bucket || p->least_sign || p->group_count != 1 || p->groups[0] != -2)
    return;
  for (size_t i = 2; i < f->count; i++)
    if (f->list[i].what == MENTION_PARENT && part_before(f, i, LANGUAGE_EVERY, 1) &&
        part_is(f, &f->list[i - 2], LANGUAGE_PREPOSITION)) {
      p->group_count = 0;
      p->grouped = false;
      return;
    }
}

void part_settle_which(struct filling *f) {
  struct reading_part *p = f->part;
  for (size_t i = 0; i < f->which_count; i++) {
    bool again = p->asked_count == 1 && p->asked[0] == f->which[i]; // "which countries do they come from"
    if (again) p->asked_count = 0;
    if (p->asked_count || p->group_count > i)
      part_add_column(p->asked, &p->asked_count, f->which[i]);
    else
      part_add_column(p->groups, &p->group_count, part_group_of(p->thing, f->which[i]));
  }
  if (f->which_count && !p->asked_count) p->grouped = p->told_apart = true;
}
