// SPDX-License-Identifier: Apache-2.0
#include "outward.h"

#include "fetch/proxy.h"
#include "node/duty.h"
#include "sink/sink.h"
#include "version.h"

static bool outward_proxy(struct wiring *w, const struct settings *s, struct err *err) {
  struct str file = s->upstream_proxy_credentials;
  struct proxy_choice choice = {.url = s->upstream_proxy,
                                .credentials = file.n ? arena_z(w->arena, file) : NULL,
                                .direct = s->upstream_no_proxy.items,
                                .direct_count = s->upstream_no_proxy.count};
  return proxy_use(&choice, err);
}

// Of several nodes one hands on. Where it moves, some rows may be sent twice.
static bool outward_hands_on(void *unused) {
  (void)unused;
  return duty_is_ours(DUTY_SINKS, STR_NONE);
}

// They follow the audit from here on.
static bool outward_sinks(struct wiring *w, const struct settings *s, struct err *err) {
  struct sink_options options = {.store = w->store,
                                 .urls = s->audit_sinks.items,
                                 .count = s->audit_sinks.count,
                                 .allow = s->audit_sink_allow.items,
                                 .allow_count = s->audit_sink_allow.count,
                                 .version = STR(POSTERN_VERSION),
                                 .mine = outward_hands_on};
  if (!options.count) return true;
  if (s->audit_sink_header.n) options.header_file = arena_z(w->arena, s->audit_sink_header);
  return sinks_new(&options, &w->sinks, err) && sinks_start(w->sinks, err);
}

bool outward_open(struct wiring *w, const struct settings *s, struct err *err) {
  return outward_proxy(w, s, err) && outward_sinks(w, s, err);
}
