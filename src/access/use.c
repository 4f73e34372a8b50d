// SPDX-License-Identifier: Apache-2.0
#include "access/use.h"

#include <stddef.h>

void use_note(struct use *u, int64_t now_ms) {
  int_fast64_t was = atomic_load(&u->at);
  while (was < now_ms && !atomic_compare_exchange_weak(&u->at, &was, now_ms)) {
  }
}

void use_begin(struct use *u, int64_t stored_at, const struct use *before) {
  atomic_init(&u->at, stored_at);
  atomic_init(&u->written, stored_at);
  if (before) use_note(u, atomic_load(&before->at));
}

bool use_is_news(const struct use *u, int64_t *at) {
  *at = atomic_load(&u->at);
  return *at > atomic_load(&u->written);
}

void use_set_written(struct use *u, int64_t at) {
  atomic_store(&u->written, at);
}
