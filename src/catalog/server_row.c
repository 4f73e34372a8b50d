// SPDX-License-Identifier: Apache-2.0
#include "catalog/server_row.h"

#include "account/sealed.h"
#include "base/codec.h"
#include "base/log.h"
#include "data/json.h"
#include "store/changelog.h"

// The column require_api_token repeats what config says; only config is read.
#define SERVER_COLUMNS                                                                                       \
  "id, name, share, config, require_api_token, token_hash, created_at, updated_at, expires_at, "             \
  "version, stamp, url_created_at, url_used_at, owner, admission"
#define SERVER_PLACES "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15"

static struct str *server_row_copy_list(const struct str *from, size_t count, struct arena *a) {
  struct str *to = ARENA_ARRAY(a, count + 1, struct str);
  for (size_t i = 0; i < count; i++) to[i] = arena_dup(a, from[i]);
  return to;
}

void server_row_copy(const struct server *from, struct arena *a, struct server *out) {
  struct server v = *from;
  v.id = arena_dup(a, from->id);
  v.name = arena_dup(a, from->name);
  v.owner = arena_dup(a, from->owner);
  v.members = ARENA_ARRAY(a, from->member_count + 1, struct server_member);
  for (size_t i = 0; i < from->member_count; i++)
    v.members[i] = (struct server_member){arena_dup(a, from->members[i].account_id),
                                          arena_dup(a, from->members[i].alias), from->members[i].names};
  v.urls = url_row_copy(&from->urls, a);
  v.admission = admission_copy(&from->admission, a);
  v.config = arena_dup(a, from->config);
  v.filter.tags = server_row_copy_list(from->filter.tags, from->filter.tag_count, a);
  v.filter.tools = server_row_copy_list(from->filter.tools, from->filter.tool_count, a);
  v.filter.owns = server_row_copy_list(from->filter.owns, from->filter.own_count, a);
  v.filter.fences = fence_copy(&from->filter.fences, a);
  *out = v;
}

// ---- what a row and its accounts say, where that is what we wrote

// The column token_hash: the first URL's, or that it was revoked, which no token has as its hash.
static struct str server_row_hash(const struct server *v, struct arena *a) {
  const struct server_url *first = url_row_find(&v->urls, STR(URL_ROW_FIRST));
  char hash[TOKEN_HASH_HEX];
  if (!first) return arena_printf(a, "revoked %.*s", STR_ARG(v->id));
  codec_hex(first->hash, sizeof first->hash, hash);
  return arena_dup(a, str_of(hash));
}

// The owner, an id, stands behind the config, and the admission behind that; both are JSON objects: no two give one text, and
// without owner or admission it is what it was before servers had them.
static struct sealed_at server_row_place(const struct server *v, struct arena *a) {
  return (struct sealed_at){STAMPED_SERVER,
                            v->id,
                            {v->name, sealed_number(a, v->share),
                             ARENA_JOIN(a, v->config, v->owner, admission_write(&v->admission, a)),
                             sealed_number(a, v->filter.require_api_token), server_row_hash(v, a),
                             sealed_number(a, v->expires_at)}};
}

static struct sealed_at server_row_member_place(struct str id, const struct server_member *m, size_t place,
                                                struct arena *a) {
  return (struct sealed_at){STAMPED_MEMBER,
                            arena_printf(a, "%.*s/%.*s", STR_ARG(id), STR_ARG(m->account_id)),
                            {m->alias, sealed_number(a, m->names), sealed_number(a, (int64_t)place)}};
}

// ---- writing

static struct server_url server_row_first(const struct server *v) {
  const struct server_url *first = url_row_find(&v->urls, STR(URL_ROW_FIRST));
  return first ? *first : (struct server_url){0};
}

// In the order of SERVER_COLUMNS, and behind them the version that an update replaces.
enum { SERVER_ROW_VALUES = 15 };

static void server_row_values(const struct server *v, struct str stamp, struct arena *a,
                              struct store_value out[SERVER_ROW_VALUES + 1]) {
  struct server_url first = server_row_first(v);
  const struct store_value values[SERVER_ROW_VALUES + 1] = {
      STORE_TEXT(v->id),
      STORE_TEXT(v->name),
      STORE_INT(v->share),
      STORE_TEXT(v->config),
      STORE_INT(v->filter.require_api_token),
      STORE_TEXT(server_row_hash(v, a)),
      STORE_INT(v->created_at),
      STORE_INT(v->updated_at),
      STORE_INT(v->expires_at),
      STORE_INT(v->version),
      STORE_TEXT(stamp),
      STORE_INT(first.created_at),
      STORE_INT(first.used_at),
      STORE_TEXT(v->owner),
      STORE_TEXT(admission_write(&v->admission, a)),
      STORE_INT(v->version - 1),
  };
  memcpy(out, values, sizeof values);
}

