// SPDX-License-Identifier: Apache-2.0
#include "board/outcome_row.h"

#include "account/sealed.h"
#include "base/log.h"

static board_hook *outcome_hook;
static void *outcome_hook_arg;

static const char *const outcome_states[] = {"ok", "failed", "waiting", "stopped"};

const char *board_state_name(enum board_state state) {
  return outcome_states[state];
}

static enum board_state outcome_state_named(struct str name) {
  for (size_t i = 0; i < sizeof outcome_states / sizeof *outcome_states; i++)
    if (str_is(name, outcome_states[i])) return (enum board_state)i;
  return BOARD_FAILED;
}

void board_on_refresh(board_hook *hook, void *arg) {
  outcome_hook = hook;
  outcome_hook_arg = arg;
}

static bool outcome_ring(struct store *s, struct err *err) {
  return store_ring(s) || err_set(err, ERR_INTERNAL, "the store has no keys, and outcomes are kept sealed");
}

static struct sealed_at outcome_at(enum sealed what, struct str id, int64_t at, const char *state,
                                   struct arena *a) {
  return (struct sealed_at){what, id, {sealed_number(a, at), state ? str_of(state) : STR("")}};
}

// Empty where it does not open: it is as if nothing were there.
static struct str outcome_open(struct store *s, const struct sealed_at *at, struct str blob,
                               struct arena *a) {
  struct secret *plain;
  struct err why;
  if (!blob.n) return STR("");
  if (!sealed_open(store_ring(s), at, blob, &plain, &why)) {
    log_warn("what the tile %.*s gave is left out: %s", STR_ARG(at->id), why.text);
    return STR("");
  }
  struct str text = arena_dup(a, secret_reveal(plain));
  secret_free(plain);
  return text;
}

bool board_outcome_read(struct store *s, struct str tile_id, enum board_reading what, struct arena *a,
                        struct board_outcome *out, struct err *err) {
  struct store_rows kept, tried;
  *out = (struct board_outcome){.state = BOARD_OK};
  if (!outcome_ring(s, err) ||
      !store_query(s, "SELECT at, outcome, values_at, points FROM tile_outcome WHERE tile_id = $1",
                   &STORE_TEXT(tile_id), 1, a, &kept, err) ||
      !store_query(s, "SELECT at, state, why FROM tile_try WHERE tile_id = $1", &STORE_TEXT(tile_id), 1, a,
                   &tried, err))
    return false;
  if (kept.count) {
    out->at = store_cell(&kept, 0, 0)->number;
    struct sealed_at at = outcome_at(SEALED_OUTCOME, tile_id, out->at, NULL, a);
    bool opens = what != BOARD_READ_TRY;
    if (opens) out->outcome = outcome_open(s, &at, store_cell(&kept, 0, 1)->text, a);
    at = outcome_at(SEALED_VALUES, tile_id, store_cell(&kept, 0, 2)->number, NULL, a);
    if (what == BOARD_READ_VALUES) out->points = outcome_open(s, &at, store_cell(&kept, 0, 3)->text, a);
    if (opens && !out->outcome.n) out->at = 0;
  }
  if (!tried.count) return true;
  out->tried_at = store_cell(&tried, 0, 0)->number;
  out->state = outcome_state_named(store_cell(&tried, 0, 1)->text);
  struct sealed_at at = outcome_at(SEALED_FAULT, tile_id, out->tried_at, outcome_states[out->state], a);
  out->why = outcome_open(s, &at, store_cell(&tried, 0, 2)->text, a);
  return true;
}

// ---- kept

// It is still the tile that was run.
static bool outcome_is_of(struct store *s, const struct board_tile *t, struct arena *a, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(t->id), STORE_INT(t->version)};
  struct store_rows rows;
  return store_query(s, "SELECT 1 FROM tile WHERE id = $1 AND version = $2", values, 2, a, &rows, err) &&
         (rows.count || store_outdated("the tile", err));
}

static bool outcome_has_room(struct store *s, const struct board_keeping *k, struct arena *a,
                             struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT coalesce(sum(bytes), 0) FROM tile_outcome WHERE tile_id <> $1",
                   &STORE_TEXT(k->news.tile->id), 1, a, &rows, err))
    return false;
  int64_t held = store_cell(&rows, 0, 0)->number;
  if (held + (int64_t)k->news.after.n <= BOARD_OUTCOME_BYTES_MOST) return true;
  err_set(err, ERR_LIMIT, "outcomes of tiles take %lld bytes, of %d allowed", (long long)held,
          BOARD_OUTCOME_BYTES_MOST);
  err_hint(err, "delete tiles, or have their queries give fewer rows");
  return false;
}

