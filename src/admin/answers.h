// SPDX-License-Identifier: Apache-2.0
// answers: for whom kept answers are read and made, and where their pages are. Private to admin/. Example:
//   struct answer_request r = {.asker = answers_asker(call), .ask.page = answers_page(call), …};
#ifndef POSTERN_ADMIN_ANSWERS_H
#define POSTERN_ADMIN_ANSWERS_H

#include "admin/route.h"
#include "answer/keep.h"

#define ANSWERS_PAGE "/ui/answer/" // and an answer's id
#define ANSWERS_PLAIN "plain=1"    // its query, where the page without script is wanted

struct answer_asker answers_asker(const struct admin_call *call); // whose API token it is
const struct access_token *answers_owner(const struct admin_call *call, struct str id); // NULL: it is no more
struct str answers_page(const struct admin_call *call); // what an id is put behind for its link

// An answer and, of its program, what became of it. In the call's arena; answer_free.
struct answers_read {
  struct admin_call *call;
  struct answer_asker asker;
  struct str id;
  struct answer answer;
  struct shelf_verdict verdict;
};
MUST_USE bool answers_read(struct answers_read *r, struct err *err) SUSPENDS;
// Writes it whole, as an object.
void answers_put(const struct answers_read *r, struct buf *out);

#endif
