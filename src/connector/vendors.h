// SPDX-License-Identifier: Apache-2.0
// vendors: the part of a connector's YAML that is for people and for judging tools: what it is, what it
// reads, questions, troubles, and the connector's word on tools
// and on how their lists go on. Private to connector/. Example:
//   static const char *const keys[] = {VENDORS_KEYS, "alias", "words", NULL};
//   vendors_read(r, root, &connector);
#ifndef POSTERN_CONNECTOR_VENDORS_H
#define POSTERN_CONNECTOR_VENDORS_H

#include "connector/connector.h"
#include "connector/reader.h"

// Top-level keys of both kinds.
#define VENDORS_KEYS                                                                                         \
  "name", "label", "kind", "category", "blurb", "docs", "base_url", "auth", "context", "tags", "reads",      \
      "questions", "troubles", "probes", "synonyms", "featured", "paging", "fences"

void vendors_read(struct reader *r, yyjson_val *root, struct connector *c);
void vendors_read_paging(struct reader *r, yyjson_val *root, struct connector *c); // paging.c: "paging"

#endif
