// SPDX-License-Identifier: Apache-2.0
#include "serve/rewrite.h"

#include "data/json.h"
#include "mcp/wire.h"
#include "serve/serve.h"

#define REWRITE_UI "ui://"

static bool rewrite_is_single(const struct catalog_server *s) {
  return s->member_count == 1 && !s->members[0].alias.n;
}

struct str rewrite_name(struct arena *a, struct str alias, struct str name) {
  return alias.n ? ARENA_JOIN(a, alias, STR("_"), name) : name;
}

struct str rewrite_uri(struct arena *a, struct str alias, struct str uri) {
  if (!alias.n) return uri;
  if (!str_starts(uri, REWRITE_UI)) return ARENA_JOIN(a, alias, STR("+"), uri);
  return ARENA_JOIN(a, STR(REWRITE_UI), alias, STR("+"), str_from(uri, sizeof REWRITE_UI - 1));
}

// Is `text` the alias, the sign and something?
static bool rewrite_is_of(struct str text, struct str alias, char sign) {
  return text.n > alias.n + 1 && text.p[alias.n] == sign && str_eq(str_make(text.p, alias.n), alias);
}

const struct catalog_member *rewrite_find_name(const struct catalog_server *s, struct str name,
                                               struct str *own) {
  const struct catalog_member *found = NULL;
  if (rewrite_is_single(s)) {
    *own = name;
    return &s->members[0];
  }
  for (size_t i = 0; i < s->member_count; i++) { // the longest: one alias may begin another
    const struct catalog_member *m = &s->members[i];
    if (rewrite_is_of(name, m->alias, '_') && (!found || m->alias.n > found->alias.n)) found = m;
  }
  if (found) *own = str_from(name, found->alias.n + 1);
  return found;
}

const struct catalog_member *rewrite_find_uri(const struct catalog_server *s, struct str uri, struct arena *a,
                                              struct str *own) {
  if (rewrite_is_single(s)) {
    *own = uri;
    return &s->members[0];
  }
  bool ui = str_starts(uri, REWRITE_UI);
  struct str text = ui ? str_from(uri, sizeof REWRITE_UI - 1) : uri;
  for (size_t i = 0; i < s->member_count; i++) {
    const struct catalog_member *m = &s->members[i];
    if (!rewrite_is_of(text, m->alias, '+')) continue;
    struct str rest = str_from(text, m->alias.n + 1);
    *own = ui ? ARENA_JOIN(a, STR(REWRITE_UI), rest) : rest;
    return m;
  }
  return NULL;
}

// ---- in results

static void rewrite_member(yyjson_mut_doc *doc, yyjson_mut_val *owner, const char *key, struct str alias,
                           struct str (*change)(struct arena *a, struct str alias, struct str text)) {
  yyjson_mut_val *value = yyjson_mut_obj_get(owner, key);
  if (!yyjson_mut_is_str(value)) return;
  struct arena *a = arena_new();
  struct str text = change(a, alias, str_make(yyjson_mut_get_str(value), yyjson_mut_get_len(value)));
  yyjson_mut_obj_put(owner, yyjson_mut_str(doc, key), yyjson_mut_strncpy(doc, text.p, text.n));
  arena_free(a);
}

bool rewrite_is_reserved(struct str uri) {
  return str_starts(uri, REWRITE_RESERVED);
}

static const char *const rewrite_links[] = {"ui/resourceUri", "openai/outputTemplate"};

static bool rewrite_claims(yyjson_mut_val *v) {
  return rewrite_is_reserved(str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)));
}

static void rewrite_disclaim(yyjson_mut_val *meta) {
  yyjson_mut_val *ui = yyjson_mut_obj_get(meta, "ui");
  if (rewrite_claims(yyjson_mut_obj_get(ui, "resourceUri"))) yyjson_mut_obj_remove_str(ui, "resourceUri");
  for (size_t i = 0; i < sizeof rewrite_links / sizeof *rewrite_links; i++)
    if (rewrite_claims(yyjson_mut_obj_get(meta, rewrite_links[i])))
      yyjson_mut_obj_remove_str(meta, rewrite_links[i]);
}

