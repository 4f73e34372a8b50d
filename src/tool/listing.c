// SPDX-License-Identifier: Apache-2.0
#include "tool/listing.h"

#include "data/json.h"
#include "tool/context.h"

enum { LISTING_DESCRIPTION_MOST = 16 * 1024 };

static void listing_add_member(struct buf *out, const char *name, struct str value) {
  if (!value.n) return;
  buf_printf(out, ",\"%s\":", name);
  json_add_string(out, value);
}

// The tool that gives an argument, where the same server shows it: what is hidden is not named either.
static struct str listing_source(const struct catalog_tool *t, struct str argument) {
  struct str name = json_text(yyjson_obj_getn(t->tool->sources, argument.p, argument.n));
  return name.n && (!t->shown || map_get(t->shown, name)) ? name : STR_NONE;
}

static bool listing_is_given(const struct catalog_tool *t, struct str argument) {
  return context_find(t->account, argument) && context_default(t->account, argument);
}

// The tool's own words, and which ids it needs from where.
static void listing_write_description(const struct catalog_tool *t, struct buf *out) {
  struct buf text = BUF_MAX(LISTING_DESCRIPTION_MOST);
  size_t needed = 0;
  buf_add(&text, t->tool->description);
  for (size_t i = 0; i < t->tool->param_count; i++) {
    const struct tool_param *p = &t->tool->params[i];
    if (p->in != TOOL_IN_PATH || listing_is_given(t, p->arg)) continue;
    struct str source = listing_source(t, p->arg);
    buf_add_z(&text, needed++ ? "; " : text.n ? " Needs " : "Needs ");
    buf_add(&text, p->arg);
    if (source.n) buf_printf(&text, ": from %.*s", STR_ARG(source));
  }
  if (needed) buf_add_char(&text, '.');
  listing_add_member(out, "description", buf_str(&text));
  buf_free(&text);
}

// ---- the schema, with what this server and account add to it

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

static void listing_add_sentence(struct buf *text, struct str sentence) {
  if (text->n && text->p[text->n - 1] != ' ') buf_add_char(text, ' ');
  buf_add(text, sentence);
}

static void listing_write_property(const struct catalog_tool *t, struct str name, yyjson_val *schema,
                                   struct buf *out) {
  struct str source = listing_source(t, name);
  bool context = context_find(t->account, name) != NULL;
  if (!yyjson_is_obj(schema) || (!source.n && !context)) {
    json_write(out, schema);
    return;
  }
  struct buf text = BUF_MAX(LISTING_DESCRIPTION_MOST);
  buf_add(&text, json_str(schema, "description"));
  if (source.n && !listing_is_given(t, name)) {
    listing_add_sentence(&text, STR("From "));
    buf_printf(&text, "%.*s.", STR_ARG(source));
  }
  if (context)
    listing_add_sentence(&text, context_default(t->account, name)
                                    ? STR("Default: set on this account.")
                                    : STR("If left out and needed, the answer lists the choices."));
  buf_add_z(out, "{\"description\":");
  json_add_string(out, buf_str(&text));
  buf_free(&text);
  size_t i, n;
  yyjson_val *key, *v;
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
    listing_write_property(t, json_text(key), v, out);
  }
  buf_add_char(out, '}');
}

static void listing_write_schema(const struct catalog_tool *t, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_val *properties = yyjson_obj_get(t->tool->input, "properties");
  if (!properties) {
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
  listing_write_description(t, out);
  buf_add_z(out, ",\"inputSchema\":");
  listing_write_schema(t, out);
  buf_add_z(out, ",\"annotations\":{\"title\":");
  json_add_string(out, t->tool->title.n ? t->tool->title : t->name);
  for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
    buf_printf(out, ",\"%s\":%s", hints[i].name, hints[i].value ? "true" : "false");
  buf_add_z(out, "}}");
}
