// SPDX-License-Identifier: Apache-2.0
#include "answer/answer_row.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "account/sealed.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/token.h"

enum {
  ROW_GOES_AT_ONCE = 16,
  ROW_PURGE = 200,
  ROW_PURGE_PIECES = 25,
  ROW_RESEAL = 16,
  ROW_RESEAL_MOST = 512,
  ROW_PAGE_BYTES = 8 << 20
};

// ---- places

static struct str row_visibility(bool is_private) {
  return is_private ? STR("private") : STR("shared");
}

static struct sealed_at row_asked_at(const struct answer_row *row, struct arena *a) {
  return (struct sealed_at){SEALED_QUESTION,
                            row->id,
                            {row->owner, row_visibility(row->is_private), row->server_id, row->conversation,
                             row->follows, row->rerun_of, sealed_number(a, row->created_at)}};
}

static int row_compare(const void *a, const void *b) {
  return str_compare(*(const struct str *)a, *(const struct str *)b);
}

// What was told is bound to the accounts it comes from: the row cannot forget one.
static struct sealed_at row_told_at(const struct answer_row *row, struct arena *a) {
  struct str joined = STR("");
  struct str *ids = ARENA_ARRAY(a, row->account_count + 1, struct str);
  for (size_t i = 0; i < row->account_count; i++) ids[i] = row->accounts[i];
  qsort(ids, row->account_count, sizeof *ids, row_compare);
  for (size_t i = 0; i < row->account_count; i++) joined = ARENA_JOIN(a, joined, ids[i], STR(","));
  return (struct sealed_at){SEALED_TOLD, row->id, {row->owner, row_visibility(row->is_private), joined}};
}

struct row_sealed {
  struct str asked, told, key;
};

static bool row_seal(struct store *s, const struct answer_row *row, struct arena *a, struct row_sealed *out,
                     struct err *err) {
  struct seal_ring *ring = store_ring(s);
  struct sealed_at asked = row_asked_at(row, a), told = row_told_at(row, a);
  if (!ring) return err_set(err, ERR_INTERNAL, "the store has no keys, and answers are kept sealed");
  out->told = STR("");
  if (!sealed_close(ring, &asked, row->asked, a, &out->asked, err) ||
      (row->told.n && !sealed_close(ring, &told, row->told, a, &out->told, err)))
    return false;
  out->key = seal_key_id(out->asked);
  return true;
}

static bool row_open(struct store *s, const struct sealed_at *at, struct arena *a, struct str *text,
                     struct err *err) {
  struct secret *plain;
  if (!store_ring(s)) return err_set(err, ERR_INTERNAL, "the store has no keys, and answers are kept sealed");
  if (!sealed_open(store_ring(s), at, *text, &plain, err)) return false;
  *text = arena_dup(a, secret_reveal(plain));
  secret_free(plain);
  return true;
}

// ---- stored

// Within the transaction that adds to it: of whom some have to go first. Of its owner, past its own bounds; else, where all
// is full, of who has most, so that one asker keeps no other from asking. Empty: there is room.
static bool row_in_the_way(struct store *s, const struct answer_row *row, struct arena *a, struct str *whose,
                           struct err *err) {
  struct store_rows rows;
  int64_t bytes = (int64_t)(row->asked.n + row->told.n), sums[4];
  *whose = STR("");
  if (!store_query(
          s,
          "SELECT count(*), coalesce(sum(asked_bytes + told_bytes), 0), count(CASE WHEN owner = $1 THEN 1 "
          "END), "
          "coalesce(sum(CASE WHEN owner = $1 THEN asked_bytes + told_bytes ELSE 0 END), 0) FROM answer",
          &STORE_TEXT(row->owner), 1, a, &rows, err))
    return false;
  for (size_t i = 0; i < 4; i++) sums[i] = store_cell(&rows, 0, i)->number;
  if (sums[2] >= ANSWERS_OWNER_MOST || sums[3] + bytes > ANSWERS_OWNER_BYTES) {
    *whose = row->owner;
    return true;
  }
  if (sums[0] < ANSWERS_MOST && sums[1] + bytes <= ANSWERS_BYTES_MOST) return true;
  const struct store_value weight =
      STORE_INT(ANSWERS_BYTES_MOST / ANSWERS_MOST); // of one answer beside its bytes
  if (!store_query(s,
                   "SELECT owner FROM answer GROUP BY owner ORDER BY sum(asked_bytes + told_bytes + $1) DESC "
                   "LIMIT 1",
                   &weight, 1, a, &rows, err))
    return false;
  if (rows.count) *whose = store_cell(&rows, 0, 0)->text;
  return true;
}