static bool server_row_insert_row(struct store *s, const struct server *v, struct str stamp, struct arena *a,
                                  struct err *err) {
  struct store_value values[SERVER_ROW_VALUES + 1];
  server_row_values(v, stamp, a, values);
  return store_run(s, "INSERT INTO server (" SERVER_COLUMNS ") VALUES (" SERVER_PLACES ")", values,
                   SERVER_ROW_VALUES, NULL, err);
}

static bool server_row_insert_members(struct store *s, const struct server *v, struct arena *a,
                                      struct err *err) {
  for (size_t i = 0; i < v->member_count; i++) {
    const struct server_member *m = &v->members[i];
    struct sealed_at at = server_row_member_place(v->id, m, i, a);
    struct str stamp;
    if (!sealed_stamp(s, &at, a, &stamp, err)) return false;
    const struct store_value values[] = {STORE_TEXT(v->id),   STORE_TEXT(m->account_id), STORE_TEXT(m->alias),
                                         STORE_INT(m->names), STORE_INT((int64_t)i),     STORE_TEXT(stamp)};
    if (store_run(s,
                  "INSERT INTO server_account (server_id, account_id, alias, names, place, stamp) "
                  "VALUES ($1, $2, $3, $4, $5, $6)",
                  values, 6, NULL, err))
      continue;
    // Ids are random, accounts and aliases checked: what conflicts is an account that was deleted meanwhile.
    return err->code == ERR_CONFLICT
               ? err_set(err, ERR_MISSING, "there is no account '%.*s'", STR_ARG(m->account_id))
               : false;
  }
  return true;
}

static bool server_row_insert_body(struct store *s, void *arg, struct err *err) {
  const struct server *v = arg;
  struct arena *a = arena_new();
  struct sealed_at at = server_row_place(v, a);
  struct str stamp;
  bool ok = sealed_stamp(s, &at, a, &stamp, err) && server_row_insert_row(s, v, stamp, a, err) &&
            server_row_insert_members(s, v, a, err) && url_row_insert_all(s, v->id, &v->urls, a, err) &&
            admission_claim(s, &v->admission, v->id, err) && changelog_note(s, CHANGELOG_SERVER, v->id, err);
  arena_free(a);
  return ok;
}

bool server_row_insert(struct store *s, const struct server *v, struct err *err) {
  struct server copy = *v;
  return store_transact(s, server_row_insert_body, &copy, err);
}

static bool server_row_missing(struct str id, struct err *err) {
  return err_set(err, ERR_MISSING, "there is no server '%.*s'", STR_MOST(id, 64));
}

static bool server_row_update_row(struct store *s, const struct server *v, struct str stamp, struct arena *a,
                                  struct err *err) {
  struct store_value values[SERVER_ROW_VALUES + 1];
  int64_t changed = 0;
  server_row_values(v, stamp, a, values);
  if (!store_run(
          s, "UPDATE server SET (" SERVER_COLUMNS ") = (" SERVER_PLACES ") WHERE id = $1 AND version = $16",
          values, SERVER_ROW_VALUES + 1, &changed, err))
    return false;
  return changed || store_outdated("the server", err);
}

static bool server_row_update_body(struct store *s, void *arg, struct err *err) {
  const struct server *v = arg;
  struct arena *a = arena_new();
  struct sealed_at at = server_row_place(v, a);
  struct str stamp;
  bool ok =
      sealed_stamp(s, &at, a, &stamp, err) && server_row_update_row(s, v, stamp, a, err) &&
      store_run(s, "DELETE FROM server_account WHERE server_id = $1", &STORE_TEXT(v->id), 1, NULL, err) &&
      server_row_insert_members(s, v, a, err) && url_row_delete_all(s, v->id, err) &&
      url_row_insert_all(s, v->id, &v->urls, a, err) && admission_claim(s, &v->admission, v->id, err) &&
      changelog_note(s, CHANGELOG_SERVER, v->id, err);
  arena_free(a);
  return ok;
}

