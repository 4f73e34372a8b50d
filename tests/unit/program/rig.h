// SPDX-License-Identifier: Apache-2.0
// rig: a catalog of two accounts of one vendor, whose tools answer from a table of the test's, and a program run against
// it to its outcome. Calls are replaced at link time (--wrap=call_run).
#ifndef POSTERN_TESTS_UNIT_PROGRAM_RIG_H
#define POSTERN_TESTS_UNIT_PROGRAM_RIG_H

#include "../support/check.h"
#include "../tool/fixture.h"

#include "data/json.h"
#include "program/run.h"
#include "table/moment.h"

#define RIG_TOOLS                                                                                            \
  "{'name':'list_zones','class':'list','read_only':true,'method':'GET','path':'/"                            \
  "zones','paging':{'page':'page','size':"                                                                   \
  "'per_page'},'input':{'type':'object','properties':{'page':{'type':'integer'},'per_page':{'type':'"        \
  "integer'},"                                                                                               \
  "'status':{'type':'string','enum':['active','paused']}},'additionalProperties':false}},"                   \
  "{'name':'list_rules','class':'list','read_only':true,'method':'GET','path':'/"                            \
  "rules','input':{'type':'object',"                                                                         \
  "'properties':{'zone_id':{'type':'string'},'ids':{'type':'array','items':{'type':'string'}},"              \
  "'since':{'type':'string','format':'date-time'},'from':{'type':'integer'}},'required':['zone_id'],"        \
  "'additionalProperties':false}},"                                                                          \
  "{'name':'count_all','class':'get','read_only':true,'method':'GET','path':'/"                              \
  "count','input':{'type':'object',"                                                                         \
  "'properties':{'ids':{'type':'array','items':{'type':'string'}}}}},"                                       \
  "{'name':'delete_zone','class':'delete','method':'DELETE','path':'/zone','input':{'type':'object'}}"

struct
    rig_answer { // of a call whose tool and arguments are these, and which has been made `after` times before
  const char *tool, *arguments; // arguments NULL: any
  int status;
  const char *body;
};

static struct {
  const struct rig_answer *answers;
  size_t calls;
  struct buf log; // "tool arguments\n" of each call
} rig_vendor;

bool __wrap_call_run(const struct run_call *call, struct arena *a, struct call_answer *answer,
                     struct err *err);
bool __wrap_call_run(const struct run_call *call, struct arena *a, struct call_answer *answer,
                     struct err *err) {
  (void)err;
  struct str arguments = json_to_text(a, call->arguments);
  buf_printf(&rig_vendor.log, "%.*s.%.*s %.*s\n", STR_ARG(call->tool->account->account->name),
             STR_ARG(call->tool->tool->name), STR_ARG(arguments));
  rig_vendor.calls++;
  for (const struct rig_answer *r = rig_vendor.answers; r->tool; r++) {
    if (!str_is(call->tool->tool->name, r->tool) || (r->arguments && !str_is(arguments, r->arguments)))
      continue;
    *answer = (struct call_answer){.form = r->status == 200   ? ANSWER_JSON
                                           : r->status == 429 ? ANSWER_LIMITED
                                                              : ANSWER_WORDS,
                                   .outcome = r->status == 200   ? RUN_OK
                                              : r->status == 429 ? RUN_RATE_LIMITED
                                                                 : RUN_FAILED,
                                   .tool = call->tool->tool,
                                   .account = call->tool->account,
                                   .status = r->status,
                                   .type = "application/json",
                                   .words = str_of(r->body)};
    if (r->status == 200) {
      answer->response.body = BUF_MAX(1 << 20);
      buf_add(&answer->response.body, str_of(r->body));
      answer->doc = yyjson_read(r->body, strlen(r->body), YYJSON_READ_NUMBER_AS_RAW);
      if (!answer->doc) fail_msg("no JSON: %s", r->body);
      answer->value = yyjson_doc_get_root(answer->doc);
    }
    if (r->status == 429)
      answer->has_rate = true, answer->rate = (struct ratelimit){.has_retry_after = true, .retry_after_s = 7};
    return true;
  }
  fail_msg("nobody answers %.*s", STR_ARG(buf_str(&rig_vendor.log)));
  return false;
}

struct rig {
  struct arena *arena;
  struct account accounts[2];
  struct catalog_account owners[2], *pointers[2];
  struct catalog catalog;
  struct program_env env;
  struct program_run *run;
};

