// SPDX-License-Identifier: Apache-2.0
#include "hear.h"

#include <pthread.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/kin.h"
#include "fetch/client.h"
#include "io/channel.h"
#include "node/arrears.h"
#include "node/node.h"
#include "node/recent.h"
#include "node/wake.h"
#include "tell.h"

// ---- another node asks

static pthread_mutex_t hear_lock = PTHREAD_MUTEX_INITIALIZER; // for the following
static struct channel *hear_askers[HEAR_ASKERS_MOST];         // who waits for news; NULL: a free place
static bool hear_leaving;

static void hear_wake_all(void) {
  static char news;
  pthread_mutex_lock(&hear_lock);
  for (size_t i = 0; i < HEAR_ASKERS_MOST; i++)
    if (hear_askers[i]) (void)channel_send(hear_askers[i], &news, NULL); // full: it is woken already
  pthread_mutex_unlock(&hear_lock);
}

// HEAR_ASKERS_MOST: there is no place, or this node leaves.
static size_t hear_join(struct channel *c) {
  size_t place = 0;
  pthread_mutex_lock(&hear_lock);
  while (place < HEAR_ASKERS_MOST && (hear_leaving || hear_askers[place])) place++;
  if (place < HEAR_ASKERS_MOST) hear_askers[place] = c;
  pthread_mutex_unlock(&hear_lock);
  return place;
}

static void hear_part(size_t place) {
  pthread_mutex_lock(&hear_lock);
  hear_askers[place] = NULL;
  pthread_mutex_unlock(&hear_lock);
}

void hear_leave(void) {
  pthread_mutex_lock(&hear_lock);
  hear_leaving = true;
  pthread_mutex_unlock(&hear_lock);
  hear_wake_all();
}

// False: the asker has gone.
static bool hear_wait(struct channel *news, int64_t after, struct buf *out) {
  struct err err;
  void *message;
  if (recent_write(after, out)) return true;
  if (!channel_receive(news, HEAR_WAIT_MS, &message, &err) && err.code == ERR_CANCELED) return false;
  (void)recent_write(after, out);
  return true;
}

bool hear_takes(const struct http_request *in) {
  return in->passed_on && str_is(in->path, HEAR_PATH);
}

void hear_handle(struct http_exchange *x) {
  struct str query = http_request_of(x)->query, name;
  int64_t after;
  struct err err;
  if (!str_cut(&query, '=', &name) || !str_is(name, "after") || !str_to_i64(query, &after)) {
    err_at(&err, ERR_INVALID, "after", "is a number");
    http_reply_err(x, &err);
    return;
  }
  fiber_deadline(fiber_self(), HEAR_WAIT_MS + HEAR_SLACK_MS);
  struct channel *news = channel_new(1);
  size_t place = hear_join(news); // before it looks: what comes meanwhile wakes it
  struct buf text = BUF_MAX(RECENT_TEXT);
  if (place == HEAR_ASKERS_MOST) {
    err_set(&err, ERR_UNAVAILABLE, "this node leaves, or too many ask it");
    http_reply_err(x, &err);
  } else {
    if (hear_wait(news, after, &text)) http_reply_buf(x, 200, "text/plain", &text);
    hear_part(place);
  }
  buf_free(&text);
  channel_unref(news);
}

// ---- this node asks each other one: a fiber each, all on the first loop

static struct {
  const struct wiring *wiring;
  char asked[NODE_ROWS_MOST][NODE_ID]; // by a fiber; empty: a free place
} hear;

static struct fetch_call hear_call(struct str node, const char *url, const struct kin_way *way,
                                   struct arena *a) {
  static const struct fetch_limits limits = {.connect_ms = HEAR_SLACK_MS,
                                             .first_byte_ms = HEAR_WAIT_MS + HEAR_SLACK_MS,
                                             .total_ms = HEAR_WAIT_MS + 2 * HEAR_SLACK_MS,
                                             .body_bytes = RECENT_TEXT,
                                             .header_bytes = 16 * 1024};
  char id[TOKEN_ID];
  token_id("req", id);
  struct http_headers headers = {ARENA_ARRAY(a, 1, struct http_header), 1};
  headers.items[0] = (struct http_header){STR(HTTP_PASSED_ON),
                                          arena_printf(a, "%.*s %s 127.0.0.1 https", STR_ARG(node), id)};
  const char *host = strstr(url, "://");
  return (struct fetch_call){.method = "GET",
                             .url = arena_printf(a, "https%s" HEAR_PATH "?after=%lld", host ? host : "://",
                                                 (long long)arrears_after()),
                             .headers = headers,
                             .limits = &limits,
                             .kin = way};
}

static bool hear_take(struct str node, const struct fetch_result *answer) {
  struct str text = buf_str(&answer->body);
  if (answer->status != 200) return false; // it leaves, or is of a version that does not tell
  if (!text.n) return true;
  bool sound = arrears_take(text);
  if (!sound) log_warn("what node %.*s tells of changes is not understood", STR_ARG(node));
  if (!arrears_any()) return sound;
  wake_nudge();
  tell_look((void *)(uintptr_t)hear.wiring);
  return sound;
}

static bool hear_ask(struct str node, const char *url) {
  struct arena *a = arena_new();
  const struct kin_way way = {hear.wiring->ring, node_self(), node};
  const struct fetch_call call = hear_call(node, url, &way, a);
  struct fetch_result answer = {0};
  struct err err;
  bool ok = fetch_url(&call, a, &answer, &err) && hear_take(node, &answer);
  buf_free(&answer.body);
  arena_free(a);
  return ok;
}

// As long as it lives, or nobody can say whether it does.
static void hear_follow(void *place) {
  char *node = place, url[NODE_URL];
  struct err err;
  while (!fiber_canceled() && node_find(str_of(node), url) == NODE_LIVE && url[0])
    if (!hear_ask(str_of(node), url) && !fiber_sleep(HEAR_PAUSE_MS, &err)) break;
  *node = 0;
}

static bool hear_asks(const char *node) {
  for (size_t i = 0; i < NODE_ROWS_MOST; i++)
    if (strcmp(hear.asked[i], node) == 0) return true;
  return false;
}

static void hear_begin(const char *node) {
  size_t place = 0;
  while (place < NODE_ROWS_MOST && hear.asked[place][0]) place++;
  if (place == NODE_ROWS_MOST || hear_asks(node)) return;
  snprintf(hear.asked[place], NODE_ID, "%s", node);
  if (!fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "changes of another node", hear_follow,
                      hear.asked[place]))
    hear.asked[place][0] = 0; // the next look tries again
}

static void hear_look(void *arg) {
  struct err err;
  struct node_list all;
  (void)arg;
  do {
    node_list(&all);
    for (size_t i = 0; i < all.count; i++)
      if (!str_is(node_self(), all.items[i].id) && all.items[i].url[0]) hear_begin(all.items[i].id);
  } while (fiber_sleep(NODE_BEAT_MS, &err));
}

static void hear_start_on_loop(void *arg) {
  if (!fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "changes of other nodes", hear_look, arg))
    log_error("changes of other nodes are heard of by the database alone");
}

void hear_start(struct wiring *w) {
  if (node_is_alone()) return;
  hear.wiring = w;
  recent_on_news(hear_wake_all);
  loop_post(w->loops[0], hear_start_on_loop, NULL);
}
