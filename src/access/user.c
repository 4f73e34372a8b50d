// SPDX-License-Identifier: Apache-2.0
#include "access/user.h"

#include "account/sealed.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"

static struct sealed_at user_place(const struct access_user *u) {
  return (struct sealed_at){STAMPED_USER, u->self.id, {u->self.name, str_of(access_role_name(u->self.role))}};
}

bool user_list(struct store *s, struct arena *a, struct access_user **out, size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT u.id, u.name, u.role, u.created_at, u.stamp, p.changed_at FROM console_user u "
                   "LEFT JOIN console_password p ON p.user_id = u.id ORDER BY u.id",
                   NULL, 0, a, &rows, err))
    return false;
  struct access_user *all = ARENA_ARRAY(a, rows.count + 1, struct access_user);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct access_user u = {.self = {.id = store_cell(&rows, i, 0)->text,
                                     .name = store_cell(&rows, i, 1)->text,
                                     .created_at = store_cell(&rows, i, 3)->number},
                            .has_password = store_cell(&rows, i, 5)->type != STORE_NULL};
    struct err why;
    bool known = access_role_from(store_cell(&rows, i, 2)->text, &u.self.role) ||
                 err_set(&why, ERR_INTERNAL, "its role is none");
    struct sealed_at at = user_place(&u);
    if (known && sealed_is_ours(s, &at, store_cell(&rows, i, 4)->text, &why))
      all[n++] = u;
    else
      log_warn("user %.*s is left out: %s", STR_ARG(u.self.id), why.text);
  }
  *out = all;
  *count = n;
  return true;
}

const struct access_user *user_find(const struct access_user *all, size_t count, struct str named) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(all[i].self.id, named) || str_eq_nocase(all[i].self.name, named)) return &all[i];
  return NULL;
}

static bool user_check_name(struct str name, struct err *err) {
  if (name.n && name.n <= USER_NAME_MOST && codec_is_field_value(name) && codec_is_utf8(name)) return true;
  return err_at(err, ERR_INVALID, "name", "must have 1 to %d bytes, without control characters",
                USER_NAME_MOST);
}

struct user_insertion {
  const struct access_user *user;
  struct arena *arena;
};

static bool user_insert(struct store *s, void *arg, struct err *err) {
  const struct user_insertion *in = arg;
  const struct access_token *self = &in->user->self;
  struct sealed_at at = user_place(in->user);
  struct access_user *all;
  size_t count;
  struct str stamp;
  if (!user_list(s, in->arena, &all, &count, err)) return false;
  if (count >= USERS_MOST)
    return err_set(err, ERR_LIMIT, "there are %zu people, and at most %d", count, USERS_MOST);
  if (user_find(all, count, self->name))
    return err_at(err, ERR_CONFLICT, "name", "there is a user '%.*s' already", STR_ARG(self->name));
  if (!sealed_stamp(s, &at, in->arena, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(self->id), STORE_TEXT(self->name),
                                       STORE_TEXT(str_of(access_role_name(self->role))),
                                       STORE_INT(self->created_at), STORE_TEXT(stamp)};
  return store_run(s,
                   "INSERT INTO console_user (id, name, role, created_at, stamp) VALUES ($1, $2, $3, $4, $5)",
                   values, 5, NULL, err);
}

bool user_create(struct store *s, struct str name, enum access_role role, struct arena *a,
                 struct access_user *out, struct err *err) {
  name = str_trim(name);
  if (!user_check_name(name, err)) return false;
  char id[TOKEN_ID];
  token_id("usr", id);
  struct access_user u = {.self = {.id = arena_dup(a, str_of(id)),
                                   .name = arena_dup(a, name),
                                   .role = role,
                                   .created_at = clock_now_ms()}};
  struct user_insertion in = {&u, a};
  if (!store_transact(s, user_insert, &in, err)) return false;
  *out = u;
  return true;
}

static bool user_gone(struct str id, struct err *err) {
  return err_at(err, ERR_MISSING, "user", "there is no user '%.*s'", STR_MOST(id, 64));
}

struct user_change {
  const struct access_user *user;
  struct arena *arena;
  struct str id;
};

static bool user_role_body(struct store *s, void *arg, struct err *err) {
  const struct user_change *c = arg;
  struct sealed_at at = user_place(c->user);
  struct str stamp;
  int64_t changed = 0;
  if (!sealed_stamp(s, &at, c->arena, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(str_of(access_role_name(c->user->self.role))),
                                       STORE_TEXT(stamp), STORE_TEXT(c->user->self.id)};
  if (!store_run(s, "UPDATE console_user SET role = $1, stamp = $2 WHERE id = $3", values, 3, &changed, err))
    return false;
  return changed || user_gone(c->user->self.id, err);
}

bool user_set_role(struct store *s, const struct access_user *u, struct arena *a, struct err *err) {
  struct user_change c = {.user = u, .arena = a};
  return store_transact(s, user_role_body, &c, err);
}

bool user_delete(struct store *s, struct str id, struct err *err) {
  int64_t gone = 0;
  if (!store_run(s, "DELETE FROM console_user WHERE id = $1", &STORE_TEXT(id), 1, &gone, err)) return false;
  return gone || user_gone(id, err);
}

// ---- passwords

static struct sealed_at user_password_place(struct str id, struct str kept) {
  return (struct sealed_at){STAMPED_PASSWORD, id, {kept}};
}

bool user_password(struct store *s, struct str id, struct arena *a, struct str *kept, struct err *err) {
  struct store_rows rows;
  struct err why;
  if (!store_query(s, "SELECT hash, stamp FROM console_password WHERE user_id = $1", &STORE_TEXT(id), 1, a,
                   &rows, err))
    return false;
  *kept = STR_NONE;
  if (!rows.count) return true;
  struct sealed_at at = user_password_place(id, store_cell(&rows, 0, 0)->text);
  if (sealed_is_ours(s, &at, store_cell(&rows, 0, 1)->text, &why))
    *kept = store_cell(&rows, 0, 0)->text;
  else
    log_warn("the password of user %.*s is left out: %s", STR_ARG(id), why.text);
  return true;
}

static bool user_shut_out_body(struct store *s, void *arg, struct err *err) {
  const struct user_change *c = arg;
  const struct store_value id = STORE_TEXT(c->id);
  return store_run(s, "DELETE FROM console_password WHERE user_id = $1", &id, 1, NULL, err) &&
         store_run(s, "DELETE FROM console_session WHERE user_id = $1", &id, 1, NULL, err) &&
         store_run(s, "DELETE FROM console_link WHERE user_id = $1", &id, 1, NULL, err);
}

bool user_shut_out(struct store *s, struct str id, struct err *err) {
  struct user_change c = {.id = id};
  return store_transact(s, user_shut_out_body, &c, err);
}

bool user_set_password(struct store *s, struct str id, struct str kept, struct arena *a, struct err *err) {
  struct user_change c = {.id = id};
  struct sealed_at at = user_password_place(id, kept);
  struct str stamp;
  if (!user_shut_out_body(s, &c, err) || !sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(id), STORE_TEXT(kept), STORE_INT(clock_now_ms()),
                                       STORE_TEXT(stamp)};
  return store_run(s,
                   "INSERT INTO console_password (user_id, hash, changed_at, stamp) VALUES ($1, $2, $3, $4)",
                   values, 4, NULL, err);
}
