// SPDX-License-Identifier: Apache-2.0
// index: documents found by words, ranked by BM25F: a word counts by the fields it stands in, by how rare it is among
// what is searched, and less each time more. Built once (index_new, index_add, index_finish), then immutable and read
// from any thread. Lengths are measured against fixed ones, and only documents that are shown are counted, so neither
// order nor score tells anything of those that are not. Equal scores keep the order of adding. Example:
//   struct index *x = index_new();
//   for (…) (void)index_add(x, (struct str[INDEX_FIELDS]){[INDEX_NAME] = name, [INDEX_DESCRIPTION] = text});
//   index_finish(x);
//   struct index_hit hits[5];
//   size_t n = index_search(&(struct index_part){x, NULL}, 1, STR("paused firewall rules"), hits, 5);
#ifndef POSTERN_SEARCH_INDEX_H
#define POSTERN_SEARCH_INDEX_H

#include "base/str.h"

enum {
  INDEX_DOCUMENTS_MOST = 100000,
  INDEX_FIELD_TERMS_MOST = 512, // of a field of one document; what stands behind them is not found
  INDEX_QUERY_MOST = 32,        // words of a query; likewise
};

enum index_field {
  INDEX_NAME,
  INDEX_SYNONYMS, // what people call it
  INDEX_TAGS,
  INDEX_DESCRIPTION,
  INDEX_PARAMETERS,
  INDEX_CONNECTOR,
  INDEX_FIELDS
};

struct index;
struct index *index_new(void);
// The next document; its number is how many came before. False: INDEX_DOCUMENTS_MOST are there already.
bool index_add(struct index *x, const struct str fields[INDEX_FIELDS]);
// How much the score of the document that was added last counts, beside 1 for the others.
void index_weigh(struct index *x, float weight);
void index_finish(struct index *x); // no more come; before this it is not searched
void index_free(struct index *x);   // NULL is fine
size_t index_count(const struct index *x);

// Which documents are shown: a bit each.
#define INDEX_BITS(count) (((count) + 63) / 64)
static inline void index_show(uint64_t *shown, size_t document) {
  shown[document / 64] |= UINT64_C(1) << (document % 64);
}

struct index_part { // one of the indexes that are searched together
  const struct index *index;
  const uint64_t *shown; // NULL: all
};
struct index_hit {
  size_t part, document;
  float score;
  unsigned fields; // 1 << enum index_field: where words were found
};
// Best first, at most `limit`; how many there are in `hits`. A query without a word finds nothing.
size_t index_search(const struct index_part *parts, size_t part_count, struct str query,
                    struct index_hit *hits, size_t limit);

#endif
