// SPDX-License-Identifier: Apache-2.0
// derive_writing: what the files share that write the definition of a derived thing. Private to model/.
#ifndef POSTERN_MODEL_DERIVE_WRITING_H
#define POSTERN_MODEL_DERIVE_WRITING_H

#include "model/derive_parts.h"

// Everything of one thing but its key. `shape` NULL: nobody knows it.
struct derive_writing {
  const struct derive_taking *taking;
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
// What is known of other rows that these point at, or that point at these: columns more, and the calls for them.
void derive_link(const struct derive_writing *w, yyjson_mut_val *thing, yyjson_mut_val *steps);
// What two columns say together: late, how long it took, what is left.
void derive_roles(const struct derive_writing *w, yyjson_mut_val *thing);
// What the question says of a row's state in words of its own: waiting for a deed, running low, over budget.
void derive_states(const struct derive_writing *w, yyjson_mut_val *thing);
// The column of that type that tells whether, or when, was done what a word of the question says; NULL: none.
const struct derive_column *derive_told_at(const struct derive_writing *w, size_t at, enum table_type type);
bool derive_says_done(const struct derive_writing *w, const struct derive_column *c); // "resolved_at"
bool derive_is_asking(struct str word, struct arena *a); // "total", "per": it says what is asked for
bool derive_is_over(struct str value);                   // is it a state of what nothing more is due of?
struct str
derive_past(const struct derive_writing *w); // the condition of what is overdue; empty: nothing is due
struct str derive_unfinished(const struct derive_writing *w); // of what is not over yet; empty: nothing says
// The other words of a thing, that are no other thing's: a subscription is no plan, where there are plans.
void derive_own_kin(const struct derive_writing *w, const struct derive_index *of,
                    const struct derive_tool *c, yyjson_mut_val *names);
// Words of the question for who does what is done there, or for doing it: "visitors" of visits, "shipped" of shipments.
enum derive_doing { DERIVE_DOERS, DERIVE_DEEDS, DERIVE_DOINGS };
void derive_doings(const struct derive_writing *w, struct str noun, enum derive_doing which,
                   yyjson_mut_val *list);
bool derive_is_ranking(struct str word, struct arena *a);          // "popular", "heaviest"
bool derive_calls(yyjson_mut_val *columns, struct str word);       // is one of them called so?
bool derive_values_have(yyjson_mut_val *columns, struct str word); // is a value?
struct str derive_plainly(const struct derive_column *c,
                          struct arena *a); // what it is called, without its kind
void derive_write_columns(const struct derive_writing *w, yyjson_mut_val *thing);
void derive_values(const struct derive_writing *w, const struct derive_column *c, yyjson_mut_val *column);
void derive_flag(const struct derive_writing *w, const struct derive_name *name, yyjson_mut_val *words,
                 yyjson_mut_val *column); // words: more that say it; NULL: none
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
