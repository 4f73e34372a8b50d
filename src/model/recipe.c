// SPDX-License-Identifier: Apache-2.0
#include "model/recipe.h"

#include "data/json.h"

enum recipe_role { // of phrases; `means` is the recipe
  RECIPE_WHEN,     // number: which of its conditions
  RECIPE_ALSO,
  RECIPE_VALUE, // number: slot × RECIPE_CHOICES_MOST + choice
};

// ---- the data

static void recipe_say(struct model *m, yyjson_val *names, enum recipe_role role, const struct recipe *of,
                       int number) {
  size_t i, n;
  yyjson_val *v;
  if (yyjson_is_str(names)) phrases_add(&m->recipe_phrases, json_text(names), (int)role, of, number);
  yyjson_arr_foreach (names, i, n, v) phrases_add(&m->recipe_phrases, json_text(v), (int)role, of, number);
}

static void recipe_add_slot(struct model *m, struct recipe *r, struct str name, yyjson_val *def) {
  struct recipe_slot *s = &r->slots[r->slot_count];
  int place = (int)r->slot_count++ * RECIPE_CHOICES_MOST, choice = 0;
  yyjson_val *choices = yyjson_obj_get(def, "choices"), *key, *v;
  size_t i, n;
  *s = (struct recipe_slot){.name = name, .def = def, .otherwise = yyjson_obj_get(def, "otherwise")};
  recipe_say(m, yyjson_obj_get(def, "names"), RECIPE_ALSO, r, 0);
  if (choices) {
    s->kind = RECIPE_CHOICE;
    yyjson_obj_foreach (choices, i, n, key, v)
      if (choice < RECIPE_CHOICES_MOST)
        recipe_say(m, yyjson_obj_get(v, "names"), RECIPE_VALUE, r, place + choice++);
  } else if (yyjson_obj_get(def, "number")) {
    s->kind = RECIPE_NUMBER;
    s->otherwise = yyjson_obj_get(def, "number");
    s->most = json_int(def, "most", 100);
  } else if (yyjson_obj_get(def, "entity")) {
    s->kind = RECIPE_WORD;
    word_kind_read(json_str(def, "entity"), &s->entity);
  } else {
    s->kind = RECIPE_THING;
    s->thing = model_find(m, json_str(def, "thing"), r->source);
  }
}

static bool recipe_is_served(const struct recipe *r) {
  const struct model_source *s = r->source;
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_obj_get(r->def, "program"), "steps"), i, n, step)
    if (s->has_tool && !s->has_tool(s->arg, s, json_str(step, "tool"))) return false;
  for (i = 0; i < r->slot_count; i++)
    if (r->slots[i].kind == RECIPE_THING && !r->slots[i].thing) return false; // nothing lists its rows
  return true;
}

bool recipe_add(struct model *m, yyjson_val *ask, const struct model_source *source, struct err *err) {
  size_t i, n, k, c;
  yyjson_val *key, *def, *name, *slot, *group;
  if (!m->recipes) m->recipes = ARENA_ARRAY(m->arena, RECIPES_MOST, struct recipe);
  m->recipe_phrases.arena = m->arena;
  yyjson_obj_foreach (yyjson_obj_get(ask, "recipes"), i, n, key, def) {
    if (m->recipe_count == RECIPES_MOST)
      return err_set(err, ERR_LIMIT, "connectors name more than %d recipes", RECIPES_MOST);
    struct recipe *r = &m->recipes[m->recipe_count++];
    *r = (struct recipe){.id = json_text(key), .source = source, .def = def};
    yyjson_arr_foreach (yyjson_obj_get(def, "when"), k, c, group)
      if (r->when_count < RECIPE_WHEN_MOST) recipe_say(m, group, RECIPE_WHEN, r, (int)r->when_count++);
    recipe_say(m, yyjson_obj_get(def, "also"), RECIPE_ALSO, r, 0);
    yyjson_obj_foreach (yyjson_obj_get(def, "slots"), k, c, name, slot)
      if (r->slot_count < RECIPE_SLOTS_MOST) recipe_add_slot(m, r, json_text(name), slot);
    r->served = recipe_is_served(r);
  }
  return true;
}

// The model that has them: things of one question stand upon it.
static const struct model *recipe_model(const struct model *m) {
  while (m->base && !m->recipes) m = m->base;
  return m;
}

bool recipe_knows(const struct model *m, struct str stem) {
  return phrases_know(&recipe_model(m)->recipe_phrases, stem);
}

