// SPDX-License-Identifier: Apache-2.0
// signin: how a person comes into the console and stays there: a link that lets in once, and what a browser holds
// afterwards, in a cookie. Both are random texts of which only the hash is kept, in stamped rows; each ends by its
// age, what a browser holds also when it is not used. Blocking: on the pool. Example:
//   signin_make_link(store, user.self.id, SIGNIN_LINK_MS, arena, text, err)              // shown once
//   struct signin_browser at = {.address = in->client, .agent = agent, .lives_ms = age};
//   signin_by_link(store, given, &at, arena, &session, cookie, err)                      // the link is dead now
//   signin_find(store, cookie, idle_ms, arena, &session, err)                            // at each request
#ifndef POSTERN_ACCESS_SIGNIN_H
#define POSTERN_ACCESS_SIGNIN_H

#include "access/user.h"
#include "crypto/secret.h"

enum {
  SIGNIN_LINK_MS = 15 * 60 * 1000,
  SIGNIN_LINKS_MOST = 20,    // of one person; the oldest goes
  SIGNIN_SESSIONS_MOST = 50, // likewise
  SIGNIN_AGENT_MOST = 200,   // bytes of what a browser calls itself that are kept
};

struct signin_link {
  struct str id, user_id;
  int64_t expires_at;
};

struct signin {
  struct str id, user_id;
  int64_t created_at, used_at, expires_at; // used_at: to the minute
  struct str address, agent;               // of the browser that signed in
};

struct signin_browser {
  struct str provider_id, id_token; // of a sign-in by an identity provider; empty: by none, or none is kept
  struct str address, agent;
  int64_t lives_ms;
  struct str password; // kept form of a new one, which a link sets; empty: none
  struct str
      before; // what its cookie held; that ends, so that nobody goes on with a text that was known before
};

MUST_USE bool signin_make_link(struct store *s, struct str user_id, int64_t lives_ms, struct arena *a,
                               char text[TOKEN_TEXT], struct err *err);
// Whom a link lets in, without using it up. ERR_MISSING: nobody; used, expired and unknown look alike.
MUST_USE bool signin_look(struct store *s, struct str text, struct arena *a, struct signin_link *out,
                          struct err *err);
// Uses a link up. Of two at the same time one gets in.
MUST_USE bool signin_by_link(struct store *s, struct str text, const struct signin_browser *at,
                             struct arena *a, struct signin *out, char cookie[TOKEN_TEXT], struct err *err);
// By what its caller has made sure of.
MUST_USE bool signin_enter(struct store *s, struct str user_id, const struct signin_browser *at,
                           struct arena *a, struct signin *out, char cookie[TOKEN_TEXT], struct err *err);
// ERR_UNAUTHENTICATED: it has ended, or never was.
MUST_USE bool signin_find(struct store *s, struct str cookie, int64_t idle_ms, struct arena *a,
                          struct signin *out, struct err *err);
// `user_id` empty: of all.
MUST_USE bool signin_list(struct store *s, struct str user_id, int64_t idle_ms, struct arena *a,
                          struct signin **out, size_t *count, struct err *err);
MUST_USE bool signin_end(struct store *s, struct str id, struct err *err);
// What a sign-out shows the provider that the session began by; `provider_id` empty: it began otherwise. `id_token` NULL: there
// is none.
MUST_USE bool signin_hint(struct store *s, struct str id, struct arena *a, struct str *provider_id,
                          struct secret **id_token, struct err *err);
// Removes what has ended by itself.
MUST_USE bool signin_purge(struct store *s, int64_t now_ms, int64_t idle_ms, struct err *err);

#endif
