// SPDX-License-Identifier: Apache-2.0
#include "llm/talk.h"

#include "data/json.h"

void llm_add_member(struct buf *out, const char *name, struct str text) {
  buf_printf(out, "\"%s\":", name);
  json_add_string(out, text);
}

void llm_add_schema(struct buf *out, struct str schema) {
  buf_add(out, schema.n ? schema : STR("{\"type\":\"object\"}"));
}
