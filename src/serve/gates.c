// SPDX-License-Identifier: Apache-2.0
#include "serve/gates.h"

#include "catalog/find.h"
#include "serve/tools.h"

static const struct gate {
  const char *name, *title, *about, *hints;
} gates[] = {
    [CATALOG_READS] = {"postern_read", "Read", "Call a tool that only reads.",
                       "\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true"},
    [CATALOG_WRITES] = {"postern_write", "Write", "Call a tool that creates or updates.",
                        "\"readOnlyHint\":false,\"destructiveHint\":true,\"idempotentHint\":false"},
    [CATALOG_DESTROYS] = {"postern_destroy", "Delete or run",
                          "Call a tool that deletes, or does what no other class covers.",
                          "\"readOnlyHint\":false,\"destructiveHint\":true,\"idempotentHint\":false"},
};
enum { GATES = sizeof gates / sizeof *gates };

static bool gates_open(const struct serve_request *r, size_t i) {
  return r->discovery != POLICY_FULL && (r->server->reach >> i & 1);
}

static size_t gates_find(const struct serve_request *r, struct str name) {
  size_t i = 0;
  while (i < GATES && !(str_is(name, gates[i].name) && gates_open(r, i))) i++;
  return i;
}

static bool gates_has(const struct serve_request *r, struct str name) {
  return gates_find(r, name) < GATES;
}

// How a client gets less than all, of what reads.
static const char gates_less[] =
    ",\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"maxItems\":64,"
    "\"description\":\"Only these members of each row, such as plan.name\"},"
    "\"budget\":{\"type\":\"integer\",\"minimum\":500,\"description\":\"Characters; a "
    "larger result becomes a sketch and a handle, good for ten minutes\"}";

static void gates_list(const struct serve_request *r, struct buf *out) {
  for (size_t i = 0; i < GATES; i++) {
    if (!gates_open(r, i)) continue;
    own_next(out);
    buf_printf(out,
               "{\"name\":\"%s\",\"title\":\"%s\",\"description\":\"%s\",\"inputSchema\":{"
               "\"type\":\"object\",\"required\":[\"tool\"],\"properties\":{\"tool\":{\"type\":\"string\","
               "\"description\":\"Its name\"},\"arguments\":{\"type\":\"object\",\"description\":\"By its "
               "schema\"}%s}},\"annotations\":{%s,\"openWorldHint\":true}",
               gates[i].name, gates[i].title, gates[i].about, i == CATALOG_READS ? gates_less : "",
               gates[i].hints);
    if (i == CATALOG_READS && r->env->result_budget)
      buf_printf(out, ",\"_meta\":{\"anthropic/maxResultSizeChars\":%zu}", r->env->result_budget);
    if (i == CATALOG_DESTROYS && r->env->destroy_asks)
      buf_add_z(out, ",\"_meta\":{\"anthropic/requiresUserInteraction\":true}");
    buf_add_char(out, '}');
  }
}

// Some hosts hand objects within arguments over as JSON text.
static bool gates_arguments(struct serve_request *r, yyjson_val **arguments, yyjson_doc **doc) {
  struct err unused;
  if (!yyjson_is_str(*arguments)) return true;
  if (!json_read(json_text(*arguments), &r->env->json, doc, &unused)) return false;
  *arguments = yyjson_doc_get_root(*doc);
  return true;
}

// False: they are not sound. A budget above the setting's is that of the setting.
static bool gates_less_of(yyjson_val *given, struct governor *g) {
  yyjson_val *budget = yyjson_obj_get(given, "budget"), *fields = yyjson_obj_get(given, "fields"), *v;
  size_t i, n;
  uint64_t asked = 0;
  if (budget && (!str_to_u64(json_raw_number(budget), &asked) || asked < GOVERNOR_BUDGET_LEAST)) return false;
  if (budget && (!g->budget || asked < g->budget)) g->budget = (size_t)asked;
  if (!fields) return true;
  if (!yyjson_is_arr(fields) || !yyjson_arr_size(fields) || yyjson_arr_size(fields) > GOVERNOR_FIELDS_MOST)
    return false;
  yyjson_arr_foreach (fields, i, n, v)
    if (!json_text(v).n) return false;
  g->fields = fields;
  return true;
}

static bool gates_refuse(struct serve_request *r, const struct gate *gate, struct str why, struct buf *out) {
  own_record(r, str_of(gate->name), false, why);
  return own_say(r, why, NULL, true, out);
}

static bool gates_call(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  yyjson_val *given = yyjson_obj_get(params, "arguments"), *arguments = yyjson_obj_get(given, "arguments");
  size_t gate = gates_find(r, json_str(params, "name"));
  struct str name = json_str(given, "tool");
  yyjson_doc *doc = NULL;
  if (!name.n)
    return gates_refuse(r, &gates[gate],
                        STR("tool: the name of the tool to call is missing; "
                            "postern_search_tools finds it"),
                        out);
  const struct catalog_tool *tool = tools_shown(r, name);
  if (tool && find_reach(tool->tool) != gate)
    return gates_refuse(r, &gates[gate],
                        arena_printf(r->arena, "%.*s is called by %s, not by %s; nothing was called",
                                     STR_ARG(tool->name), gates[find_reach(tool->tool)].name,
                                     gates[gate].name),
                        out);
  if (!gates_arguments(r, &arguments, &doc) || (arguments && !yyjson_is_obj(arguments))) {
    yyjson_doc_free(doc);
    return gates_refuse(r, &gates[gate], STR("arguments: must be an object; nothing was called"), out);
  }
  struct tools_wanted wanted = {.params = params, .name = name, .arguments = arguments, .gated = true};
  struct governor governor = {.budget = r->env->result_budget};
  if (gate == CATALOG_READS && !gates_less_of(given, &governor)) {
    yyjson_doc_free(doc);
    return gates_refuse(
        r, &gates[gate],
        STR("fields: an array of 1 to 64 texts; budget: a number from 500; nothing was called"), out);
  }
  if (gate == CATALOG_READS && (governor.budget || governor.fields)) wanted.governor = &governor;
  bool ok = tools_run(r, &wanted, out, err);
  governor_free(&governor);
  yyjson_doc_free(doc);
  return ok;
}

const struct own_tools gates_tools = {gates_has, gates_list, gates_call};
