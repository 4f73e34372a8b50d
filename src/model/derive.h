// SPDX-License-Identifier: Apache-2.0
// derive: things out of tools alone, for accounts whose connector says nothing: the noun from the tool's name, what it
// is within from arguments that another tool's rows give, columns from what the API's document says of a row, or from the
// first rows. In the form of ask.yaml. An index is made once of all tools, and then only read; a question takes those that
// its words speak of. Pure. Example:
//   struct derive d = {.tools = toolset, .shows = …};  struct derive_index *x = derive_index_new(&d, a);
//   struct derive_asked asked; derive_ask(&words, &asked, a);
//   yyjson_doc *doc = derive_things(x, &asked, arena);     …     derive_index_free(x);
//   asked.seen = …, derive_see(rows, &words, arena) …                    // once rows are there
#ifndef POSTERN_MODEL_DERIVE_H
#define POSTERN_MODEL_DERIVE_H

#include "base/map.h"
#include "language/words.h"
#include "table/select.h"
#include "tool/tool.h"

enum { DERIVE_MOST = 24, DERIVE_VALUES_MOST = 24 };

struct derive {
  const struct toolset *tools;
  bool (*shows)(void *arg, const struct tool *t);
  void *arg;
  yyjson_val *ask; // the connector's own things, which may give arguments; NULL: none
  size_t first;    // number of the first tool: tables of several sources have names of their own
};

// Of the tools that `shows` lets in and no other. In the arena, but for its maps; it needs the toolset and `ask`.
struct derive_index;
struct derive_index *derive_index_new(const struct derive *d, struct arena *a);
void derive_index_free(struct derive_index *x); // its maps

// The stems of the nouns of what a vendor says of itself.
void derive_about(struct str text, struct arena *a, struct map *out);

// Does any name of a tool, a column or a value have a word of this stem? And the word that a slip of the pen is nearest
// to; empty: none. `far` as phrases_slip has it; only what is nearer than it was.
bool derive_index_knows(const struct derive_index *x, struct str stem);
struct str derive_index_near(const struct derive_index *x, struct str low, unsigned *far);

struct derive_shape; // what a row has

struct derive_seen { // a thing whose rows were looked at
  const struct derive_index *of;
  struct str id;
  const struct derive_shape *shape;
};

struct derive_asked { // the words of a question, and those that mean the same
  struct ask_words words;
  struct map stems, kin; // of the words; of what they may stand for
  struct map said;       // the words as they stand
  const struct derive_seen *seen;
  size_t seen_count;
  const struct derive_index *const
      *all; // of all sources that may be joined; the question's own is among them
  size_t all_count;
};
void derive_ask(const struct ask_words *w, struct derive_asked *out, struct arena *a);
void derive_asked_free(struct derive_asked *q); // its maps
// {"things": …} of the tools that the words speak of, at most DERIVE_MOST and what these are within; NULL: none. The
// caller frees it.
yyjson_doc *derive_things(const struct derive_index *x, const struct derive_asked *q, struct arena *a);
// What rows have, and which of the question's words stand in them. In the arena.
const struct derive_shape *derive_see(const struct table_result *rows, const struct ask_words *question,
                                      struct arena *a);

#endif
