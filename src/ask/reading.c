// SPDX-License-Identifier: Apache-2.0
#include "ask/reading.h"

#include <string.h>

#include "ask/part.h"
#include "ask/reading_parts.h"
#include "data/json.h"
#include "language/deed.h"
#include "lexicon/lexicon.h"

// ---- slips of the pen

static bool reading_knows(const struct reader_state *s, struct word *w) {
  struct lexicon_word english;
  if (lexicon_look(w->low, &english) || phrases_know(&s->out->language->phrases, w->stem) ||
      phrases_know(&s->in->model->phrases, w->stem) || recipe_knows(s->in->model, w->stem) ||
      language_times_know(s->out->language, w->stem))
    return true;
  for (size_t i = 0; i < s->in->name_count; i++)
    if (str_eq_nocase(s->in->names[i].said, w->low)) return true;
  return false;
}

static void reading_correct(struct reader_state *s) {
  for (size_t i = 0; i < s->out->words.n; i++) {
    struct word *w = &s->out->words.items[i];
    if (w->kind != WORD_PLAIN || reading_knows(s, w)) continue;
    unsigned far = 99;
    struct str near = phrases_near(&s->in->model->phrases, w->low, &far),
               recipe = recipe_near(s->in->model, w->low, &far);
    unsigned known = far;
    struct str small = phrases_near(&s->out->language->phrases, w->low, &far),
               time = language_times_near(s->out->language, w->low, &far);
    if (time.n) small = time;
    if (recipe.n) near = recipe;
    if (small.n && (far < known || !near.n)) near = small; // of equals the one that carries data
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
    if (w->kind != WORD_PLAIN || phrases_know(&s->in->model->phrases, w->stem)) continue;
    for (const struct language_kin *k = language_kin(w->stem); k; k = k->next) {
      struct str stem = language_stem(json_text(yyjson_arr_get_first(k->words)), s->arena);
      if (!phrases_know(&s->in->model->phrases, stem)) continue;
      w->stem = stem;
      break;
    }
  }
}

// ---- parts

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
    for (size_t k = 0; k < p->filter_count; k++) {
      const struct reading_filter *f = &p->filters[k];
      has = has || (f->column >= 0 && p->thing->columns[f->column].entity == WORD_DOMAIN);
      for (size_t d = 0; d < n; d++) has = has || (f->op == READING_LIKE && str_eq_nocase(f->text, names[d]));
    }
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

// The name of what is found by its domain: "zone".
static bool reading_names_domains(const struct reader_state *s, size_t at) {
  for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
    const struct phrase *p = s->mentions.hits[at][i].phrase;
    const struct model_thing *t = p->role == MODEL_NAME ? p->means : NULL;
    if (t && str_is(json_str(yyjson_obj_get(t->def, "find"), "kind"), "domain")) return true;
  }
  return false;
}

