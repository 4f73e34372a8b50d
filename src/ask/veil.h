// SPDX-License-Identifier: Apache-2.0
// veil: what a language model may not see, where it is told nothing of any row. A word of the question that stands for a row
// ("production" is example.com) is a parameter without a value in all that leaves, and gets its value in what is run. In a
// draft of ours the value's place is held by a stand-in, from planning until it is written. Texts that may quote a row lose
// what looks like data. Lives in the arena. Pure. Example:
//   struct veil v = {.arena = a};
//   const struct veil_name *n = veil_add(&v, STR("production"), STR("example.com"));   // n->param "production"
//   … plan with n->stand_in instead of the value …
//   if (!veil_draw(&v, program)) …                       // something would show through
//   veil_lift(&v, what_the_model_wrote);
#ifndef POSTERN_ASK_VEIL_H
#define POSTERN_ASK_VEIL_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"

enum { VEIL_NAMES_MOST = 24, VEIL_PARAM_MOST = 40 };

struct veil_name {
  struct str word;            // as the person said it
  struct str value, stand_in; // stand_in: of the value's form, so that it is planned with alike
  struct str param;
};
struct veil {
  struct arena *arena;
  struct veil_name names[VEIL_NAMES_MOST];
  size_t count;
};

// NULL: there is no room for more.
const struct veil_name *veil_add(struct veil *v, struct str word, struct str value);
// Likewise of a value that is written into programs as it is: it stands in for itself.
const struct veil_name *veil_add_plain(struct veil *v, struct str word, struct str value);
// Stand-ins become parameters: in SQL, in arguments, in titles. False: one of them, or a value, is left.
bool veil_draw(const struct veil *v, yyjson_mut_doc *program);
// Declares the parameters with their values, whatever was written for them.
void veil_lift(const struct veil *v, yyjson_mut_doc *program);
// Values become ":param".
struct str veil_hide(const struct veil *v, struct str text);
// A text of ours that may quote a row: what is in quotes, has digits, marks within it, or letters of other scripts stays only
// where `known` has it.
struct str veil_scrub(const struct veil *v, struct str text, struct str known);
// Can this be told as the name of a column? Names made of data (ids, addresses) cannot.
bool veil_tells_column(struct str name);

#endif
