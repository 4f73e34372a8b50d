// SPDX-License-Identifier: Apache-2.0
#include "cli/names.h"

#include "cli/api.h"
#include "data/json.h"

enum { NAMES_NEAR = 3 };

static const struct {
  const char *noun, *path, *list;
  const char *is; // what to do with one of these where another kind was asked for
} names_kinds[NAMES_KINDS] = {
    [NAMES_ACCOUNT] = {"account", "/integrated-account", "account list",
                       "an account; 'postern account show' shows it"},
    [NAMES_SERVER] = {"MCP server", "/mcp-server", "mcp list", "an MCP server; 'postern mcp show' shows it"},
    [NAMES_CONNECTOR] = {"connector", "/connector", "connector list",
                         "a connector; 'postern up' or 'postern account add' connects an account"},
    [NAMES_TOKEN] = {"API token", "/api-token", "token list",
                     "an API token; 'postern token list' lists them"},
    [NAMES_USER] = {"user", "/user", "user list", "a user; 'postern user list' lists them"},
    [NAMES_PROGRAM] = {"program", "/stored-program", "program list",
                       "a kept program; 'postern program run' runs it"},
    [NAMES_ENGINE] = {"engine", "/engines", "engine list", "an engine; 'postern engine test' tries it"},
};

bool names_list(struct cli *c, enum names_kind kind, yyjson_val **items, struct err *err) {
  if (kind != NAMES_ENGINE) return api_list(c, str_of(names_kinds[kind].path), 0, items, err);
  yyjson_val *list; // comes whole
  bool ok = api_get(c, str_of(names_kinds[kind].path), &list, err);
  if (ok) *items = yyjson_obj_get(list, "items");
  return ok;
}

// ---- what was meant

// The nearest name within so many edits, case aside; STR_NONE: none.
static struct str names_nearest(yyjson_val *items, struct str text, unsigned most) {
  struct str near = STR_NONE;
  unsigned best = most + 1;
  yyjson_val *item;
  size_t i, n;
  yyjson_arr_foreach (items, i, n, item) {
    struct str name = json_str(item, "name");
    unsigned d = str_eq_nocase(name, text) ? 0 : str_distance(name, text);
    if (d < best) best = d, near = name;
  }
  return near;
}

static bool names_missing(struct cli *c, enum names_kind kind, yyjson_val *own, struct str text,
                          struct err *err) {
  struct err ignored;
  err_set(err, ERR_MISSING, "there is no %s '%.*s'", names_kinds[kind].noun, STR_MOST(text, 100));
  struct str near =
      names_nearest(own, text, text.n < 3 * NAMES_NEAR ? ((unsigned)text.n + 1) / 3 : NAMES_NEAR);
  if (near.n) {
    err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
    return false;
  }
  for (int k = 0; k < NAMES_KINDS; k++) {
    yyjson_val *items = NULL;
    if (k == (int)kind || k == NAMES_TOKEN || k == NAMES_USER ||
        !names_list(c, (enum names_kind)k, &items, &ignored))
      continue;
    struct str other = names_nearest(items, text, 0);
    if (!other.n) continue;
    err_hint(err, "'%.*s' is %s", STR_ARG(other), names_kinds[k].is);
    return false;
  }
  err_hint(err, "'postern %s' lists them", names_kinds[kind].list);
  return false;
}

bool names_find(struct cli *c, enum names_kind kind, struct str text, yyjson_val **out, struct err *err) {
  yyjson_val *items, *item, *found = NULL;
  size_t i, n, same = 0;
  if (!names_list(c, kind, &items, err)) return false;
  yyjson_arr_foreach (items, i, n, item) {
    if (str_eq(json_str(item, "id"), text)) {
      *out = item;
      return true;
    }
    if (str_eq(json_str(item, "name"), text)) found = item, same++;
  }
  if (same == 1) {
    *out = found;
    return true;
  }
  if (same > 1)
    return err_set(err, ERR_CONFLICT, "%zu %ss have the name '%.*s'; give the id of one", same,
                   names_kinds[kind].noun, STR_ARG(text));
  return names_missing(c, kind, items, text, err);
}

bool names_account_path(struct cli *c, struct str text, const char *tail, struct str *path, struct err *err) {
  yyjson_val *account;
  bool found = names_find(c, NAMES_ACCOUNT, text, &account, err);
  // One whose connector has gone is in no list, and is still there to be removed by its id.
  if (!found && (err->code != ERR_MISSING || !str_starts(text, "acc_"))) return false;
  struct str head = api_path(c, "/integrated-account/{}", found ? json_str(account, "id") : text);
  *path = arena_printf(c->arena, "%.*s%s", STR_ARG(head), tail);
  return true;
}

// Names of connectors are of letters, digits and '-'; what else stands there is not put into a path.
static bool names_is_plain(struct str text) {
  for (size_t i = 0; i < text.n; i++) {
    char ch = text.p[i];
    bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                 ch == '-' || ch == '_';
    if (!plain) return false;
  }
  return text.n > 0;
}

bool names_connector(struct cli *c, struct str text, yyjson_val **out, struct err *err) {
  yyjson_val *items;
  if (names_is_plain(text)) {
    if (api_get(c, api_path(c, "/connector/{}", text), out, err)) return true;
    if (err->code != ERR_MISSING) return false;
  }
  return names_list(c, NAMES_CONNECTOR, &items, err) && names_missing(c, NAMES_CONNECTOR, items, text, err);
}
