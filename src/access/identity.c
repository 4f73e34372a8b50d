// SPDX-License-Identifier: Apache-2.0
#include "access/identity.h"

#include "base/clock.h"

enum { IDENTITY_NAMES_MOST = 100 };

struct identity_entering {
  const struct identity_claim *claim;
  struct arena *arena;
  struct identity_entry *out;
  int64_t now;
  struct access_user *all;
  size_t count;
};

static struct user_identity identity_said(const struct identity_entering *e, bool made) {
  const struct identity_claim *c = e->claim;
  return (struct user_identity){.provider_id = c->provider_id,
                                .issuer = c->issuer,
                                .subject = c->subject,
                                .made = made,
                                .email = c->email.p ? c->email : STR(""),
                                .email_verified = c->email_verified,
                                .confirmed_at = e->now,
                                .barred_at = c->admitted ? 0 : e->now};
}

static const struct access_user *identity_known(const struct identity_entering *e) {
  for (size_t i = 0; i < e->count; i++)
    if (e->all[i].identity.subject.n && str_eq(e->all[i].identity.issuer, e->claim->issuer) &&
        str_eq(e->all[i].identity.subject, e->claim->subject))
      return &e->all[i];
  return NULL;
}

// Somebody who has no identity yet, by the verified address that is her name.
static const struct access_user *identity_linkable(const struct identity_entering *e) {
  const struct identity_claim *c = e->claim;
  if (!c->links_email || !c->email_verified || !c->email.n) return NULL;
  for (size_t i = 0; i < e->count; i++)
    if (!e->all[i].identity.subject.n && str_eq_nocase(e->all[i].self.name, c->email)) return &e->all[i];
  return NULL;
}

// As the rules have it now; of somebody whom none lets in, nothing counts.
static void identity_place_in(struct access_user *u, const struct identity_claim *c) {
  if (u->identity.made && c->admitted) u->self.role = c->role;
  u->groups = c->groups;
  u->group_count = c->admitted ? c->group_count : 0;
}

// Of a local person the role stays what an administrator made it, and no rule bars her: a password may let her in still.
static bool identity_again(struct store *s, struct identity_entering *e, const struct access_user *known,
                           struct err *err) {
  const struct identity_claim *c = e->claim;
  struct access_user u = *known;
  u.identity = identity_said(e, known->identity.made);
  if (!u.identity.made) u.identity.barred_at = 0;
  if (u.identity.barred_at && known->identity.barred_at) u.identity.barred_at = known->identity.barred_at;
  identity_place_in(&u, c);
  e->out->user_id = arena_dup(e->arena, u.self.id);
  e->out->outcome = c->admitted ? IDENTITY_ENTERED : IDENTITY_BARRED;
  return user_update_within(s, &u, e->arena, err) && user_put_identity(s, &u, e->arena, err) &&
         (c->admitted || !u.identity.made || user_end_sessions(s, u.self.id, err));
}

// A name that nobody has: no sign-in makes one person look like another.
static struct str identity_free_name(const struct identity_entering *e) {
  struct str wanted = str_cut_utf8(e->claim->name, USER_NAME_MOST - 6), name = wanted;
  for (int i = 2; user_find(e->all, e->count, name) && i < IDENTITY_NAMES_MOST; i++)
    name = arena_printf(e->arena, "%.*s (%d)", STR_ARG(wanted), i);
  return name;
}

static bool identity_first(struct store *s, struct identity_entering *e, struct err *err) {
  const struct access_user *local = identity_linkable(e);
  struct access_user u;
  if (!e->claim->admitted) {
    e->out->outcome = IDENTITY_STRANGER;
    return true;
  }
  if (local)
    u = *local;
  else if (!user_create_within(s, identity_free_name(e), e->claim->role, e->arena, &u, err))
    return false;
  u.identity = identity_said(e, !local);
  e->out->outcome = local ? IDENTITY_LINKED : IDENTITY_MADE;
  e->out->user_id = arena_dup(e->arena, u.self.id);
  identity_place_in(&u, e->claim);
  return user_update_within(s, &u, e->arena, err) && user_put_identity(s, &u, e->arena, err);
}

static bool identity_enter_body(struct store *s, void *arg, struct err *err) {
  struct identity_entering *e = arg;
  *e->out = (struct identity_entry){0};
  if (!user_list(s, e->arena, &e->all, &e->count, err)) return false;
  const struct access_user *known = identity_known(e);
  return known ? identity_again(s, e, known, err) : identity_first(s, e, err);
}

bool identity_enter(struct store *s, const struct identity_claim *c, struct arena *a,
                    struct identity_entry *out, struct err *err) {
  struct identity_entering e = {.claim = c, .arena = a, .out = out, .now = clock_now_ms()};
  return store_transact(s, identity_enter_body, &e, err);
}

// ---- the provider goes

static bool identity_bar_body(struct store *s, void *arg, struct err *err) {
  struct identity_entering *e = arg;
  if (!user_list(s, e->arena, &e->all, &e->count, err)) return false;
  for (size_t i = 0; i < e->count; i++) {
    struct access_user *u = &e->all[i];
    if (!u->identity.made || u->identity.barred_at || !str_eq(u->identity.provider_id, e->claim->provider_id))
      continue;
    u->identity.barred_at = e->now;
    u->group_count = 0;
    if (!user_update_within(s, u, e->arena, err) || !user_put_identity(s, u, e->arena, err) ||
        !user_end_sessions(s, u->self.id, err))
      return false;
  }
  return true;
}

bool identity_bar_all(struct store *s, struct str provider_id, struct arena *a, struct err *err) {
  const struct identity_claim c = {.provider_id = provider_id};
  struct identity_entering e = {.claim = &c, .arena = a, .now = clock_now_ms()};
  return store_transact(s, identity_bar_body, &e, err);
}
