// SPDX-License-Identifier: Apache-2.0
// oauth_private: what the files of oauth share: vetted requests to authorization servers, and their answers.
// Private to account/. An answer may hold tokens: oauth_reply_free wipes it. Example:
//   struct oauth_message m = {.method = "GET", .url = url, .what = "the server's metadata"};
//   if (!oauth_send(net, &m, arena, &reply, err)) return false;      // false: no answer at all
//   … yyjson_doc_get_root(reply.doc) …; oauth_reply_free(&reply);
#ifndef POSTERN_OAUTH_OAUTH_PRIVATE_H
#define POSTERN_OAUTH_OAUTH_PRIVATE_H

#include "data/json.h"
#include "data/uri.h"
#include "oauth/challenge.h"
#include "oauth/oauth_text.h"

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
  yyjson_doc *doc;  // of a JSON object, or of a form; NULL: it was neither
  struct str words; // what it says else, a page by its title
};
MUST_USE bool oauth_send(const struct oauth_net *net, const struct oauth_message *m, struct arena *a,
                         struct oauth_reply *out, struct err *err) SUSPENDS;
void oauth_reply_free(struct oauth_reply *r);
bool oauth_is_down(int status); // busy or broken, rather than refusing: later it may be well

void oauth_add_query(struct buf *out, const char *name,
                     struct str value); // to an address; nothing where it is empty
// The vendor's own words on an error, on one line and in bounds.
struct str oauth_said(struct str text, const struct redact *hide, struct arena *a);
struct str oauth_words(const struct oauth_reply *reply, const struct redact *hide, struct arena *a);
// Fills doc and words; the status is there.
void oauth_read_body(struct str body, struct arena *a, struct oauth_reply *out);
// Its error code, "invalid_grant", where it is one and nothing to hide; else "".
struct str oauth_error_code(yyjson_val *root, const struct redact *hide, struct arena *a);
// ERR_UPSTREAM, WHY_VENDOR_DOWN.
bool oauth_down(const struct oauth_message *m, int status, struct err *err);

// Pure: documents to sites. `issuer` is what the metadata must name.
MUST_USE bool oauth_read_resource(yyjson_val *root, struct str server_url, struct arena *a,
                                  struct oauth_site *site, struct str *issuer, struct err *err);
MUST_USE bool oauth_read_server(yyjson_val *root, struct str issuer, struct arena *a, struct oauth_site *site,
                                struct err *err);
// The token endpoint's answer; `now_ms` is when it was asked for, `type` what is used as Bearer; empty: that alone.
MUST_USE bool oauth_read_tokens(yyjson_val *root, struct str type, int64_t now_ms, struct arena *a,
                                struct oauth_tokens *out, struct err *err);

#endif
