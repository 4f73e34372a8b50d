// SPDX-License-Identifier: Apache-2.0
#include "crypto/jwt.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/codec.h"

enum {
  JWT_RSA_BITS_LEAST = 2048,   // RFC 7518 §3.3
  JWT_SIGNATURE_MOST = 2048,   // bytes: RSA of 16,384 bits
  JWT_HEADER_TEXT_MOST = 1024, // bytes of "typ" and "kid"
  JWT_CLAIMS_MOST = 64 * 1024,
  JWT_P256 = 32, // bytes of each of the two numbers of a signature
};

// RFC 7518 §3.1, RFC 8037 §3.1.
static const struct jwt_kind {
  const char *algorithm, *key, *group, *wanted;
  const EVP_MD *(*digest)(void); // NULL: part of the algorithm
} jwt_kinds[] = {
    {"RS256", "RSA", NULL, "an RSA key of at least 2048 bits", EVP_sha256},
    {"ES256", "EC", "prime256v1", "an EC key on the curve P-256", EVP_sha256},
    {"EdDSA", "ED25519", NULL, "an Ed25519 key", NULL},
};
enum { JWT_KINDS = sizeof jwt_kinds / sizeof *jwt_kinds };

// Never asks on the terminal.
static int jwt_no_passphrase(char *out, int size, int writing, void *encrypted) {
  (void)out, (void)size, (void)writing;
  *(bool *)encrypted = true;
  return -1;
}

static bool jwt_read_key(const struct secret *pem, EVP_PKEY **key, struct err *err) {
  struct str text = secret_reveal(pem);
  bool encrypted = false;
  BIO *bio = BIO_new_mem_buf(text.p, (int)text.n); // SECRET_MOST bytes at most
  EVP_PKEY *found = PEM_read_bio_PrivateKey(bio, NULL, jwt_no_passphrase, &encrypted);
  BIO_free(bio);
  ERR_clear_error();
  if (encrypted) {
    EVP_PKEY_free(found);
    return err_set(err, ERR_INVALID, "the private key is encrypted; give it without a passphrase");
  }
  if (!found) return err_set(err, ERR_INVALID, "the private key is not in PEM form");
  *key = found;
  return true;
}

static bool jwt_fits(const struct jwt_kind *kind, const EVP_PKEY *key) {
  char group[32] = "";
  if (!EVP_PKEY_is_a(key, kind->key)) return false;
  if (strcmp(kind->key, "RSA") == 0) return EVP_PKEY_get_bits(key) >= JWT_RSA_BITS_LEAST;
  if (!kind->group) return true;
  return EVP_PKEY_get_group_name(key, group, sizeof group, NULL) && strcmp(group, kind->group) == 0;
}

static const struct jwt_kind *jwt_kind_named(struct str algorithm) {
  for (int i = 0; i < JWT_KINDS; i++)
    if (str_is(algorithm, jwt_kinds[i].algorithm)) return &jwt_kinds[i];
  return NULL;
}

bool jwt_algorithm(const struct secret *pem, const char **name, struct err *err) {
  EVP_PKEY *key;
  if (!jwt_read_key(pem, &key, err)) return false;
  const char *found = NULL;
  for (int i = 0; i < JWT_KINDS && !found; i++)
    if (jwt_fits(&jwt_kinds[i], key)) found = jwt_kinds[i].algorithm;
  EVP_PKEY_free(key);
  if (!found)
    return err_set(err, ERR_INVALID,
                   "the private key is neither RSA of at least %d bits, nor P-256, nor Ed25519",
                   JWT_RSA_BITS_LEAST);
  *name = found;
  return true;
}

// ---- signing

// OpenSSL gives a DER sequence of two numbers; JWS wants them side by side at full width (RFC 7518 §3.4).
static bool jwt_flatten(unsigned char *signature, size_t *n) {
  const unsigned char *der = signature;
  ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)*n);
  if (!pair) return false;
  bool ok = BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, JWT_P256) == JWT_P256 &&
            BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + JWT_P256, JWT_P256) == JWT_P256;
  ECDSA_SIG_free(pair);
  *n = 2 * JWT_P256;
  return ok;
}

static bool jwt_make_signature(const struct jwt_kind *kind, EVP_PKEY *key, struct str text,
                               unsigned char out[JWT_SIGNATURE_MOST], size_t *n) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  *n = JWT_SIGNATURE_MOST;
  bool ok = EVP_DigestSignInit(context, NULL, kind->digest ? kind->digest() : NULL, NULL, key) == 1 &&
            EVP_DigestSign(context, out, n, (const unsigned char *)text.p, text.n) == 1;
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  return ok && (!kind->group || jwt_flatten(out, n));
}

// What needs no escaping between the quotes of a JSON string.
static bool jwt_is_plain(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\') return false;
  return s.n <= JWT_HEADER_TEXT_MOST;
}

static bool jwt_check(const struct jwt *t, struct err *err) {
  if (!jwt_kind_named(t->algorithm))
    return err_set(err, ERR_INVALID, "no signature algorithm of that name; there are RS256, ES256 and EdDSA");
  if (!jwt_is_plain(t->type) || !jwt_is_plain(t->key_id))
    return err_set(err, ERR_INVALID, "a token's type or key id is not plain printable ASCII, or too long");
  if (t->claims.n > JWT_CLAIMS_MOST)
    return err_set(err, ERR_LIMIT, "a token's claims are longer than %d bytes", JWT_CLAIMS_MOST);
  return true;
}

// Header and claims, encoded: what is signed (RFC 7515 §5.1).
static struct str jwt_text(const struct jwt *t, struct arena *a) {
  struct str typ = t->type.n ? arena_printf(a, ",\"typ\":\"%.*s\"", STR_ARG(t->type)) : STR("");
  struct str kid = t->key_id.n ? arena_printf(a, ",\"kid\":\"%.*s\"", STR_ARG(t->key_id)) : STR("");
  struct str header =
      arena_printf(a, "{\"alg\":\"%.*s\"%.*s%.*s}", STR_ARG(t->algorithm), STR_ARG(typ), STR_ARG(kid));
  struct str head = codec_base64_url(a, header), claims = codec_base64_url(a, t->claims);
  return arena_printf(a, "%.*s.%.*s", STR_ARG(head), STR_ARG(claims));
}

bool jwt_sign(const struct jwt *t, const struct secret *pem, struct arena *a, struct str *token,
              struct err *err) {
  if (!jwt_check(t, err)) return false;
  const struct jwt_kind *kind = jwt_kind_named(t->algorithm);
  EVP_PKEY *key;
  if (!jwt_read_key(pem, &key, err)) return false;
  unsigned char signature[JWT_SIGNATURE_MOST];
  size_t n;
  struct str text = jwt_text(t, a);
  bool fits = jwt_fits(kind, key) && EVP_PKEY_get_size(key) <= JWT_SIGNATURE_MOST;
  bool ok = fits && jwt_make_signature(kind, key, text, signature, &n);
  EVP_PKEY_free(key);
  if (!fits) return err_set(err, ERR_INVALID, "%s needs %s", kind->algorithm, kind->wanted);
  if (!ok) return err_set(err, ERR_INTERNAL, "the signature could not be made");
  struct str coded = codec_base64_url(a, str_make((const char *)signature, n));
  *token = arena_printf(a, "%.*s.%.*s", STR_ARG(text), STR_ARG(coded));
  return true;
}
