// SPDX-License-Identifier: Apache-2.0
#include "authority/redirect.h"

#include "base/codec.h"
#include "data/uri.h"

// Schemes without a dot that are an application's all the same; any other must be a reversed domain name (RFC 8252 §7.1).
static const char *const redirect_schemes[] = {"cursor",   "vscode", "vscode-insiders",
                                               "windsurf", "zed",    "claude"};

static struct str redirect_scheme(struct str uri) {
  ptrdiff_t colon = str_find(uri, ':');
  return colon > 0 ? str_make(uri.p, (size_t)colon) : STR_NONE;
}

static bool redirect_is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 3986 §3.1, in lower case: nothing that a browser would read as another one.
static bool redirect_is_own_scheme(struct str scheme) {
  for (size_t i = 0; i < scheme.n; i++) {
    char c = scheme.p[i];
    bool inside = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
    if (!(c >= 'a' && c <= 'z') && !(i && inside)) return false;
  }
  for (size_t i = 0; i < sizeof redirect_schemes / sizeof *redirect_schemes; i++)
    if (str_is(scheme, redirect_schemes[i])) return true;
  return str_find(scheme, '.') > 0 && !str_ends(scheme, ".");
}

// What separates or hides parts of a URL, in one reading or another, has no place in it.
static bool redirect_is_clean(struct str uri) {
  for (size_t i = 0; i < uri.n; i++) {
    unsigned char c = (unsigned char)uri.p[i];
    if (c <= ' ' || c >= 0x7f || c == '\\' || c == '#' || c == '"' || c == '<' || c == '>' || c == '`' ||
        c == '{' || c == '}' || c == '|' || c == '^')
      return false;
  }
  return true;
}

static bool redirect_host_is_loopback(struct str host) {
  return str_is(host, "127.0.0.1") || str_is(host, "::1") || str_is_nocase(host, "localhost");
}

bool redirect_is_loopback(struct str uri) {
  struct uri u;
  struct err none;
  return uri_parse_http(uri, &u, &none) && str_is(u.scheme, "http") && redirect_host_is_loopback(u.host);
}

bool redirect_judge(struct str uri, struct err *err) {
  struct uri u;
  struct err none;
  struct str scheme = redirect_scheme(uri);
  if (!uri.n || uri.n > REDIRECT_MOST || !redirect_is_clean(uri))
    return err_at(err, ERR_INVALID, "redirect_uris",
                  "a redirect URI has 1 to %d printable ASCII characters, and no fragment", REDIRECT_MOST);
  if (!str_is(scheme, "https") && !str_is(scheme, "http")) {
    if (redirect_is_own_scheme(scheme) && redirect_is_letter(*scheme.p)) return true;
    return err_at(
        err, ERR_INVALID, "redirect_uris",
        "\"%.*s\" is no scheme that codes are sent to: https, http on loopback, or a reversed domain name",
        STR_MOST(scheme, 32));
  }
  if (!uri_parse_http(uri, &u, &none)) return err_at(err, ERR_INVALID, "redirect_uris", "%s", none.text);
  if (str_is(u.scheme, "http") && !redirect_host_is_loopback(u.host))
    return err_at(err, ERR_INVALID, "redirect_uris",
                  "http is for loopback alone: 127.0.0.1, [::1] or localhost; otherwise https");
  return true;
}

// Before and behind the port of a loopback address.
static bool redirect_cut_port(struct str uri, struct str *before, struct str *behind) {
  struct uri u;
  struct err none;
  if (!uri_parse_http(uri, &u, &none) || !str_is(u.scheme, "http") || !redirect_host_is_loopback(u.host))
    return false;
  const char *end = u.host.p + u.host.n + u.ipv6; // and the bracket
  *before = str_make(uri.p, (size_t)(end - uri.p));
  struct str rest = str_from(uri, before->n);
  size_t port = 0;
  if (rest.n && rest.p[0] == ':')
    for (port = 1; port < rest.n && rest.p[port] >= '0' && rest.p[port] <= '9';) port++;
  *behind = str_from(rest, port);
  return true;
}

static bool redirect_is(struct str uri, struct str registered) {
  struct str before[2], behind[2];
  if (str_eq(uri, registered)) return true;
  return redirect_cut_port(uri, &before[0], &behind[0]) &&
         redirect_cut_port(registered, &before[1], &behind[1]) && str_eq(before[0], before[1]) &&
         str_eq(behind[0], behind[1]);
}

bool redirect_is_among(struct str uri, const struct str *registered, size_t count) {
  if (!redirect_is_clean(uri) || uri.n > REDIRECT_MOST) return false;
  for (size_t i = 0; i < count; i++)
    if (redirect_is(uri, registered[i])) return true;
  return false;
}

struct str redirect_place(struct str uri) {
  struct uri u;
  struct err none;
  if (!uri_parse_http(uri, &u, &none)) return redirect_scheme(uri);
  const char *from = u.host.p - u.ipv6;
  size_t n = 0, most = (size_t)(uri.p + uri.n - from);
  while (n < most && from[n] != '/' && from[n] != '?') n++;
  return str_make(from, n);
}

struct str redirect_with(struct str uri, const struct str (*pairs)[2], size_t count, struct arena *a) {
  struct buf out = BUF_MAX(8192);
  char before = str_find(uri, '?') >= 0 ? '&' : '?';
  buf_add(&out, uri);
  for (size_t i = 0; i < count; i++) {
    if (!pairs[i][1].n) continue;
    buf_add_char(&out, before);
    buf_add(&out, pairs[i][0]);
    buf_add_char(&out, '=');
    codec_percent(&out, pairs[i][1]);
    before = '&';
  }
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}
