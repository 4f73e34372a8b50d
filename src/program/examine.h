// SPDX-License-Identifier: Apache-2.0
// examine: a program read and checked against a view without a run: for one that is kept. A parameter that must be given,
// and is not among `given` (NULL: none are), has a value of its type meanwhile. Blocking (queries are compiled): on the pool. Example:
//   struct program_examined *x = program_examine(env, &view, root, NULL, arena, &faults);   // NULL: the faults say why
#ifndef POSTERN_PROGRAM_EXAMINE_H
#define POSTERN_PROGRAM_EXAMINE_H

#include "program/run.h"

struct program_examined {
  struct program program;
  struct plan plan;
};

// In the arena; `root` has to outlive it.
const struct program_examined *program_examine(const struct program_env *env, const struct program_view *view,
                                               yyjson_val *root, yyjson_val *given, struct arena *a,
                                               struct program_faults *faults);

#endif
