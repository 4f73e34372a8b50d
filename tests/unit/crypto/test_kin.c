// SPDX-License-Identifier: Apache-2.0
// A client and a server without sockets: what one side puts on the wire is handed to the other, or held back, changed,
// or played again.
#include "../support/check.h"

#include <openssl/ssl.h>

#include "crypto/kin.h"
#include "crypto/tls.h"

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

struct pair {
  struct seal_ring *here, *there; // of the client, of the server
  struct tls_context *context;
  struct tls_session *server;
  SSL_CTX *ssl;
  SSL *client;
  struct buf sent; // all that the client has put on the wire
  enum tls_status status;
};

static struct seal_ring *ring_of(const char *text) {
  struct seal_ring *r = NULL;
  struct err err;
  if (!seal_ring_from_text(str_of(text), &r, &err)) fail_msg("%s", err.text);
  return r;
}

static struct pair pair_of(const char *here, const char *there, const char *to, const char *self) {
  struct pair p = {.here = ring_of(here), .there = ring_of(there), .sent = BUF_MAX(1 << 20)};
  struct err err;
  if (!kin_server_new(p.there, str_of(self), &p.context, &err)) fail_msg("%s", err.text);
  p.server = tls_session_new(p.context);
  p.ssl = SSL_CTX_new(TLS_client_method());
  struct kin_way way = {p.here, STR("node_a"), str_of(to)};
  assert_true(kin_client(p.ssl, &way));
  p.client = SSL_new(p.ssl);
  SSL_set_bio(p.client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(p.client);
  return p;
}

static void pair_free(struct pair *p) {
  SSL_free(p->client);
  SSL_CTX_free(p->ssl);
  tls_session_free(p->server);
  tls_context_free(p->context);
  seal_ring_free(p->here);
  seal_ring_free(p->there);
  buf_free(&p->sent);
}

// What the client has to say goes to the server.
static void pair_say(struct pair *p) {
  char bytes[4096];
  for (int n; (n = BIO_read(SSL_get_wbio(p->client), bytes, sizeof bytes)) > 0;) {
    buf_add(&p->sent, str_make(bytes, (size_t)n));
    tls_feed(p->server, str_make(bytes, (size_t)n));
  }
}

// And the other way. How many bytes.
static size_t pair_hear(struct pair *p) {
  struct buf wire = BUF_MAX(1 << 20);
  tls_take(p->server, &wire);
  size_t n = wire.n;
  if (n) BIO_write(SSL_get_rbio(p->client), wire.p, (int)n);
  buf_free(&wire);
  return n;
}

// As far as it goes: what the server has read.
static struct str pair_run(struct pair *p, const char *text, char *got, size_t size) {
  size_t n = 0;
  bool told = false;
  for (int i = 0; i < 6; i++) {
    if (SSL_do_handshake(p->client) == 1 && !told)
      told = SSL_write(p->client, text, (int)strlen(text)) == (int)strlen(text);
    pair_say(p);
    p->status = tls_read(p->server, got, size, &n);
    pair_hear(p);
    if (p->status == TLS_OK) return str_make(got, n);
    if (p->status == TLS_FAILED) break;
  }
  return STR_NONE;
}

static bool reaches(const char *here, const char *there, const char *to, const char *self) {
  char got[64];
  struct pair p = pair_of(here, there, to, self);
  struct str heard = pair_run(&p, "hello", got, sizeof got);
  bool ok = str_is(heard, "hello");
  if (ok) assert_int_equal(SSL_session_reused(p.client), 1); // by the key, not by a certificate
  pair_free(&p);
  return ok;
}

static void test_reaches_who_has_the_key(void **state) {
  (void)state;
  assert_true(reaches("a " KEY_A, "a " KEY_A, "node_b", "node_b"));
  assert_true(reaches("a " KEY_A, "a " KEY_A "\nb " KEY_B, "node_b", "node_b")); // a rotation under way
  assert_false(reaches("a " KEY_A, "a " KEY_B, "node_b", "node_b"));             // another key of that name
  assert_false(reaches("b " KEY_B, "a " KEY_A, "node_b", "node_b"));             // a key it does not have
}

static void test_reaches_whom_it_means(void **state) {
  (void)state;
  assert_false(reaches("a " KEY_A, "a " KEY_A, "node_b", "node_c"));
  assert_false(reaches("a " KEY_A, "a " KEY_A, "node_b", "node_a"));
}

static void test_ids(void **state) {
  (void)state;
  struct seal_ring *r = ring_of("a " KEY_A);
  struct tls_context *c;
  struct err err;
  assert_false(kin_server_new(r, STR(""), &c, &err));
  assert_false(kin_server_new(r, STR("node b"), &c, &err));
  SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());
  assert_false(kin_client(ssl, &(struct kin_way){r, STR("node_a"), STR("node b")}));
  SSL_CTX_free(ssl);
  seal_ring_free(r);
}

// What was recorded reaches a fresh connection of the same server: the handshake does not come to its end.
static void test_nothing_is_played_again(void **state) {
  (void)state;
  char got[64];
  size_t n;
  struct pair p = pair_of("a " KEY_A, "a " KEY_A, "node_b", "node_b");
  assert_true(str_is(pair_run(&p, "DELETE all", got, sizeof got), "DELETE all"));
  struct tls_session *again = tls_session_new(p.context);
  tls_feed(again, buf_str(&p.sent));
  assert_int_equal(tls_read(again, got, sizeof got, &n), TLS_FAILED);
  tls_session_free(again);
  pair_free(&p);
}

