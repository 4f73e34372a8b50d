// SPDX-License-Identifier: Apache-2.0
// catalogue: the part of a connector's YAML that is for people and for judging tools: what it is, what it
// reads, questions, troubles, and the connector's word on tools. Private to connector/. Example:
//   static const char *const keys[] = {CATALOGUE_KEYS, "alias", "words", NULL};
//   catalogue_read(r, root, &connector);
#ifndef POSTERN_CONNECTOR_CATALOGUE_H
#define POSTERN_CONNECTOR_CATALOGUE_H

#include "connector/connector.h"
#include "connector/reader.h"

// Top-level keys of both kinds.
#define CATALOGUE_KEYS                                                                                       \
  "name", "label", "kind", "category", "blurb", "docs", "base_url", "auth", "context", "tags", "reads",      \
      "questions", "troubles", "probes"

void catalogue_read(struct reader *r, yyjson_val *root, struct connector *c);

#endif
