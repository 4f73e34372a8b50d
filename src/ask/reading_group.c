// SPDX-License-Identifier: Apache-2.0
// Which segments of a question are one part: each is held against what is best for it alone, and for it with those before.
#include "ask/part.h"
#include "ask/reading_parts.h"
#include "language/deed.h"

enum {
  READING_GAIN = 6,   // what taking two requests as one has to add
  READING_APART = 22, // how much better another thing explains a request that is one of its own
};

static bool reading_is_kin(const struct model_thing *a, const struct model_thing *b) {
  return a && b && (model_is_within(a, b) || model_is_within(b, a));
}

static void reading_add_segment(struct grouping *g, struct ask_segment s) {
  if (g->count < SEGMENTS_MOST) g->list[g->count++] = s;
}

static void reading_choose(const struct reader_state *s, struct grouping *g) {
  g->thing = mentions_best(&s->mentions, g->list, g->count, &g->score, &g->second);
}

static bool reading_refers(const struct reader_state *s, const struct grouping *g) {
  for (size_t at = g->list[0].first; at < g->list[0].end; at++)
    if (language_at(s->out->language, &s->out->words, at, LANGUAGE_REFERS, NULL)) return true;
  return false;
}

static bool reading_introduces(const struct reader_state *s, const struct grouping *g) {
  size_t end = g->list[g->count - 1].end;
  return end && s->out->words.items[end - 1].end == ':';
}

// "…, counted over all zones": no more is said than that all rows are meant, of what the one before is within.
static bool reading_is_everywhere(const struct reader_state *s, const struct model_thing *t,
                                  const struct grouping *next) {
  struct mention list[WORDS_MOST];
  size_t n = mentions_of(&s->mentions, t, next->list, next->count, list, WORDS_MOST);
  bool every = false, parent = false;
  for (size_t i = 0; i < n; i++) {
    every = every || language_at(s->out->language, &s->out->words, list[i].first, LANGUAGE_EVERY, NULL);
    parent = parent || list[i].what == MENTION_PARENT;
    if (list[i].what != MENTION_PARENT && list[i].what != MENTION_FILLER) return false;
  }
  return every && parent;
}

// Does this segment go with the one before? It does where one thing explains both better, or it names none.
static bool reading_joins(const struct reader_state *s, const struct grouping *before,
                          const struct grouping *next) {
  struct grouping both = *before;
  bool named = false;
  if (next->thing) mentions_score(&s->mentions, next->thing, next->list, next->count, &named);
  if (before->thing && reading_is_everywhere(s, before->thing, next)) return true;
  if (!before->thing) return reading_introduces(s, before); // "German cookbooks: how many titles?"
  if (next->thing && !next->thing->derived && reading_introduces(s, before) &&
      model_is_within(next->thing, before->thing))
    return true; // "All zones together: how many records?"
  if (!next->thing) return true;
  bool known;
  int mine = mentions_score(&s->mentions, before->thing, next->list, next->count, &known);
  if (!named && reading_refers(s, next) && (mine > 0 || next->thing->derived)) return true;
  for (size_t i = 0; i < next->count; i++) reading_add_segment(&both, next->list[i]);
  reading_choose(s, &both);
  if (!both.thing) return false;
  bool apart = next->score - mine > READING_APART && both.score < before->score + next->score - READING_APART;
  if (apart && !reading_is_kin(before->thing, next->thing)) return false;
  bool third = both.thing != before->thing && both.thing != next->thing && !apart; // one that explains both
  if (named && !third && !reading_is_kin(before->thing, next->thing)) return false;
  if (named && before->thing != next->thing && reading_is_kin(before->thing, next->thing))
    return both.score + READING_GAIN >= before->score + next->score * 3 / 4;
  return true;
}

