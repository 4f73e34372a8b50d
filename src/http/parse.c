// SPDX-License-Identifier: Apache-2.0
// llhttp does the grammar (strict: no lenient flag is ever set). It pauses twice in each request: when
// the head is complete, so that it can be judged before any of the body is taken, and at the end.
#include "http/connection.h"

static int http_stop(llhttp_t *p, int status, const char *text) {
  struct http_connection *c = p->data;
  c->refusal = (struct http_refusal){status, text};
  return HPE_USER;
}

static struct http_exchange *http_exchange_of(llhttp_t *p) {
  return ((struct http_connection *)p->data)->x;
}

static int http_on_begin(llhttp_t *p) {
  struct http_connection *c = p->data;
  c->x = http_exchange_new(c);
  return 0;
}

static int http_on_method(llhttp_t *p, const char *at, size_t n) {
  struct http_exchange *x = http_exchange_of(p);
  if (n > sizeof x->method - x->method_n) return http_stop(p, 400, "the method is too long");
  memcpy(x->method + x->method_n, at, n);
  x->method_n = (uint8_t)(x->method_n + n);
  return 0;
}

static int http_add_text(llhttp_t *p, const char *at, size_t n) {
  struct http_exchange *x = http_exchange_of(p);
  buf_add(&x->text, str_make(at, n));
  return x->text.full ? http_stop(p, 431, "the request's head is too large") : 0;
}

// The n bytes before, which may be of the read before this one.
static void http_before(const struct http_connection *c, const char *at, size_t n, char *out) {
  size_t here = (size_t)(at - c->chunk) < n ? (size_t)(at - c->chunk) : n;
  memcpy(out, c->tail + sizeof c->tail - (n - here), n - here);
  memcpy(out + n - here, at - here, here);
}

// RFC 9112 §3: exactly one space stands on either side of the target. llhttp takes any number.
static int http_on_target(llhttp_t *p, const char *at, size_t n) {
  struct http_exchange *x = http_exchange_of(p);
  char before[2]; // the method's last letter and the space
  http_before(p->data, at, sizeof before, before);
  if (!x->target_n && (before[0] == ' ' || before[1] != ' '))
    return http_stop(p, 400, "the request line has more than one space behind the method");
  x->target_n += n;
  return http_add_text(p, at, n);
}

// llhttp also reads RTSP/1.0 and ICE/1.0 and does not say so: look at the bytes before the version.
static int http_on_version(llhttp_t *p, const char *at, size_t n) {
  struct http_connection *c = p->data;
  (void)n;
  if (c->x->version_seen) return 0;
  c->x->version_seen = true;
  char before[7]; // the target's last byte, the space, the name
  http_before(c, at, sizeof before, before);
  if (memcmp(before + 2, "HTTP/", 5) != 0) return http_stop(p, 400, "the protocol is not HTTP");
  if (before[0] == ' ' || before[1] != ' ')
    return http_stop(p, 400, "the request line has more than one space behind the target");
  return 0;
}

static int http_on_name(llhttp_t *p, const char *at, size_t n) {
  struct http_exchange *x = http_exchange_of(p);
  if (x->heard) return 0; // trailers are read past
  if (!x->name_open) {
    if (x->request.headers.count == HTTP_HEADERS_MOST)
      return http_stop(p, 431, "the request has too many headers");
    x->fields[x->request.headers.count++] = (struct http_field){.name = (uint32_t)x->text.n};
    x->name_open = true;
  }
  x->fields[x->request.headers.count - 1].name_n += (uint32_t)n;
  return http_add_text(p, at, n);
}

static int http_on_name_end(llhttp_t *p) {
  struct http_exchange *x = http_exchange_of(p);
  if (x->heard) return 0;
  x->name_open = false;
  x->fields[x->request.headers.count - 1].value = (uint32_t)x->text.n;
  return 0;
}

static int http_on_value(llhttp_t *p, const char *at, size_t n) {
  struct http_exchange *x = http_exchange_of(p);
  if (x->heard) return 0;
  x->fields[x->request.headers.count - 1].value_n += (uint32_t)n;
  return http_add_text(p, at, n);
}

static int http_on_head_end(llhttp_t *p) {
  (void)p;
  return HPE_PAUSED;
}

