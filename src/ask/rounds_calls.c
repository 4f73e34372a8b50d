// SPDX-License-Identifier: Apache-2.0
// The four tools, as a model calls them.
#include <stdlib.h>

#include "ask/rounds_parts.h"
#include "ask/toolbox.h"
#include "base/map.h"
#include "data/json.h"

// ---- run_program

// The program as an argument, as a text of JSON, or as the arguments themselves: small models write all three.
static yyjson_mut_doc *rounds_read_program(yyjson_val *arguments) {
  yyjson_val *program = yyjson_obj_get(arguments, "program");
  yyjson_doc *read = NULL;
  struct err unused;
  if (!program && yyjson_obj_get(arguments, "results")) program = arguments;
  if (yyjson_is_str(program) && json_read(json_text(program), &JSON_LIMITS, &read, &unused))
    program = yyjson_doc_get_root(read);
  yyjson_mut_doc *doc = NULL;
  if (yyjson_is_obj(program)) {
    doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_doc_set_root(doc, yyjson_val_mut_copy(doc, program));
  }
  yyjson_doc_free(read);
  return doc;
}

static struct str rounds_text_of(struct arena *a, yyjson_mut_doc *doc) {
  size_t n = 0;
  char *text = yyjson_mut_write(doc, 0, &n);
  struct str made = arena_dup(a, str_make(text ? text : "", n));
  free(text);
  return made;
}

static void rounds_let_go(struct rounds_written *w) {
  program_end(w->run);
  if (w->program) yyjson_mut_doc_free(w->program);
  *w = (struct rounds_written){0};
}

// Tables take memory: the last few are kept.
static void rounds_keep(struct rounding *x, struct rounds_written *w) {
  if (x->written_count >= ROUNDS_KEPT_MOST) rounds_let_go(&x->written[x->written_count - ROUNDS_KEPT_MOST]);
  x->written[x->written_count++] = *w;
}

static bool rounds_run(struct rounding *x, yyjson_val *arguments, struct buf *out, bool *ok,
                       struct err *err) {
  struct program_faults faults = {.arena = x->arena};
  struct rounds_written w = {.program = rounds_read_program(arguments)};
  struct err why = {.code = ERR_OK};
  *ok = false;
  if (!w.program)
    return buf_add_z(out, "Give the program as an object: {\"program\": {\"version\": 1, \"steps\": [], "
                          "\"results\": {}}}."),
           true;
  x->disclosing.program = w.text = rounds_text_of(x->arena, w.program);
  if (x->written_count == ROUNDS_RUNS_MOST)
    buf_printf(out, "%d programs were run, which is the most. Present one of them.", ROUNDS_RUNS_MOST);
  else if (yyjson_mut_obj_get(yyjson_mut_doc_get_root(w.program), "tables"))
    buf_add_z(out, "A program reads what its own steps give; leave out \"tables\".");
  else {
    veil_lift(x->in->veil, w.program);
    *ok = x->in->run(x->in->arg, &w, &faults, &why);
    if (!*ok && why.code == ERR_CANCELED) {
      rounds_let_go(&w);
      return *err = why, false;
    }
    if (*ok) {
      rounds_keep(x, &w);
      disclose_run(&x->disclosing, x->written_count, w.run, w.outcome, out);
      return true;
    }
    if (faults.count)
      disclose_faults(&x->disclosing, &faults, out);
    else
      disclose_err(&x->disclosing, &why, out);
  }
  rounds_let_go(&w);
  return true;
}

// ---- present

static bool rounds_is_draft(struct str run) {
  return str_is_nocase(run, "draft") || str_is_nocase(run, "the draft");
}

// "2", 2, "run 2"; left out: the last that was kept.
static size_t rounds_run_number(const struct rounding *x, yyjson_val *run) {
  struct str text = yyjson_is_str(run) ? json_text(run) : json_raw_number(run);
  int64_t n;
  if (str_starts(text, "run ")) text = str_from(text, 4);
  if (!run || !text.n) return x->written_count;
  return str_to_i64(str_trim(text), &n) && n > 0 && (size_t)n <= x->written_count ? (size_t)n : 0;
}

static const struct outcome_result *rounds_find_result(const struct outcome *o, struct str name) {
  for (size_t i = 0; i < o->result_count; i++)
    if (str_eq(o->results[i].name, name)) return &o->results[i];
  return NULL;
}

