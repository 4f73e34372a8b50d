// SPDX-License-Identifier: Apache-2.0
#include "tool/listing.h"

#include "data/json.h"
#include "tool/context.h"

static void listing_add_member(struct buf *out, const char *name, struct str value) {
  if (!value.n) return;
  buf_printf(out, ",\"%s\":", name);
  json_add_string(out, value);
}

// ---- the schema, where an argument of it comes from the account

// Nothing at all where no name is left: draft 4 readers refuse an empty list.
static void listing_write_required(const struct catalog_tool *t, yyjson_val *required, struct buf *out) {
  size_t i, n, written = 0;
  yyjson_val *v;
  yyjson_arr_foreach (required, i, n, v) {
    if (context_find(t->account, json_text(v))) continue;
    buf_add_z(out, written++ ? "," : ",\"required\":[");
    json_write(out, v);
  }
  if (written) buf_add_char(out, ']');
}

static void listing_write_description(struct buf *out, struct str description, bool set) {
  buf_add_z(out, "\"description\":\"");
  json_add_escaped(out, description);
  if (description.n) buf_add_char(out, ' ');
  buf_add_z(out, set ? "Default: set on this account.\""
                     : "If left out and needed, the answer lists the choices.\"");
}

static void listing_write_property(struct buf *out, yyjson_val *schema, bool set) {
  size_t i, n;
  yyjson_val *key, *v;
  buf_add_char(out, '{');
  listing_write_description(out, json_str(schema, "description"), set);
  yyjson_obj_foreach (schema, i, n, key, v) {
    if (yyjson_equals_str(key, "description")) continue;
    buf_add_char(out, ',');
    json_add_string(out, json_text(key));
    buf_add_char(out, ':');
    json_write(out, v);
  }
  buf_add_char(out, '}');
}

static void listing_write_properties(const struct catalog_tool *t, yyjson_val *properties, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *v;
  buf_add_char(out, '{');
  yyjson_obj_foreach (properties, i, n, key, v) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, json_text(key));
    buf_add_char(out, ':');
    if (yyjson_is_obj(v) && context_find(t->account, json_text(key)))
      listing_write_property(out, v, context_default(t->account, json_text(key)) != NULL);
    else
      json_write(out, v);
  }
  buf_add_char(out, '}');
}

static bool listing_has_context(const struct catalog_tool *t, yyjson_val *properties) {
  const struct connector *c = t->account->connector;
  for (size_t i = 0; i < c->context_count; i++)
    if (yyjson_obj_getn(properties, c->contexts[i].name.p, c->contexts[i].name.n)) return true;
  return false;
}

static void listing_write_schema(const struct catalog_tool *t, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_val *properties = yyjson_obj_get(t->tool->input, "properties");
  if (!listing_has_context(t, properties)) {
    json_write(out, t->tool->input);
    return;
  }
  buf_add_char(out, '{');
  yyjson_obj_foreach (t->tool->input, i, n, key, v) {
    if (yyjson_equals_str(key, "required") || v == properties) continue;
    json_add_string(out, json_text(key));
    buf_add_char(out, ':');
    json_write(out, v);
    buf_add_char(out, ',');
  }
  buf_add_z(out, "\"properties\":");
  listing_write_properties(t, properties, out);
  listing_write_required(t, yyjson_obj_get(t->tool->input, "required"), out);
  buf_add_char(out, '}');
}

// ---- the whole

void tool_write_listing(const struct catalog_tool *t, struct buf *out) {
  struct policy_hints h = policy_hints(t->tool);
  const struct {
    const char *name;
    bool value;
  } hints[] = {{"readOnlyHint", h.read_only},
               {"destructiveHint", h.destructive},
               {"idempotentHint", h.idempotent},
               {"openWorldHint", h.open_world}};
  buf_add_z(out, "{\"name\":");
  json_add_string(out, t->name);
  listing_add_member(out, "title", t->tool->title);
  listing_add_member(out, "description", t->tool->description);
  buf_add_z(out, ",\"inputSchema\":");
  listing_write_schema(t, out);
  buf_add_z(out, ",\"annotations\":{\"title\":");
  json_add_string(out, t->tool->title.n ? t->tool->title : t->name);
  for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
    buf_printf(out, ",\"%s\":%s", hints[i].name, hints[i].value ? "true" : "false");
  buf_add_z(out, "}}");
}
