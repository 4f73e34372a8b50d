// SPDX-License-Identifier: Apache-2.0
// fit: text from anywhere in a number of a terminal's columns: made harmless, in one line, cut where it is too long, and
// no character broken, those of two columns neither. Private to chart/. Pure. Example:
//   size_t has = fit_add(&out, label, 20, false); fit_pad(&out, 20 - has);
#ifndef POSTERN_CHART_FIT_H
#define POSTERN_CHART_FIT_H

#include "base/buf.h"

size_t fit_width(struct str s);           // columns that it takes whole
size_t fit_character(uint32_t character); // 0, 1 or 2
// At most `width` columns of it, the last "…" ("~" in ASCII) where it is cut; how many they are. In ASCII a character
// beyond is '?'.
size_t fit_add(struct buf *out, struct str s, size_t width, bool ascii);
void fit_pad(struct buf *out, size_t columns);
void fit_repeat(struct buf *out, const char *mark, size_t times);

#endif
