// SPDX-License-Identifier: Apache-2.0
// compile: an OpenAPI document (2.0, 3.0, 3.1, 3.2; JSON or YAML) becomes a toolset: one JSON text
// that holds everything needed to list and call its operations, and a report. Blocking and pure but
// for reading files under `root`; deterministic: the same input gives the same bytes. Example:
//   struct openapi_options o = {.connector = STR("cloudflare"), .tool_bytes = 24 * 1024};
//   struct openapi_result r; if (!openapi_compile_file(path, &o, arena, &r, err)) …   store(r.toolset)
//
// The toolset, version 1 (tool/tool.h reads it):
//   {"toolset":1, "connector":"cloudflare", "title":"…", "base_url":"https://…", "tools":[ {
//     "name":"list_all_cloudflare_zones", "title":"List zones", "description":"…", "class":"list",
//     "tags":["zones"], "operation":"GET /zones", "method":"GET", "path":"/zones/{zone_id}",
//     "base":{"instead_of":"/v1","path":"/v2"},      the API's address with another end, or
//     "base_url":"https://…",                        another one; absent: the account's
//     "read_only":true,                              class list or get, or the connector's word
//     "params":[ {"arg":"zone_id", "name":"zone_id", "in":"path|query|header|cookie",
//                 "style":"form|simple|spaceDelimited|pipeDelimited|deepObject|label|matrix|json|reserved",
//                 "explode":true} ],
//     "body":{"kind":"json|form|multipart|text|binary", "type":"application/json", "required":true,
//             "whole":"body",                        one argument is the whole body, or
//             "args":[["name","name"],…],            [argument, property] pairs; absent: no body
//             "open":true,                           what no argument is called is a property as well
//             "encoding":{"pic":{"type":"image/png"}, "tags":{"style":"form","explode":false,"reserved":true}} },
//     "input":{ JSON Schema 2020-12, type object },
//     "gives":"zone_id",                             the argument that this (list) tool's rows supply;
//     absent: none "sources":{"zone_id":"list_all_cloudflare_zones"},   argument → tool that gives it
//     "permission":"Zone Read", "deprecated":false, "folded":false,
//     "paging":{"page":"page","size":"per_page"} | {"cursor":"cursor"} | {"offset":"offset","limit":"limit"},
//     "columns":"id:integer status:text=open|closed" of a row, as the document says; absent: it does not
//   } … ] }
// Tools stand in the order of their names.
#ifndef POSTERN_OPENAPI_COMPILE_H
#define POSTERN_OPENAPI_COMPILE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

struct openapi_options {
  struct str connector;      // its name, as it stands in tool names
  struct str root;           // folder that relative `$ref`s may not leave; empty: the document's own
  size_t tool_bytes;         // ceiling of one tool's input schema
  struct str base_url;       // where the API is, by the connector's word; empty: where the document says
  const struct str *origins; // that operations may have for themselves beside
  size_t origin_count;
  yyjson_val *word;        // the connector's word (rename_parameters, tags, operations); may be NULL
  const struct map *names; // "METHOD path" → NUL-terminated name given before; may be NULL
  bool examples;           // note which of the document's request examples do not fit its schemas
};

enum openapi_note_kind { OPENAPI_SKIPPED, OPENAPI_WARNING };

struct openapi_note {
  enum openapi_note_kind kind;
  struct str operation; // "GET /zones", empty for the document
  unsigned line;        // 0: unknown
  struct str reason;
};

struct openapi_result {
  struct str toolset; // all in the arena
  size_t operations, tools, skipped, folded, renamed;
  size_t examples, examples_fit,
      examples_mended; // of request bodies: all, as they are, and where a schema gave way
  struct openapi_note *notes;
  size_t note_count;
};

MUST_USE bool openapi_compile_file(const char *path, const struct openapi_options *o, struct arena *a,
                                   struct openapi_result *out, struct err *err);
// A document already in memory; relative `$ref`s are refused.
MUST_USE bool openapi_compile_text(struct str text, const struct openapi_options *o, struct arena *a,
                                   struct openapi_result *out, struct err *err);

#endif
