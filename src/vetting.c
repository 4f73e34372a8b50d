// SPDX-License-Identifier: Apache-2.0
#include "vetting.h"

#include <stdio.h>
#include <string.h>

#include "base/descriptors.h"
#include "base/log.h"
#include "connector/dashboard.h"
#include "data/uri.h"
#include "model/vet.h"

static bool vetting_is_loopback(struct str listen) {
  return str_starts(listen, "127.") || str_starts(listen, "[::1]:") || str_starts(listen, "localhost:");
}

bool vetting_exposure(const struct settings *s, struct err *err) {
  if (vetting_is_loopback(s->listen) || s->tls_cert.n || s->allow_plain) return true;
  err_at(err, ERR_DENIED, "listen", "%.*s is not loopback, and tokens would cross the network in clear",
         STR_ARG(s->listen));
  err_hint(err, "give tls_cert and tls_key, put a proxy with TLS in front and listen on 127.0.0.1, or say "
                "allow_plain: true if you know that the way is safe");
  return false;
}

// One that is none would allow nothing, and nobody would be told.
bool vetting_origins(const struct settings *s, struct err *err) {
  struct uri uri;
  for (size_t i = 0; i < s->upstream_origins.count; i++) {
    struct str item = s->upstream_origins.items[i];
    if (!uri_parse_http(item, &uri, err)) return err_wrap(err, "upstream_origins: '%.*s'", STR_ARG(item));
    if (uri.path.n > 1 || uri.query.p || uri.fragment.p)
      return err_set(err, ERR_INVALID,
                     "upstream_origins: '%.*s' is no origin; it ends with the host or the port",
                     STR_ARG(item));
  }
  return true;
}

// What can be asked is data, and data may be wrong: better at the start than in an answer.
bool vetting_words(const struct connector_set *set, struct err *err) {
  size_t at = 0;
  for (const struct connector *c; (c = connector_next(set, &at));) {
    struct err why = {0};
    bool ok = model_vet(c->ask, NULL, &why);
    for (size_t i = 0; ok && c->dashboard && i < c->dashboard->count; i++)
      if (!model_vet_program(c->dashboard->tiles[i].program, NULL, &why))
        return err_at(err, ERR_INVALID, "dashboard", "%.*s, tile \"%.*s\", %s: %s", STR_ARG(c->name),
                      STR_ARG(c->dashboard->tiles[i].title), why.field, why.text);
    if (ok) continue;
    char place[sizeof err->field]; // "/ask/things/…" as a place in the file
    snprintf(place, sizeof place, "%.*s/ask.yaml%.60s", STR_ARG(c->name), why.field + strlen("/ask"));
    return err_at(err, ERR_INVALID, place, "%s", why.text);
  }
  return true;
}

bool vetting_descriptors(const struct settings *s, size_t loops, size_t *connections, struct err *err) {
  size_t limit = descriptors_raise();
  if (!descriptors_check(limit, loops, err)) return false;
  *connections = descriptors_for_clients(limit, loops);
  if (s->max_connections > *connections)
    log_warn(
        "max_connections is %zu, but at most %zu files may be open here: %zu connections are taken; raise "
        "the limit (LimitNOFILE= of the unit, ulimit -n), or lower the setting",
        s->max_connections, limit, *connections);
  return true;
}
