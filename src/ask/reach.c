// SPDX-License-Identifier: Apache-2.0
#include "ask/reach.h"

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

bool reach_model(const struct program_view *v, struct arena *a, struct model *out, struct err *err) {
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
        if (!model_add(out, c->accounts[i]->connector->ask, &all[k].source, err)) return false;
        break;
      }
  }
  return true;
}
