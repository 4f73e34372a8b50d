// SPDX-License-Identifier: Apache-2.0
// tls: the server's side of TLS 1.2 and 1.3 (OpenSSL), without sockets: bytes from the wire are fed
// in, bytes for the wire are taken out; the caller moves them. A context may be used by many threads;
// sessions keep theirs alive, so a new one can replace it at any time. A session belongs to one
// connection. Example:
//   struct tls_context *c; tls_context_new("cert.pem", "key.pem", &c, err);
//   struct tls_session *s = tls_session_new(c);
//   tls_feed(s, from_wire); while (tls_read(s, p, size, &n) == TLS_OK) …; tls_take(s, &to_wire);
#ifndef POSTERN_CRYPTO_TLS_H
#define POSTERN_CRYPTO_TLS_H

#include "base/buf.h"
#include "base/err.h"

struct tls_context;
struct tls_session;

// PEM files: the certificate with its chain, and its key. Errors name the file and what is wrong with
// it; a key that others can read or write is refused (ERR_DENIED).
MUST_USE bool tls_context_new(const char *certificate, const char *key, struct tls_context **out,
                              struct err *err);
struct ssl_ctx_st;
struct tls_context *tls_context_take(struct ssl_ctx_st *ssl); // one that somebody else has set up: crypto/kin
void tls_context_free(struct tls_context *c);                 // NULL is fine

struct tls_session *tls_session_new(struct tls_context *c);
void tls_session_free(struct tls_session *s); // NULL is fine

enum tls_status { TLS_OK, TLS_AGAIN, TLS_CLOSED, TLS_FAILED };

void tls_feed(struct tls_session *s, struct str from_wire);
// Plain bytes into p, or what is in the way. Also does the handshake.
enum tls_status tls_read(struct tls_session *s, char *p, size_t size, size_t *n);
bool tls_write(struct tls_session *s, struct str plain);   // false: the session is broken
void tls_shutdown(struct tls_session *s);                  // queues close_notify
void tls_take(struct tls_session *s, struct buf *to_wire); // appends what waits to be sent

#endif
