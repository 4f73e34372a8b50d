// SPDX-License-Identifier: Apache-2.0
#include "ask/reading.h"

#include "ask/part.h"
#include "data/json.h"
#include "lexicon/lexicon.h"

enum {
  READING_GAIN = 6,   // what taking two requests as one has to add
  READING_APART = 22, // how much better another thing explains a request that is one of its own
};

struct reader_state {
  const struct reading_input *in;
  struct reading *out;
  struct arena *arena;
  struct mentions mentions;
  struct ask_segment segments[SEGMENTS_MOST];
  struct span spans[SPANS_MOST];
  size_t segment_count, span_count;
};

// ---- slips of the pen

static bool reading_knows(const struct reader_state *s, struct word *w) {
  struct lexicon_word english;
  if (lexicon_look(w->low, &english) || phrases_know(&s->out->language->phrases, w->stem) ||
      phrases_know(&s->in->model->phrases, w->stem) || recipe_knows(s->in->model, w->stem))
    return true;
  for (size_t i = 0; i < s->in->name_count; i++)
    if (str_eq_nocase(s->in->names[i].said, w->low)) return true;
  return false;
}

// "sign-ups" where "signups" is known, and its parts together are not.
static void reading_join_hyphens(struct reader_state *s) {
  struct ask_words *w = &s->out->words;
  for (size_t i = 0; i + 1 < w->n; i++) {
    struct word *a = &w->items[i], *b = &w->items[i + 1];
    struct phrase_hit hit;
    if (a->whole.p != b->whole.p || a->kind != WORD_PLAIN) continue;
    if (phrases_at(&s->in->model->phrases, w, i, &hit, 1) && hit.n > 1) continue;
    struct str joined = language_joined(a, s->arena), stem = language_stem(joined, s->arena);
    if (!phrases_know(&s->in->model->phrases, stem)) continue;
    a->low = joined;
    a->stem = stem;
    a->end = b->end;
    memmove(b, b + 1, (w->n - i - 2) * sizeof *b);
    w->n--;
  }
}

// "signed up" where "signup" is known.
static void reading_join_pairs(struct reader_state *s) {
  struct ask_words *w = &s->out->words;
  const struct phrases *known = &s->in->model->phrases;
  for (size_t i = 0; i + 1 < w->n; i++) {
    struct word *a = &w->items[i], *b = &w->items[i + 1];
    struct phrase_hit hit;
    if (a->kind != WORD_PLAIN || b->kind != WORD_PLAIN || a->end || a->clause != b->clause) continue;
    if (language_fills(s->out->language, w, i)) continue; // "are a" is no area
    struct str joined = ARENA_JOIN(s->arena, a->stem, b->low);
    if (!phrases_know(known, joined) || (phrases_at(known, w, i, &hit, 1) && hit.n > 1)) continue;
    a->low = a->stem = joined;
    a->end = b->end;
    memmove(b, b + 1, (w->n - i - 2) * sizeof *b);
    w->n--;
  }
}

static void reading_correct(struct reader_state *s) {
  for (size_t i = 0; i < s->out->words.n; i++) {
    struct word *w = &s->out->words.items[i];
    if (w->kind != WORD_PLAIN || reading_knows(s, w)) continue;
    unsigned far = 99;
    struct str near = phrases_near(&s->in->model->phrases, w->low, &far),
               recipe = recipe_near(s->in->model, w->low, &far),
               small = phrases_near(&s->out->language->phrases, w->low, &far);
    near = small.n ? small : recipe.n ? recipe : near;
    if (!near.n) continue;
    if (s->out->corrected_count < 8) {
      s->out->corrected[s->out->corrected_count][0] = w->low;
      s->out->corrected[s->out->corrected_count++][1] = near;
    }
    w->stem = near;
  }
}

