// SPDX-License-Identifier: Apache-2.0
#include "tool/server.h"

#include "base/codec.h"
#include "base/log.h"
#include "data/json.h"

// What require_api_token says stands in config too, which is what is read.
#define SERVER_COLUMNS                                                                                       \
  "id, name, account_id, config, require_api_token, token_hash, created_at, updated_at, expires_at, version"

static struct str *server_copy_list(const struct str *from, size_t count, struct arena *a) {
  struct str *to = ARENA_ARRAY(a, count + 1, struct str);
  for (size_t i = 0; i < count; i++) to[i] = arena_dup(a, from[i]);
  return to;
}

void server_copy(const struct server *from, struct arena *a, struct server *out) {
  struct server v = *from;
  v.id = arena_dup(a, from->id);
  v.name = arena_dup(a, from->name);
  v.account_id = arena_dup(a, from->account_id);
  v.config = arena_dup(a, from->config);
  v.filter.tags = server_copy_list(from->filter.tags, from->filter.tag_count, a);
  v.filter.tools = server_copy_list(from->filter.tools, from->filter.tool_count, a);
  *out = v;
}

bool server_insert(struct store *s, const struct server *v, struct err *err) {
  char hash[TOKEN_HASH_HEX];
  codec_hex(v->token_hash, sizeof v->token_hash, hash);
  const struct store_value values[] = {
      STORE_TEXT(v->id),
      STORE_TEXT(v->name),
      STORE_TEXT(v->account_id),
      STORE_TEXT(v->config),
      STORE_INT(v->filter.require_api_token),
      STORE_TEXT(str_of(hash)),
      STORE_INT(v->created_at),
      STORE_INT(v->updated_at),
      STORE_INT(v->expires_at),
      STORE_INT(v->version),
  };
  if (store_run(s, "INSERT INTO server (" SERVER_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                values, sizeof values / sizeof *values, NULL, err))
    return true;
  // Ids and tokens are random: what conflicts is an account that was deleted meanwhile.
  return err->code == ERR_CONFLICT
             ? err_set(err, ERR_MISSING, "there is no account '%.*s'", STR_ARG(v->account_id))
             : false;
}

static bool server_missing(struct str id, struct err *err) {
  return err_set(err, ERR_MISSING, "there is no server '%.*s'", (int)(id.n < 64 ? id.n : 64), id.p);
}

bool server_update(struct store *s, const struct server *v, struct err *err) {
  char hash[TOKEN_HASH_HEX];
  codec_hex(v->token_hash, sizeof v->token_hash, hash);
  const struct store_value values[] = {
      STORE_TEXT(v->name),      STORE_TEXT(v->config),    STORE_INT(v->filter.require_api_token),
      STORE_TEXT(str_of(hash)), STORE_INT(v->updated_at), STORE_INT(v->expires_at),
      STORE_INT(v->version),    STORE_TEXT(v->id),        STORE_INT(v->version - 1),
  };
  int64_t changed = 0;
  if (!store_run(s,
                 "UPDATE server SET name = $1, config = $2, require_api_token = $3, token_hash = $4, "
                 "updated_at = $5, "
                 "expires_at = $6, version = $7 WHERE id = $8 AND version = $9",
                 values, sizeof values / sizeof *values, &changed, err))
    return false;
  if (changed) return true;
  err_set(err, ERR_CONFLICT, "the server was changed or deleted in the meantime");
  err_hint(err, "read it again, then retry");
  return false;
}

bool server_delete(struct store *s, struct str id, struct err *err) {
  int64_t changed = 0;
  if (!store_run(s, "DELETE FROM server WHERE id = $1", &STORE_TEXT(id), 1, &changed, err)) return false;
  return changed || server_missing(id, err);
}

static bool server_read(const struct store_rows *rows, size_t i, struct arena *a, struct server *out,
                        struct err *err) {
  struct server v = {.id = store_cell(rows, i, 0)->text,
                     .name = store_cell(rows, i, 1)->text,
                     .account_id = store_cell(rows, i, 2)->text,
                     .config = store_cell(rows, i, 3)->text,
                     .created_at = store_cell(rows, i, 6)->number,
                     .updated_at = store_cell(rows, i, 7)->number,
                     .expires_at = store_cell(rows, i, 8)->number,
                     .version = store_cell(rows, i, 9)->number};
  if (!codec_unhex(store_cell(rows, i, 5)->text, v.token_hash, sizeof v.token_hash))
    return err_set(err, ERR_INTERNAL, "its token hash is damaged");
  yyjson_doc *config;
  if (!json_read(v.config, &JSON_LIMITS, &config, err)) return false;
  bool ok = policy_filter_read(yyjson_doc_get_root(config), NULL, a, &v.filter, err);
  yyjson_doc_free(config);
  if (ok) *out = v;
  return ok;
}

bool server_load_all(struct store *s, struct arena *a, struct server **out, size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " SERVER_COLUMNS " FROM server ORDER BY id", NULL, 0, a, &rows, err))
    return false;
  struct server *all = ARENA_ARRAY(a, rows.count + 1, struct server);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct err why = {0};
    if (server_read(&rows, i, a, &all[n], &why)) n++;
    // A row that cannot be read lets nobody in, and must not close the other servers.
    else
      log_warn("server %.*s is left out: %s", STR_ARG(store_cell(&rows, i, 0)->text), why.text);
  }
  *out = all;
  *count = n;
  return true;
}

bool server_purge(struct store *s, int64_t now_ms, size_t *count, struct err *err) {
  int64_t changed = 0;
  if (!store_run(s, "DELETE FROM server WHERE expires_at > 0 AND expires_at <= $1", &STORE_INT(now_ms), 1,
                 &changed, err))
    return false;
  *count = (size_t)changed;
  return true;
}
