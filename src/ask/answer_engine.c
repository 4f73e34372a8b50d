// SPDX-License-Identifier: Apache-2.0
// The part of an answer that a language model has: what it is told and asked, and what becomes of what it wrote.
#include <stdlib.h>

#include "ask/answer_parts.h"
#include "ask/figures.h"
#include "ask/prompt.h"
#include "ask/veiled.h"
#include "base/clock.h"
#include "data/json.h"
#include "io/pool.h"
#include "program/when.h"

struct engine_asking {
  struct asking *x;
  struct str before; // what a model answered the question before with, where this one may be told
  struct veil veil;
  struct str draft, why; // why: there is none
};

// ---- before

// A change is refused, and which of several rows is meant the person says: neither is the model's.
static bool engine_may_help(const struct asking *x) {
  return x->plan.end != PLAN_REFUSE && !x->r->plan_only && !x->r->goes_on && !x->r->again.n && !x->held_up &&
         !(x->plan.end == PLAN_CLARIFY && x->plan.choice_count && !x->plan.words);
}

static bool engine_draft_job(void *arg, struct err *err) {
  struct engine_asking *e = arg;
  struct asking *x = e->x;
  struct veiled_input in = {.view = &x->view,
                            .clock = &x->clock,
                            .said = &x->said,
                            .question = x->reach.question,
                            .reading = &x->reading,
                            .names = x->names,
                            .name_count = x->name_count,
                            .aliases = x->r->aliases,
                            .alias_count = x->r->alias_count};
  return veiled_make(&in, &e->veil, x->arena, &e->draft, &e->why, err);
}

static bool engine_draft(struct engine_asking *e, struct err *err) {
  struct asking *x = e->x;
  size_t n = 0;
  if (x->r->engine->sees == ASK_SEES_SCHEMA) return pool_run(engine_draft_job, e, err);
  e->why = x->plan.text;
  if (x->plan.end != PLAN_PROGRAM) return true;
  char *text = yyjson_mut_write(x->plan.program, 0, &n);
  if (n <= VEILED_BYTES_MOST) e->draft = arena_dup(x->arena, str_make(text ? text : "", n));
  free(text);
  return true;
}

