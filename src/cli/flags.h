// SPDX-License-Identifier: Apache-2.0
// flags: arguments and flags that several rows of the table of commands have. Private to cli/commands.c. Example:
//   .arguments = {SERVER}, .flags = {{"name", "NAME", "a new name"}, EXPIRY_FLAGS},
#ifndef POSTERN_CLI_FLAGS_H
#define POSTERN_CLI_FLAGS_H

#include "cli/print_config.h"

#define CREDENTIAL_FLAGS                                                                                     \
  {"way", "ID", "which of the connector's ways to authenticate; without it the first"},                      \
      {"credential", "NAME=@FILE",                                                                           \
       "a field of the credential, from a file; NAME=VALUE shows it in the process list", true},             \
  {                                                                                                          \
    "credential-stdin", NULL,                                                                                \
        "read the credential from standard input: one value, or a JSON object of fields"                     \
  }
#define FILTER_FLAGS                                                                                         \
  {"methods", "LIST", "classes: read, write, custom, list, get, create, update, delete", true, true},        \
      {"tags", "LIST", "tags of tools", true, true},                                                         \
      {"tools", "GLOBS", "globs over tool names, such as 'list_*'", true, true},                             \
      {"fence", "[ALIAS.]KEY=VALUES",                                                                        \
       "hold an account's tools to these values, by id or name: acme.zone_id=example.com", true},            \
      {"record-arguments", NULL, "keep the values of arguments in the audit, sealed"},                       \
      {"limit", "WHAT=N",                                                                                    \
       "calls-per-minute, writes-per-day, each-calls-per-minute, each-writes-per-day; 0 ends one", true},    \
      {"approval", "none|destroy|write", "which calls wait for a second person's word"},                     \
      {"discovery", "full|search|featured",                                                                  \
       "list all tools; or a few that search, describe and call; or these and what people start with"},      \
      {"programs", NULL, "show postern_run_program, which runs answer programs over the tools that read"},   \
      {"ask", NULL, "show postern_ask, which answers questions in plain language over the tools that read"}, \
  {                                                                                                          \
    "require-api-token", NULL, "ask for an API token as Bearer beside the URL"                               \
  }
#define SIGN_IN_FLAGS                                                                                        \
  {"slug", "SLUG", "people sign in at /mcp/SLUG, beside the URLs; '' takes that address away",               \
   .empty = true},                                                                                           \
      {"reuse-slug", NULL, "the slug may be one that a server had which has gone"},                          \
      {"for-roles", "LIST", "people of these roles may sign in: admin, editor, viewer", true, true},         \
      {"for-groups", "LIST", "people of these groups may sign in", true, true},                              \
      {"own-account", "ACCOUNT",                                                                             \
       "in place of this one of its accounts each person's own is called; several times for several", true}, \
  {                                                                                                          \
    "for-people", "LIST", "these people may sign in, by name or id", true, true                              \
  }
#define EXPIRY_FLAGS                                                                                         \
  {"expires", "TIME", "RFC 3339 time, date, or never"}, {                                                    \
    "expires-in", "SPAN", "such as 90s, 12h or 30d"                                                          \
  }
#define CONFIG_FLAG                                                                                          \
  { "print-config", PRINT_CONFIG_CLIENTS, "print what to paste into this client instead of the answer" }
#define ACCOUNT                                                                                              \
  { "ACCOUNT", "its name or id" }
#define SERVER                                                                                               \
  { "SERVER", "its name or id" }
#define HOLDER                                                                                               \
  { "EDITOR", "a user's name or id, or the id of an API token of the role editor" }
#define USER                                                                                                 \
  { "USER", "name or id" }
#define PROGRAM                                                                                              \
  { "PROGRAM", "its name or id" }
#define APPROVAL                                                                                             \
  { "APPROVAL", "its id" }
#define YES_FLAG                                                                                             \
  { "yes", NULL, "do not ask" }
#define RUN_FLAGS                                                                                            \
  {"param", "NAME=VALUE", "a parameter's value; again for more", .many = true},                              \
      {"server", "SERVER", "see what this server shows; without it, all accounts"},                          \
      {"table", "NAME=FILE", "rows of your own, CSV or JSON, as a table; again for more", .many = true},     \
      {"csv", NULL, "the first result as CSV"},                                                              \
      {"no-chart", NULL, "tables alone, also where a result wishes for a chart"},                            \
      {"fresh", NULL, "ask vendors anew, whatever was read a moment before"},                                \
      {"no-color", NULL, "draw without colour, as NO_COLOR in the environment does"}, {                      \
    "continue", "HANDLE", "go on with a run that a rate limit paused"                                        \
  }
#define LIKE_FLAGS                                                                                           \
  {"like", "NAME", "take over auth, errors, renames, tags and the like from a connector that ships"}, {      \
    "connectors", "DIR", "folder of the connectors that ship; without it the setting connectors_dir"         \
  }

// Which entries of the audit.
#define AUDIT_FILTERS                                                                                        \
  {"since", "TIME", "not before this time, or this long ago, such as 24h"},                                  \
      {"until", "TIME", "before this time"},                                                                 \
      {"actor", "WHO",                                                                                       \
       "name or id of a person or an API token, client:NAME of an MCP client, or local:uid N"},              \
      {"client", "CLIENT", "what an MCP client calls itself; or the id of one that people signed in from"},  \
      {"sign-in", "ID", "by one sign-in from an AI client, sgn_…"}, {"address", "IP", "a client's address"}, \
      {"action", "WHAT", "such as tools/call, account.create or access.refuse"},                             \
      {"tool", "NAME", "of one tool"},                                                                       \
      {"account", "ACCOUNT", "on one account: its name or id, or those of one that has gone"},               \
      {"server", "SERVER", "through one server: its name or id, or those of one that has gone"},             \
      {"by-url", "NAME", "by one of a server's URLs: its name"}, {                                           \
    "outcome", "WORD", "such as ok, denied or upstream_error"                                                \
  }

#endif
