// SPDX-License-Identifier: Apache-2.0
// From a run as it stands to its outcome.
#include <stdio.h>

#include "chart/choose.h"
#include "chart/spec.h"
#include "io/pool.h"
#include "program/run_parts.h"

enum { CONCLUDE_WARNINGS_MOST = 100 };

struct conclusion {
  struct program_run *run;
  struct outcome outcome;
  struct str warnings[CONCLUDE_WARNINGS_MOST];
};

static void conclude_warn(struct conclusion *c, struct str text) {
  if (c->outcome.warning_count < CONCLUDE_WARNINGS_MOST) c->warnings[c->outcome.warning_count++] = text;
}

static const char *conclude_state(const struct run_step *s) {
  switch (s->state) {
  case RUN_STEP_WAITING:
    return "waiting";
  case RUN_STEP_CALLING:
    return "partial";
  case RUN_STEP_FAILED:
    return "failed";
  default:
    return s->failed || s->maybe_cut || s->cut ? "partial" : "complete";
  }
}

static void conclude_step(struct conclusion *c, const struct run_step *s, struct outcome_step *out) {
  struct arena *a = c->run->outcome_arena;
  *out = (struct outcome_step){.id = s->step->id,
                               .why = s->why,
                               .state = conclude_state(s),
                               .calls = s->calls,
                               .failed = s->failed,
                               .rows = s->table ? table_row_count(s->table) : 0,
                               .cut = s->cut,
                               .bytes = s->bytes,
                               .total = s->total,
                               .maybe_cut = s->maybe_cut};
  if (s->state == RUN_STEP_FAILED) {
    conclude_warn(c, arena_printf(a, "%.*s failed: %.*s", STR_ARG(s->step->id), STR_ARG(s->why)));
  } else if (s->failed) {
    conclude_warn(c, arena_printf(a, "%.*s: %zu of %zu calls gave rows; the first that failed: %.*s",
                                  STR_ARG(s->step->id), s->begun - s->failed, s->wanted, STR_ARG(s->why)));
  }
  if (s->state == RUN_STEP_FAILED || !(s->cut || s->maybe_cut)) return;
  if (s->total > (int64_t)out->rows)
    conclude_warn(c, arena_printf(a, "%.*s: the first %zu of %lld rows", STR_ARG(s->step->id), out->rows,
                                  (long long)s->total));
  else
    conclude_warn(c, arena_printf(a, "%.*s: the first %zu rows%s", STR_ARG(s->step->id), out->rows,
                                  s->cut ? "" : "; there may be more"));
}

static struct str conclude_unread(const struct conclusion *c, uint32_t reads) {
  for (size_t i = 0; i < c->run->step_count; i++) {
    const struct run_step *s = &c->run->steps[i];
    if (!(reads & 1u << i)) continue;
    if (s->state == RUN_STEP_FAILED)
      return arena_printf(c->run->outcome_arena, "the step '%.*s' failed: %.*s", STR_ARG(s->step->id),
                          STR_ARG(s->why));
    if (s->state == RUN_STEP_WAITING)
      return arena_printf(c->run->outcome_arena, "the step '%.*s' has not begun", STR_ARG(s->step->id));
    // No rows are none only where somebody said so.
    if (s->state == RUN_STEP_CALLING && s->begun == s->open && !table_row_count(s->table))
      return arena_printf(c->run->outcome_arena, "the step '%.*s' has no answer yet", STR_ARG(s->step->id));
  }
  return STR("");
}

static struct str conclude_spec(const struct chart *chart, struct arena *a) {
  enum { CONCLUDE_CHART_MOST = 4 << 20 };
  struct buf spec = BUF_MAX(CONCLUDE_CHART_MOST);
  chart_write(chart, &spec);
  struct str text = spec.full ? STR_NONE : arena_dup(a, buf_str(&spec));
  buf_free(&spec);
  return text;
}

static void conclude_chart(struct conclusion *c, struct outcome_result *r) {
  struct chart chart;
  struct arena *a = c->run->outcome_arena;
  struct chart_source from = {.rows = &r->rows,
                              .hints = r->asked->columns,
                              .wish = r->asked->chart,
                              .title = r->title,
                              .zone = c->run->clock.zone,
                              .unfinished = r->has_unfinished};
  chart_choose(&from, a, &chart);
  r->chart = conclude_spec(&chart, a);
  r->chart_why = chart.why;
  for (from.panel = 1; from.panel < chart.panels; from.panel++) {
    struct chart other;
    chart_choose(&from, a, &other);
    struct str spec = conclude_spec(&other, a);
    if (spec.n && other.kind > CHART_TABLE)
      r->panels = r->panels.n ? ARENA_JOIN(a, r->panels, STR(","), spec) : ARENA_JOIN(a, STR("["), spec);
  }
  if (r->panels.n) r->panels = ARENA_JOIN(a, r->panels, STR("]"));
}

