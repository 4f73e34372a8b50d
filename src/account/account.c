// SPDX-License-Identifier: Apache-2.0
#include "account/account.h"

#include <stdlib.h>

#include "account/draft.h"
#include "account/grant_row.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "crypto/token.h"
#include "io/pool.h"

void account_free(struct account *a) {
  if (!a) return;
  for (size_t i = 0; i < a->send_count; i++) secret_free(a->sends[i].value);
  redact_unref(a->hide);
  peering_leave(a->peering);
  grant_unref(a->grant);
  yyjson_doc_free(a->context);
  yyjson_doc_free(a->choices);
  arena_free(a->arena);
  mem_free(a);
}

static yyjson_doc *account_copy_doc(yyjson_doc *of) {
  yyjson_mut_doc *tree = yyjson_doc_mut_copy(of, NULL);
  yyjson_doc *copy = tree ? yyjson_mut_doc_imut_copy(tree, NULL) : NULL;
  if (!copy) abort();
  yyjson_mut_doc_free(tree);
  return copy;
}

struct account *account_front(const struct account *a) {
  struct arena *arena = arena_new();
  struct account *front = MEM_NEW(struct account);
  *front = (struct account){.arena = arena,
                            .kind = a->kind,
                            .id = arena_dup(arena, a->id),
                            .name = arena_dup(arena, a->name),
                            .connector = arena_dup(arena, a->connector),
                            .way = arena_dup(arena, a->way),
                            .base_url = arena_dup(arena, a->base_url),
                            .status = STR("ok"),
                            .status_text = STR("each person has an own account here"),
                            .created_at = a->created_at,
                            .updated_at = a->updated_at,
                            .verified_at = a->verified_at,
                            .version = a->version,
                            .context = account_copy_doc(a->context),
                            .choices = account_copy_doc(a->choices)};
  return front;
}

struct redact *account_hides(const struct account *a) {
  return a->grant ? grant_hides(a->grant) : redact_ref(a->hide);
}

// ---- jobs on the pool; `arg` is the draft, on the waiting fiber's stack

static bool account_insert(struct store *s, void *arg, struct err *err) {
  struct draft *d = arg;
  return draft_settle(d, err) && account_row_insert(s, &d->row, err);
}

static bool account_update(struct store *s, void *arg, struct err *err) {
  struct draft *d = arg;
  return draft_settle(d, err) && account_row_update(s, &d->row, err) &&
         (!d->seal_anew || (account_row_set_credential(s, d->row.id, d->row.credential, err) &&
                            grant_row_delete(s, d->row.id, err))); // a grant gives way to a key
}

static bool account_insert_job(void *arg, struct err *err) {
  struct draft *d = arg;
  return store_transact(d->env->store, account_insert, d, err);
}

static bool account_update_job(void *arg, struct err *err) {
  struct draft *d = arg;
  d->row.updated_at = clock_now_ms();
  if (!store_transact(d->env->store, account_update, d, err)) return false;
  d->row.version++;
  if (d->seal_anew) store_settle(d->env->store); // the old one leaves the log too
  return true;
}

static bool account_find_job(void *arg, struct err *err) {
  struct draft *d = arg;
  return account_row_find(d->env->store, d->row.id, d->arena, &d->row, err) && draft_load(d, err);
}

static bool account_remake_job(void *arg, struct err *err) {
  struct draft *d = arg;
  if (!account_find_job(d, err)) return false;
  draft_remember(d);
  return true;
}

static bool account_reveal_job(void *arg, struct err *err) {
  return draft_reveal(arg, err);
}

static void account_publish(struct draft *d, struct account **out) {
  draft_publish(d->env, d->connector, &d->row, out);
}

// ---- the end of a grant

struct account_job {
  const struct account_env *env;
  struct str id;
  struct grant *grant;        // NULL: none
  struct mcp_verdict verdict; // to be kept
};

static bool account_grant_run(void *arg, struct err *err) {
  struct account_job *job = arg;
  return grant_get(job->env, job->id, &job->grant, err);
}

// What there is to revoke. Tokens that cannot be read are told of, and go all the same.
static void account_find_grant(struct account_job *job) {
  struct err why;
  if (!pool_run(account_grant_run, job, &why) && why.code != ERR_MISSING)
    log_warn("account %.*s: its tokens are not revoked at the vendor: %s", STR_ARG(job->id), why.text);
}

// A vendor must not go on trusting tokens that nobody holds any more. That it cannot be told is no reason to
// keep them.
static void account_end_grant(struct account_job *job) {
  struct err why;
  if (job->grant && !grant_end(job->grant, &why))
    log_warn("account %.*s: its tokens could not be revoked at the vendor: %s", STR_ARG(job->id), why.text);
  grant_unref(job->grant);
}