// What a node says comes back to itself, as if the other had said it: its own secret is for the other direction.
static void test_nothing_is_reflected(void **state) {
  (void)state;
  char got[64];
  size_t n;
  struct pair p = pair_of("a " KEY_A, "a " KEY_A, "node_b", "node_b"), own;
  SSL_do_handshake(p.client);
  pair_say(&p);
  own = pair_of("a " KEY_A, "a " KEY_A, "node_b", "node_a"); // the server of who is speaking
  tls_feed(own.server, buf_str(&p.sent));
  assert_int_equal(tls_read(own.server, got, sizeof got, &n), TLS_FAILED);
  pair_free(&own);
  pair_free(&p);
}

static void test_changed_bytes(void **state) {
  (void)state;
  char got[64];
  struct pair p = pair_of("a " KEY_A, "a " KEY_A, "node_b", "node_b");
  assert_true(str_is(pair_run(&p, "one", got, sizeof got), "one"));
  size_t n, start = p.sent.n;
  SSL_write(p.client, "two", 3);
  char bytes[256];
  int wire = BIO_read(SSL_get_wbio(p.client), bytes, sizeof bytes);
  assert_true(wire > 0);
  bytes[wire - 1] ^= 1;
  tls_feed(p.server, str_make(bytes, (size_t)wire));
  assert_int_equal(tls_read(p.server, got, sizeof got, &n), TLS_FAILED);
  assert_true(start == p.sent.n);
  pair_free(&p);
}

// Half a record is no bytes at all; and an end that was not said is no end: HTTP's framing has the last word.
static void test_cut_off(void **state) {
  (void)state;
  char got[64], bytes[256];
  size_t n;
  struct pair p = pair_of("a " KEY_A, "a " KEY_A, "node_b", "node_b");
  assert_true(str_is(pair_run(&p, "one", got, sizeof got), "one"));
  SSL_write(p.client, "two", 3);
  int wire = BIO_read(SSL_get_wbio(p.client), bytes, sizeof bytes);
  tls_feed(p.server, str_make(bytes, (size_t)wire - 1));
  assert_int_equal(tls_read(p.server, got, sizeof got, &n), TLS_AGAIN);
  pair_free(&p);
}

// A server with a certificate that everybody trusts, in the place of the node: never good enough.
static void test_no_certificate_is_good_enough(void **state) {
  (void)state;
  struct pair p = pair_of("a " KEY_A, "a " KEY_A, "node_b", "node_b");
  SSL_CTX *other = SSL_CTX_new(TLS_server_method());
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
  X509 *x = X509_new();
  X509_set_version(x, 2);
  X509_gmtime_adj(X509_getm_notBefore(x), -60);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_set_pubkey(x, key);
  assert_true(X509_sign(x, key, EVP_sha256()) > 0);
  assert_int_equal(SSL_CTX_use_certificate(other, x), 1);
  assert_int_equal(SSL_CTX_use_PrivateKey(other, key), 1);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(p.ssl), x);
  tls_session_free(p.server);
  tls_context_free(p.context);
  p.context = tls_context_take(other);
  p.server = tls_session_new(p.context);
  char got[64];
  assert_false(str_is(pair_run(&p, "hello", got, sizeof got), "hello"));
  assert_int_equal(SSL_is_init_finished(p.client), 0);
  X509_free(x);
  EVP_PKEY_free(key);
  pair_free(&p);
}

static void test_strangers(void **state) {
  (void)state;
  static const char *const said[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01\xff\xff",
                                     "SSH-2.0-x\r\n"};
  char got[64];
  size_t n;
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    struct pair p = pair_of("a " KEY_A, "a " KEY_A, "node_b", "node_b");
    tls_feed(p.server, str_of(said[i]));
    enum tls_status status = tls_read(p.server, got, sizeof got, &n);
    assert_true(status == TLS_FAILED || status == TLS_AGAIN);
    assert_true(pair_hear(&p) <= 16); // at most an alert
    pair_free(&p);
  }
}

static void test_identities(void **state) {
  (void)state;
  struct kin_identity who;
  assert_true(kin_identity_read(STR("postern/1 k1 node_a node_b"), &who));
  assert_true(str_is(who.key_id, "k1") && str_is(who.from, "node_a") && str_is(who.to, "node_b"));
  static const char *const bad[] = {
      "",
      "postern/1",
      "postern/2 k1 node_a node_b",
      "postern/1 k1 node_a",
      "postern/1  node_a node_b",
      "postern/1 k1 node_a node_b ",
      "postern/1 k1 Node node_b",
      "postern/1 k1 node_a node_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (kin_identity_read(str_of(bad[i]), &who)) fail_msg("%s", bad[i]);
  assert_false(kin_identity_read(str_make("postern/1 k1 node_a node\0b", 26), &who));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reaches_who_has_the_key),
      cmocka_unit_test(test_reaches_whom_it_means),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_nothing_is_played_again),
      cmocka_unit_test(test_nothing_is_reflected),
      cmocka_unit_test(test_changed_bytes),
      cmocka_unit_test(test_cut_off),
      cmocka_unit_test(test_no_certificate_is_good_enough),
      cmocka_unit_test(test_strangers),
      cmocka_unit_test(test_identities),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
