// SPDX-License-Identifier: Apache-2.0
// kind: the kinds of engines as a table: which wire format each speaks, and where its own vendor answers. Constant. Example:
//   const struct engine_kind *kind = engine_kind_named(STR("chat"));     // NULL: no such kind
#ifndef POSTERN_ENGINE_KIND_H
#define POSTERN_ENGINE_KIND_H

#include "base/str.h"
#include "llm/wire.h"

enum { ENGINE_KINDS = 3 };

struct engine_kind {
  const char *name, *label;
  const struct llm_wire *wire;
  const char *url;        // of the API with its version, where none is given; NULL: one has to be given
  const char *own;        // scheme and host of the format's own vendor: it takes all members of the format
  const char *key_header; // that the key goes in; "authorization": as a bearer token
  bool wants_key;         // nobody answers there without one
};
extern const struct engine_kind engine_kinds[ENGINE_KINDS];

const struct engine_kind *engine_kind_named(struct str name);

#endif
