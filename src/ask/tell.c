// SPDX-License-Identifier: Apache-2.0
#include "ask/tell.h"

#include <stdlib.h>

#include "ask/plan_recipe.h"
#include "ask/recap.h"
#include "ask/summary.h"
#include "base/clock.h"
#include "chart/chart.h"
#include "chart/choose.h"
#include "chart/classes.h"
#include "chart/spec.h"
#include "data/json.h"

void tell_begin(struct tell *t, struct arena *a) {
  *t = (struct tell){.arena = a, .outcome = "answer", .engine.name = STR(ASK_PLANNER)};
  token_id("ans", t->id);
  t->text = BUF_MAX(64 * 1024);
  t->numbers = BUF_MAX(256 * 1024);
  t->calls = t->table = t->results = t->chart = BUF_MAX(TELL_MOST);
  t->warnings = BUF_MAX(256 * 1024);
}

void tell_free(struct tell *t) {
  buf_free(&t->text);
  buf_free(&t->numbers);
  buf_free(&t->calls);
  buf_free(&t->table);
  buf_free(&t->results);
  buf_free(&t->chart);
  buf_free(&t->warnings);
}

// ---- calls

void tell_member(struct buf *out, const char *key) {
  if (out->n && out->p[out->n - 1] != '{') buf_add_char(out, ',');
  json_add_string(out, str_of(key));
  buf_add_char(out, ':');
}

void tell_text(struct buf *out, const char *key, struct str text) {
  tell_member(out, key);
  json_add_string(out, text);
}

static void tell_account(struct tell *t, struct str id) {
  for (size_t i = t->account_count; i; i--)
    if (str_eq(t->accounts[i - 1], id)) return;
  if (!(t->account_count & (t->account_count - 1))) { // full, as it grows by doubling
    struct str *more = ARENA_ARRAY(t->arena, t->account_count * 2 + 1, struct str);
    if (t->account_count) memcpy(more, t->accounts, t->account_count * sizeof *more);
    t->accounts = more;
  }
  t->accounts[t->account_count++] = arena_dup(t->arena, id);
}

void tell_calls(struct tell *t, const struct outcome *o) {
  for (size_t i = 0; i < o->call_count; i++) {
    const struct outcome_call *c = &o->calls[i];
    char at[CLOCK_TEXT];
    clock_rfc3339(c->at_ms, at);
    tell_account(t, c->account_id);
    if (t->call_count++) buf_add_char(&t->calls, ',');
    buf_add_char(&t->calls, '{');
    tell_text(&t->calls, "account", c->account);
    tell_text(&t->calls, "account_id", c->account_id);
    tell_text(&t->calls, "tool", c->tool);
    tell_member(&t->calls, "arguments");
    buf_add(&t->calls, c->arguments.n ? c->arguments : STR("{}"));
    tell_text(&t->calls, "at", str_of(at));
    tell_text(&t->calls, "request_id", t->request_id);
    buf_printf(&t->calls, ",\"page\":%lld,\"rows\":%zu,\"bytes\":%zu,\"ms\":%lld,\"cached\":%s",
               (long long)c->page, c->rows, c->bytes, (long long)c->elapsed_ms, c->cached ? "true" : "false");
    if (c->cached) buf_printf(&t->calls, ",\"age_ms\":%lld", (long long)c->age_ms);
    if (c->why.n) tell_text(&t->calls, "why", c->why);
    buf_add_char(&t->calls, '}');
  }
}

void tell_warn(struct tell *t, struct str text) {
  if (t->warnings.n) buf_add_char(&t->warnings, ',');
  json_add_string(&t->warnings, text);
}

// ---- a result

static void tell_rows(struct buf *out, const struct table_result *rows) {
  buf_add_z(out, "{\"columns\":[");
  for (size_t i = 0; i < rows->column_count; i++) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, rows->columns[i].name);
  }
  buf_add_z(out, "],\"rows\":[");
  for (size_t i = 0; i < rows->row_count; i++) {
    buf_add_z(out, i ? ",[" : "[");
    for (size_t c = 0; c < rows->column_count; c++) {
      if (c) buf_add_char(out, ',');
      table_cell_write(out, &rows->cells[i * rows->column_count + c], rows->columns[c].type);
    }
    buf_add_char(out, ']');
  }
  buf_add_z(out, "]}");
}