static struct str engine_prompt(const struct engine_asking *e) {
  const struct asking *x = e->x;
  struct buf out = BUF_MAX(PROMPT_BYTES_MOST);
  prompt_write(&(struct prompt){.sees = x->r->engine->sees,
                                .view = &x->view,
                                .clock = &x->clock,
                                .model = &x->model,
                                .reading = &x->reading,
                                .said = &x->said,
                                .veil = &e->veil,
                                .draft = e->draft,
                                .why = e->why,
                                .before = e->before},
               &out);
  struct str made = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

// Of the time that the asker waits, two thirds at most: the planner may yet have to answer.
static struct ask_engine engine_in_time(const struct asking *x) {
  struct ask_engine e = *x->r->engine;
  uint64_t now_us = clock_mono_us();
  uint64_t left_ms = x->end_us > now_us ? (x->end_us - now_us) / 1000 : 0;
  if (x->end_us && e.ms > left_ms / 3 * 2) e.ms = left_ms / 3 * 2;
  return e;
}

// A program that a model wrote with rows before it may have some of them in it. Its parameters are those of then.
static void engine_take_before(struct engine_asking *e, struct str before) {
  const struct asking *x = e->x;
  if (before.n > VEILED_BYTES_MOST || (x->r->engine->sees == ASK_SEES_SCHEMA && x->said.written_of_rows))
    return;
  e->before = before;
  for (size_t i = 0; before.n && i < x->said.named_count; i++)
    veil_add(&e->veil, x->said.named[i].word, x->said.named[i].name);
}

// ---- what the rounds ask for

static bool engine_run(void *arg, struct rounds_written *w, struct program_faults *faults, struct err *err) {
  struct asking *x = ((struct engine_asking *)arg)->x;
  if (!ask_run_program(x, REPORT_MODEL, w->program, faults, &w->run, &w->outcome, err)) return false;
  tell_calls(&x->tell, w->outcome);
  return true;
}

enum {
  ENGINE_NUMBERS_MOST = 64 * 1024,
  ENGINE_TEXTS_MOST = TALK_TURNS_MOST + PROGRAM_PARAMETERS_MOST,
  ENGINE_MOMENTS_MOST = 1 + 2 * READING_PARTS_MOST + PROGRAM_PARAMETERS_MOST
};

struct engine_holding {
  const struct asking *x;
  const struct rounds_written *written;
  const struct rounds_end *shown;
  struct str text, odd;
  struct buf numbers;
  bool holds;
  struct str texts[ENGINE_TEXTS_MOST];
  int64_t moments[ENGINE_MOMENTS_MOST];
};

// What the program was given: values, and times as instants.
static void engine_add_parameters(const struct engine_holding *h, struct figures_ground *g, struct str *texts,
                                  int64_t *moments) {
  const struct program *p = program_of(h->written->run);
  struct err unused;
  for (size_t i = 0; i < p->parameter_count; i++) {
    yyjson_val *v = p->parameters[i].value;
    struct str text = yyjson_is_str(v) ? json_text(v) : json_raw_number(v);
    if (!text.n) continue;
    if (when_read(text, &h->x->clock, &moments[g->moment_count], &unused)) g->moment_count++;
    texts[g->text_count++] = text;
  }
}

// Cells, parameters, the question; and the time that it asks for.
static bool engine_holds_job(void *arg, struct err *err) {
  struct engine_holding *h = arg;
  const struct asking *x = h->x;
  struct figures_ground g = {.texts = h->texts, .moments = h->moments, .zone = x->clock.zone};
  (void)err;
  for (size_t i = 0; i < x->said.turn_count; i++) h->texts[g.text_count++] = x->said.turns[i];
  h->moments[g.moment_count++] = x->clock.now_ms;
  for (size_t i = 0; i < x->reading.part_count; i++) {
    if (!x->reading.parts[i].has_span) continue;
    h->moments[g.moment_count++] = x->reading.parts[i].span.since_ms;
    h->moments[g.moment_count++] = x->reading.parts[i].span.until_ms;
  }
  if (h->shown) {
    g.results = h->shown->results;
    g.result_count = h->shown->result_count;
    engine_add_parameters(h, &g, h->texts, h->moments);
  }
  g.numbers = &h->numbers;
  h->holds = figures_hold(h->text, &g, x->arena, &h->odd);
  return true;
}

static bool engine_holds(void *arg, const struct rounds_written *w, const struct rounds_end *shown,
                         struct str text, struct str *odd, struct str *numbers) {
  struct asking *x = ((struct engine_asking *)arg)->x;
  struct engine_holding *h = ARENA_NEW(x->arena, struct engine_holding);
  struct err unused;
  *h = (struct engine_holding){.x = x,
                               .written = w,
                               .shown = shown,
                               .text = text,
                               .odd = STR("it"),
                               .numbers = BUF_MAX(ENGINE_NUMBERS_MOST)};
  bool ran = pool_run(engine_holds_job, h, &unused);
  *odd = h->odd;
  *numbers = arena_dup(x->arena, buf_str(&h->numbers));
  buf_free(&h->numbers);
  return ran && h->holds;
}

static void engine_told(void *arg, const struct rounds_usage *usage, struct str doing) {
  struct asking *x = ((struct engine_asking *)arg)->x;
  report_model(&x->report, x->r->engine->name, usage, doing);
}

// ---- after

static void engine_chip(struct ask_plan *plan, struct str said) {
  for (size_t i = 0; i < plan->chip_count; i++)
    if (str_eq(plan->chips[i].said, said)) return;
  if (plan->chip_count < PLAN_CHIPS_MOST)
    plan->chips[plan->chip_count++] = (struct plan_chip){STR("source"), said, false};
}

// What was understood is what the program calls.
static void engine_chips(struct asking *x, const struct program_run *run) {
  const struct program *p = program_of(run);
  for (size_t i = 0; i < p->step_count; i++)
    engine_chip(&x->plan, arena_printf(x->arena, "%.*s: %.*s",
                                       STR_ARG(p->steps[i].account_count ? p->steps[i].accounts[0] : STR("")),
                                       STR_ARG(p->steps[i].tool)));
}

static void engine_take_run(struct asking *x, struct rounds_end *end) {
  yyjson_mut_doc_free(x->plan.program);
  x->plan = (struct ask_plan){.end = PLAN_PROGRAM, .program = end->written.program};
  end->written.program = NULL;
  engine_chips(x, end->written.run);
  x->said.written = end->written.text;
  x->said.written_of_rows = x->r->engine->sees != ASK_SEES_SCHEMA;
  tell_found(&x->tell, end, &x->clock);
  if (end->why.n)
    tell_warn(&x->tell, arena_printf(x->arena, "Of the language model %.*s %.*s.",
                                     STR_ARG(x->r->engine->name), STR_ARG(end->why)));
}

static void engine_take_said(struct asking *x, const struct rounds_end *end) {
  enum plan_end how = str_is(end->outcome, "clarify")  ? PLAN_CLARIFY
                      : str_is(end->outcome, "refuse") ? PLAN_REFUSE
                                                       : PLAN_UNANSWERABLE;
  yyjson_mut_doc_free(x->plan.program);
  x->plan = (struct ask_plan){.end = how, .text = end->text};
  tell_end(&x->tell, &x->plan);
}

bool ask_by_engine(struct asking *x, bool *answered, struct err *err) {
  struct str before = x->said.written;
  *answered = false;
  x->said.written = STR_NONE; // unless one is written now
  if (!x->r->engine || x->kept.n || !engine_may_help(x)) return true;
  struct ask_engine timed = engine_in_time(x), *engine = &timed;
  struct engine_asking *e = ARENA_NEW(x->arena, struct engine_asking);
  struct rounds_end end;
  *e = (struct engine_asking){.x = x, .veil.arena = x->arena};
  engine_take_before(e, before);
  if (!engine_draft(e, err)) return false;
  struct rounds_input in = {.engine = engine,
                            .view = &x->view,
                            .first = engine_prompt(e),
                            .veil = &e->veil,
                            .draft = x->plan.end == PLAN_PROGRAM ? e->draft : STR_NONE,
                            .run = engine_run,
                            .holds = engine_holds,
                            .told = engine_told,
                            .arg = e};
  uint64_t end_us = x->end_us;
  x->end_us = clock_mono_us() + engine->ms * 1000; // of its programs too
  bool here = rounds_ask(&in, x->arena, &end, err);
  x->end_us = end_us;
  if (!here) return false;
  x->tell.engine.asked = engine->name;
  x->tell.engine.model = engine->model;
  x->tell.engine.usage = end.usage;
  bool drafted = end.kind == ROUNDS_DRAFT && end.written.run;
  *answered = end.kind == ROUNDS_RUN || end.kind == ROUNDS_SAID || drafted;
  if (end.kind != ROUNDS_FAILED) x->tell.engine.name = engine->name;
  if (end.kind == ROUNDS_RUN) engine_take_run(x, &end);
  bool ok = true;
  if (drafted) {
    tell_outcome(&x->tell, &x->plan, end.written.outcome, &x->clock);
    ok = ask_probe(x, end.written.outcome, err);
  }
  if (end.kind == ROUNDS_SAID) engine_take_said(x, &end);
  if (end.kind == ROUNDS_FAILED)
    tell_warn(&x->tell,
              arena_printf(x->arena, "The language model %.*s did not answer, so the planner did: %.*s.",
                           STR_ARG(engine->name), STR_ARG(end.why)));
  rounds_end_free(&end);
  return ok;
}
