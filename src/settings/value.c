// SPDX-License-Identifier: Apache-2.0
#include "settings/value.h"

#include "data/uri.h"

const struct setting settings_table[SETTINGS_COUNT] = {
#define X(name, kind, initial, allowed, flags, help)                                                         \
  {#name, SETTINGS_KIND_##kind, initial, allowed, flags, help, offsetof(struct settings, name)},
    SETTINGS(X)
#undef X
};

enum settings_id settings_find(struct str key) {
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++)
    if (str_is(key, settings_table[id].key)) return id;
  return SETTINGS_COUNT;
}

struct str settings_nearest(struct str key, unsigned most) {
  struct str nearest = STR_NONE;
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    unsigned distance = str_distance(key, str_of(settings_table[id].key));
    if (distance > most) continue;
    most = distance - (distance > 0);
    nearest = str_of(settings_table[id].key);
  }
  return nearest;
}

const char *settings_form_of(enum settings_kind kind) {
  static const char *const forms[] = {
#define X(id, type, form) form,
      SETTINGS_KINDS(X)
#undef X
  };
  return forms[kind];
}

static const struct settings_unit {
  enum settings_kind kind;
  const char *name;
  uint64_t factor;
} settings_units[] = {
    {SETTINGS_KIND_DURATION, "ms", 1},
    {SETTINGS_KIND_DURATION, "s", 1000},
    {SETTINGS_KIND_DURATION, "m", 60000},
    {SETTINGS_KIND_DURATION, "h", 3600000},
    {SETTINGS_KIND_DURATION, "d", 86400000},
    {SETTINGS_KIND_BYTES, "", 1},
    {SETTINGS_KIND_BYTES, "B", 1},
    {SETTINGS_KIND_BYTES, "KB", 1000},
    {SETTINGS_KIND_BYTES, "KiB", 1024},
    {SETTINGS_KIND_BYTES, "MB", 1000000},
    {SETTINGS_KIND_BYTES, "MiB", 1048576},
    {SETTINGS_KIND_BYTES, "GB", 1000000000},
    {SETTINGS_KIND_BYTES, "GiB", 1073741824},
    {SETTINGS_KIND_COUNT, "", 1},
};

// "24KiB": digits, then one of the kind's units; a blank may stand between.
static bool settings_number(enum settings_kind kind, struct str text, uint64_t *out) {
  size_t digits = 0;
  while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9') digits++;
  uint64_t n;
  if (!str_to_u64(str_make(text.p, digits), &n)) return false;
  struct str unit = str_trim(str_from(text, digits));
  for (size_t i = 0; i < sizeof settings_units / sizeof *settings_units; i++) {
    const struct settings_unit *u = &settings_units[i];
    if (u->kind != kind || !str_is(unit, u->name)) continue;
    return !__builtin_mul_overflow(n, u->factor, out);
  }
  return false;
}

static bool settings_bounds(const struct setting *t, uint64_t *least, uint64_t *most) {
  struct str allowed = str_of(t->allowed);
  const char *dots = strstr(t->allowed, "..");
  if (!dots) return false;
  size_t at = (size_t)(dots - t->allowed);
  return settings_number(t->kind, str_make(allowed.p, at), least) &&
         settings_number(t->kind, str_from(allowed, at + 2), most);
}

static bool settings_say_number(const struct setting *t, struct str text, struct err *err) {
  return err_set(err, ERR_INVALID, "%s: '%.*s' is not %s within %s", t->key, STR_ARG(text),
                 settings_form_of(t->kind), t->allowed);
}

static bool settings_set_number(const struct setting *t, void *member, struct str text, struct err *err) {
  uint64_t n, least = 0, most = 0;
  bool bounded = settings_bounds(t, &least, &most);
  if (!bounded || !settings_number(t->kind, text, &n) || n < least || n > most)
    return settings_say_number(t, text, err);
  if (t->kind == SETTINGS_KIND_DURATION)
    *(uint64_t *)member = n;
  else
    *(size_t *)member = (size_t)n;
  return true;
}

static bool settings_set_text(const struct setting *t, void *member, struct str text, struct err *err) {
  bool allowed = !*t->allowed;
  for (struct str rest = str_of(t->allowed), item; !allowed && str_cut(&rest, '|', &item);)
    allowed = str_eq(item, text);
  if (!allowed)
    return err_set(err, ERR_INVALID, "%s: '%.*s' is not one of %s", t->key, STR_ARG(text), t->allowed);
  struct uri uri;
  if (t->kind == SETTINGS_KIND_URL && text.n && !uri_parse_http(text, &uri, err)) {
    if (str_find(text, '@') >= 0) return err_wrap(err, "%s", t->key); // what is before it may be a password
    return err_wrap(err, "%s: '%.*s'", t->key, STR_ARG(text));
  }
  *(struct str *)member = text;
  return true;
}

static bool settings_set_bool(const struct setting *t, void *member, struct str text, struct err *err) {
  if (!str_is(text, "true") && !str_is(text, "false"))
    return err_set(err, ERR_INVALID, "%s: '%.*s' is not true or false", t->key, STR_ARG(text));
  *(bool *)member = str_is(text, "true");
  return true;
}

static bool settings_set_list(struct arena *a, const struct setting *t, void *member, struct str text,
                              struct err *err) {
  struct settings_list list = {.items = ARENA_ARRAY(a, SETTINGS_ITEMS_MOST, struct str)};
  for (struct str rest = text, item; str_cut(&rest, ',', &item);) {
    item = str_trim(item);
    if (!item.n) continue;
    if (list.count == SETTINGS_ITEMS_MOST)
      return err_set(err, ERR_INVALID, "%s: more than %d items", t->key, SETTINGS_ITEMS_MOST);
    list.items[list.count++] = arena_dup(a, item);
  }
  *(struct settings_list *)member = list;
  return true;
}

bool settings_set(struct settings *s, enum settings_id id, struct str text, struct err *err) {
  const struct setting *t = &settings_table[id];
  void *member = (char *)s + t->offset;
  if (memchr(text.p ? text.p : "", 0, text.n)) return err_set(err, ERR_INVALID, "%s: has a NUL byte", t->key);
  switch (t->kind) {
  case SETTINGS_KIND_TEXT:
  case SETTINGS_KIND_URL:
    return settings_set_text(t, member, text, err);
  case SETTINGS_KIND_BOOL:
    return settings_set_bool(t, member, text, err);
  case SETTINGS_KIND_LIST:
    return settings_set_list(s->arena, t, member, text, err);
  default:
    return settings_set_number(t, member, text, err);
  }
}
