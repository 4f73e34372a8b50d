// SPDX-License-Identifier: Apache-2.0
#include "tool/tool.h"

#include "base/codec.h"
#include "base/mem.h"
#include "data/json.h"

enum { TOOLSET_VERSION = 1, TOOLSET_TOOLS_MOST = 100000 };

const char *const tool_class_names[TOOL_CLASSES] = {"list", "get", "create", "update", "delete", "custom"};
const char *const tool_trust_names[] = {"allow", "review", "deny"};
static const char *const tool_in_names[] = {"path", "query", "header", "cookie"};
static const char *const tool_style_names[] = {
    "form", "simple", "spaceDelimited", "pipeDelimited", "deepObject", "label", "matrix", "json", "reserved"};
static const char *const tool_body_names[] = {"none", "json", "form", "multipart", "text", "binary"};
#define COUNT(table) (sizeof(table) / sizeof *(table))

// Where in a table of names `s` stands; `count` where it does not.
static size_t tool_index(const char *const *table, size_t count, struct str s) {
  size_t i = 0;
  while (i < count && !str_is(s, table[i])) i++;
  return i;
}

// ---- one member at a time; each says what is wrong in terms of the stored text

static bool tool_bad(struct err *err, const char *member) {
  return err_at(err, ERR_INTERNAL, member,
                "the stored toolset is damaged: \"%s\" is missing or of a wrong kind", member);
}

static bool tool_read_text(yyjson_val *o, const char *member, bool needed, struct str *out, struct err *err) {
  yyjson_val *v = yyjson_obj_get(o, member);
  if (!v && !needed) return true;
  if (!yyjson_is_str(v) || (needed && yyjson_get_len(v) == 0)) return tool_bad(err, member);
  *out = json_text(v);
  return true;
}

static bool tool_read_bool(yyjson_val *o, const char *member, bool *out, struct err *err) {
  yyjson_val *v = yyjson_obj_get(o, member);
  if (v && !yyjson_is_bool(v)) return tool_bad(err, member);
  *out = yyjson_get_bool(v);
  return true;
}

static bool tool_read_name(yyjson_val *o, const char *member, const char *const *table, size_t count,
                           size_t *out, struct err *err) {
  size_t i = tool_index(table, count, json_str(o, member));
  if (i == count) return tool_bad(err, member);
  *out = i;
  return true;
}

// An object whose members are all texts; absent is NULL.
static bool tool_read_texts(yyjson_val *o, const char *member, yyjson_val **out, struct err *err) {
  yyjson_val *v = yyjson_obj_get(o, member), *key;
  if (!v) return true;
  if (!yyjson_is_obj(v)) return tool_bad(err, member);
  yyjson_obj_iter it = yyjson_obj_iter_with(v);
  while ((key = yyjson_obj_iter_next(&it)))
    if (!yyjson_is_str(yyjson_obj_iter_get_val(key))) return tool_bad(err, member);
  if (yyjson_obj_size(v)) *out = v;
  return true;
}

static bool tool_read_tags(yyjson_val *o, struct arena *a, struct tool *t, struct err *err) {
  yyjson_val *tags = yyjson_obj_get(o, "tags"), *v;
  size_t i, n;
  if (!tags) return true;
  if (!yyjson_is_arr(tags)) return tool_bad(err, "tags");
  t->tags = ARENA_ARRAY(a, yyjson_arr_size(tags), struct str);
  yyjson_arr_foreach (tags, i, n, v) {
    if (!yyjson_is_str(v)) return tool_bad(err, "tags");
    t->tags[t->tag_count++] = json_text(v);
  }
  return true;
}

static bool tool_read_params(yyjson_val *o, struct arena *a, struct tool *t, struct err *err) {
  yyjson_val *params = yyjson_obj_get(o, "params"), *v;
  size_t i, n, in = 0, style = 0;
  if (!params) return true;
  if (!yyjson_is_arr(params)) return tool_bad(err, "params");
  t->params = ARENA_ARRAY(a, yyjson_arr_size(params), struct tool_param);
  yyjson_arr_foreach (params, i, n, v) {
    struct tool_param *p = &t->params[t->param_count++];
    if (!tool_read_text(v, "arg", true, &p->arg, err) || !tool_read_text(v, "name", true, &p->name, err) ||
        !tool_read_name(v, "in", tool_in_names, COUNT(tool_in_names), &in, err) ||
        !tool_read_name(v, "style", tool_style_names, COUNT(tool_style_names), &style, err) ||
        !tool_read_bool(v, "explode", &p->explode, err))
      return false;
    p->in = (enum tool_in)in;
    p->style = (enum tool_style)style;
  }
  return true;
}

static bool tool_read_body(yyjson_val *o, struct arena *a, struct tool *t, struct err *err) {
  yyjson_val *body = yyjson_obj_get(o, "body"), *args = yyjson_obj_get(body, "args"), *v;
  size_t i, n, kind = 0;
  if (!body) return true;
  if (!yyjson_is_obj(body)) return tool_bad(err, "body");
  if (!tool_read_name(body, "kind", tool_body_names, COUNT(tool_body_names), &kind, err) ||
      !tool_read_text(body, "type", false, &t->body_type, err) ||
      !tool_read_text(body, "whole", false, &t->body_whole, err) ||
      !tool_read_bool(body, "required", &t->body_required, err) ||
      !tool_read_bool(body, "open", &t->body_open, err))
    return false;
  t->body = (enum tool_body_kind)kind;
  t->body_encoding = yyjson_obj_get(body, "encoding");
  if (t->body_encoding && !yyjson_is_obj(t->body_encoding)) return tool_bad(err, "encoding");
  if (!args) return true;
  if (!yyjson_is_arr(args)) return tool_bad(err, "args");
  t->body_args = ARENA_ARRAY(a, yyjson_arr_size(args), struct tool_body_arg);
  yyjson_arr_foreach (args, i, n, v) {
    yyjson_val *arg = yyjson_arr_get(v, 0), *property = yyjson_arr_get(v, 1);
    if (!yyjson_is_str(arg) || !yyjson_is_str(property)) return tool_bad(err, "args");
    t->body_args[t->body_arg_count++] = (struct tool_body_arg){json_text(arg), json_text(property)};
  }
  return true;
}

