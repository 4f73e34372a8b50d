// SPDX-License-Identifier: Apache-2.0
// Recorded streams of real servers, and hostile ones, against what a client should make of each (streams/expected.json):
// whole, a byte at a time, in random pieces, and cut at every byte.
#include "rig.h"

#include "crypto/token.h"

enum { BYTES_MOST = RIG_BYTES_MOST };

static struct buf read_file(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "streams/%s", name);
  return rig_bytes(path);
}

static const struct llm_wire *wire_of(yyjson_val *expected) {
  struct str format = json_str(expected, "format");
  return str_is(format, "anthropic") ? &llm_messages : str_is(format, "chat") ? &llm_chat : &llm_responses;
}

// ---- what is told as it comes, beside what is told in the end

struct told {
  struct buf text, thinking, calls;
};

static void on_event(void *ctx, const struct llm_event *e) {
  struct told *t = ctx;
  if (e->kind == LLM_TEXT) buf_add(&t->text, e->text);
  if (e->kind == LLM_THINKING) buf_add(&t->thinking, e->text);
  if (e->kind == LLM_CALL_BEGIN) buf_printf(&t->calls, "%zu %.*s;", e->call, STR_ARG(e->text));
}

static const struct llm_outcome *read_stream(struct llm_reply *r, struct str bytes, size_t step,
                                             unsigned *seed) {
  while (bytes.n) {
    size_t n = step ? step : (size_t)rand_r(seed) % 97 + 1;
    if (n > bytes.n) n = bytes.n;
    llm_reply_feed(r, str_make(bytes.p, n));
    bytes = str_from(bytes, n);
  }
  return llm_reply_end(r);
}

// ---- against what is expected

static void check_words(const char *file, const char *what, struct str got, yyjson_val *expected) {
  if (yyjson_is_obj(expected)) {
    unsigned char hash[32];
    char hex[65];
    token_hash(got, hash);
    for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    if ((int64_t)got.n != json_int(expected, "bytes", -1) || !str_is(json_str(expected, "sha256"), hex))
      fail_msg("%s: %s: expected %lld bytes with %.*s, got %zu with %s", file, what,
               (long long)json_int(expected, "bytes", -1), STR_ARG(json_str(expected, "sha256")), got.n, hex);
  } else if (!str_eq(got, json_text(expected)))
    fail_msg("%s: %s: expected '%.*s', got '%.*s'", file, what, STR_ARG(json_text(expected)), STR_ARG(got));
}

static void check_usage(const char *file, const struct llm_usage *u, yyjson_val *expected) {
  const struct {
    const char *name;
    int64_t got;
  } parts[] = {{"input", u->input},
               {"output", u->output},
               {"cache_read", u->cache_read},
               {"cache_write", u->cache_write},
               {"reasoning", u->reasoning}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (parts[i].got != json_int(expected, parts[i].name, -1))
      fail_msg("%s: usage %s: expected %lld, got %lld", file, parts[i].name,
               (long long)json_int(expected, parts[i].name, -1), (long long)parts[i].got);
}

static void check_calls(const char *file, const struct llm_outcome *o, yyjson_val *expected) {
  size_t i, n;
  yyjson_val *call;
  if (o->call_count != yyjson_arr_size(expected))
    fail_msg("%s: expected %zu calls, got %zu", file, yyjson_arr_size(expected), o->call_count);
  yyjson_arr_foreach (expected, i, n, call) {
    const struct llm_call *c = &o->calls[i];
    if (!str_eq(c->id, json_str(call, "id")) || !str_eq(c->name, json_str(call, "name")))
      fail_msg("%s: call %zu is %.*s %.*s", file, i, STR_ARG(c->id), STR_ARG(c->name));
    if (json_bool(call, "arguments_error", false) != (c->arguments == NULL))
      fail_msg("%s: call %zu: arguments are %susable: %.*s", file, i, c->arguments ? "" : "not ",
               STR_ARG(c->text));
    struct arena *a = arena_new();
    yyjson_doc *again;
    struct err err;
    struct str text = c->arguments ? json_to_text(a, c->arguments) : STR("null");
    assert_true(json_read(text, &JSON_LIMITS, &again, &err));
    if (c->arguments && !yyjson_equals(yyjson_doc_get_root(again), yyjson_obj_get(call, "arguments")))
      fail_msg("%s: call %zu: %.*s", file, i, STR_ARG(text));
    yyjson_doc_free(again);
    arena_free(a);
  }
}

static void check_items(const char *file, const struct llm_outcome *o) {
  struct buf array = BUF_MAX(4 * BYTES_MOST);
  yyjson_doc *doc;
  struct err err;
  buf_add_char(&array, '[');
  buf_add(&array, o->items);
  buf_add_char(&array, ']');
  if (!json_read(buf_str(&array), &(struct json_limits){256, 1000000, false, false}, &doc, &err))
    fail_msg("%s: what is to be sent back is no JSON: %s: %.*s", file, err.text, STR_ARG(o->items));
  yyjson_doc_free(doc);
  buf_free(&array);
}

static bool is_stop(const char *word, enum llm_stop stop) {
  static const struct {
    const char *word;
    enum llm_stop stop;
  } words[] = {{"end", LLM_STOP_END},         {"tool", LLM_STOP_CALLS},   {"length", LLM_STOP_LENGTH},
               {"refusal", LLM_STOP_REFUSED}, {"pause", LLM_STOP_PAUSED}, {"error", LLM_STOP_ERROR},
               {"cut", LLM_STOP_CUT}};
  for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i].word) == 0) return words[i].stop == stop;
  return false;
}

