// SPDX-License-Identifier: Apache-2.0
#include "catalog/made.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "catalog/catalog.h"
#include "catalog/display.h"
#include "catalog/entry.h"
#include "catalog/own.h"
#include "catalog/sight.h"

enum {
  MADE_MOST = 10000,            // servers kept beside the catalogs
  MADE_BYTES_MOST = 32 << 20,   // of displays, before those that nobody needs now are let go
  MADE_REST_MS = 10 * 60 * 1000 // nobody asks for this long: it is let go, after at most twice that
};

static struct {
  pthread_mutex_t lock; // for pointers and counts only
  struct map by_id;
  struct catalog_server *newest, *oldest;
  unsigned round;
  uint64_t round_ms;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct made {
  pthread_mutex_t lock;
  struct map by_id; // struct catalog_server *, one count each
};

static struct catalog_server *made_ref(struct catalog_server *v) {
  atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
  return v;
}

static void made_unref(struct catalog_server *v) {
  if (!v || atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) != 1) return;
  display_release(v->display);
  entry_unref(v->entry);
  mem_free(v);
}

// ---- from its row

struct made_parts {
  struct catalog_member *items;
  size_t count, lost, narrowed; // lost: its owner may not use them (any more); narrowed: may only read them
  int64_t ends_at;
};

enum { MADE_ENDED = 1 }; // ms: long ago

// A paused server has ended, until it goes on.
static int64_t made_ends_at(const struct catalog *c, const struct server *row) {
  const struct access_token *owner = row->owner.n ? catalog_token_by_id(c, row->owner) : NULL;
  if (row->filter.paused == POLICY_ON) return MADE_ENDED;
  int64_t own = row->expires_at, other = owner ? owner->expires_at : 0;
  return !own || (other && other < own) ? other : own;
}

// Accounts of a server that the catalog has; one that was left out, with a log line, closes no other.
static struct made_parts made_parts(const struct catalog *c, const struct server *row) {
  struct made_parts p = {.items = mem_array(row->member_count + 1, sizeof *p.items),
                         .ends_at = made_ends_at(c, row)};
  for (size_t i = 0; i < row->member_count; i++) {
    const struct server_member *from = &row->members[i];
    struct catalog_account *account = map_get(&c->accounts_by_id, from->account_id);
    enum permit_access access = account ? sight_access(c, row->owner, from->account_id) : PERMIT_NONE;
    if (account && policy_is_own(&row->filter, from->account_id)) account = catalog_front(account);
    p.lost += account && access == PERMIT_NONE;
    p.narrowed += access == PERMIT_READ;
    if (access)
      p.items[p.count++] = (struct catalog_member){
          .alias = from->alias, .account = account, .names = from->names, .access = access};
  }
  return p;
}

static bool made_is(const struct catalog_server *v, const struct catalog_entry *e,
                    const struct made_parts *p) {
  if (v->entry != e || v->member_count != p->count || v->lost_count != p->lost || v->ends_at != p->ends_at)
    return false;
  for (size_t i = 0; i < p->count; i++)
    if (v->members[i].account != p->items[i].account || v->members[i].access != p->items[i].access)
      return false;
  return true;
}

// What a row of the audit calls the way by which people come who signed in; uses are the sign-ins' own.
static const struct server_url made_front = {.name = {CATALOG_FRONT, sizeof CATALOG_FRONT - 1}};

static struct catalog_server *made_make(struct catalog_entry *e, const struct made_parts *p) {
  const struct server *row = &e->server;
  struct display *display;
  struct err why = {0};
  if (!display_take(p->items, p->count, row, &display, &why)) {
    log_warn("server %.*s cannot be used: %s", STR_ARG(row->id), why.text);
    return NULL;
  }
  struct catalog_server *v = mem_alloc(sizeof *v + row->urls.count * sizeof *v->urls);
  *v = *display_model(display);
  atomic_init(&v->refs, 1);
  v->arena = NULL;
  v->entry = entry_ref(e);
  v->server = *row;
  v->server.filter = display_model(display)->server.filter;
  v->ends_at = p->ends_at;
  v->lost_count = p->lost;
  v->narrowed_count = p->narrowed;
  v->urls = (struct catalog_url *)(v + 1);
  v->front = (struct catalog_url){.server = v, .row = &made_front};
  for (size_t i = 0; i < row->urls.count; i++)
    v->urls[i] = (struct catalog_url){v, &row->urls.items[i], &e->uses[i]};
  return v;
}

// ---- kept beside the catalogs, under the lock

