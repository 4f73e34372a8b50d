// SPDX-License-Identifier: Apache-2.0
// columns: the columns of the audit's table and where a row has them, for who writes rows and who reads them. Private to
// audit/.
#ifndef POSTERN_AUDIT_COLUMNS_H
#define POSTERN_AUDIT_COLUMNS_H

#include "audit/audit.h"

enum { AUDIT_TEXTS = 17, AUDIT_NUMBERS = 4, AUDIT_CELLS = 1 + AUDIT_TEXTS + AUDIT_NUMBERS };

// All columns, in the order of audit_texts and audit_numbers behind the id.
#define AUDIT_COLUMNS                                                                                        \
  "id, actor, actor_name, client, address, action, server_id, server_name, account_id, account_name, tool, " \
  "arguments, outcome, request_id, detail, url, client_id, sign_in, at, elapsed_us, status, repeats"

static inline void audit_texts(struct audit_row *row, struct str *out[AUDIT_TEXTS]) {
  struct str *texts[AUDIT_TEXTS] = {
      &row->who.actor,     &row->who.actor_name, &row->who.client, &row->who.address,  &row->action,
      &row->server_id,     &row->server_name,    &row->account_id, &row->account_name, &row->tool,
      &row->arguments,     &row->outcome,        &row->request_id, &row->detail,       &row->url,
      &row->who.client_id, &row->who.sign_in};
  memcpy(out, texts, sizeof texts);
}

static inline void audit_numbers(struct audit_row *row, int64_t *out[AUDIT_NUMBERS]) {
  int64_t *numbers[AUDIT_NUMBERS] = {&row->at, &row->elapsed_us, &row->status, &row->count};
  memcpy(out, numbers, sizeof numbers);
}

// A row of a query that asked for all columns first.
static inline void audit_entry_read(const struct store_rows *rows, size_t i, struct audit_entry *out) {
  struct str *texts[AUDIT_TEXTS];
  int64_t *numbers[AUDIT_NUMBERS];
  audit_texts(&out->row, texts);
  audit_numbers(&out->row, numbers);
  out->id = store_cell(rows, i, 0)->text;
  for (size_t c = 0; c < AUDIT_TEXTS; c++) *texts[c] = store_cell(rows, i, 1 + c)->text;
  for (size_t n = 0; n < AUDIT_NUMBERS; n++) *numbers[n] = store_cell(rows, i, 1 + AUDIT_TEXTS + n)->number;
}

#endif
