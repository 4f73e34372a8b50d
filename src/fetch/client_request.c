// SPDX-License-Identifier: Apache-2.0
// One request: its options on a pooled easy handle, and the callbacks that take in the response under
// its limits. A handle gets the options that never change once (client_set_constants) and the request's own
// ones each time; nothing is allocated per request but libcurl's copy of the URL.
#include "fetch/client_private.h"

#include <assert.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/metrics.h"
#include "crypto/kin.h"

static STACK_OF(X509_INFO) * client_extra_ca; // set once at start, read from every loop

bool fetch_ca(const char *path, struct err *err) {
  assert(!client_extra_ca);
  BIO *file = BIO_new_file(path, "r");
  bool readable = file != NULL;
  STACK_OF(X509_INFO) *found = readable ? PEM_X509_INFO_read_bio(file, NULL, NULL, NULL) : NULL;
  BIO_free(file);
  int certificates = 0;
  for (int i = 0; i < sk_X509_INFO_num(found); i++)
    certificates += sk_X509_INFO_value(found, i)->x509 != NULL;
  if (certificates == 0) {
    sk_X509_INFO_pop_free(found, X509_INFO_free);
    return err_set(err, ERR_INVALID, "%s: %s", path,
                   readable ? "holds no PEM certificate" : "cannot be read");
  }
  client_extra_ca = found;
  return true;
}

// Beside the system's authorities, not in their place.
static CURLcode client_on_tls(CURL *easy, void *context, void *arg) {
  (void)easy, (void)arg;
  X509_STORE *store = SSL_CTX_get_cert_store(context);
  for (int i = 0; i < sk_X509_INFO_num(client_extra_ca); i++) {
    X509 *certificate = sk_X509_INFO_value(client_extra_ca, i)->x509;
    if (certificate) X509_STORE_add_cert(store, certificate);
  }
  return CURLE_OK;
}