static void check_outcome(const char *file, const struct llm_outcome *o, yyjson_val *expected) {
  const char *stop = yyjson_get_str(yyjson_obj_get(expected, "stop")),
             *other = yyjson_get_str(yyjson_obj_get(expected, "or"));
  yyjson_val *error = yyjson_obj_get(expected, "error"), *text = yyjson_obj_get(expected, "text"),
             *thinking = yyjson_obj_get(expected, "thinking");
  check_items(file, o);
  if (json_bool(expected, "any", false) || is_stop(other, o->stop)) return;
  if (!is_stop(stop, o->stop))
    fail_msg("%s: expected %s, got %s (%.*s)", file, stop, llm_stop_name(o->stop), STR_ARG(o->error));
  if (text) check_words(file, "text", o->text, text);
  if (thinking) check_words(file, "thinking", o->thinking, thinking);
  check_calls(file, o, yyjson_obj_get(expected, "calls"));
  check_usage(file, &o->usage, yyjson_obj_get(expected, "usage"));
  if (error) check_words(file, "error type", o->error_type, yyjson_obj_get(error, "type"));
  if (yyjson_obj_get(error, "message"))
    check_words(file, "error", o->error, yyjson_obj_get(error, "message"));
}

static void each(void (*check)(const char *file, struct str bytes, yyjson_val *expected)) {
  yyjson_doc *doc = rig_json("streams/expected.json");
  size_t i, n;
  yyjson_val *expected;
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, expected) {
    const char *file = yyjson_get_str(yyjson_obj_get(expected, "file"));
    struct buf bytes = read_file(file);
    check(file, buf_str(&bytes), expected);
    buf_free(&bytes);
  }
  assert_int_equal(n, 58);
  yyjson_doc_free(doc);
}

static void check_pieces(const char *file, struct str bytes, yyjson_val *expected) {
  const size_t steps[] = {SIZE_MAX, 1, 0, 0, 0};
  unsigned seed = (unsigned)bytes.n;
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct told told = {BUF_MAX(BYTES_MOST), BUF_MAX(BYTES_MOST), BUF_MAX(BYTES_MOST)};
    struct llm_reply *r = llm_reply_new(wire_of(expected), BYTES_MOST, on_event, &told);
    const struct llm_outcome *o = read_stream(r, bytes, steps[i], &seed);
    check_outcome(file, o, expected);
    assert_true(str_eq(buf_str(&told.text), o->text));
    assert_true(str_eq(buf_str(&told.thinking), o->thinking));
    llm_reply_free(r);
    buf_free(&told.text);
    buf_free(&told.thinking);
    buf_free(&told.calls);
  }
}

static void each_stream_in_any_pieces(void **state) {
  (void)state;
  each(check_pieces);
}

// What broke off runs no call, unless the provider had said before that the reply is whole.
static void check_cuts(const char *file, struct str bytes, yyjson_val *expected) {
  size_t step = bytes.n > 4096 ? 7 : 1;
  for (size_t n = 0; n < bytes.n; n += step) {
    struct llm_reply *r = llm_reply_new(wire_of(expected), BYTES_MOST, NULL, NULL);
    llm_reply_feed(r, str_make(bytes.p, n));
    const struct llm_outcome *o = llm_reply_end(r);
    if (o->stop == LLM_STOP_CALLS)
      check_calls(file, o, yyjson_obj_get(expected, "calls"));
    else
      assert_int_equal(o->call_count, 0);
    check_items(file, o);
    llm_reply_free(r);
  }
}

