// SPDX-License-Identifier: Apache-2.0
// Engines over HTTP: who writes the programs of questions. A key comes in and never goes out.
#include "admin/change.h"
#include "admin/put.h"
#include "admin/route.h"
#include "base/clock.h"
#include "data/json.h"
#include "engine/draft.h"
#include "engine/trial.h"
#include "io/pool.h"

struct engine_job {
  struct admin_call *call;
  struct engine_list *list; // as it was when the request came
  const struct engine *before;
  struct engine_draft draft;
  struct engine_trial trial;
  struct str named; // to be deleted, or made the default
  bool tried;
};

static struct store *engine_store(const struct engine_job *job) {
  return job->call->env->shelf.store;
}

static bool engine_write_job(void *arg, struct err *err) {
  struct engine_job *job = arg;
  struct engine_draft *d = &job->draft;
  const struct engine_row_change change = {&d->row, d->key, d->keeps_key, !job->before};
  return engine_row_write(engine_store(job), &change, err) && engine_load(engine_store(job), err);
}

static bool engine_note_job(void *arg, struct err *err) {
  struct engine_job *job = arg;
  return engine_row_note(engine_store(job), &job->draft.row, err) && engine_load(engine_store(job), err);
}

static bool engine_default_job(void *arg, struct err *err) {
  struct engine_job *job = arg;
  return engine_row_set_default(engine_store(job), job->named, err) && engine_load(engine_store(job), err);
}

// Read anew whatever came of it: a row that was gone already may still be in the list.
static bool engine_delete_job(void *arg, struct err *err) {
  struct engine_job *job = arg;
  struct err late;
  bool ok = engine_row_delete(engine_store(job), job->named, err);
  return engine_load(engine_store(job), ok ? err : &late) && ok;
}

// ---- shown

static void engine_put_trial(struct buf *out, const struct engine_trial *t) {
  put_open(out, "trial", '{');
  put_int(out, "elapsed_ms", t->elapsed_ms);
  if (t->input >= 0) put_int(out, "input_tokens", t->input);
  if (t->output >= 0) put_int(out, "output_tokens", t->output);
  put_close(out, '}');
}

static void engine_put(struct buf *out, const struct engine *e, bool answers, const struct engine_trial *t) {
  put_open(out, NULL, '{');
  put_text(out, "id", e->id);
  put_text(out, "name", e->name);
  put_text(out, "kind", str_of(e->kind->name));
  put_text(out, "model", e->model);
  put_text(out, "base_url", e->llm.url);
  put_bool(out, "has_key", e->key != NULL);
  put_text(out, "key_header", e->llm.key_header);
  put_text_or_null(out, "dialect", e->dialect);
  put_text_or_null(out, "effort", e->effort);
  put_int(out, "tokens", e->limits.tokens);
  put_int(out, "output_tokens", e->limits.output);
  put_int(out, "seconds", e->limits.seconds);
  put_bool(out, "default", answers);
  put_text(out, "status", e->status);
  put_text_or_null(out, "status_text", e->status_text);
  put_time(out, "created_at", e->created_at);
  put_time(out, "updated_at", e->updated_at);
  put_time(out, "tested_at", e->tested_at);
  if (t)
    engine_put_trial(out, t);
  else
    put_json(out, "trial", STR_NONE);
  put_close(out, '}');
}

// The one that is built in, which has nothing of what others have.
static void engine_put_planner(struct buf *out, bool answers) {
  static const char *const none[] = {"model",  "base_url", "key_header",    "dialect",
                                     "effort", "tokens",   "output_tokens", "seconds"};
  static const char *const never[] = {"status_text", "created_at", "updated_at", "tested_at", "trial"};
  put_open(out, NULL, '{');
  put_text(out, "id", STR(ENGINE_PLANNER));
  put_text(out, "name", STR(ENGINE_PLANNER));
  put_text(out, "kind", STR(ENGINE_PLANNER));
  put_bool(out, "has_key", false);
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) put_json(out, none[i], STR_NONE);
  put_bool(out, "default", answers);
  put_text(out, "status", STR("ok"));
  for (size_t i = 0; i < sizeof never / sizeof *never; i++) put_json(out, never[i], STR_NONE);
  put_close(out, '}');
}

