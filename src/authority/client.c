// SPDX-License-Identifier: Apache-2.0
#include "authority/client.h"

#include "account/sealed.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "base/plain.h"
#include "crypto/token.h"
#include "data/json.h"
#include "store/changelog.h"

static const char *const client_kinds[] = {
    [CLIENT_REGISTERED] = "registered", [CLIENT_DOCUMENT] = "document"};

const char *authority_client_kind_name(enum client_kind kind) {
  return client_kinds[kind];
}

// ---- what it says of itself

// One line of text: what breaks lines, hides or turns text around becomes a space.
static struct str client_one_line(struct str name, struct arena *a) {
  name = str_cut_utf8(str_trim(name), CLIENT_NAME_MOST);
  if (!codec_is_utf8(name)) return STR_NONE;
  char *out = arena_z(a, name);
  size_t n = 0;
  uint32_t c;
  for (struct str rest = name; rest.n;) {
    size_t step = plain_next(rest, &c);
    if (plain_is_safe(c))
      memcpy(out + n, rest.p, step);
    else
      out[n] = ' ';
    n += plain_is_safe(c) ? step : 1;
    rest = str_from(rest, step);
  }
  return str_trim(str_make(out, n));
}

static bool client_read_redirects(yyjson_val *list, struct arena *a, struct authority_client *c,
                                  struct err *err) {
  yyjson_val *v;
  size_t i, n, count = yyjson_arr_size(list);
  if (!count || count > CLIENT_REDIRECTS_MOST)
    return err_at(err, ERR_INVALID, "redirect_uris", "1 to %d redirect URIs, not %zu", CLIENT_REDIRECTS_MOST,
                  count);
  struct str *redirects = ARENA_ARRAY(a, count, struct str);
  yyjson_arr_foreach (list, i, n, v) {
    if (!redirect_judge(json_text(v), err)) return false;
    redirects[i] = arena_dup(a, json_text(v));
  }
  c->redirects = redirects;
  c->redirect_count = count;
  return true;
}

bool authority_client_read(yyjson_val *metadata, struct arena *a, struct authority_client *out,
                           struct err *err) {
  struct authority_client c = {.name = client_one_line(json_str(metadata, "client_name"), a)};
  if (!yyjson_is_obj(metadata)) return err_set(err, ERR_INVALID, "the body must be a JSON object");
  if (!client_read_redirects(yyjson_obj_get(metadata, "redirect_uris"), a, &c, err)) return false;
  if (!c.name.n) c.name = STR("a client without a name");
  *out = c;
  return true;
}

// ---- rows

static struct str client_redirects_text(const struct authority_client *c, struct arena *a) {
  struct buf out = BUF_MAX((CLIENT_REDIRECTS_MOST + 1) * (JSON_ESCAPED_MOST * REDIRECT_MOST + 4));
  for (size_t i = 0; i < c->redirect_count; i++) {
    buf_add_char(&out, i ? ',' : '[');
    json_add_string(&out, c->redirects[i]);
  }
  buf_add_char(&out, ']');
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

static struct sealed_at client_place(struct str id, struct str name, struct str redirects, struct str kind) {
  return (struct sealed_at){STAMPED_CLIENT, id, {name, redirects, kind}};
}

#define CLIENT_COLUMNS "id, name, redirects, kind, address, created_at, used_at, stamp"

static bool client_row(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                       struct authority_client *out, struct err *err) {
  struct str id = store_cell(rows, i, 0)->text, name = store_cell(rows, i, 1)->text,
             redirects = store_cell(rows, i, 2)->text, kind = store_cell(rows, i, 3)->text;
  struct sealed_at at = client_place(id, name, redirects, kind);
  yyjson_doc *doc;
  if (!sealed_is_ours(s, &at, store_cell(rows, i, 7)->text, err) ||
      !json_read(redirects, &JSON_LIMITS, &doc, err))
    return false;
  struct authority_client c = {.id = id,
                               .name = name,
                               .kind = str_is(kind, "document") ? CLIENT_DOCUMENT : CLIENT_REGISTERED,
                               .address = store_cell(rows, i, 4)->text,
                               .created_at = store_cell(rows, i, 5)->number,
                               .used_at = store_cell(rows, i, 6)->number};
  bool ok = client_read_redirects(yyjson_doc_get_root(doc), a, &c, err);
  yyjson_doc_free(doc);
  if (ok) *out = c;
  return ok;
}

bool authority_client_find(struct store *s, struct str id, struct arena *a, struct authority_client *out,
                           struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " CLIENT_COLUMNS " FROM authority_client WHERE id = $1", &STORE_TEXT(id), 1, a,
                   &rows, err))
    return false;
  if (!rows.count)
    return err_at(err, ERR_MISSING, "client_id", "there is no client '%.*s'", STR_MOST(id, 64));
  return client_row(s, &rows, 0, a, out, err);
}

