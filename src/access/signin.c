// SPDX-License-Identifier: Apache-2.0
#include "access/signin.h"

#include "account/sealed.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/secret.h"

enum { SIGNIN_TOUCH_MS = 60 * 1000, SIGNIN_HINT_MOST = 6 * 1024 };

// ---- links

static struct sealed_at signin_link_place(const struct signin_link *l, struct str hash, struct arena *a) {
  return (struct sealed_at){STAMPED_LINK, l->id, {l->user_id, hash, sealed_number(a, l->expires_at)}};
}

struct signin_making {
  struct arena *arena;
  struct signin_link link;
  struct str hash;
};

// All but the newest of a person.
#define SIGNIN_LINKS_TRIM                                                                                    \
  "DELETE FROM console_link WHERE user_id = $1 AND id NOT IN (SELECT id FROM console_link WHERE user_id = "  \
  "$1 ORDER BY id DESC LIMIT $2)"

static bool signin_link_insert(struct store *s, void *arg, struct err *err) {
  const struct signin_making *m = arg;
  struct sealed_at at = signin_link_place(&m->link, m->hash, m->arena);
  struct str stamp;
  if (!sealed_stamp(s, &at, m->arena, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(m->link.id), STORE_TEXT(m->link.user_id),
                                       STORE_TEXT(m->hash), STORE_INT(m->link.expires_at), STORE_TEXT(stamp)};
  const struct store_value most[] = {STORE_TEXT(m->link.user_id), STORE_INT(SIGNIN_LINKS_MOST)};
  return store_run(
             s, "INSERT INTO console_link (id, user_id, hash, expires_at, stamp) VALUES ($1, $2, $3, $4, $5)",
             values, 5, NULL, err) &&
         store_run(s, SIGNIN_LINKS_TRIM, most, 2, NULL, err);
}

bool signin_make_link(struct store *s, struct str user_id, int64_t lives_ms, struct arena *a,
                      char text[TOKEN_TEXT], struct err *err) {
  char id[TOKEN_ID], made[TOKEN_TEXT], hash[TOKEN_HASH_HEX];
  token_id("lnk", id);
  token_new("psl", made);
  token_hash_hex(str_of(made), hash);
  struct signin_making m = {a, {str_of(id), user_id, clock_now_ms() + lives_ms}, str_of(hash)};
  bool ok = store_transact(s, signin_link_insert, &m, err);
  if (ok) memcpy(text, made, TOKEN_TEXT);
  secret_wipe(made, sizeof made);
  return ok;
}

static bool signin_no_link(struct err *err) {
  err_set(err, ERR_MISSING, "this link is unknown, was used, or has expired");
  err_hint(err, "'postern open' makes another, or an administrator does");
  return false;
}

bool signin_look(struct store *s, struct str text, struct arena *a, struct signin_link *out,
                 struct err *err) {
  char hash[TOKEN_HASH_HEX];
  struct store_rows rows;
  struct err why;
  token_hash_hex(text, hash);
  if (!store_query(s, "SELECT id, user_id, expires_at, stamp FROM console_link WHERE hash = $1",
                   &STORE_TEXT(str_of(hash)), 1, a, &rows, err))
    return false;
  if (!rows.count) return signin_no_link(err);
  struct signin_link l = {store_cell(&rows, 0, 0)->text, store_cell(&rows, 0, 1)->text,
                          store_cell(&rows, 0, 2)->number};
  struct sealed_at at = signin_link_place(&l, str_of(hash), a);
  if (!access_is_live(l.expires_at, clock_now_ms())) return signin_no_link(err);
  if (!sealed_is_ours(s, &at, store_cell(&rows, 0, 3)->text, &why)) {
    log_warn("link %.*s is left out: %s", STR_ARG(l.id), why.text);
    return signin_no_link(err);
  }
  *out = l;
  return true;
}

// ---- what a browser holds

static struct sealed_at signin_place(const struct signin *v, struct str hash, struct arena *a) {
  return (struct sealed_at){
      STAMPED_SIGNIN,
      v->id,
      {v->user_id, hash, sealed_number(a, v->created_at), sealed_number(a, v->expires_at)}};
}

#define SIGNIN_TRIM                                                                                          \
  "DELETE FROM console_session WHERE user_id = $1 AND id NOT IN (SELECT id FROM console_session WHERE "      \
  "user_id = $1 ORDER BY id DESC LIMIT $2)"

static bool signin_seal_hint(struct store *s, const struct signin *v, const struct signin_browser *by,
                             struct arena *a, struct str *hint, struct err *err) {
  struct sealed_at at = {SEALED_HINT, v->id, {v->user_id, by->provider_id}};
  *hint = STR("");
  if (!by->id_token.n || by->id_token.n > SIGNIN_HINT_MOST || !store_ring(s)) return true;
  return sealed_close(store_ring(s), &at, by->id_token, a, hint, err);
}

bool signin_hint(struct store *s, struct str id, struct arena *a, struct str *provider_id,
                 struct secret **id_token, struct err *err) {
  struct store_rows rows;
  struct err none;
  *provider_id = STR_NONE;
  *id_token = NULL;
  if (!store_query(s, "SELECT user_id, provider_id, hint FROM console_session WHERE id = $1", &STORE_TEXT(id),
                   1, a, &rows, err))
    return false;
  if (!rows.count) return true;
  *provider_id = store_cell(&rows, 0, 1)->text;
  struct str hint = store_cell(&rows, 0, 2)->text;
  struct sealed_at at = {SEALED_HINT, id, {store_cell(&rows, 0, 0)->text, *provider_id}};
  // One that does not open is none: the provider asks then.
  if (hint.n && (!store_ring(s) || !sealed_open(store_ring(s), &at, hint, id_token, &none))) *id_token = NULL;
  return true;
}

static bool signin_insert(struct store *s, const struct signin *v, const struct signin_browser *by,
                          struct str hash, struct arena *a, struct err *err) {
  struct sealed_at at = signin_place(v, hash, a);
  struct str stamp, hint, provider_id = by->provider_id.p ? by->provider_id : STR("");
  if (!sealed_stamp(s, &at, a, &stamp, err) || !signin_seal_hint(s, v, by, a, &hint, err)) return false;
  const struct store_value values[] = {
      STORE_TEXT(v->id),        STORE_TEXT(v->user_id), STORE_TEXT(hash),     STORE_INT(v->created_at),
      STORE_INT(v->expires_at), STORE_TEXT(v->address), STORE_TEXT(v->agent), STORE_TEXT(stamp),
      STORE_TEXT(provider_id),  STORE_TEXT(hint)};
  const struct store_value most[] = {STORE_TEXT(v->user_id), STORE_INT(SIGNIN_SESSIONS_MOST)};
  return store_run(
             s,
             "INSERT INTO console_session (id, user_id, hash, created_at, used_at, expires_at, "
             "address, agent, stamp, provider_id, hint) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, "
             "$10)",
             values, 10, NULL, err) &&
         store_run(s, SIGNIN_TRIM, most, 2, NULL, err);
}

struct signin_entry {
  struct arena *arena;
  struct str link, user_id; // one of them
  const struct signin_browser *at;
  struct signin made;
  char cookie[TOKEN_TEXT];
};

// A new text for each sign-in, whatever the browser came with.
static bool signin_begin(struct store *s, struct signin_entry *e, struct str user_id, struct err *err) {
  char id[TOKEN_ID], hash[TOKEN_HASH_HEX], before[TOKEN_HASH_HEX];
  int64_t now = clock_now_ms();
  token_id("ses", id);
  token_new("pss", e->cookie);
  token_hash_hex(str_of(e->cookie), hash);
  token_hash_hex(e->at->before, before);
  e->made = (struct signin){.id = arena_dup(e->arena, str_of(id)),
                            .user_id = arena_dup(e->arena, user_id),
                            .created_at = now,
                            .used_at = now,
                            .expires_at = now + e->at->lives_ms,
                            .address = e->at->address,
                            .agent = str_cut_utf8(e->at->agent, SIGNIN_AGENT_MOST)};
  return store_run(s, "DELETE FROM console_session WHERE hash = $1", &STORE_TEXT(str_of(before)), 1, NULL,
                   err) &&
         signin_insert(s, &e->made, e->at, str_of(hash), e->arena, err);
}

static bool signin_use_link(struct store *s, void *arg, struct err *err) {
  struct signin_entry *e = arg;
  struct signin_link link;
  int64_t gone = 0;
  if (!signin_look(s, e->link, e->arena, &link, err) ||
      !store_run(s, "DELETE FROM console_link WHERE id = $1", &STORE_TEXT(link.id), 1, &gone, err))
    return false;
  if (!gone) return signin_no_link(err);
  if (e->at->password.n && !user_set_password(s, link.user_id, e->at->password, e->arena, err)) return false;
  return signin_begin(s, e, link.user_id, err);
}

static bool signin_run(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err),
                       struct signin_entry *e, struct signin *out, char cookie[TOKEN_TEXT], struct err *err) {
  bool ok = store_transact(s, body, e, err);
  if (ok) {
    *out = e->made;
    memcpy(cookie, e->cookie, TOKEN_TEXT);
  }
  secret_wipe(e->cookie, sizeof e->cookie);
  return ok;
}

