// SPDX-License-Identifier: Apache-2.0
// heap: what a query may take of memory. SQLite has one allocator for the process; this wraps it, and while a thread
// works for a heap, what SQLite takes and gives back there is counted against it. Beyond the most it is refused, which
// SQLite reports as out of memory for that statement alone. Private to table/. Example:
//   struct heap heap = {.most = 64 << 20};  struct heap *before = heap_enter(&heap);  … sqlite3_step(s) …  heap_leave(before);
#ifndef POSTERN_TABLE_HEAP_H
#define POSTERN_TABLE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap {
  size_t held, most, peak;
};

bool heap_install(void); // once, before SQLite is used at all; false where it is too late
struct heap *heap_enter(struct heap *h);
void heap_leave(struct heap *before);

#endif
