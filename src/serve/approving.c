// SPDX-License-Identifier: Apache-2.0
#include "serve/approving.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "serve/fault.h"
#include "serve/frame.h"
#include "serve/own.h"
#include "serve/reply.h"
#include "session/capability.h"
#include "session/state.h"

enum { APPROVING_LOOK_MS = 500, APPROVING_TELL_MS = 5000, APPROVING_TEXT_MOST = 16 * 1024 };
#define APPROVING_KEY "approval"

// ---- the store, on the pool

struct approving_job {
  struct store *store;
  struct arena *arena;
  const struct approval *wanted;
  struct approval_step step;
  struct approval row;
  bool fresh;
};

static bool approving_ask_job(void *arg, struct err *err) {
  struct approving_job *j = arg;
  return approval_ask(j->store, j->wanted, j->arena, &j->row, &j->fresh, err);
}

static bool approving_get_job(void *arg, struct err *err) {
  struct approving_job *j = arg;
  return approval_get(j->store, j->step.id, j->arena, &j->row, err);
}

static bool approving_step_job(void *arg, struct err *err) {
  struct approving_job *j = arg;
  return approval_step(j->store, &j->step, j->arena, &j->row, err);
}

static struct approving_job approving_job(const struct approving *p) {
  const struct serve_request *r = p->bridge->r;
  return (struct approving_job){.store = r->env->answers, .arena = r->arena, .step = {.id = p->row.id}};
}

static bool approving_move(struct approving *p, enum approval_state to, struct str outcome, struct err *err) {
  struct approving_job j = approving_job(p);
  j.step.from = p->row.state;
  j.step.to = to;
  j.step.now = clock_now_ms();
  j.step.outcome = outcome;
  if (!pool_run(approving_step_job, &j, err)) return false;
  p->row = j.row;
  return true;
}

// What the row says now. One that went with its server or account: it expired.
static bool approving_look(struct approving *p, struct err *err) {
  struct approving_job j = approving_job(p);
  if (pool_run(approving_get_job, &j, err))
    p->row = j.row;
  else if (err->code == ERR_MISSING)
    p->row.state = APPROVAL_EXPIRED;
  else
    return false;
  if (approval_has_expired(&p->row, clock_now_ms())) p->row.state = APPROVAL_EXPIRED;
  return true;
}

static void approving_audit(const struct approving *p, const char *action, const char *outcome) {
  struct serve_request *r = p->bridge->r;
  struct audit_row row = serve_audit_row(r);
  row.action = str_of(action);
  row.account_id = p->row.account_id;
  row.account_name = p->row.account_name;
  row.tool = p->row.tool;
  row.outcome = str_of(outcome);
  row.detail = arena_printf(r->arena, "%.*s: %s", STR_ARG(p->row.id), approval_state_name(p->row.state));
  audit_add(r->env->run.audit, &row);
}

// ---- what the client is told

static struct str approving_time(const struct approving *p, int64_t ms) {
  char text[CLOCK_TEXT];
  clock_rfc3339(ms, text);
  return arena_dup(p->bridge->r->arena, str_of(text));
}

static struct str approving_place(const struct approving *p) {
  const struct serve_request *r = p->bridge->r;
  return arena_printf(r->arena, "%.*s/ui/approvals/%.*s", STR_ARG(r->env->origins->public_url),
                      STR_ARG(p->row.id));
}

