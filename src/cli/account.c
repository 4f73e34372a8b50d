// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "cli/api.h"
#include "cli/body.h"
#include "cli/credential.h"
#include "cli/view.h"
#include "connector/connector.h"
#include "data/json.h"

static const struct view_column account_columns[] = {{"NAME", "name"},     {"CONNECTOR", "connector"},
                                                     {"STATUS", "status"}, {"TOOLS", "tool_count"},
                                                     {"ID", "id"},         {0}};

static struct str account_path(struct cli *c, const char *tail) {
  struct str path = api_path(c, "/integrated-account/{}", args_word(&c->args, 0));
  return arena_printf(c->arena, "%.*s%s", STR_ARG(path), tail);
}

bool cli_account_list(struct cli *c, struct err *err) {
  yyjson_val *items;
  if (!api_list(c, STR("/integrated-account"), 0, &items, err)) return false;
  view_list(c, items, account_columns, "No account yet; 'postern account add' connects one.");
  return true;
}

bool cli_account_show(struct cli *c, struct err *err) {
  yyjson_val *account;
  if (!api_get(c, account_path(c, ""), &account, err)) return false;
  view_object(c, account);
  return true;
}

static bool account_send(struct cli *c, const char *method, struct str path, yyjson_mut_doc *body,
                         const char *done, struct err *err) {
  yyjson_val *account;
  if (!api_send(c, &(struct api_ask){method, path, body}, &account, err)) return false;
  if (!c->json) view_say(c, "%s", done);
  view_object(c, account);
  return true;
}

bool cli_account_add(struct cli *c, struct err *err) {
  struct str connector = args_word(&c->args, 0), way = args_text(&c->args, "way"),
             name = args_text(&c->args, "name");
  yyjson_mut_doc *body = cli_body_new();
  bool url = str_starts(connector, "https://") || str_starts(connector, "http://");
  cli_body_put(body, NULL, url ? "url" : "connector", connector);
  if (url) connector = STR(CONNECTOR_ANY_MCP);
  cli_body_put(body, NULL, "name", name.n ? name : connector);
  cli_body_put(body, NULL, "way", way);
  cli_body_put(body, NULL, "base_url", args_text(&c->args, "base-url"));
  bool ok = cli_body_put_pairs(body, "context", &c->args, "context", err) &&
            credential_put(c, body, connector, way, err) &&
            account_send(c, "POST", STR("/integrated-account"), body, "Connected.", err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_account_rename(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_word(&c->args, 1));
  bool ok = account_send(c, "PATCH", account_path(c, ""), body, "Renamed.", err);
  yyjson_mut_doc_free(body);
  return ok;
}

// Another address takes the credential again: what is stored goes only where it was given for.
bool cli_account_update(struct cli *c, struct err *err) {
  struct str url = args_text(&c->args, "base-url"), way = args_text(&c->args, "way");
  yyjson_val *account;
  if (!url.n) return err_set(err, ERR_INVALID, "--base-url is missing: which address is it to have?");
  if (!api_get(c, account_path(c, ""), &account, err)) return false;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "base_url", url);
  cli_body_put(body, NULL, "way", way);
  bool ok =
      credential_put(c, body, json_str(account, "connector"), way.n ? way : json_str(account, "way"), err) &&
      account_send(c, "PATCH", account_path(c, ""), body, "The account has the new address.", err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_account_recredential(struct cli *c, struct err *err) {
  yyjson_val *account;
  if (!api_get(c, account_path(c, ""), &account, err)) return false;
  struct str way = args_text(&c->args, "way");
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "way", way);
  bool ok =
      credential_put(c, body, json_str(account, "connector"), way.n ? way : json_str(account, "way"), err) &&
      account_send(c, "PATCH", account_path(c, ""), body, "The new credential works, and is kept.", err);
  yyjson_mut_doc_free(body);
  return ok;
}

// What the account holds stays, but for what is named; an empty value takes a default away.
bool cli_account_context(struct cli *c, struct err *err) {
  yyjson_val *account, *key, *value;
  size_t i, n;
  if (!api_get(c, account_path(c, ""), &account, err)) return false;
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_val *context = cli_body_object(body, NULL, "context");
  yyjson_obj_foreach (yyjson_obj_get(account, "context"), i, n, key, value)
    yyjson_mut_obj_put(context, yyjson_val_mut_copy(body, key), yyjson_val_mut_copy(body, value));
  bool ok = true;
  for (size_t w = 1; ok && w < c->args.word_count; w++) {
    struct str name, text;
    ok = args_pair(c->args.words[w], &name, &text) ||
         err_set(err, ERR_INVALID, "'%.*s' is not NAME=VALUE", STR_ARG(c->args.words[w]));
    if (!ok) break;
    char *z = arena_z(c->arena, name);
    if (text.n)
      cli_body_put(body, context, z, text);
    else
      yyjson_mut_obj_put(context, yyjson_mut_str(body, z), yyjson_mut_null(body)); // merged (RFC 7396)
  }
  ok = ok && account_send(c, "PATCH", account_path(c, ""), body, "Changed.", err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_account_verify(struct cli *c, struct err *err) {
  return account_send(c, "POST", account_path(c, "/verify"), NULL, "The vendor takes the credential.", err);
}

bool cli_account_remove(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str name = args_word(&c->args, 0);
  if (!api_send(c, &(struct api_ask){"DELETE", account_path(c, ""), NULL}, &none, err)) return false;
  view_say(c, "Removed %.*s: its credential is destroyed, its servers are closed.", STR_ARG(name));
  return true;
}