// Of a handle that goes to another node and to nobody else afterwards.
static CURLcode client_on_kin(CURL *easy, void *context, void *way) {
  (void)easy;
  return kin_client(context, way) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

// ---- deadlines

static uint64_t client_end(uint64_t from_us, uint64_t ms) {
  return ms ? from_us + ms * 1000 : UINT64_MAX;
}

static uint64_t client_quiet_end(const struct client_fetch *f) {
  const struct fetch_limits *limits = f->call->limits;
  return client_end(f->moved_us, f->answered ? limits->stall_ms : limits->first_byte_ms);
}

uint64_t client_patience_ms(const struct client_fetch *f) {
  uint64_t now = clock_mono_us(), end = client_end(f->started_us, f->call->limits->total_ms);
  uint64_t quiet = client_quiet_end(f);
  if (quiet < end) end = quiet;
  // The first byte may come at any time, and from then on the other limit counts.
  quiet = client_end(now, f->call->limits->stall_ms);
  if (quiet < end) end = quiet;
  if (end == UINT64_MAX) return 0;
  return end <= now ? 1 : (end - now) / 1000 + 1;
}

bool client_is_overdue(struct client_fetch *f) {
  uint64_t now = clock_mono_us();
  curl_off_t uploaded = 0;
  if (f->held) f->moved_us = now; // it is our reader who is slow
  curl_easy_getinfo(f->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
  if (uploaded != f->uploaded) f->moved_us = now; // a slow upload is not silence
  f->uploaded = uploaded;
  if (now >= client_end(f->started_us, f->call->limits->total_ms))
    f->failure = CLIENT_OVERTIME;
  else if (now >= client_quiet_end(f))
    f->failure = f->answered ? CLIENT_STALLED : CLIENT_SILENT;
  else
    return false;
  return true;
}

// ---- the response

// In both directions: libcurl reads once more after a pause in one.
void client_hold(struct client_fetch *f) {
  f->held = true;
  curl_easy_pause(f->easy, CURLPAUSE_ALL);
}

bool client_wait(struct client_fetch *f, const char *reason, struct err *err) {
  assert(!f->waiter);
  f->waiter = fiber_self();
  bool ok = fiber_park(reason, err);
  f->waiter = NULL;
  return ok;
}

void client_wake(struct client_fetch *f) {
  if (f->waiter) fiber_wake(f->waiter);
}

static void client_add_header(struct client_fetch *f, struct str name, struct str value) {
  struct http_headers *h = &f->headers;
  if (h->count == f->headers_cap) {
    f->headers_cap = f->headers_cap ? f->headers_cap * 2 : 24;
    struct http_header *more = ARENA_ARRAY(f->arena, f->headers_cap, struct http_header);
    if (h->count) memcpy(more, h->items, h->count * sizeof *more);
    h->items = more;
  }
  h->items[h->count++] = (struct http_header){name, value};
}

static void client_moved(struct client_fetch *f) {
  f->answered = true;
  f->moved_us = clock_mono_us();
}

// Not one of those that another one follows: 100, 103 (RFC 9110 §15.2).
static bool client_is_final(const struct client_fetch *f) {
  long status = 0;
  curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 || status == 101;
}

// One line at a time, of interim and final responses and of trailers.
static size_t client_on_header(char *p, size_t size, size_t n, void *arg) {
  struct client_fetch *f = arg;
  (void)size; // always 1
  if (!f->window) client_moved(f);
  f->header_bytes += n;
  if (f->header_bytes > f->call->limits->header_bytes) return f->failure = CLIENT_HEADERS_LONG, 0;
  struct str line = str_trim(str_make(p, n)), name;
  if (str_starts(line, "HTTP/")) {
    f->headers.count = 0;
    f->headers_done = false;
  } else if (line.n == 0) {
    f->headers_done = true;
    if (f->window && !f->answered && client_is_final(f)) client_moved(f), client_wake(f);
  } else if (!f->headers_done && *p != ' ' && *p != '\t' && str_find(line, ':') > 0) {
    if (f->headers.count == HTTP_HEADERS_MOST) return f->failure = CLIENT_HEADERS_MANY, 0;
    line = redact_text(f->call->hide, arena_dup(f->arena, line), f->arena);
    if (!str_cut(&line, ':', &name)) return n; // hidden with the rest
    client_add_header(f, str_trim(name), str_trim(line));
  }
  return n;
}

static size_t client_on_body(char *p, size_t size, size_t n, void *arg) {
  struct client_fetch *f = arg;
  (void)size; // always 1
  client_moved(f);
  if (n > f->call->limits->body_bytes - f->received) return f->failure = CLIENT_BODY_LONG, 0;
  f->received += n;
  if (f->on_done) return n; // nobody reads it any more
  buf_add(&f->body, str_make(p, n));
  if (f->body.starved) return f->failure = CLIENT_STARVED, 0;
  curl_off_t wire = 0; // lags by up to one receive buffer when the body is chunked
  size_t lag = f->window ? CLIENT_STREAM_BUFFER : CLIENT_BUFFER;
  if (f->received > lag) curl_easy_getinfo(f->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
  if (f->received > CLIENT_EXPANSION_MOST * ((size_t)wire + lag)) return f->failure = CLIENT_BOMB, 0;
  if (!f->window && f->call->came) f->call->came(f->call->came_arg, str_make(p, n));
  if (!f->window) return n;
  if (f->body.n >= f->window) client_hold(f);
  client_wake(f);
  return n;
}

// ---- the connection

// A proxy resolves the host itself: what it is asked for is judged by its name, before. A URL that cannot be
// read goes nowhere.
bool client_choose_way(struct client_fetch *f, struct err *err) {
  if (!proxy_is_used() || f->call->kin) return true;
  CURLU *url = curl_url();
  char *host = NULL;
  bool read = curl_url_set(url, CURLUPART_URL, arena_z(f->arena, f->call->url), CURLU_GUESS_SCHEME) == 0 &&
              curl_url_get(url, CURLUPART_HOST, &host, 0) == 0;
  f->proxy = read ? proxy_of(str_of(host)) : NULL;
  bool allowed = !f->proxy || http_guard_allows_host(f->call->guard, str_of(host), f->blocked);
  if (!allowed) {
    f->failure = CLIENT_BLOCKED;
    metrics_add(METRIC_UPSTREAM_BLOCKED, 1);
  } else if (!read) {
    f->code = CURLE_URL_MALFORMAT;
  }
  curl_free(host);
  curl_url_cleanup(url);
  return (read && allowed) || client_explain(f, err);
}

static void client_set_way(struct client_fetch *f) {
  if (!proxy_is_used()) return;
  const struct proxy *p = f->proxy;
  curl_easy_setopt(f->easy, CURLOPT_PROXY, p ? p->url : "");
  curl_easy_setopt(f->easy, CURLOPT_PROXYUSERNAME, p && p->user ? secret_reveal(p->user).p : NULL);
  curl_easy_setopt(f->easy, CURLOPT_PROXYPASSWORD, p && p->password ? secret_reveal(p->password).p : NULL);
}

// The guard. libcurl tries the host's other addresses after a refusal. Of a proxy the setting is the word.
curl_socket_t client_on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *a) {
  struct client_fetch *f = arg;
  (void)purpose;
  if (!f->proxy && !f->call->kin && !http_guard_allows(f->call->guard, &a->addr)) {
    const void *bytes = &((const struct sockaddr_in *)(const void *)&a->addr)->sin_addr;
    if (a->family == AF_INET6) bytes = &((const struct sockaddr_in6 *)(const void *)&a->addr)->sin6_addr;
    if (!inet_ntop(a->family, bytes, f->blocked, sizeof f->blocked))
      snprintf(f->blocked, sizeof f->blocked, "?");
    f->failure = CLIENT_BLOCKED;
    metrics_add(METRIC_UPSTREAM_BLOCKED, 1);
    return CURL_SOCKET_BAD;
  }
  curl_socket_t fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  f->sockets++;
  if (!f->call->kin) metrics_add(METRIC_UPSTREAM_CONNECTIONS, 1);
  return fd;
}

// libcurl sends a request again where a kept connection turns out closed before any answer. RFC 9110
// §9.2.2 forbids that for what may have taken effect, but for idempotent methods; yet a second DELETE would
// answer 404 for what the first one removed. So only what is safe goes twice, by its method or by its caller's word.
static int client_on_sending(void *arg, char *a, char *b, int c, int d) {
  struct client_fetch *f = arg;
  (void)a, (void)b, (void)c, (void)d;
  const char *method = f->call->method;
  bool repeatable = f->call->harmless || strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
                    strcmp(method, "OPTIONS") == 0;
  if (f->call->sent) *f->call->sent = true;
  if (f->sendings++ == 0 || repeatable) return CURL_PREREQFUNC_OK;
  f->failure = CLIENT_REPLAY;
  return CURL_PREREQFUNC_ABORT;
}

// ---- the request

struct str fetch_origin(struct str url) {
  ptrdiff_t scheme = str_find(url, ':');
  size_t at = scheme > 0 && str_starts(str_from(url, (size_t)scheme), "://") ? (size_t)scheme + 3 : 0;
  while (at < url.n && !strchr("/?#", url.p[at])) at++;
  return str_make(url.p, at);
}

struct payer *client_payer(const struct fetch_call *call) {
  return budget_payer(BUDGET_UPSTREAM, call->holder.n ? call->holder : fetch_origin(call->url));
}

void client_set_constants(CURL *easy, long buffer) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); // libcurl keeps the parsed authorities only without one
  if (client_extra_ca) curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, client_on_tls);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");   // not even from the environment; but see client_set_way
  curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); // nor this
  curl_easy_setopt(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);         // the answer is the vendor's alone
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); // the request's are not for CONNECT
  curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // to cancel never waits for a name server
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, (long)CLIENT_DNS_SECONDS);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); // all that libcurl can undo
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, buffer);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "Postern");
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, client_on_header);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, client_on_body);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, client_on_open);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, client_on_sending);
}

