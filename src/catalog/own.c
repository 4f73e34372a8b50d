// SPDX-License-Identifier: Apache-2.0
#include "catalog/own.h"

#include "base/mem.h"
#include "catalog/account.h"

static const struct catalog_accounts *own_part(const struct catalog *c) {
  return c->whole ? c->whole->account_part : c->account_part;
}

const struct catalog_account *catalog_own_held(const struct catalog *c, struct str person,
                                               struct str account_id) {
  struct arena *a = arena_new();
  struct str key = ARENA_JOIN(a, person, STR("/"), account_id);
  const struct catalog_account *v = person.n ? map_get(&own_part(c)->owns_by_person, key) : NULL;
  arena_free(a);
  return v;
}

const struct catalog_account *catalog_own(const struct catalog *c, struct str person, struct str account_id) {
  const struct catalog_account *v = catalog_own_held(c, person, account_id);
  const struct catalog_account *of = v ? map_get(&own_part(c)->by_id, account_id) : NULL;
  return of && str_eq(of->account->base_url, v->account->base_url) ? v : NULL;
}

const struct catalog_account *catalog_own_by_id(const struct catalog *c, struct str id) {
  const struct catalog_accounts *all = own_part(c);
  for (size_t i = 0; i < all->own_count; i++)
    if (str_eq(all->owns[i]->account->id, id)) return all->owns[i];
  return NULL;
}

bool catalog_own_is_there(const struct catalog_account *own) {
  struct catalog *now = catalog_acquire();
  const struct catalog_account *current =
      now ? catalog_own(now, own->account->person, own->account->stands_for) : NULL;
  bool there = current && str_eq(current->account->id, own->account->id);
  catalog_release(now);
  return there;
}

struct str catalog_own_link(struct str public_url, struct str account_id, struct str person,
                            struct arena *a) {
  return arena_printf(a, "%.*s/ui/own/%.*s/%.*s", STR_ARG(public_url), STR_ARG(account_id), STR_ARG(person));
}

struct catalog_account *const *catalog_owns(const struct catalog *c, size_t *count) {
  *count = own_part(c)->own_count;
  return own_part(c)->owns;
}

// Of two threads that make one at once, one's stays.
struct catalog_account *catalog_front(struct catalog_account *v) {
  struct catalog_account *front = atomic_load_explicit(&v->front, memory_order_acquire);
  if (front) return front;
  struct catalog_account *made = MEM_NEW(struct catalog_account);
  *made = (struct catalog_account){.refs = 1,
                                   .account = account_front(v->account),
                                   .connector = v->connector,
                                   .tools = toolset_ref(v->tools),
                                   .stamp = v->stamp,
                                   .is_front = true};
  if (atomic_compare_exchange_strong_explicit(&v->front, &front, made, memory_order_acq_rel,
                                              memory_order_acquire))
    return made;
  catalog_account_unref(made);
  return front;
}
