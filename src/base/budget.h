// SPDX-License-Identifier: Apache-2.0
// budget: bytes that may be held at a time for one purpose, in the whole process, and shared between those
// who cause them. A payer is one of these: an account whose vendor answers, an address whose clients send and
// read slowly. Taken as buffers grow (base/buf pays by itself where it has a payer), given back when they are
// freed. Each payer may hold `times` of what is left for others: one alone a stated part, many together less
// each, so that something is always left for whoever holds nothing. Any thread; a taking is two atomic adds.
// Payers live as long as the process, so nobody owns them. Example:
//   struct payer *p = budget_payer(BUDGET_UPSTREAM, account_id);
//   if (!payer_take(p, n)) return payer_explain(p, err);       … payer_give(p, n);
#ifndef POSTERN_BASE_BUDGET_H
#define POSTERN_BASE_BUDGET_H

#include "base/err.h"

// name, setting, what it is for (in errors), metrics: bytes held, refusals; times what is left for others
#define BUDGETS(X)                                                                                           \
  X(UPSTREAM, "upstream_memory", "vendors' answers", METRIC_UPSTREAM_HELD, METRIC_UPSTREAM_STARVED, 1)       \
  X(CLIENTS, "downstream_memory", "clients' requests and replies", METRIC_CLIENTS_HELD,                      \
    METRIC_CLIENTS_STARVED, 4)

enum budget {
#define X(name, setting, what, held, starved, times) BUDGET_##name,
  BUDGETS(X)
#undef X
      BUDGET_COUNT
};

struct payer;

void budget_set(enum budget b, size_t most); // before that it is unlimited (the command line)
size_t budget_held(enum budget b);
// Payers are told apart by a keyed hash, into PAYERS places: two that share one share its part.
enum { PAYERS = 4096 };
struct payer *budget_payer(enum budget b, struct str holder);

bool payer_take(struct payer *p, size_t bytes); // a payer of NULL takes without a limit
void payer_give(struct payer *p, size_t bytes);
size_t payer_held(const struct payer *p);
// Why payer_take said no: ERR_LIMIT, and the setting. Always false.
bool payer_explain(const struct payer *p, struct err *err);

#endif