struct str recipe_near(const struct model *m, struct str low, unsigned *far) {
  return phrases_near(&recipe_model(m)->recipe_phrases, low, far);
}

// ---- one recipe and one question

// ---- one recipe and one question

struct recipe_reading {
  const struct recipe_input *in;
  const struct recipe *r;
  struct recipe_use *use;
  struct arena *arena;
  bool taken[WORDS_MOST]; // by the recipe's words and its slots
  bool met[RECIPE_WHEN_MOST];
  size_t words; // that its conditions took
  size_t news;  // slots and times that the question fills
};

static void recipe_take(struct recipe_reading *x, size_t at, size_t n) {
  for (size_t i = at; i < at + n; i++) x->taken[i] = true;
}

static void recipe_fill(struct recipe_reading *x, size_t slot, struct str text) {
  x->use->fills[slot] = (struct recipe_fill){.text = text, .set = true};
  x->news++;
}

static void recipe_take_phrases(struct recipe_reading *x) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  for (size_t at = 0; at < x->in->words->n; at++) {
    size_t n =
        phrases_at(&recipe_model(x->in->model)->recipe_phrases, x->in->words, at, hits, PHRASE_HITS_MOST);
    for (size_t i = 0; i < n; i++) {
      const struct phrase *p = hits[i].phrase;
      if (p->means != x->r) continue;
      recipe_take(x, at, hits[i].n);
      if (p->role == RECIPE_VALUE) {
        size_t slot = (size_t)p->number / RECIPE_CHOICES_MOST,
               choice = (size_t)p->number % RECIPE_CHOICES_MOST;
        yyjson_obj_iter iter = yyjson_obj_iter_with(yyjson_obj_get(x->r->slots[slot].def, "choices"));
        yyjson_val *key = yyjson_obj_iter_next(&iter);
        while (choice--) key = yyjson_obj_iter_next(&iter);
        recipe_fill(x, slot, json_text(key));
      } else if (p->role == RECIPE_WHEN && !x->met[p->number]) {
        x->met[p->number] = true;
        x->words += hits[i].n;
      }
    }
  }
}

// "zone", "domain" before a zone's name, and the vendor's own name.
static void recipe_take_nouns(struct recipe_reading *x) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  for (size_t at = 0; at < x->in->words->n; at++) {
    size_t n = phrases_at(&x->in->model->phrases, x->in->words, at, hits, PHRASE_HITS_MOST);
    for (size_t i = 0; i < n; i++) {
      bool ours = hits[i].phrase->means == x->r->source;
      for (size_t s = 0; s < x->r->slot_count; s++)
        ours = ours || (x->r->slots[s].thing && hits[i].phrase->means == x->r->slots[s].thing &&
                        hits[i].phrase->role == MODEL_NAME);
      if (ours) recipe_take(x, at, hits[i].n);
    }
  }
}

static bool recipe_is_of(const struct model_thing *t, const struct word *w) {
  enum word_kind kind = WORD_PLAIN;
  word_kind_read(json_str(yyjson_obj_get(t->def, "find"), "kind"), &kind);
  if (w->kind == WORD_ID || w->kind == WORD_QUOTED) return true;
  if (w->kind == WORD_PLAIN || w->kind == WORD_NUMBER) return false;
  if (w->kind == kind) return true;
  return t->label >= 0 && t->columns[t->label].entity == w->kind;
}

// A word that is what a slot is for.
static bool recipe_take_entity(struct recipe_reading *x, size_t at) {
  const struct word *w = &x->in->words->items[at];
  for (size_t i = 0; i < x->r->slot_count; i++) {
    const struct recipe_slot *s = &x->r->slots[i];
    bool fits = (s->kind == RECIPE_WORD && w->kind == s->entity) ||
                (s->kind == RECIPE_NUMBER && w->kind == WORD_NUMBER) ||
                (s->kind == RECIPE_THING && recipe_is_of(s->thing, w));
    if (!fits || (x->use->fills[i].set && x->taken[at])) continue;
    if (s->kind == RECIPE_NUMBER && (w->number < 1 || w->number > (double)s->most)) continue;
    recipe_take(x, at, 1);
    recipe_fill(x, i,
                s->kind == RECIPE_NUMBER ? arena_printf(x->arena, "%.0f", w->number)
                : w->kind == WORD_DOMAIN ? w->low
                                         : w->text);
    return true;
  }
  return false;
}