static struct str approving_words(const struct approving *p) {
  struct arena *a = p->bridge->r->arena;
  const struct approval *w = &p->row;
  switch (w->state) {
  case APPROVAL_WAITING:
  case APPROVAL_APPROVED:
    return arena_printf(
        a,
        "Not done yet: this call waits for the approval of a second person (%.*s), until %.*s. "
        "Somebody else than who asked opens %.*s and approves or refuses it.\n"
        "What to do: tell the person you work for, and do not call again by yourself. When they "
        "say that it was approved, make the very same call once more; it is done then, once.",
        STR_ARG(w->id), STR_ARG(approving_time(p, w->expires_at)), STR_ARG(approving_place(p)));
  case APPROVAL_REFUSED:
    return arena_printf(
        a,
        "Refused by %.*s (%.*s)%s%.*s. Nothing was sent. The same call stays refused until %.*s; do "
        "not try to come to the same by other calls.",
        STR_ARG(w->decided_name), STR_ARG(w->id), w->reason.n ? ": " : "", STR_ARG(w->reason),
        STR_ARG(approving_time(p, w->expires_at)));
  case APPROVAL_RUNNING:
    return arena_printf(
        a,
        "This call was approved (%.*s), and is being made at this moment or was cut off while it "
        "was made. Look whether it was done before you ask for it again.",
        STR_ARG(w->id));
  case APPROVAL_STOPPED:
    return arena_printf(
        a,
        "This call was approved (%.*s), but %.*s is another one since. Nothing was sent. Call again "
        "to have it approved as it is now.",
        STR_ARG(w->id), STR_ARG(w->outcome));
  case APPROVAL_WITHDRAWN:
    return arena_printf(a, "Withdrawn (%.*s): nobody is asked to approve it any more. Nothing was sent.",
                        STR_ARG(w->id));
  default:
    return arena_printf(a, "Nobody approved this call in time (%.*s). Nothing was sent.", STR_ARG(w->id));
  }
}

static enum approving_word approving_tell(struct approving *p, struct buf *out) {
  approving_audit(p, "tools/call", p->row.state == APPROVAL_WAITING ? "input_required" : "denied");
  own_say(p->bridge->r, approving_words(p), NULL, true, out);
  return APPROVING_TOLD;
}

// ---- its client waits

static void approving_progress(const struct approving *p, unsigned turn) {
  struct serve_request *r = p->bridge->r;
  struct buf message = BUF_MAX(4096);
  struct err err;
  if (!r->message.progress_token || !reply_can_tell(r)) return;
  buf_add_z(&message,
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":");
  buf_add(&message, json_to_text(r->arena, r->message.progress_token));
  buf_printf(&message, ",\"progress\":%u,\"message\":\"waits for approval: %.*s\"}}", turn,
             STR_ARG(p->row.id));
  if (!message.full)
    (void)!reply_event(r, buf_str(&message), &err); // one that has gone is seen at the next wait
  buf_free(&message);
}

static bool approving_wait(struct approving *p, struct err *err) {
  struct serve_request *r = p->bridge->r;
  uint64_t wait_ms = r->transport.batch ? 0 : r->env->approval_wait_ms, began = clock_mono_us(), told = began;
  unsigned turn = 0;
  bool ok = true;
  fiber_deadline(fiber_self(), wait_ms + r->env->call_ms);
  while (ok && p->row.state == APPROVAL_WAITING && clock_mono_us() - began < wait_ms * 1000) {
    ok = fiber_sleep(APPROVING_LOOK_MS, err) && approving_look(p, err);
    if (!ok || clock_mono_us() - told < APPROVING_TELL_MS * 1000) continue;
    told = clock_mono_us();
    approving_progress(p, ++turn);
  }
  fiber_deadline(fiber_self(), r->env->call_ms);
  return ok;
}

// ---- its client is asked to wait on

// {"mode":"form","message":…,"requestedSchema":{…}}: nothing is filled in; to accept is to wait on.
static void approving_question(const struct approving *p, struct buf *out) {
  struct str words = arena_printf(
      p->bridge->r->arena,
      "The call of %.*s waits for the approval of a second person, until %.*s: %.*s\nAccept "
      "once it was approved; decline to withdraw it.",
      STR_ARG(p->row.tool), STR_ARG(approving_time(p, p->row.expires_at)), STR_ARG(approving_place(p)));
  buf_add_z(out, "{\"mode\":\"form\",\"message\":");
  json_add_string(out, words);
  buf_add_z(out, ",\"requestedSchema\":{\"type\":\"object\",\"properties\":{}}}");
}

