// SPDX-License-Identifier: Apache-2.0
// Input: what a client sends on one connection, or another node of the installation (first byte from 128). Whatever it is, and however it is cut into reads, the
// same requests come out, each within the limits and with nothing in it that later layers need not expect.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "http/connection.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER_MOST = 2048, BODY_MOST = 4096, REQUESTS_MOST = 64 };

static void require(bool holds) {
  if (!holds) abort();
}

static void check_request(const struct http_exchange *x) {
  const struct http_request *r = &x->request;
  require(r->path.n > 0 && (r->path.p[0] == '/' || (r->path.n == 1 && r->path.p[0] == '*')));
  for (size_t i = 0; i < r->path.n; i++)
    require(r->path.p[i] > 0x20 && r->path.p[i] < 0x7f && r->path.p[i] != '#');
  for (size_t i = 0; i < r->query.n; i++)
    require(r->query.p[i] > 0x20 && r->query.p[i] < 0x7f && r->query.p[i] != '#');
  require(r->headers.count <= HTTP_HEADERS_MOST);
  for (size_t i = 0; i < r->headers.count; i++)
    require(codec_is_token(r->headers.items[i].name) && codec_is_field_value(r->headers.items[i].value));
  require(r->body.n <= BODY_MOST);
  require(http_header_count(&r->headers, "host") == 1 || x->http10);
  size_t lengths = http_header_count(&r->headers, "content-length");
  size_t encodings = http_header_count(&r->headers, "transfer-encoding");
  require(lengths + encodings <= 1);
  require(encodings || r->body.n == x->length);
  require(r->passed_on == (x->server->options.node.n > 0));
  require(r->id.p == x->id && r->id.n == strlen(x->id) && r->id.n > 0);
}

static void add(struct buf *out, struct str s) {
  buf_printf(out, "%zu:", s.n);
  buf_add(out, s);
}

static void describe(const struct http_exchange *x, struct buf *out) {
  const struct http_request *r = &x->request;
  add(out, r->method_text);
  add(out, r->path);
  add(out, r->query);
  for (size_t i = 0; i < r->headers.count; i++) {
    add(out, r->headers.items[i].name);
    add(out, r->headers.items[i].value);
  }
  add(out, r->body);
  add(out, r->client);
  buf_printf(out, "%d%d%d\n", x->keep_alive, x->http10, r->secure);
}

// Feeds everything, at most `step` bytes at a time, and writes down what came of it.
static void parse(struct http_server *s, struct str bytes, size_t step, struct buf *out) {
  struct http_connection c = {.server = s, .phase = HTTP_PHASE_HEADER, .head_left = HEADER_MOST};
  c.address.v4.sin_family = AF_INET;
  http_parse_init(&c);
  int requests = 0;
  while (bytes.n && requests < REQUESTS_MOST) {
    size_t n = http_parse(&c, str_make(bytes.p, bytes.n < step ? bytes.n : step));
    require(n <= bytes.n);
    if (c.refusal.status) {
      buf_printf(out, "%d %s\n", c.refusal.status, c.refusal.text);
      break;
    }
    require(n > 0);
    bytes = str_from(bytes, n);
    if (c.phase != HTTP_PHASE_BUSY) continue;
    check_request(c.x);
    describe(c.x, out);
    requests++;
    bool keep_alive = c.x->keep_alive;
    http_exchange_free(c.x);
    c.x = NULL;
    if (!keep_alive) break;
    c.phase = HTTP_PHASE_HEADER;
    c.head_left = HEADER_MOST;
  }
  if (c.x) http_exchange_free(c.x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct http_server s;
  static struct str hosts[] = {{"gw.example.com", 14}};
  static struct http_cidr proxies[] = {{{0}, 0}}; // everybody is a trusted proxy: their headers are read
  s.options = (struct http_options){.header_bytes = HEADER_MOST,
                                    .body_bytes = BODY_MOST,
                                    .hosts = hosts,
                                    .host_count = 1,
                                    .trusted_proxy_count = 1};
  s.loopback = true;
  s.trusted = proxies;
  if (size == 0) return 0;
  if (data[0] >= 128) s.options.node = STR("k3v0a9xq");
  struct str bytes = {(const char *)data + 1, size - 1};
  struct buf whole = BUF_MAX(1 << 24), cut = BUF_MAX(1 << 24);
  parse(&s, bytes, SIZE_MAX, &whole);
  parse(&s, bytes, (size_t)data[0] % 17 + 1, &cut);
  require(str_eq(buf_str(&whole), buf_str(&cut)));
  buf_free(&whole);
  buf_free(&cut);
  return 0;
}