// "KV namespaces, R2 buckets and D1 databases": three things or more by names of several words are each meant.
static size_t reading_worded(const struct reader_state *s, const struct ask_segment *g,
                             const struct model_thing **out) {
  size_t n = 0, end = 0;
  for (size_t at = g->first; at < g->end && n < READING_PARTS_MOST; at++) {
    const struct phrase_hit *best = NULL;
    for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
      const struct phrase_hit *h = &s->mentions.hits[at][i];
      const struct model_thing *t = h->phrase->means;
      if (h->phrase->role != MODEL_NAME || h->phrase->number || h->n < 2 || t->derived) continue;
      if (!best || t->weight > ((const struct model_thing *)best->phrase->means)->weight) best = h;
    }
    if (!best) continue;
    if (n && at > end + 1 && n < 3)
      n = 0; // one word at most stands between two of them
    else if (n && at > end + 1)
      break;
    out[n++] = best->phrase->means;
    end = at + best->n;
    at = end - 1;
  }
  return n >= 3 ? n : 0;
}

// The thing that a word names and does no more, of things without words; NULL: none.
static const struct model_thing *reading_names(const struct reader_state *s, size_t at, size_t *n) {
  for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
    const struct phrase_hit *h = &s->mentions.hits[at][i];
    const struct model_thing *t = h->phrase->means;
    if (h->phrase->role != MODEL_NAME || h->phrase->number || !t->derived) continue;
    *n = h->n;
    return t;
  }
  return NULL;
}

// "How many clinics, venues and charging sites are there?": each of several things that are counted is a request of its
// own, with what stands before the first and behind the last.
static size_t reading_counted(const struct reader_state *s, const struct ask_segment *g,
                              struct grouping *out) {
  struct ask_segment names[READING_PARTS_MOST];
  const struct model_thing *things[READING_PARTS_MOST];
  const struct phrase *p;
  size_t n = 0, words = language_at(s->out->language, &s->out->words, g->first, LANGUAGE_INTENT, &p), at;
  if (!words || p->number != ASK_COUNT) return 0;
  for (at = g->first + words; at < g->end && n < READING_PARTS_MOST;) {
    size_t long_ = 1;
    const struct model_thing *t = reading_names(s, at, &long_);
    for (size_t k = 0; t && k < n; k++)
      if (things[k] == t) return 0;
    if (t) {
      names[n] = (struct ask_segment){.first = at, .end = at + long_, .asks = true};
      things[n++] = t;
      at += long_;
      if (s->out->words.items[at - 1].end == ',') continue;
      if (at >= g->end || !language_at(s->out->language, &s->out->words, at, LANGUAGE_AND, NULL)) break;
      at++;
    } else if (mentions_is_source(&s->mentions, at)) {
      at++;
    } else {
      return 0;
    }
  }
  for (size_t i = 0; n > 1 && i < n; i++) {
    out[i] = (struct grouping){.list = {{.first = g->first, .end = names[0].first, .asks = true}, names[i]},
                               .count = 2,
                               .thing = things[i]};
    if (at < g->end)
      reading_add_segment(&out[i], (struct ask_segment){.first = at, .end = g->end, .asks = true});
  }
  return n > 1 ? n : 0;
}

// "Which is called the most? Past 7 days": a time that stands alone is of what was asked before it.
static bool reading_is_time(const struct reader_state *s, const struct ask_segment *g, bool behind) {
  bool timed = false;
  for (size_t at = g->first; at < g->end; at++) {
    timed = timed || s->mentions.timed[at];
    if (!s->mentions.timed[at] && !language_fills(s->out->language, &s->out->words, at) &&
        !(behind && mentions_is_source(&s->mentions, at))) // "take the last 90 days of Arcjet"
      return false;
  }
  return timed && !g->orders;
}

// "As a percentage, please.", "Per day.": nothing but how it is to be told is of what was asked before it.
static bool reading_says_how(const struct reader_state *s, const struct ask_segment *g) {
  const struct phrase *p;
  bool how = false;
  for (size_t at = g->first; at < g->end; at++) {
    bool bucket = language_at(s->out->language, &s->out->words, at, LANGUAGE_BUCKET, NULL) > 0;
    size_t n = language_at(s->out->language, &s->out->words, at, LANGUAGE_INTENT, &p);
    how =
        how || bucket || (n && (p->number == ASK_SHARE || p->number == ASK_MEAN || p->number == ASK_MEDIAN));
    if (!n && !bucket && !language_fills(s->out->language, &s->out->words, at)) return false;
  }
  return how && !g->orders;
}

// "Yesterday, how many …": a time that leads is of all that is asked behind it.
static void reading_lead(const struct reader_state *s, struct grouping *out, size_t n) {
  for (size_t i = 0; i < s->segment_count && reading_is_time(s, &s->segments[i], false); i++)
    for (size_t k = 0; k < n; k++) reading_add_segment(&out[k], s->segments[i]);
}

