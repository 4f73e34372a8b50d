// SPDX-License-Identifier: Apache-2.0
// What another node tells of the changelog: whatever it is, a look at the log ends all that it held back, and it holds back no
// more things than there may be.
#include "fuzz.h"

#include "base/metrics.h"
#include "node/arrears.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = str_make((const char *)data, size);
  int64_t before = arrears_after();
  bool ok = arrears_take(text);
  fuzz_check(arrears_after() >= before, "what was known is known no more");
  fuzz_check(metrics_get(METRIC_WITHHELD) <= ARREARS_MOST + 1, "more is held back than may be");
  fuzz_check(ok || arrears_any() || arrears_after() == before, "nothing was taken, and the number moved");
  (void)arrears_is(CHANGELOG_SERVER, text);
  arrears_release(arrears_turn(), 0);
  fuzz_check(!arrears_any() && !arrears_is(CHANGELOG_PEOPLE, STR("usr_1")), "a look did not end it");
  return 0;
}
