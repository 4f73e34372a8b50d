// SPDX-License-Identifier: Apache-2.0
#include "ask/answer.h"

#include <stdlib.h>

#include "ask/answer_parts.h"
#include "ask/part.h"
#include "base/clock.h"
#include "data/json.h"
#include "io/pool.h"
#include "model/derive.h"
#include "program/keep.h"

enum { ANSWER_MINUTE_MS = 60000, ANSWER_TALK_MOST = 2 << 20 };

// ---- the conversation

static bool answer_turns(struct asking *x, struct err *err) {
  const struct ask_request *r = x->r;
  struct talk_said *said = &x->said;
  if (r->question.n > ASK_QUESTION_MOST)
    return err_at(err, ERR_LIMIT, "question", "the question has %zu bytes, of %d allowed", r->question.n,
                  ASK_QUESTION_MOST);
  if (r->before) *said = *r->before;
  if (r->goes_on) x->kept = said->handle;
  said->handle = STR("");
  if (r->again.n) return true;
  if (r->goes_on) {
    if (!said->paused)
      return err_at(err, ERR_INVALID, "question", "there is no question, and nothing is left of that answer");
    x->clock.now_ms = said->now_ms;
  } else if (r->choose) {
    if (r->choose < 1 || (size_t)r->choose > said->choice_count)
      return err_at(err, ERR_INVALID, "choose", "there are %zu choices, from 1", said->choice_count);
    said->asked.name = said->choices[r->choose - 1];
    talk_name(said, &said->asked);
  } else {
    if (said->turn_count == TALK_TURNS_MOST)
      memmove(said->turns, said->turns + 1, --said->turn_count * sizeof *said->turns);
    said->turns[said->turn_count++] = r->question;
  }
  said->choice_count = 0;
  said->paused = false;
  return true;
}

// ---- planning

// Words that stand for others of their meaning, and not for a row, name no thing.
static void answer_take_near(struct asking *x) {
  for (size_t i = 0; i < x->said.named_count; i++)
    if (!x->said.named[i].thing.n)
      x->near[x->near_count++] = (struct near_word){x->said.named[i].word, x->said.named[i].name};
  x->reach.near = x->near;
  x->reach.near_count = x->near_count;
}

// What words of the conversation stand for, where it is still there.
static void answer_take_named(struct asking *x) {
  x->names = ARENA_ARRAY(x->arena, TALK_NAMED_MOST, struct model_row);
  for (size_t i = 0; i < x->said.named_count; i++) {
    const struct talk_named *named = &x->said.named[i];
    for (size_t k = 0; k < model_count(&x->model); k++) {
      const struct model_thing *t = model_at(&x->model, k);
      if (!str_eq(t->id, named->thing) || !str_eq(t->source->connector, named->connector)) continue;
      x->names[x->name_count++] = (struct model_row){.said = named->word, .name = named->name, .thing = t};
      break;
    }
  }
}

static bool answer_plan_job(void *arg, struct err *err) {
  struct asking *x = arg;
  if (!x->model.arena && !reach_model(&x->reach, x->arena, &x->model, err)) return false;
  if (!x->names) answer_take_named(x);
  struct reading_input in = {.model = &x->model,
                             .clock = &x->clock,
                             .names = x->names,
                             .name_count = x->name_count,
                             .aliases = x->r->aliases,
                             .alias_count = x->r->alias_count,
                             .looked = x->looked,
                             .near = x->near,
                             .near_count = x->near_count};
  if (!reading_follow(&in, x->said.turns, x->said.turn_count, x->arena, &x->reading, err)) return false;
  plan_make(&x->reading, &x->clock, x->arena, &x->plan);
  return true;
}

static bool answer_plan(struct asking *x, struct err *err) {
  if (x->plan.program) yyjson_mut_doc_free(x->plan.program);
  x->plan.program = NULL;
  if (!pool_run(answer_plan_job, x, err)) return false;
  report_understood(&x->report, &x->plan);
  return true;
}

// ---- running

// What is left of the asker's patience, at least a moment: a run that has none tells what it has.
static uint64_t answer_left_ms(const struct asking *x) {
  uint64_t now_us = clock_mono_us();
  if (!x->end_us) return 0;
  return x->end_us > now_us + 1000 ? (x->end_us - now_us) / 1000 : 1;
}

