// SPDX-License-Identifier: Apache-2.0
// Two steps. The events of libyaml become nodes in an arena, where an alias is a second pointer to
// the same node. Then the nodes are written as JSON, and only there a shared node costs again; so
// that is where the limits count. A node cannot hold itself: an anchor still open cannot be referred to.
#include "data/yaml_compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/json.h"
#include "data/yaml_scalar.h"

enum { YAML_PAIRWISE_MOST = 16 };

enum yaml_kind { YAML_STRING, YAML_PLAIN, YAML_LIST, YAML_DICT };

struct yaml_item {
  struct str key; // of a dictionary's item
  unsigned key_line;
  bool merge; // the key is an unquoted "<<"
  struct yaml_node *node;
};

struct yaml_node {
  enum yaml_kind kind;
  bool open; // a collection whose end has not come yet
  unsigned line;
  struct str text; // of a scalar, as it was written
  struct str json; // of a plain one
  struct yaml_item *items;
  size_t count;
};

struct yaml_frame {
  struct yaml_node *node;
  size_t base;           // where its items start among the pending ones
  struct yaml_item item; // the one being read
  bool has_key;
};

struct yaml_composer {
  yaml_parser_t parser;
  struct arena *arena;
  struct map anchors;
  struct yaml_item *pending; // items of all open collections
  size_t pending_count, pending_cap, merged;
  struct yaml_frame frames[YAML_DEPTH_MOST];
  size_t depth;
  struct yaml_node *root;
  struct err *err;
};

static bool yaml_fail(struct yaml_composer *c, enum err_code code, yaml_mark_t at, const char *what) {
  char where[48];
  snprintf(where, sizeof where, "%zu:%zu", at.line + 1, at.column + 1);
  return err_at(c->err, code, where, "not usable as YAML: %s at line %zu, column %zu", what, at.line + 1,
                at.column + 1);
}

// A parser's error; the reader's own (bytes that are no UTF-8) come with an offset instead of a mark.
static bool yaml_fail_parse(struct yaml_composer *c, struct str text) {
  yaml_mark_t at = c->parser.problem_mark;
  if (c->parser.error == YAML_MEMORY_ERROR) abort();
  if (c->parser.error == YAML_READER_ERROR) {
    size_t n = c->parser.problem_offset < text.n ? c->parser.problem_offset : text.n;
    at = (yaml_mark_t){0};
    for (size_t i = 0; i < n; i++) at.column = text.p[i] == '\n' ? (at.line++, (size_t)0) : at.column + 1;
  }
  return yaml_fail(c, ERR_INVALID, at, c->parser.problem ? c->parser.problem : "it cannot be read");
}

static bool yaml_tag_is(const char *tag, const char *name) {
  static const char prefix[] = "tag:yaml.org,2002:";
  return strncmp(tag, prefix, sizeof prefix - 1) == 0 && strcmp(tag + sizeof prefix - 1, name) == 0;
}

// The tags that a scalar may carry, and which meanings of its text they allow.
static const struct {
  const char *name;
  enum yaml_scalar meanings[2];
} yaml_scalar_tags[] = {
    {"null", {YAML_SCALAR_NULL, YAML_SCALAR_NULL}},
    {"bool", {YAML_SCALAR_BOOL, YAML_SCALAR_BOOL}},
    {"int", {YAML_SCALAR_INT, YAML_SCALAR_INT}},
    {"float", {YAML_SCALAR_FLOAT, YAML_SCALAR_INT}},
};

static bool yaml_scalar_typed(struct yaml_composer *c, const yaml_event_t *e, struct yaml_node *node) {
  const char *tag = (const char *)e->data.scalar.tag;
  enum yaml_scalar meaning = yaml_scalar_resolve(c->arena, node->text, &node->json);
  if (!tag) {
    if (meaning == YAML_SCALAR_NO_JSON)
      return yaml_fail(c, ERR_INVALID, e->start_mark, "a number that JSON cannot express");
    node->kind = meaning == YAML_SCALAR_STRING ? YAML_STRING : YAML_PLAIN;
    return true;
  }
  for (size_t i = 0; i < sizeof yaml_scalar_tags / sizeof *yaml_scalar_tags; i++) {
    if (!yaml_tag_is(tag, yaml_scalar_tags[i].name)) continue;
    node->kind = YAML_PLAIN;
    return meaning == yaml_scalar_tags[i].meanings[0] || meaning == yaml_scalar_tags[i].meanings[1]
               ? true
               : yaml_fail(c, ERR_INVALID, e->start_mark, "a value that does not fit its tag");
  }
  return yaml_fail(c, ERR_INVALID, e->start_mark, "a tag that is not of the core schema");
}

