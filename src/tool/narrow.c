// SPDX-License-Identifier: Apache-2.0
#include "tool/narrow.h"

#include "base/codec.h"
#include "data/json.h"

// ---- names

// "Zone-Id", "zone%5Fid" → zoneid; of a long name its end.
static size_t narrow_fold(struct str name, char out[NARROW_FOLDED_MOST]) {
  size_t n = 0;
  if (name.n > NARROW_FOLDED_MOST) name = str_from(name, name.n - NARROW_FOLDED_MOST);
  for (size_t i = 0; i < name.n; i++) {
    unsigned char c = (unsigned char)name.p[i];
    if (c == '%' && i + 2 < name.n && codec_unhex(str_make(name.p + i + 1, 2), &c, 1)) i += 2;
    if (c >= 'A' && c <= 'Z') c |= 0x20;
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) continue;
    out[n++] = (char)c;
  }
  return n;
}

// A name of several words counts at the end of others too: "X-Zone-Id", "targetZoneId"; one word alone does not, or
// "timezone" were a zone.
static bool narrow_is_called(struct str folded, struct str called) {
  char other[NARROW_FOLDED_MOST];
  struct str as = str_make(other, narrow_fold(called, other));
  bool words = str_find(called, '_') > 0 && as.n && as.n < folded.n;
  return str_eq(folded, as) || (words && str_eq(str_from(folded, folded.n - as.n), as));
}

static bool narrow_is_word(const struct connector_fence *word, struct str name) {
  char one[NARROW_FOLDED_MOST];
  struct str folded = str_make(one, narrow_fold(name, one));
  if (!folded.n) return false;
  if (narrow_is_called(folded, word->key)) return true;
  for (size_t i = 0; i < word->name_count; i++)
    if (narrow_is_called(folded, word->names[i])) return true;
  return false;
}

bool narrow_is_named(const struct connector_fence *word, struct str name) {
  if (narrow_is_word(word, name)) return true;
  for (size_t i = 0, from = 0; i <= name.n; i++) {
    if (i < name.n && !strchr(".[]", name.p[i])) continue;
    if (i > from && narrow_is_word(word, str_make(name.p + from, i - from))) return true;
    from = i + 1;
  }
  return false;
}

