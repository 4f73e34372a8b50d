// SPDX-License-Identifier: Apache-2.0
// parts: a finished request taken apart again, as a vendor's server will: pairs of a query, a form, multipart; texts that
// hold JSON. For those who judge what is about to be sent (call/reads, call/fenced), not how it was asked for. Pure. Example:
//   struct parts_pair *pairs;
//   size_t count = parts_query(account, query, arena, &pairs);     // the account's own credential is none of them
#ifndef POSTERN_CALL_PARTS_H
#define POSTERN_CALL_PARTS_H

#include <yyjson.h>

#include "call/rest.h"

struct parts_pair {
  struct str name, value;
};

// Percent-encoding undone, '+' a blank; what is none stays.
struct str parts_decode(struct str text, struct arena *a);
// a=1&b=2. `account`: whose credential is left out; NULL: of a form. Returns how many.
size_t parts_query(const struct account *account, struct str text, struct arena *a, struct parts_pair **out);
// multipart/form-data as call/rest_body writes it, by the Content-Type that was sent.
size_t parts_multipart(struct str body, struct str type, struct arena *a, struct parts_pair **out);
// Does the account itself send this header?
bool parts_is_own_header(const struct account *account, struct str name);
// The text as JSON, as leniently as any vendor's reader might; NULL: it is none, or neither object, array nor text.
yyjson_doc *parts_json(struct str text);
// Where `needle` begins at or behind `from`; -1: nowhere.
ptrdiff_t parts_find(struct str text, struct str needle, size_t from);

#endif
