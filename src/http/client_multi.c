// SPDX-License-Identifier: Apache-2.0
// libcurl's multi interface on one loop. A multi handle for each trust class, because libcurl asks the guard
// only about new connections: what one class may reach, another must not find in its pool.
//
// libcurl drops its interest in a connection after each transfer and takes it up again with the next. We keep
// watching (readable only) what we opened, which saves two epoll_ctl calls a request; an event on an idle one
// (the server closed it) ends the watch. Sockets that libcurl made itself, its resolver's, come and go as it
// says.
#include "http/client_private.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/loop.h"

struct client_class {
  struct client *client;
  uint64_t id; // http_guard_class
  CURLM *multi;
  struct loop_timer *timer; // libcurl's
  size_t active;
  uint64_t used_us;
};

struct client_handle { // an easy handle, in use or idle
  CURL *easy;
  struct loop_timer *timer; // our deadlines
  struct client_fetch *fetch;
  struct client_handle *next;
};

struct client_socket {
  uv_poll_t poll;
  struct client_class *class;
  curl_socket_t fd;
  int wanted, watched; // UV_READABLE | UV_WRITABLE: by libcurl, and in fact
  bool ours;
};

struct client { // one a loop
  struct loop *loop;
  struct client_class classes[CLIENT_CLASSES_MOST];
  struct client_socket **sockets; // by descriptor
  size_t sockets_cap;
  struct client_handle *idle;
  size_t idle_count;
};

// ---- what libcurl has to say

static void client_collect(struct client_class *class) {
  int left;
  for (CURLMsg *m; (m = curl_multi_info_read(class->multi, &left));) {
    if (m->msg != CURLMSG_DONE) continue;
    char *private = NULL;
    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private);
    struct client_fetch *f = (struct client_fetch *)(void *)private;
    if (f->done) continue; // overdue, and it has not run yet
    f->code = m->data.result;
    f->done = true;
    fiber_wake(f->waiter);
  }
}

static void client_act(struct client_class *class, curl_socket_t fd, int events) {
  int running;
  curl_multi_socket_action(class->multi, fd, events, &running);
  client_collect(class);
}

static void client_on_timer(void *class) {
  client_act(class, CURL_SOCKET_TIMEOUT, 0);
}

static int client_on_timer_wish(CURLM *multi, long ms, void *arg) {
  struct client_class *class = arg;
  (void)multi;
  if (ms < 0)
    loop_timer_stop(class->timer);
  else
    loop_timer_set(class->timer, (uint64_t)ms, 0);
  return 0;
}

// ---- sockets

static struct client *client_here(void) {
  struct loop *loop = loop_current();
  return loop ? loop_slot_get(loop, LOOP_SLOT_CLIENT) : NULL;
}

static struct client_socket *client_socket_of(const struct client *c, curl_socket_t fd) {
  return (size_t)fd < c->sockets_cap ? c->sockets[fd] : NULL;
}

static struct client_socket *client_socket_new(struct client *c, curl_socket_t fd, bool ours) {
  struct client_socket *s = MEM_NEW(struct client_socket);
  if (uv_poll_init_socket(loop_uv(c->loop), &s->poll, fd) != 0) {
    mem_free(s);
    return NULL;
  }
  if ((size_t)fd >= c->sockets_cap) {
    size_t cap = ((size_t)fd + 64) / 64 * 64 * 2;
    c->sockets = mem_resize(c->sockets, cap * sizeof *c->sockets);
    memset(c->sockets + c->sockets_cap, 0, (cap - c->sockets_cap) * sizeof *c->sockets);
    c->sockets_cap = cap;
  }
  assert(!c->sockets[fd]);
  s->poll.data = s;
  s->fd = fd;
  s->ours = ours;
  c->sockets[fd] = s;
  return s;
}

static void client_on_socket_closed(uv_handle_t *poll) {
  mem_free(poll->data);
}

static void client_socket_drop(struct client *c, struct client_socket *s) {
  c->sockets[s->fd] = NULL;
  uv_close((uv_handle_t *)&s->poll, client_on_socket_closed);
}

void client_socket_opened(curl_socket_t fd) {
  client_socket_new(client_here(), fd, true);
}

void client_socket_closing(curl_socket_t fd) {
  struct client *c = client_here();
  struct client_socket *s = c ? client_socket_of(c, fd) : NULL;
  if (s) client_socket_drop(c, s); // before close(2): the number may be given out again at once
}

static void client_socket_watch(struct client_socket *s, int events);

