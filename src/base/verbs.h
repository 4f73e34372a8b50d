// SPDX-License-Identifier: Apache-2.0
// verbs: what verbs do that operations and tools are named by, in one table. Pure. Example:
//   const struct verb *v = verb_find(STR("rename"));     // VERB_WRITES, VERB_UPDATE
#ifndef POSTERN_BASE_VERBS_H
#define POSTERN_BASE_VERBS_H

#include "base/str.h"

enum verb_does {
  VERB_READS,
  VERB_READS_LOOSELY, // a noun as well, so another verb in the name counts: list_create, search_replace
  VERB_WRITES,        // wherever it stands
  VERB_WRITES_FIRST, // in front, or behind a vendor's name; elsewhere it may be a noun: comment, build, order
};

// In the order of enum tool_class and enum operation_class.
enum verb_class { VERB_LIST, VERB_GET, VERB_CREATE, VERB_UPDATE, VERB_DELETE, VERB_CUSTOM };

struct verb {
  const char *word;
  enum verb_does does;
  enum verb_class class;
};

extern const struct verb verbs[]; // by word
extern const size_t verb_count;

const struct verb *verb_find(struct str word); // NULL: not a verb that we know
// For names in one piece: the verb that writes and that the word begins with ("deletefile").
const struct verb *verb_begins(struct str word);

#endif
