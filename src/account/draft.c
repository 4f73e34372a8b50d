// SPDX-License-Identifier: Apache-2.0
#include "account/draft.h"

#include <stdio.h>

#include "account/sealed.h"
#include "account/vault_client.h"
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
  redact_unref(d->hide);
  peering_leave(d->peering);
  grant_unref(d->grant);
  yyjson_mut_doc_free(d->context);
  yyjson_mut_doc_free(d->choices);
  arena_free(d->arena);
}

bool draft_set_name(struct draft *d, struct str name, struct err *err) {
  struct str shown = str_trim(name);
  if (!shown.n || str_characters(shown) > ACCOUNT_NAME_MOST)
    return err_at(err, ERR_INVALID, "name", "must have 1 to %d characters", ACCOUNT_NAME_MOST);
  if (!codec_is_utf8(shown) || !codec_is_field_value(shown))
    return err_at(err, ERR_INVALID, "name", "holds control characters");
  d->row.name = arena_dup(d->arena, shown);
  return true;
}

// A REST API's paths go behind it; the address of an MCP server is taken to the letter.
bool draft_set_base_url(struct draft *d, struct str base_url, struct err *err) {
  struct uri uri;
  bool rest = d->connector->kind == CONNECTOR_REST;
  if (!base_url.n) return err_at(err, ERR_INVALID, "base_url", "is missing: which server is it?");
  if (!uri_parse_http(base_url, &uri, err)) {
    snprintf(err->field, sizeof err->field, "base_url");
    return false;
  }
  if (uri.fragment.p || (rest && uri.query.p))
    return err_at(err, ERR_INVALID, "base_url", "must end with the path");
  d->row.base_url = arena_dup(d->arena, rest ? str_trim_end(base_url, '/') : base_url);
  return true;
}

// Without a word on the way and without a credential: the open one, where there is one.
static const struct connector_way *draft_open_way(const struct connector *c) {
  for (size_t i = 0; i < c->way_count; i++)
    if (c->ways[i].auth == CONNECTOR_AUTH_OPEN) return &c->ways[i];
  return NULL;
}

static bool draft_wants_person(const struct draft *d, struct err *err) {
  err_at(err, ERR_INVALID, "way", "%.*s is connected by a person's consent, not by a credential",
         STR_ARG(d->connector->label));
  err_hint(err, "POST /integrated-account/authorize gives a link, and so does postern account connect %.*s",
           STR_ARG(d->connector->name));
  return false;
}

static bool draft_set_open(struct draft *d, yyjson_val *credential, struct err *err) {
  if (yyjson_obj_size(credential))
    return err_at(err, ERR_INVALID, "credential", "is for another way; an open server takes none");
  d->row.way = d->way->id;
  d->row.credential = STR("");
  d->seal_anew = true;
  return true;
}

static void draft_hide(struct draft *d) {
  struct redact *before = d->hide;
  d->hide = vault_hides(d->way, d->plain, before);
  redact_unref(before);
}

static bool draft_client(struct draft *d, struct err *err) {
  struct vault_client in = {d->env, d->row.id, d->row.status_text, d->way, d->plain};
  return d->way->auth != CONNECTOR_AUTH_CLIENT || vault_client_grant(&in, &d->grant, err);
}

bool draft_set_credential(struct draft *d, struct str way, yyjson_val *credential, struct err *err) {
  bool none = !yyjson_obj_size(credential);
  const struct connector_way *open = none && !way.n ? draft_open_way(d->connector) : NULL;
  if (!vault_way(d->connector, open ? open->id : way, credential, &d->way, err)) return false;
  if (d->way->auth == CONNECTOR_AUTH_OAUTH) return draft_wants_person(d, err);
  if (d->way->auth == CONNECTOR_AUTH_OPEN) return draft_set_open(d, credential, err);
  if (!credential) return err_at(err, ERR_INVALID, "credential", "is missing");
  if (!vault_take(d->way, credential, &d->plain, err) ||
      !vault_render(d->way, d->plain, d->arena, &d->sends, err) || !draft_client(d, err))
    return false;
  draft_hide(d);
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
  snprintf(field, sizeof field, "context.%.*s", STR_MOST(name, 60));
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
  struct str text = yyjson_is_str(v) ? json_text(v) : yyjson_is_raw(v) ? json_raw_number(v) : STR("0");
  if (!(yyjson_is_str(v) || yyjson_is_raw(v) || yyjson_is_num(v) || yyjson_is_bool(v)) || !text.n ||
      text.n > ACCOUNT_VALUE_MOST)
    return err_at(err, ERR_INVALID, field, "must be a text of 1 to %d bytes, a number, or true or false",
                  ACCOUNT_VALUE_MOST);
  yyjson_mut_obj_put(root, key, yyjson_val_mut_copy(d->context, v));
  if (yyjson_mut_obj_size(root) > ACCOUNT_CONTEXT_MOST)
    return err_at(err, ERR_INVALID, "context", "has more than %d defaults", ACCOUNT_CONTEXT_MOST);
  return true;
}

