// SPDX-License-Identifier: Apache-2.0
#include "call/cache.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "call/judge.h"
#include "catalog/snapshot.h"
#include "data/json.h"
#include "io/channel.h"

struct cache_waiter {
  struct cache_waiter *next;
  struct channel *end; // gets the entry, held for the waiter, or cache_nothing
};

struct cache_entry {
  size_t refs; // of the table and of those who hold it; under the lock
  struct cache_entry *older, *newer;
  struct cache_waiter *waiters;
  struct arena *arena; // key, headers, body
  struct str key, account_id, body;
  struct http_headers headers;
  enum answer_form form;
  int status;
  uint64_t at_us;
  size_t bytes;
  bool listed, ready, stale; // in the table; has an answer; something was written since it was asked for
};

static struct {
  pthread_mutex_t lock;
  struct map entries;
  struct cache_entry *newest, *oldest; // that are ready
  size_t bytes, most;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static char cache_nothing;

// ---- entries, under the lock

static void cache_unref(struct cache_entry *e) {
  if (--e->refs) return;
  arena_free(e->arena);
  mem_free(e);
}

static void cache_link(struct cache_entry *e) {
  e->older = cache.newest;
  *(e->older ? &e->older->newer : &cache.oldest) = e;
  cache.newest = e;
  cache.bytes += e->bytes;
}

static void cache_unlist(struct cache_entry *e) {
  if (!e->listed) return;
  e->listed = false;
  map_remove(&cache.entries, e->key);
  if (e->ready) {
    *(e->newer ? &e->newer->older : &cache.newest) = e->older;
    *(e->older ? &e->older->newer : &cache.oldest) = e->newer;
    cache.bytes -= e->bytes;
  }
  cache_unref(e);
}

static bool cache_is_over(const struct cache_entry *e, uint64_t most_ms) {
  return (clock_mono_us() - e->at_us) / 1000 >= most_ms;
}

static void cache_trim(uint64_t most_ms) {
  while (cache.oldest && (cache.bytes > cache.most || cache_is_over(cache.oldest, most_ms)))
    cache_unlist(cache.oldest);
}

static void cache_release(void *message) { // of an entry that a waiter did not take
  if (message == &cache_nothing) return;
  pthread_mutex_lock(&cache.lock);
  cache_unref(message);
  pthread_mutex_unlock(&cache.lock);
}

// ---- asking

// Texts one after the other, each with its length before it: no two asks have the same. Empty: too long.
static struct str cache_key(const struct cache_ask *ask, struct buf *out) {
  const struct account *account = ask->account->account;
  size_t n = 0;
  char *arguments = yyjson_mut_val_write(ask->arguments, 0, &n);
  struct str parts[] = {account->id, ask->tool->name,
                        ask->tool->kind == TOOL_REMOTE ? ask->principal : STR(""),
                        str_make(arguments ? arguments : "", n)};
  buf_printf(out, "%lld %lld", (long long)account->version, (long long)ask->account->stamp);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    buf_printf(out, " %zu ", parts[i].n);
    buf_add(out, parts[i]);
  }
  free(arguments);
  return out->full || !arguments ? STR("") : buf_str(out);
}

static struct cache_entry *cache_begin(const struct cache_ask *ask, struct str key) {
  struct cache_entry *e = MEM_NEW(struct cache_entry);
  struct arena *a = arena_new();
  *e = (struct cache_entry){.refs = 2, // the table's, and whoever calls
                            .arena = a,
                            .key = arena_dup(a, key),
                            .account_id = arena_dup(a, ask->account->account->id),
                            .listed = true};
  map_put(&cache.entries, e->key, e);
  return e;
}

static enum cache_word cache_wait(struct cache_entry *e, struct cache_waiter *w, struct cache_entry **held,
                                  struct err *err) SUSPENDS;
static enum cache_word cache_wait(struct cache_entry *e, struct cache_waiter *w, struct cache_entry **held,
                                  struct err *err) {
  void *message = NULL;
  bool ok = channel_receive(w->end, 0, &message, err);
  pthread_mutex_lock(&cache.lock);
  for (struct cache_waiter **at = &e->waiters; *at; at = &(*at)->next)
    if (*at == w) {
      *at = w->next;
      break;
    }
  cache_unref(e); // held while this waited
  pthread_mutex_unlock(&cache.lock);
  channel_unref(w->end);
  if (!ok) return CACHE_STOPPED;
  if (message == &cache_nothing) return CACHE_ALONE;
  *held = message;
  return CACHE_HIT;
}

enum cache_word cache_take(const struct cache_ask *ask, struct cache_entry **held, struct err *err) {
  struct buf text = BUF_MAX(CACHE_KEY_MOST);
  struct str key = cache_key(ask, &text);
  struct cache_waiter w = {.next = NULL};
  enum cache_word word = CACHE_ALONE;
  pthread_mutex_lock(&cache.lock);
  struct cache_entry *e = key.n ? map_get(&cache.entries, key) : NULL;
  if (e && e->ready && cache_is_over(e, ask->most_ms)) {
    cache_unlist(e);
    e = NULL;
  }
  if (e && e->ready) {
    e->refs++;
    *held = e;
    word = CACHE_HIT;
  } else if (e) {
    e->refs++;
    w = (struct cache_waiter){.next = e->waiters, .end = channel_new(1)};
    e->waiters = &w;
  } else if (key.n) {
    *held = cache_begin(ask, key);
    word = CACHE_MINE;
  }
  pthread_mutex_unlock(&cache.lock);
  buf_free(&text);
  return w.end ? cache_wait(e, &w, held, err) : word;
}

