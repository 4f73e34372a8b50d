// SPDX-License-Identifier: Apache-2.0
// answer: a kept answer as it is read back: what was asked (question, program in its stable form) and what was told (text,
// results, chart, calls). For whom: an answer that is not theirs to see is as one that is not there. Reading blocks: on
// the pool. Example:
//   struct answer a;
//   if (!answer_read(store, id, &asker, arena, &a, err)) …        // ERR_MISSING
//   yyjson_val *program = answer_program(&a), *first = answer_result(&a, STR(""));
//   answer_free(&a);
#ifndef POSTERN_ANSWER_ANSWER_H
#define POSTERN_ANSWER_ANSWER_H

#include <yyjson.h>

#include "answer/answer_row.h"

struct answer_asker {
  struct str owner; // id of an API token; without one, whose the server's URL is
  bool sees_shared; // manages Postern: sees what others share
};

// Numbers are raw (json_raw_number).
struct answer {
  struct answer_row row;
  yyjson_doc *asked; // {"question", "turns": […], "outcome", "engine", "program"}
  yyjson_doc
      *told; // as POST /ask answered, without what `asked` has; NULL: it went with an account (row.gone_at)
};

bool answer_sees(const struct answer_asker *asker, const struct answer_row *row);
MUST_USE bool answer_read(struct store *s, struct str id, const struct answer_asker *asker, struct arena *a,
                          struct answer *out, struct err *err);
void answer_free(struct answer *a);
// ERR_MISSING at `field`: unknown, deleted and another's look alike.
bool answer_missing(const char *field, struct str id, struct err *err);

struct str answer_question(const struct answer *a);
yyjson_val *answer_program(const struct answer *a); // shelf/stable.h; NULL: the question ended without one
// By its name, as POST /program gives results: columns, rows, chart. Empty: the first. NULL: there is none.
yyjson_val *answer_result(const struct answer *a, struct str name);
yyjson_val *answer_chart(const struct answer *a); // {"kind", "spec"} of the main result; NULL: none

#endif
