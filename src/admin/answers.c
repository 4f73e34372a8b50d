// SPDX-License-Identifier: Apache-2.0
// Kept answers over HTTP: listed, read, shared, deleted. Whoever asked sees its answer, and all that manage see what is
// shared; unknown, deleted and another's look alike.
#include "admin/answers.h"

#include "admin/put.h"
#include "admin/stored.h"
#include "admin/view.h"
#include "base/clock.h"
#include "data/json.h"
#include "io/pool.h"

struct answer_asker answers_asker(const struct admin_call *call) {
  return (struct answer_asker){call->who.token.id, call->who.role != ACCESS_CLIENT};
}

const struct access_token *answers_owner(const struct admin_call *call, struct str id) {
  return catalog_token_by_id(call->catalog, id);
}

struct str answers_page(const struct admin_call *call) {
  return ARENA_JOIN(call->arena, admin_public_url(call), STR(ANSWERS_PAGE));
}

static struct store *answers_store(const struct admin_call *call) {
  return call->env->shelf.store;
}

// ---- read

static bool answers_read_job(void *arg, struct err *err) {
  struct answers_read *r = arg;
  const struct admin_call *call = r->call;
  if (!answer_read(answers_store(call), r->id, &r->asker, call->arena, &r->answer, err)) return false;
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  yyjson_val *program = answer_program(&r->answer);
  if (program) r->verdict = shelf_judge(call->env->program, program, &look);
  stable_done(&look);
  return true;
}

bool answers_read(struct answers_read *r, struct err *err) {
  return pool_run(answers_read_job, r, err);
}

// ---- written as JSON

static void answers_put_head(const struct admin_call *call, const struct answer_row *row, yyjson_val *asked,
                             struct buf *out) {
  const struct access_token *owner = answers_owner(call, row->owner);
  put_text(out, "id", row->id);
  put_text(out, "link", ARENA_JOIN(call->arena, answers_page(call), row->id));
  put_text(out, "question", json_str(asked, "question"));
  put_text(out, "outcome", json_str(asked, "outcome"));
  put_value(out, "engine", yyjson_obj_get(asked, "engine"));
  put_time(out, "created_at", row->created_at);
  put_text(out, "owner", row->owner);
  put_text_or_null(out, "owner_name", owner ? owner->name : STR_NONE);
  put_bool(out, "mine", str_eq(row->owner, call->who.token.id));
  put_text(out, "visibility", row->is_private ? STR("private") : STR("shared"));
  put_text_or_null(out, "server_id", row->server_id);
  put_text(out, "conversation", row->conversation);
  put_text_or_null(out, "follows", row->follows);
  put_text_or_null(out, "rerun_of", row->rerun_of);
  put_time(out, "account_deleted_at", row->gone_at);
}

// Columns and rows of the first result that there is, as POST /ask gives them.
static void answers_put_table(const struct answer *a, struct buf *out) {
  size_t i, n;
  yyjson_val *v, *result, *first = NULL;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(a->told), "results"), i, n, result)
    if (!first && !yyjson_obj_get(result, "error")) first = result;
  if (!first) return;
  put_open(out, "table", '{');
  put_open(out, "columns", '[');
  yyjson_arr_foreach (yyjson_obj_get(first, "columns"), i, n, v) put_text(out, NULL, json_str(v, "name"));
  put_close(out, ']');
  put_value(out, "rows", yyjson_obj_get(first, "rows"));
  put_close(out, '}');
}

static void answers_put_told(const struct answer *a, struct buf *out) {
  static const char *const lists[] = {"results", "calls", "understood", "choices", "warnings"};
  yyjson_val *told = yyjson_doc_get_root(a->told), *chart = answer_chart(a);
  put_text_or_null(out, "text", json_str(told, "text"));
  put_value(out, "numbers", yyjson_obj_get(told, "numbers"));
  answers_put_table(a, out);
  if (chart) put_value(out, "chart", chart);
  if (json_bool(told, "paused", false)) put_bool(out, "paused", true);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    put_value(out, lists[i], yyjson_obj_get(told, lists[i]));
}

static void answers_put_nothing(struct buf *out) {
  static const char *const lists[] = {"numbers", "results", "calls", "understood", "choices", "warnings"};
  put_json(out, "text", STR_NONE);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    put_open(out, lists[i], '[');
    put_close(out, ']');
  }
}

