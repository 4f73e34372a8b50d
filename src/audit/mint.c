// SPDX-License-Identifier: Apache-2.0
#include "audit/mint.h"

#include "audit/ids.h"
#include "base/clock.h"

enum { MINT_ORDER = 4, MINT_ORDERS = 36 * 36 * 36 * 36 };

void audit_mint_begin(struct audit_mint *m) {
  *m = (struct audit_mint){0};
  token_id("aud", m->id);
}

void audit_mint_behind(struct audit_mint *m, struct str id) {
  int64_t ms = audit_ids_time(id);
  if (ms < m->ms) return;
  m->ms = ms;
  m->order = MINT_ORDERS - 1; // the other's is not looked at
}

void audit_mint_next(struct audit_mint *m, char out[TOKEN_ID]) {
  int64_t now = clock_now_ms();
  bool full = m->order == MINT_ORDERS - 1; // so many while the clock stood behind: borrowed from the next
  if (now <= m->ms && full) now = m->ms + 1;
  m->order = now > m->ms ? 0 : m->order + 1;
  if (now > m->ms) m->ms = now;
  char *time = m->id + AUDIT_ID_FROM;
  audit_ids_write((uint64_t)m->ms, time, AUDIT_ID_TIME);
  audit_ids_write(m->order, time + AUDIT_ID_TIME, MINT_ORDER);
  memcpy(out, m->id, sizeof m->id);
}
