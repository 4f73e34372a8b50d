// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA256 by the vectors of RFC 4231, whole and in parts.
#include "../support/check.h"

#include "crypto/hmac.h"

static void test_vectors(void **state) {
  (void)state;
  char hex[HMAC_HEX], twenty[20], fifty[50], long_key[131];
  memset(twenty, 0x0b, sizeof twenty);
  hmac_sha256(str_make(twenty, 20), &STR("Hi There"), 1, hex);
  check_text(str_of(hex), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  hmac_sha256(STR("Jefe"), (struct str[]){STR("what do ya want "), STR(""), STR("for nothing?")}, 3, hex);
  check_text(str_of(hex), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  memset(twenty, 0xaa, sizeof twenty);
  memset(fifty, 0xdd, sizeof fifty);
  hmac_sha256(str_make(twenty, 20), &(struct str){fifty, 50}, 1, hex);
  check_text(str_of(hex), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  memset(long_key, 0xaa, sizeof long_key);
  hmac_sha256(str_make(long_key, 131), &STR("Test Using Larger Than Block-Size Key - Hash Key First"), 1,
              hex);
  check_text(str_of(hex), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
