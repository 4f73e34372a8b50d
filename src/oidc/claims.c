// SPDX-License-Identifier: Apache-2.0
#include "oidc/claims.h"

#include "base/codec.h"
#include "data/json.h"

// ---- paths

static yyjson_val *claims_walk(yyjson_val *v, struct str path, int steps) {
  yyjson_val *whole = yyjson_obj_getn(v, path.p, path.n);
  if (whole || !yyjson_is_obj(v) || steps >= CLAIMS_STEPS_MOST) return whole;
  for (size_t i = 1; i + 1 < path.n; i++) {
    if (path.p[i] != '.') continue;
    yyjson_val *below = yyjson_obj_getn(v, path.p, i);
    yyjson_val *found = below ? claims_walk(below, str_from(path, i + 1), steps + 1) : NULL;
    if (found) return found;
  }
  return NULL;
}

yyjson_val *claims_at(yyjson_val *root, struct str path) {
  return path.n ? claims_walk(root, path, 0) : NULL;
}

// ---- groups

static bool claims_no(struct err *err, const char *why, const char *hint) {
  err_set(err, ERR_DENIED, "%s", why);
  err_hint(err, "%s", hint);
  return false;
}

// Microsoft's word for "there are more than fit": the list is elsewhere, and a part of it would be a lie (distributed claims,
// OpenID Connect Core §5.6.2).
static bool claims_left_out(const struct provider *p, yyjson_val *root) {
  yyjson_val *elsewhere = yyjson_obj_get(yyjson_obj_get(root, "_claim_names"), "groups");
  yyjson_val *more = yyjson_obj_get(root, "hasgroups");
  bool has = more && !yyjson_is_false(more) && !(yyjson_is_str(more) && str_is(json_text(more), "false"));
  yyjson_val *own =
      yyjson_obj_getn(yyjson_obj_get(root, "_claim_names"), p->groups_claim.p, p->groups_claim.n);
  return own || (str_is(p->groups_claim, "groups") && (elsewhere || has));
}

static bool claims_add_group(struct claims_person *out, const struct provider *p, struct str group,
                             struct arena *a, struct err *err) {
  struct str named = ARENA_JOIN(a, p->group_prefix, group);
  if (!user_group_is_good(named)) return true; // none that a rule could name
  for (size_t i = 0; i < out->group_count; i++)
    if (str_eq(out->groups[i], named)) return true;
  if (out->group_count == USER_GROUPS_MOST)
    return claims_no(
        err, "the provider names more than 200 groups of this person",
        "let it send those alone that are assigned to this application, or roles of the application");
  out->groups[out->group_count++] = named;
  return true;
}

// A text is one; of an array each text; of an object the names of its members (Zitadel, and others that key roles).
static bool claims_take_groups(struct claims_person *out, const struct provider *p, yyjson_val *v,
                               struct arena *a, struct err *err) {
  size_t i, n;
  yyjson_val *key, *item;
  bool ok = true;
  if (yyjson_is_str(v)) return claims_add_group(out, p, json_text(v), a, err);
  yyjson_arr_foreach (v, i, n, item)
    if (ok && yyjson_is_str(item)) ok = claims_add_group(out, p, json_text(item), a, err);
  yyjson_obj_foreach (v, i, n, key, item)
    if (ok && !yyjson_is_false(item) && !yyjson_is_null(item))
      ok = claims_add_group(out, p, json_text(key), a, err);
  if (!v || yyjson_is_null(v) || yyjson_is_arr(v) || yyjson_is_obj(v)) return ok;
  return claims_no(err, "the claim for groups is neither a text, nor an array, nor an object",
                   "an administrator looks at the provider's groups_claim");
}

// ---- who

static yyjson_val *claims_find(yyjson_val *id_token, yyjson_val *userinfo, const char *claim) {
  yyjson_val *v = yyjson_obj_get(id_token, claim);
  return v ? v : yyjson_obj_get(userinfo, claim);
}

