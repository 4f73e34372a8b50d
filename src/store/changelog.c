// SPDX-License-Identifier: Apache-2.0
#include "store/changelog.h"

static const char *const changelog_kinds[CHANGELOG_KINDS] = {
    [CHANGELOG_SERVER] = "server",   [CHANGELOG_ACCOUNT] = "account",
    [CHANGELOG_PEOPLE] = "people",   [CHANGELOG_CONNECTOR] = "connector",
    [CHANGELOG_PROGRAM] = "program", [CHANGELOG_ENGINE] = "engine",
    [CHANGELOG_SIGN_IN] = "sign_in", [CHANGELOG_TILE] = "tile",
    [CHANGELOG_EVENT] = "event",     [CHANGELOG_NEWS] = "news"};

static bool changelog_write(struct store *s, void *arg, struct err *err) {
  const struct changelog_line *line = arg;
  const struct store_value values[] = {STORE_TEXT(str_of(changelog_kinds[line->kind])), STORE_TEXT(line->id)};
  return store_run(s, "UPDATE change_head SET last = last + 1", NULL, 0, NULL, err) &&
         store_run(s, "INSERT INTO change_log (number, kind, id) SELECT last, $1, $2 FROM change_head",
                   values, 2, NULL, err) &&
         store_notify(s, err);
}

bool changelog_note(struct store *s, enum changelog_kind kind, struct str id, struct err *err) {
  struct changelog_line line = {kind, id};
  return store_transact(s, changelog_write, &line, err);
}

struct changelog_job {
  const struct changelog_change *change;
  int64_t changed;
};

static bool changelog_body(struct store *s, void *arg, struct err *err) {
  struct changelog_job *job = arg;
  const struct changelog_change *c = job->change;
  return store_run(s, c->sql, c->values, c->count, &job->changed, err) &&
         (!job->changed || changelog_note(s, c->kind, c->id, err));
}

bool changelog_run(struct store *s, const struct changelog_change *c, int64_t *changed, struct err *err) {
  struct changelog_job job = {.change = c};
  bool ok = store_transact(s, changelog_body, &job, err);
  if (ok && changed) *changed = job.changed;
  return ok;
}

const char *changelog_kind_name(enum changelog_kind kind) {
  return changelog_kinds[kind];
}

bool changelog_kind_named(struct str name, enum changelog_kind *out) {
  for (int i = 0; i < CHANGELOG_KINDS; i++)
    if (str_is(name, changelog_kinds[i])) return *out = (enum changelog_kind)i, true;
  return false;
}

bool changelog_last(struct store *s, int64_t *out, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s, "SELECT last FROM change_head", NULL, 0, a, &rows, err);
  if (ok) *out = rows.count ? store_cell(&rows, 0, 0)->number : 0;
  arena_free(a);
  return ok;
}

bool changelog_since(struct store *s, int64_t number, struct arena *a, struct changelog_lines *out,
                     struct err *err) {
  const struct store_value values[] = {STORE_INT(number), STORE_INT(CHANGELOG_READ_MOST + 1)};
  struct store_rows rows;
  if (!store_query(s, "SELECT number, kind, id FROM change_log WHERE number > $1 ORDER BY number LIMIT $2",
                   values, 2, a, &rows, err))
    return false;
  *out = (struct changelog_lines){.items = ARENA_ARRAY(a, rows.count + 1, struct changelog_line)};
  if (!rows.count) {
    if (!changelog_last(s, &out->last, err)) return false;
    out->gap = out->last != number;
    return true;
  }
  out->last = store_cell(&rows, rows.count - 1, 0)->number;
  out->gap = rows.count > CHANGELOG_READ_MOST || store_cell(&rows, 0, 0)->number != number + 1;
  for (size_t i = 0; i < rows.count; i++) {
    struct changelog_line *line = &out->items[out->count++];
    line->id = store_cell(&rows, i, 2)->text;
    out->gap |= !changelog_kind_named(store_cell(&rows, i, 1)->text, &line->kind);
  }
  return true;
}

bool changelog_trim(struct store *s, struct err *err) {
  return store_run(s, "DELETE FROM change_log WHERE number <= (SELECT last - $1 FROM change_head)",
                   &STORE_INT(CHANGELOG_KEPT), 1, NULL, err);
}
