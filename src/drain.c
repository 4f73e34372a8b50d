// SPDX-License-Identifier: Apache-2.0
#include "drain.h"

#include "base/clock.h"
#include "base/log.h"
#include "doors.h"
#include "hear.h"
#include "node/node.h"

enum {
  DRAIN_LEAVE_MS = 2000, // for requests that a balancer sends on connections that it has
  DRAIN_DOORS_LEAVE_MS =
      2500 // until all other nodes have looked who lives, once this one has left: NODE_BEAT_MS
};

static void drain_done(void *arg) {
  struct wiring *w = arg;
  void (*told)(void) = w->told; // once nothing is busy the next step may have another
  atomic_fetch_sub(&w->busy, 1);
  told();
}

static void drain_wait_for(struct wiring *w, size_t busy, void (*told)(void)) {
  w->told = told;
  w->busy = busy;
}

static void drain_server(struct wiring *w, struct http_server *s, uint64_t leave_ms) {
  uint64_t now = clock_mono_us();
  const struct http_drain how = {.deadline_ms = now < w->drain_end_us ? (w->drain_end_us - now) / 1000 : 0,
                                 .leave_ms = leave_ms,
                                 .done = drain_done,
                                 .arg = w};
  http_server_drain(s, &how);
}

// Where no other node answers, clients have an error anyway.
static void drain_loop(void *arg) {
  struct wiring *w = arg;
  drain_server(w, w->servers[loop_index(loop_current())], node_count() > 1 ? DRAIN_LEAVE_MS : 0);
}

static void drain_door(void *arg) {
  struct wiring *w = arg;
  drain_server(w, w->doors[loop_index(loop_current())], DRAIN_DOORS_LEAVE_MS);
}

void drain_begin(struct wiring *w) {
  log_info("stopping: running requests finish, new ones are refused");
  w->ready = false;
}

void drain_clients(struct wiring *w, void (*told)(void)) {
  w->drain_end_us = clock_mono_us() + w->set->settings->drain_timeout * 1000;
  drain_wait_for(w, w->loop_count, told);
  for (size_t i = 0; i < w->loop_count; i++) loop_post(w->loops[i], drain_loop, w);
}

// Not before: what runs for clients may wait for something that another node brings.
void drain_node(struct wiring *w, void (*told)(void)) {
  drain_wait_for(w, 1, told);
  node_leave(drain_done, w);
}

void drain_doors(struct wiring *w, void (*told)(void)) {
  hear_leave();
  drain_wait_for(w, doors_count(w), told);
  for (size_t i = 0; i < doors_count(w); i++) loop_post(w->loops[i], drain_door, w);
}
