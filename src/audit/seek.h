// SPDX-License-Identifier: Apache-2.0
// seek: ids of rows that all of several filters have, in order, where one index has all values of a row (PostgreSQL's
// audit_by_mark, docs/decisions/060): filters that seldom meet are held against each other within the index. Such an index
// gives no order, so it is read stretch by stretch of the time, until the page is full; what most rows have is found first,
// in the rows next to where the page begins. Exact: each id is a row of what was asked. Blocking. Private to audit/. Example:
//   struct audit_seek seek = {.since = q->since};
//   seek.filters[seek.count++] = (struct audit_sought){&audit_keys[AUDIT_BY_TOOL], &q->tool, 1};
//   audit_seek(&reach, &seek, &ids, err)
#ifndef POSTERN_AUDIT_SEEK_H
#define POSTERN_AUDIT_SEEK_H

#include "audit/list.h"
#include "audit/names.h"

enum { AUDIT_SEEK_MOST = AUDIT_FILTERS + AUDIT_NAMES_KINDS };

struct audit_sought {
  const struct audit_key *key;
  const struct str *values; // one of these
  size_t count;
  const char *column; // which has this name as well; NULL: whatever
  struct str name;
};
struct audit_seek {
  int64_t since, until; // 0: any
  struct audit_sought filters[AUDIT_SEEK_MOST];
  size_t count;
};

bool audit_seek_is_for(const struct store *s);
// By at least one value that is in the index.
MUST_USE bool audit_seek(const struct audit_reach *r, const struct audit_seek *seek, struct audit_ids *out,
                         struct err *err);

#endif
