// SPDX-License-Identifier: Apache-2.0
#include "data/uri.h"

#include <arpa/inet.h>

#include "base/codec.h"

enum { URI_HOST_MOST = 253, URI_TEXT_MOST = 8192, URI_SEGMENTS_MOST = 64 };

static bool uri_is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool uri_fail(struct err *err, const char *what) {
  return err_set(err, ERR_INVALID, "not a usable URL: %s", what);
}

// RFC 3986 §2: nothing but its characters, and '%' only before two digits. So no space, no control
// byte and no backslash, which some parsers take for a slash.
static bool uri_is_clean(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    unsigned char byte;
    if (c == '%') {
      if (s.n - i < 3 || !codec_unhex(str_make(s.p + i + 1, 2), &byte, 1)) return false;
    } else if (!uri_is_alnum(c) && (!c || !strchr("-._~:/?#[]@!$&'()*+,;=", c))) {
      return false;
    }
  }
  return true;
}

// Cuts off what stands behind the first of `c`; absent: STR_NONE, there but empty: not NULL.
static struct str uri_cut_behind(struct str *s, char c) {
  ptrdiff_t at = str_find(*s, c);
  if (at < 0) return STR_NONE;
  struct str behind = str_from(*s, (size_t)at + 1);
  s->n = (size_t)at;
  return behind;
}

static bool uri_parse_port(struct str text, uint16_t *port, struct err *err) {
  uint64_t v;
  if (text.n > 5 || !str_to_u64(text, &v) || v == 0 || v > UINT16_MAX)
    return uri_fail(err, "the port is not one");
  *port = (uint16_t)v;
  return true;
}

static bool uri_is_ipv6(struct str s) {
  char z[INET6_ADDRSTRLEN];
  struct in6_addr address;
  if (s.n >= sizeof z) return false;
  memcpy(z, s.p, s.n);
  z[s.n] = 0;
  return inet_pton(AF_INET6, z, &address) == 1;
}

static bool uri_is_host_name(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!uri_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.' && s.p[i] != '_') return false;
  return s.n > 0 && s.n <= URI_HOST_MOST;
}

// host [":" port] (RFC 3986 §3.2).
static bool uri_parse_authority(struct str text, struct uri *u, struct err *err) {
  if (str_find(text, '@') >= 0) return uri_fail(err, "it carries user information");
  u->ipv6 = text.n && text.p[0] == '[';
  if (u->ipv6) {
    ptrdiff_t close = str_find(text, ']');
    if (close < 0) return uri_fail(err, "the host has no closing bracket");
    u->host = str_make(text.p + 1, (size_t)close - 1);
    text = str_from(text, (size_t)close + 1);
    if (!uri_is_ipv6(u->host)) return uri_fail(err, "the host is not an IPv6 address");
    if (text.n && text.p[0] != ':') return uri_fail(err, "there is text behind the host");
    return text.n == 0 || uri_parse_port(str_from(text, 1), &u->port, err);
  }
  struct str port = uri_cut_behind(&text, ':');
  u->host = text;
  if (!uri_is_host_name(u->host))
    return uri_fail(err, u->host.n ? "the host is not a name or address" : "it has no host");
  return !port.p || uri_parse_port(port, &u->port, err);
}

bool uri_parse_http(struct str text, struct uri *out, struct err *err) {
  struct uri u = {0};
  struct str rest = text;
  if (text.n > URI_TEXT_MOST) return uri_fail(err, "it is longer than 8192 bytes");
  if (!uri_is_clean(text)) return uri_fail(err, "it has a character that must be percent-encoded");
  u.fragment = uri_cut_behind(&rest, '#');
  u.query = uri_cut_behind(&rest, '?');
  ptrdiff_t colon = str_find(rest, ':');
  u.scheme = str_make(rest.p, colon > 0 ? (size_t)colon : 0);
  if (!str_is_nocase(u.scheme, "http") && !str_is_nocase(u.scheme, "https"))
    return uri_fail(err, "it does not start with http:// or https://");
  rest = str_from(rest, u.scheme.n + 1);
  if (!str_starts(rest, "//")) return uri_fail(err, "there is no // behind the scheme");
  rest = str_from(rest, 2);
  ptrdiff_t slash = str_find(rest, '/');
  size_t authority = slash < 0 ? rest.n : (size_t)slash;
  u.path = str_from(rest, authority);
  if (!uri_parse_authority(str_make(rest.p, authority), &u, err)) return false;
  *out = u;
  return true;
}

static uint16_t uri_port(const struct uri *u) {
  return u->port ? u->port : str_is_nocase(u->scheme, "https") ? 443 : 80;
}

