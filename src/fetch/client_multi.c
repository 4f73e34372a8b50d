// SPDX-License-Identifier: Apache-2.0
// libcurl's multi interface on one loop. A multi handle for each trust class, because libcurl asks the guard
// only about new connections: what one class may reach, another must not find in its pool. Transfers have
// multi handles of their own: thousands of idle streams take no place from fetches.
//
// libcurl drops its interest in a connection after each transfer and takes it up again with the next. We keep
// watching (readable only) what we opened, which saves two epoll_ctl calls a request; an event on an idle one
// (the server closed it) ends the watch. Sockets that libcurl made itself, its resolver's, come and go as it
// says.
#include "fetch/client_private.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/patience.h"
#include "io/loop.h"

struct client_class {
  struct client *client;
  uint64_t id; // http_guard_class
  bool streams;
  CURLM *multi;
  struct loop_timer *timer; // libcurl's
  size_t active;
  uint64_t used_us;
};

struct client_handle { // an easy handle, in use or idle
  CURL *easy;
  bool streams;
  struct loop_timer *timer; // our deadlines
  struct client *client;
  struct client_class *class; // NULL: libcurl does not drive it now
  struct client_fetch *fetch;
  struct client_handle *prev, *next; // in client->used; or next in client->idle
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
  struct client_handle *used, *idle[2]; // idle: of fetches, of transfers
  size_t idle_count[2];
  struct patience patience; // of the servers
};

static void client_done(struct client_fetch *f);

// ---- what libcurl has to say

static struct client_fetch *client_fetch_of(CURL *easy) {
  char *private = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
  return (struct client_fetch *)(void *)private;
}

