// SPDX-License-Identifier: Apache-2.0
// How a switch is made. swapcontext(3) saves the signal mask with a system call on each side, about
// 0.4 µs a round trip; our fibers never change the mask. So ucontext only makes a stack's first frame,
// once, and later switches are _setjmp/_longjmp, which POSIX has save no mask (tests/unit/io/test_fiber.c
// prints both). glibc's fortified longjmp refuses to go to another stack, hence the #undef. The
// sanitizers follow swapcontext but not a longjmp between stacks, so they get swapcontext and are told of
// each switch.
//
// When a woken fiber runs. fiber_wake only queues it. The queue is drained right after the loop's
// poll phase (uv_check) and right before it (uv_prepare: for wakes by timers and by the drained fibers), so a
// wake neither recurses into its caller nor waits a turn of the loop. A drain runs what was queued when it
// began; if that queued more, a uv_idle keeps the loop from sleeping.
//
// A fiber that returns keeps its stack in fiber_main's endless loop, ready for the next run. Few of these
// stay warm; the next ones give their pages back and need a new first frame; beyond that they are unmapped.
#undef _FORTIFY_SOURCE
#include "io/fiber.h"

#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define FIBER_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define FIBER_TSAN 1
#endif
#if defined(FIBER_ASAN) || defined(FIBER_TSAN)
#define FIBER_SANITIZED 1
#define FIBER_PLAIN __attribute__((noinline, no_sanitize("address"), no_sanitize("thread")))
enum { FIBER_MAPPED = FIBER_STACK * 4 }; // their frames are several times larger
#else
#define FIBER_PLAIN __attribute__((noinline))
enum { FIBER_MAPPED = FIBER_STACK };
#endif

enum { FIBER_WARM_MOST = 64, FIBER_COLD_MOST = 1024 }; // idle stacks kept, each loop

enum fiber_state { FIBER_IDLE, FIBER_RUNNING, FIBER_PARKED, FIBER_QUEUED };

struct fiber_context {
#ifdef FIBER_SANITIZED
  ucontext_t uc;
#else
  jmp_buf jump;
#endif
  void *fake_stack; // AddressSanitizer's
  void *tsan;       // ThreadSanitizer's
};

struct fiber {
  struct fiber_context here, caller; // caller: who resumed it
  const void *caller_stack;
  size_t caller_size;
  char *stack; // the lowest usable byte; the guard page is below
  struct fibers *all;
  struct fiber *prev, *next; // in all->live, or next in all->warm / cold
  struct fiber *next_to_run;
  void (*run)(void *arg);
  void *arg;
  enum fiber_state state;
  bool fresh;  // needs its first frame
  bool firmly; // parked until fiber_wake
  bool canceled, expired, awoken;
  const char *reason;
  uint64_t parked_us;
  uv_timer_t deadline, sleep;
  int handles; // open ones of these two
  char name[FIBER_NAME];
};

// A loop's fibers.
struct fibers {
  struct loop *loop;
  struct fiber *live, *warm, *cold;
  size_t live_count, warm_count, cold_count;
  struct fiber *first, **last; // run queue
  uv_prepare_t prepare;
  uv_check_t check;
  uv_idle_t idle;
  int handles;
  bool ending;
};

static _Thread_local struct fiber *fiber_now;

// ---- switching

// Leaves `from`, enters `to`, whose stack is given; returns when someone enters `from` again.
// `for_good`: what is on from's stack will not be needed.
FIBER_PLAIN static void fiber_jump(struct fiber_context *from, struct fiber_context *to, const void *stack,
                                   size_t size, bool for_good) {
#ifdef FIBER_ASAN
  __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack, stack, size);
#else
  (void)stack, (void)size, (void)for_good;
#endif
#ifdef FIBER_TSAN
  __tsan_switch_to_fiber(to->tsan, 0);
#endif
#ifdef FIBER_SANITIZED
  swapcontext(&from->uc, &to->uc);
#else
  if (_setjmp(from->jump) == 0) _longjmp(to->jump, 1);
#endif
}

// The first thing to do after arriving on a fiber's stack: learn who has resumed it.
FIBER_PLAIN static void fiber_arrived(struct fiber *f) {
#ifdef FIBER_ASAN
  __sanitizer_finish_switch_fiber(f->here.fake_stack, &f->caller_stack, &f->caller_size);
  f->here.fake_stack = NULL;
#else
  (void)f;
#endif
}