void rewrite_view(yyjson_mut_doc *doc, yyjson_mut_val *owner, struct str alias) {
  yyjson_mut_val *meta = yyjson_mut_obj_get(owner, "_meta");
  if (!meta) return;
  if (!alias.n) {
    rewrite_disclaim(meta);
    return;
  }
  rewrite_member(doc, yyjson_mut_obj_get(meta, "ui"), "resourceUri", alias, rewrite_uri);
  for (size_t i = 0; i < sizeof rewrite_links / sizeof *rewrite_links; i++)
    rewrite_member(doc, meta, rewrite_links[i], alias, rewrite_uri);
}

bool rewrite_moves_view(yyjson_val *definition, struct str alias) {
  yyjson_val *meta = yyjson_obj_get(definition, "_meta"), *ui = yyjson_obj_get(meta, "ui");
  struct str link = json_str(ui, "resourceUri");
  bool moves = alias.n ? ui != NULL : rewrite_is_reserved(link);
  for (size_t i = 0; i < sizeof rewrite_links / sizeof *rewrite_links; i++) {
    link = json_str(meta, rewrite_links[i]);
    moves = moves || (alias.n ? link.n > 0 : rewrite_is_reserved(link));
  }
  return moves;
}

// An element that has an address of its own.
static void rewrite_addressed(yyjson_mut_doc *doc, yyjson_mut_val *v, struct str alias) {
  rewrite_member(doc, v, "uri", alias, rewrite_uri);
  rewrite_member(doc, v, "uriTemplate", alias, rewrite_uri);
  rewrite_view(doc, v, alias);
}

static void rewrite_block(yyjson_mut_doc *doc, yyjson_mut_val *block, struct str alias) {
  if (yyjson_mut_equals_str(yyjson_mut_obj_get(block, "type"), "resource_link"))
    rewrite_addressed(doc, block, alias);
  rewrite_addressed(doc, yyjson_mut_obj_get(block, "resource"), alias);
}

static void rewrite_content(yyjson_mut_doc *doc, yyjson_mut_val *content, struct str alias) {
  yyjson_mut_val *block;
  size_t i, n;
  if (yyjson_mut_is_obj(content)) rewrite_block(doc, content, alias);
  if (!yyjson_mut_is_arr(content)) return;
  yyjson_mut_arr_foreach (content, i, n, block) rewrite_block(doc, block, alias);
}

static void rewrite_message(yyjson_mut_doc *doc, yyjson_mut_val *message, struct str alias) {
  rewrite_content(doc, yyjson_mut_obj_get(message, "content"), alias);
}

static void rewrite_prompt(yyjson_mut_doc *doc, yyjson_mut_val *prompt, struct str alias) {
  rewrite_member(doc, prompt, "name", alias, rewrite_name);
}

void rewrite_result(yyjson_mut_doc *doc, yyjson_mut_val *result, struct str alias) {
  static const struct {
    const char *list;
    void (*each)(yyjson_mut_doc *doc, yyjson_mut_val *element, struct str alias);
  } lists[] = {{"contents", rewrite_addressed},
               {"resources", rewrite_addressed},
               {"resourceTemplates", rewrite_addressed},
               {"messages", rewrite_message},
               {"prompts", rewrite_prompt}};
  if (!alias.n || !yyjson_mut_is_obj(result)) return;
  rewrite_content(doc, yyjson_mut_obj_get(result, "content"), alias);
  rewrite_member(doc, result, "uri", alias, rewrite_uri); // notifications/resources/updated
  rewrite_view(doc, result, alias);
  for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
    yyjson_mut_val *element, *list = yyjson_mut_obj_get(result, lists[l].list);
    size_t i, n;
    if (!yyjson_mut_is_arr(list)) continue;
    yyjson_mut_arr_foreach (list, i, n, element) lists[l].each(doc, element, alias);
  }
}

yyjson_mut_doc *rewrite_params(yyjson_val *params, struct str alias) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = params ? yyjson_val_mut_copy(doc, params) : yyjson_mut_obj(doc);
  yyjson_mut_val *meta = yyjson_mut_obj_get(root, "_meta");
  yyjson_mut_doc_set_root(doc, root);
  rewrite_result(doc, root, alias);
  yyjson_mut_obj_remove_str(meta, WIRE_META_SUBSCRIPTION);
  return doc;
}