static bool yaml_scalar_node(struct yaml_composer *c, const yaml_event_t *e, struct yaml_node *node) {
  const char *tag = (const char *)e->data.scalar.tag;
  node->kind = YAML_STRING;
  node->text = arena_dup(c->arena, str_make((const char *)e->data.scalar.value, e->data.scalar.length));
  bool quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  if (tag ? strcmp(tag, "!") == 0 || yaml_tag_is(tag, "str") : quoted) return true;
  return yaml_scalar_typed(c, e, node);
}

static void yaml_anchor(struct yaml_composer *c, const yaml_char_t *name, struct yaml_node *node) {
  if (name) map_put(&c->anchors, arena_dup(c->arena, str_of((const char *)name)), node);
}

static void yaml_pend(struct yaml_composer *c, const struct yaml_item *item) {
  if (c->pending_count == c->pending_cap) {
    c->pending_cap = c->pending_cap ? c->pending_cap * 2 : 64;
    c->pending = mem_resize(c->pending, c->pending_cap * sizeof *c->pending);
  }
  c->pending[c->pending_count++] = *item;
}

static bool yaml_wants_key(const struct yaml_composer *c) {
  const struct yaml_frame *f = c->depth ? &c->frames[c->depth - 1] : NULL;
  return f && f->node->kind == YAML_DICT && !f->has_key;
}

// A finished node takes its place: as the root, as a list's item, as a key or as a key's value.
static bool yaml_place(struct yaml_composer *c, struct yaml_node *node, const yaml_event_t *e) {
  if (c->depth == 0) {
    c->root = node;
    return true;
  }
  struct yaml_frame *f = &c->frames[c->depth - 1];
  if (yaml_wants_key(c)) {
    if (node->kind == YAML_LIST || node->kind == YAML_DICT)
      return yaml_fail(c, ERR_INVALID, e->start_mark, "a key that is a collection");
    bool plain = e->type == YAML_SCALAR_EVENT && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    f->item = (struct yaml_item){.key = node->text,
                                 .key_line = (unsigned)e->start_mark.line + 1,
                                 .merge = plain && str_is(node->text, "<<")};
    f->has_key = true;
    return true;
  }
  f->item.node = node;
  f->has_key = false;
  yaml_pend(c, &f->item);
  return true;
}

static bool yaml_alias(struct yaml_composer *c, const yaml_event_t *e) {
  struct yaml_node *node = map_get(&c->anchors, str_of((const char *)e->data.alias.anchor));
  if (!node) return yaml_fail(c, ERR_INVALID, e->start_mark, "an alias without an anchor");
  if (node->open) return yaml_fail(c, ERR_INVALID, e->start_mark, "an alias inside what it stands for");
  return yaml_place(c, node, e);
}

static bool yaml_start(struct yaml_composer *c, const yaml_event_t *e, enum yaml_kind kind) {
  bool list = kind == YAML_LIST;
  const char *tag = (const char *)(list ? e->data.sequence_start.tag : e->data.mapping_start.tag);
  if (tag && strcmp(tag, "!") != 0 && !yaml_tag_is(tag, list ? "seq" : "map"))
    return yaml_fail(c, ERR_INVALID, e->start_mark, "a tag that is not of the core schema");
  if (c->depth == YAML_DEPTH_MOST)
    return yaml_fail(c, ERR_LIMIT, e->start_mark, "nesting deeper than 64 levels");
  if (yaml_wants_key(c)) return yaml_fail(c, ERR_INVALID, e->start_mark, "a key that is a collection");
  struct yaml_node *node = ARENA_NEW(c->arena, struct yaml_node);
  *node = (struct yaml_node){.kind = kind, .open = true, .line = (unsigned)e->start_mark.line + 1};
  yaml_anchor(c, list ? e->data.sequence_start.anchor : e->data.mapping_start.anchor, node);
  c->frames[c->depth++] = (struct yaml_frame){.node = node, .base = c->pending_count};
  return true;
}

