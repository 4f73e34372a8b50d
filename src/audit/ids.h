// SPDX-License-Identifier: Apache-2.0
// ids: the time in an id of the audit, nine digits of base 36 behind "aud_". Private to audit/.
#ifndef POSTERN_AUDIT_IDS_H
#define POSTERN_AUDIT_IDS_H

#include <string.h>

#include "base/str.h"

enum { AUDIT_ID_FROM = sizeof "aud_" - 1, AUDIT_ID_TIME = 9, AUDIT_ID_BASE = 36 };

// The last so many digits of a number.
static inline void audit_ids_write(uint64_t number, char *out, size_t digits) {
  static const char all[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (size_t i = digits; i-- > 0; number /= AUDIT_ID_BASE) out[i] = all[number % AUDIT_ID_BASE];
}

// ms; 0: there is none in it.
static inline int64_t audit_ids_time(struct str id) {
  int64_t ms = 0;
  for (size_t i = AUDIT_ID_FROM; i < AUDIT_ID_FROM + AUDIT_ID_TIME && id.n >= AUDIT_ID_FROM + AUDIT_ID_TIME;
       i++) {
    char c = id.p[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) return 0;
    ms = ms * AUDIT_ID_BASE + (c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return ms;
}

#endif