static bool rounds_pick(struct rounding *x, const struct outcome *o, yyjson_val *names, struct buf *out) {
  struct rounds_end *end = x->out;
  size_t i, n, good = 0;
  yyjson_val *name;
  end->result_count = 0;
  yyjson_arr_foreach (names, i, n, name) {
    const struct outcome_result *r = rounds_find_result(o, json_text(name));
    if (!r) {
      buf_add_z(out, "There is no such result; this run has:");
      for (size_t k = 0; k < o->result_count; k++) buf_printf(out, " %.*s", STR_ARG(o->results[k].name));
      return false;
    }
    if (end->result_count < PROGRAM_RESULTS_MOST) end->results[end->result_count++] = *r;
  }
  if (!end->result_count)
    for (i = 0; i < o->result_count; i++) end->results[end->result_count++] = o->results[i];
  for (i = 0; i < end->result_count; i++) good += !end->results[i].why.n;
  if (good) return true;
  buf_add_z(out, "None of these results could be made: mend the program, or present another run.");
  return false;
}

// With `schema` the model has seen no row, so that its words say nothing of them.
static void rounds_take_text(struct rounding *x, const struct rounds_written *w, struct str text) {
  struct rounds_end *end = x->out;
  struct str odd;
  if (x->in->engine->sees == ASK_SEES_SCHEMA || !text.n) return;
  if (x->in->holds(x->in->arg, w, end, text, &odd, &end->numbers))
    end->text = text;
  else {
    end->numbers = STR_NONE;
    end->why =
        arena_printf(x->arena, "its sentence was left out: \"%.*s\" stands in no result", STR_ARG(odd));
  }
}

// The draft, run as it was: the planner knows better how to say what came out.
static bool rounds_is_as_drafted(const struct rounding *x, const struct rounds_written *w,
                                 yyjson_val *results, struct str text) {
  if (!x->in->draft.n || text.n || yyjson_arr_size(results)) return false;
  yyjson_doc *draft = yyjson_read(x->in->draft.p, x->in->draft.n, 0),
             *run = yyjson_read(w->text.p, w->text.n, 0);
  bool same = draft && run && yyjson_equals(yyjson_doc_get_root(draft), yyjson_doc_get_root(run));
  yyjson_doc_free(draft);
  yyjson_doc_free(run);
  return same;
}

static bool rounds_present_run(struct rounding *x, yyjson_val *arguments, struct str text, struct buf *out) {
  yyjson_val *run = yyjson_obj_get(arguments, "run"), *chart = yyjson_obj_get(arguments, "chart");
  struct rounds_end *end = x->out;
  if (rounds_is_draft(json_text(run)) || (!run && !x->written_count && x->in->draft.n)) {
    if (!x->in->draft.n) return buf_add_z(out, "There is no draft: write a program with run_program."), false;
    end->kind = ROUNDS_DRAFT;
    return true;
  }
  size_t number = rounds_run_number(x, run);
  struct rounds_written *w = number ? &x->written[number - 1] : NULL;
  if (!w || !w->run) {
    buf_add_z(out, number ? "That run is not kept any more: run its program again."
                          : "There is no such run: run_program gives its number.");
    return false;
  }
  if (!rounds_pick(x, w->outcome, yyjson_obj_get(arguments, "results"), out)) return false;
  bool drafted =
      rounds_is_as_drafted(x, w, yyjson_obj_get(arguments, "results"), chart ? STR("chart") : text);
  rounds_take_text(x, w, text);
  end->kind = drafted ? ROUNDS_DRAFT : ROUNDS_RUN;
  end->written = *w;
  *w = (struct rounds_written){0};
  if (yyjson_is_obj(chart)) {
    struct str wish = json_to_text(x->arena, chart);
    end->chart = yyjson_read(wish.p, wish.n, 0);
  }
  return true;
}

