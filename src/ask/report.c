// SPDX-License-Identifier: Apache-2.0
#include "ask/report.h"

#include "ask/tell.h"
#include "base/map.h"
#include "data/json.h"

static void report_send(struct report *r, struct ask_event *e, struct buf *data) {
  buf_add_char(data, '}');
  e->data = buf_str(data);
  e->ended = r->ended;
  e->known = r->known;
  for (size_t i = 0; i < PROGRAM_STEPS_MOST; i++) {
    e->ended += r->steps[i].ended;
    e->known += r->steps[i].known;
  }
  if (!data->full) r->told(r->arg, e);
  buf_free(data);
}

static struct buf report_open(void) {
  struct buf data = BUF_MAX(REPORT_EVENT_MOST);
  buf_add_char(&data, '{');
  return data;
}

void report_understood(struct report *r, const struct ask_plan *plan) {
  if (!r->told) return;
  struct buf data = report_open();
  tell_understood(plan, &data);
  buf_add_z(&data, ",\"assumptions\":[");
  for (size_t i = 0; i < plan->note_count; i++) {
    if (i) buf_add_char(&data, ',');
    json_add_string(&data, plan->notes[i]);
  }
  buf_add_char(&data, ']');
  uint64_t now = map_hash(buf_str(&data)) | 1;
  if (now == r->understood) { // the plan was made anew, and came out the same
    buf_free(&data);
    return;
  }
  r->understood = now;
  report_send(r, &(struct ask_event){.name = "understood", .what = STR("understood")}, &data);
}

void report_model(struct report *r, struct str engine, const struct rounds_usage *usage, struct str doing) {
  if (!r->told) return;
  struct buf data = report_open();
  tell_text(&data, "engine", engine);
  tell_text(&data, "state", doing.n ? STR("replied") : STR("asked"));
  if (doing.n) tell_text(&data, "doing", doing);
  buf_printf(&data,
             ",\"round\":%zu,\"input_tokens\":%lld,\"output_tokens\":%lld,\"cached_tokens\":%lld,\"ms\":%llu",
             usage->rounds, (long long)usage->input, (long long)usage->output, (long long)usage->cached,
             (unsigned long long)usage->ms);
  report_send(r, &(struct ask_event){.name = "model", .what = doing.n ? doing : STR("asked")}, &data);
}

// ---- a program at work

static void report_call(struct report *r, const struct program_call *p) {
  const struct outcome_call *c = &p->call;
  struct buf data = report_open();
  buf_printf(&data, "\"of\":\"%s\",\"number\":%zu,\"state\":\"%s\"", r->of, c->number,
             !p->ended  ? "begun"
             : c->why.n ? "failed"
                        : "complete");
  tell_text(&data, "step", c->step);
  tell_text(&data, "account", c->account);
  tell_text(&data, "tool", c->tool);
  if (c->arguments.n && c->arguments.n <= REPORT_ARGUMENTS_MOST) {
    tell_member(&data, "arguments");
    buf_add(&data, c->arguments);
  }
  buf_printf(&data, ",\"page\":%lld", (long long)c->page);
  if (p->ended)
    buf_printf(&data, ",\"rows\":%zu,\"bytes\":%zu,\"ms\":%lld,\"cached\":%s", c->rows, c->bytes,
               (long long)c->elapsed_ms, c->cached ? "true" : "false");
  if (c->why.n) tell_text(&data, "why", c->why);
  report_send(r, &(struct ask_event){.name = "call", .what = c->tool}, &data);
}

static void report_step(struct report *r, const struct program_progress *p) {
  struct buf data = report_open();
  buf_printf(&data, "\"of\":\"%s\",\"state\":\"%s\"", r->of, p->state);
  tell_text(&data, "step", p->step);
  buf_printf(&data, ",\"ended\":%zu,\"known\":%zu,\"rows\":%zu", p->ended, p->known, p->rows);
  report_send(r, &(struct ask_event){.name = "read", .what = p->step}, &data);
}

static void report_wait(struct report *r, int64_t seconds) {
  struct buf data = report_open();
  buf_printf(&data, "\"of\":\"%s\",\"wait_seconds\":%lld", r->of, (long long)seconds);
  report_send(r, &(struct ask_event){.name = "read", .what = STR("waiting for a vendor's rate limit")},
              &data);
}

// Calls first: what a step has read is what they brought.
static void report_moved(void *arg, struct program_run *run) {
  struct report *r = arg;
  struct program_call call;
  struct program_progress p;
  while (program_next_call(run, &call)) report_call(r, &call);
  for (size_t i = 0; program_progress(run, i, &p); i++) {
    bool same = r->steps[i].state == p.state && r->steps[i].ended == p.ended && r->steps[i].rows == p.rows;
    r->steps[i].state = p.state;
    r->steps[i].ended = p.ended;
    r->steps[i].known = p.known;
    r->steps[i].rows = p.rows;
    if (!same) report_step(r, &p);
  }
  if (program_waits(run)) report_wait(r, program_waits(run));
}

static void report_put_calls(const struct program_run *run, struct buf *out) {
  const struct program *p = program_of(run);
  const struct plan *plan = program_plan(run);
  size_t n = 0;
  tell_member(out, "calls");
  buf_add_char(out, '[');
  for (size_t i = 0; i < p->step_count; i++)
    for (size_t t = 0; t < plan->steps[i].target_count; t++) {
      buf_add_z(out, n++ ? ",{" : "{");
      tell_text(out, "step", p->steps[i].id);
      tell_text(out, "account", plan->steps[i].targets[t].account);
      tell_text(out, "tool", plan->steps[i].targets[t].tool.name);
      buf_add_char(out, '}');
    }
  buf_printf(out, "],\"calls_least\":%zu,\"calls_known\":%s", plan->calls_least,
             plan->calls_known ? "true" : "false");
}

// Steps of the program before are over: what they were is in the sums.
static void report_turn(struct report *r, const char *of, const struct program_run *run) {
  struct program_progress p;
  for (size_t i = 0; i < PROGRAM_STEPS_MOST; i++) {
    r->ended += r->steps[i].ended;
    r->known += r->steps[i].ended;
  }
  memset(r->steps, 0, sizeof r->steps);
  r->of = of;
  for (size_t i = 0; program_progress(run, i, &p); i++) r->steps[i].known = p.known;
}

void report_plan(struct report *r, const char *of, struct str program, struct program_run *run) {
  if (!r->told) return;
  struct buf data = report_open();
  buf_printf(&data, "\"of\":\"%s\"", of);
  tell_member(&data, "program");
  buf_add(&data, program);
  report_put_calls(run, &data);
  report_follow(r, of, run);
  report_send(r, &(struct ask_event){.name = "plan", .what = STR("planned")}, &data);
}

void report_follow(struct report *r, const char *of, struct program_run *run) {
  if (!r->told) return;
  report_turn(r, of, run);
  program_follow(run, report_moved, r);
}
