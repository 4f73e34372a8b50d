// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include <assert.h>

#include "base/codec.h"

static void http_capture(struct http_params *p, struct str name, struct str value) {
  assert(p->count < HTTP_PARAMS_MOST);
  p->items[p->count++] = (struct http_param){name, value};
}

// Decodes one segment. False where its escapes hide what no handler should meet inside one: NUL, or a slash.
static bool http_segment_decode(struct str raw, struct arena *a, struct str *out) {
  struct str value;
  if (raw.n == 0 || !codec_unpercent(a, raw, &value)) return false;
  if (str_find(value, 0) >= 0 || str_find(value, '/') >= 0) return false;
  *out = value;
  return true;
}

static bool http_pattern_fits(const char *pattern, struct str path, struct http_params *p, struct arena *a) {
  struct str rest = str_of(pattern), want, have, value;
  p->count = 0;
  while (str_cut(&rest, '/', &want)) {
    bool captures = want.n > 2 && want.p[0] == '{';
    if (captures && str_ends(want, "...}")) {
      if (path.p) http_capture(p, str_make(want.p + 1, want.n - 5), path);
      return path.p != NULL;
    }
    if (!str_cut(&path, '/', &have)) return false;
    if (!captures && !str_eq(want, have)) return false;
    if (captures && !http_segment_decode(have, a, &value)) return false;
    if (captures) http_capture(p, str_make(want.p + 1, want.n - 2), value);
  }
  return path.p == NULL;
}

struct http_match http_router_find(const struct http_router *r, enum http_method method, struct str path,
                                   struct arena *a) {
  struct http_match m = {0};
  enum http_method wanted = method == METHOD_HEAD ? METHOD_GET : method;
  for (size_t i = 0; i < r->count; i++) {
    const struct http_route *route = &r->routes[i];
    struct http_params params;
    if (!http_pattern_fits(route->pattern, path, &params, a)) continue;
    m.allowed |= 1u << route->method;
    if (m.route || (route->method != wanted && route->method != method)) continue;
    m.route = route;
    m.params = params;
  }
  if (m.allowed & 1u << METHOD_GET) m.allowed |= 1u << METHOD_HEAD;
  if (m.allowed) m.allowed |= 1u << METHOD_OPTIONS;
  return m;
}

struct str http_param(const struct http_params *p, const char *name) {
  for (size_t i = 0; i < p->count; i++)
    if (str_is(p->items[i].name, name)) return p->items[i].value;
  return STR_NONE;
}

struct str http_allow_text(unsigned allowed, struct arena *a) {
  struct str text = STR_NONE;
  for (int method = METHOD_GET; method < METHOD_OTHER; method++)
    if (allowed & 1u << method)
      text = arena_printf(a, "%.*s%s%s", STR_ARG(text), text.n ? ", " : "",
                          http_method_text((enum http_method)method));
  return text;
}
