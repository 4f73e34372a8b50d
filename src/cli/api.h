// SPDX-License-Identifier: Apache-2.0
// api: the management API as its client: address and token from flags, environment or the token file,
// requests, pages, and the server's errors as struct err. Blocking, main thread. Values belong to the
// run (cli_keep). Private to cli/. Example:
//   yyjson_val *account;
//   if (!api_get(c, api_path(c, "/integrated-account/{}", name), &account, err)) return false;
#ifndef POSTERN_CLI_API_H
#define POSTERN_CLI_API_H

#include "cli/command.h"

struct api_ask {
  const char *method;
  struct str path;      // with its query
  yyjson_mut_doc *body; // NULL: none
  // What is told before the answer, where it comes as events (admin/events); NULL: it comes at once.
  void (*told)(void *arg, struct str event, yyjson_val *data);
  void *told_arg;
};

// *out is NULL where the answer has no body.
MUST_USE bool api_send(struct cli *c, const struct api_ask *ask, yyjson_val **out, struct err *err);
MUST_USE bool api_get(struct cli *c, struct str path, yyjson_val **out, struct err *err);
// All pages of a list as one array, or its first `most` entries (0: all).
MUST_USE bool api_list(struct cli *c, struct str path, size_t most, yyjson_val **items, struct err *err);
void api_close(struct cli *c);

// Which server the command is for: --url, POSTERN_URL, the address kept in the user's folder, else the usual one. `from`
// names which; NULL: none is given.
MUST_USE bool api_address(struct cli *c, struct str *url, const char **from, struct err *err);
// Who answers there? Without a token.
enum api_there { API_NOBODY, API_POSTERN, API_OTHER };
enum api_there api_look(struct cli *c, struct str url);
// From here on this server, with this token.
MUST_USE bool api_use(struct cli *c, struct str url, struct str token, struct err *err);

// Each {} is the next argument, a struct str, percent-encoded.
struct str api_path(struct cli *c, const char *format, ...);
// path plus "?name=value" or "&name=value"; nothing where the value is empty.
struct str api_query(struct cli *c, struct str path, const char *name, struct str value);

#endif