static void recipe_choice(struct recipe_use *use, struct str name) {
  for (size_t i = 0; i < use->choice_count; i++)
    if (str_eq(use->choices[i], name)) return;
  use->more = use->choice_count == RECIPE_NAMES_MOST;
  if (!use->more) use->choices[use->choice_count++] = name;
}

// The rows that a word is the name of: one is meant, several are to choose from.
static bool recipe_take_name(struct recipe_reading *x, size_t slot, size_t at) {
  struct recipe_use *use = x->use;
  struct str low = x->in->words->items[at].low;
  use->choice_count = 0;
  for (size_t k = 0; k < x->in->name_count; k++)
    if (x->in->names[k].thing == x->r->slots[slot].thing && x->in->names[k].said.n &&
        str_eq_nocase(x->in->names[k].said, low))
      recipe_choice(use, x->in->names[k].name);
  if (!use->choice_count) return false;
  recipe_take(x, at, 1);
  if (use->choice_count == 1) {
    recipe_fill(x, slot, use->choices[0]);
    use->choice_count = 0;
    return true;
  }
  use->ambiguous = low;
  use->missing = &x->r->slots[slot];
  return true;
}

// Names that the accounts' rows hold.
static void recipe_take_known(struct recipe_reading *x) {
  for (size_t i = 0; i < x->r->slot_count; i++)
    for (size_t at = 0; x->r->slots[i].thing && at < x->in->words->n && !x->use->ambiguous.n; at++)
      if (!x->taken[at]) recipe_take_name(x, i, at);
}

// What no recipe can do with its rows, and what turns the sense of a word round.
static bool recipe_bars(const struct phrase *p) {
  static const unsigned plain =
      1u << ASK_LIST | 1u << ASK_CHECK | 1u << ASK_TOP | 1u << ASK_TREND | 1u << ASK_NEWEST;
  switch (p->role) {
  case LANGUAGE_INTENT:
    return !(plain >> p->number & 1);
  case LANGUAGE_NOT:
  case LANGUAGE_MISSING:
  case LANGUAGE_COMPARISON:
  case LANGUAGE_BOUND:
  case LANGUAGE_RELATES:
  case LANGUAGE_WHY:
  case LANGUAGE_ORDER:
    return true;
  default:
    return false;
  }
}

// Words that carry no data, by the language.
static bool recipe_is_filler(const struct recipe_reading *x, size_t at, size_t *n, bool *barred) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t count = phrases_at(&x->in->language->phrases, x->in->words, at, hits, PHRASE_HITS_MOST);
  *n = 1;
  for (size_t i = 0; i < count && hits[i].n == hits[0].n; i++) {
    if (!recipe_bars(hits[i].phrase)) continue;
    // "no" may be a filler too; what bars counts.
    if (hits[i].phrase->role == LANGUAGE_ORDER) continue;
    *barred = true;
  }
  if (!count) return x->in->words->items[at].low.n < 2;
  *n = hits[0].n;
  return *barred || language_fills(x->in->language, x->in->words, at);
}

static bool recipe_take_rest(struct recipe_reading *x) {
  for (size_t at = 0; at < x->in->words->n;) {
    size_t n = 1;
    bool barred = false;
    if (x->taken[at] || recipe_take_entity(x, at)) {
      at++;
      continue;
    }
    if (!recipe_is_filler(x, at, &n, &barred)) {
      if (x->use->lost_count == RECIPE_LOST_MOST || x->in->words->items[at].kind != WORD_PLAIN) return false;
      x->use->lost[x->use->lost_count++] = x->in->words->items[at].low;
    }
    if (barred) return false;
    at += n;
  }
  return true;
}

static bool recipe_take_span(struct recipe_reading *x) {
  bool has = json_str(x->r->def, "span").n > 0;
  if (x->in->span_count > 1 || (x->in->span_count && !has)) return false;
  if (!x->in->span_count) return true;
  const struct span *s = &x->in->spans[0];
  if (s->prior || s->around || !s->since.n || s->since_ms > s->until_ms) return false;
  recipe_take(x, s->first, s->count);
  x->use->span = *s;
  if (!x->use->span.until.n) x->use->span.until = STR("now");
  x->use->has_span = true;
  x->use->span_is_assumed = false;
  x->news++;
  return true;
}

static bool recipe_assume_span(struct recipe_reading *x) {
  struct str since = json_str(x->r->def, "span");
  struct err err;
  if (!since.n || x->use->has_span) return true;
  x->use->span = (struct span){.since = since, .until = STR("now")};
  x->use->has_span = x->use->span_is_assumed = true;
  return span_resolve(&x->use->span, x->in->clock, &err);
}

