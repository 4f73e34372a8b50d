// SPDX-License-Identifier: Apache-2.0
// Two things in one question: what both have, and what the one has and the other lacks.
#include "ask/part.h"
#include "ask/reading_parts.h"
#include "data/json.h"
#include "language/deed.h"

// ---- what two sources have in common

// Is the column named there?
static bool reading_asks_of(const struct reader_state *s, const struct model_thing *t, size_t column,
                            const struct ask_segment *said) {
  for (size_t at = said->first; at < said->end; at++)
    for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
      const struct phrase *p = s->mentions.hits[at][i].phrase;
      if (p->role == MODEL_COLUMN && p->means == t && p->number == (int)column) return true;
    }
  return false;
}

// The columns that both have, of which the words there name the one: of several kinds, the one that is asked for.
static bool reading_shared_named(const struct reader_state *s, const struct model_thing *a,
                                 const struct model_thing *b, const struct ask_segment *said, int out[2]) {
  for (size_t i = 0; i < a->column_count; i++)
    for (size_t k = 0; k < b->column_count && reading_asks_of(s, a, i, said); k++)
      if (a->columns[i].entity != WORD_PLAIN && a->columns[i].entity == b->columns[k].entity) {
        out[0] = (int)i;
        out[1] = (int)k;
        return true;
      }
  return false;
}

static bool reading_shared(const struct model_thing *a, const struct model_thing *b, int out[2]) {
  for (size_t i = 0; i < a->column_count; i++)
    for (size_t k = 0; k < b->column_count; k++)
      if (a->columns[i].entity != WORD_PLAIN && a->columns[i].entity == b->columns[k].entity) {
        out[0] = (int)i;
        out[1] = (int)k;
        return true;
      }
  return false;
}

struct reading_part *reading_half(struct reader_state *s, struct ask_segment *half,
                                  struct reading_part *out) {
  const struct model_thing *second, *t;
  int score;
  if (s->halves == READING_HALVES_MOST) return NULL; // each is held against every thing
  s->halves++;
  t = mentions_best(&s->mentions, half, 1, &score, &second);
  if (!t) return NULL;
  reading_fill(s, half, 1, t, out);
  return out;
}

// The time that stands with rows that have none is that of the others: "in the last 90 days, which members did not log in?"
void reading_lend_span(struct reading_part *p) {
  bool has = p[0].thing->time >= 0 || p[0].time >= 0;
  if (p[0].has_span && (p[1].span_is_assumed || !p[1].has_span))
    p[1].span = p[0].span, p[1].has_span = true, p[1].span_is_assumed = p[0].span_is_assumed;
  if (!has) p[0].has_span = false;
}

// "No changes", "any change", and what nobody did, are rows of a log and no time that a row has.
static bool reading_is_deed(const struct reader_state *s, const struct ask_segment *said) {
  const struct language *l = s->out->language;
  const struct ask_words *w = &s->out->words;
  size_t at = said->first;
  if (!at || language_at(l, w, at - 1, LANGUAGE_NOBODY, NULL)) return at > 0;
  if (!language_at(l, w, at - 1, LANGUAGE_MISSING, NULL) && !language_at(l, w, at - 1, LANGUAGE_HAVING, NULL))
    return false;
  while (at < said->end && language_at(l, w, at, LANGUAGE_DETERMINER, NULL)) at++;
  return at < said->end && !language_is_done(w->items[at].low);
}

// A time that the rows have themselves: "zones not modified in the last 90 days" is told by no log.
static bool reading_has_time(const struct reader_state *s, const struct model_thing *t,
                             const struct ask_segment *said) {
  for (size_t at = said->first; at < said->end; at++)
    for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
      const struct phrase *p = s->mentions.hits[at][i].phrase;
      if (p->role == MODEL_COLUMN && p->means == t && t->columns[p->number].time) return true;
    }
  return false;
}

// "Never": as far back as the last one is looked for.
bool reading_look_far(const struct reader_state *s, struct reading_part *p) {
  struct str far = json_str(p->thing->def, "far");
  struct err err;
  if (!p->span_is_assumed || !far.n) return true;
  p->span = (struct span){.since = far, .until = STR("now")};
  return span_resolve(&p->span, s->in->clock, &err);
}

