// SPDX-License-Identifier: Apache-2.0
#include "account/sealed.h"
#include "base/log.h"
#include "remote/remote_parts.h"

enum { REMOTE_ROWS_MOST = 3 * REMOTE_TOOLS_MOST };
static const int64_t remote_keep_ms = 30LL * 24 * 3600 * 1000;

#define REMOTE_COLUMNS                                                                                       \
  "account_id, name, definition, pinned, trust, why, was, decision, decided_by, decided_at, seen_at, "       \
  "gone_at, stamp"

static const char *const remote_decisions[] = {
    [REMOTE_NONE] = "", [REMOTE_APPROVED] = "approved", [REMOTE_DENIED] = "denied"};

static size_t remote_index(const char *const *names, size_t count, struct str s) {
  size_t i = 0;
  while (i + 1 < count && !str_is(s, names[i])) i++;
  return i; // the last one, which trusts least, for what is damaged
}

static struct remote_tool remote_row(const struct store_rows *rows, size_t i) {
  return (struct remote_tool){
      .account_id = store_cell(rows, i, 0)->text,
      .name = store_cell(rows, i, 1)->text,
      .definition = store_cell(rows, i, 2)->text,
      .pinned = store_cell(rows, i, 3)->text,
      .trust = (enum tool_trust)remote_index(tool_trust_names, 3, store_cell(rows, i, 4)->text),
      .why = store_cell(rows, i, 5)->text,
      .was = store_cell(rows, i, 6)->text,
      .decision = (enum remote_decision)remote_index(remote_decisions, 3, store_cell(rows, i, 7)->text),
      .decided_by = store_cell(rows, i, 8)->text,
      .decided_at = store_cell(rows, i, 9)->number,
      .seen_at = store_cell(rows, i, 10)->number,
      .gone_at = store_cell(rows, i, 11)->number,
  };
}

static struct sealed_at remote_place(const struct remote_tool *r, struct arena *a) {
  return (struct sealed_at){STAMPED_REMOTE,
                            arena_printf(a, "%.*s/%.*s", STR_ARG(r->account_id), STR_ARG(r->name)),
                            {r->definition, r->pinned, str_of(tool_trust_names[r->trust]), r->was,
                             str_of(remote_decisions[r->decision])}};
}

// A decision that nobody of ours made is none for it.
static void remote_doubt(struct store *s, struct remote_tool *r, struct str stamp, struct arena *a) {
  struct sealed_at at = remote_place(r, a);
  struct err why;
  if (sealed_is_ours(s, &at, stamp, &why)) return;
  log_warn("tool %.*s of account %.*s is denied: %s", STR_ARG(r->name), STR_ARG(r->account_id), why.text);
  r->decision = REMOTE_DENIED;
}

bool remote_rows_read(struct store *s, struct str account_id, struct arena *a, struct remote_tool **out,
                      size_t *count, struct err *err) {
  struct store_rows rows;
  bool ok =
      account_id.n
          ? store_query(s, "SELECT " REMOTE_COLUMNS " FROM remote_tool WHERE account_id = $1 ORDER BY name",
                        &STORE_TEXT(account_id), 1, a, &rows, err)
          : store_query(s, "SELECT " REMOTE_COLUMNS " FROM remote_tool ORDER BY account_id, name", NULL, 0, a,
                        &rows, err);
  if (!ok) return false;
  struct remote_tool *all = ARENA_ARRAY(a, rows.count + 1, struct remote_tool);
  for (size_t i = 0; i < rows.count; i++) {
    all[i] = remote_row(&rows, i);
    remote_doubt(s, &all[i], store_cell(&rows, i, 12)->text, a);
  }
  *out = all;
  *count = rows.count;
  return true;
}

static bool remote_row_put(struct store *s, const struct remote_change *c, struct str stamp,
                           struct err *err) {
  const struct remote_tool *r = &c->row;
  // Settled values first: they are the same in both statements.
  const struct store_value values[] = {
      STORE_TEXT(r->definition), STORE_TEXT(r->pinned),    STORE_TEXT(str_of(tool_trust_names[r->trust])),
      STORE_TEXT(r->why),        STORE_TEXT(r->was),       STORE_TEXT(str_of(remote_decisions[r->decision])),
      STORE_TEXT(r->decided_by), STORE_INT(r->decided_at), STORE_INT(r->seen_at),
      STORE_INT(r->gone_at),     STORE_TEXT(stamp),        STORE_TEXT(r->account_id),
      STORE_TEXT(r->name),
  };
  const char *sql =
      c->fresh
          ? "INSERT INTO remote_tool (definition, pinned, trust, why, was, decision, decided_by, decided_at, "
            "seen_at, gone_at, stamp, account_id, name) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
          : "UPDATE remote_tool SET definition = $1, pinned = $2, trust = $3, why = $4, was = $5, "
            "decision = $6, decided_by = $7, decided_at = $8, seen_at = $9, gone_at = $10, stamp = $11 "
            "WHERE account_id = $12 AND name = $13";
  return store_run(s, sql, values, sizeof values / sizeof *values, NULL, err);
}

