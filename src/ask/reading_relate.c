// SPDX-License-Identifier: Apache-2.0
// Two things that a question relates otherwise than by what both have: rows of one by a value that a clause says of another
// ("changes from an address that Arcjet denied"), what has rows of the one and none of the other, be both within it ("zones
// with routes and no firewall rules"), and who did nothing, of which a log tells.
#include "ask/part.h"
#include "ask/query.h"
#include "ask/reading_parts.h"
#include "data/json.h"
#include "language/deed.h"

static size_t relate_is(const struct reader_state *s, size_t at, enum language_role role) {
  return language_at(s->out->language, &s->out->words, at, role, NULL);
}

static bool relate_is_whole(const struct reading_part *p) { // each word of it is understood
  return !p->unknown_count && p->lack < 0 && !p->ambiguous.n && !p->denied.n;
}

// What stands behind the first sentence asks for no more than which they are: "… Who?"
static bool relate_ends(const struct reader_state *s) {
  if (!s->segment_count) return false;
  for (size_t i = 1; i < s->segment_count; i++)
    for (size_t at = s->segments[i].first; at < s->segments[i].end; at++)
      if (!language_fills(s->out->language, &s->out->words, at)) return false;
  return true;
}

// ---- rows of one, by a value that is one of another's

// The column of the thing that the word names, and of what kind its values are; -1: it names none of it.
static int relate_column(const struct reader_state *s, const struct model_thing *t, size_t at) {
  for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
    const struct phrase *p = s->mentions.hits[at][i].phrase;
    if (p->role == MODEL_COLUMN && p->means == t && t->columns[p->number].entity != WORD_PLAIN)
      return p->number;
  }
  return -1;
}

// Is it about people, and called by how they sign in?
static bool relate_is_people(const struct model_thing *t) {
  return !t->derived && !t->events && t->label >= 0 && t->columns[t->label].entity == WORD_EMAIL;
}

// Of the things that fit, the one of which the words say most: "what roles do the people have who …" names a column of theirs,
// "changes from an address that …" what happened, and no row that has an address.
static const struct model_thing *relate_best(struct reader_state *s, const struct ask_segment *half,
                                             size_t at, bool who, struct reading_part *out) {
  const struct model_thing *best = NULL;
  int most = 0;
  for (size_t i = 0; i < model_count(s->in->model); i++) {
    bool named;
    const struct model_thing *t = model_at(s->in->model, i);
    bool fits = who ? relate_is_people(t) : !t->derived && t->events && relate_column(s, t, at - 1) >= 0;
    int score = fits ? mentions_score(&s->mentions, t, half, 1, &named) : 0;
    if (score > most) best = t, most = score;
  }
  if (!best) return NULL;
  reading_fill(s, half, 1, best, out);
  return best;
}

// Would one thing explain it all? Then a clause only says more of its rows.
static bool relate_is_one(struct reader_state *s) {
  struct reading_part *p = ARENA_NEW(s->arena, struct reading_part);
  if (!reading_half(s, &s->segments[0], p) || !relate_is_whole(p)) return false;
  return !p->has_span || p->span_is_assumed || query_time_column(p) >= 0 ||
         json_bool(p->thing->def, "sliced", false); // when that was, it says as well
}

// "From an address that Arcjet denied": the noun before the clause is a column of the one, and what is said behind it is said
// of another that has such values, too. "People who purged the cache": the same of those who sign in.
static bool relate_among(struct reader_state *s, size_t at, bool who) {
  struct reading_part *p = s->out->parts;
  struct ask_segment first = {.first = s->segments[0].first, .end = at},
                     last = {.first = at + 1, .end = s->segments[0].end};
  if (last.first >= last.end || !reading_half(s, &last, &p[1]) || p[1].thing->derived || !p[1].thing->events)
    return false;
  if (!relate_best(s, &first, at, who, &p[0])) return false;
  const struct model_thing *a = p[0].thing, *b = p[1].thing;
  int mine = who ? a->label : relate_column(s, a, at - 1);
  int other = mine < 0 ? -1 : mentions_column_of(b, a->columns[mine].entity);
  if (a == b || other < 0 || !relate_is_whole(&p[0]) || !relate_is_whole(&p[1])) return false;
  if (who)
    reading_lend_span(p);
  else
    reading_share_span(p);
  if (p[0].has_span && p[1].has_span && p[0].span.since_ms != p[1].span.since_ms) return false;
  for (size_t i = 0; i < p[0].asked_count; i++) // the value is only what relates them
    if (p[0].asked[i] == mine) p[0].asked[i] = p[0].asked[--p[0].asked_count];
  s->out->join[0] = mine;
  s->out->join[1] = other;
  s->out->part_count = 2;
  return s->out->joined = s->out->restricts = true;
}