static bool yaml_fail_twin(struct yaml_composer *c, const struct yaml_item *first,
                           const struct yaml_item *again) {
  char where[32];
  snprintf(where, sizeof where, "%u:1", again->key_line);
  return err_at(c->err, ERR_INVALID, where,
                "not usable as YAML: the key \"%.*s\" at line %u is there before, at line %u",
                STR_MOST(again->key, 64), again->key_line, first->key_line);
}

static bool yaml_no_twins(struct yaml_composer *c, const struct yaml_item *items, size_t n) {
  if (n <= YAML_PAIRWISE_MOST) {
    for (size_t i = 1; i < n; i++)
      for (size_t j = 0; j < i; j++)
        if (str_eq(items[i].key, items[j].key)) return yaml_fail_twin(c, &items[j], &items[i]);
    return true;
  }
  struct map seen = {0};
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++) {
    struct yaml_item *first = map_get(&seen, items[i].key);
    if (first)
      ok = yaml_fail_twin(c, first, &items[i]);
    else
      map_put(&seen, items[i].key, (void *)(uintptr_t)&items[i]);
  }
  map_free(&seen);
  return ok;
}

// The items of one merged dictionary, but those whose key is there.
static bool yaml_merge_one(struct yaml_composer *c, const struct yaml_node *from, struct map *have,
                           yaml_mark_t at) {
  if (from->kind != YAML_DICT) return yaml_fail(c, ERR_INVALID, at, "a merge key whose value is no mapping");
  c->merged += from->count; // looked at, whether taken or not: that is the work
  if (c->merged > YAML_NODES_MOST) return yaml_fail(c, ERR_LIMIT, at, "merge keys that grow too big");
  for (size_t i = 0; i < from->count; i++) {
    if (map_get(have, from->items[i].key)) continue;
    map_put(have, from->items[i].key, from->items[i].node);
    yaml_pend(c, &from->items[i]);
  }
  return true;
}

// The merge key type (yaml.org/type/merge.html): a mapping's own keys win, then the earlier of those merged.
static bool yaml_merge(struct yaml_composer *c, size_t base, const struct yaml_item *merge, yaml_mark_t at) {
  struct map have = {0};
  bool ok = true;
  struct yaml_node *node = merge->node;
  for (size_t i = base; i < c->pending_count; i++) map_put(&have, c->pending[i].key, c->pending[i].node);
  if (node->kind == YAML_LIST)
    for (size_t i = 0; ok && i < node->count; i++) ok = yaml_merge_one(c, node->items[i].node, &have, at);
  else
    ok = yaml_merge_one(c, node, &have, at);
  map_free(&have);
  return ok;
}

static bool yaml_end(struct yaml_composer *c, const yaml_event_t *e) {
  struct yaml_frame *f = &c->frames[c->depth - 1];
  struct yaml_node *node = f->node;
  size_t base = f->base;
  if (node->kind == YAML_DICT && c->pending_count > base) {
    struct yaml_item *items = c->pending + base, merge = {0};
    size_t n = c->pending_count - base;
    if (!yaml_no_twins(c, items, n)) return false;
    for (size_t i = 0; i < n && !merge.node; i++) {
      if (!items[i].merge) continue;
      merge = items[i];
      memmove(&items[i], &items[i + 1], (n - i - 1) * sizeof *items);
      c->pending_count--;
    }
    if (merge.node && !yaml_merge(c, base, &merge, e->start_mark)) return false;
  }
  node->count = c->pending_count - base;
  node->items = ARENA_ARRAY(c->arena, node->count, struct yaml_item);
  if (node->count) memcpy(node->items, c->pending + base, node->count * sizeof *node->items);
  node->open = false;
  c->pending_count = base;
  c->depth--;
  return yaml_place(c, node, e);
}

