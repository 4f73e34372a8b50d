// SPDX-License-Identifier: Apache-2.0
// What ends before there is a program: a refusal, a question back, an honest no.
#include "ask/part.h"
#include "ask/plan_parts.h"
#include "data/json.h"

static void plan_end(struct planning *x, enum plan_end end, struct str text) {
  x->out->end = end;
  x->out->text = text;
}

struct str plan_list(struct planning *x, const struct str *items, size_t n) {
  struct buf out = BUF_MAX(2000);
  for (size_t i = 0; i < n; i++)
    buf_printf(&out, "%s\"%.*s\"", i == 0 ? "" : i + 1 == n ? " and " : ", ", STR_MOST(items[i], 60));
  struct str made = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

static void plan_add_choice(struct planning *x, struct str choice) {
  if (x->out->choice_count < PLAN_CHOICES_MOST) x->out->choices[x->out->choice_count++] = choice;
}

static bool plan_reading_ends(struct planning *x) {
  switch (x->r->end) {
  case READING_ORDER:
    plan_end(
        x, PLAN_REFUSE,
        arena_printf(
            x->arena,
            "That would change something: \"%.*s\". Asking is read-only, so nothing was called and nothing "
            "was changed. Ask what is there instead, or make the change with a tool that may write.",
            STR_MOST(x->r->order, 160)));
    return true;
  case READING_IS_DATA:
    plan_end(x, PLAN_REFUSE,
             STR("That is data, not a question in words. Asking is read-only; nothing of it was called. A "
                 "program of your own runs with 'postern run'."));
    return true;
  case READING_VAGUE:
    plan_end(x, PLAN_CLARIFY,
             STR("What is meant is not clear: the question points at something without saying what. Which "
                 "request, address, site or zone is it, and when was it?"));
    return true;
  case READING_LOST:
    plan_end(
        x, PLAN_CLARIFY,
        STR("This speaks of what the question before was about, and that cannot be told from it. What is "
            "meant? Asked as one whole question it can be answered."));
    return true;
  case READING_NO_SPAN:
    plan_end(x, PLAN_CLARIFY, STR("The time ends before it begins. From when to when is meant?"));
    return true;
  case READING_NOTHING:
    plan_end(x, PLAN_UNANSWERABLE, STR(""));
    return true;
  default:
    return false;
  }
}

static void plan_cannot(struct planning *x) {
  struct buf out = BUF_MAX(1000);
  struct str words[6];
  size_t n = 0;
  bool content = false; // something that the language alone does not explain
  for (size_t i = 0; i < x->r->words.n && n < 6; i++) {
    const struct word *w = &x->r->words.items[i];
    struct phrase_hit hit;
    const struct phrase *p;
    bool asks = language_at(x->r->language, &x->r->words, i, LANGUAGE_INTENT, &p) > 0;
    content = content || (!asks && !language_fills(x->r->language, &x->r->words, i));
    if (w->kind == WORD_PLAIN && w->low.n > 2 &&
        !phrases_at(&x->r->language->phrases, &x->r->words, i, &hit, 1))
      words[n++] = w->low;
  }
  if (!n && !content) {
    plan_end(x, PLAN_CLARIFY,
             STR("What is meant? The question names nothing that is connected: say of what, as in \"how many "
                 "users "
                 "are there\"."));
    buf_free(&out);
    return;
  }
  buf_add_z(&out, "No connected source can answer that");
  if (n) buf_printf(&out, ": nothing in them is known as %.*s", STR_ARG(plan_list(x, words, n)));
  buf_add_z(&out, ". Connect an account that has it, or ask about what is connected.");
  x->out->text = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
}

static bool plan_lacks(struct planning *x, const struct reading_part *p) {
  if (p->lack < 0) return false;
  plan_end(x, PLAN_UNANSWERABLE,
           json_str(yyjson_arr_get(yyjson_obj_get(p->thing->def, "lacks"), (size_t)p->lack), "say"));
  return true;
}

static bool plan_is_ambiguous(struct planning *x, const struct reading_part *p) {
  if (!p->ambiguous.n) return false;
  x->out->word = p->ambiguous;
  for (size_t i = 0; i < p->name_count; i++) plan_add_choice(x, p->names[i]);
  plan_end(x, PLAN_CLARIFY,
           arena_printf(x->arena, "\"%.*s\" fits %zu of them: %.*s. Which is meant?", STR_ARG(p->ambiguous),
                        p->name_count, STR_ARG(plan_list(x, p->names, p->name_count))));
  return true;
}

static bool plan_has_unknown(struct planning *x, const struct reading_part *p) {
  for (size_t i = 0; i < p->unknown_count; i++) {
    if (p->unknown_of[i]) {
      x->out->word = p->unknown[i];
      plan_end(x, PLAN_CLARIFY,
               arena_printf(x->arena, "Which %.*s is \"%.*s\"? None is called so, and no alias says it.",
                            STR_ARG(p->unknown_of[i]->label_noun), STR_MOST(p->unknown[i], 60)));
      return true;
    }
    if (p->unknown_matters[i]) {
      plan_end(x, PLAN_CLARIFY,
               arena_printf(x->arena,
                            "No connected source knows of \"%.*s\", and without it the question has no "
                            "answer. Which source has it? What is known is %.*s.",
                            STR_MOST(p->unknown[i], 60), STR_ARG(p->thing->label_noun)));
      return true;
    }
  }
  return false;
}

// All but a verb, which mostly says what both sides of it say. Of rows without words, what they are is known by looking at them.
static bool plan_has_content_left(const struct planning *x, const struct reading_part *p) {
  bool wordless = p->thing->derived && !p->thing->source->worded,
       other = p->filter_count || p->name_count || p->group_count || p->measure >= 0 || p->top; // than a time
  for (size_t i = 0; i < p->unknown_count; i++)
    if (!(wordless ? other && p->thing->seen && part_is_mild(x->r->language, p->unknown[i], x->arena)
                   : part_is_verb(p->unknown[i])))
      return true;
  return false;
}

// What is left over may be what the question turns on: without it the answer would be to another question.
static bool plan_has_left(struct planning *x, const struct reading_part *p) {
  if (!p->unknown_count || !(part_takes_all(p) || plan_has_content_left(x, p))) return false;
  struct str known[8];
  size_t n = 0;
  for (size_t i = 0; i < p->thing->column_count && n < 8; i++)
    if (!p->thing->columns[i].hidden) known[n++] = p->thing->columns[i].name;
  x->out->word = p->unknown[0];
  plan_end(
      x, PLAN_UNANSWERABLE,
      n ? arena_printf(
              x->arena,
              "Nothing connected knows of %.*s, so this cannot be answered as it was asked. What is known of "
              "each %.*s: %.*s.",
              STR_ARG(plan_list(x, p->unknown, p->unknown_count)), STR_ARG(p->thing->label_noun),
              STR_ARG(plan_list(x, known, n)))
        : arena_printf(x->arena,
                       "Nothing connected knows of %.*s, so this cannot be answered as it was asked.",
                       STR_ARG(plan_list(x, p->unknown, p->unknown_count))));
  return true;
}

static bool plan_is_held_to(const struct fence_key *held, struct str name) {
  for (size_t i = 0; i < held->count; i++)
    if (!held->values[i].name.n || str_eq_nocase(held->values[i].name, name) ||
        str_eq_nocase(held->values[i].id, name))
      return true;
  return false;
}

// A fence lets some through, of which nothing more is served than what is within them.
static bool plan_is_fenced(struct planning *x, const struct reading_part *p) {
  const struct model_thing *held = p->thing;
  struct str names[6];
  size_t n = 0;
  while (held && !held->held) held = held->within;
  if (!held) return false;
  for (; n < held->held->count && n < 6; n++)
    names[n] = held->held->values[n].name.n ? held->held->values[n].name : held->held->values[n].id;
  bool outside = false;
  for (size_t i = 0; i < p->name_count && (!p->named || p->named == held); i++)
    outside = outside || !plan_is_held_to(held->held, p->names[i]);
  if (held != p->thing && !outside) return false;
  plan_end(x, PLAN_UNANSWERABLE,
           outside
               ? arena_printf(x->arena, "This server is held to %.*s, and %.*s is not among them.",
                              STR_ARG(plan_list(x, names, n)), STR_ARG(plan_list(x, p->names, p->name_count)))
               : arena_printf(x->arena,
                              "This server is held to %.*s, and serves nothing that tells of a %.*s itself.",
                              STR_ARG(plan_list(x, names, n)), STR_ARG(held->label_noun)));
  return true;
}

// A time that is all ahead, of rows that are told once they happened: "created_at", "issued_on"; of what has words, all
// that happens, and what is measured.
static bool plan_is_to_come(const struct planning *x, const struct reading_part *p) {
  int time = query_time_column(p);
  if (p->foresees) return true;
  if (!p->has_span || p->span_is_assumed || p->span.since_ms < x->clock->now_ms) return false;
  if (!p->thing->derived)
    return !json_bool(p->thing->def, "ahead", false) &&
           (p->thing->events || json_bool(p->thing->def, "sliced", false));
  return time >= 0 && part_is_past(p->thing->columns[time].name);
}

// "The share of our requests": of what there is no part that the question names.
static bool plan_shares_nothing(const struct reading_part *p) {
  const struct model_column *c = p->measure >= 0 ? &p->thing->columns[p->measure] : NULL;
  bool part =
      p->filter_count || p->group_count || p->unfiltered_flag || p->has_prior || p->bucket || p->least_sign;
  return !p->thing->derived && part_has(p, ASK_SHARE) && c && c->fold.n && !part &&
         !str_is(c->kind, "ratio") && !str_is(c->unit, "percent");
}

// "How did the site do?": rows alone say nothing of it.
static bool plan_asks_how(const struct planning *x, const struct reading_part *p) {
  struct reading_part bare = *p;
  bare.name_count = bare.id_count = 0;
  return language_at(x->r->language, &x->r->words, 0, LANGUAGE_HOW, NULL) && part_takes_all(&bare) &&
         !part_has(p, ASK_COUNT) && !part_has(p, ASK_CHECK);
}

// A time that is over before what is kept begins.
static bool plan_is_too_old(struct planning *x, const struct reading_part *p) {
  int64_t days = json_int(yyjson_obj_get(p->thing->def, "reach"), "days", 0);
  if (!p->thing->derived || !days || !p->has_span || p->span.until_ms >= x->clock->now_ms - days * 86400000)
    return false;
  plan_end(x, PLAN_UNANSWERABLE,
           arena_printf(x->arena, "Each %.*s is kept for %lld days only, and that time lies before them.",
                        STR_ARG(p->thing->label_noun), (long long)days));
  return true;
}

// "The best" of what has no number that the question names: of which?
static bool plan_ranks_nothing(const struct reading_part *p) {
  bool ranks = part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM), own = true;
  for (size_t i = 0; i < p->group_count; i++) own = own && p->groups[i] == p->thing->label;
  return ranks && own && p->thing->derived && !(p->thing->events && p->thing->within) && p->measure < 0 &&
         p->thing->counts < 0 && !p->bucket && !part_has(p, ASK_TREND) && !part_has(p, ASK_WEEKDAY) &&
         !part_has(p, ASK_CLOCK) && !part_has(p, ASK_OLDEST) && !part_has(p, ASK_NEWEST) &&
         !part_has(p, ASK_COUNT) && !json_str(p->thing->def, "ranks").n;
}