FIBER_PLAIN static void fiber_leave(struct fiber *f, bool for_good) {
  fiber_jump(&f->here, &f->caller, f->caller_stack, f->caller_size, for_good);
  fiber_arrived(f);
}

FIBER_PLAIN static void fiber_main(unsigned high, unsigned low) { // makecontext passes only ints
  struct fiber *f = (struct fiber *)(((uintptr_t)high << 32) | low);
  fiber_arrived(f);
  for (;;) {
    f->run(f->arg);
    f->state = FIBER_IDLE;
    fiber_leave(f, true);
  }
}

// Enters a stack that has no frame yet.
FIBER_PLAIN static void fiber_begin(struct fiber *f) {
  ucontext_t first;
  getcontext(&first);
  first.uc_stack.ss_sp = f->stack;
  first.uc_stack.ss_size = FIBER_MAPPED;
  first.uc_link = NULL; // fiber_main never returns
  uintptr_t self = (uintptr_t)f;
  makecontext(&first, (void (*)(void))fiber_main, 2, (unsigned)(self >> 32), (unsigned)self);
  f->fresh = false;
#ifdef FIBER_SANITIZED
  f->here.uc = first;
#ifdef FIBER_TSAN
  f->here.tsan = __tsan_create_fiber(0);
  __tsan_set_fiber_name(f->here.tsan, f->name);
#endif
  fiber_jump(&f->caller, &f->here, f->stack, FIBER_MAPPED, false);
#else
  if (_setjmp(f->caller.jump) == 0) setcontext(&first);
#endif
}

static void fiber_release(struct fiber *f);

// Runs f until it parks or returns. The caller may be a fiber itself (fiber_spawn).
static void fiber_resume(struct fiber *f) {
  struct fiber *outer = fiber_now;
  fiber_now = f;
  f->state = FIBER_RUNNING;
#ifdef FIBER_TSAN
  f->caller.tsan = __tsan_get_current_fiber();
#endif
  if (f->fresh)
    fiber_begin(f);
  else
    fiber_jump(&f->caller, &f->here, f->stack, FIBER_MAPPED, false);
#ifdef FIBER_ASAN
  __sanitizer_finish_switch_fiber(f->caller.fake_stack, NULL, NULL);
#endif
  fiber_now = outer;
  if (f->state == FIBER_IDLE) fiber_release(f);
}

// ---- the run queue

static void fiber_queue(struct fiber *f) {
  struct fibers *all = f->all;
  f->state = FIBER_QUEUED;
  f->next_to_run = NULL;
  *all->last = f;
  all->last = &f->next_to_run;
}

static void fiber_drain(struct fibers *all) {
  struct fiber *f = all->first;
  all->first = NULL;
  all->last = &all->first;
  while (f) {
    struct fiber *next = f->next_to_run; // read before f runs and is queued again
    fiber_resume(f);
    f = next;
  }
}

static void fiber_on_idle(uv_idle_t *idle) {
  (void)idle;
} // being active is its whole effect

static void fiber_on_prepare(uv_prepare_t *prepare) {
  struct fibers *all = prepare->data;
  if (all->first) fiber_drain(all);
  if (all->first)
    uv_idle_start(&all->idle, fiber_on_idle);
  else
    uv_idle_stop(&all->idle);
}

static void fiber_on_check(uv_check_t *check) {
  struct fibers *all = check->data;
  if (all->first) fiber_drain(all);
}

// ---- stacks and the loop's set of fibers

static size_t fiber_page(void) {
  return (size_t)sysconf(_SC_PAGESIZE);
}

static void fiber_on_timer_closed(uv_handle_t *timer) {
  struct fiber *f = timer->data;
  if (--f->handles == 0) mem_free(f);
}

static void fiber_on_deadline(uv_timer_t *timer) {
  struct fiber *f = timer->data;
  f->expired = true;
  if (f->state == FIBER_PARKED && !f->firmly) fiber_queue(f);
}

static void fiber_on_sleep(uv_timer_t *timer) {
  struct fiber *f = timer->data;
  f->awoken = true;
  fiber_wake(f);
}

