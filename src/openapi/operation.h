// SPDX-License-Identifier: Apache-2.0
// operation: one operation of the document in the same form whatever the version: parameters merged
// with those of its path, references seen through, one body of the kinds we can send. Lives in the
// arena; values belong to the document.
#ifndef POSTERN_OPENAPI_OPERATION_H
#define POSTERN_OPENAPI_OPERATION_H

#include "openapi/pool.h"

enum {
  OPERATIONS_MOST = 20000, // of a document
  PARAMETERS_MOST = 512,   // of an operation
};

enum operation_in { IN_PATH, IN_QUERY, IN_HEADER, IN_COOKIE }; // also the order in which names are given
extern const char *const operation_in_names[];

struct parameter {
  struct place at;
  struct str name, description;
  enum operation_in in;
  const char *style; // as the toolset says it
  bool explode, required, deprecated;
  bool whole;      // in the path: keeps its slashes
  uint32_t schema; // in the pool
  struct str arg;  // its name as an argument; set by input.c
};

enum body_kind { BODY_NONE, BODY_JSON, BODY_FORM, BODY_MULTIPART, BODY_TEXT, BODY_BINARY };
extern const char *const body_kind_names[];

struct body {
  enum body_kind kind;
  struct str type, description;
  bool required, has_schema;
  uint32_t schema;          // in the pool, where has_schema
  struct place media;       // the media type object, or 2.0's parameter: schema, examples, encoding
  struct parameter *fields; // Swagger 2.0 formData: in place of a schema
  size_t field_count;
};

enum operation_class { CLASS_LIST, CLASS_GET, CLASS_CREATE, CLASS_UPDATE, CLASS_DELETE, CLASS_CUSTOM };
extern const char *const operation_class_names[];

struct operation {
  struct place at, item; // the operation, its path item
  struct place
      item_base;     // what the path item extends by a `$ref` beside its own members; value NULL: nothing
  struct str broken; // why it cannot be offered, whatever else it says; empty: nothing known
  struct str key, method; // "GET /zones", "GET"
  struct str path;        // with {name} for each path parameter; a fragment stays, to tell it from others
  struct str wire;        // the same as it is sent: without the fragment
  struct str summary, description;
  bool deprecated;
  struct parameter *params;
  size_t param_count, param_cap;
  struct body body;
  // Where it has an address of its own (servers.c): beside the API's, whose end gives way, or elsewhere.
  struct str instead_of, base_path, base_url;
  yyjson_val *words[2]; // x-postern and the connector's word, the later one counts first; NULL: none
  // settled by naming.c
  enum operation_class class;
  bool reads;       // though neither list nor get
  struct str name;  // of the tool
  struct str gives; // argument that its rows supply; set by sources.c
  bool skipped;
};

// The later of the two words that has the key; NULL: none has.
yyjson_val *operation_word(const struct operation *op, const char *key);

struct operation_list {
  struct operation *items;
  size_t count;
};
// All operations, references seen through, in the order of the document. Those of a broken path item become notes.
MUST_USE bool operation_find_all(struct document *d, struct arena *a, struct notes *notes,
                                 struct operation_list *out, struct err *err);
// Fills parameters and body. False: this operation cannot be offered, and why.
MUST_USE bool operation_read(struct schema_pool *pool, struct operation *op, struct err *err);

// For swagger.c and operation.c.
MUST_USE bool operation_begin_param(struct place at, struct parameter *out, struct err *err);
// Replaces the one of the same name and place, or adds.
MUST_USE bool operation_push_param(struct schema_pool *pool, struct operation *op, const struct parameter *p,
                                   struct err *err);
enum body_kind operation_media_kind(struct str type);
// Brings the path and the parameters together (operation_path.c): `path` and `wire` are as the toolset has them.
MUST_USE bool operation_settle_path(struct schema_pool *pool, struct operation *op, struct err *err);

// Swagger 2.0, where things stand elsewhere (swagger.c).
MUST_USE bool swagger_read_param(struct schema_pool *pool, struct operation *op, struct place at,
                                 struct err *err);
void swagger_finish(struct schema_pool *pool, struct operation *op);
MUST_USE bool swagger_base_url(struct document *d, struct str at, struct arena *a, struct str *out,
                               struct err *err);

#endif
