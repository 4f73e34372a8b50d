// SPDX-License-Identifier: Apache-2.0
// row: what a row of an operation's answer has, as its document says: name and kind of each member, of those of a
// few words these. What nobody has called yet can so be asked about. One text, for it is kept of every tool:
//   "id:integer status:text=open|pending customer__name:text placed_at:time tags:list"
// An integer that counts from 1970 by what is said of it is an "epoch", and one that stands for words is
// "state:coded=0~draft|1~open".
// What is said of a member stands behind its kind: "fee:decimal#charged,owner".
// Members of members have names as table/ makes them. Empty: the document does not say, or not of rows.
#ifndef POSTERN_OPENAPI_ROW_H
#define POSTERN_OPENAPI_ROW_H

#include "openapi/operation.h"

enum { ROW_COLUMNS_MOST = 60, ROW_BYTES_MOST = 6144, ROW_WORDS_MOST = 24 };

struct str row_columns(struct document *d, const struct operation *op, struct arena *a);

#endif
