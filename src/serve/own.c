// SPDX-License-Identifier: Apache-2.0
#include "serve/own.h"

#include "serve/programs.h"

static const struct own_tools *const own_kinds[] = {&programs_tools};

const struct own_tools *own_find(const struct serve_request *r, struct str name) {
  for (size_t i = 0; i < sizeof own_kinds / sizeof *own_kinds; i++)
    if (own_kinds[i]->has(r, name)) return own_kinds[i];
  return NULL;
}

void own_list(const struct serve_request *r, struct buf *out) {
  for (size_t i = 0; i < sizeof own_kinds / sizeof *own_kinds; i++) own_kinds[i]->list(r, out);
}

void own_next(struct buf *out) {
  if (out->n && out->p[out->n - 1] != '[') buf_add_char(out, ',');
}
