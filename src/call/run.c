// SPDX-License-Identifier: Apache-2.0
#include "call/run.h"

#include "account/grant.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/metrics.h"
#include "call/cache.h"
#include "call/check.h"
#include "call/fenced.h"
#include "call/judge.h"
#include "call/limited.h"
#include "call/own.h"
#include "call/quota.h"
#include "call/rest.h"
#include "call/run_parts.h"
#include "catalog/find.h"
#include "catalog/pending.h"
#include "catalog/shown.h"
#include "data/json.h"
#include "io/share.h"
#include "mcp/refusal.h"
#include "version.h"

enum { RUN_TRACE_MOST = 512, RUN_ARGUMENTS_MOST = 1 << 20 };

static const struct {
  const char *name;
  enum metric metric;
} run_outcomes[] = {
    [RUN_OK] = {"ok", METRIC_TOOL_CALLS_OK},
    [RUN_INVALID] = {"invalid", METRIC_TOOL_CALLS_INVALID},
    [RUN_DENIED] = {"denied", METRIC_TOOL_CALLS_DENIED},
    [RUN_UPSTREAM_ERROR] = {"upstream_error", METRIC_TOOL_CALLS_UPSTREAM},
    [RUN_RATE_LIMITED] = {"rate_limited", METRIC_TOOL_CALLS_LIMITED},
    [RUN_FAILED] = {"failed", METRIC_TOOL_CALLS_FAILED},
    [RUN_CANCELED] = {"canceled", METRIC_TOOL_CALLS_CANCELED},
    [RUN_INPUT_REQUIRED] = {"input_required", METRIC_TOOL_CALLS_OK},
    [RUN_NEEDS_AUTHORIZING] = {"needs_authorising", METRIC_TOOL_CALLS_UPSTREAM},
};

const char *run_outcome_name(enum run_outcome outcome) {
  return run_outcomes[outcome].name;
}

bool run_outcome_is_error(enum run_outcome outcome) {
  return outcome != RUN_OK && outcome != RUN_INPUT_REQUIRED;
}

struct str call_answer_body(const struct call_answer *n) {
  struct str body = buf_str(&n->response.body);
  return str_starts(body, "\xef\xbb\xbf") ? str_from(body, 3) : body;
}

// What came, which makes room for another answer.
static void run_answer_drop(struct call_answer *n) {
  yyjson_doc_free(n->doc);
  payer_give(n->response.body.payer, n->paid);
  buf_free(&n->response.body);
  buf_free(&n->escaped);
  n->doc = NULL;
  n->value = NULL;
  n->paid = 0;
  n->response = (struct fetch_result){0};
}

void call_answer_free(struct call_answer *n) {
  yyjson_mut_doc_free(n->asked);
  run_answer_drop(n);
  *n = (struct call_answer){.form = n->form, .outcome = n->outcome};
}

static struct str run_detail(const struct run_call *call, const struct call_answer *n, struct arena *a) {
  if (!call->approval.n) return n->detail;
  return arena_printf(a, "approved: %.*s%s%.*s", STR_ARG(call->approval), n->detail.n ? "; " : "",
                      STR_ARG(n->detail));
}

static void run_record(const struct run_call *call, const struct call_answer *n, enum run_outcome outcome,
                       uint64_t started_us, struct arena *a) {
  if (call->rehearses && !run_outcome_is_error(outcome)) return;
  metrics_add(run_outcomes[outcome].metric, 1);
  bool values = call->server && call->server->server.filter.record_arguments && call->arguments;
  if (!call->env->audit) return;
  audit_add(call->env->audit, &(struct audit_row){
                                  .at = clock_now_ms(),
                                  .who = call->by,
                                  .action = STR("tools/call"),
                                  .server_id = call->server ? call->server->server.id : STR_NONE,
                                  .server_name = call->server ? call->server->server.name : STR_NONE,
                                  .url = call->url,
                                  .account_id = n->account->account->id,
                                  .account_name = n->account->account->name,
                                  .tool = call->tool->name,
                                  .arguments = check_shape(call->tool->tool, call->arguments, a),
                                  .values = values ? json_to_text(a, call->arguments) : STR_NONE,
                                  .outcome = str_of(run_outcomes[outcome].name),
                                  .request_id = call->request_id,
                                  .detail = run_detail(call, n, a),
                                  .elapsed_us = (int64_t)(clock_mono_us() - started_us),
                                  .status = n->status,
                              });
}

