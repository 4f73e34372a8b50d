// SPDX-License-Identifier: Apache-2.0
#include "ask/veiled.h"

#include <stdlib.h>

#include "ask/plan.h"
#include "ask/reach.h"

struct veiling {
  const struct veiled_input *in;
  struct veil *veil;
  struct arena *arena;
  struct model_row *names;
  struct alias *aliases;
  size_t name_count;
};

// What the person typed is no secret of a row.
static bool veiled_was_typed(const struct veiling *x, struct str value) {
  for (size_t i = 0; i < x->in->said->turn_count; i++) {
    struct str turn = x->in->said->turns[i];
    for (size_t at = 0; at + value.n <= turn.n; at++)
      if (str_eq_nocase(str_make(turn.p + at, value.n), value)) return true;
  }
  return false;
}

static struct str veiled_stand_in(struct veiling *x, struct str word, struct str value) {
  const struct veil_name *n = veiled_was_typed(x, value) ? NULL : veil_add(x->veil, word, value);
  return n ? n->stand_in : value;
}

static bool veiled_uses(const struct reading *r, struct str name) {
  bool used = false;
  for (size_t p = 0; p < r->part_count; p++)
    for (size_t k = 0; k < r->parts[p].name_count; k++)
      used = used || str_eq_nocase(r->parts[p].names[k], name);
  for (size_t i = 0; r->recipe && i < r->recipe->recipe->slot_count; i++)
    used = used || str_eq_nocase(r->recipe->fills[i].text, name);
  return used;
}

// Rows that words were found to stand for, as far as the reading uses them.
static void veiled_take_names(struct veiling *x) {
  const struct reading *r = x->in->reading;
  x->names = ARENA_ARRAY(x->arena, x->in->name_count + 1, struct model_row);
  for (size_t i = 0; i < x->in->name_count; i++) {
    struct model_row name = x->in->names[i];
    if (!veiled_uses(r, name.name)) continue;
    name.name = veiled_stand_in(x, name.said, name.name);
    if (name.thing && name.thing->derived) name.thing = NULL; // of another model
    x->names[x->name_count++] = name;
  }
}

static void veiled_take_aliases(struct veiling *x) {
  const struct reading *r = x->in->reading;
  x->aliases = ARENA_ARRAY(x->arena, x->in->alias_count + 1, struct alias);
  for (size_t i = 0; i < x->in->alias_count; i++) {
    x->aliases[i] = x->in->aliases[i];
    for (size_t k = 0; k < r->alias_count; k++)
      if (r->aliases[k].alias == &x->in->aliases[i])
        x->aliases[i].value = veiled_stand_in(x, r->aliases[k].said, x->in->aliases[i].value);
  }
}

static bool veiled_hold(struct veiling *x, struct str word, struct str value) {
  return !value.n || veiled_was_typed(x, value) || veil_add_plain(x->veil, word, value);
}

// The values of a fence stand in its programs as they are. False: there are more than can be veiled.
static bool veiled_take_held(struct veiling *x, const struct model *model) {
  bool ok = true;
  for (size_t i = 0; i < model_count(model); i++) {
    const struct model_thing *t = model_at(model, i);
    for (size_t k = 0; t->held && k < t->held->count && ok; k++)
      ok = veiled_hold(x, t->held->key, t->held->values[k].id) &&
           veiled_hold(x, t->label_noun, t->held->values[k].name);
  }
  return ok;
}

static void veiled_write(struct veiling *x, const struct reading *r, struct str *program, struct str *why) {
  struct ask_plan plan;
  size_t n = 0;
  plan_make(r, x->in->clock, x->arena, &plan);
  if (plan.end != PLAN_PROGRAM) *why = veil_hide(x->veil, plan.text);
  if (!plan.program) return;
  if (plan.end == PLAN_PROGRAM && veil_draw(x->veil, plan.program)) {
    char *text = yyjson_mut_write(plan.program, 0, &n);
    if (n <= VEILED_BYTES_MOST) *program = arena_dup(x->arena, str_make(text ? text : "", n));
    free(text);
  }
  yyjson_mut_doc_free(plan.program);
}

bool veiled_make(const struct veiled_input *in, struct veil *veil, struct arena *a, struct str *program,
                 struct str *why, struct err *err) {
  struct veiling x = {.in = in, .veil = veil, .arena = a};
  struct ask_reach reach = {.view = in->view, .question = in->question};
  struct model model = {0};
  struct reading reading;
  *program = *why = STR_NONE;
  veiled_take_names(&x);
  veiled_take_aliases(&x);
  bool ok = reach_model(&reach, a, &model, err);
  struct reading_input again = {.model = &model,
                                .clock = in->clock,
                                .names = x.names,
                                .name_count = x.name_count,
                                .aliases = x.aliases,
                                .alias_count = in->alias_count,
                                .looked = true};
  ok = ok && reading_follow(&again, in->said->turns, in->said->turn_count, a, &reading, err);
  if (ok && veiled_take_held(&x, &model)) veiled_write(&x, &reading, program, why);
  phrases_free(&model.phrases);
  reach_free(&reach);
  return ok;
}