static int http_on_body(llhttp_t *p, const char *at, size_t n) {
  struct http_exchange *x = http_exchange_of(p);
  if ((p->flags & F_CONTENT_LENGTH) && x->request.body.n == 0 && n == x->length) {
    x->request.body = arena_dup(x->arena, str_make(at, n)); // the usual case: whole in one read
    return 0;
  }
  if (!x->body.p) x->body.payer = ((struct http_connection *)p->data)->payer;
  buf_add(&x->body, str_make(at, n));
  if (x->body.starved)
    return http_stop(p, 503, "the memory for requests is used up (the setting downstream_memory); try again");
  return x->body.full ? http_stop(p, 413, HTTP_BODY_TOO_LARGE) : 0;
}

static int http_on_end(llhttp_t *p) {
  struct http_connection *c = p->data;
  if (c->x->body.n) c->x->request.body = buf_str(&c->x->body);
  http_connection_phase(c, HTTP_PHASE_BUSY);
  return HPE_PAUSED;
}

static const llhttp_settings_t http_parse_settings = {
    .on_message_begin = http_on_begin,
    .on_method = http_on_method,
    .on_url = http_on_target,
    .on_version = http_on_version,
    .on_header_field = http_on_name,
    .on_header_field_complete = http_on_name_end,
    .on_header_value = http_on_value,
    .on_headers_complete = http_on_head_end,
    .on_body = http_on_body,
    .on_message_complete = http_on_end,
};

void http_parse_init(struct http_connection *c) {
  llhttp_init(&c->parser, HTTP_REQUEST, &http_parse_settings);
  c->parser.data = c;
}

static void http_collect_headers(struct http_exchange *x) {
  const char *text = buf_str(&x->text).p;
  for (size_t i = 0; i < x->request.headers.count; i++) {
    const struct http_field *f = &x->fields[i];
    x->items[i] =
        (struct http_header){{text + f->name, f->name_n}, str_trim(str_make(text + f->value, f->value_n))};
  }
  x->request.headers.items = x->items;
}

// Who asks: whoever has connected, or for whom he did.
static struct http_refusal http_judge_client(struct http_connection *c, struct http_refusal no) {
  struct http_server *s = c->server;
  struct http_proxies proxies = {s->trusted, s->options.trusted_proxy_count};
  if (s->options.node.n) return http_request_passed(&c->x->request, s->options.node, c->x->id);
  c->x->request.secure = c->tls != NULL;
  http_request_client(&c->x->request, &c->address.any, &proxies);
  return no;
}

// The head is complete: judge it before the body comes.
static struct http_refusal http_judge(struct http_connection *c) {
  struct http_exchange *x = c->x;
  struct http_server *s = c->server;
  struct http_request *r = &x->request;
  x->heard = true;
  http_collect_headers(x);
  if (c->parser.http_major != 1) return (struct http_refusal){505, "only HTTP/1.1 and HTTP/1.0 are served"};
  x->http10 = c->parser.http_minor == 0;
  x->keep_alive = !x->http10 && !(c->parser.flags & F_CONNECTION_CLOSE);
  x->length = c->parser.flags & F_CONTENT_LENGTH ? c->parser.content_length : 0;
  r->method_text = str_make(x->method, x->method_n);
  r->method = http_method_from(r->method_text);
  x->head_only = r->method == METHOD_HEAD;
  struct http_head head = {
      .target = str_make(buf_str(&x->text).p, x->target_n),
      .http10 = x->http10,
      .has_length = c->parser.flags & F_CONTENT_LENGTH,
      .length = x->length,
      .body_most = s->options.body_bytes,
      .hosts = s->options.hosts,
      .host_count = s->options.host_count,
      .loopback = s->loopback,
  };
  struct http_refusal no = http_request_check(r, &head);
  if (no.status && no.status != HTTP_STRANGER) return no;
  no = http_judge_client(c, no);
  if (no.status == HTTP_STRANGER) {
    if (s->options.stranger) s->options.stranger(s->ctx, r);
  }
  if (no.status) return no;
  c->payer = budget_payer(BUDGET_CLIENTS, str_make(r->client_key, HTTP_CLIENT_KEY));
  http_connection_phase(c, HTTP_PHASE_BODY);
  c->raw_left = 2 * s->options.body_bytes + s->options.header_bytes; // chunk framing may double small chunks
  c->parser.upgrade = 0; // an Upgrade header is an offer that we decline (RFC 9110 §7.8)
  x->wants_continue = head.wants_continue;
  return no;
}

