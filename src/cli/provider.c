// SPDX-License-Identifier: Apache-2.0
// postern provider: by whom people of the company sign in. A client's secret comes from a file, standard input or the
// environment, and never stands on the command line.
#include <stdlib.h>

#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

static const struct {
  const char *flag, *member;
} provider_flags[] = {
    {"issuer", "issuer"}, {"client-id", "client_id"},       {"label", "label"},
    {"scope", "scope"},   {"groups-claim", "groups_claim"}, {"group-prefix", "group_prefix"}};

// "group:NAME=ROLE", "domain:NAME=ROLE", "everyone=ROLE"; a name may have '=' in it.
static bool provider_put_rule(yyjson_mut_doc *body, yyjson_mut_val *rules, struct str text, struct err *err) {
  size_t at = text.n;
  while (at && text.p[at - 1] != '=') at--;
  struct str who = str_make(text.p, at ? at - 1 : 0), role = str_from(text, at);
  yyjson_mut_val *rule = yyjson_mut_arr_add_obj(body, rules);
  if (str_starts(who, "group:"))
    cli_body_put(body, rule, "group", str_from(who, sizeof "group:" - 1));
  else if (str_starts(who, "domain:"))
    cli_body_put(body, rule, "domain", str_from(who, sizeof "domain:" - 1));
  else if (str_is(who, "everyone"))
    yyjson_mut_obj_add_bool(body, rule, "everyone", true);
  else
    return err_at(err, ERR_INVALID, "--admit",
                  "takes group:NAME=ROLE, domain:NAME=ROLE or everyone=ROLE, not '%.*s'",
                  STR_MOST(text, 100));
  cli_body_put(body, rule, "role", role);
  return true;
}

static bool provider_put_rules(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str text;
  size_t at = 0;
  if (!args_has(&c->args, "admit")) return true;
  yyjson_mut_val *rules = yyjson_mut_obj_add_arr(body, yyjson_mut_doc_get_root(body), "rules");
  while (args_next(&c->args, "admit", &at, &text))
    if (!provider_put_rule(body, rules, text, err)) return false;
  return true;
}

static bool provider_put_secret(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str variable = args_text(&c->args, "client-secret-env");
  if (args_has(&c->args, "client-secret") + args_has(&c->args, "client-secret-env") +
          args_has(&c->args, "public") >
      1)
    return err_set(err, ERR_INVALID, "--client-secret, --client-secret-env and --public exclude each other");
  if (args_has(&c->args, "public"))
    yyjson_mut_obj_add_str(body, yyjson_mut_doc_get_root(body), "client_secret", "");
  if (!variable.n) return cli_body_put_file(body, "client_secret", &c->args, "client-secret", err);
  struct str value = str_trim(str_of(getenv(arena_z(c->arena, variable))));
  if (!value.n) return err_set(err, ERR_INVALID, "the environment has no variable %.*s", STR_ARG(variable));
  cli_body_put(body, NULL, "client_secret", value);
  return true;
}

static bool provider_put_flags(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  struct str links = args_text(&c->args, "link-email");
  for (size_t i = 0; i < sizeof provider_flags / sizeof *provider_flags; i++) {
    struct str text = args_text(&c->args, provider_flags[i].flag);
    if (args_has(&c->args, provider_flags[i].flag) && !text.n)
      yyjson_mut_obj_add_str(body, root, provider_flags[i].member, "");
    cli_body_put(body, NULL, provider_flags[i].member, text);
  }
  if (links.n) yyjson_mut_obj_add_bool(body, root, "links_email", str_is(links, "yes"));
  if (args_has(&c->args, "untested")) yyjson_mut_obj_add_bool(body, root, "untested", true);
  return provider_put_rules(c, body, err) && provider_put_secret(c, body, err);
}

// Changes the one of that name, or makes it.
static bool provider_send(struct cli *c, yyjson_mut_doc *body, yyjson_val **provider, struct err *err) {
  struct str name = args_word(&c->args, 0);
  struct api_ask change = {"PATCH", api_path(c, "/provider/{}", name), body},
                 create = {"POST", STR("/provider"), body};
  if (api_send(c, &change, provider, err)) return true;
  if (err->code != ERR_MISSING || !str_is(str_of(err->field), "provider")) return false;
  cli_body_put(body, NULL, "name", name);
  return api_send(c, &create, provider, err);
}

bool cli_provider_set(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  yyjson_val *provider;
  bool ok = provider_put_flags(c, body, err) && provider_send(c, body, &provider, err);
  yyjson_mut_doc_free(body);
  if (!ok) return false;
  if (c->json) return view_json(c, provider), true;
  view_say(c, "%.*s is kept. Redirect address to register there: %.*s", STR_ARG(json_str(provider, "name")),
           STR_ARG(json_str(provider, "redirect_uri")));
  if (!yyjson_arr_size(yyjson_obj_get(provider, "rules")))
    view_say(c, "It lets nobody in yet: say whom with --admit.");
  return true;
}

bool cli_provider_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},           {"ISSUER", "issuer"},
                                               {"CLIENT", "client_id"},    {"SECRET", "has_secret"},
                                               {"GROUPS", "groups_claim"}, {0}};
  yyjson_val *list;
  if (!api_get(c, STR("/provider"), &list, err)) return false;
  if (c->json)
    view_json(c, list);
  else
    view_list(c, yyjson_obj_get(list, "items"), columns,
              "No identity provider; 'postern provider set' sets one.");
  return true;
}

bool cli_provider_show(struct cli *c, struct err *err) {
  yyjson_val *provider;
  if (!api_get(c, api_path(c, "/provider/{}", args_word(&c->args, 0)), &provider, err)) return false;
  view_json(c, provider);
  return true;
}

bool cli_provider_unset(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str name = args_word(&c->args, 0);
  if (!cli_ask_first(c, err, "Remove %.*s? Who comes by it alone is signed out and cannot come back",
                     STR_ARG(name)) ||
      !api_send(c, &(struct api_ask){"DELETE", api_path(c, "/provider/{}", name), NULL}, &none, err))
    return false;
  view_say(c, "%.*s and its secret are removed.", STR_ARG(name));
  return true;
}
