// SPDX-License-Identifier: Apache-2.0
#include "audit/stream.h"

#include <stdlib.h>

#include "audit/seek.h"

enum {
  STREAM_SERVERS_MOST = 64, // of an editor, that are looked through for a page: those used last
  STREAM_SHARE = 8          // of a page's ids, each of them gives one in so many
};

bool audit_stream_all(const struct audit_reach *r, struct audit_ids *out, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->least), STORE_TEXT(r->most),
                                       STORE_INT((int64_t)r->limit)};
  struct store_rows rows;
  struct str sql =
      arena_printf(r->arena, "SELECT id FROM audit WHERE id >= $1 AND id < $2 ORDER BY id %s LIMIT $3",
                   audit_reach_order(r));
  if (!store_query(r->store, sql.p, values, 3, r->arena, &rows, err)) return false;
  audit_ids_take(r, &rows, out);
  return true;
}

// By its index; where it has none, row by row.
static bool stream_column(const struct audit_reach *r, const struct audit_key *key, struct str value,
                          struct audit_ids *out, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(value), STORE_TEXT(r->least), STORE_TEXT(r->most),
                                       STORE_INT((int64_t)r->limit)};
  struct store_rows rows;
  struct str sql = arena_printf(r->arena,
                                "SELECT id FROM audit WHERE %s = $1 AND %s <> '%s' AND id >= $2 AND id < $3 "
                                "ORDER BY id %s LIMIT $4",
                                key->column, key->column, key->except, audit_reach_order(r));
  if (!store_query(r->store, sql.p, values, 4, r->arena, &rows, err)) return false;
  audit_ids_take(r, &rows, out);
  return true;
}

static void stream_go_on(const struct audit_reach *r, struct audit_ids *out, const struct audit_ids *more) {
  struct str *ids = ARENA_ARRAY(r->arena, out->count + more->count + 1, struct str);
  memcpy(ids, out->ids, out->count * sizeof *ids);
  if (more->count) memcpy(ids + out->count, more->ids, more->count * sizeof *ids);
  *out = (struct audit_ids){ids, out->count + more->count, more->cut, more->end};
}

// Rows up to `last` are in lists, later ones are not.
static bool stream_listed(const struct audit_reach *r, const struct audit_key *key, struct str value,
                          struct str last, struct audit_ids *out, struct err *err) {
  struct audit_reach old = *r, fresh = *r;
  struct str behind = audit_reach_behind(last, r->arena);
  struct audit_ids more;
  if (str_compare(behind, r->least) > 0) fresh.least = behind;
  if (str_compare(behind, r->most) < 0) old.most = behind;
  bool ok = r->oldest_first ? audit_list_read(&old, key, value, out, err)
                            : stream_column(&fresh, key, value, out, err);
  if (!ok || out->cut) return ok;
  old.limit = fresh.limit = r->limit - out->count;
  ok = r->oldest_first ? stream_column(&fresh, key, value, &more, err)
                       : audit_list_read(&old, key, value, &more, err);
  if (ok) stream_go_on(r, out, &more);
  return ok;
}

bool audit_stream_by(const struct audit_reach *r, const struct audit_key *key, struct str value,
                     struct audit_ids *out, struct err *err) {
  const struct audit_seek seek = {.filters = {{.key = key, .values = &value, .count = 1}}, .count = 1};
  struct str last;
  if (key->index && audit_seek_is_for(r->store)) return audit_seek(r, &seek, out, err);
  if (!audit_list_last(r->store, key, r->arena, &last, err)) return false;
  return last.n && str_compare(last, r->least) >= 0 ? stream_listed(r, key, value, last, out, err)
                                                    : stream_column(r, key, value, out, err);
}

// ---- several as one

static int stream_up(const void *a, const void *b) {
  return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static int stream_down(const void *a, const void *b) {
  return stream_up(b, a);
}

// Does `a` come before `b` in the order of reading?
static bool stream_before(bool oldest_first, struct str a, struct str b) {
  int order = str_compare(a, b);
  return oldest_first ? order < 0 : order > 0;
}

void audit_stream_merge(const struct audit_reach *r, const struct audit_ids *parts, size_t count,
                        struct audit_ids *out) {
  size_t n = 0;
  *out = (struct audit_ids){0};
  for (size_t i = 0; i < count; i++) {
    n += parts[i].count;
    if (!parts[i].cut || (out->cut && !stream_before(r->oldest_first, parts[i].end, out->end))) continue;
    out->cut = true;
    out->end = parts[i].end;
  }
  out->ids = ARENA_ARRAY(r->arena, n + 1, struct str);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < parts[i].count; k++)
      if (!out->cut || !stream_before(r->oldest_first, out->end, parts[i].ids[k]))
        out->ids[out->count++] = parts[i].ids[k];
  qsort(out->ids, out->count, sizeof *out->ids, r->oldest_first ? stream_up : stream_down);
  n = out->count;
  out->count = 0;
  for (size_t i = 0; i < n; i++)
    if (!i || !str_eq(out->ids[i], out->ids[i - 1])) out->ids[out->count++] = out->ids[i];
}

void audit_stream_both(const struct audit_reach *r, struct audit_ids *ids, const struct audit_ids *also) {
  if (ids->cut || also->cut) {
    bool better = ids->cut && (!also->cut || stream_before(r->oldest_first, ids->end, also->end));
    if (better) *ids = *also;
    return;
  }
  size_t n = 0;
  for (size_t i = 0, k = 0; i < ids->count && k < also->count;) {
    if (str_eq(ids->ids[i], also->ids[k]))
      ids->ids[n++] = ids->ids[i++], k++;
    else if (stream_before(r->oldest_first, ids->ids[i], also->ids[k]))
      i++;
    else
      k++;
  }
  ids->count = n;
}

