// SPDX-License-Identifier: Apache-2.0
// duty: what one node does for all: keeping house, telling webhooks, handing the audit on, the feeds of accounts, the runs of tiles. Feeds and
// runs are divided into parts by whose they are. Of the nodes that live, hashes decide which one each duty is meant for, so
// that little changes hands when one comes or goes; a row says which one has it, and its fence lets one of two have it. A
// node that dies has its duties taken over within ROSTER_DEAD_MS and a beat; one that cannot write that it lives stops
// sooner than others may begin. On a store for one program all duties are its own. Any thread asks. Example:
//   if (duty_is_ours(DUTY_FEEDS, account_id)) …      // asked each time before something is begun
#ifndef POSTERN_NODE_DUTY_H
#define POSTERN_NODE_DUTY_H

#include "node/roster.h"

enum duty { DUTY_HOUSE, DUTY_WEBHOOKS, DUTY_SINKS, DUTY_FEEDS, DUTY_TILES, DUTY_KINDS };
enum {
  DUTY_PARTS = 16,        // of feeds, and of tiles
  DUTY_HOLDS_MS = 5000,   // after a beat: less than ROSTER_DEAD_MS, so that no two begin the same
  DUTY_HANDOVER_MS = 500, // between the end at one and the beginning at another, for what is being begun
};

// `whose`: id of the account, or of the dashboard; empty where the kind has no parts.
bool duty_is_ours(enum duty kind, struct str whose);
// Called on a thread of the node's after duties have gone, or have come: when that is known, and when it is in force.
void duty_on_change(void (*changed)(void *arg), void *arg);

// ---- for node.c

void duty_begin(struct str self); // from now on a duty is ours when its row says so
// After a beat that was begun at `began_us`: what the rows say, and what is free for the taking or meant for another.
MUST_USE bool duty_look(struct store *s, const struct roster *r, uint64_t began_us, struct err *err);
MUST_USE bool duty_leave(struct store *s, struct err *err); // gives all back
void duty_end(void);                                        // all are ours again

#endif
