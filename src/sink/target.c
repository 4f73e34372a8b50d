// SPDX-License-Identifier: Apache-2.0
#include "sink/target.h"

#include "data/uri.h"

static const struct target_scheme {
  const char *scheme, *http;
  enum sink_kind kind;
  unsigned port; // where none is given; 0: HTTP's own
  const char *path;
} target_schemes[] = {
    {"syslog://", "http://", SINK_SYSLOG, 601, ""}, // RFC 3195's, as rsyslog and others use for plain TCP
    {"syslog+tls://", "https://", SINK_SYSLOG, 6514, ""}, // RFC 5425 §4.1
    {"otlp+http://", "http://", SINK_OTLP, 4318, "/v1/logs"},
    {"otlp+https://", "https://", SINK_OTLP, 0, "/v1/logs"},
};

static bool target_fail(struct str text, const char *why, struct err *err) {
  err_at(err, ERR_INVALID, "audit_sinks", "%.*s: %s", STR_MOST(text, 200), why);
  err_hint(err,
           "write it as syslog+tls://log.example.com:6514 or otlp+https://collector.example.com/v1/logs");
  return false;
}

bool sink_target_read(struct str text, struct arena *a, struct sink_target *out, struct err *err) {
  const struct target_scheme *s = NULL;
  struct uri uri;
  struct err why;
  for (size_t i = 0; i < sizeof target_schemes / sizeof *target_schemes; i++)
    if (str_starts(text, target_schemes[i].scheme)) s = &target_schemes[i];
  if (!s) return target_fail(text, "this is no sink that Postern knows", err);
  struct str rest = arena_dup(a, str_from(text, strlen(s->scheme)));
  if (!uri_parse_http(arena_printf(a, "%s%.*s", s->http, STR_ARG(rest)), &uri, &why))
    return target_fail(text, why.text, err);
  bool bare = !uri.path.n || str_is(uri.path, "/");
  if (s->kind == SINK_SYSLOG && (!bare || uri.query.n || uri.fragment.n))
    return target_fail(text, "syslog has a host and a port, and no path", err);
  unsigned port = uri.port ? uri.port : s->port;
  struct str host = arena_printf(a, uri.ipv6 ? "[%.*s]" : "%.*s", STR_ARG(uri.host));
  struct str at = port ? arena_printf(a, ":%u", port) : STR_NONE;
  struct str query = uri.query.n ? arena_printf(a, "?%.*s", STR_ARG(uri.query)) : STR_NONE;
  *out = (struct sink_target){
      .kind = s->kind, .in_clear = str_is(str_of(s->http), "http://"), .text = arena_dup(a, text)};
  out->url = arena_printf(a, "%s%.*s%.*s%.*s%.*s", s->http, STR_ARG(host), STR_ARG(at),
                          STR_ARG(bare ? str_of(s->path) : uri.path), STR_ARG(query));
  return true;
}
