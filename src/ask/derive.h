// SPDX-License-Identifier: Apache-2.0
// derive: things out of tools alone, for accounts whose connector says nothing: the noun from the tool's name, what it
// is within from arguments that another tool's rows give, columns from the first rows. In the form of ask.yaml. Pure.
// Example:
//   struct derive d = {.tools = toolset, .shows = …};  yyjson_doc *doc = derive_things(&d, question, a);
//   yyjson_doc *whole = derive_columns(def, rows, a)          // once rows are there
#ifndef POSTERN_ASK_DERIVE_H
#define POSTERN_ASK_DERIVE_H

#include "ask/words.h"
#include "table/select.h"
#include "tool/tool.h"

enum { DERIVE_MOST = 24, DERIVE_VALUES_MOST = 12 };

struct derive {
  const struct toolset *tools;
  bool (*shows)(void *arg, const struct tool *t);
  void *arg;
  yyjson_val *ask; // the connector's own things, which may give arguments; NULL: none
};

// The tools that the words of a question speak of, and what they are within, as things without columns: {"things": {…}}.
// NULL: none. The caller frees.
yyjson_doc *derive_things(const struct derive *d, struct str question, struct arena *a);
// A thing again, with columns, label and time as its first rows show them. The caller frees.
yyjson_doc *derive_columns(yyjson_val *thing, const struct table_result *rows, struct arena *a);

#endif
