// SPDX-License-Identifier: Apache-2.0
#include "authority/live.h"

#include <pthread.h>

#include "authority/pace.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/pool.h"

enum {
  LIVE_USE_MS = 60 * 1000, // a newer use than so much later is written
  LIVE_MISSES = 200,       // that one address may cause within a window; a shared one has many clients
  LIVE_WINDOW_MS = 10 * 1000,
};

struct live_lease {
  char *id, *user_id, *server_id, *client_id, *client_name;
  int64_t taken, used_at;            // seen here
  int64_t written_taken, written_at; // as the store has them
  bool ended;
};

struct live_entry {
  unsigned char hash[TOKEN_HASH];
  struct live_lease *lease;
  int64_t generation, expires_at;
};

// Held for pointers only.
static pthread_mutex_t live_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map live_by_hash;  // 32 raw bytes → struct live_entry *
static struct map live_by_lease; // id → struct live_lease *

static char *live_text(struct str s) {
  return mem_copy(s.p ? s.p : "", s.n);
}

static void live_lease_free(struct live_lease *l) {
  mem_free(l->id);
  mem_free(l->user_id);
  mem_free(l->server_id);
  mem_free(l->client_id);
  mem_free(l->client_name);
  mem_free(l);
}

static void live_clear(void) {
  struct map_slot *slot;
  for (size_t i = 0; (slot = map_next(&live_by_hash, &i));) mem_free(slot->value);
  for (size_t i = 0; (slot = map_next(&live_by_lease, &i));) live_lease_free(slot->value);
  map_free(&live_by_hash);
  map_free(&live_by_lease);
}

void live_forget_all(void) {
  pthread_mutex_lock(&live_lock);
  live_clear();
  pthread_mutex_unlock(&live_lock);
}

static struct live_lease *live_lease_of(const struct lease *v) {
  struct live_lease *l = map_get(&live_by_lease, v->id);
  if (l) return l;
  l = MEM_NEW(struct live_lease);
  *l = (struct live_lease){.id = live_text(v->id),
                           .user_id = live_text(v->user_id),
                           .server_id = live_text(v->server_id),
                           .client_id = live_text(v->client_id),
                           .client_name = live_text(v->client_name),
                           .taken = v->taken,
                           .written_taken = v->taken,
                           .used_at = v->used_at,
                           .written_at = v->used_at};
  map_put(&live_by_lease, str_of(l->id), l);
  return l;
}

// With the lock held.
static void live_make_room(void) {
  if (live_by_hash.count >= LIVE_MOST || live_by_lease.count >= LIVE_MOST) live_clear();
}

// With the lock held.
static struct live_entry *live_add(const struct lease *v, const struct lease_token *t) {
  live_make_room();
  struct live_entry *e = map_get(&live_by_hash, str_make((const char *)t->hash, TOKEN_HASH));
  if (e) return e;
  e = MEM_NEW(struct live_entry);
  *e = (struct live_entry){
      .lease = live_lease_of(v), .generation = t->generation, .expires_at = t->expires_at};
  memcpy(e->hash, t->hash, TOKEN_HASH);
  map_put(&live_by_hash, str_make((const char *)e->hash, TOKEN_HASH), e);
  return e;
}

void live_put(const struct lease_tokens *tokens) {
  struct lease_token t = {.generation = tokens->lease.generation, .expires_at = tokens->expires_at};
  memcpy(t.hash, tokens->hash, TOKEN_HASH);
  pthread_mutex_lock(&live_lock);
  live_add(&tokens->lease, &t);
  pthread_mutex_unlock(&live_lock);
}

// With the lock held: what the request needs of it, which was used now. False: it does not count any more.
static bool live_take(struct live_entry *e, int64_t now, struct arena *a, struct live_token *out) {
  struct live_lease *l = e->lease;
  if (e->expires_at <= now || l->ended) return false;
  if (l->taken < e->generation) l->taken = e->generation;
  if (l->used_at < now) l->used_at = now;
  *out = (struct live_token){arena_dup(a, str_of(l->id)),          arena_dup(a, str_of(l->user_id)),
                             arena_dup(a, str_of(l->server_id)),   arena_dup(a, str_of(l->client_id)),
                             arena_dup(a, str_of(l->client_name)), e->expires_at};
  return true;
}

struct live_search {
  struct store *store;
  const unsigned char *hash;
  struct arena *arena;
  struct lease lease;
  struct lease_token token;
};

static bool live_search_job(void *arg, struct err *err) {
  struct live_search *j = arg;
  return lease_row_by_token(j->store, j->hash, j->arena, &j->lease, &j->token, err);
}

static bool live_unknown(struct err *err) {
  return err_set(err, ERR_UNAUTHENTICATED, "this access token is unknown, revoked or expired");
}

