// SPDX-License-Identifier: Apache-2.0
#include "tool/finding.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/json.h"
#include "search/terms.h"

enum {
  FINDING_PARAMETER_MOST = 160, // bytes of a parameter's description that are read
  FINDING_TEXT_MOST = 16 * 1024,
  FINDING_STEMS_MOST = 16,
  FINDING_SYNONYMS_MOST = 256,
};

#define FINDING_FEATURED 1.2f // how much more what people start with counts

// What people say for a class, and how much it counts where they do not say which they mean: looking comes before
// changing.
static const struct {
  const char *words;
  float weight;
} finding_classes[TOOL_CLASSES] = {
    [TOOL_LIST] = {"find list all search show", 1.0f},
    [TOOL_GET] = {"find get details read view one", 0.95f},
    [TOOL_CREATE] = {"create add new make", 0.8f},
    [TOOL_UPDATE] = {"update change edit modify set", 0.8f},
    [TOOL_DELETE] = {"delete remove", 0.8f},
    [TOOL_CUSTOM] = {"", 0.85f},
};

struct finding_stems {
  char bytes[FINDING_STEMS_MOST][TERM_BYTES_MOST + 1];
  size_t count;
};

struct finding {
  const struct connector *connector;
  struct terms *terms;
  struct finding_stems nouns[FINDING_SYNONYMS_MOST]; // of synonyms, in their order
  struct buf parameters, tags, synonyms, text;
};

static void finding_split(struct finding *f, struct str text, struct finding_stems *out) {
  out->count = 0;
  terms_start(f->terms, text);
  for (struct term term; out->count < FINDING_STEMS_MOST && terms_next(f->terms, &term); out->count++)
    snprintf(out->bytes[out->count], sizeof *out->bytes, "%.*s", STR_ARG(term.stem));
}

static bool finding_has(const struct finding_stems *name, const char *stem) {
  for (size_t i = 0; i < name->count; i++)
    if (strcmp(name->bytes[i], stem) == 0) return true;
  return false;
}

static bool finding_has_all(const struct finding_stems *name, const struct finding_stems *noun) {
  for (size_t i = 0; i < noun->count; i++)
    if (!finding_has(name, noun->bytes[i])) return false;
  return noun->count > 0;
}

static bool finding_has_tag(const struct tool *t, struct str tag) {
  for (size_t i = 0; i < t->tag_count; i++)
    if (str_eq(t->tags[i], tag)) return true;
  return false;
}

static void finding_add(struct buf *out, struct str text) {
  if (out->n) buf_add_char(out, ' ');
  buf_add(out, text);
}

static void finding_add_synonyms(struct finding *f, const struct tool *t) {
  struct finding_stems name;
  finding_split(f, t->name, &name);
  for (size_t i = 0; i < f->connector->synonym_count && i < FINDING_SYNONYMS_MOST; i++) {
    const struct connector_synonyms *s = &f->connector->synonyms[i];
    bool of = s->of == CONNECTOR_NOUN  ? finding_has_all(&name, &f->nouns[i])
              : s->of == CONNECTOR_TAG ? finding_has_tag(t, s->what)
                                       : str_glob(s->what, t->name);
    for (size_t k = 0; of && k < s->count; k++) finding_add(&f->synonyms, s->also[k]);
  }
}

static void finding_add_parameters(struct finding *f, const struct tool *t) {
  size_t i, n;
  yyjson_val *key, *schema;
  yyjson_obj_foreach (yyjson_obj_get(t->input, "properties"), i, n, key, schema) {
    finding_add(&f->parameters, json_text(key));
    finding_add(&f->parameters, str_cut_utf8(json_str(schema, "description"), FINDING_PARAMETER_MOST));
  }
}

static void finding_add_tool(struct finding *f, const struct tool *t, struct index *x) {
  struct buf *const bufs[] = {&f->parameters, &f->tags, &f->synonyms, &f->text};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_clear(bufs[i]);
  finding_add_parameters(f, t);
  for (size_t i = 0; i < t->tag_count; i++) finding_add(&f->tags, t->tags[i]);
  finding_add(&f->synonyms, str_of(finding_classes[t->class].words));
  if (f->connector) finding_add_synonyms(f, t);
  finding_add(&f->text, t->title);
  finding_add(&f->text, t->description);
  (void)index_add(x, (struct str[INDEX_FIELDS]){
                         [INDEX_NAME] = t->name,
                         [INDEX_SYNONYMS] = buf_str(&f->synonyms),
                         [INDEX_TAGS] = buf_str(&f->tags),
                         [INDEX_DESCRIPTION] = buf_str(&f->text),
                         [INDEX_PARAMETERS] = buf_str(&f->parameters),
                         [INDEX_CONNECTOR] = f->connector ? f->connector->label : STR_NONE,
                     });
  float weight = t->read_only && t->class == TOOL_CUSTOM ? 1 : finding_classes[t->class].weight;
  index_weigh(x, connector_features(f->connector, t->name) ? weight * FINDING_FEATURED : weight);
}

struct index *finding_index(const struct toolset *set, const struct connector *c) {
  struct finding *f = MEM_NEW(struct finding);
  struct index *x = index_new();
  struct buf *const bufs[] = {&f->parameters, &f->tags, &f->synonyms, &f->text};
  f->connector = c;
  f->terms = terms_new();
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) *bufs[i] = BUF_MAX(FINDING_TEXT_MOST);
  for (size_t i = 0; c && i < c->synonym_count && i < FINDING_SYNONYMS_MOST; i++)
    finding_split(f, c->synonyms[i].what, &f->nouns[i]);
  for (size_t i = 0; i < set->count; i++) finding_add_tool(f, &set->tools[i], x);
  index_finish(x);
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
  terms_free(f->terms);
  mem_free(f);
  return x;
}
