// SPDX-License-Identifier: Apache-2.0
#include "catalog/shown.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "catalog/sight.h"
#include "crypto/token.h"
#include "tool/narrow.h"

enum { SHOWN_HASH = 8 }; // hex digits behind a name that was cut

// ---- aliases

bool shown_alias_is_good(struct str alias) {
  if (!alias.n || alias.n > SHOWN_ALIAS_MOST || !islower((unsigned char)alias.p[0])) return false;
  for (size_t i = 1; i < alias.n; i++) {
    unsigned char c = (unsigned char)alias.p[i];
    bool joint = c == '_' && alias.p[i - 1] != '_' && i + 1 < alias.n;
    if (!islower(c) && !isdigit(c) && !joint) return false;
  }
  return true;
}

bool shown_aliases_clash(struct str a, struct str b) {
  struct str less = a.n < b.n ? a : b, more = a.n < b.n ? b : a;
  return str_eq(less, str_make(more.p, less.n)) && (more.n == less.n || more.p[less.n] == '_');
}

struct str shown_alias(struct str name, struct arena *a) {
  char *out = arena_alloc(a, SHOWN_ALIAS_MOST + 1);
  size_t n = 0;
  for (size_t i = 0; i < name.n && n < SHOWN_ALIAS_MOST; i++) {
    unsigned char c = (unsigned char)name.p[i];
    if (n ? isalnum(c) : isalpha(c))
      out[n++] = (char)tolower(c);
    else if (n && out[n - 1] != '_')
      out[n++] = '_';
  }
  while (n && out[n - 1] == '_') n--;
  return n ? str_make(out, n) : STR("account");
}

// ---- names

// The first characters, and some of the hash of what tells this tool from all others.
static struct str shown_cut(struct str name, struct str whole, char text[SHOWN_NAME_MOST + 1]) {
  char hash[TOKEN_HASH_HEX];
  token_hash_hex(whole, hash);
  size_t kept = SHOWN_NAME_MOST - SHOWN_HASH - 1;
  if (kept > name.n) kept = name.n;
  int n = snprintf(text, SHOWN_NAME_MOST + 1, "%.*s_%.*s", (int)kept, name.p, SHOWN_HASH, hash);
  return str_make(text, (size_t)n);
}

// What all hosts take: the strictest of them refuse a whole conversation for one other character.
static bool shown_is_plain(char c) {
  return isalnum((unsigned char)c) || c == '_' || c == '-';
}

// "postern_read", and whatever may be taken for it: "Postern.read", "postern".
static bool shown_is_ours(struct str name) {
  size_t n = sizeof SHOWN_OURS - 1;
  return name.n >= n && str_is_nocase(str_make(name.p, n), SHOWN_OURS) &&
         (name.n == n || !isalnum((unsigned char)name.p[n]));
}

static bool shown_is_taken(struct str name) {
  for (size_t i = 0; i < name.n; i++)
    if (!shown_is_plain(name.p[i])) return false;
  return name.n > 0 && name.n <= SHOWN_NAME_MOST && !shown_is_ours(name);
}

// One '_' for each run of other characters; a name of nothing else is told from others by its hash.
static struct str shown_plain(struct str name, char *out) {
  size_t n = 0;
  bool any = false;
  for (size_t i = 0; i < name.n; i++) {
    bool plain = shown_is_plain(name.p[i]);
    any |= plain;
    if (plain || !n || out[n - 1] != '_') out[n++] = plain ? name.p[i] : '_';
  }
  return any ? str_make(out, n) : STR("tool");
}

struct str shown_name(struct str alias, struct str name, char text[SHOWN_NAME_MOST + 1]) {
  char whole[256], plain[sizeof whole];
  if (!alias.n && shown_is_taken(name)) return name;
  int n =
      snprintf(whole, sizeof whole, "%s%.*s%s%.*s", shown_is_ours(alias.n ? alias : name) ? "vendor_" : "",
               STR_ARG(alias), alias.n ? "_" : "", STR_ARG(name));
  struct str s = {whole, (size_t)n < sizeof whole ? (size_t)n : sizeof whole - 1};
  struct str shown = shown_plain(s, plain);
  if (shown.n > SHOWN_NAME_MOST || shown.p != plain) return shown_cut(shown, s, text);
  memcpy(text, shown.p, shown.n);
  text[shown.n] = 0;
  return str_make(text, shown.n);
}

struct str shown_sibling(const struct catalog_tool *t, struct str name, char text[SHOWN_NAME_MOST + 1]) {
  struct str shown = shown_name(t->alias, name, text);
  if (!t->shown) return !t->account->tools || map_get(&t->account->tools->by_name, name) ? shown : STR_NONE;
  return map_get(t->shown, shown) ? shown : STR_NONE;
}

// ---- what goes before them

static size_t shown_members_of(const struct catalog_member *members, size_t count,
                               const struct connector *c) {
  size_t of = 0;
  for (size_t i = 0; i < count; i++) of += members[i].account->connector == c;
  return of;
}

// As the accounts of this connector were shared before; SERVER_NAMES_OWN: they were not.
static enum server_names shown_names_before(struct shown_before before, const struct connector *c) {
  for (size_t i = 0; i < before.count; i++)
    if (before.members[i].account->connector == c && before.members[i].names != SERVER_NAMES_OWN)
      return before.members[i].names;
  return SERVER_NAMES_OWN;
}

