// SPDX-License-Identifier: Apache-2.0
// What a kill at any moment leaves: before the request, a lease that runs out; after it and before the
// commit, the old refresh token, which vendors that rotate accept until the new one is used; after the
// commit, the new one. Nobody has seen the new tokens before the commit.
#include <stdio.h>
#include <time.h>

#include "account/account_row.h"
#include "account/grant_private.h"
#include "account/registration_row.h"
#include "base/clock.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "oauth/oauth_text.h"

enum {
  REFRESH_POLL_MS = 50, // for another program's lease; doubles up to
  REFRESH_POLL_MOST_MS = 1000,
  REFRESH_SAVES = 5, // tries to commit what the vendor gave
  REFRESH_SAVE_MS = 100,
};

struct refresh {
  struct grant *g;
  const struct grant_state *before;
  struct arena *arena;
  struct oauth_client client;
  struct oauth_tokens tokens;
  struct grant_row row; // to be written
  const struct grant_need *need;
  bool done;
  bool abandoned;            // whoever had the lease before ended without a word
  struct grant_state *after; // set: there is nothing more to do
};

static bool refresh_pause(uint64_t ms, struct err *err) {
  if (fiber_self()) return fiber_sleep(ms, err);
  struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
  nanosleep(&t, NULL);
  return true;
}

// ---- jobs on the pool

static bool refresh_look_again(void *arg, struct err *err) {
  struct refresh *r = arg;
  return grant_state_load(r->g->env, r->g->account_id, &r->after, err);
}

// Is it somebody else's? One that has been seen to stand still for as long as a refresh may take is nobody's any more. While
// the store was away nobody looked, and whose it is could not store what the vendor gave: from then on it is watched anew.
static bool refresh_is_theirs(struct grant *g, const struct grant_row *row) {
  if (!row->lease_until || str_is(row->lease_by, g->holder)) return false;
  uint64_t now = clock_mono_us(), unseen = now - g->theirs.seen_us;
  bool same = g->theirs.until == row->lease_until && str_is(row->lease_by, g->theirs.by) &&
              unseen < GRANT_LOOK_MS * 1000ull;
  g->theirs.seen_us = now;
  if (same) return now - g->theirs.since_us < GRANT_LEASE_MS * 1000ull;
  g->theirs.until = row->lease_until;
  g->theirs.since_us = now;
  snprintf(g->theirs.by, sizeof g->theirs.by, "%.*s", STR_ARG(row->lease_by));
  return true;
}

// Nobody's turn is waited for: the row is written only as it was seen.
static bool refresh_lease_job(void *arg, struct err *err) {
  struct refresh *r = arg;
  struct store *s = r->g->env->store;
  struct grant_row seen;
  r->done = false;
  if (!grant_row_find(s, r->g->account_id, r->arena, &seen, err)) return false;
  if (seen.version != r->before->row.version) return refresh_look_again(r, err); // somebody was faster
  if (refresh_is_theirs(r->g, &seen)) return true;
  r->abandoned = seen.lease_until && !str_is(seen.lease_by, r->g->holder);
  struct grant_row row = seen;
  row.lease_by = str_of(r->g->holder);
  row.lease_until =
      clock_now_ms() + GRANT_LEASE_MS; // differs from the one before: one millisecond makes another
  row.lease_until += row.lease_until == seen.lease_until;
  return grant_row_lease(s, &row, &seen, &r->done, err);
}

static bool refresh_client_job(void *arg, struct err *err) {
  struct refresh *r = arg;
  return registration_row_load(r->g->env, r->before->row.client, r->before->site.issuer, r->arena, &r->client,
                               err);
}

static bool refresh_save_body(struct store *s, void *arg, struct err *err) {
  struct refresh *r = arg;
  return grant_row_renew(r->g->env, &r->row, r->arena, err) && grant_row_refresh(s, &r->row, &r->done, err);
}

static bool refresh_save_job(void *arg, struct err *err) {
  struct refresh *r = arg;
  return store_transact(r->g->env->store, refresh_save_body, r, err) && refresh_look_again(r, err);
}

static bool refresh_release_job(void *arg, struct err *err) {
  struct refresh *r = arg;
  struct grant_row row = r->before->row;
  row.lease_by = str_of(r->g->holder);
  return grant_row_release(r->g->env->store, &row, err);
}

static bool refresh_mark(struct store *s, void *arg, struct err *err) {
  struct refresh *r = arg;
  struct account_row_status status = {r->g->account_id, STR("needs_authorising"), str_of(r->need->why)};
  if (!grant_row_need(s, &r->row, &r->done, err)) return false;
  return !r->done || (account_row_set_status(s, &status, err) &&
                      (!r->need->retire || registration_row_retire(s, r->before->row.client, err)));
}

static bool refresh_mark_job(void *arg, struct err *err) {
  struct refresh *r = arg;
  return store_transact(r->g->env->store, refresh_mark, r, err) && refresh_look_again(r, err);
}

// ---- steps

// Ours, or another program's, whose end is waited for: it has gone GRANT_LEASE_MS after we saw it first, at the latest.
static bool refresh_take_lease(struct refresh *r, struct err *err) {
  uint64_t pause = REFRESH_POLL_MS, waited = 0;
  for (;;) {
    if (!pool_run(refresh_lease_job, r, err)) return false;
    if (r->done || r->after) return true;
    if (waited > 2 * GRANT_LEASE_MS)
      return err_why(err, ERR_UNAVAILABLE, WHY_VENDOR_DOWN,
                     "another program has been renewing this token for too long");
    if (!refresh_pause(pause, err)) return false;
    waited += pause;
    pause = pause * 2 < REFRESH_POLL_MOST_MS ? pause * 2 : REFRESH_POLL_MOST_MS;
  }
}

