// SPDX-License-Identifier: Apache-2.0
// command: what a command is, what it runs with, and the one table of them, from which come dispatch,
// parsing, usage, completion, the man page and the manual. Constant. Private to cli/. Example, a row:
//   {.path = "account show", .summary = "Show an account", .traits = COMMAND_API, .run = account_show,
//    .arguments = {{"ACCOUNT", "its id or name"}}},
#ifndef POSTERN_CLI_COMMAND_H
#define POSTERN_CLI_COMMAND_H

#include <stdio.h>
#include <yyjson.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "settings/settings.h"

enum { COMMAND_ARGUMENTS_MOST = 4, COMMAND_FLAGS_MOST = 32 };
enum {
  COMMAND_API = 1,      // speaks to a server: --url, --token and their like
  COMMAND_JSON = 2,     // has a --json form
  COMMAND_SETTINGS = 4, // takes every setting as a flag
  COMMAND_HIDDEN = 8,   // for scripts of ours
  COMMAND_RAW = 16,     // parses nothing: the words after the path are its arguments as they are
};

struct cli;
typedef bool command_run(struct cli *c, struct err *err);

struct command_argument {
  const char *name, *help;
  bool optional, many;
};

struct command {
  const char *path, *summary;
  const char *details; // sentences for help and the man page; NULL: the summary says it all
  const char *example; // lines, each a command; NULL: none
  struct command_argument arguments[COMMAND_ARGUMENTS_MOST];
  struct args_flag flags[COMMAND_FLAGS_MOST];
  unsigned traits;
  command_run *run;
};

// In chapters, each a file (commands*.c) and ended by a row without a path.
extern const struct command commands_connect[], commands_ask[], commands_board[], commands_serve[];
const struct command *command_at(size_t i); // of all of them; NULL: behind the last
// Flags that all commands have, those that speak to a server have, those with a --json form have.
extern const struct args_flag command_common_flags[], command_api_flags[], command_json_flags[];

struct command_group { // "account" for the commands whose paths start with it
  const char *name, *summary;
};
extern const struct command_group command_groups[]; // in the order of help; the last has no name

// Its own flags first, then those of its traits; NULL at the end. `at` starts at 0.
const struct args_flag *command_next_flag(const struct command *k, size_t *at);
const struct args_flag *command_find_flag(const struct command *k, struct str name);
struct str command_group_of(const struct command *k); // first word of its path

// The command that words spell, and how many of them its path took; NULL: none.
const struct command *command_find(size_t count, char *const *words, size_t *taken);
// The known first word nearest to one that is not known, or second word after a known first; STR_NONE: none.
struct str command_nearest(size_t count, char *const *words);

// One run of a command.
struct api; // the connection to a server, see api.h

struct cli {
  const struct cli_program *program;
  const struct command *command;
  struct args args;
  struct arena *arena;
  struct cli_doc *docs; // answers, freed at the end
  struct api *api;      // NULL until the first request
  struct str address;   // of the server, where none is given; empty: the usual one
  bool json;
  bool brief;                     // nobody waits for long: a candidate that comes late is none
  struct settings_input settings; // of a COMMAND_SETTINGS; else the environment alone
  int argc;                       // the words behind the path
  char **argv;
};

struct cli_doc {
  yyjson_doc *doc;
  struct cli_doc *next;
};

yyjson_val *cli_keep(struct cli *c, yyjson_doc *doc); // gives it to the run; its root
void cli_forget(struct cli *c);                       // frees those kept, and empties the arena

#endif