// W3C Trace Context §3: passed on where it came; what could not stand in a header is dropped.
static void run_add_trace(struct http_headers *headers, struct str name, struct str value) {
  if (!value.n || value.n > RUN_TRACE_MOST || !codec_is_field_value(value)) return;
  headers->items[headers->count++] = (struct http_header){name, value};
}

// `token`: the value of the Authorization header; empty: what the account sends is in the request.
static bool run_fetch(const struct run_call *call, const struct rest_request *request, struct str token,
                      struct arena *a, struct fetch_result *response, struct err *err) {
  struct http_headers all = request->headers,
                      *h = &all; // rest_build left room for these (REST_HEADERS_SPARE)
  h->items[h->count++] = (struct http_header){STR("User-Agent"), STR("postern/" POSTERN_VERSION)};
  run_add_trace(h, STR("traceparent"), call->traceparent);
  if (call->traceparent.n) run_add_trace(h, STR("tracestate"), call->tracestate);
  if (token.n) h->items[h->count++] = (struct http_header){STR("Authorization"), token};
  struct fetch_call out = {
      .method = arena_z(a, call->tool->tool->method),
      .url = request->url,
      .headers = *h,
      .body = buf_str(&request->body),
      .has_body = request->has_body,
      .limits = call->env->limits,
      .guard = call->env->guard,
      .holder = call->tool->account->account->id,
      .hide = account_hides(call->tool->account->account),
  };
  bool ok = fetch_url(&out, a, response, err);
  redact_unref(out.hide);
  return ok;
}

// An account whose sealed credential did not open is kept, so that it can be mended, but cannot call.
static bool run_has_credential(const struct catalog_account *v) {
  const struct connector_way *way = connector_way_find(v->connector, v->account->way);
  if (way && way->auth == CONNECTOR_AUTH_CLIENT && !v->account->grant) return false;
  return v->account->send_count > 0 || !way || way->send_count == 0;
}

static void run_without_credential(const struct account *account, struct arena *a, struct call_answer *n) {
  n->detail = STR("the credential does not open");
  judge_refusal(
      n, RUN_FAILED,
      arena_printf(a,
                   "The stored credential of the account '%.*s' does not open, so nothing was sent. An "
                   "administrator gives it again with 'postern account recredential %.*s'.",
                   STR_ARG(account->name), STR_ARG(account->name)));
}

void run_beyond(struct call_answer *n, const struct err *why, struct arena *a) {
  n->detail = arena_printf(a, "fence: %s", why->text);
  judge_refusal(n, RUN_DENIED, arena_printf(a, "Refused: %s. Nothing was sent.", why->text));
}

// ---- of an API

struct run_sending {
  const struct run_call *call;
  const struct rest_request *request;
  struct arena *arena;
  struct call_answer *n;
  struct grant *grant; // NULL: what the account sends stays the same
  struct str token;
};

static bool run_once(struct run_sending *s, struct err *err) {
  if (!run_fetch(s->call, s->request, s->token, s->arena, &s->n->response, err)) return false;
  judge_response(s->n, run_most(s->call), clock_now_ms(), s->arena);
  return true;
}

static bool run_token_is_refused(const struct run_sending *s) {
  struct refusal r = {.status = s->n->status, .words = call_answer_body(s->n)};
  r.www_authenticate = http_header_get(&s->n->response.headers, "www-authenticate");
  return s->n->form == ANSWER_REFUSED && refusal_is_of_token(&r);
}

