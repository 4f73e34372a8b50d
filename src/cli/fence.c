// SPDX-License-Identifier: Apache-2.0
#include "cli/fence.h"

#include "cli/body.h"
#include "cli/view.h"
#include "data/json.h"

void cli_fence_show(struct cli *c, yyjson_val *server) {
  yyjson_val *fence, *value;
  size_t i, n, k, m;
  yyjson_arr_foreach (yyjson_obj_get(server, "fence"), i, n, fence)
    yyjson_arr_foreach (yyjson_obj_get(fence, "values"), k, m, value) {
      struct str name = json_str(value, "name"), key = json_str(fence, "key");
      view_note(c, arena_printf(c->arena, "Held to %.*s %.*s%s%.*s%s of %.*s.", STR_ARG(key),
                                STR_ARG(json_str(value, "id")), name.n ? " (" : "", STR_ARG(name),
                                name.n ? ")" : "", STR_ARG(json_str(fence, "account"))));
    }
}

// The account of a key that names none: the one there is; empty: there are several.
static struct str fence_only_account(struct cli *c, yyjson_val *server) {
  struct str value = STR_NONE, alias, account;
  size_t at = 0, count = 0;
  if (args_word(&c->args, 0).n && !server) return args_word(&c->args, 0);
  while (args_next(&c->args, "account", &at, &value)) count++;
  if (count) return count == 1 ? (args_pair(value, &alias, &account) ? alias : value) : STR_NONE;
  yyjson_val *accounts = yyjson_obj_get(server, "accounts");
  return yyjson_arr_size(accounts) == 1 ? json_str(yyjson_arr_get_first(accounts), "id") : STR_NONE;
}

// By its id whichever way it is called; as it is called where the server has no such account.
static struct str fence_account_id(yyjson_val *server, struct str called) {
  yyjson_val *account;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(server, "accounts"), i, n, account) {
    struct str id = json_str(account, "id");
    if (str_eq(id, called) || str_eq(json_str(account, "name"), called) ||
        str_eq(json_str(account, "alias"), called))
      return id;
  }
  return called;
}

// Is the server still over it, when it has been changed by `body`?
static bool fence_stays_over(yyjson_mut_doc *body, struct str id) {
  yyjson_mut_val *list = yyjson_mut_obj_get(yyjson_mut_doc_get_root(body), "accounts"), *one;
  size_t i, n;
  yyjson_mut_arr_foreach (list, i, n, one)
    if (yyjson_mut_equals_strn(yyjson_mut_obj_get(one, "account"), id.p, id.n)) return true;
  return !list;
}

// What the fence has and what is not given goes: null takes away.
static void fence_end_others(yyjson_mut_doc *body, yyjson_mut_val *fences, yyjson_val *server) {
  yyjson_val *fence;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(server, "fence"), i, n, fence) {
    struct str id = fence_account_id(server, json_str(fence, "account")), key = json_str(fence, "key");
    if (!fence_stays_over(body, id)) continue;
    yyjson_mut_val *keys = yyjson_mut_obj_getn(fences, id.p, id.n);
    if (!keys) {
      keys = yyjson_mut_obj(body);
      yyjson_mut_obj_add(fences, yyjson_mut_strncpy(body, id.p, id.n), keys);
    }
    if (!yyjson_mut_obj_getn(keys, key.p, key.n))
      yyjson_mut_obj_add(keys, yyjson_mut_strncpy(body, key.p, key.n), yyjson_mut_null(body));
  }
}

static bool fence_put_one(struct cli *c, yyjson_mut_doc *body, yyjson_val *server, yyjson_mut_val *fences,
                          struct str given, struct str only, struct err *err) {
  struct str values = STR_NONE, what = STR_NONE, value;
  bool pair = args_pair(given, &what, &values);
  ptrdiff_t dot = -1;
  for (size_t i = 0; i < what.n; i++)
    if (what.p[i] == '.') dot = (ptrdiff_t)i; // a name may have dots, a key has none
  struct str account = dot < 0 ? only : str_make(what.p, (size_t)dot);
  struct str key = dot < 0 ? what : str_from(what, (size_t)dot + 1);
  if (!pair || !key.n || !values.n)
    return err_set(err, ERR_INVALID, "--fence takes ALIAS.KEY=VALUE, such as acme.zone_id=example.com");
  if (!account.n)
    return err_set(err, ERR_INVALID,
                   "--fence %.*s: the server is over several accounts; of which? ALIAS.%.*s=…",
                   STR_ARG(given), STR_ARG(key));
  yyjson_mut_val *keys = cli_body_object(body, fences, arena_z(c->arena, fence_account_id(server, account)));
  yyjson_mut_val *list = yyjson_mut_obj_getn(keys, key.p, key.n);
  if (!list) {
    list = yyjson_mut_arr(body);
    yyjson_mut_obj_add(keys, yyjson_mut_strncpy(body, key.p, key.n), list);
  }
  while (str_cut(&values, ',', &value))
    if (str_trim(value).n)
      yyjson_mut_arr_append(list, yyjson_mut_strncpy(body, str_trim(value).p, str_trim(value).n));
  return true;
}

// `server`: the one that is to change; NULL: a new one. What is given is the whole fence from now on.
bool cli_fence_put(struct cli *c, yyjson_mut_doc *body, yyjson_val *server, struct err *err) {
  struct str given, only = fence_only_account(c, server);
  bool some = args_has(&c->args, "fence");
  if (!some && !args_has(&c->args, "no-fence")) return true;
  if (some && args_has(&c->args, "no-fence"))
    return err_set(err, ERR_INVALID, "--fence and --no-fence say two things; take one");
  yyjson_mut_val *config = cli_body_object(body, NULL, "config"), *fences = yyjson_mut_obj(body);
  yyjson_mut_obj_put(config, yyjson_mut_str(body, "fence"), some || !server ? fences : yyjson_mut_null(body));
  for (size_t at = 0; args_next(&c->args, "fence", &at, &given);)
    if (!fence_put_one(c, body, server, fences, given, only, err)) return false;
  fence_end_others(body, fences, server);
  return true;
}
