// SPDX-License-Identifier: Apache-2.0
#include "ask/prompt.h"

#include <stdio.h>

#include "ask/toolbox.h"
#include "base/clock.h"
#include "data/json.h"

static const char *const prompt_days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};

static void prompt_add_now(const struct prompt *p, struct buf *out) {
  char now[CLOCK_TEXT];
  struct str zone = p->clock->zone ? zone_name(p->clock->zone) : STR("UTC");
  clock_rfc3339(p->clock->now_ms, now);
  buf_printf(out, "Now is %s; times are meant in %.*s; a week begins on %s.\n", now, STR_ARG(zone),
             prompt_days[p->clock->first_weekday % 7]);
}

// What may be asked about, by its nouns.
static void prompt_add_nouns(const struct prompt *p, struct buf *out) {
  const struct model_source *of = NULL;
  size_t from = out->n;
  for (size_t i = 0; i < model_count(p->model) && out->n - from < PROMPT_NOUNS_MOST; i++) {
    const struct model_thing *t = model_at(p->model, i);
    if (t->source != of) {
      buf_add_z(out, of ? "\n" : "");
      toolbox_add_vendors(out, t->source->label, 60);
      buf_add_z(out, ": ");
    } else
      buf_add_z(out, ", ");
    of = t->source;
    toolbox_add_vendors(out, t->label_noun, 60);
  }
  if (of) buf_add_char(out, '\n');
}

static void prompt_add_column(const struct model_thing *t, size_t c, struct buf *out) {
  const struct model_column *column = &t->columns[c];
  size_t values = 0;
  buf_add_z(out, c ? "; " : "");
  toolbox_add_vendors(out, column->name, 60);
  buf_add_z(out, " = ");
  toolbox_add_vendors(out, column->sql, 300);
  if (column->unit.n) buf_printf(out, " (%.*s)", STR_MOST(column->unit, 20));
  for (size_t i = 0; i < t->value_count && values < 12; i++) {
    if (t->values[i].column != (int)c || !t->values[i].value.n) continue;
    buf_add_z(out, values++ ? "|" : " {");
    toolbox_add_vendors(out, t->values[i].value, 60);
  }
  if (values) buf_add_char(out, '}');
}

static void prompt_add_thing(const struct model_thing *t, struct buf *out) {
  size_t from = out->n;
  buf_add_z(out, "A ");
  toolbox_add_vendors(out, t->label_noun, 60);
  buf_add_z(out, ", read from ");
  toolbox_add_vendors(out, model_from(t), 200);
  buf_add_z(out, ": ");
  for (size_t c = 0; c < t->column_count && out->n - from < PROMPT_THING_MOST; c++)
    prompt_add_column(t, c, out);
  buf_add_char(out, '\n');
}

// What was learned of a thing from its rows is not told where rows are not.
static void prompt_add_things(const struct prompt *p, struct buf *out) {
  const struct model_thing *told[PROMPT_THINGS_MOST];
  size_t count = 0;
  for (size_t i = 0; p->reading && i < p->reading->part_count; i++)
    for (const struct model_thing *t = p->reading->parts[i].thing; t; t = t->within) {
      bool there = count == PROMPT_THINGS_MOST || (t->derived && p->sees == ASK_SEES_SCHEMA);
      for (size_t k = 0; k < count; k++) there = there || told[k] == t;
      if (there) continue;
      told[count++] = t;
      prompt_add_thing(t, out);
    }
}

static void prompt_add_names(const struct prompt *p, struct buf *out) {
  for (size_t i = 0; i < p->veil->count; i++) {
    const struct veil_name *n = &p->veil->names[i];
    buf_printf(out, "%s:%.*s for the person's \"",
               i ? ", " : "Names that you are not shown are parameters: ", STR_ARG(n->param));
    toolbox_add_vendors(out, n->word, 100);
    buf_add_char(out, '"');
  }
  if (p->veil->count) buf_add_z(out, ".\n");
}

static void prompt_add_questions(const struct prompt *p, struct buf *out) {
  size_t n = p->said->turn_count;
  if (n > 1) buf_add_z(out, "Earlier in this conversation was asked:\n");
  for (size_t i = 0; i + 1 < n; i++)
    buf_printf(out, "- %.*s\n", STR_MOST(p->said->turns[i], PROMPT_QUESTION_MOST / 4));
  buf_printf(out, "%s%.*s", n > 1 ? "The question now, which may change these: " : "The question: ",
             STR_MOST(p->said->turns[n - 1], PROMPT_QUESTION_MOST));
}

void prompt_write(const struct prompt *p, struct buf *out) {
  buf_printf(out, "You see %s.\nAccounts: ", disclose_words(p->sees));
  toolbox_add_accounts(p->view, PROMPT_ACCOUNTS_MOST, out);
  buf_add_z(out, ".\nWhat is known to be asked about, and of what this question seems to be about its "
                 "columns in SQL:\n<data>\n");
  prompt_add_nouns(p, out);
  prompt_add_things(p, out);
  buf_add_z(out, "</data>\n");
  prompt_add_names(p, out);
  if (p->before.n)
    buf_printf(out, "Your program of the question before, to be changed:\n%.*s\n", STR_ARG(p->before));
  if (p->draft.n)
    buf_printf(out, "The draft:\n%.*s\n", STR_ARG(p->draft));
  else {
    buf_add_z(out, "There is no draft. The planner, which knows less than you, says: <data>");
    toolbox_add_vendors(out, p->why.n ? p->why : STR("it could not read the question."), PROMPT_WHY_MOST);
    buf_add_z(out, "</data>\n");
  }
  prompt_add_now(p, out);
  prompt_add_questions(p, out);
}