// "Which bucket is the biggest?", of rows with words that say no size.
static bool plan_has_no_size(const struct planning *x, const struct reading_part *p) {
  bool sized = false;
  for (size_t at = 0; at < x->r->words.n; at++)
    sized = sized || language_at(x->r->language, &x->r->words, at, LANGUAGE_SIZE, NULL);
  return sized && !p->thing->derived && !p->thing->events &&
         (part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM)) && p->measure < 0 && p->thing->counts < 0 &&
         !p->group_count && !p->bucket && !p->asked_count && !json_str(p->thing->def, "ranks").n;
}

// "Newest" and "oldest" are of a time, and "who" is of people: where rows have none, nothing says which.
static bool plan_has_no_ground(struct planning *x, const struct reading_part *p) {
  bool aged = part_has(p, ASK_OLDEST) || part_has(p, ASK_NEWEST) || part_has(p, ASK_SOONEST),
       timed = p->thing->time >= 0;
  for (size_t i = 0; i < p->asked_count; i++) timed = timed || p->thing->columns[p->asked[i]].time;
  timed = timed || yyjson_obj_get(p->thing->def, "ages") || (p->thing->derived && !p->thing->known);
  bool placed = query_time_column(p) >= 0 || yyjson_obj_get(p->thing->def, "span") ||
                yyjson_obj_get(p->thing->def, "sliced") ||
                (!p->thing->derived && yyjson_obj_get(p->thing->def, "reach")) ||
                (p->thing->derived && !p->thing->known);
  placed = placed || p->span_elsewhere;
  bool bucketed = !p->thing->derived && p->bucket && query_time_column(p) < 0 &&
                  !json_bool(p->thing->def, "sliced", false);
  const char *what = (p->has_span && !p->span_is_assumed && !placed) || bucketed ? "when that was"
                     : plan_is_to_come(x, p)                                     ? "what is to come"
                     : aged && !timed && p->measure < 0 ? "when it was made or changed"
                     : part_lacks_people(p)             ? "who did it"
                                                        : NULL;
  if (!what) return false;
  plan_end(
      x, PLAN_UNANSWERABLE,
      arena_printf(x->arena, "Nothing connected says of %s%.*s %s, so this cannot be answered.",
                   strchr("aeiou", p->thing->label_noun.n ? p->thing->label_noun.p[0] : 'x') ? "an " : "a ",
                   STR_ARG(p->thing->label_noun), what));
  return true;
}

