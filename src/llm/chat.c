// SPDX-License-Identifier: Apache-2.0
// OpenAI's Chat Completions, streaming, as it is spoken by all who call themselves compatible: what is read here bends to
// what real servers send. What a model thought is not sent back.
#include "data/json.h"
#include "llm/block.h"
#include "llm/talk.h"

// Calls are counted by the server, or not; text and thinking, of which there is one each, by us.
enum { CHAT_UNCOUNTED = -1 };
#define CHAT_TEXT STR("text")
#define CHAT_THINKING STR("thinking")

// ---- reading

static void chat_say(struct llm_reply *r, enum llm_block_kind kind, struct str piece) {
  struct str key = kind == LLM_BLOCK_TEXT ? CHAT_TEXT : CHAT_THINKING;
  struct llm_block *b = llm_block_find(r, CHAT_UNCOUNTED, key);
  if (!piece.n) return;
  llm_block_add(r, b ? b : llm_block_open(r, kind, CHAT_UNCOUNTED, key), piece);
}

// A text, or parts: {"type": "text", "text"}, {"type": "thinking", "thinking": [parts]}.
static void chat_content(struct llm_reply *r, enum llm_block_kind kind, yyjson_val *content) {
  size_t i, n;
  yyjson_val *part;
  if (yyjson_is_str(content)) chat_say(r, kind, json_text(content));
  yyjson_arr_foreach (content, i, n, part) {
    chat_say(r, kind, json_str(part, "text"));
    yyjson_val *thought = yyjson_obj_get(part, "thinking"), *piece;
    size_t k, m;
    if (yyjson_is_str(thought)) chat_say(r, LLM_BLOCK_THINKING, json_text(thought));
    yyjson_arr_foreach (thought, k, m, piece) chat_say(r, LLM_BLOCK_THINKING, json_str(piece, "text"));
  }
}

static struct llm_block *chat_last_call(const struct llm_reply *r) {
  for (size_t i = r->block_count; i-- > 0;)
    if (r->blocks[i]->kind == LLM_BLOCK_CALL) return r->blocks[i];
  return NULL;
}

// A piece of a call: by index, by id, or neither, and then of the last. Whoever counts all his calls as 0 gives each an id
// and a name of its own.
static void chat_call(struct llm_reply *r, yyjson_val *piece) {
  yyjson_val *function = yyjson_obj_get(piece, "function"), *given = yyjson_obj_get(function, "arguments");
  struct str id = json_str(piece, "id"), name = json_str(function, "name");
  int64_t index = json_int(piece, "index", CHAT_UNCOUNTED);
  struct llm_block *b = index >= 0 ? llm_block_find(r, index, STR_NONE)
                        : id.n     ? llm_block_find(r, CHAT_UNCOUNTED, id)
                                   : chat_last_call(r);
  if (b && name.n && id.n && !str_eq(b->id, id)) b = NULL;
  if (!b && (b = llm_block_call(r, index, id, id, name)) == NULL) return;
  if (!b->name.n) b->name = arena_dup(r->arena, name);
  llm_block_add(r, b, yyjson_is_obj(given) ? json_to_text(r->arena, given) : json_text(given));
}

static void chat_finish(struct llm_reply *r, struct str reason) {
  if (!reason.n) return;
  r->ended = true;
  if (str_is(reason, "length")) r->reason = LLM_STOP_LENGTH;
  if (str_is(reason, "content_filter")) r->reason = LLM_STOP_REFUSED;
}

static void chat_usage(struct llm_reply *r, yyjson_val *usage) {
  struct llm_usage *u = &r->outcome.usage;
  yyjson_val *in = yyjson_obj_get(usage, "prompt_tokens_details");
  llm_usage_note(&u->input, usage, "prompt_tokens");
  llm_usage_note(&u->output, usage, "completion_tokens");
  llm_usage_note(&u->cache_read, in, "cached_tokens");
  llm_usage_note(&u->cache_write, in, "cache_write_tokens");
  llm_usage_note(&u->reasoning, yyjson_obj_get(usage, "completion_tokens_details"), "reasoning_tokens");
}

