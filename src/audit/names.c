// SPDX-License-Identifier: Apache-2.0
#include "audit/names.h"

#include <stdlib.h>

#define NAMES_DAY_MS (INT64_C(24) * 3600 * 1000)

static const char *const names_kinds[AUDIT_NAMES_KINDS] = {
    [AUDIT_NAMES_ACCOUNT] = "account", [AUDIT_NAMES_SERVER] = "server", [AUDIT_NAMES_ACTOR] = "actor"};

static bool names_note(struct audit_names *n, struct store *s, const struct store_value values[4],
                       struct err *err) {
  if (n->known.count == AUDIT_NAMES_KNOWN_MOST) audit_names_forget(n);
  if (!n->arena) n->arena = arena_new();
  struct str key = ARENA_JOIN(n->arena, values[0].text, STR("\n"), values[2].text, STR("\n"), values[1].text);
  if (!store_run(s,
                 "INSERT INTO audit_name (kind, name, id, noted_at) VALUES ($1, $2, $3, $4) ON CONFLICT "
                 "(kind, name, id) DO UPDATE SET noted_at = excluded.noted_at "
                 "WHERE audit_name.noted_at < excluded.noted_at",
                 values, 4, NULL, err))
    return false;
  map_put(&n->known, key, n);
  return true;
}

static bool names_knows(const struct audit_names *n, const struct store_value values[4]) {
  char text[512];
  size_t at = 0;
  const struct str parts[] = {values[0].text, STR("\n"), values[2].text, STR("\n"), values[1].text};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (at + parts[i].n > sizeof text) return false; // noted each time: nobody has such names
    memcpy(text + at, parts[i].p, parts[i].n);
    at += parts[i].n;
  }
  return map_get(&n->known, str_make(text, at));
}

bool audit_names_note(struct audit_names *n, struct store *s, const struct audit_row *row, struct err *err) {
  const struct {
    struct str name, id;
  } of[AUDIT_NAMES_KINDS] = {{row->account_name, row->account_id},
                             {row->server_name, row->server_id},
                             {row->who.actor_name, row->who.actor}};
  if (llabs(row->at - n->since) >= NAMES_DAY_MS) audit_names_forget(n);
  if (!n->since) n->since = row->at;
  for (size_t i = 0; i < AUDIT_NAMES_KINDS; i++) {
    const struct store_value values[] = {STORE_TEXT(str_of(names_kinds[i])), STORE_TEXT(of[i].name),
                                         STORE_TEXT(of[i].id), STORE_INT(row->at)};
    if (!of[i].name.n || !of[i].id.n || str_starts(of[i].id, "client:")) continue;
    if (!names_knows(n, values) && !names_note(n, s, values, err)) return false;
  }
  return true;
}

void audit_names_forget(struct audit_names *n) {
  map_free(&n->known);
  arena_free(n->arena);
  *n = (struct audit_names){0};
}

bool audit_names_find(struct store *s, enum audit_names_kind kind, struct str name, struct arena *a,
                      struct str *ids, size_t *count, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(str_of(names_kinds[kind])), STORE_TEXT(name),
                                       STORE_INT(AUDIT_NAMES_IDS_MOST)};
  struct store_rows rows;
  if (!store_query(s, "SELECT id FROM audit_name WHERE kind = $1 AND name = $2 ORDER BY id DESC LIMIT $3",
                   values, 3, a, &rows, err))
    return false;
  for (size_t i = 0; i < rows.count; i++) ids[i] = store_cell(&rows, i, 0)->text;
  *count = rows.count;
  return true;
}

bool audit_names_sweep(struct store *s, struct err *err) {
  return store_run(s,
                   "DELETE FROM audit_name WHERE noted_at > 0 AND noted_at + $1 < "
                   "(SELECT coalesce(min(first_at), 9223372036854775807) FROM audit_span)",
                   &STORE_INT(NAMES_DAY_MS), 1, NULL, err);
}
