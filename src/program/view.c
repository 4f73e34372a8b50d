// SPDX-License-Identifier: Apache-2.0
#include "program/view.h"

enum { VIEW_NEAR = 8 };

struct view_look {
  const struct program_view *view;
  struct str account, tool;
  struct program_view_found *out;
  unsigned distance[sizeof((struct program_view_found *)0)->names / sizeof(struct str)];
  bool any_account; // the account was found
};

static bool view_is_account(const struct catalog_account *a, struct str alias, struct str wanted) {
  return str_eq(a->account->id, wanted) || str_eq_nocase(a->account->name, wanted) ||
         (alias.n && str_eq_nocase(alias, wanted));
}

// Keeps the nearest of what there is, in order.
static void view_near(struct view_look *l, struct str wanted, struct str name) {
  struct program_view_found *out = l->out;
  size_t most = sizeof out->names / sizeof *out->names, at = out->count;
  unsigned far = str_distance(name, wanted);
  for (size_t i = 0; i < out->count; i++)
    if (str_eq(out->names[i], name)) return;
  while (at && l->distance[at - 1] > far) at--;
  if (at == most) return;
  size_t last = out->count < most ? out->count++ : most - 1;
  for (size_t i = last; i > at; i--) {
    out->names[i] = out->names[i - 1];
    l->distance[i] = l->distance[i - 1];
  }
  out->names[at] = name;
  l->distance[at] = far;
}

static void view_judge(struct view_look *l, const struct tool *t, const struct catalog_account *a,
                       struct str shown, struct str account) {
  struct program_view_found *out = l->out;
  enum view_word word = !t->served ? VIEW_HELD : !t->read_only ? VIEW_WRITES : VIEW_FINE;
  if (word == VIEW_FINE && out->word == VIEW_FINE) {
    if (out->tool.account == a) return; // the same under another name
    out->word = VIEW_SEVERAL;
    out->count = 0;
    view_near(l, STR(""), out->account);
    view_near(l, STR(""), account);
    return;
  }
  if (out->word == VIEW_SEVERAL) {
    if (word == VIEW_FINE) view_near(l, STR(""), account);
    return;
  }
  if (word != VIEW_FINE && out->word == VIEW_FINE) return;
  out->word = word;
  out->tool = (struct catalog_tool){.tool = t, .account = a, .name = shown};
  out->account = account;
}

static void view_account_tools(struct view_look *l, const struct catalog_account *a) {
  struct str name = a->account->name;
  if (l->account.n && !view_is_account(a, STR_NONE, l->account)) return;
  l->any_account = true;
  const struct tool *t = map_get(&a->tools->by_name, l->tool);
  if (t) view_judge(l, t, a, t->name, name);
  for (size_t i = 0; !t && i < a->tools->count; i++)
    if (a->tools->tools[i].read_only && a->tools->tools[i].served)
      view_near(l, l->tool, a->tools->tools[i].name);
}

static struct str view_alias(const struct catalog_server *s, const struct catalog_account *a) {
  for (size_t i = 0; i < s->member_count; i++)
    if (s->members[i].account == a) return s->members[i].alias;
  return STR("");
}

// A tool of a server goes by the name that is shown, and beside its account by the vendor's own too.
static void view_server_tool(struct view_look *l, const struct catalog_tool *t, const struct tool *own,
                             const struct catalog_account *a, struct str alias) {
  if (!alias.n) alias = view_alias(l->view->server, a);
  if (l->account.n && !view_is_account(a, alias, l->account)) return;
  l->any_account = true;
  bool named = str_eq(t->name, l->tool) || (l->account.n && str_eq(own->name, l->tool));
  if (named)
    view_judge(l, own, a, t->name, alias.n ? alias : a->account->name);
  else if (own->read_only)
    view_near(l, l->tool, t->name);
}

static void view_server_tools(struct view_look *l) {
  const struct catalog_server *s = l->view->server;
  for (size_t i = 0; i < s->tool_count; i++) {
    const struct catalog_tool *t = &s->tools[i];
    if (!t->choice_count) view_server_tool(l, t, t->tool, t->account, t->alias);
    for (size_t c = 0; c < t->choice_count; c++)
      view_server_tool(l, t, t->choices[c].tool, t->choices[c].account, t->choices[c].alias);
  }
}

// What the accounts are called, instead of one that is not there.
static void view_accounts(struct view_look *l) {
  const struct program_view *v = l->view;
  l->out->word = VIEW_NO_ACCOUNT;
  l->out->count = 0;
  for (size_t i = 0; v->server && i < v->server->member_count; i++) {
    const struct catalog_member *m = &v->server->members[i];
    view_near(l, l->account, m->alias.n ? m->alias : m->account->account->name);
  }
  for (size_t i = 0; !v->server && i < v->catalog->account_count; i++)
    view_near(l, l->account, v->catalog->accounts[i]->account->name);
}

bool program_view_find(const struct program_view *v, struct str account, struct str tool,
                       struct program_view_found *out) {
  struct view_look l = {.view = v, .account = account, .tool = tool, .out = out};
  *out = (struct program_view_found){.word = VIEW_NO_TOOL};
  if (v->server)
    view_server_tools(&l);
  else
    for (size_t i = 0; i < v->catalog->account_count; i++) view_account_tools(&l, v->catalog->accounts[i]);
  if (account.n && !l.any_account) view_accounts(&l);
  if (out->count > VIEW_NEAR && out->word == VIEW_NO_TOOL) out->count = VIEW_NEAR;
  return out->word == VIEW_FINE;
}
