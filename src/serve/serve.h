// SPDX-License-Identifier: Apache-2.0
// serve: what the parts of the MCP endpoint share: the environment, made once by main.c, and one
// POST on its way through endpoint → modern or legacy → tools. On the request's fiber.
#ifndef POSTERN_SERVE_SERVE_H
#define POSTERN_SERVE_SERVE_H

#include "data/json.h"
#include "http/server.h"
#include "mcp/jsonrpc.h"
#include "tool/run.h"

struct serve_env { // lives as long as the program
  struct run_env run;
  struct json_limits json;   // of request bodies
  size_t list_page;          // tools a page of tools/list
  const struct str *origins; // allowed beside those of our own host; "*" allows all
  size_t origin_count;
  struct str version; // of Postern
};

struct serve_request {
  const struct serve_env *env;
  struct http_exchange *http;
  const struct http_request *in;
  struct catalog *catalog;
  const struct catalog_server *server;
  const struct access_token *token; // the second credential; NULL where none is asked for
  struct arena *arena;
  bool event_stream; // the client takes no plain JSON: the reply goes out as one event
};

enum { SERVE_REPLY_MOST = 64 * 1024 * 1024 };

// Sends one JSON-RPC message (or batch) as the reply, in the form the client takes. Frees the buffer.
void serve_reply(struct serve_request *r, int status, struct buf *message);
// An error message as the reply. `id` may be NULL.
void serve_refuse(struct serve_request *r, int status, yyjson_val *id, int code, const char *format, ...)
    PRINTF_LIKE(5, 6);
// Puts {"name":"postern","version":"…"}.
void serve_add_server_info(const struct serve_request *r, struct buf *out);
// Puts the instructions for the model as a JSON string.
void serve_add_instructions(const struct serve_request *r, struct buf *out);

#endif
