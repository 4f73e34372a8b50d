// SPDX-License-Identifier: Apache-2.0
// doctor: looks for what is wrong with an account, from the outside in: address, certificate, clock,
// credential, context, tools, and what is known to go wrong at its vendor. Each finding is said in words,
// with what to do. It reads only: requests that change nothing, and calls of read-only tools. On a fiber.
// Example:
//   struct doctor_report report;
//   if (!doctor_examine(&doctor, account, arena, &report, err)) return false; // canceled
#ifndef POSTERN_CALL_DOCTOR_H
#define POSTERN_CALL_DOCTOR_H

#include "call/run.h"

enum { DOCTOR_CHECKS_MOST = 32, DOCTOR_SKEW_MS = 60 * 1000 };

enum doctor_status { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_SKIPPED };
const char *doctor_status_name(enum doctor_status s);

struct doctor_check {
  const char *id; // "address", "certificate", "guard_blocked", "clock_skew", …
  enum doctor_status status;
  struct str text, remedy; // remedy empty: nothing to do
};

struct doctor_report {
  struct doctor_check checks[DOCTOR_CHECKS_MOST];
  size_t count;
  bool healthy; // none failed
};

struct doctor {
  const struct run_env *run;
  const struct catalog *catalog;
  const struct account_env *account;
  struct audit_who by; // for the audit rows of calls
};

MUST_USE bool doctor_examine(const struct doctor *d, const struct catalog_account *v, struct arena *a,
                             struct doctor_report *out, struct err *err) SUSPENDS;

#endif
