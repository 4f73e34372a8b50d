// SPDX-License-Identifier: Apache-2.0
// check: a program held against a view before anything is called: each tool is there and only reads, arguments fit as
// far as they are known, queries compile over the columns known so far, steps have an order. All faults at once. Then
// the plan: which tool of which account each step calls, what it waits for, what it costs at least. Blocking (queries are
// compiled): on the pool. Example:
//   struct plan plan; if (!program_check(&in, arena, &plan, &faults)) …
#ifndef POSTERN_PROGRAM_CHECK_H
#define POSTERN_PROGRAM_CHECK_H

#include "program/program.h"
#include "program/view.h"
#include "table/select.h"

struct plan_target { // one account of a step
  struct catalog_tool tool;
  struct str account; // as the view calls it
};
struct plan_step {
  struct plan_target targets[PROGRAM_ACCOUNTS_MOST];
  size_t target_count;
  uint32_t after;      // steps, by bit, whose tables its for_each and references read
  bool reads_own_rows; // its references need each row of for_each
};
struct plan {
  struct plan_step steps[PROGRAM_STEPS_MOST];
  uint32_t result_reads[PROGRAM_RESULTS_MOST]; // steps, by bit
  size_t calls_least;                          // without the calls for each row, which nobody knows before
  bool calls_known;                            // no step has a for_each
};

struct check_table { // one that is there already: a person's file, a kept result
  struct str name;
  const struct table_column *columns;
  size_t column_count;
};

struct program_check_input {
  const struct program *program;
  const struct program_view *view;
  const struct table_params *params;
  const struct table_clock *clock;
  const struct table_limits *limits;
  const struct check_table *tables;
  size_t table_count;
};

bool program_check(const struct program_check_input *in, struct arena *a, struct plan *out,
                   struct program_faults *faults);
// The column of a step that calls several accounts; in for_each, the account that a row is of.
bool program_is_account(struct str column);
// The columns of a step's table that are known before a call, made in `set`. `for_each`: its columns, or NULL.
MUST_USE bool program_expect(const struct program_step *s, const struct plan_step *p,
                             const struct table_result *for_each, struct table *t, struct err *err);

#endif
