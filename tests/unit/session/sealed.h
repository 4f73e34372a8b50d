// SPDX-License-Identifier: Apache-2.0
// What the tests of sealed texts share: a ring, and every single-character change of a text.
#ifndef POSTERN_TESTS_UNIT_SERVE_SEALED_H
#define POSTERN_TESTS_UNIT_SERVE_SEALED_H

#include "../support/check.h"

#include "crypto/seal.h"

struct sealed {
  struct arena *arena;
  struct seal_ring *ring;
};

static int sealed_setup(void **state) {
  struct sealed *s = test_calloc(1, sizeof *s);
  struct err err;
  s->arena = arena_new();
  if (!seal_ring_from_text(STR("a 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"),
                           &s->ring, &err))
    return -1;
  *state = s;
  return 0;
}

static int sealed_teardown(void **state) {
  struct sealed *s = *state;
  seal_ring_free(s->ring);
  arena_free(s->arena);
  test_free(s);
  return 0;
}

// The text with its i-th character turned into another.
static struct str sealed_changed(struct arena *a, struct str text, size_t i) {
  char *copy = arena_z(a, text);
  copy[i] = copy[i] == 'A' ? 'B' : 'A';
  return str_make(copy, text.n);
}

#endif
