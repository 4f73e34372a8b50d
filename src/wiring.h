// SPDX-License-Identifier: Apache-2.0
// wiring: what the program is made of. The one place that knows in which order things come to be from the
// settings (wiring_open, wiring_run), what becomes another one when the settings are loaded again (wiring_reload), and in
// which order things end (drain.h, wiring_stop, wiring_close). Owner: main.c, on the main thread. Example:
//   struct wiring w = {.arena = arena_new(), .input = input};
//   if (wiring_open(&w, &err)) {
//     wiring_run(&w);
//     …                                        // the loops answer
//     …                                        // drain.h
//     wiring_stop(&w);
//   }
//   wiring_close(&w);
#ifndef POSTERN_WIRING_H
#define POSTERN_WIRING_H

#include <stdatomic.h>

#include "admin/admin.h"
#include "alert/follow.h"
#include "alert/post.h"
#include "catalog/catalog.h"
#include "http/server.h"
#include "serve/endpoint.h"
#include "settings/settings.h"

enum { WIRING_LOOPS_MOST = 64 };

// What settings decide, as the parts take it. SIGHUP makes a new one; the ones before stay until the end,
// since requests may still read them: a few KiB each.
struct wiring_set {
  struct wiring_set *before;
  struct settings *settings;
  struct tls_context *tls;
  struct fetch_limits limits;
  struct authority_env authority;
  struct origin_rule origins;
  struct http_options http;
  struct serve_env serve;
  struct program_env program;
  struct engine_env engines;
  struct admin_env admin;
  struct alert_post_limits post;
};

struct wiring {
  struct arena *arena;
  struct settings_input input;
  struct store *store;
  struct seal_ring *ring;
  struct http_guard *guard;
  struct connector_set *connectors;
  struct audit *audit;
  struct sinks *sinks;
  struct store_probe *probe;
  struct account_env account;
  struct catalog_env catalog;
  struct board_env board;
  struct alert_follower follower;
  struct alert_post post;
  struct loop *loops[WIRING_LOOPS_MOST];
  struct http_server *servers[WIRING_LOOPS_MOST],
      *doors[WIRING_LOOPS_MOST];       // doors: for other nodes; or NULL
  struct tls_context *kin;             // of these
  size_t loop_count, connections_most; // most: that the limit of descriptors leaves for clients
  int64_t started_ms;
  struct str public_url;
  struct settings *starting; // until a set has them
  _Atomic(struct wiring_set *) set;
  uint64_t drain_end_us; // of drain_timeout, once it stops
  atomic_size_t busy;    // what the present step of a stop waits for
  void (*told)(void);    // when that has become less
  atomic_bool ready;
};

// Returns with the listeners open: nothing that could fail is left to do. Where it fails, wiring_close ends what is
// there.
MUST_USE bool wiring_open(struct wiring *w, struct err *err);
void wiring_run(struct wiring *w); // the loops begin to answer
void wiring_note_seen(void);       // how far the catalog is, for other nodes
// Logs what came of it. All stays as it was where the new settings are refused.
void wiring_reload(struct wiring *w);

void wiring_stop(struct wiring *w);           // the loops end
void wiring_close(struct wiring *w) SUSPENDS; // everything; also after a start that failed half way

#endif
