// SPDX-License-Identifier: Apache-2.0
#include "ask/reach.h"

#include <ctype.h>

#include "data/json.h"
#include "lexicon/lexicon.h"
#include "model/derive.h"
#include "model/recipe.h"

struct reach_made;
struct reach_source { // a connector's accounts, as one view shows them
  const struct reach_made *made;
  struct model_source source;
  const struct toolset *tools;
  const struct connector *connector;
  yyjson_val *ask;
  bool *shown; // of each of its tools
  struct map about;
  struct derive_index *index;
};

struct reach_made { // all that a view shows; never changes
  struct arena *arena;
  struct model model; // the things with words
  struct reach_source **sources;
  const struct derive_index **indexes; // of those sources that say nothing of themselves
  size_t count, index_count;
};

static bool reach_shows(const struct reach_source *s, const struct tool *t) {
  return s->shown[t - s->tools->tools];
}

static bool reach_has_tool(void *arg, const struct model_source *s, struct str name) {
  const struct reach_source *of = arg;
  const struct tool *t = map_get(&of->tools->by_name, name);
  (void)s;
  return t && t->read_only && t->served && reach_shows(of, t);
}

static const struct model_source *reach_other(void *arg, struct str connector) {
  const struct reach_source *of = arg;
  for (size_t i = 0; i < of->made->count; i++)
    if (str_eq(of->made->sources[i]->source.connector, connector)) return &of->made->sources[i]->source;
  return NULL;
}

static struct str reach_remedy(void *arg, struct str check) {
  const struct reach_source *of = arg;
  const struct connector_trouble *t = connector_own_trouble(of->connector, check);
  return t ? t->remedy : STR_NONE;
}

// ---- the accounts of a view

static void reach_add_account(struct reach_made *m, struct map *by_connector, const struct catalog_account *a,
                              struct str name) {
  struct reach_source *of = map_get(by_connector, a->connector->name);
  if (!of) {
    of = m->sources[m->count++] = ARENA_NEW(m->arena, struct reach_source);
    *of = (struct reach_source){.made = m,
                                .source = {.connector = a->connector->name,
                                           .label = a->connector->label,
                                           .worded = a->connector->ask != NULL,
                                           .ask = a->connector->ask,
                                           .has_tool = reach_has_tool,
                                           .other = reach_other,
                                           .remedy = reach_remedy},
                                .connector = a->connector,
                                .tools = a->tools,
                                .ask = a->connector->ask,
                                .shown = ARENA_ARRAY(m->arena, a->tools->count + 1, bool)};
    of->source.arg = of;
    map_put(by_connector, of->source.connector, of);
  }
  if (of->source.account_count < MODEL_ACCOUNTS_MOST) of->source.accounts[of->source.account_count++] = name;
}

// A server shows of an account what it lists, and no tool beside.
static void reach_show(const struct map *by_connector, const struct catalog_account *account,
                       const struct tool *t) {
  struct reach_source *of = map_get(by_connector, account->connector->name);
  if (of && of->tools == account->tools) of->shown[t - of->tools->tools] = true;
}

static void reach_add_server(struct reach_made *m, struct map *by_connector, const struct catalog_server *v) {
  for (size_t i = 0; i < v->member_count; i++) {
    const struct catalog_member *member = &v->members[i];
    reach_add_account(m, by_connector, member->account,
                      member->alias.n ? member->alias : member->account->account->name);
    struct reach_source *of = map_get(by_connector, member->account->connector->name);
    of->source.fence = of->source.account_count == 1 ? member->fence : NULL; // of several, each has its own
  }
  for (size_t i = 0; i < v->tool_count; i++) {
    const struct catalog_tool *t = &v->tools[i];
    reach_show(by_connector, t->account, t->tool);
    for (size_t c = 0; c < t->choice_count; c++)
      reach_show(by_connector, t->choices[c].account, t->choices[c].tool);
  }
}

// Whoever manages Postern sees all accounts, with all their tools.
static void reach_add_all(struct reach_made *m, struct map *by_connector, const struct catalog *c) {
  for (size_t i = 0; i < c->account_count; i++)
    reach_add_account(m, by_connector, c->accounts[i], c->accounts[i]->account->name);
  for (size_t k = 0; k < m->count; k++) memset(m->sources[k]->shown, true, m->sources[k]->tools->count);
}

// ---- tools without words

static void reach_note_worded(yyjson_val *ask, struct map *worded) {
  size_t i, n, k, m;
  yyjson_val *key, *thing, *step;
  yyjson_obj_foreach (yyjson_obj_get(ask, "things"), i, n, key, thing)
    yyjson_arr_foreach (yyjson_obj_get(thing, "steps"), k, m, step)
      map_put(worded, json_str(step, "tool"), step);
}

struct reach_deriving {
  const struct reach_source *of;
  struct map worded; // tools that the connector has words for
};

static bool reach_derives(void *arg, const struct tool *t) {
  const struct reach_deriving *d = arg;
  return reach_shows(d->of, t) && !map_get(&d->worded, t->name);
}

static void reach_about(struct reach_made *m, struct reach_source *of) {
  const struct toolset *t = of->tools;
  if (of->source.worded) return;
  derive_about(ARENA_JOIN(m->arena, of->source.label, STR("\n"), t->about, STR("\n"), t->instructions),
               m->arena, &of->about);
  of->source.about = &of->about;
}

static void reach_index(struct reach_made *m, struct reach_source *of, size_t first) {
  reach_about(m, of);
  struct reach_deriving deriving = {.of = of};
  struct derive d = {
      .tools = of->tools, .shows = reach_derives, .arg = &deriving, .ask = of->ask, .first = first};
  reach_note_worded(of->ask, &deriving.worded);
  of->index = derive_index_new(&d, m->arena);
  if (!of->source.worded && !of->source.fence) m->indexes[m->index_count++] = of->index;
  map_free(&deriving.worded);
}

