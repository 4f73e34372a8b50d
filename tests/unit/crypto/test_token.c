// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/map.h"
#include "crypto/token.h"

static void test_ids(void **state) {
  (void)state;
  char id[TOKEN_ID], before[TOKEN_ID] = "";
  struct map seen = {0};
  struct arena *a = arena_new();
  for (int i = 0; i < 2000; i++) {
    token_id("acc", id);
    assert_int_equal(strlen(id), 24);
    assert_memory_equal(id, "acc_", 4);
    assert_int_equal(strspn(id + 4, "0123456789abcdefghijklmnopqrstuvwxyz"), 20);
    struct str kept = arena_dup(a, str_of(id));
    assert_null(map_get(&seen, kept));
    map_put(&seen, kept, id);
  }
  for (int i = 0; i < 5; i++) { // made one after the other they sort so
    token_id("token", id);
    assert_int_equal(strlen(id), TOKEN_ID - 1);
    assert_true(strcmp(before, id) < 0);
    memcpy(before, id, sizeof id);
    usleep(2000);
  }
  map_free(&seen);
  arena_free(a);
}

static void test_tokens(void **state) {
  (void)state;
  char one[TOKEN_TEXT], two[TOKEN_TEXT];
  struct arena *a = arena_new();
  struct str bytes;
  token_new("pst", one);
  token_new("pst", two);
  assert_int_equal(strlen(one), 47);
  assert_memory_equal(one, "pst_", 4);
  assert_true(codec_unbase64_url(a, str_of(one + 4), &bytes));
  assert_int_equal(bytes.n, 32); // 256 bits
  assert_string_not_equal(one, two);
  token_new("sixsix", one);
  assert_int_equal(strlen(one), 50);
  arena_free(a);
}

static void test_hashes(void **state) {
  (void)state;
  char hex[TOKEN_HASH_HEX];
  token_hash_hex(STR("abc"), hex); // FIPS 180-4's example
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  token_hash_hex(STR_NONE, hex);
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  unsigned char hash[TOKEN_HASH]; // a PKCE challenge, RFC 7636 appendix B
  struct arena *a = arena_new();
  token_hash(STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), hash);
  check_text(codec_base64_url(a, str_make((const char *)hash, sizeof hash)),
             "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  arena_free(a);
}

static void test_random(void **state) {
  (void)state;
  unsigned char bytes[4096];
  unsigned counts[256] = {0};
  token_random(bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof bytes; i++) counts[bytes[i]]++;
  for (int i = 0; i < 256; i++) assert_in_range(counts[i], 0, 60); // 16 on average
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_tokens),
      cmocka_unit_test(test_hashes),
      cmocka_unit_test(test_random),
  };
  return cmocka_run_group_tests_name("crypto/token", tests, NULL, NULL);
}
