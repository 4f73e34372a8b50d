// SPDX-License-Identifier: Apache-2.0
// One call of a step: arguments, the call on a fiber of its own, the answer into the step's table, the next page.
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "call/shape.h"
#include "data/json.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "program/bind.h"
#include "program/run_parts.h"
#include "table/forms.h"

enum { JOB_WHY_MOST = 300, JOB_WAIT_S = 30 }; // where a vendor limits and does not say for how long

const struct plan_target *job_target(const struct run_job *job) {
  return &job->step->plan->targets[job->target];
}

struct run_job *job_new(struct run_step *s, const struct step_call *call) {
  struct run_job *job = MEM_NEW(struct run_job);
  job->run = s->run;
  job->step = s;
  job->target = call->target;
  job->call = call;
  job->row = s->order[call->first];
  job->arena = arena_new();
  const struct catalog_tool *tool = &job_target(job)->tool;
  pages_rule(tool->tool, connector_paging_find(tool->account->connector, tool->tool->name), &job->paging);
  job->next = s->run->jobs;
  s->run->jobs = job;
  s->open++;
  return job;
}

static void job_let_go(struct run_job *job) {
  if (job->has_answer) call_answer_free(&job->answer);
  job->has_answer = false;
  yyjson_doc_free(job->sent);
  job->sent = NULL;
}

void job_free(struct run_job *job) {
  job_let_go(job);
  yyjson_mut_doc_free(job->doc);
  map_free(&job->cursors);
  arena_free(job->arena);
  mem_free(job);
}

// ---- arguments

static bool job_batch(struct run_job *job, struct table **out, struct err *err) {
  const struct run_step *s = job->step;
  struct buf json = BUF_MAX(TABLE_CELL_MOST);
  buf_add_char(&json, '[');
  for (size_t i = 0; i < job->call->count; i++) {
    size_t r = s->order[job->call->first + i];
    buf_add_z(&json, i ? ",{" : "{");
    for (size_t c = 0; c < s->rows.column_count; c++) {
      if (c) buf_add_char(&json, ',');
      json_add_string(&json, s->rows.columns[c].name);
      buf_add_char(&json, ':');
      table_cell_write(&json, &s->rows.cells[r * s->rows.column_count + c], s->rows.columns[c].type);
    }
    buf_add_char(&json, '}');
  }
  buf_add_char(&json, ']');
  yyjson_doc *doc = json.full ? NULL : yyjson_read(json.p, json.n, YYJSON_READ_NUMBER_AS_RAW);
  struct table_added added;
  *out = table_begin(job->run->set, STR("batch"));
  bool ok = doc && *out &&
            table_add(*out, &(struct table_batch){.root = yyjson_doc_get_root(doc), .rows = TABLE_ROOT},
                      &added, err) &&
            table_seal(*out, err);
  if (!doc) err_set(err, ERR_LIMIT, "a batch takes more than %d bytes", TABLE_CELL_MOST);
  yyjson_doc_free(doc);
  buf_free(&json);
  return ok;
}

static bool job_prepare_job(void *arg, struct err *err) {
  struct run_job *job = arg;
  struct program_run *run = job->run;
  const struct run_step *s = job->step;
  struct table *batch = NULL;
  job->doc = yyjson_mut_doc_new(NULL);
  struct binding b = {.program = &run->program,
                      .set = run->set,
                      .params = &run->params,
                      .rows = s->step->for_each.n ? &s->rows : NULL,
                      .row = job->row,
                      .arena = job->arena,
                      .schema = job_target(job)->tool.tool->input,
                      .doc = job->doc};
  if (s->step->batch && !job_batch(job, &batch, err)) return false;
  job->arguments = bind_arguments(&b, s->step, err);
  if (batch) table_drop(batch);
  if (job->arguments) pages_begin(&job->paging, job->arguments, job->doc);
  return job->arguments != NULL;
}

// ---- the call

static uint64_t job_cache_ms(const struct program_run *run, uint64_t now_us) {
  if (!run->fresh) return run->env->limits.cache_ms;
  return run->since_us ? (now_us - run->since_us) / 1000 + 1 : 0;
}

