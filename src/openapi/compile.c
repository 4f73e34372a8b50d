// SPDX-License-Identifier: Apache-2.0
#include "openapi/compile.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/json.h"
#include "openapi/describe.h"
#include "openapi/document.h"
#include "openapi/examples.h"
#include "openapi/fold.h"
#include "openapi/input.h"
#include "openapi/naming.h"
#include "openapi/row.h"
#include "openapi/servers.h"
#include "openapi/sources.h"
#include "openapi/text.h"
#include "openapi/tree.h"
#include "openapi/withheld.h"

enum { TOOLSET_BYTES_MOST = 256 << 20, TAGS_MOST = 16, ABOUT_MOST = 600 };
enum { COMPILE_NODES_MOST = 20 * 1000 * 1000 }; // values of all tools together: bounds the time

struct compiler {
  const struct openapi_options *o;
  struct document *doc;
  struct arena *arena;
  struct notes notes;
  struct schema_pool pool;
  struct expander expander;
  struct operation_list ops;
  struct servers servers;
  struct withheld withheld;
  struct sources sources;
  struct map words; // "METHOD /path/{}" → the connector's word
  struct openapi_result result;
  struct examples_budget examples;
  size_t nodes;
};

static void skip(struct compiler *c, struct operation *op, struct str reason) {
  op->skipped = true;
  c->result.skipped++;
  notes_add(&c->notes, OPENAPI_SKIPPED, op->key, op->at, reason);
}

// The connector's words on single operations, found whatever their path parameters are called.
static void index_words(struct compiler *c) {
  size_t i, n;
  yyjson_val *key, *word;
  EACH_MEMBER(yyjson_obj_get(c->o->word, "operations"), i, n, key, word)
  map_put(&c->words, naming_path_shape(c->arena, json_text(key)), word);
}

static void read_operation(struct compiler *c, struct operation *op) {
  struct err err;
  op->words[0] = yyjson_obj_get(op->at.value, "x-postern");
  op->words[1] = map_get(&c->words, naming_path_shape(c->arena, op->key));
  yyjson_val *unwanted = operation_word(op, "skip");
  if (yyjson_is_true(unwanted)) return skip(c, op, STR("the connector leaves it out"));
  if (!operation_read(&c->pool, op, &err) || !servers_settle(&c->servers, op, &err))
    return skip(c, op, str_of(err.text));
  withheld_drop(&c->withheld, op, &c->notes);
  input_name_arguments(op, c->o->word, c->arena);
}

static void add_tag(struct compiler *c, yyjson_mut_doc *doc, yyjson_mut_val *tags, yyjson_val *tag) {
  struct str slug = text_slug(c->arena, json_text(tag));
  if (slug.n && yyjson_mut_arr_size(tags) < TAGS_MOST) tree_list_add(doc, tags, slug);
}

static yyjson_mut_val *collect_tags(struct compiler *c, const struct operation *op, yyjson_mut_doc *doc) {
  yyjson_mut_val *tags = yyjson_mut_arr(doc);
  size_t i, n, j, m;
  yyjson_val *tag, *row;
  // The connector's first: they are few and mean the same on every tool.
  yyjson_arr_foreach (yyjson_obj_get(c->o->word, "tags"), i, n, row) {
    if (!str_glob(json_str(row, "path"), op->path)) continue;
    yyjson_arr_foreach (yyjson_obj_get(row, "add"), j, m, tag) add_tag(c, doc, tags, tag);
  }
  for (int w = 1; w >= 0; w--) {
    yyjson_arr_foreach (yyjson_obj_get(op->words[w], "tags"), i, n, tag) add_tag(c, doc, tags, tag);
  }
  yyjson_arr_foreach (yyjson_obj_get(op->at.value, "tags"), i, n, tag) add_tag(c, doc, tags, tag);
  return tags;
}

// What the document says of the first of its tags that it says anything of.
static struct str tag_about(const struct compiler *c, const struct operation *op) {
  size_t i, n, k, m;
  yyjson_val *tag, *said;
  yyjson_arr_foreach (yyjson_obj_get(op->at.value, "tags"), i, n, tag)
    yyjson_arr_foreach (yyjson_obj_get(document_root(c->doc).value, "tags"), k, m, said)
      if (str_eq(json_str(said, "name"), json_text(tag)) && json_str(said, "description").n)
        return str_cut_utf8(json_str(said, "description"), ABOUT_MOST);
  return STR_NONE;
}

