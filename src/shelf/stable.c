// SPDX-License-Identifier: Apache-2.0
#include "shelf/stable.h"

#include <stdlib.h>

#include "crypto/token.h"
#include "data/json.h"

enum { STABLE_MARK = 32, STABLE_SCHEMA_MOST = 16 << 20 };

const char *shelf_state_name(enum shelf_state state) {
  static const char *const names[] = {"ok", "held", "gone", "changed"};
  return names[state];
}

// ---- keys

// Of an MCP server's tool, its definition; of another, what it takes.
static struct str stable_mark(struct stable_look *look, const struct tool *t) {
  struct str key = {(const char *)&t, sizeof t};
  struct str *known = map_get(&look->marks, key);
  if (known) return *known;
  struct buf text = BUF_MAX(STABLE_SCHEMA_MOST);
  char hash[TOKEN_HASH_HEX];
  yyjson_val *says = t->kind == TOOL_REMOTE ? t->definition : t->input;
  if (says) json_write(&text, says);
  token_hash_hex(buf_str(&text), hash);
  buf_free(&text);
  known = ARENA_NEW(look->arena, struct str);
  *known = arena_dup(look->arena, str_make(hash, STABLE_MARK));
  map_put(&look->marks, arena_dup(look->arena, key), known);
  return *known;
}

void stable_done(struct stable_look *look) {
  map_free(&look->marks);
}

static void stable_put(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, struct str text) {
  yyjson_mut_obj_add_strncpy(doc, object, key, text.p ? text.p : "", text.n);
}

static yyjson_mut_val *stable_key(yyjson_mut_doc *doc, struct stable_look *look,
                                  const struct plan_target *target) {
  const struct tool *t = target->tool.tool;
  const struct catalog_account *account = target->tool.account;
  yyjson_mut_val *key = yyjson_mut_obj(doc);
  stable_put(doc, key, "account", account->account->id);
  stable_put(doc, key, "name", account->account->name);
  if (t->kind == TOOL_REMOTE) {
    stable_put(doc, key, "pin", stable_mark(look, t));
  } else {
    stable_put(doc, key, "connector", account->connector->name);
    stable_put(doc, key, "operation", t->operation);
    stable_put(doc, key, "form", stable_mark(look, t));
  }
  return key;
}

// ---- what they lead to

static const struct tool *stable_tool(const struct catalog_account *account, struct str name,
                                      struct str operation) {
  const struct tool *t = map_get(&account->tools->by_name, name);
  if (!operation.n || (t && str_eq(t->operation, operation))) return t;
  for (size_t i = 0; i < account->tools->count; i++)
    if (str_eq(account->tools->tools[i].operation, operation)) return &account->tools->tools[i];
  return NULL;
}

static void stable_judge(struct stable_look *look, yyjson_val *key, struct stable_found *out) {
  struct arena *a = look->arena;
  const struct tool *t = out->tool;
  struct str account = out->account->account->name, pin = json_str(key, "pin"), form = json_str(key, "form");
  if (!t->served) {
    out->state = SHELF_HELD;
    out->why = arena_printf(a, "'%.*s' of the account '%.*s' is not served: %.*s", STR_ARG(t->name),
                            STR_ARG(account), STR_ARG(t->why));
  } else if (!t->read_only) {
    out->state = SHELF_CHANGED;
    out->why = arena_printf(a, "'%.*s' of the account '%.*s' does more than read now", STR_ARG(t->name),
                            STR_ARG(account));
  } else if (pin.n && !str_eq(pin, stable_mark(look, t))) {
    out->state = SHELF_CHANGED;
    out->why =
        arena_printf(a, "'%.*s' of the account '%.*s' is defined otherwise than when the program was saved",
                     STR_ARG(t->name), STR_ARG(account));
  } else {
    out->other_form = form.n && !str_eq(form, stable_mark(look, t));
  }
}

void stable_find(struct stable_look *look, yyjson_val *step, yyjson_val *key, struct stable_found *out) {
  struct arena *a = look->arena;
  struct str id = json_str(key, "account"), name = json_str(step, "tool");
  *out = (struct stable_found){.state = SHELF_OK, .account = catalog_account_by_id(look->catalog, id)};
  if (!out->account) {
    out->state = SHELF_GONE;
    out->why = arena_printf(a, "there is no account '%.*s' (%.*s) any more", STR_ARG(json_str(key, "name")),
                            STR_ARG(id));
    return;
  }
  out->tool = stable_tool(out->account, name, json_str(key, "operation"));
  if (out->tool) return stable_judge(look, key, out);
  out->state = SHELF_GONE;
  out->why = arena_printf(a, "the account '%.*s' has no tool '%.*s' any more",
                          STR_ARG(out->account->account->name), STR_ARG(name));
}

