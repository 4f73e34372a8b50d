// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "call/run_parts.h"
#include "call/shape_parts.h"
#include "call/trouble.h"
#include "data/json.h"

enum { REMOTE_RATE_HEADERS_MOST = 32, REMOTE_BLOCKS_MOST = 10000 };

struct remote_shaping {
  const struct shape_remote *in;
  struct arena *arena;
  struct run_result *out;
  size_t left; // of the ceiling, for all blocks together
  size_t dropped;
};

static size_t remote_size(yyjson_mut_val *v) {
  size_t n = 0;
  char *text = yyjson_mut_val_write(v, 0, &n);
  free(text);
  return text ? n : SIZE_MAX;
}

static void remote_add_text(struct remote_shaping *s, yyjson_mut_val *list, struct str text) {
  yyjson_mut_val *block = yyjson_mut_arr_add_obj(s->out->doc, list);
  yyjson_mut_obj_add_str(s->out->doc, block, "type", "text");
  yyjson_mut_obj_add_strncpy(s->out->doc, block, "text", text.p, text.n);
}

// ---- texts

// The same cuts as of a REST result, between rows of JSON, at the end of a line, or between characters.
static void remote_cut_text(struct remote_shaping *s, struct str text, struct run_result *cut) {
  const struct run_call *call = s->in->call;
  struct fetch_result response = {.body = {.p = (char *)(uintptr_t)text.p, .n = text.n}};
  struct shape_input in = {.connector = call->tool->account->connector,
                           .tool = call->tool->tool,
                           .response = &response,
                           .ceiling = s->left};
  struct str begin = str_trim(str_cut_utf8(text, 64));
  bool maybe = begin.n && (begin.p[0] == '{' || begin.p[0] == '[');
  struct payer *payer = budget_payer(BUDGET_UPSTREAM, call->tool->account->account->id);
  yyjson_doc *doc = maybe ? shape_parse(text, payer) : NULL;
  shape_open(cut, s->left);
  if (doc)
    shape_add_cut_json(&in, doc, s->arena, cut);
  else
    shape_add_cut_text(&in, text, s->arena, cut);
  shape_close(cut);
  yyjson_doc_free(doc);
}

// The first block keeps what else the vendor's had (annotations, _meta); notes follow it.
static void remote_add_cut(struct remote_shaping *s, yyjson_mut_val *list, yyjson_mut_val *block,
                           struct str text) {
  struct run_result cut;
  size_t i, n;
  yyjson_val *piece;
  remote_cut_text(s, text, &cut);
  yyjson_doc *doc = yyjson_read(cut.content.p, cut.content.n, 0);
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, piece) {
    struct str words = json_str(piece, "text");
    if (i == 0) {
      yyjson_mut_obj_put(block, yyjson_mut_str(s->out->doc, "text"),
                         yyjson_mut_strncpy(s->out->doc, words.p, words.n));
      yyjson_mut_arr_append(list, block);
    } else {
      remote_add_text(s, list, words);
    }
  }
  yyjson_doc_free(doc);
  buf_free(&cut.content);
  s->left = 0;
}

// ---- blocks

// A picture, a sound, an embedded resource: whole or not at all.
static void remote_add_other(struct remote_shaping *s, yyjson_mut_val *list, yyjson_mut_val *block) {
  const char *type = yyjson_mut_get_str(yyjson_mut_obj_get(block, "type"));
  size_t size = remote_size(block);
  if (size <= s->left) {
    s->left -= size;
    yyjson_mut_arr_append(list, block);
    return;
  }
  remote_add_text(
      s, list,
      arena_printf(s->arena,
                   "[postern] a block of type %.40s of %zu bytes is left out, since the result passes %zu "
                   "bytes. Ask for a smaller one.",
                   type ? type : "unknown", size, s->in->call->env->result_bytes));
}

static void remote_add_block(struct remote_shaping *s, yyjson_mut_val *list, yyjson_mut_val *block) {
  yyjson_mut_val *v = yyjson_mut_obj_get(block, "text");
  bool is_text = yyjson_mut_equals_str(yyjson_mut_obj_get(block, "type"), "text") && yyjson_mut_is_str(v);
  if (!yyjson_mut_is_obj(block) || yyjson_mut_arr_size(list) >= REMOTE_BLOCKS_MOST ||
      (s->left == 0 && is_text)) {
    s->dropped++;
  } else if (!is_text) {
    remote_add_other(s, list, block);
  } else if (yyjson_mut_get_len(v) <= s->left) {
    s->left -= yyjson_mut_get_len(v);
    yyjson_mut_arr_append(list, block);
  } else {
    remote_add_cut(s, list, block, str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)));
  }
}

