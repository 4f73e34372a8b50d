// SPDX-License-Identifier: Apache-2.0
#include "admin/admit.h"

#include "admin/put.h"
#include "admin/signin.h"
#include "data/json.h"

bool admit_is_given(const struct admin_call *call) {
  return yyjson_obj_get(call->body, "slug") || yyjson_obj_get(call->body, "sign_in");
}

// Names become ids, which nobody else ever has.
static bool admit_find_people(const struct admin_call *call, struct admission *v, struct err *err) {
  struct str *ids = ARENA_ARRAY(call->arena, v->person_count + 1, struct str);
  for (size_t i = 0; i < v->person_count; i++) {
    const struct access_user *user = admin_user_named(call, v->people[i]);
    if (!user)
      return err_at(err, ERR_UNPROCESSABLE, "sign_in.people", "there is no user '%.*s'",
                    STR_MOST(v->people[i], 64));
    ids[i] = user->self.id;
  }
  v->people = ids;
  return true;
}

// What is left out stays, null takes away (RFC 7396).
static bool admit_merge(const struct admin_call *call, const struct admission *was, yyjson_val *patch,
                        struct admission *out, struct err *err) {
  struct str text = admission_write(was, call->arena);
  yyjson_doc *before;
  if (!json_read(text.n ? text : STR("{}"), &JSON_LIMITS, &before, err)) return false;
  bool takes_all = yyjson_is_null(patch);
  yyjson_doc *merged = takes_all ? NULL : json_merge(yyjson_doc_get_root(before), patch);
  bool ok = admission_read(yyjson_doc_get_root(merged), call->arena, out, err);
  out->slug = was->slug;
  yyjson_doc_free(merged);
  yyjson_doc_free(before);
  return ok;
}

bool admit_read(const struct admin_call *call, const struct admission *before, struct admission *out,
                struct err *err) {
  yyjson_val *slug = yyjson_obj_get(call->body, "slug"), *who = yyjson_obj_get(call->body, "sign_in");
  struct admission v = before ? *before : (struct admission){0}, given;
  if (who) {
    if (!admit_merge(call, &v, who, &given, err) || !admit_find_people(call, &given, err)) return false;
    v = given;
  }
  if (slug) v.slug = str_trim(json_text(slug));
  if (v.slug.n && !admission_slug_is_good(v.slug)) return admission_no_slug(v.slug, err);
  v.again = json_bool(call->body, "reuse_slug", false);
  *out = v;
  return true;
}

static void admit_put_who(struct admin_call *call, const struct admission *v) {
  struct str *names = ARENA_ARRAY(call->arena, v->person_count + 1, struct str);
  struct str roles[ACCESS_ADMIN + 1];
  size_t people = 0, role_count = 0;
  for (size_t i = 0; i < v->person_count; i++) { // who has been deleted is nobody's name any more
    const struct access_user *user = admin_user_named(call, v->people[i]);
    if (user) names[people++] = user->self.name;
  }
  for (enum access_role role = ACCESS_VIEWER; role <= ACCESS_ADMIN; role++)
    if (v->roles & 1u << role) roles[role_count++] = str_of(access_role_name(role));
  put_open(&call->out, "sign_in", '{');
  put_texts(&call->out, "roles", roles, role_count);
  put_texts(&call->out, "groups", v->groups, v->group_count);
  put_texts(&call->out, "people", names, people);
  put_close(&call->out, '}');
}

void admit_put(struct admin_call *call, const struct server *s) {
  const struct admission *v = &s->admission;
  struct str url = STR_NONE;
  if (v->slug.n)
    url = arena_printf(call->arena, "%.*s/mcp/%.*s", STR_ARG(admin_public_url(call)), STR_ARG(v->slug));
  put_text_or_null(&call->out, "slug", v->slug);
  put_text_or_null(&call->out, "sign_in_url", url);
  admit_put_who(call, v);
}
