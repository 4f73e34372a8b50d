// SPDX-License-Identifier: Apache-2.0
// use: when a token was last used: of a server's URL, or of the API. Noted in memory by whoever lets somebody in, and
// written back when house is kept, so that no request writes. Any thread. Example:
//   use_begin(&url->use, row->used_at, before ? &before->use : NULL);
//   use_note(&url->use, now);
//   if (use_is_news(&url->use, &at) && …) use_set_written(&url->use, at);
#ifndef POSTERN_ACCESS_USE_H
#define POSTERN_ACCESS_USE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct use {
  atomic_int_fast64_t at, written; // ms; 0: never. The last one; what the store has
};

// `before`: of the snapshot before, which has heard more than the store; NULL: none.
void use_begin(struct use *u, int64_t stored_at, const struct use *before);
void use_note(struct use *u, int64_t now_ms); // of what overlaps a rebuild, one may be lost
bool use_is_news(const struct use *u, int64_t *at);
void use_set_written(struct use *u, int64_t at);

#endif
