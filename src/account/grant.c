// SPDX-License-Identifier: Apache-2.0
// What a request finds, and what makes another of it:
//
//                      its end is near             its time is over,
//                      (GRANT_AHEAD_MS)            or it was refused
//      +--> live -----------------------> due ---------------------> ended
//      |    sent as it is                 sent, and renewed          the request waits
//      |      |                           in the background          for the refresh
//      |      |                             |                           |
//      |<-----|---- refreshed --------------+---------------------------+
//      |      |                                                         | the refresh is refused,
//      |      | 403 insufficient_scope                                  | or there is no token for one
//      |      v                                                         v
//      |    needs "scope"                                            needs "person"
//      |    this call is told the link, others go on                 the tokens are forgotten,
//      |      |                                                      every call is told the link
//      +------+----- a person consents: grant_reload -------------------+
//
// A refresh that fails by the vendor's fault, or the store's, leaves all as it was: the next try waits
// GRANT_RETRY_MS, then twice that, up to GRANT_RETRY_MOST_MS.
#include "account/grant.h"

#include <stdio.h>

#include "account/grant_private.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/channel.h"
#include "io/fiber.h"
#include "oauth/challenge.h"
#include "oauth/oauth_text.h"

enum { GRANT_TRIES = 4 }; // of one request, when tokens change under it

// Of the whole process: one grant an account, so that all who wait for a refresh wait for the same one.
static pthread_mutex_t grants_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map grants;

// ---- holding

struct grant *grant_new(const struct account_env *env, struct str account_id, struct str key) {
  struct grant *g = MEM_NEW(struct grant);
  *g = (struct grant){.refs = 1, .env = env, .retry_ms = GRANT_RETRY_MS};
  g->key = str_make(mem_copy(key.p, key.n), key.n);
  g->account_id = str_make(mem_copy(account_id.p, account_id.n), account_id.n);
  token_id("ref", g->holder);
  pthread_mutex_init(&g->lock, NULL);
  return g;
}

static void grant_free(struct grant *g) {
  grant_state_unref(g->state);
  grant_own_free(g->own);
  arena_free(g->unsaved_arena);
  pthread_mutex_destroy(&g->lock);
  mem_free((void *)(uintptr_t)g->key.p);
  mem_free((void *)(uintptr_t)g->account_id.p);
  mem_free(g);
}

static struct grant *grant_find(struct str key) {
  pthread_mutex_lock(&grants_lock);
  struct grant *g = map_get(&grants, key);
  if (g) g->refs++;
  pthread_mutex_unlock(&grants_lock);
  return g;
}

static struct str grant_key(const struct account_env *env, struct str account_id, struct arena *a) {
  return arena_printf(a, "%p/%.*s", (const void *)env, STR_ARG(account_id));
}

struct grant *grant_join(struct grant *made) {
  pthread_mutex_lock(&grants_lock);
  struct grant *g = map_get(&grants, made->key);
  if (g)
    g->refs++;
  else
    map_put(&grants, made->key, g = made);
  pthread_mutex_unlock(&grants_lock);
  if (g != made) grant_free(made);
  return g;
}

bool grant_get(const struct account_env *env, struct str account_id, struct grant **out, struct err *err) {
  struct arena *a = arena_new();
  struct str key = grant_key(env, account_id, a);
  struct grant *g = grant_find(key);
  struct grant_state *state;
  bool ok = g || grant_state_load(env, account_id, &state, err);
  if (ok && !g) {
    struct grant *made = grant_new(env, account_id, key);
    made->state = state;
    g = grant_join(made);
  }
  arena_free(a);
  if (ok) *out = g;
  return ok;
}

struct grant *grant_ref(struct grant *g) {
  pthread_mutex_lock(&grants_lock);
  g->refs++;
  pthread_mutex_unlock(&grants_lock);
  return g;
}

void grant_unref(struct grant *g) {
  if (!g) return;
  pthread_mutex_lock(&grants_lock);
  bool last = --g->refs == 0;
  if (last) map_remove(&grants, g->key);
  pthread_mutex_unlock(&grants_lock);
  if (last) grant_free(g);
}

static struct grant_state *grant_hold(struct grant *g) {
  pthread_mutex_lock(&g->lock);
  struct grant_state *s = grant_state_ref(g->state);
  pthread_mutex_unlock(&g->lock);
  return s;
}

