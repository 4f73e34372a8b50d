// SPDX-License-Identifier: Apache-2.0
// derive_parts: what the files behind model/derive.h share. Private to model/.
#ifndef POSTERN_MODEL_DERIVE_PARTS_H
#define POSTERN_MODEL_DERIVE_PARTS_H

#include "base/buf.h"
#include "language/language.h"
#include "model/derive.h"

enum {
  DERIVE_NAME_WORDS = 10,
  DERIVE_COLUMNS_MOST = 60,
  DERIVE_NEEDS_MOST = 4,
  DERIVE_FOUND_MOST = 8,
  DERIVE_TEXT_MOST = 240,
  DERIVE_ABOUT_MOST = 600,
  DERIVE_REFS_MOST = 12,
  DERIVE_KEYS_MOST = 300,
  DERIVE_VALUE_BYTES = 60, // a longer one is a sentence
};

enum {
  DERIVE_WORDED = -18,
  DERIVE_ALONE = -6
}; // weights: beside a connector's own things, and where it has none

enum { // what a word of the question that stands in a tool's name, its columns or its description counts
  DERIVE_BY_NAME = 4,
  DERIVE_BY_COLUMN = 2,
  DERIVE_BY_TEXT = 1,
};

struct derive_word { // a place where a word stands
  const struct derive_word *next;
  size_t tool;
  int counts;
};

struct derive_name { // a name taken apart, in lower case
  struct str words[DERIVE_NAME_WORDS];
  size_t n;
};
void derive_split(struct str name, struct arena *a, struct derive_name *out);
struct str derive_join(const struct derive_name *n, size_t first, size_t end, const char *between,
                       struct arena *a);

struct derive_column {
  struct str name;
  enum table_type type;
  struct str values[DERIVE_VALUES_MOST]; // all that there are, where they are few
  size_t value_count;
  struct str found[DERIVE_FOUND_MOST]
                  [2]; // words of the question that stand in cells: the word, the cell; empty: several cells
  size_t found_count;
  bool epoch;       // a time that is a number
  bool written;     // a number that is a text: "45.50"
  struct str said;  // words that its definition has of it: "charged,owner"
  struct str codes; // of values that are numbers: "0~draft|1~open"
  uint64_t *keys;   // of rows that were seen: the values, as hashes, in order, each once; NULL: not seen
  size_t key_count, row_count;
  bool spaced; // some have several words
};

struct derive_shape { // what a row has
  struct derive_column columns[DERIVE_COLUMNS_MOST];
  size_t count;
};
void derive_shape_said(const struct tool *t, struct arena *a, struct derive_shape *out); // by its definition
// The columns that people mean when they speak of a row: its name, its time, its id; NULL: none.
const struct derive_column *derive_label(const struct derive_shape *s, struct str noun, struct arena *a);
const struct derive_column *derive_time(const struct derive_shape *s, struct arena *a);
const struct derive_column *derive_key(const struct derive_shape *s, struct str argument, struct str noun);
bool derive_is_id(struct str name);
// Numbers that stand for something else (derive_number.c): by what is said of them, by their names, by what they are.
void derive_take_instant(struct derive_column *c);
void derive_take_codes(struct derive_column *c, struct str codes);
void derive_codes_of(struct derive_column *c, struct str description, struct arena *a);
void derive_number_said(struct derive_column *c, struct arena *a);
void derive_number_seen(const struct table_result *rows, size_t column, struct derive_column *c,
                        struct arena *a);
void derive_written_seen(const struct table_result *rows, size_t column, struct derive_column *c,
                         struct arena *a);
// A text by its definition that is called as times or amounts are: what it is, its rows say.
bool derive_is_doubtful(const struct derive_shape *s, struct arena *a);
void derive_number_known(struct derive_shape *seen, const struct derive_shape *said);
struct str derive_column_sql(const struct derive_column *c, struct str table, struct arena *a);
bool derive_is_number(const struct derive_column *c); // one that may be summed or ranked

struct derive_tool { // a tool that may become a thing
  const struct tool *tool;
  struct str id, noun, last; // the last word of its name
  struct str needs[DERIVE_NEEDS_MOST];
  size_t need_count;
  struct str within; // of the connector's own things, one whose rows give what it needs; empty: none
  const struct derive_tool *giver, *one; // of derived ones; one: that gives a row by its id
  struct str gives[DERIVE_NEEDS_MOST];   // arguments that others need of its rows
  size_t give_count;
  bool is_one, many; // is_one: itself such; many: its name speaks of several
};

struct derive_ref { // a column that says which row of another tool is meant
  struct str column;
  const struct derive_index *of; // the other's
  const struct derive_tool *to;
  const struct derive_shape *shape; // of those rows
  struct str key, noun;             // their column; empty: it has to be seen whether there is one
  bool asked;                       // the question speaks of it
  bool by_name;                     // it holds their name
  bool many;                        // it is a list of them
};

struct derive_index {
  struct derive_tool *tools;
  size_t count;
  struct map words;  // by stem: struct derive_word
  struct map lows;   // those of names, as they are written
  struct map givers; // by the stem of what they list: struct derive_tool
  struct map doings; // the same by the verb that this comes of: "ship" of shipments
  struct str connector;
  int weight;
};

struct derive_pointing { // a tool's columns that say which rows of others are meant
  struct derive_ref *refs;
  size_t n;
};

struct derive_taking { // the things that a question speaks of
  const struct derive_index *x;
  const struct derive_asked *q;
  struct map *known, *pointing; // by tool
  yyjson_mut_doc *doc;
  yyjson_mut_val *things;
  struct arena *arena;
};
// What is known of a tool's rows: what was seen of them, else what is said.
const struct derive_shape *derive_known(const struct derive_taking *x, const struct derive_index *of,
                                        const struct derive_tool *t, bool *seen);
bool derive_is_asked_for(const struct derive_asked *q, struct str word, struct arena *a);
// Columns that say which row of another tool is meant (derive_link.c); those of a tool, looked for once.
const struct derive_pointing *derive_points_of(const struct derive_taking *x, const struct derive_index *of,
                                               const struct derive_tool *t);
size_t derive_refs(const struct derive_taking *x, const struct derive_tool *t, const struct derive_shape *s,
                   struct derive_ref *out);

#endif
