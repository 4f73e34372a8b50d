// SPDX-License-Identifier: Apache-2.0
// Anthropic's Messages API, streaming. Events, blocks, deltas and reasons that nobody knows yet are passed over, as its
// documentation asks.
#include "data/json.h"
#include "llm/block.h"
#include "llm/talk.h"

// ---- reading

static void messages_usage(struct llm_reply *r, yyjson_val *usage) {
  struct llm_usage *u = &r->outcome.usage;
  llm_usage_note(&u->input, usage, "input_tokens");
  llm_usage_note(&u->output, usage, "output_tokens");
  llm_usage_note(&u->cache_read, usage, "cache_read_input_tokens");
  llm_usage_note(&u->cache_write, usage, "cache_creation_input_tokens");
  llm_usage_note(&u->reasoning, yyjson_obj_get(usage, "output_tokens_details"), "thinking_tokens");
}

static void messages_on_start(struct llm_reply *r, yyjson_val *event) {
  // What a second message would belong to, and whether a call of the first may run, nobody can say.
  if (r->block_count) llm_reply_fail(r, STR("protocol"), STR("a second message begins within the first"));
  messages_usage(r, yyjson_obj_get(yyjson_obj_get(event, "message"), "usage"));
}

static struct llm_block *messages_block(struct llm_reply *r, yyjson_val *event) {
  return llm_block_find(r, json_int(event, "index", 0), STR_NONE);
}

static void messages_on_block(struct llm_reply *r, yyjson_val *event) {
  yyjson_val *block = yyjson_obj_get(event, "content_block"), *input = yyjson_obj_get(block, "input");
  struct str type = json_str(block, "type");
  int64_t index = json_int(event, "index", 0);
  struct llm_block *b = NULL;
  if (index < 0 || llm_block_find(r, index, STR_NONE)) {
    llm_reply_fail(r, STR("protocol"), STR("a content block begins twice"));
    return;
  }
  if (str_is(type, "tool_use"))
    b = llm_block_call(r, index, STR_NONE, json_str(block, "id"), json_str(block, "name"));
  else
    b = llm_block_open(r,
                       str_is(type, "text")       ? LLM_BLOCK_TEXT
                       : str_is(type, "thinking") ? LLM_BLOCK_THINKING
                                                  : LLM_BLOCK_OTHER,
                       index, STR_NONE);
  llm_block_keep(r, b, block);
  llm_block_add(r, b, json_str(block, str_is(type, "thinking") ? "thinking" : "text"));
  // Some compatible servers give a call whole, in its beginning.
  if (str_is(type, "tool_use") && yyjson_obj_size(input)) llm_block_add(r, b, json_to_text(r->arena, input));
}

static void messages_on_delta(struct llm_reply *r, yyjson_val *event) {
  static const char *const members[] = {"text", "thinking",
                                        "partial_json"}; // of text_delta, thinking_delta, input_json_delta
  struct llm_block *b = messages_block(r, event);
  yyjson_val *delta = yyjson_obj_get(event, "delta");
  if (!b) return;
  if (b->kind <= LLM_BLOCK_CALL) llm_block_add(r, b, json_str(delta, members[b->kind]));
  buf_add(&b->signature, json_str(delta, "signature"));
  yyjson_val *citation = yyjson_obj_get(delta, "citation");
  if (!citation || !b->raw) return;
  yyjson_mut_val *all = yyjson_mut_obj_get(b->raw, "citations");
  if (!yyjson_mut_is_arr(all)) {
    all = yyjson_mut_arr(r->kept);
    yyjson_mut_obj_put(b->raw, yyjson_mut_str(r->kept, "citations"), all);
  }
  yyjson_mut_arr_append(all, yyjson_val_mut_copy(r->kept, citation));
}

static void messages_on_block_stop(struct llm_reply *r, yyjson_val *event) {
  llm_block_close(r, messages_block(r, event));
}

static void messages_on_message_delta(struct llm_reply *r, yyjson_val *event) {
  static const struct {
    const char *reason;
    enum llm_stop stop;
  } reasons[] = {{"tool_use", LLM_STOP_CALLS},
                 {"max_tokens", LLM_STOP_LENGTH},
                 {"model_context_window_exceeded", LLM_STOP_LENGTH},
                 {"refusal", LLM_STOP_REFUSED},
                 {"pause_turn", LLM_STOP_PAUSED}};
  struct str reason = json_str(yyjson_obj_get(event, "delta"), "stop_reason");
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (str_is(reason, reasons[i].reason)) r->reason = reasons[i].stop;
  messages_usage(r, yyjson_obj_get(event, "usage"));
}

