// SPDX-License-Identifier: Apache-2.0
#include "crypto/kin.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"
#include "crypto/tls.h"

#define KIN_VERSION "postern/1"
#define KIN_CIPHER "TLS_AES_256_GCM_SHA384"
static const unsigned char kin_cipher_id[] = {0x13, 0x02}; // the same, RFC 8446 §B.4

struct kin { // of one context; freed with it
  const struct seal_ring *ring;
  char self[KIN_ID_MOST + 1];           // of a server
  char identity[KIN_IDENTITY_MOST + 1]; // of a client
};

// ---- who somebody says to be

static bool kin_is_id(struct str id) {
  for (size_t i = 0; i < id.n; i++) {
    char c = id.p[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_')) return false;
  }
  return id.n > 0 && id.n <= KIN_ID_MOST;
}

bool kin_identity_read(struct str text, struct kin_identity *out) {
  struct str rest = text, version, key_id, from;
  if (text.n > KIN_IDENTITY_MOST || !str_cut(&rest, ' ', &version) || !str_is(version, KIN_VERSION) ||
      !str_cut(&rest, ' ', &key_id) || key_id.n == 0 || key_id.n > SEAL_KEY_ID_MOST ||
      !str_cut(&rest, ' ', &from) || !kin_is_id(from) || !kin_is_id(rest))
    return false;
  *out = (struct kin_identity){key_id, from, rest};
  return true;
}

// ---- the secret of one direction between two

// NULL: no such key, or out of memory.
static SSL_SESSION *kin_session(SSL *ssl, const struct kin *k, struct str identity, struct str key_id) {
  unsigned char secret[SEAL_DERIVED];
  SSL_SESSION *s = SSL_SESSION_new();
  const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, kin_cipher_id);
  bool ok = s && cipher && seal_derive(k->ring, key_id, identity, secret) &&
            SSL_SESSION_set1_master_key(s, secret, sizeof secret) == 1 &&
            SSL_SESSION_set_cipher(s, cipher) == 1 &&
            SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION) == 1;
  OPENSSL_cleanse(secret, sizeof secret);
  if (ok) return s;
  SSL_SESSION_free(s);
  return NULL;
}

// ---- contexts

static int kin_place; // of a struct kin in an SSL_CTX

static void kin_free(void *parent, void *kin, CRYPTO_EX_DATA *data, int place, long a, void *b) {
  (void)parent, (void)data, (void)place, (void)a, (void)b;
  mem_free(kin);
}

static void kin_init(void) {
  kin_place = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, kin_free);
}

static struct kin *kin_attach(SSL_CTX *ssl, const struct seal_ring *ring) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, kin_init);
  struct kin *k = MEM_NEW(struct kin);
  k->ring = ring;
  if (kin_place >= 0 && SSL_CTX_set_ex_data(ssl, kin_place, k) == 1) return k;
  mem_free(k);
  return NULL;
}

static struct kin *kin_of(SSL *ssl) {
  return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), kin_place);
}

static bool kin_restrict(SSL_CTX *ssl) {
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  return SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_ciphersuites(ssl, KIN_CIPHER) == 1;
}

// ---- the server's side

// 1 without a session: of nobody we know; there is no certificate either, so the handshake fails.
static int kin_find(SSL *ssl, const unsigned char *identity, size_t n, SSL_SESSION **out) {
  const struct kin *k = kin_of(ssl);
  struct str text = str_make((const char *)identity, n);
  struct kin_identity who;
  *out = NULL;
  if (kin_identity_read(text, &who) && str_is(who.to, k->self)) *out = kin_session(ssl, k, text, who.key_id);
  return 1;
}

bool kin_server_new(const struct seal_ring *ring, struct str self, struct tls_context **out,
                    struct err *err) {
  SSL_CTX *ssl = kin_is_id(self) ? SSL_CTX_new(TLS_server_method()) : NULL;
  struct kin *k = ssl && kin_restrict(ssl) ? kin_attach(ssl, ring) : NULL;
  if (!k) {
    SSL_CTX_free(ssl);
    ERR_clear_error();
    return err_set(err, ERR_INTERNAL, "OpenSSL gives no context for other nodes");
  }
  memcpy(k->self, self.p, self.n);
  SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                               SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_num_tickets(ssl, 0);
  SSL_CTX_set_psk_find_session_callback(ssl, kin_find);
  *out = tls_context_take(ssl);
  return true;
}

// ---- the client's

// RFC 8446 §4.2.11: after a HelloRetryRequest only for the hash that was chosen, which is ours anyway.
static int kin_use(SSL *ssl, const EVP_MD *hash, const unsigned char **identity, size_t *n,
                   SSL_SESSION **out) {
  const struct kin *k = kin_of(ssl);
  struct kin_identity who;
  (void)hash;
  *out = kin_identity_read(str_of(k->identity), &who) ? kin_session(ssl, k, str_of(k->identity), who.key_id)
                                                      : NULL;
  *identity = (const unsigned char *)k->identity;
  *n = strlen(k->identity);
  return *out != NULL;
}

// Only called where the server came with a certificate instead.
static int kin_no_certificate(X509_STORE_CTX *store, void *arg) {
  (void)store, (void)arg;
  return 0;
}

bool kin_client(struct ssl_ctx_st *ssl, const struct kin_way *way) {
  if (!kin_is_id(way->from) || !kin_is_id(way->to) || !kin_restrict(ssl)) return false;
  struct kin *k = kin_attach(ssl, way->ring);
  if (!k) return false;
  snprintf(k->identity, sizeof k->identity, KIN_VERSION " %.*s %.*s %.*s",
           STR_ARG(seal_ring_current_id(way->ring)), STR_ARG(way->from), STR_ARG(way->to));
  SSL_CTX_set_psk_use_session_callback(ssl, kin_use);
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_verify_callback(ssl, kin_no_certificate, NULL);
  return true;
}
