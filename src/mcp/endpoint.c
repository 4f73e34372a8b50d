// SPDX-License-Identifier: Apache-2.0
#include "mcp/endpoint.h"

#include "data/uri.h"

static unsigned mcp_endpoint_port(const struct uri *u) {
  return u->port ? u->port : str_is_nocase(u->scheme, "https") ? 443 : 80;
}

static bool mcp_endpoint_same_origin(const struct uri *a, const struct uri *b) {
  return str_eq_nocase(a->scheme, b->scheme) && str_eq_nocase(a->host, b->host) &&
         mcp_endpoint_port(a) == mcp_endpoint_port(b);
}

// Up to the end of the authority: the scheme and host as they were written, with the port.
static struct str mcp_endpoint_origin(struct str url) {
  size_t n = (size_t)(str_find(url, ':')) + 3; // behind "://"
  while (n < url.n && url.p[n] != '/' && url.p[n] != '?' && url.p[n] != '#') n++;
  return str_make(url.p, n);
}

static struct str mcp_endpoint_directory(struct str path) {
  while (path.n && path.p[path.n - 1] != '/') path.n--;
  return path.n ? path : STR("/");
}

static bool mcp_endpoint_has_scheme(struct str reference) {
  ptrdiff_t colon = str_find(reference, ':');
  for (ptrdiff_t i = 0; i < colon; i++)
    if (strchr("/?#", reference.p[i])) return false;
  return colon > 0;
}

bool mcp_endpoint_resolve(struct arena *a, struct str stream_url, struct str reference, struct str *out,
                          struct err *err) {
  struct uri base, target;
  struct str absolute, ref = str_trim(reference);
  if (!uri_parse_http(stream_url, &base, err)) return false;
  struct str origin = mcp_endpoint_origin(stream_url);
  if (mcp_endpoint_has_scheme(ref))
    absolute = ref;
  else if (str_starts(ref, "//"))
    absolute = arena_printf(a, "%.*s:%.*s", STR_ARG(base.scheme), STR_ARG(ref));
  else if (str_starts(ref, "/"))
    absolute = arena_printf(a, "%.*s%.*s", STR_ARG(origin), STR_ARG(ref));
  else if (str_starts(ref, "?"))
    absolute = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(origin), STR_ARG(base.path), STR_ARG(ref));
  else
    absolute = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(origin), STR_ARG(mcp_endpoint_directory(base.path)),
                            STR_ARG(ref));
  struct err why;
  if (ref.n == 0 || !uri_parse_http(absolute, &target, &why))
    return err_set(err, ERR_UPSTREAM, "the MCP server's endpoint event holds no address");
  if (!mcp_endpoint_same_origin(&base, &target))
    return err_set(err, ERR_UPSTREAM,
                   "the MCP server's endpoint event leads to another origin (%.*s): not followed",
                   STR_ARG(target.host));
  *out = arena_dup(a, str_make(absolute.p, absolute.n - (target.fragment.p ? target.fragment.n + 1 : 0)));
  return true;
}
