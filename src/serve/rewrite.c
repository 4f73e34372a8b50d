// SPDX-License-Identifier: Apache-2.0
#include "serve/rewrite.h"

#include "data/json.h"
#include "mcp/wire.h"
#include "serve/serve.h"

// Schemes that hosts look for: they stay, and the alias stands behind them.
static const struct rewrite_scheme {
  struct str start, sign; // "ui://", "gh", "+", "panel"
} rewrite_schemes[] = {{{"ui://", 5}, {"+", 1}}, {{"skill://", 8}, {"+/", 2}}};
static const struct rewrite_scheme rewrite_other = {{"", 0}, {"+", 1}};

static const struct rewrite_scheme *rewrite_scheme(struct str uri) {
  for (size_t i = 0; i < sizeof rewrite_schemes / sizeof *rewrite_schemes; i++)
    if (str_starts(uri, rewrite_schemes[i].start.p)) return &rewrite_schemes[i];
  return &rewrite_other;
}

static bool rewrite_is_single(const struct catalog_server *s) {
  return s->member_count == 1 && !s->members[0].alias.n;
}

struct str rewrite_name(struct arena *a, struct str alias, struct str name) {
  return alias.n ? ARENA_JOIN(a, alias, STR("_"), name) : name;
}

struct str rewrite_uri(struct arena *a, struct str alias, struct str uri) {
  if (!alias.n) return uri;
  const struct rewrite_scheme *scheme = rewrite_scheme(uri);
  return ARENA_JOIN(a, scheme->start, alias, scheme->sign, str_from(uri, scheme->start.n));
}

// Is `text` the alias, the sign and something?
static bool rewrite_is_of(struct str text, struct str alias, struct str sign) {
  return text.n > alias.n + sign.n && str_eq(str_make(text.p, alias.n), alias) &&
         str_eq(str_make(text.p + alias.n, sign.n), sign);
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
    if (rewrite_is_of(name, m->alias, STR("_")) && (!found || m->alias.n > found->alias.n)) found = m;
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
  const struct rewrite_scheme *scheme = rewrite_scheme(uri);
  struct str text = str_from(uri, scheme->start.n);
  for (size_t i = 0; i < s->member_count; i++) {
    const struct catalog_member *m = &s->members[i];
    if (!rewrite_is_of(text, m->alias, scheme->sign)) continue;
    *own = ARENA_JOIN(a, scheme->start, str_from(text, m->alias.n + scheme->sign.n));
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
  return str_starts(uri, REWRITE_RESERVED) || str_starts(uri, REWRITE_RESERVED_SKILLS);
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

// The entry of a skill, and each of its files.
static void rewrite_skill(yyjson_mut_doc *doc, yyjson_mut_val *skill, struct str alias) {
  yyjson_mut_val *file, *files = yyjson_mut_obj_get(skill, "resources");
  size_t i, n;
  rewrite_member(doc, skill, "uri", alias, rewrite_uri);
  if (!yyjson_mut_is_arr(files)) return;
  yyjson_mut_arr_foreach (files, i, n, file) rewrite_member(doc, file, "uri", alias, rewrite_uri);
}

void rewrite_result(yyjson_mut_doc *doc, yyjson_mut_val *result, struct str alias) {
  static const struct {
    const char *list;
    void (*each)(yyjson_mut_doc *doc, yyjson_mut_val *element, struct str alias);
  } lists[] = {{"contents", rewrite_addressed},
               {"resources", rewrite_addressed},
               {"resourceTemplates", rewrite_addressed},
               {"messages", rewrite_message},
               {"prompts", rewrite_prompt},
               {"skills", rewrite_skill}};
  if (!alias.n || !yyjson_mut_is_obj(result)) return;
  rewrite_content(doc, yyjson_mut_obj_get(result, "content"), alias);
  rewrite_member(doc, result, "uri", alias, rewrite_uri); // notifications/resources/updated
  rewrite_view(doc, result, alias);
  rewrite_skill(doc, yyjson_mut_obj_get(result, "skill"), alias); // skills/get
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