static yyjson_mut_val *write_params(const struct operation *op, yyjson_mut_doc *doc) {
  yyjson_mut_val *list = yyjson_mut_arr(doc);
  for (size_t i = 0; i < op->param_count; i++) {
    const struct parameter *p = &op->params[i];
    yyjson_mut_val *row = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_strn(doc, row, "arg", p->arg.p, p->arg.n);
    yyjson_mut_obj_add_strn(doc, row, "name", p->name.p, p->name.n);
    yyjson_mut_obj_add_str(doc, row, "in", operation_in_names[p->in]);
    yyjson_mut_obj_add_str(doc, row, "style", p->style);
    yyjson_mut_obj_add_bool(doc, row, "explode", p->explode);
  }
  return list;
}

static void add_text(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, struct str text) {
  yyjson_mut_obj_add_strncpy(doc, object, key, text.p ? text.p : "", text.n);
}

static bool is_read_only(const struct operation *op) {
  yyjson_val *said = operation_word(op, "read_only");
  if (yyjson_is_bool(said)) return yyjson_get_bool(said);
  return op->reads || op->class == CLASS_LIST || op->class == CLASS_GET;
}

static void write_address(const struct operation *op, yyjson_mut_doc *doc, yyjson_mut_val *tool) {
  if (op->base_url.n) add_text(doc, tool, "base_url", op->base_url);
  if (str_eq(op->instead_of, op->base_path)) return;
  yyjson_mut_val *base = yyjson_mut_obj_add_obj(doc, tool, "base");
  add_text(doc, base, "instead_of", op->instead_of);
  add_text(doc, base, "path", op->base_path);
}

static void write_tool(struct compiler *c, const struct operation *op, const struct input *in, bool folded,
                       struct buf *out) {
  yyjson_mut_doc *doc = in->doc;
  yyjson_mut_val *tool = yyjson_mut_obj(doc);
  struct description d = {.op = op, .folded = folded, .connector = c->o->connector, .needs = in->needs};
  add_text(doc, tool, "name", op->name);
  add_text(doc, tool, "title", describe_title(op, c->arena));
  add_text(doc, tool, "description", describe_tool(&d, c->arena));
  yyjson_mut_obj_add_str(doc, tool, "class", operation_class_names[op->class]);
  yyjson_mut_obj_add_val(doc, tool, "tags", collect_tags(c, op, doc));
  add_text(doc, tool, "operation", op->key);
  add_text(doc, tool, "method", op->method);
  add_text(doc, tool, "path", op->wire);
  write_address(op, doc, tool);
  yyjson_mut_obj_add_bool(doc, tool, "read_only", is_read_only(op));
  yyjson_mut_obj_add_val(doc, tool, "params", write_params(op, doc));
  if (in->body) yyjson_mut_obj_add_val(doc, tool, "body", in->body);
  yyjson_mut_obj_add_val(doc, tool, "input", in->root);
  sources_write(&c->sources, op, in->root, doc, tool);
  add_text(doc, tool, "permission", describe_permission(op, c->arena));
  yyjson_mut_obj_add_bool(doc, tool, "deprecated", op->deprecated);
  yyjson_mut_obj_add_bool(doc, tool, "folded", folded);
  describe_paging(op, doc, tool);
  struct str columns = is_read_only(op) ? row_columns(c->doc, op, c->arena) : STR_NONE;
  struct str about = tag_about(c, op);
  if (columns.n) add_text(doc, tool, "columns", columns);
  if (about.n && is_read_only(op)) add_text(doc, tool, "about", about);
  size_t n;
  char *text = yyjson_mut_val_write(tool, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &n);
  if (c->result.tools++) buf_add_char(out, ',');
  buf_add_char(out, '\n');
  buf_add(out, str_make(text, n));
  free(text);
}

