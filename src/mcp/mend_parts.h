// SPDX-License-Identifier: Apache-2.0
// mend_parts: shapes as tables, and what is made by them. Private to mcp/mend*.c.
#ifndef POSTERN_MCP_MEND_PARTS_H
#define POSTERN_MCP_MEND_PARTS_H

#include "data/json.h"
#include "mcp/mend.h"

enum mend_kind {
  MEND_TEXT,
  MEND_SAID, // a string; what is none becomes its JSON
  MEND_NUMBER,
  MEND_FLAG,
  MEND_OBJECT,
  MEND_WORD,   // one of `words`
  MEND_BASE64, // as atob takes it
  MEND_TIME,   // RFC 3339
  MEND_PART,   // a number from 0 to 1
  MEND_TEXTS,
  MEND_WORDS,
  MEND_SHAPE,
  MEND_SHAPES,
};
enum mend_wrong { // what it costs when it is wrong
  MEND_NEEDED,    // the whole; and it has to be there
  MEND_KEPT,      // the whole
  MEND_SPARE,     // itself
};
struct mend_member {
  const char *name;
  enum mend_kind kind;
  enum mend_wrong wrong;
  const struct mend_shape *of;
  const char *const *words; // ends with NULL
};
struct mend_shape {
  const char *what; // "a tool"
  const struct mend_member *members;
  size_t count;
  const char *const *one_of; // members of which it needs one; NULL: none
};
extern const struct mend_shape mend_tools, mend_resources, mend_templates, mend_prompts, mend_contents,
    mend_links, mend_completion;

const struct mend_shape *mend_block_shape(struct str type); // of content; NULL: no client knows the type

bool mend_fits(const struct mend_shape *s, yyjson_val *v);
// By the shape; NULL with *err. Members that the shape does not name are copied.
yyjson_mut_val *mend_make(struct mend *m, const struct mend_shape *s, yyjson_val *v);
yyjson_mut_val *mend_json(struct mend *m, yyjson_val *v); // as a string
void mend_note(struct mend *m, const char *format, ...) PRINTF_LIKE(2, 3);
void mend_add(struct mend *m, yyjson_mut_val *object, struct str key, yyjson_mut_val *v);

// ---- mend_schema.c
// NULL with *err: no client would take it. Absent, null and [] are the schema of no arguments.
yyjson_mut_val *mend_input_schema(struct mend *m, yyjson_val *schema);
// NULL: it goes, with a note where it said anything. One that does not compile takes SDK v1's whole list.
yyjson_mut_val *mend_output_schema(struct mend *m, yyjson_val *schema);

#endif