static void job_work(void *arg) {
  struct run_job *job = arg;
  struct program_run *run = job->run;
  const struct plan_target *target = job_target(job);
  uint64_t now_us = clock_mono_us();
  job->fiber = fiber_self();
  // Never before the end of the turn, by which job_is_unfinished goes: both clocks are cut to milliseconds.
  if (job->fiber) fiber_deadline(job->fiber, run->end_us > now_us ? (run->end_us - now_us) / 1000 + 2 : 1);
  struct run_call call = {.env = run->env->run,
                          .catalog = run->catalog,
                          .server = run->view.server,
                          .tool = &target->tool,
                          .arguments = yyjson_doc_get_root(job->sent),
                          .reads_only = true,
                          .cache_ms = job_cache_ms(run, now_us),
                          .spares = run->spares,
                          .whole = true,
                          .request_id = run->request_id,
                          .by = run->by,
                          .url = run->url,
                          .principal = run->principal,
                          .person = run->person,
                          .capabilities = STR("{}"),
                          .era = run->era};
  job->has_answer = call_run(&call, job->arena, &job->answer, &job->err);
  job->elapsed_us = clock_mono_us() - job->started_us;
  job->at_work = false;
  job->ended = true;
  run->active--;
  if (run->conductor) fiber_wake(run->conductor);
}

