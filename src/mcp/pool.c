// SPDX-License-Identifier: Apache-2.0
#include "mcp/pool.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "io/fiber.h"
#include "mcp/peer_private.h"

enum { MCP_POOL_TRIES_MOST = 8, MCP_POOL_ROOM_MS = 2 };

// A place for one session. It stays while somebody makes its session or waits for that.
struct mcp_pool_slot {
  struct str key;              // principal, NUL, capabilities
  struct str principal;        // its start
  struct mcp_session *session; // NULL: to be made
  struct flight making;
  unsigned makers;
  bool had_one; // so the next is a re-made one
};

static struct str mcp_pool_capabilities(const struct mcp_who *who) {
  return who->capabilities.n ? who->capabilities : STR("{}");
}

static void mcp_pool_key(const struct mcp_who *who, struct str *key) {
  struct str capabilities = mcp_pool_capabilities(who);
  char *bytes = mem_alloc(who->principal.n + 1 + capabilities.n + 1);
  if (who->principal.n) memcpy(bytes, who->principal.p, who->principal.n);
  memcpy(bytes + who->principal.n + 1, capabilities.p, capabilities.n);
  *key = str_make(bytes, who->principal.n + 1 + capabilities.n);
}

// ---- under the peer's lock

static void mcp_pool_forget(struct mcp_peer *p, struct mcp_pool_slot *slot) {
  if (slot->session || slot->makers) return;
  map_remove(&p->slots, slot->key);
  mem_free((void *)(uintptr_t)slot->key.p);
  mem_free(slot);
}

static struct mcp_session *mcp_pool_detach(struct mcp_pool_slot *slot) {
  struct mcp_session *s = slot->session;
  slot->session = NULL;
  slot->had_one = true;
  return s;
}

static bool mcp_pool_is_idle(const struct mcp_pool_slot *slot) {
  return slot->session && slot->session->users == 0 && !slot->makers;
}

// Takes the session that has been idle longest out of its slot. NULL: all are busy.
static struct mcp_session *mcp_pool_evict(struct mcp_peer *p) {
  struct mcp_pool_slot *oldest = NULL;
  struct map_slot *at;
  for (size_t i = 0; (at = map_next(&p->slots, &i));) {
    struct mcp_pool_slot *slot = at->value;
    if (mcp_pool_is_idle(slot) && (!oldest || slot->session->used_us < oldest->session->used_us))
      oldest = slot;
  }
  if (!oldest) return NULL;
  struct mcp_session *s = mcp_pool_detach(oldest);
  mcp_pool_forget(p, oldest);
  return s;
}

// The slot of a key, which it owns from now on or frees. NULL: no room.
static struct mcp_pool_slot *mcp_pool_slot_of(struct mcp_peer *p, struct str key, size_t principal,
                                              struct mcp_session **evicted) {
  struct mcp_pool_slot *slot = map_get(&p->slots, key);
  if (!slot && p->slots.count >= p->o.sessions_most) *evicted = mcp_pool_evict(p);
  if (slot || p->slots.count >= p->o.sessions_most) {
    mem_free((void *)(uintptr_t)key.p);
    return slot;
  }
  slot = MEM_NEW(struct mcp_pool_slot);
  *slot = (struct mcp_pool_slot){.key = key, .principal = str_make(key.p, principal)};
  map_put(&p->slots, key, slot);
  return slot;
}

static struct mcp_session *mcp_pool_use(struct mcp_session *s) {
  s->users++;
  s->used_us = clock_mono_us();
  return mcp_session_ref(s);
}

static void mcp_pool_end(struct mcp_session *s, bool tell) {
  struct err why;
  if (!s) return;
  err_set(&why, ERR_MISSING, "the session with the MCP server was closed");
  if (tell)
    mcp_session_close(s, &why);
  else
    mcp_session_kill(s, &why);
  mcp_session_unref(s);
}

// ---- taking