// A mean or a percentile is of a number: of what, where the question names none that is known?
static bool plan_has_no_number(struct planning *x, const struct reading_part *p) {
  bool folds = part_has(p, ASK_MEAN) || part_has(p, ASK_MEDIAN) || part_has(p, ASK_PERCENTILE);
  bool rows = part_has(p, ASK_COUNT) && !(p->thing->derived && !p->thing->within); // each is one
  folds = folds && p->measure < 0 && p->thing->counts < 0 && !p->group_count && !p->bucket && !rows;
  folds = folds || plan_asks_how(x, p);
  bool amount = p->amount && p->thing->derived && p->measure < 0 && p->thing->counts < 0 && !p->least_sign;
  if (plan_shares_nothing(p)) {
    plan_end(x, PLAN_CLARIFY,
             arena_printf(x->arena, "What share of the %.*s is meant? The question names no part of them.",
                          STR_ARG(p->thing->columns[p->measure].name)));
    return true;
  }
  if (!folds && !amount && !plan_ranks_nothing(p) && !plan_has_no_size(x, p)) return false;
  struct str known[6];
  size_t n = 0;
  for (size_t i = 0; i < p->thing->column_count && n < 6; i++)
    if (part_is_measure(&p->thing->columns[i])) known[n++] = p->thing->columns[i].name;
  plan_end(
      x, PLAN_CLARIFY,
      n ? arena_printf(x->arena, "Of which number of each %.*s? Known are %.*s.",
                       STR_ARG(p->thing->label_noun), STR_ARG(plan_list(x, known, n)))
        : arena_printf(
              x->arena,
              "Of which number? Nothing connected has one that the question names, and of each %.*s none "
              "is known.",
              STR_ARG(p->thing->label_noun)));
  return true;
}

