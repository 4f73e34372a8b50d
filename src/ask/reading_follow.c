// SPDX-License-Identifier: Apache-2.0
// A question that follows another one: does it change that, what of it, and when is what it changes not there.
#include <string.h>

#include "ask/part.h"
#include "ask/reading_parts.h"

enum { READING_FEW = 3 }; // words that are hardly a question of their own

// "And image-resizer?": one name with hyphens, and nothing else.
static bool reading_is_other_name(const struct reader_state *s, const struct reading_part *old) {
  const struct ask_words *w = &s->out->words;
  const char *whole = NULL;
  for (size_t at = 0; at < w->n; at++) {
    const struct word *one = &w->items[at];
    bool joined = one->whole.n > one->low.n && memchr(one->whole.p, '-', one->whole.n);
    if (!joined && language_fills(s->out->language, w, at)) continue;
    if (!joined || (whole && whole != one->whole.p)) return false;
    whole = one->whole.p;
  }
  for (size_t i = 0; i < old->filter_count && whole; i++)
    if (old->filters[i].op == READING_LIKE) return !old->thing->derived;
  return false;
}

// Is each word a value of the thing, or carries nothing?
static bool reading_explains_all(const struct reader_state *s, const struct model_thing *t) {
  struct mention list[WORDS_MOST];
  size_t n = mentions_of(&s->mentions, t, s->segments, s->segment_count, list, WORDS_MOST), values = 0;
  for (size_t i = 0; i < n; i++) {
    if (list[i].what != MENTION_VALUE && list[i].what != MENTION_FILLER) return false;
    values += list[i].what == MENTION_VALUE;
  }
  return values > 0;
}

// Is one of what is asked about called by its name?
static bool reading_is_named(const struct reader_state *s) {
  bool any = false, named;
  for (size_t i = 0; i < s->out->part_count && !any; i++) {
    mentions_score(&s->mentions, s->out->parts[i].thing, s->segments, s->segment_count, &named);
    any = named;
  }
  return any;
}

// "Per team", "by phone?", "the urgent ones": of the thing before, each word is understood, and says something. counted: and
// an amount is asked for.
static bool reading_fits(const struct reader_state *s, const struct model_thing *t, bool counted) {
  struct reading_part *p = ARENA_NEW(s->arena, struct reading_part);
  reading_fill(s, s->segments, s->segment_count, t, p);
  bool sums = p->measure >= 0 && (part_has(p, ASK_COUNT) || part_has(p, ASK_TOTAL));
  return !p->unknown_count && !part_takes_all(p) && (sums || !counted);
}

// "Of those", "do they": a word that stands for the rows before, and no "that" that begins a clause.
static bool reading_points_back(const struct reader_state *s) {
  const struct ask_words *w = &s->out->words;
  const struct language *l = s->out->language;
  for (size_t at = 0; at < w->n; at++) {
    if (s->mentions.timed[at]) continue;
    if (language_at(l, w, at, LANGUAGE_PRONOUN, NULL)) return true;
    bool leads = at && (language_at(l, w, at - 1, LANGUAGE_PREPOSITION, NULL) ||
                        language_at(l, w, at - 1, LANGUAGE_HELPER, NULL));
    bool stands =
        language_at(l, w, at, LANGUAGE_REFERS, NULL) && language_at(l, w, at, LANGUAGE_DETERMINER, NULL);
    if (stands && at + 1 < w->n && language_at(l, w, at + 1, LANGUAGE_PER, NULL))
      return true; // "split that by site"
    if (leads && stands && (at + 1 == w->n || w->items[at].end || language_fills(l, w, at + 1))) return true;
  }
  return false;
}

