// SPDX-License-Identifier: Apache-2.0
#include "openapi/pool.h"

#include "base/mem.h"
#include "data/json.h"
#include "openapi/circle.h"
#include "openapi/forms.h"
#include "openapi/tree.h"

enum { READ_ONLY_DEPTH_MOST = 4, READ_ONLY_PARTS_MOST = 16 };

void openapi_pool_init(struct schema_pool *p, struct document *doc, struct arena *a, struct notes *notes) {
  *p = (struct schema_pool){.doc = doc, .arena = a, .notes = notes, .ir = yyjson_mut_doc_new(NULL)};
}

void openapi_pool_free(struct schema_pool *p) {
  yyjson_mut_doc_free(p->ir);
  mem_free(p->defs);
  map_free(&p->by_value);
  map_free(&p->forms);
  map_free(&p->form_of);
  map_free(&p->users);
}

static void grow(struct schema_pool *p) {
  if (p->count < p->cap) return;
  p->cap = p->cap ? p->cap * 2 : 256;
  p->defs = mem_resize(p->defs, p->cap * sizeof *p->defs);
}

// `key` tells defs apart: an address, which outlives the pool.
static uint32_t refer(struct schema_pool *p, yyjson_val *const *address, struct schema_def def) {
  struct str key = str_make((const char *)address, sizeof *address);
  const uint32_t *known = map_get(&p->by_value, key);
  if (known) return *known;
  grow(p);
  struct {
    struct schema_def def;
    uint32_t id;
  } *made = arena_alloc(p->arena, sizeof *made);
  made->def = def;
  made->id = p->count;
  if (p->count >= OPENAPI_POOL_DEFS_MOST) made->def.broken = STR("the document has too many schemas");
  p->defs[p->count++] = &made->def;
  map_put(&p->by_value, arena_dup(p->arena, key), &made->id);
  return made->id;
}

uint32_t openapi_pool_extend(struct schema_pool *p, const struct schema_def *of) {
  struct schema_def *made = ARENA_NEW(p->arena, struct schema_def);
  *made = (struct schema_def){.source = of->source, .name = of->name, .broken = of->broken};
  made->schema = yyjson_mut_val_mut_copy(p->ir, of->schema);
  grow(p);
  p->defs[p->count] = made;
  return p->count++;
}

uint32_t openapi_pool_refer(struct schema_pool *p, struct place at, struct str name) {
  return refer(p, &at.value, (struct schema_def){.source = at, .name = name});
}

uint32_t openapi_pool_refer_from(struct schema_pool *p, const struct schema_def *from, bool in_place,
                                 struct place at, struct str name) {
  const struct forms *forms = forms_of(p, at);
  if (!forms || (from && in_place && forms_has(p, at, from->source))) return openapi_pool_refer(p, at, name);
  yyjson_val *choice = yyjson_obj_get(at.value, "discriminator"); // has an address of its own
  return refer(p, &choice, (struct schema_def){.source = at, .forms = forms, .name = name});
}

uint32_t openapi_pool_add(struct schema_pool *p, struct place at, struct str name) {
  uint32_t id = openapi_pool_refer_from(p, NULL, false, at, name), first = p->converted;
  // A queue, not a recursion: a chain of references may be as long as the document.
  for (; p->converted < p->count; p->converted++) {
    struct schema_def *def = p->defs[p->converted];
    if (p->converted < OPENAPI_POOL_DEFS_MOST) convert_def(p, def);
    if (!def->schema) def->schema = yyjson_mut_obj(p->ir);
    def->bytes = tree_bytes(def->schema);
  }
  circle_break(p, first);
  p->converted = p->count;
  return id;
}

void openapi_pool_add_edge(struct schema_pool *p, struct schema_def *def, uint32_t edge) {
  if (def->edge_count == def->edge_cap) {
    def->edge_cap = def->edge_cap ? def->edge_cap * 2 : 8;
    uint32_t *edges = ARENA_ARRAY(p->arena, def->edge_cap, uint32_t);
    if (def->edge_count) memcpy(edges, def->edges, def->edge_count * sizeof *edges);
    def->edges = edges;
  }
  def->edges[def->edge_count++] = edge;
}

static bool read_only_within(struct schema_pool *p, struct place at, unsigned depth) {
  struct err ignored;
  if (depth > READ_ONLY_DEPTH_MOST || !document_resolve(p->doc, at, &at, &ignored)) return false;
  if (json_bool(at.value, "readOnly", false)) return !json_bool(at.value, "writeOnly", false);
  yyjson_val *parts = yyjson_obj_get(at.value, "allOf"), *part;
  size_t i, n;
  if (!yyjson_is_arr(parts) || yyjson_arr_size(parts) > READ_ONLY_PARTS_MOST) return false;
  yyjson_arr_foreach (parts, i, n, part) {
    if (read_only_within(p, (struct place){part, at.file}, depth + 1)) return true;
  }
  return false;
}

bool openapi_pool_is_read_only(struct schema_pool *p, struct place at) {
  // 3.1 lets keywords stand beside a reference, and 3.0 writers put them there too.
  return json_bool(at.value, "readOnly", false) || read_only_within(p, at, 0);
}
