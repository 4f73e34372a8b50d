// SPDX-License-Identifier: Apache-2.0
// cli: the command line: every command as a client of the management API, but for those that need no
// server (compile, config, key create, help). One table of commands (commands.c) gives dispatch, flags,
// usage, shell completion, the man page and the manual. Runs on the main thread, with no loop:
// fetch_url then blocks. Exit codes are those of base/err.h. Example:
//   return cli_main(argc, argv, &(struct cli_program){.version = "1.0", .serve = serve, .write_api = write});
#ifndef POSTERN_CLI_CLI_H
#define POSTERN_CLI_CLI_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/token.h"

// What only main.c can join to the commands.
struct settings;
struct arena;
struct backup_report { // texts are the arena's
  size_t schema;
  uint64_t bytes;      // of the database
  struct str made_at;  // RFC 3339
  struct str replaced; // folder with what was there before; empty: nothing was
  bool key;            // it has the key
};
struct cli_program {
  const char *version;
  int (*serve)(int argc, char **argv);                        // argv[0] is "serve"
  void (*write_api)(struct buf *out);                         // the manual's page on the management API
  void (*write_openapi)(struct str version, struct buf *out); // the same for machines, as GET /openapi.json
  const char *program_schema;                                 // the form of answer programs, JSON Schema
  // Makes an admin token beside a server or without one, by the rights to its files (recover.h).
  bool (*recover)(const struct settings *s, struct str name, char text[TOKEN_TEXT], bool *running,
                  struct err *err);
  // An installation as a folder, and back (backup.h).
  bool (*backup)(const struct settings *s, const char *folder, bool with_key, struct arena *a,
                 struct backup_report *out, struct err *err);
  bool (*restore)(const struct settings *s, const char *folder, struct arena *a, struct backup_report *out,
                  struct err *err);
  // All rows of one store into another (move.h).
  bool (*copy)(struct str from, struct str to,
               void (*tell)(void *arg, struct str table, size_t rows, size_t mended), void *arg,
               struct err *err);
};

// For main.c's own words, by the same way to the terminal as the commands' (cli/out).
void cli_print_error(const struct err *err);               // on standard error
void cli_print(const char *format, ...) PRINTF_LIKE(1, 2); // on standard output, at once

int cli_main(int argc, char **argv, const struct cli_program *program);

#endif
