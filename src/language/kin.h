// SPDX-License-Identifier: Apache-2.0
// kin: words of one meaning, of opposite ones, and denied ones, as the languages' files list them. Read once, never freed.
// Example:
//   for (const struct language_kin *k = language_kin(stem); k; k = k->next) … k->words
#ifndef POSTERN_LANGUAGE_KIN_H
#define POSTERN_LANGUAGE_KIN_H

#include <yyjson.h>

#include "base/str.h"

// Words that mean about the same in names of columns and in their values, in any language ("assignee", "owner"), and
// words of which one is what the other is not ("active", "inactive").
struct language_kin {
  const struct language_kin *next;
  yyjson_val *words; // list of texts
  enum language_kinship {
    LANGUAGE_ALIKE,
    LANGUAGE_SAME,
    LANGUAGE_OPPOSITE
  } how; // columns and things; values; flags
};
const struct language_kin *language_kin(struct str stem); // the groups with a word of this stem; NULL: none
// The word of any group that a slip of the pen is nearest to, nearer than `far` (language/phrases); empty: none.
struct str language_kin_near(struct str low, unsigned *far);
// Is the word another one with what denies it in front: "unresolved", "non billable"? What is left; empty: it is not.
struct str language_denied(struct str low);

#endif