// Always an array: the one member of a result that every client reads.
static yyjson_mut_val *remote_shape_content(struct remote_shaping *s) {
  size_t i, n;
  yyjson_val *block;
  yyjson_mut_val *list = yyjson_mut_arr(s->out->doc);
  yyjson_arr_foreach (yyjson_obj_get(s->in->result, "content"), i, n, block)
    remote_add_block(s, list, yyjson_val_mut_copy(s->out->doc, block));
  if (s->dropped)
    remote_add_text(s, list,
                    arena_printf(s->arena,
                                 "[postern] %zu more blocks are left out, since the result passes %zu bytes.",
                                 s->dropped, s->in->call->env->result_bytes));
  return list;
}

// ---- other members

// Data without its end is no data: better an error that says so.
static bool remote_take_structured(struct remote_shaping *s, yyjson_mut_val *list, yyjson_mut_val *v) {
  size_t size = remote_size(v), most = s->in->call->env->result_bytes;
  if (size <= most) return true;
  remote_add_text(
      s, list,
      arena_printf(s->arena,
                   "[postern] the structured result of %zu bytes passes %zu and is left out. Ask for less: "
                   "a smaller page, fewer fields, a narrower filter.",
                   size, most));
  s->out->is_error = true;
  s->out->outcome = RUN_FAILED;
  return false;
}

static void remote_copy_members(struct remote_shaping *s, yyjson_mut_val *whole, yyjson_mut_val *list) {
  yyjson_mut_doc *doc = s->out->doc;
  yyjson_obj_iter it = yyjson_obj_iter_with(s->in->result);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    if (yyjson_equals_str(key, "content") || yyjson_equals_str(key, "isError")) continue;
    yyjson_mut_val *v = yyjson_val_mut_copy(doc, yyjson_obj_iter_get_val(key));
    bool structured = yyjson_equals_str(key, "structuredContent");
    if (structured ? remote_take_structured(s, list, v) : remote_size(v) <= s->in->call->env->result_bytes)
      yyjson_mut_obj_add(whole, yyjson_val_mut_copy(doc, key), v);
  }
}

// Cloudinary and others tell the vendor's rate headers in the result:
// {"_meta":{"headers":{"x-…-limit":"500"}}}.
static void remote_read_rate(const struct shape_remote *in, struct run_result *out) {
  struct http_header items[REMOTE_RATE_HEADERS_MOST];
  struct http_headers headers = {items, 0};
  struct ratelimit rate;
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (yyjson_obj_get(yyjson_obj_get(in->result, "_meta"), "headers"), i, n, key, v) {
    if (headers.count == REMOTE_RATE_HEADERS_MOST || !(yyjson_is_str(v) || yyjson_is_raw(v))) continue;
    items[headers.count++] =
        (struct http_header){json_text(key), yyjson_is_str(v) ? json_text(v) : json_raw_number(v)};
  }
  if (!headers.count || !ratelimit_read(&headers, 200, in->now_ms, &rate)) return;
  out->has_rate = true;
  out->rate = rate;
}

static void remote_add_remedy(struct remote_shaping *s, yyjson_mut_val *list) {
  const struct run_call *call = s->in->call;
  struct trouble trouble;
  struct trouble_seen seen = {.account = call->tool->account,
                              .tool = call->tool->tool->name,
                              .arguments = call->arguments,
                              .result = s->in->result};
  if (trouble_find(&seen, s->arena, &trouble))
    remote_add_text(s, list, arena_printf(s->arena, "[postern] %.*s", STR_ARG(trouble.remedy)));
}

void shape_remote(const struct shape_remote *in, struct arena *a, struct run_result *out) {
  struct str type = json_str(in->result, "resultType");
  bool complete = !type.n || str_is(type, "complete");
  *out =
      (struct run_result){.outcome = complete ? RUN_OK : RUN_INPUT_REQUIRED, .doc = yyjson_mut_doc_new(NULL)};
  struct remote_shaping s = {.in = in, .arena = a, .out = out, .left = in->call->env->result_bytes};
  out->whole = yyjson_mut_obj(out->doc);
  out->is_error = json_bool(in->result, "isError", false);
  if (out->is_error) out->outcome = RUN_UPSTREAM_ERROR;
  yyjson_mut_val *list = remote_shape_content(&s);
  if (complete) remote_add_remedy(&s, list);
  remote_copy_members(&s, out->whole, list);
  if (complete || yyjson_obj_get(in->result, "content"))
    yyjson_mut_obj_add_val(out->doc, out->whole, "content", list);
  if (yyjson_obj_get(in->result, "isError") || out->is_error)
    yyjson_mut_obj_add_bool(out->doc, out->whole, "isError", out->is_error);
  remote_read_rate(in, out);
}
