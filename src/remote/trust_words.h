// SPDX-License-Identifier: Apache-2.0
// trust_words: the words that names of tools are made of beside verbs (base/verbs), as tables: nouns for
// secrets, arguments that take a program. Private to remote/trust. Pure.
#ifndef POSTERN_REMOTE_TRUST_WORDS_H
#define POSTERN_REMOTE_TRUST_WORDS_H

#include "base/str.h"

bool trust_is_joint(struct str word);  // and, or, then: the verb behind it counts as well
bool trust_is_filler(struct str word); // no tag: all, by, for, id, …
bool trust_is_tail(struct str word);   // ends a name that is no verb's: status, details, …
bool trust_is_secret(struct str word);
bool trust_is_open_before(struct str word); // makes a key no secret: public, foreign, …
bool trust_is_about(struct str word); // what stands behind a secret and only speaks of it: usage, policy, …
bool trust_is_program(struct str argument); // takes SQL, code or a command

#endif
