// SPDX-License-Identifier: Apache-2.0
// The audit, read: the ids first, by the filters that leave least to look at, then their rows, held to all others.
// So a page costs no more than some thousand ids and rows, whatever was asked and however many there are: where all of
// these did not fill it, it is given as it is, and says where the next goes on.
#include <stddef.h>
#include <stdio.h>

#include "audit/columns.h"
#include "audit/names.h"
#include "audit/seek.h"
#include "audit/span.h"
#include "audit/stream.h"
#include "audit/values.h"
#include "base/buf.h"

enum { QUERY_IDS_MOST = 2048, QUERY_CHUNK = 192, QUERY_CONDITIONS_MOST = 24, QUERY_SQL_MOST = 4096 };

static const size_t query_filters[AUDIT_FILTERS] = {
    [AUDIT_BY_ACTOR] = offsetof(struct audit_query, actor),
    [AUDIT_BY_CLIENT] = offsetof(struct audit_query, client),
    [AUDIT_BY_CLIENT_ID] = offsetof(struct audit_query, client_id),
    [AUDIT_BY_SIGN_IN] = offsetof(struct audit_query, sign_in),
    [AUDIT_BY_ADDRESS] = offsetof(struct audit_query, address),
    [AUDIT_BY_ACTION] = offsetof(struct audit_query, action),
    [AUDIT_BY_SERVER] = offsetof(struct audit_query, server_id),
    [AUDIT_BY_URL] = offsetof(struct audit_query, url),
    [AUDIT_BY_ACCOUNT] = offsetof(struct audit_query, account_id),
    [AUDIT_BY_TOOL] = offsetof(struct audit_query, tool),
    [AUDIT_BY_OUTCOME] = offsetof(struct audit_query, outcome),
};

static const struct query_name {
  enum audit_names_kind kind;
  const char *column;
  enum audit_filter by;
  size_t field;
} query_names[] = {
    {AUDIT_NAMES_ACTOR, "actor_name", AUDIT_BY_ACTOR, offsetof(struct audit_query, actor_name)},
    {AUDIT_NAMES_SERVER, "server_name", AUDIT_BY_SERVER, offsetof(struct audit_query, server)},
    {AUDIT_NAMES_ACCOUNT, "account_name", AUDIT_BY_ACCOUNT, offsetof(struct audit_query, account)},
};

enum { QUERY_NAMES = sizeof query_names / sizeof *query_names };

struct audit_look {
  const struct audit_query *asked;
  struct audit_reach reach;
  struct audit_ids best;
  bool has_best;
  bool
      whole; // no filter leaves fewer to look at: rows are asked for from the first id to the last, all at once
  bool at_once;   // filters are looked for together (audit/seek)
  struct buf sql; // of a chunk of rows
  struct store_value values[QUERY_CHUNK + QUERY_CONDITIONS_MOST];
  size_t ids, count; // values that say which rows; conditions
};

static const struct str *query_field(const struct audit_query *q, size_t field) {
  return (const struct str *)((const char *)q + field);
}

static struct str query_text(const struct audit_query *q, size_t field) {
  return *query_field(q, field);
}

// ---- what rows are held to

static void query_where(struct audit_look *w, const char *condition, struct store_value v) {
  if ((v.type == STORE_IS_TEXT && !v.text.n) || (v.type == STORE_IS_INT && !v.number)) return;
  w->values[w->ids + w->count++] = v;
  buf_printf(&w->sql, " AND %s $%zu", condition, w->ids + w->count);
}

static void query_seen_by(struct audit_look *w, struct str seer) {
  if (!seer.n) return;
  w->values[w->ids + w->count++] = STORE_TEXT(seer);
  size_t n = w->ids + w->count;
  buf_printf(
      &w->sql,
      " AND (actor = $%zu OR server_id IN (SELECT id FROM server WHERE owner = $%zu)) AND (account_id = '' "
      "OR account_id IN (SELECT account_id FROM account_permit WHERE holder = $%zu))",
      n, n, n);
}

static void query_prepare(struct audit_look *w) {
  const struct audit_query *q = w->asked;
  char condition[64];
  buf_printf(&w->sql, "SELECT " AUDIT_COLUMNS "%s FROM audit WHERE id %s",
             q->values ? ", argument_values" : "", w->whole ? ">= $1 AND id <= $2" : "IN (");
  w->ids = w->whole ? 2 : QUERY_CHUNK;
  for (size_t i = 1; !w->whole && i <= w->ids; i++) buf_printf(&w->sql, "$%zu%s", i, i < w->ids ? ", " : ")");
  query_where(w, "at >=", STORE_INT(q->since));
  query_where(w, "at <", STORE_INT(q->until));
  for (size_t i = 0; i < AUDIT_FILTERS; i++) {
    snprintf(condition, sizeof condition, "%s =", audit_keys[i].column);
    query_where(w, condition, STORE_TEXT(query_text(q, query_filters[i])));
  }
  for (size_t i = 0; i < QUERY_NAMES; i++) {
    snprintf(condition, sizeof condition, "%s =", query_names[i].column);
    query_where(w, condition, STORE_TEXT(query_text(q, query_names[i].field)));
  }
  query_seen_by(w, q->seer);
  buf_printf(&w->sql, " ORDER BY id %s", w->reach.oldest_first ? "ASC" : "DESC");
  if (w->whole) buf_printf(&w->sql, " LIMIT %zu", q->limit);
}

