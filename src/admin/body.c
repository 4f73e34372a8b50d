// SPDX-License-Identifier: Apache-2.0
#include "admin/body.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/codec.h"
#include "data/json.h"

enum { ADMIN_BODY_SHOWN = 64, ADMIN_BODY_NEAR = 3, ADMIN_BODY_NAMES = 256, ADMIN_BODY_FIELD = 96 };

static struct str admin_body_shown(struct str value) {
  return str_cut_utf8(value, ADMIN_BODY_SHOWN);
}

// "query.limit" or "limit"
static void admin_body_field(const char *where, const char *name, char field[ADMIN_BODY_FIELD]) {
  snprintf(field, ADMIN_BODY_FIELD, "%s%s%s", where, *where ? "." : "", name);
}

static bool admin_body_unknown(const struct admin_shape *shape, const char *where, struct str name,
                               struct err *err) {
  char names[ADMIN_BODY_NAMES], given[ADMIN_BODY_SHOWN + 1], field[ADMIN_BODY_FIELD];
  size_t n = 0;
  const char *near = NULL;
  unsigned best = ADMIN_BODY_NEAR + 1;
  names[0] = 0;
  for (size_t i = 0; i < shape->count; i++) {
    if (n < sizeof names)
      n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "", shape->members[i].name);
    unsigned d = str_distance(name, str_of(shape->members[i].name));
    if (d < best) best = d, near = shape->members[i].name;
  }
  snprintf(given, sizeof given, "%.*s", STR_ARG(admin_body_shown(name)));
  admin_body_field(where, given, field);
  err_at(err, ERR_INVALID, field, "\"%s\" is not known here; allowed: %s", given,
         shape->count ? names : "none");
  if (near) err_hint(err, "did you mean \"%s\"?", near);
  return false;
}

static bool admin_body_word_allowed(const char *allowed, struct str value) {
  for (struct str rest = str_of(allowed), word; str_cut(&rest, '|', &word);)
    if (str_eq(word, value)) return true;
  return false;
}

// What a text must be, wherever it stands.
static bool admin_body_check_text(const struct admin_member *m, const char *field, struct str value,
                                  struct err *err) {
  if (m->flags & ADMIN_REQUIRED && str_trim(value).n == 0)
    return err_at(err, ERR_INVALID, field, "must not be empty");
  if (m->most && value.n > (size_t)m->most)
    return err_at(err, ERR_INVALID, field, "at most %lld bytes, not %zu", (long long)m->most, value.n);
  if (m->type == ADMIN_WORD && !admin_body_word_allowed(m->allowed, value))
    return err_at(err, ERR_INVALID, field, "\"%.*s\" is not known here; allowed: %s",
                  STR_ARG(admin_body_shown(value)), m->allowed);
  int64_t ms;
  if (m->type == ADMIN_TIME && !clock_parse_rfc3339(value, &ms)) {
    err_at(err, ERR_INVALID, field, "\"%.*s\" is no RFC 3339 date and time",
           STR_ARG(admin_body_shown(value)));
    err_hint(err, "for example 2030-01-31T12:00:00Z");
    return false;
  }
  return true;
}

static bool admin_body_check_int(const struct admin_member *m, const char *field, int64_t value,
                                 struct err *err) {
  if (value >= m->least && (!m->most || value <= m->most)) return true;
  return err_at(err, ERR_INVALID, field, "%lld is out of range; allowed: %lld to %lld", (long long)value,
                (long long)m->least, (long long)m->most);
}

// Numbers of a body come as their digits.
static bool admin_body_int(yyjson_val *v, int64_t *out) {
  if (yyjson_is_raw(v)) return str_to_i64(json_raw_number(v), out);
  *out = yyjson_get_sint(v);
  return yyjson_is_sint(v) || (yyjson_is_uint(v) && yyjson_get_uint(v) <= INT64_MAX);
}

static bool admin_body_has_type(const struct admin_member *m, yyjson_val *v) {
  int64_t number;
  switch (m->type) {
  case ADMIN_TEXT:
  case ADMIN_WORD:
  case ADMIN_TIME:
    return yyjson_is_str(v);
  case ADMIN_INT:
    return admin_body_int(v, &number);
  case ADMIN_BOOL:
    return yyjson_is_bool(v);
  case ADMIN_OBJECT:
    return yyjson_is_obj(v);
  case ADMIN_EITHER:
    return yyjson_is_str(v) || yyjson_is_obj(v);
  case ADMIN_TEXTS:
  case ADMIN_OBJECTS:
  case ADMIN_EITHERS:
    return yyjson_is_arr(v);
  }
  return false;
}

static const char *const body_type_names[] = {
    [ADMIN_TEXT] = "a string",
    [ADMIN_WORD] = "a string",
    [ADMIN_TIME] = "an RFC 3339 date and time",
    [ADMIN_INT] = "an integer",
    [ADMIN_BOOL] = "true or false",
    [ADMIN_OBJECT] = "an object",
    [ADMIN_EITHER] = "a string or an object",
    [ADMIN_TEXTS] = "an array of strings",
    [ADMIN_OBJECTS] = "an array of objects",
    [ADMIN_EITHERS] = "an array of strings or objects",
};

static const struct admin_member *admin_body_member(const struct admin_shape *shape, struct str name) {
  for (size_t i = 0; i < shape->count; i++)
    if (str_is(name, shape->members[i].name)) return &shape->members[i];
  return NULL;
}

static bool admin_body_check_object(const struct admin_shape *shape, yyjson_val *object, const char *where,
                                    struct err *err);