// The vendor may have ended the old tokens already, so the new ones are kept in hand until the store has
// them.
static bool refresh_save(struct refresh *r, struct err *err) {
  r->row = r->g->unsaved;
  for (int i = 0; i < REFRESH_SAVES; i++) {
    if (i && !refresh_pause((uint64_t)REFRESH_SAVE_MS << i, err)) return false;
    if (!pool_run(refresh_save_job, r, err)) continue;
    arena_free(r->g->unsaved_arena);
    r->g->unsaved_arena = NULL;
    return true;
  }
  return err_wrap(err, "the renewed tokens cannot be stored, and are not used before they are");
}

static bool refresh_take_tokens(struct refresh *r, struct err *err) {
  struct arena *kept = arena_new();
  const struct grant_row *before = &r->before->row;
  struct grant_row row = {.account_id = r->g->account_id,
                          .connector = arena_dup(kept, before->connector),
                          .home = arena_dup(kept, before->home),
                          .client = arena_dup(kept, before->client),
                          .site = arena_dup(kept, before->site),
                          .lease_by = str_of(r->g->holder),
                          .version = before->version,
                          .issued_at = clock_now_ms(),
                          .expires_at = r->tokens.expires_at};
  row.scope = arena_dup(kept, r->tokens.scope.n ? r->tokens.scope : before->scope);
  const struct secret *next = r->tokens.refresh ? r->tokens.refresh : r->before->refresh;
  if (!grant_row_seal(r->g->env, &row, r->tokens.access, next, kept, err)) {
    arena_free(kept);
    return false;
  }
  r->g->unsaved_arena = kept;
  r->g->unsaved = row;
  return true;
}

// Any OAuth error: what can be mended without a person has been tried by then. After a renewal that was cut off the vendor
// has most likely had this refresh token before: nobody did anything wrong, and nobody need look for who did.
static bool refresh_refused(struct refresh *r, const struct err *why, struct err *err) {
  struct err said = *why;
  if (r->abandoned && why->reason == WHY_INVALID_GRANT)
    err_set(
        &said, why->code,
        "%s. A Postern that was renewing the token ended before it could store the new one, and this vendor "
        "takes the one before no second time",
        why->text);
  struct grant_need need = {.needs = "person",
                            .why = said.text,
                            .wanted = r->before->row.wanted,
                            .forget = true,
                            .retire =
                                why->reason == WHY_INVALID_CLIENT || why->reason == WHY_UNAUTHORIZED_CLIENT};
  return grant_mark(r->g, r->before, &need, &r->after, err);
}

// Nothing was asked for, or nothing came of it: the next one need not wait for the lease to run out.
static bool refresh_let_go(struct refresh *r, const struct err *why, struct err *err) {
  if (pool_run(refresh_release_job, r, err)) *err = *why;
  return false;
}

static bool refresh_ask(struct refresh *r, struct err *err) {
  const struct account_env *env = r->g->env;
  struct oauth_net net = {env->guard, env->limits, r->before->hide};
  struct oauth_party party = {&net, &r->before->site, &r->client, r->arena};
  struct err why;
  if (!pool_run(refresh_client_job, r, &why)) return refresh_let_go(r, &why, err);
  if (oauth_refresh(&party, r->before->refresh, STR_NONE, &r->tokens, &why))
    return refresh_take_tokens(r, err) && refresh_save(r, err);
  r->g->vendor_failed = true;
  if (why.code == ERR_UNPROCESSABLE) return refresh_refused(r, &why, err);
  return refresh_let_go(r, &why, err);
}

bool grant_refresh(struct grant *g, const struct grant_state *before, struct grant_state **after,
                   struct err *err) {
  struct refresh r = {.g = g, .before = before, .arena = arena_new()};
  g->vendor_failed = false;
  bool ok = g->unsaved_arena ? refresh_save(&r, err) : refresh_take_lease(&r, err);
  if (ok && !r.after) ok = refresh_ask(&r, err);
  oauth_tokens_wipe(&r.tokens);
  oauth_client_wipe(&r.client);
  arena_free(r.arena);
  if (ok) *after = r.after;
  return ok;
}

bool grant_mark(struct grant *g, const struct grant_state *before, const struct grant_need *need,
                struct grant_state **after, struct err *err) {
  struct refresh r = {.g = g, .before = before, .arena = arena_new(), .row = before->row, .need = need};
  r.row.account_id = g->account_id;
  r.row.needs = str_of(need->needs);
  r.row.why = str_of(need->why);
  r.row.wanted = need->wanted;
  r.row.rounds = need->rounds;
  if (need->forget) r.row.tokens = STR("");
  bool ok = pool_run(refresh_mark_job, &r, err);
  arena_free(r.arena);
  if (!ok) return false;
  *after = r.after;
  if (r.done && g->env->changed) g->env->changed(g->env->changed_arg, g->account_id);
  return true;
}

bool grant_revoke(struct grant *g, const struct grant_state *s, const struct secret *token, struct err *err) {
  struct refresh r = {.g = g, .before = s, .arena = arena_new()};
  struct oauth_net net = {g->env->guard, g->env->limits, s->hide};
  struct oauth_party party = {&net, &s->site, &r.client, r.arena};
  bool ok = !s->site.revocation_endpoint.n ||
            (pool_run(refresh_client_job, &r, err) && oauth_revoke(&party, token, err));
  oauth_client_wipe(&r.client);
  arena_free(r.arena);
  return ok;
}
