// SPDX-License-Identifier: Apache-2.0
#include "mcp/wire.h"

#include "base/codec.h"

static const char *const wire_legacy_versions[] = {"2025-11-25", "2025-06-18", "2025-03-26"};

bool wire_is_legacy(struct str version) {
  for (size_t i = 0; i < sizeof wire_legacy_versions / sizeof *wire_legacy_versions; i++)
    if (str_is(version, wire_legacy_versions[i])) return true;
  return false;
}

const char *wire_name_member(struct str method) {
  static const struct {
    const char *method, *member;
  } named[] = {{"tools/call", "name"},  {"prompts/get", "name"},    {"resources/read", "uri"},
               {"tasks/get", "taskId"}, {"tasks/update", "taskId"}, {"tasks/cancel", "taskId"}};
  for (size_t i = 0; i < sizeof named / sizeof *named; i++)
    if (str_is(method, named[i].method)) return named[i].member;
  return NULL;
}

bool wire_header_decode(struct arena *a, struct str value, struct str *out) {
  static const char prefix[] = "=?base64?", suffix[] = "?=";
  size_t frame = sizeof prefix - 1 + sizeof suffix - 1;
  value = str_trim(value);
  if (value.n < frame || !str_starts(value, prefix) || !str_ends(value, suffix)) {
    *out = value;
    return true;
  }
  struct str inner = {value.p + sizeof prefix - 1, value.n - frame};
  struct str bytes;
  if (!codec_unbase64(a, inner, &bytes) || !codec_is_utf8(bytes)) return false;
  *out = bytes;
  return true;
}