bool signin_by_link(struct store *s, struct str text, const struct signin_browser *at, struct arena *a,
                    struct signin *out, char cookie[TOKEN_TEXT], struct err *err) {
  struct signin_entry e = {.arena = a, .link = text, .at = at};
  return signin_run(s, signin_use_link, &e, out, cookie, err);
}

static bool signin_enter_body(struct store *s, void *arg, struct err *err) {
  struct signin_entry *e = arg;
  return signin_begin(s, e, e->user_id, err);
}

bool signin_enter(struct store *s, struct str user_id, const struct signin_browser *at, struct arena *a,
                  struct signin *out, char cookie[TOKEN_TEXT], struct err *err) {
  struct signin_entry e = {.arena = a, .user_id = user_id, .at = at};
  return signin_run(s, signin_enter_body, &e, out, cookie, err);
}

#define SIGNIN_COLUMNS                                                                                       \
  "SELECT id, user_id, created_at, used_at, expires_at, address, agent, hash, stamp FROM console_session "

// False: it has ended, or somebody else wrote it.
static bool signin_read(struct store *s, const struct store_rows *rows, size_t i, int64_t idle_ms,
                        struct arena *a, struct signin *out) {
  struct signin v = {.id = store_cell(rows, i, 0)->text,
                     .user_id = store_cell(rows, i, 1)->text,
                     .created_at = store_cell(rows, i, 2)->number,
                     .used_at = store_cell(rows, i, 3)->number,
                     .expires_at = store_cell(rows, i, 4)->number,
                     .address = store_cell(rows, i, 5)->text,
                     .agent = store_cell(rows, i, 6)->text};
  int64_t now = clock_now_ms();
  struct sealed_at at = signin_place(&v, store_cell(rows, i, 7)->text, a);
  struct err why;
  if (now >= v.expires_at || now - v.used_at >= idle_ms) return false;
  if (!sealed_is_ours(s, &at, store_cell(rows, i, 8)->text, &why)) {
    log_warn("session %.*s is left out: %s", STR_ARG(v.id), why.text);
    return false;
  }
  *out = v;
  return true;
}

