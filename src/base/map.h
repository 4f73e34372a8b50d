// SPDX-License-Identifier: Apache-2.0
// map: text to pointer, open addressing. Keys are borrowed and must outlive the map. Values are
// not NULL. Not for many threads at once while it changes; reading a finished map is safe from any. Example:
//   struct map m = {0};
//   map_put(&m, STR("zone_id"), tool);
//   struct tool *t = map_get(&m, name);
//   map_free(&m);
#ifndef POSTERN_BASE_MAP_H
#define POSTERN_BASE_MAP_H

#include "base/str.h"

struct map_slot {
  struct str key;
  void *value;
  uint64_t hash;
};

struct map {
  struct map_slot *slots;
  size_t count, cap; // cap is zero or a power of two
};

void map_free(struct map *m);
void *map_get(const struct map *m, struct str key);       // NULL: not there
void map_put(struct map *m, struct str key, void *value); // replaces
void *map_remove(struct map *m, struct str key);          // the value that was there, or NULL
// Visits in no stated order: for (size_t i = 0; (slot = map_next(&m, &i));) …
struct map_slot *map_next(const struct map *m, size_t *at);

// Keyed by a secret drawn at start, so that outsiders cannot aim for collisions.
uint64_t map_hash(struct str key);

#endif
