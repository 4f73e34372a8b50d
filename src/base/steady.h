// SPDX-License-Identifier: Apache-2.0
// steady: the time that deletions go by. A wall clock can be wrong by months for a minute (a dead battery,
// a restored machine, a slip of the hand), and what was deleted does not come back. So whatever goes by its
// age goes by this time. It moves on as the monotonic clock does, and follows the wall clock
//   - at once where that is behind (then less goes),
//   - at once where it is ahead by no more than STEADY_STEP_MS: clocks are corrected a little all the time,
//   - else when the two clocks have kept pace for STEADY_HOLD_MS: then the wall clock is what there is.
// A start goes on from the time that the last run had, so a restart with a wrong clock deletes nothing
// either. What merely ends at a time (a server, a token, a link) ends by the wall clock, to the millisecond:
// that can be taken back. One for the process; any thread asks, one looks. Example:
//   steady_begin(last_ms);                              // at start; 0: nothing is known
//   if (steady_look() == STEADY_JUMPED) log_warn(…);    // by the one who keeps house, each time before he
//   does access_purge(store, steady_now_ms(), arena, &gone, &err);
#ifndef POSTERN_BASE_STEADY_H
#define POSTERN_BASE_STEADY_H

#include <stdint.h>

enum { STEADY_STEP_MS = 2000, STEADY_HOLD_MS = 60 * 60 * 1000 };

enum steady_news {
  STEADY_SAME,
  STEADY_JUMPED,  // the wall clock leapt; what goes by age waits for it
  STEADY_FOLLOWS, // it has held; what goes by age goes by it again
};

void steady_begin(int64_t last_ms);
enum steady_news steady_look(void);
int64_t steady_now_ms(void); // never later than the wall clock; before steady_begin the wall clock

// The rule alone, for given readings of the clocks: wall in ms since 1970, pace in ms since any moment, of
// a clock that nobody sets and that goes on while the machine sleeps.
struct steady {
  int64_t ahead_ms;  // of this time, to the pace
  int64_t offset_ms; // of the wall clock, to the pace, at the last look
  int64_t since_ms;  // pace; the two clocks have kept together since
};
void steady_start(struct steady *s, int64_t last_ms, int64_t wall_ms, int64_t pace_ms);
enum steady_news steady_see(struct steady *s, int64_t wall_ms, int64_t pace_ms);

#endif
