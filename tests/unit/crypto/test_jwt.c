// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/codec.h"
#include "crypto/jwt.h"

// Published for tests, as JWKs: the keys of RFC 7515, appendix A.2 and A.3, and of RFC 8037, appendix A.1.
static const char rsa_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO\n"
                              "jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL\n"
                              "aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn\n"
                              "juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5\n"
                              "ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf\n"
                              "toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg\n"
                              "VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW\n"
                              "PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G\n"
                              "O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj\n"
                              "kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6\n"
                              "XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB\n"
                              "4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K\n"
                              "pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr\n"
                              "0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE\n"
                              "lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6\n"
                              "kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP\n"
                              "rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw\n"
                              "kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp\n"
                              "5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2\n"
                              "9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/\n"
                              "evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG\n"
                              "yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj\n"
                              "OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2\n"
                              "tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3\n"
                              "ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56\n"
                              "03k2+ZQwVK0JKSHuLFkuQ3U=\n"
                              "-----END PRIVATE KEY-----\n";
static const char ec_pem[] = "-----BEGIN EC PRIVATE KEY-----\n"
                             "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n"
                             "AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n"
                             "focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
                             "-----END EC PRIVATE KEY-----\n";
static const char ed_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                             "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                             "-----END PRIVATE KEY-----\n";

#define JOE "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"
#define JOE_CODED                                                                                            \
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

static struct arena *arena;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static struct str sign(struct jwt t, const char *pem) {
  struct secret *key = secret_new(str_of(pem));
  struct str token = STR_NONE;
  struct err err;
  if (!jwt_sign(&t, key, arena, &token, &err)) fail_msg("%s", err.text);
  secret_free(key);
  return token;
}

static void refuse(struct jwt t, const char *pem, enum err_code code, const char *part) {
  struct secret *key = secret_new(str_of(pem));
  struct str token = STR("untouched");
  struct err err;
  assert_false(jwt_sign(&t, key, arena, &token, &err));
  assert_int_equal(err.code, code);
  check_has(err.text, part);
  check_text(token, "untouched");
  secret_free(key);
}

static EVP_PKEY *key_of(const char *pem) {
  BIO *bio = BIO_new_mem_buf(pem, -1);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
  BIO_free(bio);
  return key;
}

// The way back, by other calls than the ones under test: two numbers to DER, then OpenSSL's verdict.
static bool es256_verifies(struct str token, const char *pem) {
  struct str rest = token, head, claims, bytes;
  assert_true(str_cut(&rest, '.', &head) && str_cut(&rest, '.', &claims));
  assert_true(codec_unbase64_url(arena, rest, &bytes));
  assert_int_equal(bytes.n, 64);
  const unsigned char *raw = (const unsigned char *)bytes.p;
  ECDSA_SIG *pair = ECDSA_SIG_new();
  ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL));
  unsigned char *der = NULL;
  int n = i2d_ECDSA_SIG(pair, &der);
  EVP_PKEY *key = key_of(pem);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key);
  int ok = EVP_DigestVerify(context, der, (size_t)n, (const unsigned char *)token.p, head.n + 1 + claims.n);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  OPENSSL_free(der);
  ECDSA_SIG_free(pair);
  return ok == 1;
}

static void rs256_as_in_rfc_7515_a2(void **state) {
  (void)state;
  check_text(sign((struct jwt){.algorithm = STR("RS256"), .claims = STR(JOE)}, rsa_pem),
             "eyJhbGciOiJSUzI1NiJ9." JOE_CODED "."
             "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
             "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
             "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
             "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
             "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
             "p0igcN_IoypGlUPQGe77Rw");
}

