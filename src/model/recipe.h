// SPDX-License-Identifier: Apache-2.0
// recipe: a connector's own program with slots, for what its tools answer only together: the words that call for it, what
// stands in its slots, and the sentence that says what came out. Tried before general planning, and taken only where it
// explains every word of the question that carries data. Its data are the connector's (docs/ask.md); recipes live as long
// as the model. Pure. Example:
//   if (!recipe_add(&model, connector->ask, source, err)) …
//   if (recipe_read(&in, before, arena, &use)) …      use.recipe; use.fills[i] is what its slot i holds
#ifndef POSTERN_MODEL_RECIPE_H
#define POSTERN_MODEL_RECIPE_H

#include "language/language.h"
#include "language/span.h"
#include "model/model.h"

enum {
  RECIPES_MOST = 256, // of all connectors
  RECIPE_SLOTS_MOST = 8,
  RECIPE_WHEN_MOST = 6,
  RECIPE_CHOICES_MOST = 32, // of a slot
  RECIPE_LOST_MOST = 4,     // words that may be the name of a row
  RECIPE_NAMES_MOST = 12,   // to choose from
};

enum recipe_kind {
  RECIPE_THING,  // a row of a thing, by its name or id
  RECIPE_CHOICE, // one of those that the recipe names
  RECIPE_NUMBER,
  RECIPE_WORD, // a kind of word: an address, an e-mail, a path
};

struct recipe_slot {
  struct str name;
  yyjson_val *def;
  enum recipe_kind kind;
  const struct model_thing *thing; // RECIPE_THING
  enum word_kind entity;           // RECIPE_WORD
  yyjson_val *otherwise;           // what it holds where nothing is said; NULL: it is asked back
  int64_t most;                    // RECIPE_NUMBER
};

struct recipe {
  struct str id;
  const struct model_source *source;
  yyjson_val *def;
  struct recipe_slot slots[RECIPE_SLOTS_MOST];
  size_t slot_count, when_count;
  bool served; // all its tools are there
};

struct recipe_fill {
  struct str text; // a name, a choice's key, a number's digits; empty: nothing, or all
  bool set, assumed;
};

struct recipe_use {
  const struct recipe *recipe;
  struct recipe_fill fills[RECIPE_SLOTS_MOST]; // as its slots
  const struct recipe_slot *missing;           // has to be asked back; NULL: none
  struct str lost[RECIPE_LOST_MOST];           // words that may be names of rows, to be looked up
  size_t lost_count;
  struct str ambiguous; // a word that names several rows; they, or those that the missing slot may hold
  struct str choices[RECIPE_NAMES_MOST];
  size_t choice_count;
  bool more; // than these there are
  struct span span;
  bool has_span, span_is_assumed;
};

struct recipe_input {
  const struct model *model;
  const struct language *language;
  const struct ask_words *words;
  const struct span *spans;
  size_t span_count;
  const struct table_clock *clock;
  const struct model_row *names; // known of data
  size_t name_count;
};

// The recipes of a connector's words. Those whose tools are not all there are kept, to say so.
MUST_USE bool recipe_add(struct model *m, yyjson_val *ask, const struct model_source *source,
                         struct err *err);
// Does a recipe explain the question? `before`: the one of the question before, which this may only fill anew; NULL: none.
bool recipe_read(const struct recipe_input *in, const struct recipe_use *before, struct arena *a,
                 struct recipe_use *out);
bool recipe_knows(const struct model *m, struct str stem); // is it a word of any of them?
// The stem of a recipe's word that this one is a slip of the pen of; empty: none.
struct str recipe_near(const struct model *m, struct str low, unsigned *far);
// What a slot holds, in words: "example.com", "all zones", "by country".
struct str recipe_said(const struct recipe_use *use, size_t slot);

#endif
