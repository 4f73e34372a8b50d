// SPDX-License-Identifier: Apache-2.0
// arena: many small allocations with one lifetime (a request, a snapshot, a document).
// One thread at a time; freed whole. Memory comes in blocks that double up to 64 KiB. Example:
//   struct arena *a = arena_new();
//   struct str name = arena_printf(a, "list_all_%s", noun);
//   arena_free(a);
#ifndef POSTERN_BASE_ARENA_H
#define POSTERN_BASE_ARENA_H

#include "base/err.h"
#include "base/str.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);                    // NULL is fine
void arena_reset(struct arena *a);                   // forgets everything, keeps the first block
void *arena_alloc(struct arena *a, size_t n);        // zeroed, aligned for any type
struct str arena_dup(struct arena *a, struct str s); // the copy has a NUL behind it
char *arena_z(struct arena *a, struct str s);        // the same, as a C string
struct str arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3); // NUL behind it
size_t arena_bytes(const struct arena *a);                                           // memory held

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_alloc((a), (size_t)(count) * sizeof(type)))

// The texts one after the other. Unlike arena_printf it keeps NUL bytes, which JSON strings may hold.
struct str arena_join(struct arena *a, const struct str *parts, size_t count);
#define ARENA_JOIN(a, ...)                                                                                   \
  arena_join((a), (const struct str[]){__VA_ARGS__},                                                         \
             sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

#endif