// Raw GraphQL asks for whatever it likes, also where its path is narrowed.
static bool narrow_is_graphql(struct str text) {
  char out[512];
  size_t n = 0;
  for (size_t i = 0; i < text.n && n < sizeof out; i++) {
    char c = text.p[i];
    if (c != '-' && c != '_') out[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
  }
  return str_contains(str_make(out, n), STR("graphql"));
}

// ---- what the connector says

static bool narrow_is_outside(const struct connector *c, const struct connector_fence *word,
                              struct str tool) {
  for (; word; word = connector_fence_above(c, word))
    for (size_t i = 0; i < word->outside_count; i++)
      if (str_glob(word->outside[i], tool)) return true;
  return false;
}

static bool narrow_is_within(const struct connector *c, const struct connector_fence *word,
                             const struct connector_fence *above) {
  for (; word; word = connector_fence_above(c, word))
    if (word == above) return true;
  return false;
}

// ---- arguments

static yyjson_val *narrow_schema(const struct tool *t, struct str arg) {
  return yyjson_obj_getn(yyjson_obj_get(t->input, "properties"), arg.p ? arg.p : "", arg.n);
}

static struct str narrow_type_of(yyjson_val *schema) {
  yyjson_val *type = yyjson_obj_get(schema, "type"), *one;
  size_t i, n;
  if (!yyjson_is_arr(type)) return json_text(type);
  yyjson_arr_foreach (type, i, n, one)
    if (!yyjson_equals_str(one, "null")) return json_text(one);
  return STR_NONE;
}

struct str narrow_type(const struct tool *t, struct str arg) {
  return narrow_type_of(narrow_schema(t, arg));
}

struct str narrow_item_type(const struct tool *t, struct str arg) {
  return narrow_type_of(yyjson_obj_get(narrow_schema(t, arg), "items"));
}

static struct narrow_arg *narrow_add(struct narrow *n, struct str arg, const struct fence_key *key) {
  for (size_t i = 0; i < n->count; i++)
    if (str_eq(n->args[i].arg, arg)) return &n->args[i];
  if (n->count == NARROW_ARGS_MOST) return NULL;
  struct narrow_arg *to = &n->args[n->count++];
  *to = (struct narrow_arg){.arg = arg, .key = key, .list = str_is(narrow_type(n->about.tool, arg), "array")};
  return to;
}

static const struct tool_param *narrow_path_param(const struct tool *t, struct str name) {
  for (size_t i = 0; i < t->param_count; i++)
    if (t->params[i].in == TOOL_IN_PATH && str_eq(t->params[i].name, name)) return &t->params[i];
  return NULL;
}

// The parameter that is this whole segment of the path; NULL: none. One that may hold slashes is none.
static const struct tool_param *narrow_segment(const struct tool *t, struct str segment) {
  bool whole = segment.n > 2 && segment.p[0] == '{' && str_find(segment, '}') == (ptrdiff_t)segment.n - 1;
  const struct tool_param *p = whole ? narrow_path_param(t, str_make(segment.p + 1, segment.n - 2)) : NULL;
  return p && p->style == TOOL_SIMPLE ? p : NULL;
}

static bool narrow_has_open_segment(const struct tool *t) {
  for (size_t i = 0; i < t->param_count; i++)
    if (t->params[i].in == TOOL_IN_PATH && t->params[i].style == TOOL_RESERVED) return true;
  return false;
}

static bool narrow_is_at(const struct connector_fence *word, struct str before) {
  for (size_t i = 0; i < word->path_count; i++)
    if (str_eq(str_make(word->paths[i].p, word->paths[i].n - 1), before)) return true;
  return false;
}

// By the path: its parameters that are named so, and what stands where the connector says. The place before a parameter
// that takes slashes is sure; behind it nothing is.
static bool narrow_by_path(struct narrow *n, const struct connector_fence *word,
                           const struct fence_key *key) {
  const struct tool *t = n->about.tool;
  struct str path = t->path, query, rest, segment;
  bool any = false, open = narrow_has_open_segment(t);
  query = path;
  str_cut(&query, '?', &path);
  rest = path;
  while (str_cut(&rest, '/', &segment)) {
    const struct tool_param *p = narrow_segment(t, segment);
    if (!p && str_find(segment, '{') >= 0 && open) return any;
    if (!p) continue;
    struct str before = str_make(path.p, (size_t)(segment.p - path.p));
    if (!narrow_is_at(word, before) && !narrow_is_named(word, p->name) && !narrow_is_named(word, p->arg))
      continue;
    struct narrow_arg *held = narrow_add(n, p->arg, key);
    if (!held) return false;
    any = held->narrows = true;
  }
  return any;
}

static bool narrow_names_any(const struct tool *t, const struct connector_fence *word) {
  size_t i, n;
  yyjson_val *name, *schema;
  for (i = 0; i < t->param_count; i++)
    if (narrow_is_named(word, t->params[i].name)) return true;
  yyjson_obj_foreach (yyjson_obj_get(t->input, "properties"), i, n, name, schema)
    if (narrow_is_named(word, json_text(name))) return true;
  return false;
}

// All other arguments that name the key: what they hold is judged, though it narrows nothing.
static bool narrow_hold_others(struct narrow *n, const struct connector_fence *word,
                               const struct fence_key *key) {
  const struct tool *t = n->about.tool;
  size_t i, count;
  yyjson_val *name, *schema;
  for (i = 0; i < t->param_count; i++)
    if (narrow_is_named(word, t->params[i].name) && !narrow_add(n, t->params[i].arg, key)) return false;
  yyjson_obj_foreach (yyjson_obj_get(t->input, "properties"), i, count, name, schema)
    if (narrow_is_named(word, json_text(name)) && !narrow_add(n, json_text(name), key)) return false;
  return true;
}

// A vendor's MCP server may be told the value in a header, by the account's default (connector_context.header).
static const struct connector_context *narrow_header(const struct narrow_about *about, struct str key) {
  for (size_t i = 0; i < about->connector->context_count; i++)
    if (about->connector->contexts[i].header.n && str_eq(about->connector->contexts[i].name, key))
      return &about->connector->contexts[i];
  return NULL;
}

static struct str narrow_context(const struct narrow_about *about, struct str key) {
  return json_text(yyjson_obj_getn(about->context, key.p ? key.p : "", key.n));
}

// By the first of the connector's words on this tool whose argument it takes, else by the header.
static bool narrow_by_argument(struct narrow *n, const struct connector_fence *word,
                               const struct fence_key *key) {
  const struct narrow_about *about = &n->about;
  struct str sent = narrow_header(about, word->key) ? narrow_context(about, word->key) : STR_NONE,
             by = STR_NONE;
  bool spoken = false;
  for (size_t i = 0; i < word->narrow_count && !by.n; i++) {
    if (!str_glob(word->narrows[i].glob, about->tool->name)) continue;
    spoken = true;
    if (narrow_schema(about->tool, word->narrows[i].by)) by = word->narrows[i].by;
  }
  if (!spoken || (sent.n && !fence_has(key, sent))) return false;
  if (!by.n) return sent.n > 0;
  struct narrow_arg *held = narrow_add(n, by, key);
  if (held) held->narrows = true;
  return held != NULL;
}

// ---- the whole

static bool narrow_by_key(struct narrow *n, const struct connector_fence *word, const struct fence_key *key) {
  bool path = n->about.tool->kind == TOOL_REST && narrow_by_path(n, word, key);
  bool argument = narrow_by_argument(n, word, key);
  return path || argument;
}

// A key above a fenced one that is not fenced itself, and that the tool could be told: it reaches beyond the fence.
static bool narrow_is_open_above(const struct narrow *n, const struct connector_fence *word) {
  const struct connector *c = n->about.connector;
  for (word = connector_fence_above(c, word); word; word = connector_fence_above(c, word))
    if (!fence_key_of(n->about.fence, word->key) && narrow_names_any(n->about.tool, word)) return true;
  return false;
}

// Nothing of the key is touched; or it is narrowed, or one within it is; and every argument that names it is held.
static bool narrow_is_held(struct narrow *n, const struct fence_key *key, const bool *by) {
  const struct connector *c = n->about.connector;
  const struct fence *f = n->about.fence;
  const struct connector_fence *word = connector_fence_find(c, key->key);
  bool held = false;
  if (!word || narrow_is_graphql(n->about.tool->path)) return false;
  if (narrow_is_outside(c, word, n->about.tool->name)) return narrow_hold_others(n, word, key);
  for (size_t i = 0; i < f->count; i++)
    held |= by[i] && narrow_is_within(c, connector_fence_find(c, f->keys[i].key), word);
  return held && !narrow_is_open_above(n, word) && narrow_hold_others(n, word, key);
}

bool narrow_tool(const struct narrow_about *about, struct narrow *out) {
  const struct fence *f = about->fence;
  struct narrow n = {.about = *about};
  bool by[FENCE_KEYS_MOST] = {false};
  for (size_t i = 0; i < f->count; i++) {
    const struct connector_fence *word = connector_fence_find(about->connector, f->keys[i].key);
    by[i] = word && narrow_by_key(&n, word, &f->keys[i]);
  }
  for (size_t i = 0; i < f->count && !n.why.n; i++)
    if (!narrow_is_held(&n, &f->keys[i], by)) n.why = f->keys[i].key;
  *out = n;
  return !n.why.n;
}

const struct narrow_arg *narrow_arg_of(const struct narrow *n, struct str arg) {
  for (size_t i = 0; i < n->count; i++)
    if (str_eq(n->args[i].arg, arg)) return &n->args[i];
  return NULL;
}

yyjson_val *narrow_default(const struct narrow *n, const struct narrow_arg *arg) {
  yyjson_val *v = yyjson_obj_getn(n->about.context, arg->arg.p, arg->arg.n);
  return v && fence_has(arg->key, json_text(v)) ? v : NULL;
}

void narrow_others(const struct fence *f, const struct connector *c, bool *prompts, bool *resources) {
  *prompts = *resources = true;
  for (size_t i = 0; i < f->count; i++) {
    const struct connector_fence *word = connector_fence_find(c, f->keys[i].key);
    *prompts &= word && word->prompts;
    *resources &= word && word->resources;
  }
}