// "ops@example.com works from one address. How many requests came from that?": what a sentence that only tells names, and no
// part took up, is what the question turns on.
static void reading_leave_told(struct reader_state *s) {
  for (size_t i = 0; i < s->segment_count && s->out->part_count; i++)
    for (size_t at = s->segments[i].first; at < s->segments[i].end && !s->segments[i].asks; at++) {
      const struct word *w = &s->out->words.items[at];
      struct reading_part *last = &s->out->parts[s->out->part_count - 1];
      bool row = w->kind == WORD_EMAIL || w->kind == WORD_IP || w->kind == WORD_CIDR;
      if (!row || last->unknown_count == READING_UNKNOWN_MOST) continue;
      last->unknown_of[last->unknown_count] = NULL;
      last->unknown_matters[last->unknown_count] = true;
      last->unknown[last->unknown_count++] = w->whole;
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
        size_t b = w;
        while (b && reading_names_domains(s, b - 1)) b--;
        said = said || (b && str_eq(s->out->words.items[b - 1].low, p->unknown[k]));
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

void reading_fill(const struct reader_state *s, const struct ask_segment *segments, size_t count,
                  const struct model_thing *t, struct reading_part *out) {
  struct part_input in = {.mentions = &s->mentions,
                          .segments = segments,
                          .segment_count = count,
                          .spans = s->spans,
                          .span_count = s->span_count,
                          .clock = s->in->clock};
  part_fill(&in, t, s->arena, out);
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
    struct reading_part *p = &s->out->parts[s->out->part_count++];
    reading_fill(s, groups[i].list, groups[i].count, groups[i].thing, p);
    p->score = groups[i].score;
    if (groups[i].each) p->unknown_count = 0;
  }
  if (reading_differs(s)) return;
  reading_front(s);
  reading_share(s);
  reading_carry(s);
  reading_leave_told(s);
  reading_forget_named(s);
}

// ---- ends

static bool reading_has_digit(struct str word) { // "WO-2040" is a row of something
  for (size_t i = 0; i < word.n; i++)
    if (word.p[i] >= '0' && word.p[i] <= '9') return true;
  return false;
}

// "Who changed it?", "is it secure?": a word that stands for what was said before, and nothing was; nor is there the name of
// anything that it could stand for.
static bool reading_stands_for_nothing(const struct reader_state *s) {
  bool stands = false, noun = false; // noun: "what do patients say of how long they wait?"
  for (size_t at = 0; at < s->out->words.n; at++) {
    stands = stands || (!noun && language_at(s->out->language, &s->out->words, at, LANGUAGE_PRONOUN, NULL));
    noun = noun || (!s->mentions.hit_counts[at] && language_is_noun(s->out->words.items[at].low) &&
                    !language_fills(s->out->language, &s->out->words, at));
    for (size_t i = 0; i < s->mentions.hit_counts[at]; i++) {
      const struct phrase *p = s->mentions.hits[at][i].phrase;
      const struct model_thing *t = p->role == MODEL_VALUE ? p->means : NULL; // "pictures"
      if ((p->role == MODEL_NAME && !p->number) || (t && t->values[p->number].noun)) return false;
    }
    for (size_t i = 0; i < s->in->name_count; i++)
      if (str_eq_nocase(s->in->names[i].said, s->out->words.items[at].low)) return false;
  }
  return stands;
}

static bool reading_points_at_nothing(const struct reader_state *s) {
  bool why = false, points = false;
  for (size_t i = 0; i < s->out->words.n; i++) {
    why = why || language_at(s->out->language, &s->out->words, i, LANGUAGE_WHY, NULL);
    points = points || language_at(s->out->language, &s->out->words, i, LANGUAGE_REFERS, NULL);
    if (s->out->words.items[i].kind != WORD_PLAIN || reading_has_digit(s->out->words.items[i].whole))
      return false;
  }
  if (reading_stands_for_nothing(s)) return true;
  bool lost = false; // "why is the site slow": the one thing that is asked about is not known
  for (size_t i = 0; i < s->out->part_count; i++)
    lost = lost || (!s->out->parts[i].thing->derived && s->out->parts[i].unknown_count > 0);
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
  reading_take_accounts(s);
  reading_join_words(s);
  reading_translate(s);
  reading_correct_swapped(s);
  reading_correct(s);
  s->span_count = span_find(out->language, &out->words, in->clock, a, s->spans);
  reading_same_spans(s, before);
  struct near_input near = {in->near, in->near_count, in->model, out->language, s->spans, s->span_count, a};
  out->near_count = near_take(&near, &out->words, out->near);
  s->segment_count = segments_find(out->language, &in->model->phrases, &out->words, s->segments);
  mentions_find(&s->mentions, in, out->language, &out->words, s->spans, s->span_count, a);
  reading_marks(s);
  reading_find_order(s);
  out->looked = in->looked;
  if (out->end == READING_ORDER) return true;
  if (reading_take_recipe(s, before)) {
    if (before && before->recipe && before->recipe->recipe == out->recipe->recipe)
      reading_same_accounts(out, before);
    return true;
  }
  if (!reading_join(s)) reading_parts(s);
  if (reading_follows(s, before)) {
    reading_edit(s, before);
    reading_same_accounts(out, before);
  } else if (reading_loses(s, before)) {
    out->end = READING_LOST;
  } else if (reading_points_at_nothing(s)) {
    out->end = READING_VAGUE;
  } else if (reading_is_backwards(s)) {
    out->end = READING_NO_SPAN;
  } else if (!out->part_count) {
    out->end = READING_NOTHING;
  }
  return true;
}

bool reading_follow(const struct reading_input *in, const struct str *questions, size_t count,
                    struct arena *a, struct reading *out, struct err *err) {
  struct reading_input one = *in;
  struct reading *before = ARENA_NEW(a, struct reading);
  for (size_t i = 0; i < count; i++) {
    one.question = questions[i];
    if (!reading_make(&one, i ? before : NULL, a, out, err)) return false;
    bool said = out->end != READING_ORDER && out->end != READING_LOST; // these leave the one before as it was
    if (!i || said) *before = *out;
  }
  return true;
}
