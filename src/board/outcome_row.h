// SPDX-License-Identifier: Apache-2.0
// outcome_row: what tiles gave, as rows: the last outcome whole, values over time, and how the last run went. Sealed. A
// failure leaves outcome and values as they are. All of it goes with the first of the tile's accounts that is deleted, also
// where a run is at work just then: it can keep nothing. Functions block: run them on the pool. Example:
//   struct board_keeping k = {.tile = t, .at = now, .state = BOARD_OK, .outcome = text, …};
//   if (!board_outcome_keep(store, &k, err)) …          // ERR_CONFLICT: tile or account are not what they were
#ifndef POSTERN_BOARD_OUTCOME_ROW_H
#define POSTERN_BOARD_OUTCOME_ROW_H

#include "board/tile_row.h"
#include "board/values.h"

enum {
  BOARD_OUTCOME_MOST = 240 * 1024,      // bytes of one
  BOARD_OUTCOME_BYTES_MOST = 128 << 20, // of all
};

enum board_state {
  BOARD_OK,
  BOARD_FAILED,
  BOARD_WAITING, // for a vendor's rate limit, or for its owner to sign in anew
  BOARD_STOPPED, // its owner may not run it any more
};
const char *board_state_name(enum board_state state);

struct board_outcome {
  int64_t at;         // when what is kept was read; 0: nothing is
  struct str outcome; // JSON, as a run's; empty: none
  struct str points;  // values over time, as values.h has them
  int64_t tried_at;   // the last run; 0: none
  enum board_state state;
  struct str why; // it was not good; empty: it was
};

enum board_reading { // what of it is opened, which costs
  BOARD_READ_TRY,    // how the last run went
  BOARD_READ_OUTCOME,
  BOARD_READ_VALUES, // and values over time
};
MUST_USE bool board_outcome_read(struct store *s, struct str tile_id, enum board_reading what,
                                 struct arena *a, struct board_outcome *out, struct err *err);

// What a refresh came to, before it is kept. For whoever goes by it (conditions).
struct board_news {
  const struct board_tile *tile;
  int64_t at;
  enum board_state state;
  struct str before, after; // outcomes, JSON; empty: there was none, it failed
  bool partial, cut;        // of the one after
  struct str why;
};

struct board_keeping {
  struct board_news news;
  const struct values_cell *cells;
  size_t cell_count;
};
MUST_USE bool board_outcome_keep(struct store *s, struct board_keeping *k, struct err *err);

// Called within the transaction that keeps a refresh, on the pool: what it writes is kept together with the outcome, or
// not at all. False undoes both. One, set before the loops run.
typedef bool board_hook(void *arg, struct store *s, const struct board_news *news, struct err *err);
void board_on_refresh(board_hook *hook, void *arg);

#endif
