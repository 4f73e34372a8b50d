// SPDX-License-Identifier: Apache-2.0
#include "mcp/wire.h"

#include <string.h>

#include "base/codec.h"
#include "data/json.h"

static const char *wire_find(const char *const *list, size_t count, struct str text) {
  for (size_t i = 0; i < count; i++)
    if (str_is(text, list[i])) return list[i];
  return NULL;
}
#define WIRE_FIND(list, text) wire_find((list), sizeof(list) / sizeof *(list), (text))

const char *wire_name_member(struct str method) {
  static const struct {
    const char *method, *member;
  } named[] = {{"tools/call", "name"},  {"prompts/get", "name"},    {"resources/read", "uri"},
               {"tasks/get", "taskId"}, {"tasks/update", "taskId"}, {"tasks/cancel", "taskId"}};
  for (size_t i = 0; i < sizeof named / sizeof *named; i++)
    if (str_is(method, named[i].method)) return named[i].member;
  return NULL;
}

static const char *const wire_spoken[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
static const char *const wire_modern_methods[] = {"server/discover", "subscriptions/listen", "tasks/update"};
static const char *const wire_legacy_methods[] = {"initialize",
                                                  "notifications/initialized",
                                                  "ping",
                                                  "logging/setLevel",
                                                  "resources/subscribe",
                                                  "resources/unsubscribe",
                                                  "tasks/result",
                                                  "tasks/list",
                                                  "notifications/cancelled",
                                                  "notifications/roots/list_changed"};

const char *wire_legacy_version(struct str version) {
  return WIRE_FIND(wire_spoken, version);
}

const char *wire_legacy_before(const char *version) {
  size_t n = sizeof wire_spoken / sizeof *wire_spoken, i = 0;
  while (i < n && strcmp(wire_spoken[i], version) != 0) i++;
  return i + 1 < n ? wire_spoken[i + 1] : NULL;
}

bool wire_is_modern_only(struct str method) {
  return WIRE_FIND(wire_modern_methods, method) != NULL;
}

bool wire_is_legacy_only(struct str method) {
  return WIRE_FIND(wire_legacy_methods, method) != NULL;
}

// Reserved by 2026-07-28 ("_meta") and 2025-11-25 (tasks: their ids are those of a hop). The trace is the
// frame's to write; its `baggage` passes as it is.
static const char *const wire_hop_keys[] = {
    "progressToken",     "traceparent",    "tracestate",     WIRE_META_VERSION,      WIRE_META_CAPABILITIES,
    WIRE_META_LOG_LEVEL, WIRE_META_CLIENT, WIRE_META_SERVER, WIRE_META_SUBSCRIPTION, WIRE_META_TASK};

bool wire_is_hop_key(struct str key) {
  return WIRE_FIND(wire_hop_keys, key) != NULL;
}

void wire_pass_meta(yyjson_mut_doc *doc, yyjson_mut_val *params, yyjson_val *meta) {
  yyjson_mut_val *out = yyjson_mut_obj(doc);
  yyjson_obj_iter it = yyjson_obj_iter_with(meta);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));)
    if (!wire_is_hop_key(json_text(key)))
      yyjson_mut_obj_add(out, yyjson_val_mut_copy(doc, key),
                         yyjson_val_mut_copy(doc, yyjson_obj_iter_get_val(key)));
  if (yyjson_mut_obj_size(out)) yyjson_mut_obj_add_val(doc, params, "_meta", out);
}

#define WIRE_SENTINEL "=?base64?"
#define WIRE_SENTINEL_END "?="

bool wire_header_decode(struct arena *a, struct str value, struct str *out) {
  size_t before = sizeof WIRE_SENTINEL - 1, frame = before + sizeof WIRE_SENTINEL_END - 1;
  value = str_trim(value);
  if (value.n < frame || !str_starts(value, WIRE_SENTINEL) || !str_ends(value, WIRE_SENTINEL_END)) {
    *out = value;
    return true;
  }
  struct str bytes;
  if (!codec_unbase64(a, str_make(value.p + before, value.n - frame), &bytes) || !codec_is_utf8(bytes))
    return false;
  *out = bytes;
  return true;
}

// MCP 2026-07-28, value encoding: visible ASCII, spaces and tabs inside, and not a sentinel itself. An empty
// value is coded too: some HTTP libraries drop a header that has none.
static bool wire_is_plain(struct str text) {
  if (text.n == 0 || str_starts(text, WIRE_SENTINEL) || !str_eq(str_trim(text), text)) return false;
  for (size_t i = 0; i < text.n; i++)
    if ((text.p[i] < ' ' || text.p[i] > '~') && text.p[i] != '\t') return false;
  return true;
}

struct str wire_header_encode(struct arena *a, struct str text) {
  if (wire_is_plain(text)) return text;
  return arena_printf(a, WIRE_SENTINEL "%s" WIRE_SENTINEL_END, codec_base64(a, text).p);
}
