// SPDX-License-Identifier: Apache-2.0
// memory: the little that a legacy session has beside its id: log level, resource subscriptions, which
// streams are open where, and the last events of each, for clients that come back with Last-Event-ID.
// Process-wide and bounded: the least recently used goes first, and all of it with a restart, without harm
// but that a stream cannot be resumed and a level or subscription must be set again. Reference-counted; any
// thread. Example:
//   struct memory *m = memory_get(session.key, true);
//   memory_record(m, stream, message, &frame);      // an event with its id, kept and ready to be sent
//   memory_unref(m);
#ifndef POSTERN_SESSION_MEMORY_H
#define POSTERN_SESSION_MEMORY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "io/loop.h"

enum {
  MEMORY_SESSIONS_MOST = 20000,
  MEMORY_RETRY_MS = 1000,    // when a client whose stream broke shall come back
  MEMORY_ENDED_MOST = 65536, // sessions that said DELETE; the oldest are forgotten first
  MEMORY_URIS_MOST = 256,
  MEMORY_URI_BYTES_MOST = 2048,
  MEMORY_ALL_URI_BYTES_MOST = 32 << 20, // of all sessions
  MEMORY_STREAMS_MOST = 32,             // of a session, that can be resumed
  MEMORY_EVENTS_MOST = 256,             // of a session
  MEMORY_EVENT_BYTES_MOST = 1 << 20,    // of a session
  MEMORY_ALL_BYTES_MOST = 64 << 20,     // of all of them
};

struct memory;

struct memory *memory_get(struct str key, bool make); // NULL: there is none and none was wanted
struct memory *memory_ref(struct memory *m);
void memory_unref(struct memory *m); // NULL is fine
struct str memory_key(const struct memory *m);

void memory_end(struct str key); // the session is over
bool memory_has_ended(struct str key);

void memory_set_level(struct memory *m, struct str level);
struct str memory_level(struct memory *m, struct arena *a); // empty: never set

// What the client of a 2024-11-05 session declared: its id was made before it said so. `capabilities` empty:
// not yet.
void memory_set_client(struct memory *m, struct str version, struct str capabilities, struct str client);
void memory_client(struct memory *m, struct arena *a, struct str *version, struct str *capabilities,
                   struct str *client);

MUST_USE bool memory_subscribe(struct memory *m, struct str uri, struct err *err);
void memory_unsubscribe(struct memory *m, struct str uri);
size_t memory_uris(struct memory *m, struct arena *a, struct str **out);

// ---- streams and their events

struct memory_place { // an open stream that somebody reads: serve/stream
  struct loop *loop;
  uint64_t number;
};

enum memory_kind {
  MEMORY_POST,  // of one request: over when it is answered
  MEMORY_OWN,   // the session's, for what the server says unasked
  MEMORY_PLAIN, // the same in the 2024-11-05 transport: no ids, nothing is kept
};

// A stream of events: its number within the session.
unsigned memory_stream_begin(struct memory *m, enum memory_kind kind);
void memory_stream_end(struct memory *m, unsigned stream);
// Who reads it now; whoever did before is no longer told.
void memory_attach(struct memory *m, unsigned stream, const struct memory_place *place);
void memory_detach(struct memory *m, uint64_t number); // that reader has gone
bool memory_reader(struct memory *m, unsigned stream, struct memory_place *out);
// The newest stream that is of no request, one that is read first; another's reader may come back.
bool memory_newest(struct memory *m, unsigned *stream, struct memory_place *reader, bool *read);
size_t memory_open_streams(struct memory *m);                          // of no request, read by somebody
bool memory_oldest_reader(struct memory *m, struct memory_place *out); // of these

// Appends the event as it goes out: id, "message", data. True: `reader` is to be sent it.
bool memory_record(struct memory *m, unsigned stream, struct str message, struct buf *frame,
                   struct memory_place *reader);
void memory_prime(struct memory *m, unsigned stream, struct buf *frame); // id, retry, empty data (2025-11-25)

struct memory_resumed {
  unsigned stream;
  enum memory_kind kind;
  bool open; // more will come
};
// Which stream is this the id of an event of? False: none that is remembered.
MUST_USE bool memory_find_event(struct memory *m, struct str last_id, struct memory_resumed *out);
// In one step, so that nothing is lost or comes twice: attaches the reader, and appends what came after.
MUST_USE bool memory_resume(struct memory *m, struct str last_id, const struct memory_place *reader,
                            struct buf *frames, struct memory_resumed *out);

#endif
