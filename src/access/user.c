// SPDX-License-Identifier: Apache-2.0
#include "access/user.h"

#include <stdatomic.h>

#include "account/sealed.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "store/changelog.h"

// ---- how long a provider's word holds

static atomic_int_fast64_t user_word_ms = INT64_MAX;

void user_word_holds(int64_t ms) {
  atomic_store(&user_word_ms, ms);
}

bool user_is_stale(const struct access_user *u, int64_t now_ms) {
  return u->identity.made && now_ms - u->identity.confirmed_at >= atomic_load(&user_word_ms);
}

// ---- groups: in the row each behind a line feed, which no name has

bool user_group_is_good(struct str name) {
  return name.n && name.n <= USER_GROUP_MOST && codec_is_field_value(name) && codec_is_utf8(name);
}

static struct str user_groups_text(const struct access_user *u, struct arena *a) {
  struct str text = STR_NONE;
  for (size_t i = 0; i < u->group_count; i++) text = ARENA_JOIN(a, text, STR("\n"), u->groups[i]);
  return text;
}

static void user_groups_read(struct str text, struct arena *a, struct access_user *u) {
  size_t most = 0;
  for (size_t i = 0; i < text.n; i++) most += text.p[i] == '\n';
  struct str *groups = ARENA_ARRAY(a, most + 1, struct str), part;
  str_cut(&text, '\n', &part); // nothing stands before the first
  while (u->group_count < most && str_cut(&text, '\n', &part)) groups[u->group_count++] = part;
  u->groups = groups;
}

static struct str user_limit_text(const struct user_limit *l, struct arena *a) {
  return l->said ? arena_printf(a, " %lld", (long long)l->most) : STR(" -");
}

// Limits and groups stand behind the role, which has neither space nor line feed: without any, the stamp is what it was before
// there were some.
static struct sealed_at user_place(const struct access_user *u, struct arena *a) {
  struct str role = str_of(access_role_name(u->self.role));
  if (u->calls.said || u->writes.said)
    role = ARENA_JOIN(a, role, user_limit_text(&u->calls, a), user_limit_text(&u->writes, a));
  return (struct sealed_at){
      STAMPED_USER, u->self.id, {u->self.name, ARENA_JOIN(a, role, user_groups_text(u, a))}};
}

// ---- whom she is of a provider

#define IDENTITY_COLUMNS                                                                                     \
  "i.provider_id, i.issuer, i.subject, i.made, i.email, i.email_verified, i.confirmed_at, i.barred_at, "     \
  "i.stamp"
enum { IDENTITY_FIRST = 9 };

static struct sealed_at user_identity_place(const struct access_user *u, struct arena *a) {
  const struct user_identity *i = &u->identity;
  return (struct sealed_at){STAMPED_IDENTITY,
                            u->self.id,
                            {i->provider_id, i->issuer, i->subject, sealed_number(a, i->made), i->email,
                             sealed_number(a, i->email_verified), sealed_number(a, i->confirmed_at),
                             sealed_number(a, i->barred_at)}};
}

// False: somebody else wrote it, who could let in a person that is barred.
static bool user_read_identity(struct store *s, const struct store_rows *rows, size_t row,
                               struct access_user *u, struct arena *a, struct err *err) {
  if (store_cell(rows, row, IDENTITY_FIRST)->type == STORE_NULL) return true;
  u->identity = (struct user_identity){.provider_id = store_cell(rows, row, IDENTITY_FIRST)->text,
                                       .issuer = store_cell(rows, row, IDENTITY_FIRST + 1)->text,
                                       .subject = store_cell(rows, row, IDENTITY_FIRST + 2)->text,
                                       .made = store_cell(rows, row, IDENTITY_FIRST + 3)->number,
                                       .email = store_cell(rows, row, IDENTITY_FIRST + 4)->text,
                                       .email_verified = store_cell(rows, row, IDENTITY_FIRST + 5)->number,
                                       .confirmed_at = store_cell(rows, row, IDENTITY_FIRST + 6)->number,
                                       .barred_at = store_cell(rows, row, IDENTITY_FIRST + 7)->number};
  struct sealed_at at = user_identity_place(u, a);
  return sealed_is_ours(s, &at, store_cell(rows, row, IDENTITY_FIRST + 8)->text, err);
}

