// SPDX-License-Identifier: Apache-2.0
#include "serve/bridge.h"

#include "base/clock.h"
#include "forward/owner.h"
#include "io/fiber.h"
#include "serve/errand.h"
#include "serve/fault.h"
#include "serve/offer.h"
#include "serve/question.h"
#include "serve/reply.h"
#include "serve/rewrite.h"
#include "session/capability.h"
#include "session/level.h"
#include "session/state.h"

#define BRIDGE_KEY "question" // of a live request that became an input request

enum { BRIDGE_NEWS_MOST = 4 << 20 };

static struct state_bound bridge_bound(const struct bridge *b) {
  return (struct state_bound){.principal = b->r->client.principal.key,
                              .server_id = b->r->server->server.id,
                              .method = b->method,
                              .params = b->params};
}

// ---- what the client carries back

static bool bridge_resume(struct bridge *b, struct str handle, struct err *err) {
  struct kept kept;
  if (!kept_take(handle, b->r->client.principal.key, &kept))
    return err_at(
        err, ERR_INVALID, "/params/requestState",
        "the call that waited for this answer is over: send the request again without requestState");
  b->resume = kept.call;
  b->question = kept.question;
  return true;
}

static bool bridge_declines(yyjson_val *responses) {
  size_t i, n;
  yyjson_val *key, *response;
  if (!responses) return false;
  yyjson_obj_foreach (responses, i, n, key, response)
    if (!str_is(json_str(response, "action"), "accept")) return true;
  return false;
}

// Answers that belong to no question of ours are for the vendor, if it is one that asks in this way.
static yyjson_val *bridge_responses(const struct bridge *b, yyjson_val *responses) {
  if (!responses || b->linked) return NULL;
  (void)offer_of(b->r); // finds out which era it speaks, where nobody knows yet
  return b->question.doc || !offer_is_legacy(b->r, b->member) ? responses : NULL;
}

// A modern client says with each request what it wants to be told; a legacy vendor takes that for its
// session.
static void bridge_tell_level(struct bridge *b) {
  if (!b->r->message.log_level.n || b->resume) return;
  (void)offer_of(b->r);
  errand_set_level(b->r, b->member, b->r->message.log_level);
}

static bool bridge_open(struct bridge *b, struct err *err) {
  struct serve_request *r = b->r;
  if (r->transport.era != MCP_MODERN) return true;
  yyjson_val *responses = yyjson_obj_get(b->params, "inputResponses");
  yyjson_val *text = yyjson_obj_get(b->params, "requestState");
  if (responses && !yyjson_is_obj(responses))
    return err_at(err, ERR_INVALID, "/params/inputResponses", "inputResponses must be an object");
  struct state_bound bound = bridge_bound(b);
  struct state state = {STATE_VENDOR, STR_NONE};
  if (text && !yyjson_is_str(text))
    return err_at(err, ERR_INVALID, "/params/requestState", "requestState must be a string");
  if (text && !state_open(r->env->ring, &bound, json_text(text), r->arena, &state, err)) return false;
  if (state.kind == STATE_KEPT && !bridge_resume(b, state.text, err)) return false;
  if (state.kind == STATE_VENDOR) b->request_state = state.text;
  b->linked = state.kind == STATE_LINK;
  b->declined = b->linked && bridge_declines(responses);
  b->input_responses = bridge_responses(b, responses);
  bridge_tell_level(b);
  return true;
}

static void bridge_close(struct bridge *b) {
  if (b->resume) mcp_call_close(b->resume);
  mcp_event_free(&b->question);
  yyjson_doc_free(b->answers);
}

// ---- news before the result

static bool bridge_wants(const struct bridge *b, const struct mcp_event *e) {
  const struct serve_request *r = b->r;
  bool legacy = r->transport.era == MCP_LEGACY;
  if (!reply_can_tell(r)) return false;
  if (str_is(e->method, "notifications/progress")) return e->progress && r->message.progress_token;
  if (str_is(e->method, "notifications/message")) // 2026-07-28: only where the request says a level
    return (legacy || r->message.log_level.n) &&
           level_passes(r->message.log_level, json_str(e->params, "level"));
  if (str_is(e->method, "notifications/resources/updated")) return legacy && r->server->resources;
  // Changes of lists come by catalog/watch, and of modern clients' resources by their own streams.
  return legacy && !str_ends(e->method, "/list_changed");
}

