// SPDX-License-Identifier: Apache-2.0
#include "openapi/forms.h"

#include "data/json.h"

enum { PARTS_MOST = 64 }; // of one allOf that are looked at

struct user { // a schema that takes another in by allOf
  struct form form;
  const struct user *next;
};

static struct str key_of(yyjson_val *const *v) {
  return str_make((const char *)v, sizeof *v);
}

// Both addresses as one key, in the arena.
static struct str pair_of(struct schema_pool *p, struct place base, struct place schema) {
  yyjson_val *const pair[2] = {base.value, schema.value};
  return arena_dup(p->arena, str_make((const char *)pair, sizeof pair));
}

static bool resolve(struct schema_pool *p, struct place at, struct place *out) {
  struct err ignored;
  return document_resolve(p->doc, at, out, &ignored) && yyjson_is_obj(out->value);
}

// --- who takes in whom -----------------------------------------------------------------------------

static struct place named_schemas(struct schema_pool *p) {
  struct place root = document_root(p->doc), all = place_get(place_get(root, "components"), "schemas");
  return all.value ? all : place_get(root, "definitions");
}

static void learn_user(struct schema_pool *p, struct form form) {
  yyjson_val *parts = yyjson_obj_get(form.at.value, "allOf"), *part;
  size_t i, n;
  struct place base;
  yyjson_arr_foreach (parts, i, n, part) {
    if (i == PARTS_MOST) break;
    if (!yyjson_obj_get(part, "$ref") || !resolve(p, (struct place){part, form.at.file}, &base)) continue;
    struct user *u = ARENA_NEW(p->arena, struct user), *last = map_get(&p->users, key_of(&base.value));
    *u = (struct user){.form = form};
    if (last) { // a ring, so that the order is the document's and adding one is one step
      u->next = last->next;
      last->next = u;
    } else {
      u->next = u;
    }
    yyjson_val **key = ARENA_NEW(p->arena, yyjson_val *);
    *key = base.value;
    map_put(&p->users, key_of(key), u);
    map_put(&p->form_of, pair_of(p, base, form.at), u);
  }
}

static void learn_users(struct schema_pool *p) {
  struct place all = named_schemas(p);
  size_t i, n;
  yyjson_val *name, *v;
  if (p->users_known) return;
  p->users_known = true;
  EACH_MEMBER(all.value, i, n, name, v)
  learn_user(p, (struct form){{v, all.file}, json_text(name)});
}

// --- the forms of one schema -----------------------------------------------------------------------

static void add_form(struct schema_pool *p, struct forms *f, struct form form) {
  if (f->count == FORMS_MOST || p->forms_count == FORMS_ALL_MOST || form.at.value == f->base.value) return;
  for (size_t i = 0; i < f->count; i++)
    if (f->items[i].at.value == form.at.value) return;
  if (f->count == f->cap) {
    f->cap = f->cap ? 2 * f->cap : 4;
    struct form *items = ARENA_ARRAY(p->arena, f->cap, struct form);
    if (f->count) memcpy(items, f->items, f->count * sizeof *items);
    f->items = items;
  }
  p->forms_count++;
  f->items[f->count++] = form;
  map_put(&p->form_of, pair_of(p, f->base, form.at), f);
}

// A target of `mapping`: a reference, or the bare name of a schema.
static bool find_target(struct schema_pool *p, struct place base, yyjson_val *target, struct place *out) {
  struct place named = named_schemas(p);
  struct str name = json_text(target);
  yyjson_val *v = yyjson_obj_getn(named.value, name.p ? name.p : "", name.n);
  if (!yyjson_is_str(target)) return false;
  if (yyjson_is_obj(v)) {
    *out = (struct place){v, named.file};
    return true;
  }
  yyjson_val *ref = ARENA_ARRAY(p->arena, 3, yyjson_val); // {"$ref": target}
  unsafe_yyjson_set_obj(ref, 1);
  ref->uni.ofs = 3 * sizeof *ref;
  unsafe_yyjson_set_strn(ref + 1, "$ref", 4);
  ref[2] = *target;
  return resolve(p, (struct place){ref, base.file}, out);
}

static void add_users(struct schema_pool *p, struct forms *f, struct place base) {
  const struct user *last = map_get(&p->users, key_of(&base.value)), *u = last;
  while (u && f->count < FORMS_MOST) {
    u = u->next;
    add_form(p, f, u->form);
    if (u == last) return;
  }
}

const struct forms *forms_of(struct schema_pool *p, struct place base) {
  yyjson_val *d = yyjson_obj_get(base.value, "discriminator"), *mapping = yyjson_obj_get(d, "mapping");
  bool listed = yyjson_obj_get(base.value, "oneOf") || yyjson_obj_get(base.value, "anyOf");
  if (!d || listed) return NULL;
  struct forms *f = map_get(&p->forms, key_of(&base.value));
  if (f) return f->count ? f : NULL;
  learn_users(p);
  f = ARENA_NEW(p->arena, struct forms);
  f->base = base;
  map_put(&p->forms, key_of(&f->base.value), f);
  size_t i, n;
  yyjson_val *name, *target;
  struct place at;
  EACH_MEMBER(mapping, i, n, name, target)
  if (find_target(p, base, target, &at)) add_form(p, f, (struct form){at, json_text(name)});
  if (f->count) return f;
  add_users(p, f, base);
  for (i = 0; i < f->count; i++) add_users(p, f, f->items[i].at); // and those of these
  return f->count ? f : NULL;
}

bool forms_has(struct schema_pool *p, struct place base, struct place schema) {
  yyjson_val *const pair[2] = {base.value, schema.value};
  return map_get(&p->form_of, str_make((const char *)pair, sizeof pair)) != NULL;
}
