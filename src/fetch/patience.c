// SPDX-License-Identifier: Apache-2.0
#include "fetch/patience.h"

#include "base/mem.h"

struct patience_origin {
  uint64_t seconds; // as it says
  char name[];
};

// "timeout=5, max=100", "timeout=5", "max=100, timeout = 5"; 0: it says none, or nonsense.
static uint64_t patience_read(struct str said) {
  uint64_t seconds = 0;
  for (struct str item, name; str_cut(&said, ',', &item);) {
    if (!str_cut(&item, '=', &name) || !str_is_nocase(str_trim(name), "timeout")) continue;
    return str_to_u64(str_trim(item), &seconds) ? seconds : 0;
  }
  return 0;
}

void patience_free(struct patience *p) {
  size_t at = 0;
  for (struct map_slot *slot; (slot = map_next(&p->origins, &at));) mem_free(slot->value);
  map_free(&p->origins);
}

void patience_learn(struct patience *p, struct str origin, struct str said) {
  uint64_t seconds = patience_read(said);
  struct patience_origin *known = map_get(&p->origins, origin);
  if (!seconds || (!known && seconds > PATIENCE_S)) return;
  if (!known) {
    if (p->origins.count == PATIENCE_ORIGINS_MOST) patience_free(p);
    known = mem_alloc(sizeof *known + origin.n);
    memcpy(known->name, origin.p, origin.n);
    map_put(&p->origins, str_make(known->name, origin.n), known);
  }
  known->seconds = seconds;
}

long patience_of(const struct patience *p, struct str origin) {
  const struct patience_origin *known = map_get(&p->origins, origin);
  if (!known || known->seconds > PATIENCE_S) return PATIENCE_S;
  return known->seconds < 2 ? 0 : (long)known->seconds - 2; // libcurl counts whole seconds that have passed
}
