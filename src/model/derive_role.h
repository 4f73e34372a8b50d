// SPDX-License-Identifier: Apache-2.0
// derive_role: what the files share that say what two columns of a row come to together. Private to model/.
#ifndef POSTERN_MODEL_DERIVE_ROLE_H
#define POSTERN_MODEL_DERIVE_ROLE_H

#include "model/derive_writing.h"

struct roles {
  const struct derive_writing *w;
  yyjson_mut_val *thing, *columns, *conditions;
  struct arena *arena;
  const struct derive_column *begin, *end, *due;
  bool expires;    // the one that is due is the end of something that is valid
  struct str over; // the condition of rows that are over by their state; empty: none says
};

extern const char *const derive_role_begin[], *const derive_role_end[]; // words of columns, up to NULL
bool derive_role_has(const struct roles *x, const struct derive_column *c, const char *const *list);
int derive_role_said(const struct roles *x,
                     const struct derive_column *c); // words of its name in the question
// The time of that role: of several, the one that the question speaks of, else the first; NULL: none.
const struct derive_column *derive_role_pick(const struct roles *x, const char *const *list);
bool derive_role_says(const struct roles *x, const char *const *words); // the question has one of them
yyjson_mut_val *derive_role_names(const struct roles *x, const char *const *words);
struct str derive_role_sql(const struct roles *x, const struct derive_column *c);
bool derive_role_is_day(const struct roles *x, const struct derive_column *c);
void derive_lasting(struct roles *x); // how long it took, how old it is, what is left (derive_lasting.c)

#endif
