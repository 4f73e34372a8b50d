// SPDX-License-Identifier: Apache-2.0
// TLS through the server, with OpenSSL's own client on the other side; and what is said of bad files.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "../support/temp.h"
#include "base/buf.h"
#include "crypto/tls.h"
#include "http_fixture.h"

static char folder[64];

static const char *in_folder(const char *name) {
  static char paths[4][128];
  static unsigned next;
  char *path = paths[next++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static void make_pair(const char *certificate, const char *key, const char *common_name) {
  EVP_PKEY *pair = EVP_EC_gen("P-256");
  X509 *x = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -60);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_set_pubkey(x, pair);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)common_name,
                             -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  assert_true(X509_sign(x, pair, EVP_sha256()) > 0);
  FILE *file = fopen(in_folder(certificate), "w");
  PEM_write_X509(file, x);
  fclose(file);
  file = fopen(in_folder(key), "w");
  PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL);
  fclose(file);
  chmod(in_folder(key), 0600);
  X509_free(x);
  EVP_PKEY_free(pair);
}

static int make_files(void **state) {
  (void)state;
  temp_make(folder);
  make_pair("a.pem", "a.key", "a");
  make_pair("b.pem", "b.key", "b");
  FILE *file = fopen(in_folder("junk"), "w");
  fputs("junk\n", file);
  fclose(file);
  chmod(in_folder("junk"), 0600);
  return 0;
}

static int remove_files(void **state) {
  (void)state;
  temp_remove(folder);
  return 0;
}

static void echo_body(void *ctx, struct http_exchange *x) {
  const struct http_request *r = http_request_of(x);
  (void)ctx;
  http_reply(x, 200, "text/plain", r->body.n ? r->body : r->secure ? STR("secure") : STR("plain"));
}

struct secured {
  SSL_CTX *ctx;
  SSL *ssl;
  int fd;
};

static bool secured_open(struct secured *c, const struct fixture *f, int version, const char *alpn) {
  *c = (struct secured){.ctx = SSL_CTX_new(TLS_client_method()), .fd = fixture_connect(f)};
  SSL_CTX_set_min_proto_version(c->ctx, version);
  SSL_CTX_set_max_proto_version(c->ctx, version);
  c->ssl = SSL_new(c->ctx);
  if (alpn) SSL_set_alpn_protos(c->ssl, (const unsigned char *)alpn, (unsigned)strlen(alpn));
  SSL_set_fd(c->ssl, c->fd);
  return SSL_connect(c->ssl) == 1;
}

static void secured_close(struct secured *c) {
  SSL_free(c->ssl);
  SSL_CTX_free(c->ctx);
  close(c->fd);
}

static size_t secured_read(struct secured *c, char *out, size_t size, const char *enough) {
  size_t n = 0;
  out[0] = 0;
  for (int got; n + 1 < size && (got = SSL_read(c->ssl, out + n, (int)(size - 1 - n))) > 0;) {
    n += (size_t)got;
    out[n] = 0;
    if (enough && strstr(out, enough)) break;
  }
  return n;
}

static struct tls_context *load(const char *certificate, const char *key) {
  struct tls_context *c;
  struct err err;
  if (!tls_context_new(in_folder(certificate), in_folder(key), &c, &err))
    fail_msg("%s: %s", err.field, err.text);
  return c;
}

static void test_round_trip(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.body_bytes = 4 * 1024 * 1024;
  o.tls = load("a.pem", "a.key");
  struct fixture *f = fixture_start(&o, echo_body);
  const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
  static char body[3 * 1024 * 1024], out[4 * 1024 * 1024];
  for (int i = 0; i < 2; i++) {
    struct secured c;
    assert_true(secured_open(&c, f, versions[i], "\x02h2\x08http/1.1"));
    const unsigned char *chosen;
    unsigned n;
    SSL_get0_alpn_selected(c.ssl, &chosen, &n);
    assert_int_equal(n, 8);
    assert_memory_equal(chosen, "http/1.1", 8);
    static const char get[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int again = 0; again < 3; again++) {
      assert_true(SSL_write(c.ssl, get, sizeof get - 1) > 0);
      secured_read(&c, out, sizeof out, "secure");
      assert_int_equal(status_of(out), 200);
    }
    // A large body there and back.
    memset(body, 'b', sizeof body);
    int head =
        snprintf(out, sizeof out,
                 "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
                 sizeof body);
    assert_true(SSL_write(c.ssl, out, head) > 0);
    assert_int_equal(SSL_write(c.ssl, body, sizeof body), (int)sizeof body);
    size_t got = secured_read(&c, out, sizeof out, NULL);
    assert_true(got > sizeof body);
    assert_memory_equal(strstr(out, "\r\n\r\n") + 4, body, sizeof body);
    assert_int_equal(SSL_get_shutdown(c.ssl) & SSL_RECEIVED_SHUTDOWN,
                     SSL_RECEIVED_SHUTDOWN); // a close_notify came
    secured_close(&c);
  }
  fixture_stop(f);
  tls_context_free(o.tls);
}

