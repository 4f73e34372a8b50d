// SPDX-License-Identifier: Apache-2.0
// A YAML text becomes JSON text with one line number a value, and yyjson reads that: its values stand
// in one array in the order of the text, so the line of a value is found by its index.
#include "data/yaml.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/json.h"
#include "data/yaml_compose.h"

enum { YAML_BACK_MOST = 4096 };

struct yaml_doc {
  yyjson_doc *doc;
  char *text;      // what the document's strings point into, where it was YAML
  uint32_t *lines; // YAML: the line of each value. JSON: the offset of each line's end
  size_t count;
};

static bool yaml_from_yaml(struct str text, struct yaml_doc *y, struct err *err) {
  struct yaml_json json;
  if (!yaml_compose(text, &json, err)) return false;
  yyjson_read_err why;
  y->doc = yyjson_read_opts(json.text, json.n, YYJSON_READ_INSITU, NULL, &why);
  if (!y->doc) abort(); // we wrote that text
  assert(yyjson_doc_get_val_count(y->doc) == json.count);
  y->text = json.text;
  y->lines = json.lines;
  y->count = json.count;
  return true;
}

static bool yaml_from_json(struct str text, struct yaml_doc *y, struct err *err) {
  const struct json_limits limits = {.depth = YAML_DEPTH_MOST, .nodes = YAML_NODES_MOST};
  if (!json_read(text, &limits, &y->doc, err)) return false;
  size_t cap = 0;
  for (const char *p = text.p, *end = text.p + text.n; (p = memchr(p, '\n', (size_t)(end - p))); p++) {
    if (y->count == cap) y->lines = mem_resize(y->lines, (cap = cap ? cap * 2 : 64) * sizeof *y->lines);
    y->lines[y->count++] = (uint32_t)(p - text.p);
  }
  return true;
}

static bool yaml_looks_like_json(struct str text) {
  struct str s = str_trim(text);
  return s.n && (s.p[0] == '{' || s.p[0] == '[');
}

bool yaml_read(struct str text, struct yaml_doc **out, struct err *err) {
  if (str_starts(text, "\xef\xbb\xbf")) text = str_from(text, 3); // a byte order mark
  if (text.n > YAML_INPUT_MOST)
    return err_set(err, ERR_LIMIT, "the document has %zu bytes, at most %d are accepted", text.n,
                   YAML_INPUT_MOST);
  struct yaml_doc y = {0};
  struct err other;
  bool json = yaml_looks_like_json(text);
  // YAML's flow style also starts with a brace. Where neither reads it, what JSON says is to the point.
  if (!(json && yaml_from_json(text, &y, err))) {
    if (json && err->code == ERR_LIMIT) return false;
    if (!yaml_from_yaml(text, &y, json ? &other : err)) return false;
  }
  *out = MEM_NEW(struct yaml_doc);
  **out = y;
  return true;
}

void yaml_close(struct yaml_doc *y) {
  if (!y) return;
  yyjson_doc_free(y->doc);
  mem_free(y->text);
  mem_free(y->lines);
  mem_free(y);
}

yyjson_val *yaml_root(const struct yaml_doc *y) {
  return yyjson_doc_get_root(y->doc);
}

// Only strings remember where they stood: the value's own, its first key, or the nearest before it.
static const char *yaml_nearest_string(yyjson_val *root, yyjson_val *v) {
  if (yyjson_is_obj(v) && yyjson_obj_size(v)) v = unsafe_yyjson_get_first(v);
  for (int i = 0; i < YAML_BACK_MOST; i++, v--) {
    if (yyjson_is_str(v)) return yyjson_get_str(v);
    if (v == root) break;
  }
  return NULL;
}

unsigned yaml_line(const struct yaml_doc *y, yyjson_val *v) {
  yyjson_val *root = yaml_root(y);
  if (v < root || v >= root + yyjson_doc_get_val_count(y->doc)) return 0;
  if (y->text) return y->lines[v - root];
  const char *at = yaml_nearest_string(root, v);
  if (!at) return v == root ? 1 : 0;
  size_t offset = (size_t)(at - y->doc->str_pool), low = 0, high = y->count;
  while (low < high) { // how many lines end before it
    size_t middle = low + (high - low) / 2;
    if (y->lines[middle] < offset)
      low = middle + 1;
    else
      high = middle;
  }
  return (unsigned)low + 1;
}