// ---- once for each view

static void reach_drop(void *value) {
  struct reach_made *m = value;
  for (size_t i = 0; i < m->count; i++) {
    if (m->sources[i]->index) derive_index_free(m->sources[i]->index);
    map_free(&m->sources[i]->about);
  }
  phrases_free(&m->model.phrases);
  phrases_free(&m->model.recipe_phrases);
  arena_free(m->arena); // m itself lives in it
}

static void *reach_make(void *arg, struct err *err) {
  const struct program_view *v = arg;
  struct arena *a = arena_new();
  struct reach_made *m = ARENA_NEW(a, struct reach_made);
  struct map by_connector = {0};
  size_t most = v->server ? v->server->member_count : v->catalog->account_count;
  bool ok = true;
  *m = (struct reach_made){.arena = a,
                           .model = {.arena = a},
                           .sources = ARENA_ARRAY(a, most + 1, struct reach_source *),
                           .indexes = ARENA_ARRAY(a, most + 1, const struct derive_index *)};
  if (v->server)
    reach_add_server(m, &by_connector, v->server);
  else
    reach_add_all(m, &by_connector, v->catalog);
  map_free(&by_connector);
  for (size_t i = 0, first = 0; i < m->count && ok; first += m->sources[i++]->tools->count) {
    reach_index(m, m->sources[i], first);
    ok = model_add(&m->model, m->sources[i]->ask, &m->sources[i]->source, err) &&
         recipe_add(&m->model, m->sources[i]->ask, &m->sources[i]->source, err);
  }
  if (ok) return m;
  reach_drop(m);
  return NULL;
}

// ---- slips of the pen

// Words that English, the planner or any source has are no slips, nor what is written as a name.
static bool reach_knows(const struct reach_made *m, const struct language *l, const struct word *w) {
  struct lexicon_word known;
  bool name = w->at && isupper((unsigned char)w->text.p[0]);
  if (w->kind != WORD_PLAIN || name || lexicon_look(w->low, &known) || phrases_know(&l->phrases, w->stem) ||
      phrases_know(&m->model.phrases, w->stem) || language_kin(w->stem))
    return true;
  for (size_t i = 0; i < m->count; i++)
    if (derive_index_knows(m->sources[i]->index, w->stem)) return true;
  return false;
}

// The words of the question, those that are slips as they were meant: what they speak of would not be found.
static bool reach_words(const struct ask_reach *r, struct arena *a, struct ask_words *out, struct err *err) {
  const struct reach_made *m = once_value(r->held);
  struct alias_use uses[ALIAS_USES_MOST];
  if (!language_words(r->question, a, out, err)) return false;
  (void)alias_expand(r->aliases, r->alias_count, &m->model.phrases, out, a, uses);
  const struct language *l = language_guess(out);
  for (size_t i = 0; i < out->n; i++) {
    struct word *w = &out->items[i];
    unsigned far = 99;
    struct str near = STR_NONE;
    if (reach_knows(m, l, w)) continue;
    for (size_t k = 0; k < m->count; k++) {
      struct str mine = derive_index_near(m->sources[k]->index, w->low, &far);
      if (mine.n) near = mine;
    }
    struct str kin = language_kin_near(w->low, &far);
    if (kin.n) near = kin;
    if (!near.n) continue;
    w->low = w->whole = near;
    w->stem = language_stem(near, a);
  }
  return true;
}

// ---- for one question

static bool reach_derive(struct ask_reach *r, const struct reach_source *of, const struct derive_asked *asked,
                         struct model *out, struct err *err) {
  yyjson_doc *doc = r->doc_count < REACH_DOCS_MOST ? derive_things(of->index, asked, out->arena) : NULL;
  if (!doc) return true;
  r->docs[r->doc_count++] = doc;
  return model_add(out, yyjson_doc_get_root(doc), &of->source, err);
}

bool reach_model(struct ask_reach *r, struct arena *a, struct model *out, struct err *err) {
  const struct once_maker maker = {.make = reach_make, .drop = reach_drop, .arg = (void *)r->view};
  struct ask_words words;
  struct derive_asked asked;
  bool ok = true;
  if (!r->held) r->held = once_take(r->view->catalog->once, r->view->server, &maker, err);
  if (!r->held || !reach_words(r, a, &words, err)) return false;
  const struct reach_made *m = once_value(r->held);
  model_over(&m->model, a, out);
  derive_ask(&words, &asked, a);
  near_add(r->near, r->near_count, a, &asked.stems);
  asked.seen = r->seen;
  asked.seen_count = r->seen_count;
  asked.all = m->indexes;
  asked.all_count = m->index_count;
  for (size_t i = 0; i < m->count && ok; i++) ok = reach_derive(r, m->sources[i], &asked, out, err);
  derive_asked_free(&asked);
  return ok;
}

bool reach_see(struct ask_reach *r, const struct model_thing *t, const struct table_result *rows,
               struct arena *a) {
  const struct reach_made *m = once_value(r->held);
  struct ask_words words;
  struct err err;
  if (r->seen_count == REACH_SEEN_MOST || !reach_words(r, a, &words, &err)) return false;
  for (size_t i = 0; i < m->count; i++)
    if (&m->sources[i]->source == t->source) {
      r->seen[r->seen_count++] =
          (struct derive_seen){m->sources[i]->index, arena_dup(a, t->id), derive_see(rows, &words, a)};
      return true;
    }
  return false;
}

void reach_free(struct ask_reach *r) {
  for (size_t i = 0; i < r->doc_count; i++) yyjson_doc_free(r->docs[i]);
  once_release(r->held);
}