// Each session that is held costs the account a part of its share (io/share), used or not: where there is no more, the one
// that has been idle longest goes. False: none is idle.
static bool mcp_pool_make_room(struct mcp_peer *p, struct err *err) {
  pthread_mutex_lock(&p->lock);
  struct mcp_session *evicted = mcp_pool_evict(p);
  pthread_mutex_unlock(&p->lock);
  if (!evicted) return false;
  metrics_add(METRIC_MCP_SESSIONS_EVICTED, 1);
  mcp_pool_end(evicted, true);
  return fiber_sleep(MCP_POOL_ROOM_MS, err); // its fiber ends meanwhile
}

static bool mcp_pool_open(struct mcp_peer *p, const struct mcp_who *who, struct mcp_session **out,
                          struct err *err) {
  unsigned speaks;
  if (!peer_speaks(p, &speaks, err)) return false;
  enum mcp_speaks transport = speaks & MCP_SPEAKS_STREAMABLE ? MCP_SPEAKS_STREAMABLE : MCP_SPEAKS_SSE;
  for (int tries = 1; !mcp_session_open(p, who, transport, out, err); tries++)
    if (err->code != ERR_UNAVAILABLE || tries == MCP_POOL_TRIES_MOST || !mcp_pool_make_room(p, err))
      return false;
  return true;
}

// Whoever was named to make the session does; called and left with the lock held.
static bool mcp_pool_make(struct mcp_peer *p, struct mcp_pool_slot *slot, const struct mcp_who *who,
                          struct err *err) {
  struct mcp_session *s = NULL;
  struct err gone;
  pthread_mutex_unlock(&p->lock);
  bool ok = mcp_pool_open(p, who, &s, err);
  pthread_mutex_lock(&p->lock);
  if (ok && slot->had_one) metrics_add(METRIC_MCP_SESSIONS_REMADE, 1);
  if (ok) slot->session = s;
  if (ok && !peer_is_open(p, &gone)) { // closed meanwhile: nobody else would end it
    slot->session = NULL;
    pthread_mutex_unlock(&p->lock);
    mcp_pool_end(s, true);
    pthread_mutex_lock(&p->lock);
    *err = gone;
    ok = false;
  }
  flight_leave(&slot->making, ok ? NULL : err);
  return ok;
}

static bool mcp_pool_wait(struct mcp_peer *p, struct mcp_pool_slot *slot, const struct mcp_who *who,
                          struct err *err) {
  bool mine;
  slot->makers++;
  bool ok = flight_enter(&slot->making, &p->lock, &mine, err);
  if (ok && mine) ok = mcp_pool_make(p, slot, who, err);
  slot->makers--;
  return ok;
}

// One look: a session that is there, or that was made or awaited. True without one: look again.
static bool mcp_pool_try(struct mcp_peer *p, const struct mcp_who *who, struct mcp_session **out,
                         struct err *err) {
  struct str key;
  struct mcp_session *evicted = NULL, *dead = NULL;
  if (!peer_is_open(p, err)) return false;
  mcp_pool_key(who, &key);
  pthread_mutex_lock(&p->lock);
  struct mcp_pool_slot *slot = mcp_pool_slot_of(p, key, who->principal.n, &evicted);
  bool ok =
      slot || err_set(err, ERR_LIMIT, "all %zu sessions with this MCP server are busy", p->o.sessions_most);
  if (ok && slot->session && atomic_load(&slot->session->dead)) dead = mcp_pool_detach(slot);
  if (ok && !slot->session) ok = mcp_pool_wait(p, slot, who, err);
  if (ok && slot->session && !atomic_load(&slot->session->dead)) *out = mcp_pool_use(slot->session);
  if (slot) mcp_pool_forget(p, slot);
  pthread_mutex_unlock(&p->lock);
  if (evicted) metrics_add(METRIC_MCP_SESSIONS_EVICTED, 1);
  mcp_pool_end(evicted, true);
  mcp_pool_end(dead, false);
  return ok;
}

bool mcp_pool_take(struct mcp_peer *p, const struct mcp_who *who, struct mcp_session **out, struct err *err) {
  struct mcp_session *found = NULL;
  for (int tries = 0; tries < MCP_POOL_TRIES_MOST; tries++) {
    if (!mcp_pool_try(p, who, &found, err)) return false;
    if (!found) continue;
    *out = found;
    return true;
  }
  return err_set(err, ERR_UPSTREAM, "the MCP server ends each session as soon as it is made");
}

