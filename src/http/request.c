// SPDX-License-Identifier: Apache-2.0
#include "http/request.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/codec.h"

static struct http_refusal http_refuse(int status, const char *text) {
  return (struct http_refusal){status, text};
}
static const struct http_refusal http_fine = {0};

// RFC 3986 §2: what may stand in a target at all, and '%' only before two hex digits.
static bool http_target_is_sound(struct str t) {
  for (size_t i = 0; i < t.n; i++) {
    unsigned char c = (unsigned char)t.p[i];
    if (c <= 0x20 || c >= 0x7f || strchr("\"#<>\\^`{|}", c)) return false;
    unsigned char byte;
    if (c == '%' && (i + 2 >= t.n || !codec_unhex(str_make(t.p + i + 1, 2), &byte, 1))) return false;
  }
  return t.n > 0;
}

bool http_host_is_sound(struct str host) {
  size_t end = 0;
  if (host.n && host.p[0] == '[') { // IP literal
    ptrdiff_t close = str_find(host, ']');
    char text[INET6_ADDRSTRLEN];
    struct in6_addr v6;
    if (close < 2 || (size_t)close > sizeof text) return false;
    memcpy(text, host.p + 1, (size_t)close - 1);
    text[close - 1] = 0;
    if (inet_pton(AF_INET6, text, &v6) != 1) return false;
    end = (size_t)close + 1;
  } else {
    for (; end < host.n && host.p[end] != ':'; end++) {
      unsigned char c = (unsigned char)host.p[end];
      bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!plain && c != '-' && c != '.' && c != '_') return false;
    }
    if (end == 0 || end > 255) return false;
  }
  if (end == host.n) return true;
  uint64_t port;
  return host.p[end] == ':' && str_to_u64(str_from(host, end + 1), &port) && port <= UINT16_MAX;
}

static struct str http_without_brackets(struct str host) {
  bool literal = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
  return literal ? str_make(host.p + 1, host.n - 2) : host;
}

bool http_host_is_accepted(struct str host, const struct http_head *head) {
  static const char *const loopback[] = {"localhost", "127.0.0.1", "::1"};
  size_t name = host.n;
  while (name > 0 && host.p[name - 1] >= '0' && host.p[name - 1] <= '9') name--;
  name = name > 0 && host.p[name - 1] == ':' ? name - 1 : host.n;
  struct str bare = http_without_brackets(str_make(host.p, name));
  for (size_t i = 0; head->loopback && i < sizeof loopback / sizeof *loopback; i++)
    if (str_is_nocase(bare, loopback[i])) return true;
  for (size_t i = 0; i < head->host_count; i++)
    if (str_is(head->hosts[i], "*") || str_eq_nocase(bare, http_without_brackets(head->hosts[i])))
      return true;
  return false;
}

// RFC 9112 §3.2: origin-form; absolute-form (its authority must be the Host); "*" for OPTIONS alone.
static struct http_refusal http_check_target(struct http_request *r, struct str target, struct str host) {
  if (!http_target_is_sound(target))
    return http_refuse(400, "the request target has a byte that no URI may have");
  if (str_is(r->method_text, "CONNECT"))
    return http_refuse(400, "this server is no proxy: CONNECT is not served");
  if (str_is(target, "*")) {
    r->path = target;
    return r->method == METHOD_OPTIONS ? http_fine : http_refuse(400, "the target * is for OPTIONS only");
  }
  if (target.p[0] != '/') {
    struct str scheme = STR("http://");
    if (target.n > 8 && str_eq_nocase(str_make(target.p, 8), STR("https://"))) scheme = STR("https://");
    if (target.n <= scheme.n || !str_eq_nocase(str_make(target.p, scheme.n), scheme))
      return http_refuse(400, "the request target must begin with a slash");
    target = str_from(target, scheme.n);
    size_t end = 0;
    while (end < target.n && target.p[end] != '/' && target.p[end] != '?') end++;
    if (!str_eq_nocase(str_make(target.p, end), host))
      return http_refuse(400, "the request target and Host name different servers");
    target = str_from(target, end);
    if (target.n == 0 || target.p[0] != '/') return http_refuse(400, "the request target has no path");
  }
  ptrdiff_t mark = str_find(target, '?');
  r->path = mark < 0 ? target : str_make(target.p, (size_t)mark);
  r->query = mark < 0 ? STR_NONE : str_from(target, (size_t)mark + 1);
  return http_fine;
}

