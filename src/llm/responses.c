// SPDX-License-Identifier: Apache-2.0
// OpenAI's Responses API, streaming and stateless: nothing is kept there between requests. An event is told by the type in
// its JSON; an item by output_index, since ids change between its events, or by its id at servers that count none.
#include "data/json.h"
#include "llm/block.h"
#include "llm/talk.h"

// ---- reading

static enum llm_block_kind responses_kind(struct str type) {
  if (str_is(type, "message")) return LLM_BLOCK_TEXT;
  if (str_is(type, "reasoning")) return LLM_BLOCK_THINKING;
  return str_is(type, "function_call") ? LLM_BLOCK_CALL : LLM_BLOCK_OTHER;
}

// The item that an event is about; made where it is new.
static struct llm_block *responses_block(struct llm_reply *r, yyjson_val *event, enum llm_block_kind kind) {
  yyjson_val *item = yyjson_obj_get(event, "item");
  int64_t index = json_int(event, "output_index", -1);
  struct str key = item ? json_str(item, "id") : json_str(event, "item_id");
  struct llm_block *b = llm_block_find(r, index, key);
  if (b) return b;
  if (kind == LLM_BLOCK_CALL)
    return llm_block_call(r, index, key, json_str(item, "call_id"), json_str(item, "name"));
  return llm_block_open(r, kind, index, key);
}

static void responses_on_added(struct llm_reply *r, yyjson_val *event) {
  responses_block(r, event, responses_kind(json_str(yyjson_obj_get(event, "item"), "type")));
}

static void responses_on_text(struct llm_reply *r, yyjson_val *event) {
  llm_block_add(r, responses_block(r, event, LLM_BLOCK_TEXT), json_str(event, "delta"));
}

static void responses_on_refusal(struct llm_reply *r, yyjson_val *event) {
  r->reason = LLM_STOP_REFUSED;
  responses_on_text(r, event);
}

static void responses_on_thinking(struct llm_reply *r, yyjson_val *event) {
  llm_block_add(r, responses_block(r, event, LLM_BLOCK_THINKING), json_str(event, "delta"));
}

static void responses_on_arguments(struct llm_reply *r, yyjson_val *event) {
  struct llm_block *b = llm_block_find(r, json_int(event, "output_index", -1), json_str(event, "item_id"));
  if (b && b->kind == LLM_BLOCK_CALL) llm_block_add(r, b, json_str(event, "delta"));
}

// The finished item is what counts: pieces of it may be incomplete, or may not have come at all.
static void responses_on_done(struct llm_reply *r, yyjson_val *event) {
  yyjson_val *item = yyjson_obj_get(event, "item"), *part;
  size_t i, n;
  struct llm_block *b = responses_block(r, event, responses_kind(json_str(item, "type")));
  if (!b) return;
  llm_block_keep(r, b, item);
  if (b->kind == LLM_BLOCK_CALL && !str_eq(buf_str(&b->text), json_str(item, "arguments"))) {
    buf_clear(&b->text);
    llm_block_add(r, b, json_str(item, "arguments"));
  }
  if (b->kind == LLM_BLOCK_TEXT && !b->text.n)
    yyjson_arr_foreach (yyjson_obj_get(item, "content"), i, n, part)
      llm_block_add(r, b, json_str(part, "text"));
  llm_block_close(r, b);
}

static void responses_on_end(struct llm_reply *r, yyjson_val *event) {
  yyjson_val *response = yyjson_obj_get(event, "response"), *usage = yyjson_obj_get(response, "usage");
  struct str why = json_str(yyjson_obj_get(response, "incomplete_details"), "reason");
  struct llm_usage *u = &r->outcome.usage;
  llm_usage_note(&u->input, usage, "input_tokens");
  llm_usage_note(&u->output, usage, "output_tokens");
  llm_usage_note(&u->cache_read, yyjson_obj_get(usage, "input_tokens_details"), "cached_tokens");
  llm_usage_note(&u->cache_write, yyjson_obj_get(usage, "input_tokens_details"), "cache_write_tokens");
  llm_usage_note(&u->reasoning, yyjson_obj_get(usage, "output_tokens_details"), "reasoning_tokens");
  if (str_is(json_str(event, "type"), "response.failed"))
    llm_reply_fail_as(r, yyjson_obj_get(response, "error"));
  if (str_is(json_str(event, "type"), "response.incomplete"))
    r->reason = str_is(why, "content_filter") ? LLM_STOP_REFUSED : LLM_STOP_LENGTH;
  r->ended = true;
}

