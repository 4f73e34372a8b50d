// SPDX-License-Identifier: Apache-2.0
#include "call/judge.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/codec.h"
#include "call/graphql.h"
#include "connector/connector.h"
#include "data/json.h"

enum {
  JUDGE_DEPTH = 512,
  JUDGE_TYPE = 96,
  JUDGE_ESCAPED = 6, // what one byte can become in a JSON string: \u0001
  JUDGE_ROOM = 256,
  JUDGE_LARGE = 1 << 20, // a text whose tree is reckoned before it is read
  JUDGE_BEGIN = 256,
  JUDGE_RATE_HEADERS_MOST = 32,
};

struct judging {
  struct call_answer *n;
  struct arena *arena;
  size_t most;
  struct str body;
};

static void judge_as(struct call_answer *n, enum answer_form form, enum run_outcome outcome) {
  n->form = form;
  n->outcome = outcome;
}

// ---- a tree of the body, once

// It may be many times the text, and yyjson has no limit of its own while it reads.
yyjson_doc *judge_tree(struct str text, struct payer *payer, size_t *paid, struct err *err) {
  yyjson_read_err why = {0};
  *paid = text.n < JUDGE_LARGE ? 0 : text.n + json_tree_most(text);
  if (!payer_take(payer, *paid)) {
    payer_explain(payer, err);
    *paid = 0;
    return NULL;
  }
  yyjson_doc *doc =
      yyjson_read_opts((char *)(uintptr_t)text.p, text.n, YYJSON_READ_NUMBER_AS_RAW, NULL, &why);
  if (doc) return doc;
  payer_give(payer, *paid);
  *paid = 0;
  err_set(err, ERR_INVALID, "not valid JSON: %s at byte %zu", why.msg, why.pos);
  return NULL;
}

static bool judge_read(struct judging *j, struct err *err) {
  struct call_answer *n = j->n;
  if (!n->doc) n->doc = judge_tree(j->body, n->response.body.payer, &n->paid, err);
  n->value = yyjson_doc_get_root(n->doc);
  return n->doc;
}

// ---- has it failed, though the status says otherwise?

static bool judge_is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Could a member of this name anywhere have a value that starts so? A quick look that spares good answers
// the parse; the parse then says for certain. `key` is an unescaped name.
static bool judge_may_have(struct str body, struct str key, const char *value) {
  for (struct str rest = body; rest.n > key.n + 2;) {
    const char *at = memmem(rest.p, rest.n, key.p, key.n);
    if (!at) return false;
    rest = str_from(rest, (size_t)(at - rest.p) + key.n);
    struct str v = rest;
    if (at == body.p || at[-1] != '"' || v.n == 0 || v.p[0] != '"') continue;
    v = str_from(v, 1);
    while (v.n && (judge_is_space(v.p[0]) || v.p[0] == ':')) v = str_from(v, 1);
    if (str_starts(v, value)) return true;
  }
  return false;
}

static struct str judge_last_token(struct str pointer) {
  size_t i = pointer.n;
  while (i && pointer.p[i - 1] != '/') i--;
  return str_from(pointer, i);
}

// GraphQL answers 200 with `errors` and no data (GraphQL over HTTP §6.4); with some data it is a partial
// success.
static bool judge_graphql_failed(yyjson_val *root) {
  yyjson_val *errors = yyjson_obj_get(root, "errors"), *data = yyjson_obj_get(root, "data");
  return yyjson_is_arr(errors) && yyjson_arr_size(errors) && (!data || yyjson_is_null(data));
}

static bool judge_envelope_failed(struct judging *j) {
  struct str ok = j->n->account->connector->envelope.ok;
  bool escaped = str_find(ok, '~') >= 0; // RFC 6901 §3: not the name as it stands in the text
  bool envelope = ok.n && (escaped || judge_may_have(j->body, judge_last_token(ok), "false"));
  bool graphql = graphql_is_named_in(j->n->tool->path) && judge_may_have(j->body, STR("errors"), "[");
  struct err unused;
  if ((!envelope && !graphql) || !judge_read(j, &unused)) return false;
  yyjson_val *root = j->n->value;
  return (envelope && yyjson_is_false(json_at(root, ok))) || (graphql && judge_graphql_failed(root));
}

