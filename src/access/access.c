// SPDX-License-Identifier: Apache-2.0
#include "access/access.h"

#include "account/sealed.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "store/changelog.h"

enum { ACCESS_NAME_MOST = 64 };

static const char *const access_roles[] = {[ACCESS_CLIENT] = "client",
                                           [ACCESS_VIEWER] = "viewer",
                                           [ACCESS_EDITOR] = "editor",
                                           [ACCESS_ADMIN] = "admin"};

bool access_role_from(struct str name, enum access_role *out) {
  for (enum access_role r = ACCESS_CLIENT; r <= ACCESS_ADMIN; r++)
    if (str_is(name, access_roles[r])) {
      *out = r;
      return true;
    }
  return false;
}

const char *access_role_name(enum access_role role) {
  return access_roles[role];
}

bool access_is_live(int64_t expires_at, int64_t now_ms) {
  return expires_at == 0 || now_ms < expires_at;
}

const struct access_token *access_find_hash(const struct map *by_hash, const unsigned char hash[TOKEN_HASH],
                                            int64_t now_ms) {
  const struct access_token *t = map_get(by_hash, str_make((const char *)hash, TOKEN_HASH));
  return t && access_is_live(t->expires_at, now_ms) ? t : NULL;
}

const struct access_token *access_find(const struct map *by_hash, struct str text, int64_t now_ms) {
  unsigned char hash[TOKEN_HASH];
  token_hash(text, hash);
  const struct access_token *t = access_find_hash(by_hash, hash, now_ms);
  if (t && t->use) use_note(t->use, now_ms);
  return t;
}

// What the row says of it, where that is what we wrote: who can write to the database makes no token.
static struct sealed_at access_place(const struct access_token *t, struct str hash, struct arena *a) {
  return (struct sealed_at){
      STAMPED_TOKEN, t->id, {t->name, str_of(access_roles[t->role]), hash, sealed_number(a, t->expires_at)}};
}

struct access_insert {
  const struct access_token *token;
  struct arena *arena;
};

static bool access_insert(struct store *s, void *arg, struct err *err) {
  const struct access_insert *in = arg;
  const struct access_token *t = in->token;
  char hex[TOKEN_HASH_HEX];
  codec_hex(t->hash, sizeof t->hash, hex);
  struct sealed_at at = access_place(t, str_of(hex), in->arena);
  struct str stamp;
  if (!sealed_stamp(s, &at, in->arena, &stamp, err)) return false;
  const struct store_value values[] = {
      STORE_TEXT(t->id),       STORE_TEXT(t->name),      STORE_TEXT(str_of(access_roles[t->role])),
      STORE_TEXT(str_of(hex)), STORE_INT(t->created_at), STORE_INT(t->expires_at),
      STORE_TEXT(stamp)};
  const struct changelog_change made = {
      CHANGELOG_PEOPLE, t->id,
      "INSERT INTO api_token (id, name, role, hash, created_at, expires_at, stamp) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      values, 7};
  return changelog_run(s, &made, NULL, err);
}

bool access_create(struct store *s, const struct access_token *wanted, struct arena *a,
                   struct access_token *out, char text[TOKEN_TEXT], struct err *err) {
  struct str shown = str_trim(wanted->name);
  if (!shown.n || shown.n > ACCESS_NAME_MOST || !codec_is_field_value(shown) || !codec_is_utf8(shown))
    return err_at(err, ERR_INVALID, "name", "must have 1 to %d bytes, without control characters",
                  ACCESS_NAME_MOST);
  struct access_token t = {
      .role = wanted->role, .created_at = clock_now_ms(), .expires_at = wanted->expires_at};
  if (t.expires_at < 0 || (t.expires_at && t.expires_at <= t.created_at))
    return err_at(err, ERR_INVALID, "expires_at", "is in the past");
  char id[TOKEN_ID], token[TOKEN_TEXT];
  token_id("tok", id);
  token_new("psk", token);
  token_hash(str_of(token), t.hash);
  t.id = arena_dup(a, str_of(id));
  t.name = arena_dup(a, shown);
  struct access_insert in = {&t, a};
  if (!store_transact(s, access_insert, &in, err)) return false;
  *out = t;
  memcpy(text, token, TOKEN_TEXT);
  secret_wipe(token, sizeof token);
  return true;
}

static bool access_read(const struct store_rows *rows, size_t i, struct access_token *out, struct err *err) {
  struct access_token t = {.id = store_cell(rows, i, 0)->text,
                           .name = store_cell(rows, i, 1)->text,
                           .created_at = store_cell(rows, i, 4)->number,
                           .expires_at = store_cell(rows, i, 5)->number,
                           .used_at = store_cell(rows, i, 7)->number};
  if (!access_role_from(store_cell(rows, i, 2)->text, &t.role) ||
      !codec_unhex(store_cell(rows, i, 3)->text, t.hash, sizeof t.hash))
    return err_set(err, ERR_INTERNAL, "the row of API token %.*s is damaged", STR_ARG(t.id));
  *out = t;
  return true;
}

bool access_list(struct store *s, struct arena *a, struct access_token **out, size_t *count,
                 struct err *err) {
  struct store_rows rows;
  if (!store_query(
          s, "SELECT id, name, role, hash, created_at, expires_at, stamp, used_at FROM api_token ORDER BY id",
          NULL, 0, a, &rows, err))
    return false;
  struct access_token *all = ARENA_ARRAY(a, rows.count + 1, struct access_token);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    // A row that cannot be read, or that nobody with the key wrote, lets nobody in, and must not lock out the
    // others.
    struct err why;
    if (access_read(&rows, i, &all[n], &why)) {
      struct sealed_at at = access_place(&all[n], store_cell(&rows, i, 3)->text, a);
      if (sealed_is_ours(s, &at, store_cell(&rows, i, 6)->text, &why)) {
        n++;
        continue;
      }
    }
    log_warn("API token %.*s is left out: %s", STR_ARG(store_cell(&rows, i, 0)->text), why.text);
  }
  *out = all;
  *count = n;
  return true;
}

bool access_write_use(struct store *s, struct str id, int64_t used_at, struct err *err) {
  const struct store_value values[] = {STORE_INT(used_at), STORE_TEXT(id)};
  return store_run(s, "UPDATE api_token SET used_at = $1 WHERE id = $2 AND used_at < $1", values, 2, NULL,
                   err);
}

bool access_revoke(struct store *s, struct str id, struct err *err) {
  int64_t changed = 0;
  const struct changelog_change revocation = {CHANGELOG_PEOPLE, id, "DELETE FROM api_token WHERE id = $1",
                                              &STORE_TEXT(id), 1};
  if (!changelog_run(s, &revocation, &changed, err)) return false;
  return changed || err_set(err, ERR_MISSING, "there is no API token '%.*s'", STR_MOST(id, 64));
}

struct access_purge {
  int64_t now_ms;
  struct arena *arena;
  struct store_rows *gone;
};

static bool access_purge_body(struct store *s, void *arg, struct err *err) {
  const struct access_purge *p = arg;
  bool ok = store_take_expired(s, "api_token", p->now_ms, p->arena, p->gone, err);
  for (size_t i = 0; ok && i < p->gone->count; i++)
    ok = changelog_note(s, CHANGELOG_PEOPLE, store_cell(p->gone, i, 0)->text, err);
  return ok;
}

bool access_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                  struct err *err) {
  struct access_purge p = {now_ms, a, gone};
  return store_transact(s, access_purge_body, &p, err);
}
