// SPDX-License-Identifier: Apache-2.0
#include "crypto/jwk.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/mem.h"

enum { JWK_P256 = 32, JWK_ED25519 = 32, JWK_DER_MOST = 80, JWK_PSS_SALT = 32 };

struct jwk {
  EVP_PKEY *key;
  const char *type; // as OpenSSL names it
};

// RFC 7518 §3.1, RFC 8037 §3.1.
static const struct jwk_kind {
  const char *algorithm, *type;
  const EVP_MD *(*digest)(void); // NULL: part of the algorithm
  bool pss;
} jwk_kinds[] = {
    {"RS256", "RSA", EVP_sha256, false},
    {"PS256", "RSA", EVP_sha256, true},
    {"ES256", "EC", EVP_sha256, false},
    {"EdDSA", "ED25519", NULL, false},
};
enum { JWK_KINDS = sizeof jwk_kinds / sizeof *jwk_kinds };

static const struct jwk_kind *jwk_kind_named(struct str algorithm) {
  for (int i = 0; i < JWK_KINDS; i++)
    if (str_is(algorithm, jwk_kinds[i].algorithm)) return &jwk_kinds[i];
  return NULL;
}

bool jwk_knows(struct str algorithm) {
  return jwk_kind_named(algorithm) != NULL;
}

bool jwk_is_for(const struct jwk *k, struct str algorithm) {
  const struct jwk_kind *kind = jwk_kind_named(algorithm);
  return kind && strcmp(kind->type, k->type) == 0;
}

// ---- keys

static bool jwk_from(const char *type, OSSL_PARAM *params, struct jwk **out) {
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
  bool ok = params && EVP_PKEY_fromdata_init(context) == 1 &&
            EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) == 1;
  EVP_PKEY_CTX_free(context);
  if (ok) { // a point of no curve, an even modulus
    EVP_PKEY_CTX *check = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    ok = EVP_PKEY_public_check_quick(check) == 1;
    EVP_PKEY_CTX_free(check);
  }
  ERR_clear_error();
  if (!ok) {
    EVP_PKEY_free(key);
    return false;
  }
  *out = MEM_NEW(struct jwk);
  **out = (struct jwk){key, type};
  return true;
}

static struct str jwk_without_zeros(struct str number) {
  while (number.n && !number.p[0]) number = str_from(number, 1);
  return number;
}

static bool jwk_exponent_fits(struct str e) {
  bool odd = e.n && ((unsigned char)e.p[e.n - 1] & 1);
  bool one = e.n == 1 && e.p[0] == 1;
  return odd && !one && e.n <= JWK_EXPONENT_BYTES_MOST;
}

bool jwk_rsa(struct str n, struct str e, struct jwk **out, struct err *err) {
  n = jwk_without_zeros(n);
  e = jwk_without_zeros(e);
  if (n.n * 8 < JWK_RSA_BITS_LEAST || n.n * 8 > JWK_RSA_BITS_MOST)
    return err_set(err, ERR_INVALID, "an RSA key has %d to %d bits here, and this one %zu",
                   JWK_RSA_BITS_LEAST, JWK_RSA_BITS_MOST, n.n * 8);
  if (!jwk_exponent_fits(e)) return err_set(err, ERR_INVALID, "an RSA key has an exponent that is none");
  BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL),
         *exponent = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
  OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
  OSSL_PARAM *params = NULL;
  if (OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
      OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
    params = OSSL_PARAM_BLD_to_param(build);
  bool ok = jwk_from("RSA", params, out);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(build);
  BN_free(modulus);
  BN_free(exponent);
  return ok || err_set(err, ERR_INVALID, "the numbers of an RSA key are none of one");
}

bool jwk_p256(struct str x, struct str y, struct jwk **out, struct err *err) {
  unsigned char point[1 + 2 * JWK_P256] = {4}; // uncompressed (SEC 1 §2.3.3)
  if (x.n != JWK_P256 || y.n != JWK_P256)
    return err_set(err, ERR_INVALID, "a point on P-256 has two numbers of %d bytes", JWK_P256);
  memcpy(point + 1, x.p, JWK_P256);
  memcpy(point + 1 + JWK_P256, y.p, JWK_P256);
  char group[] = "prime256v1";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                         OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
                         OSSL_PARAM_construct_end()};
  return jwk_from("EC", params, out) || err_set(err, ERR_INVALID, "the point is not on P-256");
}

bool jwk_ed25519(struct str x, struct jwk **out, struct err *err) {
  unsigned char point[JWK_ED25519];
  if (x.n != JWK_ED25519)
    return err_set(err, ERR_INVALID, "an Ed25519 key has %d bytes, and this one %zu", JWK_ED25519, x.n);
  memcpy(point, x.p, sizeof point);
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
                         OSSL_PARAM_construct_end()};
  return jwk_from("ED25519", params, out) || err_set(err, ERR_INVALID, "the Ed25519 key is none");
}

void jwk_free(struct jwk *k) {
  if (!k) return;
  EVP_PKEY_free(k->key);
  mem_free(k);
}

// ---- signatures

// JWS has the two numbers side by side (RFC 7518 §3.4), OpenSSL wants a DER sequence of them. 0: they are none.
static size_t jwk_as_der(struct str signature, unsigned char der[JWK_DER_MOST]) {
  if (signature.n != 2 * JWK_P256) return 0;
  const unsigned char *p = (const unsigned char *)signature.p;
  ECDSA_SIG *pair = ECDSA_SIG_new();
  unsigned char *end = der;
  int n = 0;
  // The pair owns what it is given.
  if (ECDSA_SIG_set0(pair, BN_bin2bn(p, JWK_P256, NULL), BN_bin2bn(p + JWK_P256, JWK_P256, NULL)) == 1 &&
      i2d_ECDSA_SIG(pair, NULL) <= JWK_DER_MOST)
    n = i2d_ECDSA_SIG(pair, &end);
  ECDSA_SIG_free(pair);
  return n > 0 ? (size_t)n : 0;
}

// RFC 7518 §3.5: the salt is as long as the hash.
static bool jwk_set_padding(const struct jwk_kind *kind, EVP_PKEY_CTX *context) {
  if (!kind->pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, kind->digest()) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, JWK_PSS_SALT) == 1;
}

bool jwk_verifies(const struct jwk *k, struct str algorithm, struct str text, struct str signature) {
  const struct jwk_kind *kind = jwk_kind_named(algorithm);
  unsigned char der[JWK_DER_MOST];
  if (!kind || !jwk_is_for(k, algorithm) || !signature.n) return false;
  if (strcmp(kind->type, "EC") == 0) {
    size_t n = jwk_as_der(signature, der);
    if (!n) return false;
    signature = str_make((const char *)der, n);
  }
  EVP_PKEY_CTX *context = NULL; // the digest context's
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  bool ok = EVP_DigestVerifyInit(digest, &context, kind->digest ? kind->digest() : NULL, NULL, k->key) == 1 &&
            jwk_set_padding(kind, context) &&
            EVP_DigestVerify(digest, (const unsigned char *)signature.p, signature.n,
                             (const unsigned char *)text.p, text.n) == 1;
  EVP_MD_CTX_free(digest);
  ERR_clear_error();
  return ok;
}
