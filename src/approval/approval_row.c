// SPDX-License-Identifier: Apache-2.0
#include "approval/approval_row.h"

#include "account/sealed.h"
#include "base/log.h"

enum { APPROVAL_SWEEP = 200 };

#define APPROVAL_COLUMNS                                                                                     \
  "id, state, asker, asked_by, server_id, account_id, tool, digest, created_at, expires_at, decided_by, "    \
  "decided_at, ran_at, outcome, document "

static struct sealed_at approval_place(const struct approval *r, struct arena *a) {
  return (struct sealed_at){SEALED_APPROVAL,
                            r->id,
                            {r->asker, r->asked_by, r->server_id, r->account_id, r->tool, r->digest,
                             str_of(approval_state_name(r->state)), r->decided_by,
                             sealed_number(a, r->expires_at)}};
}

// ---- read

static bool approval_open_document(struct store *s, struct str blob, struct arena *a, struct approval *row,
                                   struct err *err) {
  struct sealed_at at = approval_place(row, a);
  struct secret *plain;
  if (!store_ring(s))
    return err_set(err, ERR_INTERNAL, "the store has no keys, and approvals are kept sealed");
  if (!sealed_open(store_ring(s), &at, blob, &plain, err)) return false;
  bool ok = approval_read(secret_reveal(plain), a, row, err);
  secret_free(plain);
  return ok;
}

static bool approval_from(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                          struct approval *out, struct err *err) {
  struct approval row = {.id = store_cell(rows, i, 0)->text,
                         .asker = store_cell(rows, i, 2)->text,
                         .asked_by = store_cell(rows, i, 3)->text,
                         .server_id = store_cell(rows, i, 4)->text,
                         .account_id = store_cell(rows, i, 5)->text,
                         .tool = store_cell(rows, i, 6)->text,
                         .digest = store_cell(rows, i, 7)->text,
                         .created_at = store_cell(rows, i, 8)->number,
                         .expires_at = store_cell(rows, i, 9)->number,
                         .decided_by = store_cell(rows, i, 10)->text,
                         .decided_at = store_cell(rows, i, 11)->number,
                         .ran_at = store_cell(rows, i, 12)->number,
                         .outcome = store_cell(rows, i, 13)->text};
  if (!approval_state_named(store_cell(rows, i, 1)->text, &row.state))
    return err_set(err, ERR_DENIED, "its state is none that we know");
  if (!approval_open_document(s, store_cell(rows, i, 14)->text, a, &row, err)) return false;
  *out = row;
  return true;
}

bool approval_get(struct store *s, struct str id, struct arena *a, struct approval *out, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " APPROVAL_COLUMNS "FROM approval WHERE id = $1", &STORE_TEXT(id), 1, a, &rows,
                   err))
    return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "there is no approval '%.*s'", STR_MOST(id, 64));
  return approval_from(s, &rows, 0, a, out, err);
}

// All of them that can be read.
static void approval_take(struct store *s, const struct store_rows *rows, struct arena *a,
                          struct approval **out, size_t *count) {
  struct approval *all = ARENA_ARRAY(a, rows->count + 1, struct approval);
  size_t n = 0;
  for (size_t i = 0; i < rows->count; i++) {
    struct err why;
    if (approval_from(s, rows, i, a, &all[n], &why))
      n++;
    else
      log_warn("approval %.*s is left out: %s", STR_ARG(store_cell(rows, i, 0)->text), why.text);
  }
  *out = all;
  *count = n;
}

bool approval_list(struct store *s, const struct approval_query *q, struct arena *a, struct approval **out,
                   size_t *count, struct err *err) {
  struct store_rows rows;
  const struct store_value values[] = {STORE_TEXT(q->before_id.n ? q->before_id : STR("~")),
                                       STORE_INT((int64_t)q->limit)};
  const char *sql = q->open ? "SELECT " APPROVAL_COLUMNS
                              "FROM approval WHERE id < $1 AND state = 'waiting' ORDER BY id DESC LIMIT $2"
                            : "SELECT " APPROVAL_COLUMNS
                              "FROM approval WHERE id < $1 ORDER BY id DESC LIMIT $2";
  if (!store_query(s, sql, values, 2, a, &rows, err)) return false;
  approval_take(s, &rows, a, out, count);
  return true;
}

// ---- asked

struct approval_asking {
  const struct approval *wanted;
  struct arena *arena;
  struct approval *out;
  bool *fresh;
};