static struct rig *rig_new(const struct rig_answer *answers) {
  static const struct connector connector = {.name = {"acme", 4}, .label = {"Acme", 4}};
  struct arena *a = arena_new();
  struct rig *r = ARENA_NEW(a, struct rig);
  struct toolset *set = fixture_set(a, RIG_TOOLS);
  struct err err;
  r->arena = a;
  if (!table_start()) fail_msg("SQLite was used before");
  for (size_t i = 0; i < 2; i++) {
    r->accounts[i] = (struct account){.id = i ? STR("acc_2") : STR("acc_1"),
                                      .name = i ? STR("west") : STR("east"),
                                      .connector = STR("acme")};
    r->owners[i] = (struct catalog_account){
        .refs = 1, .account = &r->accounts[i], .connector = &connector, .tools = set};
    r->pointers[i] = &r->owners[i];
  }
  r->catalog = (struct catalog){.refs = 1, .accounts = r->pointers, .account_count = 2};
  r->env.limits = (struct program_limits){.calls = 50,
                                          .fan_out = 20,
                                          .side = 4,
                                          .side_account = 2,
                                          .pages = 10,
                                          .time_ms = 60000,
                                          .wait_ms = 0,
                                          .tables = TABLE_LIMITS};
  if (!zone_find(STR("UTC"), &r->env.zone, &err)) fail_msg("%s", err.text);
  r->env.first_weekday = 1;
  rig_vendor.answers = answers;
  rig_vendor.calls = 0;
  rig_vendor.log = BUF_MAX(1 << 16);
  return r;
}

static void rig_free(struct rig *r) {
  program_end(r->run);
  toolset_unref(r->owners[0].tools);
  buf_free(&rig_vendor.log);
  arena_free(r->arena);
}

// ' stands for ", and ~ for '.
static struct str rig_json(struct rig *r, const char *text) {
  struct str json = fixture_json(r->arena, text);
  for (char *p = (char *)(uintptr_t)json.p; *p; p++)
    if (*p == '~') *p = '\'';
  return json;
}

// The program's faults, a line each; empty: it is sound, and r->run is there.
static struct str rig_begin(struct rig *r, const char *program, const char *given) {
  struct program_faults faults = {.arena = r->arena};
  struct str text = rig_json(r, program), values = given ? rig_json(r, given) : STR("");
  yyjson_doc *doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW),
             *parameters = given ? yyjson_read(values.p, values.n, 0) : NULL;
  struct err err = {.code = ERR_OK};
  if (!doc) fail_msg("no JSON: %s", program);
  struct program_request request = {.env = &r->env,
                                    .catalog = &r->catalog,
                                    .doc = doc,
                                    .given = yyjson_doc_get_root(parameters),
                                    .principal = STR("p"),
                                    .request_id = STR("r")};
  assert_true(moment_read(STR("2026-11-20T08:15:30Z"), &request.now_ms));
  bool ok = program_begin(&request, &r->run, &faults, &err);
  yyjson_doc_free(parameters);
  struct buf out = BUF_MAX(1 << 16);
  program_faults_print(&faults, &out);
  if (!ok && !faults.count) buf_add_z(&out, err.text);
  struct str copy = arena_dup(r->arena, buf_str(&out));
  buf_free(&out);
  return copy;
}

// The outcome as JSON.
static struct str rig_outcome(struct rig *r) {
  const struct outcome *o;
  struct err err;
  if (!program_outcome(r->run, &o, &err)) fail_msg("%s", err.text);
  struct buf out = BUF_MAX(1 << 20);
  outcome_write(o, &out);
  struct str copy = arena_dup(r->arena, buf_str(&out));
  buf_free(&out);
  yyjson_doc *doc = yyjson_read(copy.p, copy.n, YYJSON_READ_NUMBER_AS_RAW);
  if (!doc) fail_msg("no JSON: %s", copy.p);
  yyjson_doc_free(doc);
  return copy;
}

static struct str rig_run(struct rig *r, const char *program, const char *given) {
  struct err err;
  struct str faults = rig_begin(r, program, given);
  if (faults.n) return faults;
  if (!program_go_on(r->run, 0, &err)) fail_msg("%s", err.text);
  return rig_outcome(r);
}

// The rows of the first result: [[…],…]
static struct str rig_rows(struct rig *r, struct str outcome) {
  yyjson_doc *doc = yyjson_read(outcome.p, outcome.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *result = yyjson_arr_get_first(yyjson_obj_get(yyjson_doc_get_root(doc), "results"));
  yyjson_val *rows = yyjson_obj_get(result, "rows");
  struct str text = rows ? json_to_text(r->arena, rows) : arena_printf(r->arena, "%.*s", STR_ARG(outcome));
  yyjson_doc_free(doc);
  return text;
}

#endif