bool reading_follows(const struct reader_state *s, const struct reading *before) {
  if (!before || before->end != READING_SOUND || !before->part_count) return false;
  const struct reading_part *old = &before->parts[before->part_count - 1];
  bool short_one = s->out->words.n <= 8, named = reading_is_named(s),
       changes = s->out->again || s->out->refers;
  if (s->out->part_count > 1) return old->thing->derived && changes && !named;
  if (!s->out->part_count || reading_is_other_name(s, old)) return true;
  if (short_one && !named && !old->thing->derived &&
      language_at(s->out->language, &s->out->words, 0, LANGUAGE_PER, NULL))
    return true;                             // "by action", "per day"
  bool few = s->out->words.n <= READING_FEW; // "from where?", of rows that have an address
  if (short_one && !named && (old->thing->derived || few) && reading_fits(s, old->thing, false)) return true;
  if (s->out->again && short_one && !old->thing->derived && old->thing->events &&
      reading_explains_all(s, old->thing))
    return true; // "only DNS", of changes
  if (s->out->parts[0].thing == old->thing) return changes || (short_one && !named);
  if (named && old->thing->derived && reading_points_back(s) && reading_fits(s, old->thing, true))
    return true; // "and how many rooms do those have?", which each of them says
  if (named && !old->thing->derived && s->out->refers && reading_points_back(s) &&
      reading_fits(s, old->thing, false))
    return true; // "how many of those are tagged draft?", though there are tags, too
  return changes && !named;
}

static bool reading_narrows(const struct reading_part *p) {
  return p->filter_count || p->name_count || p->id_count || p->least_sign || p->none_within || p->top ||
         (p->has_span && !p->span_is_assumed);
}

// What changes a question that ended before there was a part of it, or speaks of its rows by a pronoun and asks of others:
// without what was said before, the answer would be to another question.
bool reading_loses(const struct reader_state *s, const struct reading *before) {
  if (!before || before->recipe || before->end == READING_ORDER) return false;
  if (!before->part_count) return (s->out->again || s->out->refers) && !reading_is_named(s);
  const struct reading_part *old = &before->parts[before->part_count - 1];
  return old->thing->derived && reading_narrows(old) && reading_points_back(s);
}

// "In that time": the one that was said before in the question, or of the question before; without one the words say nothing.
void reading_same_spans(struct reader_state *s, const struct reading *before) {
  const struct reading_part *old =
      before && before->part_count ? &before->parts[before->part_count - 1] : NULL;
  size_t kept = 0;
  for (size_t i = 0; i < s->span_count; i++) {
    struct span *one = &s->spans[i];
    const struct span *said = kept                                            ? &s->spans[kept - 1]
                              : old && old->has_span && !old->span_is_assumed ? &old->span
                                                                              : NULL;
    if (one->same && !said) continue;
    if (one->same) {
      one->since = said->since, one->until = said->until;
      one->since_ms = said->since_ms, one->until_ms = said->until_ms;
    }
    s->spans[kept++] = *one;
  }
  s->span_count = kept;
}

// "And image-resizer?" behind one that asked for another text of one column: in its place.
static void reading_other_text(struct reading_part *old, struct reading_part *edit) {
  struct reading_filter *only = NULL;
  if (old->thing->derived || edit->unknown_count != 1 || edit->filter_count) return;
  for (size_t i = 0; i < old->filter_count; i++) {
    if (old->filters[i].op != READING_LIKE) continue;
    if (only) return;
    only = &old->filters[i];
  }
  if (!only) return;
  only->text = edit->unknown[0];
  edit->unknown_count = 0;
}

// The part before, with what this question says anew.
void reading_edit(struct reader_state *s, const struct reading *before) {
  struct reading_part *edit = ARENA_NEW(s->arena, struct reading_part),
                      old = before->parts[before->part_count - 1];
  reading_fill(s, s->segments, s->segment_count, old.thing, edit);
  reading_other_text(&old, edit);
  bool open = edit->span_is_before && !edit->has_prior; // "and in the previous period?"
  if (edit->span_is_before && old.has_span &&
      (open || !old.span_is_assumed)) { // "last week", "and the week before?"
    edit->span = old.span;
    if (open) edit->has_span = false;
    edit->has_prior = true;
    span_before(&edit->span, s->in->clock, s->arena, &edit->prior);
  }
  old.span_is_before = edit->span_is_before && !edit->has_prior;
  part_edit(&old, edit);
  for (size_t i = 0; i < edit->unknown_count && old.unknown_count < READING_UNKNOWN_MOST; i++) {
    old.unknown[old.unknown_count] = edit->unknown[i];
    old.unknown_of[old.unknown_count] = edit->unknown_of[i];
    old.unknown_matters[old.unknown_count++] = edit->unknown_matters[i];
  }
  s->out->parts[0] = old;
  s->out->part_count = 1;
}
