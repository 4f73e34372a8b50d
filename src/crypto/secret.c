// SPDX-License-Identifier: Apache-2.0
// Slots of a few sizes are cut from regions that are locked and left out of core dumps: an account's
// credential costs a slot, not pages of its own. What no slot fits gets a region for itself.
#include "crypto/secret.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/codec.h"

enum { SECRET_REGION = 64 * 1024, SECRET_SLOT_LEAST = 128, SECRET_CLASSES = 6 }; // slots of 128 to 4096 bytes

struct secret {
  size_t n, size; // bytes held, bytes of the slot or region
  char bytes[];
};

struct secret_free {
  struct secret_free *next;
};

static struct secret_free *secret_free_slots[SECRET_CLASSES];
static pthread_mutex_t secret_lock = PTHREAD_MUTEX_INITIALIZER;

static void *secret_map(size_t size) {
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED || madvise(p, size, MADV_DONTDUMP) != 0) {
    fputs("postern: out of memory for secrets\n", stderr);
    abort();
  }
  // Locking keeps it out of swap, and is refused past RLIMIT_MEMLOCK: then it is not worth stopping for.
  (void)!mlock(p, size);
  return p;
}

static size_t secret_class(size_t size) {
  size_t class = 0;
  while (class < SECRET_CLASSES && ((size_t)SECRET_SLOT_LEAST << class) < size) class ++;
  return class;
}

static void *secret_take_slot(size_t class) {
  size_t size = (size_t)SECRET_SLOT_LEAST << class;
  pthread_mutex_lock(&secret_lock);
  if (!secret_free_slots[class]) {
    char *region = secret_map(SECRET_REGION);
    for (size_t at = 0; at < SECRET_REGION; at += size) {
      struct secret_free *slot = (struct secret_free *)(void *)(region + at);
      slot->next = secret_free_slots[class];
      secret_free_slots[class] = slot;
    }
  }
  struct secret_free *slot = secret_free_slots[class];
  secret_free_slots[class] = slot->next;
  pthread_mutex_unlock(&secret_lock);
  return slot;
}

struct secret *secret_make(size_t n, char **bytes) {
  if (n > SECRET_MOST) {
    fputs("postern: a secret beyond its maximum\n", stderr); // callers check what comes from outside
    abort();
  }
  size_t need = sizeof(struct secret) + n + 1, class = secret_class(need);
  bool slot = class < SECRET_CLASSES;
  struct secret *s = slot ? secret_take_slot(class) : secret_map(need);
  s->n = n;
  s->size = slot ? (size_t)SECRET_SLOT_LEAST << class : need;
  memset(s->bytes, 0, n + 1);
  *bytes = s->bytes;
  return s;
}

struct secret *secret_new(struct str bytes) {
  char *room;
  struct secret *s = secret_make(bytes.n, &room);
  if (bytes.n) memcpy(room, bytes.p, bytes.n);
  return s;
}

struct secret *secret_basic(struct str pair) {
  static const char scheme[] = "Basic ";
  struct arena *a = arena_new();
  struct str coded = codec_base64(a, pair);
  char *header;
  struct secret *s = secret_make(sizeof scheme - 1 + coded.n, &header);
  memcpy(header, scheme, sizeof scheme - 1);
  memcpy(header + sizeof scheme - 1, coded.p, coded.n);
  secret_wipe((void *)(uintptr_t)coded.p, coded.n);
  arena_free(a);
  return s;
}

void secret_free(struct secret *s) {
  if (!s) return;
  size_t size = s->size, class = secret_class(size);
  sodium_memzero(s, size);
  if (class == SECRET_CLASSES) {
    munmap(s, size);
    return;
  }
  struct secret_free *slot = (struct secret_free *)(void *)s;
  pthread_mutex_lock(&secret_lock);
  slot->next = secret_free_slots[class];
  secret_free_slots[class] = slot;
  pthread_mutex_unlock(&secret_lock);
}

struct str secret_reveal(const struct secret *s) {
  return str_make(s->bytes, s->n);
}

void secret_wipe(void *p, size_t n) {
  sodium_memzero(p, n);
}