static bool yaml_event(struct yaml_composer *c, const yaml_event_t *e) {
  switch (e->type) {
  case YAML_SCALAR_EVENT: {
    struct yaml_node *node = ARENA_NEW(c->arena, struct yaml_node);
    node->line = (unsigned)e->start_mark.line + 1;
    if (!yaml_scalar_node(c, e, node)) return false;
    yaml_anchor(c, e->data.scalar.anchor, node);
    return yaml_place(c, node, e);
  }
  case YAML_ALIAS_EVENT:
    return yaml_alias(c, e);
  case YAML_SEQUENCE_START_EVENT:
    return yaml_start(c, e, YAML_LIST);
  case YAML_MAPPING_START_EVENT:
    return yaml_start(c, e, YAML_DICT);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT:
    return yaml_end(c, e);
  case YAML_DOCUMENT_START_EVENT:
    return c->root ? yaml_fail(c, ERR_INVALID, e->start_mark, "a second document") : true;
  default:
    return true;
  }
}

static bool yaml_parse(struct yaml_composer *c, struct str text) {
  yaml_parser_set_encoding(&c->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&c->parser, (const unsigned char *)text.p, text.n);
  for (bool done = false; !done;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&c->parser, &event)) return yaml_fail_parse(c, text);
    bool ok = yaml_event(c, &event);
    done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    if (!ok) return false;
  }
  return true;
}

struct yaml_writer {
  struct buf text;
  uint32_t *lines;
  size_t count, cap;
};

static bool yaml_count(struct yaml_writer *w, unsigned line) {
  if (w->count == YAML_NODES_MOST || w->text.full) return false;
  if (w->count == w->cap) {
    w->cap = w->cap ? w->cap * 2 : 256;
    w->lines = mem_resize(w->lines, w->cap * sizeof *w->lines);
  }
  w->lines[w->count++] = line;
  return true;
}

// Recursion ends at YAML_DEPTH_MOST, since aliases can stack nodes that were read one by one.
static bool yaml_write(struct yaml_writer *w, const struct yaml_node *node, unsigned depth) {
  if (!yaml_count(w, node->line)) return false;
  if (node->kind == YAML_STRING) {
    json_add_string(&w->text, node->text);
    return true;
  }
  if (node->kind == YAML_PLAIN) {
    buf_add(&w->text, node->json);
    return true;
  }
  if (depth == YAML_DEPTH_MOST) return false;
  bool dict = node->kind == YAML_DICT;
  buf_add_char(&w->text, dict ? '{' : '[');
  for (size_t i = 0; i < node->count; i++) {
    if (i) buf_add_char(&w->text, ',');
    if (dict) {
      if (!yaml_count(w, node->items[i].key_line)) return false;
      json_add_string(&w->text, node->items[i].key);
      buf_add_char(&w->text, ':');
    }
    if (!yaml_write(w, node->items[i].node, depth + 1)) return false;
  }
  buf_add_char(&w->text, dict ? '}' : ']');
  return true;
}

static bool yaml_finish(const struct yaml_node *root, struct yaml_json *out, struct err *err) {
  static const struct yaml_node nothing = {
      .kind = YAML_PLAIN, .json = {"null", 4}, .line = 1}; // an empty text
  struct yaml_writer w = {.text = BUF_MAX(YAML_OUTPUT_MOST)};
  static const char padding[YYJSON_PADDING_SIZE];
  bool ok = yaml_write(&w, root ? root : &nothing, 0);
  size_t n = w.text.n;
  buf_add(&w.text, str_make(padding, sizeof padding));
  if (!ok || w.text.full) {
    buf_free(&w.text);
    mem_free(w.lines);
    return err_set(err, ERR_LIMIT,
                   "not usable as YAML: with its aliases expanded it is too big or too deep "
                   "(at most %d values, %d levels, %d bytes)",
                   YAML_NODES_MOST, YAML_DEPTH_MOST, YAML_OUTPUT_MOST);
  }
  *out = (struct yaml_json){.text = buf_take(&w.text, NULL), .n = n, .lines = w.lines, .count = w.count};
  return true;
}

bool yaml_compose(struct str text, struct yaml_json *out, struct err *err) {
  struct yaml_composer c = {.err = err};
  if (!yaml_parser_initialize(&c.parser)) abort();
  c.arena = arena_new();
  bool ok = yaml_parse(&c, text) && yaml_finish(c.root, out, err);
  yaml_parser_delete(&c.parser);
  arena_free(c.arena);
  map_free(&c.anchors);
  mem_free(c.pending);
  return ok;
}
