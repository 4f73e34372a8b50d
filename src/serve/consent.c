// SPDX-License-Identifier: Apache-2.0
#include "serve/consent.h"

#include "base/codec.h"
#include "crypto/token.h"
#include "mcp/wire.h"
#include "serve/fault.h"
#include "serve/frame.h"
#include "session/capability.h"
#include "session/state.h"

enum { CONSENT_LINKS_MOST = 8, CONSENT_TEXT_MOST = 32 * 1024 };

struct consent_link {
  struct str url, message, id;
};

struct consent_links {
  struct consent_link items[CONSENT_LINKS_MOST];
  size_t count;
};

bool consent_can_offer(const struct bridge *b) {
  const struct serve_request *r = b->r;
  if (b->linked || r->transport.batch || !capability_takes_url(r->client.capabilities)) return false;
  return r->transport.era == MCP_MODERN || str_is(r->client.version, WIRE_LEGACY_LATEST);
}

static void consent_add_link(const struct consent_link *l, bool with_id, struct buf *out) {
  buf_add_z(out, "{\"mode\":\"url\",\"url\":");
  json_add_string(out, l->url);
  buf_add_z(out, ",\"message\":");
  json_add_string(out, l->message);
  if (with_id) {
    buf_add_z(out, ",\"elicitationId\":");
    json_add_string(out, l->id);
  }
  buf_add_char(out, '}');
}

// 2026-07-28: input_required; the retry is recognised by its state, and is the same call again.
static bool consent_modern(struct bridge *b, const struct consent_links *links, struct buf *out,
                           struct err *err) {
  struct serve_request *r = b->r;
  struct state state = {STATE_LINK, STR_NONE};
  struct state_bound bound = {r->client.principal.key, r->server->server.id, b->method, b->params};
  struct str text;
  if (!state_close(r->env->ring, &bound, &state, r->arena, &text, err)) return false;
  buf_add_z(out, "{\"resultType\":\"input_required\",\"inputRequests\":{");
  for (size_t i = 0; i < links->count; i++) {
    buf_printf(out, "%s\"link%zu\":{\"method\":\"elicitation/create\",\"params\":", i ? "," : "", i + 1);
    consent_add_link(&links->items[i], false, out);
    buf_add_char(out, '}');
  }
  buf_printf(out, "},\"requestState\":\"%.*s\"", STR_ARG(text));
  frame_close(r, out, false);
  return true;
}

static bool consent_legacy(struct bridge *b, const struct consent_links *links, struct err *err) {
  struct serve_request *r = b->r;
  struct buf data = BUF_MAX(CONSENT_TEXT_MOST);
  buf_add_z(&data, "{\"elicitations\":[");
  for (size_t i = 0; i < links->count; i++) {
    if (i) buf_add_char(&data, ',');
    consent_add_link(&links->items[i], true, &data);
  }
  buf_add_z(&data, "]}");
  struct err_rpc f = {.code = FAULT_NEEDS_URL,
                      .message = STR("A person has to open a link first"),
                      .data = data.full ? STR_NONE : arena_dup(r->arena, buf_str(&data))};
  buf_free(&data);
  return fault_set(r, &f, err);
}

// For clients that open no links: words, for the model to show.
static bool consent_text(struct bridge *b, const struct consent_links *links, struct buf *out) {
  struct buf text = BUF_MAX(CONSENT_TEXT_MOST);
  if (b->declined)
    buf_add_z(&text, "The link was not opened, so the call cannot go on.");
  else
    buf_add_z(&text, "A person has to open this link first; then call the tool again:");
  for (size_t i = 0; i < links->count; i++)
    buf_printf(&text, "\n%.*s (%.*s)", STR_ARG(links->items[i].url), STR_ARG(links->items[i].message));
  frame_open(b->r, out);
  buf_add_z(out, "\"content\":[{\"type\":\"text\",\"text\":");
  json_add_string(out, buf_str(&text));
  buf_add_z(out, "}],\"isError\":true");
  frame_close(b->r, out, false);
  buf_free(&text);
  return true;
}

static bool consent_links_offer(struct bridge *b, const struct consent_links *links, struct buf *out,
                                struct err *err) {
  if (!consent_can_offer(b)) return consent_text(b, links, out);
  return b->r->transport.era == MCP_MODERN ? consent_modern(b, links, out, err)
                                           : consent_legacy(b, links, err);
}

bool consent_offer(struct bridge *b, struct str link, bool own, struct buf *out, struct err *err) {
  char id[TOKEN_ID];
  token_id("eli", id);
  struct consent_links links = {
      .items = {{.url = link,
                 .message =
                     own ? STR("Connect your own account, so that the tool can work with it. Nobody but "
                               "you can open this link.")
                         : STR("This account has to be authorized at its vendor before the tool can "
                               "work."),
                 .id = arena_dup(b->r->arena, str_of(id))}},
      .count = 1};
  return consent_links_offer(b, &links, out, err);
}

static void consent_read(yyjson_val *error, struct consent_links *out) {
  yyjson_val *e, *list = yyjson_obj_get(yyjson_obj_get(error, "data"), "elicitations");
  size_t i, n;
  if (!yyjson_is_arr(list)) return;
  yyjson_arr_foreach (list, i, n, e) {
    if (out->count == CONSENT_LINKS_MOST || !json_str(e, "url").n) continue;
    out->items[out->count++] =
        (struct consent_link){json_str(e, "url"), json_str(e, "message"), json_str(e, "elicitationId")};
  }
}

bool consent_translate(struct bridge *b, yyjson_val *error, struct buf *out, struct err *err) {
  struct consent_links links = {.count = 0};
  if (json_int(error, "code", 0) == FAULT_NEEDS_URL) consent_read(error, &links);
  if (links.count) return consent_links_offer(b, &links, out, err);
  return fault_translate(b->r, error, STR_NONE, err);
}
