// SPDX-License-Identifier: Apache-2.0
#include "catalog/people.h"

struct catalog_people *catalog_people_ref(struct catalog_people *all) {
  atomic_fetch_add_explicit(&all->refs, 1, memory_order_relaxed);
  return all;
}

void catalog_people_unref(struct catalog_people *all) {
  if (!all || atomic_fetch_sub_explicit(&all->refs, 1, memory_order_acq_rel) != 1) return;
  map_free(&all->tokens_by_hash);
  map_free(&all->users_by_id);
  map_free(&all->barred);
  map_free(&all->by_id);
  arena_free(all->arena); // it lives in it itself
}

static void people_join_tokens(const struct catalog_people *before, struct catalog_people *all) {
  struct use *uses = ARENA_ARRAY(all->arena, all->token_count + 1, struct use);
  for (size_t i = 0; i < all->token_count; i++) {
    struct access_token *t = &all->tokens[i];
    struct str hash = str_make((const char *)t->hash, TOKEN_HASH);
    const struct access_token *was = before ? map_get(&before->tokens_by_hash, hash) : NULL;
    t->use = &uses[i];
    use_begin(t->use, t->used_at, was ? was->use : NULL);
    map_put(&all->tokens_by_hash, hash, t);
    map_put(&all->by_id, t->id, t);
  }
}

bool catalog_people_read(struct store *s, const struct catalog_people *before, struct catalog_people **out,
                         struct err *err) {
  struct arena *a = arena_new();
  struct catalog_people *all = ARENA_NEW(a, struct catalog_people);
  atomic_init(&all->refs, 1);
  all->arena = a;
  bool ok = access_list(s, a, &all->tokens, &all->token_count, err) &&
            user_list(s, a, &all->users, &all->user_count, err) && permit_list(s, a, &all->permits, err);
  if (ok) {
    people_join_tokens(before, all);
    for (size_t i = 0; i < all->user_count; i++) {
      if (!user_acts(&all->users[i])) { // nothing of hers counts, whatever goes by her id
        map_put(&all->barred, all->users[i].self.id, &all->users[i]);
        continue;
      }
      map_put(&all->users_by_id, all->users[i].self.id, &all->users[i]);
      map_put(&all->by_id, all->users[i].self.id, &all->users[i].self);
    }
    *out = all;
  } else {
    catalog_people_unref(all);
  }
  return ok;
}