bool authority_client_list(struct store *s, struct arena *a, struct authority_client **out, size_t *count,
                           struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " CLIENT_COLUMNS " FROM authority_client ORDER BY id", NULL, 0, a, &rows, err))
    return false;
  *out = ARENA_ARRAY(a, rows.count + 1, struct authority_client);
  *count = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct err why;
    if (client_row(s, &rows, i, a, &(*out)[*count], &why))
      ++*count;
    else
      log_warn("client %.*s is left out: %s", STR_ARG(store_cell(&rows, i, 0)->text), why.text);
  }
  return true;
}

struct client_insertion {
  struct authority_client client;
  size_t most;
  struct arena *arena;
};

// Room for one more: of those that nobody has let in the oldest goes, so that a flood pushes out itself.
static bool client_make_room(struct store *s, size_t most, struct arena *a, struct err *err) {
  struct store_rows rows;
  int64_t gone = 0;
  if (!store_query(s, "SELECT count(*) FROM authority_client", NULL, 0, a, &rows, err)) return false;
  size_t count = (size_t)store_cell(&rows, 0, 0)->number;
  if (count < most) return true;
  if (!store_run(s,
                 "DELETE FROM authority_client WHERE id = (SELECT id FROM authority_client WHERE used_at = 0 "
                 "ORDER BY created_at, id LIMIT 1)",
                 NULL, 0, &gone, err))
    return false;
  if (gone && count == most) return true;
  err_set(err, ERR_LIMIT, "there are %zu clients that people have let in, and at most %zu", count, most);
  err_hint(err, "an administrator removes some with 'postern client delete', or raises sign_in_clients");
  return false;
}

static bool client_insert(struct store *s, void *arg, struct err *err) {
  const struct client_insertion *in = arg;
  const struct authority_client *c = &in->client;
  struct str redirects = client_redirects_text(c, in->arena),
             kind = str_of(authority_client_kind_name(c->kind)), stamp;
  struct sealed_at at = client_place(c->id, c->name, redirects, kind);
  if (!sealed_stamp(s, &at, in->arena, &stamp, err)) return false;
  const struct store_value said[] = {STORE_TEXT(c->name), STORE_TEXT(redirects), STORE_INT(c->created_at),
                                     STORE_TEXT(stamp), STORE_TEXT(c->id)};
  int64_t there = 0;
  if (c->kind == CLIENT_DOCUMENT &&
      !store_run(
          s,
          "UPDATE authority_client SET name = $1, redirects = $2, created_at = $3, stamp = $4 WHERE id = $5",
          said, 5, &there, err))
    return false;
  if (there) return true;
  if (!client_make_room(s, in->most, in->arena, err)) return false;
  const struct store_value values[] = {
      STORE_TEXT(c->id),      STORE_TEXT(c->name),      STORE_TEXT(redirects), STORE_TEXT(kind),
      STORE_TEXT(c->address), STORE_INT(c->created_at), STORE_INT(c->used_at), STORE_TEXT(stamp)};
  return store_run(
      s, "INSERT INTO authority_client (" CLIENT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", values,
      8, NULL, err);
}

bool authority_client_put(struct store *s, const struct authority_client *wanted, size_t most,
                          struct arena *a, struct err *err) {
  struct client_insertion in = {*wanted, most, a};
  return store_transact(s, client_insert, &in, err);
}

bool authority_client_register(struct store *s, const struct authority_client *wanted, size_t most,
                               struct arena *a, struct authority_client *out, struct err *err) {
  struct client_insertion in = {*wanted, most, a};
  char id[TOKEN_ID];
  token_id("cli", id);
  in.client.kind = CLIENT_REGISTERED;
  in.client.id = arena_dup(a, str_of(id));
  in.client.created_at = clock_now_ms();
  in.client.used_at = 0;
  if (!store_transact(s, client_insert, &in, err)) return false;
  *out = in.client;
  return true;
}

bool authority_client_delete(struct store *s, struct str id, struct err *err) {
  int64_t gone = 0;
  const struct changelog_change change = {CHANGELOG_SIGN_IN, STR(""),
                                          "DELETE FROM authority_client WHERE id = $1", &STORE_TEXT(id), 1};
  if (!changelog_run(s, &change, &gone, err)) return false;
  return gone || err_at(err, ERR_MISSING, "client", "there is no client '%.*s'", STR_MOST(id, 64));
}

bool authority_client_note_use(struct store *s, struct str id, int64_t now, struct err *err) {
  const struct store_value values[] = {STORE_INT(now), STORE_TEXT(id)};
  return store_run(s, "UPDATE authority_client SET used_at = $1 WHERE id = $2", values, 2, NULL, err);
}

bool authority_client_purge(struct store *s, int64_t unused_since, struct err *err) {
  const struct store_value since = STORE_INT(unused_since);
  return store_run(
      s,
      "DELETE FROM authority_client WHERE created_at < $1 AND used_at < $1 AND id NOT IN (SELECT client_id "
      "FROM authority_lease)",
      &since, 1, NULL, err);
}
