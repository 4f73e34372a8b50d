// SPDX-License-Identifier: Apache-2.0
// message: what a remote server sends, taken apart: JSON text to events. Private to mcp/. Pure. A message is
// on the heap and owns its document; a list of them is in the order of the text. Example:
//   struct message_rules rules = {.json = &limits, .bytes_most = 4 << 20};
//   struct message *list; if (!message_read(text, &rules, &list, err)) …      // ERR_UPSTREAM, ERR_LIMIT
#ifndef POSTERN_MCP_MESSAGE_H
#define POSTERN_MCP_MESSAGE_H

#include "mcp/client.h"

enum { MESSAGE_BATCH_MOST = 256, MESSAGE_NEWS_MOST = 64 * 1024 };

struct message_rules {
  const struct json_limits *json;
  size_t bytes_most;
  struct payer *payer;         // of their documents; NULL: nobody
  const struct mcp_peer *from; // whose secrets are hidden before anything is read; NULL: of our own making
};

struct message {
  struct mcp_event e; // of a response: its id, where it has one
  struct message *next;
  struct payer *payer; // of its document
};

// The way by which all words of a server come in but those of refusals (send_read_some): hidden is what it
// was given. One message, or the members of a batch (2025-03-26), of which a response that cannot be read is an error
// for its request, and anything else that cannot be read is left out.
MUST_USE bool message_read(struct str text, const struct message_rules *rules, struct message **list,
                           struct err *err);
void message_free(struct message *m); // this one alone; NULL is fine
void message_free_all(struct message *list);
// Moves the event out and frees the rest.
void message_take(struct message *m, struct mcp_event *out);
struct message *message_copy(const struct message *m);

// A notification of our own making: where what a server said may have been missed. `uri` empty: no params.
struct message *message_news(const char *method, struct str uri);

// Does a response's or a progress token's id mean the number that we gave out?
bool message_id_is(yyjson_val *id, uint64_t number);
// What a result must be: its `resultType` one that we know (absent is "complete": so all servers of the
// legacy era, and 2026-07-28 has clients forgive it), input_required with something to answer.
MUST_USE bool message_check_result(yyjson_val *result, enum mcp_era era, struct err *err);

struct message_mended { // what mending left out of a list
  size_t dropped;       // entries; `why` has the first one's name and reason
  struct err why;
  void (*drop)(void *arg, struct str name, const char *why); // in: told of each; NULL: nobody asks
  void *arg;
};
// The result of `method` as every client takes it (mcp/mend). ERR_UPSTREAM: it is no such result.
MUST_USE bool message_mend(struct message *m, struct str method, enum mcp_era era, struct message_mended *out,
                           struct err *err);

struct message_queue {
  struct message *first, **last;
};
void message_queue_add(struct message_queue *q, struct message *list);
void message_queue_return(struct message_queue *q, struct message *m); // to its front
struct message *message_queue_take(struct message_queue *q);           // NULL: empty

#endif
