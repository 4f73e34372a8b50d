// SPDX-License-Identifier: Apache-2.0
// derive: things out of tools alone, for accounts whose connector says nothing: the noun from the tool's name, what it
// is within from arguments that another tool's rows give, columns from the first rows. In the form of ask.yaml. An index
// is made once of all tools, and then only read; a question takes those that its words speak of. Pure. Example:
//   struct derive d = {.tools = toolset, .shows = …};  struct derive_index *x = derive_index_new(&d, a);
//   yyjson_doc *doc = derive_things(x, &stems, arena);     …     derive_index_free(x);
//   yyjson_doc *whole = derive_columns(def, rows, arena)          // once rows are there
#ifndef POSTERN_ASK_DERIVE_H
#define POSTERN_ASK_DERIVE_H

#include "ask/words.h"
#include "base/map.h"
#include "table/select.h"
#include "tool/tool.h"

enum { DERIVE_MOST = 24, DERIVE_VALUES_MOST = 12 };

struct derive {
  const struct toolset *tools;
  bool (*shows)(void *arg, const struct tool *t);
  void *arg;
  yyjson_val *ask; // the connector's own things, which may give arguments; NULL: none
};

// Of the tools that `shows` lets in and no other. In the arena, but for its maps; it needs the toolset and `ask`.
struct derive_index;
struct derive_index *derive_index_new(const struct derive *d, struct arena *a);
void derive_index_free(struct derive_index *x); // its maps
// The stems of a question's words, each a key.
void derive_stems(const struct ask_words *w, struct map *out, struct arena *a);
// The tools that these speak of, the best first, and what they are within, as things without columns: {"things": {…}}.
// NULL: none. The caller frees.
yyjson_doc *derive_things(const struct derive_index *x, const struct map *stems, struct arena *a);
// A thing again, with columns, label and time as its first rows show them. The caller frees.
yyjson_doc *derive_columns(yyjson_val *thing, const struct table_result *rows, struct arena *a);

#endif
