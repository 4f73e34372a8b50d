// SPDX-License-Identifier: Apache-2.0
#include "base/budget.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/map.h"
#include "base/metrics.h"

struct payer {
  atomic_size_t held;
};

static const struct {
  const char *setting, *what;
  enum metric held, starved;
  size_t times;
} budget_table[] = {
#define X(name, setting, what, held, starved, times) [BUDGET_##name] = {setting, what, held, starved, times},
    BUDGETS(X)
#undef X
};

static struct {
  atomic_size_t most; // 0: unlimited
  atomic_size_t held;
  struct payer payers[PAYERS];
} budgets[BUDGET_COUNT];

void budget_set(enum budget b, size_t most) {
  atomic_store(&budgets[b].most, most);
}

size_t budget_held(enum budget b) {
  return atomic_load_explicit(&budgets[b].held, memory_order_relaxed);
}

struct payer *budget_payer(enum budget b, struct str holder) {
  return &budgets[b].payers[map_hash(holder) % PAYERS];
}

static enum budget payer_budget(const struct payer *p) {
  unsigned b = 0;
  while ((uintptr_t)p < (uintptr_t)budgets[b].payers ||
         (uintptr_t)p >= (uintptr_t)(budgets[b].payers + PAYERS))
    b++;
  return (enum budget)b;
}

static void payer_add(struct payer *p, enum budget b, size_t bytes, size_t *own, size_t *all) {
  *own = atomic_fetch_add_explicit(&p->held, bytes, memory_order_relaxed) + bytes;
  *all = atomic_fetch_add_explicit(&budgets[b].held, bytes, memory_order_relaxed) + bytes;
  metrics_add(budget_table[b].held, (int64_t)bytes);
}

void payer_give(struct payer *p, size_t bytes) {
  if (!p || !bytes) return;
  enum budget b = payer_budget(p);
  atomic_fetch_sub_explicit(&p->held, bytes, memory_order_relaxed);
  atomic_fetch_sub_explicit(&budgets[b].held, bytes, memory_order_relaxed);
  metrics_add(budget_table[b].held, -(int64_t)bytes);
}

// Those who take at the same moment may both be refused where one would have fitted; never let through.
bool payer_take(struct payer *p, size_t bytes) {
  size_t own, all;
  if (!p || !bytes) return true;
  enum budget b = payer_budget(p);
  size_t most = atomic_load_explicit(&budgets[b].most, memory_order_relaxed);
  if (most && bytes > most) { // also keeps the sums from wrapping round
    metrics_add(budget_table[b].starved, 1);
    return false;
  }
  payer_add(p, b, bytes, &own, &all);
  if (!most || (all <= most && own <= (most - all) * budget_table[b].times)) return true;
  payer_give(p, bytes);
  metrics_add(budget_table[b].starved, 1);
  return false;
}

size_t payer_held(const struct payer *p) {
  return atomic_load_explicit(&p->held, memory_order_relaxed);
}

bool payer_explain(const struct payer *p, struct err *err) {
  enum budget b = payer_budget(p);
  err_why(err, ERR_LIMIT, WHY_MEMORY, "the memory for %s is used up (%zu bytes are held, %zu of them here)",
          budget_table[b].what, budget_held(b), payer_held(p));
  err_hint(err, "try again in a moment, or ask for less; the operator can raise the setting %s",
           budget_table[b].setting);
  return false;
}
