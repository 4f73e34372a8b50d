// SPDX-License-Identifier: Apache-2.0
// Input: a secret on the first line, a text behind it. The text gets no longer, both ways of hiding are one,
// what was hidden stays so, and a secret that is found in any text does not stand there as it is.
#include <stdint.h>
#include <stdlib.h>

#include "crypto/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = str_make((const char *)data, size), secret;
  if (!str_cut(&text, '\n', &secret)) return 0;
  struct redact_part parts[] = {{secret, 0}, {str_from(secret, secret.n / 2), secret.n / 4}};
  struct redact *r = redact_new(parts, 2, NULL);
  struct arena *a = arena_new();
  struct str hidden = redact_text(r, text, a);
  char *copy = arena_z(a, text);
  size_t n = redact_bytes(r, copy, text.n);
  if (hidden.n > text.n || !str_eq(hidden, str_make(copy, n))) abort();
  if (secret.n >= REDACT_WORDS && secret.n < REDACT_TEXT_MOST && str_contains(hidden, secret) &&
      !str_contains(STR(REDACT_WORD REDACT_WORD "********11111111"), str_make(secret.p, REDACT_WORDS)))
    abort();
  arena_free(a);
  redact_unref(r);
  return 0;
}
