// SPDX-License-Identifier: Apache-2.0
#include "io/mailbox.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

#include "base/mem.h"

struct mailbox_letter {
  void (*fn)(void *arg);
  void *arg;
};

struct mailbox_list {
  struct mailbox_letter *items;
  size_t count, cap;
};

struct mailbox {
  uv_async_t bell;
  pthread_mutex_t lock;
  struct mailbox_list in;  // under lock
  struct mailbox_list out; // loop thread only: the batch being run; its memory takes turns with `in`
};

static void mailbox_on_bell(uv_async_t *bell) {
  mailbox_drain(bell->data);
}

struct mailbox *mailbox_new(struct uv_loop_s *uv) {
  struct mailbox *m = MEM_NEW(struct mailbox);
  pthread_mutex_init(&m->lock, NULL);
  if (uv_async_init(uv, &m->bell, mailbox_on_bell) != 0) abort(); // no descriptor at start: nothing can run
  m->bell.data = m;
  return m;
}

void mailbox_post(struct mailbox *m, void (*fn)(void *arg), void *arg) {
  pthread_mutex_lock(&m->lock);
  struct mailbox_list *in = &m->in;
  if (in->count == in->cap) {
    if (in->cap == MAILBOX_LETTERS_MOST) abort();
    in->cap = in->cap ? in->cap * 2 : 64;
    in->items = mem_resize(in->items, in->cap * sizeof *in->items);
  }
  bool first = in->count == 0;
  in->items[in->count++] = (struct mailbox_letter){fn, arg};
  pthread_mutex_unlock(&m->lock);
  if (first) uv_async_send(&m->bell);
}

void mailbox_drain(struct mailbox *m) {
  if (m->out.count) return; // a letter that runs the loop: the outer drain goes on with the batch
  pthread_mutex_lock(&m->lock);
  struct mailbox_list batch = m->in;
  m->in = m->out;
  m->out = batch;
  pthread_mutex_unlock(&m->lock);
  for (size_t i = 0; i < m->out.count; i++) m->out.items[i].fn(m->out.items[i].arg);
  m->out.count = 0;
}

static void mailbox_on_closed(uv_handle_t *bell) {
  struct mailbox *m = bell->data;
  pthread_mutex_destroy(&m->lock);
  mem_free(m->in.items);
  mem_free(m->out.items);
  mem_free(m);
}

void mailbox_close(struct mailbox *m) {
  uv_close((uv_handle_t *)&m->bell, mailbox_on_closed);
}
