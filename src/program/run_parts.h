// SPDX-License-Identifier: Apache-2.0
// run_parts: what the files behind program/run.h share. Private to program/.
#ifndef POSTERN_PROGRAM_RUN_PARTS_H
#define POSTERN_PROGRAM_RUN_PARTS_H

#include "base/map.h"
#include "program/pages.h"
#include "program/run.h"

enum run_step_state { RUN_STEP_WAITING, RUN_STEP_CALLING, RUN_STEP_DONE, RUN_STEP_FAILED };

//  WAITING ── the tables it reads are whole ──> CALLING ── all calls have ended ──> DONE
//     └────── one of them failed ──> FAILED <── all calls failed, or a limit ──┘
struct step_call { // one account, and rows of for_each: `count` from `first` on in the step's order
  size_t target, first, count;
};

struct run_step {
  struct program_run *run;
  const struct program_step *step;
  const struct plan_step *plan;
  size_t index;
  enum run_step_state state;
  struct table *table;
  struct table_result rows;   // of for_each
  struct step_call *list;     // the calls it makes, `wanted` of them
  size_t *order;              // rows of for_each, as calls take them
  size_t wanted, begun, open; // calls, a paged one counted once; open: begun and not ended
  size_t failed, calls, cut, bytes;
  int64_t total;
  bool maybe_cut;
  struct str why;
};

struct run_job { // a call of a step for one row (or batch) and one account, from its first page to its last
  struct program_run *run;
  struct run_step *step;
  struct run_job *next;
  size_t target, row;           // row: of for_each, the first of a batch
  const struct step_call *call; // of the step's list
  size_t number;                // among the calls that went out, from 1; 0: none yet
  bool told;                    // that it went out
  uint64_t page, rows;          // pages before this one, and their rows
  struct pages_rule paging;
  struct map cursors; // that were followed: one that comes again leads round
  uint64_t page_hash; // of the page before: one that comes again brings nothing
  struct arena *arena;
  yyjson_mut_doc *doc;
  yyjson_mut_val *arguments;
  yyjson_doc *sent; // the same, as they go out
  struct call_answer answer;
  bool has_answer, at_work, ended, prepared;
  struct fiber *fiber;
  struct err err;
  int64_t started_ms;
  uint64_t started_us, elapsed_us;
};

struct program_run {
  struct arena *arena, *outcome_arena;
  const struct program_env *env;
  yyjson_doc *doc, *given_read;
  yyjson_mut_doc *given_doc;
  yyjson_mut_val *given;
  struct catalog *catalog;
  struct program_view view;
  struct program program;
  struct plan plan;
  struct table_params params;
  struct table_clock clock;
  struct table_set *set;
  struct check_table tables[PROGRAM_TABLES_MOST * 2];     // that are there before any call
  struct program_source sources[PROGRAM_TABLES_MOST * 2]; // of these, in their order
  size_t table_count;
  struct run_step steps[PROGRAM_STEPS_MOST];
  size_t step_count;
  struct run_job *jobs;
  size_t active, calls;
  struct fiber *conductor;
  uint64_t end_us, worked_ms;
  int64_t wait_s; // a vendor asks for it; nothing new is begun until then
  bool paused, waits, waiting, fresh, charts, out_of_time, spares;
  uint64_t since_us;
  struct str principal, person, request_id, url, handle; // handle: once kept
  struct audit_who by;
  enum mcp_era era;
  void (*progress)(void *arg, struct program_run *run);
  void *progress_arg;
  struct outcome outcome;
  struct outcome_call *call_rows; // of the outcome
  size_t call_row_count, call_row_cap, call_rows_told;
};

void program_step_fail(struct run_step *s, struct str why);
// job.c
struct run_job *job_new(struct run_step *s, const struct step_call *call); // in run->jobs
const struct plan_target *job_target(const struct run_job *job);
struct outcome_call job_call(const struct run_job *job, struct arena *a); // as it goes out
MUST_USE bool job_start(struct run_job *job, struct err *err) SUSPENDS;   // false: canceled
MUST_USE bool job_take(struct run_job *job,
                       struct err *err) SUSPENDS; // its answer into the table; false: canceled
void job_free(struct run_job *job);

#endif
