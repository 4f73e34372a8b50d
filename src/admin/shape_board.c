// SPDX-License-Identifier: Apache-2.0
// Dashboards, tiles and shares.
#include "admin/shape_row.h"

// clang-format off

// ---- requests

#define BOARD_BODY(nil)                                                                                                  \
  {"visibility", ADMIN_WORD, .allowed = "private|shared", .says = "private: seen by the API token that made it, while that lives; shared, as without it: by all that manage, and viewers"}, \
  {"since", ADMIN_TEXT, nil, .most = 40, .says = "its range, over what its programs say: now-7d, today, an instant; empty: theirs"}, \
  {"until", ADMIN_TEXT, nil, .most = 40, .says = "likewise"}
SHAPE(admin_dashboard_new, "DashboardNew", "A dashboard to make",
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "a name for people, unique among dashboards"},
  BOARD_BODY(0));
SHAPE(admin_dashboard_patch, "DashboardPatch", "What is to change; what is left out stays",
  {"name", ADMIN_TEXT, .most = NAME_MOST, .says = "a new name"},
  {"version", ADMIN_INT, .least = 1, .says = "of the dashboard that was read; a conflict where it is another by now"},
  BOARD_BODY(ADMIN_NULLABLE));
#define WAIT {"wait_seconds", ADMIN_INT, .least = 0, .most = 100, .says = "how long the answer waits for what is run; without it 45"}
SHAPE(admin_refresh_body, "DashboardRefresh", "How its tiles are run again",
  {"stale", ADMIN_BOOL, .says = "only those that are older than their interval, or ten minutes; the answer does not wait for them"},
  WAIT);
SHAPE(admin_tile_refresh, "TileRefresh", "How a tile is run again", WAIT);
SHAPE(admin_starter_new, "StarterNew", "The dashboard that a connector offers",
  {"name", ADMIN_TEXT, .most = NAME_MOST, .says = "without it the account's"});
INNER(of_chart, "TileChart", "What a tile is drawn as, over what its program says",
  {"mark", ADMIN_TEXT, ADMIN_NULLABLE, .most = 32, .says = "as a program's chart has it"},
  {"x", ADMIN_TEXT, ADMIN_NULLABLE, .most = 256, .says = "a column"},
  {"y", ADMIN_TEXT, ADMIN_NULLABLE, .most = 256, .says = "a column"},
  {"color", ADMIN_TEXT, ADMIN_NULLABLE, .most = 256, .says = "a column"});
#define TILE_BODY(nil)                                                                                                   \
  {"program", ADMIN_OBJECT, .says = "as GET /program-schema describes it, without tables"},                         \
  {"stored", ADMIN_TEXT, .most = NAME_MOST, .says = "in its place: id or name of a kept program, as it is now"},    \
  {"answer", ADMIN_TEXT, .most = 64, .says = "likewise: id of a kept answer, whose program it is"},                 \
  {"server", ADMIN_TEXT, .most = NAME_MOST, .says = "id or name of the server whose names of tools the program is written in; left out: the vendors'"}, \
  {"result", ADMIN_TEXT, nil, .most = 64, .says = "name of the result that is shown; without it the program's first"},   \
  {"chart", ADMIN_OBJECT, nil, .shape = &of_chart, .says = "what it is drawn as, over what the program says"},            \
  {"title", ADMIN_TEXT, nil, .most = 200, .says = "without it the result's, or the program's"},                          \
  {"parameters", ADMIN_OBJECT, nil, .says = "values over the program's defaults"},                                       \
  {"size", ADMIN_WORD, .allowed = "quarter|half|full", .says = "of a row"},                                         \
  {"place", ADMIN_INT, .least = 0, .most = 200, .says = "on the dashboard, from 0; the others make room"},          \
  {"every_seconds", ADMIN_INT, .least = 0, .most = 31 * 86400, .says = "how often it is run by itself, at least 10; 0: never"}
SHAPE(admin_tile_new, "TileNew", "A tile to pin: a program, a kept one, or that of an answer", TILE_BODY(0));
SHAPE(admin_tile_patch, "TilePatch", "What is to change; what is left out stays. Another program, result, chart or parameters make it the changer's, and what it gave before goes",
  {"version", ADMIN_INT, .least = 1, .says = "of the tile that was read; a conflict where it is another by now"},
  TILE_BODY(ADMIN_NULLABLE));

// ---- answers

