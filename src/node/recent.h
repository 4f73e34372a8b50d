// SPDX-License-Identifier: Apache-2.0
// recent: the lines of the changelog that this node has followed lately, as it tells them to others (src/hear.h): those that
// have lost the database learn so what to hold back (node/arrears). Process-wide; any thread. Example:
//   recent_take(&lines);                                       // with each look at the log
//   if (recent_write(after, &out)) …                           // what is behind `after`, in one text
//   "<first> <last>\n" and a line for each number, "<kind> <id>\n". `first` beyond after + 1: what was between is not here.
#ifndef POSTERN_NODE_RECENT_H
#define POSTERN_NODE_RECENT_H

#include "base/buf.h"
#include "store/changelog.h"

enum { RECENT_LINES = 2048, RECENT_ID = 64, RECENT_TEXT = RECENT_LINES * (RECENT_ID + 16) + 64 };

// Once all that is in memory goes by them, or owes it. A gap: so far everything is followed, without its lines.
void recent_take(const struct changelog_lines *lines);
int64_t recent_last(void);
// False: nothing is behind it, and nothing was written.
bool recent_write(int64_t after, struct buf *out);
void recent_on_news(void (*news)(void)); // NULL: nobody. Called by recent_take, on its thread

#endif
