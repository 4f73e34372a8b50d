// SPDX-License-Identifier: Apache-2.0
// fixture: toolsets and arguments from short texts. In the JSON here ' stands for ".
#ifndef POSTERN_TEST_TOOL_FIXTURE_H
#define POSTERN_TEST_TOOL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"
#include "tool/tool.h"

static inline struct str fixture_json(struct arena *a, const char *text) {
  char *copy = arena_z(a, str_of(text));
  for (char *p = copy; *p; p++)
    if (*p == '\'') *p = '"';
  return str_of(copy);
}

static inline struct toolset *fixture_set(struct arena *a, const char *tools) {
  struct toolset *set = NULL;
  struct err err = {0};
  struct str body = fixture_json(a, tools);
  struct str text = arena_printf(
      a,
      "{\"toolset\":1,\"connector\":\"acme\",\"base_url\":\"https://api.example.com/v1\",\"tools\":[%.*s]}",
      STR_ARG(body));
  if (!toolset_read(text, &set, &err)) fail_msg("%s: %s", err.field, err.text);
  return set;
}

static inline yyjson_doc *fixture_doc(struct arena *a, const char *text) {
  struct str s = fixture_json(a, text);
  yyjson_doc *doc = yyjson_read(s.p, s.n, YYJSON_READ_NUMBER_AS_RAW);
  if (!doc) fail_msg("fixture is not JSON: %s", text);
  return doc;
}

static inline void fixture_is(struct str got, const char *want) {
  if (!str_is(got, want)) fail_msg("\n got  %.*s\n want %s", STR_ARG(got), want);
}

static inline void fixture_has(struct str got, const char *want) {
  if (!str_contains(got, str_of(want))) fail_msg("\n got  %.*s\n want … %s …", STR_ARG(got), want);
}

static inline void fixture_lacks(struct str got, const char *unwanted) {
  if (str_contains(got, str_of(unwanted)))
    fail_msg("\n got      %.*s\n unwanted … %s …", STR_ARG(got), unwanted);
}

#endif