// Framing and the connection are libcurl's business; a caller's word on them could smuggle a second request. The first is
// allowed to another node, which is told whom the client meant.
static const char *const client_reserved[] = {
    "host", "content-length", "transfer-encoding", "connection",       "keep-alive",         "expect",
    "te",   "trailer",        "upgrade",           "proxy-connection", "proxy-authorization"};

static void client_init(void) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool client_check(const struct fetch_call *call, struct err *err) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, client_init);
  const struct http_headers *h = &call->headers;
  if (!codec_is_token(str_of(call->method)))
    return err_set(err, ERR_INVALID, "\"%s\" is no HTTP method", call->method);
  for (size_t i = 0; i < call->url.n; i++)
    if ((unsigned char)call->url.p[i] <= ' ' || call->url.p[i] == 0x7f)
      return err_set(err, ERR_INVALID, "the URL holds a space or a control character; percent-encode it");
  for (size_t i = 0; i < h->count; i++) {
    if (!codec_is_token(h->items[i].name))
      return err_set(err, ERR_INVALID, "a request header's name is not a token");
    if (!codec_is_field_value(h->items[i].value))
      return err_set(err, ERR_INVALID, "the request header %.*s holds a control character",
                     STR_ARG(h->items[i].name));
    for (size_t k = call->kin ? 1 : 0; k < sizeof client_reserved / sizeof *client_reserved; k++)
      if (str_is_nocase(h->items[i].name, client_reserved[k]))
        return err_set(err, ERR_INVALID, "the request header %s is set by the HTTP client alone",
                       client_reserved[k]);
  }
  return true;
}

