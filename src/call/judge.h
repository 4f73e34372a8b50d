// SPDX-License-Identifier: Apache-2.0
// judge: what an answer is, and the outcome of its call: good, refused though the status says otherwise, used
// up, broken, too large to be told. Nothing is changed or cut. Pure. Example:
//   answer.response = response;
//   judge_response(&answer, most, clock_now_ms(), arena);      // form, outcome, status, rate, type, value
#ifndef POSTERN_CALL_JUDGE_H
#define POSTERN_CALL_JUDGE_H

#include "call/result.h"

// `most`: the bytes that will be told of it; 0: it is taken whole, and JSON is read to a tree.
void judge_response(struct call_answer *answer, size_t most, int64_t now_ms, struct arena *a);
// Of `value`, an untrusted result object. The rate that the vendor tells in `_meta.headers` counts where its
// HTTP headers told none.
void judge_result(struct call_answer *answer, size_t most, int64_t now_ms);

// A failure that never reached the vendor's answer: timeouts, the guard.
void judge_failure(struct call_answer *answer, const struct err *why, struct arena *a);
// A failure of the call itself, in words.
void judge_refusal(struct call_answer *answer, enum run_outcome outcome, struct str words);

// Of a text that may be JSON. The tree, numbers raw; NULL: it is none, or `payer` has no memory for it.
// `paid` goes back to the payer with the tree.
bool judge_looks_like_json(struct str text);
yyjson_doc *judge_tree(struct str text, struct payer *payer, size_t *paid, struct err *err);
const char *judge_sniff(struct str body); // a media type, by how it begins; else ""
size_t judge_size(yyjson_val *v);         // as JSON text

#endif
