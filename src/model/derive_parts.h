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
  DERIVE_TEXT_MOST = 240
};

enum {
  DERIVE_WORDED = -18,
  DERIVE_ALONE = -6
}; // weights: beside a connector's own things, and where it has none

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
  struct str codes; // of values that are numbers: "0~draft|1~open"
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

struct derive_ref { // a column that holds the id of a row of another tool
  const struct derive_column *column;
  const struct derive_tool *to;
  const struct derive_shape *shape; // of those rows
  struct str noun;
  bool asked; // the question speaks of it
};

// Everything of one thing but its key. `shape` NULL: nobody knows it.
struct derive_writing {
  const struct derive_tool *t;
  const struct derive_shape *shape;
  const struct map *stems; // of the question
  const struct map *said;  // its words
  const struct derive_ref *refs;
  size_t ref_count;
  bool seen; // the rows were looked at
  int weight;
  yyjson_mut_doc *doc;
  struct arena *arena;
};
yyjson_mut_val *derive_write(const struct derive_writing *w);
void derive_write_columns(const struct derive_writing *w, yyjson_mut_val *thing);
void derive_values(const struct derive_writing *w, const struct derive_column *c, yyjson_mut_val *column);
yyjson_mut_val *derive_text(const struct derive_writing *w, struct str text);
void derive_put(const struct derive_writing *w, yyjson_mut_val *object, struct str key,
                yyjson_mut_val *value);
// The other words of a word that the question has, and those that the question denies it by.
void derive_kin(const struct derive_writing *w, struct str word, enum language_kinship how,
                yyjson_mut_val *list);
// The other words of a thing, that the question has.
void derive_noun_kin(const struct derive_writing *w, struct str noun, yyjson_mut_val *list);
// Is it in the question, as it stands or in another number or tense? Of one stem are also "response" and "responsible".
bool derive_is_said(const struct derive_writing *w, struct str low);

#endif
