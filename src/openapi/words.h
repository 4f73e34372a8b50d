// SPDX-License-Identifier: Apache-2.0
// words: the English of resource names: paths taken apart into words, singular and plural, verbs, and
// short forms. Small tables, no cleverness; a wrong plural is harmless, a changing one is not, so
// change rows with care: names already given are remembered (options.names). Pure.
#ifndef POSTERN_OPENAPI_WORDS_H
#define POSTERN_OPENAPI_WORDS_H

#include "base/arena.h"
#include "base/str.h"

enum { WORDS_MOST = 48, WORD_BYTES_MOST = 40 };

struct words { // lower case, [a-z0-9]+
  struct str items[WORDS_MOST];
  size_t count;
};

// Adds the words of a name: "dnsRecords", "dns-records", "DNS records" → dns records. Those beyond WORDS_MOST
// are dropped.
void words_add(struct words *w, struct arena *a, struct str name);
struct str words_singular(struct arena *a, struct str word);
struct str words_plural(struct arena *a, struct str word);
bool words_is_plural(struct str word);
bool words_is_verb(struct str word); // names an action, such as "purge"
void words_remove(struct words *w, size_t at);
// Shortens until the words joined by '_' take at most `room` bytes: known short forms, then words in
// the middle go one by one. A word is never cut, but for one that is too long alone.
void words_fit(struct words *w, size_t room);
struct str words_join(const struct words *w, struct arena *a);

#endif
