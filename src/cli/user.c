// SPDX-License-Identifier: Apache-2.0
// postern user: people who use the console.
#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

bool cli_user_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"ROLE", "role"},
                                               {"GROUPS", "groups"},
                                               {"PASSWORD", "has_password"},
                                               {"CREATED", "created_at"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/user"), 0, &items, err)) return false;
  view_list(c, items, columns, "No user; 'postern user add' invites one.");
  return true;
}

static bool user_show_link(struct cli *c, const struct api_ask *ask, struct err *err) {
  yyjson_val *user;
  if (!api_send(c, ask, &user, err)) return false;
  if (c->json) return view_json(c, user), true;
  view_text(c, json_str(user, "url"));
  view_note(c, arena_printf(c->arena,
                            "note: give it to %.*s: it signs in once and sets a password, until %.*s\n",
                            STR_ARG(json_str(user, "name")), STR_ARG(json_str(user, "link_expires_at"))));
  return true;
}

bool cli_user_add(struct cli *c, struct err *err) {
  struct str role = args_text(&c->args, "role");
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_word(&c->args, 0));
  cli_body_put(body, NULL, "role", role.n ? role : STR("viewer"));
  cli_body_put_words(body, NULL, "groups", &c->args, "groups");
  bool ok = user_show_link(c, &(struct api_ask){"POST", STR("/user"), body}, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_user_invite(struct cli *c, struct err *err) {
  return user_show_link(
      c, &(struct api_ask){"POST", api_path(c, "/user/{}/invite", args_word(&c->args, 0)), NULL}, err);
}

bool cli_user_reset(struct cli *c, struct err *err) {
  struct str name = args_word(&c->args, 0);
  return cli_ask_first(c, err, "Reset %.*s? Password, sessions and links end", STR_ARG(name)) &&
         user_show_link(c, &(struct api_ask){"POST", api_path(c, "/user/{}/reset", name), NULL}, err);
}

bool cli_user_role(struct cli *c, struct err *err) {
  yyjson_val *user;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "role", args_word(&c->args, 1));
  bool ok = api_send(c, &(struct api_ask){"PATCH", api_path(c, "/user/{}", args_word(&c->args, 0)), body},
                     &user, err);
  if (ok && c->json)
    view_json(c, user);
  else if (ok)
    view_say(c, "%.*s has the role %.*s.", STR_ARG(json_str(user, "name")), STR_ARG(json_str(user, "role")));
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_user_groups(struct cli *c, struct err *err) {
  yyjson_val *user;
  if (args_has(&c->args, "none") == (args_word(&c->args, 1).n > 0))
    return err_set(err, ERR_INVALID, "which groups? Name them, separated by commas, or say --none");
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(body, yyjson_mut_doc_get_root(body), "groups");
  for (struct str rest = args_word(&c->args, 1), word; str_cut(&rest, ',', &word);)
    if (str_trim(word).n)
      yyjson_mut_arr_append(list, yyjson_mut_strncpy(body, str_trim(word).p, str_trim(word).n));
  bool ok = api_send(c, &(struct api_ask){"PATCH", api_path(c, "/user/{}", args_word(&c->args, 0)), body},
                     &user, err);
  yyjson_val *has = ok ? yyjson_obj_get(user, "groups") : NULL;
  struct str groups = yyjson_arr_size(has) ? view_cell(c->arena, has) : STR_NONE;
  if (ok && c->json)
    view_json(c, user);
  else if (ok)
    view_say(c, "%.*s is in %s%.*s.", STR_ARG(json_str(user, "name")), groups.n ? "" : "no group",
             STR_ARG(groups));
  yyjson_mut_doc_free(body);
  return ok;
}

// WHAT=N, or WHAT=setting, which ends one.
static bool user_put_limit(yyjson_mut_doc *body, yyjson_mut_val *limits, struct str given, struct err *err) {
  static const struct {
    const char *flag, *key;
  } known[] = {{"calls-per-minute", "calls_per_minute"}, {"writes-per-day", "writes_per_day"}};
  enum { KNOWN = sizeof known / sizeof *known };
  struct str what, number;
  uint64_t n = 0;
  bool pair = args_pair(given, &what, &number), setting = pair && str_is(number, "setting");
  size_t i = 0;
  while (pair && i < KNOWN && !str_is(what, known[i].flag)) i++;
  if (!pair || i == KNOWN || (!setting && !str_to_u64(number, &n)))
    return err_set(
        err, ERR_INVALID,
        "calls-per-minute=N or writes-per-day=N: 0 for any number, or 'setting' for what the setting "
        "for all says");
  yyjson_mut_obj_put(limits, yyjson_mut_str(body, known[i].key),
                     setting ? yyjson_mut_null(body) : yyjson_mut_uint(body, n));
  return true;
}

static struct str user_limit_text(struct cli *c, yyjson_val *user, const char *key) {
  yyjson_val *v = yyjson_obj_get(yyjson_obj_get(user, "limits"), key);
  if (!v || yyjson_is_null(v)) return STR("as the setting says");
  return json_int(yyjson_obj_get(user, "limits"), key, 0) ? view_cell(c->arena, v) : STR("any number");
}

bool cli_user_limit(struct cli *c, struct err *err) {
  yyjson_val *user;
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_val *limits = cli_body_object(body, NULL, "limits");
  bool ok = true;
  for (size_t i = 1; ok && i <= 2 && args_word(&c->args, i).n; i++)
    ok = user_put_limit(body, limits, args_word(&c->args, i), err);
  ok = ok && api_send(c, &(struct api_ask){"PATCH", api_path(c, "/user/{}", args_word(&c->args, 0)), body},
                      &user, err);
  if (ok && c->json)
    view_json(c, user);
  else if (ok)
    view_say(c, "%.*s may make, over all servers: calls a minute: %.*s; writes a day: %.*s.",
             STR_ARG(json_str(user, "name")), STR_ARG(user_limit_text(c, user, "calls_per_minute")),
             STR_ARG(user_limit_text(c, user, "writes_per_day")));
  yyjson_mut_doc_free(body);
  return ok;
}

// ---- grants

// Of a person, or, by its id, of an API token.
static struct str user_grants_path(struct cli *c, struct str holder) {
  return api_path(c, str_starts(holder, "tok_") ? "/api-token/{}/grant" : "/user/{}/grant", holder);
}

static struct str user_grant_path(struct cli *c, struct str holder, struct str account) {
  return arena_printf(c->arena, "%.*s%.*s", STR_ARG(user_grants_path(c, holder)),
                      STR_ARG(api_path(c, "/{}", account)));
}

bool cli_user_grants(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {
      {"ACCOUNT", "account"}, {"ACCESS", "access"}, {"SINCE", "created_at"}, {"ID", "account_id"}, {0}};
  yyjson_val *items;
  if (!api_list(c, user_grants_path(c, args_word(&c->args, 0)), 0, &items, err)) return false;
  view_list(c, items, columns, "No account is granted; 'postern user grant' grants one.");
  return true;
}

bool cli_user_grant(struct cli *c, struct err *err) {
  yyjson_val *grant;
  struct str holder = args_word(&c->args, 0);
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "access", args_word(&c->args, 2));
  bool ok = api_send(c, &(struct api_ask){"PUT", user_grant_path(c, holder, args_word(&c->args, 1)), body},
                     &grant, err);
  if (ok && c->json)
    view_json(c, grant);
  else if (ok)
    view_say(c, "%.*s may %.*s %.*s, as an editor.", STR_ARG(holder), STR_ARG(json_str(grant, "access")),
             STR_ARG(json_str(grant, "account")));
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_user_revoke(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str holder = args_word(&c->args, 0), account = args_word(&c->args, 1);
  if (!api_send(c, &(struct api_ask){"DELETE", user_grant_path(c, holder, account), NULL}, &none, err))
    return false;
  view_say(c, "%.*s may use %.*s no more.", STR_ARG(holder), STR_ARG(account));
  return true;
}

bool cli_user_delete(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str name = args_word(&c->args, 0);
  if (!cli_ask_first(c, err, "Delete %.*s?", STR_ARG(name)) ||
      !api_send(c, &(struct api_ask){"DELETE", api_path(c, "/user/{}", name), NULL}, &none, err))
    return false;
  view_say(c, "Deleted %.*s.", STR_ARG(name));
  return true;
}
