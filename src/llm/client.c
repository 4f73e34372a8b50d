// SPDX-License-Identifier: Apache-2.0
#include "llm/client.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "crypto/token.h"
#include "data/json.h"
#include "fetch/ratelimit.h"
#include "fetch/transfer.h"
#include "io/fiber.h"

#define LLM_ANTHROPIC_VERSION STR("2023-06-01")
#define LLM_ANTHROPIC_OWN STR("2026-10-21") // what Anthropic itself takes; others know the first only

// ---- judging refusals

static struct str llm_error_text(yyjson_val *root, const char *member) {
  yyjson_val *error = yyjson_obj_get(root, "error");
  if (yyjson_is_str(error)) return str_is(str_of(member), "message") ? json_text(error) : STR_NONE;
  return json_str(yyjson_is_obj(error) ? error : root, member);
}

struct llm_verdict llm_judge_refusal(int status, const struct http_headers *headers, struct str code,
                                     int64_t now_ms) {
  struct llm_verdict v = {.wait_ms = -1};
  struct ratelimit rate;
  struct str should = http_header_get(headers, "x-should-retry");
  v.again = status == 408 || status == 409 || status == 429 || status >= 500;
  if (str_is(should, "true") || str_is(should, "false")) v.again = str_is(should, "true");
  if (str_is(code, "insufficient_quota")) v.again = false;
  if (ratelimit_read(headers, status, now_ms, &rate) && rate.has_retry_after && rate.retry_after_s)
    v.wait_ms = rate.retry_after_s * 1000;
  struct str exact = http_header_get(headers, "retry-after-ms");
  int64_t ms;
  if (exact.n && str_to_i64(exact, &ms) && ms >= 0) v.wait_ms = ms;
  return v;
}

uint64_t llm_backoff_ms(int tries, uint32_t random) {
  uint64_t ms = 500;
  for (int i = 1; i < tries && ms < 8000; i++) ms *= 2;
  return ms - ms / 4 * (random % 1024) / 1024;
}

// ---- one try

struct llm_attempt {
  struct fetch_limits limits; // total_ms: what is left of it
  const struct llm_question *q;
  struct str body;
  struct arena *arena;
  struct secret *bearer; // NULL: the key goes otherwise, or there is none
  struct llm_reply *reply;
  bool again;
  int64_t wait_ms;
};

// Why nobody answers, and whether it is worth asking again.
static void llm_refuse(struct llm_attempt *t, struct transfer *transfer, struct err *err) {
  static const struct {
    int status;
    enum err_code code;
    const char *words;
  } kinds[] = {{401, ERR_UNAUTHENTICATED, "refused the key"},
               {403, ERR_UNAUTHENTICATED, "refused the key"},
               {402, ERR_UNPROCESSABLE, "wants to be paid first"},
               {404, ERR_MISSING, "knows no such model or address"},
               {413, ERR_INVALID, "finds the request too large"},
               {429, ERR_LIMIT, "has had too many requests"}};
  int status = transfer_status(transfer);
  struct buf text = {0};
  yyjson_doc *doc = NULL;
  struct err unused;
  if (!transfer_read_all(transfer, &text, &unused)) buf_clear(&text);
  text.n = redact_bytes(t->q->hide, text.p, text.n < LLM_REFUSAL_MOST ? text.n : LLM_REFUSAL_MOST);
  if (!json_read(buf_str(&text), &JSON_FORGIVING, &doc, &unused)) doc = NULL;
  yyjson_val *root = yyjson_doc_get_root(doc);
  struct str said = str_cut_utf8(llm_error_text(root, "message"), 300);
  struct llm_verdict v =
      llm_judge_refusal(status, transfer_headers(transfer), llm_error_text(root, "code"), clock_now_ms());
  t->again = v.again;
  t->wait_ms = v.wait_ms;
  enum err_code code = status >= 500 ? ERR_UPSTREAM : ERR_INVALID;
  const char *words = status >= 500 ? "failed" : "refused the request";
  if (status / 100 == 3) words = "answers with a redirect, which is not followed";
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].status == status) code = kinds[i].code, words = kinds[i].words;
  struct str host = fetch_origin(t->q->engine->url);
  err_set(err, code, "the language model at %.*s %s (HTTP %d)%s%.*s", STR_ARG(host), words, status,
          said.n ? ": " : "", STR_ARG(said));
  if (status == 429) err->reason = WHY_RATE_LIMITED;
  if (v.wait_ms > 0) err_hint(err, "it asks to wait %lld s", (long long)(v.wait_ms + 999) / 1000);
  yyjson_doc_free(doc);
  buf_free(&text);
}

