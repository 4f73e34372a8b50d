// SPDX-License-Identifier: Apache-2.0
#include "catalog/account.h"

#include "base/log.h"
#include "base/mem.h"
#include "remote/remote.h"
#include "tool/finding.h"

struct catalog_account *catalog_account_ref(struct catalog_account *v) {
  atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
  return v;
}

void catalog_account_unref(struct catalog_account *v) {
  if (atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) != 1) return;
  struct catalog_account *front = atomic_load_explicit(&v->front, memory_order_acquire);
  if (front) catalog_account_unref(front);
  account_free(v->account);
  toolset_unref(v->tools);
  mem_free(v);
}

static struct catalog_accounts *accounts_new(size_t most) {
  struct catalog_accounts *all = MEM_NEW(struct catalog_accounts);
  atomic_init(&all->refs, 1);
  all->items = mem_array(most + 1, sizeof(struct catalog_account *));
  all->owns = mem_array(most + 1, sizeof(struct catalog_account *));
  return all;
}

struct catalog_accounts *catalog_accounts_ref(struct catalog_accounts *all) {
  atomic_fetch_add_explicit(&all->refs, 1, memory_order_relaxed);
  return all;
}

void catalog_accounts_unref(struct catalog_accounts *all) {
  if (!all || atomic_fetch_sub_explicit(&all->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < all->count; i++) catalog_account_unref(all->items[i]);
  for (size_t i = 0; i < all->own_count; i++) catalog_account_unref(all->owns[i]);
  map_free(&all->owns_by_person);
  mem_free(all->owns);
  map_free(&all->by_id);
  mem_free(all->items);
  mem_free(all);
}

// ---- one reading

struct accounts_reading {
  const struct catalog_env *env;
  const struct catalog_accounts *before; // NULL: none
  struct catalog_accounts *next;
  struct map stamps; // of MCP servers' tools, by account
  struct err *away;  // of the store, for a tool's sake: what is read is not all
  struct map
      shared; // struct catalog_account * of `next` whose tools a REST connector's other accounts share, by connector
};

static int64_t accounts_stamp(const struct accounts_reading *r, struct str account_id) {
  const int64_t *stamp = map_get(&r->stamps, account_id);
  return stamp ? *stamp : 0;
}

// The toolset is new, and nobody else's yet.
static bool accounts_index(struct catalog_account *v) {
  v->tools->index = finding_index(v->tools, v->connector);
  return true;
}

// Of a vendor's MCP server: each account's own, since what it shows depends on who asks.
static bool accounts_remote_tools(const struct accounts_reading *r, const struct catalog_account *was,
                                  struct catalog_account *v, struct err *err) {
  if (!was || was->connector != v->connector || was->stamp != v->stamp)
    return remote_toolset(r->env->account->store, v->account, v->connector, &v->tools, err) &&
           accounts_index(v);
  v->tools = toolset_ref(was->tools);
  return true;
}

// Of a REST connector: shared by its accounts.
static bool accounts_tools(const struct accounts_reading *r, const struct catalog_account *was,
                           struct catalog_account *v, struct err *err) {
  if (v->account->kind == CONNECTOR_MCP) return accounts_remote_tools(r, was, v, err);
  const struct catalog_account *other = map_get(&r->shared, v->connector->name);
  if (!other) return library_toolset(&r->env->library, v->connector, &v->tools, err) && accounts_index(v);
  v->tools = toolset_ref(other->tools);
  return true;
}

static struct catalog_account *accounts_make(const struct accounts_reading *r,
                                             const struct catalog_account *was, struct account *account,
                                             const struct connector *c) {
  struct err err = {0};
  struct catalog_account *v = MEM_NEW(struct catalog_account);
  *v = (struct catalog_account){
      .refs = 1, .account = account, .connector = c, .stamp = accounts_stamp(r, account->id)};
  if (c && accounts_tools(r, was, v, &err)) return v;
  // One bad account never stops the others; a store that does not answer now is asked again for all of them.
  if (err.code == ERR_UNAVAILABLE)
    *r->away = err;
  else
    log_warn("account %.*s is left out: %s", STR_ARG(account->name),
             c ? err.text : "its connector is not there any more");
  account_free(account);
  mem_free(v);
  return NULL;
}

// As it was, where nothing of it changed; NULL: it is left out.
static struct catalog_account *accounts_settle(const struct accounts_reading *r, struct account *account) {
  struct catalog_account *was = r->before ? map_get(&r->before->by_id, account->id) : NULL;
  const struct connector *c = connector_find(r->env->library.connectors, account->connector);
  if (!was || was->connector != c || was->account->version != account->version ||
      was->stamp != accounts_stamp(r, account->id))
    return accounts_make(r, was, account, c);
  account_free(account);
  return catalog_account_ref(was);
}

static void accounts_put(struct catalog_accounts *all, struct catalog_account *v) {
  all->items[all->count++] = v;
  map_put(&all->by_id, v->account->id, v);
}

// That others of its connector share its tools.
static void accounts_share(struct accounts_reading *r, struct catalog_account *v) {
  if (v->account->kind != CONNECTOR_MCP && !map_get(&r->shared, v->connector->name))
    map_put(&r->shared, v->connector->name, v);
}

static void accounts_add(struct accounts_reading *r, struct account *account) {
  struct catalog_account *v = accounts_settle(r, account);
  if (!v) return;
  accounts_put(r->next, v);
  accounts_share(r, v);
}

static void accounts_put_own(struct catalog_accounts *all, struct catalog_account *v) {
  all->owns[all->own_count++] = v;
  map_put(&all->owns_by_person, v->account->own, v);
}

// One whose account is left out is as if it were not there. One at another address than the account has now stays, to be
// seen and removed.
static void accounts_add_own(struct accounts_reading *r, struct account *account) {
  const struct catalog_account *of = map_get(&r->next->by_id, account->stands_for);
  struct catalog_account *v = r->before ? map_get(&r->before->owns_by_person, account->own) : NULL;
  if (!of || !str_eq(of->account->connector, account->connector)) {
    account_free(account);
    return;
  }
  bool same = v && str_eq(v->account->id, account->id) && v->account->version == account->version &&
              v->connector == of->connector && v->tools == of->tools;
  if (same) {
    account_free(account);
    v = catalog_account_ref(v);
  } else {
    v = MEM_NEW(struct catalog_account);
    *v = (struct catalog_account){
        .refs = 1, .account = account, .connector = of->connector, .tools = toolset_ref(of->tools)};
  }
  accounts_put_own(r->next, v);
}

static bool accounts_are_all(const struct accounts_reading *r, struct err *err) {
  if (r->away->code == ERR_OK) return true;
  *err = *r->away;
  return false;
}

bool catalog_accounts_read(const struct catalog_env *env, const struct catalog_accounts *before,
                           struct catalog_accounts **out, struct err *err) {
  struct err away = {0};
  struct accounts_reading r = {.env = env, .before = before, .away = &away};
  struct arena *a = arena_new();
  struct account **accounts;
  size_t count;
  bool ok = remote_stamps(env->account->store, STR_NONE, a, &r.stamps, err) &&
            account_load_all(env->account, env->library.connectors, a, &accounts, &count, err);
  if (ok) {
    r.next = accounts_new(count);
    struct account **owns = ARENA_ARRAY(a, count + 1, struct account *);
    size_t own_count = 0;
    for (size_t i = 0; i < count; i++) // each is taken over
      if (accounts[i]->person.n)
        owns[own_count++] = accounts[i];
      else
        accounts_add(&r, accounts[i]);
    for (size_t i = 0; i < own_count; i++) accounts_add_own(&r, owns[i]);
    ok = accounts_are_all(&r, err);
    if (ok)
      *out = r.next;
    else
      catalog_accounts_unref(r.next);
  }
  map_free(&r.stamps);
  map_free(&r.shared);
  arena_free(a);
  return ok;
}

// `v`, which may be NULL, in the place of the one of this id.
static struct catalog_accounts *accounts_with(const struct catalog_accounts *before, struct str id,
                                              struct catalog_account *v) {
  size_t most = before->count > before->own_count ? before->count : before->own_count;
  struct catalog_accounts *next = accounts_new(most + 1);
  for (size_t i = 0; i < before->count; i++) {
    struct catalog_account *was = before->items[i];
    int order = str_compare(was->account->id, id);
    if (order >= 0 && v) accounts_put(next, v), v = NULL;
    if (order != 0) accounts_put(next, catalog_account_ref(was));
  }
  if (v) accounts_put(next, v);
  for (size_t i = 0; i < before->own_count; i++) accounts_put_own(next, catalog_account_ref(before->owns[i]));
  return next;
}

// Is it a person's own, or does one stand in for it?
static bool accounts_has_own(const struct catalog_accounts *all, struct str id) {
  for (size_t i = 0; i < all->own_count; i++)
    if (str_eq(all->owns[i]->account->id, id) || str_eq(all->owns[i]->account->stands_for, id)) return true;
  return false;
}

// What one has hangs on another, so all are read.
static bool accounts_read_again(const struct catalog_env *env, struct catalog_accounts **all,
                                struct err *err) {
  struct catalog_accounts *before = *all;
  if (!catalog_accounts_read(env, before, all, err)) return false;
  catalog_accounts_unref(before);
  return true;
}

bool catalog_accounts_read_one(const struct catalog_env *env, struct catalog_accounts **all, struct str id,
                               struct err *err) {
  struct err away = {0};
  struct accounts_reading r = {.env = env, .before = *all, .away = &away};
  struct arena *a = arena_new();
  struct account *account = NULL;
  bool ok =
      accounts_has_own(*all, id) || (remote_stamps(env->account->store, id, a, &r.stamps, err) &&
                                     account_load(env->account, env->library.connectors, id, &account, err));
  if (ok && (accounts_has_own(*all, id) || (account && account->person.n))) {
    account_free(account);
    ok = accounts_read_again(env, all, err);
  } else if (ok) {
    // Of the connector as it is now: another one of its name has been imported, and accounts may be behind.
    const struct connector *c = account ? connector_find(env->library.connectors, account->connector) : NULL;
    for (size_t i = 0; i < r.before->count; i++)
      if (r.before->items[i]->connector == c) accounts_share(&r, r.before->items[i]);
    struct catalog_account *v = account ? accounts_settle(&r, account) : NULL;
    ok = accounts_are_all(&r, err);
    if (ok) *all = accounts_with(r.before, id, v);
    if (ok) catalog_accounts_unref((struct catalog_accounts *)(uintptr_t)r.before);
  }
  map_free(&r.stamps);
  map_free(&r.shared);
  arena_free(a);
  return ok;
}
