// SPDX-License-Identifier: Apache-2.0
#include "ask/reach.h"

#include "ask/derive.h"
#include "data/json.h"

struct reach_of { // one connector's accounts
  const struct program_view *view;
  struct model_source source;
  const struct toolset *tools;
};

static bool reach_shows(const struct program_view *v, const struct tool *t) {
  if (!v->server) return true;
  for (size_t i = 0; i < v->server->tool_count; i++) {
    const struct catalog_tool *shown = &v->server->tools[i];
    if (shown->tool == t) return true;
    for (size_t c = 0; c < shown->choice_count; c++)
      if (shown->choices[c].tool == t) return true;
  }
  return false;
}

static bool reach_has_tool(void *arg, const struct model_source *s, struct str name) {
  const struct reach_of *of = arg;
  const struct tool *t = map_get(&of->tools->by_name, name);
  (void)s;
  return t && t->read_only && t->served && reach_shows(of->view, t);
}

// What the view calls the account; empty: it does not show it.
static struct str reach_account(const struct program_view *v, const struct catalog_account *a) {
  if (!v->server) return a->account->name;
  for (size_t i = 0; i < v->server->member_count; i++)
    if (v->server->members[i].account == a)
      return v->server->members[i].alias.n ? v->server->members[i].alias : a->account->name;
  return STR_NONE;
}

// ---- tools without words

static bool reach_is_worded(yyjson_val *ask, struct str tool) {
  size_t i, n, k, m;
  yyjson_val *key, *thing, *step;
  yyjson_obj_foreach (yyjson_obj_get(ask, "things"), i, n, key, thing)
    yyjson_arr_foreach (yyjson_obj_get(thing, "steps"), k, m, step)
      if (str_eq(json_str(step, "tool"), tool)) return true;
  return false;
}

struct reach_deriving {
  const struct program_view *view;
  yyjson_val *ask;
};

static bool reach_derives(void *arg, const struct tool *t) {
  const struct reach_deriving *d = arg;
  return reach_shows(d->view, t) && !reach_is_worded(d->ask, t->name);
}

// The same things, those that were looked at with their columns.
static yyjson_doc *reach_with_seen(const struct ask_reach *r, struct str connector, yyjson_doc *doc) {
  yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
  yyjson_mut_val *things = yyjson_mut_obj_get(yyjson_mut_doc_get_root(copy), "things");
  for (size_t i = 0; i < r->seen_count; i++) {
    const struct reach_seen *s = &r->seen[i];
    if (str_eq(s->connector, connector) && yyjson_mut_obj_getn(things, s->id.p, s->id.n))
      yyjson_mut_obj_replace(things, yyjson_mut_strncpy(copy, s->id.p, s->id.n),
                             yyjson_val_mut_copy(copy, yyjson_doc_get_root(s->doc)));
  }
  yyjson_doc *made = yyjson_mut_doc_imut_copy(copy, NULL);
  yyjson_mut_doc_free(copy);
  return made;
}

static bool reach_derive(struct ask_reach *r, const struct reach_of *of, yyjson_val *ask, struct model *out,
                         struct arena *a, struct err *err) {
  struct reach_deriving deriving = {r->view, ask};
  struct derive d = {.tools = of->tools, .shows = reach_derives, .arg = &deriving, .ask = ask};
  yyjson_doc *doc = r->doc_count < REACH_DOCS_MOST ? derive_things(&d, r->question, a) : NULL;
  if (!doc) return true;
  yyjson_doc *whole = reach_with_seen(r, of->source.connector, doc);
  yyjson_doc_free(doc);
  r->docs[r->doc_count++] = whole;
  return model_add(out, yyjson_doc_get_root(whole), &of->source, err);
}

void reach_free(struct ask_reach *r) {
  for (size_t i = 0; i < r->doc_count; i++) yyjson_doc_free(r->docs[i]);
  for (size_t i = 0; i < r->seen_count; i++) yyjson_doc_free(r->seen[i].doc);
}

bool reach_model(struct ask_reach *r, struct arena *a, struct model *out, struct err *err) {
  const struct program_view *v = r->view;
  const struct catalog *c = v->catalog;
  struct reach_of *all = ARENA_ARRAY(a, c->account_count + 1, struct reach_of);
  size_t n = 0;
  *out = (struct model){.arena = a};
  for (size_t i = 0; i < c->account_count; i++) {
    const struct catalog_account *account = c->accounts[i];
    struct str name = reach_account(v, account);
    size_t k = 0;
    while (k < n && !str_eq(all[k].source.connector, account->connector->name)) k++;
    if (!name.n) continue;
    if (k == n)
      all[n++] = (struct reach_of){
          .view = v,
          .source = {.connector = account->connector->name, .label = account->connector->label},
          .tools = account->tools};
    if (all[k].source.account_count < MODEL_ACCOUNTS_MOST)
      all[k].source.accounts[all[k].source.account_count++] = name;
  }
  for (size_t k = 0; k < n; k++) {
    all[k].source.has_tool = reach_has_tool;
    all[k].source.arg = &all[k];
    for (size_t i = 0; i < c->account_count; i++)
      if (str_eq(c->accounts[i]->connector->name, all[k].source.connector)) {
        yyjson_val *ask = c->accounts[i]->connector->ask;
        if (!model_add(out, ask, &all[k].source, err) || !reach_derive(r, &all[k], ask, out, a, err))
          return false;
        break;
      }
  }
  return true;
}
