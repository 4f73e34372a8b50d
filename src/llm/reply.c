// SPDX-License-Identifier: Apache-2.0
#include "llm/reply.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "data/json.h"
#include "http/sse.h"
#include "llm/block.h"

const char *llm_stop_name(enum llm_stop stop) {
  static const char *const names[] = {
      [LLM_STOP_END] = "end",         [LLM_STOP_CALLS] = "calls",   [LLM_STOP_LENGTH] = "length",
      [LLM_STOP_REFUSED] = "refused", [LLM_STOP_PAUSED] = "paused", [LLM_STOP_ERROR] = "error",
      [LLM_STOP_CUT] = "cut"};
  return names[stop];
}

struct llm_reply *llm_reply_new(const struct llm_wire *wire, size_t bytes_most, llm_on_event *on_event,
                                void *ctx) {
  struct llm_reply *r = MEM_NEW(struct llm_reply);
  *r = (struct llm_reply){.wire = wire,
                          .parser = SSE_PARSER(LLM_EVENT_BYTES_MOST),
                          .left = bytes_most,
                          .on_event = on_event,
                          .ctx = ctx,
                          .arena = arena_new(),
                          .kept = yyjson_mut_doc_new(NULL),
                          .reason = LLM_STOP_END,
                          .outcome.usage = {-1, -1, -1, -1, -1},
                          .text = BUF_MAX(bytes_most),
                          .thinking = BUF_MAX(bytes_most),
                          .items = BUF_MAX(bytes_most * 2)};
  return r;
}

void llm_reply_free(struct llm_reply *r) {
  if (!r) return;
  for (size_t i = 0; i < r->block_count; i++) {
    buf_free(&r->blocks[i]->text);
    buf_free(&r->blocks[i]->signature);
    yyjson_doc_free(r->blocks[i]->arguments);
  }
  buf_free(&r->text);
  buf_free(&r->thinking);
  buf_free(&r->items);
  yyjson_mut_doc_free(r->kept);
  sse_free(&r->parser);
  arena_free(r->arena);
  mem_free(r);
}

// ---- failing

void llm_reply_fail(struct llm_reply *r, struct str type, struct str words) {
  if (r->failed) return;
  r->failed = true;
  r->outcome.error_type = arena_dup(r->arena, type);
  r->outcome.error = arena_dup(r->arena, words);
}

// A code is a number, a text or null, whoever sends it.
static struct str llm_error_code(struct llm_reply *r, yyjson_val *code) {
  struct str digits = json_raw_number(code);
  return digits.n ? arena_dup(r->arena, digits) : yyjson_is_str(code) ? json_text(code) : STR_NONE;
}

void llm_reply_fail_as(struct llm_reply *r, yyjson_val *error) {
  yyjson_val *inner = yyjson_obj_get(error, "error");
  if (yyjson_is_obj(inner)) error = inner;
  struct str code = llm_error_code(r, yyjson_obj_get(error, "code")), words = json_str(error, "message");
  if (!code.n) code = json_str(error, "type");
  if (!words.n && yyjson_is_str(inner)) words = json_text(inner);
  llm_reply_fail(r, code.n ? code : STR("error"), words.n ? words : STR("the provider gave no reason"));
}

void llm_usage_note(int64_t *count, yyjson_val *usage, const char *member) {
  int64_t n = json_int(usage, member, -1);
  if (n >= 0) *count = n;
}

// ---- blocks

struct llm_block *llm_block_find(const struct llm_reply *r, int64_t index, struct str key) {
  for (size_t i = r->block_count; i-- > 0;) {
    struct llm_block *b = r->blocks[i];
    if (index >= 0 ? b->index == index : b->index < 0 && str_eq(b->key, key)) return b;
  }
  return NULL;
}

struct llm_block *llm_block_open(struct llm_reply *r, enum llm_block_kind kind, int64_t index,
                                 struct str key) {
  if (r->block_count == LLM_BLOCKS_MOST) {
    llm_reply_fail(r, STR("protocol"), STR("the reply has more pieces than can be read"));
    return NULL;
  }
  struct llm_block *b = ARENA_NEW(r->arena, struct llm_block);
  *b = (struct llm_block){.kind = kind,
                          .index = index,
                          .key = arena_dup(r->arena, key),
                          .text = BUF_MAX(r->text.max),
                          .signature = BUF_MAX(r->text.max)};
  r->blocks[r->block_count++] = b;
  return b;
}

static void llm_tell(struct llm_reply *r, enum llm_event_kind kind, size_t call, struct str text) {
  if (r->on_event) r->on_event(r->ctx, &(struct llm_event){kind, call, text});
}

struct llm_block *llm_block_call(struct llm_reply *r, int64_t index, struct str key, struct str id,
                                 struct str name) {
  struct llm_block *b = llm_block_open(r, LLM_BLOCK_CALL, index, key);
  if (!b) return NULL;
  b->call = r->call_count++;
  b->name = arena_dup(r->arena, name);
  b->id = id.n ? arena_dup(r->arena, id) : arena_printf(r->arena, "call_%zu", b->call + 1);
  llm_tell(r, LLM_CALL_BEGIN, b->call, b->name);
  return b;
}

