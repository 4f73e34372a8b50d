// SPDX-License-Identifier: Apache-2.0
#include "admin/held.h"

#include "admin/put.h"
#include "catalog/sight.h"

struct str held_owner(const struct admin_call *call) {
  return call->who.role == ACCESS_EDITOR ? call->who.token.id : STR("");
}

// Tools that its filter lets through and its owner's grants do not.
static size_t held_tools(const struct catalog_server *v) {
  size_t held = 0;
  for (size_t i = 0; v->narrowed_count && i < v->member_count; i++) {
    const struct toolset *set = v->members[i].account->tools;
    for (size_t k = 0; k < set->count; k++)
      held += set->tools[k].served && !sight_shows(v->members[i].access, &set->tools[k]) &&
              policy_allows(&v->server.filter, &set->tools[k]);
  }
  return held;
}

static struct str held_why(struct admin_call *call, const struct catalog_server *v) {
  const struct access_token *owner = catalog_token_by_id(call->catalog, v->server.owner);
  if (!owner) return STR("its owner was deleted, or the API token revoked: its URLs open nothing");
  if (owner->role != ACCESS_EDITOR && owner->role != ACCESS_ADMIN)
    return arena_printf(call->arena, "its owner has the role %s now: its URLs open nothing",
                        access_role_name(owner->role));
  size_t tools = held_tools(v);
  if (!v->member_count) return STR("none of its accounts is granted to its owner: its URLs open nothing");
  struct str lost =
      arena_printf(call->arena, "left out, since its owner has no grant: %zu of its %zu accounts",
                   v->lost_count, v->lost_count + v->member_count);
  struct str held = arena_printf(
      call->arena, "left out, since its owner may only read: %zu of the tools that its filter lets through",
      tools);
  if (v->lost_count && tools) return arena_printf(call->arena, "%.*s; %.*s", STR_ARG(lost), STR_ARG(held));
  return v->lost_count ? lost : tools ? held : STR("");
}

void held_put(struct admin_call *call, const struct server *s) {
  const struct catalog_server *v = catalog_server_by_id(call->catalog, s->id);
  const struct access_token *owner = s->owner.n ? catalog_token_by_id(call->catalog, s->owner) : NULL;
  put_text_or_null(&call->out, "owner", s->owner);
  put_text_or_null(&call->out, "owner_name", owner ? owner->name : STR_NONE);
  put_text_or_null(&call->out, "held", v && s->owner.n ? held_why(call, v) : STR_NONE);
}