// What was refused for its token was not done: once more with a new one, where that is to be had.
static bool run_send(struct run_sending *s, struct err *err) {
  struct mcp_challenge refused = {.status = 401};
  if (s->grant && !grant_authorize(s->grant, NULL, s->arena, &s->token, err)) return false;
  if (!run_once(s, err)) return false;
  if (!s->grant || !run_token_is_refused(s)) return true;
  struct err why;
  if (!grant_authorize(s->grant, &refused, s->arena, &s->token, &why)) {
    if (why.code != ERR_UNPROCESSABLE && why.code != ERR_CANCELED)
      return true; // the vendor's own word stands
    *err = why;
    return false;
  }
  run_answer_drop(s->n);
  return run_once(s, err);
}

// No token is to be had: nothing was sent, or the vendor refused the last one.
static void run_without_token(const struct err *why, struct arena *a, struct call_answer *n) {
  run_answer_drop(n);
  judge_refusal(n, RUN_UPSTREAM_ERROR,
                arena_printf(a, "%s.\nWhat to do: %s", why->text,
                             why->hint[0] ? why->hint : "tell whoever runs this server"));
}

// False only when canceled.
static bool run_rest(const struct run_call *call, struct arena *a, struct call_answer *n) {
  const struct account *account = n->account->account;
  struct rest_request request;
  struct err why = {0};
  if (!run_has_credential(n->account)) {
    run_without_credential(account, a, n);
    return true;
  }
  if (!rest_build(n->tool, account, n->arguments, a, &request, &why)) {
    n->detail = arena_dup(a, str_of(why.text)); // not where: names within a body may be the caller's
    judge_refusal(
        n, why.code == ERR_INVALID ? RUN_INVALID : RUN_FAILED,
        arena_printf(a, "%s%s%s. Nothing was sent.", why.field, why.field[0] ? ": " : "", why.text));
    return true;
  }
  if (!fenced_check_request(call, &request, n->arguments, a, &why)) {
    rest_request_free(&request);
    run_beyond(n, &why, a);
    return true;
  }
  if (call->rehearses) {
    rest_request_free(&request);
    return true;
  }
  struct run_sending s = {call, &request, a, n, account->grant, STR_NONE};
  bool ok = run_send(&s, &why);
  rest_request_free(&request);
  if (ok) return true;
  n->detail = arena_printf(a, "%s: %.*s", err_name(why.code), RUN_DETAIL_MOST, why.text);
  if (why.code == ERR_UNPROCESSABLE)
    run_without_token(&why, a, n);
  else
    judge_failure(n, &why, a);
  return why.code != ERR_CANCELED;
}

// ---- accounts that share a tool

static const struct catalog_choice *run_choice(const struct catalog_tool *t, struct str alias) {
  if (!alias.n) return t->choice_count == 1 ? &t->choices[0] : NULL;
  for (size_t i = 0; i < t->choice_count; i++)
    if (str_eq(t->choices[i].alias, alias)) return &t->choices[i];
  return NULL;
}

static struct str run_choices(const struct catalog_tool *t, struct arena *a) {
  struct buf text = BUF_MAX(16 * 1024);
  buf_printf(&text, "Say with \"" SHOWN_ACCOUNT "\" which account %.*s is for; nothing was sent. There are:",
             STR_ARG(t->name));
  for (size_t i = 0; i < t->choice_count; i++)
    buf_printf(&text, "\n- %.*s (%.*s)", STR_ARG(t->choices[i].alias),
               STR_ARG(t->choices[i].account->account->name));
  struct str copy = arena_dup(a, buf_str(&text));
  buf_free(&text);
  return copy;
}

// Takes `account` off the arguments, and makes the tool that account's own. False: `wrong` says which there
// are.
static bool run_choose(const struct catalog_tool *shared, yyjson_mut_val *arguments, struct catalog_tool *out,
                       struct arena *a, struct str *wrong) {
  if (!shared->choice_count) return true;
  yyjson_mut_val *named = yyjson_mut_obj_remove_keyn(arguments, SHOWN_ACCOUNT, sizeof SHOWN_ACCOUNT - 1);
  struct str alias = {yyjson_mut_get_str(named), yyjson_mut_get_len(named)};
  const struct catalog_choice *choice = run_choice(shared, yyjson_mut_is_str(named) ? alias : STR_NONE);
  if (!choice) {
    *wrong = run_choices(shared, a);
    return false;
  }
  out->account = choice->account;
  out->tool = choice->tool;
  return true;
}

