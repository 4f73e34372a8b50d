// SPDX-License-Identifier: Apache-2.0
#include "doors.h"

#include "base/log.h"
#include "crypto/kin.h"
#include "crypto/tls.h"
#include "forward/forward.h"
#include "forward/owner.h"
#include "program/keep.h"
#include "session/replay.h"

// Clients were held to Host, addresses and proxies at the node that they came to.
static struct http_options doors_options(struct wiring *w, const struct wiring_set *set) {
  static const struct str any[] = {{"*", 1}};
  struct http_options o = set->http;
  o.listen = set->settings->node_listen;
  o.node = node_self();
  o.tls = w->kin;
  o.header_ms = DOORS_HEADER_MS;
  o.header_bytes += 1024; // for what the other node adds
  o.connections = DOORS_CONNECTIONS / w->loop_count;
  o.per_address = 0;
  o.trusted_proxies = NULL;
  o.trusted_proxy_count = 0;
  o.hosts = any;
  o.host_count = 1;
  o.stranger = NULL;
  return o;
}

bool doors_open(struct wiring *w, const struct wiring_set *set, http_handler *handle, struct err *err) {
  const struct settings *s = set->settings;
  const struct forward_env env = {.ring = w->ring,
                                  .call_ms = s->call_timeout,
                                  .wait_ms = s->call_timeout + s->approval_wait,
                                  .heartbeat_ms = s->heartbeat,
                                  .answer_bytes = SERVE_REPLY_MOST};
  if (node_is_alone()) return true;
  forward_use(&env);
  program_use_mark(node_self());
  replay_use_mark(node_self());
  if (!s->node_listen.n || !s->node_url.n) {
    log_warn("other nodes do not reach this one (node_listen and node_url): what waits here is lost to "
             "clients whose next "
             "request goes elsewhere");
    return true;
  }
  if (!http_server_is_free(s->node_listen, err))
    return err_at(err, err->code, "node_listen", "%s", err->text);
  if (!kin_server_new(w->ring, node_self(), &w->kin, err)) return false;
  const struct http_options o = doors_options(w, set);
  for (size_t i = 0; i < w->loop_count; i++)
    if (!http_server_new(w->loops[i], &o, handle, w, &w->doors[i], err)) return false;
  log_info("other nodes reach this one on %.*s", STR_ARG(s->node_listen));
  return true;
}

size_t doors_count(const struct wiring *w) {
  return w->doors[0] ? w->loop_count : 0;
}

void doors_close(struct wiring *w) {
  for (size_t i = 0; i < w->loop_count; i++) http_server_free(w->doors[i]);
}
