// SPDX-License-Identifier: Apache-2.0
// driver: a small MCP client on mcp/ and oauth/oauth, for the official conformance suite in client mode. It
// is run as `postern-conformance URL`, once a scenario; scenario, version and context come in the
// environment.
#ifndef POSTERN_CONFORMANCE_DRIVER_H
#define POSTERN_CONFORMANCE_DRIVER_H

#include "mcp/client.h"
#include "oauth/oauth.h"

enum { DRIVER_AUTHORIZATIONS_MOST = 3 };

struct driver {
  struct arena *arena;
  struct str url, scenario;
  bool modern;
  yyjson_val *context; // an object, or NULL
  struct http_guard *guard;
  struct fetch_limits limits;
  struct mcp_peer *peer;
  struct mcp_who who;
  struct loop *loop;
  bool failed;

  // what driver_auth.c keeps
  struct oauth_client client; // of the issuer that it names
  struct oauth_tokens tokens;
  bool has_tokens;
  struct str scope; // asked for with them
  int authorizations;
};

// Lends the token, and gets one where the server refuses: see struct mcp_auth.
bool driver_lend(void *driver, const struct mcp_challenge *refused, struct arena *a, struct http_headers *out,
                 struct err *err) SUSPENDS;
void driver_forget(struct driver *d); // its secrets

#endif
