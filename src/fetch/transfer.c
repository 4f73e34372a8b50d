// SPDX-License-Identifier: Apache-2.0
// The client's machinery with a window instead of a whole body. Bytes gather in fetch.body; a read takes
// them away all at once and leaves an empty buffer behind, so nothing is moved, and what is idle holds no
// buffer.
#include "fetch/transfer.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "fetch/client_private.h"
#include "io/loop.h"

struct transfer_group {
  atomic_size_t refs;
  pthread_mutex_t lock;
  struct group_member *members; // under the lock
  bool aborted;                 // under the lock
};

// A transfer's place in its group. An abort may still be on its way to the loop when the transfer has ended.
struct group_member {
  atomic_size_t refs;
  struct transfer_group *group;
  struct loop *loop;
  struct transfer *transfer; // loop thread only; NULL once it has ended
  struct group_member *prev, *next;
};

struct transfer {
  struct client_fetch fetch;
  struct fetch_call call; // its texts in the arena
  struct fetch_limits limits;
  struct arena *arena;
  struct buf shown;            // what the reader has now
  struct group_member *member; // NULL: of no group
  int status;
};

// ---- groups

struct transfer_group *transfer_group_new(void) {
  struct transfer_group *g = MEM_NEW(struct transfer_group);
  atomic_init(&g->refs, 1);
  pthread_mutex_init(&g->lock, NULL);
  return g;
}

void transfer_group_unref(struct transfer_group *g) {
  if (!g || atomic_fetch_sub_explicit(&g->refs, 1, memory_order_acq_rel) != 1) return;
  pthread_mutex_destroy(&g->lock);
  mem_free(g);
}

static void group_member_unref(struct group_member *m) {
  if (atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) != 1) return;
  transfer_group_unref(m->group);
  mem_free(m);
}

// False: the group has been aborted.
static bool group_join(struct transfer_group *g, struct transfer *t) {
  struct group_member *m = MEM_NEW(struct group_member);
  *m = (struct group_member){.group = g, .loop = fiber_loop(fiber_self()), .transfer = t};
  atomic_init(&m->refs, 1);
  atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
  pthread_mutex_lock(&g->lock);
  bool open = !g->aborted;
  if (open) {
    m->next = g->members;
    if (m->next) m->next->prev = m;
    t->member = m;
    g->members = m;
  }
  pthread_mutex_unlock(&g->lock);
  if (!open) group_member_unref(m);
  return open;
}

static void group_leave(struct transfer *t) {
  struct group_member *m = t->member;
  if (!m) return;
  pthread_mutex_lock(&m->group->lock);
  if (m->prev)
    m->prev->next = m->next;
  else
    m->group->members = m->next;
  if (m->next) m->next->prev = m->prev;
  pthread_mutex_unlock(&m->group->lock);
  m->transfer = NULL;
  t->member = NULL;
  group_member_unref(m);
}

static void group_on_abort(void *arg) {
  struct group_member *m = arg;
  if (m->transfer) client_abort(&m->transfer->fetch);
  group_member_unref(m);
}

// A transfer that outlives its loop is over: nobody may post to that loop for it any more.
static void group_on_stop(struct client_fetch *f) {
  group_leave((struct transfer *)f); // its first member
}

// Posted under the lock: a member's transfer is one that its loop still drives, or that waits for its reader
// there, so the loop is there.
void transfer_group_abort(struct transfer_group *g) {
  pthread_mutex_lock(&g->lock);
  g->aborted = true;
  for (struct group_member *m = g->members; m; m = m->next) {
    atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
    loop_post(m->loop, group_on_abort, m);
  }
  pthread_mutex_unlock(&g->lock);
}

// ---- one transfer

