// SPDX-License-Identifier: Apache-2.0
#include "serve/listen.h"

#include "http/sse.h"
#include "mcp/wire.h"
#include "serve/offer.h"
#include "serve/reply.h"
#include "serve/rewrite.h"
#include "serve/stream.h"

enum {
  LISTEN_ID_MOST = 256,
  LISTEN_EVENT_MOST =
      1024 + LISTEN_ID_MOST + REPLAY_URIS_MOST * (JSON_ESCAPED_MOST * REPLAY_URI_BYTES_MOST + 3)
};

// The URIs of members that tell of updates, at most as many as a session may have.
static size_t listen_uris(struct serve_request *r, yyjson_val *wanted, struct str **out) {
  yyjson_val *uri, *list = yyjson_obj_get(wanted, "resourceSubscriptions");
  size_t i, n, count = 0;
  *out = ARENA_ARRAY(r->arena, REPLAY_URIS_MOST, struct str);
  if (!yyjson_is_arr(list)) return 0;
  yyjson_arr_foreach (list, i, n, uri) {
    struct str own;
    const struct catalog_member *m = yyjson_is_str(uri) && yyjson_get_len(uri) <= REPLAY_URI_BYTES_MOST
                                         ? rewrite_find_uri(r->server, json_text(uri), r->arena, &own)
                                         : NULL;
    if (m && count < REPLAY_URIS_MOST && (offer_of_member(r, m) & OFFER_SUBSCRIBE))
      (*out)[count++] = json_text(uri);
  }
  return count;
}

static void listen_add(struct buf *out, const char *name, bool honoured) {
  if (honoured) buf_printf(out, "%s\"%s\":true", out->p[out->n - 1] == '{' ? "" : ",", name);
}

static void listen_acknowledge(const struct stream_open *o, struct buf *event) {
  struct buf message = BUF_MAX(LISTEN_EVENT_MOST);
  buf_add_z(&message,
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{"
            "\"notifications\":{");
  listen_add(&message, "toolsListChanged", o->tools);
  listen_add(&message, "promptsListChanged", o->prompts);
  listen_add(&message, "resourcesListChanged", o->resources);
  for (size_t i = 0; i < o->uri_count; i++) {
    if (i == 0 && message.p[message.n - 1] != '{') buf_add_char(&message, ',');
    buf_add_z(&message, i ? "," : "\"resourceSubscriptions\":[");
    json_add_string(&message, o->uris[i]);
  }
  if (o->uri_count) buf_add_char(&message, ']');
  buf_printf(&message, "},\"_meta\":{\"" WIRE_META_SUBSCRIPTION "\":%.*s}}}", STR_ARG(o->id));
  sse_write(event, STR("message"), buf_str(&message));
  buf_free(&message);
}

void listen_handle(struct serve_request *r) {
  yyjson_val *wanted = yyjson_obj_get(r->message.rpc.params, "notifications");
  if (!yyjson_is_obj(wanted)) {
    reply_refuse(r, 400, JSONRPC_INVALID_PARAMS, "params.notifications must be an object");
    return;
  }
  struct stream_open o = {.kind = STREAM_LISTEN, .id = json_to_text(r->arena, r->message.rpc.id)};
  if (o.id.n > LISTEN_ID_MOST) {
    r->message.rpc.id = NULL;
    reply_refuse(r, 400, JSONRPC_INVALID_REQUEST, "the id passes %d bytes", LISTEN_ID_MOST);
    return;
  }
  unsigned offers = offer_of(r);
  struct str *uris;
  o.tools = json_bool(wanted, "toolsListChanged", false);
  o.prompts = json_bool(wanted, "promptsListChanged", false) && (offers & OFFER_PROMPTS);
  o.resources = json_bool(wanted, "resourcesListChanged", false) && (offers & OFFER_RESOURCES);
  o.uri_count = listen_uris(r, wanted, &uris);
  o.uris = uris;
  struct buf event = BUF_MAX(LISTEN_EVENT_MOST + 64);
  listen_acknowledge(&o, &event);
  o.first = buf_str(&event);
  stream_hold(r, &o);
  buf_free(&event);
}
