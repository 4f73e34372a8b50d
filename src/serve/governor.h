// SPDX-License-Identifier: Apache-2.0
// governor: keeps a large result out of a client's context. Beyond a budget the client gets a sketch (how many rows,
// columns with their types, the first rows) and, where the server runs programs, a handle under which postern_run_program
// queries all of it. Members that the client names (`fields`) are all it gets. A result without rows is left alone. One
// call's; on the request's fiber. Example:
//   struct governor g = {.budget = 8000, .fields = fields};
//   … governor_look(&g, r, &answer);                  // between the call and its shaping
//   if (g.told) own_say(r, buf_str(&g.text), &g.structured, false, out);
//   governor_free(&g);
#ifndef POSTERN_SERVE_GOVERNOR_H
#define POSTERN_SERVE_GOVERNOR_H

#include "serve/serve.h"

enum { GOVERNOR_BUDGET_LEAST = 500, GOVERNOR_FIELDS_MOST = 64 };

struct governor {
  size_t budget;      // characters of either form; 0: none
  yyjson_val *fields; // array of texts, "plan.name" for a nested one; NULL: all
  bool told;          // `text` and `structured` stand for the result
  struct buf text, structured;
};

void governor_look(struct governor *g, struct serve_request *r, const struct call_answer *answer) SUSPENDS;
void governor_free(struct governor *g);

#endif