// "Name: value", or "Name;", which is libcurl's way to send an empty value.
static char *client_header_line(struct arena *a, const struct http_header *h) {
  char *line = arena_alloc(a, h->name.n + 2 + h->value.n + 1);
  memcpy(line, h->name.p, h->name.n);
  if (h->value.n == 0) {
    line[h->name.n] = ';';
    return line;
  }
  memcpy(line + h->name.n, ": ", 2);
  memcpy(line + h->name.n + 2, h->value.p, h->value.n);
  return line;
}

// libcurl only reads the list, so its nodes may live in the arena.
static struct curl_slist *client_slist(struct client_fetch *f, char *line, struct curl_slist *next) {
  struct curl_slist *node = ARENA_NEW(f->arena, struct curl_slist);
  node->data = line;
  node->next = next;
  return node;
}

static struct curl_slist *client_request_headers(struct client_fetch *f) {
  static char no_expect[] = "Expect:", no_type[] = "Content-Type:"; // without a value: not sent
  const struct http_headers *h = &f->call->headers;
  struct curl_slist *list = client_slist(f, no_expect, NULL);
  if (http_header_count(h, "content-type") == 0) list = client_slist(f, no_type, list);
  for (size_t i = h->count; i-- > 0;)
    list = client_slist(f, client_header_line(f->arena, &h->items[i]), list);
  return list;
}

static void client_set_method(struct client_fetch *f) {
  const struct fetch_call *call = f->call;
  const char *method = call->method;
  bool expects_body =
      strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
  curl_easy_setopt(f->easy, CURLOPT_HTTPGET, 1L); // undoes what the request before has set
  if (call->has_body || expects_body) {
    curl_easy_setopt(f->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(call->has_body ? call->body.n : 0));
    curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, call->has_body && call->body.p ? call->body.p : "");
  } else if (strcmp(method, "HEAD") == 0) {
    curl_easy_setopt(f->easy, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(f->easy, CURLOPT_CUSTOMREQUEST, strcmp(method, "HEAD") == 0 ? NULL : method);
}

// No certificate comes, so libcurl must not look for one: kin_client sees to it that none would do.
static void client_set_kin(struct client_fetch *f) {
  if (!f->call->kin) return;
  curl_easy_setopt(f->easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(f->easy, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(f->easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  curl_easy_setopt(f->easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(f->easy, CURLOPT_SSL_CTX_FUNCTION, client_on_kin);
  curl_easy_setopt(f->easy, CURLOPT_SSL_CTX_DATA, f->call->kin);
}

void client_begin(struct client_fetch *f) {
  client_set_method(f);
  client_set_way(f);
  client_set_kin(f);
  curl_easy_setopt(f->easy, CURLOPT_URL, arena_z(f->arena, f->call->url));
  curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, client_request_headers(f));
  curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)f->call->limits->connect_ms);
  curl_easy_setopt(f->easy, CURLOPT_ERRORBUFFER, f->text);
  curl_easy_setopt(f->easy, CURLOPT_PRIVATE, f);
  curl_easy_setopt(f->easy, CURLOPT_HEADERDATA, f);
  curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
  curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETDATA, f);
  curl_easy_setopt(f->easy, CURLOPT_PREREQDATA, f);
}

// A handle goes from one call to the next with its settings, its buffers and whatever libcurl noted of the
// call before. Settings are set anew (client_begin); of the notes some are never cleared, not even by
// curl_easy_reset: the errno of the last connection that failed makes of a later refusal a timeout. So only a
// call that went well, with no connection that failed on the way, leaves its handle to another one; and one that looks for
// no certificate never does.
bool client_is_clean(const struct client_fetch *f) {
  long os = 0;
  if (f->call->kin) return false;
  curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &os);
  return f->done && f->code == CURLE_OK && f->failure == CLIENT_FINE && os == 0;
}

// A proxy's own word where it stands between: it answers what a tunnel does not hide.
bool client_status(struct client_fetch *f, int *status, struct err *err) {
  long code = 0;
  char *scheme = NULL;
  curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &code);
  curl_easy_getinfo(f->easy, CURLINFO_SCHEME, &scheme);
  *status = (int)code;
  bool refused = f->proxy && code == CLIENT_PROXY_ASKS && scheme && str_is_nocase(str_of(scheme), "http");
  return !refused || client_explain_proxy(f, code, err);
}

bool client_succeeded(struct client_fetch *f, struct err *err) {
  bool elsewhere = f->sockets > 0 && f->code != CURLE_COULDNT_CONNECT;
  if (f->failure == CLIENT_BLOCKED && elsewhere)
    f->failure = CLIENT_FINE; // another address was tried, or reached
  return (f->code == CURLE_OK && f->failure == CLIENT_FINE) || client_explain(f, err);
}
