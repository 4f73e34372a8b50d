// SPDX-License-Identifier: Apache-2.0
#include "cli/credential.h"

#include "cli/body.h"
#include "cli/terminal.h"
#include "crypto/secret.h"
#include "data/json.h"

enum { CREDENTIAL_MOST = 64 * 1024 };

static bool credential_find_way(yyjson_val *connector, struct str way, yyjson_val **out, struct err *err) {
  yyjson_val *item, *ways = yyjson_obj_get(connector, "ways");
  size_t i, n;
  yyjson_arr_foreach (ways, i, n, item)
    if (!way.n || str_eq(json_str(item, "id"), way)) return *out = item, true;
  struct buf known = BUF_MAX(256);
  yyjson_arr_foreach (ways, i, n, item)
    buf_printf(&known, "%s%.*s", i ? ", " : "", STR_ARG(json_str(item, "id")));
  err_set(err, ERR_INVALID, "%.*s has no way '%.*s' to authenticate", STR_ARG(json_str(connector, "name")),
          STR_ARG(way));
  err_hint(err, "--way takes one of: %.*s", (int)known.n, known.n ? known.p : "");
  buf_free(&known);
  return false;
}

// The first field of the way that has no value yet; NULL: none.
static yyjson_val *credential_missing(yyjson_val *way, yyjson_mut_val *have) {
  size_t i, n;
  yyjson_val *field;
  yyjson_arr_foreach (yyjson_obj_get(way, "fields"), i, n, field) {
    struct str name = json_str(field, "name");
    if (!yyjson_mut_obj_getn(have, name.p, name.n)) return field;
  }
  return NULL;
}

static void credential_set(yyjson_mut_doc *body, yyjson_mut_val *have, struct str name, struct str value) {
  yyjson_mut_obj_put(have, yyjson_mut_strncpy(body, name.p, name.n),
                     yyjson_mut_strncpy(body, value.p ? value.p : "", value.n));
}

// A JSON object gives fields by name; any other text is the one field that is left.
static bool credential_take_input(yyjson_mut_doc *body, yyjson_mut_val *have, yyjson_val *way,
                                  struct str text, struct err *err) {
  yyjson_doc *doc;
  yyjson_val *field = credential_missing(way, have), *key, *value;
  size_t i, n;
  if (!str_starts(text, "{")) {
    if (!text.n) return err_set(err, ERR_INVALID, "standard input is empty");
    if (!field)
      return err_set(err, ERR_INVALID, "--credential has given all fields; none is left for standard input");
    credential_set(body, have, json_str(field, "name"), text);
    return true;
  }
  if (!json_read(text, &JSON_LIMITS, &doc, err)) return err_wrap(err, "standard input");
  yyjson_obj_foreach (yyjson_doc_get_root(doc), i, n, key, value)
    if (yyjson_is_str(value)) credential_set(body, have, json_text(key), json_text(value));
  yyjson_doc_free(doc);
  return true;
}

static bool credential_read_input(yyjson_mut_doc *body, yyjson_mut_val *have, yyjson_val *way,
                                  struct err *err) {
  struct buf text;
  if (!terminal_read(STR("-"), CREDENTIAL_MOST, &text, err)) return false;
  bool ok = credential_take_input(body, have, way, str_trim(buf_str(&text)), err);
  if (text.p) secret_wipe(text.p, text.n);
  buf_free(&text);
  return ok;
}

// For people: whose it is, and where a client's secret goes, which may be another host than the vendor's API.
static struct str credential_question(struct cli *c, yyjson_val *connector, yyjson_val *way,
                                      yyjson_val *field) {
  struct str label = json_str(field, "label"), url = json_str(way, "token_url");
  bool secret = json_bool(field, "secret", false);
  struct str goes = url.n && secret ? arena_printf(c->arena, " (goes to %.*s)", STR_MOST(url, 200)) : STR("");
  return arena_printf(c->arena, "%.*s: %.*s%.*s", STR_ARG(json_str(connector, "label")), STR_ARG(label),
                      STR_ARG(goes));
}

static bool credential_ask(yyjson_mut_doc *body, yyjson_mut_val *have, struct str question, yyjson_val *field,
                           struct err *err) {
  struct str name = json_str(field, "name"), label = json_str(field, "label");
  struct buf line;
  if (!terminal_is_there()) {
    err_set(err, ERR_INVALID, "the credential lacks '%.*s' (%.*s)", STR_ARG(name), STR_ARG(label));
    err_hint(err, "pipe it into --credential-stdin, or give --credential %.*s=@FILE", STR_ARG(name));
    return false;
  }
  if (!terminal_ask(question.p, json_bool(field, "secret", false), &line, err)) return false;
  credential_set(body, have, name, str_trim(buf_str(&line)));
  if (line.p) secret_wipe(line.p, line.n);
  buf_free(&line);
  return true;
}

bool credential_put(struct cli *c, yyjson_mut_doc *body, yyjson_val *connector, struct str way_id,
                    struct err *err) {
  yyjson_val *way, *field;
  if (!credential_find_way(connector, way_id, &way, err) ||
      !cli_body_put_pairs(body, "credential", &c->args, "credential", err))
    return false;
  yyjson_mut_val *have = cli_body_object(body, NULL, "credential");
  if (args_has(&c->args, "credential-stdin") && !credential_read_input(body, have, way, err)) return false;
  while ((field = credential_missing(way, have)))
    if (!credential_ask(body, have, credential_question(c, connector, way, field), field, err)) return false;
  return true;
}
