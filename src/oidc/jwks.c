// SPDX-License-Identifier: Apache-2.0
#include "oidc/jwks.h"

#include <stdatomic.h>

#include "base/arena.h"
#include "base/codec.h"
#include "data/json.h"

struct jwks_key {
  struct str id, algorithm; // empty: not said
  struct jwk *key;
};

struct jwks {
  atomic_uint refs;
  struct arena *arena; // it lives in it
  size_t count;
  struct jwks_key keys[JWKS_KEYS_MOST];
};

static struct str jwks_bytes(yyjson_val *v, const char *member, struct arena *a) {
  struct str bytes;
  return codec_unbase64_url(a, json_str(v, member), &bytes) ? bytes : STR_NONE;
}

// RFC 7518 §6, RFC 8037 §2. "use" and "key_ops" say what a key is not for.
static bool jwks_make(yyjson_val *v, struct arena *a, struct jwk **out) {
  struct str type = json_str(v, "kty"), use = json_str(v, "use"), curve = json_str(v, "crv");
  struct err none;
  if (use.n && !str_is(use, "sig")) return false;
  if (str_is(type, "RSA")) return jwk_rsa(jwks_bytes(v, "n", a), jwks_bytes(v, "e", a), out, &none);
  if (str_is(type, "EC") && str_is(curve, "P-256"))
    return jwk_p256(jwks_bytes(v, "x", a), jwks_bytes(v, "y", a), out, &none);
  if (str_is(type, "OKP") && str_is(curve, "Ed25519")) return jwk_ed25519(jwks_bytes(v, "x", a), out, &none);
  return false;
}

static void jwks_add(struct jwks *s, yyjson_val *v) {
  struct jwks_key k = {arena_dup(s->arena, json_str(v, "kid")), arena_dup(s->arena, json_str(v, "alg")),
                       NULL};
  if (k.id.n > JWKS_ID_MOST || (k.algorithm.n && !jwk_knows(k.algorithm)) || !jwks_make(v, s->arena, &k.key))
    return;
  s->keys[s->count++] = k;
}

bool jwks_read(yyjson_val *root, struct jwks **out, struct err *err) {
  yyjson_val *list = yyjson_obj_get(root, "keys"), *v;
  size_t i, n;
  if (!yyjson_is_arr(list))
    return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "the provider's keys are no JWK Set");
  if (yyjson_arr_size(list) > JWKS_KEYS_MOST)
    return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "the provider has more than %d keys",
                   JWKS_KEYS_MOST);
  struct arena *a = arena_new();
  struct jwks *s = ARENA_NEW(a, struct jwks);
  s->arena = a;
  atomic_init(&s->refs, 1);
  yyjson_arr_foreach (list, i, n, v) jwks_add(s, v);
  if (!s->count) {
    jwks_unref(s);
    return err_why(err, ERR_UNPROCESSABLE, WHY_NOT_SUPPORTED,
                   "the provider has no key for RS256, PS256, ES256 or EdDSA");
  }
  *out = s;
  return true;
}

struct jwks *jwks_ref(struct jwks *s) {
  atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
  return s;
}

void jwks_unref(struct jwks *s) {
  if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < s->count; i++) jwk_free(s->keys[i].key);
  arena_free(s->arena);
}

static bool jwks_fits(const struct jwks_key *k, struct str key_id, struct str algorithm) {
  return (!key_id.n || str_eq(k->id, key_id)) && (!k->algorithm.n || str_eq(k->algorithm, algorithm)) &&
         jwk_is_for(k->key, algorithm);
}

const struct jwk *jwks_find(const struct jwks *s, struct str key_id, struct str algorithm) {
  const struct jwk *found = NULL;
  for (size_t i = 0; i < s->count; i++) {
    if (!jwks_fits(&s->keys[i], key_id, algorithm)) continue;
    if (found) return NULL; // two of one id are as good as none
    found = s->keys[i].key;
  }
  return found;
}
