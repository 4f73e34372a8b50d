// SPDX-License-Identifier: Apache-2.0
// oauth_private: what the files of oauth share: vetted requests to authorization servers, and their answers.
// Private to account/. An answer may hold tokens: oauth_reply_free wipes it. Example:
//   struct oauth_message m = {.method = "GET", .url = url, .what = "the server's metadata"};
//   if (!oauth_send(net, &m, arena, &reply, err)) return false;      // false: no answer at all
//   … yyjson_doc_get_root(reply.doc) …; oauth_reply_free(&reply);
#ifndef POSTERN_ACCOUNT_OAUTH_PRIVATE_H
#define POSTERN_ACCOUNT_OAUTH_PRIVATE_H

#include "account/challenge.h"
#include "account/oauth.h"
#include "data/json.h"
#include "data/uri.h"

enum {
  OAUTH_ANSWER_MOST = 256 * 1024, // bytes of metadata, a registration, tokens
  OAUTH_BODY_MOST = 128 * 1024,   // of a request
  OAUTH_URL_MOST = 2048,          // of an address from outside
  OAUTH_TEXT_MOST = 16 * 1024,    // a token, a client id, a secret
  OAUTH_SCOPES_MOST = 256,
  OAUTH_SAID_MOST = 200,      // of a vendor's own words
  OAUTH_TOTAL_MS = 15 * 1000, // of a request
};

// https, or http to this machine; no fragment, no user information. `what` names it in the error.
MUST_USE bool oauth_vet(struct str url, const char *what, struct uri *out, struct err *err);
// "https://host:port" as it was written.
struct str oauth_origin(const struct uri *u, struct arena *a);

struct oauth_message {
  const char *method, *what; // what: is asked for, for errors: "the token"
  struct str url, type, body, authorization;
  struct redact *hide; // of this request, with what the net hides; NULL: that alone
  bool plain; // the answer holds secrets to keep: it comes as it is, and only oauth_said shows any of it
};
struct oauth_reply {
  int status;
  yyjson_doc *doc; // NULL: no JSON object
};
MUST_USE bool oauth_send(const struct oauth_net *net, const struct oauth_message *m, struct arena *a,
                         struct oauth_reply *out, struct err *err) SUSPENDS;
void oauth_reply_free(struct oauth_reply *r);
bool oauth_is_down(int status); // busy or broken, rather than refusing: later it may be well

// The vendor's own words on an error, on one line and in bounds.
struct str oauth_said(struct str text, const struct redact *hide, struct arena *a);
// Its error code, "invalid_grant", where it is one and nothing to hide; else "".
struct str oauth_error_code(yyjson_val *root, const struct redact *hide, struct arena *a);
// ERR_UPSTREAM, field "vendor_down".
bool oauth_down(const struct oauth_message *m, int status, struct err *err);

// "a b", each once, in the order of their first mention.
struct str oauth_scope_union(struct str a, struct str b, struct arena *arena);
bool oauth_scope_has(struct str scope, struct str one);

const char *oauth_method_name(enum oauth_method m); // as metadata has it: "client_secret_basic"
bool oauth_method_from(struct str name, enum oauth_method *out);

// How a client introduces itself: a registration (RFC 7591 §2), or its document, which has an `id`.
struct oauth_introduction {
  struct str id, name, redirect_uri, scope;
  enum oauth_method method;
};
struct str oauth_client_document(const struct oauth_introduction *in, struct arena *a);

// What the way back and refreshes need of a site, as JSON text, for a row.
struct str oauth_site_write(const struct oauth_site *s, struct arena *a);
MUST_USE bool oauth_site_read(struct str text, struct arena *a, struct oauth_site *out, struct err *err);

// Pure: documents to sites. `issuer` is what the metadata must name.
MUST_USE bool oauth_read_resource(yyjson_val *root, struct str server_url, struct arena *a,
                                  struct oauth_site *site, struct str *issuer, struct err *err);
MUST_USE bool oauth_read_server(yyjson_val *root, struct str issuer, struct arena *a, struct oauth_site *site,
                                struct err *err);
// The token endpoint's answer; `now_ms` is when it was asked for.
MUST_USE bool oauth_read_tokens(yyjson_val *root, int64_t now_ms, struct arena *a, struct oauth_tokens *out,
                                struct err *err);

#endif
