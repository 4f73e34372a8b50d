// SPDX-License-Identifier: Apache-2.0
// quota: what vendors said last of how much an account may ask, so that what runs by itself leaves the last fifth of it to
// those who wait. Each call of an account is noted, whoever makes it. By account; in memory, process-wide; any thread.
// Example:
//   int64_t wait_s = quota_wait(account_id);                    // 0: there is enough, as far as is known
//   quota_begin(account_id); … call … quota_end(account_id, n->has_rate ? &n->rate : NULL, false);
#ifndef POSTERN_CALL_QUOTA_H
#define POSTERN_CALL_QUOTA_H

#include "fetch/ratelimit.h"

enum {
  QUOTA_SPARED = 5, // one part in so many is left to live calls
  QUOTA_ACCOUNTS_MOST = 10000,
  QUOTA_BLIND_MOST = 2, // background calls at a time to an account of which nothing was heard yet
};

// Seconds until what runs by itself may call again. Counts calls under way as made.
int64_t quota_wait(struct str account_id);
// The same, and begins a call where it is 0: two who ask at a time do not both get the last one.
int64_t quota_take(struct str account_id);
void quota_begin(struct str account_id);
void quota_end(struct str account_id, const struct ratelimit *rate,
               bool limited); // rate NULL: nothing was said
void quota_close(void);       // at the end of the program

#endif
