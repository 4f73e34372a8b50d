// SPDX-License-Identifier: Apache-2.0
// principal: on whose behalf a request is answered: of whoever has a server's URL, of the API token that came, or of a
// person who signed in, in the console or from an AI client. It is told from the request once; what is kept, counted,
// written down or allowed for somebody goes by it. Its texts are in the arena it was made in. Pure. Example:
//   struct principal_door door = {.server = s->id, .guarded = s->filter.require_api_token, .tokens = &tokens, .now = now};
//   if (!principal_of(in, &door, arena, &who, &err)) …   // 401, with WWW-Authenticate: principal_challenge(in)
//   principal_begin_session(&who, session.key, arena);
#ifndef POSTERN_ACCESS_PRINCIPAL_H
#define POSTERN_ACCESS_PRINCIPAL_H

#include "access/access.h"
#include "base/map.h"
#include "http/message.h"

enum { PRINCIPAL_CLIENT_MOST = 64 }; // bytes of a client's own name that count

enum principal_kind {
  PRINCIPAL_NONE,   // anybody
  PRINCIPAL_URL,    // whoever has the URL of a server
  PRINCIPAL_TOKEN,  // an API token
  PRINCIPAL_USER,   // a person, by a session of the console
  PRINCIPAL_PERSON, // a person, by a sign-in that an AI client holds
};

// By which sign-in a person came: which client she let in to the server.
struct principal_signin {
  struct str id;                     // its own; "sgn_…"
  struct str client_id, client_name; // as the client registered; the name is its own word
  int64_t until;                     // ms; the end of the access token that the request came with
};

struct principal {
  enum principal_kind kind;
  struct str server; // its id; empty: the management API
  struct str tag; // tells who has another URL of it than the first, or which sign-in it is; empty: the first
  struct access_token
      token; // PRINCIPAL_TOKEN; of PRINCIPAL_USER and PRINCIPAL_PERSON the person's self: token.id is hers
  struct principal_signin signin; // PRINCIPAL_PERSON
  struct str session;             // the key of a legacy client's; empty: none
  enum access_role role;
  // Of no two principals the same: what upstream sessions, kept calls and request states belong to.
  struct str key;
  struct str
      name; // for the audit: the token's id, or "client:" and what the client calls itself; empty: nobody knows
  struct str client; // what the client calls itself
};

struct principal_door {     // where somebody wants in
  struct str server, tag;   // as in the principal
  struct str owner;         // of the server, where an editor owns it
  bool guarded;             // does it take an API token?
  const struct map *tokens; // const struct access_token *, by hash
  int64_t now;
};

// ERR_UNAUTHENTICATED: no live token came where one is asked for. One that nobody asked for is not looked at.
MUST_USE bool principal_of(const struct http_request *in, const struct principal_door *door, struct arena *a,
                           struct principal *out, struct err *err);
// What came as "Authorization: Bearer …"; empty: nothing.
struct str principal_bearer(const struct http_request *in);
// WWW-Authenticate for whom principal_of refused (RFC 6750 §3).
struct str principal_challenge(const struct http_request *in);

// Does a person stand behind it? token.id and token.name are hers then.
static inline bool principal_is_person(const struct principal *p) {
  return p->kind == PRINCIPAL_USER || p->kind == PRINCIPAL_PERSON;
}
// A person who has signed in, at the management API.
void principal_of_user(const struct access_token *self, struct arena *a, struct principal *out);
// A person who has signed in to a server from an AI client. The caller has seen that she may.
void principal_of_person(const struct access_token *self, struct str server,
                         const struct principal_signin *by, struct arena *a, struct principal *out);

struct principal principal_copy(const struct principal *p, struct arena *a);
void principal_begin_session(struct principal *p, struct str session, struct arena *a);
// The client says its name, which counts as the principal's where nothing better is known. May be empty.
void principal_introduce(struct principal *p, struct str client, struct arena *a);
// Who has a share of what we do at once (io/share), and whose a session id is: the key without its session.
struct str principal_holder(const struct principal *p);
struct str principal_holder_of(struct str key); // the same, of a key alone

#endif