static bool bridge_news(struct bridge *b, const struct mcp_event *e, struct err *err) {
  if (!bridge_wants(b, e)) return true;
  yyjson_mut_doc *doc = rewrite_params(e->params, b->member->alias);
  yyjson_mut_val *params = yyjson_mut_doc_get_root(doc);
  struct buf message = BUF_MAX(BRIDGE_NEWS_MOST);
  if (e->progress)
    yyjson_mut_obj_put(params, yyjson_mut_str(doc, "progressToken"),
                       yyjson_val_mut_copy(doc, b->r->message.progress_token));
  bool fits = jsonrpc_request(&message, STR_NONE, e->method, params) && !message.full;
  bool ok = !fits || reply_event(b->r, buf_str(&message), err);
  buf_free(&message);
  yyjson_mut_doc_free(doc);
  return ok;
}

// ---- questions to a legacy client

static bool bridge_send(void *arg, struct str message, struct err *err) {
  return reply_event(arg, message, err);
}

// Waits for a person, so the request gets its time afresh afterwards.
bool bridge_ask(struct bridge *b, struct str method, yyjson_val *params, yyjson_doc **answer,
                struct err *err) {
  struct serve_request *r = b->r;
  struct question question = {.session_key = reply_can_tell(r) ? r->client.principal.session : STR_NONE,
                              .capabilities = r->client.capabilities,
                              .alias = b->member->alias,
                              .send = bridge_send,
                              .arg = r,
                              .peer = offer_peer(r, b->member),
                              .who = serve_who(r)};
  fiber_deadline(fiber_self(), QUESTION_LEG_MS + r->env->call_ms);
  bool ok = question_client(&question, method, params, answer, err);
  fiber_deadline(fiber_self(), r->env->call_ms);
  return ok;
}

// The answer to a vendor's live request; NULL: there is none, and `why` says why.
static bool bridge_answer(struct bridge *b, yyjson_val *id, yyjson_val *response, const struct err *why,
                          struct err *err) {
  struct question_answer a = question_answer(response, why, b->r->arena);
  return mcp_call_answer(b->call, id, a.result, a.code, a.message, err);
}

static bool bridge_ask_live(struct bridge *b, const struct mcp_event *e, struct err *err) {
  yyjson_doc *answer = NULL;
  struct err why = {0};
  if (!bridge_ask(b, e->method, e->params, &answer, &why) && why.code == ERR_CANCELED) {
    *err = why;
    return false;
  }
  bool ok = bridge_answer(b, e->id, yyjson_doc_get_root(answer), &why, err);
  yyjson_doc_free(answer);
  return ok;
}

// ---- questions to a modern client

// {"resultType":"input_required","inputRequests":{"question":{method, params}}}; bridge_seal adds the state.
static void bridge_question_result(const struct mcp_event *question, struct mcp_event *out) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_str(doc, root, "resultType", "input_required");
  yyjson_mut_val *requests = yyjson_mut_obj_add_obj(doc, root, "inputRequests");
  yyjson_mut_val *request = yyjson_mut_obj_add_obj(doc, requests, BRIDGE_KEY);
  yyjson_mut_val *params =
      question->params ? yyjson_val_mut_copy(doc, question->params) : yyjson_mut_obj(doc);
  yyjson_mut_val *meta = yyjson_mut_obj_get(params, "_meta");
  if (meta) yyjson_mut_obj_remove_str(meta, "progressToken"); // there is no stream to progress on
  yyjson_mut_obj_remove_str(params, "elicitationId");         // of 2025-11-25 only
  yyjson_mut_obj_add_strncpy(doc, request, "method", question->method.p, question->method.n);
  yyjson_mut_obj_add_val(doc, request, "params", params);
  *out = (struct mcp_event){.kind = MCP_RESULT, .doc = yyjson_mut_doc_imut_copy(doc, NULL)};
  out->value = yyjson_doc_get_root(out->doc);
  yyjson_mut_doc_free(doc);
}

