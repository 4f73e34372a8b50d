// SPDX-License-Identifier: Apache-2.0
// Rows of the table: dashboards and their tiles.
#include "cli/flags.h"
#include "cli/run.h"

#define API (COMMAND_API | COMMAND_JSON)
#define DASHBOARD                                                                                            \
  { "DASHBOARD", "its name or id" }
#define TILE                                                                                                 \
  { "TILE", "its id, as 'postern dashboard show' has it" }
#define RANGE_FLAGS                                                                                          \
  {"since", "WHEN", "its range, over what its programs say: now-7d, today, a time", .empty = true},          \
      {"until", "WHEN", "likewise", .empty = true},                                                          \
      {"private", NULL, "seen by this API token alone, while it lives"}, {                                   \
    "shared", NULL, "seen by all that manage and by viewers, as a new one is anyhow"                         \
  }
#define TILE_FLAGS                                                                                           \
  {"title", "TEXT", "without it the result's, or the program's"},                                            \
      {"result", "NAME", "the result of the program that is shown; without it the first"},                   \
      {"chart", "MARK", "what it is drawn as: bar, line, table, …, or a chart as JSON"},                     \
      {"param", "NAME=VALUE", "a value over the program's default", true},                                   \
      {"size", "quarter|half|full", "of a row"},                                                             \
      {"place", "N", "on the dashboard, from 0; the others make room"},                                      \
      {"every", "SPAN", "run it by itself, as often as 5m or 1h; never"}, {                                  \
    "server", "SERVER",                                                                                      \
        "the program is written with the names that this server shows; without it, the vendors'"             \
  }
#define WATCH                                                                                                \
  { "WATCH", "its id, as 'postern watch list' has it" }
#define WATCH_FLAGS                                                                                          \
  {"webhook", "URL",                                                                                         \
   "the address that is told, by POST, kept sealed; @FILE, or - for standard input, hides it from the "      \
   "history"},                                                                                               \
      {"slack", NULL, "the body is as Slack's incoming webhooks take it"},                                   \
      {"for", "SPAN", "tell when it has held for so long, run by run: 10m; 0: at once"},                     \
      {"key", "COLUMN", "tells rows apart; without it their ids, or their texts and times", true},           \
      {"quiet", "HOURS", "tell nobody in these hours: 22:00-07:00; '': none", .empty = true},                \
      {"zone", "ZONE", "whose clock these are; without it the setting zone"}, {                              \
    "quiet-then", "after|drop", "what comes in quiet hours is told after them, as without it, or not at all" \
  }
#define DRAW_FLAGS                                                                                           \
  {"no-chart", NULL, "tables alone"}, {                                                                      \
    "no-color", NULL, "draw without colour, as NO_COLOR in the environment does"                             \
  }