// ---- the whole

static void run_is_spared(struct call_answer *n, int64_t wait_s, struct arena *a) {
  n->detail = STR("left to live calls");
  judge_refusal(n, RUN_RATE_LIMITED,
                arena_printf(a,
                             "What is left of the quota of the account '%.*s' is for live calls, for %lld s "
                             "more. Nothing was sent.",
                             STR_ARG(n->account->account->name), (long long)wait_s));
  n->has_rate = true;
  n->rate = (struct ratelimit){.has_retry_after = true, .retry_after_s = wait_s};
}

static bool run_counted(const struct run_call *call, struct arena *a, struct call_answer *n) {
  struct str id = n->account->account->id;
  int64_t wait_s = 0;
  if (call->spares)
    wait_s = quota_take(id);
  else
    quota_begin(id);
  if (wait_s) return run_is_spared(n, wait_s, a), true;
  bool done = n->tool->kind == TOOL_REMOTE ? run_remote(call, a, n) : run_rest(call, a, n);
  quota_end(id, n->has_rate ? &n->rate : NULL, done && n->outcome == RUN_RATE_LIMITED);
  return done;
}

static bool run_within_limits(const struct run_call *call, struct arena *a, struct call_answer *n) {
  struct limit_taken taken;
  if (!limited_pass(call, a, n, &taken)) {
    return n->outcome != RUN_CANCELED;
  }
  bool done = run_counted(call, a, n);
  limited_end(call, &taken, n);
  return done;
}

// Who calls a vendor that is silent waits for it, but takes no place of those who call others.
static bool run_account(const struct run_call *call, struct arena *a, struct call_answer *n) {
  struct err why = {0};
  struct share *share = NULL;
  bool done = true;
  if (fiber_self()) share = share_take(SHARE_ACCOUNT, n->account->account->id, FIBER_ORDINARY, &why);
  if (!share && fiber_self()) {
    if (call->resume) mcp_call_close(call->resume);
    n->detail = arena_printf(a, "%s: %.*s", err_name(why.code), RUN_DETAIL_MOST, why.text);
    judge_failure(n, &why, a);
  } else {
    done = run_within_limits(call, a, n);
  }
  share_give(share);
  return done;
}

// An answer that was given to the same question a moment ago, where that will do; or the vendor's.
static bool run_cached(const struct run_call *call, struct arena *a, struct call_answer *n) {
  struct cache_ask ask = {n->account, n->tool, call->principal, n->arguments, call->cache_ms};
  struct cache_entry *held;
  struct err why;
  enum cache_word word = cache_take(&ask, &held, &why);
  if (word == CACHE_STOPPED) {
    n->detail = STR("canceled while the same call of another was waited for");
    if (why.code == ERR_CANCELED) return false;
    judge_failure(n, &why, a);
    return true;
  }
  if (word == CACHE_HIT) {
    cache_fill(held, run_most(call), a, n, &n->age_ms);
    n->cached = true;
    n->detail = STR("cached");
    return true;
  }
  bool done = run_account(call, a, n);
  if (word == CACHE_MINE) cache_give(held, done ? n : NULL);
  return done;
}

static bool run_vendor(const struct run_call *call, struct arena *a, struct call_answer *n) {
  if (call->rehearses) return n->tool->kind == TOOL_REMOTE ? run_remote(call, a, n) : run_rest(call, a, n);
  // Within a fence it is the request that is judged, so there has to be one.
  bool kept = call->cache_ms && !fenced_is(call);
  if (n->tool->read_only) return kept ? run_cached(call, a, n) : run_account(call, a, n);
  bool done = run_account(call, a, n);
  cache_forget(n->account->account->id);
  return done;
}

