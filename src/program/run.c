// SPDX-License-Identifier: Apache-2.0
#include "program/run.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "call/shape.h"
#include "data/json.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "program/bind.h"
#include "program/keep.h"
#include "program/run_parts.h"

enum { RUN_MINUTE_MS = 60000 };

// ---- beginning

struct run_beginning {
  struct program_run *run;
  const struct program_request *request;
  struct program_faults *faults;
};

static bool run_add_table(struct program_run *run, struct str name, yyjson_val *rows, bool untyped,
                          struct err *err) {
  struct table_added added;
  if (run->table_count == sizeof run->tables / sizeof *run->tables)
    return err_set(err, ERR_LIMIT, "a program has at most %d tables beside its steps", (int)run->table_count);
  if (!table_name_is_sound(name, err)) return false;
  if (table_find(run->set, name))
    return err_set(err, ERR_CONFLICT, "there are two tables '%.*s'", STR_ARG(name));
  struct table *t = table_begin(run->set, name);
  if (!table_add(t, &(struct table_batch){.root = rows, .untyped = untyped}, &added, err) ||
      !table_seal(t, err))
    return false;
  struct check_table *out = &run->tables[run->table_count++];
  out->name = arena_dup(run->arena, name);
  out->column_count = table_columns(t, run->arena, &out->columns);
  return true;
}

static bool run_add_tables(struct run_beginning *b, struct err *err) {
  struct program_run *run = b->run;
  for (size_t i = 0; i < b->request->table_count; i++) {
    const struct program_table *t = &b->request->tables[i];
    if (!run_add_table(run, t->name, t->rows, t->untyped, err)) return false;
    run->sources[run->table_count - 1] = (struct program_source){arena_dup(run->arena, t->source.account_id),
                                                                 arena_dup(run->arena, t->source.tool)};
  }
  for (size_t i = 0; i < run->program.table_count; i++) {
    const struct program_kept *k = &run->program.tables[i];
    struct str at = arena_printf(run->arena, "/tables/%.*s", STR_ARG(k->name));
    struct err why;
    yyjson_doc *rows = program_kept_rows(k->handle, k->result, run->principal, &why);
    if (!rows || !run_add_table(run, k->name, yyjson_doc_get_root(rows), false, &why))
      program_fault_err(b->faults, at, &why);
    yyjson_doc_free(rows);
  }
  return true;
}

static bool run_check_job(void *arg, struct err *err) {
  struct run_beginning *b = arg;
  struct program_run *run = b->run;
  if (!table_set_new(&run->env->limits.tables, &run->clock, &run->set, err) || !run_add_tables(b, err))
    return false;
  struct program_check_input in = {.program = &run->program,
                                   .view = &run->view,
                                   .params = &run->params,
                                   .clock = &run->clock,
                                   .limits = &run->env->limits.tables,
                                   .tables = run->tables,
                                   .table_count = run->table_count};
  if (program_check(&in, run->arena, &run->plan, b->faults)) {
    if (run->plan.calls_least > run->env->limits.calls)
      program_fault_add(b->faults, STR("/steps"),
                        "the program makes %zu calls, of %zu allowed (setting program_calls)",
                        run->plan.calls_least, run->env->limits.calls);
  }
  return true;
}

