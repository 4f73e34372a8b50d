// SPDX-License-Identifier: Apache-2.0
#include "mcp/send.h"

#include "base/clock.h"
#include "base/codec.h"
#include "data/uri.h"
#include "mcp/endpoint.h"
#include "mcp/jsonrpc.h"
#include "mcp/peer_private.h"
#include "mcp/refusal.h"

enum { SEND_WORDS_MOST = 240, SEND_SAID_MS = 10000 };

struct fetch_limits send_limits(const struct mcp_peer *p, uint64_t total_ms) {
  struct fetch_limits l = *p->o.limits;
  if (l.stall_ms && l.stall_ms < l.first_byte_ms) l.stall_ms = l.first_byte_ms;
  l.total_ms = total_ms ? total_ms : PEER_STREAM_MS_MOST;
  l.body_bytes = p->o.message_bytes * PEER_STREAM_MESSAGES;
  return l;
}

// ---- the vendor's words

// What an error body says, in one line: the message of a JSON-RPC error or of OAuth's, or short plain text.
static struct str send_words(struct str body, yyjson_doc *doc) {
  static const char *const places[] = {"/error/message", "/message", "/error_description", "/detail",
                                       "/error"};
  for (size_t i = 0; doc && i < sizeof places / sizeof *places; i++) {
    struct str text = json_text(json_at(yyjson_doc_get_root(doc), str_of(places[i])));
    if (text.n) return text;
  }
  body = str_trim(body);
  return !doc && body.n && body.p[0] != '<' ? body : STR_NONE; // a web page explains nothing
}

static struct str send_one_line(struct str text, char out[SEND_WORDS_MOST]) {
  size_t n = 0;
  for (; n < text.n && n < SEND_WORDS_MOST; n++) out[n] = (unsigned char)text.p[n] < ' ' ? ' ' : text.p[n];
  while (n && !codec_is_utf8(str_make(out, n))) n--; // cut in the middle of a character, or none
  return str_make(out, n);
}

bool send_explain(int status, struct str body, struct err *err) {
  struct err unused;
  yyjson_doc *doc = NULL;
  char line[SEND_WORDS_MOST];
  if (!json_read(body, &JSON_FORGIVING, &doc, &unused)) doc = NULL;
  struct str words = send_one_line(send_words(body, doc), line);
  static const struct {
    int status;
    enum err_code code;
    enum err_reason reason;
  } known[] = {{401, ERR_UNAUTHENTICATED, WHY_REFUSED},
               {403, ERR_DENIED, WHY_REFUSED},
               {429, ERR_LIMIT, WHY_RATE_LIMITED},
               {0, ERR_UPSTREAM, WHY_NONE}};
  size_t i = 0;
  while (known[i].status && known[i].status != status) i++;
  err_why(err, known[i].code, known[i].reason, "the MCP server answers with status %d%s%.*s", status,
          words.n ? ": " : "", STR_ARG(words));
  yyjson_doc_free(doc);
  return false;
}

void send_read_some(const struct mcp_peer *p, struct transfer *t, struct buf *out) {
  uint64_t ms =
      p->o.limits->total_ms && p->o.limits->total_ms < SEND_SAID_MS ? p->o.limits->total_ms : SEND_SAID_MS;
  uint64_t end_us = clock_mono_us() + ms * 1000;
  struct str bytes;
  struct err unused; // what came is what there is
  while (!out->full && clock_mono_us() < end_us && transfer_read(t, &bytes, &unused) && bytes.n)
    buf_add(out, bytes);
  struct redact *hide = peer_hides(p);
  out->n = redact_bytes(hide, out->p, out->n);
  redact_unref(hide);
}

static bool send_explain_transfer(const struct mcp_peer *p, struct transfer *t, struct err *err) {
  struct buf body = BUF_MAX(SEND_SAID_MOST);
  send_read_some(p, t, &body);
  send_explain(transfer_status(t), buf_str(&body), err);
  buf_free(&body);
  return false;
}

// ---- redirects

