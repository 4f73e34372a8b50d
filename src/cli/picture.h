// SPDX-License-Identifier: Apache-2.0
// picture: a result of a program, as the server told it, drawn for the terminal: its chart where it wished for one and there
// is something to draw, else nothing. Private to cli/.
#ifndef POSTERN_CLI_PICTURE_H
#define POSTERN_CLI_PICTURE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"

struct picture_look {
  size_t width;
  bool ascii, color;
  bool headed; // its title stands above already
};

// `result`: {"columns", "rows", "wish", …} of an outcome. False: a table is what suits it.
bool picture_draw(yyjson_val *result, const struct picture_look *look, struct arena *a, struct buf *out);
bool picture_is_ascii(void);  // the locale's characters are not UTF-8
bool picture_has_color(void); // a terminal that wants it (NO_COLOR)

#endif
