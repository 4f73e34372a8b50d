// SPDX-License-Identifier: Apache-2.0
#include "account/grant_state.h"

#include "account/grant.h"
#include "account/registration_row.h"
#include "crypto/token.h"
#include "oauth/oauth_text.h"

// Ahead of the end by a fifth of its life, but never long; somewhere in that stretch, so that the many that
// were made at once are not renewed at once.
static int64_t grant_state_renewal(const struct grant_row *row) {
  int64_t life = row->expires_at - row->issued_at;
  if (row->expires_at == 0 || life <= 0) return row->expires_at;
  int64_t ahead = life / 5 < GRANT_AHEAD_MS ? life / 5 : GRANT_AHEAD_MS;
  uint32_t random;
  token_random(&random, sizeof random);
  return row->expires_at - ahead + (int64_t)(random % (uint32_t)(ahead / 2 + 1));
}

static int64_t grant_state_margin(const struct grant_row *row) {
  int64_t tenth = (row->expires_at - row->issued_at) / 10;
  return tenth < GRANT_MARGIN_MS ? tenth : GRANT_MARGIN_MS;
}

// Without it the vendor can still be called, and knows of it all the same.
static struct secret *grant_state_client_secret(const struct account_env *env, const struct grant_state *s) {
  struct oauth_client c = {0};
  struct err unused;
  if (!registration_row_load(env, s->row.client, s->site.issuer, s->arena, &c, &unused)) return NULL;
  secret_free(c.key); // signs, and is never sent
  return c.secret;
}

static void grant_state_hide(struct grant_state *s, const struct grant_state *before) {
  struct redact_part parts[5];
  size_t count = 0;
  const struct secret *all[] = {s->access, s->refresh, s->client_secret, before ? before->access : NULL,
                                before ? before->refresh : NULL};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i]) parts[count++] = (struct redact_part){secret_reveal(all[i]), 0};
  redact_unref(s->hide);
  s->hide = redact_new(parts, count, s->also);
}

void grant_state_follow(struct grant_state *s, const struct grant_state *before) {
  if (s->access || before->access) {
    grant_state_hide(s, before);
  } else { // a person is needed, for some time already
    redact_unref(s->hide);
    s->hide = redact_ref(before->hide);
  }
}

bool grant_state_load(const struct account_env *env, struct str account_id, struct grant_state **out,
                      struct err *err) {
  struct arena *a = arena_new();
  struct grant_state *s = ARENA_NEW(a, struct grant_state);
  s->refs = 1;
  s->arena = a;
  if (!grant_row_find(env->store, account_id, a, &s->row, err) ||
      !oauth_site_read(s->row.site, a, &s->site, err) ||
      !grant_row_open(env, &s->row, &s->access, &s->refresh, err)) {
    arena_free(a);
    return false;
  }
  s->renew_at = grant_state_renewal(&s->row);
  s->renews = s->refresh != NULL;
  s->client_secret = grant_state_client_secret(env, s);
  grant_state_hide(s, NULL);
  *out = s;
  return true;
}

struct grant_state *grant_state_make(const struct grant_state_new *in) {
  struct arena *a = arena_new();
  struct grant_state *s = ARENA_NEW(a, struct grant_state);
  s->refs = 1;
  s->arena = a;
  s->renews = true;
  s->also = redact_ref(in->also);
  s->row = (struct grant_row){.version = in->version,
                              .issued_at = in->issued_at,
                              .expires_at = in->expires_at,
                              .lease_by = arena_dup(a, in->holder)};
  if (in->access) s->access = secret_new(secret_reveal(in->access));
  s->renew_at = grant_state_renewal(&s->row);
  grant_state_hide(s, NULL);
  return s;
}

struct grant_state *grant_state_ref(struct grant_state *s) {
  atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
  return s;
}

void grant_state_unref(struct grant_state *s) {
  if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
  secret_free(s->access);
  secret_free(s->refresh);
  secret_free(s->client_secret);
  redact_unref(s->hide);
  redact_unref(s->also);
  arena_free(s->arena); // s itself lives in it
}

bool grant_state_needs_person(const struct grant_state *s) {
  return str_is(s->row.needs, "person");
}

bool grant_state_is_live(const struct grant_state *s, int64_t now) {
  if (!s->access || grant_state_needs_person(s)) return false;
  return s->row.expires_at == 0 || now < s->row.expires_at - grant_state_margin(&s->row);
}

bool grant_state_is_due(const struct grant_state *s, int64_t now) {
  return s->renews && !grant_state_needs_person(s) && s->renew_at > 0 && now >= s->renew_at;
}
