// SPDX-License-Identifier: Apache-2.0
// deed: what is done, who does it and that it is done have one verb: "shipped" and "shipment", "visitors" and "visits",
// "deliveries" and "delivered". In English alone: endings that make nouns of verbs, and a verb that English knows behind them.
// Pure. Example:
//   language_is_deed(STR("applicants"), STR("application"), arena)          // both are of to apply
#ifndef POSTERN_LANGUAGE_DEED_H
#define POSTERN_LANGUAGE_DEED_H

#include "base/arena.h"

enum { DEED_VERBS_MOST = 6 };

// The verbs, without their endings, that a word in lower case may come of; the word itself where it is one. How many.
size_t language_verbs(struct str low, struct arena *a, struct str out[DEED_VERBS_MOST]);
bool language_is_noun(struct str low); // English knows it as one above all
bool language_is_verb(struct str low);
// Are both of one verb? Not of two forms of one word: those have one stem.
bool language_is_deed(struct str low, struct str other, struct arena *a);

bool language_is_done(struct str low); // a form that says that it was: "validated", "sent"
// Is the one a verb in any form that means what was done by the other: "got" and "received"?
bool language_is_same_deed(struct str low, struct str done);

#endif
