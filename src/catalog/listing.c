// SPDX-License-Identifier: Apache-2.0
#include "catalog/listing.h"

#include "catalog/bounded.h"
#include "catalog/context.h"
#include "catalog/shown.h"
#include "data/json.h"

enum { LISTING_DESCRIPTION_MOST = 16 * 1024 };

static void listing_add_member(struct buf *out, const char *name, struct str value) {
  if (!value.n) return;
  buf_printf(out, ",\"%s\":", name);
  json_add_string(out, value);
}

// The tool that gives an argument, where the same server shows it: what is hidden is not named either.
static struct str listing_source(const struct catalog_tool *t, struct str argument,
                                 char text[SHOWN_NAME_MOST + 1]) {
  struct str name = json_text(yyjson_obj_getn(t->tool->sources, argument.p, argument.n));
  return name.n ? shown_sibling(t, name, text) : STR_NONE;
}

static bool listing_is_given(const struct catalog_tool *t, struct str argument) {
  return context_find(t->account, argument) && context_default(t->account, argument);
}

// What the fence fills in is not among the properties.
static bool listing_is_hidden(const struct catalog_tool *t, struct str argument) {
  return t->fence && !yyjson_obj_getn(yyjson_obj_get(t->tool->input, "properties"), argument.p, argument.n);
}

// The tool's own words, and which ids it needs from where.
static void listing_write_description(const struct catalog_tool *t, struct buf *out) {
  struct buf text = BUF_MAX(LISTING_DESCRIPTION_MOST);
  size_t needed = 0;
  buf_add(&text, t->tool->description);
  for (size_t i = 0; i < t->tool->param_count; i++) {
    const struct tool_param *p = &t->tool->params[i];
    if (p->in != TOOL_IN_PATH || listing_is_given(t, p->arg) || listing_is_hidden(t, p->arg)) continue;
    char shown[SHOWN_NAME_MOST + 1];
    struct str source = listing_source(t, p->arg, shown);
    buf_add_z(&text, needed++ ? "; " : text.n ? " Needs " : "Needs ");
    buf_add(&text, p->arg);
    if (source.n) buf_printf(&text, ": from %.*s", STR_ARG(source));
  }
  if (needed) buf_add_char(&text, '.');
  listing_add_member(out, "description", buf_str(&text));
  buf_free(&text);
}

// ---- the schema, with what this server and account add to it

// Which of several accounts: "required" by itself only where there is a choice.
static bool listing_needs_account(const struct catalog_tool *t) {
  return t->choice_count > 1;
}

static void listing_write_account(const struct catalog_tool *t, struct buf *out) {
  buf_add_z(out, "\"" SHOWN_ACCOUNT "\":{\"type\":\"string\",\"description\":\"Which account to use: ");
  for (size_t i = 0; i < t->choice_count; i++) {
    if (i) buf_add_z(out, "; ");
    buf_printf(out, "%.*s is ", STR_ARG(t->choices[i].alias));
    json_add_escaped(out, t->choices[i].account->account->name);
  }
  buf_add_z(out, ".\",\"enum\":[");
  for (size_t i = 0; i < t->choice_count; i++) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, t->choices[i].alias);
  }
  buf_add_z(out, "]}");
}

// Does the caller have to give it? Not what the account supplies by itself; of a fenced tool catalog/bounded says it.
static bool listing_is_asked_for(const struct catalog_tool *t, struct str name) {
  if (t->fence) return true;
  if (t->tool->kind == TOOL_REMOTE) return t->choice_count > 0 || !listing_is_given(t, name);
  return !context_find(t->account, name);
}

