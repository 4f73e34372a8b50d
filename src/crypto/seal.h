// SPDX-License-Identifier: Apache-2.0
// seal: XChaCha20-Poly1305 (libsodium) under a named key, with the place the blob belongs to as
// associated data, so that a blob moved to another row or column does not open. Keys come from a
// file that only its owner can read, a systemd credential, or the environment. Example:
//   struct seal_ring *ring; seal_ring_load(path, &ring, err);
//   seal_close(ring, STR("account/7f…/credential"), plain, arena, &blob, err);
//   seal_open(ring, STR("account/7f…/credential"), blob, &secret, err);
// A blob is text: "v1.<key id>.<base64url nonce+ciphertext>". Thread-safe once loaded.
#ifndef POSTERN_CRYPTO_SEAL_H
#define POSTERN_CRYPTO_SEAL_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/secret.h"

enum { SEAL_KEY_ID_MOST = 32, SEAL_DERIVED = 32 };

struct seal_ring; // the current key and older ones; reference-counted by its owner alone (wiring.c)

// The file: one "<key id> <64 hex digits>" a line, the last is current. Refused (ERR_DENIED) where group
// or others can read or write it, where it is not a regular file of ours or root's.
MUST_USE bool seal_ring_load(const char *path, struct seal_ring **out, struct err *err);
MUST_USE bool seal_ring_from_text(struct str text, struct seal_ring **out, struct err *err);
// Makes a file with one new key, mode 0600, never over an existing one.
MUST_USE bool seal_ring_create(const char *path, struct err *err);
// Appends a new current key to the file (written beside it, synced, renamed).
MUST_USE bool seal_ring_rotate(const char *path, struct err *err);
// Takes those keys out of the file that are not among `ids`, but never the current one; *gone says how many.
MUST_USE bool seal_ring_prune(const char *path, const struct str *ids, size_t count, size_t *gone,
                              struct err *err);
// Takes up the keys that the file has gained since; others may use the ring meanwhile.
MUST_USE bool seal_ring_refresh(struct seal_ring *r, const char *path, struct err *err);
// The same where the file that the ring was loaded from is another by now: another program has added a key.
MUST_USE bool seal_ring_follow(struct seal_ring *r, struct err *err);
void seal_ring_free(struct seal_ring *r);
struct str seal_ring_current_id(const struct seal_ring *r);
struct str seal_key_id(struct str blob); // which key closed it

MUST_USE bool seal_close(const struct seal_ring *r, struct str place, struct str plain, struct arena *a,
                         struct str *blob, struct err *err);
MUST_USE bool seal_open(const struct seal_ring *r, struct str place, struct str blob, struct secret **out,
                        struct err *err);
// A secret made of a key of the ring, for one purpose; the caller wipes it. False: there is no such key.
MUST_USE bool seal_derive(const struct seal_ring *r, struct str key_id, struct str purpose,
                          unsigned char out[SEAL_DERIVED]);
// Closes it anew where another key than the current one has closed it.
MUST_USE bool seal_renew(const struct seal_ring *r, struct str place, struct arena *a, struct str *blob,
                         struct err *err);

#endif
