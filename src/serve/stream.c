// SPDX-License-Identifier: Apache-2.0
#include "serve/stream.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/sse.h"
#include "mcp/wire.h"
#include "serve/own.h"
#include "serve/relay.h"
#include "session/kept.h"
#include "session/running.h"
#include "session/standing.h"

// Expiry "to the second" is looked at this often.
enum { STREAM_TICK_MS = 250, STREAM_EVENT_MOST = 4096 };

struct stream {
  struct stream *next, **link;
  struct http_stream *http;
  enum stream_kind kind;
  uint64_t number; // unique in the process; also the key in the hub
  uint64_t tools_version;
  bool tools, prompts, resources;
  struct standing standing;
  struct replay *replay; // of a session
  unsigned events;       // its number in there
  struct arena *arena;   // of the texts below
  struct str id;         // LISTEN: the request's as JSON text
  struct principal principal;
  struct mcp_who who; // the same, towards vendors
  struct relay *relay;
};

struct stream_hub { // one a loop, in its slot
  struct stream *first;
  struct map by_number;
  struct loop_timer *tick;
};

static atomic_uint_fast64_t stream_last;

static struct stream_hub *stream_hub_of(struct loop *loop) {
  return loop_slot_get(loop, LOOP_SLOT_SUBSCRIBE);
}

static struct str stream_key(const uint64_t *number) {
  return str_make((const char *)number, sizeof *number);
}

// ---- what is said on it

static void stream_write(struct stream *s, struct str message) {
  struct buf event = BUF_MAX(STREAM_EVENT_MOST + message.n);
  sse_write(&event, STR("message"), message);
  (void)http_stream_push(s->http, buf_str(&event)); // a full queue closes the stream; `closed` tells us
  buf_free(&event);
}