// The kinds as people know them.
static const char *tell_kind(enum chart_kind kind) {
  static const char *const names[CHART_KINDS] = {
      [CHART_EMPTY] = "none",          [CHART_KPI] = "value",     [CHART_CARD] = "value",
      [CHART_TABLE] = "table",         [CHART_BAR] = "bar",       [CHART_COLUMN] = "bar",
      [CHART_BAR_STACKED] = "stacked", [CHART_LINE] = "line",     [CHART_AREA] = "area",
      [CHART_POINT] = "point",         [CHART_HISTOGRAM] = "bar", [CHART_HEATMAP] = "heatmap",
      [CHART_TIMELINE] = "timeline"};
  return names[kind];
}

static void tell_chart(struct tell *t, const struct outcome_result *r, yyjson_val *wish, bool rows,
                       const struct table_clock *clock) {
  struct chart chart;
  struct chart_source from = {.rows = &r->rows,
                              .hints = r->asked->columns,
                              .wish = wish,
                              .title = r->title,
                              .zone = clock->zone,
                              .unfinished = r->has_unfinished};
  chart_choose(&from, t->arena, &chart);
  buf_printf(&t->chart, "{\"kind\":\"%s\"",
             rows && chart.kind == CHART_CARD ? "table" : tell_kind(chart.kind));
  if (chart.why.n) tell_text(&t->chart, "why", chart.why);
  if (r->chart.n) {
    buf_add_z(&t->chart, ",\"spec\":");
    buf_add(&t->chart, r->chart);
  }
  buf_add_char(&t->chart, '}');
}

static void tell_result(struct tell *t, const struct ask_plan *plan, size_t i, const struct outcome_result *r,
                        const struct table_clock *clock) {
  size_t before = t->text.n;
  if (before) buf_add_char(&t->text, '\n');
  size_t begin = t->text.n;
  struct summary_out out = {&t->text, &t->numbers};
  if (plan->recipe)
    plan_recipe_say(plan->recipe, r, clock, t->arena, &out);
  else
    summary_add(&plan->results[i], r, clock, t->arena, &out);
  if (t->text.n == begin) t->text.n = before; // it said nothing
  if (t->results.n) buf_add_char(&t->results, ',');
  outcome_write_result(r, &t->results);
}

// What there is instead of what was asked for.
static void tell_values(struct tell *t, const struct outcome_result *r) {
  buf_printf(&t->text, " There is: ");
  for (size_t i = 0; i < r->rows.row_count && i < 20; i++) {
    if (i) buf_add_z(&t->text, ", ");
    table_cell_print(&t->text, &r->rows.cells[i * r->rows.column_count], r->rows.columns[0].type);
  }
  buf_add_char(&t->text, '.');
}

// A recipe was asked about a row that is not there: whatever its results say of it is no answer.
static bool tell_lacks(struct tell *t, const struct ask_plan *plan, const struct outcome *o) {
  for (size_t i = 0; i < o->result_count && i < plan->result_count; i++) {
    const struct outcome_result *r = &o->results[i];
    int slot = plan->results[i].checks - 1;
    double there;
    if (slot < 0 || r->why.n || !r->rows.row_count || !chart_cell_number(&r->rows.cells[0], &there) ||
        there > 0)
      continue;
    t->outcome = "unanswerable";
    buf_printf(&t->text, "No %.*s is called \"%.*s\" here, so there is nothing to say of it.",
               STR_ARG(plan->recipe->recipe->slots[slot].thing->label_noun),
               STR_MOST(plan->recipe->fills[slot].text, 100));
    return true;
  }
  return false;
}

static void tell_unread(struct tell *t) {
  t->outcome = "unanswerable";
  buf_add_z(&t->text, t->paused ? "\nNothing can be said of it so far."
                                : "\nIt could not be read, so nothing was found out.");
}