static void es256_as_in_rfc_7515_a3(void **state) {
  (void)state;
  // The standard's own signature first, so that the check is known to be a check.
#define ES_TEXT "eyJhbGciOiJFUzI1NiJ9." JOE_CODED "."
  assert_true(es256_verifies(
      STR(ES_TEXT "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
      ec_pem));
  assert_false(es256_verifies(
      STR(ES_TEXT "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1A"),
      ec_pem));
  // Ours differ each time; over so many, numbers with leading zeros are among them.
  for (int i = 0; i < 600; i++) {
    struct str token = sign((struct jwt){.algorithm = STR("ES256"), .claims = STR(JOE)}, ec_pem);
    assert_true(str_starts(token, ES_TEXT));
    assert_true(es256_verifies(token, ec_pem));
  }
}

static void eddsa_as_in_rfc_8037_a4(void **state) {
  (void)state;
  check_text(
      sign((struct jwt){.algorithm = STR("EdDSA"), .claims = STR("Example of Ed25519 signing")}, ed_pem),
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

static void type_and_key_id(void **state) {
  (void)state;
  struct jwt t = {.algorithm = STR("ES256"), .type = STR("JWT"), .key_id = STR("k/1"), .claims = STR("{}")};
  struct str rest = sign(t, ec_pem), head, header = STR_NONE;
  assert_true(str_cut(&rest, '.', &head) && codec_unbase64_url(arena, head, &header));
  check_text(header, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"k/1\"}");
  assert_true(str_starts(rest, "e30."));
}

static void what_is_refused(void **state) {
  (void)state;
  struct jwt t = {.algorithm = STR("ES256"), .claims = STR("{}")};
  refuse(t, rsa_pem, ERR_INVALID, "ES256 needs an EC key on the curve P-256");
  refuse(t, ed_pem, ERR_INVALID, "ES256 needs");
  refuse(t, "", ERR_INVALID, "not in PEM form");
  refuse(t, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", ERR_INVALID, "not in PEM form");
  t.key_id = STR("a\"b");
  refuse(t, ec_pem, ERR_INVALID, "plain printable");
  t.key_id = STR("\n");
  refuse(t, ec_pem, ERR_INVALID, "plain printable");
  t = (struct jwt){.algorithm = STR("none"), .claims = STR("{}")};
  refuse(t, ec_pem, ERR_INVALID, "no signature algorithm");
  t.algorithm = STR("RS256");
  refuse(t, ec_pem, ERR_INVALID, "at least 2048 bits");
  t.claims.n = 1 << 20;
  refuse(t, rsa_pem, ERR_LIMIT, "longer than");
}

// A key made here, as PEM; encrypted where there is a passphrase.
static void refuse_made(EVP_PKEY *key, const char *passphrase, const char *algorithm, const char *part) {
  BIO *bio = BIO_new(BIO_s_mem());
  char *text;
  assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, passphrase ? EVP_aes_128_cbc() : NULL, NULL, 0,
                                                 NULL, (void *)(uintptr_t)passphrase),
                   1);
  assert_int_equal(BIO_write(bio, "", 1), 1);
  BIO_get_mem_data(bio, &text);
  refuse((struct jwt){.algorithm = str_of(algorithm), .claims = STR("{}")}, text, ERR_INVALID, part);
  BIO_free(bio);
  EVP_PKEY_free(key);
}

static void keys_that_do_not_do(void **state) {
  (void)state;
  refuse_made(EVP_EC_gen("P-384"), NULL, "ES256", "curve P-256");
  refuse_made(EVP_RSA_gen(1024), NULL, "RS256", "at least 2048 bits");
  refuse_made(EVP_EC_gen("P-256"), "sesame", "ES256", "encrypted");
}

static void a_key_tells_its_algorithm(void **state) {
  (void)state;
  static const struct {
    const char *pem, *algorithm;
  } cases[] = {{rsa_pem, "RS256"}, {ec_pem, "ES256"}, {ed_pem, "EdDSA"}};
  struct err err;
  const char *name = NULL;
  for (size_t i = 0; i < 3; i++) {
    struct secret *key = secret_new(str_of(cases[i].pem));
    assert_true(jwt_algorithm(key, &name, &err));
    assert_string_equal(name, cases[i].algorithm);
    secret_free(key);
  }
  struct secret *none = secret_new(STR("no key"));
  assert_false(jwt_algorithm(none, &name, &err));
  assert_int_equal(err.code, ERR_INVALID);
  secret_free(none);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(rs256_as_in_rfc_7515_a2),   TEST(es256_as_in_rfc_7515_a3), TEST(eddsa_as_in_rfc_8037_a4),
      TEST(type_and_key_id),           TEST(what_is_refused),         TEST(keys_that_do_not_do),
      TEST(a_key_tells_its_algorithm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
