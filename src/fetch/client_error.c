// SPDX-License-Identifier: Apache-2.0
// Words for what went wrong with a fetch: the host, never the URL, whose query may hold secrets.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fetch/client_private.h"

enum { CLIENT_HOST = 280 }; // a name of 253 bytes, a port

// "api.example.com:443"; of which the first *host_length bytes are the host.
static void client_host(struct client_fetch *f, char out[CLIENT_HOST], int *host_length) {
  CURLU *url = curl_url();
  char *host = NULL, *port = NULL;
  curl_url_set(url, CURLUPART_URL, arena_z(f->arena, f->call->url), 0);
  curl_url_get(url, CURLUPART_HOST, &host, 0);
  curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
  snprintf(out, CLIENT_HOST, "%.253s:%.8s", host ? host : "the server", port ? port : "?");
  *host_length = host ? (int)strnlen(host, 253) : (int)strlen("the server");
  curl_free(host);
  curl_free(port);
  curl_url_cleanup(url);
}

static const char *client_seconds(uint64_t ms, char out[32]) {
  if (ms % 1000)
    snprintf(out, 32, "%llu ms", (unsigned long long)ms);
  else
    snprintf(out, 32, "%llu s", (unsigned long long)(ms / 1000));
  return out;
}

static void client_explain_failure(struct client_fetch *f, const char *host, struct err *err) {
  const struct fetch_limits *limits = f->call->limits;
  char time[32];
  switch (f->failure) {
  case CLIENT_FINE:
    break;
  case CLIENT_BLOCKED:
    if (!f->blocked[0]) {
      err_why(err, ERR_DENIED, WHY_GUARDED, "%s is neither a name nor an address in its plain form", host);
      break;
    }
    err_why(err, ERR_DENIED, WHY_GUARDED,
            "the address %s of %s is private or reserved, and not allowed for outbound requests", f->blocked,
            host);
    err_hint(err, "if it is meant to be reached, add %s/%d to the setting upstream_allow", f->blocked,
             strchr(f->blocked, ':') ? 128 : 32);
    break;
  case CLIENT_HEADERS_LONG:
    err_set(err, ERR_LIMIT, "the headers of the answer of %s pass the limit of %zu bytes", host,
            limits->header_bytes);
    break;
  case CLIENT_HEADERS_MANY:
    err_set(err, ERR_LIMIT, "the answer of %s has more than %d headers", host, HTTP_HEADERS_MOST);
    break;
  case CLIENT_BODY_LONG:
    err_set(err, ERR_LIMIT, "the answer of %s passes the limit of %zu bytes", host, limits->body_bytes);
    err_hint(err, "ask for less: a smaller page, fewer fields, a narrower filter");
    break;
  case CLIENT_BOMB:
    err_set(err, ERR_LIMIT, "the compressed answer of %s expands to more than %d times its size", host,
            CLIENT_EXPANSION_MOST);
    break;
  case CLIENT_STARVED:
    payer_explain(f->body.payer, err);
    break;
  case CLIENT_SILENT:
    err_set(err, ERR_TIMEOUT, "%s answered nothing within %s", host,
            client_seconds(limits->first_byte_ms, time));
    break;
  case CLIENT_STALLED:
    err_set(err, ERR_TIMEOUT, "the answer of %s stopped: no byte for %s", host,
            client_seconds(limits->stall_ms, time));
    break;
  case CLIENT_OVERTIME:
    err_set(err, ERR_TIMEOUT, "the answer of %s was not complete within %s", host,
            client_seconds(limits->total_ms, time));
    break;
  case CLIENT_REPLAY:
    err_set(err, ERR_UPSTREAM, "%s closed the connection before it answered", host);
    err_hint(err, "the request may or may not have taken effect; look before you send it again");
    break;
  case CLIENT_ABORTED:
    err_set(err, ERR_UNAVAILABLE, "the request to %s was given up", host);
    break;
  case CLIENT_STOPPED:
    err_set(err, ERR_CANCELED, "the program is stopping (while reading from %s)", host);
    break;
  }
}

// A transfer takes a socket, a resolver files, TLS the authorities' file; libcurl tells of each in another
// way, as if the vendor had failed. Whether a file can be opened tells more.
static bool client_lacks_descriptors(void) {
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == EMFILE || errno == ENFILE;
  close(fd);
  return false;
}

static void client_explain_connect(struct client_fetch *f, const char *host, struct err *err) {
  long os = 0;
  curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &os);
  if (os == ECONNREFUSED)
    err_set(err, ERR_UPSTREAM, "connection refused by %s", host);
  else if (os)
    err_set(err, ERR_UPSTREAM, "no connection to %s: %s", host, strerrordesc_np((int)os));
  else
    err_set(err, ERR_UPSTREAM, "no connection to %s", host);
}