// Under the lock. Takes `next`, unless something newer has come meanwhile; what is let go is returned.
static struct grant_state *grant_take(struct grant *g, struct grant_state *next) {
  if (next->row.version < g->state->row.version) return next;
  struct grant_state *before = g->state;
  if (next != before) grant_state_follow(next, before);
  g->state = next;
  g->retry_at_us = 0;
  g->retry_ms = GRANT_RETRY_MS;
  return before;
}

static void grant_swap(struct grant *g, struct grant_state *next) {
  pthread_mutex_lock(&g->lock);
  struct grant_state *old = grant_take(g, next);
  pthread_mutex_unlock(&g->lock);
  grant_state_unref(old);
}

bool grant_reload(const struct account_env *env, struct str account_id, struct err *err) {
  struct arena *a = arena_new();
  struct grant *g = grant_find(grant_key(env, account_id, a));
  arena_free(a);
  if (!g) return true;
  struct grant_state *next;
  bool ok = grant_state_load(env, account_id, &next, err);
  if (ok) {
    grant_swap(g, next);
    pthread_mutex_lock(&g->lock);
    g->ended = false; // a key had its place for a while
    pthread_mutex_unlock(&g->lock);
  }
  grant_unref(g);
  return ok;
}

// ---- one refresh, however many wait

struct grant_waiter {
  struct grant_waiter *next;
  struct channel *end; // gets one struct err, its code ERR_OK where it went well
};

struct grant_work {
  struct grant *g;
  struct grant_state *before;
  bool refused;    // the vendor refused `before`, rather than its time having come
  unsigned doubts; // of `before`, where that is fresh
};

// Under the lock. A vendor is spared, longer each time; a store that is away is soon looked at again.
static void grant_note_failure(struct grant *g, const struct err *failure) {
  g->failure = *failure;
  g->retry_at_us = clock_mono_us() + GRANT_KEEP_MS * 1000ull;
  if (!g->vendor_failed) return;
  g->retry_at_us = clock_mono_us() + (g->retry_ms / 2 + map_hash(g->key) % (g->retry_ms / 2)) * 1000;
  g->retry_ms = g->retry_ms * 2 < GRANT_RETRY_MOST_MS ? g->retry_ms * 2 : GRANT_RETRY_MOST_MS;
}

static void grant_finish(struct grant *g, struct grant_state *after, const struct err *failure) {
  pthread_mutex_lock(&g->lock);
  struct grant_state *old = after ? grant_take(g, after) : NULL;
  if (!after && failure->code != ERR_CANCELED) grant_note_failure(g, failure);
  g->busy = false;
  for (struct grant_waiter *w = g->waiters, *next; w; w = next) {
    next = w->next; // on its own stack, and gone once it is told
    struct err *outcome = MEM_NEW(struct err);
    *outcome = after ? (struct err){.code = ERR_OK} : *failure;
    if (!channel_send(w->end, outcome, mem_free)) mem_free(outcome);
  }
  g->waiters = NULL;
  pthread_mutex_unlock(&g->lock);
  grant_state_unref(old);
}

static void grant_attempt(struct grant_work *w) {
  struct grant_state *after = NULL;
  struct err err;
  if (w->g->own ? grant_fetch(w->g, w->before, &after, &err) : grant_refresh(w->g, w->before, &after, &err))
    after->doubts = w->refused && str_is(after->row.lease_by, w->g->holder) ? w->doubts + 1 : 0;
  grant_finish(w->g, after, &err);
}

// Under the lock: is there something that the store has not taken, or may there be? `start`: it is for the caller to try.
static bool grant_owes(struct grant *g, bool *start) {
  *start = !g->busy && g->unsaved_arena && !g->ended;
  if (*start) g->busy = true;
  return *start || (g->busy && !g->ended);
}