// ---- which ids

static void query_offer(struct audit_look *w, const struct audit_ids *ids) {
  if (w->has_best)
    audit_stream_both(&w->reach, &w->best, ids);
  else
    w->best = *ids;
  w->has_best = true;
}

static bool query_offer_filters(struct audit_look *w, struct err *err) {
  struct audit_ids ids;
  for (size_t i = 0; i < AUDIT_FILTERS; i++) {
    struct str value = query_text(w->asked, query_filters[i]);
    if (!value.n || str_is(value, audit_keys[i].except)) continue;
    if (!audit_stream_by(&w->reach, &audit_keys[i], value, &ids, err)) return false;
    query_offer(w, &ids);
  }
  return true;
}

static bool query_offer_names(struct audit_look *w, struct err *err) {
  struct str found[AUDIT_NAMES_IDS_MOST];
  struct audit_ids parts[AUDIT_NAMES_IDS_MOST], ids;
  size_t count;
  for (size_t i = 0; i < QUERY_NAMES; i++) {
    const struct query_name *n = &query_names[i];
    struct str name = query_text(w->asked, n->field);
    if (!name.n) continue;
    if (!audit_names_find(w->reach.store, n->kind, name, w->reach.arena, found, &count, err)) return false;
    for (size_t k = 0; k < count; k++)
      if (!audit_stream_by(&w->reach, &audit_keys[n->by], found[k], &parts[k], err)) return false;
    audit_stream_merge(&w->reach, parts, count, &ids);
    query_offer(w, &ids);
  }
  return true;
}

// All filters and names at once, and the times. `none`: nothing has a name that is asked for.
static bool query_sought(const struct audit_look *w, struct audit_seek *seek, bool *none, struct err *err) {
  *seek = (struct audit_seek){.since = w->asked->since, .until = w->asked->until};
  *none = false;
  for (size_t i = 0; i < AUDIT_FILTERS; i++) {
    const struct str *value = query_field(w->asked, query_filters[i]);
    if (value->n) seek->filters[seek->count++] = (struct audit_sought){&audit_keys[i], value, 1, NULL, {0}};
  }
  for (size_t i = 0; i < QUERY_NAMES; i++) {
    const struct query_name *n = &query_names[i];
    struct str name = query_text(w->asked, n->field),
               *found = ARENA_ARRAY(w->reach.arena, AUDIT_NAMES_IDS_MOST, struct str);
    size_t count;
    if (!name.n) continue;
    if (!audit_names_find(w->reach.store, n->kind, name, w->reach.arena, found, &count, err)) return false;
    *none |= !count;
    seek->filters[seek->count++] = (struct audit_sought){&audit_keys[n->by], found, count, n->column, name};
  }
  return true;
}

static bool query_offer_sought(struct audit_look *w, struct err *err) {
  struct audit_seek seek;
  struct audit_ids ids = {0};
  bool none;
  if (!query_sought(w, &seek, &none, err) || (!none && !audit_seek(&w->reach, &seek, &ids, err)))
    return false;
  query_offer(w, &ids);
  return true;
}

static bool query_choose(struct audit_look *w, struct err *err) {
  struct audit_ids ids;
  if (!(w->at_once ? query_offer_sought(w, err) : query_offer_filters(w, err) && query_offer_names(w, err)))
    return false;
  if (w->asked->seer.n && (!w->has_best || w->best.cut)) {
    struct audit_reach each = w->reach; // there may be many streams
    each.limit = w->asked->limit + QUERY_CHUNK;
    if (!audit_stream_of_editor(&each, w->asked->seer, &ids, err)) return false;
    query_offer(w, &ids);
  }
  return w->has_best || audit_stream_all(&w->reach, &w->best, err);
}

// Filters that have streams.
static size_t query_streams(const struct audit_query *q) {
  size_t streams = 0;
  for (size_t i = 0; i < AUDIT_FILTERS; i++) {
    struct str value = query_text(q, query_filters[i]);
    streams += value.n && !str_is(value, audit_keys[i].except);
  }
  return streams;
}

static size_t query_names_asked(const struct audit_query *q) {
  size_t names = 0;
  for (size_t i = 0; i < QUERY_NAMES; i++) names += query_text(q, query_names[i].field).n > 0;
  return names;
}

static bool query_is_whole(const struct audit_query *q) {
  return !query_names_asked(q) && !q->seer.n && !query_streams(q);
}

static bool query_is_at_once(const struct store *s, const struct audit_query *q) {
  return audit_seek_is_for(s) && (query_names_asked(q) || query_streams(q));
}

// Is each id that a stream gives a row of the page?
static bool query_is_exact(const struct audit_look *w) {
  size_t streams = query_streams(w->asked);
  if (w->at_once) return !w->asked->seer.n;
  return w->count == streams && streams <= 1;
}