bool server_row_update(struct store *s, const struct server *v, struct err *err) {
  struct server copy = *v;
  return store_transact(s, server_row_update_body, &copy, err);
}

bool server_row_delete(struct store *s, struct str id, struct err *err) {
  int64_t changed = 0;
  struct changelog_change gone = {CHANGELOG_SERVER, id, "DELETE FROM server WHERE id = $1", &STORE_TEXT(id),
                                  1};
  if (!changelog_run(s, &gone, &changed, err)) return false;
  return changed || server_row_missing(id, err);
}

// ---- reading

static bool server_row_read_first(const struct store_rows *rows, size_t i, struct arena *a, struct server *v,
                                  struct err *err) {
  struct str hash = store_cell(rows, i, 5)->text;
  struct server_url *first = ARENA_NEW(a, struct server_url);
  *first = (struct server_url){.name = STR(URL_ROW_FIRST),
                               .created_at = store_cell(rows, i, 11)->number,
                               .used_at = store_cell(rows, i, 12)->number};
  if (str_eq(hash, server_row_hash(v, a))) return true; // revoked
  if (!codec_unhex(hash, first->hash, sizeof first->hash))
    return err_set(err, ERR_INTERNAL, "its token hash is damaged");
  v->urls = (struct server_urls){first, 1};
  return true;
}

static bool server_row_read_admission(struct str text, struct arena *a, struct admission *out,
                                      struct err *err) {
  yyjson_doc *doc;
  if (!text.n) return true;
  if (!json_read(text, &JSON_LIMITS, &doc, err)) return false;
  bool ok = admission_read(yyjson_doc_get_root(doc), a, out, err);
  yyjson_doc_free(doc);
  return ok;
}

static bool server_row_read(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                            struct server *out, struct err *err) {
  struct server v = {.id = store_cell(rows, i, 0)->text,
                     .name = store_cell(rows, i, 1)->text,
                     .share = store_cell(rows, i, 2)->number != 0,
                     .config = store_cell(rows, i, 3)->text,
                     .created_at = store_cell(rows, i, 6)->number,
                     .updated_at = store_cell(rows, i, 7)->number,
                     .expires_at = store_cell(rows, i, 8)->number,
                     .version = store_cell(rows, i, 9)->number,
                     .owner = store_cell(rows, i, 13)->text};
  if (!server_row_read_first(rows, i, a, &v, err) ||
      !server_row_read_admission(store_cell(rows, i, 14)->text, a, &v.admission, err))
    return false;
  yyjson_doc *config;
  if (!json_read(v.config, &JSON_LIMITS, &config, err)) return false;
  bool ok = policy_filter_read(yyjson_doc_get_root(config), NULL, a, &v.filter, err);
  yyjson_doc_free(config);
  struct sealed_at at = server_row_place(&v, a);
  at.bound[3] = sealed_number(a, store_cell(rows, i, 4)->number); // as it stands there
  ok = ok && sealed_is_ours(s, &at, store_cell(rows, i, 10)->text, err);
  if (ok) *out = v;
  return ok;
}

static bool server_row_has_member(struct store *s, const struct store_rows *rows, size_t row, struct arena *a,
                                  struct server_member *out) {
  struct str id = store_cell(rows, row, 0)->text;
  struct err why;
  *out = (struct server_member){store_cell(rows, row, 1)->text, store_cell(rows, row, 2)->text,
                                (enum server_names)store_cell(rows, row, 3)->number};
  struct sealed_at at = server_row_member_place(id, out, (size_t)store_cell(rows, row, 5)->number, a);
  if (sealed_is_ours(s, &at, store_cell(rows, row, 4)->text, &why)) return true;
  log_warn("account %.*s is left out of server %.*s: %s", STR_ARG(out->account_id), STR_ARG(id), why.text);
  return false;
}

// Both lists are by server id.
static void server_row_join(struct store *s, struct server *all, size_t count, const struct store_rows *rows,
                            struct arena *a) {
  size_t row = 0;
  for (size_t i = 0; i < count; i++) {
    struct server *v = &all[i];
    while (row < rows->count && str_compare(store_cell(rows, row, 0)->text, v->id) < 0) row++;
    size_t end = row;
    while (end < rows->count && str_eq(store_cell(rows, end, 0)->text, v->id)) end++;
    v->members = ARENA_ARRAY(a, end - row + 1, struct server_member);
    for (; row < end; row++)
      v->member_count += server_row_has_member(s, rows, row, a, &v->members[v->member_count]);
  }
}