// The call waits, apart from this request, for the client to come back. Takes the question over.
static bool bridge_keep(struct bridge *b, const struct mcp_event *question, struct err *err) {
  char handle[KEPT_HANDLE];
  struct kept kept = {b->call, *question};
  struct standing standing = standing_of(b->r->url, &b->r->client.principal);
  if (!kept_put(&kept, &standing, b->r->client.principal.key, owner_mark(), handle, err)) return false;
  b->handle = arena_dup(b->r->arena, str_of(handle));
  return true;
}

// Takes the question over.
static bool bridge_ask_later(struct bridge *b, struct mcp_event *question, struct mcp_event *last,
                             struct err *err) {
  struct err why;
  if (!capability_allows(b->r->client.capabilities, question->method, question->params)) {
    err_set(&why, ERR_DENIED, "the client did not declare that it can be asked this");
    bool ok = bridge_answer(b, question->id, NULL, &why, err);
    mcp_event_free(question);
    return ok;
  }
  struct mcp_event result;
  bridge_question_result(question, &result);
  if (!mcp_call_detach(b->call, err) || !bridge_keep(b, question, err)) {
    mcp_event_free(&result);
    mcp_event_free(question);
    return false;
  }
  *last = result;
  return true;
}

// The client is back: its answer goes to the vendor. Without one it is asked again.
static bool bridge_go_on(struct bridge *b, struct mcp_event *last, struct err *err) {
  yyjson_val *response = yyjson_obj_get(b->input_responses, BRIDGE_KEY);
  struct mcp_event question = b->question;
  b->question = (struct mcp_event){0};
  if (!yyjson_is_obj(response)) return bridge_ask_later(b, &question, last, err);
  bool ok = mcp_call_answer(b->call, question.id, json_to_text(b->r->arena, response), 0, STR_NONE, err);
  mcp_event_free(&question);
  return ok;
}

// ---- the call

// What comes before the last event; takes it over.
static bool bridge_take(struct bridge *b, struct mcp_event *e, struct mcp_event *last, struct err *err) {
  if (e->kind == MCP_REQUEST && b->r->transport.era == MCP_MODERN) return bridge_ask_later(b, e, last, err);
  bool ok = e->kind == MCP_REQUEST ? bridge_ask_live(b, e, err) : bridge_news(b, e, err);
  mcp_event_free(e);
  return ok;
}

bool bridge_carry(void *arg, struct mcp_call *call, struct mcp_event *last, bool *kept, struct err *err) {
  struct bridge *b = arg;
  struct mcp_event e;
  b->call = call;
  *kept = false;
  bool ok = !b->question.doc || bridge_go_on(b, last, err);
  while (ok && !b->handle.n) {
    if (!mcp_call_next(call, &e, err)) return false;
    if (e.kind == MCP_RESULT || e.kind == MCP_ERROR) {
      *last = e;
      return true;
    }
    ok = bridge_take(b, &e, last, err);
  }
  *kept = ok && b->handle.n;
  return ok;
}

// ---- input_required

static bool bridge_is_input_required(const struct bridge *b) {
  return yyjson_mut_equals_str(yyjson_mut_obj_get(b->result.value, "resultType"), "input_required");
}

// All that the vendor wants to know, one after the other; {"key": result, …}.
static bool bridge_collect(struct bridge *b, yyjson_val *requests, yyjson_mut_doc *out, struct err *err) {
  yyjson_mut_val *answers = yyjson_mut_obj(out);
  yyjson_mut_doc_set_root(out, answers);
  yyjson_obj_iter it = yyjson_obj_iter_with(requests);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    yyjson_val *request = yyjson_obj_iter_get_val(key);
    yyjson_doc *answer;
    if (!bridge_ask(b, json_str(request, "method"), yyjson_obj_get(request, "params"), &answer, err))
      return false;
    yyjson_val *root = yyjson_doc_get_root(answer), *result = yyjson_obj_get(root, "result");
    struct str refusal = json_str(yyjson_obj_get(root, "error"), "message");
    if (result)
      yyjson_mut_obj_add(answers, yyjson_val_mut_copy(out, key), yyjson_val_mut_copy(out, result));
    else
      err_set(err, ERR_DENIED, "the client refused: %.*s", STR_ARG(refusal));
    yyjson_doc_free(answer);
    if (!result) return false;
  }
  return true;
}