// The response to listen itself, which says that the stream ended on purpose.
static void stream_end(struct stream *s) {
  if (s->kind == STREAM_LISTEN) {
    struct buf message = BUF_MAX(STREAM_EVENT_MOST);
    buf_printf(&message,
               "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":{\"resultType\":\"complete\",\"_meta\":{"
               "\"" WIRE_META_SUBSCRIPTION "\":%.*s}}}",
               STR_ARG(s->id), STR_ARG(s->id));
    stream_write(s, buf_str(&message));
    buf_free(&message);
  }
  http_stream_close(s->http);
}

static void stream_tell_changed(struct stream *s, const char *list) {
  struct buf message = BUF_MAX(STREAM_EVENT_MOST);
  buf_printf(&message, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/%s/list_changed\"", list);
  if (s->kind == STREAM_LISTEN)
    buf_printf(&message, ",\"params\":{\"_meta\":{\"" WIRE_META_SUBSCRIPTION "\":%.*s}}", STR_ARG(s->id));
  buf_add_char(&message, '}');
  struct replay_place newest;
  unsigned events;
  bool read;
  if (s->kind == STREAM_LISTEN)
    stream_write(s, buf_str(&message));
  else if (replay_newest(s->replay, &events, &newest, &read) && events == s->events)
    stream_tell(s->replay, buf_str(&message)); // a session hears it once, whatever it has open
  buf_free(&message);
}

// ---- life

static void mcp_stream_free(struct stream *s) {
  relay_close(s->relay);
  replay_unref(s->replay);
  arena_free(s->arena);
  mem_free(s);
}

static void stream_leave(struct stream *s) {
  if (!s->link) return; // the loop is ending, and its hub has gone before
  *s->link = s->next;
  if (s->next) s->next->link = s->link;
  map_remove(&stream_hub_of(loop_current())->by_number, stream_key(&s->number));
}

static void stream_closed(void *arg, bool draining) {
  struct stream *s = arg;
  if (draining) {
    stream_end(s); // comes back here when it has gone out
    return;
  }
  stream_leave(s);
  if (s->replay) replay_detach(s->replay, s->number);
  // The 2024-11-05 session is its stream: nobody could be answered any more.
  if (s->kind == STREAM_PAIR) {
    running_cancel_all(replay_key(s->replay));
    replay_end(replay_key(s->replay));
  }
  mcp_stream_free(s);
}

static void stream_relay_session(struct stream *s);

// The server has other accounts by now, or one of them another way to its vendor: who left is heard no more.
// A modern client asks again for what it wants. What a vendor lists beside tools is another's list by now, as of a person
// who has connected an account of her own. False: the stream has ended.
static bool stream_relay_anew(struct stream *s, const struct catalog_server *server) {
  if (s->prompts && server->prompts) stream_tell_changed(s, "prompts");
  if (s->resources && server->resources) stream_tell_changed(s, "resources");
  if (s->kind == STREAM_LISTEN) {
    stream_end(s);
    return false;
  }
  relay_close(s->relay);
  s->relay = NULL;
  stream_relay_session(s);
  return true;
}

// A stream ends with the access token that opened it; the client opens it again with its next one.
static bool stream_has_token(const struct stream *s, int64_t now) {
  return s->principal.kind != PRINCIPAL_PERSON || now < s->principal.signin.until;
}

static void stream_look(struct stream *s, const struct catalog *c, int64_t now) {
  const struct catalog_server *server =
      stream_has_token(s, now) ? standing_server(&s->standing, c, now) : NULL;
  if (!server || (s->replay && replay_has_ended(replay_key(s->replay)))) {
    stream_end(s);
    return;
  }
  if (s->relay && !relay_fits(s->relay, c, server) && !stream_relay_anew(s, server)) return;
  uint64_t version = own_version(server);
  if (version == s->tools_version) return;
  s->tools_version = version;
  if (s->tools) stream_tell_changed(s, "tools");
}

void stream_refresh(struct loop *loop) {
  struct stream_hub *hub = stream_hub_of(loop);
  struct catalog *c = hub ? catalog_acquire() : NULL;
  if (!c) return;
  int64_t now = clock_now_ms();
  if (loop_index(loop) == 0) {
    running_end_gone(c, now);
    kept_end_gone(c, now);
  }
  for (struct stream *s = hub->first, *next; s; s = next) {
    next = s->next; // ending one may free it
    stream_look(s, c, now);
  }
  catalog_release(c);
}

static bool stream_has_member(const struct catalog_server *server, struct str account_id) {
  for (size_t i = 0; server && i < server->member_count; i++)
    if (str_eq(server->members[i].account->account->id, account_id)) return true;
  return false;
}

void stream_changed(struct loop *loop, struct str account_id, enum watch_list list) {
  struct stream_hub *hub = stream_hub_of(loop);
  struct catalog *c = hub && hub->first && list != WATCH_TOOLS ? catalog_acquire() : NULL;
  if (!c) return; // of tools the catalog itself tells
  int64_t now = clock_now_ms();
  for (struct stream *s = hub->first; s; s = s->next) {
    const struct catalog_server *server = standing_server(&s->standing, c, now);
    if (!stream_has_member(server, account_id)) continue;
    if (list == WATCH_PROMPTS && s->prompts && server->prompts) stream_tell_changed(s, "prompts");
    if (list == WATCH_RESOURCES && s->resources && server->resources) stream_tell_changed(s, "resources");
  }
  catalog_release(c);
}

static void stream_tick(void *arg) {
  stream_refresh(arg);
  if (loop_index(arg) == 0) kept_sweep();
}

static void stream_stop(void *arg) {
  struct stream_hub *hub = arg;
  for (struct stream *s = hub->first; s; s = s->next) s->link = NULL;
  loop_timer_free(hub->tick);
  map_free(&hub->by_number);
  mem_free(hub);
}

void stream_start(struct loop *loop) {
  struct stream_hub *hub = MEM_NEW(struct stream_hub);
  hub->tick = loop_timer_new(loop, stream_tick, loop);
  loop_timer_set(hub->tick, STREAM_TICK_MS, STREAM_TICK_MS);
  loop_slot_set(loop, LOOP_SLOT_SUBSCRIBE, hub, stream_stop);
}

// ---- opening

static struct stream *stream_make(struct serve_request *r, const struct stream_open *o) {
  struct stream *s = MEM_NEW(struct stream);
  s->kind = o->kind;
  s->number = atomic_fetch_add(&stream_last, 1) + 1;
  s->tools = o->tools;
  s->prompts = o->prompts;
  s->resources = o->resources;
  s->tools_version = own_version(r->server);
  s->standing = standing_of(r->url, &r->client.principal);
  s->events = o->stream;
  s->arena = arena_new();
  s->id = arena_dup(s->arena, o->id);
  s->principal = principal_copy(&r->client.principal, s->arena);
  s->who = (struct mcp_who){s->principal.key, arena_dup(s->arena, r->client.capabilities), r->transport.era};
  if (o->kind != STREAM_LISTEN) s->replay = replay_ref(serve_replay(r));
  return s;
}

static void stream_join(struct stream *s) {
  struct stream_hub *hub = stream_hub_of(loop_current());
  s->next = hub->first;
  s->link = &hub->first;
  if (s->next) s->next->link = &s->next;
  hub->first = s;
  map_put(&hub->by_number, stream_key(&s->number), s);
}

// Whoever speaks to the session finds this stream from now on.
static void stream_attach(struct stream *s, struct str last_id) {
  struct replay_place place = {loop_current(), s->number};
  struct replay_resumed resumed;
  struct buf frames = BUF_MAX(REPLAY_EVENT_BYTES_MOST + STREAM_EVENT_MOST);
  if (!s->replay) return;
  http_stream_queue_most(s->http, STREAM_QUEUE_MOST);
  bool found = last_id.n && replay_resume(s->replay, last_id, &place, &frames, &resumed);
  if (found && frames.n) (void)http_stream_push(s->http, buf_str(&frames));
  if (!found) replay_attach(s->replay, s->events, &place);
  if (s->kind == STREAM_RESUMED && !(found && resumed.open)) http_stream_close(s->http);
  buf_free(&frames);
}

static bool stream_say(struct replay *replay, const struct replay_place *place, struct str message) {
  if (replay) return stream_tell(replay, message);
  struct buf frame = BUF_MAX(STREAM_EVENT_MOST + message.n);
  sse_write(&frame, STR("message"), message);
  stream_push(place, &frame);
  return true;
}

// What vendors say unasked comes here from now on.
static void stream_relay(struct stream *s, const struct str *uris, size_t count) {
  struct relay_options options = {.principal = &s->principal,
                                  .who = s->who,
                                  .place = {loop_current(), s->number},
                                  .replay = s->replay,
                                  .say = stream_say,
                                  .id = s->id,
                                  .uris = uris,
                                  .uri_count = count};
  s->relay = relay_open(&options);
}

// A session's subscriptions are in its memory; so is what a client of the 2024-11-05 transport declared.
static void stream_relay_session(struct stream *s) {
  struct arena *a = arena_new();
  struct str *uris, version, capabilities, client;
  size_t count = replay_uris(s->replay, a, &uris);
  if (s->relay) {
    relay_subscribe(s->relay, uris, count);
  } else if (s->kind == STREAM_PAIR) {
    replay_client(s->replay, a, &version, &capabilities, &client);
    s->who.capabilities = arena_dup(s->arena, capabilities);
    if (capabilities.n) stream_relay(s, uris, count);
  } else if (s->kind == STREAM_SESSION) {
    stream_relay(s, uris, count);
  }
  arena_free(a);
}

// A session that opens another one has most likely lost one before.
static void stream_make_room(struct serve_request *r) {
  struct replay_place oldest;
  struct replay *m = serve_replay(r);
  if (m && replay_open_streams(m) >= STREAM_SESSION_MOST && replay_oldest_reader(m, &oldest)) {
    replay_detach(m, oldest.number);
    stream_close(&oldest);
  }
}

bool stream_hold(struct serve_request *r, const struct stream_open *o) {
  struct err err;
  if (o->kind == STREAM_SESSION) stream_make_room(r);
  struct stream *s = stream_make(r, o);
  http_reply_header(r->transport.http, "X-Accel-Buffering", STR("no"));
  if (http_stream_begin(r->transport.http, 200, "text/event-stream", &err) &&
      (o->first.n == 0 || http_stream_write(r->transport.http, o->first, &err)))
    s->http = http_stream_detach(r->transport.http, stream_closed, s);
  if (!s->http) {
    mcp_stream_free(s); // the client has gone already
    return false;
  }
  stream_join(s);
  stream_attach(s, o->last_id);
  if (s->kind == STREAM_LISTEN)
    stream_relay(s, o->uris, o->uri_count);
  else
    stream_relay_session(s);
  return true;
}

// ---- from anywhere

struct stream_letter {
  struct loop *loop;
  uint64_t number;
  struct buf frame;
  void (*act)(struct stream *s, struct str frame);
};

static void stream_deliver(void *arg) {
  struct stream_letter *letter = arg;
  struct stream_hub *hub = stream_hub_of(letter->loop);
  struct stream *s = hub ? map_get(&hub->by_number, stream_key(&letter->number)) : NULL;
  if (s) letter->act(s, buf_str(&letter->frame));
  buf_free(&letter->frame);
  mem_free(letter);
}

// Always by letter, also on its own loop: so all that is said to a stream comes in the order it was said.
static void stream_post(const struct replay_place *place, struct buf *frame,
                        void (*act)(struct stream *s, struct str frame)) {
  struct stream_letter *letter = MEM_NEW(struct stream_letter);
  *letter = (struct stream_letter){.loop = place->loop, .number = place->number, .act = act};
  if (frame) letter->frame = *frame;
  loop_post(place->loop, stream_deliver, letter);
}

static void stream_act_push(struct stream *s, struct str frame) {
  (void)http_stream_push(s->http, frame);
}

static void stream_act_close(struct stream *s, struct str frame) {
  (void)frame;
  http_stream_close(s->http);
}

static void stream_act_resubscribe(struct stream *s, struct str frame) {
  (void)frame;
  stream_relay_session(s);
}

void stream_push(const struct replay_place *place, struct buf *frame) {
  stream_post(place, frame, stream_act_push);
}

void stream_close(const struct replay_place *place) {
  stream_post(place, NULL, stream_act_close);
}

bool stream_tell(struct replay *m, struct str message) {
  struct replay_place reader;
  unsigned stream;
  bool read;
  struct buf frame = BUF_MAX(SERVE_REPLY_MOST + STREAM_EVENT_MOST);
  if (!m || !replay_newest(m, &stream, &reader, &read)) return false;
  if (replay_record(m, stream, message, &frame, &reader))
    stream_push(&reader, &frame);
  else
    buf_free(&frame);
  return true;
}

void stream_resubscribe(struct replay *m) {
  struct replay_place reader;
  unsigned stream;
  bool read;
  if (replay_newest(m, &stream, &reader, &read) && read) stream_post(&reader, NULL, stream_act_resubscribe);
}
