// SPDX-License-Identifier: Apache-2.0
#include "oidc/id_token.h"

#include "base/codec.h"
#include "data/json.h"

enum { ID_TOKEN_ALGORITHM_SHOWN = 20 };

static bool id_token_no(struct err *err, const char *why) {
  err_why(err, ERR_DENIED, WHY_VENDOR_REFUSED, "the provider's ID token %s", why);
  err_hint(err, "begin again; where it stays so, an administrator looks at the provider's settings");
  return false;
}

// ---- taken apart

static bool id_token_json(struct str part, struct arena *a, yyjson_doc **out) {
  struct str text;
  struct err none;
  if (!codec_unbase64_url(a, part, &text) || !json_read(text, &JSON_LIMITS, out, &none)) return false;
  if (yyjson_is_obj(yyjson_doc_get_root(*out))) return true;
  yyjson_doc_free(*out);
  return false;
}

static bool id_token_head(struct str part, struct arena *a, struct id_token *t, struct err *err) {
  yyjson_doc *head;
  if (!id_token_json(part, a, &head)) return id_token_no(err, "has no readable header");
  yyjson_val *root = yyjson_doc_get_root(head);
  bool critical = yyjson_obj_get(root, "crit") != NULL;
  t->algorithm = arena_dup(a, json_str(root, "alg"));
  t->key_id = arena_dup(a, json_str(root, "kid"));
  yyjson_doc_free(head);
  if (critical) return id_token_no(err, "wants something understood that is not known here");
  if (jwk_knows(t->algorithm)) return true;
  err_why(err, ERR_DENIED, WHY_NOT_SUPPORTED,
          "the provider's ID token is signed by \"%.*s\"; taken are RS256, PS256, ES256 and EdDSA",
          STR_MOST(t->algorithm, ID_TOKEN_ALGORITHM_SHOWN));
  err_hint(err, "choose one of these for this client at the provider");
  return false;
}

bool id_token_read(struct str compact, struct arena *a, struct id_token *out, struct err *err) {
  struct id_token t = {0};
  struct str rest = compact, head, claims;
  if (!compact.n || compact.n > ID_TOKEN_MOST) return id_token_no(err, "is missing, or too long");
  if (!str_cut(&rest, '.', &head) || !str_cut(&rest, '.', &claims) || !rest.n || str_find(rest, '.') >= 0)
    return id_token_no(err, "does not have the three parts of a signed one");
  t.text = str_make(compact.p, head.n + 1 + claims.n);
  if (!id_token_head(head, a, &t, err)) return false;
  if (!codec_unbase64_url(a, rest, &t.signature) || !t.signature.n)
    return id_token_no(err, "has no readable signature");
  if (!id_token_json(claims, a, &t.claims)) return id_token_no(err, "has no readable claims");
  *out = t;
  return true;
}

void id_token_free(struct id_token *t) {
  yyjson_doc_free(t->claims);
  t->claims = NULL;
}

bool id_token_signed(const struct id_token *t, const struct jwk *key, struct err *err) {
  return jwk_verifies(key, t->algorithm, t->text, t->signature) ||
         id_token_no(err, "has a signature that does not hold");
}

// ---- what it says

// Of several audiences ours is one, and the token was issued to us (OpenID Connect Core §3.1.3.7, 3 to 5).
static bool id_token_is_for(yyjson_val *root, struct str client_id) {
  yyjson_val *aud = yyjson_obj_get(root, "aud"), *azp = yyjson_obj_get(root, "azp"), *v;
  bool has = yyjson_is_str(aud) && str_eq(json_text(aud), client_id);
  size_t i, n;
  yyjson_arr_foreach (aud, i, n, v) has = has || (yyjson_is_str(v) && str_eq(json_text(v), client_id));
  if (azp || yyjson_arr_size(aud) > 1) return has && yyjson_is_str(azp) && str_eq(json_text(azp), client_id);
  return has;
}

// Seconds since 1970, which may have a fraction (RFC 7519 §2). False: not there, or no number of this age of the world.
static bool id_token_time(yyjson_val *root, const char *claim, double *out) {
  yyjson_val *v = yyjson_obj_get(root, claim);
  if (!yyjson_is_num(v)) return false;
  *out = yyjson_get_num(v);
  return *out > 0 && *out < 1e11;
}

static bool id_token_is_now(yyjson_val *root, int64_t now_ms, struct err *err) {
  double now = (double)now_ms / 1000, at;
  if (!id_token_time(root, "exp", &at)) return id_token_no(err, "does not say when it ends");
  if (now >= at + ID_TOKEN_LEEWAY_S) return id_token_no(err, "has expired; is this machine's clock right?");
  if (!id_token_time(root, "iat", &at)) return id_token_no(err, "does not say when it was issued");
  if (at > now + ID_TOKEN_LEEWAY_S)
    return id_token_no(err, "comes from the future; is this machine's clock right?");
  if (!yyjson_obj_get(root, "nbf")) return true;
  if (!id_token_time(root, "nbf", &at) || at > now + ID_TOKEN_LEEWAY_S)
    return id_token_no(err, "does not hold yet; is this machine's clock right?");
  return true;
}

bool id_token_holds(const struct id_token *t, const struct id_token_want *want, struct err *err) {
  yyjson_val *root = yyjson_doc_get_root(t->claims);
  struct str nonce = json_str(root, "nonce"), subject = json_str(root, "sub");
  if (!str_eq(json_str(root, "iss"), want->issuer)) {
    id_token_no(err, "is of another issuer");
    err->reason = WHY_WRONG_ISSUER;
    return false;
  }
  if (!id_token_is_for(root, want->client_id)) return id_token_no(err, "was issued for another client");
  if (!id_token_is_now(root, want->now_ms, err)) return false;
  if (!nonce.n || !str_eq_secret(nonce, want->nonce)) return id_token_no(err, "belongs to another sign-in");
  if (!subject.n || subject.n > ID_TOKEN_SUBJECT_MOST || !codec_is_field_value(subject))
    return id_token_no(err, "names nobody");
  return true;
}
