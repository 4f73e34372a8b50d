// SPDX-License-Identifier: Apache-2.0
// check: cmocka with what it needs before it, and short comparisons of struct str for unit tests.
#ifndef POSTERN_TESTS_UNIT_SUPPORT_CHECK_H
#define POSTERN_TESTS_UNIT_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

#define check_text(got, want)                                                                                \
  do {                                                                                                       \
    struct str got_ = (got);                                                                                 \
    if (!str_is(got_, (want))) fail_msg("%s is \"%.*s\", not \"%s\"", #got, STR_ARG(got_), (want));          \
  } while (0)

#define check_has(text, part)                                                                                \
  do {                                                                                                       \
    if (!strstr((text), (part))) fail_msg("\"%s\" does not have \"%s\"", (text), (part));                    \
  } while (0)

#endif
