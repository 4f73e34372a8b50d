// SPDX-License-Identifier: Apache-2.0
#include "account/account_row.h"

#include "account/account.h"
#include "base/clock.h"
#include "store/changelog.h"

#define ACCOUNT_ROW_COLUMNS                                                                                  \
  "id, name, connector, way, base_url, credential, context, choices, status, status_text, speaks, "          \
  "speaks_at, created_at, updated_at, verified_at, version, person, stands_for"
enum { ACCOUNT_ROW_TEXTS = 10, ACCOUNT_ROW_NUMBERS = 6 };

struct str account_row_home(const struct account_row *row, struct arena *a) {
  if (!row->person.n) return row->base_url;
  return ARENA_JOIN(a, row->base_url, STR(" "), row->person, STR("/"), row->stands_for);
}

static struct account_row account_row_read(const struct store_rows *rows, size_t i) {
  struct account_row row;
  struct str *texts[ACCOUNT_ROW_TEXTS] = {&row.id,       &row.name,       &row.connector, &row.way,
                                          &row.base_url, &row.credential, &row.context,   &row.choices,
                                          &row.status,   &row.status_text};
  int64_t *numbers[ACCOUNT_ROW_NUMBERS] = {&row.speaks,     &row.speaks_at,   &row.created_at,
                                           &row.updated_at, &row.verified_at, &row.version};
  for (size_t c = 0; c < ACCOUNT_ROW_TEXTS; c++) *texts[c] = store_cell(rows, i, c)->text;
  for (size_t c = 0; c < ACCOUNT_ROW_NUMBERS; c++)
    *numbers[c] = store_cell(rows, i, ACCOUNT_ROW_TEXTS + c)->number;
  row.person = store_cell(rows, i, ACCOUNT_ROW_TEXTS + ACCOUNT_ROW_NUMBERS)->text; // of NULL: empty
  row.stands_for = store_cell(rows, i, ACCOUNT_ROW_TEXTS + ACCOUNT_ROW_NUMBERS + 1)->text;
  return row;
}

bool account_row_all(struct store *s, struct arena *a, struct account_row **out, size_t *count,
                     struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " ACCOUNT_ROW_COLUMNS " FROM account ORDER BY id", NULL, 0, a, &rows, err))
    return false;
  struct account_row *all = ARENA_ARRAY(a, rows.count + 1, struct account_row);
  for (size_t i = 0; i < rows.count; i++) all[i] = account_row_read(&rows, i);
  *out = all;
  *count = rows.count;
  return true;
}

static bool account_row_missing(struct str id, struct err *err) {
  return err_set(err, ERR_MISSING, "there is no account '%.*s'", STR_MOST(id, 64));
}

bool account_row_find(struct store *s, struct str id, struct arena *a, struct account_row *out,
                      struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " ACCOUNT_ROW_COLUMNS " FROM account WHERE id = $1", &STORE_TEXT(id), 1, a,
                   &rows, err))
    return false;
  if (!rows.count) return account_row_missing(id, err);
  *out = account_row_read(&rows, 0);
  return true;
}

bool account_row_find_own(struct store *s, struct str person, struct str stands_for, struct arena *a,
                          struct account_row *out, struct err *err) {
  struct store_rows rows;
  const struct store_value values[] = {STORE_TEXT(person), STORE_TEXT(stands_for)};
  if (!store_query(s, "SELECT " ACCOUNT_ROW_COLUMNS " FROM account WHERE person = $1 AND stands_for = $2",
                   values, 2, a, &rows, err))
    return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "there is no account of this person's own");
  *out = account_row_read(&rows, 0);
  return true;
}

bool account_row_owns(struct store *s, const char *column, struct str id, struct arena *a,
                      struct store_rows *out, struct err *err) {
  struct str sql = arena_printf(a, "SELECT id FROM account WHERE %s = $1 ORDER BY id", column);
  return store_query(s, sql.p, &STORE_TEXT(id), 1, a, out, err);
}

bool account_row_name_taken(struct str name, struct err *err) {
  return err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "name", "there is an account '%.*s' already",
                  STR_ARG(name));
}

// The name is the only thing of an account that two could share by what somebody chose.
static bool account_row_conflict(const struct account_row *row, struct err *err) {
  return err->code == ERR_CONFLICT && account_row_name_taken(row->name, err);
}

bool account_row_insert(struct store *s, const struct account_row *row, struct err *err) {
  const struct store_value values[] = {
      STORE_TEXT(row->id),
      STORE_TEXT(row->name),
      STORE_TEXT(row->connector),
      STORE_TEXT(row->way),
      STORE_TEXT(row->base_url),
      STORE_TEXT(row->credential),
      STORE_TEXT(row->context),
      STORE_TEXT(row->choices),
      STORE_TEXT(row->status),
      STORE_TEXT(row->status_text),
      STORE_INT(row->speaks),
      STORE_INT(row->speaks_at),
      STORE_INT(row->created_at),
      STORE_INT(row->updated_at),
      STORE_INT(row->verified_at),
      STORE_INT(row->version),
      row->person.n ? STORE_TEXT(row->person) : STORE_NONE,
      row->person.n ? STORE_TEXT(row->stands_for) : STORE_NONE,
  };
  const struct changelog_change made = {CHANGELOG_ACCOUNT, row->id,
                                        "INSERT INTO account (" ACCOUNT_ROW_COLUMNS
                                        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                                        "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
                                        values, sizeof values / sizeof *values};
  return changelog_run(s, &made, NULL, err) || account_row_conflict(row, err);
}

