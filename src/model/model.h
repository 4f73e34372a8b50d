// SPDX-License-Identifier: Apache-2.0
// model: what can be asked about: things (zones, audit events, assets), each with the words for it, the calls that read
// it, and columns with words, values and units. Things come from a connector's ask.yaml (docs/ask.md has the form), and
// from tools alone (model/derive), in the same form. Lives in the arena and the documents it was read from. Pure. Example:
//   struct model m = {.arena = a};
//   if (!model_add(&m, connector->ask, source, err)) …
//   struct model more; model_over(&m, a, &more);            // m stays as it is
//   for (size_t i = 0; i < model_count(&more); i++) … model_at(&more, i)
#ifndef POSTERN_MODEL_MODEL_H
#define POSTERN_MODEL_MODEL_H

#include <yyjson.h>

#include "language/phrases.h"
#include "tool/fence.h"

#define MODEL_NOW "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" // SQL: the instant of the run, as times are kept

enum {
  MODEL_THINGS_MOST = 512,
  MODEL_COLUMNS_MOST = 60,
  MODEL_ACCOUNTS_MOST = 32,
  MODEL_DEPTH_MOST = 4, // things within things
};

enum model_role { // of phrases; `means` is the thing, `number` the place
  MODEL_NAME,
  MODEL_COLUMN,
  MODEL_VALUE,
  MODEL_LACK,
  MODEL_SOURCE, // the vendor, or the whole of what it holds: `means` is the source
};
enum { MODEL_DOES = 2 }; // number of a name that is a verb for what the thing is: "shipped" of shipments

struct model_source { // a connector with accounts
  struct str connector, label;
  struct str accounts[MODEL_ACCOUNTS_MOST]; // as the view calls them
  size_t account_count;
  bool worded;               // its connector says what there is
  const struct fence *fence; // that its one account is held to; NULL: none
  yyjson_val *ask;           // its words; NULL: none
  const struct map
      *about; // stems of the nouns that the vendor says it with, of one without words; NULL: none
  bool (*has_tool)(void *arg, const struct model_source *s, struct str tool);
  const struct model_source *(*other)(void *arg,
                                      struct str connector); // of the same view; NULL: there is none
  struct str (*remedy)(void *arg,
                       struct str check); // the connector's own, of one of its troubles; NULL: none has any
  void *arg;
};

struct model_column {
  struct str name, sql;
  struct str unit, kind; // hints for charts and words
  struct str fold;       // of a measure: sum, max, …; empty: a row's own value
  struct str field;      // what a call has to ask for, so that it is there
  struct str part,
      whole;           // of a ratio: what is added up before the one is divided by the other; empty: nothing
  struct str note;     // said where it is used: what it is made of; empty: nothing
  struct str joined;   // of what another thing's rows say: by which columns that is known
  bool counted, other; // how many rows of another thing belong to the row; the name of a row of another thing
  struct str spanned; // the SQL where a time is asked for that is of what is counted; empty: it is of the row
  struct str send;    // "type" or "a:{value}": how the vendor filters by it
  enum word_kind entity; // WORD_PLAIN: none
  bool time, list, hidden, noun, ratio;
};

struct model_value {  // a condition with words of its own: a value of a column, a flag, or any other
  struct str sql;     // true of the rows that are meant
  struct str said;    // for the summary: "paused"
  int column;         // -1: of none
  struct str value;   // of the column, where it is one; empty: a condition
  struct str implies; // another value's key that holds too
  bool noun;          // says what kind of rows is meant, not which of them
  bool may;           // of what somebody is allowed to do, and not of what was done
};

struct model_thing {
  struct str id, label_noun; // "DNS record"
  const struct model_source *source;
  yyjson_val *def;
  const struct model_thing *within; // NULL: none
  struct model_column *columns;
  size_t column_count;
  struct model_value *values;
  size_t value_count;
  int label, time;      // columns; -1: none
  int counts;           // the measure that is meant where none is named; -1: rows
  bool events, derived; // derived: from its tool alone
  bool known, seen;     // of a derived one: its columns are known; its rows were looked at
  int weight;
  const struct fence_key
      *held; // which rows there are is the fence's word: nothing is called for them. NULL: no
};

struct model_row { // a row of a thing that data hold
  struct str said, name;
  const struct model_thing *thing; // NULL: any
};

struct model {
  const struct model *base; // what it is added to: kept, shared, only read; NULL: nothing
  struct arena *arena;
  struct model_thing *things;
  size_t count; // of its own
  struct phrases phrases;
  struct recipe *recipes; // model/recipe; of the base where it has none
  size_t recipe_count;
  struct phrases recipe_phrases; // apart: a word of a recipe alone says nothing of a thing
};

// An empty one upon another, which has to outlive it.
void model_over(const struct model *base, struct arena *a, struct model *out);
size_t model_count(const struct model *m); // with those of the base, which come first
const struct model_thing *model_at(const struct model *m, size_t i);
// Things whose tools the source does not have are left out.
MUST_USE bool model_add(struct model *m, yyjson_val *ask, const struct model_source *source, struct err *err);
const struct model_thing *model_find(const struct model *m, struct str id, const struct model_source *source);
int model_column_find(const struct model_thing *t, struct str name); // -1: none
// Is `t` within `of`, or within something that is?
bool model_is_within(const struct model_thing *t, const struct model_thing *of);
struct str model_from(const struct model_thing *t); // what its rows are read from
yyjson_val *model_last_step(const struct model_thing *t);
// Whose call a step is: the thing's own source, or another one that its rows are joined with.
const struct model_source *model_step_source(const struct model_source *own, yyjson_val *step);

#endif
