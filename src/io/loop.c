// SPDX-License-Identifier: Apache-2.0
#include "io/loop.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "base/mem.h"
#include "io/mailbox.h"

enum { LOOP_NAME = 16 }; // what the kernel shows of a thread's name

struct loop_slot_value {
  void *value;
  void (*destroy)(void *value);
};

struct loop {
  uv_loop_t uv;
  struct mailbox *mailbox;
  struct loop_slot_value slots[LOOP_SLOT_COUNT];
  size_t fibers_most;
  unsigned index;
  char name[LOOP_NAME];
  pthread_t thread;
  bool has_thread; // loop_start made one, not joined yet; only the owner's thread touches it
};

struct loop_timer {
  uv_timer_t uv;
  void (*fn)(void *arg);
  void *arg;
};

static _Thread_local struct loop *loop_here;

struct loop *loop_new(const char *name, unsigned index, size_t fibers_most) {
  struct loop *l = MEM_NEW(struct loop);
  if (uv_loop_init(&l->uv) != 0) abort(); // no descriptor for epoll: nothing can run
  l->mailbox = mailbox_new(&l->uv);
  l->index = index;
  l->fibers_most = fibers_most;
  snprintf(l->name, sizeof l->name, "%s", name);
  return l;
}

static void loop_slot_clear(struct loop *l, enum loop_slot slot) {
  struct loop_slot_value old = l->slots[slot];
  if (old.destroy) old.destroy(old.value); // still in its slot: unwinding fibers look for it
  l->slots[slot] = (struct loop_slot_value){0};
}

static void loop_finish(struct loop *l) {
  mailbox_drain(l->mailbox);
  loop_slot_clear(l, LOOP_SLOT_FIBERS); // first: what unwinds still uses the other slots
  for (int slot = 0; slot < LOOP_SLOT_COUNT; slot++) loop_slot_clear(l, (enum loop_slot)slot);
  uv_run(&l->uv, UV_RUN_NOWAIT); // lets their handles close
}

void loop_run(struct loop *l) {
  struct loop *outer = loop_enter(l);
  uv_run(&l->uv, UV_RUN_DEFAULT);
  loop_finish(l);
  loop_here = outer;
}

static void *loop_thread(void *arg) {
  struct loop *l = arg;
  pthread_setname_np(pthread_self(), l->name);
  loop_run(l);
  return NULL;
}

void loop_start(struct loop *l) {
  assert(!l->has_thread);
  if (pthread_create(&l->thread, NULL, loop_thread, l) != 0) abort(); // at start only
  l->has_thread = true;
}

static void loop_on_stop(void *arg) {
  uv_stop(&((struct loop *)arg)->uv);
}

void loop_stop(struct loop *l) {
  loop_post(l, loop_on_stop, l);
  if (loop_is_here(l) || !l->has_thread) return;
  pthread_join(l->thread, NULL);
  l->has_thread = false;
}

static void loop_close_leftover(uv_handle_t *handle, void *arg) {
  (void)arg;
  if (!uv_is_closing(handle)) uv_close(handle, NULL); // its owner has lost it; the memory stays the owner's
}

void loop_free(struct loop *l) {
  if (!l) return;
  if (l->has_thread) loop_stop(l);
  struct loop *outer = loop_enter(l); // the thread that ran it has ended: this one takes its place
  loop_finish(l);
  mailbox_close(l->mailbox);
  uv_run(&l->uv, UV_RUN_NOWAIT);
  if (uv_loop_close(&l->uv) == UV_EBUSY) {
    uv_walk(&l->uv, loop_close_leftover, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    int busy = uv_loop_close(&l->uv);
    assert(busy == 0);
    (void)busy;
  }
  loop_here = outer;
  mem_free(l);
}

bool loop_is_here(const struct loop *l) {
  return loop_here == l;
}

struct loop *loop_current(void) {
  return loop_here;
}

struct loop *loop_enter(struct loop *l) {
  struct loop *before = loop_here;
  loop_here = l;
  return before;
}

unsigned loop_index(const struct loop *l) {
  return l->index;
}

size_t loop_fibers_most(const struct loop *l) {
  return l->fibers_most;
}

struct uv_loop_s *loop_uv(struct loop *l) {
  return &l->uv;
}

void loop_post(struct loop *l, void (*fn)(void *arg), void *arg) {
  mailbox_post(l->mailbox, fn, arg);
}

static void loop_on_timer(uv_timer_t *uv) {
  struct loop_timer *t = uv->data;
  t->fn(t->arg);
}

struct loop_timer *loop_timer_new(struct loop *l, void (*fn)(void *arg), void *arg) {
  struct loop_timer *t = MEM_NEW(struct loop_timer);
  uv_timer_init(&l->uv, &t->uv);
  t->uv.data = t;
  t->fn = fn;
  t->arg = arg;
  return t;
}

void loop_timer_set(struct loop_timer *t, uint64_t after_ms, uint64_t every_ms) {
  uv_update_time(t->uv.loop); // libuv counts from when the current turn began
  uv_timer_start(&t->uv, loop_on_timer, after_ms, every_ms);
}

void loop_timer_stop(struct loop_timer *t) {
  uv_timer_stop(&t->uv);
}

static void loop_on_timer_closed(uv_handle_t *uv) {
  mem_free(uv->data);
}

void loop_timer_free(struct loop_timer *t) {
  if (t) uv_close((uv_handle_t *)&t->uv, loop_on_timer_closed);
}

void loop_slot_set(struct loop *l, enum loop_slot slot, void *value, void (*destroy)(void *value)) {
  assert(!l->slots[slot].value);
  l->slots[slot] = (struct loop_slot_value){value, destroy};
}

void *loop_slot_get(const struct loop *l, enum loop_slot slot) {
  return l->slots[slot].value;
}