bool remote_row_write(struct store *s, const struct remote_change *c, struct err *err) {
  struct arena *a = arena_new();
  struct sealed_at at = remote_place(&c->row, a);
  struct str stamp;
  bool ok = sealed_stamp(s, &at, a, &stamp, err) && remote_row_put(s, c, stamp, err);
  arena_free(a);
  return ok;
}

bool remote_self_read(struct store *s, struct str account_id, struct arena *a, struct remote_self *out,
                      struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT capabilities, instructions, synced_at, changed_at, left_out FROM remote_server "
                   "WHERE account_id = $1",
                   &STORE_TEXT(account_id), 1, a, &rows, err))
    return false;
  *out = rows.count ? (struct remote_self){store_cell(&rows, 0, 0)->text, store_cell(&rows, 0, 1)->text,
                                           store_cell(&rows, 0, 4)->text, store_cell(&rows, 0, 2)->number,
                                           store_cell(&rows, 0, 3)->number}
                    : (struct remote_self){.capabilities = STR("{}"), .left_out = STR("[]")};
  return true;
}

bool remote_self_write(struct store *s, struct str account_id, const struct remote_self *v, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(v->capabilities), STORE_TEXT(v->instructions),
                                       STORE_INT(v->synced_at),     STORE_INT(v->changed_at),
                                       STORE_TEXT(v->left_out),     STORE_TEXT(account_id)};
  int64_t changed = 0;
  if (!store_run(
          s,
          "UPDATE remote_server SET capabilities = $1, instructions = $2, synced_at = $3, changed_at = $4, "
          "left_out = $5 WHERE account_id = $6",
          values, 6, &changed, err))
    return false;
  return changed > 0 || store_run(s,
                                  "INSERT INTO remote_server (capabilities, instructions, synced_at, "
                                  "changed_at, left_out, account_id) "
                                  "VALUES ($1, $2, $3, $4, $5, $6)",
                                  values, 6, NULL, err);
}

bool remote_stamps(struct store *s, struct str account_id, struct arena *a, struct map *out,
                   struct err *err) {
  struct store_rows rows;
  bool one = account_id.n > 0;
  if (!store_query(s,
                   one ? "SELECT account_id, changed_at FROM remote_server WHERE account_id = $1"
                       : "SELECT account_id, changed_at FROM remote_server",
                   &STORE_TEXT(account_id), one, a, &rows, err))
    return false;
  for (size_t i = 0; i < rows.count; i++)
    map_put(out, store_cell(&rows, i, 0)->text, &rows.cells[i * rows.columns + 1].number);
  return true;
}

bool remote_rows_forget(struct store *s, struct str account_id, int64_t now_ms, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  const struct store_value values[] = {STORE_TEXT(account_id), STORE_INT(now_ms - remote_keep_ms)};
  bool ok =
      store_run(s,
                "DELETE FROM remote_tool WHERE account_id = $1 AND gone_at > 0 AND gone_at < $2 AND "
                "decision = ''",
                values, 2, NULL, err) &&
      store_query(s, "SELECT count(*) FROM remote_tool WHERE account_id = $1", values, 1, a, &rows, err);
  // A vendor that gives its tools new names all the time does not fill the store, nor does it make us forget
  // an administrator's no.
  if (ok && store_cell(&rows, 0, 0)->number > REMOTE_ROWS_MOST) {
    log_warn("account %.*s: more than %d tools came and went; those that went are forgotten",
             STR_ARG(account_id), REMOTE_ROWS_MOST);
    ok =
        store_run(s, "DELETE FROM remote_tool WHERE account_id = $1 AND gone_at > 0 AND decision <> 'denied'",
                  values, 1, NULL, err);
  }
  arena_free(a);
  return ok;
}
