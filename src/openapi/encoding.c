// SPDX-License-Identifier: Apache-2.0
#include "openapi/encoding.h"

#include "data/json.h"
#include "openapi/text.h"
#include "openapi/tree.h"

enum { IN_PLACE_DEPTH_MOST = 16 };

// ---- style, explode, allowReserved, contentType

// Of several the first that is one type and no range.
static struct str first_type(struct str types) {
  struct str one;
  while (str_cut(&types, ',', &one)) {
    one = str_trim(one);
    if (one.n && !str_contains(one, STR("*"))) return one;
  }
  return STR_NONE;
}

static void write_style(yyjson_mut_doc *doc, yyjson_mut_val *row, struct str style, bool explode,
                        bool reserved) {
  yyjson_mut_obj_add_strncpy(doc, row, "style", style.p, style.n);
  yyjson_mut_obj_add_bool(doc, row, "explode", explode);
  if (reserved) yyjson_mut_obj_add_bool(doc, row, "reserved", true);
}

// OpenAPI 3.1 §4.8.15.1: where one of the three is said, contentType is not looked at.
static yyjson_mut_val *write_one(yyjson_val *said, yyjson_mut_doc *doc) {
  static const char *const styles[] = {"form", "spaceDelimited", "pipeDelimited", "deepObject"};
  yyjson_mut_val *row = yyjson_mut_obj(doc);
  struct str style = json_str(said, "style"), type = first_type(json_str(said, "contentType"));
  bool known = false;
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) known |= str_is(style, styles[i]);
  if (!known) style = STR("form");
  if (known || yyjson_obj_get(said, "explode") || yyjson_obj_get(said, "allowReserved"))
    write_style(doc, row, style, json_bool(said, "explode", str_is(style, "form")),
                json_bool(said, "allowReserved", false));
  else if (type.n)
    yyjson_mut_obj_add_strncpy(doc, row, "type", type.p, type.n);
  return row;
}

static void write_media(const struct operation *op, yyjson_mut_doc *doc, yyjson_mut_val *all) {
  size_t i, n;
  yyjson_val *property, *said;
  EACH_MEMBER(yyjson_obj_get(op->body.media.value, "encoding"), i, n, property, said) {
    if (i == PARAMETERS_MOST) return; // each is looked for with each call
    yyjson_mut_val *row = write_one(said, doc);
    if (yyjson_mut_obj_size(row)) tree_set(doc, all, json_text(property), row);
  }
}

// 2.0: lists are joined by commas unless `multi` repeats the name.
static void write_fields(const struct operation *op, yyjson_mut_doc *doc, yyjson_mut_val *all) {
  for (size_t i = 0; i < op->body.field_count; i++) {
    const struct parameter *f = &op->body.fields[i];
    struct str format = json_str(f->at.value, "collectionFormat");
    if (!str_is(json_str(f->at.value, "type"), "array") || str_is(format, "multi")) continue;
    yyjson_mut_val *row = yyjson_mut_obj(doc);
    write_style(doc, row,
                str_is(format, "pipes")                          ? STR("pipeDelimited")
                : str_is(format, "ssv") || str_is(format, "tsv") ? STR("spaceDelimited")
                                                                 : STR("form"),
                false, false);
    tree_set(doc, all, f->name, row);
  }
}

// ---- files

static bool is_string(yyjson_mut_val *schema) {
  yyjson_mut_val *type = yyjson_mut_obj_get(schema, "type");
  return !type || str_is(tree_text(type), "string") || tree_list_has(type, STR("string"));
}

static bool is_bytes(struct str media) {
  static const char *const kinds[] = {"image/*",  "audio/*",         "video/*",           "font/*",
                                      "model/*",  "*/octet-stream*", "application/pdf*",  "application/*zip*",
                                      "*/x-tar*", "*/vnd.ms-*",      "*/*officedocument*"};
  if (str_contains(media, STR("xml"))) return false; // image/svg+xml
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (str_glob(str_of(kinds[i]), media)) return true;
  return false;
}

// Bytes by their format or their media type.
static bool is_file(yyjson_mut_val *schema) {
  struct str media = tree_text(yyjson_mut_obj_get(schema, "contentMediaType"));
  if (!yyjson_mut_is_obj(schema) || !is_string(schema)) return false;
  if (str_is(tree_text(yyjson_mut_obj_get(schema, "format")), "binary")) return true;
  return is_bytes(media);
}

void encoding_mark_file(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  yyjson_mut_val *items = yyjson_mut_obj_get(schema, "items");
  if (items) schema = items;
  if (!is_file(schema) || yyjson_mut_obj_get(schema, "contentEncoding")) return;
  yyjson_mut_obj_add_str(doc, schema, "contentEncoding", "base64");
  struct buf said = BUF_MAX(2 * OPENAPI_POOL_DESCRIPTION_MOST);
  text_add_sentence(&said, tree_text(yyjson_mut_obj_get(schema, "description")));
  text_add_sentence(&said, STR("The file's bytes, in base64"));
  tree_set(doc, schema, STR("description"), yyjson_mut_strncpy(doc, said.p, said.n));
  buf_free(&said);
}

struct marker {
  yyjson_mut_doc *doc;
  unsigned depth;
};

static void mark_files(yyjson_mut_val *schema, struct marker *m);

static void mark_part(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct marker *m = arg;
  if (!tree_in_place(keyword) || m->depth == IN_PLACE_DEPTH_MOST) return;
  m->depth++;
  mark_files(child, m);
  m->depth--;
}

static void mark_files(yyjson_mut_val *schema, struct marker *m) {
  size_t i, n;
  yyjson_mut_val *name, *v;
  yyjson_mut_obj_foreach (yyjson_mut_obj_get(schema, "properties"), i, n, name, v)
    encoding_mark_file(m->doc, v);
  tree_each(schema, mark_part, m);
}

void encoding_write(const struct operation *op, yyjson_mut_val *schema, yyjson_mut_doc *doc,
                    yyjson_mut_val *body) {
  enum body_kind kind = op->body.kind;
  if (kind != BODY_FORM && kind != BODY_MULTIPART) return;
  yyjson_mut_val *all = yyjson_mut_obj(doc);
  write_media(op, doc, all);
  write_fields(op, doc, all);
  if (kind == BODY_MULTIPART) mark_files(schema, &(struct marker){.doc = doc});
  if (yyjson_mut_obj_size(all)) yyjson_mut_obj_add_val(doc, body, "encoding", all);
}