// ---- making and changing

static bool account_make(struct draft *d, const struct account_new *in, struct err *err) {
  char id[TOKEN_ID];
  token_id("acc", id);
  d->row = (struct account_row){.id = arena_dup(d->arena, str_of(id)),
                                .connector = d->connector->name,
                                .version = 1,
                                .person = in->person,
                                .stands_for = in->stands_for};
  // The address is the account's from now on: what the connector says later moves it only by account_follow.
  struct str base_url = in->base_url.n ? in->base_url : d->connector->base_url;
  if (!draft_set_name(d, in->name, err) || !draft_set_base_url(d, base_url, err) ||
      !draft_set_credential(d, in->way, in->credential, err) || !draft_set_context(d, in->context, err) ||
      !draft_verify(d, err))
    return false;
  d->row.created_at = d->row.updated_at = clock_now_ms();
  return pool_run(account_insert_job, d, err);
}

bool account_create(const struct account_env *env, const struct connector *c, const struct account_new *in,
                    struct account **out, struct err *err) {
  struct draft d;
  draft_open(&d, env, c);
  bool ok = account_make(&d, in, err);
  if (ok) account_publish(&d, out);
  draft_free(&d);
  return ok;
}

static bool account_moves(const struct draft *d, const struct account_new *in) {
  return (in->base_url.n && !str_eq(in->base_url, d->row.base_url)) ||
         (in->way.n && !str_eq(in->way, d->row.way));
}

static bool account_is_open(const struct draft *d, struct str way) {
  const struct connector_way *w = connector_way_find(d->connector, way);
  return w && w->auth == CONNECTOR_AUTH_OPEN;
}

// A credential goes only where it was given for: neither another way nor another address takes an old one
// along. An open server has none to take.
static bool account_may_change(const struct draft *d, const struct account_new *in, struct err *err) {
  if (in->credential || !account_moves(d, in) || account_is_open(d, in->way.n ? in->way : d->row.way))
    return true;
  err_at(err, ERR_INVALID, "credential", "is missing; a change of base_url or way needs it again");
  err_hint(err, "the stored credential is not sent to another address");
  return false;
}

static bool account_remake(struct draft *d, struct str id, const struct account_new *in, struct err *err) {
  d->row.id = id;
  if (!pool_run(account_remake_job, d, err)) return false;
  bool anew = in->credential || account_moves(d, in);
  struct str way = in->way.n || in->credential ? in->way : d->row.way;
  if (!account_may_change(d, in, err) || (in->name.n && !draft_set_name(d, in->name, err)) ||
      (in->base_url.n && !draft_set_base_url(d, in->base_url, err)) ||
      (anew && !draft_set_credential(d, way, in->credential, err)) ||
      !draft_set_context(d, in->context, err) || (anew && !draft_verify(d, err)))
    return false;
  struct account_job job = {.env = d->env, .id = id};
  if (anew) account_find_grant(&job); // a key takes its place
  bool ok = pool_run(account_update_job, d, err);
  if (ok)
    account_end_grant(&job);
  else
    grant_unref(job.grant);
  return ok;
}

bool account_change(const struct account_env *env, const struct connector *c, struct str id,
                    const struct account_new *in, struct account **out, struct err *err) {
  struct draft d;
  draft_open(&d, env, c);
  bool ok = account_remake(&d, id, in, err);
  if (ok) account_publish(&d, out);
  draft_free(&d);
  return ok;
}

// A refusal is kept with the account before it is told.
static void account_keep_refusal(struct draft *d, struct err *err) {
  struct err why = *err;
  d->row.status = STR("failing");
  d->row.status_text = str_of(why.text);
  if (pool_run(account_update_job, d, err)) *err = why;
}

// ERR_UNAUTHENTICATED is the grant's, which has said so in the row already; to the asker it is no word on the
// token that he came with.
static void account_verify_failed(struct draft *d, struct err *err) {
  if (err->code == ERR_UNPROCESSABLE) account_keep_refusal(d, err);
  if (err->code == ERR_UNAUTHENTICATED) err->code = ERR_UNPROCESSABLE;
}

bool account_verify(const struct account_env *env, const struct connector *c, struct str id,
                    struct account **out, struct err *err) {
  struct draft d;
  draft_open(&d, env, c);
  d.row.id = id;
  bool ok = pool_run(account_find_job, &d, err) && pool_run(account_reveal_job, &d, err);
  if (ok) {
    ok = draft_verify(&d, err);
    if (ok)
      ok = pool_run(account_update_job, &d, err);
    else
      account_verify_failed(&d, err);
  }
  if (ok) account_publish(&d, out);
  draft_free(&d);
  return ok;
}