// What is put before a person: without what moves a cursor, or turns the direction of writing.
static struct str rounds_clean(struct arena *a, struct str text) {
  struct buf out = BUF_MAX(ROUNDS_TEXT_MOST);
  for (size_t i = 0; i < text.n; i++) {
    unsigned char c = (unsigned char)text.p[i], next = i + 1 < text.n ? (unsigned char)text.p[i + 1] : 0,
                  third = i + 2 < text.n ? (unsigned char)text.p[i + 2] : 0;
    bool c1 = c == 0xc2 && next >= 0x80 && next < 0xa0;
    bool turns = c == 0xe2 &&
                 ((next == 0x80 && ((third >= 0xaa && third <= 0xae) || third == 0x8e || third == 0x8f)) ||
                  (next == 0x81 && third >= 0xa6 && third <= 0xa9));
    if (c1 || turns)
      i += c1 ? 1 : 2;
    else if (c != 127 && (c >= 32 || c == '\n'))
      buf_add_char(&out, (char)c);
  }
  struct str made = arena_dup(a, str_trim(buf_str(&out)));
  buf_free(&out);
  return made;
}

static bool rounds_present(struct rounding *x, yyjson_val *arguments, struct buf *out) {
  static const char *const said[] = {"clarify", "unanswerable", "refuse"};
  struct str outcome = json_str(arguments, "outcome"), odd, none,
             text = rounds_clean(x->arena, str_cut_utf8(json_str(arguments, "text"), ROUNDS_TEXT_MOST));
  const char *kind = NULL;
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    if (str_is(outcome, said[i])) kind = said[i];
  if (!kind && outcome.n && !str_is(outcome, "answer"))
    return buf_add_z(out, "outcome is answer, clarify, unanswerable or refuse."), false;
  if (!kind) return x->ended = rounds_present_run(x, arguments, text, out);
  if (!text.n)
    return buf_add_z(out, "Say it to the person in text: the question back, or what is missing."), false;
  if (!x->in->holds(x->in->arg, NULL, NULL, text, &odd, &none)) {
    buf_printf(out, "\"%.*s\" is not in the question, and nothing is shown that has it: say it without.",
               STR_ARG(odd));
    return false;
  }
  x->out->kind = ROUNDS_SAID;
  x->out->outcome = str_of(kind);
  x->out->text = text;
  return x->ended = true;
}

// ---- any

static void rounds_unknown(const struct rounding *x, struct str name, struct buf *out) {
  struct program_view_found found;
  bool vendors = program_view_find(x->in->view, STR_NONE, name, &found) || found.word != VIEW_NO_TOOL;
  buf_printf(out, "There is no tool %.*s to call. ", STR_MOST(name, 100));
  if (vendors)
    buf_add_z(out, "A vendor's tool is a step of a program: {\"steps\": [{\"id\", \"account\", \"tool\", "
                   "\"arguments\"}]}. ");
  buf_add_z(out, "The tools are search_tools, describe_tools, run_program, present.");
}

// The third time is one too many.
static size_t rounds_times_seen(struct rounding *x, const struct llm_call *call) {
  uint64_t hash = map_hash(ARENA_JOIN(x->arena, call->name, STR(" "), call->text));
  size_t times = 0;
  for (size_t i = 0; i < x->seen_count; i++) times += x->seen[i] == hash;
  if (x->seen_count < ROUNDS_SEEN_MOST) x->seen[x->seen_count++] = hash;
  return times;
}

bool rounds_call(struct rounding *x, const struct llm_call *call, struct llm_answered *out, struct err *err) {
  struct buf text = BUF_MAX(ROUNDS_ANSWER_BYTES);
  bool ok = false, here = true;
  size_t seen = rounds_times_seen(x, call);
  int tool = toolbox_named(call->name);
  x->repeats = x->repeats || seen >= 2;
  if (tool < 0)
    rounds_unknown(x, call->name, &text);
  else if (!call->arguments)
    buf_add_z(&text, "The arguments are not one JSON object: write them again.");
  else if (seen)
    buf_add_z(&text, "You called this before, with the same arguments; its answer stands above. Go on from "
                     "there, or present.");
  else if (tool == TOOLBOX_SEARCH)
    ok = toolbox_search(x->in->view, call->arguments, x->arena, &text);
  else if (tool == TOOLBOX_DESCRIBE)
    ok = toolbox_describe(x->in->view, call->arguments, x->arena, &text);
  else if (tool == TOOLBOX_PRESENT)
    ok = rounds_present(x, call->arguments, &text);
  else
    here = rounds_run(x, call->arguments, &text, &ok, err);
  *out = (struct llm_answered){
      .call_id = arena_dup(x->arena, call->id), .text = arena_dup(x->arena, buf_str(&text)), .is_error = !ok};
  buf_free(&text);
  return here;
}