static struct transfer *transfer_new(const struct fetch_call *call) {
  struct transfer *t = MEM_NEW(struct transfer);
  t->arena = arena_new();
  t->limits = *call->limits;
  t->call = *call;
  t->call.limits = &t->limits;
  t->call.hide = redact_ref(call->hide);
  t->call.method = arena_z(t->arena, str_of(call->method));
  t->call.url = arena_dup(t->arena, call->url);
  if (call->has_body) t->call.body = arena_dup(t->arena, call->body); // may be sent longer than open takes
  t->fetch = (struct client_fetch){.call = &t->call,
                                   .arena = t->arena,
                                   .window = TRANSFER_WINDOW,
                                   .body = BUF_PAID(t->limits.body_bytes, client_payer(call)),
                                   .on_stop = group_on_stop};
  t->shown = t->fetch.body;
  t->fetch.started_us = t->fetch.moved_us = clock_mono_us();
  return t;
}

static bool transfer_await_head(struct transfer *t, struct err *err) {
  struct client_fetch *f = &t->fetch;
  if (!client_choose_way(f, err) || !client_start(f, err)) return false;
  while (!f->answered && !f->done)
    if (!client_wait(f, "an answer from upstream", err)) return false;
  if (!f->answered && !client_succeeded(f, err)) return false;
  if (!client_status(f, &t->status, err)) return false;
  t->call.guard = NULL; // the caller's; asked about new connections only
  t->call.sent = NULL;
  t->call.headers = (struct http_headers){0};
  return true;
}

bool transfer_open(const struct fetch_call *call, struct transfer **out, struct err *err) {
  assert(fiber_self());
  if (!client_check(call, err)) return false;
  struct transfer *t = transfer_new(call);
  bool ok = !call->group || group_join(call->group, t) ||
            err_set(err, ERR_UNAVAILABLE, "requests of this kind were given up");
  ok = ok && transfer_await_head(t, err);
  if (!call->kin) metrics_observe_us(METRIC_UPSTREAM_SECONDS, clock_mono_us() - t->fetch.started_us);
  if (ok)
    *out = t;
  else
    transfer_close(t);
  return ok;
}

int transfer_status(const struct transfer *t) {
  return t->status;
}

const struct http_headers *transfer_headers(const struct transfer *t) {
  return &t->fetch.headers;
}

bool transfer_read(struct transfer *t, struct str *bytes, struct err *err) {
  struct client_fetch *f = &t->fetch;
  if (f->body.n == 0 && !f->done) {
    buf_free(&t->shown);
    buf_free(&f->body);
  }
  while (f->body.n == 0 && !f->done)
    if (!client_wait(f, "bytes from upstream", err)) return false;
  if (f->body.n == 0 && !client_succeeded(f, err)) return false;
  struct buf waiting = f->body;
  f->body = t->shown;
  buf_clear(&f->body);
  t->shown = waiting;
  client_go_on(f);
  *bytes = buf_str(&t->shown);
  return true;
}

bool transfer_read_all(struct transfer *t, struct buf *body, struct err *err) {
  struct buf all = BUF_PAID(t->limits.body_bytes, t->fetch.body.payer);
  struct str bytes;
  do {
    bool ok = transfer_read(t, &bytes, err);
    if (ok) buf_add(&all, bytes);
    if (ok && all.starved) ok = payer_explain(all.payer, err);
    if (!ok) {
      buf_free(&all);
      return false;
    }
  } while (bytes.n);
  *body = all;
  return true;
}

void transfer_close(struct transfer *t) {
  if (!t) return;
  assert(!t->fetch.waiter);
  group_leave(t);
  client_release(&t->fetch);
  buf_free(&t->fetch.body);
  buf_free(&t->shown);
  redact_unref(t->call.hide);
  arena_free(t->arena);
  mem_free(t);
}

static void transfer_on_done(struct client_fetch *f) {
  transfer_close((struct transfer *)f); // its first member
}

void transfer_finish(struct transfer *t) {
  if (!t || t->fetch.done) return transfer_close(t);
  struct client_fetch *f = &t->fetch;
  assert(!f->waiter);
  group_leave(t); // it is bound to end soon
  buf_free(&f->body);
  t->limits.total_ms = (clock_mono_us() - f->started_us) / 1000 + TRANSFER_LINGER_MS;
  if (t->limits.body_bytes - f->received > TRANSFER_LINGER_BYTES)
    t->limits.body_bytes = f->received + TRANSFER_LINGER_BYTES;
  f->on_done = transfer_on_done;
  client_look_again(f);
  client_go_on(f); // last: it may be over with this
}