static void tell_main(struct tell *t, const struct outcome_result *r, yyjson_val *wish, bool rows,
                      const struct table_clock *clock) {
  tell_rows(&t->table, &r->rows);
  tell_chart(t, r, wish, rows, clock);
}

struct str tell_pause(struct tell *t, const struct outcome *o) {
  t->paused = true;
  t->wait_s = o->wait_s;
  return o->wait_s ? arena_printf(t->arena, "a vendor's rate limit asks to wait %lld s", (long long)o->wait_s)
                   : STR("it takes longer");
}

static void tell_lead(struct tell *t, const struct outcome *o) {
  if (o->status == OUTCOME_PAUSED)
    buf_printf(&t->text, "Not all has been read yet, since %.*s; what follows is of what was.",
               STR_ARG(tell_pause(t, o)));
}

void tell_outcome(struct tell *t, const struct ask_plan *plan, const struct outcome *o,
                  const struct table_clock *clock) {
  bool any = false;
  tell_lead(t, o);
  if (!t->paused && tell_lacks(t, plan, o)) return;
  for (size_t i = 0; i < plan->lead_count; i++)
    buf_printf(&t->text, "%s%.*s", t->text.n ? "\n" : "", STR_ARG(plan->leads[i]));
  for (size_t i = 0; i < o->result_count && i < plan->result_count; i++) {
    const struct outcome_result *r = &o->results[i];
    if (plan->results[i].checks) continue;
    if (plan->results[i].values_of >= 0) {
      if (i && !o->results[i - 1].rows.row_count && !r->why.n) tell_values(t, r);
      continue;
    }
    tell_result(t, plan, i, r, clock);
    if (r->why.n || any) continue;
    any = true;
    tell_main(t, r, r->asked->chart, plan->results[i].query.shape == QUERY_ROWS, clock);
  }
  for (size_t i = 0; i < plan->note_count; i++) buf_printf(&t->text, "\n%.*s", STR_ARG(plan->notes[i]));
  for (size_t i = 0; i < o->warning_count; i++) tell_warn(t, o->warnings[i]);
  if (!any) tell_unread(t);
}

void tell_plainly(struct tell *t, const struct outcome *o, const struct table_clock *clock) {
  bool any = false;
  tell_lead(t, o);
  for (size_t i = 0; i < o->result_count; i++) {
    const struct outcome_result *r = &o->results[i];
    struct summary_out out = {&t->text, &t->numbers};
    if (t->text.n) buf_add_char(&t->text, '\n');
    recap_add(r, t->arena, &out);
    if (t->results.n) buf_add_char(&t->results, ',');
    outcome_write_result(r, &t->results);
    if (r->why.n || any) continue;
    any = true;
    tell_main(t, r, r->asked->chart, false, clock);
  }
  for (size_t i = 0; i < o->warning_count; i++) tell_warn(t, o->warnings[i]);
  if (!any) tell_unread(t);
}

void tell_found(struct tell *t, const struct rounds_end *end, const struct table_clock *clock) {
  const struct outcome *o = end->written.outcome;
  struct summary_out out = {&t->text, &t->numbers};
  bool any = false;
  buf_add(&t->text, end->text);
  buf_add(&t->numbers, end->numbers);
  for (size_t i = 0; i < end->result_count; i++) {
    const struct outcome_result *r = &end->results[i];
    if (!end->text.n && t->text.n) buf_add_char(&t->text, '\n');
    if (!end->text.n) recap_add(r, t->arena, &out);
    if (t->results.n) buf_add_char(&t->results, ',');
    outcome_write_result(r, &t->results);
    if (r->why.n || any) continue;
    any = true;
    tell_main(t, r, end->chart ? yyjson_doc_get_root(end->chart) : r->asked->chart, false, clock);
  }
  if (o->status == OUTCOME_PAUSED)
    tell_warn(t, STR("Not all was read: a vendor's rate limit, or the time of the question, was over."));
  for (size_t i = 0; i < o->warning_count; i++) tell_warn(t, o->warnings[i]);
  if (!any) tell_unread(t);
}