// Does this earlier one stand for the same call, asked again now?
static bool approval_counts(const struct approval *r, const struct approval *wanted) {
  int64_t now = wanted->created_at;
  if (!str_eq(r->server_id, wanted->server_id) || !str_eq(r->account_id, wanted->account_id) ||
      !str_eq(r->tool, wanted->tool))
    return false;
  if (r->state == APPROVAL_RUNNING) return now - r->ran_at < APPROVAL_RUN_MS;
  return (approval_is_open(r) || r->state == APPROVAL_REFUSED) && r->expires_at > now;
}

static bool approval_has_room(struct store *s, const struct approval *wanted, struct arena *a,
                              struct err *err) {
  struct store_rows rows;
  const struct store_value values[] = {STORE_TEXT(wanted->asker), STORE_INT(wanted->created_at)};
  if (!store_query(s,
                   "SELECT count(*), coalesce(sum(CASE WHEN asker = $1 THEN 1 ELSE 0 END), 0) FROM approval "
                   "WHERE state IN ('waiting', 'approved') AND expires_at > $2",
                   values, 2, a, &rows, err))
    return false;
  if (store_cell(&rows, 0, 1)->number >= APPROVAL_ASKER_MOST)
    return err_set(err, ERR_LIMIT, "%d of your calls wait for approval already", APPROVAL_ASKER_MOST);
  return store_cell(&rows, 0, 0)->number < APPROVAL_OPEN_MOST ||
         err_set(err, ERR_LIMIT, "%d calls wait for approval already", APPROVAL_OPEN_MOST);
}

static bool approval_close_document(struct store *s, const struct approval *row, struct arena *a,
                                    struct str *blob, struct err *err) {
  struct sealed_at at = approval_place(row, a);
  struct str document = approval_write(row, a);
  if (!store_ring(s))
    return err_set(err, ERR_INTERNAL, "the store has no keys, and approvals are kept sealed");
  if (!document.n || document.n > APPROVAL_DOCUMENT_MOST)
    return err_set(err, ERR_LIMIT,
                   "a call that is to be approved may have %d bytes of arguments and words at most",
                   APPROVAL_DOCUMENT_MOST);
  return sealed_close(store_ring(s), &at, document, a, blob, err);
}

static bool approval_insert(struct store *s, const struct approval *r, struct arena *a, struct err *err) {
  struct str blob;
  if (!approval_close_document(s, r, a, &blob, err)) return false;
  const struct store_value values[] = {
      STORE_TEXT(r->id),         STORE_TEXT(r->asker), STORE_TEXT(r->asked_by), STORE_TEXT(r->server_id),
      STORE_TEXT(r->account_id), STORE_TEXT(r->tool),  STORE_TEXT(r->digest),   STORE_INT(r->created_at),
      STORE_INT(r->expires_at),  STORE_TEXT(blob)};
  if (store_run(
          s,
          "INSERT INTO approval (id, state, asker, asked_by, server_id, account_id, tool, digest, "
          "created_at, "
          "expires_at, decided_by, decided_at, ran_at, outcome, document) VALUES ($1, 'waiting', $2, $3, $4, "
          "$5, $6, $7, $8, $9, '', 0, 0, '', $10)",
          values, sizeof values / sizeof *values, NULL, err))
    return true;
  return err->code == ERR_CONFLICT
             ? err_set(err, ERR_MISSING, "the server or the account was deleted meanwhile")
             : false;
}

static bool approval_ask_body(struct store *s, void *arg, struct err *err) {
  struct approval_asking *k = arg;
  const struct store_value values[] = {STORE_TEXT(k->wanted->asker), STORE_TEXT(k->wanted->digest)};
  struct store_rows rows;
  struct approval *found;
  size_t count;
  if (!store_query(s,
                   "SELECT " APPROVAL_COLUMNS
                   "FROM approval WHERE asker = $1 AND digest = $2 ORDER BY created_at "
                   "DESC, id DESC LIMIT 8",
                   values, 2, k->arena, &rows, err))
    return false;
  approval_take(s, &rows, k->arena, &found, &count);
  for (size_t i = 0; i < count; i++)
    if (approval_counts(&found[i], k->wanted)) return *k->out = found[i], *k->fresh = false, true;
  char id[TOKEN_ID];
  token_id("apr", id);
  struct approval made = *k->wanted;
  made.id = arena_dup(k->arena, str_of(id));
  made.state = APPROVAL_WAITING;
  if (!approval_has_room(s, &made, k->arena, err) || !approval_insert(s, &made, k->arena, err)) return false;
  *k->out = made;
  *k->fresh = true;
  return true;
}

