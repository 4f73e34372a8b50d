// SPDX-License-Identifier: Apache-2.0
#include "sink/fields.h"

void sink_texts(const struct audit_entry *e, struct sink_text out[SINK_TEXTS]) {
  const struct audit_row *r = &e->row;
  const struct sink_text texts[SINK_TEXTS] = {
      {"id", "log.record.uid", e->id, false},
      {"outcome", "postern.outcome", r->outcome, false},
      {"actor", "user.id", r->who.actor, false},
      {"actor_name", "user.name", r->who.actor_name, false},
      {"client", "postern.client.name", r->who.client, false},
      {"client_id", "postern.client.id", r->who.client_id, false},
      {"sign_in", "postern.sign_in.id", r->who.sign_in, false},
      {"address", "client.address", r->who.address, false},
      {"server_id", "postern.server.id", r->server_id, false},
      {"server_name", "postern.server.name", r->server_name, false},
      {"url", "postern.server.url", r->url, false},
      {"account_id", "postern.account.id", r->account_id, false},
      {"account_name", "postern.account.name", r->account_name, false},
      {"tool", "gen_ai.tool.name", r->tool, false},
      {"arguments", "postern.arguments", r->arguments, true},
      {"request_id", "postern.request.id", r->request_id, false},
      {"detail", "postern.detail", r->detail, true},
  };
  memcpy(out, texts, sizeof texts);
}

void sink_numbers(const struct audit_entry *e, struct sink_number out[SINK_NUMBERS]) {
  const struct sink_number numbers[SINK_NUMBERS] = {
      {"status", "http.response.status_code", e->row.status},
      {"elapsed_us", "postern.elapsed_us", e->row.elapsed_us},
      {"count", "postern.count", e->row.count},
  };
  memcpy(out, numbers, sizeof numbers);
}

static const struct fields_severity {
  const char *outcome;
  enum sink_severity severity;
} fields_severities[] = {
    {"ok", SINK_INFO},
    {"input_required", SINK_INFO},
    {"canceled", SINK_NOTICE},
    {"denied", SINK_WARNING},
    {"unauthenticated", SINK_WARNING},
    {"rate_limited", SINK_WARNING},
    {"limit", SINK_WARNING},
    {"failed", SINK_ERROR},
    {"internal", SINK_ERROR},
    {"unavailable", SINK_ERROR},
};

enum sink_severity sink_severity(const struct audit_entry *e) {
  for (size_t i = 0; i < sizeof fields_severities / sizeof *fields_severities; i++)
    if (str_is(e->row.outcome, fields_severities[i].outcome)) return fields_severities[i].severity;
  return SINK_NOTICE;
}

struct str sink_message(const struct audit_entry *e, struct arena *a) {
  const struct audit_row *r = &e->row;
  struct str who = r->who.actor_name.n ? r->who.actor_name : r->who.actor;
  return arena_printf(a, "%.*s%s%.*s%s%.*s: %.*s%s%.*s", STR_ARG(r->action), r->tool.n ? " " : "",
                      STR_ARG(r->tool), r->account_name.n ? " at " : "", STR_ARG(r->account_name),
                      STR_ARG(r->outcome), who.n ? ", by " : "", STR_ARG(who));
}