// Who answers where nobody is named: NULL: the planner. False: whom the setting names is not there.
static bool engine_answers(const struct engine_env *env, const struct engine_list *list,
                           const struct engine **out) {
  struct str preferred = env->preferred;
  bool planner = str_is(preferred, ENGINE_PLANNER);
  *out = planner ? NULL : preferred.n ? engine_in(list, preferred) : engine_default(list);
  return *out || planner || !preferred.n;
}

// The end of each change: what is answered, of the engine by its id, or the planner where that is empty. It may have been
// removed meanwhile.
static bool engine_end(struct engine_job *job, bool ok, struct str id, struct err *err) {
  struct engine_list *list = engine_list_acquire();
  const struct engine *e = engine_in(list, id), *answers;
  bool known = engine_answers(job->call->env->engines, list, &answers);
  if (ok && e)
    engine_put(&job->call->out, e, answers == e, job->tried ? &job->trial : NULL);
  else if (ok && !id.n)
    engine_put_planner(&job->call->out, known && !answers);
  else if (ok)
    ok = store_outdated("the engine", err);
  engine_list_release(list);
  engine_list_release(job->list);
  return ok;
}

static struct str engine_id(const struct engine_job *job) {
  return job->before ? job->before->id : STR_NONE;
}

bool admin_list_engines(struct admin_call *call, struct err *err) {
  (void)err;
  struct buf *out = &call->out;
  struct engine_list *list = engine_list_acquire();
  const struct engine *answers;
  bool known = engine_answers(call->env->engines, list, &answers);
  put_open(out, NULL, '{');
  put_text(out, "sees", str_of(engine_sees_name(call->env->engines->sees)));
  put_open(out, "items", '[');
  engine_put_planner(out, known && !answers);
  for (size_t i = 0; i < list->count; i++) engine_put(out, &list->items[i], answers == &list->items[i], NULL);
  put_close(out, ']');
  put_close(out, '}');
  engine_list_release(list);
  return true;
}

// `before` NULL: the planner.
static bool engine_named(struct engine_job *job, struct err *err) {
  struct str named = http_param(&job->call->params, "engine");
  job->before = engine_in(job->list, named);
  job->call->detail = arena_printf(job->call->arena, "\"%.*s\"", STR_MOST(named, ENGINE_NAME_MOST));
  return job->before || str_is(named, ENGINE_PLANNER) || engine_row_missing(named, err);
}

bool admin_get_engine(struct admin_call *call, struct err *err) {
  struct engine_job job = {.call = call, .list = engine_list_acquire()};
  const struct engine *answers;
  bool ok = engine_named(&job, err), known = engine_answers(call->env->engines, job.list, &answers);
  if (ok && job.before)
    engine_put(&call->out, job.before, answers == job.before, NULL);
  else if (ok)
    engine_put_planner(&call->out, known && !answers);
  engine_list_release(job.list);
  return ok;
}

// ---- changed

static bool engine_is_tried_anew(const struct engine_job *job) {
  static const char *const what[] = {"kind",       "model",   "base_url", "key",
                                     "key_header", "dialect", "effort",   "output_tokens"};
  bool is = !job->before;
  for (size_t i = 0; !is && i < sizeof what / sizeof *what; i++)
    is = yyjson_obj_get(job->call->body, what[i]) != NULL;
  return is;
}

// As it will be, with the key that it will have.
static bool engine_try_draft(struct engine_job *job, struct err *err) {
  struct engine_draft *d = &job->draft;
  struct engine e;
  struct str key = d->keeps_key ? secret_reveal(job->before->key) : d->key;
  if (!engine_make(&d->row, key.n ? secret_new(key) : NULL, &e, err)) return false;
  job->tried = engine_try(&e, job->call->env->run->guard, job->call->arena, &job->trial, err);
  engine_drop(&e);
  return job->tried;
}

