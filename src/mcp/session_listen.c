// SPDX-License-Identifier: Apache-2.0
// The GET stream of Streamable HTTP: one a session while anybody listens, read by a fiber of its own, which
// opens it again when it breaks. What it reads goes to the hub.
#include <assert.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/backoff.h"
#include "io/fiber.h"
#include "mcp/peer_private.h"
#include "mcp/send.h"
#include "mcp/session.h"
#include "mcp/wire.h"

enum {
  LISTEN_PAUSE_MS = 1000,
  LISTEN_PAUSE_MS_MOST = 60000,
  LISTEN_PAUSE_MS_LEAST = 20,           // whatever the server says: nobody is asked as fast as he can answer
  LISTEN_HEALTHY_US = 30 * 1000 * 1000, // a stream that lived so long begins anew with the shortest pause
  LISTEN_FRESH_US = 10 * 1000 * 1000,
  LISTEN_ANNOUNCE_US = 5 * 60 * 1000 * 1000, // between two guesses that news were missed
};

struct listen {
  struct mcp_session *session;
  struct mcp_stream stream;
  uint64_t announced_us;
  unsigned failures;
  bool opened_before;
  struct channel *opened; // closed once the first try has an outcome; may be NULL
};

enum listen_outcome { LISTEN_OPEN, LISTEN_AGAIN, LISTEN_NONE, LISTEN_LOST };

static bool listen_get(struct listen *l, struct arena *a, struct transfer **out, struct err *err) {
  struct mcp_session *s = l->session;
  struct send m = {.method = "GET", .limits = *s->peer->o.limits};
  struct str last = mcp_stream_last_id(&l->stream);
  m.limits.total_ms = m.limits.stall_ms = 0; // silence is its ordinary state
  m.limits.body_bytes = SIZE_MAX / 2;
  mcp_frame_legacy_headers(str_of(s->version), str_of(s->id), a, 1, &m.headers);
  if (last.n)
    m.headers.items[m.headers.count++] =
        (struct http_header){STR(WIRE_HEADER_LAST_EVENT), arena_dup(a, last)};
  return send_open(s->peer, &m, a, out, err);
}

// 404 means that the session is gone; but right after initialize, rather that there is no such stream: some
// servers answer so instead of 405.
static bool listen_was_known(const struct listen *l) {
  return *l->session->id && (l->opened_before || clock_mono_us() - l->session->made_us > LISTEN_FRESH_US);
}

static enum listen_outcome listen_open(struct listen *l, struct err *err) {
  struct arena *a = arena_new();
  struct message_rules rules = peer_rules(l->session->peer);
  struct transfer *t;
  enum listen_outcome outcome = LISTEN_AGAIN;
  if (listen_get(l, a, &t, err)) {
    int status = transfer_status(t);
    if (status >= 400) {
      send_explain(status, STR_NONE, err);
      transfer_close(t);
      bool trouble = status >= 500 || status == 408 || status == 409 || status == 429;
      outcome = trouble ? LISTEN_AGAIN : status == 404 && listen_was_known(l) ? LISTEN_LOST : LISTEN_NONE;
    } else if (mcp_stream_begin(&l->stream, t, &rules, err)) {
      outcome = l->stream.sse ? LISTEN_OPEN : LISTEN_NONE;
      l->opened_before = true;
    }
  }
  arena_free(a);
  return outcome;
}

// A server that numbers its events sends again what was missed; of any other we do not know.
static void listen_announce(struct listen *l) {
  static const char *const news[] = {"notifications/tools/list_changed", "notifications/prompts/list_changed",
                                     "notifications/resources/list_changed"};
  uint64_t now = clock_mono_us();
  if (mcp_stream_last_id(&l->stream).n || now - l->announced_us < LISTEN_ANNOUNCE_US) return;
  l->announced_us = now;
  for (size_t i = 0; i < sizeof news / sizeof *news; i++) {
    struct message *m = message_news(news[i], STR_NONE);
    if (m && !hub_dispatch(&l->session->hub, &m)) message_free(m);
  }
}

static bool listen_read(struct listen *l, struct err *err) {
  struct mcp_session *s = l->session;
  struct message *m;
  while (mcp_stream_next(&l->stream, &m, err)) {
    if (!m) return true; // the server has ended it, as it may
    bool ping = m->e.kind == MCP_REQUEST && str_is(m->e.method, "ping");
    if (!ping && hub_dispatch(&s->hub, &m)) continue;
    mcp_session_decline(s, m);
    message_free(m);
  }
  return false;
}

