// SPDX-License-Identifier: Apache-2.0
// node: this program among those that run on the same database. Each start draws an id, writes a row, and counts its beat
// up every two seconds; a node whose beat stands still for seven is taken for dead, and its row goes later. On a store for
// one program (SQLite) a node is alone: no row, no thread. Process-wide; made and closed by wiring.c. Any thread may ask,
// and nothing that asks waits for the store. Example:
//   struct node_options options = {.store = store, .url = url, .version = version};
//   if (!node_open(&options, err)) …
//   char url[NODE_URL];
//   switch (node_find(id, url)) { case NODE_SELF: … case NODE_LIVE: … case NODE_GONE: … }
#ifndef POSTERN_NODE_NODE_H
#define POSTERN_NODE_NODE_H

#include "node/roster.h"

enum { NODE_BEAT_MS = 2000, NODE_ID = ROSTER_ID, NODE_URL = ROSTER_URL };

struct node_options {
  struct store *store; // has its keys (store_set_ring); as long as the node
  struct str url,
      version; // url: where other nodes reach this one, without a slash at the end; empty: they cannot
};

// Blocking. Where a node with another key lives on the database: ERR_DENIED, and nothing was written that stays.
MUST_USE bool node_open(const struct node_options *options, struct err *err);
// Blocking, until a beat is over that began after this, whether the store took it or not: then the row goes by the keys of now.
void node_beat_now(void);
// Others may take what it does for all, and pass nothing on to it any more, from their next beat on; what asks here is
// told what it was before. `left` is called once, on another thread or within this, also where the store takes no word of it.
void node_leave(void (*left)(void *arg), void *arg);
void node_close(void); // leaves, if it has not; blocking, for a moment

struct str node_self(void); // 8 characters [0-9a-z], another one with each start; before node_open: empty
bool node_is_alone(void);   // nobody else can be on the store

enum node_where {
  NODE_SELF, // this program
  NODE_LIVE, // `url` is where it is reached; empty: it lives, and cannot be reached
  NODE_GONE, // it has stopped, or died, or never was
};
// One that has just started is found when its news has come, mostly at once, at the latest after a beat.
enum node_where node_find(struct str id, char url[NODE_URL]);

// Those that live, by id, this one among them. Alone: this one.
struct node_list {
  struct roster_node items[NODE_ROWS_MOST];
  size_t count;
};
void node_list(struct node_list *out);
size_t node_count(void); // at least 1

// How far this program's catalog has come in the changelog, for the others to see.
void node_note_seen(int64_t line);

#endif
