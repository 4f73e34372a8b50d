// SPDX-License-Identifier: Apache-2.0
#include "oidc/provider.h"

#include <stdio.h>

#include "account/sealed.h"
#include "base/codec.h"
#include "base/log.h"
#include "data/json.h"

#define PROVIDER_COLUMNS                                                                                     \
  "id, name, label, issuer, client_id, scope, groups_claim, group_prefix, secret, rules, stamp, "            \
  "links_email, "                                                                                            \
  "created_at, updated_at, version"
enum { PROVIDER_TEXTS = 10, PROVIDER_STAMP = 10, PROVIDER_NUMBERS = 4 };

bool provider_missing(struct str named, struct err *err) {
  err_at(err, ERR_MISSING, "provider", "there is no identity provider '%.*s'",
         STR_MOST(named, PROVIDER_NAME_MOST));
  err_hint(err, "postern provider list, or GET /provider, has them");
  return false;
}

// ---- rules

static bool provider_bad_rule(struct err *err, size_t i, const char *member, const char *why) {
  char at[48];
  snprintf(at, sizeof at, "/rules/%zu%s%s", i, *member ? "/" : "", member);
  return err_at(err, ERR_INVALID, at, "%s", why);
}

static bool provider_rule_text(yyjson_val *v, size_t i, const char *member, struct arena *a, struct str *out,
                               struct err *err) {
  yyjson_val *given = yyjson_obj_get(v, member);
  struct str text = str_trim(json_str(v, member));
  *out = arena_dup(a, text);
  if (!given || yyjson_is_null(given)) return true;
  if (yyjson_is_str(given) && text.n && text.n <= PROVIDER_PATH_MOST && codec_is_field_value(text))
    return true;
  return provider_bad_rule(err, i, member, "must be a text of 1 to 200 bytes, without control characters");
}

static bool provider_read_rule(yyjson_val *v, size_t i, struct arena *a, struct provider_rule *out,
                               struct err *err) {
  struct provider_rule r = {0};
  bool everyone = json_bool(v, "everyone", false);
  if (!yyjson_is_obj(v)) return provider_bad_rule(err, i, "", "must be an object");
  if (!provider_rule_text(v, i, "group", a, &r.group, err) ||
      !provider_rule_text(v, i, "domain", a, &r.domain, err))
    return false;
  if ((r.group.n > 0) + (r.domain.n > 0) + everyone != 1)
    return provider_bad_rule(err, i, "", "says one of group, domain and \"everyone\": true");
  if (!access_role_from(json_str(v, "role"), &r.role) || r.role == ACCESS_CLIENT)
    return provider_bad_rule(err, i, "role", "must be admin, editor or viewer");
  *out = r;
  return true;
}

bool provider_read_rules(struct str json, struct arena *a, struct provider *out, struct err *err) {
  yyjson_doc *doc;
  yyjson_val *v;
  size_t i, n;
  if (!json_read(json, &JSON_LIMITS, &doc, err)) return false;
  yyjson_val *root = yyjson_doc_get_root(doc);
  size_t count = yyjson_arr_size(root);
  bool ok = yyjson_is_arr(root) && count <= PROVIDER_RULES_MOST;
  if (!ok) err_at(err, ERR_INVALID, "rules", "must be an array of at most %d rules", PROVIDER_RULES_MOST);
  struct provider_rule *rules = ARENA_ARRAY(a, (ok ? count : 0) + 1, struct provider_rule);
  if (ok)
    yyjson_arr_foreach (root, i, n, v) ok = ok && provider_read_rule(v, i, a, &rules[i], err);
  yyjson_doc_free(doc);
  if (!ok) return false;
  out->rules_json = json;
  out->rules = rules;
  out->rule_count = count;
  return true;
}

// ---- rows

static struct sealed_at provider_secret_place(const struct provider *p) {
  return (struct sealed_at){SEALED_CLIENT_SECRET, p->id, {p->issuer, p->client_id}};
}

static struct sealed_at provider_place(const struct provider *p) {
  return (struct sealed_at){STAMPED_PROVIDER,
                            p->id,
                            {p->name, p->issuer, p->client_id, p->scope, p->groups_claim, p->group_prefix,
                             p->rules_json, p->links_email ? STR("1") : STR("0")}};
}

static bool provider_read(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                          struct provider *out, struct err *err) {
  struct provider p = {0};
  struct str *texts[PROVIDER_TEXTS] = {&p.id,    &p.name,         &p.label,        &p.issuer, &p.client_id,
                                       &p.scope, &p.groups_claim, &p.group_prefix, &p.secret, &p.rules_json};
  int64_t *numbers[PROVIDER_NUMBERS] = {&p.links_email, &p.created_at, &p.updated_at, &p.version};
  for (size_t c = 0; c < PROVIDER_TEXTS; c++) *texts[c] = store_cell(rows, i, c)->text;
  for (size_t c = 0; c < PROVIDER_NUMBERS; c++)
    *numbers[c] = store_cell(rows, i, PROVIDER_STAMP + 1 + c)->number;
  struct sealed_at at = provider_place(&p);
  if (!sealed_is_ours(s, &at, store_cell(rows, i, PROVIDER_STAMP)->text, err) ||
      !provider_read_rules(p.rules_json, a, &p, err))
    return false;
  *out = p;
  return true;
}