// GitHub says 403 for a used-up quota, Cloudinary 420.
static bool judge_is_limited(const struct call_answer *n) {
  const struct ratelimit *r = &n->rate;
  bool used_up = n->has_rate && r->has_remaining && r->remaining == 0 && (r->has_reset || r->has_retry_after);
  return n->status == 429 || n->status == 420 || (n->status == 403 && used_up);
}

// ---- what came: the type says, and the bytes only where it says nothing or plainly errs

enum judge_kind { KIND_JSON, KIND_MAYBE_JSON, KIND_TEXT, KIND_MEDIA, KIND_BINARY, KIND_SNIFF };

static const struct {
  const char *pattern;
  enum judge_kind kind;
} judge_types[] = {
    {"application/json", KIND_JSON},
    {"text/json", KIND_JSON},
    {"*/*+json", KIND_JSON},
    {"text/plain", KIND_MAYBE_JSON},
    {"text/html", KIND_MAYBE_JSON},
    {"text/*", KIND_TEXT},
    {"*/*+xml", KIND_TEXT}, // SVG too: text that a model can read
    {"application/xml", KIND_TEXT},
    {"application/*javascript", KIND_TEXT},
    {"application/javascript+module", KIND_TEXT}, // of Workers
    {"application/*yaml", KIND_TEXT},
    {"application/*ndjson", KIND_TEXT},
    {"application/jsonl", KIND_TEXT},
    {"application/sql", KIND_TEXT},
    {"application/graphql", KIND_TEXT},
    {"application/x-www-form-urlencoded", KIND_TEXT},
    {"multipart/*", KIND_TEXT},
    {"image/*", KIND_MEDIA},
    {"audio/*", KIND_MEDIA},
    {"application/octet-stream", KIND_SNIFF},
    {"binary/octet-stream", KIND_SNIFF},
    {"*/*", KIND_BINARY},
    {"**", KIND_SNIFF}, // none, or no media type at all
};

static const struct {
  struct str magic;
  const char *type;
} judge_magic[] = {
    {{"\x89PNG\r\n\x1a\n", 8}, "image/png"},
    {{"\xff\xd8\xff", 3}, "image/jpeg"},
    {{"GIF8", 4}, "image/gif"},
    {{"%PDF-", 5}, "application/pdf"},
    {{"PK\x03\x04", 4}, "application/zip"},
    {{"\x1f\x8b", 2}, "application/gzip"},
    {{"\0asm", 4}, "application/wasm"},
    {{"SQLite format 3", 15}, "application/vnd.sqlite3"},
};

const char *judge_sniff(struct str body) {
  for (size_t i = 0; i < sizeof judge_magic / sizeof *judge_magic; i++)
    if (body.n >= judge_magic[i].magic.n && !memcmp(body.p, judge_magic[i].magic.p, judge_magic[i].magic.n))
      return judge_magic[i].type;
  bool riff = body.n >= 12 && !memcmp(body.p, "RIFF", 4);
  return riff && !memcmp(body.p + 8, "WEBP", 4)   ? "image/webp"
         : riff && !memcmp(body.p + 8, "WAVE", 4) ? "audio/wav"
                                                  : "";
}

static struct str judge_begin(struct str body, size_t most) {
  return str_trim(str_make(body.p, body.n < most ? body.n : most));
}

bool judge_looks_like_json(struct str body) {
  struct str s = judge_begin(body, 64);
  return s.n && (s.p[0] == '{' || s.p[0] == '[');
}

static enum judge_kind judge_kind_of(struct str type) {
  size_t i = 0;
  while (!str_glob(str_of(judge_types[i].pattern), type)) i++; // the last row takes all
  return judge_types[i].kind;
}

