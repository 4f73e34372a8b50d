// SPDX-License-Identifier: Apache-2.0
#include "account/account.h"

#include "account/draft.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/token.h"
#include "io/pool.h"

void account_free(struct account *a) {
  if (!a) return;
  for (size_t i = 0; i < a->send_count; i++) secret_free(a->sends[i].value);
  yyjson_doc_free(a->context);
  yyjson_doc_free(a->choices);
  arena_free(a->arena);
  mem_free(a);
}

// ---- jobs on the pool; `arg` is the draft, on the waiting fiber's stack

static bool account_insert(struct store *s, void *arg, struct err *err) {
  struct draft *d = arg;
  return draft_settle(d, err) && row_insert(s, &d->row, err);
}

static bool account_update(struct store *s, void *arg, struct err *err) {
  struct draft *d = arg;
  return draft_settle(d, err) && row_update(s, &d->row, err) &&
         (!d->seal_anew || row_set_credential(s, d->row.id, d->row.credential, err));
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
  return row_find(d->env->store, d->row.id, d->arena, &d->row, err) && draft_load(d, err);
}

static void account_publish(struct draft *d, struct account **out) {
  draft_publish(d->env, d->connector, &d->row, out);
}

// ---- making and changing

static bool account_make(struct draft *d, const struct account_new *in, struct err *err) {
  char id[TOKEN_ID];
  token_id("acc", id);
  d->row = (struct account_row){
      .id = arena_dup(d->arena, str_of(id)), .connector = d->connector->name, .version = 1};
  // The address is the account's from now on: a connector that is imported anew with another one must
  // not lead credentials there.
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

// A credential goes only where it was given for: neither another way nor another address takes an old one
// along.
static bool account_may_change(const struct draft *d, const struct account_new *in, struct err *err) {
  if (in->credential) return true;
  bool moves = (in->base_url.n && !str_eq(in->base_url, d->row.base_url)) ||
               (in->way.n && !str_eq(in->way, d->row.way));
  if (!moves) return true;
  err_at(err, ERR_INVALID, "credential", "is missing; a change of base_url or way needs it again");
  err_hint(err, "the stored credential is not sent to another address");
  return false;
}

static bool account_remake(struct draft *d, struct str id, const struct account_new *in, struct err *err) {
  d->row.id = id;
  if (!pool_run(account_find_job, d, err)) return false;
  if (!account_may_change(d, in, err) || (in->name.n && !draft_set_name(d, in->name, err)) ||
      (in->base_url.n && !draft_set_base_url(d, in->base_url, err)) ||
      (in->credential && !draft_set_credential(d, in->way, in->credential, err)) ||
      !draft_set_context(d, in->context, err) || (in->credential && !draft_verify(d, err)))
    return false;
  return pool_run(account_update_job, d, err);
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

bool account_verify(const struct account_env *env, const struct connector *c, struct str id,
                    struct account **out, struct err *err) {
  struct draft d;
  draft_open(&d, env, c);
  d.row.id = id;
  bool ok = pool_run(account_find_job, &d, err) && draft_reveal(&d, err);
  if (ok) {
    ok = draft_verify(&d, err);
    if (ok)
      ok = pool_run(account_update_job, &d, err);
    else if (err->code == ERR_UNPROCESSABLE)
      account_keep_refusal(&d, err);
  }
  if (ok) account_publish(&d, out);
  draft_free(&d);
  return ok;
}

// ---- the rest of its life

struct account_delete_job {
  struct store *store;
  struct str id;
};

static bool account_delete_run(void *arg, struct err *err) {
  const struct account_delete_job *job = arg;
  if (!row_delete(job->store, job->id, err)) return false;
  store_settle(job->store);
  return true;
}

bool account_delete(const struct account_env *env, struct str id, struct err *err) {
  struct account_delete_job job = {env->store, id};
  return pool_run(account_delete_run, &job, err);
}

bool account_load_all(const struct account_env *env, const struct connector_set *set, struct arena *a,
                      struct account ***out, size_t *count, struct err *err) {
  struct arena *scratch = arena_new();
  struct account_row *rows;
  size_t n;
  bool ok = row_all(env->store, scratch, &rows, &n, err);
  if (ok) {
    struct account **all = ARENA_ARRAY(a, n + 1, struct account *);
    for (size_t i = 0; i < n; i++) {
      draft_publish(env, connector_find(set, rows[i].connector), &rows[i], &all[i]);
      if (!all[i]->send_count)
        log_warn("account %.*s cannot be used: %.*s", STR_ARG(all[i]->id), STR_ARG(all[i]->status_text));
    }
    *out = all;
    *count = n;
  }
  arena_free(scratch);
  return ok;
}

struct account_reseal {
  const struct account_env *env;
  struct arena *arena;
  size_t changed;
};

static bool account_reseal_row(struct store *s, const struct account_row *row, struct account_reseal *r,
                               struct err *err) {
  struct secret *plain;
  struct str place = vault_place(r->arena, row->id), blob;
  if (str_eq(seal_key_id(row->credential), seal_ring_current_id(r->env->ring))) return true;
  if (!seal_open(r->env->ring, place, row->credential, &plain, err))
    return err_wrap(err, "account %.*s", STR_ARG(row->id));
  bool ok = seal_close(r->env->ring, place, secret_reveal(plain), r->arena, &blob, err) &&
            row_set_credential(s, row->id, blob, err);
  secret_free(plain);
  r->changed += ok;
  return ok;
}

static bool account_reseal_body(struct store *s, void *arg, struct err *err) {
  struct account_reseal *r = arg;
  struct account_row *rows;
  size_t n;
  if (!row_all(s, r->arena, &rows, &n, err)) return false;
  for (size_t i = 0; i < n; i++)
    if (!account_reseal_row(s, &rows[i], r, err)) return false;
  return true;
}

bool account_reseal_all(const struct account_env *env, size_t *count, struct err *err) {
  struct account_reseal r = {env, arena_new(), 0};
  bool ok = store_transact(env->store, account_reseal_body, &r, err);
  arena_free(r.arena);
  if (!ok) return false;
  store_settle(env->store);
  *count = r.changed;
  return true;
}