// "In the previous period": before which one?
static bool plan_is_before_nothing(struct planning *x, const struct reading_part *p) {
  if (!p->span_is_before || p->has_prior) return false;
  plan_end(
      x, PLAN_CLARIFY,
      STR("The period before which one is meant? The question names none, as \"the last 7 days\" would be."));
  return true;
}

// "Never used", where nothing says what was used: a yes for a no.
static bool plan_denies_nothing(struct planning *x, const struct reading_part *p) {
  if (!p->denied.n) return false;
  plan_end(
      x, PLAN_CLARIFY,
      arena_printf(x->arena,
                   "What \"%.*s\" denies is not understood, and without it the question would be another "
                   "one. What is known is %.*s: which of them is meant?",
                   STR_ARG(p->denied), STR_ARG(p->thing->label_noun)));
  return true;
}

// What could be meant by a word that nothing knows, where several could, or only what is no more than akin.
static void plan_offer_near(struct planning *x) {
  for (size_t i = 0; i < x->r->near_count && x->out->end != PLAN_REFUSE && !x->out->choice_count; i++) {
    const struct near_use *use = &x->r->near[i];
    if (use->taken) continue;
    for (size_t k = 0; k < use->count; k++) plan_add_choice(x, use->meant[k]);
    x->out->word = use->said;
    x->out->words = true;
    plan_end(x, PLAN_CLARIFY,
             arena_printf(x->arena, "Nothing connected knows of \"%.*s\". %s %s %.*s. Is %s meant?",
                          STR_MOST(use->said, 60),
                          use->leaves ? "What the rest of the question speaks of" : "Near it",
                          use->count == 1 ? "is" : "are", STR_ARG(plan_list(x, use->meant, use->count)),
                          use->count == 1 ? "that" : "one of them"));
  }
}

// "Changes from an address that Arcjet denied": a source that is connected is no word that nothing knows.
static bool plan_is_elsewhere(struct planning *x, const struct reading_part *p) {
  if (!p->elsewhere.n || !p->unknown_count) return false;
  x->out->word = p->unknown[0];
  plan_end(x, PLAN_CLARIFY,
           arena_printf(x->arena,
                        "The question speaks of %.*s and of %.*s, and how the two belong together is not "
                        "understood. Which of them is meant? Asked one after the other both can be answered.",
                        STR_ARG(p->thing->source->label), STR_ARG(p->elsewhere)));
  return true;
}

bool plan_ends(struct planning *x) {
  if (!plan_reading_ends(x)) return false;
  if (x->r->end == READING_NOTHING) plan_cannot(x);
  plan_offer_near(x);
  return true;
}

bool plan_part_ends(struct planning *x, const struct reading_part *p) {
  bool ends = plan_is_fenced(x, p) || plan_lacks(x, p) || plan_is_ambiguous(x, p) ||
              plan_is_elsewhere(x, p) || plan_has_unknown(x, p) || plan_has_left(x, p) ||
              plan_is_too_old(x, p) || plan_has_no_ground(x, p) || plan_has_no_number(x, p) ||
              plan_is_before_nothing(x, p) || plan_denies_nothing(x, p);
  if (ends && p->unknown_count) plan_offer_near(x);
  return ends;
}
