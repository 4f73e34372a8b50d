// SPDX-License-Identifier: Apache-2.0
#include "session/capability.h"

#include "data/json.h"
#include "session/session.h"

#define CAPABILITY_VIEW "io.modelcontextprotocol/ui"
#define CAPABILITY_PAGE "text/html;profile=mcp-app"
#define CAPABILITY_TASKS "io.modelcontextprotocol/tasks" // tasks are not carried

static void capability_add(struct buf *out, const char *name, yyjson_val *value) {
  if (!yyjson_is_obj(value)) return;
  size_t start = out->n;
  buf_printf(out, "%s\"%s\":", start > 1 ? "," : "", name);
  json_write(out, value);
}

static void capability_add_extensions(struct buf *out, yyjson_val *extensions) {
  size_t i, n, count = 0;
  yyjson_val *key, *value;
  size_t start = out->n;
  if (!yyjson_is_obj(extensions)) return;
  buf_printf(out, "%s\"extensions\":{", start > 1 ? "," : "");
  yyjson_obj_foreach (extensions, i, n, key, value) {
    if (str_is(json_text(key), CAPABILITY_TASKS)) continue;
    if (count++) buf_add_char(out, ',');
    json_add_string(out, json_text(key));
    buf_add_char(out, ':');
    json_write(out, value);
  }
  buf_add_char(out, '}');
  if (!count) out->n = start;
}

struct str capability_filter(yyjson_val *declared, struct arena *a) {
  static const char *const passed[] = {"elicitation", "roots", "sampling"};
  struct buf out = BUF_MAX(SESSION_CAPABILITIES_MOST);
  buf_add_char(&out, '{');
  for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
    capability_add(&out, passed[i], yyjson_obj_get(declared, passed[i]));
  size_t kept = out.full ? 1 : out.n;
  capability_add_extensions(&out, yyjson_obj_get(declared, "extensions"));
  if (out.full || out.n + 1 >= out.max) {
    out.full = false;
    out.n = kept;
  }
  buf_add_char(&out, '}');
  struct str text = out.full ? STR("{}") : arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

static bool capability_is_url(yyjson_val *params) {
  return str_is(json_str(params, "mode"), "url");
}

// Which capability a request of a server needs, and which part of it.
static bool capability_of(struct str method, yyjson_val *params, const char **name, const char **part) {
  *part = NULL;
  if (str_is(method, "elicitation/create")) {
    *name = "elicitation";
    *part = capability_is_url(params) ? "url" : "form";
  } else if (str_is(method, "sampling/createMessage")) {
    *name = "sampling";
  } else if (str_is(method, "roots/list")) {
    *name = "roots";
  } else {
    return false;
  }
  return true;
}

static bool capability_has(yyjson_val *declared, const char *name, const char *part) {
  yyjson_val *capability = yyjson_obj_get(declared, name);
  if (!part || !capability) return capability != NULL;
  if (yyjson_obj_get(capability, part)) return true;
  // Without a word on modes, forms are meant (2025-11-25 and 2026-07-28, "Elicitation").
  return !yyjson_obj_get(capability, "url") && str_is(str_of(part), "form");
}

bool capability_allows(struct str declared, struct str method, yyjson_val *params) {
  const char *name, *part;
  yyjson_doc *doc;
  struct err err;
  if (!capability_of(method, params, &name, &part) || !json_read(declared, &JSON_LIMITS, &doc, &err))
    return false;
  bool has = capability_has(yyjson_doc_get_root(doc), name, part);
  yyjson_doc_free(doc);
  return has;
}

bool capability_takes_url(struct str declared) {
  yyjson_doc *doc;
  struct err err;
  if (!json_read(declared, &JSON_LIMITS, &doc, &err)) return false;
  bool takes = capability_has(yyjson_doc_get_root(doc), "elicitation", "url");
  yyjson_doc_free(doc);
  return takes;
}

static bool capability_lists(yyjson_val *list, const char *word) {
  yyjson_val *one;
  size_t i, n;
  yyjson_arr_foreach (list, i, n, one)
    if (str_is(json_text(one), word)) return true;
  return false;
}

bool capability_takes_view(struct str declared) {
  yyjson_doc *doc;
  struct err err;
  if (!json_read(declared, &JSON_LIMITS, &doc, &err)) return false;
  yyjson_val *extensions = yyjson_obj_get(yyjson_doc_get_root(doc), "extensions");
  yyjson_val *types = yyjson_obj_get(yyjson_obj_get(extensions, CAPABILITY_VIEW), "mimeTypes");
  bool takes = capability_lists(types, CAPABILITY_PAGE);
  yyjson_doc_free(doc);
  return takes;
}

struct str capability_needed(struct str method, yyjson_val *params) {
  if (str_is(method, "elicitation/create"))
    return capability_is_url(params) ? STR("{\"elicitation\":{\"url\":{}}}") : STR("{\"elicitation\":{}}");
  if (str_is(method, "sampling/createMessage")) return STR("{\"sampling\":{}}");
  return str_is(method, "roots/list") ? STR("{\"roots\":{}}") : STR_NONE;
}