bool uri_same_origin(const struct uri *a, const struct uri *b) {
  return str_eq_nocase(a->scheme, b->scheme) && str_eq_nocase(a->host, b->host) && uri_port(a) == uri_port(b);
}

// §5.2.4. Steps out of the root are no steps.
static struct str uri_without_dots(struct arena *a, struct str path) {
  char *out = arena_alloc(a, path.n + 2);
  size_t n = 0;
  for (struct str rest = str_from(path, 1), segment; str_cut(&rest, '/', &segment);) {
    bool last = !rest.p, up = str_is(segment, "..");
    while (up && n > 0 && out[--n] != '/') {
    }
    if (up || str_is(segment, ".")) {
      if (last) out[n++] = '/';
      continue;
    }
    out[n++] = '/';
    if (segment.n) memcpy(out + n, segment.p, segment.n);
    n += segment.n;
  }
  return str_make(out, n);
}

bool uri_resolve(struct arena *a, struct str base, struct str reference, struct str *out, struct err *err) {
  struct uri from, u;
  struct str whole = reference;
  size_t name = 0; // of a scheme (§3.1)
  while (name < reference.n && (uri_is_alnum(reference.p[name]) || strchr("+-.", reference.p[name]))) name++;
  bool absolute = name && name < reference.n && reference.p[name] == ':';
  if (!absolute) {
    if (!base.n) return uri_fail(err, "it is relative, and nothing says to what");
    if (!uri_parse_http(base, &from, err)) return false;
    struct str origin = str_make(base.p, (size_t)(from.path.p - base.p));
    size_t folder = from.path.n;
    while (folder > 0 && from.path.p[folder - 1] != '/') folder--;
    if (str_starts(reference, "//"))
      whole = arena_printf(a, "%.*s:%.*s", STR_ARG(from.scheme), STR_ARG(reference));
    else if (str_starts(reference, "/"))
      whole = ARENA_JOIN(a, origin, reference);
    else
      whole = ARENA_JOIN(a, origin, STR("/"), folder ? str_make(from.path.p + 1, folder - 1) : STR(""),
                         reference);
  }
  if (!uri_parse_http(whole, &u, err)) return false;
  struct str head = str_make(whole.p, (size_t)(u.path.p - whole.p));
  struct str scheme = str_is_nocase(u.scheme, "https") ? STR("https") : STR("http");
  struct str path = u.path.n ? uri_without_dots(a, u.path) : STR("");
  *out = ARENA_JOIN(a, scheme, str_from(head, u.scheme.n), path);
  return true;
}

// Appends the segments of a path; "." stays where it is, ".." goes up, and never above the root.
static bool uri_walk(struct str path, struct str *segments, size_t *count) {
  for (struct str rest = path, segment; str_cut(&rest, '/', &segment);) {
    if (segment.n == 0 || str_is(segment, ".")) continue;
    if (str_is(segment, "..")) {
      if (*count == 0) return false;
      --*count;
    } else {
      if (*count == URI_SEGMENTS_MOST) return false;
      segments[(*count)++] = segment;
    }
  }
  return true;
}

// A reference is percent-encoded: decoded first, so that "%2e%2e" climbs no further than "..".
static bool uri_decode_reference(struct arena *a, struct str relative, struct str *out) {
  if (relative.n > URI_TEXT_MOST || str_find(relative, '?') >= 0 || str_find(relative, '#') >= 0)
    return false;
  if (!codec_unpercent(a, relative, out)) return false;
  ptrdiff_t colon = str_find(*out, ':'), slash = str_find(*out, '/');
  bool scheme = colon >= 0 && (slash < 0 || colon < slash); // RFC 3986 §4.2
  return out->n && !scheme && out->p[0] != '/' && out->p[out->n - 1] != '/' && str_find(*out, '\\') < 0 &&
         str_find(*out, 0) < 0 && codec_is_utf8(*out);
}

bool uri_path_join(struct arena *a, struct str base_file, struct str relative, struct str *out) {
  struct str segments[URI_SEGMENTS_MOST], reference;
  size_t count = 0;
  if (relative.n == 0) {
    *out = arena_dup(a, base_file);
    return true;
  }
  if (!uri_decode_reference(a, relative, &reference)) return false;
  if (!uri_walk(base_file, segments, &count)) return false;
  if (count) count--; // the file's own name
  if (!uri_walk(reference, segments, &count) || count == 0) return false;
  struct buf path = BUF_MAX(2 * URI_TEXT_MOST);
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_char(&path, '/');
    buf_add(&path, segments[i]);
  }
  bool ok = !path.full;
  if (ok) *out = arena_dup(a, buf_str(&path));
  buf_free(&path);
  return ok;
}