bool user_put_identity(struct store *s, const struct access_user *u, struct arena *a, struct err *err) {
  const struct user_identity *i = &u->identity;
  struct sealed_at at = user_identity_place(u, a);
  const struct store_value id = STORE_TEXT(u->self.id);
  struct str stamp;
  if (!sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {id,
                                       STORE_TEXT(i->provider_id),
                                       STORE_TEXT(i->issuer),
                                       STORE_TEXT(i->subject),
                                       STORE_INT(i->made),
                                       STORE_TEXT(i->email.p ? i->email : STR("")),
                                       STORE_INT(i->email_verified),
                                       STORE_INT(i->confirmed_at),
                                       STORE_INT(i->barred_at),
                                       STORE_TEXT(stamp)};
  return store_run(s, "DELETE FROM console_identity WHERE user_id = $1", &id, 1, NULL, err) &&
         store_run(s,
                   "INSERT INTO console_identity (user_id, provider_id, issuer, subject, made, email, "
                   "email_verified, "
                   "confirmed_at, barred_at, stamp) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                   values, sizeof values / sizeof *values, NULL, err) &&
         changelog_note(s, CHANGELOG_PEOPLE, id.text, err);
}

static struct user_limit user_limit_of(const struct store_value *cell) {
  return cell->type == STORE_NULL ? (struct user_limit){0} : (struct user_limit){true, cell->number};
}

static struct store_value user_limit_value(const struct user_limit *l) {
  return l->said ? STORE_INT(l->most) : STORE_NONE;
}

bool user_list(struct store *s, struct arena *a, struct access_user **out, size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT u.id, u.name, u.role, u.created_at, u.stamp, p.changed_at, u.group_names, "
                   "u.calls_per_minute, "
                   "u.writes_per_day, " IDENTITY_COLUMNS
                   " FROM console_user u LEFT JOIN console_password p ON p.user_id = u.id "
                   "LEFT JOIN console_identity i ON i.user_id = u.id ORDER BY u.id",
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
    user_groups_read(store_cell(&rows, i, 6)->text, a, &u);
    u.calls = user_limit_of(store_cell(&rows, i, 7));
    u.writes = user_limit_of(store_cell(&rows, i, 8));
    bool known = access_role_from(store_cell(&rows, i, 2)->text, &u.self.role) ||
                 err_set(&why, ERR_INTERNAL, "its role is none");
    struct sealed_at at = user_place(&u, a);
    if (known && sealed_is_ours(s, &at, store_cell(&rows, i, 4)->text, &why) &&
        user_read_identity(s, &rows, i, &u, a, &why))
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
  struct sealed_at at = user_place(in->user, in->arena);
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
  const struct changelog_change made = {
      CHANGELOG_PEOPLE, self->id,
      "INSERT INTO console_user (id, name, role, created_at, stamp) VALUES ($1, $2, $3, $4, $5)", values, 5};
  return changelog_run(s, &made, NULL, err);
}

static struct access_user user_new(struct str name, enum access_role role, struct arena *a) {
  char id[TOKEN_ID];
  token_id("usr", id);
  return (struct access_user){.self = {.id = arena_dup(a, str_of(id)),
                                       .name = arena_dup(a, name),
                                       .role = role,
                                       .created_at = clock_now_ms()}};
}

bool user_create(struct store *s, struct str name, enum access_role role, struct arena *a,
                 struct access_user *out, struct err *err) {
  name = str_trim(name);
  if (!user_check_name(name, err)) return false;
  struct access_user u = user_new(name, role, a);
  struct user_insertion in = {&u, a};
  if (!store_transact(s, user_insert, &in, err)) return false;
  *out = u;
  return true;
}

bool user_create_within(struct store *s, struct str name, enum access_role role, struct arena *a,
                        struct access_user *out, struct err *err) {
  struct access_user u = user_new(name, role, a);
  struct user_insertion in = {&u, a};
  if (!user_insert(s, &in, err)) return false;
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

static bool user_update_body(struct store *s, void *arg, struct err *err) {
  const struct user_change *c = arg;
  struct sealed_at at = user_place(c->user, c->arena);
  struct str stamp;
  int64_t changed = 0;
  if (!sealed_stamp(s, &at, c->arena, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(str_of(access_role_name(c->user->self.role))),
                                       STORE_TEXT(user_groups_text(c->user, c->arena)),
                                       user_limit_value(&c->user->calls),
                                       user_limit_value(&c->user->writes),
                                       STORE_TEXT(stamp),
                                       STORE_TEXT(c->user->self.id)};
  const struct changelog_change change = {
      CHANGELOG_PEOPLE, c->user->self.id,
      "UPDATE console_user SET role = $1, group_names = $2, calls_per_minute = $3, writes_per_day = $4, "
      "stamp = $5 WHERE id = $6",
      values, sizeof values / sizeof *values};
  if (!changelog_run(s, &change, &changed, err)) return false;
  return changed || user_gone(c->user->self.id, err);
}

bool user_update_within(struct store *s, const struct access_user *u, struct arena *a, struct err *err) {
  struct user_change c = {.user = u, .arena = a};
  if (u->group_count > USER_GROUPS_MOST)
    return err_at(err, ERR_INVALID, "groups", "%zu groups, and at most %d", u->group_count, USER_GROUPS_MOST);
  for (size_t i = 0; i < u->group_count; i++)
    if (!user_group_is_good(u->groups[i]))
      return err_at(err, ERR_INVALID, "groups", "a group has 1 to %d bytes, without control characters",
                    USER_GROUP_MOST);
  return user_update_body(s, &c, err);
}

static bool user_update_job(struct store *s, void *arg, struct err *err) {
  const struct user_change *c = arg;
  return user_update_within(s, c->user, c->arena, err);
}

bool user_update(struct store *s, const struct access_user *u, struct arena *a, struct err *err) {
  struct user_change c = {.user = u, .arena = a};
  return store_transact(s, user_update_job, &c, err);
}

bool user_end_sessions(struct store *s, struct str id, struct err *err) {
  return store_run(s, "DELETE FROM console_session WHERE user_id = $1", &STORE_TEXT(id), 1, NULL, err) &&
         store_run(s, "DELETE FROM console_link WHERE user_id = $1", &STORE_TEXT(id), 1, NULL, err);
}

bool user_delete(struct store *s, struct str id, struct err *err) {
  int64_t gone = 0;
  const struct changelog_change deletion = {CHANGELOG_PEOPLE, id, "DELETE FROM console_user WHERE id = $1",
                                            &STORE_TEXT(id), 1};
  if (!changelog_run(s, &deletion, &gone, err)) return false;
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
         store_run(s, "DELETE FROM console_link WHERE user_id = $1", &id, 1, NULL, err) &&
         changelog_note(s, CHANGELOG_PEOPLE, id.text, err);
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
