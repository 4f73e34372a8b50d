// SPDX-License-Identifier: Apache-2.0
// cache: good answers of reads, for a short time, for programs: clients' own calls always go to the vendor. Asked when
// all checks are made, with the arguments as they would be sent. One answer is of one account as it is now (another
// credential, another default, and it is another key), one tool and one set of arguments; of a vendor's MCP server of one
// principal too, since upstream sessions are. Two who ask the same at a time share one call. Failures are never kept,
// and a call that writes takes all of its account's answers away. In memory, process-wide, bounded in bytes; any thread.
// Example:
//   switch (cache_take(&ask, &held, err)) {
//   case CACHE_HIT: … cache_fill(held, …); break;
//   case CACHE_MINE: … call the vendor; cache_give(held, &answer); break;
#ifndef POSTERN_CALL_CACHE_H
#define POSTERN_CALL_CACHE_H

#include "call/result.h"

enum { CACHE_KEY_MOST = 16 * 1024, CACHE_PART = 8 }; // a key's bytes; an answer may have 1/CACHE_PART of all

struct cache_ask {
  const struct catalog_account *account;
  const struct tool *tool;
  struct str principal;
  yyjson_mut_val *arguments;
  uint64_t most_ms; // older ones are none
};

struct cache_entry;
enum cache_word {
  CACHE_HIT,    // *held has an answer: cache_fill, once
  CACHE_MINE,   // nobody has asked yet: call, then cache_give, once
  CACHE_ALONE,  // call for yourself: whoever asked before got nothing to keep
  CACHE_STOPPED // *err says why (ERR_CANCELED, ERR_TIMEOUT) while another's call was waited for
};

enum cache_word cache_take(const struct cache_ask *ask, struct cache_entry **held, struct err *err) SUSPENDS;
// The answer anew, for whoever asks; `most` as for judge_response. How old it is: *age_ms.
void cache_fill(struct cache_entry *held, size_t most, struct arena *a, struct call_answer *n,
                int64_t *age_ms);
void cache_give(struct cache_entry *mine, const struct call_answer *n); // n NULL: nothing came
void cache_forget(struct str account_id);                               // something was written there

void cache_limit(size_t bytes);     // 0: nothing is kept, but calls at the same time are shared
void cache_sweep(uint64_t most_ms); // housekeeping; 0: all, at the end of the program
size_t cache_bytes(void);
size_t cache_waiting(const struct cache_entry *mine); // who wait for its answer (tests)

#endif