bool account_row_update(struct store *s, const struct account_row *row, struct err *err) {
  const struct store_value values[] = {
      STORE_TEXT(row->name),        STORE_TEXT(row->way),        STORE_TEXT(row->base_url),
      STORE_TEXT(row->context),     STORE_TEXT(row->choices),    STORE_TEXT(row->status),
      STORE_TEXT(row->status_text), STORE_INT(row->speaks),      STORE_INT(row->speaks_at),
      STORE_INT(row->updated_at),   STORE_INT(row->verified_at), STORE_INT(row->version + 1),
      STORE_TEXT(row->id),          STORE_INT(row->version),
  };
  int64_t changed = 0;
  const struct changelog_change change = {
      CHANGELOG_ACCOUNT, row->id,
      "UPDATE account SET name = $1, way = $2, base_url = $3, context = $4, choices = $5, "
      "status = $6, status_text = $7, speaks = $8, speaks_at = $9, updated_at = $10, "
      "verified_at = $11, version = $12 WHERE id = $13 AND version = $14",
      values, sizeof values / sizeof *values};
  if (!changelog_run(s, &change, &changed, err)) return account_row_conflict(row, err);
  return changed || store_outdated("the account", err);
}

bool account_row_set_verdict(struct store *s, struct str id, int64_t speaks, int64_t at, struct err *err) {
  const struct store_value values[] = {STORE_INT(speaks), STORE_INT(at), STORE_TEXT(id)};
  return store_run(s, "UPDATE account SET speaks = $1, speaks_at = $2 WHERE id = $3", values, 3, NULL, err);
}

bool account_row_set_status(struct store *s, const struct account_row_status *to, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(to->status), STORE_TEXT(to->text),
                                       STORE_INT(clock_now_ms()), STORE_TEXT(to->id)};
  const struct changelog_change change = {
      CHANGELOG_ACCOUNT, to->id,
      "UPDATE account SET status = $1, status_text = $2, updated_at = $3, version = version + 1 "
      "WHERE id = $4",
      values, 4};
  return changelog_run(s, &change, NULL, err);
}

bool account_note(struct store *s, struct str id, struct str note, bool *changed, struct err *err) {
  struct arena *a = arena_new();
  struct str text = note.n ? ARENA_JOIN(a, STR(ACCOUNT_NOTE), note) : STR("");
  const struct store_value values[] = {STORE_TEXT(text), STORE_INT(clock_now_ms()), STORE_TEXT(id),
                                       STORE_TEXT(text)};
  int64_t rows = 0;
  const struct changelog_change change = {
      CHANGELOG_ACCOUNT, id,
      "UPDATE account SET status_text = $1, updated_at = $2, version = version + 1 WHERE id = $3 "
      "AND status_text <> $4 AND (status_text = '' OR status_text LIKE '" ACCOUNT_NOTE "%')",
      values, 4};
  bool ok = changelog_run(s, &change, &rows, err);
  arena_free(a);
  if (ok) *changed = rows > 0;
  return ok;
}

bool account_touch(struct store *s, struct str id, struct err *err) {
  return changelog_note(s, CHANGELOG_ACCOUNT, id, err);
}

bool account_row_set_credential(struct store *s, struct str id, struct str credential, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(credential), STORE_TEXT(id)};
  return store_run(s, "UPDATE account SET credential = $1 WHERE id = $2", values, 2, NULL, err);
}

static bool account_row_delete_body(struct store *s, void *arg, struct err *err) {
  struct str id = *(const struct str *)arg;
  int64_t changed = 0;
  const struct store_value twice[] = {STORE_TEXT(id), STORE_TEXT(id)},
                           gone[] = {STORE_INT(clock_now_ms()), STORE_TEXT(id)};
  // A server over other accounts too goes on without this one.
  if (!store_run(
          s,
          "DELETE FROM server WHERE id IN (SELECT server_id FROM server_account WHERE account_id = $1) "
          "AND id NOT IN (SELECT server_id FROM server_account WHERE account_id <> $2)",
          twice, 2, NULL, err) ||
      // What was told of it goes with it, also where others had a part in it.
      !store_run(s,
                 "UPDATE answer SET told = '', told_bytes = 0, gone_at = $1 WHERE id IN "
                 "(SELECT answer_id FROM answer_account WHERE account_id = $2)",
                 gone, 2, NULL, err) ||
      !store_run(s, "DELETE FROM account WHERE id = $1", &STORE_TEXT(id), 1, &changed, err) ||
      !changelog_note(s, CHANGELOG_ACCOUNT, id, err))
    return false;
  return changed > 0 || account_row_missing(id, err);
}

bool account_row_delete(struct store *s, struct str id, struct err *err) {
  return store_transact(s, account_row_delete_body, &id, err);
}
