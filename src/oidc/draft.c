// SPDX-License-Identifier: Apache-2.0
#include "oidc/draft.h"

#include <stdio.h>

#include "base/codec.h"
#include "crypto/token.h"
#include "data/json.h"
#include "data/uri.h"

#define DRAFT_SCOPE "openid email profile"

// As null too, which is as good as nothing, and takes what was there away.
static bool draft_gives(yyjson_val *given, const char *member) {
  return yyjson_obj_get(given, member) != NULL;
}

static void draft_take(yyjson_val *given, const char *member, struct arena *a, struct str *to) {
  if (draft_gives(given, member)) *to = arena_dup(a, str_trim(json_str(given, member)));
}

static bool draft_check_name(struct str name, struct err *err) {
  bool good = name.n && name.n <= PROVIDER_NAME_MOST && *name.p != '-';
  for (size_t i = 0; good && i < name.n; i++)
    good =
        (name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '-';
  if (!good)
    return err_at(err, ERR_INVALID, "name",
                  "must have 1 to %d of the characters a-z, 0-9 and '-', and begin with a letter or digit",
                  PROVIDER_NAME_MOST);
  return !str_is(name, "callback") ||
         err_at(err, ERR_INVALID, "name", "'callback' is an address already; take another");
}

static bool draft_check_text(struct str text, const char *member, size_t least, size_t most,
                             struct err *err) {
  if (text.n >= least && text.n <= most && codec_is_field_value(text) && codec_is_utf8(text)) return true;
  if (!text.n) return err_at(err, ERR_INVALID, member, "is missing");
  return err_at(err, ERR_INVALID, member, "must have at most %zu bytes, without control characters", most);
}

static bool draft_check_issuer(struct str issuer, struct err *err) {
  struct uri u;
  if (!draft_check_text(issuer, "issuer", 1, PROVIDER_TEXT_MOST, err)) return false;
  if (!uri_parse_http(issuer, &u, err)) {
    snprintf(err->field, sizeof err->field, "issuer");
    return false;
  }
  if (!u.query.p && !u.fragment.p) return true;
  return err_at(err, ERR_INVALID, "issuer",
                "is an address without a query: https://login.example.com/tenant");
}

// Without "openid" it would be a sign-in that says nothing of who it is (OpenID Connect Core §3.1.2.1).
static bool draft_check_scope(struct str scope, struct err *err) {
  bool has = false;
  if (!draft_check_text(scope, "scope", 1, PROVIDER_TEXT_MOST, err)) return false;
  for (struct str rest = scope, item; str_cut(&rest, ' ', &item);) has = has || str_is(item, "openid");
  return has || err_at(err, ERR_INVALID, "scope", "must have 'openid' in it");
}

static bool draft_take_rules(struct provider *p, yyjson_val *given, struct arena *a, struct err *err) {
  yyjson_val *rules = yyjson_obj_get(given, "rules");
  if (yyjson_is_null(rules)) return provider_read_rules(STR("[]"), a, p, err);
  if (rules) return provider_read_rules(json_to_text(a, rules), a, p, err);
  return p->rules_json.n || provider_read_rules(STR("[]"), a, p, err);
}

static bool draft_take_secret(const struct provider *before, yyjson_val *given, struct provider_draft *d,
                              struct err *err) {
  bool had = before && before->secret.n, stated = draft_gives(given, "client_secret");
  bool moves = before && (!str_eq(before->issuer, d->provider.issuer) ||
                          !str_eq(before->client_id, d->provider.client_id));
  d->secret = stated ? str_trim(json_str(given, "client_secret")) : STR_NONE;
  d->keeps_secret = !stated && had && !moves;
  if (had && !stated && moves) {
    err_at(err, ERR_INVALID, "client_secret", "is missing; another issuer or client_id needs it again");
    err_hint(err, "the stored secret is not sent to another address; an empty one takes it away");
    return false;
  }
  return draft_check_text(d->secret, "client_secret", 0, PROVIDER_TEXT_MOST, err);
}

bool provider_draft_fill(const struct provider *before, yyjson_val *given, struct arena *a,
                         struct provider_draft *out, struct err *err) {
  struct provider_draft d = {
      .provider = {
          .scope = STR(DRAFT_SCOPE), .label = STR(""), .groups_claim = STR(""), .group_prefix = STR("")}};
  struct provider *p = &d.provider;
  char id[TOKEN_ID];
  token_id("idp", id);
  if (before)
    *p = *before;
  else
    p->id = arena_dup(a, str_of(id));
  draft_take(given, "name", a, &p->name);
  draft_take(given, "label", a, &p->label);
  draft_take(given, "issuer", a, &p->issuer);
  draft_take(given, "client_id", a, &p->client_id);
  draft_take(given, "scope", a, &p->scope);
  draft_take(given, "groups_claim", a, &p->groups_claim);
  draft_take(given, "group_prefix", a, &p->group_prefix);
  if (!p->scope.n) p->scope = STR(DRAFT_SCOPE);
  p->links_email = json_bool(given, "links_email", p->links_email);
  if (!p->label.n) p->label = p->name;
  if (!draft_check_name(p->name, err) || !draft_check_text(p->label, "label", 1, PROVIDER_LABEL_MOST, err) ||
      !draft_check_issuer(p->issuer, err) ||
      !draft_check_text(p->client_id, "client_id", 1, PROVIDER_TEXT_MOST, err) ||
      !draft_check_scope(p->scope, err) ||
      !draft_check_text(p->groups_claim, "groups_claim", 0, PROVIDER_PATH_MOST, err) ||
      !draft_check_text(p->group_prefix, "group_prefix", 0, PROVIDER_LABEL_MOST, err) ||
      !draft_take_rules(p, given, a, err) || !draft_take_secret(before, given, &d, err))
    return false;
  *out = d;
  return true;
}
