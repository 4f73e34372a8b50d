// SPDX-License-Identifier: Apache-2.0
#include "catalog/pending.h"

#include "base/clock.h"
#include "io/fiber.h"
#include "node/arrears.h"
#include "node/wake.h"

enum { PENDING_STEP_MS = 5 };

struct pending { // what a request goes by
  const struct catalog_server *server;
  const struct catalog_account *account;
  struct str person, signin, program;
};

static bool pending_is_account(const struct catalog_account *v) {
  return arrears_is(CHANGELOG_ACCOUNT, v->account->id) || arrears_is(CHANGELOG_CONNECTOR, v->connector->name);
}

static bool pending_is_server(const struct catalog_server *s) {
  if (arrears_is(CHANGELOG_SERVER, s->server.id)) return true;
  if (s->server.owner.n && arrears_is(CHANGELOG_PEOPLE, s->server.owner)) return true;
  for (size_t i = 0; i < s->member_count; i++)
    if (pending_is_account(s->members[i].account)) return true;
  return false;
}

static bool pending_is(const struct pending *p) {
  if (!arrears_any()) return false;
  return (p->server && pending_is_server(p->server)) || (p->account && pending_is_account(p->account)) ||
         (p->person.n && arrears_is(CHANGELOG_PEOPLE, p->person)) ||
         (p->signin.n && arrears_is(CHANGELOG_SIGN_IN, p->signin)) ||
         (p->program.n && arrears_is(CHANGELOG_PROGRAM, p->program));
}

// Where the database is known to be away nothing is to be waited for.
static enum pending_end pending_end_of(const struct pending *p, struct err *err) {
  if (!pending_is(p)) return PENDING_NOTHING;
  uint64_t end_us = clock_mono_us() + PENDING_WAIT_MS * 1000ull;
  while (fiber_self() && wake_follows() && clock_mono_us() < end_us) {
    if (!fiber_sleep(PENDING_STEP_MS, err)) return PENDING_STAYS;
    if (!pending_is(p)) return PENDING_OVER;
  }
  err_set(err, ERR_UNAVAILABLE, "another node has changed what this request goes by, and this node %s",
          wake_follows() ? "has not read it yet" : "cannot look at it: the database is away");
  err_hint(err, "try again in a moment");
  return PENDING_STAYS;
}

enum pending_end pending_wait(const struct catalog_server *server, const struct principal *who,
                              struct err *err) {
  return pending_end_of(
      &(struct pending){.server = server, .person = who->token.id, .signin = who->signin.id}, err);
}

bool pending_spares_account(const struct catalog_account *v, struct err *err) {
  return pending_end_of(&(struct pending){.account = v}, err) != PENDING_STAYS;
}

bool pending_spares_program(struct str id, struct err *err) {
  return pending_end_of(&(struct pending){.program = id}, err) != PENDING_STAYS;
}

bool pending_ends(const struct catalog_server *server, struct str person, struct str signin) {
  return !wake_follows() && pending_is(&(struct pending){server, NULL, person, signin, STR_NONE});
}
