// SPDX-License-Identifier: Apache-2.0
#include "serve/methods.h"

#include "mcp/wire.h"
#include "serve/errand.h"
#include "serve/fault.h"
#include "serve/frame.h"
#include "serve/legacy_session.h"
#include "serve/offer.h"
#include "serve/prompts.h"
#include "serve/resources.h"
#include "serve/skills.h"
#include "serve/tools.h"
#include "session/level.h"

static bool methods_ping(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  (void)r, (void)params, (void)err;
  buf_add_z(out, "{}");
  return true;
}

static bool methods_discover(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  (void)params, (void)err;
  frame_open(r, out);
  buf_add_z(out, "\"supportedVersions\":[\"" WIRE_MODERN "\"],\"capabilities\":");
  offer_add_capabilities(r, out);
  buf_add_z(out, ",\"instructions\":");
  offer_add_instructions(r, out);
  frame_close(r, out, true);
  return true;
}

static bool methods_set_level(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct str level = json_str(params, "level");
  if (!level_is(level))
    return err_at(err, ERR_INVALID, "/params/level", "params.level is none of debug, info, …, emergency");
  replay_set_level(serve_replay(r), level);
  for (size_t i = 0; i < r->server->member_count; i++) errand_set_level(r, &r->server->members[i], level);
  buf_add_z(out, "{}");
  return true;
}

enum { METHOD_MODERN = 1, METHOD_LEGACY = 2, METHOD_BOTH = 3 };

static const struct method {
  const char *name;
  unsigned eras, offer;
  bool session; // something is remembered of it
  bool (*answer)(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err);
} methods[] = {
    {"tools/call", METHOD_BOTH, 0, false, tools_call},
    {"tools/list", METHOD_BOTH, 0, false, tools_list},
    {"prompts/get", METHOD_BOTH, OFFER_PROMPTS, false, prompts_get},
    {"prompts/list", METHOD_BOTH, OFFER_PROMPTS, false, prompts_list},
    {"resources/read", METHOD_BOTH, OFFER_RESOURCES, false, resources_read},
    {"resources/list", METHOD_BOTH, OFFER_RESOURCES, false, resources_list},
    {"resources/templates/list", METHOD_BOTH, OFFER_RESOURCES, false, resources_templates},
    {"skills/list", METHOD_MODERN, OFFER_SKILLS, false, skills_list},
    {"skills/get", METHOD_MODERN, OFFER_SKILLS, false, skills_get},
    {"completion/complete", METHOD_BOTH, OFFER_COMPLETIONS, false, prompts_complete},
    {"server/discover", METHOD_MODERN, 0, false, methods_discover},
    {"initialize", METHOD_LEGACY, 0, false, legacy_session_initialize},
    {"ping", METHOD_LEGACY, 0, false, methods_ping},
    {"logging/setLevel", METHOD_LEGACY, OFFER_LOGGING, true, methods_set_level},
    {"resources/subscribe", METHOD_LEGACY, OFFER_SUBSCRIBE, true, resources_subscribe},
    {"resources/unsubscribe", METHOD_LEGACY, OFFER_SUBSCRIBE, true, resources_unsubscribe},
};

static const struct method *methods_find(struct str name, enum mcp_era era) {
  unsigned wanted = era == MCP_MODERN ? METHOD_MODERN : METHOD_LEGACY;
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    if ((methods[i].eras & wanted) && str_is(name, methods[i].name)) return &methods[i];
  return NULL;
}

static struct str methods_log_level(struct serve_request *r) {
  struct str level = STR_NONE;
  if (r->transport.era == MCP_MODERN) {
    level = json_str(r->message.meta, WIRE_META_LOG_LEVEL);
  } else if (r->client.principal.session.n) {
    if (!r->client.replay) r->client.replay = replay_get(r->client.principal.session, false);
    if (r->client.replay) level = replay_level(r->client.replay, r->arena);
  }
  return level_is(level) ? level : STR_NONE;
}

bool methods_answer(struct serve_request *r, struct buf *out, struct err *err) {
  const struct method *method = methods_find(r->message.rpc.method, r->transport.era);
  r->message.log_level = methods_log_level(r);
  if (!method || (method->offer && !(offer_of(r) & method->offer))) return fault_method(r, err);
  if (method->session && !r->client.principal.session.n)
    return fault_set(r,
                     &(struct err_rpc){.code = JSONRPC_INVALID_REQUEST,
                                       .status = 400,
                                       .message = STR("this needs a session: initialize, and send its "
                                                      "Mcp-Session-Id with each request")},
                     err);
  return method->answer(r, r->message.rpc.params, out, err);
}