static struct program_run *run_new(const struct program_request *r) {
  struct program_run *run = MEM_NEW(struct program_run);
  int64_t now = r->now_ms ? r->now_ms : clock_now_ms();
  run->arena = arena_new();
  run->env = r->env;
  run->doc = r->doc;
  run->catalog = catalog_ref(r->catalog);
  run->view = (struct program_view){run->catalog, r->server};
  run->principal = arena_dup(run->arena, r->principal);
  run->person = arena_dup(run->arena, r->person);
  run->url = arena_dup(run->arena, r->url);
  run->by = (struct audit_who){.actor = arena_dup(run->arena, r->by.actor),
                               .actor_name = arena_dup(run->arena, r->by.actor_name),
                               .client = arena_dup(run->arena, r->by.client),
                               .address = arena_dup(run->arena, r->by.address),
                               .client_id = arena_dup(run->arena, r->by.client_id),
                               .sign_in = arena_dup(run->arena, r->by.sign_in)};
  run->request_id = arena_dup(run->arena, r->request_id);
  run->era = r->era;
  run->waits = r->waits;
  run->fresh = r->fresh;
  run->since_us = r->since_us;
  run->spares = r->spares;
  run->charts = r->charts;
  run->progress = r->progress;
  run->progress_arg = r->progress_arg;
  run->clock = (struct table_clock){
      .now_ms = now - now % RUN_MINUTE_MS, .zone = r->env->zone, .first_weekday = r->env->first_weekday};
  run->given = r->given ? yyjson_val_mut_copy(run->given_doc = yyjson_mut_doc_new(NULL), r->given) : NULL;
  return run;
}

bool program_begin(const struct program_request *r, struct program_run **out, struct program_faults *faults,
                   struct err *err) {
  struct program_run *run = run_new(r);
  struct run_beginning b = {run, r, faults};
  struct str given = STR("");
  err->code = ERR_OK;
  bool ok = program_read(yyjson_doc_get_root(run->doc), run->arena, &run->program, faults);
  if (run->given) {
    size_t n;
    char *text = yyjson_mut_val_write(run->given, 0, &n);
    given = arena_dup(run->arena, str_make(text, n));
    free(text);
    run->given_read = yyjson_read(given.p, given.n, 0);
  }
  ok = ok && bind_parameters(&run->program, yyjson_doc_get_root(run->given_read), &run->clock, run->arena,
                             &run->params, faults);
  ok = ok && pool_run(run_check_job, &b, err) && !faults->count;
  if (!ok) {
    if (err->code == ERR_OK) program_faults_fail(faults, err);
    program_end(run);
    return false;
  }
  run->step_count = run->program.step_count;
  for (size_t i = 0; i < run->step_count; i++)
    run->steps[i] = (struct run_step){
        .run = run, .step = &run->program.steps[i], .plan = &run->plan.steps[i], .index = i, .total = -1};
  *out = run;
  return true;
}

void program_end(struct program_run *run) {
  if (!run) return;
  while (run->jobs) {
    struct run_job *job = run->jobs;
    run->jobs = job->next;
    job_free(job);
  }
  table_set_free(run->set);
  yyjson_doc_free(run->doc);
  yyjson_doc_free(run->given_read);
  yyjson_mut_doc_free(run->given_doc);
  catalog_release(run->catalog);
  arena_free(run->outcome_arena);
  arena_free(run->arena);
  mem_free(run);
}

// ---- steps

static bool run_step_ready(const struct program_run *run, const struct run_step *s) {
  for (size_t i = 0; i < run->step_count; i++)
    if (s->plan->after & 1u << i && run->steps[i].state != RUN_STEP_DONE &&
        run->steps[i].state != RUN_STEP_FAILED)
      return false;
  return true;
}

static const struct run_step *run_failed_before(const struct program_run *run, const struct run_step *s) {
  for (size_t i = 0; i < run->step_count; i++)
    if (s->plan->after & 1u << i && run->steps[i].state == RUN_STEP_FAILED) return &run->steps[i];
  return NULL;
}

void program_step_fail(struct run_step *s, struct str why) {
  s->state = RUN_STEP_FAILED;
  if (!s->why.n) s->why = arena_dup(s->run->arena, why);
}

// The step's table, with what is known of it, and the rows of its for_each. On the pool.
static bool run_step_open_job(void *arg, struct err *err) {
  struct run_step *s = arg;
  struct program_run *run = s->run;
  if (s->step->for_each.n &&
      !table_select(run->set, s->step->for_each, &run->params, run->arena, &s->rows, err))
    return false;
  s->table = table_begin(run->set, s->step->id);
  return program_expect(s->step, s->plan, s->step->for_each.n ? &s->rows : NULL, s->table, err);
}

