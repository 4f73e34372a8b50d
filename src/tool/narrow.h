// SPDX-License-Identifier: Apache-2.0
// narrow: is a tool narrowed by a fence, and by which of its arguments? The connector's word (connector/fences) and where
// an argument goes say so: a segment of the path narrows what is behind it, another argument only where the word names it.
// Served under a fence is a tool of which every fenced key, or a fenced one within it, is narrowed, or that stands outside
// by the connector's word. Default deny. Pure. Example:
//   struct narrow n;
//   if (!narrow_tool(&about, &n)) …                // n.why says which key is open
//   const struct narrow_arg *held = narrow_arg_of(&n, STR("zone_id"));
#ifndef POSTERN_TOOL_NARROW_H
#define POSTERN_TOOL_NARROW_H

#include "connector/fences.h"
#include "tool/fence.h"
#include "tool/tool.h"

enum { NARROW_ARGS_MOST = 32, NARROW_FOLDED_MOST = 256 };

struct narrow_about {
  const struct fence *fence;
  const struct connector *connector;
  const struct tool *tool;
  yyjson_val *context; // the account's defaults; object or NULL
};

struct narrow_arg { // an argument that names a fenced key: it may hold the fence's values only
  struct str arg;
  const struct fence_key *key;
  bool narrows; // it has to be there
  bool list;    // takes several values at once
};

struct narrow {
  struct narrow_about about;
  struct narrow_arg args[NARROW_ARGS_MOST];
  size_t count;
  struct str why; // where it is not served: the key that nothing narrows
};

// False: it is not served under this fence.
MUST_USE bool narrow_tool(const struct narrow_about *about, struct narrow *out);
const struct narrow_arg *narrow_arg_of(const struct narrow *n, struct str arg); // NULL: free
// The default that the account has for the argument, where the fence allows it; NULL: none.
yyjson_val *narrow_default(const struct narrow *n, const struct narrow_arg *arg);
// Do the vendor's prompts and resources stand outside, by the connector's word on each key?
void narrow_others(const struct fence *f, const struct connector *c, bool *prompts, bool *resources);

// The type that an argument's schema asks for, null apart: "string", "array"; empty: it does not say.
struct str narrow_type(const struct tool *t, struct str arg);
struct str narrow_item_type(const struct tool *t, struct str arg); // of what the array holds

// Does the name of a parameter, header or member speak of this key? In any case, without what is no letter or digit, each
// word of "filter[zone_id]" and "zone.id" by itself, and "zone_id" at the end of other words: "X-Zone-Id".
bool narrow_is_named(const struct connector_fence *word, struct str name);

#endif
