// SPDX-License-Identifier: Apache-2.0
// tool: one callable thing of an account, and the toolset it comes from (openapi/compile's JSON, kept
// as one immutable document that the tools point into). Reference-counted, shared by snapshots; any thread
// reads.
#ifndef POSTERN_TOOL_TOOL_H
#define POSTERN_TOOL_TOOL_H

#include <stdatomic.h>
#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "search/index.h"

enum tool_class { TOOL_LIST, TOOL_GET, TOOL_CREATE, TOOL_UPDATE, TOOL_DELETE, TOOL_CUSTOM, TOOL_CLASSES };
extern const char *const tool_class_names[TOOL_CLASSES];

enum tool_in { TOOL_IN_PATH, TOOL_IN_QUERY, TOOL_IN_HEADER, TOOL_IN_COOKIE };
enum tool_style {
  TOOL_FORM,
  TOOL_SIMPLE,
  TOOL_SPACE,
  TOOL_PIPE,
  TOOL_DEEP,
  TOOL_LABEL,
  TOOL_MATRIX,
  TOOL_JSON,
  TOOL_RESERVED // in the path: slashes stay
};

struct tool_param {
  struct str arg, name; // the argument of the model, the name on the wire
  enum tool_in in;
  enum tool_style style;
  bool explode;
};

enum tool_body_kind {
  TOOL_BODY_NONE,
  TOOL_BODY_JSON,
  TOOL_BODY_FORM,
  TOOL_BODY_MULTIPART,
  TOOL_BODY_TEXT,
  TOOL_BODY_BINARY
};

struct tool_body_arg {
  struct str arg, property;
};

enum tool_kind { TOOL_REST, TOOL_REMOTE };
enum tool_trust { TOOL_ALLOW, TOOL_REVIEW, TOOL_DENY }; // by evidence: remote/trust
extern const char *const tool_trust_names[];

struct tool {
  enum tool_kind kind;
  enum tool_trust trust;  // of REST tools always TOOL_ALLOW: their class is known from the HTTP method
  bool served;            // false: in review, denied, or changed since it was approved; no server shows it
  struct str why;         // the evidence, in words
  yyjson_val *definition; // remote: as the vendor defines it, pinned; NULL for REST
  bool destructive, idempotent, open_world; // remote: hints, by evidence
  struct str name, title, description, operation, method, path, permission;
  // REST, where the operation has an address of its own: `base_url`, or the account's with `base_path` instead of
  // what it ends in.
  struct str base_url, instead_of, base_path;
  enum tool_class class;
  bool read_only, deprecated;
  struct str *tags;
  struct tool_param *params;
  size_t tag_count, param_count;
  enum tool_body_kind body;
  bool body_required, body_open;    // open: arguments that no name is known of are members of it
  struct str body_type, body_whole; // body_whole: the argument that is the whole body, or empty
  struct tool_body_arg *body_args;
  size_t body_arg_count;
  yyjson_val *body_encoding; // property → {style, explode, reserved} or {type}; NULL: as usual
  yyjson_val *input;         // JSON Schema
  yyjson_val *sources;       // argument → tool that gives it; NULL: none
  yyjson_val *paging;        // NULL: none
  struct str columns;        // of a row, as openapi/row writes them; empty: nobody says
  struct str about;          // what the document says of its tag
};

struct toolset {
  atomic_uint refs;
  struct arena *arena;
  yyjson_doc *doc;
  struct str connector, base_url;
  struct tool *tools; // by name
  size_t count;
  struct map by_name;                    // struct tool *
  struct str instructions, capabilities; // of an MCP server; JSON object text
  struct str about;                      // what a document says of the whole API; empty: nothing
  struct index *index; // a document each tool, by its number; NULL: not searched (tool/finding)
};

// Takes the text (parsed in place after a copy). ERR_INTERNAL where it is not what compile makes.
MUST_USE bool toolset_read(struct str text, struct toolset **out, struct err *err);
struct toolset *toolset_ref(struct toolset *t);
void toolset_unref(struct toolset *t);

#endif