static void kept_unlink(struct catalog_server *v) {
  if (v->newer)
    v->newer->older = v->older;
  else
    kept.newest = v->older;
  if (v->older)
    v->older->newer = v->newer;
  else
    kept.oldest = v->newer;
}

static void kept_link(struct catalog_server *v) {
  v->round = kept.round;
  v->newer = NULL;
  v->older = kept.newest;
  if (v->older)
    v->older->newer = v;
  else
    kept.oldest = v;
  kept.newest = v;
}

static struct catalog_server *kept_take_out(struct str id) {
  struct catalog_server *v = map_remove(&kept.by_id, id);
  if (v) kept_unlink(v);
  return v;
}

static struct catalog_server *kept_find(const struct catalog_entry *e, const struct made_parts *p) {
  pthread_mutex_lock(&kept.lock);
  struct catalog_server *v = map_get(&kept.by_id, e->server.id);
  bool good = v && made_is(v, e, p);
  if (good) {
    made_ref(v);
    kept_unlink(v);
    kept_link(v);
  }
  pthread_mutex_unlock(&kept.lock);
  return good ? v : NULL;
}

// In the place of the one as it was, and of the oldest where there are too many.
static void kept_add(struct catalog_server *v) {
  pthread_mutex_lock(&kept.lock);
  struct catalog_server *was = kept_take_out(v->server.id);
  bool full = kept.by_id.count >= MADE_MOST || display_bytes() > MADE_BYTES_MOST;
  struct catalog_server *old = full && kept.oldest ? kept_take_out(kept.oldest->server.id) : NULL;
  map_put(&kept.by_id, v->server.id, made_ref(v));
  kept_link(v);
  pthread_mutex_unlock(&kept.lock);
  made_unref(was);
  made_unref(old);
}

// The oldest, where it has rested long enough, or displays take more than `most` bytes.
static struct catalog_server *kept_take_old(size_t most, bool all) {
  pthread_mutex_lock(&kept.lock);
  struct catalog_server *v = kept.oldest;
  bool out = v && (all || v->round + 1 < kept.round || display_bytes() > most);
  if (out) (void)kept_take_out(v->server.id);
  if (!kept.by_id.count) map_free(&kept.by_id);
  pthread_mutex_unlock(&kept.lock);
  return out ? v : NULL;
}

static bool made_is_full(struct made *m) {
  if (!m) return false;
  pthread_mutex_lock(&m->lock);
  bool full = m->by_id.count > MADE_MOST;
  pthread_mutex_unlock(&m->lock);
  return full;
}

bool made_tidy(struct made *m) {
  uint64_t now = clock_mono_us() / 1000;
  bool over = display_bytes() > MADE_BYTES_MOST, due = now >= kept.round_ms + MADE_REST_MS;
  if (!over && !due) return made_is_full(m);
  pthread_mutex_lock(&kept.lock);
  if (due) kept.round++, kept.round_ms = now;
  pthread_mutex_unlock(&kept.lock);
  for (struct catalog_server *v; (v = kept_take_old(over ? MADE_BYTES_MOST / 2 : MADE_BYTES_MOST, false));)
    made_unref(v);
  return true;
}

void made_close(void) {
  for (struct catalog_server *v; (v = kept_take_old(0, true));) made_unref(v);
}

// ---- of a catalog

struct made *made_new(void) {
  struct made *m = MEM_NEW(struct made);
  pthread_mutex_init(&m->lock, NULL);
  return m;
}

void made_free(struct made *m) {
  struct map_slot *slot;
  if (!m) return;
  for (size_t i = 0; (slot = map_next(&m->by_id, &i));) made_unref(slot->value);
  map_free(&m->by_id);
  pthread_mutex_destroy(&m->lock);
  mem_free(m);
}

// The one that is there, or `v`, whose count goes to the catalog; NULL: neither.
static struct catalog_server *made_settle(struct made *m, struct str id, struct catalog_server *v) {
  pthread_mutex_lock(&m->lock);
  struct catalog_server *there = map_get(&m->by_id, id);
  if (!there && v) map_put(&m->by_id, v->server.id, v);
  pthread_mutex_unlock(&m->lock);
  if (there) made_unref(v);
  return there ? there : v;
}

struct catalog_server *made_of(const struct catalog *c, struct catalog_entry *e) {
  struct catalog_server *v = made_settle(c->made, e->server.id, NULL);
  if (v) return v;
  struct made_parts p = made_parts(c, &e->server);
  if (p.count || p.lost) {
    v = kept_find(e, &p);
    if (!v && (v = made_make(e, &p))) kept_add(v);
  }
  mem_free(p.items);
  return v ? made_settle(c->made, e->server.id, v) : NULL;
}
