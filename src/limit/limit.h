// SPDX-License-Identifier: Apache-2.0
// limit: how much may be called through Postern: calls within a minute and writes within a day, of a server in all, of
// each who uses it, of a person. What vendors allow is another thing (call/quota). The minutes are in memory, process-wide,
// and losable; the days are rows (limit/day_row). Any thread; limit_take and limit_give on a fiber where writes count.
// Example:
//   struct limit_rule rules[] = {{STR("srv_1"), "this server", 60, 0}};
//   struct limit_taken taken;
//   if (!limit_take(env, &(struct limit_ask){rules, 1, writes}, &taken, err)) …  // ERR_LIMIT: taken says which, and when
//   … call … if (nothing_was_sent) limit_give(env, &taken);
#ifndef POSTERN_LIMIT_LIMIT_H
#define POSTERN_LIMIT_LIMIT_H

#include "limit/day_row.h"
#include "table/zone.h"

enum { LIMIT_RULES_MOST = 3, LIMIT_SUBJECTS_MOST = 20000 };

struct limit_env {         // lives as long as the program
  struct store *store;     // of the days; NULL: nothing is limited, as in tests of calls alone
  const struct zone *zone; // whose days they are
};

struct limit_rule {
  struct str subject;    // who is counted
  const char *whose;     // "this server", as the beginning of "… allows 60 calls a minute"
  int64_t calls, writes; // a minute; a day; 0: as many as they like
};

struct limit_ask {
  const struct limit_rule *rules;
  size_t count;
  bool writes;
};

struct limit_taken {
  // Of the rule that leaves the least, or refused.
  const struct limit_rule *rule; // NULL: nothing is limited
  bool by_day;                   // of its writes of the day, or its calls of the minute
  int64_t limit, left, reset_s;
  int64_t ends_at; // ms; of the day
  // Of ours: what limit_give gives back.
  struct day_rule days[LIMIT_RULES_MOST];
  size_t day_count;
  int64_t day;
};

// ERR_LIMIT: refused, and `taken` says by what. ERR_UNAVAILABLE and others: it cannot be counted, so it is not to be done.
MUST_USE bool limit_take(const struct limit_env *env, const struct limit_ask *ask, struct limit_taken *taken,
                         struct err *err) SUSPENDS;
// The write was not sent. The call counts all the same.
void limit_give(const struct limit_env *env, const struct limit_taken *taken) SUSPENDS;
void limit_close(void); // at the end of the program

#endif
