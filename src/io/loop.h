// SPDX-License-Identifier: Apache-2.0
// loop: one libuv event loop on one thread. Nothing is shared between loops; they talk by
// io/mailbox. Owner: wiring.c (or a test), which makes as many as it wants, and joins them. Example:
//   struct loop *l = loop_new("main", 0, 1024);
//   loop_start(l);          // own thread;  or loop_run(l) on this one
//   … loop_post(l, fn, arg) …
//   loop_stop(l); loop_free(l);
#ifndef POSTERN_IO_LOOP_H
#define POSTERN_IO_LOOP_H

#include "base/err.h"

struct loop;
struct uv_loop_s;

struct loop *loop_new(const char *name, unsigned index, size_t fibers_most);
void loop_free(struct loop *l); // after it stopped; finishes what others are closing on it
// On this thread, until loop_stop. Before it returns it cancels the fibers, waits for them to unwind
// and destroys the slots. May be called again.
void loop_run(struct loop *l);
void loop_start(struct loop *l);         // on a thread of its own
void loop_stop(struct loop *l);          // any thread; joins the thread that loop_start made
bool loop_is_here(const struct loop *l); // are we on its thread?
struct loop *loop_current(void);         // NULL where this thread runs none
struct loop *
loop_enter(struct loop *l); // for io/fiber: makes it the current one here, returns the one before
unsigned loop_index(const struct loop *l);
size_t loop_fibers_most(const struct loop *l);
struct uv_loop_s *loop_uv(struct loop *l); // for io and http only

// Runs fn(arg) on the loop's thread, soon, in the order posted. Any thread. (io/mailbox underneath.)
// What was posted before loop_stop runs; what comes after the loop has ended does not.
void loop_post(struct loop *l, void (*fn)(void *arg), void *arg);

struct loop_timer; // one shot or repeating; loop thread only
struct loop_timer *loop_timer_new(struct loop *l, void (*fn)(void *arg), void *arg);
void loop_timer_set(struct loop_timer *t, uint64_t after_ms, uint64_t every_ms);
void loop_timer_stop(struct loop_timer *t);
void loop_timer_free(struct loop_timer *t);

// A slot for what another module keeps one of per loop (fetch/client's multi handle). `destroy` runs
// on the loop's thread when it stops.
enum loop_slot { LOOP_SLOT_CLIENT, LOOP_SLOT_FIBERS, LOOP_SLOT_SUBSCRIBE, LOOP_SLOT_SHARES, LOOP_SLOT_COUNT };
void loop_slot_set(struct loop *l, enum loop_slot slot, void *value, void (*destroy)(void *value));
void *loop_slot_get(const struct loop *l, enum loop_slot slot);

#endif