#define BOARD_SHOWN                                                                                                 \
  {"id", ADMIN_TEXT, REQ, .says = "dsh_…"},                                                                         \
  {"name", ADMIN_TEXT, REQ, .says = "for people"},                                                                  \
  {"owner", ADMIN_TEXT, REQ, .says = "id of the API token that made it"},                                           \
  {"owner_name", ADMIN_TEXT, NIL, .says = "its name, while it is there"},                                           \
  {"visibility", ADMIN_WORD, REQ, .allowed = "private|shared", .says = "who sees it"},                              \
  {"since", ADMIN_TEXT, NIL, .says = "its range"},                                                                  \
  {"until", ADMIN_TEXT, NIL, .says = "its range"},                                                                  \
  {"tile_count", ADMIN_INT, REQ, .says = "it has"},                                                                 \
  {"as_of", ADMIN_TIME, NIL, .says = "when the newest of what they show was read"},                                 \
  {"version", ADMIN_INT, REQ, .says = "counts changes"},                                                            \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                              \
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
#define TILE_HEAD                                                                                                  \
  {"id", ADMIN_TEXT, REQ, .says = "til_…"},                                                                         \
  {"dashboard_id", ADMIN_TEXT, REQ, .says = "where it stands"},                                                     \
  {"title", ADMIN_TEXT, REQ, .says = "for people"},                                                                 \
  {"result", ADMIN_TEXT, REQ, .says = "of its program, the one that is shown"},                                     \
  {"answer", ADMIN_TEXT, NIL, .says = "id of the answer whose program it is"},                     \
  {"size", ADMIN_WORD, REQ, .allowed = "quarter|half|full", .says = "of a row"},                                    \
  {"place", ADMIN_INT, REQ, .says = "on the dashboard, from 0"},                                                    \
  {"every_seconds", ADMIN_INT, REQ, .says = "how often it is run by itself; 0: never"},                             \
  {"parameters", ADMIN_OBJECT, NIL, .says = "values over the program's defaults"},                                  \
  {"state", ADMIN_WORD, REQ, .allowed = "new|ok|failed|waiting|resting|stopped|held|gone|changed", .says = "how the last run went; waiting: it is run again by itself, as after a vendor's rate limit; resting: until its owner, whom the company's provider let in, signs in anew; stopped: its owner's token is gone; held, gone, changed: its program fits no more"}, \
  {"step", ADMIN_TEXT, NIL, .says = "of the program, the first that does not fit"},                                 \
  {"why", ADMIN_TEXT, NIL, .says = "it is not ok"},                                                                 \
  {"as_of", ADMIN_TIME, NIL, .says = "when what it shows was read"},                                                \
  {"tried_at", ADMIN_TIME, NIL, .says = "the last run, good or not"},                                               \
  {"refreshing", ADMIN_BOOL, REQ, .says = "it is to be run, or is running"},                                        \
  {"next_at", ADMIN_TIME, NIL, .says = "when it is run by itself next: by its interval, or after a rate limit"},    \
  {"owner", ADMIN_TEXT, REQ, .says = "id of the API token whose view it has"},                                      \
  {"owner_name", ADMIN_TEXT, NIL, .says = "its name, while it is there"},                                           \
  {"version", ADMIN_INT, REQ, .says = "counts changes"},                                                            \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                              \
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
#define TILE_SHOWN                                                                                                  \
  TILE_HEAD,                                                                                                        \
  {"outcome_status", ADMIN_TEXT, NIL, .says = "complete, or partial: some of what it asks for could not be read"},  \
  {"now", ADMIN_TIME, NIL, .says = "the one moment of the run"},                                                    \
  {"zone", ADMIN_TEXT, NIL, .says = "of buckets and dates"},                                                        \
  {"warnings", ADMIN_TEXTS, REQ, .says = "what was cut, failed or taken for granted"},                              \
  {"trend", ADMIN_OBJECTS, REQ, .says = "of at most five of its values, the newest: key, at, values, oldest first"},    \
  {"data", ADMIN_OBJECT, NIL, .says = "the result as it was last read: columns, rows, chart"}
INNER(admin_tile, "Tile", "A tile with what it shows", TILE_SHOWN);
SHAPE(admin_tile_whole, "TileWhole", "A tile with its program and the whole of its last outcome",
  TILE_SHOWN,
  {"program", ADMIN_OBJECT, NIL, .says = "with the names of today; null: it is another's"},
  {"outcome", ADMIN_OBJECT, NIL, .says = "the last that was good, as POST /program gives it; null: there is none, or it is another's"});