static bool engine_settle(struct engine_job *job, struct err *err) {
  struct engine_row *row = &job->draft.row;
  bool untested = json_bool(job->call->body, "untested", false);
  if (engine_is_tried_anew(job)) {
    if (!untested && !engine_try_draft(job, err)) {
      if (err->code == ERR_UNPROCESSABLE && !err->hint[0]) err_hint(err, "nothing was kept");
      return false;
    }
    row->status = untested ? STR("untested") : STR("ok");
    row->status_text = STR("");
    row->tested_at = untested ? 0 : clock_now_ms();
  }
  row->updated_at = clock_now_ms();
  if (!job->before) row->created_at = row->updated_at;
  return pool_run(engine_write_job, job, err);
}

// The setting goes before the mark: whoever sets the mark learns it.
static bool engine_may_mark(const struct engine_job *job, struct err *err) {
  struct str preferred = job->call->env->engines->preferred;
  if (!preferred.n || !json_bool(job->call->body, "default", false)) return true;
  err_at(err, ERR_CONFLICT, "default", "the setting ask_engine says '%.*s', and goes before",
         STR_MOST(preferred, ENGINE_NAME_MOST));
  err_hint(err, "change the setting, or leave it empty");
  return false;
}

static bool engine_mark(struct engine_job *job, bool is_default, struct str id, struct err *err) {
  yyjson_val *wanted = yyjson_obj_get(job->call->body, "default");
  if (!wanted || yyjson_get_bool(wanted) == is_default) return true;
  job->named = yyjson_get_bool(wanted) ? id : STR_NONE;
  return pool_run(engine_default_job, job, err);
}

static void engine_say_moves(struct buf *said, const struct engine *from, const struct engine_row *to) {
  // The hosts alone: an address may have a secret in its path.
  change_text(said, "address", fetch_origin(from->llm.url), fetch_origin(to->base_url));
  if (str_eq(fetch_origin(from->llm.url), fetch_origin(to->base_url)) && !str_eq(from->llm.url, to->base_url))
    buf_printf(said, "%saddress: another path there", said->n ? "; " : "");
}

static void engine_say_number(struct buf *said, const char *what, int64_t from, int64_t to, struct arena *a) {
  change_text(said, what, arena_printf(a, "%lld", (long long)from), arena_printf(a, "%lld", (long long)to));
}

static struct str engine_changes(const struct engine_job *job) {
  const struct engine *from = job->before;
  const struct engine_draft *d = &job->draft;
  struct arena *a = job->call->arena;
  struct buf said = BUF_MAX(CHANGE_MOST);
  change_text(&said, "name", from->name, d->row.name);
  change_text(&said, "kind", str_of(from->kind->name), d->row.kind);
  change_text(&said, "model", from->model, d->row.model);
  engine_say_moves(&said, from, &d->row);
  change_text(&said, "key_header", from->llm.key_header, d->row.key_header);
  change_text(&said, "dialect", from->dialect, d->row.dialect);
  change_text(&said, "effort", from->effort, d->row.effort);
  engine_say_number(&said, "tokens", from->limits.tokens, d->row.tokens, a);
  engine_say_number(&said, "output_tokens", from->limits.output, d->row.output, a);
  engine_say_number(&said, "seconds", from->limits.seconds, d->row.seconds, a);
  yyjson_val *wanted = yyjson_obj_get(job->call->body, "default");
  if (wanted)
    change_text(&said, "default", from->is_default ? STR("yes") : STR("no"),
                yyjson_get_bool(wanted) ? STR("yes") : STR("no"));
  if (!d->keeps_key && (d->key.n || from->key))
    buf_printf(&said, "%skey: %s", said.n ? "; " : "", d->key.n ? "replaced" : "taken away");
  struct str all = change_end(&said, a);
  return arena_printf(a, "\"%.*s\": %.*s", STR_ARG(from->name), STR_ARG(all));
}

