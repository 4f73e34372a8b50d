// SPDX-License-Identifier: Apache-2.0
#include "catalog/sight.h"

#include "base/clock.h"
#include "catalog/catalog.h"

bool sight_is_whole(const struct catalog *c) {
  return !c->whole;
}

// That of nobody, where there is none of this id.
static struct catalog *sight_find(const struct catalog *whole, struct str id) {
  struct catalog *found = map_get(&whole->sights, id);
  return found ? found : map_get(&whole->sights, STR(""));
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

enum permit_access sight_access(const struct catalog *c, struct str owner, struct str account_id) {
  if (!owner.n) return PERMIT_WRITE;
  const struct access_token *who = catalog_token_by_id(c, owner);
  if (who && who->role == ACCESS_ADMIN) return PERMIT_WRITE;
  return who && who->role == ACCESS_EDITOR ? permit_of(&c->permits, owner, account_id) : PERMIT_NONE;
}

// ---- made

static void sight_add_accounts(struct catalog *s) {
  struct permits own = permit_of_holder(&s->permits, s->seer);
  s->accounts = ARENA_ARRAY(s->arena, own.count + 1, struct catalog_account *);
  for (size_t i = 0; i < own.count; i++) { // by account, as the catalog's are
    struct catalog_account *v = map_get(&s->whole->accounts_by_id, own.items[i].account_id);
    if (!v) continue;
    s->accounts[s->account_count++] = v;
    map_put(&s->accounts_by_id, v->account->id, v);
  }
}

static void sight_add_servers(struct catalog *s) {
  const struct catalog *whole = s->whole;
  size_t count = 0;
  for (size_t i = 0; i < whole->server_count && s->seer.n; i++)
    count += str_eq(whole->servers[i]->server.owner, s->seer);
  s->servers = ARENA_ARRAY(s->arena, count + 1, struct catalog_server *);
  for (size_t i = 0; i < whole->server_count && s->seer.n; i++) {
    struct catalog_server *v = whole->servers[i];
    if (!str_eq(v->server.owner, s->seer)) continue;
    s->servers[s->server_count++] = v;
    map_put(&s->servers_by_id, v->server.id, v);
  }
}

// People and tokens stay: whose a thing is can be told. What is counted is the whole.
static void sight_add(struct catalog *whole, struct str seer) {
  struct catalog *s = ARENA_NEW(whole->arena, struct catalog);
  *s = (struct catalog){.arena = whole->arena,
                        .whole = whole,
                        .seer = seer,
                        .tokens = whole->tokens,
                        .users = whole->users,
                        .token_count = whole->token_count,
                        .user_count = whole->user_count,
                        .permits = whole->permits,
                        .urls_by_hash = whole->urls_by_hash,
                        .tokens_by_hash = whole->tokens_by_hash,
                        .once = once_new()};
  sight_add_accounts(s);
  sight_add_servers(s);
  map_put(&whole->sights, seer, s);
}

void sight_fill(struct catalog *whole) {
  sight_add(whole, STR("")); // of nobody
  for (size_t i = 0; i < whole->token_count; i++)
    if (whole->tokens[i].role == ACCESS_EDITOR) sight_add(whole, whole->tokens[i].id);
  for (size_t i = 0; i < whole->user_count; i++)
    if (whole->users[i].self.role == ACCESS_EDITOR) sight_add(whole, whole->users[i].self.id);
}

void sight_free(struct catalog *whole) {
  struct map_slot *slot;
  for (size_t i = 0; (slot = map_next(&whole->sights, &i));) {
    struct catalog *s = slot->value;
    once_free(s->once);
    map_free(&s->servers_by_id);
    map_free(&s->accounts_by_id);
  }
  map_free(&whole->sights);
}