static bool row_make_room(struct store *s, const struct answer_row *row, struct arena *a, struct err *err) {
  for (int64_t gone = 1; gone;) {
    struct str whose;
    if (!row_in_the_way(s, row, a, &whose, err)) return false;
    if (!whose.n) return true;
    const struct store_value values[] = {STORE_TEXT(whose), STORE_INT(ROW_GOES_AT_ONCE)};
    if (!store_run(s,
                   "DELETE FROM answer WHERE id IN (SELECT id FROM answer WHERE owner = $1 ORDER BY id "
                   "LIMIT $2)",
                   values, 2, &gone, err))
      return false;
  }
  return err_set(err, ERR_LIMIT, "there is no room for an answer of %zu bytes", row->asked.n + row->told.n);
}

static bool row_add_accounts(struct store *s, const struct answer_row *row, struct err *err) {
  for (size_t i = 0; i < row->account_count; i++) {
    const struct store_value values[] = {STORE_TEXT(row->id), STORE_TEXT(row->accounts[i])};
    if (!store_run(s, "INSERT INTO answer_account (answer_id, account_id) VALUES ($1, $2)", values, 2, NULL,
                   err))
      return false;
  }
  return true;
}

// Deleted while the answer was made: what was told does not outlive the account.
static bool row_accounts_are_there(struct store *s, const struct answer_row *row, struct arena *a,
                                   bool *there, struct err *err) {
  struct store_rows rows;
  *there = true;
  for (size_t i = 0; i < row->account_count && *there; i++) {
    if (!store_query(s, "SELECT id FROM account WHERE id = $1", &STORE_TEXT(row->accounts[i]), 1, a, &rows,
                     err))
      return false;
    *there = rows.count > 0;
  }
  return true;
}

static bool row_insert(struct store *s, struct answer_row *row, struct arena *a, struct err *err) {
  bool there;
  struct row_sealed sealed;
  if (!row_accounts_are_there(s, row, a, &there, err)) return false;
  if (!there) {
    row->told = STR("");
    row->account_count = 0;
    row->gone_at = clock_now_ms();
  }
  if (!row_make_room(s, row, a, err) || !row_seal(s, row, a, &sealed, err)) return false;
  const struct store_value values[] = {STORE_TEXT(row->id),
                                       STORE_TEXT(row->owner),
                                       STORE_TEXT(row_visibility(row->is_private)),
                                       STORE_TEXT(row->server_id),
                                       STORE_TEXT(row->conversation),
                                       STORE_TEXT(row->follows),
                                       STORE_TEXT(row->rerun_of),
                                       STORE_INT(row->created_at),
                                       STORE_INT(row->gone_at),
                                       STORE_INT((int64_t)row->asked.n),
                                       STORE_INT((int64_t)row->told.n),
                                       STORE_TEXT(sealed.key),
                                       STORE_TEXT(sealed.asked),
                                       STORE_TEXT(sealed.told)};
  return store_run(
             s,
             "INSERT INTO answer (id, owner, visibility, server_id, conversation, follows, rerun_of, "
             "created_at, gone_at, asked_bytes, told_bytes, sealed_by, asked, told) VALUES ($1, $2, $3, "
             "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
             values, sizeof values / sizeof *values, NULL, err) &&
         row_add_accounts(s, row, err);
}

static bool row_insert_body(struct store *s, void *arg, struct err *err) {
  struct answer_row row = *(const struct answer_row *)arg;
  struct arena *a = arena_new();
  bool ok = row_insert(s, &row, a, err);
  arena_free(a);
  return ok;
}

bool answer_row_insert(struct store *s, const struct answer_row *row, struct err *err) {
  struct answer_row copy = *row;
  return store_transact(s, row_insert_body, &copy, err);
}

// ---- read

#define ROW_HEAD                                                                                             \
  "id, owner, visibility, server_id, conversation, follows, rerun_of, created_at, gone_at, asked"

static struct answer_row row_of(const struct store_rows *rows, size_t i) {
  return (struct answer_row){.id = store_cell(rows, i, 0)->text,
                             .owner = store_cell(rows, i, 1)->text,
                             .is_private = !str_is(store_cell(rows, i, 2)->text, "shared"),
                             .server_id = store_cell(rows, i, 3)->text,
                             .conversation = store_cell(rows, i, 4)->text,
                             .follows = store_cell(rows, i, 5)->text,
                             .rerun_of = store_cell(rows, i, 6)->text,
                             .created_at = store_cell(rows, i, 7)->number,
                             .gone_at = store_cell(rows, i, 8)->number,
                             .asked = store_cell(rows, i, 9)->text};
}

