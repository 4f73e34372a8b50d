// SPDX-License-Identifier: Apache-2.0
// args: a command line taken apart by the flags that a command knows. Pure; texts borrow from argv.
// Flags may stand anywhere, as --name value or --name=value; "--" ends them. Private to cli/. Example:
//   struct args in; if (!args_parse(command, argc, argv, &in, err)) return false;
//   struct str name = args_text(&in, "name");
//   for (size_t at = 0; args_next(&in, "credential", &at, &pair);) …
#ifndef POSTERN_CLI_ARGS_H
#define POSTERN_CLI_ARGS_H

#include "base/arena.h"
#include "base/err.h"

enum { ARGS_MOST = 256, ARGS_FLAGS_MOST = 64 };

struct command;

struct args_flag {
  const char *name;  // without "--"
  const char *value; // how its value is called; "read|write" where only these are; NULL: it takes none
  const char *help;
  bool many;  // may come again
  bool empty; // may be: an empty list says something
};

struct args_given {
  const struct args_flag *flag;
  struct str value;
};

struct args {
  struct str words[ARGS_MOST];
  struct args_given given[ARGS_FLAGS_MOST];
  size_t word_count, given_count;
};

// ERR_INVALID with the nearest known flag, the allowed values, or what is missing.
MUST_USE bool args_parse(const struct command *k, int argc, char *const *argv, struct args *out,
                         struct err *err);

struct str args_word(const struct args *in, size_t i); // STR_NONE behind the last
bool args_has(const struct args *in, const char *flag);
struct str args_text(const struct args *in, const char *flag); // STR_NONE where absent
bool args_next(const struct args *in, const char *flag, size_t *at, struct str *value);

// "90s", "30m", "24h", "7d", "2w" in milliseconds; no sign, one unit.
bool args_duration(struct str text, int64_t *ms);
// An RFC 3339 time, a date (its first moment, UTC), or a duration before (sign -1) or after (+1) now.
// ERR_INVALID names the flag.
MUST_USE bool args_time(const struct args *in, const char *flag, int sign, int64_t *ms, struct err *err);
// "name=value" in two; false where no '=' or no name stands.
bool args_pair(struct str text, struct str *name, struct str *value);

#endif
