// SPDX-License-Identifier: Apache-2.0
// bind: parameters as values of SQL, and a step's arguments with their references filled in, each in the JSON type that
// the tool's schema asks for. Blocking for the queries of references: on the pool. Example:
//   struct binding b = {.program = &p, .set = set, .params = &params, …};
//   if (!bind_parameters(&p, given, &clock, arena, &params, &faults)) …
//   yyjson_mut_val *arguments = bind_arguments(&b, step, schema, doc, err);
#ifndef POSTERN_PROGRAM_BIND_H
#define POSTERN_PROGRAM_BIND_H

#include "program/program.h"
#include "table/select.h"

// Values given for a run (object or NULL) over the program's defaults. The parameter `zone` sets the clock's zone first;
// times are resolved against it. `since` and `until` are there even where the program declares none: null.
bool bind_parameters(const struct program *p, yyjson_val *given, struct table_clock *clock, struct arena *a,
                     struct table_params *out, struct program_faults *faults);

struct binding {
  const struct program *program;
  struct table_set *set;
  const struct table_params *params;
  const struct table_result *rows; // of for_each; NULL: none
  size_t row;                      // the one that {"$": …} means
  struct arena *arena;
  yyjson_val *schema;  // the tool's input schema
  yyjson_mut_doc *doc; // owns what is made
};

// NULL with *err: `field` is the pointer into the arguments.
yyjson_mut_val *bind_arguments(const struct binding *b, const struct program_step *step, struct err *err);

#endif
