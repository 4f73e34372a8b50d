// SPDX-License-Identifier: Apache-2.0
// The audit, read.
#include "audit/columns.h"
#include "audit/values.h"
#include "base/buf.h"

struct audit_where {
  struct buf sql;
  struct store_value values[16];
  size_t count;
};

static void audit_where(struct audit_where *w, const char *condition, struct store_value v) {
  if ((v.type == STORE_IS_TEXT && !v.text.n) || (v.type == STORE_IS_INT && !v.number)) return;
  w->values[w->count++] = v;
  buf_printf(&w->sql, " %s %s $%zu", w->count == 1 ? "WHERE" : "AND", condition, w->count);
}

static void audit_seen_by(struct audit_where *w, struct str seer) {
  if (!seer.n) return;
  w->values[w->count++] = STORE_TEXT(seer);
  buf_printf(&w->sql,
             " %s (actor = $%zu OR server_id IN (SELECT id FROM server WHERE owner = $%zu)) AND "
             "(account_id = '' OR account_id IN (SELECT account_id FROM account_permit WHERE holder = $%zu))",
             w->count == 1 ? "WHERE" : "AND", w->count, w->count, w->count);
}

static void audit_entry_read(const struct store_rows *rows, size_t i, struct audit_entry *out) {
  struct audit_row *row = &out->row;
  struct str *texts[AUDIT_TEXTS];
  int64_t *numbers[AUDIT_NUMBERS];
  audit_texts(row, texts);
  audit_numbers(row, numbers);
  out->id = store_cell(rows, i, 0)->text;
  for (size_t c = 0; c < AUDIT_TEXTS; c++) *texts[c] = store_cell(rows, i, 1 + c)->text;
  for (size_t n = 0; n < AUDIT_NUMBERS; n++) *numbers[n] = store_cell(rows, i, 1 + AUDIT_TEXTS + n)->number;
}

bool audit_read(struct store *s, const struct audit_query *q, struct arena *a, struct audit_entry **out,
                size_t *count, struct err *err) {
  if (q->limit < 1 || q->limit > AUDIT_PAGE_MOST)
    return err_at(err, ERR_INVALID, "limit", "must be 1 to %d", AUDIT_PAGE_MOST);
  struct audit_where w = {.sql = BUF_MAX(2048)};
  buf_printf(&w.sql, "SELECT " AUDIT_COLUMNS "%s FROM audit", q->values ? ", argument_values" : "");
  audit_where(&w, "at >=", STORE_INT(q->since));
  audit_where(&w, "at <", STORE_INT(q->until));
  audit_where(&w, "actor =", STORE_TEXT(q->actor));
  audit_where(&w, "client =", STORE_TEXT(q->client));
  audit_where(&w, "address =", STORE_TEXT(q->address));
  audit_where(&w, "action =", STORE_TEXT(q->action));
  audit_where(&w, "server_id =", STORE_TEXT(q->server_id));
  audit_where(&w, "url =", STORE_TEXT(q->url));
  audit_where(&w, "account_id =", STORE_TEXT(q->account_id));
  audit_where(&w, "tool =", STORE_TEXT(q->tool));
  audit_where(&w, "outcome =", STORE_TEXT(q->outcome));
  audit_where(&w, "id <", STORE_TEXT(q->before_id));
  audit_seen_by(&w, q->seer);
  w.values[w.count++] = STORE_INT((int64_t)q->limit);
  buf_printf(&w.sql, " ORDER BY id DESC LIMIT $%zu", w.count);
  struct store_rows rows;
  const char *sql = arena_z(a, buf_str(&w.sql));
  buf_free(&w.sql);
  if (!store_query(s, sql, w.values, w.count, a, &rows, err)) return false;
  struct audit_entry *entries = ARENA_ARRAY(a, rows.count + 1, struct audit_entry);
  for (size_t i = 0; i < rows.count; i++) {
    audit_entry_read(&rows, i, &entries[i]);
    struct audit_row *row = &entries[i].row;
    if (q->values)
      row->values = audit_values_open(s, row, entries[i].id, store_cell(&rows, i, AUDIT_CELLS)->text, a);
  }
  *out = entries;
  *count = rows.count;
  return true;
}

bool audit_has_url(struct store *s, struct str url, bool *out, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s, "SELECT 1 FROM audit WHERE url = $1 LIMIT 1", &STORE_TEXT(url), 1, a, &rows, err);
  if (ok) *out = rows.count > 0;
  arena_free(a);
  return ok;
}
