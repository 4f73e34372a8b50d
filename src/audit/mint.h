// SPDX-License-Identifier: Apache-2.0
// mint: ids of the audit's rows, in the order of time and making, also within a millisecond, when the clock steps back, and
// over a restart with such a clock. The time and the order alone differ within a run: what is random is drawn once for it,
// and tells its rows from those of other programs (audit/follow). One thread at a time. Private to audit/. Example:
//   audit_mint_begin(&mint); audit_mint_behind(&mint, last_of_before);
//   audit_mint_next(&mint, item->id);
#ifndef POSTERN_AUDIT_MINT_H
#define POSTERN_AUDIT_MINT_H

#include <stdint.h>

#include "base/str.h"
#include "crypto/token.h"

struct audit_mint {
  char id[TOKEN_ID]; // the last one
  int64_t ms;
  uint32_t order;
};

void audit_mint_begin(struct audit_mint *m);
// Those to come are behind this id of another run, whatever the clock was then and is now.
void audit_mint_behind(struct audit_mint *m, struct str id);
void audit_mint_next(struct audit_mint *m, char out[TOKEN_ID]);

#endif