// "Members that do not appear in the audit log": what stands behind the denial happened, and rows of the one are named in it.
// "Free zones that had any change": the same, where the rows are narrowed by what they are themselves.
static bool reading_befell(struct reader_state *s, struct ask_segment *first, struct ask_segment *last,
                           bool lacks) {
  struct reading_part *p = s->out->parts;
  bool named;
  if (!reading_half(s, first, &p[0]) || !reading_half(s, last, &p[1])) return false;
  const struct model_thing *a = p[0].thing, *b = p[1].thing;
  if (a == b || a->derived || b->derived || a->events || model_is_within(b, a)) return false;
  bool deed = b->events && reading_is_deed(s, last);
  if (!deed && reading_has_time(s, a, last)) return false;
  mentions_score(&s->mentions, b, last, 1, &named);
  if (!b->events && (!named || a->source == b->source)) return false;
  if (!deed &&
      mentions_score(&s->mentions, a, last, 1, &named) >= mentions_score(&s->mentions, b, last, 1, &named))
    return false; // it is something of its own that they have not
  if (!lacks && !(deed && p[0].filter_count)) return false;
  mentions_score(&s->mentions, a, first, 1, &named);
  if (!named || !reading_shared(a, b, s->out->join)) return false;
  reading_lend_span(p);
  if (!reading_look_far(s, &p[1])) return false;
  s->out->part_count = 2;
  s->out->lacks = lacks;
  return s->out->joined = true;
}

// A time that is said once is that of both, wherever it stands: "blocked on example.com and denied by Arcjet this week".
void reading_share_span(struct reading_part *p) {
  if (!p[0].has_span || !p[1].has_span) return;
  bool behind = p[0].span_is_assumed && !p[1].span_is_assumed;
  if (!behind && !p[1].span_is_assumed) return;
  p[!behind].span = p[behind].span;
  p[!behind].span_is_assumed = p[behind].span_is_assumed;
}

// The two halves, joined by what both call so: what is asked for, or the first that they have in common.
static bool reading_take_both(struct reader_state *s, const struct ask_segment *first, bool named) {
  struct reading_part *p = s->out->parts;
  if (p[0].thing->source == p[1].thing->source) return false;
  if (!reading_shared_named(s, p[0].thing, p[1].thing, first, s->out->join) &&
      (named || !reading_shared(p[0].thing, p[1].thing, s->out->join)))
    return false;
  reading_share_span(p);
  s->out->part_count = 2;
  return s->out->joined = true;
}

// "addresses that the one denied and that also appear in the other"
static bool reading_has_both(struct reader_state *s, struct ask_segment *first, struct ask_segment *last) {
  struct reading_part *p = s->out->parts;
  return reading_half(s, first, &p[0]) && reading_half(s, last, &p[1]) && reading_take_both(s, first, false);
}

// "Addresses that were blocked on example.com and denied by Arcjet": behind "and" a source is named, and rows of it are meant.
static bool reading_has_other(struct reader_state *s, struct ask_segment *first, struct ask_segment *last) {
  struct reading_part *p = s->out->parts;
  const struct model_source *source = NULL;
  for (size_t at = last->first; at < last->end; at++)
    for (size_t i = 0; i < s->mentions.hit_counts[at]; i++)
      if (s->mentions.hits[at][i].phrase->role == MODEL_SOURCE)
        source = s->mentions.hits[at][i].phrase->means;
  return source && reading_half(s, first, &p[0]) && reading_half(s, last, &p[1]) &&
         p[1].thing->source == source && !p[0].unknown_count && !p[1].unknown_count &&
         reading_take_both(s, first, true);
}

bool reading_join(struct reader_state *s) {
  const struct language *l = s->out->language;
  const struct ask_words *w = &s->out->words;
  if (reading_relates(s)) return true;
  if (s->segment_count != 1) return false;
  for (size_t at = 1; at + 1 < w->n; at++) {
    struct ask_segment first = {.first = s->segments[0].first, .end = at},
                       last = {.first = at, .end = s->segments[0].end};
    if (language_at(l, w, at, LANGUAGE_JOINT, NULL) && reading_has_both(s, &first, &last)) return true;
    last.first++;
    if (language_at(l, w, at, LANGUAGE_AND, NULL) && reading_has_other(s, &first, &last)) return true;
    size_t nobody = language_at(l, w, at, LANGUAGE_NOBODY, NULL);
    if (nobody > 1) last.first += nobody - 1; // "no one"
    if ((nobody || language_at(l, w, at, LANGUAGE_NOT, NULL)) && reading_befell(s, &first, &last, true))
      return true;
    if (language_at(l, w, at, LANGUAGE_HAVING, NULL) && reading_befell(s, &first, &last, false)) return true;
  }
  return false;
}