static bool listen_pause(struct listen *l, struct err *err) {
  uint64_t ms = backoff_ms(l->failures, LISTEN_PAUSE_MS, LISTEN_PAUSE_MS_MOST);
  int64_t retry = mcp_stream_retry_ms(&l->stream);
  if (l->failures == 0 && retry >= 0)
    ms = retry > LISTEN_PAUSE_MS_MOST    ? LISTEN_PAUSE_MS_MOST
         : retry < LISTEN_PAUSE_MS_LEAST ? LISTEN_PAUSE_MS_LEAST
                                         : (uint64_t)retry;
  return fiber_sleep(ms, err);
}

static bool listen_is_over(const struct listen *l, const struct err *err) {
  return err->code == ERR_CANCELED || atomic_load(&l->session->dead) || fiber_canceled();
}

static void listen_run(void *arg) {
  struct listen *l = arg;
  struct err why = {0};
  for (bool first = true;; first = false) {
    uint64_t begun_us = clock_mono_us();
    enum listen_outcome outcome = listen_open(l, &why);
    if (l->opened) channel_close(l->opened);
    if (outcome == LISTEN_LOST) mcp_session_kill(l->session, &why);
    if (outcome == LISTEN_LOST || outcome == LISTEN_NONE) break;
    if (outcome == LISTEN_OPEN && !first) listen_announce(l);
    bool ended = outcome == LISTEN_OPEN && listen_read(l, &why);
    if (!ended && listen_is_over(l, &why)) break;
    l->failures = ended || clock_mono_us() - begun_us > LISTEN_HEALTHY_US ? 0 : l->failures + 1;
    if (ended && clock_mono_us() - begun_us < LISTEN_PAUSE_MS * 1000 && !l->stream.stirred) l->failures++;
    if (!listen_pause(l, &why)) break;
  }
  mcp_stream_free(&l->stream);
  channel_unref(l->opened);
  mcp_session_unref(l->session);
  mem_free(l);
}

static struct task *listen_start(struct mcp_session *s, struct channel *opened, struct err *err) {
  struct listen *l = MEM_NEW(struct listen);
  *l = (struct listen){.session = mcp_session_ref(s), .announced_us = clock_mono_us()};
  if (opened) l->opened = channel_ref(opened);
  struct task *reader = task_start(s->peer, "mcp listen", listen_run, l, err);
  if (reader) return reader;
  channel_unref(l->opened);
  mcp_session_unref(s);
  mem_free(l);
  return NULL;
}

// ---- the listeners

bool mcp_session_listen(struct mcp_session *s, struct hub_listener *listener, struct err *err) {
  if (!hub_add_listener(&s->hub, listener, err)) return false;
  pthread_mutex_lock(&s->peer->lock);
  s->listeners++;
  bool start = !s->endpoint && s->listeners == 1;
  pthread_mutex_unlock(&s->peer->lock);
  if (!start) return true;
  struct task *reader = listen_start(s, NULL, err);
  if (!reader) {
    mcp_session_hush(s, listener);
    return false;
  }
  pthread_mutex_lock(&s->peer->lock);
  struct task *old = s->reader;
  s->reader = reader;
  pthread_mutex_unlock(&s->peer->lock);
  task_stop(old);
  task_unref(old);
  return true;
}

size_t mcp_session_hush(struct mcp_session *s, struct hub_listener *listener) {
  struct task *reader = NULL;
  size_t left = hub_drop_listener(&s->hub, listener);
  pthread_mutex_lock(&s->peer->lock);
  if (--s->listeners == 0 && !s->endpoint) {
    reader = s->reader;
    s->reader = NULL;
  }
  pthread_mutex_unlock(&s->peer->lock);
  task_stop(reader);
  task_unref(reader);
  return left;
}

void mcp_session_watch(struct mcp_session *s) {
  struct channel *opened = channel_new(1);
  struct err unused;
  void *message;
  s->reader = listen_start(s, opened, &unused); // nobody else knows the session yet
  s->watched = s->reader != NULL;
  s->listeners = s->watched;
  // Closed, late or canceled: in each case the call goes on, and finds out for itself.
  bool came = s->watched && channel_receive(opened, MCP_SESSION_WATCH_MS, &message, &unused);
  assert(!came); // nothing is ever sent
  (void)came;
  channel_unref(opened);
}
