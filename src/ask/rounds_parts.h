// SPDX-License-Identifier: Apache-2.0
// rounds_parts: what the files behind ask/rounds.h share. Private to ask/.
#ifndef POSTERN_ASK_ROUNDS_PARTS_H
#define POSTERN_ASK_ROUNDS_PARTS_H

#include "ask/rounds.h"

enum {
  ROUNDS_TURNS_MOST = 3 * ROUNDS_MOST + 2,
  ROUNDS_KEPT_MOST = 2,
  ROUNDS_SEEN_MOST = ROUNDS_MOST * ROUNDS_CALLS_MOST
};

struct rounding {
  const struct rounds_input *in;
  struct arena *arena;
  struct rounds_end *out;
  struct llm_turn turns[ROUNDS_TURNS_MOST];
  size_t turn_count, said_bytes; // said_bytes: of all turns
  struct rounds_written written[ROUNDS_RUNS_MOST];
  size_t written_count;
  struct disclosing disclosing;
  uint64_t seen[ROUNDS_SEEN_MOST]; // calls, by hash
  size_t seen_count;
  bool reminded, ended, repeats;
  uint64_t began_us;
};

// Answers one call, or ends the loop (x->ended). False only where the asker has gone.
MUST_USE bool rounds_call(struct rounding *x, const struct llm_call *call, struct llm_answered *out,
                          struct err *err) SUSPENDS;

#endif