static struct fiber *fiber_new(struct fibers *all) {
  size_t page = fiber_page();
  char *map = mmap(NULL, page + FIBER_MAPPED, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (map == MAP_FAILED) return NULL;
  if (mprotect(map, page, PROT_NONE) != 0) { // vm.max_map_count reached
    munmap(map, page + FIBER_MAPPED);
    return NULL;
  }
  struct fiber *f = MEM_NEW(struct fiber);
  f->stack = map + page;
  f->all = all;
  f->fresh = true;
  uv_timer_init(loop_uv(all->loop), &f->deadline);
  uv_timer_init(loop_uv(all->loop), &f->sleep);
  f->deadline.data = f->sleep.data = f;
  f->handles = 2;
  metrics_add(METRIC_FIBERS_POOLED, 1);
  return f;
}

static void fiber_forget_frame(struct fiber *f) {
#ifdef FIBER_TSAN
  if (!f->fresh) __tsan_destroy_fiber(f->here.tsan);
#endif
  f->fresh = true;
}

static void fiber_free(struct fiber *f) {
  fiber_forget_frame(f);
  munmap(f->stack - fiber_page(), fiber_page() + FIBER_MAPPED);
  metrics_add(METRIC_FIBERS_POOLED, -1);
  uv_close((uv_handle_t *)&f->deadline, fiber_on_timer_closed);
  uv_close((uv_handle_t *)&f->sleep, fiber_on_timer_closed);
}

static struct fiber *fiber_pop(struct fiber **list, size_t *count) {
  struct fiber *f = *list;
  if (!f) return NULL;
  *list = f->next;
  --*count;
  return f;
}

static void fiber_push(struct fiber *f, struct fiber **list, size_t *count) {
  f->next = *list;
  *list = f;
  ++*count;
}

static struct fiber *fiber_acquire(struct fibers *all) {
  struct fiber *f = fiber_pop(&all->warm, &all->warm_count);
  if (!f) f = fiber_pop(&all->cold, &all->cold_count);
  if (!f) f = fiber_new(all);
  if (!f) return NULL;
  f->prev = NULL;
  f->next = all->live;
  if (f->next) f->next->prev = f;
  all->live = f;
  all->live_count++;
  metrics_add(METRIC_FIBERS, 1);
  return f;
}

static void fiber_release(struct fiber *f) {
  struct fibers *all = f->all;
  uv_timer_stop(&f->deadline);
  if (f->prev)
    f->prev->next = f->next;
  else
    all->live = f->next;
  if (f->next) f->next->prev = f->prev;
  all->live_count--;
  metrics_add(METRIC_FIBERS, -1);
  if (all->ending && !all->live) uv_stop(loop_uv(all->loop));
  if (all->warm_count < FIBER_WARM_MOST) {
    fiber_push(f, &all->warm, &all->warm_count);
  } else if (all->cold_count < FIBER_COLD_MOST) {
    fiber_forget_frame(f);
    madvise(f->stack, FIBER_MAPPED, MADV_DONTNEED);
    fiber_push(f, &all->cold, &all->cold_count);
  } else {
    fiber_free(f);
  }
}

static void fibers_on_closed(uv_handle_t *handle) {
  struct fibers *all = handle->data;
  if (--all->handles == 0) mem_free(all);
}

// The loop ends: everyone is canceled and unwinds, pool jobs included.
static void fibers_destroy(void *value) {
  struct fibers *all = value;
  all->ending = true;
  for (struct fiber *f = all->live; f; f = f->next) fiber_cancel(f);
  while (all->live) uv_run(loop_uv(all->loop), UV_RUN_DEFAULT); // the last one to end stops it
  struct fiber *f;
  while ((f = fiber_pop(&all->warm, &all->warm_count))) fiber_free(f);
  while ((f = fiber_pop(&all->cold, &all->cold_count))) fiber_free(f);
  uv_close((uv_handle_t *)&all->prepare, fibers_on_closed);
  uv_close((uv_handle_t *)&all->check, fibers_on_closed);
  uv_close((uv_handle_t *)&all->idle, fibers_on_closed);
}

static struct fibers *fibers_of(struct loop *loop) {
  struct fibers *all = loop_slot_get(loop, LOOP_SLOT_FIBERS);
  if (all) return all;
  all = MEM_NEW(struct fibers);
  all->loop = loop;
  all->last = &all->first;
  uv_prepare_init(loop_uv(loop), &all->prepare);
  uv_check_init(loop_uv(loop), &all->check);
  uv_idle_init(loop_uv(loop), &all->idle);
  all->prepare.data = all->check.data = all->idle.data = all;
  all->handles = 3;
  uv_prepare_start(&all->prepare, fiber_on_prepare);
  uv_check_start(&all->check, fiber_on_check);
  loop_slot_set(loop, LOOP_SLOT_FIBERS, all, fibers_destroy);
  return all;
}

// ---- what fiber.h offers

size_t fiber_most(struct loop *loop, enum fiber_rank rank) {
  static const size_t kept_sixteenths[] = {
      [FIBER_BACKGROUND] = 4, [FIBER_ORDINARY] = 2, [FIBER_MANAGEMENT] = 1, [FIBER_HEALTH] = 0};
  size_t most = loop_fibers_most(loop);
  return most - most * kept_sixteenths[rank] / 16;
}

struct fiber *fiber_spawn(struct loop *loop, const char *name, void (*run)(void *arg), void *arg) {
  return fiber_spawn_as(FIBER_ORDINARY, loop, name, run, arg);
}

struct fiber *fiber_spawn_as(enum fiber_rank rank, struct loop *loop, const char *name,
                             void (*run)(void *arg), void *arg) {
  assert(!loop_current() || loop_is_here(loop));
  struct fibers *all = fibers_of(loop);
  if (all->ending || all->live_count >= fiber_most(loop, rank)) return NULL;
  struct fiber *f = fiber_acquire(all);
  if (!f) return NULL;
  f->run = run;
  f->arg = arg;
  f->canceled = f->expired = f->firmly = false;
  f->reason = "";
  snprintf(f->name, sizeof f->name, "%s", name);
  struct loop *outer = loop_enter(loop); // a main may spawn before it runs the loop
  fiber_resume(f);
  loop_enter(outer);
  return f;
}

struct fiber *fiber_self(void) {
  return fiber_now;
}

struct loop *fiber_loop(struct fiber *f) {
  return f->all->loop;
}

static void fiber_wait(struct fiber *f, const char *reason, bool firmly) {
  f->reason = reason;
  f->firmly = firmly;
  f->parked_us = clock_mono_us();
  f->state = FIBER_PARKED;
  fiber_leave(f, false);
}

static bool fiber_may_wait(struct fiber *f, const char *reason, struct err *err) {
  if (f->canceled) return err_set(err, ERR_CANCELED, "the asker has gone (while waiting for %s)", reason);
  if (f->expired)
    return err_set(err, ERR_TIMEOUT, "the time for the whole request ran out (while waiting for %s)", reason);
  return true;
}

bool fiber_park(const char *reason, struct err *err) {
  struct fiber *f = fiber_now;
  assert(f);
  if (!fiber_may_wait(f, reason, err)) return false;
  fiber_wait(f, reason, false);
  return fiber_may_wait(f, reason, err);
}

void fiber_park_firmly(const char *reason) {
  assert(fiber_now);
  fiber_wait(fiber_now, reason, true);
}

void fiber_wake(struct fiber *f) {
  if (f->state == FIBER_PARKED) fiber_queue(f);
}

void fiber_cancel(struct fiber *f) {
  f->canceled = true;
  if (f->state == FIBER_PARKED && !f->firmly) fiber_queue(f);
}

bool fiber_canceled(void) {
  return fiber_now && fiber_now->canceled;
}

void fiber_deadline(struct fiber *f, uint64_t ms) {
  f->expired = false;
  uv_timer_stop(&f->deadline);
  if (ms == 0) return;
  uv_update_time(loop_uv(fiber_loop(f)));
  uv_timer_start(&f->deadline, fiber_on_deadline, ms, 0);
}

bool fiber_sleep(uint64_t ms, struct err *err) {
  struct fiber *f = fiber_now;
  assert(f);
  f->awoken = false;
  uv_update_time(loop_uv(fiber_loop(f)));
  uv_timer_start(&f->sleep, fiber_on_sleep, ms, 0);
  while (!f->awoken) {
    if (fiber_park("sleep", err)) continue;
    uv_timer_stop(&f->sleep);
    return false;
  }
  return true;
}

size_t fiber_count(struct loop *loop) {
  struct fibers *all = loop_slot_get(loop, LOOP_SLOT_FIBERS);
  return all ? all->live_count : 0;
}

size_t fiber_list(struct loop *loop, struct fiber_info *out, size_t most) {
  struct fibers *all = loop_slot_get(loop, LOOP_SLOT_FIBERS);
  size_t count = 0;
  uint64_t now = clock_mono_us();
  for (struct fiber *f = all ? all->live : NULL; f && count < most; f = f->next) {
    if (f->state == FIBER_RUNNING) continue;
    out[count] = (struct fiber_info){.reason = f->reason, .age_ms = (now - f->parked_us) / 1000};
    snprintf(out[count++].name, FIBER_NAME, "%s", f->name);
  }
  return count;
}
