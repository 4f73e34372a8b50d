// SPDX-License-Identifier: Apache-2.0
// steps: the calls that a part of a question needs, written into a program: those of its thing and of what it is within,
// with slots filled: names, times, filters that the vendor knows. Private to ask/. Pure.
#ifndef POSTERN_ASK_STEPS_H
#define POSTERN_ASK_STEPS_H

#include "ask/query.h"

struct steps {
  yyjson_mut_doc *doc;
  yyjson_mut_val *list, *parameters;
  struct arena *arena;
  const struct table_clock *clock;
  struct str missing; // an argument that nothing gives
};

// `suffix`: of its own tables and parameters, where others of the same name are there already; given back.
void steps_add(struct steps *s, const struct reading_part *p, const struct query *q, struct str suffix,
               bool before);

// The shortest of the vendor's own periods that holds the time asked for: "24h", "7d"; the last where none was.
struct str steps_period(const struct span *span, yyjson_val *list, int64_t now_ms);
// The accounts that a step calls: one by its name, several as a list.
void steps_put_accounts(yyjson_mut_doc *doc, yyjson_mut_val *step, const struct model_source *from);

// A query for for_each over one table of calls: with several accounts, each row is asked about at the one it is of.
struct str steps_by_account(struct str sql, const struct model_source *from, struct arena *a);

#endif