bool draft_set_context(struct draft *d, yyjson_val *context, struct err *err) {
  if (!context) return true;
  if (yyjson_is_null(context)) return yyjson_mut_obj_clear(yyjson_mut_doc_get_root(d->context));
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

// What a row is armed with: by its way the opened credential, a grant, or nothing.
struct draft_arms {
  const struct connector_way *way;
  struct secret *plain; // NULL: none
  struct grant *grant;  // NULL: none
};

static struct sealed_at draft_place(const struct account_row *row, struct arena *a) {
  return (struct sealed_at){SEALED_CREDENTIAL, row->id, {row->connector, row->way, account_row_home(row, a)}};
}

// An address is not believed because it stands in the row.
static bool draft_unseal(const struct account_env *env, const struct account_row *row, struct secret **plain,
                         struct err *err) {
  struct arena *a = arena_new();
  struct sealed_at at = draft_place(row, a);
  bool ok = sealed_open(env->ring, &at, row->credential, plain, err);
  arena_free(a);
  if (ok) return true;
  if (err->code == ERR_DENIED)
    err_set(err, ERR_CONFLICT,
            "it was sealed for another address, connector or way than this account has now (%.*s), or it was "
            "changed: somebody wrote to the database. Give the right address with the credential again",
            STR_MOST(row->base_url, 200));
  return err_wrap(err, "the stored credential does not open");
}

// A grant that is in memory was opened for the address that the account had then.
static bool draft_grant(const struct account_env *env, const struct account_row *row, struct grant **out,
                        struct err *err) {
  struct grant *g;
  if (!grant_get(env, row->id, &g, err)) return false;
  struct arena *a = arena_new();
  struct str home = account_row_home(row, a);
  bool ok =
      grant_is_for(g, row->connector, home) ||
      (grant_reload(env, row->id, err) && (grant_is_for(g, row->connector, home) ||
                                           err_set(err, ERR_CONFLICT, "its tokens are for another address")));
  arena_free(a);
  if (ok)
    *out = g;
  else
    grant_unref(g);
  return ok;
}

static bool draft_open_credential(const struct account_env *env, const struct connector *c,
                                  const struct account_row *row, struct draft_arms *out, struct err *err) {
  struct draft_arms arms = {.way = connector_way_find(c, row->way)};
  if (!arms.way || !row->way.n)
    return err_set(err, ERR_CONFLICT, "connector %.*s has no way '%.*s' any more", STR_ARG(c->name),
                   STR_ARG(row->way));
  bool ok = true;
  if (arms.way->auth == CONNECTOR_AUTH_OAUTH) {
    ok = draft_grant(env, row, &arms.grant, err);
  } else if (arms.way->auth != CONNECTOR_AUTH_OPEN) {
    ok = draft_unseal(env, row, &arms.plain, err);
  }
  struct vault_client own = {env, row->id, row->status_text, arms.way, arms.plain};
  if (ok && arms.way->auth == CONNECTOR_AUTH_CLIENT) ok = vault_client_grant(&own, &arms.grant, err);
  if (ok)
    *out = arms;
  else
    secret_free(arms.plain);
  return ok;
}

void draft_remember(struct draft *d) {
  struct draft_arms arms;
  struct err unused;
  if (!draft_open_credential(d->env, d->connector, &d->row, &arms, &unused)) return;
  d->hide = arms.grant   ? grant_hides(arms.grant)
            : arms.plain ? vault_hides(arms.way, arms.plain, NULL)
                         : NULL;
  secret_free(arms.plain);
  grant_unref(arms.grant);
}

bool draft_reveal(struct draft *d, struct err *err) {
  struct draft_arms arms;
  if (!draft_open_credential(d->env, d->connector, &d->row, &arms, err)) return false;
  d->way = arms.way;
  d->plain = arms.plain;
  d->grant = arms.grant;
  if (d->plain) draft_hide(d);
  return !d->plain || vault_render(d->way, d->plain, d->arena, &d->sends, err);
}

// ---- kind mcp

// Defaults of the account that go out as headers with every request ("cf-account-id"). They were looked at
// when they were given, but the row may have been written by somebody else.
static bool draft_headers(const struct connector *c, yyjson_val *context, struct arena *a,
                          struct http_headers *to, struct err *err) {
  struct http_headers out = {ARENA_ARRAY(a, c->context_count + 1, struct http_header), 0};
  for (size_t i = 0; i < c->context_count; i++) {
    const struct connector_context *k = &c->contexts[i];
    yyjson_val *v = k->header.n ? yyjson_obj_getn(context, k->name.p, k->name.n) : NULL;
    if (!v) continue;
    struct str text = yyjson_is_str(v) ? json_text(v) : json_to_text(a, v);
    if (text.n > ACCOUNT_VALUE_MOST)
      return err_set(err, ERR_INVALID, "the account's default for %.*s is longer than %d bytes",
                     STR_ARG(k->name), ACCOUNT_VALUE_MOST);
    if (codec_is_field_value(text))
      out.items[out.count++] = (struct http_header){k->header, arena_dup(a, text)};
  }
  *to = out;
  return true;
}

static bool draft_peering(struct draft *d, struct err *err) {
  yyjson_doc *context = yyjson_mut_doc_imut_copy(d->context, NULL);
  if (!context) abort();
  struct peering_options o = {.id = d->row.id,
                              .url = d->row.base_url,
                              .sends = &d->sends,
                              .hide = d->hide,
                              .grant = d->grant,
                              .verdict = {(unsigned)d->row.speaks, d->row.speaks_at}};
  bool ok = draft_headers(d->connector, yyjson_doc_get_root(context), d->arena, &o.context, err);
  yyjson_doc_free(context);
  if (ok) d->peering = peering_take(d->env, &o);
  return ok;
}

static bool draft_verify_mcp(struct draft *d, struct err *err) {
  struct str link;
  if (!d->peering && !draft_peering(d, err)) return false;
  if (!peering_try(peering_peer(d->peering), err)) return false;
  struct mcp_verdict v = mcp_peer_verdict(peering_peer(d->peering));
  d->row.speaks = v.speaks;
  d->row.speaks_at = v.at;
  d->row.verified_at = clock_now_ms();
  if (d->grant && grant_needs_authorising(d->grant, d->arena, &link)) return true; // for some of it
  d->row.status = STR("ok");
  d->row.status_text = STR("");
  return true;
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

// A token is really fetched, and the requests that verify have it.
static bool draft_prove(struct draft *d, struct err *err) {
  struct str value;
  if (!grant_prove(d->grant, d->arena, &value, err)) return false;
  struct redact *before = d->hide;
  struct redact_part part = {value, sizeof "Bearer " - 1};
  d->hide = redact_new(&part, 1, before);
  redact_unref(before);
  d->sends.items[d->sends.count++] =
      (struct account_send){CONNECTOR_HEADER, STR("Authorization"), secret_new(value)};
  return true;
}

bool draft_verify(struct draft *d, struct err *err) {
  if (d->connector->kind == CONNECTOR_MCP) return draft_verify_mcp(d, err);
  if (d->grant && !draft_prove(d, err)) return false;
  struct probe p = {d->env, d->connector, d->hide, &d->sends, d->row.base_url, d->arena};
  bool verified;
  if (!probe_verify(&p, &verified, err)) return false;
  verified |= d->grant != NULL;
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
  if (!d->seal_anew || !d->plain) return true;
  struct sealed_at at = draft_place(&d->row, d->arena);
  return sealed_close(d->env->ring, &at, secret_reveal(d->plain), d->arena, &d->row.credential, err);
}

static yyjson_doc *draft_doc(struct str text) {
  yyjson_doc *doc;
  struct err err;
  return json_read(text, &JSON_LIMITS, &doc, &err) ? doc : yyjson_read("{}", 2, 0);
}

static bool draft_connect(const struct account_env *env, const struct connector *c,
                          const struct account_row *row, const struct vault_sends *sends,
                          struct account *account, struct err *err) {
  yyjson_val *context = yyjson_doc_get_root(account->context);
  struct peering_options o = {.id = account->id,
                              .url = account->base_url,
                              .sends = sends,
                              .hide = account->hide,
                              .grant = account->grant,
                              .verdict = {(unsigned)row->speaks, row->speaks_at}};
  if (!draft_headers(c, context, account->arena, &o.context, err)) return false;
  account->peering = peering_take(env, &o);
  account->peer = peering_peer(account->peering);
  return true;
}

static bool draft_arm(const struct account_env *env, const struct connector *c, const struct account_row *row,
                      struct account *account, struct err *err) {
  struct draft_arms arms;
  struct vault_sends sends = {.count = 0};
  if (!c) return err_set(err, ERR_MISSING, "connector %.*s is not there any more", STR_ARG(row->connector));
  if (!draft_open_credential(env, c, row, &arms, err)) return false;
  account->grant = arms.grant;
  bool ok = !arms.plain || vault_render(arms.way, arms.plain, account->arena, &sends, err);
  if (arms.plain) account->hide = vault_hides(arms.way, arms.plain, NULL);
  secret_free(arms.plain);
  if (!ok) return false;
  if (c->kind == CONNECTOR_MCP) {
    ok = draft_connect(env, c, row, &sends, account, err);
    vault_sends_free(&sends); // the line has its own
  }
  memcpy(account->sends, sends.items, sizeof sends.items);
  account->send_count = sends.count;
  return ok;
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
  if (row->person.n) {
    account->own = ARENA_JOIN(a, row->person, STR("/"), row->stands_for);
    account->person = str_make(account->own.p, row->person.n);
    account->stands_for = str_from(account->own, row->person.n + 1);
  }
  struct err err = {0};
  if (!draft_arm(env, c, row, account, &err)) {
    account->status = STR("failing");
    account->status_text = arena_dup(a, str_of(err.text));
  }
  *out = account;
}
