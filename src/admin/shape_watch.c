// SPDX-License-Identifier: Apache-2.0
// Watches: conditions on tiles, and what they told.
#include "admin/shape_row.h"

// clang-format off

#define WATCH_BODY(required, nil)                                                                                        \
  {"condition", ADMIN_TEXT, required, .most = 500, .says = "what it waits for: denied > 100, denied > 100 in 1h, any row, no row, rows >= 5, share of denied >= 20%, a row that was not there before, changed or removed row by id"}, \
  {"webhook", ADMIN_TEXT, required, .most = 2000, .says = "the address that is told, by POST; it is kept sealed and not shown again"}, \
  {"form", ADMIN_WORD, .allowed = "json|slack", .says = "of the body; slack: as its incoming webhooks take it"},     \
  {"for_seconds", ADMIN_INT, .least = 0, .most = 7 * 86400, .says = "how long it has to hold, run by run, before it is told"}, \
  {"key", ADMIN_TEXTS, nil, .says = "columns that tell rows apart; without them its ids, or its texts and times"},        \
  {"quiet", ADMIN_TEXT, nil, .most = 32, .says = "hours in which nobody is told: 22:00-07:00; empty: none"},              \
  {"zone", ADMIN_TEXT, nil, .most = 64, .says = "whose clock these are; without it the setting zone"},                    \
  {"quiet_then", ADMIN_WORD, .allowed = "after|drop", .says = "what comes in them is told after, as without it, or not at all"}
SHAPE(admin_watch_new, "WatchNew", "A condition on a tile, and whom it tells",
  {"tile", ADMIN_TEXT, REQ, .most = ID_MOST, .says = "til_…"},
  WATCH_BODY(REQ, 0));
SHAPE(admin_watch_patch, "WatchPatch", "What is to change; what is left out stays",
  {"paused", ADMIN_BOOL, .says = "it is not judged, and nobody is told; what came meanwhile is not told after"},
  {"version", ADMIN_INT, .least = 1, .says = "of the watch that was read; a conflict where it is another by now"},
  WATCH_BODY(0, ADMIN_NULLABLE));
SHAPE(admin_query_watches, "WatchQuery", "",
  LIMIT, AFTER, {"tile", ADMIN_TEXT, .most = ID_MOST, .says = "of this tile alone"});
SHAPE(admin_query_watch_events, "WatchEventQuery", "",
  {"limit", ADMIN_INT, .least = 1, .most = 500, .says = "entries on a page; without it 50"},
  {"before", ADMIN_INT, .least = 1, .says = "the number of the last entry of the page before; see next"});

#define WATCH_SHOWN                                                                                                 \
  {"id", ADMIN_TEXT, REQ, .says = "wat_…"},                                                                         \
  {"tile_id", ADMIN_TEXT, REQ, .says = "what it looks at"},                                                         \
  {"tile", ADMIN_TEXT, REQ, .says = "its title"},                                                                   \
  {"dashboard", ADMIN_TEXT, REQ, .says = "where that stands"},                                                      \
  {"condition", ADMIN_TEXT, REQ, .says = "as it was understood"},                                                   \
  {"for_seconds", ADMIN_INT, REQ, .says = "how long it has to hold before it is told"},                             \
  {"quiet", ADMIN_TEXT, NIL, .says = "hours in which nobody is told"},                                              \
  {"zone", ADMIN_TEXT, NIL, .says = "whose clock these are"},                                                       \
  {"quiet_then", ADMIN_WORD, REQ, .allowed = "after|drop", .says = "what comes in them"},                           \
  {"form", ADMIN_WORD, REQ, .allowed = "json|slack", .says = "of the body"},                                        \
  {"receiver", ADMIN_TEXT, REQ, .says = "the address's origin; the rest of it is a secret"},                        \
  {"state", ADMIN_WORD, REQ, .allowed = "fine|pending|firing|paused|stopped", .says = "pending: it holds, not yet for long enough; stopped: nobody is told any more"}, \
  {"why", ADMIN_TEXT, NIL, .says = "it is stopped, or does not fit what the tile shows"},                           \
  {"since", ADMIN_TIME, NIL, .says = "pending, firing: since when"},                                                \
  {"judged_at", ADMIN_TIME, NIL, .says = "by the last run that was whole"},                                         \
  {"open_event", ADMIN_TEXT, NIL, .says = "firing: the event with which it began"},                                 \
  {"tile_every_seconds", ADMIN_INT, REQ, .says = "how often the tile is run by itself; 0: never, and it is judged where somebody runs it"}, \
  {"owner", ADMIN_TEXT, REQ, .says = "id of the API token that made it, or last gave it another address or condition; without that nobody is told"}, \
  {"owner_name", ADMIN_TEXT, NIL, .says = "its name, while it is there"},                                           \
  {"version", ADMIN_INT, REQ, .says = "counts changes"},                                                            \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                              \
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
SHAPE(admin_watch, "Watch", "A condition on a tile, and where it stands", WATCH_SHOWN);
SHAPE(admin_watch_secret, "WatchSecret", "A watch, with what signs its messages",
  WATCH_SHOWN,
  {"secret", ADMIN_TEXT, REQ, .says = "shown this once: Postern-Signature is v1= and HMAC-SHA256 with it of Postern-Timestamp, a dot, and the body"});
SHAPE(admin_watch_list, "WatchList", "A page of watches",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_watch, .says = "oldest first"}, NEXT);

#define EVENT_SHOWN                                                                                                 \
  {"id", ADMIN_TEXT, REQ, .says = "evt_…; never changes, and is Postern-Event-Id"},                                 \
  {"watch_id", ADMIN_TEXT, REQ, .says = "whose"},                                                                   \
  {"number", ADMIN_INT, REQ, .says = "the order in which they are told"},                                           \
  {"event", ADMIN_WORD, REQ, .allowed = "began|ended|happened|test", .says = "happened: it has no end"},            \
  {"at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                                      \
  {"began", ADMIN_TEXT, NIL, .says = "of an end: the event that it ends"},                                          \
  {"delivery", ADMIN_WORD, REQ, .allowed = "waiting|delivered|failed|silent|stopped", .says = "silent: it came in quiet hours; failed: in all the time for it nobody took it"}, \
  {"tries", ADMIN_INT, REQ, .says = "so far"},                                                                      \
  {"next_try_at", ADMIN_TIME, NIL, .says = "waiting: not before"},                                                  \
  {"why", ADMIN_TEXT, NIL, .says = "it is not delivered"}
INNER(admin_watch_event_row, "WatchEvent", "What a condition told", EVENT_SHOWN);
SHAPE(admin_watch_event, "WatchEventWhole", "What a condition told, and how telling went",
  EVENT_SHOWN,
  {"message", ADMIN_OBJECT, NIL, .says = "what is sent, with the rows that prove it; null: it went with an account"},
  {"attempts", ADMIN_OBJECTS, REQ, .says = "the last ten: number, at, ms, status (0: no answer), why"});
SHAPE(admin_watch_events, "WatchEventList", "A page of events",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_watch_event_row, .says = "newest first"}, NEXT);