// The vendor wants answers first, and this client can give them now. A state alone: it wants to be asked again.
static bool bridge_answer_now(struct bridge *b, struct err *err) {
  if (b->turns > BRIDGE_ROUNDS_MOST)
    return err_set(err, ERR_LIMIT, "the vendor asked more than %d times for input", BRIDGE_ROUNDS_MOST);
  yyjson_doc *asked = yyjson_mut_val_imut_copy(b->result.value, NULL);
  yyjson_val *root = yyjson_doc_get_root(asked), *requests = yyjson_obj_get(root, "inputRequests");
  yyjson_mut_doc *answers = yyjson_mut_doc_new(NULL);
  b->request_state = arena_dup(b->r->arena, json_str(root, "requestState"));
  bool ok = bridge_collect(b, requests, answers, err);
  if (ok) {
    yyjson_doc_free(b->answers);
    b->answers = yyjson_mut_doc_imut_copy(answers, NULL);
    b->input_responses = requests ? yyjson_doc_get_root(b->answers) : NULL;
  }
  yyjson_mut_doc_free(answers);
  yyjson_doc_free(asked);
  return ok;
}

// Only what this client declared: it is never asked anything else (2026-07-28, MRTR).
static bool bridge_may_ask(struct bridge *b, yyjson_val *requests, struct err *err) {
  yyjson_obj_iter it = yyjson_obj_iter_with(requests);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    yyjson_val *request = yyjson_obj_iter_get_val(key), *params = yyjson_obj_get(request, "params");
    struct str method = json_str(request, "method");
    if (!capability_allows(b->r->client.capabilities, method, params))
      return fault_capability(b->r, capability_needed(method, params), err);
  }
  return true;
}

static bool bridge_check_requests(struct bridge *b, yyjson_mut_val *requests, struct err *err) {
  size_t i, n;
  yyjson_mut_val *key, *request;
  yyjson_doc *copy = requests ? yyjson_mut_val_imut_copy(requests, NULL) : NULL;
  bool ok = bridge_may_ask(b, yyjson_doc_get_root(copy), err);
  yyjson_doc_free(copy);
  yyjson_mut_obj_foreach (requests, i, n, key, request)
    rewrite_result(b->result.doc, yyjson_mut_obj_get(request, "params"), b->member->alias);
  return ok;
}

// The state, so that it comes back here only; absent stays absent.
static bool bridge_seal(struct bridge *b, struct err *err) {
  struct errand_result *result = &b->result;
  if (!bridge_check_requests(b, yyjson_mut_obj_get(result->value, "inputRequests"), err)) return false;
  yyjson_mut_val *theirs = yyjson_mut_obj_get(result->value, "requestState");
  if (!theirs && !b->handle.n) return true;
  struct state state = {STATE_KEPT, b->handle};
  if (!b->handle.n)
    state = (struct state){STATE_VENDOR, str_make(yyjson_mut_get_str(theirs), yyjson_mut_get_len(theirs))};
  struct state_bound bound = bridge_bound(b);
  struct str text;
  if (!state_close(b->r->env->ring, &bound, &state, b->r->arena, &text, err)) return false;
  yyjson_mut_obj_put(result->value, yyjson_mut_str(result->doc, "requestState"),
                     yyjson_mut_strncpy(result->doc, text.p, text.n));
  return true;
}

// ---- the whole

static bool bridge_take_turn(struct bridge *b, struct err *err) {
  b->turns++;
  return b->turn(b, err);
}

bool bridge_run(struct bridge *b, struct err *err) {
  bool ok = bridge_open(b, err) && bridge_take_turn(b, err);
  while (ok && b->r->transport.era == MCP_LEGACY && bridge_is_input_required(b))
    ok = bridge_answer_now(b, err) && bridge_take_turn(b, err);
  if (ok) rewrite_result(b->result.doc, b->result.value, b->member->alias);
  if (ok && bridge_is_input_required(b)) ok = bridge_seal(b, err);
  bridge_close(b);
  return ok;
}
