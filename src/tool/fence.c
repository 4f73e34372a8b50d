// SPDX-License-Identifier: Apache-2.0
#include "tool/fence.h"

#include <stdio.h>

#include "data/json.h"

// "config.fence", and below it "config.fence.acme.zone_id".
static bool fence_refuse(struct err *err, struct str account, struct str key, const char *why) {
  char field[160];
  snprintf(field, sizeof field, "config.fence%s%.*s%s%.*s", account.n ? "." : "", STR_MOST(account, 64),
           key.n ? "." : "", STR_MOST(key, 40));
  return err_at(err, ERR_INVALID, field, "%s", why);
}

static bool fence_read_value(yyjson_val *v, struct arena *a, struct fence_value *out) {
  struct str id = yyjson_is_obj(v) ? json_str(v, "id") : json_text(v), name = json_str(v, "name");
  if (!id.n || id.n > FENCE_TEXT_MOST || name.n > FENCE_TEXT_MOST) return false;
  *out = (struct fence_value){arena_dup(a, id), arena_dup(a, name)};
  return true;
}

static bool fence_read_key(yyjson_val *list, struct arena *a, struct fence_key *out) {
  size_t i, n;
  yyjson_val *v;
  if (!yyjson_is_arr(list) || !yyjson_arr_size(list) || yyjson_arr_size(list) > FENCE_VALUES_MOST)
    return false;
  out->values = ARENA_ARRAY(a, yyjson_arr_size(list), struct fence_value);
  yyjson_arr_foreach (list, i, n, v) {
    if (!fence_read_value(v, a, &out->values[out->count])) return false;
    if (!fence_has(out, out->values[out->count].id)) out->count++;
  }
  return true;
}

static bool fence_read_account(struct str account, yyjson_val *keys, struct arena *a, struct fence *out,
                               struct err *err) {
  size_t i, n;
  yyjson_val *key, *list;
  *out = (struct fence){.account = arena_dup(a, account)};
  if (!yyjson_is_obj(keys) || !yyjson_obj_size(keys) || yyjson_obj_size(keys) > FENCE_KEYS_MOST)
    return fence_refuse(err, account, STR_NONE,
                        "must be an object of 1 to 8 keys, each with an array of values");
  out->keys = ARENA_ARRAY(a, yyjson_obj_size(keys), struct fence_key);
  yyjson_obj_foreach (keys, i, n, key, list) {
    struct fence_key *k = &out->keys[out->count];
    *k = (struct fence_key){.key = arena_dup(a, json_text(key))};
    if (fence_key_of(out, k->key)) return fence_refuse(err, account, k->key, "is there twice");
    if (!fence_read_key(list, a, k))
      return fence_refuse(err, account, k->key,
                          "must be an array of 1 to 200 values, each a text of at most 256 bytes");
    out->count++;
  }
  return true;
}

static size_t fence_count(const struct fences *f) {
  size_t n = 0;
  for (size_t i = 0; i < f->count; i++)
    for (size_t k = 0; k < f->items[i].count; k++) n += f->items[i].keys[k].count;
  return n;
}

bool fence_read(yyjson_val *v, struct arena *a, struct fences *out, struct err *err) {
  size_t i, n;
  yyjson_val *key, *keys;
  struct fences f = {0};
  if (v && !yyjson_is_null(v) && (!yyjson_is_obj(v) || yyjson_obj_size(v) > FENCE_ACCOUNTS_MOST))
    return fence_refuse(err, STR_NONE, STR_NONE, "must be an object of accounts, at most 50");
  f.items = ARENA_ARRAY(a, yyjson_obj_size(v) + 1, struct fence);
  yyjson_obj_foreach (v, i, n, key, keys) {
    if (fence_of(&f, json_text(key))) return fence_refuse(err, json_text(key), STR_NONE, "is there twice");
    if (!fence_read_account(json_text(key), keys, a, &f.items[f.count], err)) return false;
    f.count++;
  }
  if (fence_count(&f) > FENCE_ALL_MOST)
    return fence_refuse(err, STR_NONE, STR_NONE, "takes at most 1000 values in all");
  *out = f;
  return true;
}

static void fence_write_values(const struct fence_key *k, struct buf *out) {
  for (size_t i = 0; i < k->count; i++) {
    buf_add_z(out, i ? ",{\"id\":" : "{\"id\":");
    json_add_string(out, k->values[i].id);
    if (k->values[i].name.n) buf_add_z(out, ",\"name\":"), json_add_string(out, k->values[i].name);
    buf_add_char(out, '}');
  }
}

void fence_write(const struct fences *f, struct buf *out) {
  buf_add_char(out, '{');
  for (size_t i = 0; i < f->count; i++) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, f->items[i].account);
    for (size_t k = 0; k < f->items[i].count; k++) {
      buf_add_z(out, k ? "]," : ":{");
      json_add_string(out, f->items[i].keys[k].key);
      buf_add_z(out, ":[");
      fence_write_values(&f->items[i].keys[k], out);
    }
    buf_add_z(out, "]}");
  }
  buf_add_char(out, '}');
}

static struct fence_key fence_copy_key(const struct fence_key *from, struct arena *a) {
  struct fence_key k = {arena_dup(a, from->key), ARENA_ARRAY(a, from->count, struct fence_value),
                        from->count};
  for (size_t i = 0; i < from->count; i++)
    k.values[i] = (struct fence_value){arena_dup(a, from->values[i].id), arena_dup(a, from->values[i].name)};
  return k;
}

struct fences fence_copy(const struct fences *from, struct arena *a) {
  struct fences f = {ARENA_ARRAY(a, from->count + 1, struct fence), from->count};
  for (size_t i = 0; i < from->count; i++) {
    const struct fence *was = &from->items[i];
    f.items[i] =
        (struct fence){arena_dup(a, was->account), ARENA_ARRAY(a, was->count, struct fence_key), was->count};
    for (size_t k = 0; k < was->count; k++) f.items[i].keys[k] = fence_copy_key(&was->keys[k], a);
  }
  return f;
}

const struct fence *fence_of(const struct fences *f, struct str account) {
  for (size_t i = 0; i < f->count; i++)
    if (str_eq(f->items[i].account, account)) return &f->items[i];
  return NULL;
}

const struct fence_key *fence_key_of(const struct fence *f, struct str key) {
  for (size_t i = 0; f && i < f->count; i++)
    if (str_eq(f->keys[i].key, key)) return &f->keys[i];
  return NULL;
}

bool fence_has(const struct fence_key *k, struct str id) {
  for (size_t i = 0; i < k->count; i++)
    if (str_eq(k->values[i].id, id)) return true;
  return false;
}

// All of `a` is in `b`, and no more of it.
static bool fence_is_part(const struct fence *a, const struct fence *b) {
  if (!b || a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++) {
    const struct fence_key *other = fence_key_of(b, a->keys[i].key);
    if (!other || other->count != a->keys[i].count) return false;
    for (size_t k = 0; k < other->count; k++)
      if (!fence_has(other, a->keys[i].values[k].id)) return false;
  }
  return true;
}

bool fence_is_same(const struct fences *a, const struct fences *b) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++)
    if (!fence_is_part(&a->items[i], fence_of(b, a->items[i].account))) return false;
  return true;
}