void shown_settle(struct catalog_member *members, size_t count, bool share, struct shown_before before) {
  for (size_t i = 0; i < count; i++) {
    const struct connector *c = members[i].account->connector;
    size_t of = shown_members_of(members, count, c);
    enum server_names names = share ? shown_names_before(before, c) : SERVER_NAMES_OWN;
    if (share && names == SERVER_NAMES_OWN && of > 1)
      names = of == count ? SERVER_NAMES_SHARED : SERVER_NAMES_CONNECTOR;
    members[i].names = names;
  }
}

// ---- the tools of a server

struct shown {
  struct catalog_server *v;
  struct arena *arena;
  struct map shared; // "<connector>/<tool>" → struct catalog_tool *
};

static bool shown_has_account_argument(const struct tool *t) {
  return yyjson_obj_get(yyjson_obj_get(t->input, "properties"), SHOWN_ACCOUNT) != NULL;
}

static const struct fence *shown_fence(const struct shown *s, const struct catalog_member *m) {
  return fence_of(&s->v->server.filter.fences, m->account->account->id);
}

static bool shown_is_within(const struct shown *s, const struct catalog_member *m, const struct tool *t) {
  const struct fence *f = shown_fence(s, m);
  struct narrow n;
  return !f || narrow_tool(&(struct narrow_about){f, m->account->connector, t,
                                                  yyjson_doc_get_root(m->account->account->context)},
                           &n);
}

// By the vendor's name or by the one it is shown under; whoever writes the filter may have either before
// them. Beyond the account's fence, and what its owner may, is nothing.
static bool shown_passes(const struct shown *s, const struct catalog_member *m, const struct tool *t,
                         struct str shown) {
  struct tool as = *t;
  as.name = shown;
  return t->served && sight_shows(m->access, t) &&
         (policy_allows(&s->v->server.filter, t) || policy_allows(&s->v->server.filter, &as)) &&
         shown_is_within(s, m, t);
}

static struct catalog_tool *shown_add(struct shown *s, const struct catalog_member *m, const struct tool *t,
                                      struct str alias) {
  struct catalog_server *v = s->v;
  char text[SHOWN_NAME_MOST + 1];
  struct str name = shown_name(alias, t->name, text);
  if (!shown_passes(s, m, t, name)) return NULL;
  // Aliases are kept apart where servers are made; a row that is older than that rule still hides no tool.
  if (map_get(&v->by_name, name)) {
    struct str whole =
        arena_printf(s->arena, "%.*s/%.*s", STR_ARG(m->account->account->id), STR_ARG(t->name));
    name = shown_cut(arena_dup(s->arena, name), whole, text);
    if (map_get(&v->by_name, name)) return NULL;
  }
  struct catalog_tool *out = &v->tools[v->tool_count++];
  *out = (struct catalog_tool){.tool = t,
                               .account = m->account,
                               .alias = alias,
                               .name = name.p == t->name.p ? name : arena_dup(s->arena, name),
                               .shown = &v->by_name,
                               .fence = shown_fence(s, m)};
  map_put(&v->by_name, out->name, out);
  return out;
}

static void shown_share(struct shown *s, const struct catalog_member *m, const struct tool *t) {
  struct catalog_server *v = s->v;
  const struct connector *c = m->account->connector;
  struct str key = arena_printf(s->arena, "%.*s/%.*s", STR_ARG(c->name), STR_ARG(t->name));
  struct catalog_tool *out = map_get(&s->shared, key);
  struct str alias = m->names == SERVER_NAMES_SHARED ? STR_NONE : c->alias.n ? c->alias : c->name;
  if (!out) {
    out = shown_add(s, m, t, alias);
    if (!out) return;
    out->choices = ARENA_ARRAY(s->arena, v->member_count, struct catalog_choice);
    map_put(&s->shared, key, out);
  } else if (!shown_passes(s, m, t, out->name)) {
    return;
  }
  struct catalog_choice *choices = (struct catalog_choice *)out->choices; // ours until the server is whole
  choices[out->choice_count++] = (struct catalog_choice){m->alias, m->account, t, shown_fence(s, m)};
}

static int shown_order(const void *a, const void *b) {
  return str_compare(((const struct catalog_tool *)a)->name, ((const struct catalog_tool *)b)->name);
}

// Names that need no change come first: nobody else takes them.
static void shown_fill_those(struct shown *s, bool taken) {
  struct catalog_server *v = s->v;
  for (size_t i = 0; i < v->member_count; i++) {
    const struct catalog_member *m = &v->members[i];
    for (size_t k = 0; k < m->account->tools->count; k++) {
      const struct tool *t = &m->account->tools->tools[k];
      if (shown_is_taken(t->name) != taken) continue;
      if (m->names != SERVER_NAMES_OWN && !shown_has_account_argument(t))
        shown_share(s, m, t);
      else
        (void)shown_add(s, m, t, m->alias);
    }
  }
}

void shown_fill(struct catalog_server *v) {
  struct shown s = {.v = v, .arena = v->arena};
  size_t most = 0;
  for (size_t i = 0; i < v->member_count; i++) most += v->members[i].account->tools->count;
  struct catalog_tool *all = v->tools = mem_array(most + 1, sizeof *all);
  shown_fill_those(&s, true);
  shown_fill_those(&s, false);
  map_free(&s.shared);
  // They move: what points to them is made anew.
  if (v->tool_count) qsort(all, v->tool_count, sizeof *all, shown_order);
  v->tools = ARENA_ARRAY(v->arena, v->tool_count + 1, struct catalog_tool); // a filter may leave few of many
  if (v->tool_count) memcpy(v->tools, all, v->tool_count * sizeof *all);
  mem_free(all);
  for (size_t i = 0; i < v->tool_count; i++) map_put(&v->by_name, v->tools[i].name, &v->tools[i]);
}