// RFC 9112 §6: llhttp refuses most of these too; a second look costs little and does not depend on its
// settings.
static struct http_refusal http_check_framing(const struct http_request *r, const struct http_head *head) {
  size_t lengths = http_header_count(&r->headers, "content-length");
  size_t encodings = http_header_count(&r->headers, "transfer-encoding");
  if (lengths > 1) return http_refuse(400, "Content-Length is given twice");
  if (encodings == 0) {
    if (head->has_length && head->length > head->body_most) return http_refuse(413, HTTP_BODY_TOO_LARGE);
    return http_fine;
  }
  if (lengths) return http_refuse(400, "Content-Length and Transfer-Encoding exclude each other");
  if (head->http10) return http_refuse(400, "HTTP/1.0 has no Transfer-Encoding");
  if (encodings > 1 || !str_is_nocase(http_header_get(&r->headers, "transfer-encoding"), "chunked"))
    return http_refuse(501, "the only Transfer-Encoding served is chunked");
  return http_fine;
}

static struct http_refusal http_check_expect(const struct http_request *r, struct http_head *head) {
  struct str expect = http_header_get(&r->headers, "expect");
  if (expect.n == 0 || head->http10) return http_fine; // RFC 9110 §10.1.1: ignored in HTTP/1.0
  if (!str_is_nocase(expect, "100-continue") || http_header_count(&r->headers, "expect") > 1)
    return http_refuse(417, "the only expectation served is 100-continue");
  head->wants_continue = head->length > 0 || http_header_count(&r->headers, "transfer-encoding") > 0;
  return http_fine;
}

// RFC 9110 §15.5.16. Nothing here decompresses, and a body must not be read as what it is not.
static struct http_refusal http_check_coding(const struct http_request *r) {
  size_t count = http_header_count(&r->headers, "content-encoding");
  bool plain =
      !count || (count == 1 && str_is_nocase(http_header_get(&r->headers, "content-encoding"), "identity"));
  return plain ? http_fine : http_refuse(415, "bodies are taken uncompressed: leave Content-Encoding out");
}