static bool reading_counts(const struct reader_state *s, const struct ask_segment *g) {
  const struct phrase *p;
  for (size_t at = g->first; at < g->end; at++)
    if (language_at(s->out->language, &s->out->words, at, LANGUAGE_INTENT, &p) && p->number == ASK_COUNT)
      return true;
  return false;
}

// "How many rules are there, and how many of them block?": both are asked for, the one among the rows of the other.
static bool reading_counts_among(const struct reader_state *s, const struct grouping *before,
                                 const struct grouping *next) {
  bool named, among = false;
  const struct ask_segment *g = next->list;
  if (!before->thing || before->thing->derived || !reading_counts(s, &before->list[before->count - 1]) ||
      !reading_counts(s, g))
    return false;
  for (size_t at = g->first + 1; at < g->end; at++)
    among = among || (language_at(s->out->language, &s->out->words, at - 1, LANGUAGE_OF, NULL) &&
                      language_at(s->out->language, &s->out->words, at, LANGUAGE_REFERS, NULL) &&
                      (at + 1 == g->end || language_fills(s->out->language, &s->out->words, at + 1) ||
                       language_at(s->out->language, &s->out->words, at, LANGUAGE_PRONOUN, NULL)));
  return among && mentions_score(&s->mentions, before->thing, g, 1, &named) > 0;
}

// "Someone rolled tokens in the past 7 days. Who?": a time in a sentence that only tells is that of what happened, and is asked
// about without one.
static void reading_lend_told(const struct reader_state *s, struct grouping *out, size_t n) {
  for (size_t k = 0; k < n; k++) {
    bool timed = !out[k].thing || !yyjson_obj_get(out[k].thing->def, "span");
    for (size_t g = 0; g < out[k].count && !timed; g++)
      for (size_t at = out[k].list[g].first; at < out[k].list[g].end; at++)
        timed = timed || s->mentions.timed[at];
    for (size_t i = 0; i < s->span_count && !timed; i++)
      reading_add_segment(&out[k], (struct ask_segment){.first = s->spans[i].first,
                                                        .end = s->spans[i].first + s->spans[i].count});
  }
}

size_t reading_group(const struct reader_state *s, struct grouping *out) {
  size_t n = 0;
  for (size_t i = 0; i < s->segment_count; i++) {
    if (!s->segments[i].asks && n &&
        (reading_is_time(s, &s->segments[i], true) || reading_says_how(s, &s->segments[i]))) {
      bool sourced = reading_is_time(s, &s->segments[i], true) && !reading_is_time(s, &s->segments[i], false);
      reading_add_segment(&out[n - 1], s->segments[i]);
      if (sourced) reading_choose(s, &out[n - 1]);
    }
    if (!s->segments[i].asks || (!n && reading_is_time(s, &s->segments[i], false))) continue;
    struct grouping next = {.list = {s->segments[i]}, .count = 1};
    const struct model_thing *each[READING_PARTS_MOST];
    size_t counted = n ? 0 : reading_counted(s, &s->segments[i], out);
    if (counted) {
      n = counted;
      continue;
    }
    size_t several = reading_worded(s, &s->segments[i], each);
    for (size_t k = 0; k < several && n < READING_PARTS_MOST; k++) {
      out[n] = next;
      out[n].each = true;
      out[n++].thing = each[k];
    }
    if (several) continue;
    reading_choose(s, &next);
    if (n && n < READING_PARTS_MOST && reading_counts_among(s, &out[n - 1], &next)) {
      out[n] = out[n - 1];
      reading_add_segment(&out[n++], s->segments[i]);
    } else if (n && reading_joins(s, &out[n - 1], &next)) {
      reading_add_segment(&out[n - 1], s->segments[i]);
      reading_choose(s, &out[n - 1]);
    } else if (n < READING_PARTS_MOST && (next.thing || n == 0)) {
      out[n++] = next;
    } else if (n && !next.thing) {
      reading_add_segment(&out[n - 1], s->segments[i]);
    }
  }
  reading_lead(s, out, n);
  reading_lend_told(s, out, n);
  return n;
}
