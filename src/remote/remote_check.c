// SPDX-License-Identifier: Apache-2.0
#include "data/json.h"
#include "mcp/param.h"
#include "remote/remote_parts.h"

enum remote_type { REMOTE_TEXT, REMOTE_OBJECT, REMOTE_LIST };

// Members of a Tool (MCP 2026-07-28 "Tool") that clients check. Unknown ones pass.
static const struct {
  const char *name;
  enum remote_type type;
  bool needed;
} remote_members[] = {{"title", REMOTE_TEXT, false},         {"description", REMOTE_TEXT, false},
                      {"inputSchema", REMOTE_OBJECT, true},  {"outputSchema", REMOTE_OBJECT, false},
                      {"annotations", REMOTE_OBJECT, false}, {"_meta", REMOTE_OBJECT, false},
                      {"execution", REMOTE_OBJECT, false},   {"icons", REMOTE_LIST, false}};
static const char *const remote_hints[] = {"readOnlyHint", "destructiveHint", "idempotentHint",
                                           "openWorldHint"};

static bool remote_name_is_good(struct str name) {
  for (size_t i = 0; i < name.n; i++) {
    char c = name.p[i];
    bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                c == '-' || c == '.';
    if (!good) return false;
  }
  return name.n > 0 && name.n <= REMOTE_NAME_MOST;
}

static bool remote_check_member(yyjson_val *definition, size_t i, struct err *err) {
  static const char *const types[] = {"a string", "an object", "an array"};
  yyjson_val *v = yyjson_obj_get(definition, remote_members[i].name);
  const bool is[] = {yyjson_is_str(v), yyjson_is_obj(v), yyjson_is_arr(v)};
  if (!v && !remote_members[i].needed) return true;
  return is[remote_members[i].type] ||
         err_set(err, ERR_INVALID, "\"%s\" is not %s", remote_members[i].name, types[remote_members[i].type]);
}

static bool remote_check_annotations(yyjson_val *annotations, struct err *err) {
  yyjson_val *title = yyjson_obj_get(annotations, "title");
  if (title && !yyjson_is_str(title))
    return err_set(err, ERR_INVALID, "the annotation \"title\" is not a string");
  for (size_t i = 0; i < sizeof remote_hints / sizeof *remote_hints; i++) {
    yyjson_val *v = yyjson_obj_get(annotations, remote_hints[i]);
    if (v && !yyjson_is_bool(v))
      return err_set(err, ERR_INVALID, "the annotation \"%s\" is not true or false", remote_hints[i]);
  }
  return true;
}

bool remote_check(yyjson_val *definition, struct err *err) {
  yyjson_val *input = yyjson_obj_get(definition, "inputSchema");
  if (!yyjson_is_obj(definition)) return err_set(err, ERR_INVALID, "it is not an object");
  if (!remote_name_is_good(json_str(definition, "name")))
    return err_set(err, ERR_INVALID, "its name is not 1 to %d of A-Z, a-z, 0-9, '_', '-' and '.'",
                   REMOTE_NAME_MOST);
  for (size_t i = 0; i < sizeof remote_members / sizeof *remote_members; i++)
    if (!remote_check_member(definition, i, err)) return false;
  if (!str_is(json_str(input, "type"), "object"))
    return err_set(err, ERR_INVALID, "its inputSchema is not of type object");
  return remote_check_annotations(yyjson_obj_get(definition, "annotations"), err) &&
         (!param_schema_has_any(input) || param_schema_is_sound(input, err));
}