// A word of another language for a thing whose words are English.
static void reading_translate(struct reader_state *s) {
  for (size_t i = 0; i < s->out->words.n && !str_is(s->out->language->name, "en"); i++) {
    struct word *w = &s->out->words.items[i];
    if (w->kind != WORD_PLAIN) continue;
    for (const struct language_kin *k = language_kin(w->stem); k; k = k->next) {
      struct str stem = language_stem(json_text(yyjson_arr_get_first(k->words)), s->arena);
      if (!phrases_know(&s->in->model->phrases, stem)) continue;
      w->stem = stem;
      break;
    }
  }
}

// ---- parts

struct grouping { // segments that are one part
  struct ask_segment list[SEGMENTS_MOST];
  size_t count;
  const struct model_thing *thing, *second;
  int score;
  bool each; // one of several that are enumerated: words of the others are no news to it
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

// Does this segment go with the one before? It does where one thing explains both better, or it names none.
static bool reading_joins(const struct reader_state *s, const struct grouping *before,
                          const struct grouping *next) {
  struct grouping both = *before;
  bool named = false;
  if (next->thing) mentions_score(&s->mentions, next->thing, next->list, next->count, &named);
  if (!before->thing) return reading_introduces(s, before); // "German cookbooks: how many titles?"
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
static size_t reading_enumerated(const struct reader_state *s, const struct ask_segment *g,
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

static size_t reading_group(const struct reader_state *s, struct grouping *out) {
  size_t n = 0;
  for (size_t i = 0; i < s->segment_count; i++) {
    if (!s->segments[i].asks) continue;
    struct grouping next = {.list = {s->segments[i]}, .count = 1};
    const struct model_thing *each[READING_PARTS_MOST];
    size_t several = reading_enumerated(s, &s->segments[i], each);
    for (size_t k = 0; k < several && n < READING_PARTS_MOST; k++) {
      out[n] = next;
      out[n].each = true;
      out[n++].thing = each[k];
    }
    if (several) continue;
    reading_choose(s, &next);
    if (n && reading_joins(s, &out[n - 1], &next)) {
      reading_add_segment(&out[n - 1], s->segments[i]);
      reading_choose(s, &out[n - 1]);
    } else if (n < READING_PARTS_MOST && (next.thing || n == 0)) {
      out[n++] = next;
    } else if (n && !next.thing) {
      reading_add_segment(&out[n - 1], s->segments[i]);
    }
  }
  return n;
}

// Names that another part, or a sentence that only tells, gave: "first get the zone ID for example.com. Next …".
static void reading_carry(struct reader_state *s) {
  struct str names[READING_NAMES_MOST];
  size_t n = 0;
  for (size_t i = 0; i < s->out->words.n && n < READING_NAMES_MOST; i++) {
    const struct word *w = &s->out->words.items[i];
    bool there = w->kind != WORD_DOMAIN;
    for (size_t k = 0; k < n; k++) there = there || str_eq(names[k], w->low);
    if (!there) names[n++] = w->low;
  }
  for (size_t i = 0; i < s->out->part_count; i++) {
    struct reading_part *p = &s->out->parts[i];
    bool has = p->name_count || p->id_count;
    for (size_t k = 0; k < p->filter_count; k++)
      has =
          has || (p->filters[k].column >= 0 && p->thing->columns[p->filters[k].column].entity == WORD_DOMAIN);
    if (has || !mentions_takes(p->thing, WORD_DOMAIN)) continue;
    for (size_t k = 0; k < n; k++) {
      bool scoped = false;
      for (const struct model_thing *up = p->thing; up; up = up->within)
        if (json_str(yyjson_obj_get(up->def, "find"), "kind").n) scoped = true, p->named = up;
      if (scoped && p->name_count < READING_NAMES_MOST) {
        p->names[p->name_count++] = names[k];
        continue;
      }
      for (size_t c = 0; c < p->thing->column_count; c++)
        if (p->thing->columns[c].entity == WORD_DOMAIN)
          part_add_filter(p, (struct reading_filter){
                                 .op = READING_LIKE, .value = -1, .column = (int)c, .text = names[k]});
    }
  }
}

// A word that a domain explains: "our production zone (example.com)" says what production is.
static void reading_forget_named(struct reader_state *s) {
  for (size_t i = 0; i < s->out->part_count; i++) {
    struct reading_part *p = &s->out->parts[i];
    size_t kept = 0;
    for (size_t k = 0; k < p->unknown_count; k++) {
      bool said = false;
      for (size_t w = 0; w < s->out->words.n; w++) {
        if (s->out->words.items[w].kind != WORD_DOMAIN) continue;
        for (size_t b = w; b-- > (w > 4 ? w - 4 : 0);) {
          if (language_at(s->out->language, &s->out->words, b, LANGUAGE_JOINS, NULL))
            break; // "from Atlantis on …"
          said = said || str_eq(s->out->words.items[b].low, p->unknown[k]);
        }
      }
      if (said) continue;
      p->unknown_matters[kept] = p->unknown_matters[k];
      p->unknown_of[kept] = p->unknown_of[k];
      p->unknown[kept++] = p->unknown[k];
    }
    p->unknown_count = kept;
  }
}

// "how many loans and how many invoices are overdue": what is said at the end is said of all that are counted.
static void reading_share(struct reader_state *s) {
  const struct reading_part *last = &s->out->parts[s->out->part_count ? s->out->part_count - 1 : 0];
  for (size_t i = 0; i + 1 < s->out->part_count; i++) {
    struct reading_part *p = &s->out->parts[i];
    bool bare = p->thing->derived && part_has(p, ASK_COUNT) && part_has(last, ASK_COUNT) &&
                !p->filter_count && !p->unknown_count && !p->group_count && p->measure < 0;
    for (size_t k = 0; k < last->filter_count && bare; k++) {
      size_t at = last->filters[k].at;
      if (last->filters[k].op != READING_IS || at + 2 < s->out->words.n) continue; // at the end
      for (size_t h = 0; h < s->mentions.hit_counts[at]; h++) {
        const struct phrase *v = s->mentions.hits[at][h].phrase;
        if (v->role != MODEL_VALUE || v->means != p->thing) continue;
        part_add_filter(p, (struct reading_filter){.op = READING_IS,
                                                   .value = v->number,
                                                   .column = p->thing->values[v->number].column,
                                                   .negated = last->filters[k].negated,
                                                   .at = at});
      }
    }
  }
}

static void reading_parts(struct reader_state *s) {
  struct grouping *groups = ARENA_ARRAY(s->arena, READING_PARTS_MOST, struct grouping);
  size_t n = reading_group(s, groups);
  bool found = false;
  for (size_t i = 0; i < n; i++) found = found || groups[i].thing;
  if (!found) { // "we have zones. count them": what is meant stands where nothing is asked
    for (size_t i = 0; i < s->segment_count; i++) s->segments[i].asks = true;
    n = reading_group(s, groups);
  }
  for (size_t i = 0; i < n; i++) {
    if (!groups[i].thing) continue;
    struct part_input in = {.mentions = &s->mentions,
                            .segments = groups[i].list,
                            .segment_count = groups[i].count,
                            .spans = s->spans,
                            .span_count = s->span_count,
                            .clock = s->in->clock};
    struct reading_part *p = &s->out->parts[s->out->part_count++];
    part_fill(&in, groups[i].thing, s->arena, p);
    p->score = groups[i].score;
    if (groups[i].each) p->unknown_count = 0;
  }
  reading_share(s);
  reading_carry(s);
  reading_forget_named(s);
}

// ---- what two sources have in common

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

static struct reading_part *reading_half(struct reader_state *s, struct ask_segment *half,
                                         struct reading_part *out) {
  const struct model_thing *second;
  int score;
  const struct model_thing *t = mentions_best(&s->mentions, half, 1, &score, &second);
  struct part_input in = {.mentions = &s->mentions,
                          .segments = half,
                          .segment_count = 1,
                          .spans = s->spans,
                          .span_count = s->span_count,
                          .clock = s->in->clock};
  if (!t) return NULL;
  part_fill(&in, t, s->arena, out);
  return out;
}

// "addresses that the one denied and that also appear in the other": both halves, joined by what both call so.
static bool reading_join(struct reader_state *s) {
  const struct ask_words *w = &s->out->words;
  struct reading_part *p = s->out->parts;
  if (s->segment_count != 1) return false;
  for (size_t at = 1; at + 1 < w->n; at++) {
    struct ask_segment first = {.first = s->segments[0].first, .end = at},
                       last = {.first = at, .end = s->segments[0].end};
    if (!language_at(s->out->language, w, at, LANGUAGE_JOINT, NULL)) continue;
    if (!reading_half(s, &first, &p[0]) || !reading_half(s, &last, &p[1])) continue;
    if (p[0].thing->source == p[1].thing->source || !reading_shared(p[0].thing, p[1].thing, s->out->join))
      continue;
    if (p[1].span_is_assumed && p[0].has_span)
      p[1].span = p[0].span, p[1].span_is_assumed = p[0].span_is_assumed;
    s->out->part_count = 2;
    return s->out->joined = true;
  }
  return false;
}

// ---- ends

static bool reading_points_at_nothing(const struct reader_state *s) {
  bool why = false, points = false;
  for (size_t i = 0; i < s->out->words.n; i++) {
    why = why || language_at(s->out->language, &s->out->words, i, LANGUAGE_WHY, NULL);
    points = points || language_at(s->out->language, &s->out->words, i, LANGUAGE_REFERS, NULL);
    if (s->out->words.items[i].kind != WORD_PLAIN) return false;
  }
  bool lost = false; // "why is the site slow": the one thing that is asked about is not known
  for (size_t i = 0; i < s->out->part_count; i++) lost = lost || s->out->parts[i].unknown_count > 0;
  return why && (points || lost) && !s->span_count;
}

static bool reading_is_backwards(const struct reader_state *s) {
  for (size_t i = 0; i < s->span_count; i++)
    if (!s->spans[i].prior && s->spans[i].since_ms > s->spans[i].until_ms) return true;
  return false;
}

static void reading_find_order(struct reader_state *s) {
  for (size_t i = 0; i < s->segment_count; i++)
    if (s->segments[i].orders) {
      const struct word *a = &s->out->words.items[s->segments[i].first],
                        *b = &s->out->words.items[s->segments[i].end - 1];
      s->out->end = READING_ORDER;
      struct str from = str_from(s->out->text, a->at);
      size_t n = b->at + b->whole.n - a->at; // an alias may stand for more than was typed
      s->out->order = str_make(from.p, n < from.n ? n : from.n);
      return;
    }
}

static void reading_marks(struct reader_state *s) {
  for (size_t i = 0; i < s->out->words.n; i++) {
    s->out->refers =
        s->out->refers || language_at(s->out->language, &s->out->words, i, LANGUAGE_REFERS, NULL);
    if (i == 0) s->out->again = language_at(s->out->language, &s->out->words, i, LANGUAGE_AGAIN, NULL) > 0;
  }
}

// ---- a question that follows another

static bool reading_follows(const struct reader_state *s, const struct reading *before) {
  if (!before || before->end != READING_SOUND || !before->part_count) return false;
  if (s->out->part_count > 1) return false;
  const struct reading_part *old = &before->parts[before->part_count - 1];
  bool short_one = s->out->words.n <= 8, named = false;
  if (!s->out->part_count) return true;
  mentions_score(&s->mentions, s->out->parts[0].thing, s->segments, s->segment_count, &named);
  if (s->out->parts[0].thing == old->thing) return s->out->refers || s->out->again || (short_one && !named);
  return (s->out->again || s->out->refers) && !named;
}

// The part before, with what this question says anew.
static void reading_edit(struct reader_state *s, const struct reading *before) {
  struct reading_part *edit = ARENA_NEW(s->arena, struct reading_part),
                      old = before->parts[before->part_count - 1];
  struct part_input in = {.mentions = &s->mentions,
                          .segments = s->segments,
                          .segment_count = s->segment_count,
                          .spans = s->spans,
                          .span_count = s->span_count,
                          .clock = s->in->clock};
  part_fill(&in, old.thing, s->arena, edit);
  part_edit(&old, edit);
  old.unknown_count = 0;
  for (size_t i = 0; i < edit->unknown_count; i++) {
    old.unknown[i] = edit->unknown[i];
    old.unknown_of[i] = edit->unknown_of[i];
    old.unknown_matters[i] = edit->unknown_matters[i];
    old.unknown_count++;
  }
  s->out->parts[0] = old;
  s->out->part_count = 1;
}

// What people call things, and whether something that is known is hidden by it.
static void reading_take_aliases(struct reader_state *s) {
  struct reading *r = s->out;
  r->alias_count = alias_expand(s->in->aliases, s->in->alias_count, &s->in->model->phrases, &r->words,
                                s->arena, r->aliases);
  for (size_t i = 0; i < r->alias_count; i++)
    for (size_t k = 0; k < s->in->name_count; k++)
      r->aliases[i].hides = r->aliases[i].hides || str_eq_nocase(s->in->names[k].name, r->aliases[i].said);
}

static bool reading_take_recipe(struct reader_state *s, const struct reading *before) {
  struct recipe_input in = {.model = s->in->model,
                            .language = s->out->language,
                            .words = &s->out->words,
                            .spans = s->spans,
                            .span_count = s->span_count,
                            .clock = s->in->clock,
                            .names = s->in->names,
                            .name_count = s->in->name_count};
  struct recipe_use *use = ARENA_NEW(s->arena, struct recipe_use);
  if (!recipe_read(&in, before ? before->recipe : NULL, s->arena, use)) return false;
  if (use->lost_count && s->in->looked) return false; // what is no name is something else
  s->out->recipe = use;
  return true;
}

bool reading_make(const struct reading_input *in, const struct reading *before, struct arena *a,
                  struct reading *out, struct err *err) {
  struct reader_state *s = ARENA_NEW(a, struct reader_state);
  *s = (struct reader_state){.in = in, .out = out, .arena = a};
  *out = (struct reading){.end = READING_SOUND};
  struct str text = out->text = str_trim(in->question);
  if (text.n && (text.p[0] == '{' || text.p[0] == '[')) return out->end = READING_IS_DATA, true;
  if (!language_words(text, a, &out->words, err)) return false;
  reading_take_aliases(s);
  out->language = language_guess(&out->words);
  reading_join_hyphens(s);
  reading_join_pairs(s);
  reading_translate(s);
  reading_correct(s);
  struct near_input near = {in->near, in->near_count, in->model, out->language, a};
  out->near_count = near_take(&near, &out->words, out->near);
  s->segment_count = segments_find(out->language, &in->model->phrases, &out->words, s->segments);
  s->span_count = span_find(out->language, &out->words, in->clock, a, s->spans);
  mentions_find(&s->mentions, in, out->language, &out->words, s->spans, s->span_count, a);
  reading_marks(s);
  reading_find_order(s);
  out->looked = in->looked;
  if (out->end == READING_ORDER || reading_take_recipe(s, before)) return true;
  if (!reading_join(s)) reading_parts(s);
  if (reading_follows(s, before))
    reading_edit(s, before);
  else if (reading_points_at_nothing(s))
    out->end = READING_VAGUE;
  else if (reading_is_backwards(s))
    out->end = READING_NO_SPAN;
  else if (!out->part_count)
    out->end = READING_NOTHING;
  return true;
}

bool reading_follow(const struct reading_input *in, const struct str *questions, size_t count,
                    struct arena *a, struct reading *out, struct err *err) {
  struct reading_input one = *in;
  struct reading *before = ARENA_NEW(a, struct reading);
  for (size_t i = 0; i < count; i++) {
    one.question = questions[i];
    if (!reading_make(&one, i ? before : NULL, a, out, err)) return false;
    *before = *out;
  }
  return true;
}