INNER(tile_head, "TileHead", "A tile without what it shows", TILE_HEAD);
SHAPE(admin_dashboard_state, "DashboardState", "How the tiles of a dashboard stand",
  {"version", ADMIN_INT, REQ, .says = "of the dashboard"},
  {"tiles", ADMIN_OBJECTS, REQ, .shape = &tile_head, .says = "in their order"});
INNER(admin_dashboard, "Dashboard", "A dashboard", BOARD_SHOWN);
SHAPE(admin_dashboard_whole, "DashboardWhole", "A dashboard with its tiles",
  BOARD_SHOWN,
  {"tiles", ADMIN_OBJECTS, REQ, .shape = &admin_tile, .says = "in their order"},
  {"left", ADMIN_INT, .says = "of a refresh: tiles that are still to be run"});
SHAPE(admin_dashboard_list, "DashboardList", "A page of dashboards",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_dashboard, .says = "oldest first"}, NEXT);
INNER(left_out, "TileLeftOut", "A tile that does not fit what the account has",
  {"title", ADMIN_TEXT, REQ, .says = "of the tile"},
  {"why", ADMIN_TEXT, REQ, .says = "in words"});
SHAPE(admin_started, "DashboardStarted", "The dashboard that was made",
  {"id", ADMIN_TEXT, REQ, .says = "dsh_…"},
  {"name", ADMIN_TEXT, REQ, .says = "for people"},
  {"tiles", ADMIN_INT, REQ, .says = "it has"},
  {"left_out", ADMIN_OBJECTS, REQ, .shape = &left_out, .says = "tiles that do not fit"});
SHAPE(admin_history, "TileHistory", "Values of a tile over time, the older the fewer",
  {"tile_id", ADMIN_TEXT, REQ, .says = "whose"},
  {"items", ADMIN_OBJECTS, REQ, .says = "oldest first: at, and values by key: what tells the rows apart, and the measure"});
SHAPE(admin_share_new, "ShareNew", "A link to make",
  {"tile", ADMIN_TEXT, .most = 64, .says = "id of the one tile that it shows; without it the whole dashboard"},
  {"mode", ADMIN_WORD, .allowed = "live|snapshot", .says = "live, as without it: what is there when somebody looks; snapshot: what is there now"},
  {"name", ADMIN_TEXT, .most = NAME_MOST, .says = "what its page is called; without it as the dashboard"},
  {"expires_at", ADMIN_TIME, .says = "RFC 3339, at most 366 days from now; without it in 30 days"});
#define SHARE_SHOWN                                                                                                 \
  {"id", ADMIN_TEXT, REQ, .says = "shr_…"},                                                                         \
  {"name", ADMIN_TEXT, REQ, .says = "what its page is called"},                                                     \
  {"dashboard_id", ADMIN_TEXT, REQ, .says = "what it shows"},                                                       \
  {"tile_id", ADMIN_TEXT, NIL, .says = "of it the one tile that it shows"},                                         \
  {"mode", ADMIN_WORD, REQ, .allowed = "live|snapshot", .says = "what is there, or what was"},                      \
  {"owner", ADMIN_TEXT, REQ, .says = "id of the API token that made it; while that lives, the link does"},          \
  {"owner_name", ADMIN_TEXT, NIL, .says = "its name, while it is there"},                                           \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                              \
  {"expires_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
INNER(share, "Share", "A link that shows a dashboard or a tile", SHARE_SHOWN);
SHAPE(admin_share_list, "ShareList", "A page of links",
  {"items", ADMIN_OBJECTS, REQ, .shape = &share, .says = "oldest first"}, NEXT);
SHAPE(admin_share_url, "ShareWithUrl", "A link with its address, which is shown this once",
  SHARE_SHOWN,
  {"url", ADMIN_TEXT, REQ, .says = "whoever has it sees what it shows"});
SHAPE(admin_shared_tile, "SharedTile", "What a link tells of a tile",
  {"id", ADMIN_TEXT, REQ, .says = "til_…"},
  {"title", ADMIN_TEXT, REQ, .says = "for people"},
  {"size", ADMIN_WORD, REQ, .allowed = "quarter|half|full", .says = "of a row"},
  {"state", ADMIN_TEXT, REQ, .says = "ok, or why it is not newer, in a word"},
  {"as_of", ADMIN_TIME, NIL, .says = "when it was read"},
  {"partial", ADMIN_BOOL, REQ, .says = "some of it could not be read"},
  {"now", ADMIN_TIME, NIL, .says = "the one moment of the run"},
  {"zone", ADMIN_TEXT, NIL, .says = "of buckets and dates"},
  {"data", ADMIN_OBJECT, NIL, .says = "columns, rows, chart"});
