// SPDX-License-Identifier: Apache-2.0
// library: the toolset of each connector, compiled once from its OpenAPI document and kept in the
// store with the names that were given, so that a start takes milliseconds and a later version of a
// document renames nothing. Blocking: on the pool, or before the loops run. Example:
//   struct toolset *t; if (!library_toolset(&env, connector, &t, err)) …
#ifndef POSTERN_TOOL_LIBRARY_H
#define POSTERN_TOOL_LIBRARY_H

#include "connector/connector.h"
#include "openapi/compile.h"
#include "store/store.h"
#include "tool/tool.h"

struct library_env { // lives as long as the program
  struct store *store;
  struct connector_set *connectors;
  size_t tool_bytes;         // ceiling of one tool's schema
  const struct str *origins; // beside an account's, where operations may be that say so
  size_t origin_count;
};

// From the store where it is there and up to date, else compiled and stored. The caller unrefs.
MUST_USE bool library_toolset(const struct library_env *env, const struct connector *c, struct toolset **out,
                              struct err *err);

// Imports a connector: `definition` as connector.yaml (without `openapi`), `document` as OpenAPI text; empty
// for kind mcp. Compiled before it is kept; `report` (in the arena) tells what was skipped. A name that is
// there already as an import is replaced, keeping its tool names; a shipped one is ERR_CONFLICT.
struct library_import {
  struct str definition, document;
  // What the connector's words for asking are held against, before anything is kept; NULL: nobody looks. The toolset is
  // empty for kind mcp.
  bool (*judge)(const struct connector *c, struct str toolset, struct err *err);
  bool trial; // nothing is kept
};
MUST_USE bool library_add(const struct library_env *env, const struct library_import *in, struct arena *a,
                          struct openapi_result *report, struct err *err);
// Removes an imported connector with its tools and their names. ERR_MISSING; ERR_CONFLICT where it is
// shipped, or an account uses it.
MUST_USE bool library_remove(const struct library_env *env, struct str name, struct err *err);
// Imported connectors of the store join the set, where they are not in it as they are there; those that are not there any
// more leave it. At start, and after another program has changed them.
MUST_USE bool library_follow(const struct library_env *env, struct err *err);

#endif
