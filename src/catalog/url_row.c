// SPDX-License-Identifier: Apache-2.0
#include "catalog/url_row.h"

#include <string.h>

#include "account/sealed.h"
#include "base/codec.h"
#include "base/log.h"

struct server_urls url_row_copy(const struct server_urls *from, struct arena *a) {
  struct server_urls to = {ARENA_ARRAY(a, from->count + 1, struct server_url), from->count};
  for (size_t i = 0; i < from->count; i++) {
    to.items[i] = from->items[i];
    to.items[i].name = arena_dup(a, from->items[i].name);
  }
  return to;
}

const struct server_url *url_row_find(const struct server_urls *urls, struct str name) {
  for (size_t i = 0; i < urls->count; i++)
    if (str_eq(urls->items[i].name, name)) return &urls->items[i];
  return NULL;
}

struct server_urls url_row_without(const struct server_urls *urls, struct str name, struct arena *a) {
  struct server_urls to = {ARENA_ARRAY(a, urls->count + 1, struct server_url), 0};
  for (size_t i = 0; i < urls->count; i++)
    if (!str_eq(urls->items[i].name, name)) to.items[to.count++] = urls->items[i];
  return to;
}

// Does `a` stand before `b`?
static bool url_row_before(struct str a, struct str b) {
  bool first = str_is(b, URL_ROW_FIRST);
  return !first && (str_is(a, URL_ROW_FIRST) || str_compare(a, b) < 0);
}

struct server_urls url_row_with(const struct server_urls *urls, const struct server_url *url,
                                struct arena *a) {
  struct server_urls to = url_row_without(urls, url->name, a);
  size_t at = to.count++; // there is room for one more
  for (; at > 0 && url_row_before(url->name, to.items[at - 1].name); at--) to.items[at] = to.items[at - 1];
  to.items[at] = *url;
  return to;
}

// ---- rows

static struct sealed_at url_row_place(struct str server_id, struct str name, struct str hash,
                                      struct arena *a) {
  return (struct sealed_at){
      STAMPED_URL, arena_printf(a, "%.*s/%.*s", STR_ARG(server_id), STR_ARG(name)), {hash}};
}

static bool url_row_insert(struct store *s, struct str server_id, const struct server_url *url,
                           struct arena *a, struct err *err) {
  char hash[TOKEN_HASH_HEX];
  codec_hex(url->hash, sizeof url->hash, hash);
  struct sealed_at at = url_row_place(server_id, url->name, str_of(hash), a);
  struct str stamp;
  if (!sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(server_id),    STORE_TEXT(url->name),
                                       STORE_TEXT(str_of(hash)), STORE_INT(url->created_at),
                                       STORE_INT(url->used_at),  STORE_TEXT(stamp)};
  return store_run(s,
                   "INSERT INTO server_url (server_id, name, token_hash, created_at, used_at, stamp) "
                   "VALUES ($1, $2, $3, $4, $5, $6)",
                   values, sizeof values / sizeof *values, NULL, err);
}

bool url_row_insert_all(struct store *s, struct str server_id, const struct server_urls *urls,
                        struct arena *a, struct err *err) {
  for (size_t i = 0; i < urls->count; i++)
    if (!str_is(urls->items[i].name, URL_ROW_FIRST) && !url_row_insert(s, server_id, &urls->items[i], a, err))
      return false;
  return true;
}

bool url_row_delete_all(struct store *s, struct str server_id, struct err *err) {
  return store_run(s, "DELETE FROM server_url WHERE server_id = $1", &STORE_TEXT(server_id), 1, NULL, err);
}

bool url_row_query(struct store *s, const struct store_value ends[2], struct arena *a, struct store_rows *out,
                   struct err *err) {
  return store_query(s,
                     "SELECT server_id, name, token_hash, created_at, used_at, stamp FROM server_url "
                     "WHERE server_id > $1 AND server_id <= $2 ORDER BY server_id, name",
                     ends, 2, a, out, err);
}

static bool url_row_read(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                         struct server_url *out) {
  struct str server_id = store_cell(rows, i, 0)->text, hash = store_cell(rows, i, 2)->text;
  struct server_url url = {.name = store_cell(rows, i, 1)->text,
                           .created_at = store_cell(rows, i, 3)->number,
                           .used_at = store_cell(rows, i, 4)->number};
  struct sealed_at at = url_row_place(server_id, url.name, hash, a);
  struct err why;
  bool ok = codec_unhex(hash, url.hash, sizeof url.hash)
                ? sealed_is_ours(s, &at, store_cell(rows, i, 5)->text, &why)
                : err_set(&why, ERR_INTERNAL, "its token hash is damaged");
  if (ok)
    *out = url;
  else
    log_warn("the URL '%.*s' of server %.*s is left out: %s", STR_MOST(url.name, 64), STR_ARG(server_id),
             why.text);
  return ok;
}

void url_row_join(struct store *s, struct str server_id, const struct store_rows *rows, size_t *at,
                  struct arena *a, struct server_urls *urls) {
  while (*at < rows->count && str_compare(store_cell(rows, *at, 0)->text, server_id) < 0) ++*at;
  size_t end = *at;
  while (end < rows->count && str_eq(store_cell(rows, end, 0)->text, server_id)) end++;
  struct server_url *items = ARENA_ARRAY(a, urls->count + end - *at + 1, struct server_url);
  if (urls->count) memcpy(items, urls->items, urls->count * sizeof *items);
  urls->items = items;
  for (; *at < end; ++*at) urls->count += url_row_read(s, rows, *at, a, &items[urls->count]);
}

bool url_row_note_use(struct store *s, const struct server_url *url, struct err *err) {
  char hash[TOKEN_HASH_HEX];
  codec_hex(url->hash, sizeof url->hash, hash);
  const struct store_value values[] = {STORE_INT(url->used_at), STORE_TEXT(str_of(hash))};
  return str_is(url->name, URL_ROW_FIRST)
             ? store_run(s, "UPDATE server SET url_used_at = $1 WHERE token_hash = $2 AND url_used_at < $1",
                         values, 2, NULL, err)
             : store_run(s, "UPDATE server_url SET used_at = $1 WHERE token_hash = $2 AND used_at < $1",
                         values, 2, NULL, err);
}
