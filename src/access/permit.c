// SPDX-License-Identifier: Apache-2.0
#include "access/permit.h"

#include "account/sealed.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/changelog.h"

static const char *const permit_names[] = {
    [PERMIT_NONE] = "none", [PERMIT_READ] = "read", [PERMIT_WRITE] = "write"};

const char *permit_name(enum permit_access access) {
  return permit_names[access];
}

enum permit_access permit_access_named(struct str name) {
  enum permit_access access = PERMIT_WRITE;
  while (access && !str_is(name, permit_names[access])) access--;
  return access;
}

// The first that is not before this holder and account.
static size_t permit_place(const struct permits *all, struct str holder, struct str account_id) {
  size_t low = 0, high = all->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = str_compare(all->items[middle].holder, holder);
    if (order == 0) order = str_compare(all->items[middle].account_id, account_id);
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

enum permit_access permit_of(const struct permits *all, struct str holder, struct str account_id) {
  size_t at = permit_place(all, holder, account_id);
  bool found = at < all->count && str_eq(all->items[at].holder, holder) &&
               str_eq(all->items[at].account_id, account_id);
  return found ? all->items[at].access : PERMIT_NONE;
}

struct permits permit_of_holder(const struct permits *all, struct str holder) {
  size_t from = permit_place(all, holder, STR("")), to = from;
  while (to < all->count && str_eq(all->items[to].holder, holder)) to++;
  return (struct permits){all->items + from, to - from};
}

// ---- rows

static struct sealed_at permit_at(const struct permit *p, struct arena *a) {
  return (struct sealed_at){STAMPED_PERMIT,
                            arena_printf(a, "%.*s/%.*s", STR_ARG(p->holder), STR_ARG(p->account_id)),
                            {str_of(permit_names[p->access]), p->granted_by}};
}

bool permit_list(struct store *s, struct arena *a, struct permits *out, struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT holder, account_id, access, granted_by, created_at, stamp FROM account_permit "
                   "ORDER BY holder, account_id",
                   NULL, 0, a, &rows, err))
    return false;
  struct permit *all = ARENA_ARRAY(a, rows.count + 1, struct permit);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct permit p = {.holder = store_cell(&rows, i, 0)->text,
                       .account_id = store_cell(&rows, i, 1)->text,
                       .access = permit_access_named(store_cell(&rows, i, 2)->text),
                       .granted_by = store_cell(&rows, i, 3)->text,
                       .created_at = store_cell(&rows, i, 4)->number};
    struct sealed_at at = permit_at(&p, a);
    struct err why;
    if (p.access && sealed_is_ours(s, &at, store_cell(&rows, i, 5)->text, &why))
      all[n++] = p;
    else
      log_warn("the grant of account %.*s to %.*s is left out: %s", STR_ARG(p.account_id), STR_ARG(p.holder),
               p.access ? why.text : "it says neither read nor write");
  }
  *out = (struct permits){all, n};
  return true;
}

#define PERMIT_SET                                                                                           \
  "INSERT INTO account_permit (holder, account_id, access, granted_by, created_at, stamp) "                  \
  "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (holder, account_id) DO UPDATE SET "                          \
  "access = excluded.access, granted_by = excluded.granted_by, created_at = excluded.created_at, "           \
  "stamp = excluded.stamp"

static bool permit_write(struct store *s, void *arg, struct err *err) {
  const struct permit *p = arg;
  struct arena *a = arena_new();
  struct sealed_at at = permit_at(p, a);
  struct str stamp;
  bool ok = sealed_stamp(s, &at, a, &stamp, err);
  if (ok) {
    const struct store_value values[] = {
        STORE_TEXT(p->holder),     STORE_TEXT(p->account_id), STORE_TEXT(str_of(permit_names[p->access])),
        STORE_TEXT(p->granted_by), STORE_INT(clock_now_ms()), STORE_TEXT(stamp)};
    const struct changelog_change set = {CHANGELOG_PEOPLE, p->holder, PERMIT_SET, values, 6};
    ok = changelog_run(s, &set, NULL, err);
    if (!ok && err->code == ERR_CONFLICT)
      err_at(err, ERR_MISSING, "account", "the account was deleted meanwhile");
  }
  arena_free(a);
  return ok;
}

bool permit_set(struct store *s, const struct permit *p, struct err *err) {
  struct permit copy = *p;
  return store_transact(s, permit_write, &copy, err);
}

bool permit_remove(struct store *s, struct str holder, struct str account_id, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(holder), STORE_TEXT(account_id)};
  int64_t gone = 0;
  const struct changelog_change removal = {CHANGELOG_PEOPLE, holder,
                                           "DELETE FROM account_permit WHERE holder = $1 AND account_id = $2",
                                           values, 2};
  if (!changelog_run(s, &removal, &gone, err)) return false;
  return gone || err_at(err, ERR_MISSING, "account", "there is no grant of that account");
}

bool permit_sweep(struct store *s, struct err *err) {
  const struct changelog_change sweep = {
      CHANGELOG_PEOPLE, STR("-"), // of nobody who is there
      "DELETE FROM account_permit WHERE holder NOT IN (SELECT id FROM console_user) AND "
      "holder NOT IN (SELECT id FROM api_token)",
      NULL, 0};
  return changelog_run(s, &sweep, NULL, err);
}