// What the vendor gave goes into the store as soon as it can, whether anybody asks for it or not: other nodes take the
// lease for abandoned after a while, and some vendors end a grant whose old refresh token comes a second time.
static void grant_keep(struct grant_work *w) {
  struct grant *g = w->g;
  struct err err;
  bool start = false, owes;
  pthread_mutex_lock(&g->lock);
  bool ours = fiber_self() && !g->keeping && !g->busy && g->unsaved_arena;
  if (ours) g->keeping = true;
  pthread_mutex_unlock(&g->lock);
  if (!ours) return;
  do {
    bool go_on = fiber_sleep(GRANT_KEEP_MS, &err);
    pthread_mutex_lock(&g->lock);
    owes = go_on && grant_owes(g, &start);
    if (!owes) g->keeping = false;
    pthread_mutex_unlock(&g->lock);
    if (owes && start) grant_attempt(w);
  } while (owes);
}

static void grant_work(void *arg) {
  struct grant_work *w = arg;
  grant_attempt(w);
  grant_keep(w);
  grant_state_unref(w->before);
  grant_unref(w->g);
  mem_free(w);
}

// Made a moment ago. One from the future was made before the clock was set back, at a time that nobody knows.
static bool grant_is_fresh(const struct grant_state *s) {
  int64_t age = clock_now_ms() - s->row.issued_at;
  return age >= 0 && age < GRANT_DOUBT_MS;
}

// On a fiber of its own: a refresh that has begun does not end because one who waits for it leaves.
static void grant_start(struct grant *g, struct grant_state *before, bool refused) {
  struct grant_work *w = MEM_NEW(struct grant_work);
  *w = (struct grant_work){grant_ref(g), grant_state_ref(before), refused,
                           grant_is_fresh(before) ? before->doubts : 0};
  if (!fiber_self()) {
    grant_work(w);
  } else if (!fiber_spawn(fiber_loop(fiber_self()), "token refresh", grant_work, w)) {
    struct err err;
    err_set(&err, ERR_UNAVAILABLE, "too much is in progress to renew a token now");
    grant_finish(g, NULL, &err);
    grant_state_unref(w->before);
    grant_unref(w->g);
    mem_free(w);
  }
}

// Under the lock: may a refresh of `seen` begin, and is it for the caller to start it?
static bool grant_may_start(struct grant *g, const struct grant_state *seen, bool *start, struct err *err) {
  *start = false;
  if (g->ended) return err_set(err, ERR_MISSING, "the account was disconnected");
  if (g->state != seen || g->busy) return true;
  if (clock_mono_us() < g->retry_at_us) {
    *err = g->failure;
    return false;
  }
  *start = g->busy = true;
  return true;
}

// Until there is another version than `seen`.
static bool grant_renew(struct grant *g, struct grant_state *seen, bool refused, struct err *err) {
  struct grant_waiter w = {.end = channel_new(1)};
  bool start;
  pthread_mutex_lock(&g->lock);
  bool ok = grant_may_start(g, seen, &start, err), wait = ok && g->busy;
  if (wait) {
    w.next = g->waiters;
    g->waiters = &w;
  }
  pthread_mutex_unlock(&g->lock);
  if (start) grant_start(g, seen, refused);
  void *message = NULL;
  ok = ok && (!wait || channel_receive(w.end, 0, &message, err));
  pthread_mutex_lock(&g->lock);
  for (struct grant_waiter **at = &g->waiters; wait && *at; at = &(*at)->next)
    if (*at == &w) {
      *at = w.next;
      break;
    }
  pthread_mutex_unlock(&g->lock);
  channel_unref(w.end);
  if (!message) return ok;
  struct err *outcome = message;
  ok = outcome->code == ERR_OK;
  if (!ok) *err = *outcome;
  mem_free(outcome);
  return ok;
}

// Ahead of its end a token is renewed in the background: nobody waits.
static void grant_kick(struct grant *g, struct grant_state *seen) {
  struct err none;
  bool start;
  pthread_mutex_lock(&g->lock);
  bool ok = grant_may_start(g, seen, &start, &none);
  pthread_mutex_unlock(&g->lock);
  if (ok && start) grant_start(g, seen, false);
}

// ---- what a request gets

static bool grant_link(const struct grant *g, struct arena *a, struct str *out) {
  if (!g->env->public_url.n) return false;
  *out = arena_printf(a, "%.*s/connect/%.*s", STR_ARG(g->env->public_url), STR_ARG(g->account_id));
  return true;
}

