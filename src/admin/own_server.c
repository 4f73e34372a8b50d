// SPDX-License-Identifier: Apache-2.0
// A server's word "each person's own account", as an administrator or an editor gives it.
#include <stdio.h>

#include "admin/own.h"

static const struct account *own_named(const struct hold_about *about, struct str named,
                                       const struct connector **c) {
  for (size_t i = 0; i < about->count; i++) {
    const struct account *a = about->members[i].account->account;
    *c = about->members[i].account->connector;
    if (str_eq(a->id, named) || str_eq(a->name, named) ||
        (about->members[i].alias.n && str_eq(about->members[i].alias, named)))
      return a;
  }
  return NULL;
}

bool admin_own_takes(const struct connector_way *way) {
  return way->auth == CONNECTOR_AUTH_OAUTH || way->auth == CONNECTOR_AUTH_FIELDS;
}

static bool own_is_possible(const struct connector *c) {
  bool any = false;
  for (size_t i = 0; i < c->way_count; i++) any |= admin_own_takes(&c->ways[i]);
  return any;
}

static bool own_settle_one(const struct hold_about *about, struct str named, size_t at,
                           const struct account **out, struct err *err) {
  char field[48];
  const struct connector *c;
  snprintf(field, sizeof field, "config.own_accounts[%zu]", at);
  *out = own_named(about, named, &c);
  if (!*out)
    return err_at(err, ERR_INVALID, field, "\"%.*s\" is no account of this server", STR_MOST(named, 64));
  return own_is_possible(c) ||
         err_at(err, ERR_UNPROCESSABLE, field, "%.*s takes no credential that a person could have of her own",
                STR_ARG(c->label));
}

bool admin_own_settle(const struct hold_about *about, yyjson_val *list, yyjson_mut_doc *doc,
                      struct err *err) {
  yyjson_val *v;
  size_t i, n;
  if (!yyjson_is_arr(list)) return true; // absent, or taken away
  yyjson_mut_val *ids = yyjson_mut_arr(doc);
  yyjson_mut_obj_put(yyjson_mut_doc_get_root(doc), yyjson_mut_str(doc, "own_accounts"), ids);
  yyjson_arr_foreach (list, i, n, v) {
    const struct account *a;
    bool twice = false;
    if (!own_settle_one(about, json_text(v), i, &a, err)) return false;
    for (size_t k = 0; k < yyjson_mut_arr_size(ids); k++)
      twice |= yyjson_mut_equals_strn(yyjson_mut_arr_get(ids, k), a->id.p, a->id.n);
    if (!twice) yyjson_mut_arr_add_strncpy(doc, ids, a->id.p, a->id.n);
  }
  return true;
}

void admin_own_behind(const struct admin_call *call, const struct catalog_server *v,
                      struct catalog_member *out) {
  for (size_t i = 0; i < v->member_count; i++) {
    out[i] = v->members[i];
    const struct catalog_account *behind = catalog_account_by_id(call->catalog, out[i].account->account->id);
    if (behind) out[i].account = (struct catalog_account *)(uintptr_t)behind;
  }
}
