// SPDX-License-Identifier: Apache-2.0
// token: random identifiers and bearer tokens, and the hashes they are stored as. Any thread.
//   char text[TOKEN_TEXT]; unsigned char hash[TOKEN_HASH];
//   token_new("psk", text); token_hash(str_of(text), hash);   // the hash is kept, the text shown once
#ifndef POSTERN_CRYPTO_TOKEN_H
#define POSTERN_CRYPTO_TOKEN_H

#include "base/str.h"

enum { TOKEN_ID = 27, TOKEN_TEXT = 44 + 8, TOKEN_HASH = 32, TOKEN_HASH_HEX = 65 };

// "<prefix>_" and 20 characters [0-9a-z]: time-ordered first, random after (ids sort by creation).
// prefix at most 5 characters: acc, srv, tok, req, aud.
void token_id(const char *prefix, char out[TOKEN_ID]);
// "<prefix>_" and 43 base64url characters: 256 random bits. prefix at most 6: pst (server), psk (API token), psh
// (share), psl (sign-in link), pss (session of the console).
void token_new(const char *prefix, char out[TOKEN_TEXT]);
void token_hash(struct str token, unsigned char out[TOKEN_HASH]); // SHA-256
void token_hash_hex(struct str token, char out[TOKEN_HASH_HEX]);
void token_random(void *out, size_t n);

#endif