// Any method that a document may have (OpenAPI 3.2 §4.9.1), but what makes a tunnel.
static bool tool_read_method(yyjson_val *o, struct tool *t, struct err *err) {
  if (!tool_read_text(o, "method", true, &t->method, err)) return false;
  return (codec_is_token(t->method) && !str_is_nocase(t->method, "CONNECT")) || tool_bad(err, "method");
}

static bool tool_read_address(yyjson_val *o, struct tool *t, struct err *err) {
  yyjson_val *base = yyjson_obj_get(o, "base");
  if (!tool_read_text(o, "base_url", false, &t->base_url, err)) return false;
  if (t->base_url.n && !str_starts(t->base_url, "https://") && !str_starts(t->base_url, "http://"))
    return tool_bad(err, "base_url");
  if (!base) return true;
  if (!tool_read_text(base, "instead_of", false, &t->instead_of, err) ||
      !tool_read_text(base, "path", false, &t->base_path, err))
    return false;
  return !t->base_path.n || t->base_path.p[0] == '/' || tool_bad(err, "base");
}

static bool tool_read(yyjson_val *o, struct arena *a, struct tool *t, struct err *err) {
  size_t class = 0;
  t->served = true; // its class is known from the HTTP method
  if (!tool_read_text(o, "name", true, &t->name, err) || !tool_read_text(o, "title", false, &t->title, err) ||
      !tool_read_text(o, "description", false, &t->description, err) ||
      !tool_read_text(o, "operation", false, &t->operation, err) || !tool_read_method(o, t, err) ||
      !tool_read_text(o, "path", true, &t->path, err) || !tool_read_address(o, t, err) ||
      !tool_read_text(o, "permission", false, &t->permission, err) ||
      !tool_read_text(o, "columns", false, &t->columns, err) ||
      !tool_read_text(o, "about", false, &t->about, err) ||
      !tool_read_name(o, "class", tool_class_names, TOOL_CLASSES, &class, err) ||
      !tool_read_bool(o, "read_only", &t->read_only, err) ||
      !tool_read_bool(o, "deprecated", &t->deprecated, err) ||
      !tool_read_texts(o, "sources", &t->sources, err) || !tool_read_texts(o, "paging", &t->paging, err) ||
      !tool_read_tags(o, a, t, err) || !tool_read_params(o, a, t, err) || !tool_read_body(o, a, t, err))
    return false;
  t->class = (enum tool_class) class;
  if (t->path.p[0] != '/') return tool_bad(err, "path");
  t->input = yyjson_obj_get(o, "input");
  if (!yyjson_is_obj(t->input)) return tool_bad(err, "input");
  return true;
}

// ---- the whole

static bool toolset_fill(struct toolset *s, struct err *err) {
  yyjson_val *root = yyjson_doc_get_root(s->doc), *tools = yyjson_obj_get(root, "tools"), *v;
  if (json_int(root, "toolset", 0) != TOOLSET_VERSION) return tool_bad(err, "toolset");
  if (!tool_read_text(root, "connector", true, &s->connector, err) ||
      !tool_read_text(root, "base_url", false, &s->base_url, err) ||
      !tool_read_text(root, "about", false, &s->about, err))
    return false;
  if (!yyjson_is_arr(tools) || yyjson_arr_size(tools) > TOOLSET_TOOLS_MOST) return tool_bad(err, "tools");
  s->tools = ARENA_ARRAY(s->arena, yyjson_arr_size(tools), struct tool);
  size_t i, n;
  yyjson_arr_foreach (tools, i, n, v) {
    struct tool *t = &s->tools[s->count];
    if (!tool_read(v, s->arena, t, err)) return err_wrap(err, "tool %zu", i);
    if (map_get(&s->by_name, t->name))
      return err_at(err, ERR_INTERNAL, "name", "the stored toolset is damaged: two tools are named %.*s",
                    STR_ARG(t->name));
    map_put(&s->by_name, t->name, t);
    s->count++;
  }
  return true;
}

bool toolset_read(struct str text, struct toolset **out, struct err *err) {
  struct toolset *s = MEM_NEW(struct toolset);
  atomic_init(&s->refs, 1);
  s->arena = arena_new();
  // Parsed where it lies: texts stay in this copy, and only the nodes are allocated.
  char *copy = arena_alloc(s->arena, text.n + YYJSON_PADDING_SIZE);
  if (text.n) memcpy(copy, text.p, text.n);
  yyjson_read_err e = {0};
  s->doc = yyjson_read_opts(copy, text.n, YYJSON_READ_INSITU, NULL, &e);
  bool ok = s->doc
                ? toolset_fill(s, err)
                : err_set(err, ERR_INTERNAL, "the stored toolset is damaged: %s at byte %zu", e.msg, e.pos);
  if (!ok) {
    toolset_unref(s);
    return false;
  }
  *out = s;
  return true;
}

struct toolset *toolset_ref(struct toolset *t) {
  atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
  return t;
}

void toolset_unref(struct toolset *t) {
  if (!t || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) return;
  map_free(&t->by_name);
  index_free(t->index);
  yyjson_doc_free(t->doc);
  arena_free(t->arena);
  mem_free(t);
}