static void responses_read(struct llm_reply *r, yyjson_val *event) {
  static const struct {
    const char *type;
    void (*on)(struct llm_reply *r, yyjson_val *event);
  } events[] = {{"response.output_item.added", responses_on_added},
                {"response.output_text.delta", responses_on_text},
                {"response.refusal.delta", responses_on_refusal},
                {"response.reasoning_summary_text.delta", responses_on_thinking},
                {"response.reasoning_text.delta", responses_on_thinking},
                {"response.function_call_arguments.delta", responses_on_arguments},
                {"response.output_item.done", responses_on_done},
                {"response.completed", responses_on_end},
                {"response.incomplete", responses_on_end},
                {"response.failed", responses_on_end},
                {"error", llm_reply_fail_as}};
  struct str type = json_str(event, "type");
  for (size_t i = 0; i < sizeof events / sizeof *events; i++)
    if (str_is(type, events[i].type)) events[i].on(r, event);
}

static void responses_add_items(struct llm_reply *r, struct buf *out) {
  for (size_t i = 0; i < r->block_count; i++) llm_block_write(r->blocks[i], out);
}

// ---- writing

static void responses_add_turn(const struct llm_turn *t, struct buf *out) {
  if (t->kind == LLM_REPLIED) buf_add(out, t->items);
  for (size_t i = 0; i < t->answer_count; i++) {
    buf_add_z(out, i ? ",{\"type\":\"function_call_output\"," : "{\"type\":\"function_call_output\",");
    llm_add_member(out, "call_id", t->answers[i].call_id);
    buf_add_char(out, ',');
    llm_add_member(out, "output", t->answers[i].text);
    buf_add_char(out, '}');
  }
  if (t->kind != LLM_ASKED) return;
  buf_add_z(out, "{\"role\":\"user\",");
  llm_add_member(out, "content", t->text);
  buf_add_char(out, '}');
}

static void responses_write(const struct llm_talk *talk, struct buf *out) {
  buf_add_char(out, '{');
  llm_add_member(out, "model", talk->model);
  buf_printf(out, ",\"stream\":true,\"store\":false,\"max_output_tokens\":%lld",
             (long long)talk->output_most);
  if (talk->vendors_own) buf_add_z(out, ",\"include\":[\"reasoning.encrypted_content\"]");
  if (talk->effort.n) {
    buf_add_z(out, ",\"reasoning\":{");
    llm_add_member(out, "effort", talk->effort);
    buf_add_char(out, '}');
  }
  if (talk->cache_key.n && talk->vendors_own) {
    buf_add_char(out, ',');
    llm_add_member(out, "prompt_cache_key", talk->cache_key);
  }
  if (talk->system.n) {
    buf_add_char(out, ',');
    llm_add_member(out, "instructions", talk->system);
  }
  for (size_t i = 0; i < talk->tool_count; i++) {
    buf_add_z(out, i ? ",{\"type\":\"function\"," : ",\"tools\":[{\"type\":\"function\",");
    llm_add_member(out, "name", talk->tools[i].name);
    buf_add_char(out, ',');
    llm_add_member(out, "description", talk->tools[i].description);
    buf_add_z(out, ",\"parameters\":");
    llm_add_schema(out, talk->tools[i].schema);
    buf_add_z(out, ",\"strict\":false}"); // schemas are of vendors, who know nothing of its rules
  }
  buf_add_z(out, talk->tool_count ? "],\"input\":[" : ",\"input\":[");
  for (size_t i = 0, before = out->n; i < talk->turn_count; i++) {
    if (out->n > before) buf_add_char(out, ',');
    before = out->n;
    responses_add_turn(&talk->turns[i], out);
  }
  buf_add_z(out, "]}");
}

const struct llm_wire llm_responses = {"responses", "/responses", responses_write, responses_read,
                                       responses_add_items};
