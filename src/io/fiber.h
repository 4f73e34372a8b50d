// SPDX-License-Identifier: Apache-2.0
// fiber: a plain C function with a stack of its own, run by one loop. It reads top to bottom; where
// it must wait it parks and the loop goes on. Fibers of one loop never run at the same time.
// A function marked SUSPENDS may park; it returns ERR_CANCELED when the asker has gone and
// ERR_TIMEOUT when the fiber's deadline has passed. Only fiber.c knows ucontext. Example:
//   static void work(void *arg) { struct err err; if (!fiber_sleep(100, &err)) return; … }
//   fiber_spawn(loop, "work", work, arg);
// Owner: the loop. Stacks are pooled per loop (FIBER_STACK bytes of address space each, a guard page below).
#ifndef POSTERN_IO_FIBER_H
#define POSTERN_IO_FIBER_H

#include "base/arena.h"
#include "base/err.h"
#include "io/loop.h"

struct fiber;

enum { FIBER_STACK = 256 * 1024, FIBER_NAME = 48 };

// What may wait for hours must not take the place of requests, nor these that of whoever manages the program
// or looks whether it lives. So each rank finds the loop full earlier than the next.
enum fiber_rank {
  FIBER_BACKGROUND, // nobody waits for it, or a vendor caused it: 3/4 of the loop's `fibers_most`
  FIBER_ORDINARY,   // clients' requests: 7/8
  FIBER_MANAGEMENT, // 15/16
  FIBER_HEALTH,     // all
};
size_t fiber_most(struct loop *loop, enum fiber_rank rank);

// Starts on the loop's thread before the call returns, until it first parks; it may have ended by then,
// so touch the result only while you know that it has not. NULL where the loop is full for this rank (the
// caller answers ERR_UNAVAILABLE).
struct fiber *fiber_spawn_as(enum fiber_rank rank, struct loop *loop, const char *name,
                             void (*run)(void *arg), void *arg);
struct fiber *fiber_spawn(struct loop *loop, const char *name, void (*run)(void *arg), void *arg); // ordinary
struct fiber *fiber_self(void); // NULL outside a fiber
struct loop *fiber_loop(struct fiber *f);

// Low level, for those who write a SUSPENDS function. `reason` is a literal, shown in listings.
// False (ERR_CANCELED, ERR_TIMEOUT): do not touch what you waited for but to withdraw it.
MUST_USE bool fiber_park(const char *reason, struct err *err) SUSPENDS;
// For what cannot be abandoned (a pool job that borrows this stack): wakes only by fiber_wake.
void fiber_park_firmly(const char *reason) SUSPENDS;
void fiber_wake(struct fiber *f);   // loop thread only; waking twice before it runs is one wake
void fiber_cancel(struct fiber *f); // loop thread only; every park from now on fails with ERR_CANCELED
bool fiber_canceled(void);
// Milliseconds from now for the whole fiber; 0 takes it away.
void fiber_deadline(struct fiber *f, uint64_t ms);

MUST_USE bool fiber_sleep(uint64_t ms, struct err *err) SUSPENDS;

size_t fiber_count(struct loop *loop); // loop thread only

// Parked fibers of a loop, for listings: name, reason, age.
struct fiber_info {
  char name[FIBER_NAME];
  const char *reason;
  uint64_t age_ms;
};
size_t fiber_list(struct loop *loop, struct fiber_info *out, size_t most);

#endif
