// SPDX-License-Identifier: Apache-2.0
// What is asked of a person at the vendor's page, and what the redirect back says.
#include "base/codec.h"
#include "crypto/token.h"
#include "oauth/oauth_private.h"

// ---- scope

static bool oauth_is_scope(struct str s) { // RFC 6749 §3.3
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c < 0x21 || c > 0x7e || c == '"' || c == '\\') return false;
  }
  return s.n > 0;
}

bool oauth_scope_has(struct str scope, struct str one) {
  for (struct str rest = scope, item; str_cut(&rest, ' ', &item);)
    if (str_eq(item, one)) return true;
  return false;
}

static void oauth_scope_add(struct buf *out, struct str scope) {
  for (struct str rest = scope, item; str_cut(&rest, ' ', &item);) {
    if (!oauth_is_scope(item) || oauth_scope_has(buf_str(out), item)) continue;
    if (out->n) buf_add_char(out, ' ');
    buf_add(out, item);
  }
}

struct str oauth_scope_union(struct str a, struct str b, struct arena *arena) {
  struct buf out = BUF_MAX(OAUTH_TEXT_MOST);
  oauth_scope_add(&out, a);
  oauth_scope_add(&out, b);
  struct str text = arena_dup(arena, buf_str(&out));
  buf_free(&out);
  return text;
}

struct str oauth_scope(const struct oauth_site *site, const struct mcp_challenge *challenge,
                       struct str wanted, struct str before, struct arena *a) {
  struct challenge c = challenge ? challenge_read(challenge->www_authenticate, a) : (struct challenge){0};
  struct buf out = BUF_MAX(OAUTH_TEXT_MOST);
  oauth_scope_add(&out, before);
  if (c.scope.n)
    oauth_scope_add(&out, c.scope);
  else if (wanted.n)
    oauth_scope_add(&out, wanted);
  else
    for (size_t i = 0; i < site->scopes.count; i++) oauth_scope_add(&out, site->scopes.items[i]);
  // Alone it would take away what the vendor gives those who ask for nothing.
  for (size_t i = 0; out.n && i < site->server_scopes.count; i++)
    if (str_is(site->server_scopes.items[i], "offline_access")) oauth_scope_add(&out, STR("offline_access"));
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

// ---- the address to open

void oauth_add_query(struct buf *out, const char *name, struct str value) {
  if (!value.n) return;
  buf_add_char(out, str_find(buf_str(out), '?') < 0 ? '?' : '&');
  buf_add_z(out, name);
  buf_add_char(out, '=');
  codec_percent(out, value);
}

struct str oauth_authorize_url(const struct oauth_site *site, const struct oauth_client *c,
                               const struct oauth_request *r, struct arena *a) {
  unsigned char hash[TOKEN_HASH];
  token_hash(r->verifier, hash); // RFC 7636 §4.2
  struct buf out = BUF_MAX(OAUTH_BODY_MOST);
  buf_add(&out, site->authorization_endpoint);
  oauth_add_query(&out, "response_type", STR("code"));
  oauth_add_query(&out, "client_id", c->id);
  oauth_add_query(&out, "redirect_uri", r->redirect_uri);
  oauth_add_query(&out, "state", r->state);
  oauth_add_query(&out, "code_challenge", codec_base64_url(a, str_make((const char *)hash, sizeof hash)));
  oauth_add_query(&out, "code_challenge_method", STR("S256"));
  oauth_add_query(&out, "scope", r->scope);
  oauth_add_query(&out, "resource", site->resource);
  oauth_add_query(&out, "nonce", r->nonce);
  // OpenID Connect Core §11: without it a vendor may leave the refresh token out.
  if (oauth_scope_has(r->scope, STR("offline_access"))) oauth_add_query(&out, "prompt", STR("consent"));
  struct str url = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return url;
}

// ---- the answer

// RFC 9207 §2.4, to the letter and before anything else is believed. What a wrong server says is not shown.
static bool oauth_check_iss(const struct oauth_site *site, struct str iss, struct err *err) {
  bool named = str_eq(iss, site->issuer) || (site->iss.n && str_eq(iss, site->iss));
  if (iss.n ? named : !site->iss_advertised) return true;
  err_why(
      err, ERR_UNPROCESSABLE, WHY_WRONG_ISSUER,
      iss.n
          ? "the answer comes from another authorization server than the one that was asked"
          : "the answer does not say which authorization server it comes from, though that one always does");
  err_hint(err, "nothing was sent to it; begin again, and tell the vendor where it happens again");
  return false;
}

static bool oauth_answered_error(const struct oauth_answer *answer, struct err *err) {
  struct arena *a = arena_new();
  struct str said = oauth_said(answer->error_description, NULL, a), code = oauth_said(answer->error, NULL, a);
  if (str_is(code, "access_denied")) {
    err_why(err, ERR_DENIED, WHY_DENIED, "consent was not given at the vendor%s%.*s", said.n ? ": " : "",
            STR_ARG(said));
    err_hint(err, "nothing was connected; begin again when you want to allow it");
  } else if (str_is(code, "server_error") || str_is(code, "temporarily_unavailable")) {
    err_why(err, ERR_UPSTREAM, WHY_VENDOR_DOWN, "the vendor's sign-in service failed: %.*s%s%.*s",
            STR_ARG(code), said.n ? ": " : "", STR_ARG(said));
    err_hint(err, "begin again later");
  } else {
    err_why(err, ERR_UNPROCESSABLE, WHY_VENDOR_REFUSED, "the vendor refused: %.*s%s%.*s", STR_ARG(code),
            said.n ? ": " : "", STR_ARG(said));
    err_hint(err, "begin again; where the vendor names a scope, connect with other ones");
  }
  arena_free(a);
  return false;
}

bool oauth_check_answer(const struct oauth_site *site, struct str state, const struct oauth_answer *answer,
                        struct err *err) {
  if (!oauth_check_iss(site, answer->iss, err)) return false;
  if (!answer->state.n || !str_eq_secret(answer->state, state)) {
    err_why(err, ERR_UNPROCESSABLE, WHY_WRONG_STATE, "the answer belongs to another link");
    err_hint(err, "begin again with the newest link");
    return false;
  }
  if (answer->error.n) return oauth_answered_error(answer, err);
  if (answer->code.n && answer->code.n <= OAUTH_TEXT_MOST) return true;
  return err_why(err, ERR_UNPROCESSABLE, WHY_VENDOR_REFUSED, "the vendor's answer has no code in it");
}
