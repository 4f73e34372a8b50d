// SPDX-License-Identifier: Apache-2.0
#include "connector/vendors.h"

#include "data/json.h"

enum {
  VENDORS_TAGS_MOST = 64,
  VENDORS_QUESTIONS_MOST = 16,
  VENDORS_TROUBLES_MOST = 64,
  VENDORS_PROBES_MOST = 16
};
enum { VENDORS_SYNONYMS_MOST = 256, VENDORS_ALSO_MOST = 32, VENDORS_FEATURED_MOST = 64 };
enum { VENDORS_WORDS_MOST = 256 };

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

const char *const connector_checks[] = {
    "context_missing", "cloud_mismatch",       "folder_empty", "site_empty",    "dry_run", "permission",
    "clock_skew",      "registration_refused", "certificate",  "guard_blocked", NULL,
};

// Bare words of `tags`; tags by path stand in the same list and are openapi/compile's.
static void vendors_tags(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = yyjson_obj_get(root, "tags");
  c->tags = ARENA_ARRAY(r->arena, VENDORS_TAGS_MOST, struct str);
  yyjson_arr_foreach (list, i, n, item) {
    if (yyjson_is_obj(item) && c->kind == CONNECTOR_REST) continue;
    if (!reader_is_word(json_text(item), '-'))
      reader_fail(r, item, "a tag is a lower-case word, with '-' at most");
    else if (c->tag_count == VENDORS_TAGS_MOST)
      reader_fail(r, item, "more than %d tags", VENDORS_TAGS_MOST);
    else
      c->tags[c->tag_count++] = json_text(item);
  }
}

static void vendors_trouble(struct reader *r, yyjson_val *v, struct connector_trouble *out) {
  reader_keys(r, v, "an entry of troubles", KEYS("check", "symptom", "remedy"));
  if (yyjson_obj_get(v, "check"))
    out->id = str_of(connector_checks[reader_choice(r, v, "check", connector_checks)]);
  out->symptom = reader_text(r, v, "symptom", READER_REQUIRED);
  out->remedy = reader_text(r, v, "remedy", READER_REQUIRED);
}

static void vendors_troubles(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = reader_list(r, root, "troubles", VENDORS_TROUBLES_MOST);
  c->troubles = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct connector_trouble);
  yyjson_arr_foreach (list, i, n, item) vendors_trouble(r, item, &c->troubles[c->trouble_count++]);
}

static void vendors_probe(struct reader *r, yyjson_val *v, struct connector_probe *out) {
  size_t i, n;
  yyjson_val *name, *pointer;
  reader_keys(r, v, "an entry of probes", KEYS("tool", "arguments", "take", "check"));
  *out = (struct connector_probe){.tool = reader_text(r, v, "tool", READER_REQUIRED),
                                  .arguments = yyjson_obj_get(v, "arguments"),
                                  .take = yyjson_obj_get(v, "take")};
  if (yyjson_obj_get(v, "check"))
    out->check = str_of(connector_checks[reader_choice(r, v, "check", connector_checks)]);
  if (out->arguments && !yyjson_is_obj(out->arguments))
    reader_fail(r, out->arguments, "'arguments' must be a mapping of arguments to values");
  if (out->take && !yyjson_is_obj(out->take))
    reader_fail(r, out->take, "'take' must be a mapping of names to pointers");
  yyjson_obj_foreach (out->take, i, n, name, pointer)
    reader_pointer(r, out->take, yyjson_get_str(name), READER_REQUIRED);
}

static void vendors_probes(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = reader_list(r, root, "probes", VENDORS_PROBES_MOST);
  c->probes = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct connector_probe);
  yyjson_arr_foreach (list, i, n, item) vendors_probe(r, item, &c->probes[c->probe_count++]);
}

