// SPDX-License-Identifier: Apache-2.0
#include "account/draft.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/mem.h"
#include "data/json.h"
#include "data/uri.h"

void draft_open(struct draft *d, const struct account_env *env, const struct connector *c) {
  *d = (struct draft){.env = env, .connector = c, .arena = arena_new()};
  d->context = yyjson_mut_doc_new(NULL);
  d->choices = yyjson_mut_doc_new(NULL);
  if (!d->context || !d->choices) abort();
  yyjson_mut_doc_set_root(d->context, yyjson_mut_obj(d->context));
  yyjson_mut_doc_set_root(d->choices, yyjson_mut_obj(d->choices));
}

void draft_free(struct draft *d) {
  vault_sends_free(&d->sends);
  secret_free(d->plain);
  yyjson_mut_doc_free(d->context);
  yyjson_mut_doc_free(d->choices);
  arena_free(d->arena);
}

static size_t draft_characters(struct str s) {
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
  return n;
}

bool draft_set_name(struct draft *d, struct str name, struct err *err) {
  struct str shown = str_trim(name);
  if (!shown.n || draft_characters(shown) > ACCOUNT_NAME_MOST)
    return err_at(err, ERR_INVALID, "name", "must have 1 to %d characters", ACCOUNT_NAME_MOST);
  if (!codec_is_utf8(shown) || !codec_is_field_value(shown))
    return err_at(err, ERR_INVALID, "name", "holds control characters");
  d->row.name = arena_dup(d->arena, shown);
  return true;
}

bool draft_set_base_url(struct draft *d, struct str base_url, struct err *err) {
  struct uri uri;
  if (!uri_parse_http(base_url, &uri, err)) {
    snprintf(err->field, sizeof err->field, "base_url");
    return false;
  }
  if (uri.query.p || uri.fragment.p) return err_at(err, ERR_INVALID, "base_url", "must end with the path");
  while (base_url.n && base_url.p[base_url.n - 1] == '/') base_url.n--;
  d->row.base_url = arena_dup(d->arena, base_url);
  return true;
}

bool draft_set_credential(struct draft *d, struct str way, yyjson_val *credential, struct err *err) {
  if (!credential) return err_at(err, ERR_INVALID, "credential", "is missing");
  if (!vault_way(d->connector, way, credential, &d->way, err) ||
      !vault_take(d->way, credential, &d->plain, err) ||
      !vault_render(d->way, d->plain, d->arena, &d->sends, err))
    return false;
  d->row.way = d->way->id;
  d->seal_anew = true;
  return true;
}

static bool draft_knows_context(const struct draft *d, struct str name) {
  for (size_t i = 0; i < d->connector->context_count; i++)
    if (str_eq(d->connector->contexts[i].name, name)) return true;
  return d->connector->context_count == 0; // nothing declared: any argument may have a default
}

static bool draft_set_default(struct draft *d, struct str name, yyjson_val *v, struct err *err) {
  char field[sizeof err->field];
  snprintf(field, sizeof field, "context.%.*s", (int)(name.n < 60 ? name.n : 60), name.p);
  if (!draft_knows_context(d, name)) {
    err_at(err, ERR_INVALID, field, "is no default that connector %.*s has", STR_ARG(d->connector->name));
    err_hint(err, "its defaults start with '%.*s'", STR_ARG(d->connector->contexts[0].name));
    return false;
  }
  yyjson_mut_val *root = yyjson_mut_doc_get_root(d->context),
                 *key = yyjson_mut_strncpy(d->context, name.p, name.n);
  if (yyjson_is_null(v)) {
    yyjson_mut_obj_remove(root, key);
    return true;
  }
  struct str text = yyjson_is_str(v) ? json_text(v) : STR("0");
  if (!(yyjson_is_str(v) || yyjson_is_num(v) || yyjson_is_bool(v)) || !text.n || text.n > ACCOUNT_VALUE_MOST)
    return err_at(err, ERR_INVALID, field, "must be a text of 1 to %d bytes, a number, or true or false",
                  ACCOUNT_VALUE_MOST);
  yyjson_mut_obj_put(root, key, yyjson_val_mut_copy(d->context, v));
  if (yyjson_mut_obj_size(root) > ACCOUNT_CONTEXT_MOST)
    return err_at(err, ERR_INVALID, "context", "has more than %d defaults", ACCOUNT_CONTEXT_MOST);
  return true;
}

bool draft_set_context(struct draft *d, yyjson_val *context, struct err *err) {
  if (!context || yyjson_is_null(context)) return true;
  if (!yyjson_is_obj(context)) return err_at(err, ERR_INVALID, "context", "must be an object");
  yyjson_obj_iter iter = yyjson_obj_iter_with(context);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));)
    if (!draft_set_default(d, json_text(key), yyjson_obj_iter_get_val(key), err)) return false;
  return true;
}

static bool draft_tree(struct str text, yyjson_mut_doc *doc, struct err *err) {
  yyjson_doc *read;
  if (!json_read(text, &JSON_LIMITS, &read, err)) return err_wrap(err, "the account's row is damaged");
  yyjson_mut_doc_set_root(doc, yyjson_val_mut_copy(doc, yyjson_doc_get_root(read)));
  yyjson_doc_free(read);
  return true;
}

