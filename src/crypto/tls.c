// SPDX-License-Identifier: Apache-2.0
#include "crypto/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct tls_context {
  SSL_CTX *ssl;
};

struct tls_session {
  SSL *ssl;
  BIO *in, *out; // owned by ssl
};

// The newest reason in OpenSSL's queue, which is emptied.
static const char *tls_reason(void) {
  unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char *reason = code ? ERR_reason_error_string(code) : NULL;
  return reason ? reason : "no further reason given";
}

static bool tls_check_file(const char *path, const char *what, bool is_secret, struct err *err) {
  struct stat st;
  if (stat(path, &st) != 0)
    return err_at(err, errno == ENOENT ? ERR_MISSING : ERR_DENIED, path, "the TLS %s cannot be opened: %s",
                  what, strerror(errno));
  if (!S_ISREG(st.st_mode)) return err_at(err, ERR_INVALID, path, "the TLS %s is not a regular file", what);
  if (access(path, R_OK) != 0)
    return err_at(err, ERR_DENIED, path, "the TLS %s is not readable: %s", what, strerror(errno));
  // Group may read (a certificate group is common practice); nobody else may.
  if (is_secret && (st.st_mode & (S_IRWXO | S_IWGRP))) {
    err_at(err, ERR_DENIED, path, "the TLS key can be read or changed by others (mode %04o)",
           (unsigned)(st.st_mode & 07777));
    err_hint(err, "chmod 600 %s", path);
    return false;
  }
  return true;
}

// RFC 7301: we speak HTTP/1.1 only; a client that offers ALPN without it is refused.
static int tls_choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *n, const unsigned char *in,
                           unsigned in_n, void *arg) {
  static const unsigned char ours[] = "\x08http/1.1";
  (void)ssl, (void)arg;
  unsigned char *chosen;
  int found = SSL_select_next_proto(&chosen, n, ours, sizeof ours - 1, in, in_n);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Never asks on the terminal for a passphrase.
static int tls_no_passphrase(char *out, int size, int writing, void *arg) {
  (void)out, (void)size, (void)writing, (void)arg;
  return 0;
}

static bool tls_load(SSL_CTX *ssl, const char *certificate, const char *key, struct err *err) {
  if (SSL_CTX_use_certificate_chain_file(ssl, certificate) != 1)
    return err_at(err, ERR_INVALID, certificate, "this is no PEM certificate: %s", tls_reason());
  if (SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1) {
    if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH) {
      ERR_clear_error();
      return err_at(err, ERR_INVALID, key, "the TLS key does not match the certificate %s", certificate);
    }
    return err_at(err, ERR_INVALID, key, "this is no PEM private key without a passphrase: %s", tls_reason());
  }
  if (SSL_CTX_check_private_key(ssl) != 1) {
    ERR_clear_error();
    return err_at(err, ERR_INVALID, key, "the TLS key does not match the certificate %s", certificate);
  }
  return true;
}

bool tls_context_new(const char *certificate, const char *key, struct tls_context **out, struct err *err) {
  if (!tls_check_file(certificate, "certificate", false, err) || !tls_check_file(key, "key", true, err))
    return false;
  ERR_clear_error();
  SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());
  if (!ssl) return err_set(err, ERR_INTERNAL, "OpenSSL gives no context: %s", tls_reason());
  SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
  SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20"); // TLS 1.2: forward secrecy and AEAD only
  SSL_CTX_set_alpn_select_cb(ssl, tls_choose_alpn, NULL);
  SSL_CTX_set_default_passwd_cb(ssl, tls_no_passphrase);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF); // tickets resume without memory here
  if (!tls_load(ssl, certificate, key, err)) {
    SSL_CTX_free(ssl);
    return false;
  }
  *out = tls_context_take(ssl);
  return true;
}

struct tls_context *tls_context_take(struct ssl_ctx_st *ssl) {
  struct tls_context *c = MEM_NEW(struct tls_context);
  c->ssl = ssl;
  return c;
}

void tls_context_free(struct tls_context *c) {
  if (!c) return;
  SSL_CTX_free(c->ssl); // sessions hold it too
  mem_free(c);
}

static BIO *tls_new_bio(void) {
  BIO *bio = BIO_new(BIO_s_mem());
  if (!bio) abort(); // out of memory, as in base/mem
  return bio;
}

struct tls_session *tls_session_new(struct tls_context *c) {
  struct tls_session *s = MEM_NEW(struct tls_session);
  s->ssl = SSL_new(c->ssl);
  s->in = tls_new_bio();
  s->out = tls_new_bio();
  if (!s->ssl) abort(); // out of memory, as in base/mem
  SSL_set_bio(s->ssl, s->in, s->out);
  SSL_set_accept_state(s->ssl);
  return s;
}

void tls_session_free(struct tls_session *s) {
  if (!s) return;
  SSL_free(s->ssl);
  mem_free(s);
}

void tls_feed(struct tls_session *s, struct str from_wire) {
  if (from_wire.n && BIO_write(s->in, from_wire.p, (int)from_wire.n) != (int)from_wire.n) abort();
}

enum tls_status tls_read(struct tls_session *s, char *p, size_t size, size_t *n) {
  ERR_clear_error();
  int got = SSL_read(s->ssl, p, (int)size);
  if (got > 0) {
    *n = (size_t)got;
    return TLS_OK;
  }
  int why = SSL_get_error(s->ssl, got);
  ERR_clear_error();
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return TLS_AGAIN;
  return why == SSL_ERROR_ZERO_RETURN ? TLS_CLOSED : TLS_FAILED;
}

bool tls_write(struct tls_session *s, struct str plain) {
  ERR_clear_error();
  while (plain.n) {
    int done = SSL_write(s->ssl, plain.p, plain.n < 1 << 20 ? (int)plain.n : 1 << 20);
    if (done <= 0) {
      ERR_clear_error();
      return false; // a memory BIO is never full, so this is no "try again"
    }
    plain = str_from(plain, (size_t)done);
  }
  return true;
}

void tls_shutdown(struct tls_session *s) {
  if (SSL_is_init_finished(s->ssl)) (void)SSL_shutdown(s->ssl);
  ERR_clear_error();
}

// A memory BIO never gives memory back, and an idle connection should hold none: take a new one.
static bool tls_is_fat(BIO *bio) {
  enum { KEPT = 4096 };
  BUF_MEM *memory;
  BIO_get_mem_ptr(bio, &memory);
  return memory->max > KEPT && BIO_ctrl_pending(bio) == 0;
}

static void tls_slim(struct tls_session *s) {
  if (!SSL_is_init_finished(s->ssl)) return;
  if (tls_is_fat(s->in)) SSL_set0_rbio(s->ssl, s->in = tls_new_bio());
  if (tls_is_fat(s->out)) SSL_set0_wbio(s->ssl, s->out = tls_new_bio());
}

void tls_take(struct tls_session *s, struct buf *to_wire) {
  size_t waiting = BIO_ctrl_pending(s->out);
  char *room = waiting ? buf_room(to_wire, waiting) : NULL;
  int got = room ? BIO_read(s->out, room, (int)waiting) : 0;
  if (got > 0) to_wire->n += (size_t)got;
  tls_slim(s);
}
