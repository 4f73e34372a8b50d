// SPDX-License-Identifier: Apache-2.0
// Keys out of a JWK Set, and ID tokens held to them: what was signed elsewhere passes, and nothing that was bent does.
#include "../support/check.h"
#include "vectors.h"

#include "base/codec.h"
#include "data/json.h"
#include "oidc/id_token.h"
#include "oidc/jwks.h"

enum { VECTORS = sizeof vectors / sizeof *vectors };

static struct arena *arena;
static struct err err;

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

static struct jwks *keys_of(const char *text) {
  yyjson_doc *doc;
  struct jwks *set = NULL;
  if (!json_read(str_of(text), &JSON_LIMITS, &doc, &err)) fail_msg("%s", err.text);
  if (!jwks_read(yyjson_doc_get_root(doc), &set, &err)) set = NULL;
  yyjson_doc_free(doc);
  return set;
}

// Taken apart, signed by a key of the set: the way of oidc.c.
static bool passes(const struct jwks *set, struct str token) {
  struct id_token t;
  if (!id_token_read(token, arena, &t, &err)) return false;
  const struct jwk *key = jwks_find(set, t.key_id, t.algorithm);
  bool ok = key && id_token_signed(&t, key, &err);
  id_token_free(&t);
  return ok;
}

static void what_openssl_signed_passes(void **state) {
  (void)state;
  struct jwks *set = keys_of(VECTOR_KEYS);
  const struct id_token_want want = {STR("https://op.example"), STR("postern"), STR("n-1"), VECTOR_NOW_MS};
  for (size_t i = 0; i < VECTORS; i++) {
    struct id_token t;
    if (!passes(set, str_of(vectors[i].token))) fail_msg("%s: %s", vectors[i].algorithm, err.text);
    assert_true(id_token_read(str_of(vectors[i].token), arena, &t, &err));
    check_text(t.algorithm, vectors[i].algorithm);
    check_text(t.key_id, vectors[i].key_id);
    if (!id_token_holds(&t, &want, &err)) fail_msg("%s: %s", vectors[i].algorithm, err.text);
    id_token_free(&t);
  }
  jwks_unref(set);
}

static void a_changed_character_does_not(void **state) {
  (void)state;
  struct jwks *set = keys_of(VECTOR_KEYS);
  for (size_t i = 0; i < VECTORS; i++) {
    struct str token = str_of(vectors[i].token);
    for (size_t at = 0; at + 1 < token.n; at += 7) { // of the last one some bits stand for nothing
      char *bent = arena_z(arena, token);
      bent[at] = bent[at] == 'A' ? 'B' : 'A';
      if (bent[at] == token.p[at] || !passes(set, str_make(bent, token.n))) continue;
      fail_msg("%s passes with another character at %zu", vectors[i].algorithm, at);
    }
  }
  jwks_unref(set);
}

static struct str token_with(const char *header, const char *claims, struct str signature) {
  return arena_printf(arena, "%.*s.%.*s.%.*s", STR_ARG(codec_base64_url(arena, str_of(header))),
                      STR_ARG(codec_base64_url(arena, str_of(claims))), STR_ARG(signature));
}

static void refused_at_once(const char *header, const char *part) {
  struct id_token t;
  if (id_token_read(token_with(header, "{}", STR("AAAA")), arena, &t, &err)) fail_msg("%s was read", header);
  assert_int_equal(err.code, ERR_DENIED);
  check_has(err.text, part);
}

static void no_algorithm_but_the_four(void **state) {
  (void)state;
  static const char *const others[] = {"none",  "None",  "NONE", "HS256", "HS512",
                                       "RS384", "ES384", "RS1",  "",      "ES256K"};
  struct id_token t;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    refused_at_once(arena_printf(arena, "{\"alg\":\"%s\",\"kid\":\"r\"}", others[i]).p, "taken are RS256");
  refused_at_once("{\"kid\":\"r\"}", "taken are RS256");
  refused_at_once("{\"alg\":[\"RS256\"]}", "taken are RS256");
  refused_at_once("{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}", "not known here");
  refused_at_once("{\"alg\":\"none\",\"alg\":\"RS256\"}", "no readable header"); // which of them counts?
  refused_at_once("[]", "no readable header");
  static const char *const shapes[] = {"",         ".",       "..",       "a.b",         "a.b.c.d",
                                       "e30.e30.", "e30..AA", "!.e30.AA", "e30.e30.AA=="};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    if (id_token_read(str_of(shapes[i]), arena, &t, &err)) fail_msg("'%s' was read", shapes[i]);
}