struct http_refusal http_request_check(struct http_request *r, struct http_head *head) {
  size_t hosts = http_header_count(&r->headers, "host");
  struct str host = http_header_get(&r->headers, "host");
  if (hosts > 1 || (hosts == 0 && !head->http10))
    return http_refuse(400, "exactly one Host header is needed");
  if (hosts && !http_host_is_sound(host)) return http_refuse(400, "the Host header is not a host");
  for (size_t i = 0; i < r->headers.count; i++) {
    const struct http_header *h = &r->headers.items[i];
    if (!codec_is_token(h->name) || !codec_is_field_value(h->value))
      return http_refuse(400, "a header has a byte that it must not have");
  }
  struct http_refusal no = http_check_target(r, head->target, host);
  if (!no.status) no = http_check_framing(r, head);
  // A name that we do not serve means a web page has pointed its own name at us (DNS rebinding).
  if (!no.status && hosts && !http_host_is_accepted(host, head))
    no = http_refuse(HTTP_STRANGER, "this server does not answer to that Host; add it to the accepted hosts");
  if (!no.status) no = http_check_coding(r);
  if (!no.status) no = http_check_expect(r, head);
  return no;
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80", each also in double quotes.
static bool http_address_parse(struct str s, struct sockaddr_storage *out) {
  char text[INET6_ADDRSTRLEN + 1];
  s = str_trim(s);
  if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"') s = str_make(s.p + 1, s.n - 2);
  ptrdiff_t colon = str_find(s, ':'), close = str_find(s, ']');
  bool one_colon = colon >= 0 && str_find(str_from(s, (size_t)colon + 1), ':') < 0;
  if (s.n && s.p[0] == '[' && close > 0)
    s = str_make(s.p + 1, (size_t)close - 1);
  else if (one_colon)
    s.n = (size_t)colon;
  if (s.n == 0 || s.n >= sizeof text) return false;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  struct in_addr v4;
  struct in6_addr v6;
  bool is_v4 = inet_pton(AF_INET, text, &v4) == 1;
  if (!is_v4 && inet_pton(AF_INET6, text, &v6) != 1) return false;
  *out = (struct sockaddr_storage){.ss_family = is_v4 ? AF_INET : AF_INET6};
  if (is_v4)
    ((struct sockaddr_in *)out)->sin_addr = v4;
  else
    ((struct sockaddr_in6 *)out)->sin6_addr = v6;
  return true;
}

static struct str http_address_text(const struct sockaddr *address, struct arena *a) {
  char text[INET6_ADDRSTRLEN] = "";
  const void *bytes = address->sa_family == AF_INET6
                          ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
                          : (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
  inet_ntop(address->sa_family, bytes, text, sizeof text);
  return arena_dup(a, str_of(text));
}

static bool http_is_trusted(const struct sockaddr *address, const struct http_proxies *proxies) {
  for (size_t i = 0; i < proxies->count; i++)
    if (http_cidr_contains(&proxies->trusted[i], address)) return true;
  return false;
}

// The value of one parameter of a Forwarded element (RFC 7239 §4): "for=192.0.2.1;proto=https".
static struct str http_forwarded_get(struct str element, const char *name) {
  for (struct str rest = element, pair; str_cut(&rest, ';', &pair);) {
    ptrdiff_t eq = str_find(pair, '=');
    if (eq > 0 && str_is_nocase(str_trim(str_make(pair.p, (size_t)eq)), name))
      return str_trim(str_from(pair, (size_t)eq + 1));
  }
  return STR_NONE;
}

// Cuts the last list element off: proxies append, so the rightmost was written by the nearest.
static bool http_cut_last(struct str *list, struct str *item) {
  if (!list->p) return false;
  size_t at = list->n;
  while (at > 0 && list->p[at - 1] != ',') at--;
  *item = str_trim(str_from(*list, at));
  *list = at ? str_make(list->p, at - 1) : STR_NONE;
  return true;
}

// Walks from the nearest proxy outwards as long as each address is a trusted proxy's.
static void http_walk(const struct http_headers *h, const struct http_proxies *proxies, bool plain_list,
                      struct sockaddr_storage *client) {
  const char *name = plain_list ? "x-forwarded-for" : "forwarded";
  for (size_t i = h->count; i > 0; i--) { // the last header line was added last
    struct str list = h->items[i - 1].value, item;
    if (!str_is_nocase(h->items[i - 1].name, name)) continue;
    while (http_cut_last(&list, &item)) {
      if (!http_is_trusted((struct sockaddr *)client, proxies)) return;
      if (!http_address_parse(plain_list ? item : http_forwarded_get(item, "for"), client)) return;
    }
  }
}

void http_client_key(const struct sockaddr *address, char key[HTTP_CLIENT_KEY]) {
  memset(key, 0, HTTP_CLIENT_KEY);
  if (address->sa_family == AF_INET6) {
    memcpy(key, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 8);
    key[15] = 6;
  } else {
    memcpy(key, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    key[15] = 4;
  }
}

void http_request_client(struct http_request *r, const struct sockaddr *peer,
                         const struct http_proxies *proxies) {
  const struct http_headers *h = &r->headers;
  struct sockaddr_storage client = {0};
  memcpy(&client, peer,
         peer->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
  if (proxies->count && http_is_trusted(peer, proxies)) {
    bool plain_list = http_header_count(h, "x-forwarded-for") > 0;
    struct str proto = http_header_get(h, "x-forwarded-proto"), forwarded = http_header_get(h, "forwarded"),
               last;
    if (!plain_list && forwarded.n && http_cut_last(&forwarded, &last))
      proto = http_forwarded_get(last, "proto");
    if (proto.n) r->secure = str_is_nocase(proto, "https");
    http_walk(h, proxies, plain_list, &client);
  }
  r->client = http_address_text((struct sockaddr *)&client, r->arena);
  http_client_key((struct sockaddr *)&client, r->client_key);
}

static bool http_is_id(struct str id) {
  for (size_t i = 0; i < id.n; i++) {
    char c = id.p[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_')) return false;
  }
  return id.n > 0 && id.n < TOKEN_ID;
}

struct http_refusal http_request_passed(struct http_request *r, struct str node, char id[TOKEN_ID]) {
  struct str rest = http_header_get(&r->headers, HTTP_PASSED_ON), to, own_id, address;
  struct sockaddr_storage client;
  bool sound = http_header_count(&r->headers, HTTP_PASSED_ON) == 1 && str_cut(&rest, ' ', &to) &&
               str_cut(&rest, ' ', &own_id) && str_cut(&rest, ' ', &address) && http_is_id(own_id) &&
               http_address_parse(address, &client) && (str_is(rest, "http") || str_is(rest, "https"));
  if (!sound) return http_refuse(400, "a node that sends a request on says for whom");
  if (!str_eq(to, node)) return http_refuse(421, "another node is meant");
  memcpy(id, own_id.p, own_id.n);
  id[own_id.n] = 0;
  r->id = str_make(id, own_id.n);
  r->secure = str_is(rest, "https");
  r->client = http_address_text((struct sockaddr *)&client, r->arena);
  http_client_key((struct sockaddr *)&client, r->client_key);
  r->passed_on = true;
  return http_fine;
}