bool draft_load(struct draft *d, struct err *err) {
  return draft_tree(d->row.context, d->context, err) && draft_tree(d->row.choices, d->choices, err);
}

static bool draft_open_credential(const struct account_env *env, const struct connector *c,
                                  const struct account_row *row, const struct connector_way **way,
                                  struct secret **plain, struct err *err) {
  const struct connector_way *found = connector_way_find(c, row->way);
  if (!found || !row->way.n)
    return err_set(err, ERR_CONFLICT, "connector %.*s has no way '%.*s' any more", STR_ARG(c->name),
                   STR_ARG(row->way));
  struct arena *a = arena_new();
  bool ok = seal_open(env->ring, vault_place(a, row->id), row->credential, plain, err);
  arena_free(a);
  if (ok) *way = found;
  return ok || err_wrap(err, "the stored credential does not open");
}

bool draft_reveal(struct draft *d, struct err *err) {
  return draft_open_credential(d->env, d->connector, &d->row, &d->way, &d->plain, err) &&
         vault_render(d->way, d->plain, d->arena, &d->sends, err);
}

// Where the credential sees exactly one account there is nothing to choose.
static void draft_fill_context(struct draft *d) {
  yyjson_mut_val *context = yyjson_mut_doc_get_root(d->context),
                 *choices = yyjson_mut_doc_get_root(d->choices);
  size_t i, n;
  yyjson_mut_val *name, *list;
  yyjson_mut_obj_foreach (choices, i, n, name, list) {
    if (yyjson_mut_arr_size(list) != 1 ||
        yyjson_mut_obj_getn(context, yyjson_mut_get_str(name), yyjson_mut_get_len(name)))
      continue;
    yyjson_mut_val *id = yyjson_mut_obj_get(yyjson_mut_arr_get_first(list), "id");
    yyjson_mut_obj_add(context,
                       yyjson_mut_strncpy(d->context, yyjson_mut_get_str(name), yyjson_mut_get_len(name)),
                       yyjson_mut_val_mut_copy(d->context, id));
  }
}

bool draft_verify(struct draft *d, struct err *err) {
  struct probe p = {d->env, d->connector, d->way, d->plain, &d->sends, d->row.base_url, d->arena};
  bool verified;
  if (!probe_verify(&p, &verified, err)) return false;
  yyjson_mut_val *found = yyjson_mut_obj(d->choices);
  if (!probe_choices(&p, d->choices, found, err)) return false;
  yyjson_mut_doc_set_root(d->choices, found);
  draft_fill_context(d);
  d->row.status = verified ? STR("ok") : STR("unverified");
  d->row.status_text = STR("");
  if (verified) d->row.verified_at = clock_now_ms();
  return true;
}

static struct str draft_text(struct arena *a, yyjson_mut_doc *doc) {
  size_t n;
  char *text = yyjson_mut_write(doc, 0, &n);
  if (!text) abort(); // it was read or made as valid UTF-8
  struct str copy = arena_dup(a, str_make(text, n));
  free(text);
  return copy;
}

bool draft_settle(struct draft *d, struct err *err) {
  d->row.context = draft_text(d->arena, d->context);
  d->row.choices = draft_text(d->arena, d->choices);
  if (!d->seal_anew) return true;
  return seal_close(d->env->ring, vault_place(d->arena, d->row.id), secret_reveal(d->plain), d->arena,
                    &d->row.credential, err);
}

static yyjson_doc *draft_doc(struct str text) {
  yyjson_doc *doc;
  struct err err;
  return json_read(text, &JSON_LIMITS, &doc, &err) ? doc : yyjson_read("{}", 2, 0);
}

static bool draft_arm(const struct account_env *env, const struct connector *c, const struct account_row *row,
                      struct account *account, struct err *err) {
  const struct connector_way *way = NULL;
  struct secret *plain;
  struct vault_sends sends;
  if (!c) return err_set(err, ERR_MISSING, "connector %.*s is not there any more", STR_ARG(row->connector));
  if (!draft_open_credential(env, c, row, &way, &plain, err)) return false;
  bool ok = vault_render(way, plain, account->arena, &sends, err);
  secret_free(plain);
  if (!ok) return false;
  memcpy(account->sends, sends.items, sizeof sends.items);
  account->send_count = sends.count;
  return true;
}

void draft_publish(const struct account_env *env, const struct connector *c, const struct account_row *row,
                   struct account **out) {
  struct arena *a = arena_new();
  struct account *account = MEM_NEW(struct account);
  *account = (struct account){.arena = a,
                              .kind = c ? c->kind : CONNECTOR_REST,
                              .id = arena_dup(a, row->id),
                              .name = arena_dup(a, row->name),
                              .connector = arena_dup(a, row->connector),
                              .way = arena_dup(a, row->way),
                              .status = arena_dup(a, row->status),
                              .status_text = arena_dup(a, row->status_text),
                              .created_at = row->created_at,
                              .updated_at = row->updated_at,
                              .verified_at = row->verified_at,
                              .version = row->version,
                              .context = draft_doc(row->context),
                              .choices = draft_doc(row->choices)};
  account->base_url = arena_dup(a, row->base_url);
  struct err err = {0};
  if (!draft_arm(env, c, row, account, &err)) {
    account->status = STR("failing");
    account->status_text = arena_dup(a, str_of(err.text));
  }
  *out = account;
}
