// SPDX-License-Identifier: Apache-2.0
#include "mcp/pool.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "mcp/peer_private.h"

enum { POOL_TRIES_MOST = 8 };

// A place for one session. It stays while somebody makes its session or waits for that.
struct pool_slot {
  struct str key;          // principal, NUL, capabilities
  struct str principal;    // its start
  struct session *session; // NULL: to be made
  struct flight making;
  unsigned makers;
  bool had_one; // so the next is a re-made one
};

static struct str pool_capabilities(const struct mcp_who *who) {
  return who->capabilities.n ? who->capabilities : STR("{}");
}

static void pool_key(const struct mcp_who *who, struct str *key) {
  struct str capabilities = pool_capabilities(who);
  char *bytes = mem_alloc(who->principal.n + 1 + capabilities.n + 1);
  if (who->principal.n) memcpy(bytes, who->principal.p, who->principal.n);
  memcpy(bytes + who->principal.n + 1, capabilities.p, capabilities.n);
  *key = str_make(bytes, who->principal.n + 1 + capabilities.n);
}

// ---- under the peer's lock

static void pool_forget(struct mcp_peer *p, struct pool_slot *slot) {
  if (slot->session || slot->makers) return;
  map_remove(&p->slots, slot->key);
  mem_free((void *)(uintptr_t)slot->key.p);
  mem_free(slot);
}

static struct session *pool_detach(struct pool_slot *slot) {
  struct session *s = slot->session;
  slot->session = NULL;
  slot->had_one = true;
  return s;
}

static bool pool_is_idle(const struct pool_slot *slot) {
  return slot->session && slot->session->users == 0 && !slot->makers;
}

// Takes the session that has been idle longest out of its slot. NULL: all are busy.
static struct session *pool_evict(struct mcp_peer *p) {
  struct pool_slot *oldest = NULL;
  struct map_slot *at;
  for (size_t i = 0; (at = map_next(&p->slots, &i));) {
    struct pool_slot *slot = at->value;
    if (pool_is_idle(slot) && (!oldest || slot->session->used_us < oldest->session->used_us)) oldest = slot;
  }
  if (!oldest) return NULL;
  struct session *s = pool_detach(oldest);
  pool_forget(p, oldest);
  return s;
}

// The slot of a key, which it owns from now on or frees. NULL: no room.
static struct pool_slot *pool_slot_of(struct mcp_peer *p, struct str key, size_t principal,
                                      struct session **evicted) {
  struct pool_slot *slot = map_get(&p->slots, key);
  if (!slot && p->slots.count >= p->o.sessions_most) *evicted = pool_evict(p);
  if (slot || p->slots.count >= p->o.sessions_most) {
    mem_free((void *)(uintptr_t)key.p);
    return slot;
  }
  slot = MEM_NEW(struct pool_slot);
  *slot = (struct pool_slot){.key = key, .principal = str_make(key.p, principal)};
  map_put(&p->slots, key, slot);
  return slot;
}

static struct session *pool_use(struct session *s) {
  s->users++;
  s->used_us = clock_mono_us();
  return session_ref(s);
}

static void pool_end(struct session *s, bool tell) {
  struct err why;
  if (!s) return;
  err_set(&why, ERR_MISSING, "the session with the MCP server was closed");
  if (tell)
    session_close(s, &why);
  else
    session_kill(s, &why);
  session_unref(s);
}

// ---- taking

// Whoever was named to make the session does; called and left with the lock held.
static bool pool_make(struct mcp_peer *p, struct pool_slot *slot, const struct mcp_who *who,
                      struct err *err) {
  struct session *s = NULL;
  unsigned speaks;
  struct err gone;
  pthread_mutex_unlock(&p->lock);
  bool ok =
      peer_speaks(p, &speaks, err) &&
      session_open(p, who, speaks & MCP_SPEAKS_STREAMABLE ? MCP_SPEAKS_STREAMABLE : MCP_SPEAKS_SSE, &s, err);
  pthread_mutex_lock(&p->lock);
  if (ok && slot->had_one) metrics_add(METRIC_MCP_SESSIONS_REMADE, 1);
  if (ok) slot->session = s;
  if (ok && !peer_is_open(p, &gone)) { // closed meanwhile: nobody else would end it
    slot->session = NULL;
    pthread_mutex_unlock(&p->lock);
    pool_end(s, true);
    pthread_mutex_lock(&p->lock);
    *err = gone;
    ok = false;
  }
  flight_leave(&slot->making, ok ? NULL : err);
  return ok;
}

static bool pool_wait(struct mcp_peer *p, struct pool_slot *slot, const struct mcp_who *who,
                      struct err *err) {
  bool mine;
  slot->makers++;
  bool ok = flight_enter(&slot->making, &p->lock, &mine, err);
  if (ok && mine) ok = pool_make(p, slot, who, err);
  slot->makers--;
  return ok;
}

