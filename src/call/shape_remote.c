// SPDX-License-Identifier: Apache-2.0
#include "call/judge.h"
#include "call/shape_parts.h"
#include "data/json.h"

enum { REMOTE_BLOCKS_MOST = 10000 };

struct remote_shaping {
  struct shaping *s;
  yyjson_mut_doc *doc;
  yyjson_mut_val *list; // the content
  size_t left;          // of the ceiling, for all blocks together
  size_t dropped;
};

static void remote_add_text(struct remote_shaping *r, struct str text) {
  yyjson_mut_val *block = yyjson_mut_arr_add_obj(r->doc, r->list);
  yyjson_mut_obj_add_str(r->doc, block, "type", "text");
  yyjson_mut_obj_add_strncpy(r->doc, block, "text", text.p, text.n);
}

// ---- texts

// The same cuts as of an API's response, between rows of JSON, at the end of a line, or between characters.
static void remote_cut_text(struct remote_shaping *r, struct str text, struct run_result *cut) {
  struct shaping s = *r->s;
  s.most = r->left;
  s.out = cut;
  struct payer *payer = budget_payer(BUDGET_UPSTREAM, s.n->account->account->id);
  struct err unused;
  size_t paid = 0;
  yyjson_doc *doc = judge_looks_like_json(text) ? judge_tree(text, payer, &paid, &unused) : NULL;
  shape_open(&s, s.most);
  if (doc)
    shape_add_cut_json(&s, yyjson_doc_get_root(doc), text.n);
  else
    shape_add_cut_text(&s, text);
  shape_close(&s);
  yyjson_doc_free(doc);
  payer_give(payer, paid);
}

// The first block keeps what else the vendor's had (annotations, _meta); notes follow it.
static void remote_add_cut(struct remote_shaping *r, yyjson_val *block, struct str text) {
  struct run_result cut = {0};
  size_t i, n;
  yyjson_val *piece;
  remote_cut_text(r, text, &cut);
  yyjson_doc *doc = yyjson_read(cut.content.p, cut.content.n, 0);
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, piece) {
    struct str words = json_str(piece, "text");
    if (i) {
      remote_add_text(r, words);
      continue;
    }
    yyjson_mut_val *first = yyjson_val_mut_copy(r->doc, block);
    yyjson_mut_obj_put(first, yyjson_mut_str(r->doc, "text"), yyjson_mut_strncpy(r->doc, words.p, words.n));
    yyjson_mut_arr_append(r->list, first);
  }
  yyjson_doc_free(doc);
  run_result_free(&cut);
  r->left = 0;
}

// ---- blocks

static void remote_add_whole(struct remote_shaping *r, yyjson_val *block, size_t size) {
  r->left -= size;
  yyjson_mut_arr_append(r->list, yyjson_val_mut_copy(r->doc, block));
}

// A picture, a sound, an embedded resource: whole or not at all.
static void remote_add_other(struct remote_shaping *r, yyjson_val *block) {
  const char *type = yyjson_get_str(yyjson_obj_get(block, "type"));
  size_t size = judge_size(block);
  if (size <= r->left) return remote_add_whole(r, block, size);
  remote_add_text(
      r, arena_printf(r->s->arena,
                      "[postern] a block of type %.40s of %zu bytes is left out, since the result passes %zu "
                      "bytes. Ask for a smaller one.",
                      type ? type : "unknown", size, r->s->most));
}

static void remote_add_block(struct remote_shaping *r, yyjson_val *block) {
  yyjson_val *v = yyjson_obj_get(block, "text");
  bool is_text = yyjson_equals_str(yyjson_obj_get(block, "type"), "text") && yyjson_is_str(v);
  if (!yyjson_is_obj(block) || yyjson_mut_arr_size(r->list) >= REMOTE_BLOCKS_MOST ||
      (r->left == 0 && is_text))
    r->dropped++;
  else if (!is_text)
    remote_add_other(r, block);
  else if (yyjson_get_len(v) <= r->left)
    remote_add_whole(r, block, yyjson_get_len(v));
  else
    remote_add_cut(r, block, json_text(v));
}

// Always an array: the one member of a result that every client reads.
static void remote_add_content(struct remote_shaping *r) {
  size_t i, n;
  yyjson_val *block;
  yyjson_arr_foreach (yyjson_obj_get(r->s->n->value, "content"), i, n, block) remote_add_block(r, block);
  if (r->dropped)
    remote_add_text(r,
                    arena_printf(r->s->arena,
                                 "[postern] %zu more blocks are left out, since the result passes %zu bytes.",
                                 r->dropped, r->s->most));
  if (r->s->n->trouble.check)
    remote_add_text(r, arena_printf(r->s->arena, "[postern] %.*s", STR_ARG(r->s->n->trouble.remedy)));
}

// ---- other members

// What is too large is left out; structured content with a word, and it makes the result an error.
static void remote_copy_members(struct remote_shaping *r, yyjson_mut_val *whole) {
  yyjson_obj_iter it = yyjson_obj_iter_with(r->s->n->value);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    yyjson_val *v = yyjson_obj_iter_get_val(key);
    if (yyjson_equals_str(key, "content") || yyjson_equals_str(key, "isError")) continue;
    size_t size = judge_size(v);
    if (size <= r->s->most)
      yyjson_mut_obj_add(whole, yyjson_val_mut_copy(r->doc, key), yyjson_val_mut_copy(r->doc, v));
    else if (yyjson_equals_str(key, "structuredContent"))
      remote_add_text(
          r, arena_printf(r->s->arena,
                          "[postern] the structured result of %zu bytes passes %zu and is left out. Ask for "
                          "less: a smaller page, fewer fields, a narrower filter.",
                          size, r->s->most));
  }
}

void shape_result(struct shaping *s) {
  yyjson_val *result = s->n->value;
  struct run_result *out = s->out;
  yyjson_mut_doc *doc = out->doc = yyjson_mut_doc_new(NULL);
  struct remote_shaping r = {.s = s, .doc = doc, .list = yyjson_mut_arr(doc), .left = s->most};
  out->whole = yyjson_mut_obj(doc);
  remote_add_content(&r);
  remote_copy_members(&r, out->whole);
  if (out->outcome != RUN_INPUT_REQUIRED || yyjson_obj_get(result, "content"))
    yyjson_mut_obj_add_val(doc, out->whole, "content", r.list);
  if (yyjson_obj_get(result, "isError") || out->is_error)
    yyjson_mut_obj_add_bool(doc, out->whole, "isError", out->is_error);
}
