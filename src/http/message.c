// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include "data/uri.h"

struct str http_header_get(const struct http_headers *h, const char *name) {
  struct str wanted = str_of(name);
  for (size_t i = 0; i < h->count; i++)
    if (h->items[i].name.n == wanted.n && str_eq_nocase(h->items[i].name, wanted)) return h->items[i].value;
  return STR_NONE;
}

size_t http_header_count(const struct http_headers *h, const char *name) {
  struct str wanted = str_of(name);
  size_t n = 0;
  for (size_t i = 0; i < h->count; i++) n += str_eq_nocase(h->items[i].name, wanted);
  return n;
}

const char *http_status_text(int status) {
  static const char *const texts[600] = {
      [100] = "Continue",
      [200] = "OK",
      [201] = "Created",
      [202] = "Accepted",
      [204] = "No Content",
      [301] = "Moved Permanently",
      [302] = "Found",
      [303] = "See Other",
      [304] = "Not Modified",
      [307] = "Temporary Redirect",
      [308] = "Permanent Redirect",
      [400] = "Bad Request",
      [401] = "Unauthorized",
      [403] = "Forbidden",
      [404] = "Not Found",
      [405] = "Method Not Allowed",
      [406] = "Not Acceptable",
      [408] = "Request Timeout",
      [409] = "Conflict",
      [410] = "Gone",
      [411] = "Length Required",
      [412] = "Precondition Failed",
      [413] = "Content Too Large",
      [414] = "URI Too Long",
      [415] = "Unsupported Media Type",
      [417] = "Expectation Failed",
      [421] = "Misdirected Request",
      [422] = "Unprocessable Content",
      [426] = "Upgrade Required",
      [428] = "Precondition Required",
      [429] = "Too Many Requests",
      [431] = "Request Header Fields Too Large",
      [499] = "Client Closed Request",
      [500] = "Internal Server Error",
      [501] = "Not Implemented",
      [502] = "Bad Gateway",
      [503] = "Service Unavailable",
      [504] = "Gateway Timeout",
      [505] = "HTTP Version Not Supported",
  };
  return status >= 0 && status < 600 && texts[status] ? texts[status] : "Unknown";
}

static const char *const http_methods[] = {
    [METHOD_GET] = "GET",     [METHOD_HEAD] = "HEAD",     [METHOD_POST] = "POST",       [METHOD_PUT] = "PUT",
    [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE", [METHOD_OPTIONS] = "OPTIONS", [METHOD_OTHER] = "",
};

const char *http_method_text(enum http_method method) {
  return http_methods[method];
}

bool http_origin_is_own(const struct http_request *in, struct str origin) {
  struct uri u;
  struct err err;
  return uri_parse_http(origin, &u, &err) &&
         str_eq_nocase(str_from(origin, u.scheme.n + 3), http_header_get(&in->headers, "host"));
}

enum http_method http_method_from(struct str text) {
  for (int i = METHOD_GET; i < METHOD_OTHER; i++)
    if (str_is(text, http_methods[i])) return (enum http_method)i;
  return METHOD_OTHER;
}

struct str http_media_type(struct str content_type) {
  ptrdiff_t end = str_find(content_type, ';');
  return str_trim(end < 0 ? content_type : str_make(content_type.p, (size_t)end));
}

// Is the weight zero ("q=0", "q=0.000")?
static bool http_is_excluded(struct str parameters) {
  for (struct str rest = parameters, item; str_cut(&rest, ';', &item);) {
    item = str_trim(item);
    if (item.n < 3 || (item.p[0] | 0x20) != 'q' || item.p[1] != '=') continue;
    for (size_t i = 2; i < item.n; i++)
      if (item.p[i] != '0' && item.p[i] != '.') return false;
    return true;
  }
  return false;
}

// How closely a media range names the type: 3 exactly, 2 "type/*", 1 "*/*", 0 not at all.
static int http_range_matches(struct str range, struct str type) {
  ptrdiff_t slash = str_find(type, '/');
  if (str_eq_nocase(range, type)) return 3;
  if (str_is(range, "*/*")) return 1;
  if (slash < 0 || !str_ends(range, "/*") || range.n != (size_t)slash + 2) return 0;
  return str_eq_nocase(str_make(range.p, (size_t)slash), str_make(type.p, (size_t)slash)) ? 2 : 0;
}

bool http_accepts(struct str accept, const char *type) {
  if (str_trim(accept).n == 0) return true;
  int best = 0;
  bool accepted = false;
  for (struct str rest = accept, item; str_cut(&rest, ',', &item);) {
    ptrdiff_t end = str_find(item, ';');
    int rank = http_range_matches(http_media_type(item), str_of(type));
    if (rank <= best) continue; // the most specific range decides (RFC 9110 §12.5.1)
    best = rank;
    accepted = end < 0 || !http_is_excluded(str_from(item, (size_t)end + 1));
  }
  return accepted;
}

bool http_takes_coding(struct str accept_encoding, const char *coding) {
  for (struct str rest = accept_encoding, item; str_cut(&rest, ',', &item);) {
    ptrdiff_t end = str_find(item, ';');
    struct str name = str_trim(end < 0 ? item : str_make(item.p, (size_t)end));
    if (str_is_nocase(name, coding)) return end < 0 || !http_is_excluded(str_from(item, (size_t)end + 1));
  }
  return false;
}

struct str http_cookie_get(const struct http_headers *h, struct str name) {
  for (size_t i = 0; i < h->count; i++) {
    if (!str_is_nocase(h->items[i].name, "cookie")) continue;
    for (struct str rest = h->items[i].value, item, key; str_cut(&rest, ';', &item);)
      if (str_cut(&item, '=', &key) && str_eq(str_trim(key), name)) return str_trim(item);
  }
  return STR_NONE;
}

// A bearer token (crypto/token.h), or something that may well be one in another spelling.
static bool http_is_secret(struct str segment, struct str before) {
  enum { LONG = 40 };
  return str_is_nocase(before, "mcp") || str_is_nocase(before, "sse") || segment.n >= LONG ||
         str_contains(segment, STR("pst_")) || str_contains(segment, STR("psk_")) ||
         str_contains(segment, STR("psh_")) || str_contains(segment, STR("psl_"));
}

static size_t http_append(char *out, size_t size, size_t at, struct str s, bool whole) {
  size_t n = s.n < size - at ? s.n : size - at;
  if (whole && n < s.n) return at;
  if (n) memcpy(out + at, s.p, n);
  return at + n;
}

struct str http_path_redact(struct str path, char *out, size_t size) {
  size_t at = 0;
  struct str rest = path, segment, before = STR_NONE;
  while (str_cut(&rest, '/', &segment)) {
    // Whatever follows a secret goes too: it may be more of it behind a stray slash.
    if ((segment.n || rest.p) && http_is_secret(segment, before)) {
      at = http_append(out, size, at, STR("…"), true);
      break;
    }
    at = http_append(out, size, at, segment, false);
    if (rest.p) at = http_append(out, size, at, STR("/"), false);
    before = segment;
  }
  return str_make(out, at);
}
