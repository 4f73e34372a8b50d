// SPDX-License-Identifier: Apache-2.0
#include "shelf/judge.h"

#include "data/json.h"

// All accounts of a step call its tool by one name, and each tool is as it was. `other`: one takes other arguments.
static bool judge_step(yyjson_val *step, struct stable_look *look, bool *other, struct shelf_verdict *out) {
  struct str name = STR_NONE;
  size_t i, n;
  yyjson_val *key;
  yyjson_arr_foreach (yyjson_obj_get(step, "keys"), i, n, key) {
    struct stable_found found;
    stable_find(look, step, key, &found);
    if (found.state == SHELF_OK && name.n && !str_eq(name, found.tool->name)) {
      found.state = SHELF_CHANGED;
      found.why = arena_printf(look->arena, "its accounts call the tool by several names: '%.*s' and '%.*s'",
                               STR_ARG(name), STR_ARG(found.tool->name));
    }
    if (found.state != SHELF_OK) {
      *out = (struct shelf_verdict){found.state, json_str(step, "id"), found.why};
      return false;
    }
    *other = *other || found.other_form;
    name = found.tool->name;
  }
  return true;
}

// The step that a fault's pointer leads to; empty: none.
static struct str judge_step_of(yyjson_val *root, struct str pointer) {
  uint64_t at;
  struct str rest = pointer, part;
  if (!str_starts(pointer, "/steps/")) return STR("");
  rest = str_from(pointer, sizeof "/steps/" - 1);
  str_cut(&rest, '/', &part);
  return str_to_u64(part, &at) ? json_str(yyjson_arr_get(yyjson_obj_get(root, "steps"), at), "id") : STR("");
}

static struct shelf_verdict judge_whole(const struct program_env *env, yyjson_val *root,
                                        struct stable_look *look) {
  struct arena *a = arena_new();
  struct program_faults faults = {.arena = a};
  struct str text = stable_write(root, look, STABLE_IDS, a);
  yyjson_doc *doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  struct program_view view = {.catalog = look->catalog};
  struct shelf_verdict v = {.state = SHELF_OK, .step = STR(""), .why = STR("")};
  if (!program_examine(env, &view, yyjson_doc_get_root(doc), NULL, a, &faults)) {
    v.state = SHELF_CHANGED;
    v.step = arena_dup(look->arena, judge_step_of(root, faults.items[0].pointer));
    v.why = arena_dup(look->arena, faults.items[0].text);
  }
  yyjson_doc_free(doc);
  arena_free(a);
  return v;
}

struct shelf_verdict shelf_judge(const struct program_env *env, yyjson_val *root, struct stable_look *look) {
  struct shelf_verdict v = {.state = SHELF_OK, .step = STR(""), .why = STR("")};
  bool other = false;
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(root, "steps"), i, n, step)
    if (!judge_step(step, look, &other, &v)) {
      v.step = arena_dup(look->arena, v.step);
      return v;
    }
  return other ? judge_whole(env, root, look) : v;
}

static bool judge_shows(const struct catalog_server *server, const struct catalog_account *account,
                        const struct tool *tool) {
  for (size_t i = 0; i < server->tool_count; i++) {
    const struct catalog_tool *t = &server->tools[i];
    if (!t->choice_count && t->tool == tool && t->account == account) return true;
    for (size_t c = 0; c < t->choice_count; c++)
      if (t->choices[c].tool == tool && t->choices[c].account == account) return true;
  }
  return false;
}

struct shelf_verdict shelf_judge_on(const struct catalog_server *server, yyjson_val *root,
                                    struct stable_look *look) {
  size_t i, n, k, m;
  yyjson_val *step, *key;
  yyjson_arr_foreach (yyjson_obj_get(root, "steps"), i, n, step)
    yyjson_arr_foreach (yyjson_obj_get(step, "keys"), k, m, key) {
      struct stable_found found;
      stable_find(look, step, key, &found);
      if (found.tool && judge_shows(server, found.account, found.tool)) continue;
      return (struct shelf_verdict){
          SHELF_GONE, arena_dup(look->arena, json_str(step, "id")),
          arena_printf(look->arena, "the server '%.*s' does not show '%.*s' of the account '%.*s'",
                       STR_ARG(server->server.name), STR_ARG(json_str(step, "tool")),
                       STR_ARG(found.account ? found.account->account->name : json_str(key, "name")))};
    }
  return (struct shelf_verdict){.state = SHELF_OK, .step = STR(""), .why = STR("")};
}
