// SPDX-License-Identifier: Apache-2.0
#include <stdatomic.h>

#include "account/authorize_private.h"
#include "account/line.h"
#include "base/mem.h"

struct ear { // held by its peer too, which may send a last word after we have gone
  atomic_size_t refs;
  struct arena *arena;
  struct mcp_peer *peer;
  const struct secret *token; // NULL: none; ours
  struct redact *hide;
  struct mcp_challenge heard; // status 0: nothing
};

static void ear_ref(void *arg) {
  atomic_fetch_add_explicit(&((struct ear *)arg)->refs, 1, memory_order_relaxed);
}

static void ear_unref(void *arg) {
  struct ear *e = arg;
  if (atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) != 1) return;
  secret_free((struct secret *)(uintptr_t)e->token);
  redact_unref(e->hide);
  arena_free(e->arena); // e itself lives in it
}

static bool ear_headers(void *arg, const struct mcp_challenge *refused, struct arena *a,
                        struct http_headers *out, struct err *err) {
  struct ear *e = arg;
  if (refused) {
    e->heard = (struct mcp_challenge){.status = refused->status,
                                      .www_authenticate = arena_dup(e->arena, refused->www_authenticate),
                                      .said = arena_dup(e->arena, refused->said)};
    return err_set(err, ERR_UNAUTHENTICATED, "%.*s", refused->said.n < 300 ? (int)refused->said.n : 300,
                   refused->said.p ? refused->said.p : "");
  }
  struct http_headers lent = {ARENA_ARRAY(a, 1, struct http_header), 0};
  if (e->token)
    lent.items[lent.count++] = (struct http_header){
        STR("Authorization"), arena_printf(a, "Bearer %.*s", STR_ARG(secret_reveal(e->token)))};
  *out = lent;
  return true;
}

static struct redact *ear_hides(void *arg) {
  return redact_ref(((struct ear *)arg)->hide);
}

struct ear *ear_new(const struct account_env *env, struct str url, const struct secret *token,
                    struct redact *hide) {
  struct arena *a = arena_new();
  struct ear *e = ARENA_NEW(a, struct ear);
  struct redact_part part = {token ? secret_reveal(token) : STR_NONE, 0};
  *e = (struct ear){.refs = 1, .arena = a, .token = token ? secret_new(secret_reveal(token)) : NULL};
  e->hide = redact_new(&part, 1, hide);
  struct mcp_auth auth = {ear_headers, ear_ref, ear_unref, e, ear_hides};
  e->peer = line_peer_with(env, url, &auth);
  return e;
}

bool ear_try(struct ear *e, struct mcp_challenge *heard, struct err *err) {
  e->heard = (struct mcp_challenge){0};
  bool ok = line_try(e->peer, err);
  *heard = e->heard;
  return ok;
}

struct mcp_verdict ear_verdict(const struct ear *e) {
  return mcp_peer_verdict(e->peer);
}

void ear_free(struct ear *e) {
  mcp_peer_close(e->peer);
  mcp_peer_unref(e->peer);
  ear_unref(e);
}
