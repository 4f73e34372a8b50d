// SPDX-License-Identifier: Apache-2.0
#include "house.h"

#include "account/keys.h"
#include "answer/answer_row.h"
#include "audit/audit.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/steady.h"
#include "board/schedule.h"
#include "call/cache.h"
#include "catalog/catalog.h"
#include "catalog/own.h"
#include "io/fiber.h"
#include "program/keep.h"

enum { HOUSE_TEND_AHEAD_MS = 5 * 60 * 1000 };

struct house_visit {
  const struct account_env *account;
  char *id;
};

static void house_visit_free(struct house_visit *v) {
  mem_free(v->id);
  mem_free(v);
}

// Each on a fiber of its own, so that a vendor that answers slowly keeps no other waiting.
static void house_tend_account(void *arg) {
  struct house_visit *visit = arg;
  struct catalog *c = catalog_acquire();
  const struct catalog_account *v = catalog_account_by_id(c, str_of(visit->id));
  struct err err;
  if (!v) v = catalog_own_by_id(c, str_of(visit->id));
  if (v && !account_tend(visit->account, v->account, HOUSE_TEND_AHEAD_MS, &err) && err.code != ERR_CANCELED)
    log_warn("account %.*s: %s", STR_ARG(v->account->name), err.text);
  catalog_release(c);
  house_visit_free(visit);
}

static void house_tend(void *arg) {
  const struct account_env *account = arg;
  struct catalog *c = catalog_acquire();
  size_t own_count;
  struct catalog_account *const *owns = catalog_owns(c, &own_count);
  for (size_t i = 0; i < c->account_count + own_count; i++) {
    const struct catalog_account *v = i < c->account_count ? c->accounts[i] : owns[i - c->account_count];
    const struct account *a = v->account;
    if (a->kind != CONNECTOR_MCP) continue;
    struct house_visit *visit = MEM_NEW(struct house_visit);
    *visit = (struct house_visit){account, mem_copy(a->id.p, a->id.n)};
    if (!fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "tend account", house_tend_account, visit))
      house_visit_free(visit); // full: the next round
  }
  catalog_release(c);
}

static void house_look_at_clock(void) {
  enum steady_news news = steady_look();
  if (news == STEADY_JUMPED)
    log_warn(
        "the clock of this machine leapt; rows that go by their age wait until it has held for %d minutes",
        STEADY_HOLD_MS / 60000);
  else if (news == STEADY_FOLLOWS)
    log_info("the clock has held; rows go by their age again");
}

// What was sealed anew may have been all that an old key was there for: values of the audit, which sees to them itself,
// and answers.
static void house_tidy_keys(const struct account_env *account, const struct admin_env *admin) {
  struct arena *a = arena_new();
  struct err err;
  size_t answers = 0;
  if (!answer_row_reseal(account->store, &answers, &err))
    log_warn("answers are not sealed anew: %s", err.text);
  bool anew = audit_has_resealed(admin->run->audit) || answers;
  if (admin->key_file.n && anew) keys_tidy(account, arena_z(a, admin->key_file));
  arena_free(a);
}

void house_keep(const struct account_env *account, struct loop *loop, const struct admin_env *admin) {
  struct err err;
  house_look_at_clock();
  loop_post(loop, house_tend, (void *)(uintptr_t)account);
  if (!admin_heed_recovery(admin, &err)) log_warn("an admin token that was made beside us: %s", err.text);
  if (!admin_purge(admin, &err)) log_warn("housekeeping: %s", err.text);
  house_tidy_keys(account, admin);
  catalog_tidy();
  program_keep_sweep();
  uint64_t cache_ms = admin->program->limits.cache_ms; // tiles that are run together share answers for longer
  cache_sweep(cache_ms > SCHEDULE_BATCH_MS ? cache_ms : SCHEDULE_BATCH_MS);
  mem_trim(); // an import or a burst may have taken much for a moment
  metrics_add(METRIC_HOUSE_ROUNDS, 1);
}
