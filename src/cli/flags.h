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
      {"discovery", "full|search|featured",                                                                  \
       "list all tools; or a few that search, describe and call; or these and what people start with"},      \
      {"programs", NULL, "show postern_run_program, which runs answer programs over the tools that read"},   \
      {"ask", NULL, "show postern_ask, which answers questions in plain language over the tools that read"}, \
  {                                                                                                          \
    "require-api-token", NULL, "ask for an API token as Bearer beside the URL"                               \
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

#endif
