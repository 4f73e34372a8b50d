// SPDX-License-Identifier: Apache-2.0
#include "fetch/backoff.h"

#include "crypto/token.h"

uint64_t backoff_ms(unsigned failures, uint64_t first_ms, uint64_t most_ms) {
  uint64_t ms = first_ms, random;
  for (; failures && ms < most_ms; failures--) ms *= 2;
  if (ms > most_ms) ms = most_ms;
  token_random(&random, sizeof random);
  return ms / 2 + random % (ms / 2 + 1);
}