static bool row_read_accounts(struct store *s, struct answer_row *row, struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT account_id FROM answer_account WHERE answer_id = $1 ORDER BY account_id",
                   &STORE_TEXT(row->id), 1, a, &rows, err))
    return false;
  struct str *ids = ARENA_ARRAY(a, rows.count + 1, struct str);
  for (size_t i = 0; i < rows.count; i++) ids[i] = store_cell(&rows, i, 0)->text;
  row->accounts = ids;
  row->account_count = rows.count;
  return true;
}

// Without a transaction around it an account may go between the two: then the second look says so.
static bool row_read(struct store *s, struct str id, struct arena *a, struct answer_row *out,
                     struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " ROW_HEAD ", told FROM answer WHERE id = $1", &STORE_TEXT(id), 1, a, &rows,
                   err))
    return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "there is no such answer");
  struct answer_row row = row_of(&rows, 0);
  row.told = store_cell(&rows, 0, 10)->text;
  if (!row_read_accounts(s, &row, a, err)) return false;
  struct sealed_at asked = row_asked_at(&row, a), told = row_told_at(&row, a);
  *out = row;
  return row_open(s, &asked, a, &out->asked, err) && (!row.told.n || row_open(s, &told, a, &out->told, err));
}

bool answer_row_read(struct store *s, struct str id, struct arena *a, struct answer_row *out,
                     struct err *err) {
  return row_read(s, id, a, out, err) ||
         (err->code == ERR_DENIED && row_read(s, id, a, out, err)); // changed between two looks
}

// ---- written anew

static bool row_write(struct store *s, const struct answer_row *row, struct arena *a, struct err *err) {
  struct row_sealed sealed;
  if (!row_seal(s, row, a, &sealed, err)) return false;
  const struct store_value values[] = {STORE_TEXT(row_visibility(row->is_private)), STORE_TEXT(sealed.key),
                                       STORE_TEXT(sealed.asked), STORE_TEXT(sealed.told),
                                       STORE_TEXT(row->id)};
  return store_run(s,
                   "UPDATE answer SET visibility = $1, sealed_by = $2, asked = $3, told = $4 WHERE id = $5",
                   values, sizeof values / sizeof *values, NULL, err);
}

struct row_change {
  const struct answer_row *row;
  bool is_private;
};

static bool row_show_body(struct store *s, void *arg, struct err *err) {
  const struct row_change *change = arg;
  struct arena *a = arena_new();
  struct answer_row row;
  bool ok = row_read(s, change->row->id, a, &row, err);
  if (ok && !str_eq(row.owner, change->row->owner)) ok = err_set(err, ERR_MISSING, "there is no such answer");
  row.is_private = change->is_private;
  ok = ok && row_write(s, &row, a, err);
  arena_free(a);
  return ok;
}

bool answer_row_show(struct store *s, const struct answer_row *row, bool is_private, struct err *err) {
  return store_transact(s, row_show_body, &(struct row_change){row, is_private}, err);
}

bool answer_row_delete(struct store *s, struct str id, struct str owner, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(id), STORE_TEXT(owner)};
  int64_t changed = 0;
  if (!store_run(s, "DELETE FROM answer WHERE id = $1 AND owner = $2", values, 2, &changed, err))
    return false;
  return changed || err_set(err, ERR_MISSING, "there is no such answer");
}

// ---- listed

#define ROW_SEEN                                                                                             \
  " FROM answer WHERE ((owner = $1 AND $2 = 1) OR (owner <> $1 AND visibility = 'shared' AND $3 = 1))"
#define ROW_NEWEST ROW_SEEN " AND ($4 = '' OR id < $4) AND $5 = '' ORDER BY id DESC LIMIT $6"
#define ROW_LED ROW_SEEN " AND id > $4 AND conversation = $5 ORDER BY id LIMIT $6"

static bool row_query(struct store *s, const struct answer_list *q, const char *newest, const char *led,
                      struct arena *a, struct store_rows *rows, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(q->owner),        STORE_INT(q->mine),
                                       STORE_INT(q->shared),        STORE_TEXT(q->after),
                                       STORE_TEXT(q->conversation), STORE_INT((int64_t)q->limit)};
  return store_query(s, q->conversation.n ? led : newest, values, sizeof values / sizeof *values, a, rows,
                     err);
}

