// SPDX-License-Identifier: Apache-2.0
#include "serve/resources.h"

#include "serve/easel.h"
#include "serve/fault.h"
#include "serve/frame.h"
#include "serve/merge.h"
#include "serve/offer.h"
#include "serve/pass.h"
#include "serve/rewrite.h"
#include "serve/skills.h"
#include "serve/stream.h"

bool resources_list(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct merge_kind kind = {"resources/list", "resources", OFFER_RESOURCES,
                            easel_shown(r) ? easel_append : NULL};
  return merge_list(r, params, &kind, out, err);
}

bool resources_templates(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  return merge_list(r, params,
                    &(struct merge_kind){"resources/templates/list", "resourceTemplates", OFFER_RESOURCES},
                    out, err);
}

static const struct catalog_member *resources_find(struct serve_request *r, yyjson_val *params,
                                                   unsigned offer, struct str *own, struct err *err) {
  struct str uri = json_str(params, "uri");
  if (!uri.n) {
    err_at(err, ERR_INVALID, "/params/uri", "params.uri must be a string");
    return NULL;
  }
  const struct catalog_member *m =
      easel_is_ours(uri) ? NULL : rewrite_find_uri(r->server, uri, r->arena, own);
  if (m && ((offer_of_member(r, m) & offer) || offer_awaits(r, m))) return m;
  fault_resource(r, uri, err);
  return NULL;
}

bool resources_read(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct str own;
  struct errand_result result;
  if (skills_read(r, json_str(params, "uri"), out)) return true;
  if (easel_is_ours(json_str(params, "uri"))) return easel_read(r, json_str(params, "uri"), out, err);
  const struct catalog_member *m = resources_find(r, params, OFFER_RESOURCES, &own, err);
  if (!m) return false;
  struct pass_want want = {.method = "resources/read",
                           .params = params,
                           .member = m,
                           .own_key = "uri",
                           .own = own,
                           .shown = json_str(params, "uri")};
  if (offer_awaits(r, m)) return pass_link(r, &want, out, err);
  if (!pass_ask(r, &want, &result, err)) return false;
  // The answer of a retry belongs to what its person said (2026-07-28, "Caching").
  bool retry = yyjson_obj_get(params, "inputResponses") || yyjson_obj_get(params, "requestState");
  if (retry && r->transport.era == MCP_MODERN)
    yyjson_mut_obj_put(result.value, yyjson_mut_str(result.doc, "ttlMs"), yyjson_mut_sint(result.doc, 0));
  bool ok = frame_add(r, result.doc, result.value, true, out, err);
  errand_free(&result);
  return ok;
}

// A legacy vendor is told at once, so that its refusal is the answer; a modern one by the stream's feed.
static bool resources_tell(struct serve_request *r, const struct catalog_member *m, const char *method,
                           struct str own, struct err *err) {
  struct errand_result result = {0};
  struct mcp_peer *peer;
  if (!errand_peer(r, m, &peer, err)) return false;
  if (!offer_is_legacy(r, m)) return true;
  if (own.n > REPLAY_URI_BYTES_MOST) return err_at(err, ERR_INVALID, "/params/uri", "the URI is too long");
  bool ok = errand_ask(r, m, &(struct errand_want){method, "uri", own, 0}, &result, err);
  errand_free(&result);
  return ok;
}

bool resources_subscribe(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct str own;
  const struct catalog_member *m = resources_find(r, params, OFFER_SUBSCRIBE, &own, err);
  if (!m || !replay_subscribe(serve_replay(r), json_str(params, "uri"), err)) return false;
  if (!resources_tell(r, m, "resources/subscribe", own, err)) {
    replay_unsubscribe(serve_replay(r), json_str(params, "uri"));
    return false;
  }
  stream_resubscribe(serve_replay(r));
  buf_add_z(out, "{}");
  return true;
}

bool resources_unsubscribe(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct str own;
  const struct catalog_member *m = resources_find(r, params, OFFER_SUBSCRIBE, &own, err);
  if (!m) return false;
  replay_unsubscribe(serve_replay(r), json_str(params, "uri"));
  if (!resources_tell(r, m, "resources/unsubscribe", own, err)) return false;
  stream_resubscribe(serve_replay(r));
  buf_add_z(out, "{}");
  return true;
}