static void client_collect(struct client_class *class) {
  int left;
  for (CURLMsg *m; (m = curl_multi_info_read(class->multi, &left));) {
    if (m->msg != CURLMSG_DONE) continue;
    struct client_fetch *f = client_fetch_of(m->easy_handle);
    f->code = m->data.result;
    client_done(f);
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

static void client_socket_drop(struct client *c, struct client_socket *s);

static struct client_socket *client_socket_new(struct client *c, curl_socket_t fd, bool ours) {
  // libcurl 7.88 closes a socket that is still connecting without telling (cf_socket_close): the number is
  // free again, and what we have of it is left over.
  if (client_socket_of(c, fd)) client_socket_drop(c, client_socket_of(c, fd));
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

static curl_socket_t client_on_open_here(void *arg, curlsocktype purpose, struct curl_sockaddr *a) {
  curl_socket_t fd = client_on_open(arg, purpose, a);
  if (fd != CURL_SOCKET_BAD) client_socket_new(client_here(), fd, true);
  return fd;
}

static int client_on_close(void *arg, curl_socket_t fd) {
  (void)arg; // the fetch that opened it is long gone
  struct client *c = client_here();
  struct client_socket *s = c ? client_socket_of(c, fd) : NULL;
  if (s) client_socket_drop(c, s); // before close(2): the number may be given out again at once
  return close(fd);
}

static void client_socket_watch(struct client_socket *s, int events);

static void client_on_event(uv_poll_t *poll, int status, int events) {
  struct client_socket *s = poll->data;
  if (status < 0) s->watched = 0; // libuv has stopped by itself
  if (!s->wanted) return client_socket_watch(s, 0);
  // A connection that was reset: libuv tells of no direction, and of an error alone libcurl makes one that it does not
  // begin anew for. By the call in the direction that it wants it learns what has happened, as by select.
  if (status < 0) events = s->wanted;
  int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) | (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
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

static void client_class_open(struct client *c, struct client_class *class, uint64_t id, bool streams) {
  class->client = c;
  class->id = id;
  class->streams = streams;
  class->timer = loop_timer_new(c->loop, client_on_timer, class);
  class->multi = curl_multi_init();
  curl_multi_setopt(class->multi, CURLMOPT_SOCKETFUNCTION, client_on_interest);
  curl_multi_setopt(class->multi, CURLMOPT_SOCKETDATA, class);
  curl_multi_setopt(class->multi, CURLMOPT_TIMERFUNCTION, client_on_timer_wish);
  curl_multi_setopt(class->multi, CURLMOPT_TIMERDATA, class);
  curl_multi_setopt(class->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
  // The pool counts those in use, too.
  curl_multi_setopt(class->multi, CURLMOPT_MAXCONNECTS,
                    (long)(streams ? CLIENT_STREAMS_MOST : CLIENT_CONNECTIONS_MOST));
  if (streams) return; // client_start counts them
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
static struct client_class *client_class_of(struct client *c, uint64_t id, bool streams) {
  struct client_class *spare = NULL;
  for (int i = 0; i < CLIENT_CLASSES_MOST; i++) {
    struct client_class *class = &c->classes[i];
    if (class->multi && class->id == id && class->streams == streams) return class;
    if (!class->active && (!spare || class->used_us < spare->used_us)) spare = class;
  }
  if (!spare) return NULL;
  client_class_close(spare);
  client_class_open(c, spare, id, streams);
  return spare;
}

// ---- easy handles

// libcurl lets go of f; what is under way is aborted, its connection closed.
static void client_stop(struct client_fetch *f) {
  struct client_handle *h = f->handle;
  if (!h || !h->class) return;
  struct client_class *class = h->class;
  h->class = NULL;
  f->held = false;
  loop_timer_stop(h->timer);
  curl_multi_remove_handle(class->multi, h->easy);
  class->active--;
  class->used_us = clock_mono_us();
}

static void client_done(struct client_fetch *f) {
  f->done = true;
  if (f->handle)
    patience_learn(&f->handle->client->patience, fetch_origin(f->call->url),
                   http_header_get(&f->headers, "keep-alive"));
  client_stop(f);
  if (f->on_done)
    f->on_done(f);
  else
    client_wake(f);
}

void client_abort(struct client_fetch *f) {
  if (f->done) return;
  f->failure = CLIENT_ABORTED;
  client_done(f);
}

void client_look_again(struct client_fetch *f) {
  uint64_t patience = client_patience_ms(f);
  if (patience) loop_timer_set(f->handle->timer, patience, 0);
}

static void client_on_deadline(void *arg) {
  struct client_handle *h = arg;
  if (client_is_overdue(h->fetch))
    client_done(h->fetch);
  else
    client_look_again(h->fetch);
}

static void client_handle_list(struct client *c, struct client_handle *h) {
  h->prev = NULL;
  h->next = c->used;
  if (h->next) h->next->prev = h;
  c->used = h;
}

static void client_handle_unlist(struct client *c, struct client_handle *h) {
  if (h->prev)
    h->prev->next = h->next;
  else
    c->used = h->next;
  if (h->next) h->next->prev = h->prev;
}

static struct client_handle *client_handle_take(struct client *c, bool streams) {
  struct client_handle *h = c->idle[streams];
  if (h) {
    c->idle[streams] = h->next;
    c->idle_count[streams]--;
  } else {
    h = MEM_NEW(struct client_handle);
    h->client = c;
    h->streams = streams;
    h->easy = curl_easy_init();
    h->timer = loop_timer_new(c->loop, client_on_deadline, h);
    client_set_constants(h->easy, streams ? CLIENT_STREAM_BUFFER : CLIENT_BUFFER);
    curl_easy_setopt(h->easy, CURLOPT_OPENSOCKETFUNCTION, client_on_open_here);
    curl_easy_setopt(h->easy, CURLOPT_CLOSESOCKETFUNCTION, client_on_close);
  }
  client_handle_list(c, h);
  return h;
}

static void client_handle_free(struct client_handle *h) {
  curl_easy_cleanup(h->easy);
  loop_timer_free(h->timer);
  mem_free(h);
}

static void client_handle_give(struct client_handle *h) {
  struct client *c = h->client;
  client_handle_unlist(c, h);
  bool clean = client_is_clean(h->fetch);
  h->fetch = NULL;
  if (!clean || c->idle_count[h->streams] == CLIENT_IDLE_MOST) return client_handle_free(h);
  curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, NULL); // it is the fetch's, which ends
  h->next = c->idle[h->streams];
  c->idle[h->streams] = h;
  c->idle_count[h->streams]++;
}

// ---- the loop's client

// A transfer that no fiber was waiting for is still open: its owner finds it ended.
static void client_orphan(struct client_handle *h) {
  struct client_fetch *f = h->fetch;
  f->failure = CLIENT_STOPPED;
  client_handle_unlist(h->client, h);
  client_stop(f);
  client_handle_free(h);
  f->handle = NULL;
  f->easy = NULL;
  if (f->on_stop) f->on_stop(f);
  client_done(f);
}

static void client_destroy(void *value) {
  struct client *c = value;
  while (c->used) client_orphan(c->used);
  for (int i = 0; i < CLIENT_CLASSES_MOST; i++) client_class_close(&c->classes[i]);
  for (int kind = 0; kind < 2; kind++)
    while (c->idle[kind]) {
      struct client_handle *h = c->idle[kind];
      c->idle[kind] = h->next;
      client_handle_free(h);
    }
  for (size_t fd = 0; fd < c->sockets_cap; fd++)
    if (c->sockets[fd]) client_socket_drop(c, c->sockets[fd]);
  patience_free(&c->patience);
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

// ---- one request

bool client_start(struct client_fetch *f, struct err *err) {
  struct client *c = client_of(fiber_loop(fiber_self()));
  bool streams = f->window > 0;
  uint64_t id = f->call->kin ? CLIENT_KIN_CLASS : http_guard_class(f->call->guard);
  struct client_class *class = client_class_of(c, id, streams);
  if (!class)
    return err_set(err, ERR_UNAVAILABLE, "more than %d sets of allowed addresses in use at once",
                   CLIENT_CLASSES_MOST / 2);
  if (streams && class->active == CLIENT_STREAMS_MOST)
    return err_set(err, ERR_UNAVAILABLE, "%d streams from upstream are open already", CLIENT_STREAMS_MOST);
  struct client_handle *h = f->handle = client_handle_take(c, streams);
  h->fetch = f;
  h->class = class;
  class->active++;
  f->easy = h->easy;
  client_begin(f);
  curl_easy_setopt(h->easy, CURLOPT_MAXAGE_CONN, patience_of(&c->patience, fetch_origin(f->call->url)));
  client_look_again(f);
  curl_multi_add_handle(class->multi, h->easy);
  client_act(class, CURL_SOCKET_TIMEOUT, 0); // sends at once where a connection is there
  return true;
}

void client_go_on(struct client_fetch *f) {
  if (!f->held) return;
  f->held = false;
  f->moved_us = clock_mono_us();
  CURLcode code = curl_easy_pause(f->easy, CURLPAUSE_CONT); // gives us what it has set aside
  if (code == CURLE_OK) return;
  f->code = code;
  client_done(f);
}

void client_release(struct client_fetch *f) {
  if (f->handle) {
    assert(loop_is_here(f->handle->client->loop));
    client_stop(f);
    client_handle_give(f->handle);
  } else if (f->easy) {
    curl_easy_cleanup(f->easy);
  }
}