// ---- answers

static bool cache_is_good(const struct call_answer *n) {
  return n && n->outcome == RUN_OK && !n->question.n &&
         (n->form == ANSWER_JSON || n->form == ANSWER_TEXT || n->form == ANSWER_EMPTY ||
          n->form == ANSWER_RESULT);
}

static void cache_keep(struct cache_entry *e, const struct call_answer *n) {
  const struct http_headers *h = &n->response.headers;
  e->form = n->form;
  e->status = n->response.status;
  e->at_us = clock_mono_us();
  if (n->form == ANSWER_RESULT) {
    e->body = json_to_text(e->arena, n->value);
  } else {
    e->body = arena_dup(e->arena, buf_str(&n->response.body));
    e->headers.items = ARENA_ARRAY(e->arena, h->count + 1, struct http_header);
    for (size_t i = 0; i < h->count; i++)
      e->headers.items[e->headers.count++] =
          (struct http_header){arena_dup(e->arena, h->items[i].name), arena_dup(e->arena, h->items[i].value)};
  }
  e->bytes = e->body.n + e->key.n + sizeof *e;
  for (size_t i = 0; i < e->headers.count; i++)
    e->bytes += e->headers.items[i].name.n + e->headers.items[i].value.n;
}

void cache_give(struct cache_entry *mine, const struct call_answer *n) {
  bool good = cache_is_good(n);
  if (good) cache_keep(mine, n);
  pthread_mutex_lock(&cache.lock);
  good = good && !mine->stale;
  for (struct cache_waiter *w = mine->waiters, *next; w; w = next) {
    next = w->next; // on its own stack, and gone once it is told
    if (good) mine->refs++;
    if (!channel_send(w->end, good ? (void *)mine : &cache_nothing, cache_release) && good) cache_unref(mine);
  }
  mine->waiters = NULL;
  if (good && mine->bytes <= cache.most / CACHE_PART && mine->listed) {
    mine->ready = true;
    cache_link(mine);
    cache_trim(UINT64_MAX);
  } else {
    cache_unlist(mine);
  }
  cache_unref(mine);
  pthread_mutex_unlock(&cache.lock);
}

void cache_fill(struct cache_entry *held, size_t most, struct arena *a, struct call_answer *n,
                int64_t *age_ms) {
  *age_ms = (int64_t)((clock_mono_us() - held->at_us) / 1000);
  metrics_add(METRIC_CACHE_HITS, 1);
  if (held->form == ANSWER_RESULT) {
    n->doc = yyjson_read(held->body.p, held->body.n, YYJSON_READ_NUMBER_AS_RAW);
    n->value = yyjson_doc_get_root(n->doc);
    judge_result(n, most, clock_now_ms());
  } else {
    n->response = (struct fetch_result){.status = held->status, .body = BUF_MAX(held->body.n + 1)};
    n->response.headers.items = ARENA_ARRAY(a, held->headers.count + 1, struct http_header);
    for (size_t i = 0; i < held->headers.count; i++)
      n->response.headers.items[n->response.headers.count++] = (struct http_header){
          arena_dup(a, held->headers.items[i].name), arena_dup(a, held->headers.items[i].value)};
    buf_add(&n->response.body, held->body);
    judge_response(n, most, clock_now_ms(), a);
  }
  n->has_rate = false; // it was the vendor's word then
  cache_release(held);
}

void cache_forget(struct str account_id) {
  struct map_slot *slot;
  pthread_mutex_lock(&cache.lock);
  for (struct cache_entry *e = cache.newest, *older; e; e = older) {
    older = e->older;
    if (str_eq(e->account_id, account_id)) cache_unlist(e);
  }
  for (size_t i = 0; (slot = map_next(&cache.entries, &i));) { // being asked for just now
    struct cache_entry *e = slot->value;
    if (str_eq(e->account_id, account_id)) e->stale = true;
  }
  pthread_mutex_unlock(&cache.lock);
}

// ---- the whole

void cache_limit(size_t bytes) {
  pthread_mutex_lock(&cache.lock);
  cache.most = bytes;
  cache_trim(UINT64_MAX);
  pthread_mutex_unlock(&cache.lock);
}

void cache_sweep(uint64_t most_ms) {
  pthread_mutex_lock(&cache.lock);
  cache_trim(most_ms);
  if (!cache.entries.count) map_free(&cache.entries);
  pthread_mutex_unlock(&cache.lock);
}

size_t cache_waiting(const struct cache_entry *mine) {
  size_t n = 0;
  pthread_mutex_lock(&cache.lock);
  for (const struct cache_waiter *w = mine->waiters; w; w = w->next) n++;
  pthread_mutex_unlock(&cache.lock);
  return n;
}

size_t cache_bytes(void) {
  pthread_mutex_lock(&cache.lock);
  size_t bytes = cache.bytes;
  pthread_mutex_unlock(&cache.lock);
  return bytes;
}