// "Of the zones on the free plan, which one served the most requests?": what stands in front says which rows of the first
// the others are told of.
void reading_front(struct reader_state *s) {
  struct reading_part *p = s->out->parts;
  if (s->out->part_count != 2 || !relate_is(s, 0, LANGUAGE_OF)) return;
  const struct model_thing *a = p[0].thing, *b = p[1].thing;
  bool named = p[0].filter_count && !p[0].group_count && p[0].measure < 0;
  if (a->derived || b->derived || a->events || a->label < 0 || !named || !relate_is_whole(&p[0]) ||
      !relate_is_whole(&p[1]))
    return;
  int column = b->within == a ? -2 : mentions_column_of(b, a->columns[a->label].entity);
  if (column == -1 || (column == -2 && !query_parent_label(b).n)) return;
  struct reading_part front = p[0];
  p[0] = p[1];
  p[1] = front;
  for (size_t i = 0; i < p[0].asked_count; i++)
    if (p[0].asked[i] == column) p[0].asked[i] = p[0].asked[--p[0].asked_count];
  if (!p[0].group_count) p[0].groups[p[0].group_count++] = column, p[0].grouped = true;
  s->out->join[0] = column;
  s->out->join[1] = a->label;
  s->out->joined = s->out->restricts = true;
}

// ---- what has rows of the one, and none of the other

static bool relate_names(const struct reader_state *s, const struct model_thing *t,
                         const struct ask_segment *said) {
  for (size_t at = said->first; at < said->end; at++)
    for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
      const struct phrase *p = s->mentions.hits[at][i].phrase;
      if (p->role == MODEL_NAME && p->means == t && !p->number) return true;
    }
  return false;
}

// "Zones with Workers routes but without firewall rules", "zones that have both page rules and firewall rules".
static bool relate_within(struct reader_state *s, size_t at, bool lacks) {
  struct reading_part *p = s->out->parts;
  struct ask_segment first = {.first = s->segments[0].first, .end = at},
                     last = {.first = at + 1, .end = s->segments[0].end};
  if (last.first >= last.end || !reading_half(s, &first, &p[0]) || !reading_half(s, &last, &p[1]))
    return false;
  const struct model_thing *a = p[0].thing, *b = p[1].thing;
  if (a == b || a->derived || b->derived || !a->within || a->within != b->within || a->within->held)
    return false;
  if (!query_parent_label(a).n || !query_parent_label(b).n || !relate_names(s, a->within, &first) ||
      !relate_names(s, a, &first) || !relate_names(s, b, &last))
    return false;
  if (!relate_is_whole(&p[0]) || !relate_is_whole(&p[1]) || p[0].none_within || p[0].has_span ||
      p[1].has_span)
    return false;
  s->out->join[0] = s->out->join[1] = -2;
  s->out->part_count = 2;
  s->out->lacks = lacks;
  return s->out->joined = true;
}

// ---- who did nothing

// The log of the same vendor that names rows of the thing.
static const struct model_thing *relate_log(const struct reader_state *s, const struct model_thing *t,
                                            int *column) {
  for (size_t i = 0; i < model_count(s->in->model); i++) {
    const struct model_thing *log = model_at(s->in->model, i);
    if (log->derived || !log->events || log->source != t->source || !json_str(log->def, "deeds").n) continue;
    *column = mentions_column_of(log, t->columns[t->label].entity);
    if (*column >= 0) return log;
  }
  return NULL;
}

// "Members that did nothing in the last 30 days": no row of the log names them.
static bool relate_idle(struct reader_state *s, size_t at) {
  struct reading_part *p = s->out->parts;
  struct ask_segment first = {.first = s->segments[0].first, .end = at},
                     last = {.first = at + 1, .end = s->segments[0].end};
  for (size_t i = last.first; i < last.end; i++)
    if (!s->mentions.timed[i] && !language_fills(s->out->language, &s->out->words, i)) return false;
  if (!reading_half(s, &first, &p[0]) || !relate_is_people(p[0].thing) || !relate_is_whole(&p[0]))
    return false;
  s->out->join[0] = p[0].thing->label;
  const struct model_thing *log = relate_log(s, p[0].thing, &s->out->join[1]);
  if (!log) return false;
  reading_fill(s, &last, last.first < last.end, log, &p[1]);
  reading_lend_span(p);
  if (!reading_look_far(s, &p[1])) return false;
  s->out->part_count = 2;
  return s->out->joined = s->out->lacks = true;
}

bool reading_relates(struct reader_state *s) {
  bool both = false, known = false, one = false; // whether one thing explains it all, once that is known
  if (!relate_ends(s)) return false;
  for (size_t at = s->segments[0].first + 1; at + 1 <= s->segments[0].end; at++) {
    bool did = relate_is(s, at - 1, LANGUAGE_HELPER) && relate_is(s, at, LANGUAGE_NOTHING);
    if (did && relate_idle(s, at)) return true;
    both = both || relate_is(s, at, LANGUAGE_JOINT);
    if ((relate_is(s, at, LANGUAGE_MISSING) || relate_is(s, at, LANGUAGE_NOT)) && relate_within(s, at, true))
      return true;
    if (both && relate_is(s, at, LANGUAGE_AND) && relate_within(s, at, false)) return true;
    if (!relate_is(s, at, LANGUAGE_RELATIVE)) continue;
    if (!known) one = relate_is_one(s), known = true;
    if (!one && relate_among(s, at, relate_is(s, at, LANGUAGE_WHO) > 0)) return true;
  }
  return false;
}
