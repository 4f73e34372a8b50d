// SPDX-License-Identifier: Apache-2.0
#include "openapi/bundle.h"

#include "data/json.h"

#define BUNDLE_KEY "x-postern-files"

struct bundle {
  struct document *doc;
  struct arena *arena;
  struct buf *out;
  struct document_file *file;
  size_t index; // of the file
  unsigned line;
};

// Line ends until the value stands where it stood.
static void bundle_to_line(struct bundle *b, yyjson_val *v) {
  unsigned line = b->index ? 0 : document_line((struct place){v, b->file});
  for (; b->line < line; b->line++) buf_add_char(b->out, '\n');
}

// "ops/a.yaml#/x" → "#/x-postern-files/3/x". What leads nowhere stays, for the compiler to say so.
static struct str bundle_reference(struct bundle *b, struct str ref) {
  struct document_file *file;
  struct str fragment;
  struct err none;
  if (!document_find(b->doc, b->file, ref, &file, &fragment, &none)) return ref;
  size_t index = document_file_index(file);
  if (!index) return ARENA_JOIN(b->arena, STR("#"), fragment);
  return arena_printf(b->arena, "#/" BUNDLE_KEY "/%zu%.*s", index, STR_ARG(fragment));
}

static bool bundle_names_file(struct str s) {
  static const char *const ends[] = {".json", ".yaml", ".yml"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (str_ends(s, ends[i])) return true;
  return str_find(s, '#') >= 0;
}

static void bundle_value(struct bundle *b, yyjson_val *v, struct str key);

// `mapping` of a discriminator has references for values, among them bare names.
static void bundle_member(struct bundle *b, struct str in, yyjson_val *key, yyjson_val *v) {
  struct str name = json_text(key);
  bool reference = str_is(name, "$ref") || (str_is(in, "mapping") && bundle_names_file(json_text(v)));
  bundle_to_line(b, key);
  json_add_string(b->out, name);
  buf_add_char(b->out, ':');
  if (reference && yyjson_is_str(v))
    json_add_string(b->out, bundle_reference(b, json_text(v)));
  else
    bundle_value(b, v, name);
}

// As deep as a document may be: data/yaml holds it.
static void bundle_value(struct bundle *b, yyjson_val *v, struct str key) {
  size_t i, n;
  yyjson_val *name, *item;
  bundle_to_line(b, v);
  if (yyjson_is_obj(v)) {
    buf_add_char(b->out, '{');
    yyjson_obj_foreach (v, i, n, name, item) {
      if (i) buf_add_char(b->out, ',');
      bundle_member(b, key, name, item);
    }
    buf_add_char(b->out, '}');
  } else if (yyjson_is_arr(v)) {
    buf_add_char(b->out, '[');
    yyjson_arr_foreach (v, i, n, item) {
      if (i) buf_add_char(b->out, ',');
      bundle_value(b, item, STR_NONE);
    }
    buf_add_char(b->out, ']');
  } else {
    json_write(b->out, v);
  }
}

static void bundle_file(struct bundle *b, size_t i) {
  struct place root = document_file_root(b->doc, i);
  b->file = root.file;
  b->index = i;
  bundle_value(b, root.value, STR_NONE);
}

bool bundle_write(struct document *d, struct arena *a, struct buf *out, struct err *err) {
  struct bundle b = {.doc = d, .arena = a, .out = out, .line = 1};
  bundle_file(&b, 0);
  // Writing one may name others.
  for (size_t i = 1; i < document_file_count(d) && !out->full; i++) {
    if (i == 1) {
      out->n--; // the last brace, behind which they stand
      buf_add_z(out, ",\"" BUNDLE_KEY "\":{");
    }
    buf_printf(out, "%s\"%zu\":", i > 1 ? "," : "", i);
    bundle_file(&b, i);
  }
  if (document_file_count(d) > 1) buf_add_z(out, "}}");
  return !out->full || err_set(err, ERR_LIMIT, "the document is larger than %zu MiB", out->max >> 20);
}
