// SPDX-License-Identifier: Apache-2.0
#include "catalog/sight.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/mem.h"
#include "catalog/catalog.h"

struct sights {
  pthread_mutex_t lock; // also over the making of one
  struct map by_seer;   // struct catalog *
};

bool sight_is_whole(const struct catalog *c) {
  return !c->whole;
}

enum permit_access sight_access(const struct catalog *c, struct str owner, struct str account_id) {
  if (!owner.n) return PERMIT_WRITE;
  const struct access_token *who = catalog_token_by_id(c, owner);
  if (who && who->role == ACCESS_ADMIN) return PERMIT_WRITE;
  return who && who->role == ACCESS_EDITOR ? permit_of(&c->permits, owner, account_id) : PERMIT_NONE;
}

// ---- made

static void sight_add_accounts(struct catalog *s) {
  struct permits own = permit_of_holder(&s->permits, s->seer);
  s->accounts = mem_array(own.count + 1, sizeof(struct catalog_account *));
  for (size_t i = 0; i < own.count; i++) { // by account, as the catalog's are
    struct catalog_account *v = map_get(&s->whole->accounts_by_id, own.items[i].account_id);
    if (!v) continue;
    s->accounts[s->account_count++] = v;
    map_put(&s->accounts_by_id, v->account->id, v);
  }
}

// People and tokens stay: whose a thing is can be told. What is counted is the whole; servers are looked up in it, and
// are there for whom they belong to.
static struct catalog *sight_new(struct catalog *whole, struct str seer) {
  struct catalog *s = MEM_NEW(struct catalog);
  *s = (struct catalog){.whole = whole, // field by field: others count the whole meanwhile
                        .seer = seer,
                        .account_part = whole->account_part,
                        .people_part = whole->people_part,
                        .entries = whole->entries,
                        .seen = whole->seen,
                        .made = whole->made,
                        .tokens = whole->tokens,
                        .users = whole->users,
                        .token_count = whole->token_count,
                        .user_count = whole->user_count,
                        .tokens_by_hash = whole->tokens_by_hash,
                        .permits = whole->permits,
                        .once = once_new()};
  sight_add_accounts(s);
  return s;
}

// That of nobody, where no editor has this id.
static struct catalog *sight_find(const struct catalog *whole, struct str id) {
  const struct access_token *who = id.n ? catalog_token_by_id(whole, id) : NULL;
  struct str seer = who && who->role == ACCESS_EDITOR ? who->id : STR("");
  pthread_mutex_lock(&whole->sights->lock);
  struct catalog *s = map_get(&whole->sights->by_seer, seer);
  if (!s) {
    s = sight_new((struct catalog *)(uintptr_t)whole, seer); // counted with it, and changes nothing of it
    map_put(&whole->sights->by_seer, seer, s);
  }
  pthread_mutex_unlock(&whole->sights->lock);
  return s;
}

struct catalog *sight_of(struct catalog *c, const struct access_token *who) {
  struct catalog *whole = c->whole ? c->whole : c;
  bool lives = who && access_is_live(who->expires_at, clock_now_ms());
  if (lives && who->role == ACCESS_ADMIN) return whole;
  return sight_find(whole, lives && who->role == ACCESS_EDITOR ? who->id : STR(""));
}

const struct catalog *sight_again(const struct catalog *now, const struct catalog *before) {
  return sight_is_whole(before) ? now : sight_find(now, before->seer);
}

// ---- kept with the whole

struct sights *sights_new(void) {
  struct sights *all = MEM_NEW(struct sights);
  pthread_mutex_init(&all->lock, NULL);
  return all;
}

void sights_free(struct sights *all) {
  struct map_slot *slot;
  if (!all) return;
  for (size_t i = 0; (slot = map_next(&all->by_seer, &i));) {
    struct catalog *s = slot->value;
    once_free(s->once);
    map_free(&s->accounts_by_id);
    mem_free(s->accounts);
    mem_free(s);
  }
  map_free(&all->by_seer);
  pthread_mutex_destroy(&all->lock);
  mem_free(all);
}