static bool outcome_run(struct store *s, const char *sql, const struct store_value *values, size_t n,
                        struct err *err) {
  if (store_run(s, sql, values, n, NULL, err)) return true;
  return err->code == ERR_CONFLICT
             ? err_set(err, ERR_CONFLICT, "an account that the tile calls was deleted meanwhile")
             : false;
}

// The last of the accounts that all of this hangs on.
static struct store_value outcome_uses(const struct board_tile *t, struct arena *a) {
  struct board_uses uses = board_uses_of(t->program, a);
  return uses.count ? STORE_INT((int64_t)uses.count - 1) : STORE_NONE;
}

static bool outcome_write_kept(struct store *s, const struct board_keeping *k, struct str points,
                               struct arena *a, struct err *err) {
  const struct board_news *n = &k->news;
  struct sealed_at at = outcome_at(SEALED_OUTCOME, n->tile->id, n->at, NULL, a),
                   values_at = outcome_at(SEALED_VALUES, n->tile->id, n->at, NULL, a);
  struct str outcome, sealed_points;
  if (!outcome_has_room(s, k, a, err) || !sealed_close(store_ring(s), &at, n->after, a, &outcome, err) ||
      !sealed_close(store_ring(s), &values_at, points, a, &sealed_points, err))
    return false;
  const struct store_value values[] = {STORE_TEXT(n->tile->id),
                                       outcome_uses(n->tile, a),
                                       STORE_INT(n->at),
                                       STORE_TEXT(n->partial ? STR("partial") : STR("complete")),
                                       STORE_INT((int64_t)n->after.n),
                                       STORE_TEXT(outcome),
                                       STORE_INT(n->at),
                                       STORE_TEXT(sealed_points)};
  return outcome_run(
      s,
      "INSERT INTO tile_outcome (tile_id, uses, at, status, bytes, outcome, values_at, points) VALUES ($1, "
      "$2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tile_id) DO UPDATE SET uses = excluded.uses, at = "
      "excluded.at, "
      "status = excluded.status, bytes = excluded.bytes, outcome = excluded.outcome, values_at = "
      "excluded.values_at, points = excluded.points",
      values, sizeof values / sizeof *values, err);
}

static bool outcome_write_try(struct store *s, const struct board_news *n, struct arena *a, struct err *err) {
  struct sealed_at at = outcome_at(SEALED_FAULT, n->tile->id, n->at, outcome_states[n->state], a);
  struct str why = STR("");
  if (n->why.n && !sealed_close(store_ring(s), &at, n->why, a, &why, err)) return false;
  const struct store_value values[] = {STORE_TEXT(n->tile->id), outcome_uses(n->tile, a), STORE_INT(n->at),
                                       STORE_TEXT(str_of(outcome_states[n->state])), STORE_TEXT(why)};
  return outcome_run(s,
                     "INSERT INTO tile_try (tile_id, uses, at, state, why) VALUES ($1, $2, $3, $4, $5) ON "
                     "CONFLICT (tile_id) DO UPDATE SET uses = excluded.uses, at = excluded.at, state = "
                     "excluded.state, why = excluded.why",
                     values, 5, err);
}

struct outcome_job {
  struct board_keeping *keeping;
  struct arena *arena;
};

static bool outcome_keep_body(struct store *s, void *arg, struct err *err) {
  struct outcome_job *job = arg;
  struct board_keeping *k = job->keeping;
  struct board_outcome was;
  struct str id = k->news.tile->id;
  if (!outcome_is_of(s, k->news.tile, job->arena, err) ||
      !board_outcome_read(s, id, k->news.after.n ? BOARD_READ_VALUES : BOARD_READ_OUTCOME, job->arena, &was,
                          err))
    return false;
  k->news.before = was.outcome;
  if (k->news.at <= was.at) k->news.at = was.at + 1; // the clock was set back
  struct str points = k->news.after.n ? values_add(was.points, k->news.at, k->cells, k->cell_count,
                                                   VALUES_BYTES_MOST, job->arena)
                                      : STR("");
  return (!k->news.after.n || outcome_write_kept(s, k, points, job->arena, err)) &&
         outcome_write_try(s, &k->news, job->arena, err) &&
         (!outcome_hook || outcome_hook(outcome_hook_arg, s, &k->news, err));
}

bool board_outcome_keep(struct store *s, struct board_keeping *k, struct err *err) {
  struct outcome_job job = {k, arena_new()};
  bool ok = outcome_ring(s, err) && store_transact(s, outcome_keep_body, &job, err);
  arena_free(job.arena);
  return ok;
}