static void chat_read(struct llm_reply *r, yyjson_val *chunk) {
  yyjson_val *choice = yyjson_arr_get_first(yyjson_obj_get(chunk, "choices"));
  yyjson_val *delta = yyjson_obj_get(choice, "delta"), *error = yyjson_obj_get(chunk, "error"), *piece;
  size_t i, n;
  chat_usage(r, yyjson_obj_get(chunk, "usage"));
  chat_usage(r, yyjson_obj_get(yyjson_obj_get(chunk, "x_groq"), "usage"));
  if (error && !yyjson_is_null(error)) {
    llm_reply_fail_as(r, chunk);
    return;
  }
  if (!yyjson_is_obj(delta)) delta = yyjson_obj_get(choice, "message"); // whole, from who cannot stream
  chat_content(r, LLM_BLOCK_TEXT, yyjson_obj_get(delta, "content"));
  yyjson_val *thought = yyjson_obj_get(delta, "reasoning_content");
  chat_content(r, LLM_BLOCK_THINKING, yyjson_is_str(thought) ? thought : yyjson_obj_get(delta, "reasoning"));
  chat_say(r, LLM_BLOCK_TEXT, json_str(delta, "refusal"));
  if (json_str(delta, "refusal").n) r->reason = LLM_STOP_REFUSED;
  yyjson_arr_foreach (yyjson_obj_get(delta, "tool_calls"), i, n, piece) chat_call(r, piece);
  chat_finish(r, json_str(choice, "finish_reason"));
}

// One message, made anew: of the pieces there is nothing else to send back.
static void chat_add_items(struct llm_reply *r, struct buf *out) {
  size_t calls = 0;
  buf_add_z(out, "{\"role\":\"assistant\",");
  if (r->text.n)
    llm_add_member(out, "content", buf_str(&r->text));
  else
    buf_add_z(out, "\"content\":null");
  for (size_t i = 0; i < r->block_count; i++) {
    const struct llm_block *b = r->blocks[i];
    if (b->kind != LLM_BLOCK_CALL) continue;
    buf_add_z(out, calls++ ? ",{" : ",\"tool_calls\":[{");
    llm_add_member(out, "id", b->id);
    buf_add_z(out, ",\"type\":\"function\",\"function\":{");
    llm_add_member(out, "name", b->name);
    buf_add_char(out, ',');
    llm_add_member(out, "arguments", b->text.n ? buf_str(&b->text) : STR("{}"));
    buf_add_z(out, "}}");
  }
  buf_add_z(out, calls ? "]}" : "}");
}

// ---- writing

static void chat_add_turn(const struct llm_turn *t, struct buf *out) {
  if (t->kind == LLM_REPLIED) buf_add(out, t->items);
  for (size_t i = 0; i < t->answer_count; i++) {
    buf_add_z(out, i ? ",{\"role\":\"tool\"," : "{\"role\":\"tool\",");
    llm_add_member(out, "tool_call_id", t->answers[i].call_id);
    buf_add_char(out, ',');
    llm_add_member(out, "content", t->answers[i].text);
    buf_add_char(out, '}');
  }
  if (t->kind != LLM_ASKED) return;
  buf_add_z(out, "{\"role\":\"user\",");
  llm_add_member(out, "content", t->text);
  buf_add_char(out, '}');
}

static void chat_write(const struct llm_talk *talk, struct buf *out) {
  buf_add_char(out, '{');
  llm_add_member(out, "model", talk->model);
  buf_printf(out, ",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"%s\":%lld",
             talk->vendors_own ? "max_completion_tokens" : "max_tokens", (long long)talk->output_most);
  if (talk->effort.n) {
    buf_add_char(out, ',');
    llm_add_member(out, "reasoning_effort", talk->effort);
  }
  for (size_t i = 0; i < talk->tool_count; i++) {
    buf_add_z(out, i ? ",{" : ",\"tools\":[{");
    buf_add_z(out, "\"type\":\"function\",\"function\":{");
    llm_add_member(out, "name", talk->tools[i].name);
    buf_add_char(out, ',');
    llm_add_member(out, "description", talk->tools[i].description);
    buf_add_z(out, ",\"parameters\":");
    llm_add_schema(out, talk->tools[i].schema);
    buf_add_z(out, "}}");
  }
  buf_add_z(out, talk->tool_count ? "],\"messages\":[" : ",\"messages\":[");
  if (talk->system.n) {
    buf_add_z(out, "{\"role\":\"system\",");
    llm_add_member(out, "content", talk->system);
    buf_add_char(out, '}');
  }
  for (size_t i = 0; i < talk->turn_count; i++) {
    if (i || talk->system.n) buf_add_char(out, ',');
    chat_add_turn(&talk->turns[i], out);
  }
  buf_add_z(out, "]}");
}

const struct llm_wire llm_chat = {"chat", "/chat/completions", chat_write, chat_read, chat_add_items};