static bool llm_read(struct llm_attempt *t, struct transfer *transfer, struct err *err) {
  struct str bytes;
  do {
    if (!transfer_read(transfer, &bytes, err)) {
      t->again = !llm_reply_has_begun(t->reply) && (err->code == ERR_UPSTREAM || err->code == ERR_TIMEOUT);
      // What has come so far says "cut": that is a reply, and the asker decides.
      return llm_reply_has_begun(t->reply) && err->code == ERR_UPSTREAM;
    }
    llm_reply_feed(t->reply, bytes);
  } while (bytes.n);
  return true;
}

static struct str llm_url(const struct llm_engine *e, struct arena *a) {
  size_t n = 0;
  while (n < e->url.n && e->url.p[n] != '?') n++;
  struct str query = str_from(e->url, n);
  return arena_printf(a, "%.*s%s%.*s", (int)n, e->url.p, e->wire->path, STR_ARG(query));
}

// The header's value, in memory that is wiped.
static struct secret *llm_bearer(struct str key) {
  static const char before[] = {'B', 'e', 'a', 'r', 'e', 'r', ' '};
  char *bytes;
  struct secret *s = secret_make(sizeof before + key.n, &bytes);
  memcpy(bytes, before, sizeof before);
  memcpy(bytes + sizeof before, key.p, key.n);
  return s;
}

static bool llm_has_header(const struct llm_engine *e) {
  return e->key_header.n && !str_is_nocase(e->key_header, "authorization");
}

static bool llm_try(struct llm_attempt *t, struct err *err) {
  const struct llm_engine *e = t->q->engine;
  struct http_header headers[4] = {{STR("Content-Type"), STR("application/json")},
                                   {STR("Accept"), STR("text/event-stream")}};
  struct http_headers list = {headers, 2};
  if (e->wire == &llm_messages)
    headers[list.count++] = (struct http_header){STR("anthropic-version"),
                                                 e->vendors_own ? LLM_ANTHROPIC_OWN : LLM_ANTHROPIC_VERSION};
  if (e->key.n)
    headers[list.count++] = llm_has_header(e)
                                ? (struct http_header){e->key_header, e->key}
                                : (struct http_header){STR("Authorization"), secret_reveal(t->bearer)};
  struct fetch_call call = {.method = "POST",
                            .url = llm_url(e, t->arena),
                            .headers = list,
                            .body = t->body,
                            .has_body = true,
                            .limits = &t->limits,
                            .guard = t->q->guard,
                            .hide = t->q->hide};
  struct transfer *transfer;
  t->wait_ms = -1;
  t->again = false;
  if (!transfer_open(&call, &transfer, err)) {
    t->again = err->code == ERR_UPSTREAM || err->code == ERR_TIMEOUT;
    return false;
  }
  bool ok = transfer_status(transfer) / 100 == 2;
  if (ok) {
    t->reply = llm_reply_new(e->wire, t->q->limits->body_bytes, t->q->on_event, t->q->ctx);
    ok = llm_read(t, transfer, err);
    if (!ok) llm_reply_free(t->reply);
  } else
    llm_refuse(t, transfer, err);
  transfer_close(transfer);
  return ok;
}

// Is anything left behind such a wait? It is the limit of the next try.
static bool llm_has_time(struct llm_attempt *t, uint64_t began_us, uint64_t wait_ms) {
  uint64_t most = t->q->limits->total_ms, used = (clock_mono_us() - began_us) / 1000 + wait_ms;
  if (!most) return true;
  t->limits.total_ms = used < most ? most - used : 0;
  return used < most;
}

bool llm_ask(const struct llm_question *q, struct arena *a, struct llm_reply **out, struct err *err) {
  struct buf body = BUF_MAX(LLM_REQUEST_MOST);
  q->engine->wire->write(q->talk, &body);
  struct llm_attempt t = {.q = q, .body = buf_str(&body), .arena = a, .limits = *q->limits};
  uint64_t began_us = clock_mono_us();
  if (q->engine->key.n && !llm_has_header(q->engine)) t.bearer = llm_bearer(q->engine->key);
  bool ok = body.full ? err_set(err, ERR_LIMIT, "the conversation has grown too long to be sent")
                      : llm_try(&t, err);
  for (int tries = 1; !ok && t.again && tries < LLM_TRIES_MOST && t.wait_ms <= LLM_WAIT_MOST_MS; tries++) {
    uint32_t random;
    token_random(&random, sizeof random);
    struct err canceled;
    uint64_t wait_ms = t.wait_ms >= 0 ? (uint64_t)t.wait_ms : llm_backoff_ms(tries, random);
    if (!llm_has_time(&t, began_us, wait_ms)) break; // what went wrong last stands
    if (!fiber_sleep(wait_ms, &canceled)) {
      *err = canceled;
      break;
    }
    ok = llm_try(&t, err);
  }
  buf_free(&body);
  secret_free(t.bearer);
  if (ok) *out = t.reply;
  return ok;
}
