// SPDX-License-Identifier: Apache-2.0
// origin_fixture: a tiny server of raw sockets, for the tests of the client. The path of a request chooses
// how it behaves: "/ok", "/slow", "/bomb"… Its threads end when the last client has gone. Example:
//   cmocka_unit_test_setup_teardown(test, origin_start, origin_stop)   // origin.port is where it listens
#ifndef POSTERN_TESTS_UNIT_HTTP_ORIGIN_FIXTURE_H
#define POSTERN_TESTS_UNIT_HTTP_ORIGIN_FIXTURE_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "fetch/client.h"

// Limits that nothing here meets by being slow.
static const struct fetch_limits relaxed = {.connect_ms = 30000,
                                            .first_byte_ms = 60000,
                                            .total_ms = 120000,
                                            .stall_ms = 60000,
                                            .body_bytes = 1 << 20,
                                            .header_bytes = 16384};

enum { ORIGIN_MOST = 64 };

static struct origin {
  int listener;
  uint16_t port;
  pthread_t thread, workers[ORIGIN_MOST];
  atomic_int connections, requests, closed_early; // closed_early: the client left in the middle of an answer
  atomic_size_t flooded;                          // bytes that "/flood" has got rid of
} origin;

static void say(int fd, const char *text) {
  (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void say_body(int fd, const char *body) {
  char head[160];
  snprintf(head, sizeof head,
           "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nX-Test:  spaced \r\nX-Empty:\r\n\r\n", strlen(body));
  say(fd, head);
  say(fd, body);
}

static void wait_for_close(int fd) {
  char byte;
  if (recv(fd, &byte, 1, 0) <= 0) atomic_fetch_add(&origin.closed_early, 1);
}

// The start of a gzip stream in which every zero byte that follows means 4 × 258 more zero bytes.
static const unsigned char bomb_start[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                                           0x03, 0xed, 0xc1, 0x01, 0x0d, 0x00, 0x00, 0x00, 0xc2,
                                           0xa0, 0xf7, 0x4f, 0x6d, 0x0f, 0x07, 0x14};

static void say_bomb(int fd) {
  say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
  (void)!send(fd, bomb_start, sizeof bomb_start, MSG_NOSIGNAL);
  static const char zeros[4096];
  while (send(fd, zeros, sizeof zeros, MSG_NOSIGNAL) > 0) continue;
}

static void say_headers(int fd, int count, size_t length) {
  say(fd, "HTTP/1.1 200 OK\r\n");
  char line[600] = "X-Long: ";
  memset(line + 8, 'a', length);
  strcpy(line + 8 + length, "\r\n");
  for (int i = 0; i < count; i++) say(fd, line);
  say(fd, "Content-Length: 2\r\n\r\nok");
}

#define CHUNKED "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

static void say_ticks(int fd, int count, useconds_t pause_us) {
  say(fd, CHUNKED);
  for (int i = 0; i < count; i++) {
    usleep(pause_us);
    if (send(fd, "6\r\n: hi\n\n\r\n", 11, MSG_NOSIGNAL) < 0) return;
  }
  say(fd, "0\r\n\r\n");
}

enum { FLOOD = 64 << 20 };

static void say_flood(int fd) {
  char block[16 * 1024];
  char head[80];
  snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", FLOOD);
  say(fd, head);
  for (size_t sent = 0; sent < FLOOD;) {
    for (size_t i = 0; i < sizeof block; i++) block[i] = (char)((sent + i) % 251);
    ssize_t n = send(fd, block, sizeof block, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += (size_t)n;
    atomic_fetch_add(&origin.flooded, (size_t)n);
  }
}

static void drip_head(int fd) {
  say(fd, "HTTP/1.1 200 OK\r\n");
  while (send(fd, "A: b\r\n", 6, MSG_NOSIGNAL) > 0) usleep(5000);
}

static bool answer_slowly(int fd, const char *path) {
#define IS(p) (strncmp(path, p " ", sizeof(p)) == 0)
  if (IS("/ticks")) return say_ticks(fd, 5, 5000), true;
  if (IS("/beat")) return say_ticks(fd, 100000, 20000), false;
  if (IS("/flood")) return say_flood(fd), true;
  if (IS("/drip-head")) return drip_head(fd), false;
  if (IS("/idle")) return say(fd, CHUNKED), wait_for_close(fd), false;
  if (IS("/event")) return say(fd, CHUNKED "3\r\nhey\r\n"), wait_for_close(fd), false;
  if (IS("/event-late-end"))
    return say(fd, CHUNKED "3\r\nhey\r\n"), usleep(20000), say(fd, "0\r\n\r\n"), true;
  if (IS("/event-cut")) return say(fd, CHUNKED "3\r\nhey\r\n"), false;
  return false;
#undef IS
}

// As by a server whose time for an idle connection ended when the request came: RST in place of FIN.
static void reset(int fd) {
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
}

// Returns false where the connection ends.
static bool answer(int fd, const char *request, int nth) {
  const char *path = strchr(request, ' ') + 1;
#define IS(p) (strncmp(path, p " ", sizeof(p)) == 0)
  if (IS("/echo")) return say_body(fd, request), true;
  if (IS("/ok")) return say_body(fd, "hello"), true;
  if (IS("/keeps-1s"))
    return say(fd, "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 4\r\n\r\nkept"), true;
  if (IS("/head")) return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"), true;
  if (IS("/redirect"))
    return say(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n"), true;
  if (IS("/interim"))
    return say(fd, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not "
                   "Found\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\nabc\r\n0\r\nX-Trailer: t\r\n\r\n"),
           true;
  if (IS("/headers-long")) return say_headers(fd, 50, 500), true;
  if (IS("/headers-many")) return say_headers(fd, HTTP_HEADERS_MOST, 10), true;
  if (IS("/once") && nth == 0)
    return say_body(fd, "first"), true; // a second request on the connection is dropped
  if (IS("/once-anew")) return nth == 0 ? (say_body(fd, "fresh"), true) : false;
  if (IS("/reset")) return nth == 0 ? (say_body(fd, "first"), true) : (reset(fd), false);
  if (IS("/nonsense")) return say(fd, "SSH-2.0-OpenSSH_9.2\r\n"), false;
  if (IS("/bomb")) return say_bomb(fd), false;
  if (IS("/cut")) return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes."), false;
  if (IS("/slow")) return wait_for_close(fd), false;
  if (IS("/stall"))
    return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes."), wait_for_close(fd), false;
  if (IS("/drip")) {
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (send(fd, "x", 1, MSG_NOSIGNAL) > 0) usleep(5000);
    return false;
  }
  if (IS("/endless")) {
    say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (send(fd, "10\r\n0123456789abcdef\r\n", 22, MSG_NOSIGNAL) > 0) continue;
    return false;
  }
  return answer_slowly(fd, path);
#undef IS
}

static bool read_request(int fd, char *request, size_t size) {
  size_t n = 0, want = SIZE_MAX;
  while (n < want) {
    ssize_t got = recv(fd, request + n, size - 1 - n, 0);
    if (got <= 0) return false;
    n += (size_t)got;
    request[n] = 0;
    if (request[0] == 0x16) return say(fd, "no TLS here\r\n"), false; // a TLS handshake record
    char *end = strstr(request, "\r\n\r\n"), *length = strcasestr(request, "\r\ncontent-length:");
    if (end)
      want = (size_t)(end + 4 - request) + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
  }
  return true;
}

static SSL_CTX *tls; // where set, the origin speaks TLS to those who begin it

// Makes a self-signed certificate for 127.0.0.1, as PEM in `path`.
static inline void origin_speak_tls(const char *path) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *x = X509_new();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_set_pubkey(x, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"test", -1,
                             -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(x, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(x, key, EVP_sha256());
  FILE *file = fopen(path, "w");
  PEM_write_X509(file, x);
  fclose(file);
  tls = SSL_CTX_new(TLS_server_method());
  if (!SSL_CTX_use_certificate(tls, x) || !SSL_CTX_use_PrivateKey(tls, key)) abort();
  X509_free(x);
  EVP_PKEY_free(key);
}

static void flood_tls(SSL *ssl) {
  static char block[16 * 1024];
  char head[80];
  snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", FLOOD);
  SSL_write(ssl, head, (int)strlen(head));
  for (size_t sent = 0; sent < FLOOD; sent += sizeof block) {
    if (SSL_write(ssl, block, sizeof block) <= 0) return;
    atomic_fetch_add(&origin.flooded, sizeof block);
  }
}

static void serve_tls(int fd) {
  char request[4096];
  SSL *ssl = SSL_new(tls);
  SSL_set_fd(ssl, fd);
  bool asked = SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0;
  if (asked && strncmp(request, "GET /flood ", 11) == 0) {
    flood_tls(ssl);
  } else if (asked) {
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret";
    SSL_write(ssl, reply, sizeof reply - 1);
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
}

static void *serve(void *arg) {
  int fd = (int)(intptr_t)arg, on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char request[4096];
  if (tls && recv(fd, request, 1, MSG_PEEK) == 1 && request[0] == 0x16) serve_tls(fd);
  for (int nth = 0; read_request(fd, request, sizeof request); nth++) {
    atomic_fetch_add(&origin.requests, 1);
    if (!answer(fd, request, nth)) break;
  }
  close(fd);
  return NULL;
}

static void *accept_all(void *arg) {
  (void)arg;
  for (int fd; (fd = accept(origin.listener, NULL, NULL)) >= 0;) {
    int n = atomic_fetch_add(&origin.connections, 1);
    if (n >= ORIGIN_MOST) abort();
    pthread_create(&origin.workers[n], NULL, serve, (void *)(intptr_t)fd);
  }
  return NULL;
}

static int origin_start(void **state) {
  (void)state;
  memset(&origin, 0, sizeof origin);
  origin.listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t n = sizeof a;
  if (bind(origin.listener, (struct sockaddr *)&a, n) || listen(origin.listener, 16)) return -1;
  getsockname(origin.listener, (struct sockaddr *)&a, &n);
  origin.port = ntohs(a.sin_port);
  return pthread_create(&origin.thread, NULL, accept_all, NULL);
}

// All clients have gone: so the workers end by themselves.
static int origin_stop(void **state) {
  (void)state;
  shutdown(origin.listener, SHUT_RDWR);
  pthread_join(origin.thread, NULL);
  close(origin.listener);
  for (int i = 0; i < atomic_load(&origin.connections); i++) pthread_join(origin.workers[i], NULL);
  SSL_CTX_free(tls);
  tls = NULL;
  return 0;
}

#endif