// Why a program is broken names tools: that is for who manages, and who asked.
static void answers_put_program(const struct answers_read *r, struct buf *out) {
  const struct admin_call *call = r->call;
  yyjson_val *program = answer_program(&r->answer);
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  if (!program) return;
  put_json(out, "program", stable_write(program, &look, STABLE_NAMES, call->arena));
  put_text(out, "state", str_of(shelf_state_name(r->verdict.state)));
  bool tells = admin_manages(call) || str_eq(r->answer.row.owner, call->who.token.id);
  put_text_or_null(out, "step", tells ? r->verdict.step : STR_NONE);
  put_text_or_null(out, "why", tells ? r->verdict.why : STR_NONE);
  stable_done(&look);
}

void answers_put(const struct answers_read *r, struct buf *out) {
  put_open(out, NULL, '{');
  answers_put_head(r->call, &r->answer.row, yyjson_doc_get_root(r->answer.asked), out);
  if (r->answer.told)
    answers_put_told(&r->answer, out);
  else
    answers_put_nothing(out);
  answers_put_program(r, out);
  put_close(out, '}');
}

bool admin_get_answer(struct admin_call *call, struct err *err) {
  struct answers_read r = {
      .call = call, .asker = answers_asker(call), .id = http_param(&call->params, "answer")};
  if (!answers_read(&r, err)) return false;
  answers_put(&r, &call->out);
  answer_free(&r.answer);
  return true;
}

// ---- listed

struct answers_listing {
  struct admin_call *call;
  struct answer_list query;
  struct answer_row *rows;
  size_t count;
  struct str last;
};

static bool answers_list_job(void *arg, struct err *err) {
  struct answers_listing *l = arg;
  return answer_row_list(answers_store(l->call), &l->query, l->call->arena, &l->rows, &l->count, &l->last,
                         err);
}