bool job_start(struct run_job *job, struct err *err) {
  struct program_run *run = job->run;
  struct err why = {.code = ERR_OK};
  if (!job->prepared && !pool_run(job_prepare_job, job, &why)) {
    if (why.code == ERR_CANCELED) return *err = why, false;
    job->err = why;
    job->ended = true; // taken as a failure
    return true;
  }
  job->prepared = true;
  size_t n;
  char *text = yyjson_mut_val_write(job->arguments, 0, &n);
  job->sent = text ? yyjson_read(text, n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  free(text);
  job->started_ms = clock_now_ms();
  job->started_us = clock_mono_us();
  job->at_work = true;
  run->active++;
  job->number = ++run->calls;
  job->told = false;
  job->step->calls++;
  if (fiber_self() && fiber_spawn(loop_current(), "call of a program", job_work, job)) return true;
  job_work(job); // no fiber is free: on this one
  return true;
}

// ---- the answer

struct job_taking {
  struct run_job *job;
  struct str why; // of a failure; empty: none
  bool goes_on;
};

static struct str job_failed_words(struct run_job *job) {
  if (!job->has_answer) return arena_dup(job->arena, str_of(job->err.text));
  struct str question = job->answer.question;
  if (question.n)
    return arena_printf(
        job->arena,
        "its vendor asks something back (%.*s), and nobody answers within a program: call the "
        "tool by itself",
        STR_MOST(question, 60));
  struct run_result result;
  shape_answer(&job->answer, JOB_WHY_MOST * 4, job->arena, &result);
  yyjson_doc *doc = yyjson_read(result.content.p ? result.content.p : "", result.content.n, 0);
  struct str text = json_str(yyjson_arr_get_first(yyjson_doc_get_root(doc)), "text");
  if (result.rpc_error)
    text = (struct str){yyjson_mut_get_str(yyjson_mut_obj_get(result.rpc_error, "message")),
                        yyjson_mut_get_len(yyjson_mut_obj_get(result.rpc_error, "message"))};
  yyjson_mut_val *block =
      result.whole ? yyjson_mut_arr_get_first(yyjson_mut_obj_get(result.whole, "content")) : NULL;
  yyjson_mut_val *said = yyjson_mut_obj_get(block, "text");
  if (said) text = str_make(yyjson_mut_get_str(said), yyjson_mut_get_len(said));
  text = arena_dup(job->arena, str_make(text.p ? text.p : "", text.n < JOB_WHY_MOST ? text.n : JOB_WHY_MOST));
  yyjson_doc_free(doc);
  run_result_free(&result);
  return text.n ? text : str_of(run_outcome_name(job->answer.outcome));
}

// What the rows are in: a vendor's body, structured content, or text that holds a table.
static bool job_root(struct run_job *job, struct table_form *form, yyjson_val **root, struct err *err) {
  const struct call_answer *n = &job->answer;
  *form = (struct table_form){.kind = TABLE_FORM_JSON};
  *root = NULL;
  if (n->form == ANSWER_JSON) return *root = n->value, true;
  if (n->form != ANSWER_RESULT)
    return table_form_read(call_answer_body(n), str_of(n->type), &JSON_LIMITS, form, err) &&
           (*root = yyjson_doc_get_root(form->doc), true);
  yyjson_val *structured = yyjson_obj_get(n->value, "structuredContent");
  if (yyjson_is_obj(structured) || yyjson_is_arr(structured)) return *root = structured, true;
  struct buf text = BUF_MAX(64 << 20);
  size_t i, count;
  yyjson_val *block;
  yyjson_arr_foreach (yyjson_obj_get(n->value, "content"), i, count, block) {
    yyjson_val *resource = yyjson_obj_get(block, "resource");
    struct str part = json_str(resource ? resource : block, "text");
    if (!part.n) continue;
    if (text.n) buf_add_char(&text, '\n');
    buf_add(&text, part);
  }
  bool ok = table_form_read(buf_str(&text), STR(""), &JSON_LIMITS, form, err);
  if (ok) *root = yyjson_doc_get_root(form->doc);
  buf_free(&text);
  return ok;
}

static size_t job_extras(struct run_job *job, yyjson_doc **owner, struct table_extra **out) {
  const struct run_step *s = job->step;
  bool columns = s->step->for_each.n && !s->step->batch;
  size_t most = (columns ? s->rows.column_count : 0) + s->step->many, n = 0;
  struct table_extra *extras = ARENA_ARRAY(job->arena, most + 1, struct table_extra);
  struct buf json = BUF_MAX(4 * TABLE_CELL_MOST);
  buf_add_char(&json, '[');
  for (size_t c = 0; columns && c < s->rows.column_count; c++) {
    if (s->step->many && program_is_account(s->rows.columns[c].name)) continue; // stands there once
    if (n) buf_add_char(&json, ',');
    table_cell_write(&json, &s->rows.cells[job->row * s->rows.column_count + c], s->rows.columns[c].type);
    extras[n++].name = s->rows.columns[c].name;
  }
  if (s->step->many) {
    if (n) buf_add_char(&json, ',');
    json_add_string(&json, job_target(job)->account);
    extras[n++].name = STR("account");
  }
  buf_add_char(&json, ']');
  *owner = yyjson_read(json.p, json.n, YYJSON_READ_NUMBER_AS_RAW);
  for (size_t i = 0; i < n; i++) extras[i].value = yyjson_arr_get(yyjson_doc_get_root(*owner), i);
  buf_free(&json);
  *out = extras;
  return n;
}

static bool job_is_graphql(const struct tool *t) {
  return str_contains(t->path, STR("graphql")) || str_contains(t->name, STR("graphql"));
}

static size_t job_bytes(const struct run_job *job) {
  size_t body = job->has_answer ? call_answer_body(&job->answer).n : 0;
  return body || !job->has_answer || !job->answer.doc ? body : yyjson_doc_get_read_size(job->answer.doc);
}

// A front's call went out with another's, the caller's own.
static struct str job_account_id(const struct run_job *job) {
  const struct catalog_account *called = job->has_answer ? job->answer.account : NULL;
  return (called ? called : job_target(job)->tool.account)->account->id;
}

struct outcome_call job_call(const struct run_job *job, struct arena *a) {
  return (struct outcome_call){.number = job->sent ? job->number : 0,
                               .step = job->step->step->id,
                               .account = job_target(job)->account,
                               .account_id = arena_dup(a, job_account_id(job)),
                               .tool = job_target(job)->tool.name,
                               .arguments =
                                   job->sent ? json_to_text(a, yyjson_doc_get_root(job->sent)) : STR("{}"),
                               .page = (int64_t)job->page + 1,
                               .at_ms = job->started_ms};
}

static void job_note_row(struct run_job *job, size_t rows, struct str why) {
  struct program_run *run = job->run;
  if (run->call_row_count == run->call_row_cap) {
    size_t cap = run->call_row_cap ? run->call_row_cap * 2 : 32;
    struct outcome_call *more = ARENA_ARRAY(run->arena, cap, struct outcome_call);
    if (run->call_row_count) memcpy(more, run->call_rows, run->call_row_count * sizeof *more);
    run->call_rows = more;
    run->call_row_cap = cap;
  }
  struct outcome_call *row = &run->call_rows[run->call_row_count++];
  *row = job_call(job, run->arena);
  row->why = arena_dup(run->arena, why);
  row->elapsed_ms = (int64_t)(job->elapsed_us / 1000);
  row->rows = rows;
  row->bytes = job_bytes(job);
  row->cached = job->has_answer && job->answer.cached;
  row->age_ms = job->has_answer ? job->answer.age_ms : 0;
}

// A vendor that leads round in a circle, or gives the same page whatever is asked for, would be read for ever.
static bool job_goes_round(struct run_job *job, const struct pages_next *next) {
  if (!next->text.n) return false;
  if (map_get(&job->cursors, next->text)) return true;
  map_put(&job->cursors, next->text, job);
  return false;
}

static bool job_repeats(struct run_job *job, yyjson_val *root) {
  size_t n = 0;
  char *text = yyjson_val_write(root, 0, &n);
  uint64_t hash = map_hash(str_make(text ? text : "", n));
  bool same = job->page && hash == job->page_hash;
  free(text);
  job->page_hash = hash;
  return same;
}

// Rows as a page counts them: where the program spreads what is within them, these are more or fewer.
static size_t job_page_rows(const struct run_job *job, yyjson_val *root, size_t taken) {
  struct str pointer = job->step->step->rows;
  ptrdiff_t spread = str_find_text(pointer, STR("/*"));
  yyjson_val *rows = spread < 0 ? NULL : json_at(root, str_make(pointer.p, (size_t)spread));
  return yyjson_is_arr(rows) ? yyjson_arr_size(rows) : taken;
}

static void job_turn_page(struct job_taking *t, yyjson_val *root, const struct table_added *added) {
  struct run_job *job = t->job;
  struct run_step *s = job->step;
  struct program_run *run = job->run;
  size_t rows = job_page_rows(job, root, added->rows + added->cut);
  struct pages_next next;
  pages_next(&(struct pages_look){.rule = &job->paging,
                                  .arguments = job->arguments,
                                  .answer = root,
                                  .headers = &job->answer.response.headers,
                                  .rows = rows,
                                  .before = job->rows},
             run->arena, &next);
  job->rows += rows;
  if (next.total > s->total) s->total = next.total;
  uint64_t most = s->step->pages ? (uint64_t)s->step->pages : run->env->limits.pages;
  bool stuck = next.goes_on && (job_goes_round(job, &next) || (rows && job_repeats(job, root)));
  bool more = next.goes_on && !added->cut;
  t->goes_on = more && !stuck && job->page + 1 < most && run->calls < run->env->limits.calls;
  s->maybe_cut = s->maybe_cut || next.maybe_cut || (more && !t->goes_on);
  if (t->goes_on) pages_turn(&next, job->arguments, job->doc);
}

static bool job_take_rows(struct job_taking *t, yyjson_val *root, bool untyped, struct err *err) {
  struct run_job *job = t->job;
  struct run_step *s = job->step;
  const struct tool *tool = job_target(job)->tool.tool;
  struct table_added added = {0};
  yyjson_doc *owner;
  struct table_batch batch = {
      .root = root, .rows = s->step->rows, .untyped = untyped, .deep = job_is_graphql(tool)};
  struct table_extra *extras;
  batch.extra_count = job_extras(job, &owner, &extras);
  batch.extras = extras;
  bool ok = table_add(s->table, &batch, &added, err);
  yyjson_doc_free(owner);
  s->cut += added.cut;
  job_note_row(job, added.rows, ok ? STR("") : str_of(err->text));
  if (!ok) return false;
  job_turn_page(t, root, &added);
  return true;
}

static bool job_take_job(void *arg, struct err *err) {
  struct job_taking *t = arg;
  struct run_job *job = t->job;
  struct table_form form = {.doc = NULL};
  yyjson_val *root;
  struct err why = {.code = ERR_OK};
  (void)err;
  bool ok = job_root(job, &form, &root, &why) && job_take_rows(t, root, form.untyped, &why);
  yyjson_doc_free(form.doc);
  if (!ok) t->why = arena_dup(job->arena, str_of(why.text));
  job->step->bytes += job_bytes(job);
  return true;
}

static void job_failed(struct run_job *job, struct str why) {
  struct run_step *s = job->step;
  s->failed++;
  if (!s->why.n) s->why = arena_dup(job->run->arena, why);
}

// A vendor's limit ends nothing: the same call is made again when the wait is over, here or by who continues.
static bool job_is_limited(struct run_job *job) {
  struct program_run *run = job->run;
  if (!job->has_answer || job->answer.outcome != RUN_RATE_LIMITED) return false;
  int64_t wait = job->answer.has_rate ? ratelimit_wait(&job->answer.rate) : -1;
  if (wait < 0) wait = JOB_WAIT_S;
  if (wait < 1) wait = 1;
  if (wait > run->wait_s) run->wait_s = wait;
  job_note_row(job, 0, STR("rate limited"));
  return true;
}

// Cut short by the end of this turn, for whoever continues.
static bool job_is_unfinished(const struct run_job *job) {
  bool no_answer = job->has_answer ? job->answer.outcome == RUN_FAILED
                                   : job->err.code == ERR_CANCELED || job->err.code == ERR_TIMEOUT;
  return no_answer && job->prepared && clock_mono_us() >= job->run->end_us;
}

bool job_take(struct run_job *job, struct err *err) {
  struct job_taking t = {.job = job, .why = STR("")};
  bool again = job_is_limited(job) || job_is_unfinished(job);
  if (!again && job->has_answer && job->answer.outcome == RUN_OK && !job->answer.question.n) {
    if (!pool_run(job_take_job, &t, err)) return false;
  } else if (!again) {
    t.why = job_failed_words(job);
    job_note_row(job, 0, t.why);
  }
  if (t.why.n) job_failed(job, t.why);
  job_let_go(job);
  if (t.goes_on) job->page++;
  if (t.goes_on || again) {
    job->ended = false;
    arena_reset(job->arena);
  } else {
    job->step->open--;
  }
  return true;
}