// Nothing at all where no name is left: draft 4 readers refuse an empty list.
static void listing_write_required(const struct catalog_tool *t, yyjson_val *required, struct buf *out) {
  size_t i, n, written = 0;
  yyjson_val *v;
  if (listing_needs_account(t)) {
    buf_add_z(out, ",\"required\":[\"" SHOWN_ACCOUNT "\"");
    written++;
  }
  yyjson_arr_foreach (required, i, n, v) {
    if (!listing_is_asked_for(t, json_text(v))) continue;
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
  char shown[SHOWN_NAME_MOST + 1];
  struct str source = listing_source(t, name, shown);
  bool context = !t->fence && context_find(t->account, name);
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

// A vendor's MCP server wrote its properties for models: they stay to the letter.
static void listing_write_properties(const struct catalog_tool *t, yyjson_val *properties, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *v;
  buf_add_char(out, '{');
  if (t->choice_count) listing_write_account(t, out);
  yyjson_obj_foreach (properties, i, n, key, v) {
    if (i || t->choice_count) buf_add_char(out, ',');
    json_add_string(out, json_text(key));
    buf_add_char(out, ':');
    if (t->tool->kind == TOOL_REMOTE)
      json_write(out, v);
    else
      listing_write_property(t, json_text(key), v, out);
  }
  buf_add_char(out, '}');
}

static void listing_write_schema(const struct catalog_tool *t, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_val *properties = yyjson_obj_get(t->tool->input, "properties");
  bool remote = t->tool->kind == TOOL_REMOTE;
  bool supplied = yyjson_obj_size(yyjson_doc_get_root(t->account->account->context)) > 0;
  if (!t->choice_count && (remote ? !supplied : !properties)) {
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

static void listing_write_hints(const struct tool *t, struct buf *out) {
  struct policy_hints h = policy_hints(t);
  buf_printf(out, "\"readOnlyHint\":%s,\"destructiveHint\":%s,\"idempotentHint\":%s,\"openWorldHint\":%s",
             h.read_only ? "true" : "false", h.destructive ? "true" : "false",
             h.idempotent ? "true" : "false", h.open_world ? "true" : "false");
}

static void listing_add_passed(struct buf *out, yyjson_val *key, yyjson_val *v) {
  buf_add_char(out, ',');
  json_add_string(out, json_text(key));
  buf_add_char(out, ':');
  json_write(out, v);
}

// ---- the whole

// Members that a vendor may add one day pass; hints are ours, true to the class.
static void listing_write_annotations(const struct tool *t, yyjson_val *theirs, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *v;
  buf_add_z(out, ",\"annotations\":{");
  listing_write_hints(t, out);
  yyjson_obj_foreach (theirs, i, n, key, v)
    if (!str_ends(json_text(key), "Hint")) listing_add_passed(out, key, v);
  buf_add_char(out, '}');
}

// As it was pinned, but for the name, the hints and the account to choose.
static void listing_write_remote(const struct catalog_tool *t, struct buf *out) {
  size_t i, n;
  yyjson_val *key, *v, *definition = t->tool->definition;
  buf_add_z(out, "{\"name\":");
  json_add_string(out, t->name);
  yyjson_obj_foreach (definition, i, n, key, v)
    if (!yyjson_equals_str(key, "name") && !yyjson_equals_str(key, "inputSchema") &&
        !yyjson_equals_str(key, "annotations"))
      listing_add_passed(out, key, v);
  buf_add_z(out, ",\"inputSchema\":");
  listing_write_schema(t, out);
  listing_write_annotations(t->tool, yyjson_obj_get(definition, "annotations"), out);
  buf_add_char(out, '}');
}

static void listing_write_tool(const struct catalog_tool *t, struct buf *out) {
  if (t->tool->kind == TOOL_REMOTE) {
    listing_write_remote(t, out);
    return;
  }
  buf_add_z(out, "{\"name\":");
  json_add_string(out, t->name);
  listing_add_member(out, "title", t->tool->title);
  listing_write_description(t, out);
  buf_add_z(out, ",\"inputSchema\":");
  listing_write_schema(t, out);
  buf_add_z(out, ",\"annotations\":{\"title\":");
  json_add_string(out, t->tool->title.n ? t->tool->title : t->name);
  buf_add_char(out, ',');
  listing_write_hints(t->tool, out);
  buf_add_z(out, "}}");
}

static bool listing_is_fenced(const struct catalog_tool *t) {
  bool fenced = t->fence != NULL;
  for (size_t i = 0; i < t->choice_count; i++) fenced |= t->choices[i].fence != NULL;
  return fenced;
}

// Within a fence the tool has another schema, and of its accounts' defaults nothing is said.
struct listing_form {
  struct catalog_tool tool;
  struct tool own;
  yyjson_doc *doc; // NULL: the tool's own schema holds
};

static void listing_form(const struct catalog_tool *t, struct arena *a, struct listing_form *out) {
  *out = (struct listing_form){.tool = *t, .own = *t->tool};
  if (!listing_is_fenced(t)) return;
  out->tool.tool = &out->own;
  out->tool.fence = NULL;
  out->doc = bounded_input(t, a);
  if (!out->doc) return;
  out->own.input = yyjson_doc_get_root(out->doc);
  for (size_t i = 0; !out->tool.fence && i < t->choice_count; i++) out->tool.fence = t->choices[i].fence;
  if (!out->tool.fence) out->tool.fence = t->fence;
}

void listing_write(const struct catalog_tool *t, struct buf *out) {
  struct arena *scratch = arena_new();
  struct listing_form form;
  listing_form(t, scratch, &form);
  listing_write_tool(&form.tool, out);
  yyjson_doc_free(form.doc);
  arena_free(scratch);
}

size_t listing_needs(const struct catalog_tool *t, struct arena *a, struct str *out, size_t most) {
  struct listing_form form;
  size_t i, n, count = 0;
  yyjson_val *v;
  listing_form(t, a, &form);
  if (listing_needs_account(t) && count < most) out[count++] = STR(SHOWN_ACCOUNT);
  yyjson_arr_foreach (yyjson_obj_get(form.tool.tool->input, "required"), i, n, v)
    if (count < most && listing_is_asked_for(&form.tool, json_text(v)))
      out[count++] = arena_dup(a, json_text(v));
  yyjson_doc_free(form.doc);
  return count;
}