// The key of one algorithm signs nothing of another, and two of one id are none.
static void keys_are_for_something(void **state) {
  (void)state;
  struct jwks *set = keys_of(VECTOR_KEYS);
  assert_non_null(jwks_find(set, STR("r"), STR("RS256")));
  assert_null(jwks_find(set, STR("r"), STR("ES256")));
  assert_null(jwks_find(set, STR("x"), STR("RS256")));
  assert_non_null(jwks_find(set, STR_NONE, STR("EdDSA"))); // the only one for it
  jwks_unref(set);
#define ED(kid, more)                                                                                        \
  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" kid                                                      \
  "\",\"x\":\"KhBax-29-CgW228YoZCU04hgqmrKdyRoqdPC16lq-tw\"" more "}"
  set = keys_of("{\"keys\":[" ED("a", "") "," ED("a", "") "," ED("b", ",\"use\":\"enc\"") "," ED(
      "c", ",\"alg\":\"RS256\"") ",7]}");
  assert_non_null(set);
  assert_null(jwks_find(set, STR("a"), STR("EdDSA")));
  assert_null(jwks_find(set, STR_NONE, STR("EdDSA")));
  assert_null(jwks_find(set, STR("b"), STR("EdDSA")));
  assert_null(jwks_find(set, STR("c"), STR("EdDSA")));
  assert_null(jwks_find(set, STR("c"), STR("RS256")));
  jwks_unref(set);
}

static void keys_that_are_none(void **state) {
  (void)state;
  static const char *const none[] = {
      "{}",
      "[]",
      "{\"keys\":{}}",
      "{\"keys\":[]}",
      "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
      "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", // a short one
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}]}",
      // a point that is not on the curve (CVE-2015-7940 and its kind)
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\","
      "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"}]}",
      "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"KhBax-29-CgW228YoZCU04hgqmrKdyRoqdPC16lq-tw\"}]"
      "}",
  };
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    if (keys_of(none[i])) fail_msg("%s is a set of keys", none[i]);
    assert_int_equal(err.code, ERR_UNPROCESSABLE);
  }
  struct buf many = BUF_MAX(1 << 20);
  buf_add_z(&many, "{\"keys\":[7");
  for (int i = 0; i < JWKS_KEYS_MOST; i++) buf_add_z(&many, ",7");
  buf_add_z(&many, "]}");
  assert_null(keys_of(arena_z(arena, buf_str(&many))));
  check_has(err.text, "more than 100 keys");
  buf_free(&many);
}

// ---- claims

static bool holds(const char *claims) {
  static const struct id_token_want want = {STR("https://op.example"), STR("postern"), STR("n-1"),
                                            VECTOR_NOW_MS};
  struct id_token t;
  if (!id_token_read(token_with("{\"alg\":\"RS256\"}", claims, STR("AAAA")), arena, &t, &err)) return false;
  bool ok = id_token_holds(&t, &want, &err);
  id_token_free(&t);
  return ok;
}

#define WHO "\"iss\":\"https://op.example\",\"sub\":\"ada\",\"nonce\":\"n-1\""
#define WHEN "\"iat\":1796000000,\"exp\":1796000300"
#define ALL WHO "," WHEN ",\"aud\":\"postern\""

static void claims_that_hold(void **state) {
  (void)state;
  static const char *const good[] = {
      "{" ALL "}",
      "{" WHO "," WHEN ",\"aud\":[\"postern\"]}",
      "{" WHO "," WHEN ",\"aud\":[\"postern\"],\"azp\":\"postern\"}",
      "{" WHO "," WHEN ",\"aud\":[\"other\",\"postern\"],\"azp\":\"postern\"}",
      "{" WHO ",\"aud\":\"postern\",\"iat\":1796000000.5,\"exp\":1796000300.25}",
      "{" WHO ",\"aud\":\"postern\",\"iat\":1796000069,\"exp\":1795999951}", // within the leeway, both
      "{" ALL ",\"nbf\":1796000069}",
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!holds(good[i])) fail_msg("%s: %s", good[i], err.text);
}

