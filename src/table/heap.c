// SPDX-License-Identifier: Apache-2.0
#include "table/heap.h"

#include <pthread.h>
#include <sqlite3.h>

static sqlite3_mem_methods heap_below; // SQLite's own
static _Thread_local struct heap *heap_now;
static bool heap_stands;

static void *heap_took(void *p) {
  if (p && heap_now) {
    heap_now->held += (size_t)heap_below.xSize(p);
    if (heap_now->held > heap_now->peak) heap_now->peak = heap_now->held;
  }
  return p;
}

static void heap_gave(void *p) {
  if (!p || !heap_now) return;
  size_t n = (size_t)heap_below.xSize(p);
  heap_now->held -= n < heap_now->held ? n : heap_now->held;
}

static bool heap_has(int n) {
  return !heap_now || (n >= 0 && heap_now->held + (size_t)n <= heap_now->most);
}

static void *heap_malloc(int n) {
  return heap_has(n) ? heap_took(heap_below.xMalloc(n)) : NULL;
}

static void heap_free(void *p) {
  heap_gave(p);
  heap_below.xFree(p);
}

static void *heap_realloc(void *p, int n) {
  int before = heap_below.xSize(p);
  if (n > before && !heap_has(n - before)) return NULL;
  if (heap_now) heap_now->held -= (size_t)before < heap_now->held ? (size_t)before : heap_now->held;
  void *moved = heap_below.xRealloc(p, n);
  heap_took(moved ? moved : p);
  return moved;
}

static void heap_once(void) {
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &heap_below) != SQLITE_OK) return;
  sqlite3_mem_methods ours = heap_below;
  ours.xMalloc = heap_malloc;
  ours.xFree = heap_free;
  ours.xRealloc = heap_realloc;
  heap_stands = sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK;
}

bool heap_install(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, heap_once);
  return heap_stands;
}

struct heap *heap_enter(struct heap *h) {
  struct heap *before = heap_now;
  heap_now = h;
  return before;
}

void heap_leave(struct heap *before) {
  heap_now = before;
}
