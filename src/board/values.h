// SPDX-License-Identifier: Apache-2.0
// values: of each refresh of a tile a few measure cells by key, so that a number has a trend even where the vendor keeps
// none. A key is what tells rows apart (their texts) and the measure's name. The older, the fewer are kept: the space
// between two grows with their age, and all of it stays within a budget of bytes. Pure; texts in the arena. Example:
//   size_t n = values_pick(result, arena, cells);
//   struct str points = values_add(before, now_ms, cells, n, VALUES_BYTES_MOST, arena);
//   values_write(points, &out);        // [{"at":"2026-11-20T08:15:00Z","values":{"block · rules":12}}]
#ifndef POSTERN_BOARD_VALUES_H
#define POSTERN_BOARD_VALUES_H

#include "program/outcome.h"

enum {
  VALUES_CELLS_MOST = 50,        // of a refresh
  VALUES_KEY_MOST = 200,         // bytes of a key
  VALUES_BYTES_MOST = 32 * 1024, // of a tile
  VALUES_PART = 48,              // two that lie nearer than this part of their age are one too many
  VALUES_TREND_KEYS = 5,
  VALUES_TREND_MOST = 60, // points of a trend
  VALUES_DAYS_MOST = 400, // older ones go
};

struct values_cell {
  struct str key, number; // number: as JSON
};

// Of a series by time the last bucket that is over counts, since vendors keep the others.
size_t values_pick(const struct outcome_result *r, struct arena *a,
                   struct values_cell cells[VALUES_CELLS_MOST]);
// `before` may be empty.
struct str values_add(struct str before, int64_t at_ms, const struct values_cell *cells, size_t count,
                      size_t most, struct arena *a);
// Which of these times, in ascending order, stay; the first and the last always, but what is too old. How many do.
size_t values_thin(const int64_t *at_ms, size_t count, int64_t now_ms, int64_t part, bool *stays);
void values_write(struct str points, struct buf *out);
// The newest of the first few keys, for a small line beside a number: [{"key":"rules","at":["…"],"values":[12]}]. Keys with
// a single value have none.
void values_trend(struct str points, struct buf *out);

#endif