struct mcp_session *mcp_pool_peek(struct mcp_peer *p, const struct mcp_who *who) {
  struct str key;
  mcp_pool_key(who, &key);
  pthread_mutex_lock(&p->lock);
  struct mcp_pool_slot *slot = map_get(&p->slots, key);
  bool there = slot && slot->session && !atomic_load(&slot->session->dead);
  struct mcp_session *s = there ? mcp_pool_use(slot->session) : NULL;
  pthread_mutex_unlock(&p->lock);
  mem_free((void *)(uintptr_t)key.p);
  return s;
}

void mcp_pool_give(struct mcp_session *s) {
  pthread_mutex_lock(&s->peer->lock);
  s->users--;
  s->used_us = clock_mono_us();
  pthread_mutex_unlock(&s->peer->lock);
  mcp_session_unref(s);
}

// ---- closing

struct mcp_pool_closing {
  bool (*wanted)(const struct mcp_pool_closing *c, const struct mcp_pool_slot *slot);
  struct str principal;
  uint64_t before_us;
  bool tell;
};

// One of those that are wanted, out of its slot; NULL: no more.
static struct mcp_session *mcp_pool_pick(struct mcp_peer *p, const struct mcp_pool_closing *c) {
  struct mcp_session *s = NULL;
  struct map_slot *at;
  pthread_mutex_lock(&p->lock);
  for (size_t i = 0; !s && (at = map_next(&p->slots, &i));) {
    struct mcp_pool_slot *slot = at->value;
    if (!slot->session || !c->wanted(c, slot)) continue;
    s = mcp_pool_detach(slot);
    mcp_pool_forget(p, slot);
  }
  pthread_mutex_unlock(&p->lock);
  return s;
}

// How many of them were alive.
static int mcp_pool_close(struct mcp_peer *p, const struct mcp_pool_closing *c) {
  int alive = 0;
  for (struct mcp_session *s; (s = mcp_pool_pick(p, c));) {
    bool dead = atomic_load(&s->dead);
    alive += !dead;
    mcp_pool_end(s, c->tell && !dead);
  }
  return alive;
}

static bool mcp_pool_is_old(const struct mcp_pool_closing *c, const struct mcp_pool_slot *slot) {
  return mcp_pool_is_idle(slot) &&
         (atomic_load(&slot->session->dead) || slot->session->used_us <= c->before_us);
}

static bool mcp_pool_is_of(const struct mcp_pool_closing *c, const struct mcp_pool_slot *slot) {
  return str_eq(slot->principal, c->principal);
}

static bool mcp_pool_is_any(const struct mcp_pool_closing *c, const struct mcp_pool_slot *slot) {
  (void)c, (void)slot;
  return true;
}

void mcp_pool_close_idle(struct mcp_peer *p, uint64_t idle_ms) {
  uint64_t now = clock_mono_us();
  struct mcp_pool_closing c = {.wanted = mcp_pool_is_old, .tell = true};
  c.before_us = now > idle_ms * 1000 ? now - idle_ms * 1000 : 0;
  metrics_add(METRIC_MCP_SESSIONS_IDLED, mcp_pool_close(p, &c));
}

void mcp_pool_close_of(struct mcp_peer *p, struct str principal) {
  mcp_pool_close(p,
                 &(struct mcp_pool_closing){.wanted = mcp_pool_is_of, .principal = principal, .tell = true});
}

void mcp_pool_close_all(struct mcp_peer *p, bool tell) {
  mcp_pool_close(p, &(struct mcp_pool_closing){.wanted = mcp_pool_is_any, .tell = tell});
}

size_t mcp_pool_count(struct mcp_peer *p) {
  size_t count = 0;
  struct map_slot *at;
  pthread_mutex_lock(&p->lock);
  for (size_t i = 0; (at = map_next(&p->slots, &i));)
    count += ((struct mcp_pool_slot *)at->value)->session != NULL;
  pthread_mutex_unlock(&p->lock);
  return count;
}