bool approval_ask(struct store *s, const struct approval *wanted, struct arena *a, struct approval *out,
                  bool *fresh, struct err *err) {
  struct approval_asking k = {wanted, a, out, fresh};
  return store_transact(s, approval_ask_body, &k, err);
}

// ---- from state to state

struct approval_stepping {
  const struct approval_step *step;
  struct arena *arena;
  struct approval *out;
};

static bool approval_write_step(struct store *s, const struct approval *r, enum approval_state from,
                                struct arena *a, struct err *err) {
  struct str blob;
  int64_t changed = 0;
  if (!approval_close_document(s, r, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_TEXT(str_of(approval_state_name(r->state))),
                                       STORE_INT(r->expires_at),
                                       STORE_TEXT(r->decided_by),
                                       STORE_INT(r->decided_at),
                                       STORE_INT(r->ran_at),
                                       STORE_TEXT(r->outcome),
                                       STORE_TEXT(blob),
                                       STORE_TEXT(r->id),
                                       STORE_TEXT(str_of(approval_state_name(from)))};
  if (!store_run(
          s,
          "UPDATE approval SET state = $1, expires_at = $2, decided_by = $3, decided_at = $4, ran_at = $5, "
          "outcome = $6, document = $7 WHERE id = $8 AND state = $9",
          values, sizeof values / sizeof *values, &changed, err))
    return false;
  return changed || err_set(err, ERR_CONFLICT, "the approval is in another state by now");
}

static bool approval_step_body(struct store *s, void *arg, struct err *err) {
  const struct approval_stepping *k = arg;
  const struct approval_step *step = k->step;
  struct approval r;
  if (!approval_get(s, step->id, k->arena, &r, err)) return false;
  if (r.state != step->from)
    return err_set(err, ERR_CONFLICT, "the approval is %s by now", approval_state_name(r.state));
  if (step->to != APPROVAL_EXPIRED && approval_has_expired(&r, step->now))
    return err_set(err, ERR_CONFLICT, "the approval has expired");
  r.state = step->to;
  if (step->expires_at) r.expires_at = step->expires_at;
  if (step->by.n) {
    r.decided_by = step->by;
    r.decided_name = step->by_name;
    r.reason = step->reason;
    r.decided_at = step->now;
  }
  if (step->to == APPROVAL_RUNNING) r.ran_at = step->now;
  if (step->outcome.n) r.outcome = step->outcome;
  if (!approval_write_step(s, &r, step->from, k->arena, err)) return false;
  *k->out = r;
  return true;
}

bool approval_step(struct store *s, const struct approval_step *step, struct arena *a, struct approval *out,
                   struct err *err) {
  struct approval_stepping k = {step, a, out};
  return store_transact(s, approval_step_body, &k, err);
}

// ---- over

static bool approval_end(struct store *s, struct approval *r, int64_t now, struct arena *a, struct err *err) {
  bool ran = r->state == APPROVAL_RUNNING;
  struct approval_step step = {.id = r->id,
                               .from = r->state,
                               .to = ran ? APPROVAL_CUT : APPROVAL_EXPIRED,
                               .now = now,
                               .outcome = ran ? STR("nobody knows") : STR("expired")};
  return approval_step(s, &step, a, r, err) || err->code == ERR_CONFLICT;
}

bool approval_sweep(struct store *s, int64_t now, struct arena *a, struct approval **gone, size_t *count,
                    struct err *err) {
  struct store_rows rows;
  const struct store_value values[] = {STORE_INT(now), STORE_INT(now - APPROVAL_RUN_MS),
                                       STORE_INT(APPROVAL_SWEEP)};
  if (!store_query(
          s,
          "SELECT " APPROVAL_COLUMNS
          "FROM approval WHERE (state IN ('waiting', 'approved') AND expires_at <= $1) OR (state = 'running' "
          "AND ran_at <= $2) ORDER BY id LIMIT $3",
          values, 3, a, &rows, err))
    return false;
  approval_take(s, &rows, a, gone, count);
  for (size_t i = 0; i < *count; i++)
    if (!approval_end(s, &(*gone)[i], now, a, err)) return false;
  return store_run(
      s, "DELETE FROM approval WHERE created_at < $1 AND state NOT IN ('waiting', 'approved', 'running')",
      &STORE_INT(now - APPROVAL_KEPT_MS), 1, NULL, err);
}