// The same address with a slash at the end of its path, or without the one that it has.
static struct str send_other_slash(struct str url, struct arena *a) {
  size_t end = 0;
  while (end < url.n && url.p[end] != '?' && url.p[end] != '#') end++;
  struct str path = str_make(url.p, end), rest = str_from(url, end);
  if (str_ends(path, "/")) path.n--;
  return path.n < end ? ARENA_JOIN(a, path, rest) : ARENA_JOIN(a, path, STR("/"), rest);
}

static struct str send_url(struct mcp_peer *p, const struct send *m, struct arena *a) {
  if (m->url.n) return m->url;
  return atomic_load(&p->slashed) ? send_other_slash(p->o.url, a) : p->o.url;
}

static unsigned send_port(const struct uri *u) {
  return u->port ? u->port : str_is_nocase(u->scheme, "https") ? 443 : 80;
}

// By a slash within the origin, as frameworks do by themselves: whoever stands behind a proxy that ends TLS calls
// it http, and goes nowhere by that, since the way on is of our own making.
static bool send_is_slash(struct transfer *t, struct str url, struct str other) {
  struct str where = http_header_get(transfer_headers(t), "location");
  struct uri from, to, wanted;
  struct err unused;
  if (!uri_parse_http(url, &from, &unused) || !uri_parse_http(other, &wanted, &unused)) return false;
  if (str_starts(where, "/") && !str_starts(where, "//")) {
    size_t end = 0;
    while (end < where.n && where.p[end] != '?' && where.p[end] != '#') end++;
    return str_eq(str_make(where.p, end), wanted.path);
  }
  if (!uri_parse_http(where, &to, &unused) || !str_eq_nocase(to.host, from.host)) return false;
  bool plainer = !to.port && !from.port && str_is_nocase(from.scheme, "https");
  return (plainer || (send_port(&to) == send_port(&from) && str_eq_nocase(to.scheme, from.scheme))) &&
         str_eq(to.path, wanted.path);
}

static bool send_refuse_redirect(struct transfer *t, struct str url, struct arena *a, struct err *err) {
  struct str where = http_header_get(transfer_headers(t), "location");
  struct uri to;
  struct err unused;
  if (!mcp_endpoint_resolve(a, url, where, &where, &unused)) where = str_trim(where); // of another origin
  size_t end = 0;
  while (end < where.n && where.p[end] != '?' && where.p[end] != '#' && end < 200) end++;
  bool known = uri_parse_http(where, &to, &unused);
  err_set(err, ERR_UPSTREAM, "the MCP server redirects (status %d) to %.*s, and a credential does not follow",
          transfer_status(t), known ? (int)end : 12, known ? where.p : "another path");
  err_hint(err, "where that address is the vendor's own, connect the account to it");
  return false;
}

// ---- one request

static void send_add(struct http_headers *h, struct str name, struct str value) {
  h->items[h->count++] = (struct http_header){name, value};
}

static struct http_headers send_headers(const struct send *m, const struct http_headers *lent,
                                        struct arena *a) {
  struct http_headers all = {ARENA_ARRAY(a, m->headers.count + lent->count + 2, struct http_header), 0};
  if (m->body.n) send_add(&all, STR("Content-Type"), STR("application/json"));
  if (str_is(str_of(m->method), "POST"))
    send_add(&all, STR("Accept"), STR("application/json, text/event-stream"));
  else if (str_is(str_of(m->method), "GET"))
    send_add(&all, STR("Accept"), STR("text/event-stream"));
  for (size_t i = 0; i < m->headers.count; i++) all.items[all.count++] = m->headers.items[i];
  for (size_t i = 0; i < lent->count; i++) all.items[all.count++] = lent->items[i];
  return all;
}

static bool send_once(struct mcp_peer *p, const struct send *m, const struct http_headers *lent,
                      struct arena *a, struct transfer **out, struct err *err) {
  struct fetch_call call = {.method = m->method,
                            .url = send_url(p, m, a),
                            .holder = p->o.holder,
                            .headers = send_headers(m, lent, a),
                            .body = m->body,
                            .has_body = m->body.n > 0,
                            .harmless = m->harmless,
                            .limits = &m->limits,
                            .guard = p->o.guard,
                            .group = m->farewell ? NULL : p->transfers,
                            .hide = peer_hides(p)};
  bool ok = transfer_open(&call, out, err);
  redact_unref(call.hide);
  return ok || (!m->farewell && peer_explain_end(p, err));
}

