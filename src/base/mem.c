// SPDX-License-Identifier: Apache-2.0
#include "base/mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *mem_or_die(void *p) {
  if (p) return p;
  fputs("postern: out of memory\n", stderr);
  abort();
}

void *mem_alloc(size_t n) {
  return mem_or_die(calloc(1, n ? n : 1));
}

void *mem_resize(void *p, size_t n) {
  return mem_or_die(realloc(p, n ? n : 1));
}

void *mem_array(size_t count, size_t n) {
  return mem_or_die(calloc(count ? count : 1, n ? n : 1));
}

char *mem_copy(const void *p, size_t n) {
  char *copy = mem_or_die(malloc(n + 1));
  if (n) memcpy(copy, p, n);
  copy[n] = 0;
  return copy;
}

void mem_free(void *p) {
  free(p);
}

void mem_trim(void) {
  malloc_trim(0);
}
