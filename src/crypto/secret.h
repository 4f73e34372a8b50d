// SPDX-License-Identifier: Apache-2.0
// secret: bytes that must not leak. In locked memory kept out of core dumps, wiped when freed. Has
// no formatter on purpose: whoever reads it calls secret_reveal and can be found by that name.
// Owner: one; copies are explicit. Example:
//   struct secret *s = secret_new(text);   …   secret_free(s);
#ifndef POSTERN_CRYPTO_SECRET_H
#define POSTERN_CRYPTO_SECRET_H

#include "base/str.h"

struct secret;

struct secret *secret_new(struct str bytes); // copies; the caller wipes its own
void secret_free(struct secret *s);          // NULL is fine
struct str secret_reveal(const struct secret *s); // valid until secret_free; NUL behind it
void secret_wipe(void *p, size_t n); // memory that held one

#endif