static bool grant_ask_person(const struct grant *g, const struct grant_state *s, struct err *err) {
  struct arena *a = arena_new();
  struct str link;
  err_set(err, ERR_UNAUTHENTICATED, "the account needs to be authorized again: %.*s", STR_ARG(s->row.why));
  if (grant_link(g, a, &link))
    err_hint(err, "a person who uses it opens %.*s", STR_ARG(link));
  else
    err_hint(err, "postern account connect --again does it");
  arena_free(a);
  return false;
}

static bool grant_do_mark(struct grant *g, struct grant_state *s, const struct grant_need *need,
                          struct err *err) {
  struct grant_state *after;
  if (!grant_mark(g, s, need, &after, err)) return false;
  grant_swap(g, after);
  return true;
}

static bool grant_lose(struct grant *g, struct grant_state *s, const char *why, struct err *err) {
  struct grant_need need = {.needs = "person", .why = why, .wanted = s->row.wanted, .forget = true};
  return grant_do_mark(g, s, &need, err);
}

// RFC 6750 §3.1 insufficient_scope: this call needs more than was granted; others go on. The next consent
// asks for both (MCP 2026-07-28, "Scope Challenge Handling"). A vendor that is never content is told so after
// a few.
static bool grant_lack(struct grant *g, struct grant_state *s, const struct challenge *c, struct arena *a,
                       struct err *err) {
  bool asked = str_is(s->row.needs, "scope");
  struct str wanted = oauth_scope_union(s->row.wanted.n ? s->row.wanted : s->row.scope, c->scope, a);
  int64_t rounds = s->row.rounds + !asked;
  if (rounds > GRANT_ROUNDS_MOST) {
    err_set(err, ERR_DENIED, "the vendor says after %d consents that a permission is missing: %.*s",
            GRANT_ROUNDS_MOST, STR_MOST(c->scope, 200));
    err_hint(
        err,
        "the person who consents may lack it at the vendor; let somebody who has it authorize the account");
    return false;
  }
  if (!asked || !str_eq(wanted, s->row.wanted)) {
    struct str why =
        arena_printf(a, "the vendor wants more permissions for this: %.*s", STR_MOST(c->scope, 200));
    struct grant_need need = {.needs = "scope", .why = why.p, .wanted = wanted, .rounds = rounds};
    if (!grant_do_mark(g, s, &need, err)) return false;
  }
  struct grant_state *now = grant_hold(g);
  grant_ask_person(g, now, err);
  grant_state_unref(now);
  return false;
}

static bool grant_is_sent(const struct grant_state *s, struct str value) {
  return s->access && str_starts(value, "Bearer ") &&
         str_eq_secret(str_from(value, sizeof "Bearer " - 1), secret_reveal(s->access));
}

// The newest token was refused. It is renewed, which also tells whether the grant has ended. A vendor that
// refuses what it has just renewed may have a bad minute: the call fails, and the grant is kept.
static bool grant_replace(struct grant *g, struct grant_state *s, struct err *err) {
  if (!s->renews)
    return grant_lose(g, s, "the vendor no longer accepts the token, and gave none to renew it with", err);
  if (grant_is_fresh(s) && s->doubts >= GRANT_DOUBTS_MOST) {
    err_set(err, ERR_UPSTREAM, "the vendor refuses even the token that it has just renewed");
    err_hint(err, "try again in a minute; if it stays so, authorize the account again");
    return false;
  }
  return grant_renew(g, s, true, err);
}

static bool grant_revive(struct grant *g, struct grant_state *s, struct err *err) {
  if (s->renews) return grant_renew(g, s, false, err);
  return grant_lose(g, s, "the token has ended, and the vendor gave none to renew it with", err);
}

// One look at one version. *settled: `value` is there; else there is a newer version to look at.
static bool grant_consider(struct grant *g, struct grant_state *s, const struct mcp_challenge *refused,
                           struct arena *a, struct str *value, bool *settled, struct err *err) {
  int64_t now = clock_now_ms();
  struct challenge c = refused ? challenge_read(refused->www_authenticate, a) : (struct challenge){0};
  if (refused && challenge_wants_scope(&c, refused->status)) return grant_lack(g, s, &c, a, err);
  if (refused && refused->status == 403 && !refused->by_words)
    return err_why(err, ERR_DENIED, WHY_REFUSED, "%.*s", STR_MOST(refused->said, 400));
  if (grant_state_needs_person(s)) return grant_ask_person(g, s, err);
  if (refused && refused->by_words && !s->renews) // no reason to give it up
    return err_why(err, ERR_DENIED, WHY_REFUSED, "%.*s", STR_MOST(refused->said, 400));
  if (refused && grant_is_sent(s, *value)) return grant_replace(g, s, err);
  if (!grant_state_is_live(s, now)) return grant_revive(g, s, err);
  if (grant_state_is_due(s, now)) grant_kick(g, s);
  *value = arena_printf(a, "Bearer %.*s", STR_ARG(secret_reveal(s->access)));
  return *settled = true;
}

