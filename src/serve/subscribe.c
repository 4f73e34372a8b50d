// SPDX-License-Identifier: Apache-2.0
#include "serve/subscribe.h"

#include "base/clock.h"
#include "base/mem.h"
#include "http/sse.h"
#include "mcp/wire.h"

// Expiry "to the second" is looked at this often.
enum { SUBSCRIBE_TICK_MS = 250, SUBSCRIBE_EVENT_MOST = 4096, SUBSCRIBE_ID_MOST = 256 };

struct subscribe_stream {
  struct subscribe_stream *next, **link;
  struct http_stream *http;
  uint64_t tools_version;
  bool wants_tools, has_token;
  unsigned char server_hash[TOKEN_HASH], token_hash[TOKEN_HASH];
  char *id; // the listen request's id as JSON text
};

struct subscribe_hub { // one a loop, in its slot
  struct subscribe_stream *first;
  struct loop_timer *tick;
};

static struct subscribe_hub *subscribe_hub_here(struct loop *loop) {
  return loop_slot_get(loop, LOOP_SLOT_SUBSCRIBE);
}

static void subscribe_push(struct subscribe_stream *s, struct str message) {
  struct buf event = BUF_MAX(SUBSCRIBE_EVENT_MOST);
  sse_write(&event, STR("message"), message);
  (void)http_stream_push(s->http, buf_str(&event)); // a full queue closes the stream; `closed` tells us
  buf_free(&event);
}

// The response to listen itself, which says that the stream ended on purpose.
static void subscribe_end(struct subscribe_stream *s) {
  struct buf message = BUF_MAX(SUBSCRIBE_EVENT_MOST);
  buf_printf(&message,
             "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"resultType\":\"complete\",\"_meta\":{"
             "\"" WIRE_META_SUBSCRIPTION "\":%s}}}",
             s->id, s->id);
  subscribe_push(s, buf_str(&message));
  buf_free(&message);
  http_stream_close(s->http);
}

static void subscribe_free(struct subscribe_stream *s) {
  mem_free(s->id);
  mem_free(s);
}

static void subscribe_closed(void *arg, bool draining) {
  struct subscribe_stream *s = arg;
  if (draining) {
    subscribe_end(s); // comes back here when it has gone out
    return;
  }
  *s->link = s->next;
  if (s->next) s->next->link = s->link;
  subscribe_free(s);
}

static void subscribe_tell(struct subscribe_stream *s) {
  struct buf message = BUF_MAX(SUBSCRIBE_EVENT_MOST);
  buf_printf(&message,
             "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":{"
             "\"" WIRE_META_SUBSCRIPTION "\":%s}}}",
             s->id);
  subscribe_push(s, buf_str(&message));
  buf_free(&message);
}

static void subscribe_look(struct subscribe_stream *s, const struct catalog *c, int64_t now) {
  const struct catalog_server *server =
      map_get(&c->servers_by_hash, str_make((const char *)s->server_hash, TOKEN_HASH));
  const struct access_token *token =
      s->has_token ? map_get(&c->tokens_by_hash, str_make((const char *)s->token_hash, TOKEN_HASH)) : NULL;
  bool live = server && (server->server.expires_at == 0 || now < server->server.expires_at);
  if (live && server->server.filter.require_api_token)
    live = token && (token->expires_at == 0 || now < token->expires_at);
  if (!live) {
    subscribe_end(s);
    return;
  }
  if (server->tools_version == s->tools_version) return;
  s->tools_version = server->tools_version;
  if (s->wants_tools) subscribe_tell(s);
}

void subscribe_refresh(struct loop *loop) {
  struct subscribe_hub *hub = subscribe_hub_here(loop);
  struct catalog *c = hub && hub->first ? catalog_acquire() : NULL;
  if (!c) return;
  int64_t now = clock_now_ms();
  for (struct subscribe_stream *s = hub->first, *next; s; s = next) {
    next = s->next; // ending one may free it
    subscribe_look(s, c, now);
  }
  catalog_release(c);
}

static void subscribe_tick(void *arg) {
  subscribe_refresh(arg);
}

static void subscribe_stop(void *arg) {
  struct subscribe_hub *hub = arg;
  loop_timer_free(hub->tick);
  mem_free(hub);
}

void subscribe_start(struct loop *loop) {
  struct subscribe_hub *hub = MEM_NEW(struct subscribe_hub);
  hub->tick = loop_timer_new(loop, subscribe_tick, loop);
  loop_timer_set(hub->tick, SUBSCRIBE_TICK_MS, SUBSCRIBE_TICK_MS);
  loop_slot_set(loop, LOOP_SLOT_SUBSCRIBE, hub, subscribe_stop);
}

static void subscribe_join(struct subscribe_hub *hub, struct subscribe_stream *s) {
  s->next = hub->first;
  s->link = &hub->first;
  if (s->next) s->next->link = &s->next;
  hub->first = s;
}

static void subscribe_acknowledge(const char *id, bool tools, struct buf *event) {
  struct buf message = BUF_MAX(SUBSCRIBE_EVENT_MOST);
  buf_printf(&message,
             "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{"
             "\"notifications\":{%s},\"_meta\":{\"" WIRE_META_SUBSCRIPTION "\":%s}}}",
             tools ? "\"toolsListChanged\":true" : "", id);
  sse_write(event, STR("message"), buf_str(&message));
  buf_free(&message);
}

void subscribe_listen(struct serve_request *r, const struct jsonrpc_message *m) {
  yyjson_val *wanted = yyjson_obj_get(m->params, "notifications");
  if (!yyjson_is_obj(wanted)) {
    serve_refuse(r, 400, m->id, JSONRPC_INVALID_PARAMS, "params.notifications must be an object");
    return;
  }
  struct buf id = BUF_MAX(SUBSCRIBE_ID_MOST);
  json_write(&id, m->id);
  if (id.full) {
    serve_refuse(r, 400, NULL, JSONRPC_INVALID_REQUEST, "the id passes %d bytes", SUBSCRIBE_ID_MOST);
    buf_free(&id);
    return;
  }
  struct subscribe_stream *s = MEM_NEW(struct subscribe_stream);
  s->id = buf_take(&id, NULL);
  s->wants_tools = json_bool(wanted, "toolsListChanged", false);
  s->tools_version = r->server->tools_version;
  s->has_token = r->token != NULL;
  memcpy(s->server_hash, r->server->server.token_hash, TOKEN_HASH);
  if (r->token) memcpy(s->token_hash, r->token->hash, TOKEN_HASH);

  struct err err;
  struct buf event = BUF_MAX(SUBSCRIBE_EVENT_MOST);
  subscribe_acknowledge(s->id, s->wants_tools, &event);
  http_reply_header(r->http, "X-Accel-Buffering", STR("no"));
  if (http_stream_begin(r->http, 200, "text/event-stream", &err) &&
      http_stream_write(r->http, buf_str(&event), &err))
    s->http = http_stream_detach(r->http, subscribe_closed, s);
  if (s->http)
    subscribe_join(subscribe_hub_here(loop_current()), s);
  else
    subscribe_free(s); // the client has gone already
  buf_free(&event);
}
