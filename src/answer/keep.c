// SPDX-License-Identifier: Apache-2.0
#include "answer/keep.h"

#include <stdio.h>

#include "answer/by.h"
#include "answer/told.h"
#include "base/clock.h"
#include "data/json.h"
#include "io/pool.h"
#include "program/examine.h"
#include "shelf/alias_row.h"
#include "shelf/stable.h"

struct keeping {
  struct answer_request *r;
  struct arena *arena;
  struct answer_row before; // the answer that is followed; id empty: none
  struct answer_row spoken; // the one whose words are taken on, followed or run once more; id empty: none
  struct talk_said said;
  struct str engine; // JSON: who wrote the program that is run once more; empty: it is written now
  const struct ask_made *made;
};

// ---- what is followed

// Of one whose account was deleted the questions are left, and what words of it stood for is asked anew.
static void keep_said(const struct answer *a, struct arena *arena, struct talk_said *out) {
  yyjson_val *talk = yyjson_obj_get(yyjson_doc_get_root(a->told), "talk");
  talk_read(talk ? talk : yyjson_doc_get_root(a->asked), arena, out);
}

bool answer_said(struct store *s, struct str id, const struct answer_asker *asker, struct arena *a,
                 struct talk_said *out, struct err *err) {
  struct answer before;
  if (!answer_read(s, id, asker, a, &before, err)) return false;
  keep_said(&before, a, out);
  answer_free(&before);
  return true;
}

// Its name alone: what it cost then is no cost of now.
static void keep_engine(struct keeping *k, struct str name) {
  struct buf out = BUF_MAX(4096);
  buf_add_z(&out, "{\"name\":");
  json_add_string(&out, name);
  buf_add_char(&out, '}');
  k->engine = arena_dup(k->arena, buf_str(&out));
  buf_free(&out);
  k->r->ask.again_alone = !str_is(name, ASK_PLANNER);
}

static bool keep_follow(struct keeping *k, struct err *err) {
  struct answer before;
  const struct answer_request *r = k->r;
  struct str id = r->rerun_of.n ? r->rerun_of : r->follow;
  if (!answer_read(r->store, id, &r->asker, k->arena, &before, err)) {
    if (err->code != ERR_MISSING) return false;
    err_at(err, ERR_MISSING, "follow", "there is no answer '%.*s' to follow", STR_MOST(id, 60));
    err_hint(err, "answers are kept for a while, for who asked; ask the whole question again");
    return false;
  }
  keep_said(&before, k->arena, &k->said);
  k->spoken = before.row;
  if (r->rerun_of.n)
    keep_engine(k, json_str(yyjson_obj_get(yyjson_doc_get_root(before.asked), "engine"), "name"));
  else
    k->before = before.row;
  answer_free(&before);
  return true;
}

// ---- what people call things

static bool keep_alias_counts(const struct shelf_alias *row, const struct program_request *view) {
  const struct catalog_server *server = view->server;
  bool seen = !row->account_id.n || (!server && catalog_account_by_id(view->catalog, row->account_id));
  if (!server) return seen;
  for (size_t i = 0; !seen && i < server->member_count; i++)
    seen = str_eq(server->members[i].account->account->id, row->account_id);
  return seen;
}

// Those that count in the question's view.
static bool keep_aliases(struct keeping *k, struct err *err) {
  struct ask_request *ask = &k->r->ask;
  struct shelf_alias *rows;
  size_t count;
  if (!shelf_alias_all(k->r->store, k->arena, &rows, &count, err)) return false;
  struct alias *all = ARENA_ARRAY(k->arena, count + 1, struct alias);
  ask->alias_count = 0;
  for (size_t i = 0; i < count; i++)
    if (keep_alias_counts(&rows[i], &ask->program))
      all[ask->alias_count++] = (struct alias){rows[i].folded, rows[i].value};
  ask->aliases = all;
  return true;
}

static bool keep_begin_job(void *arg, struct err *err) {
  struct keeping *k = arg;
  return (!k->r->ask.before || keep_follow(k, err)) && keep_aliases(k, err);
}

// ---- kept

// As a program is kept, so that it means the same after accounts were renamed.
static struct str keep_stable(const struct keeping *k) {
  const struct program_request *request = &k->r->ask.program;
  struct program_view view = {request->catalog, request->server};
  struct program_faults faults = {.arena = k->arena};
  struct stable_look look = {.catalog = request->catalog, .arena = k->arena};
  struct str program = k->made->program, stable = STR("");
  yyjson_doc *doc = program.n ? yyjson_read(program.p, program.n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  const struct program_examined *x =
      doc ? program_examine(request->env, &view, yyjson_doc_get_root(doc), NULL, k->arena, &faults) : NULL;
  if (x && !faults.count) stable = stable_make(&x->program, &x->plan, &look);
  stable_done(&look);
  yyjson_doc_free(doc);
  return stable;
}

// What words stood for is taken on, and is data of the accounts that it was read from: it goes with them from here, too.
static void keep_accounts(const struct keeping *k, struct answer_row *row) {
  const struct ask_made *made = k->made;
  const struct talk_said *said = &k->said;
  bool takes_on = said->named_count || said->asked.name.n || said->choice_count || said->written.n;
  size_t most = made->account_count + k->spoken.account_count, n = made->account_count;
  struct str *all = ARENA_ARRAY(k->arena, most + 1, struct str);
  if (n) memcpy(all, made->accounts, n * sizeof *all);
  for (size_t i = 0; takes_on && i < k->spoken.account_count; i++) {
    size_t at = 0;
    while (at < n && !str_eq(all[at], k->spoken.accounts[i])) at++;
    if (at == n) all[n++] = k->spoken.accounts[i];
  }
  row->accounts = all;
  row->account_count = n;
}

static bool keep_job(void *arg, struct err *err) {
  const struct keeping *k = arg;
  struct ask_made made_now = *k->made, *made = &made_now;
  if (k->engine.n) made->engine = k->engine;
  const struct catalog_server *server = k->r->ask.program.server;
  struct answer_row row = {.id = made->id,
                           .owner = k->r->asker.owner,
                           .is_private = !k->r->is_shared,
                           .server_id = server ? server->server.id : STR(""),
                           .conversation = k->before.id.n ? k->before.conversation : made->id,
                           .follows = k->before.id.n ? k->before.id : STR(""),
                           .rerun_of = k->r->rerun_of.n ? k->r->rerun_of : STR(""),
                           .created_at = clock_now_ms()};
  keep_accounts(k, &row);
  return told_take(made, keep_stable(k), k->arena, &row, err) && answer_row_insert(k->r->store, &row, err);
}

static bool keep_made(void *arg, const struct ask_made *made, struct err *err) {
  struct keeping *k = arg;
  k->made = made;
  snprintf(k->r->id, sizeof k->r->id, "%.*s", STR_ARG(made->id));
  return pool_run(keep_job, k, err);
}

bool answer_ask(struct answer_request *r, struct buf *out, struct err *err) {
  struct keeping k = {.r = r, .arena = arena_new()};
  r->ask.before = r->follow.n || r->rerun_of.n ? &k.said : NULL;
  r->ask.keep = keep_made;
  r->ask.keep_arg = &k;
  struct answer_by by = {0};
  bool ok = pool_run(keep_begin_job, &k, err) && answer_by_find(r, &by, err);
  r->ask.engine = by.held ? &by.engine : NULL;
  ok = ok && ask_answer(&r->ask, out, err);
  r->ask.engine = NULL;
  answer_by_release(&by);
  arena_free(k.arena);
  return ok;
}