// Checked, and told; nothing is called yet.
static bool answer_begin(struct asking *x, const char *of, yyjson_mut_doc *program,
                         struct program_faults *faults, struct program_run **out, struct err *err) {
  struct program_request request = x->r->program;
  size_t n;
  char *text = yyjson_mut_write(program, 0, &n);
  request.doc = text ? yyjson_read(text, n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  request.now_ms = x->clock.now_ms;
  struct str written = text ? arena_dup(x->arena, str_make(text, n)) : STR("");
  free(text);
  if (!request.doc) return err_set(err, ERR_INTERNAL, "a program could not be written");
  if (!program_begin(&request, out, faults, err)) return false;
  report_plan(&x->report, of, written, *out);
  return true;
}

bool ask_run_program(struct asking *x, const char *of, yyjson_mut_doc *program, struct program_faults *faults,
                     struct program_run **out, const struct outcome **outcome, struct err *err) {
  if (!answer_begin(x, of, program, faults, out, err)) return false;
  if (!program_go_on(*out, answer_left_ms(x), err) || !program_outcome(*out, outcome, err)) {
    program_end(*out);
    *out = NULL;
    return false;
  }
  return true;
}

// One of the planner's: it has no faults.
static bool answer_run(struct asking *x, const char *of, yyjson_mut_doc *program, struct program_run **out,
                       const struct outcome **outcome, struct err *err) {
  struct program_faults faults = {.arena = x->arena};
  return ask_run_program(x, of, program, &faults, out, outcome, err);
}

// The same, of what has to be known first: where it did not come to its end, the answer is for later.
static bool answer_find_out(struct asking *x, const char *of, yyjson_mut_doc *program,
                            struct program_run **out, const struct outcome **outcome, struct err *err) {
  if (!answer_run(x, of, program, out, outcome, err)) return false;
  tell_calls(&x->tell, *outcome);
  x->held_up = (*outcome)->status == OUTCOME_PAUSED;
  if (x->held_up) {
    struct str why = tell_pause(&x->tell, *outcome);
    x->plan.end = PLAN_UNANSWERABLE;
    x->plan.text =
        arena_printf(x->arena, "What the question is about could not be read yet, since %.*s.", STR_ARG(why));
  }
  return true;
}

// ---- names that the accounts' data hold

static bool answer_is_part(struct str label, struct str word) {
  for (size_t i = 0; i < label.n;) {
    size_t end = i;
    while (end < label.n && label.p[end] != '.' && label.p[end] != '-' && label.p[end] != '_' &&
           label.p[end] != ' ' && label.p[end] != '/')
      end++;
    if (str_eq_nocase(str_make(label.p + i, end - i), word)) return true;
    i = end + 1;
  }
  return str_eq_nocase(label, word);
}

// A part of what hyphens join means nothing alone: "api-gateway" is no "acme-api.example".
static bool answer_has_all(struct str label, struct str word, struct str all) {
  if (!memchr(all.p, '-', all.n) || all.n <= word.n) return true;
  for (size_t i = 0; i + all.n <= label.n; i++)
    if (str_eq_nocase(str_make(label.p + i, all.n), all)) return true;
  return false;
}

// A word, or what hyphens join it to ("internal-tools").
static bool answer_is_name(struct str label, struct str word, struct str all) {
  return str_eq_nocase(label, word) || str_eq_nocase(label, all);
}

// A row that is called what an alias is called: the answer says so.
static void answer_add_hidden(struct asking *x, const struct model_thing *t, const struct table_result *rows,
                              size_t most) {
  for (size_t k = 0; k < x->reading.alias_count; k++)
    for (size_t i = 0; i < rows->row_count && x->name_count < most; i++) {
      struct str said = x->reading.aliases[k].said;
      const struct table_cell *c = &rows->cells[i];
      if (c->kind != TABLE_CELL_TEXT || !str_eq_nocase(c->text, said)) continue;
      x->names[x->name_count++] = (struct model_row){said, arena_dup(x->arena, c->text), t};
      break;
    }
}

// Rows to choose from, where a recipe's slot is empty; one more than are shown, so that a list that is cut is known.
static void answer_add_choices(struct asking *x, const struct model_thing *t, const struct table_result *rows,
                               size_t most) {
  const struct recipe_use *use = x->reading.recipe;
  if (!use || !use->missing || use->missing->thing != t) return;
  for (size_t i = 0; i < rows->row_count && i <= RECIPE_NAMES_MOST && x->name_count < most; i++)
    if (rows->cells[i].kind == TABLE_CELL_TEXT)
      x->names[x->name_count++] =
          (struct model_row){.said = STR(""), .name = arena_dup(x->arena, rows->cells[i].text), .thing = t};
}

static bool answer_is_unknown(const struct asking *x, struct str word) {
  const struct recipe_use *use = x->reading.recipe;
  for (size_t i = 0; use && i < use->lost_count; i++)
    if (str_eq_nocase(use->lost[i], word)) return true;
  for (size_t p = 0; p < x->reading.part_count; p++)
    for (size_t u = 0; u < x->reading.parts[p].unknown_count; u++)
      if (str_eq_nocase(x->reading.parts[p].unknown[u], word)) return true;
  return false;
}

static void answer_add_names(struct asking *x, const struct model_thing *t, const struct outcome *o) {
  const struct table_result *rows = o->result_count ? &o->results[0].rows : NULL;
  struct model_row *grown;
  size_t words = x->reading.words.n, most;
  if (!rows || !rows->column_count) return;
  most = x->name_count + 400;
  grown = ARENA_ARRAY(x->arena, most, struct model_row);
  if (x->name_count) memcpy(grown, x->names, x->name_count * sizeof *grown);
  x->names = grown;
  answer_add_hidden(x, t, rows, most);
  answer_add_choices(x, t, rows, most);
  for (size_t w = 0; w < words; w++) {
    struct str word = x->reading.words.items[w].low, all = x->reading.words.items[w].whole;
    bool unknown = answer_is_unknown(x, word) || answer_is_unknown(x, all), whole = false;
    for (size_t i = 0; i < rows->row_count; i++)
      whole =
          whole || (rows->cells[i].kind == TABLE_CELL_TEXT && answer_is_name(rows->cells[i].text, word, all));
    for (size_t i = 0; unknown && word.n > 1 && i < rows->row_count && x->name_count < most; i++) {
      const struct table_cell *c = &rows->cells[i];
      if (c->kind != TABLE_CELL_TEXT ||
          !(whole ? answer_is_name(c->text, word, all)
                  : answer_is_part(c->text, word) && answer_has_all(c->text, word, all)))
        continue;
      x->names[x->name_count++] =
          (struct model_row){.said = word, .name = arena_dup(x->arena, c->text), .thing = t};
    }
  }
}

static bool answer_look_for(struct asking *x, const struct plan_wanted *wanted, struct err *err) {
  for (size_t i = 0; i < wanted->count; i++) {
    const struct outcome *o;
    struct program_run *run = NULL;
    yyjson_mut_doc *program = plan_names_program(wanted->things[i], x->arena);
    bool ok = answer_find_out(x, REPORT_NAMES, program, &run, &o, err);
    yyjson_mut_doc_free(program);
    if (!ok) return false;
    if (!x->held_up) answer_add_names(x, wanted->things[i], o);
    program_end(run);
    if (x->held_up) break;
  }
  return true;
}

// Twice at most: what a recipe looked up in vain is looked for once more in what takes its place.
static bool answer_look_up(struct asking *x, struct err *err) {
  for (bool recipe = true; recipe;) {
    struct plan_wanted wanted;
    plan_wants_names(&x->reading, &x->model, &wanted);
    recipe = x->reading.recipe && wanted.count;
    if (!answer_look_for(x, &wanted, err)) return false;
    if (x->held_up) return true;
    x->looked = x->looked || wanted.count;
    if ((x->name_count || recipe) && !answer_plan(x, err)) return false;
  }
  return true;
}

// ---- what tools without words give

// Of a thing without words its rows may say more than its definition: columns, where that has none, and what words of the
// question are that nothing else knows.
static bool answer_needs_rows(const struct asking *x, const struct reading_part *p) {
  bool ends = x->plan.end == PLAN_UNANSWERABLE || x->plan.end == PLAN_CLARIFY;
  if (!p->thing->derived || p->thing->seen) return false;
  return !p->thing->known || p->unknown_count > 0 || ends || json_bool(p->thing->def, "doubtful", false);
}

static bool answer_see(struct asking *x, const struct reading_part *p, bool *seen, struct err *err) {
  const struct outcome *o;
  struct program_run *run = NULL;
  if (x->held_up || x->reach.seen_count == REACH_SEEN_MOST) return true;
  yyjson_mut_doc *program = plan_peek_program(p, x->arena);
  bool ok = answer_find_out(x, REPORT_COLUMNS, program, &run, &o, err);
  yyjson_mut_doc_free(program);
  if (!ok) return false;
  bool read = o->result_count && !o->results[0].why.n && o->results[0].rows.row_count;
  *seen = (read && reach_see(&x->reach, p->thing, &o->results[0].rows, x->arena)) || *seen;
  program_end(run);
  return true;
}

static bool answer_plan_anew(struct asking *x, struct err *err) {
  phrases_free(&x->model.phrases);
  x->model = (struct model){0};
  return answer_plan(x, err);
}

// The first rows of such things, then the question once more. Where words are left over all the same, the rows of others
// that may have them.
static bool answer_peek(struct asking *x, struct err *err) {
  bool seen = true, more = false;
  struct plan_wanted wanted;
  for (int round = 0; round < 2 && seen; round++) { // another thing may be meant, once rows are there
    seen = false;
    for (size_t i = 0; i < x->reading.part_count && x->plan.end != PLAN_REFUSE; i++) {
      const struct reading_part *p = &x->reading.parts[i];
      if (!answer_needs_rows(x, p) || (x->plan.end != PLAN_PROGRAM && p->thing->source->worded)) continue;
      if (!answer_see(x, p, &seen, err)) return false;
    }
    if (x->held_up) return true;
    if (seen && !answer_plan_anew(x, err)) return false;
  }
  if (x->plan.end == PLAN_REFUSE) return true;
  plan_wants_rows(&x->reading, &x->model, &wanted);
  for (size_t i = 0; i < wanted.count; i++) {
    struct reading_part p = part_whole(wanted.things[i]);
    if (!answer_see(x, &p, &more, err)) return false;
  }
  return x->held_up || !more || answer_plan_anew(x, err);
}

// ---- a program that is run once more

static bool answer_same(yyjson_mut_val *a, yyjson_mut_val *b) {
  return a && b ? yyjson_mut_equals(a, b) : a == b;
}

// What the plan says of its results is said of this program's, where they are the same; else they speak for themselves.
static bool answer_take_again(struct asking *x, struct err *err) {
  struct str text = x->r->again;
  yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
  yyjson_mut_doc *again = doc ? yyjson_doc_mut_copy(doc, NULL) : NULL;
  yyjson_doc_free(doc);
  if (!again) return err_set(err, ERR_INTERNAL, "the program that is kept is damaged");
  x->tell.paused = false; // it is known, whatever could not be looked up
  yyjson_mut_val *was = yyjson_mut_doc_get_root(again), *is = yyjson_mut_doc_get_root(x->plan.program);
  x->plain = x->r->again_alone || x->plan.end != PLAN_PROGRAM ||
             !answer_same(yyjson_mut_obj_get(was, "results"), yyjson_mut_obj_get(is, "results")) ||
             !answer_same(yyjson_mut_obj_get(was, "parameters"), yyjson_mut_obj_get(is, "parameters"));
  yyjson_mut_doc_free(x->plan.program);
  if (x->plain) x->plan = (struct ask_plan){.end = PLAN_PROGRAM};
  x->plan.program = again;
  return true;
}

// ---- the flow

static struct talk_named answer_named(const struct model_row *n) {
  return (struct talk_named){n->said, n->name, n->thing->source->connector, n->thing->id};
}

static void answer_keep_names(struct asking *x) {
  for (size_t i = 0; i < x->name_count; i++) {
    size_t same = 0;
    for (size_t k = 0; k < x->name_count && same < 2; k++)
      same += str_eq_nocase(x->names[k].said, x->names[i].said);
    struct talk_named named = answer_named(&x->names[i]);
    if (str_eq_nocase(named.word, x->plan.word)) x->said.asked = named;
    if (same == 1) talk_name(&x->said, &named);
  }
}

static void answer_keep_near(struct asking *x) {
  for (size_t i = 0; i < x->reading.near_count; i++) {
    const struct near_use *use = &x->reading.near[i];
    struct talk_named named = {.word = use->said, .name = use->meant[0]};
    if (use->taken) talk_name(&x->said, &named);
    if (!use->taken && str_eq(use->said, x->plan.word)) x->said.asked = named;
  }
}

static void answer_keep_said(struct asking *x) {
  struct talk_said *said = &x->said;
  for (size_t i = 0; i < x->plan.choice_count && i < TALK_CHOICES_MOST; i++)
    said->choices[said->choice_count++] = x->plan.choices[i];
  answer_keep_names(x);
  answer_keep_near(x);
}

// Nothing is told that is not kept.
static bool answer_keep(struct asking *x, const struct buf *out, struct err *err) {
  const struct ask_request *r = x->r;
  if (!r->keep) return true;
  struct buf talk = BUF_MAX(ANSWER_TALK_MOST), engine = BUF_MAX(ANSWER_TALK_MOST);
  talk_write(&x->said, &talk);
  tell_engine(&x->tell.engine, &engine);
  struct ask_made made = {.id = str_of(x->tell.id),
                          .question = x->said.turns[x->said.turn_count - 1],
                          .outcome = str_of(x->tell.outcome),
                          .engine = buf_str(&engine),
                          .told = buf_str(out),
                          .program = x->tell.program,
                          .talk = buf_str(&talk),
                          .accounts = x->tell.accounts,
                          .account_count = x->tell.account_count};
  bool ok = out->full || talk.full
                ? err_set(err, ERR_LIMIT, "the answer is too large to be told; ask for less")
                : r->keep(r->keep_arg, &made, err);
  buf_free(&talk);
  buf_free(&engine);
  return ok;
}

// A probe that fails is no trouble of the answer's.
bool ask_probe(struct asking *x, const struct outcome *o, struct err *err) {
  struct suspect list[SUSPECTS_MOST];
  size_t n = suspect_pick(&x->plan, o, list);
  for (size_t i = 0; i < n; i++) {
    const struct outcome *found;
    struct program_run *run = NULL;
    yyjson_mut_doc *program = suspect_program(&list[i], &x->clock, x->arena);
    struct err why = {0};
    bool ok = answer_run(x, REPORT_TROUBLE, program, &run, &found, &why);
    yyjson_mut_doc_free(program);
    if (!ok && why.code == ERR_CANCELED) return *err = why, false;
    if (!ok) continue;
    tell_calls(&x->tell, found);
    tell_trouble(&x->tell, &list[i], found);
    program_end(run);
  }
  return true;
}

static void answer_tell(void *arg, const struct outcome *o) {
  struct asking *x = arg;
  tell_calls(&x->tell, o);
  if (x->plain)
    tell_plainly(&x->tell, o, &x->clock);
  else
    tell_outcome(&x->tell, &x->plan, o, &x->clock);
  if (x->tell.paused) x->said.handle = arena_dup(x->arena, o->handle);
}

// The run of the answer that is gone on with, where it is still kept and was planned as now.
static struct program_run *answer_take_up(const struct asking *x) {
  struct program_run *run = NULL;
  struct err err;
  if (!x->kept.n || !program_take(x->kept, x->r->program.principal, &run, &err)) return NULL;
  const struct program *p = program_of(run);
  bool same = p->result_count == x->plan.result_count;
  for (size_t i = 0; same && i < p->result_count; i++)
    same = str_eq(p->results[i].name, x->plan.results[i].name);
  if (same) return run;
  program_end(run);
  return NULL;
}

static bool answer_with_program(struct asking *x, struct err *err) {
  struct program_run *run = answer_take_up(x);
  struct program_faults faults = {.arena = x->arena};
  const struct outcome *o;
  if (run)
    report_follow(&x->report, REPORT_ANSWER, run);
  else if (!answer_begin(x, REPORT_ANSWER, x->plan.program, &faults, &run, err))
    return false;
  bool ok = program_go_on(run, answer_left_ms(x), err);
  if (ok && program_is_paused(run)) {
    program_follow(run, NULL, NULL);
    return program_conclude(run, answer_tell, x, err);
  }
  ok = ok && program_outcome(run, &o, err);
  if (ok) answer_tell(x, o);
  ok = ok && (x->plain || ask_probe(x, o, err));
  program_end(run);
  return ok;
}

// What the whole conversation speaks of: a question that follows names little itself.
static struct str answer_said(const struct asking *x) {
  struct buf all = BUF_MAX(WORDS_BYTES_MOST);
  for (size_t i = x->said.turn_count; i-- > 0;)
    if (all.n + x->said.turns[i].n + 1 < WORDS_BYTES_MOST || !all.n)
      buf_printf(&all, "%.*s\n", STR_ARG(x->said.turns[i]));
  struct str made = arena_dup(x->arena, buf_str(&all));
  buf_free(&all);
  return made;
}

static bool answer_find_plan(struct asking *x, struct err *err) {
  return answer_peek(x, err) && (x->held_up || answer_look_up(x, err));
}

// Words that nothing knows, read as what they may mean. Where that does not help either, the end stands that it came to
// without.
static bool answer_by_meaning(struct asking *x, bool *helped, struct err *err) {
  struct near_word left[NEAR_MOST];
  size_t n = near_left(&x->reading, &x->model, left), before = x->near_count;
  bool ends = x->plan.end == PLAN_PROGRAM || x->plan.end == PLAN_REFUSE || x->plan.choice_count;
  *helped = false;
  if (x->held_up || ends || !n || x->near_count + n > TALK_NAMED_MOST) return true;
  memcpy(x->near + before, left, n * sizeof *left);
  x->reach.near_count = x->near_count = before + n;
  if (!answer_plan_anew(x, err) || !answer_find_plan(x, err)) return false;
  *helped = x->held_up || x->plan.end == PLAN_PROGRAM || x->plan.choice_count;
  if (*helped) return true;
  x->reach.near_count = x->near_count = before;
  return answer_plan_anew(x, err);
}

// The last resort: but where no thing is spoken of at all, the rows of all that there are would be looked at in vain.
static bool answer_understand(struct asking *x, struct err *err) {
  bool helped = false;
  answer_take_near(x);
  if (!answer_plan(x, err)) return false;
  if (x->reading.end == READING_NOTHING && !answer_by_meaning(x, &helped, err)) return false;
  return helped || (answer_find_plan(x, err) && answer_by_meaning(x, &helped, err));
}

static bool answer_make(struct asking *x, struct buf *out, struct err *err) {
  bool answered;
  if (!answer_turns(x, err)) return false;
  x->reach.question = x->said.turn_count > 1 ? answer_said(x) : x->said.turns[0];
  if (!x->r->again_alone && !answer_understand(x, err)) return false;
  if (x->r->again.n && !answer_take_again(x, err)) return false;
  answer_keep_said(x);
  if (!ask_by_engine(x, &answered, err)) return false;
  if (!answered && x->plan.end != PLAN_PROGRAM)
    tell_end(&x->tell, &x->plan);
  else if (!answered && !x->r->plan_only && !answer_with_program(x, err))
    return false;
  x->said.paused = x->tell.paused;
  x->said.now_ms = x->clock.now_ms;
  tell_write(&x->tell, &x->plan, out);
  return answer_keep(x, out, err);
}

bool ask_answer(const struct ask_request *r, struct buf *out, struct err *err) {
  struct arena *a = arena_new();
  struct asking *x = ARENA_NEW(a, struct asking);
  int64_t now = r->program.now_ms ? r->program.now_ms : clock_now_ms();
  *x = (struct asking){.r = r, .arena = a, .view = {r->program.catalog, r->program.server}};
  x->clock = (struct table_clock){.now_ms = now - now % ANSWER_MINUTE_MS,
                                  .zone = r->program.env->zone,
                                  .first_weekday = r->program.env->first_weekday};
  if (r->most_ms) x->end_us = clock_mono_us() + r->most_ms * 1000;
  x->report = (struct report){.told = r->told, .arg = r->told_arg};
  x->reach = (struct ask_reach){.view = &x->view, .aliases = r->aliases, .alias_count = r->alias_count};
  tell_begin(&x->tell, a);
  x->tell.page = r->page;
  x->tell.request_id = r->program.request_id;
  bool ok = answer_make(x, out, err);
  tell_free(&x->tell);
  reach_free(&x->reach);
  phrases_free(&x->model.phrases);
  yyjson_mut_doc_free(x->plan.program);
  arena_free(a);
  return ok;
}