void llm_block_add(struct llm_reply *r, struct llm_block *b, struct str piece) {
  if (!b || !piece.n) return;
  buf_add(&b->text, piece);
  if (b->kind == LLM_BLOCK_TEXT) buf_add(&r->text, piece);
  if (b->kind == LLM_BLOCK_THINKING) buf_add(&r->thinking, piece);
  if (b->kind == LLM_BLOCK_OTHER) return;
  llm_tell(r,
           b->kind == LLM_BLOCK_TEXT       ? LLM_TEXT
           : b->kind == LLM_BLOCK_THINKING ? LLM_THINKING
                                           : LLM_CALL_ARGUMENTS,
           b->call, piece);
}

void llm_block_close(struct llm_reply *r, struct llm_block *b) {
  if (!b || b->closed) return;
  b->closed = true;
  if (b->kind == LLM_BLOCK_CALL) llm_tell(r, LLM_CALL_END, b->call, STR_NONE);
}

void llm_block_keep(struct llm_reply *r, struct llm_block *b, yyjson_val *raw) {
  if (b) b->raw = yyjson_val_mut_copy(r->kept, raw);
}

void llm_block_set(const struct llm_reply *r, struct llm_block *b, const char *member, struct str text) {
  yyjson_mut_obj_put(b->raw, yyjson_mut_str(r->kept, member), yyjson_mut_strncpy(r->kept, text.p, text.n));
}

void llm_block_write(const struct llm_block *b, struct buf *out) {
  size_t n;
  char *text = b->raw ? yyjson_mut_val_write(b->raw, 0, &n) : NULL;
  if (!text) return;
  if (out->n) buf_add_char(out, ',');
  buf_add(out, str_make(text, n));
  free(text);
}

// ---- reading

static bool llm_on_sse(void *ctx, const struct sse_event *event, struct err *err) {
  struct llm_reply *r = ctx;
  yyjson_doc *doc;
  struct str data = str_trim(event->data);
  static const struct json_limits limits = {
      .depth = 64, .nodes = 200000, .raw_numbers = true, .forgiving = true};
  if (r->failed || !data.n) return true;
  r->begun = true;
  if (str_is(data, "[DONE]")) {
    if (r->wire == &llm_chat) r->ended = true; // the others' own last event counts
    return true;
  }
  if (!json_read(data, &limits, &doc, err)) {
    llm_reply_fail(r, STR("protocol"), str_of(err->text));
    return true;
  }
  yyjson_val *root = yyjson_doc_get_root(doc);
  if (str_is(event->event, "error") && !yyjson_obj_get(root, "type"))
    llm_reply_fail_as(r, root);
  else if (yyjson_is_obj(root))
    r->wire->read(r, root);
  else
    llm_reply_fail(r, STR("protocol"), STR("an event is no JSON object"));
  yyjson_doc_free(doc);
  return true;
}

void llm_reply_feed(struct llm_reply *r, struct str bytes) {
  struct err err;
  if (r->failed) return;
  if (bytes.n > r->left) {
    llm_reply_fail(r, STR("protocol"), STR("the reply is larger than is taken"));
    return;
  }
  r->left -= bytes.n;
  if (!sse_feed(&r->parser, bytes, llm_on_sse, r, &err)) llm_reply_fail(r, STR("protocol"), str_of(err.text));
}

bool llm_reply_has_begun(const struct llm_reply *r) {
  return r->begun;
}

// ---- what it came to

// NULL: they are no object, or deeper than anybody asked for.
static yyjson_doc *llm_read_arguments(struct str text) {
  static const struct json_limits limits = {
      .depth = LLM_ARGUMENTS_DEPTH, .nodes = 100000, .raw_numbers = true};
  yyjson_doc *doc;
  struct err unused;
  text = str_trim(text);
  if (!json_read(text.n ? text : STR("{}"), &limits, &doc, &unused)) return NULL;
  if (yyjson_is_obj(yyjson_doc_get_root(doc))) return doc;
  yyjson_doc_free(doc);
  return NULL;
}

static enum llm_stop llm_judge(const struct llm_reply *r) {
  bool plain = r->reason == LLM_STOP_END || r->reason == LLM_STOP_CALLS;
  if (r->failed) return LLM_STOP_ERROR;
  if (!r->ended) return LLM_STOP_CUT;
  if (!plain) return r->reason;
  return r->call_count ? LLM_STOP_CALLS : LLM_STOP_END; // some end in "stop" though they call
}

static void llm_list_calls(struct llm_reply *r) {
  struct llm_call *calls = ARENA_ARRAY(r->arena, r->call_count + 1, struct llm_call);
  for (size_t i = 0; i < r->block_count; i++) {
    const struct llm_block *b = r->blocks[i];
    if (b->kind != LLM_BLOCK_CALL) continue;
    calls[b->call] = (struct llm_call){b->id, b->name, buf_str(&b->text), yyjson_doc_get_root(b->arguments)};
  }
  r->outcome.calls = calls;
  r->outcome.call_count = r->call_count;
}

const struct llm_outcome *llm_reply_end(struct llm_reply *r) {
  if (r->text.full || r->thinking.full)
    llm_reply_fail(r, STR("protocol"), STR("the reply is larger than is taken"));
  for (size_t i = 0; i < r->block_count; i++)
    if (r->blocks[i]->kind == LLM_BLOCK_CALL)
      r->blocks[i]->arguments = llm_read_arguments(buf_str(&r->blocks[i]->text));
  r->outcome.stop = llm_judge(r);
  r->outcome.text = buf_str(&r->text);
  r->outcome.thinking = buf_str(&r->thinking);
  if (r->outcome.stop == LLM_STOP_CALLS) llm_list_calls(r);
  r->wire->add_items(r, &r->items);
  r->outcome.items = buf_str(&r->items);
  return &r->outcome;
}
