// SPDX-License-Identifier: Apache-2.0
// Accounts without an address of their own go along when their connector gets another one.
#include "account/account.h"
#include "account/account_row.h"
#include "account/sealed.h"
#include "base/clock.h"
#include "data/uri.h"

struct follow_job {
  const struct account_env *env;
  struct account_follow *f;
  struct arena *arena;
};

static bool follow_same_origin(struct str a, struct str b) {
  struct uri x, y;
  struct err none;
  return uri_parse_http(a, &x, &none) && uri_parse_http(b, &y, &none) && uri_same_origin(&x, &y);
}

static bool follow_may(const struct account_follow *f) {
  bool may = f->any_host || follow_same_origin(f->from, f->to);
  for (size_t i = 0; i < f->origin_count; i++) may |= follow_same_origin(f->to, f->origins[i]);
  return may;
}

// What is sealed for the one address is sealed for the other. One that does not open stays as it is.
static bool follow_move(struct store *s, struct follow_job *job, struct account_row *row, struct err *err) {
  struct sealed_at at = {SEALED_CREDENTIAL, row->id, {row->connector, row->way, row->base_url}};
  struct secret *plain = NULL;
  struct str sealed = row->credential;
  struct err why;
  if (row->credential.n && !sealed_open(job->env->ring, &at, row->credential, &plain, &why)) return true;
  row->base_url = job->f->to;
  at.bound[2] = row->base_url;
  row->status = STR("unverified");
  row->status_text = STR("its connector has another address now, at which the credential was not tried yet");
  row->updated_at = clock_now_ms();
  bool ok = (!plain || sealed_close(job->env->ring, &at, secret_reveal(plain), job->arena, &sealed, err)) &&
            account_row_update(s, row, err) && account_row_set_credential(s, row->id, sealed, err);
  secret_free(plain);
  job->f->moved += ok;
  return ok;
}

static bool follow_run(struct store *s, void *arg, struct err *err) {
  struct follow_job *job = arg;
  struct account_row *rows;
  size_t count;
  job->f->moved = job->f->stayed = 0;
  if (!account_row_all(s, job->arena, &rows, &count, err)) return false;
  for (size_t i = 0; i < count; i++) {
    if (!str_eq(rows[i].connector, job->f->connector) || !str_eq(rows[i].base_url, job->f->from)) continue;
    if (rows[i].person.n) continue; // whoever runs Postern sends nobody's own credential elsewhere
    size_t before = job->f->moved;
    if (follow_may(job->f) && !follow_move(s, job, &rows[i], err)) return false;
    job->f->stayed += job->f->moved == before;
  }
  return true;
}

bool account_follow(const struct account_env *env, struct account_follow *f, struct err *err) {
  f->moved = f->stayed = 0;
  if (str_eq(f->from, f->to)) return true;
  struct follow_job job = {env, f, arena_new()};
  bool ok = store_transact(env->store, follow_run, &job, err);
  arena_free(job.arena);
  if (ok && f->moved) store_settle(env->store); // what was sealed for the old one leaves the log
  return ok;
}
