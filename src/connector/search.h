// SPDX-License-Identifier: Apache-2.0
// search: finds connectors by words in what they are called, tagged and said to read. All words must match,
// ASCII case aside; the best come first. Any thread; results live in the arena, connectors in the set.
// Example:
//   struct connector_found found;
//   connector_search(set, STR("dns analytics"), arena, &found);
//   if (!found.count) … found.suggestion …                       // "did you mean"
#ifndef POSTERN_CONNECTOR_SEARCH_H
#define POSTERN_CONNECTOR_SEARCH_H

#include "connector/connector.h"

enum { SEARCH_WORDS_MOST = 16 }; // of a query; what stands behind them is not looked at

struct connector_found {
  const struct connector **items; // best first, then by name; by name alone where the query has no words
  size_t count;
  struct str suggestion; // nothing found: the query with its unknown words as they may be meant; else empty
};

void connector_search(const struct connector_set *set, struct str query, struct arena *a,
                      struct connector_found *out);

#endif