static bool run_step_seal_job(void *arg, struct err *err) {
  struct run_step *s = arg;
  return table_seal(s->table, err);
}

// Is this row of for_each for this account? It is, unless the row names another one that is called.
static bool run_row_is_for(const struct run_step *s, size_t row, size_t target) {
  bool named = false;
  for (size_t c = 0; s->step->many && c < s->rows.column_count; c++) {
    const struct table_cell *cell = &s->rows.cells[row * s->rows.column_count + c];
    if (!program_is_account(s->rows.columns[c].name) || cell->kind != TABLE_CELL_TEXT) continue;
    if (str_eq(cell->text, s->plan->targets[target].account)) return true;
    for (size_t t = 0; t < s->plan->target_count; t++)
      named = named || str_eq(cell->text, s->plan->targets[t].account);
  }
  return !named;
}

// Rows of each account, then calls over them, the accounts by turns.
static void run_step_list(struct run_step *s, size_t rows) {
  size_t targets = s->plan->target_count, size = s->step->batch ? (size_t)s->step->batch : 1, n = 0;
  size_t first[PROGRAM_ACCOUNTS_MOST + 1] = {0};
  s->order = ARENA_ARRAY(s->run->arena, rows * targets + 1, size_t);
  s->list = ARENA_ARRAY(s->run->arena, rows * targets + 1, struct step_call);
  for (size_t t = 0; t < targets; t++) {
    for (size_t r = 0; r < rows; r++)
      if (!s->step->for_each.n || run_row_is_for(s, r, t)) s->order[n++] = r;
    first[t + 1] = n;
  }
  for (size_t turn = 0, added = 1; added; turn++) {
    added = 0;
    for (size_t t = 0; t < targets; t++) {
      size_t at = first[t] + turn * size;
      if (at >= first[t + 1]) continue;
      size_t count = first[t + 1] - at < size ? first[t + 1] - at : size;
      s->list[s->wanted++] = (struct step_call){t, at, count};
      added++;
    }
  }
}

static bool run_step_begin(struct run_step *s, struct err *err) {
  struct program_run *run = s->run;
  const struct run_step *failed = run_failed_before(run, s);
  struct err why = {.code = ERR_OK};
  if (failed) {
    program_step_fail(
        s, arena_printf(run->arena, "the step '%.*s' failed, which it reads", STR_ARG(failed->step->id)));
  } else if (!pool_run(run_step_open_job, s, &why)) {
    if (why.code == ERR_CANCELED) return *err = why, false;
    program_step_fail(s, str_of(why.text));
  } else {
    size_t rows = s->step->for_each.n ? s->rows.row_count : 1;
    run_step_list(s, rows);
    if (s->step->batch) rows = (rows + (size_t)s->step->batch - 1) / (size_t)s->step->batch;
    s->state = RUN_STEP_CALLING;
    if (rows > run->env->limits.fan_out)
      program_step_fail(
          s, arena_printf(run->arena,
                          "for_each gives %zu calls for each account, of %zu allowed (setting "
                          "program_fan_out); narrow it with WHERE or LIMIT, or group rows with 'batch'",
                          rows, run->env->limits.fan_out));
  }
  return true;
}

// The last call of it has ended.
static bool run_step_settle(struct run_step *s, struct err *err) {
  struct err why = {.code = ERR_OK};
  bool nothing = s->failed && s->failed == s->begun && s->begun == s->wanted;
  if (nothing) {
    program_step_fail(s, s->why);
    return true;
  }
  if (!pool_run(run_step_seal_job, s, &why)) {
    if (why.code == ERR_CANCELED) return *err = why, false;
    program_step_fail(s, str_of(why.text));
    return true;
  }
  s->state = RUN_STEP_DONE;
  return true;
}

// ---- conducting

static size_t run_active_for(const struct program_run *run, const struct catalog_account *account) {
  size_t n = 0;
  for (const struct run_job *job = run->jobs; job; job = job->next)
    n += job->at_work && job_target(job)->tool.account == account;
  return n;
}

