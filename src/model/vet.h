// SPDX-License-Identifier: Apache-2.0
// vet: a connector's words for asking (docs/ask.md) judged before anybody asks: members that are known, columns, things,
// slots and tools that are there, SQL that compiles. The first fault is told with a JSON pointer into them. Tables of
// calls are made without columns, so that a column of a vendor's answer is never a fault here. Blocking (queries are
// compiled): on the pool, or before anything runs. Example:
//   if (!model_vet(connector->ask, NULL, &err)) …     // err.field: "/things/zones/columns/plan/sql"
#ifndef POSTERN_MODEL_VET_H
#define POSTERN_MODEL_VET_H

#include <yyjson.h>

#include "base/err.h"
#include "base/str.h"

struct vet_tools { // which tools there are
  bool (*has)(void *arg, struct str tool);
  void *arg;
};

// `ask` NULL is sound. `tools` NULL: nobody knows them yet.
MUST_USE bool model_vet(yyjson_val *ask, const struct vet_tools *tools, struct err *err);

// The same of a program that no step of names an account: a tile of a dashboard. err.field: "/steps/0".
MUST_USE bool model_vet_program(yyjson_val *program, const struct vet_tools *tools, struct err *err);

#endif
