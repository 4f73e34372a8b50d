// SPDX-License-Identifier: Apache-2.0
// replay: the little that a legacy session has beside its id: log level, resource subscriptions, which
// streams are open where, and the last events of each, for clients that come back with Last-Event-ID.
// Process-wide and bounded: the least recently used goes first, and all of it with a restart, without harm
// but that a stream cannot be resumed and a level or subscription must be set again. Reference-counted; any
// thread. Example:
//   struct replay *m = replay_get(session.key, true);
//   replay_record(m, stream, message, &frame);      // an event with its id, kept and ready to be sent
//   replay_unref(m);
//
// The events of a session, oldest first; "1-6" is its sixth, on its stream 1:
//   dropped <- | 1-3 | 2-4 | 1-5 | 1-6 | 2-7 | <- recorded       REPLAY_EVENTS_MOST, REPLAY_EVENT_BYTES_MOST
//   whoever comes back with 1-3 gets 1-5   1-6, and from then on what is recorded for stream 1
#ifndef POSTERN_SESSION_REPLAY_H
#define POSTERN_SESSION_REPLAY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "io/loop.h"

enum {
  REPLAY_SESSIONS_MOST = 20000,
  REPLAY_RETRY_MS = 1000,    // when a client whose stream broke shall come back
  REPLAY_ENDED_MOST = 65536, // sessions that said DELETE; the oldest are forgotten first
  REPLAY_URIS_MOST = 256,
  REPLAY_URI_BYTES_MOST = 2048,
  REPLAY_ALL_URI_BYTES_MOST = 32 << 20, // of all sessions
  REPLAY_STREAMS_MOST = 32,             // of a session, that can be resumed
  REPLAY_EVENTS_MOST = 256,             // of a session
  REPLAY_EVENT_BYTES_MOST = 1 << 20,    // of a session
  REPLAY_ALL_BYTES_MOST = 64 << 20,     // of all of them
};

struct replay;

// Which node's events these are: begins their ids, so that another node's are told from them. Once, before the first; as long
// as the program. Empty: they begin with the stream's number.
void replay_use_mark(struct str mark);
struct str replay_mark_of(struct str last_id); // the mark that an event's id begins with; may be empty

struct replay *replay_get(struct str key, bool make); // NULL: there is none and none was wanted
struct replay *replay_ref(struct replay *m);
void replay_unref(struct replay *m); // NULL is fine
struct str replay_key(const struct replay *m);

void replay_end(struct str key); // the session is over
bool replay_has_ended(struct str key);

void replay_set_level(struct replay *m, struct str level);
struct str replay_level(struct replay *m, struct arena *a); // empty: never set

// What the client of a 2024-11-05 session declared: its id was made before it said so. `capabilities` empty:
// not yet.
void replay_set_client(struct replay *m, struct str version, struct str capabilities, struct str client);
void replay_client(struct replay *m, struct arena *a, struct str *version, struct str *capabilities,
                   struct str *client);

MUST_USE bool replay_subscribe(struct replay *m, struct str uri, struct err *err);
void replay_unsubscribe(struct replay *m, struct str uri);
size_t replay_uris(struct replay *m, struct arena *a, struct str **out);

// ---- streams and their events

struct replay_place { // an open stream that somebody reads: serve/stream
  struct loop *loop;
  uint64_t number;
};

enum replay_kind {
  REPLAY_POST,  // of one request: over when it is answered
  REPLAY_OWN,   // the session's, for what the server says unasked
  REPLAY_PLAIN, // the same in the 2024-11-05 transport: no ids, nothing is kept
};

// A stream of events: its number within the session.
unsigned replay_stream_begin(struct replay *m, enum replay_kind kind);
void replay_stream_end(struct replay *m, unsigned stream);
// Who reads it now; whoever did before is no longer told.
void replay_attach(struct replay *m, unsigned stream, const struct replay_place *place);
void replay_detach(struct replay *m, uint64_t number); // that reader has gone
bool replay_reader(struct replay *m, unsigned stream, struct replay_place *out);
// The newest stream that is of no request, one that is read first; another's reader may come back.
bool replay_newest(struct replay *m, unsigned *stream, struct replay_place *reader, bool *read);
size_t replay_open_streams(struct replay *m);                          // of no request, read by somebody
bool replay_oldest_reader(struct replay *m, struct replay_place *out); // of these

// Appends the event as it goes out: id, "message", data. True: `reader` is to be sent it.
bool replay_record(struct replay *m, unsigned stream, struct str message, struct buf *frame,
                   struct replay_place *reader);
void replay_prime(struct replay *m, unsigned stream, struct buf *frame); // id, retry, empty data (2025-11-25)

struct replay_resumed {
  unsigned stream;
  enum replay_kind kind;
  bool open; // more will come
};
// Which stream is this the id of an event of? False: none that is remembered.
MUST_USE bool replay_find_event(struct replay *m, struct str last_id, struct replay_resumed *out);
// In one step, so that nothing is lost or comes twice: attaches the reader, and appends what came after.
MUST_USE bool replay_resume(struct replay *m, struct str last_id, const struct replay_place *reader,
                            struct buf *frames, struct replay_resumed *out);

#endif