// Rows that were looked up because a slot is missing: the one that there is, or was chosen, fills it.
static void recipe_offer(struct recipe_reading *x, size_t slot) {
  struct recipe_use *use = x->use;
  const struct model_thing *t = x->r->slots[slot].thing;
  for (size_t i = 0; t && i < x->in->name_count; i++)
    if (!x->in->names[i].said.n && x->in->names[i].thing == t) recipe_choice(use, x->in->names[i].name);
  if (use->choice_count == 1) {
    use->fills[slot] = (struct recipe_fill){.text = use->choices[0], .assumed = true};
    use->choice_count = 0;
  } else {
    use->missing = &x->r->slots[slot];
  }
}

static void recipe_assume(struct recipe_reading *x) {
  for (size_t i = 0; i < x->r->slot_count; i++) {
    const struct recipe_slot *s = &x->r->slots[i];
    struct recipe_fill *fill = &x->use->fills[i];
    if (fill->set || (x->use->missing == s && x->use->ambiguous.n)) continue;
    fill->assumed = true;
    if (s->kind == RECIPE_THING && s->otherwise)
      fill->text = STR_NONE;
    else if (yyjson_is_str(s->otherwise))
      fill->text = json_text(s->otherwise);
    else if (s->otherwise)
      fill->text = arena_printf(x->arena, "%lld", (long long)json_int(s->def, "number", 10));
    else if (!x->use->missing)
      recipe_offer(x, i);
  }
}

static bool recipe_can_look_up(const struct recipe_reading *x) {
  for (size_t i = 0; i < x->r->slot_count; i++)
    if (x->r->slots[i].kind == RECIPE_THING && x->r->slots[i].thing && !x->use->fills[i].set) return true;
  return false;
}

static bool recipe_try(const struct recipe_input *in, const struct recipe *r, const struct recipe_use *before,
                       struct arena *a, struct recipe_use *out, size_t *words) {
  struct recipe_reading x = {.in = in, .r = r, .use = out, .arena = a};
  *out = (struct recipe_use){.recipe = r};
  recipe_take_phrases(&x);
  for (size_t i = 0; i < r->when_count && !before; i++)
    if (!x.met[i]) return false;
  if (!r->when_count) return false;
  if (before) { // what is said anew takes the place of what was
    struct recipe_use anew = *out;
    *out = *before;
    out->missing = NULL;
    out->ambiguous = STR_NONE;
    out->lost_count = out->choice_count = 0;
    out->more = false;
    for (size_t i = 0; i < r->slot_count; i++)
      if (anew.fills[i].set) out->fills[i] = anew.fills[i];
  }
  if (!recipe_take_span(&x)) return false;
  recipe_take_nouns(&x);
  recipe_take_known(&x);
  if (!recipe_take_rest(&x)) return false;
  if (out->lost_count && !recipe_can_look_up(&x)) return false;
  if (before && !x.news && !out->lost_count) return false;
  recipe_assume(&x);
  *words = x.words;
  return recipe_assume_span(&x);
}

bool recipe_read(const struct recipe_input *in, const struct recipe_use *before, struct arena *a,
                 struct recipe_use *out) {
  const struct model *m = recipe_model(in->model);
  size_t best = 0, words = 0;
  struct recipe_use *tried = ARENA_NEW(a, struct recipe_use);
  for (size_t i = 0; i < m->recipe_count; i++) {
    if (!recipe_try(in, &m->recipes[i], NULL, a, tried, &words)) continue;
    bool better = words > best || (words == best && best && m->recipes[i].served && !out->recipe->served);
    if (!better) continue;
    best = words;
    *out = *tried;
  }
  if (best) return true;
  return before && recipe_try(in, before->recipe, before, a, out, &words);
}

// ---- in words

struct str recipe_said(const struct recipe_use *use, size_t slot) {
  const struct recipe_slot *s = &use->recipe->slots[slot];
  struct str text = use->fills[slot].text;
  yyjson_val *choice = s->kind == RECIPE_CHOICE && text.n
                           ? yyjson_obj_getn(yyjson_obj_get(s->def, "choices"), text.p, text.n)
                           : NULL;
  struct str said = json_str(choice, "said");
  if (said.n) return said;
  if (choice) return json_text(yyjson_arr_get_first(yyjson_obj_get(choice, "names")));
  if (!text.n) return json_text(s->otherwise); // "all zones"
  return text;
}