static struct connector_word vendors_word(struct reader *r, yyjson_val *v) {
  static const char *const trusts[] = {"allow", "review", "deny", NULL};
  static const char *const classes[] = {"list", "get", "create", "update", "delete", "custom", NULL};
  static const char *const reading[] = {"list", "get", "custom", NULL};
  struct connector_word word = {.why = reader_text(r, v, "why", READER_OPTIONAL)};
  reader_keys(r, v, "an entry of words", KEYS("tools", "trust", "class", "tags", "why"));
  word.trust = (enum connector_trust)reader_choice(r, v, "trust", trusts);
  // What is allowed is served as a read.
  const char *const *choices = word.trust == CONNECTOR_ALLOW ? reading : classes;
  if (yyjson_obj_get(v, "class")) word.class = str_of(choices[reader_choice(r, v, "class", choices)]);
  word.tags = reader_texts(r, v, "tags", VENDORS_TAGS_MOST, &word.tag_count);
  return word;
}

// Each entry speaks of several tools; each tool gets a word of its own.
static void vendors_words(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, j, n, count;
  yyjson_val *item, *list = reader_list(r, root, "words", VENDORS_WORDS_MOST);
  c->words = ARENA_ARRAY(r->arena, reader_globs(list) + 1, struct connector_word);
  yyjson_arr_foreach (list, i, n, item) {
    struct connector_word word = vendors_word(r, item);
    struct str *globs = reader_texts(r, item, "tools", READER_GLOBS_MOST, &count);
    if (!count) reader_fail(r, item, "'tools' is missing");
    if (r->failed) return;
    for (j = 0; j < count; j++) {
      c->words[c->word_count] = word;
      c->words[c->word_count++].glob = globs[j];
    }
  }
}

static void vendors_synonym(struct reader *r, yyjson_val *v, struct connector_synonyms *out) {
  static const char *const names[] = {"noun", "tag", "tool"};
  size_t said = 0;
  reader_keys(r, v, "an entry of synonyms", KEYS("noun", "tag", "tool", "also"));
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct str what = reader_text(r, v, names[i], READER_OPTIONAL);
    if (!what.n) continue;
    *out = (struct connector_synonyms){.of = (enum connector_names)i, .what = what};
    said++;
  }
  out->also = reader_texts(r, v, "also", VENDORS_ALSO_MOST, &out->count);
  if (said != 1) reader_fail(r, v, "synonyms are of one 'noun', 'tag' or 'tool'");
  if (!out->count) reader_fail(r, v, "'also' is missing: what do people say?");
}

static void vendors_synonyms(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = reader_list(r, root, "synonyms", VENDORS_SYNONYMS_MOST);
  c->synonyms = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct connector_synonyms);
  yyjson_arr_foreach (list, i, n, item) vendors_synonym(r, item, &c->synonyms[c->synonym_count++]);
}

static struct str vendors_alias(struct reader *r, yyjson_val *root, struct str name) {
  struct str alias = reader_text(r, root, "alias", READER_OPTIONAL);
  if (alias.n && !reader_is_word(alias, '_'))
    reader_fail(r, yyjson_obj_get(root, "alias"), "'alias': lower-case letters, digits and '_' only");
  if (alias.n || r->failed) return alias;
  char *z = arena_z(r->arena, name);
  for (char *p = z; *p; p++)
    if (*p == '-') *p = '_';
  return str_of(z);
}

void vendors_read(struct reader *r, yyjson_val *root, struct connector *c) {
  c->category = reader_text(r, root, "category", READER_OPTIONAL);
  c->blurb = reader_text(r, root, "blurb", READER_OPTIONAL);
  c->docs = reader_link(r, root, "docs");
  c->reads = reader_text(r, root, "reads", READER_OPTIONAL);
  c->questions = reader_texts(r, root, "questions", VENDORS_QUESTIONS_MOST, &c->question_count);
  vendors_tags(r, root, c);
  vendors_troubles(r, root, c);
  vendors_probes(r, root, c);
  vendors_words(r, root, c);
  vendors_synonyms(r, root, c);
  c->featured = reader_texts(r, root, "featured", VENDORS_FEATURED_MOST, &c->featured_count);
  vendors_read_paging(r, root, c);
  c->alias = vendors_alias(r, root, c->name);
}
