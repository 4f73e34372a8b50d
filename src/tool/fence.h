// SPDX-License-Identifier: Apache-2.0
// fence: the values of its keys (account_id, zone_id) that a server is held to, for each of its accounts. Part of a
// server's filter; texts live in the arena they were read into. What of it narrows a tool: tool/narrow. Pure. Example:
//   struct fences all;
//   if (!fence_read(yyjson_obj_get(config, "fence"), arena, &all, err)) return false;
//   const struct fence *f = fence_of(&all, account_id);            // NULL: this account is not fenced
#ifndef POSTERN_TOOL_FENCE_H
#define POSTERN_TOOL_FENCE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum {
  FENCE_ACCOUNTS_MOST = 50,
  FENCE_KEYS_MOST = 8,
  FENCE_VALUES_MOST = 200,
  FENCE_TEXT_MOST = 256,
  FENCE_ALL_MOST = 1000
};

struct fence_value {
  struct str id, name; // name: what the vendor called it when the fence was set; may be empty
};
struct fence_key {
  struct str key;
  struct fence_value *values; // at least one
  size_t count;
};
struct fence {
  struct str account; // its id; as it was given, an alias or a name too
  struct fence_key *keys;
  size_t count;
};
struct fences {
  struct fence *items;
  size_t count;
};

// {"<account>": {"<key>": ["value" or {"id", "name"}, …]}}; NULL and null are none. ERR_INVALID names the place.
MUST_USE bool fence_read(yyjson_val *v, struct arena *a, struct fences *out, struct err *err);
// The same as JSON, with names.
void fence_write(const struct fences *f, struct buf *out);
struct fences fence_copy(const struct fences *from, struct arena *a);

const struct fence *fence_of(const struct fences *f, struct str account); // NULL: none
const struct fence_key *fence_key_of(const struct fence *f, struct str key);
bool fence_is_same(const struct fences *a, const struct fences *b); // but for names
bool fence_has(const struct fence_key *k, struct str id);

#endif
