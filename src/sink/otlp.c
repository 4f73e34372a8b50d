// SPDX-License-Identifier: Apache-2.0
#include "sink/otlp.h"

#include "data/json.h"
#include "sink/fields.h"

enum { OTLP_WHY_MOST = 200 };

// ,{"key":"…","value":{"stringValue":"…"}}
static void otlp_text(struct buf *out, const char *key, struct str value, bool first) {
  buf_printf(out, "%s{\"key\":\"%s\",\"value\":{\"stringValue\":", first ? "" : ",", key);
  json_add_string(out, value);
  buf_add_z(out, "}}");
}

static void otlp_record(struct buf *out, const struct audit_entry *e, struct arena *a) {
  static const struct {
    int number;
    const char *text;
  } severities[] = {[SINK_INFO] = {9, "INFO"},
                    [SINK_NOTICE] = {10, "NOTICE"},
                    [SINK_WARNING] = {13, "WARN"},
                    [SINK_ERROR] = {17, "ERROR"}};
  struct sink_text texts[SINK_TEXTS];
  struct sink_number numbers[SINK_NUMBERS];
  int64_t ms = e->row.at > 0 && e->row.at < INT64_MAX / 1000000 ? e->row.at : 0;
  sink_texts(e, texts);
  sink_numbers(e, numbers);
  // 64-bit numbers are strings in the protocol's JSON.
  buf_printf(out, "{\"timeUnixNano\":\"%lld\",\"severityNumber\":%d,\"severityText\":\"%s\",\"eventName\":",
             (long long)ms * 1000000, severities[sink_severity(e)].number, severities[sink_severity(e)].text);
  json_add_string(out, e->row.action);
  buf_add_z(out, ",\"body\":{\"stringValue\":");
  json_add_string(out, sink_message(e, a));
  buf_add_z(out, "},\"attributes\":[");
  otlp_text(out, "event.name", e->row.action, true);
  for (size_t i = 0; i < SINK_TEXTS; i++)
    if (texts[i].value.n) otlp_text(out, texts[i].otlp, texts[i].value, false);
  for (size_t i = 0; i < SINK_NUMBERS; i++)
    if (numbers[i].value)
      buf_printf(out, ",{\"key\":\"%s\",\"value\":{\"intValue\":\"%lld\"}}", numbers[i].otlp,
                 (long long)numbers[i].value);
  buf_add_z(out, "]}");
}

void otlp_write(struct buf *out, const struct otlp_from *from, const struct audit_entry *entries,
                size_t count, struct arena *a) {
  buf_add_z(out, "{\"resourceLogs\":[{\"resource\":{\"attributes\":[");
  otlp_text(out, "service.name", STR("postern"), true);
  otlp_text(out, "service.version", from->version, false);
  otlp_text(out, "host.name", from->host, false);
  buf_add_z(out, "]},\"scopeLogs\":[{\"scope\":{\"name\":\"postern.audit\",\"version\":");
  json_add_string(out, from->version);
  buf_add_z(out, "},\"logRecords\":[");
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_char(out, ',');
    otlp_record(out, &entries[i], a);
  }
  buf_add_z(out, "]}]}]}");
}

// rejectedLogRecords is a 64-bit number: a string, or a number of those who take it less exactly.
int64_t otlp_rejected(struct str answer, struct arena *a, struct str *why) {
  yyjson_doc *doc;
  struct err err;
  int64_t rejected = 0;
  *why = STR_NONE;
  if (!json_read(answer, &JSON_LIMITS, &doc, &err)) return 0; // an empty or a protobuf answer says nothing
  yyjson_val *partial = yyjson_obj_get(yyjson_doc_get_root(doc), "partialSuccess");
  struct str text = json_str(partial, "rejectedLogRecords");
  if (!text.n || !str_to_i64(text, &rejected)) rejected = json_int(partial, "rejectedLogRecords", 0);
  *why = arena_dup(a, str_cut_utf8(json_str(partial, "errorMessage"), OTLP_WHY_MOST));
  yyjson_doc_free(doc);
  return rejected > 0 ? rejected : 0;
}