static void messages_on_message_stop(struct llm_reply *r, yyjson_val *event) {
  (void)event;
  r->ended = true;
}

static void messages_read(struct llm_reply *r, yyjson_val *event) {
  static const struct {
    const char *type;
    void (*on)(struct llm_reply *r, yyjson_val *event);
  } events[] = {{"message_start", messages_on_start},
                {"content_block_start", messages_on_block},
                {"content_block_delta", messages_on_delta},
                {"content_block_stop", messages_on_block_stop},
                {"message_delta", messages_on_message_delta},
                {"message_stop", messages_on_message_stop},
                {"error", llm_reply_fail_as}};
  struct str type = json_str(event, "type");
  for (size_t i = 0; i < sizeof events / sizeof *events; i++)
    if (str_is(type, events[i].type)) events[i].on(r, event);
}

static void messages_add_items(struct llm_reply *r, struct buf *out) {
  for (size_t i = 0; i < r->block_count; i++) {
    struct llm_block *b = r->blocks[i];
    if (b->kind == LLM_BLOCK_TEXT) llm_block_set(r, b, "text", buf_str(&b->text));
    if (b->kind == LLM_BLOCK_THINKING) llm_block_set(r, b, "thinking", buf_str(&b->text));
    if (b->signature.n) llm_block_set(r, b, "signature", buf_str(&b->signature));
    if (b->kind == LLM_BLOCK_CALL)
      yyjson_mut_obj_put(b->raw, yyjson_mut_str(r->kept, "input"),
                         b->arguments ? yyjson_val_mut_copy(r->kept, yyjson_doc_get_root(b->arguments))
                                      : yyjson_mut_obj(r->kept));
    // An empty text is refused as input.
    if (b->kind == LLM_BLOCK_TEXT && !b->text.n) continue;
    llm_block_write(b, out);
  }
}

// ---- writing

static void messages_add_turn(const struct llm_turn *t, struct buf *out) {
  if (t->kind == LLM_REPLIED) {
    buf_add_z(out, "{\"role\":\"assistant\",\"content\":[");
    buf_add(out, t->items);
    buf_add_z(out, "]}");
    return;
  }
  buf_add_z(out, "{\"role\":\"user\",\"content\":[");
  for (size_t i = 0; i < t->answer_count; i++) {
    if (i) buf_add_char(out, ',');
    buf_add_z(out, "{\"type\":\"tool_result\",");
    llm_add_member(out, "tool_use_id", t->answers[i].call_id);
    buf_add_char(out, ',');
    llm_add_member(out, "content", t->answers[i].text);
    buf_printf(out, "%s}", t->answers[i].is_error ? ",\"is_error\":true" : "");
  }
  if (t->kind == LLM_ASKED) {
    buf_add_z(out, "{\"type\":\"text\",");
    llm_add_member(out, "text", t->text);
    buf_add_char(out, '}');
  }
  buf_add_z(out, "]}");
}

static void messages_write(const struct llm_talk *talk, struct buf *out) {
  buf_add_char(out, '{');
  llm_add_member(out, "model", talk->model);
  buf_printf(out, ",\"max_tokens\":%lld,\"stream\":true", (long long)talk->output_most);
  // Marks the last block of each request as the end of what is worth keeping.
  if (talk->vendors_own) buf_add_z(out, ",\"cache_control\":{\"type\":\"ephemeral\"}");
  if (talk->effort.n) {
    buf_add_z(out, ",\"output_config\":{");
    llm_add_member(out, "effort", talk->effort);
    buf_add_char(out, '}');
  }
  if (talk->system.n) {
    buf_add_char(out, ',');
    llm_add_member(out, "system", talk->system);
  }
  for (size_t i = 0; i < talk->tool_count; i++) {
    buf_add_z(out, i ? ",{" : ",\"tools\":[{");
    llm_add_member(out, "name", talk->tools[i].name);
    buf_add_char(out, ',');
    llm_add_member(out, "description", talk->tools[i].description);
    buf_add_z(out, ",\"input_schema\":");
    llm_add_schema(out, talk->tools[i].schema);
    buf_add_char(out, '}');
  }
  buf_add_z(out, talk->tool_count ? "],\"messages\":[" : ",\"messages\":[");
  for (size_t i = 0; i < talk->turn_count; i++) {
    if (i) buf_add_char(out, ',');
    messages_add_turn(&talk->turns[i], out);
  }
  buf_add_z(out, "]}");
}

const struct llm_wire llm_messages = {"messages", "/messages", messages_write, messages_read,
                                      messages_add_items};