const struct command commands_board[] = {
    {.path = "dashboard list", .summary = "List the dashboards", .traits = API, .run = cli_dashboard_list},
    {.path = "dashboard create",
     .summary = "Make a dashboard: a page of results that are run again",
     .example = "postern dashboard create edge --since now-24h",
     .arguments = {{"NAME", "a name, unique among dashboards"}},
     .flags = {RANGE_FLAGS},
     .traits = API,
     .run = cli_dashboard_create},
    {.path = "dashboard show",
     .summary = "Draw the tiles of a dashboard as they are",
     .details = "What is older than its interval, or than ten minutes where it has none, is run again "
                "meanwhile; this does not wait for it.",
     .arguments = {DASHBOARD},
     .flags = {DRAW_FLAGS},
     .traits = API,
     .run = cli_dashboard_show},
    {.path = "dashboard update",
     .summary = "Change a dashboard's name, range or who sees it",
     .example = "postern dashboard update edge --since now-7d\npostern dashboard update edge --since ''",
     .arguments = {DASHBOARD},
     .flags = {{"name", "NAME", "a new name"}, RANGE_FLAGS},
     .traits = API,
     .run = cli_dashboard_update},
    {.path = "dashboard refresh",
     .summary = "Run all tiles of a dashboard again, and draw them",
     .details = "They have one moment, and what several of them call is called once. Of each account's quota "
                "the last fifth is left to live calls.",
     .arguments = {DASHBOARD},
     .flags = {DRAW_FLAGS},
     .traits = API,
     .run = cli_dashboard_refresh},
    {.path = "dashboard delete",
     .summary = "Delete a dashboard with its tiles and what they gave",
     .arguments = {DASHBOARD},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_dashboard_delete},

    {.path = "dashboard start",
     .summary = "Make the dashboard that an account's connector offers to look at first",
     .arguments = {ACCOUNT},
     .flags = {{"name", "NAME", "a name for it; without it the account's"}},
     .traits = API,
     .run = cli_dashboard_start},

    {.path = "tile pin",
     .summary = "Pin a program to a dashboard, and run it",
     .details =
         "It is kept by the ids of accounts and the operations of tools, and is run without a model, with "
         "the view of this API token, until it is deleted or the token is revoked.",
     .example = "postern tile pin edge denials.json --every 5m\n"
                "postern tile pin edge denials --result by_site --chart bar --size full\n"
                "postern tile pin edge ans_…",
     .arguments =
         {DASHBOARD,
          {"FILE|PROGRAM|ANSWER",
           "a file, - for standard input, the name or id of a kept program, or the id of an answer"}},
     .flags = {TILE_FLAGS, DRAW_FLAGS},
     .traits = API,
     .run = cli_tile_pin},
    {.path = "tile show",
     .summary = "Draw a tile, with how its values went",
     .arguments = {TILE},
     .flags = {DRAW_FLAGS},
     .traits = API,
     .run = cli_tile_show},
    {.path = "tile set",
     .summary = "Change what a tile shows, its title, size, place or interval",
     .details =
         "With another program, result, chart or parameters it is yours from then on, and what it gave "
         "before goes.",
     .example = "postern tile set til_… --every 1h --size quarter",
     .arguments = {TILE},
     .flags = {{"program", "FILE|PROGRAM", "another program"}, TILE_FLAGS},
     .traits = API,
     .run = cli_tile_set},
    {.path = "tile move",
     .summary = "Move a tile on its dashboard",
     .arguments = {TILE, {"PLACE", "from 0; the others make room"}},
     .traits = API,
     .run = cli_tile_move},
    {.path = "tile refresh",
     .summary = "Run a tile again, and draw it",
     .arguments = {TILE},
     .flags = {DRAW_FLAGS},
     .traits = API,
     .run = cli_tile_refresh},
    {.path = "tile export",
     .summary = "Print the rows of a tile as CSV, or as JSON with --json",
     .details = "Texts that a spreadsheet would take for a formula have an apostrophe before them.",
     .arguments = {TILE},
     .traits = API,
     .run = cli_tile_export},
    {.path = "tile delete",
     .summary = "Delete a tile with what it gave",
     .arguments = {TILE},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_tile_delete},

    {.path = "watch add",
     .summary = "Have a condition on a tile tell a webhook when it becomes true, and when it ends",
     .details =
         "It is judged whenever the tile is run. What is partial, cut or failed neither begins nor ends it. "
         "Forms: denied > 100; sum of denied > 100 in 1h; any row; no row; rows >= 5; share of denied >= "
         "20%; a row that was not there before; changed or removed row by id. Messages are signed with a "
         "secret that is shown this once, and sent again until they are taken.",
     .example =
         "postern watch add til_… 'denied > 100 in 1h' --webhook https://hooks.example.com/x --for 10m\n"
         "postern watch add til_… 'changed or removed row' --key id --slack --webhook "
         "https://hooks.slack.com/services/…",
     .arguments = {TILE, {"CONDITION", "what it waits for, in quotes"}},
     .flags = {WATCH_FLAGS},
     .traits = API,
     .run = cli_watch_add},
    {.path = "watch list",
     .summary = "List the conditions on tiles, and where each stands",
     .traits = API,
     .run = cli_watch_list},
    {.path = "watch show",
     .summary = "Show one condition, where it stands, and why it is stopped or cannot be judged",
     .arguments = {WATCH},
     .traits = API,
     .run = cli_watch_show},
    {.path = "watch events",
     .summary = "List what a condition told, or show one event with its tries",
     .arguments = {WATCH, {"EVENT", "its id: what is sent, and how telling went", .optional = true}},
     .traits = API,
     .run = cli_watch_events},
    {.path = "watch test",
     .summary = "Send a test event now, once, and say what came of it",
     .arguments = {WATCH},
     .traits = API,
     .run = cli_watch_test},
    {.path = "watch set",
     .summary = "Change a condition, whom it tells, or when",
     .details = "What had begun ends by the new condition.",
     .example = "postern watch set wat_… --condition 'denied > 200' --quiet ''",
     .arguments = {WATCH},
     .flags = {{"condition", "CONDITION", "what it waits for"}, WATCH_FLAGS},
     .traits = API,
     .run = cli_watch_set},
    {.path = "watch pause",
     .summary = "Neither judge a condition nor tell anybody until it is resumed",
     .arguments = {WATCH},
     .traits = API,
     .run = cli_watch_pause},
    {.path = "watch resume",
     .summary =
         "Judge a condition again, also one that its receiver stopped; what came meanwhile is not told",
     .arguments = {WATCH},
     .traits = API,
     .run = cli_watch_resume},
    {.path = "watch secret",
     .summary = "Sign with another secret from now on; it is shown this once",
     .arguments = {WATCH},
     .traits = API,
     .run = cli_watch_secret},
    {.path = "watch delete",
     .summary = "Delete a condition with its events; what waits is told to nobody",
     .arguments = {WATCH},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_watch_delete},

    {.path = "share create",
     .summary = "Make a link that shows a dashboard, or one tile of it, to whoever has it",
     .details =
         "It gives what its tiles show, read-only, and nothing else, without an account: a page for the "
         "screen and for paper, JSON and CSV. It is shown this once, lasts 30 days where nothing else is "
         "said, and no longer than this API token. Live it shows what is there when somebody looks; "
         "--snapshot keeps what is there now.",
     .example = "postern share create edge --expires-in 7d\n"
                "postern share create edge --tile til_… --snapshot --name 'Denials in November'",
     .arguments = {DASHBOARD},
     .flags = {{"tile", "TILE", "this tile alone"},
               {"snapshot", NULL, "as it is now"},
               {"name", "TEXT", "what the page is called"},
               EXPIRY_FLAGS},
     .traits = API,
     .run = cli_share_create},
    {.path = "share list",
     .summary = "List the links that show dashboards or tiles",
     .traits = API,
     .run = cli_share_list},
    {.path = "share revoke",
     .summary = "Revoke a link; it is dead at once",
     .arguments = {{"SHARE", "its id, as 'postern share list' has it"}},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_share_revoke},
    {0}};