// So many as are opened at once, and the id of the last of them where there may be more.
static bool row_page(struct store *s, struct answer_list *q, struct arena *a, struct str *last,
                     struct err *err) {
  struct store_rows rows;
  int64_t bytes = 0;
  size_t n = 0;
  if (!row_query(s, q, "SELECT id, asked_bytes" ROW_NEWEST, "SELECT id, asked_bytes" ROW_LED, a, &rows, err))
    return false;
  while (n < rows.count && (!n || bytes + store_cell(&rows, n, 1)->number <= ROW_PAGE_BYTES))
    bytes += store_cell(&rows, n++, 1)->number;
  *last = n && (n < rows.count || n == q->limit) ? store_cell(&rows, n - 1, 0)->text : STR("");
  q->limit = n;
  return true;
}

bool answer_row_list(struct store *s, const struct answer_list *query, struct arena *a,
                     struct answer_row **out, size_t *count, struct str *last, struct err *err) {
  struct answer_list q = *query;
  struct store_rows rows;
  struct err why;
  size_t n = 0;
  if (!row_page(s, &q, a, last, err) ||
      !row_query(s, &q, "SELECT " ROW_HEAD ROW_NEWEST, "SELECT " ROW_HEAD ROW_LED, a, &rows, err))
    return false;
  struct answer_row *all = ARENA_ARRAY(a, rows.count + 1, struct answer_row);
  for (size_t i = 0; i < rows.count; i++) {
    struct answer_row row = row_of(&rows, i);
    struct sealed_at asked = row_asked_at(&row, a);
    if (row_open(s, &asked, a, &row.asked, &why))
      all[n++] = row;
    else
      log_warn("the answer %.*s is left out: %s", STR_ARG(row.id), why.text);
  }
  *out = all;
  *count = n;
  return true;
}

// ---- housekeeping

bool answer_row_purge(struct store *s, int64_t before_ms, struct err *err) {
  const struct store_value values[] = {STORE_INT(before_ms), STORE_INT(ROW_PURGE)};
  int64_t gone = ROW_PURGE;
  for (int i = 0; i < ROW_PURGE_PIECES && gone == ROW_PURGE; i++)
    if (!store_run(s,
                   "DELETE FROM answer WHERE id IN (SELECT id FROM answer WHERE created_at < $1 "
                   "ORDER BY created_at LIMIT $2)",
                   values, 2, &gone, err))
      return false;
  return true;
}

static atomic_size_t row_stuck; // as of the last time, so that it is told once

struct row_resealing {
  struct arena *arena;
  char after[TOKEN_ID]; // how far it has come
  size_t done, stuck;   // stuck: they do not open, and keep their key
  bool more;
};

static bool row_reseal_body(struct store *s, void *arg, struct err *err) {
  struct row_resealing *r = arg;
  struct store_rows rows;
  const struct store_value values[] = {STORE_TEXT(seal_ring_current_id(store_ring(s))),
                                       STORE_TEXT(str_of(r->after)), STORE_INT(ROW_RESEAL)};
  if (!store_query(s,
                   "SELECT id FROM answer WHERE (sealed_by < $1 OR sealed_by > $1) AND id > $2 ORDER BY id "
                   "LIMIT $3",
                   values, 3, r->arena, &rows, err))
    return false;
  for (size_t i = 0; i < rows.count; i++) {
    struct answer_row row;
    struct err why;
    struct str id = store_cell(&rows, i, 0)->text;
    snprintf(r->after, sizeof r->after, "%.*s", STR_ARG(id));
    if (!row_read(s, id, r->arena, &row, &why)) {
      r->stuck++;
      continue;
    }
    if (!row_write(s, &row, r->arena, err)) return false;
    r->done++;
  }
  r->more = rows.count == ROW_RESEAL;
  return true;
}

bool answer_row_reseal(struct store *s, size_t *done, struct err *err) {
  struct row_resealing r = {.more = true};
  bool ok = true;
  while (ok && r.more && r.done < ROW_RESEAL_MOST && store_ring(s)) {
    r.arena = arena_new();
    ok = store_transact(s, row_reseal_body, &r, err);
    arena_free(r.arena);
  }
  if (ok && r.done < ROW_RESEAL_MOST && atomic_exchange(&row_stuck, r.stuck) != r.stuck && r.stuck)
    log_warn("%zu kept answer(s) do not open, and keep their key", r.stuck);
  *done = r.done;
  return ok;
}