bool provider_list(struct store *s, struct arena *a, struct provider **out, size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " PROVIDER_COLUMNS " FROM identity_provider ORDER BY name", NULL, 0, a, &rows,
                   err))
    return false;
  *out = ARENA_ARRAY(a, rows.count + 1, struct provider);
  *count = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct err why;
    if (provider_read(s, &rows, i, a, &(*out)[*count], &why))
      ++*count;
    else
      log_warn("the identity provider %.*s is left out: %s; set it again",
               STR_ARG(store_cell(&rows, i, 0)->text), why.text);
  }
  return true;
}

bool provider_find(struct store *s, struct str id_or_name, struct arena *a, struct provider *out,
                   struct err *err) {
  struct provider *all;
  size_t count;
  if (!provider_list(s, a, &all, &count, err)) return false;
  for (size_t i = 0; i < count; i++)
    if (str_eq(all[i].id, id_or_name) || str_eq(all[i].name, id_or_name)) return *out = all[i], true;
  return provider_missing(id_or_name, err);
}

bool provider_open_secret(struct store *s, const struct provider *p, struct secret **out, struct err *err) {
  struct sealed_at at = provider_secret_place(p);
  *out = NULL;
  if (!p->secret.n) return true;
  if (!store_ring(s)) return err_set(err, ERR_INTERNAL, "the store has no keys");
  return sealed_open(store_ring(s), &at, p->secret, out, err);
}

// ---- written; each within a transaction

static bool provider_fits(struct store *s, const struct provider *p, struct arena *a, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(p->name), STORE_TEXT(p->id)};
  struct store_rows rows;
  if (!store_query(s, "SELECT name FROM identity_provider WHERE name = $1 AND id <> $2", values, 2, a, &rows,
                   err))
    return false;
  if (rows.count) {
    err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "name", "there is an identity provider '%.*s' already",
             STR_ARG(p->name));
    err_hint(err, "change that one, or take another name");
    return false;
  }
  if (!store_query(s, "SELECT id FROM identity_provider WHERE id <> $1", values + 1, 1, a, &rows, err))
    return false;
  return rows.count < PROVIDERS_MOST ||
         err_set(err, ERR_LIMIT, "there are %d identity providers, and may not be more", PROVIDERS_MOST);
}

static bool provider_put_secret(struct store *s, const struct provider_change *c, struct arena *a,
                                struct err *err) {
  struct sealed_at at = provider_secret_place(c->provider);
  struct str blob = STR("");
  if (c->keeps_secret) return true;
  if (c->secret.n && !store_ring(s))
    return err_set(err, ERR_INTERNAL, "the store has no keys, and a client's secret is kept sealed");
  if (c->secret.n && !sealed_close(store_ring(s), &at, c->secret, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_TEXT(blob), STORE_TEXT(c->provider->id)};
  return store_run(s, "UPDATE identity_provider SET secret = $1 WHERE id = $2", values, 2, NULL, err);
}

static bool provider_put(struct store *s, const struct provider_change *c, struct arena *a, struct err *err) {
  const struct provider *p = c->provider;
  struct sealed_at at = provider_place(p);
  struct str stamp;
  int64_t changed = 0;
  if (!sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {
      STORE_TEXT(p->name),         STORE_TEXT(p->label),
      STORE_TEXT(p->issuer),       STORE_TEXT(p->client_id),
      STORE_TEXT(p->scope),        STORE_TEXT(p->groups_claim),
      STORE_TEXT(p->group_prefix), STORE_TEXT(p->rules_json),
      STORE_INT(p->links_email),   STORE_INT(p->updated_at),
      STORE_TEXT(stamp),           STORE_INT(p->version + 1),
      STORE_TEXT(p->id),           c->is_new ? STORE_INT(p->created_at) : STORE_INT(p->version)};
  if (!store_run(
          s,
          c->is_new
              ? "INSERT INTO identity_provider (name, label, issuer, client_id, scope, groups_claim, "
                "group_prefix, rules, links_email, updated_at, stamp, version, id, created_at, secret) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '')"
              : "UPDATE identity_provider SET name = $1, label = $2, issuer = $3, client_id = $4, scope = "
                "$5, groups_claim = $6, group_prefix = $7, rules = $8, links_email = $9, updated_at = $10, "
                "stamp = $11, version = $12 WHERE id = $13 AND version = $14",
          values, sizeof values / sizeof *values, &changed, err))
    return false;
  return changed || store_outdated("the identity provider", err);
}

static bool provider_write_body(struct store *s, void *arg, struct err *err) {
  const struct provider_change *c = arg;
  struct arena *a = arena_new();
  bool ok = provider_fits(s, c->provider, a, err) && provider_put(s, c, a, err) &&
            provider_put_secret(s, c, a, err);
  arena_free(a);
  return ok;
}

bool provider_write(struct store *s, const struct provider_change *c, struct err *err) {
  struct provider_change copy = *c;
  if (!store_transact(s, provider_write_body, &copy, err)) return false;
  c->provider->version++;
  if (!c->keeps_secret) store_settle(s); // the old one leaves the log too
  return true;
}

bool provider_delete(struct store *s, struct str id_or_name, struct err *err) {
  int64_t gone = 0;
  if (!store_run(s, "DELETE FROM identity_provider WHERE id = $1 OR name = $1", &STORE_TEXT(id_or_name), 1,
                 &gone, err))
    return false;
  if (!gone) return provider_missing(id_or_name, err);
  store_settle(s);
  return true;
}
