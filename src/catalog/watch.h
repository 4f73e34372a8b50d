// SPDX-License-Identifier: Apache-2.0
// watch: keeps the catalog true to vendors' MCP servers: each account whose vendor can tell of list changes
// has a feed; its tools are read again on each change, and every so often without one; then the catalog is
// rebuilt. Also tells others
// (serve/stream) that an account's tools, prompts or resources changed, at all nodes; a feed is one node's (node/duty). Owner: wiring.c; runs on the loops.
// Example:
//   watch_start(&env, loops, loop_count);     // after the first catalog
//   watch_refresh();                          // from catalog_on_change: accounts came or went
//   watch_stop();
#ifndef POSTERN_CATALOG_WATCH_H
#define POSTERN_CATALOG_WATCH_H

#include "catalog/catalog.h"
#include "io/loop.h"
#include "remote/remote.h"

enum { WATCH_REFRESH_MS = 10 * 60 * 1000 }; // where catalog_env says nothing

enum watch_list { WATCH_TOOLS, WATCH_PROMPTS, WATCH_RESOURCES };

void watch_start(const struct catalog_env *env, struct loop **loops, size_t loop_count);
void watch_refresh(void); // any thread
void watch_stop(void);    // before the loops end
// Something suggests that its tools changed: a sync soon. Any thread.
void watch_hint(struct str account_id);
// Called on a loop's thread when a vendor said that a list changed (for tools: after the new catalog is
// current).
void watch_on_change(void (*changed)(void *arg, struct str account_id, enum watch_list list), void *arg);
// What a node has told all of them (CHANGELOG_NEWS): "<what>/<account>". Any thread.
void watch_heard(struct str news);
// Now, for one account (`postern account refresh`, after connecting). On a fiber.
MUST_USE bool watch_sync(const struct catalog_env *env, struct str account_id, struct remote_report *out,
                         struct err *err) SUSPENDS;

#endif