static bool engine_create(struct engine_job *job, struct err *err) {
  struct admin_call *call = job->call;
  if (!engine_may_mark(job, err) || !engine_draft_fill(NULL, call->body, call->arena, &job->draft, err))
    return false;
  const struct engine_row *row = &job->draft.row;
  struct str origin = fetch_origin(row->base_url);
  call->detail = arena_printf(call->arena, "\"%.*s\": %.*s, %.*s at %.*s", STR_ARG(row->name),
                              STR_ARG(row->kind), STR_ARG(row->model), STR_ARG(origin));
  if (engine_in(job->list, row->name)) { // before a model is asked
    err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "name", "there is an engine '%.*s' already",
             STR_ARG(row->name));
    err_hint(err, "change that one, or take another name");
    return false;
  }
  return engine_settle(job, err) && engine_mark(job, false, row->id, err);
}

bool admin_create_engine(struct admin_call *call, struct err *err) {
  struct engine_job job = {.call = call, .list = engine_list_acquire()};
  bool ok = engine_create(&job, err);
  return engine_end(&job, ok, job.draft.row.id, err);
}

// Of the planner nothing can be changed but that it is the default.
static bool engine_change_planner(struct engine_job *job, struct err *err) {
  yyjson_val *wanted = yyjson_obj_get(job->call->body, "default");
  if (!wanted || !yyjson_get_bool(wanted) || yyjson_obj_size(job->call->body) != 1)
    return err_set(err, ERR_INVALID,
                   "the planner is built in: it can be made the default, and nothing else of it changes");
  return pool_run(engine_default_job, job, err);
}

static bool engine_change(struct engine_job *job, struct err *err) {
  struct admin_call *call = job->call;
  if (!engine_named(job, err) || !engine_may_mark(job, err)) return false;
  if (!job->before) return engine_change_planner(job, err);
  if (!engine_draft_fill(job->before, call->body, call->arena, &job->draft, err)) return false;
  call->detail = engine_changes(job);
  return engine_settle(job, err) && engine_mark(job, job->before->is_default, job->before->id, err);
}

bool admin_change_engine(struct admin_call *call, struct err *err) {
  struct engine_job job = {.call = call, .list = engine_list_acquire()};
  bool ok = engine_change(&job, err);
  return engine_end(&job, ok, engine_id(&job), err);
}

bool admin_delete_engine(struct admin_call *call, struct err *err) {
  struct engine_job job = {.call = call, .named = http_param(&call->params, "engine")};
  call->detail = arena_printf(call->arena, "\"%.*s\"", STR_MOST(job.named, ENGINE_NAME_MOST));
  if (str_is(job.named, ENGINE_PLANNER))
    return err_at(err, ERR_CONFLICT, "engine",
                  "the planner is built in and always there; it cannot be removed");
  return pool_run(engine_delete_job, &job, err);
}

// ---- tried

// What came of it is kept with the engine before it is told; that the asker has gone is no word on it.
static bool engine_keep_trial(struct engine_job *job, bool ok, struct err *err) {
  struct engine_row *row = &job->draft.row;
  struct err why = *err, late;
  if (!ok && err->code == ERR_CANCELED) return false;
  *row = (struct engine_row){.id = job->before->id,
                             .status = ok ? STR("ok") : STR("failing"),
                             .status_text = ok ? STR("") : str_of(why.text),
                             .tested_at = clock_now_ms()};
  bool kept = pool_run(engine_note_job, job, &late);
  if (ok && !kept) *err = late;
  return ok && kept;
}

bool admin_test_engine(struct admin_call *call, struct err *err) {
  struct engine_job job = {.call = call, .list = engine_list_acquire()};
  bool ok = engine_named(&job, err);
  if (ok && job.before) {
    job.tried = engine_try(job.before, call->env->run->guard, call->arena, &job.trial, err);
    ok = engine_keep_trial(&job, job.tried, err);
  }
  return engine_end(&job, ok, engine_id(&job), err);
}
