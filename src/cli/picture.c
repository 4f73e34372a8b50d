// SPDX-License-Identifier: Apache-2.0
#include "cli/picture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool picture_is_ascii(void) {
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return !strstr(value, "UTF-8") && !strstr(value, "utf8") && !strstr(value, "UTF8");
  }
  return false;
}

bool picture_has_color(void) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}