static void client_explain_code(struct client_fetch *f, const char *host, int n, struct err *err) {
  const char *why = f->text[0] ? f->text : curl_easy_strerror(f->code);
  char time[32];
  bool sent = f->sendings > 0; // then the scheme was fine: libcurl means an answer without a status line
  switch (f->code == CURLE_UNSUPPORTED_PROTOCOL && sent ? CURLE_WEIRD_SERVER_REPLY : f->code) {
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_LOGIN_DENIED: // a name and password in the URL
    err_set(err, ERR_INVALID, "the address to call is no http or https URL of the form https://host/path");
    break;
  case CURLE_COULDNT_RESOLVE_HOST:
    err_set(err, ERR_UPSTREAM, "the name %.*s does not resolve", n, host);
    break;
  case CURLE_COULDNT_RESOLVE_PROXY:
    err_set(err, ERR_UPSTREAM, "the name of %s does not resolve", host);
    break;
  case CURLE_COULDNT_CONNECT:
    client_explain_connect(f, host, err);
    break;
  case CURLE_OPERATION_TIMEDOUT:
    err_set(err, ERR_TIMEOUT, "no connection to %s within %s", host,
            client_seconds(f->call->limits->connect_ms, time));
    break;
  case CURLE_PEER_FAILED_VERIFICATION:
    err_why(err, ERR_UPSTREAM, WHY_CERTIFICATE, "TLS certificate of %.*s: %s", n, host, why);
    err_hint(err, "mend it at the server, or name the file of its authority with the setting upstream_ca");
    break;
  case CURLE_SSL_CONNECT_ERROR:
    err_set(err, ERR_UPSTREAM, "TLS with %s failed: %s", host, why);
    break;
  case CURLE_GOT_NOTHING:
    err_set(err, ERR_UPSTREAM, "%s closed the connection without an answer", host);
    break;
  case CURLE_PARTIAL_FILE:
    err_set(err, ERR_UPSTREAM, "%s closed the connection in the middle of its answer", host);
    break;
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
    err_set(err, ERR_UPSTREAM, "the connection to %s broke: %s", host, why);
    break;
  case CURLE_BAD_CONTENT_ENCODING:
    err_set(err, ERR_UPSTREAM, "the answer of %s cannot be decompressed", host);
    break;
  case CURLE_OUT_OF_MEMORY: // libcurl's word for a header line beyond its own maximum
#if LIBCURL_VERSION_NUM >= 0x080600
  case CURLE_TOO_LARGE:
#endif
    if (f->received) // or for what it had to set aside while paused
      err_set(err, ERR_LIMIT, "the compressed answer of %s expands too far", host);
    else
      err_set(err, ERR_LIMIT, "the headers of the answer of %s are too long", host);
    break;
  default:
    err_set(err, ERR_UPSTREAM, "%s answered with bad HTTP: %s", host, why);
    break;
  }
}

// ---- the proxy's part

// In words that call/trouble does not take for the vendor's.
bool client_explain_proxy(struct client_fetch *f, long status, struct err *err) {
  char host[CLIENT_HOST];
  const char *proxy = f->proxy->name;
  int n;
  client_host(f, host, &n);
  if (status == CLIENT_PROXY_ASKS) {
    err_set(err, ERR_UPSTREAM, "the proxy %s %s (%ld, on the way to %s)", proxy,
            f->proxy->user ? "does not take Postern's user and password" : "asks for a user and password",
            status, host);
    err_hint(err, "put them, as user:password, into the file that upstream_proxy_credentials names");
  } else if (status < 500) {
    err_set(err, ERR_UPSTREAM, "the proxy %s refuses to connect to %s (%ld)", proxy, host, status);
    err_hint(err, "whoever runs the proxy can let it through; or name the host in upstream_no_proxy");
  } else {
    err_set(err, ERR_UPSTREAM, "the proxy %s could not connect to %s (%ld)", proxy, host, status);
    err_hint(err, "look whether the host answers, and whether the proxy reaches it");
  }
  return false;
}

// Until there is a connection to the vendor, what fails is the way there.
static bool client_failed_on_the_way(struct client_fetch *f, long *status) {
  curl_easy_getinfo(f->easy, CURLINFO_HTTP_CONNECTCODE, status);
  return f->proxy && !f->sendings && (*status < 200 || *status >= 300);
}

static void client_explain_way(struct client_fetch *f, long status, struct err *err) {
  char proxy[CLIENT_HOST + 16];
  if (status) {
    client_explain_proxy(f, status, err);
    return;
  }
  int n = snprintf(proxy, sizeof proxy, "the proxy %s", f->proxy->name);
  client_explain_code(f, proxy, n, err);
}

bool client_explain(struct client_fetch *f, struct err *err) {
  char host[CLIENT_HOST];
  long status = 0;
  int n;
  client_host(f, host, &n);
  if (f->failure != CLIENT_FINE) {
    client_explain_failure(f, host, err);
  } else if (!f->sendings && client_lacks_descriptors()) {
    err_set(err, ERR_UNAVAILABLE, "no connection to %s: too many files are open here", host);
    err_hint(err,
             "try again in a moment; the operator raises the limit (LimitNOFILE= of the unit, ulimit -n)");
  } else if (f->code != CURLE_URL_MALFORMAT && client_failed_on_the_way(f, &status)) {
    client_explain_way(f, status, err);
  } else {
    client_explain_code(f, host, n, err);
  }
  redact_err(f->call->hide, err); // libcurl may quote the answer
  return false;
}
