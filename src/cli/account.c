// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "cli/api.h"
#include "cli/ask.h"
#include "cli/board.h"
#include "cli/body.h"
#include "cli/credential.h"
#include "cli/names.h"
#include "cli/source.h"
#include "cli/view.h"
#include "connector/connector.h"
#include "data/json.h"

static const struct view_column account_columns[] = {{"NAME", "name"},     {"CONNECTOR", "connector"},
                                                     {"STATUS", "status"}, {"TOOLS", "tool_count"},
                                                     {"ID", "id"},         {0}};

static bool account_path(struct cli *c, const char *tail, struct str *path, struct err *err) {
  return names_account_path(c, args_word(&c->args, 0), tail, path, err);
}

static bool account_get(struct cli *c, struct str *path, yyjson_val **account, struct err *err) {
  return account_path(c, "", path, err) && api_get(c, *path, account, err);
}

bool cli_account_list(struct cli *c, struct err *err) {
  yyjson_val *items;
  if (!api_list(c, STR("/integrated-account"), 0, &items, err)) return false;
  view_list(c, items, account_columns, "No account yet; 'postern account add' connects one.");
  return true;
}

bool cli_account_show(struct cli *c, struct err *err) {
  yyjson_val *account;
  struct str path;
  if (!account_get(c, &path, &account, err)) return false;
  view_object(c, account);
  return true;
}

static bool account_send(struct cli *c, const char *method, struct str path, yyjson_mut_doc *body,
                         const char *done, yyjson_val **out, struct err *err) {
  yyjson_val *account;
  if (!api_send(c, &(struct api_ask){method, path, body}, &account, err)) return false;
  if (!c->json) view_say(c, "%s", done);
  view_object(c, account);
  if (out) *out = account;
  return true;
}

bool cli_account_add(struct cli *c, struct err *err) {
  struct str connector = args_word(&c->args, 0), way = args_text(&c->args, "way"),
             name = args_text(&c->args, "name");
  yyjson_mut_doc *body = cli_body_new();
  bool url = source_is_url(connector);
  cli_body_put(body, NULL, url ? "url" : "connector", connector);
  if (url) connector = STR(CONNECTOR_ANY_MCP);
  cli_body_put(body, NULL, "name", name.n ? name : connector);
  cli_body_put(body, NULL, "way", way);
  cli_body_put(body, NULL, "base_url", args_text(&c->args, "base-url"));
  yyjson_val *known;
  bool ok = names_connector(c, connector, &known, err) &&
            cli_body_put_pairs(body, "context", &c->args, "context", err) &&
            credential_put(c, body, known, way, err) &&
            account_send(c, "POST", STR("/integrated-account"), body, "Connected.", &known, err);
  if (ok) cli_board_offer(c, known);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_account_rename(struct cli *c, struct err *err) {
  struct str path;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_word(&c->args, 1));
  bool ok = account_path(c, "", &path, err) && account_send(c, "PATCH", path, body, "Renamed.", NULL, err);
  yyjson_mut_doc_free(body);
  return ok;
}

// Another address takes the credential again: what is stored goes only where it was given for.
bool cli_account_update(struct cli *c, struct err *err) {
  struct str url = args_text(&c->args, "base-url"), way = args_text(&c->args, "way");
  struct str path;
  yyjson_val *account, *known;
  if (!url.n) return err_set(err, ERR_INVALID, "--base-url is missing: which address is it to have?");
  if (!account_get(c, &path, &account, err)) return false;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "base_url", url);
  cli_body_put(body, NULL, "way", way);
  bool ok = names_connector(c, json_str(account, "connector"), &known, err) &&
            credential_put(c, body, known, way.n ? way : json_str(account, "way"), err) &&
            account_send(c, "PATCH", path, body, "The account has the new address.", NULL, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_account_recredential(struct cli *c, struct err *err) {
  yyjson_val *account;
  struct str path;
  if (!account_get(c, &path, &account, err)) return false;
  yyjson_val *known;
  struct str way = args_text(&c->args, "way");
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "way", way);
  bool ok = names_connector(c, json_str(account, "connector"), &known, err) &&
            credential_put(c, body, known, way.n ? way : json_str(account, "way"), err) &&
            account_send(c, "PATCH", path, body, "The new credential works, and is kept.", NULL, err);
  yyjson_mut_doc_free(body);
  return ok;
}

// What the account holds stays, but for what is named; an empty value takes a default away.
bool cli_account_context(struct cli *c, struct err *err) {
  struct str path;
  if (!account_path(c, "", &path, err)) return false;
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_val *context = cli_body_object(body, NULL, "context");
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
  ok = ok && account_send(c, "PATCH", path, body, "Changed.", NULL, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_account_verify(struct cli *c, struct err *err) {
  struct str path;
  return account_path(c, "/verify", &path, err) &&
         account_send(c, "POST", path, NULL, "The vendor takes the credential.", NULL, err);
}

bool cli_account_remove(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str name = args_word(&c->args, 0), path;
  if (!account_path(c, "", &path, err) ||
      !cli_ask_first(c, err, "Remove %.*s? Its credential is destroyed, its servers are closed",
                     STR_ARG(name)) ||
      !api_send(c, &(struct api_ask){"DELETE", path, NULL}, &none, err))
    return false;
  view_say(c, "Removed %.*s: its credential is destroyed, its servers are closed.", STR_ARG(name));
  return true;
}