static bool run_has_room(const struct program_run *run, const struct catalog_account *account) {
  return run->active < run->env->limits.side && run_active_for(run, account) < run->env->limits.side_account;
}

// Starts what waits and may. False: canceled.
static bool run_start_calls(struct program_run *run, bool *moved, struct err *err) {
  for (struct run_job *job = run->jobs; job; job = job->next) { // next pages, and what a limit held up
    if (job->at_work || job->ended || !run_has_room(run, job_target(job)->tool.account)) continue;
    if (!job_start(job, err)) return false;
    *moved = true;
  }
  for (size_t i = 0; i < run->step_count; i++) {
    struct run_step *s = &run->steps[i];
    while (s->state == RUN_STEP_CALLING && s->begun < s->wanted) {
      const struct step_call *call = &s->list[s->begun];
      if (!run_has_room(run, s->plan->targets[call->target].tool.account)) break;
      if (run->calls == run->env->limits.calls) {
        s->why = arena_printf(run->arena, "the program has made its %zu calls (setting program_calls)",
                              run->calls);
        s->wanted = s->begun;
        s->maybe_cut = true;
        break;
      }
      struct run_job *job = job_new(s, call);
      s->begun++;
      *moved = true;
      if (!job_start(job, err)) return false;
    }
  }
  return true;
}

static bool run_advance_steps(struct program_run *run, bool *moved, struct err *err) {
  for (size_t i = 0; i < run->step_count; i++) {
    struct run_step *s = &run->steps[i];
    if (s->state == RUN_STEP_WAITING && run_step_ready(run, s)) {
      if (!run_step_begin(s, err)) return false;
      *moved = true;
    }
    if (s->state == RUN_STEP_CALLING && s->begun == s->wanted && s->open == 0) {
      if (!run_step_settle(s, err)) return false;
      *moved = true;
    }
  }
  return true;
}

// Takes in what has ended. False: canceled.
static bool run_take_answers(struct program_run *run, bool *moved, struct err *err) {
  for (struct run_job **at = &run->jobs; *at;) {
    struct run_job *job = *at;
    if (!job->ended) {
      at = &job->next;
      continue;
    }
    *moved = true;
    if (!job_take(job, err)) return false;
    if (job->ended) { // else it goes on with a next page, or again after a limit
      *at = job->next;
      job_free(job);
    }
  }
  return true;
}

static bool run_step_goes_on(const struct run_step *s) {
  return s->state == RUN_STEP_WAITING || s->state == RUN_STEP_CALLING;
}

static bool run_is_over(const struct program_run *run) {
  for (size_t i = 0; i < run->step_count; i++)
    if (run_step_goes_on(&run->steps[i])) return false;
  return run->active == 0;
}

// Nobody may be left at work when this returns: what they work with is the run's.
static void run_call_all_back(struct program_run *run) {
  for (struct run_job *job = run->jobs; job; job = job->next)
    if (job->at_work) fiber_cancel(job->fiber);
  while (run->active) fiber_park_firmly("calls of a program end");
}

static bool run_conduct_until(struct program_run *run, uint64_t end_us, struct err *err) {
  while (!run_is_over(run)) {
    bool moved = false;
    bool late = clock_mono_us() >= end_us;
    if (!run_take_answers(run, &moved, err) || !run_advance_steps(run, &moved, err)) return false;
    if (!late && !run->wait_s && !run_start_calls(run, &moved, err)) return false;
    if (moved && run->progress) run->progress(run->progress_arg, run);
    if (moved) continue;
    if (run->active == 0 && (late || run->wait_s)) { // nothing more now
      run->paused = true;
      return true;
    }
    if (run->active == 0) return err_set(err, ERR_INTERNAL, "a program stands still");
    if (!fiber_park("calls of a program", err)) return false;
  }
  return true;
}

