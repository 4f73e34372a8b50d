// SPDX-License-Identifier: Apache-2.0
// secret: bytes that must not leak. In locked memory kept out of core dumps, wiped when freed. Has
// no formatter on purpose: whoever reads it calls secret_reveal and can be found by that name.
// Owner: one; copies are explicit. Example:
//   struct secret *s = secret_new(text);   …   secret_free(s);
#ifndef POSTERN_CRYPTO_SECRET_H
#define POSTERN_CRYPTO_SECRET_H

#include "base/str.h"

struct secret;

enum { SECRET_MOST = 1024 * 1024 }; // bytes; asking for more is a bug of ours and ends the process

struct secret *secret_new(struct str bytes); // copies; the caller wipes its own
// Room for n bytes, zeroed, to be filled at once: for what is made or decrypted in place.
struct secret *secret_make(size_t n, char **bytes);
// The value of an Authorization header (RFC 7617) for "user:password".
struct secret *secret_basic(struct str pair);
void secret_free(struct secret *s);               // NULL is fine
struct str secret_reveal(const struct secret *s); // valid until secret_free; NUL behind it
void secret_wipe(void *p, size_t n);              // memory that held one

#endif
