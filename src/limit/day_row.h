// SPDX-License-Identifier: Apache-2.0
// day_row: how many writes somebody has made today, as a row that the count grows in (decision 24): a restart forgets
// nothing, and two programs over one database share it. A clock that is set back carries the count along. Functions
// block: run them on the pool. Example:
//   struct day_rule rules[] = {{STR("srv_1"), 100, 0}};
//   if (!day_row_take(store, day, rules, 1, &full, err)) …      // ERR_LIMIT: rules[full] is used up
#ifndef POSTERN_LIMIT_DAY_ROW_H
#define POSTERN_LIMIT_DAY_ROW_H

#include "store/store.h"

struct day_rule {
  struct str subject;
  int64_t limit;
  int64_t used; // with this one, once it was taken
};

// One of each, or none of any. `day`: when it began, in ms.
MUST_USE bool day_row_take(struct store *s, int64_t day, struct day_rule *rules, size_t count, size_t *full,
                           struct err *err);
// What was taken was not used after all.
MUST_USE bool day_row_give(struct store *s, int64_t day, const struct day_rule *rules, size_t count,
                           struct err *err);
// Rows of days before this one count for nothing.
MUST_USE bool day_row_purge(struct store *s, int64_t before, struct err *err);

#endif