static bool grant_try(struct grant *g, const struct mcp_challenge *refused, struct arena *a,
                      struct str *value, struct err *err) {
  for (int i = 0; i < GRANT_TRIES; i++) {
    bool settled = false;
    struct grant_state *s = grant_hold(g);
    bool ok = grant_consider(g, s, refused, a, value, &settled, err);
    grant_state_unref(s);
    if (!ok || settled) return ok;
  }
  return err_set(err, ERR_UNAVAILABLE, "the account's tokens change faster than they can be used");
}

bool grant_authorize(struct grant *g, const struct mcp_challenge *refused, struct arena *a, struct str *value,
                     struct err *err) {
  bool ok = grant_try(g, refused, a, value, err);
  if (g->own && (ok || err->code == ERR_UNPROCESSABLE)) grant_tell(g, ok ? NULL : err);
  return ok;
}

bool grant_prove(struct grant *g, struct arena *a, struct str *value, struct err *err) {
  struct grant_state *s = grant_hold(g);
  pthread_mutex_lock(&g->lock);
  g->retry_at_us = 0; // somebody asks for it
  pthread_mutex_unlock(&g->lock);
  bool ok = grant_renew(g, s, false, err) && grant_try(g, NULL, a, value, err);
  grant_state_unref(s);
  return ok;
}

bool grant_is_client(const struct grant *g) {
  return g->own != NULL;
}

// ---- the rest

struct redact *grant_hides(struct grant *g) {
  struct grant_state *s = grant_hold(g);
  struct redact *hide = redact_ref(s->hide);
  grant_state_unref(s);
  return hide;
}

bool grant_needs_authorising(struct grant *g, struct arena *a, struct str *link) {
  struct grant_state *s = grant_hold(g);
  bool needs = s->row.needs.n > 0 && s->row.rounds <= GRANT_ROUNDS_MOST;
  grant_state_unref(s);
  if (needs && !grant_link(g, a, link)) *link = STR("");
  return needs;
}

struct str grant_why(struct grant *g, struct arena *a) {
  struct grant_state *s = grant_hold(g);
  struct str why = arena_dup(a, s->row.why);
  grant_state_unref(s);
  return why;
}

bool grant_tend(struct grant *g, uint64_t ahead_ms, struct err *err) {
  int64_t now = clock_now_ms();
  struct grant_state *s = grant_hold(g);
  bool soon = s->row.expires_at > 0 && s->row.expires_at - now <= (int64_t)ahead_ms;
  bool renew = s->renews && !grant_state_needs_person(s) && (soon || grant_state_is_due(s, now));
  bool ok = !renew || grant_renew(g, s, false, err);
  grant_state_unref(s);
  return ok;
}

int64_t grant_expires_at(struct grant *g) {
  struct grant_state *s = grant_hold(g);
  int64_t at = s->row.expires_at;
  grant_state_unref(s);
  return at;
}

bool grant_is_for(struct grant *g, struct str connector, struct str home) {
  struct grant_state *s = grant_hold(g);
  bool same = str_eq(s->row.connector, connector) && str_eq(s->row.home, home);
  grant_state_unref(s);
  return same;
}

struct str grant_consent(struct grant *g, struct arena *a) {
  struct grant_state *s = grant_hold(g);
  struct str consent = arena_dup(a, s->row.consent);
  grant_state_unref(s);
  return consent;
}

bool grant_end(struct grant *g, struct err *err) {
  pthread_mutex_lock(&g->lock);
  g->ended = true;
  pthread_mutex_unlock(&g->lock);
  struct grant_state *s = grant_hold(g);
  const struct secret *token = s->refresh ? s->refresh : s->access;
  bool ok = !token || grant_revoke(g, s, token, err);
  grant_state_unref(s);
  return ok;
}
