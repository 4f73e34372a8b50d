// SPDX-License-Identifier: Apache-2.0
// asked: requests that we made of a legacy client and that it has not answered yet. Each has an id of ours
// that nobody can guess; an answer counts only from the session that was asked. The answer may come in on any
// loop; whoever asked waits on its channel. Process-wide, bounded; any thread. Example:
//   struct asked *q; if (!asked_open(session_key, &q, err)) return false;
//   … send a request with the id asked_id(q) …
//   if (asked_wait(q, 60000, &answer, err)) …          // on a fiber; answer.doc is the caller's
//   asked_close(q);
#ifndef POSTERN_SESSION_ASKED_H
#define POSTERN_SESSION_ASKED_H

#include <yyjson.h>

#include "base/err.h"

enum { ASKED_MOST = 10000, ASKED_SESSION_MOST = 64, ASKED_ID = 31 };

struct asked;

struct asked_answer {
  yyjson_doc *doc; // the response, or the params of a progress notification
  bool progress;   // still working; more comes
};

MUST_USE bool asked_open(struct str session_key, struct asked **out, struct err *err);
struct str asked_id(const struct asked *q);
MUST_USE bool asked_wait(struct asked *q, uint64_t wait_ms, struct asked_answer *out,
                         struct err *err) SUSPENDS;
void asked_close(struct asked *q);

// A client posted a response, or progress under a token of ours (which is the id). The document is taken
// over. False: nobody of this session asked that; it is freed all the same.
bool asked_take(struct str session_key, struct str id, yyjson_doc *doc, bool progress);

#endif
