// SPDX-License-Identifier: Apache-2.0
#include "access/throttle.h"

#include <pthread.h>

#include "crypto/token.h"

struct throttle_entry {
  unsigned char key[TOKEN_HASH];
  int64_t last, until; // last 0: free
  unsigned wrong;
};

static struct throttle_entry throttle_all[THROTTLE_MOST];
static pthread_mutex_t throttle_lock = PTHREAD_MUTEX_INITIALIZER;

// Names that differ in case alone are one. Texts that outsiders choose are kept as hashes: they are as long as they like.
static void throttle_key(const char *kind, struct str text, unsigned char key[TOKEN_HASH]) {
  char part[256];
  size_t n = strlen(kind), rest = sizeof part - n - 1;
  memcpy(part, kind, n);
  part[n++] = 0;
  for (size_t i = 0; i < text.n && i < rest; i++)
    part[n++] = text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + 32) : text.p[i];
  token_hash(str_make(part, n), key);
}

// Held: its entry, else the one that has been quiet for longest, made free.
static struct throttle_entry *throttle_find(const unsigned char key[TOKEN_HASH], int64_t now_ms) {
  struct throttle_entry *quiet = throttle_all;
  for (size_t i = 0; i < THROTTLE_MOST; i++) {
    struct throttle_entry *e = &throttle_all[i];
    if (e->last && now_ms - e->last >= THROTTLE_KEEP_MS) *e = (struct throttle_entry){0};
    if (e->last && memcmp(e->key, key, TOKEN_HASH) == 0) return e;
    if (e->last < quiet->last) quiet = e;
  }
  *quiet = (struct throttle_entry){.last = now_ms};
  memcpy(quiet->key, key, TOKEN_HASH);
  return quiet;
}

static void throttle_count(struct throttle_entry *e, int64_t now_ms) {
  int64_t wait = 0;
  e->last = now_ms;
  if (++e->wrong > THROTTLE_FREE)
    wait = (int64_t)1000 << (e->wrong - THROTTLE_FREE - 1 < 5 ? e->wrong - THROTTLE_FREE - 1 : 5);
  e->until = now_ms + (wait < THROTTLE_WAIT_MS ? wait : THROTTLE_WAIT_MS);
}

int64_t throttle_wait(const char *kind, struct str text, int64_t now_ms) {
  unsigned char key[TOKEN_HASH];
  throttle_key(kind, text, key);
  pthread_mutex_lock(&throttle_lock);
  struct throttle_entry *e = throttle_find(key, now_ms);
  int64_t left = e->until - now_ms;
  if (left <= 0) throttle_count(e, now_ms);
  pthread_mutex_unlock(&throttle_lock);
  return left > 0 ? left : 0;
}

void throttle_forget(const char *kind, struct str text, int64_t now_ms) {
  unsigned char key[TOKEN_HASH];
  throttle_key(kind, text, key);
  pthread_mutex_lock(&throttle_lock);
  *throttle_find(key, now_ms) = (struct throttle_entry){0};
  pthread_mutex_unlock(&throttle_lock);
}