// ---- the rest of its life

static bool account_delete_run(void *arg, struct err *err) {
  const struct account_job *job = arg;
  if (!account_row_delete(job->env->store, job->id, err)) return false;
  store_settle(job->env->store);
  return true;
}

// Revoked first: a vendor must not go on trusting tokens that nobody holds any more. That it cannot be told
// is no reason to keep them.
static bool account_delete_one(const struct account_env *env, struct str id, struct err *err) {
  struct account_job job = {.env = env, .id = id};
  account_find_grant(&job);
  account_end_grant(&job);
  if (!pool_run(account_delete_run, &job, err)) return false;
  peering_end(env, id);
  return true;
}

struct account_owns { // people's own accounts that go with a person, or with what they stand in for
  struct account_job job;
  const char *column;
  struct arena *arena;
  struct store_rows rows;
};

static bool account_owns_run(void *arg, struct err *err) {
  struct account_owns *o = arg;
  return account_row_owns(o->job.env->store, o->column, o->job.id, o->arena, &o->rows, err);
}

static bool account_delete_owns(const struct account_env *env, const char *column, struct str id,
                                struct err *err) {
  struct account_owns o = {.job = {.env = env, .id = id}, .column = column, .arena = arena_new()};
  bool ok = pool_run(account_owns_run, &o, err);
  for (size_t i = 0; ok && i < o.rows.count; i++) {
    ok = account_delete_one(env, store_cell(&o.rows, i, 0)->text, err) ||
         err->code == ERR_MISSING; // its person was faster
  }
  arena_free(o.arena);
  return ok;
}

bool account_delete(const struct account_env *env, struct str id, struct err *err) {
  return account_delete_owns(env, "stands_for", id, err) && account_delete_one(env, id, err);
}

bool account_delete_of(const struct account_env *env, struct str person, struct err *err) {
  return account_delete_owns(env, "person", person, err);
}

static bool account_verdict_run(void *arg, struct err *err) {
  const struct account_job *job = arg;
  return account_row_set_verdict(job->env->store, job->id, job->verdict.speaks, job->verdict.at, err);
}

bool account_tend(const struct account_env *env, const struct account *a, uint64_t ahead_ms,
                  struct err *err) {
  struct account_job job = {.env = env, .id = a->id};
  if (a->kind != CONNECTOR_MCP || !a->peer) return true;
  mcp_peer_tidy(a->peer);
  if (peering_has_news(a->peering, &job.verdict) && !pool_run(account_verdict_run, &job, err)) return false;
  return !a->grant || grant_tend(a->grant, ahead_ms, err);
}

static struct account *account_ready(const struct account_env *env, const struct connector_set *set,
                                     struct account_row *row) {
  struct account *out;
  draft_publish(env, connector_find(set, row->connector), row, &out);
  if (str_is(out->status, "failing") && !out->send_count && !out->peer)
    log_warn("account %.*s cannot be used: %.*s", STR_ARG(out->id), STR_ARG(out->status_text));
  return out;
}

bool account_load(const struct account_env *env, const struct connector_set *set, struct str id,
                  struct account **out, struct err *err) {
  struct arena *scratch = arena_new();
  struct account_row row;
  bool ok = account_row_find(env->store, id, scratch, &row, err), gone = !ok && err->code == ERR_MISSING;
  *out = ok ? account_ready(env, set, &row) : NULL;
  arena_free(scratch);
  return ok || gone;
}

// A person's own account has the defaults of the one that it stands in for; a change of either is one of it.
static void account_lend_defaults(struct account_row *rows, size_t count) {
  struct map by_id = {0};
  for (size_t i = 0; i < count; i++)
    if (!rows[i].person.n) map_put(&by_id, rows[i].id, &rows[i]);
  for (size_t i = 0; i < count; i++) {
    const struct account_row *of = rows[i].person.n ? map_get(&by_id, rows[i].stands_for) : NULL;
    if (!of) continue;
    rows[i].context = of->context;
    rows[i].version += of->version;
  }
  map_free(&by_id);
}

bool account_load_all(const struct account_env *env, const struct connector_set *set, struct arena *a,
                      struct account ***out, size_t *count, struct err *err) {
  struct arena *scratch = arena_new();
  struct account_row *rows;
  size_t n;
  bool ok = account_row_all(env->store, scratch, &rows, &n, err);
  if (ok) {
    struct account **all = ARENA_ARRAY(a, n + 1, struct account *);
    account_lend_defaults(rows, n);
    for (size_t i = 0; i < n; i++) all[i] = account_ready(env, set, &rows[i]);
    *out = all;
    *count = n;
  }
  arena_free(scratch);
  return ok;
}
