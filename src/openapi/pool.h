// SPDX-License-Identifier: Apache-2.0
// pool: the schemas of a document turned into JSON Schema 2020-12, each once, however many
// operations share it. A reference between two schemas stays a reference: {"$ref": <index of a def>}
// and nothing is copied, so the pool grows with the document and not with what it unfolds to. How a
// tool gets its own tree out of it: expand.h. Example:
//   uint32_t id = openapi_pool_add(pool, place, STR("zone"));   // converts it and all it refers to
//   pool->defs[id]->schema
#ifndef POSTERN_OPENAPI_POOL_H
#define POSTERN_OPENAPI_POOL_H

#include "base/map.h"
#include "openapi/document.h"
#include "openapi/notes.h"

enum {
  OPENAPI_POOL_DEFS_MOST = 100000,
  OPENAPI_POOL_DEPTH_MOST = 64,        // schemas within schemas, references not counted
  OPENAPI_POOL_DESCRIPTION_MOST = 320, // bytes of one property's description
  OPENAPI_POOL_EXAMPLE_MOST = 200,     // bytes of an example or a default
  OPENAPI_POOL_PASTED_MOST = 100000,   // members of keywords that are references, in all
};

#define OPENAPI_POOL_IN_PLACE 0x80000000u
#define OPENAPI_POOL_EDGE(edge) ((edge) & ~OPENAPI_POOL_IN_PLACE)

// Names of properties that were left out because they are readOnly. Private to expand, which takes it out.
#define OPENAPI_POOL_READ_ONLY "readOnlyNames"

struct forms;

struct schema_def {
  struct place source;
  const struct forms *forms; // it is the choice of these; NULL: the schema itself
  struct str name;           // what the document calls it, for $defs
  yyjson_mut_val *schema;    // object; references are {"$ref": index, annotations…}
  uint32_t
      *edges; // defs it refers to, as often as it does; OPENAPI_POOL_IN_PLACE where the same value is meant
  size_t edge_count, edge_cap;
  uint32_t base;     // the same without its forms, for circle.c; 0: not made
  size_t bytes;      // of its own text
  struct str broken; // why no operation may use it; empty: sound
};

struct schema_pool {
  struct document *doc;
  struct arena *arena;
  struct notes *notes;
  yyjson_mut_doc *ir; // owns the converted schemas
  struct schema_def **defs;
  uint32_t count, cap, converted;
  size_t pasted;
  struct map by_value;              // address of the source value → def
  struct map forms, form_of, users; // forms.c's
  size_t forms_count;
  bool users_known;
};

void openapi_pool_init(struct schema_pool *p, struct document *doc, struct arena *a, struct notes *notes);
void openapi_pool_free(struct schema_pool *p);
// The def of a schema, with all it refers to. `at` may be a Swagger 2.0 parameter, which is a schema among
// other keys.
uint32_t openapi_pool_add(struct schema_pool *p, struct place at, struct str name);
// Is it readOnly, be it behind a reference or in an allOf?
bool openapi_pool_is_read_only(struct schema_pool *p, struct place at);

// For convert.c: finds or adds without converting yet.
uint32_t openapi_pool_refer(struct schema_pool *p, struct place at, struct str name);
// For circle.c: one more def, converted already, that begins as a copy.
uint32_t openapi_pool_extend(struct schema_pool *p, const struct schema_def *of);
// What a reference from within `from` (NULL: from an operation) means: where a discriminator tells forms of
// the schema apart, the choice of them; within a form, and where it is in place there, the schema itself.
uint32_t openapi_pool_refer_from(struct schema_pool *p, const struct schema_def *from, bool in_place,
                                 struct place at, struct str name);
void openapi_pool_add_edge(struct schema_pool *p, struct schema_def *def, uint32_t edge);
void convert_def(struct schema_pool *p, struct schema_def *def);

#endif