bool signin_find(struct store *s, struct str cookie, int64_t idle_ms, struct arena *a, struct signin *out,
                 struct err *err) {
  char hash[TOKEN_HASH_HEX];
  struct store_rows rows;
  struct signin v;
  token_hash_hex(cookie, hash);
  if (!store_query(s, SIGNIN_COLUMNS "WHERE hash = $1", &STORE_TEXT(str_of(hash)), 1, a, &rows, err))
    return false;
  if (!rows.count || !signin_read(s, &rows, 0, idle_ms, a, &v))
    return err_set(err, ERR_UNAUTHENTICATED, "this session has ended; sign in again");
  int64_t now = clock_now_ms();
  const struct store_value values[] = {STORE_INT(now), STORE_TEXT(v.id)};
  if (now - v.used_at >= SIGNIN_TOUCH_MS &&
      !store_run(s, "UPDATE console_session SET used_at = $1 WHERE id = $2", values, 2, NULL, err))
    return false;
  *out = v;
  return true;
}

bool signin_list(struct store *s, struct str user_id, int64_t idle_ms, struct arena *a, struct signin **out,
                 size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, SIGNIN_COLUMNS "WHERE user_id = $1 OR $1 = '' ORDER BY id", &STORE_TEXT(user_id), 1, a,
                   &rows, err))
    return false;
  *out = ARENA_ARRAY(a, rows.count + 1, struct signin);
  *count = 0;
  for (size_t i = 0; i < rows.count; i++)
    if (signin_read(s, &rows, i, idle_ms, a, &(*out)[*count])) ++*count;
  return true;
}

bool signin_end(struct store *s, struct str id, struct err *err) {
  int64_t gone = 0;
  if (!store_run(s, "DELETE FROM console_session WHERE id = $1", &STORE_TEXT(id), 1, &gone, err))
    return false;
  return gone || err_set(err, ERR_MISSING, "there is no session '%.*s'", STR_MOST(id, 64));
}

bool signin_purge(struct store *s, int64_t now_ms, int64_t idle_ms, struct err *err) {
  const struct store_value values[] = {STORE_INT(now_ms), STORE_INT(now_ms - idle_ms)};
  return store_run(s, "DELETE FROM console_link WHERE expires_at <= $1", values, 1, NULL, err) &&
         store_run(s, "DELETE FROM console_session WHERE expires_at <= $1 OR used_at <= $2", values, 2, NULL,
                   err);
}
