// SPDX-License-Identifier: Apache-2.0
// run: a program at work. The asker's fiber conducts: it starts calls on fibers of their own, side by side within limits,
// takes their answers into the tables and asks for next pages; steps begin when the tables they read are whole. What
// blocks (queries, filling tables) runs on the pool. A run that a vendor's rate limit stops, or the asker's patience, is
// paused, whole; it can be kept and go on from there, on any loop. Example:
//   struct program_run *run; if (!program_begin(&request, &run, &faults, err)) …     // checked; nothing is called yet
//   if (!program_go_on(run, 45000, err)) …                                            // false: canceled
//   outcome_write(program_outcome(run), out);    program_end(run);
#ifndef POSTERN_PROGRAM_RUN_H
#define POSTERN_PROGRAM_RUN_H

#include "call/run.h"
#include "program/check.h"
#include "program/outcome.h"

struct program_run;

struct program_limits { // settings
  size_t calls;         // program_calls: of one run
  size_t fan_out;       // program_fan_out: rows of one for_each
  size_t side;          // program_parallel: calls at a time, of one run
  size_t side_account;  // program_parallel_account: of these, to one account
  size_t pages;         // program_pages: of one call, where the program does not say
  uint64_t time_ms;     // program_time: at work, in all
  uint64_t turn_ms;     // program_turn: of that, before an AI client is answered
  uint64_t cache_ms;    // program_cache: so old may an answer be
  uint64_t wait_ms;     // program_wait: for a vendor's rate limit, where the asker waits
  struct table_limits tables;
};

struct program_env { // made once
  const struct run_env *run;
  struct program_limits limits;
  const struct zone *zone; // where a program names none
  int first_weekday;
};

struct program_source { // a call that gave rows; they go when its tool does. account_id empty: none
  struct str account_id, tool;
};

struct program_table { // somebody's own rows
  struct str name;
  yyjson_val *rows; // an array of objects, or what table/locate finds rows in
  bool untyped;     // all texts, as from CSV
  struct program_source source;
};

struct program_request {
  const struct program_env *env;
  struct catalog *catalog;             // the run takes a reference of its own
  const struct catalog_server *server; // NULL: all accounts
  yyjson_doc *doc;                     // of the program; the run takes it over, also where it fails
  yyjson_val *given;                   // parameters; object or NULL; copied
  const struct program_table *tables;  // that stand beside those of the steps; copied
  size_t table_count;
  struct str principal, person, request_id,
      url;             // copied; person: as in run_call; url: name of the server's URL, or empty
  struct audit_who by; // copied
  enum mcp_era era;
  int64_t now_ms; // 0: now
  bool waits;     // for rate limits, up to program_wait
  bool fresh;     // asks vendors anew, whatever the cache has
  uint64_t
      since_us; // by the monotonic clock; where fresh: what was asked since then is not asked again. 0: all is
  bool spares;  // nobody waits for it (run_call.spares)
  bool charts;  // one of each result, wished for or not
  // Called on the conducting fiber when something has moved; may be NULL. It may park, which holds the run up.
  void (*progress)(void *arg, struct program_run *run);
  void *progress_arg;
};

// Reads and checks. False: the faults say what is wrong, or *err does (ERR_CANCELED, ERR_LIMIT).
MUST_USE bool program_begin(const struct program_request *r, struct program_run **out,
                            struct program_faults *faults, struct err *err) SUSPENDS;
// Works until the end, or until it pauses: program_outcome says which. False only where the asker has gone; the run can
// only be ended then. At most so many milliseconds; 0: program_time alone.
MUST_USE bool program_go_on(struct program_run *run, uint64_t most_ms, struct err *err) SUSPENDS;
// The results as they are now; queries run anew when more was read. Lives as long as the run.
MUST_USE bool program_outcome(struct program_run *run, const struct outcome **out, struct err *err) SUSPENDS;
void program_end(struct program_run *run); // NULL is fine

bool program_is_paused(const struct program_run *run);
const struct plan *program_plan(const struct program_run *run);
const struct program *program_of(const struct program_run *run);

struct program_progress {
  struct str step;
  const char *state;   // "waiting", "calling", "complete", "failed"
  size_t ended, known; // calls, a paged one counted once; known: so far
  size_t rows;         // read so far
  bool goes_on;        // it waits, or calls
};
// Of one step; false: there is none of this number.
bool program_progress(const struct program_run *run, size_t step, struct program_progress *out);
struct program_call { // that goes out, or has come back
  struct outcome_call call;
  bool ended; // the rest of `call` is known
};
// The next that has begun or ended since the last time; for `progress`. False: no more now.
bool program_next_call(struct program_run *run, struct program_call *out);
// What its table has by now; false: there is no such step, or nothing was read. In the arena.
bool program_columns(const struct program_run *run, size_t step, struct arena *a,
                     const struct table_column **out, size_t *count);
int64_t program_waits(const struct program_run *run); // seconds of a vendor's rate limit; 0: it does not wait
// What is told of progress from now on, of a run that was taken up again.
void program_follow(struct program_run *run, void (*progress)(void *arg, struct program_run *run), void *arg);

#endif