static enum judge_kind judge_kind(struct judging *j) {
  struct str media = http_media_type(http_header_get(&j->n->response.headers, "content-type"));
  char *type = arena_z(j->arena, media.n < JUDGE_TYPE ? media : STR_NONE);
  for (char *c = type; *c; c++) *c = (char)tolower((unsigned char)*c);
  j->n->type = type;
  enum judge_kind kind = judge_kind_of(str_of(type));
  if (kind != KIND_SNIFF) return kind;
  const char *sniffed = judge_sniff(j->body);
  if (*sniffed) return j->n->type = sniffed, judge_kind_of(str_of(sniffed));
  bool text = codec_is_utf8(j->body) && !memchr(j->body.p, 0, j->body.n);
  return text ? KIND_MAYBE_JSON : KIND_BINARY;
}

// ---- a response that is good so far

// What is told whole is checked and escaped in one reading; what has to be cut, or is taken by who reads on, is
// read to a tree.
static bool judge_json(struct judging *j, struct err *err) {
  struct buf *escaped = &j->n->escaped;
  if (!j->most || j->body.n > j->most) return judge_read(j, err);
  *escaped = BUF_MAX(j->body.n * JUDGE_ESCAPED + JUDGE_ROOM);
  buf_room(escaped, j->body.n + j->body.n / 4 + JUDGE_ROOM);
  if (json_forward(escaped, j->body, JUDGE_DEPTH, err)) return true;
  buf_free(escaped);
  return false;
}

static void judge_broken(struct judging *j, struct str how) {
  judge_as(j->n, ANSWER_BROKEN, RUN_UPSTREAM_ERROR);
  j->n->words = how;
}

static void judge_promised_json(struct judging *j) {
  struct err why = {0};
  if (judge_json(j, &why))
    judge_as(j->n, ANSWER_JSON, RUN_OK);
  else if (why.code == ERR_LIMIT)
    judge_refusal(j->n, RUN_FAILED,
                  arena_printf(j->arena,
                               "The vendor's answer is too large to be cut to size now: %s.\nWhat to do: %s.",
                               why.text, why.hint));
  else
    judge_broken(j, arena_printf(j->arena, "the JSON it promised cannot be read: %s", why.text));
}

// Proxies and error pages answer 200 too. Only where the connector says that the API has an envelope.
static bool judge_is_web_page(const struct judging *j) {
  return j->n->account->connector->envelope.ok.n && !strcmp(j->n->type, "text/html") &&
         str_starts(judge_begin(j->body, JUDGE_BEGIN), "<");
}

static void judge_text(struct judging *j, bool maybe_json) {
  struct err unused;
  if (maybe_json && judge_looks_like_json(j->body) && judge_json(j, &unused))
    judge_as(j->n, ANSWER_JSON, RUN_OK);
  else if (maybe_json && judge_is_web_page(j))
    judge_broken(j, STR("with a web page (text/html) where its API speaks JSON"));
  else
    judge_as(j->n, codec_is_utf8(j->body) ? ANSWER_TEXT : ANSWER_BINARY, RUN_OK);
}

static void judge_good(struct judging *j) {
  judge_as(j->n, ANSWER_EMPTY, RUN_OK);
  if (judge_begin(j->body, 16).n == 0 && str_trim(j->body).n == 0) return;
  enum judge_kind kind = judge_kind(j);
  if (kind == KIND_JSON)
    judge_promised_json(j);
  else if (kind == KIND_MAYBE_JSON || kind == KIND_TEXT)
    judge_text(j, kind == KIND_MAYBE_JSON);
  else
    judge_as(j->n, kind == KIND_MEDIA ? ANSWER_MEDIA : ANSWER_BINARY, RUN_OK);
}

static void judge_bad(struct judging *j, enum answer_form form, enum run_outcome outcome) {
  struct err unused;
  judge_as(j->n, form, outcome);
  (void)judge_read(j, &unused); // it may say why in words
}

void judge_response(struct call_answer *n, size_t most, int64_t now_ms, struct arena *a) {
  struct judging j = {.n = n, .arena = a, .most = most, .body = call_answer_body(n)};
  int status = n->status = n->response.status;
  n->type = "";
  n->has_rate = ratelimit_read(&n->response.headers, status, now_ms, &n->rate);
  if (judge_is_limited(n))
    judge_bad(&j, ANSWER_LIMITED, RUN_RATE_LIMITED);
  else if (status == 304)
    judge_as(n, ANSWER_EMPTY, RUN_OK);
  else if (status >= 300 && status < 400)
    judge_as(n, ANSWER_REDIRECTED, RUN_UPSTREAM_ERROR);
  else if (status >= 400 || judge_envelope_failed(&j))
    judge_bad(&j, ANSWER_REFUSED, RUN_UPSTREAM_ERROR);
  else
    judge_good(&j);
}