static void each_stream_cut_at_every_byte(void **state) {
  (void)state;
  each(check_cuts);
}

// ---- limits, and what goes back

static const struct llm_outcome *of(struct llm_reply *r, const char *events) {
  llm_reply_feed(r, str_of(events));
  return llm_reply_end(r);
}

static void too_much_is_an_error(void **state) {
  (void)state;
  struct llm_reply *r = llm_reply_new(&llm_chat, 64, NULL, NULL);
  const struct llm_outcome *o = of(
      r, "data: {\"choices\":[{\"delta\":{\"content\":\"0123456789012345678901234567890123456789\"}}]}\n\n");
  assert_int_equal(o->stop, LLM_STOP_ERROR);
  assert_true(str_is(o->error_type, "protocol"));
  llm_reply_free(r);

  r = llm_reply_new(&llm_chat, 1 << 20, NULL, NULL);
  for (int i = 0; i <= LLM_BLOCKS_MOST; i++) {
    char event[256];
    snprintf(event, sizeof event,
             "data: "
             "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":\"c%d\",\"function\":{\"name\":"
             "\"f\",\"arguments\":\"{}\"}}]}}]}\n\n",
             i, i);
    llm_reply_feed(r, str_of(event));
  }
  o = llm_reply_end(r);
  assert_int_equal(o->stop, LLM_STOP_ERROR);
  assert_int_equal(o->call_count, 0);
  llm_reply_free(r);
}

static void what_is_sent_back_is_whole(void **state) {
  (void)state;
  static const struct {
    const char *file;
    const struct llm_wire *wire;
    const char *has[4];
  } cases[] = {
      {"a-thinking.sse",
       &llm_messages,
       {"\"signature\":\"", "\"thinking\":\"The previous", "\"text\":\"925 ÷ 5 = 185\""}},
      {"a-redacted-thinking.sse", &llm_messages, {"\"redacted_thinking\",\"data\":\""}},
      {"a-server-tools.sse", &llm_messages, {"\"mcp_tool_use\"", "\"mcp_tool_result\""}},
      {"r-phase.sse",
       &llm_responses,
       {"\"phase\":\"commentary\"", "\"encrypted_content\"",
        "\"call_id\":\"call_LabG58Uhrq9kZvR52BYKjToD\""}},
      {"c-own-parallel.sse",
       &llm_chat,
       {"\"content\":null", "\"id\":\"call_h1\"", "\"name\":\"list_rules\""}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct buf bytes = read_file(cases[i].file);
    struct llm_reply *r = llm_reply_new(cases[i].wire, BYTES_MOST, NULL, NULL);
    llm_reply_feed(r, buf_str(&bytes));
    struct str items = llm_reply_end(r)->items;
    for (size_t k = 0; k < 4 && cases[i].has[k]; k++)
      if (!memmem(items.p, items.n, cases[i].has[k], strlen(cases[i].has[k])))
        fail_msg("%s: expected %s in %.*s", cases[i].file, cases[i].has[k], STR_ARG(items));
    llm_reply_free(r);
    buf_free(&bytes);
  }
}

// Servers that count all their calls as 0, tell them apart by id.
static void calls_of_one_index(void **state) {
  (void)state;
  struct llm_reply *r = llm_reply_new(&llm_chat, 1 << 20, NULL, NULL);
  const struct llm_outcome *o =
      of(r, "data: "
            "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":"
            "\"f\",\"arguments\":\"{}\"}}]}}]}\n\n"
            "data: "
            "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{\"name\":"
            "\"g\",\"arguments\":{\"x\":1}}}]},\"finish_reason\":\"stop\"}]}\n\n");
  assert_int_equal(o->stop, LLM_STOP_CALLS);
  assert_int_equal(o->call_count, 2);
  assert_true(str_is(o->calls[1].name, "g"));
  assert_true(str_is(o->calls[1].text, "{\"x\":1}"));
  llm_reply_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_stream_in_any_pieces), cmocka_unit_test(each_stream_cut_at_every_byte),
      cmocka_unit_test(too_much_is_an_error),      cmocka_unit_test(what_is_sent_back_is_whole),
      cmocka_unit_test(calls_of_one_index),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