// Taken from what a modern client came back with, or a legacy one answered.
static struct str approving_action(yyjson_val *answer) {
  return json_str(answer, "action");
}

static enum approving_word approving_ask_modern(struct approving *p, struct buf *out, struct err *err) {
  struct serve_request *r = p->bridge->r;
  struct state state = {STATE_LINK, STR_NONE};
  struct state_bound bound = {r->client.principal.key, r->server->server.id, p->bridge->method,
                              p->bridge->params};
  struct str text;
  if (!state_close(r->env->ring, &bound, &state, r->arena, &text, err)) return APPROVING_FAILED;
  approving_audit(p, "tools/call", "input_required");
  buf_add_z(out, "{\"resultType\":\"input_required\",\"inputRequests\":{\"" APPROVING_KEY
                 "\":{\"method\":\"elicitation/create\",\"params\":");
  approving_question(p, out);
  buf_printf(out, "}},\"requestState\":\"%.*s\"", STR_ARG(text));
  frame_close(r, out, false);
  return APPROVING_TOLD;
}

// The person declined: nobody else needs to look at it.
static bool approving_withdraw(struct approving *p, struct err *err) {
  struct err why;
  if (approving_move(p, APPROVAL_WITHDRAWN, STR_NONE, &why))
    approving_audit(p, "approval.withdraw", "ok");
  else if (why.code != ERR_CONFLICT)
    return *err = why, false;
  else
    return approving_look(p, err);
  return true;
}

// False only when canceled.
static bool approving_ask_legacy(struct approving *p, yyjson_val *params, struct err *err) {
  yyjson_doc *answer = NULL;
  struct err why = {0};
  if (!bridge_ask(p->bridge, STR("elicitation/create"), params, &answer, &why)) {
    if (why.code == ERR_CANCELED) *err = why;
    return why.code != ERR_CANCELED && approving_look(p, err);
  }
  struct str action = approving_action(yyjson_obj_get(yyjson_doc_get_root(answer), "result"));
  bool accepts = str_is(action, "accept"), declines = str_is(action, "decline");
  yyjson_doc_free(answer);
  if (!approving_look(p, err)) return false;
  if (p->row.state != APPROVAL_WAITING) return true;
  return declines ? approving_withdraw(p, err) : !accepts || approving_wait(p, err);
}

static enum approving_word approving_ask(struct approving *p, struct buf *out, struct err *err) {
  struct serve_request *r = p->bridge->r;
  struct buf question = BUF_MAX(APPROVING_TEXT_MOST);
  yyjson_doc *params = NULL;
  approving_question(p, &question);
  bool can =
      !r->transport.batch && !p->bridge->linked &&
      json_read(buf_str(&question), &JSON_LIMITS, &params, err) &&
      capability_allows(r->client.capabilities, STR("elicitation/create"), yyjson_doc_get_root(params));
  enum approving_word word = APPROVING_GO;
  if (can && r->transport.era == MCP_MODERN)
    word = approving_ask_modern(p, out, err);
  else if (can && !approving_ask_legacy(p, yyjson_doc_get_root(params), err))
    word = APPROVING_FAILED;
  yyjson_doc_free(params);
  buf_free(&question);
  return word;
}

// ---- the whole

// What a modern client comes back with; `linked`: it was asked a moment ago.
static bool approving_back(struct approving *p, struct err *err) {
  struct bridge *b = p->bridge;
  struct serve_request *r = b->r;
  yyjson_val *text = yyjson_obj_get(b->params, "requestState");
  struct state_bound bound = {r->client.principal.key, r->server->server.id, b->method, b->params};
  struct state state;
  if (r->transport.era != MCP_MODERN || !text) return true;
  if (!yyjson_is_str(text))
    return err_at(err, ERR_INVALID, "/params/requestState", "requestState must be a string");
  if (!state_open(r->env->ring, &bound, json_text(text), r->arena, &state, err)) return false;
  b->linked = state.kind == STATE_LINK;
  yyjson_val *answer = yyjson_obj_get(yyjson_obj_get(b->params, "inputResponses"), APPROVING_KEY);
  bool declines = b->linked && str_is(approving_action(answer), "decline");
  return !declines || p->row.state != APPROVAL_WAITING || approving_withdraw(p, err);
}