static void compile_tool(struct compiler *c, struct operation *op, struct buf *out) {
  struct err err;
  struct input in = {.doc = yyjson_mut_doc_new(NULL)};
  if (c->nodes > COMPILE_NODES_MOST) {
    skip(c, op, STR("the document unfolds to too much; this operation was not reached"));
  } else if (!input_build(&c->expander, op, &in, &err)) {
    skip(c, op, str_of(err.text));
  } else {
    c->nodes += c->expander.nodes;
    examples_check(&c->pool, op, &in, &c->examples, c->o->examples, &c->result);
    bool folded = fold_tree(in.doc, in.root, c->o->tool_bytes, c->arena) || in.cut;
    c->result.folded += folded;
    write_tool(c, op, &in, folded, out);
  }
  yyjson_mut_doc_free(in.doc);
}

static int by_name(const void *a, const void *b) {
  return str_compare((*(struct operation *const *)a)->name, (*(struct operation *const *)b)->name);
}

static void write_head(struct compiler *c, struct buf *out) {
  buf_add_z(out, "{\"toolset\":1,\"connector\":");
  json_add_string(out, c->o->connector);
  buf_add_z(out, ",\"title\":");
  json_add_string(out, json_str(yyjson_obj_get(document_root(c->doc).value, "info"), "title"));
  struct str about = json_str(yyjson_obj_get(document_root(c->doc).value, "info"), "description");
  if (about.n) buf_add_z(out, ",\"about\":");
  if (about.n) json_add_string(out, str_cut_utf8(about, ABOUT_MOST));
  buf_add_z(out, ",\"base_url\":");
  json_add_string(out, c->servers.said);
  buf_add_z(out, ",\"tools\":[");
}

static bool compile_all(struct compiler *c, struct err *err) {
  if (!operation_find_all(c->doc, c->arena, &c->notes, &c->ops, err)) return false;
  c->result.operations = c->ops.count;
  index_words(c);
  servers_init(&c->servers);
  withheld_init(&c->withheld, c->doc, c->o->word, c->arena);
  for (size_t i = 0; i < c->ops.count; i++) read_operation(c, &c->ops.items[i]);
  struct naming naming = {
      .arena = c->arena, .notes = &c->notes, .connector = c->o->connector, .names = c->o->names};
  naming_run(&naming, &c->ops, &c->result.renamed);
  sources_find(&c->sources, &c->ops, c->arena);
  struct operation **sorted = mem_array(c->ops.count + 1, sizeof(*sorted));
  size_t count = 0;
  for (size_t i = 0; i < c->ops.count; i++)
    if (!c->ops.items[i].skipped) sorted[count++] = &c->ops.items[i];
  if (count) qsort(sorted, count, sizeof(*sorted), by_name);
  struct buf out = BUF_MAX(TOOLSET_BYTES_MOST);
  write_head(c, &out);
  for (size_t i = 0; i < count; i++) compile_tool(c, sorted[i], &out);
  buf_add_z(&out, "\n]}\n");
  mem_free(sorted);
  bool ok = !out.full || err_set(err, ERR_LIMIT, "the tools take more than %d MiB", TOOLSET_BYTES_MOST >> 20);
  if (ok) c->result.toolset = arena_dup(c->arena, buf_str(&out));
  buf_free(&out);
  return ok;
}

static bool compile_document(struct document *d, const struct openapi_options *o, struct arena *a,
                             struct openapi_result *out, struct err *err) {
  struct compiler c = {.o = o, .doc = d, .arena = a, .notes = {.arena = a}, .examples = {EXAMPLES_WORK_MOST}};
  c.servers = (struct servers){
      .doc = d, .arena = a, .base = o->base_url, .origins = o->origins, .origin_count = o->origin_count};
  openapi_pool_init(&c.pool, d, a, &c.notes);
  expander_init(&c.expander, &c.pool);
  bool ok = compile_all(&c, err);
  notes_finish(&c.notes, &c.result);
  withheld_free(&c.withheld);
  sources_free(&c.sources);
  expander_free(&c.expander);
  openapi_pool_free(&c.pool);
  map_free(&c.words);
  document_close(d);
  if (ok) *out = c.result;
  return ok;
}

bool openapi_compile_file(const char *path, const struct openapi_options *o, struct arena *a,
                          struct openapi_result *out, struct err *err) {
  struct document *d;
  return document_open(path, o->root, a, &d, err) && compile_document(d, o, a, out, err);
}

bool openapi_compile_text(struct str text, const struct openapi_options *o, struct arena *a,
                          struct openapi_result *out, struct err *err) {
  struct document *d;
  return document_parse(text, a, &d, err) && compile_document(d, o, a, out, err);
}