// A vendor's MCP server checks by itself.
static bool run_check(const struct run_call *call, struct arena *a, struct call_answer *n,
                      struct str *wrong) {
  if (n->tool->kind != TOOL_REMOTE) return check_arguments(call, n->asked, &n->arguments, a, wrong);
  check_fill(call, n->asked, n->arguments);
  return !fenced_asks(call, n->arguments, a, wrong);
}

struct str call_arguments_text(const struct call_answer *answer, struct arena *a) {
  struct buf text = BUF_MAX(RUN_ARGUMENTS_MOST);
  yyjson_doc *copy = yyjson_mut_val_imut_copy(answer->arguments, NULL);
  json_write_sorted(&text, yyjson_doc_get_root(copy), NULL, a);
  struct str out = text.full ? STR_NONE : arena_dup(a, buf_str(&text));
  yyjson_doc_free(copy);
  buf_free(&text);
  return out;
}

// Whoever comes here with a call that wants approval has it, and for just this.
static bool run_is_approved(const struct run_call *call, const struct call_answer *n, struct arena *a,
                            struct str *wrong) {
  bool waits = call->server &&
               policy_waits(&call->server->server.filter, n->tool, find_reach(n->tool) == CATALOG_DESTROYS);
  if (!waits || call->rehearses) return true;
  if (!call->approved.n)
    *wrong = STR(
        "This call needs the approval of a second person, and there is no way to ask for it here. Nothing "
        "was sent.");
  else if (!str_eq(call_arguments_text(n, a), call->approved))
    *wrong =
        STR("What would be sent is no longer what was approved: a default of the account or the fence is "
            "another one. Nothing was sent.");
  else
    return true;
  return false;
}

// False: its words are there.
static bool run_is_followed(const struct catalog_account *v, struct arena *a, struct call_answer *n) {
  struct err why;
  if (pending_spares_account(v, &why)) return true;
  n->detail = arena_dup(a, str_of(why.text));
  judge_failure(n, &why, a);
  return false;
}

// What belongs to one call; a remote call that came with it is closed where nobody took it over.
static bool run_checked(const struct run_call *call, struct arena *a, struct call_answer *n) {
  struct catalog_tool chosen = *call->tool;
  struct run_call own = *call;
  struct str wrong;
  own.tool = &chosen;
  n->arguments = call->arguments ? yyjson_val_mut_copy(n->asked, call->arguments) : yyjson_mut_obj(n->asked);
  bool ok = run_choose(call->tool, n->arguments, &chosen, a, &wrong);
  n->account = chosen.account;
  n->tool = chosen.tool;
  bool reads = !call->reads_only || chosen.tool->read_only;
  bool sound = ok && reads && run_check(&own, a, n, &wrong),
       hers = sound && call_own_choose(&own, &chosen, a, n) && run_is_followed(chosen.account, a, n);
  if (hers && run_is_approved(&own, n, a, &wrong)) {
    bool done = run_vendor(&own, a, n);
    if (done) call_own_look(&own, a, n);
    return done;
  }
  if (call->resume) mcp_call_close(call->resume);
  if (sound && !hers) return true; // its words are there
  if (hers)
    judge_refusal(n, RUN_DENIED, wrong);
  else if (ok && !reads)
    judge_refusal(n, RUN_DENIED,
                  STR("This tool does more than read, and only reading is allowed here. Nothing was sent."));
  else
    judge_refusal(n, RUN_INVALID, wrong);
  return true;
}

bool call_run(const struct run_call *call, struct arena *a, struct call_answer *answer, struct err *err) {
  uint64_t started_us = clock_mono_us();
  struct call_answer n = {.asked = yyjson_mut_doc_new(NULL)};
  bool done = run_checked(call, a, &n);
  run_record(call, &n, done ? n.outcome : RUN_CANCELED, started_us, a);
  if (!done) {
    call_answer_free(&n);
    return err_set(err, ERR_CANCELED, "the call was canceled");
  }
  *answer = n;
  return true;
}