static bool admin_body_is_list(enum admin_type type) {
  return type == ADMIN_TEXTS || type == ADMIN_OBJECTS || type == ADMIN_EITHERS;
}

// What an element of a list must be is said as of a member of its own.
static struct admin_member admin_body_element(const struct admin_member *m) {
  struct admin_member of = *m;
  of.type = m->type == ADMIN_TEXTS ? ADMIN_TEXT : m->type == ADMIN_OBJECTS ? ADMIN_OBJECT : ADMIN_EITHER;
  of.flags = 0;
  of.most = 0;
  return of;
}

// `field`: where it stands, "config.limits"; NULL `v`: it is absent.
static bool admin_body_check_member(const struct admin_member *m, yyjson_val *v, const char *field,
                                    struct err *err) {
  if (!v) return !(m->flags & ADMIN_REQUIRED) || err_at(err, ERR_INVALID, field, "is required: %s", m->says);
  if (yyjson_is_null(v) && m->flags & ADMIN_NULLABLE) return true;
  if (!admin_body_has_type(m, v))
    return err_at(err, ERR_INVALID, field, "must be %s%s, not %s", body_type_names[m->type],
                  m->flags & ADMIN_NULLABLE ? " or null" : "",
                  yyjson_is_raw(v) ? "number" : yyjson_get_type_desc(v));
  if (yyjson_is_str(v)) return admin_body_check_text(m, field, json_text(v), err);
  if (yyjson_is_obj(v)) return !m->shape || admin_body_check_object(m->shape, v, field, err);
  if (admin_body_is_list(m->type)) {
    const struct admin_member of = admin_body_element(m);
    char at[ADMIN_BODY_FIELD];
    yyjson_val *element;
    size_t i, n;
    yyjson_arr_foreach (v, i, n, element) {
      snprintf(at, sizeof at, "%s[%zu]", field, i);
      if (!admin_body_check_member(&of, element, at, err)) return false;
    }
    return true;
  }
  int64_t number;
  return m->type != ADMIN_INT || !admin_body_int(v, &number) || admin_body_check_int(m, field, number, err);
}

static bool admin_body_check_object(const struct admin_shape *shape, yyjson_val *object, const char *where,
                                    struct err *err) {
  yyjson_obj_iter it = yyjson_obj_iter_with(object);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));)
    if (!admin_body_member(shape, json_text(key)))
      return admin_body_unknown(shape, where, json_text(key), err);
  for (size_t i = 0; i < shape->count; i++) {
    const struct admin_member *m = &shape->members[i];
    char field[ADMIN_BODY_FIELD];
    admin_body_field(where, m->name, field);
    if (!admin_body_check_member(m, yyjson_obj_get(object, m->name), field, err)) return false;
  }
  return true;
}

bool admin_body_check(const struct admin_shape *shape, yyjson_val *body, struct err *err) {
  if (!yyjson_is_obj(body)) return err_set(err, ERR_INVALID, "the body must be a JSON object");
  return admin_body_check_object(shape, body, "", err);
}

static bool admin_body_check_value(const struct admin_member *m, struct str value, struct err *err) {
  char field[ADMIN_BODY_FIELD];
  admin_body_field("query", m->name, field);
  if (m->type != ADMIN_INT) return admin_body_check_text(m, field, value, err);
  int64_t number;
  if (!str_to_i64(value, &number))
    return err_at(err, ERR_INVALID, field, "\"%.*s\" is no integer", STR_ARG(admin_body_shown(value)));
  return admin_body_check_int(m, field, number, err);
}

bool admin_body_decode(struct str raw, struct arena *a, struct str *out) {
  char *text = arena_z(a, raw);
  for (size_t i = 0; i < raw.n; i++)
    if (text[i] == '+') text[i] = ' ';
  return codec_unpercent(a, str_make(text, raw.n), out);
}

bool admin_body_check_query(const struct admin_shape *shape, struct str query, struct arena *a,
                            struct str *values, struct err *err) {
  for (struct str rest = query, pair; str_cut(&rest, '&', &pair);) {
    if (!pair.n) continue;
    struct str name, value = pair;
    if (!str_cut(&value, '=', &name) || !admin_body_decode(name, a, &name) ||
        !admin_body_decode(value, a, &value) || !codec_is_utf8(name) || !codec_is_utf8(value))
      return err_at(err, ERR_INVALID, "query", "'%.*s' is not well encoded", STR_ARG(admin_body_shown(pair)));
    const struct admin_member *m = admin_body_member(shape, name);
    if (!m) return admin_body_unknown(shape, "query", name, err);
    if (values[m - shape->members].n)
      return err_at(err, ERR_INVALID, "query", "\"%s\" is given twice", m->name);
    if (value.n && !admin_body_check_value(m, value, err)) return false;
    values[m - shape->members] = value;
  }
  return true;
}

bool admin_body_read_expiry(yyjson_val *body, int64_t now_ms, int64_t *out, struct err *err) {
  struct str text = json_str(body, "expires_at");
  int64_t ms = 0;
  if (text.n && !clock_parse_rfc3339(text, &ms))
    return err_at(err, ERR_INVALID, "expires_at", "\"%.*s\" is no RFC 3339 date and time",
                  STR_ARG(admin_body_shown(text)));
  if (text.n && ms <= now_ms) {
    char now[CLOCK_TEXT];
    clock_rfc3339(now_ms, now);
    return err_at(err, ERR_INVALID, "expires_at", "%.*s is in the past; it is %s now",
                  STR_ARG(admin_body_shown(text)), now);
  }
  *out = ms;
  return true;
}