// ---- a result of a vendor's MCP server

// Cloudinary and others tell the vendor's rate headers in the result:
// {"_meta":{"headers":{"x-…-limit":"500"}}}.
static void judge_rate(struct call_answer *n, int64_t now_ms) {
  struct http_header items[JUDGE_RATE_HEADERS_MOST];
  struct http_headers headers = {items, 0};
  size_t i, count;
  yyjson_val *key, *v;
  yyjson_obj_foreach (yyjson_obj_get(yyjson_obj_get(n->value, "_meta"), "headers"), i, count, key, v) {
    if (headers.count == JUDGE_RATE_HEADERS_MOST || !(yyjson_is_str(v) || yyjson_is_raw(v))) continue;
    items[headers.count++] =
        (struct http_header){json_text(key), yyjson_is_str(v) ? json_text(v) : json_raw_number(v)};
  }
  n->has_rate = headers.count && ratelimit_read(&headers, 200, now_ms, &n->rate);
}

size_t judge_size(yyjson_val *v) {
  size_t n = 0;
  char *text = yyjson_val_write(v, 0, &n);
  free(text);
  return text ? n : SIZE_MAX;
}

// Data without its end is no data: better an error that says so.
void judge_result(struct call_answer *n, size_t most, int64_t now_ms) {
  struct str type = json_str(n->value, "resultType");
  yyjson_val *structured = yyjson_obj_get(n->value, "structuredContent");
  bool complete = !type.n || str_is(type, "complete");
  judge_as(n, ANSWER_RESULT, complete ? RUN_OK : RUN_INPUT_REQUIRED);
  if (json_bool(n->value, "isError", false)) n->outcome = RUN_UPSTREAM_ERROR;
  if (most && structured && judge_size(structured) > most) n->outcome = RUN_FAILED;
  if (!n->has_rate) judge_rate(n, now_ms);
}

// ---- no answer

void judge_refusal(struct call_answer *n, enum run_outcome outcome, struct str words) {
  judge_as(n, ANSWER_WORDS, outcome);
  n->words = words;
}

// What a caller can do about a call that got no answer, by the kind of failure.
static const struct {
  enum err_code code;
  enum run_outcome outcome;
  const char *what, *todo;
} judge_failures[] = {
    {ERR_TIMEOUT, RUN_FAILED, "The vendor did not answer in time",
     "Ask for less (a smaller page, a narrower filter) or try again later. If the call changes something, "
     "read the present state first: it may have been done."},
    {ERR_UPSTREAM, RUN_FAILED, "The vendor could not be reached, or broke off",
     "Try again later; if it stays so, tell whoever runs this server. If the call changes something, read "
     "the present state first: it may have been done."},
    {ERR_LIMIT, RUN_FAILED, "The vendor's answer passes a limit of this server",
     "Ask for less: a smaller page, fewer fields, a narrower filter."},
    {ERR_DENIED, RUN_DENIED, "This server may not connect there",
     "Whoever runs it must allow the address; calling again does not help."},
    {ERR_CANCELED, RUN_CANCELED, "The call was canceled", ""},
    {ERR_UNAVAILABLE, RUN_FAILED, "This server is busy or stopping", "Try again in a few seconds."},
    {ERR_OK, RUN_FAILED, "This server failed",
     "Tell whoever runs it, with the time of the call."}, // any other
};

void judge_failure(struct call_answer *n, const struct err *why, struct arena *a) {
  size_t i = 0;
  while (judge_failures[i].code != why->code && judge_failures[i].code != ERR_OK) i++;
  const char *todo = why->hint[0] ? why->hint : judge_failures[i].todo;
  judge_refusal(
      n, judge_failures[i].outcome,
      arena_printf(a, "%s: %s.%s%s", judge_failures[i].what, why->text, *todo ? "\nWhat to do: " : "", todo));
}
