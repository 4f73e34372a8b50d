// SPDX-License-Identifier: Apache-2.0
// rig: the files beside the tests.
#ifndef POSTERN_TESTS_UNIT_LLM_RIG_H
#define POSTERN_TESTS_UNIT_LLM_RIG_H

#include "../support/check.h"

#include "base/buf.h"
#include "data/json.h"
#include "llm/reply.h"

enum { RIG_BYTES_MOST = 4 << 20 };

static inline struct buf rig_bytes(const char *name) {
  char path[4096];
  struct buf out = BUF_MAX(RIG_BYTES_MOST);
  snprintf(path, sizeof path, "%s/tests/unit/llm/%s", getenv("POSTERN_SOURCE_ROOT"), name);
  FILE *f = fopen(path, "rb");
  if (!f) fail_msg("cannot read %s", path);
  for (int c; (c = fgetc(f)) != EOF;) buf_add_char(&out, (char)c);
  fclose(f);
  return out;
}

static inline yyjson_doc *rig_json(const char *name) {
  struct buf text = rig_bytes(name);
  yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
  if (!doc) fail_msg("no JSON in %s", name);
  buf_free(&text);
  return doc;
}

#endif