void tell_trouble(struct tell *t, const struct suspect *p, const struct outcome *o) {
  struct buf said = BUF_MAX(8 * 1024);
  suspect_tell(p, o, &said);
  if (said.n) buf_printf(&t->text, "\n%.*s", STR_ARG(buf_str(&said)));
  buf_free(&said);
}

void tell_end(struct tell *t, const struct ask_plan *plan) {
  static const char *const names[] = {"answer", "clarify", "unanswerable", "refuse"};
  t->outcome = names[plan->end];
  buf_add(&t->text, plan->text);
}

// ---- the whole

void tell_understood(const struct ask_plan *plan, struct buf *out) {
  tell_member(out, "understood");
  buf_add_char(out, '[');
  for (size_t i = 0; i < plan->chip_count; i++) {
    buf_add_z(out, i ? ",{" : "{");
    tell_text(out, "what", plan->chips[i].what);
    tell_text(out, "said", plan->chips[i].said);
    buf_printf(out, ",\"assumed\":%s}", plan->chips[i].assumed ? "true" : "false");
  }
  buf_add_char(out, ']');
}

static void tell_choices(const struct ask_plan *plan, struct buf *out) {
  tell_member(out, "choices");
  buf_add_char(out, '[');
  for (size_t i = 0; i < plan->choice_count; i++) {
    buf_printf(out, "%s{\"number\":%zu,", i ? "," : "", i + 1);
    json_add_string(out, STR("label"));
    buf_add_char(out, ':');
    json_add_string(out, plan->choices[i]);
    buf_add_char(out, '}');
  }
  buf_add_char(out, ']');
}

static void tell_piece(struct buf *out, const char *key, const char *open, const struct buf *piece,
                       const char *close) {
  tell_member(out, key);
  buf_add_z(out, open);
  buf_add(out, buf_str(piece));
  buf_add_z(out, close);
}

// Of a language model what it cost, also where the planner answered in its place.
void tell_engine(const struct tell_engine *e, struct buf *out) {
  const struct rounds_usage *u = &e->usage;
  buf_add_char(out, '{');
  tell_text(out, "name", e->name);
  if (e->asked.n) {
    tell_text(out, "asked", e->asked);
    tell_text(out, "model", e->model);
    buf_printf(
        out,
        ",\"rounds\":%zu,\"input_tokens\":%lld,\"output_tokens\":%lld,\"cached_tokens\":%lld,\"ms\":%llu",
        u->rounds, (long long)u->input, (long long)u->output, (long long)u->cached,
        (unsigned long long)u->ms);
  }
  buf_add_char(out, '}');
}

void tell_write(struct tell *t, const struct ask_plan *plan, struct buf *out) {
  buf_add_char(out, '{');
  tell_text(out, "id", str_of(t->id));
  if (t->page.n) tell_text(out, "link", ARENA_JOIN(t->arena, t->page, str_of(t->id)));
  tell_text(out, "outcome", str_of(t->outcome));
  tell_member(out, "engine");
  tell_engine(&t->engine, out);
  tell_text(out, "text", buf_str(&t->text));
  tell_piece(out, "numbers", "[", &t->numbers, "]");
  if (t->table.n) tell_piece(out, "table", "", &t->table, "");
  if (t->chart.n) tell_piece(out, "chart", "", &t->chart, "");
  tell_piece(out, "results", "[", &t->results, "]");
  tell_piece(out, "calls", "[", &t->calls, "]");
  if (plan->program && plan->end == PLAN_PROGRAM) {
    size_t n = 0;
    char *text = yyjson_mut_write(plan->program, 0, &n);
    t->program = arena_dup(t->arena, str_make(text ? text : "", n));
    free(text);
    tell_member(out, "program");
    buf_add(out, t->program);
  }
  tell_understood(plan, out);
  tell_choices(plan, out);
  if (t->paused) buf_printf(out, ",\"paused\":true,\"wait_seconds\":%lld", (long long)t->wait_s);
  tell_piece(out, "warnings", "[", &t->warnings, "]");
  buf_add_char(out, '}');
}