// Made up to where it would be sent. p->row.id stays empty where it needs no approval, or would not be sent.
static bool approving_put(struct approving *p, struct err *err) {
  struct serve_request *r = p->bridge->r;
  struct run_call dry = *p->call;
  struct call_answer n;
  struct approval wanted;
  dry.rehearses = true;
  if (!call_run(&dry, r->arena, &n, err)) return false;
  bool needs = approving_describe(p, &n, r->arena, &wanted);
  call_answer_free(&n);
  if (!needs) return true;
  struct approving_job j = approving_job(p);
  j.wanted = &wanted;
  if (!pool_run(approving_ask_job, &j, err)) return false;
  p->row = j.row;
  if (j.fresh) approving_audit(p, "approval.ask", "ok");
  return true;
}

// Nobody else makes it, and it is what was approved: from here on it counts as made.
static enum approving_word approving_claim(struct approving *p, struct buf *out, struct err *err) {
  struct str arguments = p->row.arguments;
  const char *changed = approving_changed(p, p->bridge->r->arena);
  enum approval_state to = changed ? APPROVAL_STOPPED : APPROVAL_RUNNING;
  if (!approving_move(p, to, changed ? str_of(changed) : STR_NONE, err)) {
    if (err->code != ERR_CONFLICT && err->code != ERR_MISSING) return APPROVING_FAILED;
    return approving_look(p, err) ? approving_tell(p, out) : APPROVING_FAILED;
  }
  if (changed) return approving_tell(p, out);
  p->call->approved = arguments;
  p->call->approval = p->row.id;
  return APPROVING_GO;
}

static enum approving_word approving_refuse(struct approving *p, struct buf *out, struct err *err) {
  struct serve_request *r = p->bridge->r;
  if (err->code != ERR_LIMIT && err->code != ERR_MISSING) return APPROVING_FAILED;
  own_record(r, p->call->tool->name, false, STR("approval: it cannot be asked for"));
  own_say(r,
          arena_printf(
              r->arena,
              "This call needs the approval of a second person, and cannot be asked for: %s. Nothing was "
              "sent. Do not call again before some of them were approved or refused.",
              err->text),
          NULL, true, out);
  return APPROVING_TOLD;
}

enum approving_word approving_begin(struct approving *p, struct buf *out, struct err *err) {
  const struct catalog_tool *tool = p->call->tool;
  const struct policy_filter *f = &p->bridge->r->server->server.filter;
  if (f->approval == POLICY_NO_APPROVAL || (tool->tool->read_only && !tool->choice_count))
    return APPROVING_GO;
  if (!approving_put(p, err)) return approving_refuse(p, out, err);
  if (!p->row.id.n) return APPROVING_GO;
  if (!approving_back(p, err) || !approving_wait(p, err)) return APPROVING_FAILED;
  if (p->row.state == APPROVAL_WAITING) {
    enum approving_word word = approving_ask(p, out, err);
    if (word != APPROVING_GO) return word;
  }
  return p->row.state == APPROVAL_APPROVED ? approving_claim(p, out, err) : approving_tell(p, out);
}

// What a limit refused was not done, and stays approved.
void approving_end(struct approving *p, enum run_outcome outcome) {
  struct err err;
  if (!p->row.id.n || p->row.state != APPROVAL_RUNNING) return;
  bool again = outcome == RUN_RATE_LIMITED;
  if (!approving_move(p, again ? APPROVAL_APPROVED : APPROVAL_DONE, str_of(run_outcome_name(outcome)), &err))
    log_warn("approval %.*s: what became of it is not written: %s", STR_ARG(p->row.id), err.text);
}
