// SPDX-License-Identifier: Apache-2.0
// judge: a condition held against one run of its tile. What was partial, cut, or failed changes nothing, and neither does a
// result that the condition does not fit: both say why. A condition that lasts is fine, pending (it holds, not yet for as long
// as asked) or firing. One that happens compares rows with those of the last whole run; the first run is what others are
// compared with, and tells nothing. A clock that was set back begins the wait anew. Pure; texts in the arena. Example:
//   struct alert_sight sight = {.result = result, .whole = true, .at = at, .now_ms = now};
//   struct alert_verdict v; alert_judge(&rule, &was, &sight, arena, &v);
//   if (v.event != ALERT_NOTHING) …
#ifndef POSTERN_ALERT_JUDGE_H
#define POSTERN_ALERT_JUDGE_H

#include "alert/condition.h"

enum {
  ALERT_PROOF_ROWS = 20,
  ALERT_PROOF_MOST = 32 * 1024,
  ALERT_CELL_MOST = 300,            // bytes of a text in a proof
  ALERT_BASELINE_MOST = 256 * 1024, // bytes of the rows that others are compared with
  ALERT_GONE_MOST = 2000,           // rows that are gone, and would not be new again
};

enum alert_phase { ALERT_FINE, ALERT_PENDING, ALERT_FIRING };
enum alert_event { ALERT_NOTHING, ALERT_BEGAN, ALERT_ENDED, ALERT_HAPPENED, ALERT_TEST };
const char *alert_phase_name(enum alert_phase phase); // "fine", "pending", "firing"
const char *alert_event_name(enum alert_event event); // "began", "ended", "happened", "test"
enum alert_phase alert_phase_named(struct str name);  // FINE where there is no such word
enum alert_event alert_event_named(struct str name);

struct alert_rule {
  struct alert_condition condition;
  int64_t for_ms; // how long it has to hold before it fires
};

struct alert_state {
  enum alert_phase phase;
  int64_t since;       // pending, firing: since when
  struct str baseline; // JSON; empty: there has been no whole run
};

struct alert_sight {
  yyjson_val *result; // as an outcome has it, numbers raw; NULL: the run failed
  bool whole;         // neither partial nor cut
  int64_t at, now_ms; // when it was judged; the one moment of the run
};

struct alert_verdict {
  enum alert_event event;
  struct alert_state state;
  bool baseline_anew;
  struct str why;   // it could not be judged; empty: it could
  struct str proof; // JSON, of an event: columns, rows, row_count, value
};

void alert_judge(const struct alert_rule *rule, const struct alert_state *was,
                 const struct alert_sight *sight, struct arena *a, struct alert_verdict *out);

// Private to alert/: changes.c, and what both of them write.
struct alert_row { // of a proof
  unsigned change; // enum alert_change; 0: it meets the condition
  yyjson_val *cells, *before;
};
struct str alert_proof_write(yyjson_val *columns, const struct alert_row *rows, size_t count, size_t total,
                             const double *value, struct arena *a);
void alert_changes_judge(const struct alert_condition *c, const struct alert_state *was,
                         const struct alert_sight *sight, struct arena *a, struct alert_verdict *out);

#endif
