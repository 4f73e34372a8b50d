// SPDX-License-Identifier: Apache-2.0
#include "base/codec.h"
#include "call/judge.h"
#include "call/shape_parts.h"
#include "data/json.h"

enum {
  SHAPE_ESCAPED = 6,       // what one byte can become in a JSON string: \u0001
  SHAPE_FRAME = 64 * 1024, // notes and the frame around the text
  SHAPE_DEPTH = 512,
};

void run_result_free(struct run_result *r) {
  buf_free(&r->content);
  yyjson_mut_doc_free(r->doc);
  *r = (struct run_result){.outcome = r->outcome, .is_error = r->is_error};
}

// ---- content blocks

void shape_open(struct shaping *s, size_t most) {
  s->out->content = BUF_MAX(most * SHAPE_ESCAPED + SHAPE_FRAME);
}

static void shape_next_block(struct shaping *s) {
  buf_add_char(&s->out->content, s->out->content.n ? ',' : '[');
}

void shape_add_text(struct shaping *s, struct str text) {
  shape_next_block(s);
  buf_add_z(&s->out->content, "{\"type\":\"text\",\"text\":");
  json_add_string(&s->out->content, text);
  buf_add_char(&s->out->content, '}');
}

void shape_close(struct shaping *s) {
  struct buf *content = &s->out->content;
  buf_add_char(content, ']');
  if (!content->full) return;
  buf_clear(content);
  buf_add_z(content, "[{\"type\":\"text\",\"text\":\"The result is too large to pass on. Ask for less.\"}]");
  s->out->is_error = true;
  s->out->outcome = RUN_FAILED;
}

// ---- small things

struct str shape_vendor(const struct shaping *s) {
  const struct connector *c = s->n->account->connector;
  return c->label.n ? c->label : c->name;
}

// ---- each form

static void shape_words(struct shaping *s) {
  shape_add_text(s, s->n->words);
  if (s->n->trouble.check)
    shape_add_text(s, arena_printf(s->arena, "[postern] %.*s", STR_ARG(s->n->trouble.remedy)));
}

static void shape_empty(struct shaping *s) {
  int status = s->n->status;
  struct str where = str_cut_utf8(http_header_get(&s->n->response.headers, "location"), 512);
  if (status == 304)
    shape_add_text(s, STR("not modified (304): what you have is current"));
  else
    shape_add_text(s, arena_printf(s->arena, "done (%d %s)%s%.*s", status, http_status_text(status),
                                   where.n ? "; location: " : "", STR_ARG(where)));
}

// The hot path: the judge has checked and escaped the vendor's bytes, in one reading.
static void shape_json(struct shaping *s) {
  struct str body = call_answer_body(s->n);
  struct buf *content = &s->out->content;
  struct err unused; // it has been judged sound
  if (body.n > s->most && s->n->value) return shape_add_cut_json(s, s->n->value, body.n);
  if (body.n > s->most) return shape_add_cut_text(s, body); // of a caller that promised to tell more
  buf_room(content, body.n + body.n / 4 + 256);
  shape_next_block(s);
  buf_add_z(content, "{\"type\":\"text\",\"text\":\"");
  if (s->n->escaped.n)
    buf_add(content, buf_str(&s->n->escaped));
  else if (!json_forward(content, body, SHAPE_DEPTH, &unused)) // read to a tree for another caller
    content->full = true;
  buf_add_z(content, "\"}");
}

static void shape_text(struct shaping *s) {
  struct str body = call_answer_body(s->n);
  if (body.n > s->most)
    shape_add_cut_text(s, body);
  else
    shape_add_text(s, body);
}

static void shape_binary(struct shaping *s) {
  struct str body = call_answer_body(s->n);
  const char *sniffed = judge_sniff(body), *type = s->n->type;
  struct str also =
      *sniffed && strcmp(sniffed, type) ? arena_printf(s->arena, " It looks like %s.", sniffed) : STR("");
  shape_add_text(
      s, arena_printf(s->arena, "%.*s answered with binary data, which is not shown: %s, %zu bytes.%.*s",
                      STR_ARG(shape_vendor(s)), *type ? type : "of no stated type", body.n, STR_ARG(also)));
}

static void shape_media(struct shaping *s) {
  struct str body = call_answer_body(s->n);
  struct buf *content = &s->out->content;
  const char *type = s->n->type;
  if (body.n / 3 * 4 + 4 > s->most) {
    shape_add_text(s, arena_printf(s->arena,
                                   "%.*s answered with %s of %zu bytes, more than the %zu that a result may "
                                   "have. Ask for a smaller or more compressed form.",
                                   STR_ARG(shape_vendor(s)), type, body.n, s->most));
    return;
  }
  shape_next_block(s);
  buf_printf(content, "{\"type\":\"%s\",\"data\":\"", str_starts(str_of(type), "image/") ? "image" : "audio");
  buf_add(content, codec_base64(s->arena, body));
  buf_add_z(content, "\",\"mimeType\":");
  json_add_string(content, str_of(type));
  buf_add_char(content, '}');
}

static void shape_rpc_error(struct shaping *s) {
  s->out->doc = yyjson_mut_doc_new(NULL);
  s->out->rpc_error = yyjson_val_mut_copy(s->out->doc, s->n->value);
}

// ---- the whole

static const struct {
  void (*shape)(struct shaping *s);
  bool in_own_form; // not content blocks
} shapes[] = {
    [ANSWER_WORDS] = {shape_words},         [ANSWER_EMPTY] = {shape_empty},
    [ANSWER_JSON] = {shape_json},           [ANSWER_TEXT] = {shape_text},
    [ANSWER_MEDIA] = {shape_media},         [ANSWER_BINARY] = {shape_binary},
    [ANSWER_LIMITED] = {shape_add_limited}, [ANSWER_REDIRECTED] = {shape_add_redirected},
    [ANSWER_REFUSED] = {shape_add_refused}, [ANSWER_BROKEN] = {shape_add_broken},
    [ANSWER_RESULT] = {shape_result, true}, [ANSWER_ERROR] = {shape_rpc_error, true},
};

void shape_answer(const struct call_answer *answer, size_t most, struct arena *a, struct run_result *out) {
  struct shaping s = {.n = answer, .most = most, .arena = a, .out = out};
  *out = (struct run_result){.outcome = answer->outcome,
                             .is_error = run_outcome_is_error(answer->outcome),
                             .has_rate = answer->has_rate,
                             .rate = answer->rate,
                             .link = answer->link,
                             .own = answer->own};
  if (shapes[answer->form].in_own_form) {
    shapes[answer->form].shape(&s);
    return;
  }
  shape_open(&s, most > answer->words.n ? most : answer->words.n);
  shapes[answer->form].shape(&s);
  shape_close(&s);
}
