// SPDX-License-Identifier: Apache-2.0
// redact: keeps secrets out of what others say. Whoever was given a secret may repeat it, and in the form
// that his software happens to print: so a text is read behind its escapes (JSON, percent, HTML, any of these
// within another, in any case), and each secret is also looked for as base64, within whatever was encoded
// together with it, and as hex. What is found becomes REDACT_WORD, the rest stays, and JSON stays JSON. A
// secret that was cut counts from REDACT_PIECE characters on. Short ones are found in any text by chance: see
// below. Immutable and counted; any thread. The time of a text is linear in its length, whatever it holds.
// Everywhere NULL stands for: no secrets. Example:
//   struct redact_part parts[] = {{key, 0}, {pair, user.n + 1}};
//   struct redact *r = redact_new(parts, 2, NULL);
//   body.n = redact_bytes(r, body.p, body.n);      // before anything is read out of it, and before it is cut
//   redact_unref(r);
#ifndef POSTERN_CRYPTO_REDACT_H
#define POSTERN_CRYPTO_REDACT_H

#include "base/arena.h"
#include "base/err.h"

#define REDACT_WORD "[redacted]" // asterisks where there is no room for it, ones where digits stood alone

enum {
  REDACT_LEAST = 4,             // characters of a secret
  REDACT_SHORT = 6,             // shorter ones: in clear only, and not where they are a mere number
  REDACT_WORDS = 8,             // shorter ones: as whole words only
  REDACT_PIECE = 16,            // of the beginning of one that was cut
  REDACT_OPEN_MOST = 768,       // of redact_part.open
  REDACT_TEXT_MOST = 16 * 1024, // of one secret; what is behind is not looked for
  REDACT_PARTS_MOST = 24,
};

struct redact;

struct redact_part {
  struct str text;
  size_t open; // bytes at its beginning that are none of the secret: of "user:password" the user
};

// `also`: with all of that one; referred to. What is too short, and what stands there twice, is left out;
// NULL where nothing is left.
struct redact *redact_new(const struct redact_part *parts, size_t count, struct redact *also);
struct redact *redact_ref(struct redact *r);
void redact_unref(struct redact *r); // the last one wipes

bool redact_is_in(const struct redact *r, struct str text);
// In place: a text never gets longer. The length that is left.
size_t redact_bytes(const struct redact *r, char *text, size_t n);
// The same text where there is nothing to hide in it, else a copy in the arena.
struct str redact_text(const struct redact *r, struct str text, struct arena *a);
// Of errors that were made from such texts after all.
void redact_err(const struct redact *r, struct err *err);

#endif