// One look: a session that is there, or that was made or awaited. True without one: look again.
static bool pool_try(struct mcp_peer *p, const struct mcp_who *who, struct session **out, struct err *err) {
  struct str key;
  struct session *evicted = NULL, *dead = NULL;
  if (!peer_is_open(p, err)) return false;
  pool_key(who, &key);
  pthread_mutex_lock(&p->lock);
  struct pool_slot *slot = pool_slot_of(p, key, who->principal.n, &evicted);
  bool ok =
      slot || err_set(err, ERR_LIMIT, "all %zu sessions with this MCP server are busy", p->o.sessions_most);
  if (ok && slot->session && atomic_load(&slot->session->dead)) dead = pool_detach(slot);
  if (ok && !slot->session) ok = pool_wait(p, slot, who, err);
  if (ok && slot->session && !atomic_load(&slot->session->dead)) *out = pool_use(slot->session);
  if (slot) pool_forget(p, slot);
  pthread_mutex_unlock(&p->lock);
  if (evicted) metrics_add(METRIC_MCP_SESSIONS_EVICTED, 1);
  pool_end(evicted, true);
  pool_end(dead, false);
  return ok;
}

bool pool_take(struct mcp_peer *p, const struct mcp_who *who, struct session **out, struct err *err) {
  struct session *found = NULL;
  for (int tries = 0; tries < POOL_TRIES_MOST; tries++) {
    if (!pool_try(p, who, &found, err)) return false;
    if (!found) continue;
    *out = found;
    return true;
  }
  return err_set(err, ERR_UPSTREAM, "the MCP server ends each session as soon as it is made");
}

struct session *pool_peek(struct mcp_peer *p, const struct mcp_who *who) {
  struct str key;
  pool_key(who, &key);
  pthread_mutex_lock(&p->lock);
  struct pool_slot *slot = map_get(&p->slots, key);
  bool there = slot && slot->session && !atomic_load(&slot->session->dead);
  struct session *s = there ? pool_use(slot->session) : NULL;
  pthread_mutex_unlock(&p->lock);
  mem_free((void *)(uintptr_t)key.p);
  return s;
}

void pool_give(struct session *s) {
  pthread_mutex_lock(&s->peer->lock);
  s->users--;
  s->used_us = clock_mono_us();
  pthread_mutex_unlock(&s->peer->lock);
  session_unref(s);
}

// ---- closing

struct pool_closing {
  bool (*wanted)(const struct pool_closing *c, const struct pool_slot *slot);
  struct str principal;
  uint64_t before_us;
  bool tell;
};

// One of those that are wanted, out of its slot; NULL: no more.
static struct session *pool_pick(struct mcp_peer *p, const struct pool_closing *c) {
  struct session *s = NULL;
  struct map_slot *at;
  pthread_mutex_lock(&p->lock);
  for (size_t i = 0; !s && (at = map_next(&p->slots, &i));) {
    struct pool_slot *slot = at->value;
    if (!slot->session || !c->wanted(c, slot)) continue;
    s = pool_detach(slot);
    pool_forget(p, slot);
  }
  pthread_mutex_unlock(&p->lock);
  return s;
}

// How many of them were alive.
static int pool_close(struct mcp_peer *p, const struct pool_closing *c) {
  int alive = 0;
  for (struct session *s; (s = pool_pick(p, c));) {
    bool dead = atomic_load(&s->dead);
    alive += !dead;
    pool_end(s, c->tell && !dead);
  }
  return alive;
}

static bool pool_is_old(const struct pool_closing *c, const struct pool_slot *slot) {
  return pool_is_idle(slot) && (atomic_load(&slot->session->dead) || slot->session->used_us <= c->before_us);
}

static bool pool_is_of(const struct pool_closing *c, const struct pool_slot *slot) {
  return str_eq(slot->principal, c->principal);
}

static bool pool_is_any(const struct pool_closing *c, const struct pool_slot *slot) {
  (void)c, (void)slot;
  return true;
}

void pool_close_idle(struct mcp_peer *p, uint64_t idle_ms) {
  uint64_t now = clock_mono_us();
  struct pool_closing c = {.wanted = pool_is_old, .tell = true};
  c.before_us = now > idle_ms * 1000 ? now - idle_ms * 1000 : 0;
  metrics_add(METRIC_MCP_SESSIONS_IDLED, pool_close(p, &c));
}

void pool_close_of(struct mcp_peer *p, struct str principal) {
  pool_close(p, &(struct pool_closing){.wanted = pool_is_of, .principal = principal, .tell = true});
}

void pool_close_all(struct mcp_peer *p, bool tell) {
  pool_close(p, &(struct pool_closing){.wanted = pool_is_any, .tell = tell});
}

size_t pool_count(struct mcp_peer *p) {
  size_t count = 0;
  struct map_slot *at;
  pthread_mutex_lock(&p->lock);
  for (size_t i = 0; (at = map_next(&p->slots, &i));)
    count += ((struct pool_slot *)at->value)->session != NULL;
  pthread_mutex_unlock(&p->lock);
  return count;
}
