// SPDX-License-Identifier: Apache-2.0
// kin: TLS 1.3 between the programs of one installation, without certificates: each side proves that it holds the key file
// (an external PSK with ephemeral Diffie-Hellman, RFC 8446 §2.2; one for each direction between two programs, RFC 9257
// §4.1, so that nothing can be reflected; nothing is resumed and there is no early data, so nothing can be played again).
// Whoever does not hold it is told an alert. Any thread. Example:
//   kin_server_new(ring, own_id, &context, err);                              // http_options.tls
//   struct kin_way way = {ring, own_id, its_id}; kin_client(ssl_ctx, &way);   // libcurl's, before it connects
#ifndef POSTERN_CRYPTO_KIN_H
#define POSTERN_CRYPTO_KIN_H

#include "crypto/seal.h"

enum { KIN_ID_MOST = 40, KIN_IDENTITY_MOST = 128 };

struct ssl_ctx_st;
struct tls_context;

struct kin_way { // lives as long as connections are made by it
  const struct seal_ring *ring;
  struct str from, to; // ids: a-z, 0-9, '_'
};

// Takes connections to `self` from whoever holds one of the ring's keys. The ring must outlive it.
MUST_USE bool kin_server_new(const struct seal_ring *ring, struct str self, struct tls_context **out,
                             struct err *err);
// Makes a client's fresh context one that reaches `to` and nobody else: no certificate is good enough. False: out of memory,
// or ids that are none.
MUST_USE bool kin_client(struct ssl_ctx_st *ssl, const struct kin_way *way);

// What the client says who it is, before it is believed: "postern/1 <key id> <from> <to>". False: something else. Pure.
struct kin_identity {
  struct str key_id, from, to;
};
MUST_USE bool kin_identity_read(struct str text, struct kin_identity *out);

#endif