static struct http_refusal http_parse_failure(const struct http_connection *c, enum llhttp_errno why) {
  static const struct {
    enum llhttp_errno why;
    struct http_refusal no;
  } table[] = {
      {HPE_INVALID_METHOD, {400, "the method is unknown or malformed"}},
      {HPE_INVALID_URL, {400, "the request target is malformed"}},
      {HPE_INVALID_VERSION, {505, "only HTTP/1.1 and HTTP/1.0 are served"}},
      {HPE_PAUSED_H2_UPGRADE, {505, "HTTP/2 is not served here"}},
      {HPE_INVALID_HEADER_TOKEN, {400, "a header has a byte that it must not have"}},
      {HPE_INVALID_CONTENT_LENGTH, {400, "Content-Length is malformed or does not fit"}},
      {HPE_UNEXPECTED_CONTENT_LENGTH, {400, "Content-Length is given twice or beside Transfer-Encoding"}},
      {HPE_INVALID_TRANSFER_ENCODING, {400, "Transfer-Encoding is malformed or does not fit"}},
      {HPE_INVALID_CHUNK_SIZE, {400, "a chunk's size is malformed"}},
      {HPE_LF_EXPECTED, {400, "a line does not end in CR LF"}},
      {HPE_CR_EXPECTED, {400, "a line does not end in CR LF"}},
  };
  if (c->refusal.status) return c->refusal;
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
    if (table[i].why == why) return table[i].no;
  return (struct http_refusal){400, "this is not a well-formed HTTP request"};
}

static void http_keep_tail(struct http_connection *c, struct str bytes) {
  size_t n = bytes.n < sizeof c->tail ? bytes.n : sizeof c->tail;
  memmove(c->tail, c->tail + n, sizeof c->tail - n);
  memcpy(c->tail + sizeof c->tail - n, bytes.p + bytes.n - n, n);
}

// Empty lines before a request count as its head (RFC 9112 §2.2). llhttp takes bare CR and LF for them.
static size_t http_skip_blank(struct http_connection *c, struct str bytes) {
  size_t done = 0;
  for (; done < bytes.n && (bytes.p[done] == '\r' || bytes.p[done] == '\n'); done++) {
    if (!c->head_left) {
      c->refusal = (struct http_refusal){431, "the request's head is too large"};
      return done;
    }
    if ((bytes.p[done] == '\n') != c->blank_cr) break;
    c->blank_cr = !c->blank_cr;
    c->head_left--;
  }
  if (done < bytes.n && (c->blank_cr || bytes.p[done] == '\r' || bytes.p[done] == '\n'))
    c->refusal = (struct http_refusal){400, "before the request stands what is no empty line"};
  return done;
}

size_t http_parse(struct http_connection *c, struct str bytes) {
  size_t done = 0;
  c->chunk = bytes.p;
  if (c->phase == HTTP_PHASE_HEADER && !c->x) {
    done = http_skip_blank(c, bytes);
    if (c->refusal.status || done == bytes.n) return done;
  }
  for (;;) {
    size_t *left = c->phase == HTTP_PHASE_HEADER ? &c->head_left : &c->raw_left;
    size_t feed = bytes.n - done < *left ? bytes.n - done : *left;
    enum llhttp_errno e = llhttp_execute(&c->parser, bytes.p + done, feed);
    size_t used = e == HPE_OK ? feed : (size_t)(llhttp_get_error_pos(&c->parser) - (bytes.p + done));
    done += used;
    *left -= used;
    if (e == HPE_PAUSED) {
      llhttp_resume(&c->parser);
      if (c->phase == HTTP_PHASE_BUSY) return done;
      c->refusal = http_judge(c);
      if (c->refusal.status) return done;
      if (done == bytes.n && c->x->length > 0) return done;
      continue;
    }
    if (e != HPE_OK) {
      c->refusal = http_parse_failure(c, e);
    } else if (done < bytes.n) { // the rest was not fed: over the limit
      bool head = c->phase == HTTP_PHASE_HEADER;
      c->refusal = (struct http_refusal){head ? 431 : 413,
                                         head ? "the request's head is too large" : HTTP_BODY_TOO_LARGE};
    } else if (c->phase == HTTP_PHASE_HEADER) {
      http_keep_tail(c, bytes);
    }
    return done;
  }
}
