// SPDX-License-Identifier: Apache-2.0
// picture: how the terminal takes what is drawn for it. Private to cli/.
#ifndef POSTERN_CLI_PICTURE_H
#define POSTERN_CLI_PICTURE_H

#include <stdbool.h>

bool picture_is_ascii(void);  // the locale's characters are not UTF-8
bool picture_has_color(void); // a terminal that wants it (NO_COLOR)

#endif
