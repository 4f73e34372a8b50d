// SPDX-License-Identifier: Apache-2.0
#include "admin/cookie.h"

#include "data/uri.h"

#define COOKIE_HOST "__Host-postern"
#define COOKIE_PLAIN "postern"
#define COOKIE_WAY "-signin" // behind either

// By HTTPS as we see it, or as the operator says of the address that the browser names: a proxy does it then. A browser
// takes a cookie for HTTPS by nothing else.
static bool cookie_is_secure(const struct admin_call *call) {
  struct str host = http_header_get(&call->in->headers, "host");
  struct str public = call->env->origins->public_url;
  struct uri u;
  struct err err;
  if (call->in->secure) return true;
  return str_starts(public, "https://") && host.n && uri_parse_http(public, &u, &err) &&
         str_eq_nocase(str_make(public.p + sizeof "https://" - 1, public.n - sizeof "https://" + 1 < host.n
                                                                      ? public.n - sizeof "https://" + 1
                                                                      : host.n),
                       host);
}

// "localhost:8080", "127.0.0.1", "[::1]:80": a name that leads to this machine alone. `port`: what follows it.
static bool cookie_is_loopback_name(struct str host, struct str *port) {
  ptrdiff_t colon = str_starts(host, "[::1]") ? (host.n > 5 ? 5 : -1) : str_find(host, ':');
  struct str name = colon < 0 ? host : str_make(host.p, (size_t)colon);
  *port = colon < 0 ? STR("80") : str_from(host, (size_t)colon + 1);
  if (str_is_nocase(name, "localhost") || str_is(name, "[::1]")) return true;
  bool digits = str_starts(name, "127.");
  for (size_t i = 0; i < name.n; i++)
    digits = digits && (name.p[i] == '.' || (name.p[i] >= '0' && name.p[i] <= '9'));
  return digits;
}

// `kind`: what stands behind the name. Empty: none may be held here.
static struct str cookie_name_of(const struct admin_call *call, const char *kind) {
  struct str port;
  if (cookie_is_secure(call)) return arena_printf(call->arena, COOKIE_HOST "%s", kind);
  if (!admin_is_local(call->in) ||
      !cookie_is_loopback_name(http_header_get(&call->in->headers, "host"), &port))
    return STR_NONE;
  for (size_t i = 0; i < port.n; i++)
    if (port.p[i] < '0' || port.p[i] > '9') return STR_NONE;
  return arena_printf(call->arena, COOKIE_PLAIN "%s-%.*s", kind, STR_ARG(port));
}

static struct str cookie_name(const struct admin_call *call) {
  return cookie_name_of(call, "");
}

bool cookie_check_place(const struct admin_call *call, struct err *err) {
  if (cookie_name(call).n) return true;
  err_set(err, ERR_DENIED,
          "nobody signs in over plain HTTP from another machine: what the browser holds "
          "afterwards would cross the network in clear");
  err_hint(err, "give tls_cert and tls_key, or put a proxy with TLS in front and name it in trusted_proxies, "
                "with its address in public_url");
  return false;
}

static struct str cookie_of(const struct admin_call *call, struct str name) {
  return name.n ? http_cookie_get(&call->in->headers, name) : STR_NONE;
}

struct str cookie_held(const struct admin_call *call) {
  return cookie_of(call, cookie_name(call));
}

struct str cookie_on_the_way(const struct admin_call *call) {
  return cookie_of(call, cookie_name_of(call, COOKIE_WAY));
}

static void cookie_set(struct admin_call *call, struct str name, struct str text, int64_t seconds) {
  http_reply_header(call->http, "Set-Cookie",
                    arena_printf(call->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                                 STR_ARG(name), STR_ARG(text), (long long)seconds,
                                 cookie_is_secure(call) ? "; Secure" : ""));
}

void cookie_give(struct admin_call *call, struct str text, int64_t lives_ms) {
  cookie_set(call, cookie_name(call), text, lives_ms / 1000);
}

void cookie_take_back(struct admin_call *call) {
  cookie_set(call, cookie_name(call), STR(""), 0);
}

void cookie_give_way(struct admin_call *call, struct str text, int64_t lives_ms) {
  cookie_set(call, cookie_name_of(call, COOKIE_WAY), text, lives_ms / 1000);
}