static bool answers_list(struct answers_listing *l, struct err *err) {
  struct admin_call *call = l->call;
  l->query.owner = call->who.token.id;
  l->query.after = admin_query(call, "after");
  l->query.limit = (size_t)admin_query_int(call, "limit", ADMIN_PAGE);
  if (!pool_run(answers_list_job, l, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < l->count; i++) {
    yyjson_doc *asked = yyjson_read(l->rows[i].asked.p, l->rows[i].asked.n, YYJSON_READ_NUMBER_AS_RAW);
    put_open(&call->out, NULL, '{');
    answers_put_head(call, &l->rows[i], yyjson_doc_get_root(asked), &call->out);
    put_close(&call->out, '}');
    yyjson_doc_free(asked);
  }
  put_close(&call->out, ']');
  admin_put_next(call, "after", l->last);
  put_close(&call->out, '}');
  return true;
}

bool admin_list_answers(struct admin_call *call, struct err *err) {
  struct str of = admin_query(call, "of");
  bool manages = answers_asker(call).sees_shared;
  struct answers_listing l = {
      .call = call, .query = {.mine = !str_is(of, "shared"), .shared = manages && !str_is(of, "mine")}};
  return answers_list(&l, err);
}

// The oldest first, as it was led.
bool admin_list_conversation(struct admin_call *call, struct err *err) {
  struct answers_read r = {
      .call = call, .asker = answers_asker(call), .id = http_param(&call->params, "answer")};
  if (!answers_read(&r, err)) return false;
  struct answers_listing l = {
      .call = call,
      .query = {.mine = true, .shared = r.asker.sees_shared, .conversation = r.answer.row.conversation}};
  answer_free(&r.answer);
  return answers_list(&l, err);
}

// ---- changed

struct answers_change {
  struct admin_call *call;
  struct answer_row row;
  bool is_private;
};

static bool answers_is_missing(struct str id, struct err *err) {
  return err->code == ERR_MISSING ? answer_missing("id", id, err) : false;
}

static bool answers_change_job(void *arg, struct err *err) {
  struct answers_change *c = arg;
  return answer_row_show(answers_store(c->call), &c->row, c->is_private, err);
}

static bool answers_delete_job(void *arg, struct err *err) {
  struct answers_change *c = arg;
  return answer_row_delete(answers_store(c->call), c->row.id, c->row.owner, err);
}

static struct answers_change answers_change_of(struct admin_call *call) {
  struct answers_change c = {.call = call,
                             .row = {.id = http_param(&call->params, "answer"), .owner = call->who.token.id}};
  call->detail = arena_dup(call->arena, str_cut_utf8(c.row.id, 64));
  return c;
}

bool admin_change_answer(struct admin_call *call, struct err *err) {
  struct answers_change c = answers_change_of(call);
  c.is_private = str_is(json_str(call->body, "visibility"), "private");
  call->detail = arena_printf(call->arena, "%.*s: visibility %s", STR_ARG(call->detail),
                              c.is_private ? "private" : "shared");
  return pool_run(answers_change_job, &c, err) ? admin_get_answer(call, err)
                                               : answers_is_missing(c.row.id, err);
}

bool admin_delete_answer(struct admin_call *call, struct err *err) {
  struct answers_change c = answers_change_of(call);
  return pool_run(answers_delete_job, &c, err) || answers_is_missing(c.row.id, err);
}

// ---- its program, run once more or published

static bool answers_broken(const struct shelf_verdict *v, struct err *err) {
  err_set(err, ERR_UNPROCESSABLE, "its program is broken (%s)%s%.*s: %.*s", shelf_state_name(v->state),
          v->step.n ? " at its step " : "", STR_ARG(v->step), STR_ARG(v->why));
  err_hint(err, "mend what it says, or ask the question again");
  return false;
}

static bool answers_has_program(const struct answers_read *r, struct err *err) {
  if (!answer_program(&r->answer)) {
    err_set(err, ERR_UNPROCESSABLE, "this answer has no program: its question ended without one");
    err_hint(err, "ask the question again");
    return false;
  }
  return r->verdict.state == SHELF_OK || answers_broken(&r->verdict, err);
}

// In the view in which it was asked.
static bool answers_view(const struct answers_read *r, const struct catalog_server **out, struct err *err) {
  struct str id = r->answer.row.server_id;
  struct stable_look look = {.catalog = r->call->catalog, .arena = r->call->arena};
  *out = id.n ? catalog_server_by_id(r->call->catalog, id) : NULL;
  if (!id.n) return true;
  if (!*out)
    return err_set(err, ERR_UNPROCESSABLE, "the server in whose view it was asked is no more (%.*s)",
                   STR_ARG(id));
  struct shelf_verdict v = shelf_judge_on(*out, answer_program(&r->answer), &look);
  stable_done(&look);
  return v.state == SHELF_OK || answers_broken(&v, err);
}

static bool answers_run_again(struct answers_read *r, struct buf *out, struct err *err) {
  struct admin_call *call = r->call;
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  struct answer_request again = {
      .ask = {.question = arena_dup(call->arena, answer_question(&r->answer)), .page = answers_page(call)},
      .store = answers_store(call),
      .asker = r->asker,
      .rerun_of = r->id};
  again.ask.program = (struct program_request){.env = call->env->program,
                                               .catalog = call->catalog,
                                               .principal = call->who.key,
                                               .by = admin_asker(call),
                                               .request_id = call->in->id,
                                               .fresh = json_bool(call->body, "fresh", false),
                                               .waits = true};
  again.ask.again = stable_write(answer_program(&r->answer), &look, STABLE_IDS, call->arena);
  stable_done(&look);
  if (!answers_view(r, &again.ask.program.server, err) || !answer_ask(&again, out, err)) return false;
  r->id = arena_dup(call->arena, str_of(again.id));
  return true;
}

bool admin_rerun_answer(struct admin_call *call, struct err *err) {
  struct answers_read r = {
      .call = call, .asker = answers_asker(call), .id = http_param(&call->params, "answer")};
  struct buf told = BUF_MAX(ADMIN_REPLY_MOST);
  call->detail = arena_dup(call->arena, str_cut_utf8(r.id, 64));
  if (!answers_read(&r, err)) return false;
  bool ok = answers_has_program(&r, err) && answers_run_again(&r, &told, err);
  answer_free(&r.answer);
  buf_free(&told);
  if (!ok) return false;
  call->detail = arena_printf(call->arena, "%.*s, of %.*s", STR_ARG(r.id), STR_ARG(call->detail));
  if (!answers_read(&r, err)) return false;
  answers_put(&r, &call->out);
  answer_free(&r.answer);
  return true;
}

bool admin_publish_answer(struct admin_call *call, struct err *err) {
  struct answers_read r = {
      .call = call, .asker = answers_asker(call), .id = http_param(&call->params, "answer")};
  const struct catalog_server *server;
  if (!admin_view_server(call, &server, err)) return false;
  if (!server) return err_at(err, ERR_INVALID, "server", "name the server");
  if (!answers_read(&r, err)) return false;
  bool ok = answers_has_program(&r, err) &&
            stored_publish(call, server, json_to_text(call->arena, answer_program(&r.answer)), err);
  answer_free(&r.answer);
  return ok;
}
