// SPDX-License-Identifier: Apache-2.0
// pulse: how many calls each account had within the last 24 hours, how many of them failed, and when the last one was:
// counted by the hour as rows come, so that a list of accounts asks no store. Pure; one thread at a time. Example:
//   pulse_add(&pulse, account_id, now, 1, failed);
//   struct pulse_day day = pulse_look(&pulse, account_id, now);
#ifndef POSTERN_AUDIT_PULSE_H
#define POSTERN_AUDIT_PULSE_H

#include "base/map.h"

enum { PULSE_HOURS = 24, PULSE_HOUR_MS = 3600000, PULSE_ACCOUNTS_MOST = 20000 };

struct pulse { // {0}; past so many accounts, those without a call in 24 hours make room
  struct map by_account;
};

struct pulse_day {
  int64_t calls, errors, last_at; // last_at 0: none
};

void pulse_add(struct pulse *p, struct str account_id, int64_t at, int64_t calls, int64_t errors);
struct pulse_day pulse_look(const struct pulse *p, struct str account_id, int64_t now);
void pulse_free(struct pulse *p);

#endif