static struct str claims_text(yyjson_val *id_token, yyjson_val *userinfo, const char *claim,
                              struct arena *a) {
  yyjson_val *v = claims_find(id_token, userinfo, claim);
  struct str text = yyjson_is_str(v) ? str_trim(json_text(v)) : STR_NONE;
  bool fits = text.n <= CLAIMS_TEXT_MOST && codec_is_field_value(text);
  return fits ? arena_dup(a, text) : STR_NONE;
}

// Address and word on it come from the same document. Some providers quote the word.
static void claims_take_email(struct claims_person *out, yyjson_val *id_token, yyjson_val *userinfo,
                              struct arena *a) {
  yyjson_val *from = yyjson_obj_get(id_token, "email") ? id_token : userinfo;
  yyjson_val *verified = yyjson_obj_get(from, "email_verified");
  out->email = claims_text(from, NULL, "email", a);
  out->email_verified = out->email.n && (yyjson_is_true(verified) ||
                                         (yyjson_is_str(verified) && str_is(json_text(verified), "true")));
}

static struct str claims_name(const struct claims_person *p, yyjson_val *id_token, yyjson_val *userinfo,
                              struct arena *a) {
  static const char *const places[] = {"preferred_username", "name", "nickname"};
  if (p->email_verified) return p->email;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    struct str name = claims_text(id_token, userinfo, places[i], a);
    if (name.n) return name;
  }
  return p->subject;
}

// ---- rules

// A domain is that of an address which the provider vouches for, or the one that it names itself (Google's "hd").
static bool claims_is_of_domain(const struct claims_person *p, yyjson_val *id_token, struct str domain) {
  yyjson_val *hosted = yyjson_obj_get(id_token, "hd");
  if (yyjson_is_str(hosted) && str_eq_nocase(json_text(hosted), domain)) return true;
  if (!p->email_verified || p->email.n <= domain.n + 1) return false;
  size_t at = p->email.n - domain.n - 1;
  return p->email.p[at] == '@' && str_find(p->email, '@') == (ptrdiff_t)at &&
         str_eq_nocase(str_from(p->email, at + 1), domain);
}

static bool claims_is_of_group(const struct claims_person *out, const struct provider *p, struct str group) {
  for (size_t i = 0; i < out->group_count; i++)
    if (str_eq(str_from(out->groups[i], p->group_prefix.n), group)) return true;
  return false;
}

static void claims_judge(const struct provider *p, yyjson_val *id_token, struct claims_person *out) {
  for (size_t i = 0; i < p->rule_count; i++) {
    const struct provider_rule *r = &p->rules[i];
    bool met = r->group.n    ? claims_is_of_group(out, p, r->group)
               : r->domain.n ? claims_is_of_domain(out, id_token, r->domain)
                             : true;
    if (!met) continue;
    if (!out->admitted || r->role > out->role) out->role = r->role;
    out->admitted = true;
  }
}

bool claims_suffice(const struct provider *p, yyjson_val *id_token) {
  bool groups = !p->groups_claim.n || claims_at(id_token, p->groups_claim) || claims_left_out(p, id_token);
  return groups && yyjson_obj_get(id_token, "email");
}

bool claims_read(const struct provider *p, yyjson_val *id_token, yyjson_val *userinfo, struct arena *a,
                 struct claims_person *out, struct err *err) {
  struct claims_person c = {.subject = arena_dup(a, json_str(id_token, "sub")),
                            .groups = ARENA_ARRAY(a, USER_GROUPS_MOST, struct str)};
  if (p->groups_claim.n && (claims_left_out(p, id_token) || claims_left_out(p, userinfo)))
    return claims_no(err, "the provider left this person's groups out, since there are too many of them",
                     "let it send roles of the application, or the groups alone that are assigned to it");
  yyjson_val *groups = claims_at(id_token, p->groups_claim);
  if (!groups) groups = claims_at(userinfo, p->groups_claim);
  if (!claims_take_groups(&c, p, groups, a, err)) return false;
  claims_take_email(&c, id_token, userinfo, a);
  c.name = claims_name(&c, id_token, userinfo, a);
  claims_judge(p, id_token, &c);
  *out = c;
  return true;
}
