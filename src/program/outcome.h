// SPDX-License-Identifier: Apache-2.0
// outcome: what running a program gave: each result's columns and rows, each step's calls, what was cut, failed or taken
// for granted. Numbers come from here and from nowhere else. Lives in its run. Pure.
#ifndef POSTERN_PROGRAM_OUTCOME_H
#define POSTERN_PROGRAM_OUTCOME_H

#include "program/program.h"
#include "table/select.h"

enum outcome_status { OUTCOME_COMPLETE, OUTCOME_PARTIAL, OUTCOME_PAUSED, OUTCOME_FAILED };
const char *outcome_status_name(enum outcome_status s);

struct outcome_call {
  size_t number; // in the order in which calls went out, from 1; 0: it could not go out
  struct str step, account, account_id, tool;
  struct str arguments;            // JSON text
  struct str why;                  // where it failed; empty: it did not
  int64_t page, at_ms, elapsed_ms; // at_ms: when it began
  size_t rows, bytes;
  bool cached; // answered by what was read `age_ms` before
  int64_t age_ms;
};

struct outcome_step {
  struct str id, why; // why: of the first call that failed, or why the step did not begin
  const char *state;  // "complete", "partial", "failed", "waiting"
  size_t calls, failed, rows, cut, bytes;
  int64_t total; // rows there are, as the vendor says; -1: it does not
  bool maybe_cut;
};

struct outcome_result {
  struct str name, title;
  const struct program_result *asked;
  struct table_result rows;
  size_t total;      // rows before the asker's share was cut from them; 0: these are all
  struct str why;    // empty: the rows are there
  struct str chart;  // ChartSpec, where the program wished for a chart or the asker draws them all
  struct str panels; // an array of more of them, for measures that share no axis with the first; empty: none
  struct str chart_why; // why it is not the one wished for; empty: it is
  bool has_unfinished;  // the last bucket of time is not over
  int64_t gaps;         // buckets that were filled in
};

struct outcome {
  enum outcome_status status;
  struct str title, zone, handle; // handle: what continues it; empty: none
  int64_t now_ms, wait_s;         // wait_s: what the vendor asks to wait; 0: nothing
  struct outcome_result *results;
  struct outcome_step *steps;
  struct outcome_call *calls;
  const struct str *warnings;
  size_t result_count, step_count, call_count, warning_count;
};

void outcome_write(const struct outcome *o,
                   struct buf *out); // JSON, as docs and `GET /program-schema` describe it
void outcome_write_result(const struct outcome_result *r, struct buf *out); // one of them
// Fills the gaps of a result by time, and tells whether its last bucket is over. In the arena.
void outcome_fill(struct outcome_result *r, const struct table_clock *clock, struct arena *a);

#endif