// A list may come in several lines (RFC 9110 §5.3): Basic in one, Bearer in the next.
static struct str send_challenges(struct transfer *t, struct arena *a) {
  const struct http_headers *h = transfer_headers(t);
  struct str all = STR_NONE;
  for (size_t i = 0; i < h->count; i++)
    if (str_is_nocase(h->items[i].name, "www-authenticate"))
      all = all.n ? ARENA_JOIN(a, all, STR(", "), h->items[i].value) : arena_dup(a, h->items[i].value);
  return all;
}

// What the vendor said, put to the lender, who answers with other headers or gives up.
static bool send_refused(struct mcp_peer *p, struct transfer *t, struct arena *a, struct http_headers *lent,
                         struct err *err) {
  struct mcp_challenge challenge = {.status = transfer_status(t)};
  challenge.www_authenticate = send_challenges(t, a);
  struct buf body = BUF_MAX(SEND_SAID_MOST);
  send_read_some(p, t, &body);
  send_explain(challenge.status, buf_str(&body), err);
  challenge.by_words =
      challenge.status == 403 &&
      refusal_is_of_token(&(struct refusal){403, challenge.www_authenticate, buf_str(&body)});
  buf_free(&body);
  transfer_close(t);
  if (!p->o.auth.headers) return false;
  challenge.said = arena_dup(a, str_of(err->text));
  return p->o.auth.headers(p->o.auth.arg, &challenge, a, lent, err);
}

// True: once more, by the other slash.
static bool send_may_follow(struct mcp_peer *p, struct send *m, struct transfer *t, bool *followed,
                            struct arena *a) {
  struct str url = send_url(p, m, a), other = send_other_slash(url, a);
  if (*followed || !send_is_slash(t, url, other)) return false;
  *followed = true;
  if (m->url.n)
    m->url = other;
  else
    atomic_store(&p->slashed, !atomic_load(&p->slashed));
  return true;
}

bool send_open(struct mcp_peer *p, const struct send *what, struct arena *a, struct transfer **out,
               struct err *err) {
  struct http_headers lent = what->lent ? *what->lent : (struct http_headers){0};
  struct send changed = *what, *m = &changed;
  bool followed = false;
  if (p->o.auth.headers && !lent.count && !p->o.auth.headers(p->o.auth.arg, NULL, a, &lent, err))
    return false;
  for (int refusals = 0;; refusals++) {
    struct transfer *t;
    if ((!m->farewell && !peer_is_open(p, err)) || !send_once(p, m, &lent, a, &t, err)) return false;
    int status = transfer_status(t);
    bool fine = (status >= 200 && status < 300) || (status >= 400 && status != 401 && status != 403);
    if (fine) {
      if (what->lent) *what->lent = lent;
      *out = t;
      return true;
    }
    if (status != 401 && status != 403) {
      bool again = send_may_follow(p, m, t, &followed, a);
      if (!again) send_refuse_redirect(t, send_url(p, m, a), a, err);
      transfer_close(t);
      if (!again) return false;
      refusals--;
      continue;
    }
    if (refusals == MCP_REFUSALS_MOST) {
      send_explain_transfer(p, t, err);
      transfer_close(t);
      return false;
    }
    if (!send_refused(p, t, a, &lent, err)) return false;
  }
}

bool send_away(struct mcp_peer *p, const struct send *m, int *status, struct err *err) {
  struct arena *a = arena_new();
  struct transfer *t;
  bool ok = send_open(p, m, a, &t, err);
  if (ok) {
    struct buf unread = BUF_MAX(SEND_SAID_MOST);
    *status = transfer_status(t);
    send_read_some(p, t, &unread); // to its end, so that the connection is kept
    buf_free(&unread);
    transfer_close(t);
  }
  arena_free(a);
  return ok;
}
