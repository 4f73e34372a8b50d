// SPDX-License-Identifier: Apache-2.0
#include "catalog/admission.h"

#include "base/buf.h"
#include "data/json.h"

enum { ADMISSION_TEXT_MOST = 256 * 1024 };

static bool admission_is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// A URL's token begins with "pst_", and '_' is none of the characters here, so no slug is ever taken for one.
bool admission_slug_is_good(struct str slug) {
  if (!slug.n || slug.n > ADMISSION_SLUG_MOST) return false;
  for (size_t i = 0; i < slug.n; i++) {
    bool inside = i > 0 && i + 1 < slug.n && slug.p[i] == '-' && slug.p[i - 1] != '-';
    if (!admission_is_plain(slug.p[i]) && !inside) return false;
  }
  return true;
}

bool admission_no_slug(struct str slug, struct err *err) {
  err_at(err, ERR_INVALID, "slug", "\"%.*s\" is no address", STR_MOST(slug, 64));
  err_hint(err, "1 to %d lower-case letters and digits, with single '-' between them", ADMISSION_SLUG_MOST);
  return false;
}

bool admission_admits(const struct admission *v, const struct access_user *user) {
  if (!user_acts(user)) return false;
  if (v->roles & 1u << user->self.role) return true;
  for (size_t i = 0; i < v->person_count; i++)
    if (str_eq(v->people[i], user->self.id)) return true;
  for (size_t i = 0; i < v->group_count; i++)
    for (size_t k = 0; k < user->group_count; k++)
      if (str_eq(v->groups[i], user->groups[k])) return true;
  return false;
}

// ---- as JSON

static bool admission_texts(yyjson_val *object, const char *key, struct arena *a, const struct str **out,
                            size_t *count, struct err *err) {
  yyjson_val *list = yyjson_obj_get(object, key), *v;
  size_t i, n;
  if (yyjson_arr_size(list) > ADMISSION_NAMES_MOST)
    return err_at(err, ERR_INVALID, "sign_in", "%s has %zu names, and at most %d", key, yyjson_arr_size(list),
                  ADMISSION_NAMES_MOST);
  struct str *texts = ARENA_ARRAY(a, yyjson_arr_size(list) + 1, struct str);
  yyjson_arr_foreach (list, i, n, v) {
    if (!user_group_is_good(json_text(v)))
      return err_at(err, ERR_INVALID, "sign_in", "%s: a name has 1 to %d bytes, without control characters",
                    key, USER_GROUP_MOST);
    texts[(*count)++] = arena_dup(a, json_text(v));
  }
  *out = texts;
  return true;
}

static bool admission_roles(yyjson_val *list, unsigned *out, struct err *err) {
  yyjson_val *v;
  size_t i, n;
  yyjson_arr_foreach (list, i, n, v) {
    enum access_role role;
    if (!access_role_from(json_text(v), &role) || role == ACCESS_CLIENT)
      return err_at(err, ERR_INVALID, "sign_in", "a role is admin, editor or viewer, not \"%.*s\"",
                    STR_MOST(json_text(v), 32));
    *out |= 1u << role;
  }
  return true;
}

bool admission_read(yyjson_val *object, struct arena *a, struct admission *out, struct err *err) {
  struct admission v = {.slug = arena_dup(a, json_str(object, "slug"))};
  if (v.slug.n && !admission_slug_is_good(v.slug)) return admission_no_slug(v.slug, err);
  if (!admission_roles(yyjson_obj_get(object, "roles"), &v.roles, err) ||
      !admission_texts(object, "groups", a, &v.groups, &v.group_count, err) ||
      !admission_texts(object, "people", a, &v.people, &v.person_count, err))
    return false;
  *out = v;
  return true;
}

static void admission_add(struct buf *out, const char *key, const struct str *texts, size_t count) {
  buf_printf(out, ",\"%s\":[", key);
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, texts[i]);
  }
  buf_add_char(out, ']');
}

struct str admission_write(const struct admission *v, struct arena *a) {
  static const enum access_role roles[] = {ACCESS_ADMIN, ACCESS_EDITOR, ACCESS_VIEWER};
  struct str names[sizeof roles / sizeof *roles];
  size_t n = 0;
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
    if (v->roles & 1u << roles[i]) names[n++] = str_of(access_role_name(roles[i]));
  if (!v->slug.n && !n && !v->group_count && !v->person_count) return STR("");
  struct buf out = BUF_MAX(ADMISSION_TEXT_MOST);
  buf_add_z(&out, "{\"slug\":");
  json_add_string(&out, v->slug);
  admission_add(&out, "roles", names, n);
  admission_add(&out, "groups", v->groups, v->group_count);
  admission_add(&out, "people", v->people, v->person_count);
  buf_add_char(&out, '}');
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

static const struct str *admission_copy_texts(const struct str *from, size_t count, struct arena *a) {
  struct str *to = ARENA_ARRAY(a, count + 1, struct str);
  for (size_t i = 0; i < count; i++) to[i] = arena_dup(a, from[i]);
  return to;
}

struct admission admission_copy(const struct admission *v, struct arena *a) {
  struct admission copy = *v;
  copy.slug = arena_dup(a, v->slug);
  copy.groups = admission_copy_texts(v->groups, v->group_count, a);
  copy.people = admission_copy_texts(v->people, v->person_count, a);
  return copy;
}

// ---- whose a slug is

static bool admission_taken(struct store *s, const struct admission *v, struct str holder, struct arena *a,
                            struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT name FROM server WHERE id = $1", &STORE_TEXT(holder), 1, a, &rows, err))
    return false;
  if (rows.count)
    return err_at(err, ERR_CONFLICT, "slug", "\"%.*s\" is, or was, the address of the server \"%.*s\"",
                  STR_ARG(v->slug), STR_MOST(store_cell(&rows, 0, 0)->text, 64));
  if (v->again) return true;
  err_at(err, ERR_CONFLICT, "slug", "\"%.*s\" was the address of a server that has gone", STR_ARG(v->slug));
  err_hint(err, "clients that still have it would come to this server; 'reuse_slug' says that they may");
  return false;
}

bool admission_claim(struct store *s, const struct admission *v, struct str server_id, struct err *err) {
  if (!v->slug.n) return true;
  struct arena *a = arena_new();
  struct store_rows rows;
  const struct store_value values[] = {STORE_TEXT(v->slug), STORE_TEXT(server_id)};
  bool ok = store_query(s, "SELECT server_id FROM server_slug WHERE slug = $1", values, 1, a, &rows, err);
  struct str holder = ok && rows.count ? store_cell(&rows, 0, 0)->text : STR_NONE;
  if (ok && !rows.count)
    ok = store_run(s, "INSERT INTO server_slug (slug, server_id) VALUES ($1, $2)", values, 2, NULL, err);
  else if (ok && !str_eq(holder, server_id))
    ok = admission_taken(s, v, holder, a, err) &&
         store_run(s, "UPDATE server_slug SET server_id = $1 WHERE slug = $2",
                   (struct store_value[]){values[1], values[0]}, 2, NULL, err);
  arena_free(a);
  return ok;
}