// From the time, and from where the page before ended. `empty`: nothing is of these times.
static bool query_reach(struct audit_look *w, bool *empty, struct err *err) {
  const struct audit_query *q = w->asked;
  struct audit_bounds bounds;
  if (!audit_span_bounds(w->reach.store, q->since, q->until, w->reach.arena, &bounds, err)) return false;
  w->reach.least = bounds.least;
  w->reach.most = bounds.most;
  if (q->before_id.n && str_compare(q->before_id, w->reach.most) < 0) w->reach.most = q->before_id;
  if (q->after_id.n && str_compare(q->after_id, w->reach.least) >= 0)
    w->reach.least = audit_reach_behind(q->after_id, w->reach.arena);
  *empty = bounds.empty;
  return true;
}

// ---- their rows

static void query_take(struct audit_look *w, const struct store_rows *rows, struct audit_page *out) {
  for (size_t i = 0; i < rows->count && out->count < w->asked->limit; i++) {
    struct audit_entry *e = &out->entries[out->count++];
    audit_entry_read(rows, i, e);
    if (w->asked->values)
      e->row.values = audit_values_open(w->reach.store, &e->row, e->id,
                                        store_cell(rows, i, AUDIT_CELLS)->text, w->reach.arena);
  }
}

// Which rows the next statement gives, of those from `at` on; how many ids that are.
static size_t query_aim(struct audit_look *w, size_t at) {
  const struct audit_ids *best = &w->best;
  for (size_t i = 0; i < w->ids; i++)
    w->values[i] = STORE_TEXT(at + i < best->count ? best->ids[at + i] : STR(""));
  if (!w->whole) return w->ids;
  struct str first = best->ids[0], last = best->ids[best->count - 1];
  w->values[0] = STORE_TEXT(w->reach.oldest_first ? first : last);
  w->values[1] = STORE_TEXT(w->reach.oldest_first ? last : first);
  return best->count;
}

static bool query_rows(struct audit_look *w, struct audit_page *out, struct err *err) {
  const char *sql = arena_z(w->reach.arena, buf_str(&w->sql));
  for (size_t at = 0; at < w->best.count && out->count < w->asked->limit;) {
    struct store_rows rows;
    at += query_aim(w, at);
    if (!store_query(w->reach.store, sql, w->values, w->ids + w->count, w->reach.arena, &rows, err))
      return false;
    query_take(w, &rows, out);
  }
  if (out->count == w->asked->limit) // it may be the last one; the next is then empty
    out->next = out->entries[out->count - 1].id;
  else if (w->best.cut)
    out->next = w->best.end;
  return true;
}

bool audit_read(struct store *s, const struct audit_query *q, struct arena *a, struct audit_page *out,
                struct err *err) {
  if (q->limit < 1 || q->limit > AUDIT_PAGE_MOST)
    return err_at(err, ERR_INVALID, "limit", "must be 1 to %d", AUDIT_PAGE_MOST);
  struct audit_look w = {.asked = q,
                         .whole = query_is_whole(q),
                         .at_once = query_is_at_once(s, q),
                         .reach = {.store = s, .arena = a, .oldest_first = q->oldest_first},
                         .sql = BUF_MAX(QUERY_SQL_MOST)};
  bool empty;
  *out = (struct audit_page){.entries = ARENA_ARRAY(a, q->limit, struct audit_entry)};
  query_prepare(&w);
  // What is asked by time may begin behind all other rows of a span.
  size_t most = !w.at_once && (q->since || q->until) ? QUERY_IDS_MOST + AUDIT_SPAN_ROWS : QUERY_IDS_MOST;
  w.reach.limit = query_is_exact(&w) ? q->limit : most;
  bool ok = query_reach(&w, &empty, err) && (empty || (query_choose(&w, err) && query_rows(&w, out, err)));
  buf_free(&w.sql);
  return ok;
}

// ---- names

bool audit_has_url(struct store *s, struct str url, bool *out, struct err *err) {
  struct audit_reach all = {.store = s, .arena = arena_new(), .least = STR(""), .most = STR("~"), .limit = 1};
  struct audit_ids ids;
  bool ok = audit_stream_by(&all, &audit_keys[AUDIT_BY_URL], url, &ids, err);
  *out = ok && ids.count > 0;
  arena_free(all.arena);
  return ok;
}

bool audit_has_name(struct store *s, const struct audit_query *q, const char **unknown, struct err *err) {
  struct arena *a = arena_new();
  struct str ids[AUDIT_NAMES_IDS_MOST];
  bool ok = true;
  *unknown = NULL;
  for (size_t i = 0; ok && !*unknown && i < QUERY_NAMES; i++) {
    struct str name = query_text(q, query_names[i].field);
    size_t count = 1;
    ok = !name.n || audit_names_find(s, query_names[i].kind, name, a, ids, &count, err);
    if (ok && !count) *unknown = query_names[i].column;
  }
  arena_free(a);
  return ok;
}
