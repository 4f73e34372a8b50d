// SPDX-License-Identifier: Apache-2.0
#include <stdatomic.h>

#include "account/connect_private.h"
#include "account/peering.h"
#include "base/mem.h"

struct overhear { // held by its peer too, which may send a last word after we have gone
  atomic_size_t refs;
  struct arena *arena;
  struct mcp_peer *peer;
  const struct secret *token; // NULL: none; ours
  struct redact *hide;
  struct mcp_challenge heard; // status 0: nothing
};

static void overhear_ref(void *arg) {
  atomic_fetch_add_explicit(&((struct overhear *)arg)->refs, 1, memory_order_relaxed);
}

static void overhear_unref(void *arg) {
  struct overhear *e = arg;
  if (atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) != 1) return;
  secret_free((struct secret *)(uintptr_t)e->token);
  redact_unref(e->hide);
  arena_free(e->arena); // e itself lives in it
}

static bool overhear_headers(void *arg, const struct mcp_challenge *refused, struct arena *a,
                             struct http_headers *out, struct err *err) {
  struct overhear *e = arg;
  if (refused) {
    e->heard = (struct mcp_challenge){.status = refused->status,
                                      .by_words = refused->by_words,
                                      .www_authenticate = arena_dup(e->arena, refused->www_authenticate),
                                      .said = arena_dup(e->arena, refused->said)};
    return err_set(err, refused->by_words ? ERR_DENIED : ERR_UNAUTHENTICATED, "%.*s",
                   STR_MOST(refused->said, 300));
  }
  struct http_headers lent = {ARENA_ARRAY(a, 1, struct http_header), 0};
  if (e->token)
    lent.items[lent.count++] = (struct http_header){
        STR("Authorization"), arena_printf(a, "Bearer %.*s", STR_ARG(secret_reveal(e->token)))};
  *out = lent;
  return true;
}

static struct redact *overhear_hides(void *arg) {
  return redact_ref(((struct overhear *)arg)->hide);
}

struct overhear *overhear_new(const struct account_env *env, struct str url, const struct secret *token,
                              struct redact *hide) {
  struct arena *a = arena_new();
  struct overhear *e = ARENA_NEW(a, struct overhear);
  struct redact_part part = {token ? secret_reveal(token) : STR_NONE, 0};
  *e = (struct overhear){.refs = 1, .arena = a, .token = token ? secret_new(secret_reveal(token)) : NULL};
  e->hide = redact_new(&part, 1, hide);
  struct mcp_auth auth = {overhear_headers, overhear_ref, overhear_unref, e, overhear_hides};
  e->peer = peering_peer_with(env, url, &auth);
  return e;
}

bool overhear_try(struct overhear *e, struct mcp_challenge *heard, struct err *err) {
  e->heard = (struct mcp_challenge){0};
  bool ok = peering_try(e->peer, err);
  *heard = e->heard;
  return ok;
}

struct mcp_verdict overhear_verdict(const struct overhear *e) {
  return mcp_peer_verdict(e->peer);
}

void overhear_free(struct overhear *e) {
  mcp_peer_close(e->peer);
  mcp_peer_unref(e->peer);
  overhear_unref(e);
}