// ---- an editor's

#define STREAM_SERVERS                                                                                       \
  "SELECT id, used FROM (SELECT server.id AS id, (SELECT audit.id FROM audit WHERE audit.server_id = "       \
  "server.id AND audit.server_id <> '' AND audit.id >= $1 AND audit.id < $2 ORDER BY audit.id %s LIMIT 1) "  \
  "AS used FROM server WHERE "                                                                               \
  "owner = $3 AND owner <> '') AS servers WHERE used IS NOT NULL ORDER BY used %s LIMIT $4"

// Servers whose first row of these comes first. Those past the most have none before the first of the next one, so
// what is known ends there.
static bool stream_servers(const struct audit_reach *r, struct str editor, struct store_rows *rows,
                           struct audit_ids *rest, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->least), STORE_TEXT(r->most), STORE_TEXT(editor),
                                       STORE_INT(STREAM_SERVERS_MOST + 1)};
  struct str sql = arena_printf(r->arena, STREAM_SERVERS, audit_reach_order(r), audit_reach_order(r));
  *rest = (struct audit_ids){0};
  if (!store_query(r->store, sql.p, values, 4, r->arena, rows, err)) return false;
  if (rows->count <= STREAM_SERVERS_MOST) return true;
  rows->count = STREAM_SERVERS_MOST;
  *rest = (struct audit_ids){.ids = ARENA_NEW(r->arena, struct str), .count = 1, .cut = true};
  rest->end = rest->ids[0] = store_cell(rows, STREAM_SERVERS_MOST, 1)->text;
  return true;
}

// Where rows of the servers can be that are of use: from the first one of all to where what is known ends. So the database
// looks at few parts of the table.
static struct audit_reach stream_within(const struct audit_reach *r, const struct store_rows *servers,
                                        const struct audit_ids *rest) {
  struct audit_reach each = *r;
  each.limit = r->limit / STREAM_SHARE + 1;
  if (!servers->count) return each;
  struct str first = store_cell(servers, 0, 1)->text, end = rest->cut ? rest->end : STR_NONE;
  struct str least = r->oldest_first ? first : end, most = r->oldest_first ? end : first;
  if (least.n) each.least = least;
  if (most.n) each.most = audit_reach_behind(most, r->arena);
  return each;
}

// Of all of them by one statement: to a database on another machine each is a way there and back.
static const char *stream_each_sql(const struct audit_reach *r) {
  struct str servers = STR("(0, $4)");
  for (size_t i = 1; i < STREAM_SERVERS_MOST; i++)
    servers = arena_printf(r->arena, "%.*s, (%zu, $%zu)", STR_ARG(servers), i, i + 4);
  return arena_printf(r->arena,
                      "SELECT servers.n, found.id FROM (VALUES %.*s) AS servers (n, id) CROSS JOIN LATERAL "
                      "(SELECT id FROM audit WHERE server_id = servers.id AND server_id <> '' AND id >= $1 "
                      "AND id < $2 ORDER BY id %s LIMIT $3) AS found",
                      STR_ARG(servers), audit_reach_order(r))
      .p;
}

static bool stream_each_at_once(const struct audit_reach *r, const struct store_rows *servers,
                                struct audit_ids *parts, struct err *err) {
  struct store_value values[3 + STREAM_SERVERS_MOST] = {STORE_TEXT(r->least), STORE_TEXT(r->most),
                                                        STORE_INT((int64_t)r->limit)};
  struct store_rows rows;
  for (size_t i = 0; i < STREAM_SERVERS_MOST; i++)
    values[3 + i] = i < servers->count ? STORE_TEXT(store_cell(servers, i, 0)->text) : STORE_TEXT(STR(""));
  if (!store_query(r->store, stream_each_sql(r), values, 3 + STREAM_SERVERS_MOST, r->arena, &rows, err))
    return false;
  for (size_t i = 0; i < servers->count; i++)
    parts[i] = (struct audit_ids){.ids = ARENA_ARRAY(r->arena, r->limit + 1, struct str)};
  for (size_t i = 0; i < rows.count; i++) {
    struct audit_ids *part = &parts[store_cell(&rows, i, 0)->number];
    part->end = part->ids[part->count++] = store_cell(&rows, i, 1)->text;
    part->cut = part->count == r->limit;
  }
  return true;
}

static bool stream_each(const struct audit_reach *r, const struct store_rows *servers,
                        struct audit_ids *parts, struct err *err) {
  if (store_has_parts(r->store)) return stream_each_at_once(r, servers, parts, err);
  for (size_t i = 0; i < servers->count; i++)
    if (!audit_stream_by(r, &audit_keys[AUDIT_BY_SERVER], store_cell(servers, i, 0)->text, &parts[i], err))
      return false;
  return true;
}

bool audit_stream_of_editor(const struct audit_reach *r, struct str editor, struct audit_ids *out,
                            struct err *err) {
  const struct audit_key *actor = &audit_keys[AUDIT_BY_ACTOR];
  struct audit_ids parts[STREAM_SERVERS_MOST + 2];
  struct store_rows rows;
  if (!audit_stream_by(r, actor, editor, &parts[0], err) || !stream_servers(r, editor, &rows, &parts[1], err))
    return false;
  struct audit_reach each = stream_within(r, &rows, &parts[1]);
  if (!stream_each(&each, &rows, parts + 2, err)) return false;
  audit_stream_merge(r, parts, 2 + rows.count, out);
  return true;
}