// Which rows: from behind `after`, as many as `most`; or the one of `id`.
struct server_range {
  struct str id, after;
  int64_t most;
};

static bool server_row_query(struct store *s, const struct server_range *r, struct arena *a,
                             struct store_rows *out, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->after), STORE_INT(r->most)};
  return r->id.n ? store_query(s, "SELECT " SERVER_COLUMNS " FROM server WHERE id = $1", &STORE_TEXT(r->id),
                               1, a, out, err)
                 : store_query(s, "SELECT " SERVER_COLUMNS " FROM server WHERE id > $1 ORDER BY id LIMIT $2",
                               values, 2, a, out, err);
}

// Of those servers: ids of an open beginning and a closed end.
static bool server_row_query_members(struct store *s, const struct store_value ends[2], struct arena *a,
                                     struct store_rows *out, struct err *err) {
  return store_query(s,
                     "SELECT server_id, account_id, alias, names, stamp, place FROM server_account "
                     "WHERE server_id > $1 AND server_id <= $2 ORDER BY server_id, place",
                     ends, 2, a, out, err);
}

static bool server_row_read_range(struct store *s, const struct server_range *r, struct arena *a,
                                  struct server_page *out, struct err *err) {
  struct store_rows rows, members, urls;
  *out = (struct server_page){0};
  if (!server_row_query(s, r, a, &rows, err)) return false;
  out->full = !r->id.n && (int64_t)rows.count == r->most;
  if (!rows.count) return true;
  out->last = store_cell(&rows, rows.count - 1, 0)->text;
  // Of one: from before it, as no id is but the beginning of another.
  struct str before = r->id.n ? str_make(r->id.p, r->id.n - 1) : r->after;
  const struct store_value ends[] = {STORE_TEXT(before), STORE_TEXT(out->last)};
  if (!server_row_query_members(s, ends, a, &members, err) || !url_row_query(s, ends, a, &urls, err))
    return false;
  out->items = ARENA_ARRAY(a, rows.count + 1, struct server);
  for (size_t i = 0; i < rows.count; i++) {
    struct err why = {0};
    if (server_row_read(s, &rows, i, a, &out->items[out->count], &why)) out->count++;
    // A row that cannot be read lets nobody in, and must not close the other servers.
    else
      log_warn("server %.*s is left out: %s", STR_ARG(store_cell(&rows, i, 0)->text), why.text);
  }
  server_row_join(s, out->items, out->count, &members, a);
  for (size_t i = 0, at = 0; i < out->count; i++)
    url_row_join(s, out->items[i].id, &urls, &at, a, &out->items[i].urls);
  return true;
}

bool server_row_load_page(struct store *s, struct str after, struct arena *a, struct server_page *out,
                          struct err *err) {
  return server_row_read_range(s, &(struct server_range){.after = after, .most = SERVER_ROW_PAGE}, a, out,
                               err);
}

bool server_row_load_all(struct store *s, struct arena *a, struct server **out, size_t *count,
                         struct err *err) {
  struct server_page page;
  if (!server_row_read_range(s, &(struct server_range){.after = STR(""), .most = INT64_MAX}, a, &page, err))
    return false;
  *out = page.items;
  *count = page.count;
  return true;
}

bool server_row_load(struct store *s, struct str id, struct arena *a, struct server **out, struct err *err) {
  struct server_page page;
  if (!server_row_read_range(s, &(struct server_range){.id = id}, a, &page, err)) return false;
  *out = page.count ? page.items : NULL;
  return true;
}

struct server_purge {
  int64_t now_ms;
  struct arena *arena;
  struct store_rows *gone;
};

static bool server_row_purge_body(struct store *s, void *arg, struct err *err) {
  const struct server_purge *p = arg;
  bool ok = store_take_expired(s, "server", p->now_ms, p->arena, p->gone, err);
  for (size_t i = 0; ok && i < p->gone->count; i++)
    ok = changelog_note(s, CHANGELOG_SERVER, store_cell(p->gone, i, 0)->text, err);
  return ok;
}

bool server_row_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                      struct err *err) {
  struct server_purge p = {now_ms, a, gone};
  return store_transact(s, server_row_purge_body, &p, err);
}
