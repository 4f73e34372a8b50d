// SPDX-License-Identifier: Apache-2.0
// finding: what the tools of a toolset are found by: name, description, parameters, tags, the connector's name and what
// people call things there (`synonyms` of the connector). Built once with the toolset, by a document each tool in its
// order. Example:
//   set->index = finding_index(set, connector);
#ifndef POSTERN_TOOL_FINDING_H
#define POSTERN_TOOL_FINDING_H

#include "connector/connector.h"
#include "search/index.h"
#include "tool/tool.h"

struct index *finding_index(const struct toolset *set, const struct connector *c);

#endif
