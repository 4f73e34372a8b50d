// SPDX-License-Identifier: Apache-2.0
// demo_rows: the rows of each resource, as JSON objects with commas between. Private to demo/.
#ifndef POSTERN_DEMO_DEMO_ROWS_H
#define POSTERN_DEMO_DEMO_ROWS_H

#include "base/buf.h"

struct demo_span {
  int64_t now_ms, since_ms, until_ms; // rows from `since` to before `until`
  struct str site;                    // of this one alone; empty: of all
};

void demo_put_sites(const struct demo_span *s, struct buf *out);
void demo_put_traffic(const struct demo_span *s, struct buf *out);
void demo_put_blocked(const struct demo_span *s, struct buf *out);
void demo_put_changes(const struct demo_span *s, struct buf *out);
void demo_put_members(const struct demo_span *s, struct buf *out);

#endif