// A vendor's rate limit, where the asker waits for it.
static bool run_wait(struct program_run *run, uint64_t end_us, bool *waited, struct err *err) {
  uint64_t us = (uint64_t)run->wait_s * 1000000;
  *waited = run->paused && run->wait_s && run->waits && us <= run->env->limits.wait_ms * 1000 &&
            clock_mono_us() + us < end_us;
  if (!*waited) return true;
  run->waiting = true;
  if (run->progress) run->progress(run->progress_arg, run);
  bool slept = fiber_sleep(us / 1000, err);
  run->waiting = false;
  if (!slept) return false;
  run->wait_s = 0;
  run->paused = false;
  return true;
}

bool program_go_on(struct program_run *run, uint64_t most_ms, struct err *err) {
  uint64_t left_ms = run->env->limits.time_ms -
                     (run->worked_ms < run->env->limits.time_ms ? run->worked_ms : run->env->limits.time_ms);
  uint64_t started_us = clock_mono_us(),
           end_us = started_us + (most_ms && most_ms < left_ms ? most_ms : left_ms) * 1000;
  bool waited = true, ok = true;
  run->conductor = fiber_self();
  run->end_us = end_us;
  run->paused = false;
  run->wait_s = 0;
  while (ok && waited) ok = run_conduct_until(run, end_us, err) && run_wait(run, end_us, &waited, err);
  if (!ok) run_call_all_back(run);
  run->worked_ms += (clock_mono_us() - started_us) / 1000;
  run->out_of_time = run->paused && !run->wait_s && run->worked_ms >= run->env->limits.time_ms;
  run->conductor = NULL;
  return ok;
}

bool program_is_paused(const struct program_run *run) {
  return run->paused;
}

const struct plan *program_plan(const struct program_run *run) {
  return &run->plan;
}

const struct program *program_of(const struct program_run *run) {
  return &run->program;
}

bool program_progress(const struct program_run *run, size_t step, struct program_progress *out) {
  static const char *const states[] = {[RUN_STEP_WAITING] = "waiting",
                                       [RUN_STEP_CALLING] = "calling",
                                       [RUN_STEP_DONE] = "complete",
                                       [RUN_STEP_FAILED] = "failed"};
  if (step >= run->step_count) return false;
  const struct run_step *s = &run->steps[step];
  size_t at_first =
      s->step->for_each.n ? 0 : s->plan->target_count; // how many rows there will be nobody knows
  *out = (struct program_progress){.step = s->step->id,
                                   .state = states[s->state],
                                   .ended = s->begun - s->open,
                                   .known = s->state == RUN_STEP_WAITING ? at_first : s->wanted,
                                   .rows = s->table ? table_row_count(s->table) : 0,
                                   .goes_on = run_step_goes_on(s)};
  return true;
}

bool program_columns(const struct program_run *run, size_t step, struct arena *a,
                     const struct table_column **out, size_t *count) {
  const struct run_step *s = step < run->step_count ? &run->steps[step] : NULL;
  if (!s || !s->table || (s->state != RUN_STEP_DONE && s->state != RUN_STEP_FAILED)) return false;
  *count = table_columns(s->table, a, out);
  return true;
}

int64_t program_waits(const struct program_run *run) {
  return run->waiting ? run->wait_s : 0;
}

// Ends before beginnings: what began before these ended was told then.
bool program_next_call(struct program_run *run, struct program_call *out) {
  if (run->call_rows_told < run->call_row_count) {
    *out = (struct program_call){.call = run->call_rows[run->call_rows_told++], .ended = true};
    return true;
  }
  struct run_job *first = NULL;
  for (struct run_job *job = run->jobs; job; job = job->next)
    if (job->sent && !job->told && (!first || job->number < first->number)) first = job;
  if (!first) return false;
  first->told = true;
  *out = (struct program_call){.call = job_call(first, first->arena)};
  return true;
}

void program_follow(struct program_run *run, void (*progress)(void *arg, struct program_run *run),
                    void *arg) {
  run->progress = progress;
  run->progress_arg = arg;
  run->call_rows_told = run->call_row_count; // what ended before is no news
}
