// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <stdio.h>

#include "base/codec.h"
#include "mcp/wire.h"
#include "oauth/oauth_private.h"

// Where http is allowed: what never leaves the machine. The guard still has to be opened for it.
static bool oauth_is_loopback(const struct uri *u) {
  char host[INET6_ADDRSTRLEN];
  struct in_addr v4;
  if (str_is_nocase(u->host, "localhost")) return true;
  if (u->host.n >= sizeof host) return false;
  memcpy(host, u->host.p, u->host.n);
  host[u->host.n] = 0;
  if (u->ipv6) return strcmp(host, "::1") == 0;
  return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

bool oauth_vet(struct str url, const char *what, struct uri *out, struct err *err) {
  struct uri u;
  struct err why;
  if (url.n > OAUTH_URL_MOST || !uri_parse_http(url, &u, &why))
    return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "%s is no address: %s", what,
                   url.n > OAUTH_URL_MOST ? "it is too long" : why.text);
  if (!str_is_nocase(u.scheme, "https") && !oauth_is_loopback(&u)) {
    err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "%s is not https (%.*s)", what, STR_MOST(u.host, 100));
    err_hint(err, "authorization needs https; only on this machine itself plain http will do");
    return false;
  }
  if (u.fragment.p) return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "%s has a fragment", what);
  *out = u;
  return true;
}

struct str oauth_origin(const struct uri *u, struct arena *a) {
  char port[8] = "";
  if (u->port) snprintf(port, sizeof port, ":%u", (unsigned)u->port);
  return arena_printf(a, "%.*s://%s%.*s%s%s", STR_ARG(u->scheme), u->ipv6 ? "[" : "", STR_ARG(u->host),
                      u->ipv6 ? "]" : "", port);
}

bool oauth_is_down(int status) {
  return status >= 500 || status == 429 || status == 408;
}

bool oauth_down(const struct oauth_message *m, int status, struct err *err) {
  err_why(err, ERR_UPSTREAM, WHY_VENDOR_DOWN, "the vendor's sign-in service cannot give %s now (status %d)",
          m->what, status);
  err_hint(err, "try again later; nothing is lost");
  return false;
}

// What fetch_url could not do, with the reason.
static bool oauth_unreached(const struct oauth_message *m, struct err *err) {
  if (err->code == ERR_CANCELED) return false;
  bool down = err->code == ERR_UPSTREAM || err->code == ERR_TIMEOUT || err->code == ERR_UNAVAILABLE;
  if (err->reason == WHY_NONE) err->reason = down ? WHY_VENDOR_DOWN : WHY_BAD_METADATA;
  return err_wrap(err, "asking the vendor for %s", m->what);
}

static void oauth_add(struct http_headers *h, const char *name, struct str value) {
  if (value.n) h->items[h->count++] = (struct http_header){str_of(name), value};
}

bool oauth_send(const struct oauth_net *net, const struct oauth_message *m, struct arena *a,
                struct oauth_reply *out, struct err *err) {
  struct uri ignored;
  if (!oauth_vet(m->url, m->what, &ignored, err)) return false;
  struct fetch_limits limits = *net->limits;
  if (!limits.total_ms || limits.total_ms > OAUTH_TOTAL_MS) limits.total_ms = OAUTH_TOTAL_MS;
  limits.body_bytes = OAUTH_ANSWER_MOST;
  struct http_header headers[4];
  struct fetch_call call = {.method = m->method,
                            .url = m->url,
                            .headers = {headers, 0},
                            .body = m->body,
                            .has_body = m->body.n > 0,
                            .limits = &limits,
                            .guard = net->guard,
                            .hide = m->hide ? m->hide : net->hide,
                            .plain_body = m->plain};
  oauth_add(&call.headers, "Accept", STR("application/json"));
  oauth_add(&call.headers, WIRE_HEADER_VERSION, STR(WIRE_LEGACY_LATEST));
  oauth_add(&call.headers, "Content-Type", m->type);
  oauth_add(&call.headers, "Authorization", m->authorization);
  struct fetch_result result = {0};
  if (!fetch_url(&call, a, &result, err)) return oauth_unreached(m, err);
  struct oauth_reply reply = {.status = result.status};
  oauth_read_body(buf_str(&result.body), a, &reply);
  if (result.body.p) secret_wipe(result.body.p, result.body.cap);
  buf_free(&result.body);
  *out = reply;
  return true;
}

void oauth_reply_free(struct oauth_reply *r) {
  if (r->doc && r->doc->str_pool) secret_wipe(r->doc->str_pool, r->doc->dat_read);
  yyjson_doc_free(r->doc);
  r->doc = NULL;
}

struct str oauth_said(struct str text, const struct redact *hide, struct arena *a) {
  text = redact_text(hide, text, a);
  if (!codec_is_utf8(text)) return STR_NONE;
  text = str_cut_utf8(text, OAUTH_SAID_MOST);
  char *line = arena_z(a, text);
  for (size_t i = 0; i < text.n; i++)
    if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) line[i] = ' ';
  return str_trim(str_make(line, text.n));
}