static void conclude_result(struct conclusion *c, size_t i, struct outcome_result *out) {
  struct program_run *run = c->run;
  const struct program_result *asked = &run->program.results[i];
  struct err why;
  *out = (struct outcome_result){.name = asked->name,
                                 .title = asked->title,
                                 .asked = asked,
                                 .why = conclude_unread(c, run->plan.result_reads[i])};
  if (!out->why.n &&
      !table_select(run->set, asked->query, &run->params, run->outcome_arena, &out->rows, &why))
    out->why = arena_printf(run->outcome_arena, "%s%s%s", why.text, why.hint[0] ? "; " : "", why.hint);
  if (!out->why.n) outcome_fill(out, &run->clock, run->outcome_arena);
  if (!out->why.n && (asked->chart || run->charts)) conclude_chart(c, out);
  if (out->rows.cut)
    conclude_warn(c, arena_printf(run->outcome_arena, "%.*s: the first %zu rows of the query",
                                  STR_ARG(asked->name), out->rows.row_count));
}

static enum outcome_status conclude_status(const struct conclusion *c) {
  bool partial = false, any = false;
  for (size_t i = 0; i < c->outcome.step_count; i++)
    partial = partial || strcmp(c->outcome.steps[i].state, "complete") != 0;
  for (size_t i = 0; i < c->outcome.result_count; i++) {
    any = any || !c->outcome.results[i].why.n;
    partial = partial || c->outcome.results[i].why.n || c->outcome.results[i].rows.cut;
  }
  if (c->run->paused && !c->run->out_of_time) return OUTCOME_PAUSED;
  return !any ? OUTCOME_FAILED : partial ? OUTCOME_PARTIAL : OUTCOME_COMPLETE;
}

// What is still being filled is sealed for this look.
static bool conclude_seal(struct program_run *run, bool seal, struct err *err) {
  for (size_t i = 0; i < run->step_count; i++) {
    struct run_step *s = &run->steps[i];
    if (s->state != RUN_STEP_CALLING) continue;
    if (seal ? !table_seal_for_now(s->table, err) : !table_unseal(s->table, err)) return false;
  }
  return true;
}

static bool conclude_job(void *arg, struct err *err) {
  struct conclusion *c = arg;
  struct program_run *run = c->run;
  struct outcome *o = &c->outcome;
  arena_free(run->outcome_arena);
  run->outcome_arena = arena_new();
  if (!conclude_seal(run, true, err)) return false;
  o->title = run->program.title;
  o->handle = run->handle;
  o->zone = zone_name(run->clock.zone);
  o->now_ms = run->clock.now_ms;
  o->wait_s = run->paused ? run->wait_s : 0;
  o->steps = ARENA_ARRAY(run->outcome_arena, run->step_count + 1, struct outcome_step);
  o->results = ARENA_ARRAY(run->outcome_arena, run->program.result_count + 1, struct outcome_result);
  o->calls = run->call_rows;
  o->call_count = run->call_row_count;
  o->step_count = run->step_count;
  o->result_count = run->program.result_count;
  for (size_t i = 0; i < run->step_count; i++) conclude_step(c, &run->steps[i], &o->steps[i]);
  for (size_t i = 0; i < o->result_count; i++) conclude_result(c, i, &o->results[i]);
  if (run->out_of_time)
    conclude_warn(c, arena_printf(run->outcome_arena,
                                  "the program's time of %llu s is used up (setting program_time)",
                                  (unsigned long long)(run->env->limits.time_ms / 1000)));
  const struct str *said;
  size_t n = table_warnings(run->set, &said);
  for (size_t i = 0; i < n; i++) conclude_warn(c, said[i]);
  struct str *kept = ARENA_ARRAY(run->outcome_arena, o->warning_count + 1, struct str);
  memcpy(kept, c->warnings, o->warning_count * sizeof *kept);
  o->warnings = kept;
  o->status = conclude_status(c);
  return conclude_seal(run, false, err);
}

bool program_outcome(struct program_run *run, const struct outcome **out, struct err *err) {
  struct conclusion c = {.run = run};
  if (!pool_run(conclude_job, &c, err)) return false;
  run->outcome = c.outcome;
  *out = &run->outcome;
  return true;
}
