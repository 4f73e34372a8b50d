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
    "shared", NULL, "seen by all that manage, as a new one is anyhow"                                        \
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