static void claims_that_do_not(void **state) {
  (void)state;
  static const struct {
    const char *claims, *part;
  } bad[] = {
      {"{\"iss\":\"https://op.example/\",\"sub\":\"ada\",\"nonce\":\"n-1\",\"aud\":\"postern\"," WHEN "}",
       "another issuer"},
      {"{\"sub\":\"ada\",\"nonce\":\"n-1\",\"aud\":\"postern\"," WHEN "}", "another issuer"},
      {"{" WHO "," WHEN "}", "another client"},
      {"{" WHO "," WHEN ",\"aud\":\"other\"}", "another client"},
      {"{" WHO "," WHEN ",\"aud\":\"Postern\"}", "another client"},
      {"{" WHO "," WHEN ",\"aud\":[]}", "another client"},
      {"{" WHO "," WHEN ",\"aud\":[\"postern\",\"other\"]}", "another client"},
      {"{" WHO "," WHEN ",\"aud\":[\"postern\",\"other\"],\"azp\":\"other\"}", "another client"},
      {"{" ALL ",\"azp\":\"other\"}", "another client"},
      {"{" ALL ",\"azp\":null}", "another client"},
      {"{" WHO ",\"aud\":\"postern\",\"iat\":1796000000}", "when it ends"},
      {"{" WHO ",\"aud\":\"postern\",\"iat\":1796000000,\"exp\":\"1796000300\"}", "when it ends"},
      {"{" WHO ",\"aud\":\"postern\",\"iat\":1796000000,\"exp\":1e300}", "when it ends"},
      {"{" WHO ",\"aud\":\"postern\",\"iat\":1795990000,\"exp\":1795999950}", "has expired"},
      {"{" WHO ",\"aud\":\"postern\",\"exp\":1796000300}", "when it was issued"},
      {"{" WHO ",\"aud\":\"postern\",\"iat\":1796000071,\"exp\":1796000300}", "from the future"},
      {"{" ALL ",\"nbf\":1796000071}", "does not hold yet"},
      {"{" ALL ",\"nbf\":\"soon\"}", "does not hold yet"},
      {"{\"iss\":\"https://op.example\",\"sub\":\"ada\",\"aud\":\"postern\"," WHEN "}", "another sign-in"},
      {"{\"iss\":\"https://op.example\",\"sub\":\"ada\",\"nonce\":\"n-2\",\"aud\":\"postern\"," WHEN "}",
       "another sign-in"},
      {"{\"iss\":\"https://op.example\",\"nonce\":\"n-1\",\"aud\":\"postern\"," WHEN "}", "names nobody"},
      {"{\"iss\":\"https://op.example\",\"sub\":\"\",\"nonce\":\"n-1\",\"aud\":\"postern\"," WHEN "}",
       "names nobody"},
      {"{\"iss\":\"https://op.example\",\"sub\":\"a\\nb\",\"nonce\":\"n-1\",\"aud\":\"postern\"," WHEN "}",
       "names nobody"},
      {"{\"iss\":\"https://op.example\",\"sub\":7,\"nonce\":\"n-1\",\"aud\":\"postern\"," WHEN "}",
       "names nobody"},
      {"{" ALL ",\"sub\":\"eve\"}", "no readable claims"}, // which of them counts?
      {"[]", "no readable claims"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (holds(bad[i].claims)) fail_msg("%s holds", bad[i].claims);
    check_has(err.text, bad[i].part);
    assert_int_equal(err.code, ERR_DENIED);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_openssl_signed_passes, setup, teardown),
      cmocka_unit_test_setup_teardown(a_changed_character_does_not, setup, teardown),
      cmocka_unit_test_setup_teardown(no_algorithm_but_the_four, setup, teardown),
      cmocka_unit_test_setup_teardown(keys_are_for_something, setup, teardown),
      cmocka_unit_test_setup_teardown(keys_that_are_none, setup, teardown),
      cmocka_unit_test_setup_teardown(claims_that_hold, setup, teardown),
      cmocka_unit_test_setup_teardown(claims_that_do_not, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
