// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include <pthread.h>
#include <sys/random.h>

#include "base/mem.h"

static uint64_t map_key[2];
static pthread_once_t map_once = PTHREAD_ONCE_INIT;

static void map_draw_key(void) {
  if (getrandom(map_key, sizeof map_key, 0) != (ssize_t)sizeof map_key) map_key[0] = (uintptr_t)&map_key;
}

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define SIP_ROUND(v0, v1, v2, v3)                                                                            \
  do {                                                                                                       \
    v0 += v1, v1 = ROTL(v1, 13), v1 ^= v0, v0 = ROTL(v0, 32);                                                \
    v2 += v3, v3 = ROTL(v3, 16), v3 ^= v2;                                                                   \
    v0 += v3, v3 = ROTL(v3, 21), v3 ^= v0;                                                                   \
    v2 += v1, v1 = ROTL(v1, 17), v1 ^= v2, v2 = ROTL(v2, 32);                                                \
  } while (0)

// SipHash-1-3: the variant that language runtimes use for hash tables.
uint64_t map_hash(struct str key) {
  pthread_once(&map_once, map_draw_key);
  uint64_t v0 = 0x736f6d6570736575u ^ map_key[0], v1 = 0x646f72616e646f6du ^ map_key[1];
  uint64_t v2 = 0x6c7967656e657261u ^ map_key[0], v3 = 0x7465646279746573u ^ map_key[1];
  size_t whole = key.n & ~(size_t)7;
  for (size_t i = 0; i < whole; i += 8) {
    uint64_t m;
    memcpy(&m, key.p + i, 8);
    v3 ^= m;
    SIP_ROUND(v0, v1, v2, v3);
    v0 ^= m;
  }
  uint64_t last = (uint64_t)key.n << 56;
  if (key.n > whole) memcpy(&last, key.p + whole, key.n - whole);
  v3 ^= last;
  SIP_ROUND(v0, v1, v2, v3);
  v0 ^= last;
  v2 ^= 0xff;
  SIP_ROUND(v0, v1, v2, v3);
  SIP_ROUND(v0, v1, v2, v3);
  SIP_ROUND(v0, v1, v2, v3);
  return v0 ^ v1 ^ v2 ^ v3;
}

void map_free(struct map *m) {
  mem_free(m->slots);
  *m = (struct map){0};
}

static struct map_slot *map_find(const struct map *m, struct str key, uint64_t hash) {
  for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
    struct map_slot *s = &m->slots[i];
    if (!s->value || (s->hash == hash && str_eq(s->key, key))) return s;
  }
}

void *map_get(const struct map *m, struct str key) {
  return m->count ? map_find(m, key, map_hash(key))->value : NULL;
}

static void map_grow(struct map *m) {
  struct map old = *m;
  m->cap = old.cap ? old.cap * 2 : 16;
  m->slots = mem_array(m->cap, sizeof *m->slots);
  for (size_t i = 0; i < old.cap; i++)
    if (old.slots[i].value) *map_find(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
  mem_free(old.slots);
}

void map_put(struct map *m, struct str key, void *value) {
  if (m->count * 4 >= m->cap * 3) map_grow(m);
  uint64_t hash = map_hash(key);
  struct map_slot *s = map_find(m, key, hash);
  if (!s->value) m->count++;
  *s = (struct map_slot){key, value, hash};
}

void *map_remove(struct map *m, struct str key) {
  if (m->count == 0) return NULL;
  struct map_slot *s = map_find(m, key, map_hash(key));
  void *value = s->value;
  if (!value) return NULL;
  s->value = NULL;
  m->count--;
  // Close the gap: later members of the probe run may only have been reachable across it.
  size_t mask = m->cap - 1;
  for (size_t i = ((size_t)(s - m->slots) + 1) & mask; m->slots[i].value; i = (i + 1) & mask) {
    struct map_slot moved = m->slots[i];
    m->slots[i].value = NULL;
    *map_find(m, moved.key, moved.hash) = moved;
  }
  return value;
}

struct map_slot *map_next(const struct map *m, size_t *at) {
  while (*at < m->cap) {
    struct map_slot *s = &m->slots[(*at)++];
    if (s->value) return s;
  }
  return NULL;
}
