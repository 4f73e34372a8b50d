// SPDX-License-Identifier: Apache-2.0
// trust_words: the words that names of tools are made of, as tables: verbs with what they do, nouns for
// secrets, arguments that take a program. Private to remote/trust. Pure. Example:
//   const struct trust_verb *v = trust_verb_find(STR("rename"));     // TRUST_WRITES, TOOL_UPDATE
#ifndef POSTERN_REMOTE_TRUST_WORDS_H
#define POSTERN_REMOTE_TRUST_WORDS_H

#include "tool/tool.h"

enum trust_does {
  TRUST_READS,
  TRUST_READS_LOOSELY, // a noun as well, so another verb in the name counts: list_create, search_replace
  TRUST_WRITES,        // wherever it stands
  TRUST_WRITES_FIRST,  // in front, or behind a vendor's name; elsewhere it may be a noun: comment, build,
                       // order
};

struct trust_verb {
  const char *word;
  enum trust_does does;
  enum tool_class class;
};

extern const struct trust_verb trust_verbs[]; // by word
extern const size_t trust_verb_count;

const struct trust_verb *trust_verb_find(struct str word); // NULL: not a verb that we know
// For names in one piece: the verb that writes and that the word begins with ("deletefile").
const struct trust_verb *trust_verb_begins(struct str word);

bool trust_is_joint(struct str word);  // and, or, then: the verb behind it counts as well
bool trust_is_filler(struct str word); // no tag: all, by, for, id, …
bool trust_is_tail(struct str word);   // ends a name that is no verb's: status, details, …
bool trust_is_secret(struct str word);
bool trust_is_open_before(struct str word); // makes a key no secret: public, foreign, …
bool trust_is_about(struct str word); // what stands behind a secret and only speaks of it: usage, policy, …
bool trust_is_program(struct str argument); // takes SQL, code or a command

#endif