bool live_find(struct store *s, struct str token, const char client_key[HTTP_CLIENT_KEY], int64_t now,
               struct arena *a, struct live_token *out, int64_t *wait, struct err *err) {
  static struct pace misses = PACE(LIVE_WINDOW_MS);
  unsigned char hash[TOKEN_HASH] = {0}; // its address is taken before it has a value
  struct str key = str_make((const char *)hash, TOKEN_HASH), from = str_make(client_key, HTTP_CLIENT_KEY);
  *wait = 0;
  if (!str_starts(token, LIVE_PREFIX) || token.n >= TOKEN_TEXT) return live_unknown(err);
  token_hash(token, hash);
  pthread_mutex_lock(&live_lock);
  struct live_entry *e = map_get(&live_by_hash, key);
  bool known = e != NULL, counts = known && live_take(e, now, a, out);
  pthread_mutex_unlock(&live_lock);
  if (known) return counts || live_unknown(err);

  *wait = pace_wait(&misses, LIVE_MISSES, from, now);
  if (*wait) return err_set(err, ERR_LIMIT, "too many unknown access tokens come from there");
  struct live_search j = {.store = s, .hash = hash, .arena = a};
  if (!pool_run(live_search_job, &j, err)) return false;
  if (!j.lease.id.n || j.token.expires_at <= now) return live_unknown(err);
  pthread_mutex_lock(&live_lock);
  counts = live_take(live_add(&j.lease, &j.token), now, a, out);
  pthread_mutex_unlock(&live_lock);
  return counts || live_unknown(err);
}

// One that is not in memory is noted as well: a request may have read its row before that went.
void live_end(struct str lease_id) {
  const struct lease gone = {.id = lease_id};
  pthread_mutex_lock(&live_lock);
  live_make_room();
  live_lease_of(&gone)->ended = true;
  pthread_mutex_unlock(&live_lock);
}

bool live_has_ended(struct str lease_id) {
  pthread_mutex_lock(&live_lock);
  const struct live_lease *l = map_get(&live_by_lease, lease_id);
  bool ended = l && l->ended;
  pthread_mutex_unlock(&live_lock);
  return ended;
}

struct live_use live_use(struct str lease_id) {
  pthread_mutex_lock(&live_lock);
  const struct live_lease *l = map_get(&live_by_lease, lease_id);
  struct live_use use = {l ? l->taken : 0, l ? l->used_at : 0};
  pthread_mutex_unlock(&live_lock);
  return use;
}

// ---- memory and store

struct live_news {
  struct str id;
  int64_t used_at, taken;
};

struct live_tending {
  struct arena *arena;
  struct live_news *news; // uses that the store does not have
  struct str *ids;        // of all that were there before the store was asked
  size_t count, id_count;
};

static void live_collect(struct live_tending *t) {
  struct map_slot *slot;
  pthread_mutex_lock(&live_lock);
  t->news = ARENA_ARRAY(t->arena, live_by_lease.count + 1, struct live_news);
  t->ids = ARENA_ARRAY(t->arena, live_by_lease.count + 1, struct str);
  for (size_t i = 0; (slot = map_next(&live_by_lease, &i));) {
    const struct live_lease *l = slot->value;
    struct str id = arena_dup(t->arena, str_of(l->id));
    if (l->ended) continue;
    t->ids[t->id_count++] = id;
    if (l->taken > l->written_taken || l->used_at >= l->written_at + LIVE_USE_MS)
      t->news[t->count++] = (struct live_news){id, l->used_at, l->taken};
  }
  pthread_mutex_unlock(&live_lock);
}

static bool live_write(struct store *s, void *arg, struct err *err) {
  const struct live_tending *t = arg;
  for (size_t i = 0; i < t->count; i++)
    if (!lease_row_note_use(s, t->news[i].id, t->news[i].used_at, t->news[i].taken, err)) return false;
  return true;
}

static void live_written(const struct live_tending *t) {
  pthread_mutex_lock(&live_lock);
  for (size_t i = 0; i < t->count; i++) {
    struct live_lease *l = map_get(&live_by_lease, t->news[i].id);
    if (!l) continue;
    l->written_at = t->news[i].used_at;
    l->written_taken = t->news[i].taken;
  }
  pthread_mutex_unlock(&live_lock);
}

// Those that the store has no more have ended. One that came meanwhile is not judged by rows read before.
static size_t live_compare(const struct live_tending *t, const struct store_rows *rows) {
  struct map there = {0};
  size_t ended = 0;
  for (size_t i = 0; i < rows->count; i++) map_put(&there, store_cell(rows, i, 0)->text, rows->cells);
  for (size_t i = 0; i < t->id_count; i++) {
    if (map_get(&there, t->ids[i])) continue;
    live_end(t->ids[i]);
    ended++;
  }
  map_free(&there);
  return ended;
}

static void live_drop_expired(struct arena *a, int64_t now) {
  struct map_slot *slot;
  pthread_mutex_lock(&live_lock);
  struct live_entry **over = ARENA_ARRAY(a, live_by_hash.count + 1, struct live_entry *);
  size_t count = 0;
  for (size_t i = 0; (slot = map_next(&live_by_hash, &i));) {
    struct live_entry *e = slot->value;
    if (e->expires_at <= now) over[count++] = e;
  }
  for (size_t i = 0; i < count; i++) {
    map_remove(&live_by_hash, str_make((const char *)over[i]->hash, TOKEN_HASH));
    mem_free(over[i]);
  }
  pthread_mutex_unlock(&live_lock);
}

bool live_tend(struct store *s, int64_t now, size_t *ended, struct err *err) {
  struct live_tending t = {.arena = arena_new()};
  struct store_rows rows;
  *ended = 0;
  live_drop_expired(t.arena, now);
  live_collect(&t);
  bool ok = !t.count || store_transact(s, live_write, &t, err);
  if (ok) live_written(&t);
  ok = ok && (!t.id_count || store_query(s, "SELECT id FROM authority_lease", NULL, 0, t.arena, &rows, err));
  if (ok && t.id_count) *ended = live_compare(&t, &rows);
  arena_free(t.arena);
  return ok;
}