static void client_on_event(uv_poll_t *poll, int status, int events) {
  struct client_socket *s = poll->data;
  if (status < 0) s->watched = 0; // libuv has stopped by itself
  if (!s->wanted) return client_socket_watch(s, 0);
  int flags = (status < 0 ? CURL_CSELECT_ERR : 0) | (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
              (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
  client_act(s->class, s->fd, flags); // may drop s
}

static void client_socket_watch(struct client_socket *s, int events) {
  if (s->watched == events) return;
  if (events)
    uv_poll_start(&s->poll, events, client_on_event);
  else
    uv_poll_stop(&s->poll);
  s->watched = events;
}

static int client_on_interest(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused) {
  struct client_class *class = arg;
  struct client *c = class->client;
  struct client_socket *s = client_socket_of(c, fd);
  (void)easy, (void)unused;
  if (what == CURL_POLL_REMOVE) {
    if (s && !s->ours) client_socket_drop(c, s);
    if (!s || !s->ours) return 0;
    s->wanted = 0;
    client_socket_watch(s, s->watched & UV_READABLE);
    return 0;
  }
  if (!s) s = client_socket_new(c, fd, false);
  if (!s) return -1;
  s->class = class;
  s->wanted = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  client_socket_watch(s, s->wanted);
  return 0;
}

// ---- trust classes

static void client_class_open(struct client *c, struct client_class *class, uint64_t id) {
  class->client = c;
  class->id = id;
  class->timer = loop_timer_new(c->loop, client_on_timer, class);
  class->multi = curl_multi_init();
  curl_multi_setopt(class->multi, CURLMOPT_SOCKETFUNCTION, client_on_interest);
  curl_multi_setopt(class->multi, CURLMOPT_SOCKETDATA, class);
  curl_multi_setopt(class->multi, CURLMOPT_TIMERFUNCTION, client_on_timer_wish);
  curl_multi_setopt(class->multi, CURLMOPT_TIMERDATA, class);
  curl_multi_setopt(class->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
  curl_multi_setopt(class->multi, CURLMOPT_MAXCONNECTS, (long)CLIENT_CONNECTIONS_MOST);
  curl_multi_setopt(class->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CLIENT_CONNECTIONS_MOST);
  curl_multi_setopt(class->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CLIENT_PER_HOST_MOST);
}

static void client_class_close(struct client_class *class) {
  if (!class->multi) return;
  curl_multi_cleanup(class->multi); // still closes sockets and sets the timer
  loop_timer_free(class->timer);
  *class = (struct client_class){0};
}

// The class's own, or a free row, or the one that has been idle longest. NULL: all are busy.
static struct client_class *client_class_of(struct client *c, uint64_t id) {
  struct client_class *spare = NULL;
  for (int i = 0; i < CLIENT_CLASSES_MOST; i++) {
    struct client_class *class = &c->classes[i];
    if (class->multi && class->id == id) return class;
    if (!class->active && (!spare || class->used_us < spare->used_us)) spare = class;
  }
  if (!spare) return NULL;
  client_class_close(spare);
  client_class_open(c, spare, id);
  return spare;
}

// ---- easy handles

static void client_on_deadline(void *arg) {
  struct client_handle *h = arg;
  struct client_fetch *f = h->fetch;
  if (!f || f->done) return;
  if (client_is_overdue(f)) {
    f->done = true;
    fiber_wake(f->waiter);
  } else {
    loop_timer_set(h->timer, client_patience_ms(f), 0);
  }
}

static struct client_handle *client_handle_take(struct client *c) {
  struct client_handle *h = c->idle;
  if (h) {
    c->idle = h->next;
    c->idle_count--;
    return h;
  }
  h = MEM_NEW(struct client_handle);
  h->easy = curl_easy_init();
  h->timer = loop_timer_new(c->loop, client_on_deadline, h);
  client_set_constants(h->easy);
  return h;
}

static void client_handle_free(struct client_handle *h) {
  curl_easy_cleanup(h->easy);
  loop_timer_free(h->timer);
  mem_free(h);
}

static void client_handle_give(struct client *c, struct client_handle *h) {
  h->fetch = NULL;
  if (c->idle_count == CLIENT_IDLE_MOST) return client_handle_free(h);
  curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, NULL); // it is on a stack that goes on to other things
  h->next = c->idle;
  c->idle = h;
  c->idle_count++;
}

// ---- the loop's client

static void client_destroy(void *value) {
  struct client *c = value;
  for (int i = 0; i < CLIENT_CLASSES_MOST; i++) client_class_close(&c->classes[i]);
  while (c->idle) {
    struct client_handle *h = c->idle;
    c->idle = h->next;
    client_handle_free(h);
  }
  for (size_t fd = 0; fd < c->sockets_cap; fd++)
    if (c->sockets[fd]) client_socket_drop(c, c->sockets[fd]);
  mem_free(c->sockets);
  mem_free(c);
}

static struct client *client_of(struct loop *loop) {
  struct client *c = loop_slot_get(loop, LOOP_SLOT_CLIENT);
  if (c) return c;
  c = MEM_NEW(struct client);
  c->loop = loop;
  loop_slot_set(loop, LOOP_SLOT_CLIENT, c, client_destroy);
  return c;
}

bool client_run(struct client_fetch *f, void (*begin)(struct client_fetch *f), struct err *err) {
  struct client *c = client_of(fiber_loop(f->waiter));
  struct client_class *class = client_class_of(c, http_guard_class(f->call->guard));
  if (!class)
    return err_set(err, ERR_UNAVAILABLE, "more than %d sets of allowed addresses in use at once",
                   CLIENT_CLASSES_MOST);
  struct client_handle *h = f->handle = client_handle_take(c);
  h->fetch = f;
  f->easy = h->easy;
  begin(f);
  class->active++;
  uint64_t patience = client_patience_ms(f);
  if (patience) loop_timer_set(h->timer, patience, 0);
  curl_multi_add_handle(class->multi, h->easy);
  client_act(class, CURL_SOCKET_TIMEOUT, 0); // sends at once where a connection is there
  bool ok = true;
  while (ok && !f->done) ok = fiber_park("an answer from upstream", err);
  loop_timer_stop(h->timer);
  curl_multi_remove_handle(class->multi, h->easy); // closes the connection of what is under way
  class->active--;
  class->used_us = clock_mono_us();
  return ok;
}

void client_release(struct client_fetch *f) {
  if (f->handle)
    client_handle_give(client_of(fiber_loop(f->waiter)), f->handle);
  else if (f->easy)
    curl_easy_cleanup(f->easy);
}
