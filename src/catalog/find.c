// SPDX-License-Identifier: Apache-2.0
#include "catalog/find.h"

#include "base/mem.h"
#include "search/index.h"

static size_t find_number(const struct catalog_member *m, const struct tool *t) {
  return (size_t)(t - m->account->tools->tools);
}

static const struct catalog_member *find_member(const struct catalog_server *v,
                                                const struct catalog_tool *t) {
  for (size_t i = 0; i < v->member_count; i++)
    if (v->members[i].account == t->account) return &v->members[i];
  return NULL;
}

enum catalog_reach find_reach(const struct tool *t) {
  if (t->read_only) return CATALOG_READS;
  return t->class == TOOL_CREATE || t->class == TOOL_UPDATE ? CATALOG_WRITES : CATALOG_DESTROYS;
}

void find_fill(struct catalog_server *v) {
  for (size_t i = 0; i < v->member_count; i++) {
    struct catalog_member *m = &v->members[i];
    m->shown = ARENA_ARRAY(v->arena, INDEX_BITS(m->account->tools->count), uint64_t);
    m->places = ARENA_ARRAY(v->arena, m->account->tools->count, uint32_t);
  }
  for (size_t i = 0; i < v->tool_count; i++) {
    struct catalog_tool *t = &v->tools[i];
    const struct catalog_member *m = find_member(v, t);
    if (!m) continue;
    size_t number = find_number(m, t->tool);
    t->featured = connector_features(t->account->connector, t->tool->name);
    v->reach |= 1u << find_reach(t->tool);
    index_show(m->shown, number);
    m->places[number] = (uint32_t)i;
  }
}

const struct catalog_tool *find_named(const struct catalog_server *s, const struct connector *c,
                                      struct str name) {
  for (size_t i = 0; i < s->member_count; i++) {
    const struct catalog_member *m = &s->members[i];
    if (m->account->connector != c) continue;
    const struct tool *t = map_get(&m->account->tools->by_name, name);
    size_t number = t ? find_number(m, t) : 0;
    if (t && (m->shown[number / 64] >> (number % 64) & 1)) return &s->tools[m->places[number]];
  }
  return NULL;
}

static bool find_is_of(const struct catalog_server *s, const struct catalog_tool *t, struct str account) {
  const struct catalog_member *m = find_member(s, t);
  if (!account.n || str_eq(account, t->account->account->name) || (m && str_eq(account, m->alias)))
    return true;
  for (size_t i = 0; i < t->choice_count; i++)
    if (str_eq(account, t->choices[i].alias) || str_eq(account, t->choices[i].account->account->name))
      return true;
  return false;
}

static bool find_has_tag(const struct tool *t, struct str tag) {
  if (!tag.n) return true;
  for (size_t i = 0; i < t->tag_count; i++)
    if (str_eq_nocase(t->tags[i], tag)) return true;
  return false;
}

static bool find_is_wanted(const struct catalog_server *s, const struct find_wanted *w,
                           const struct catalog_tool *t) {
  return find_is_of(s, t, w->account) && find_has_tag(t->tool, w->tag);
}

static size_t find_all(const struct catalog_server *s, const struct find_wanted *w, struct find_hit *hits,
                       size_t limit) {
  size_t n = 0;
  for (size_t i = 0; i < s->tool_count && n < limit; i++)
    if (find_is_wanted(s, w, &s->tools[i])) hits[n++] = (struct find_hit){.tool = &s->tools[i]};
  return n;
}

// The bits of those that are wanted as well as shown.
static uint64_t *find_narrow(const struct catalog_server *s, const struct find_wanted *w,
                             const struct catalog_member *m) {
  size_t count = m->account->tools->count;
  uint64_t *bits = mem_array(INDEX_BITS(count) + 1, sizeof *bits);
  for (size_t i = 0; i < count; i++)
    if ((m->shown[i / 64] >> (i % 64) & 1) && find_is_wanted(s, w, &s->tools[m->places[i]]))
      index_show(bits, i);
  return bits;
}

size_t find_tools(const struct catalog_server *s, const struct find_wanted *w, struct find_hit *hits,
                  size_t limit) {
  if (!w->query.n) return find_all(s, w, hits, limit);
  bool narrow = w->tag.n || w->account.n;
  struct index_part *parts = mem_array(s->member_count + 1, sizeof *parts);
  struct index_hit *found = mem_array(limit + 1, sizeof *found);
  for (size_t i = 0; i < s->member_count; i++)
    parts[i] = (struct index_part){s->members[i].account->tools->index,
                                   narrow ? find_narrow(s, w, &s->members[i]) : s->members[i].shown};
  size_t n = index_search(parts, s->member_count, w->query, found, limit);
  for (size_t i = 0; i < n; i++) {
    const struct catalog_member *m = &s->members[found[i].part];
    hits[i] = (struct find_hit){&s->tools[m->places[found[i].document]], found[i].score, found[i].fields};
  }
  for (size_t i = 0; narrow && i < s->member_count; i++) mem_free((void *)parts[i].shown);
  mem_free(found);
  mem_free(parts);
  return n;
}