static void test_refused_handshakes(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.header_ms = 2000; // a handshake fits in it also on a busy machine
  o.tls = load("a.pem", "a.key");
  struct fixture *f = fixture_start(&o, echo_body);
  struct secured c;
  assert_false(secured_open(&c, f, TLS1_1_VERSION, NULL));
  secured_close(&c);
  assert_false(secured_open(&c, f, TLS1_3_VERSION, "\x02h2"));
  secured_close(&c);
  char out[4096];
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), out, sizeof out); // plain HTTP on a TLS port
  assert_int_equal(status_of(out), 0);
  int fd = fixture_connect(f); // a handshake that never comes
  assert_true(is_closed(fd));
  close(fd);
  assert_true(secured_open(&c, f, TLS1_3_VERSION, NULL)); // no ALPN is fine
  secured_close(&c);
  fixture_stop(f);
  tls_context_free(o.tls);
}

struct reload {
  struct fixture *f;
  struct tls_context *tls;
  bool reloaded;
};

static void do_reload(void *arg) {
  struct reload *r = arg;
  struct err err;
  r->reloaded = http_server_reload(r->f->server, &(struct http_options){.tls = r->tls}, &err);
  sem_post(&r->f->done);
}

static void common_name(const struct secured *c, char *out, int size) {
  X509 *x = SSL_get1_peer_certificate(c->ssl);
  X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, out, size);
  X509_free(x);
}

static void test_reload(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.tls = load("a.pem", "a.key");
  struct fixture *f = fixture_start(&o, echo_body);
  struct secured before, after;
  char name[64], out[4096];
  assert_true(secured_open(&before, f, TLS1_3_VERSION, NULL));
  common_name(&before, name, sizeof name);
  assert_string_equal(name, "a");
  struct reload r = {f, load("b.pem", "b.key")};
  loop_post(f->loop, do_reload, &r);
  assert_true(wait_done(f));
  assert_true(r.reloaded);
  tls_context_free(o.tls);
  assert_true(secured_open(&after, f, TLS1_3_VERSION, NULL));
  common_name(&after, name, sizeof name);
  assert_string_equal(name, "b");
  static const char get[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  assert_true(SSL_write(before.ssl, get, sizeof get - 1) > 0); // the old connection goes on
  secured_read(&before, out, sizeof out, "secure");
  assert_int_equal(status_of(out), 200);
  secured_close(&before);
  secured_close(&after);
  fixture_stop(f);
  tls_context_free(r.tls);
}

static void expect_refusal(const char *certificate, const char *key, const char *at, enum err_code code,
                           const char *why) {
  struct tls_context *c;
  struct err err;
  char cert_path[128], key_path[128];
  snprintf(cert_path, sizeof cert_path, "%s", in_folder(certificate));
  snprintf(key_path, sizeof key_path, "%s", in_folder(key));
  assert_false(tls_context_new(cert_path, key_path, &c, &err));
  if (err.code != code || !strstr(err.text, why) || !strstr(err.field, at))
    fail_msg("%s, %s: %s %s: %s", certificate, key, err_name(err.code), err.field, err.text);
}

static void test_bad_files(void **state) {
  (void)state;
  expect_refusal("none.pem", "a.key", "none.pem", ERR_MISSING, "cannot be opened");
  expect_refusal("a.pem", "none.key", "none.key", ERR_MISSING, "cannot be opened");
  expect_refusal(".", "a.key", "/.", ERR_INVALID, "not a regular file");
  expect_refusal("junk", "a.key", "junk", ERR_INVALID, "no PEM certificate");
  expect_refusal("a.pem", "junk", "junk", ERR_INVALID, "no PEM private key");
  expect_refusal("a.pem", "b.key", "b.key", ERR_INVALID, "does not match");
  chmod(in_folder("a.key"), 0644);
  expect_refusal("a.pem", "a.key", "a.key", ERR_DENIED, "by others");
  chmod(in_folder("a.key"), 0600);
  if (geteuid() == 0) return; // root reads everything
  chmod(in_folder("a.key"), 0000);
  expect_refusal("a.pem", "a.key", "a.key", ERR_DENIED, "not readable");
  chmod(in_folder("a.key"), 0600);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_refused_handshakes),
      cmocka_unit_test(test_reload),
      cmocka_unit_test(test_bad_files),
  };
  return cmocka_run_group_tests(tests, make_files, remove_files);
}