// ---- written

static yyjson_mut_val *stable_text(yyjson_mut_doc *doc, struct str s) {
  return yyjson_mut_strncpy(doc, s.p ? s.p : "", s.n);
}

// The step with other names: id, account and tool first, then what it had.
static yyjson_mut_val *stable_step(yyjson_mut_doc *doc, yyjson_val *step, yyjson_mut_val *account,
                                   struct str tool) {
  yyjson_mut_val *out = yyjson_mut_obj(doc);
  size_t i, n;
  yyjson_val *key, *v;
  stable_put(doc, out, "id", json_str(step, "id"));
  yyjson_mut_obj_add_val(doc, out, "account", account);
  stable_put(doc, out, "tool", tool);
  yyjson_obj_foreach (step, i, n, key, v) {
    struct str name = json_text(key);
    if (str_is(name, "id") || str_is(name, "account") || str_is(name, "tool") || str_is(name, "keys"))
      continue;
    yyjson_mut_obj_add(out, stable_text(doc, name), yyjson_val_mut_copy(doc, v));
  }
  return out;
}

static struct str stable_end(yyjson_mut_doc *doc, yyjson_mut_val *root, struct arena *a) {
  size_t n = 0;
  char *text = yyjson_mut_val_write(root, 0, &n);
  struct str out = arena_dup(a, str_make(text ? text : "", n));
  free(text);
  yyjson_mut_doc_free(doc);
  return out;
}

// The program with other steps, in their place.
static yyjson_mut_val *stable_root(yyjson_mut_doc *doc, yyjson_val *root, yyjson_mut_val *steps) {
  yyjson_mut_val *out = yyjson_mut_obj(doc);
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (root, i, n, key, v)
    yyjson_mut_obj_add(out, stable_text(doc, json_text(key)),
                       str_is(json_text(key), "steps") ? steps : yyjson_val_mut_copy(doc, v));
  return out;
}

struct str stable_make(const struct program *p, const struct plan *plan, struct stable_look *look) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *steps = yyjson_mut_arr(doc);
  for (size_t i = 0; i < p->step_count; i++) {
    const struct plan_step *s = &plan->steps[i];
    yyjson_mut_val *accounts = yyjson_mut_arr(doc), *keys = yyjson_mut_arr(doc);
    for (size_t t = 0; t < s->target_count; t++) {
      yyjson_mut_arr_append(accounts, stable_text(doc, s->targets[t].tool.account->account->name));
      yyjson_mut_arr_append(keys, stable_key(doc, look, &s->targets[t]));
    }
    yyjson_mut_val *step = stable_step(doc, yyjson_arr_get(yyjson_obj_get(p->root, "steps"), i),
                                       p->steps[i].many ? accounts : yyjson_mut_arr_get_first(accounts),
                                       s->targets[0].tool.tool->name);
    yyjson_mut_obj_add_val(doc, step, "keys", keys);
    yyjson_mut_arr_append(steps, step);
  }
  return stable_end(doc, stable_root(doc, p->root, steps), look->arena);
}

static yyjson_mut_val *stable_step_now(yyjson_mut_doc *doc, yyjson_val *step, struct stable_look *look,
                                       enum stable_names names) {
  yyjson_mut_val *accounts = yyjson_mut_arr(doc);
  struct str tool = json_str(step, "tool");
  size_t i, n;
  yyjson_val *key;
  yyjson_arr_foreach (yyjson_obj_get(step, "keys"), i, n, key) {
    struct stable_found found;
    stable_find(look, step, key, &found);
    struct str name = found.account ? found.account->account->name : json_str(key, "name");
    yyjson_mut_arr_append(accounts, stable_text(doc, names == STABLE_IDS ? json_str(key, "account") : name));
    if (found.tool) tool = found.tool->name;
  }
  bool many = yyjson_is_arr(yyjson_obj_get(step, "account"));
  return stable_step(doc, step, many ? accounts : yyjson_mut_arr_get_first(accounts), tool);
}

struct str stable_write(yyjson_val *root, struct stable_look *look, enum stable_names names,
                        struct arena *a) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *steps = yyjson_mut_arr(doc);
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(root, "steps"), i, n, step)
    yyjson_mut_arr_append(steps, stable_step_now(doc, step, look, names));
  return stable_end(doc, stable_root(doc, root, steps), a);
}
