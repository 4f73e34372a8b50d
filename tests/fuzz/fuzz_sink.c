// SPDX-License-Identifier: Apache-2.0
// Input: a line for each text of a row of the audit. Whatever stands in them: one frame of syslog, whose length is the one
// it says, in which nothing moves a cursor, whose structured data ends where it ends, with each value in it once; and a
// request of OpenTelemetry that is JSON, with as many records.
#include "fuzz.h"

#include <string.h>

#include "data/json.h"
#include "sink/fields.h"
#include "sink/otlp.h"
#include "sink/syslog.h"

static void texts_of(struct audit_entry *e, struct str rest) {
  struct audit_row *r = &e->row;
  struct str *texts[] = {
      &r->action, &r->tool,      &r->outcome,     &r->who.actor,    &r->who.actor_name, &r->who.client,
      &r->detail, &r->arguments, &r->server_name, &r->account_name, &r->who.address,    &r->request_id,
      &r->url,    &e->id,        &r->server_id,   &r->account_id,   &r->who.sign_in,    &r->who.client_id};
  for (size_t i = 0; i < sizeof texts / sizeof *texts && str_cut(&rest, '\n', texts[i]); i++) {
    char *p = (char *)(uintptr_t)texts[i]->p; // a line may hold line ends all the same: 0x01 stands for one
    for (size_t k = 0; p && k < texts[i]->n; k++)
      if (p[k] == 1) p[k] = '\n';
  }
}

// Past the structured data, by the rules of RFC 5424 §6.3 alone. Counts its parameters.
static size_t read_data(struct str s, size_t at, size_t *params) {
  *params = 0;
  fuzz_check(at < s.n && s.p[at] == '[', "no structured data");
  while (at < s.n && s.p[at] != ' ' && s.p[at] != ']') at++;
  while (at < s.n && s.p[at] == ' ') {
    while (at < s.n && s.p[at] != '=') at++;
    fuzz_check(at + 1 < s.n && s.p[at + 1] == '"', "a parameter without a value");
    for (at += 2; at < s.n && s.p[at] != '"'; at++) {
      fuzz_check(s.p[at] != ']', "a ']' that nothing escapes");
      if (s.p[at] != '\\') continue;
      at++;
      fuzz_check(at < s.n && strchr("\"\\]", s.p[at]), "a '\\' before what needs none");
    }
    ++*params;
    at++;
  }
  fuzz_check(at < s.n && s.p[at] == ']', "the structured data does not end");
  return at + 1;
}

static void check_syslog(const struct audit_entry *e, struct arena *a) {
  struct buf out = BUF_MAX(1 << 20);
  struct sink_text texts[SINK_TEXTS];
  struct sink_number numbers[SINK_NUMBERS];
  size_t wanted = 0, params, at = 0;
  uint64_t length = 0;
  syslog_add(&out, &(struct syslog_from){e->row.server_name, STR("1")}, e, a);
  struct str frame = buf_str(&out), said;
  fuzz_check(str_cut(&frame, ' ', &said) && str_to_u64(said, &length) && length == frame.n,
             "%zu bytes are not %llu", frame.n, (unsigned long long)length);
  fuzz_check(frame.n < SYSLOG_MOST, "%zu bytes", frame.n);
  for (size_t i = 0; i < frame.n; i++)
    fuzz_check((unsigned char)frame.p[i] >= ' ' && frame.p[i] != 0x7f, "a control character in a frame");
  for (int word = 0; word < 6; at++) word += frame.p[at] == ' ';
  sink_texts(e, texts);
  sink_numbers(e, numbers);
  for (size_t i = 0; i < SINK_TEXTS; i++) wanted += texts[i].value.n > 0;
  for (size_t i = 0; i < SINK_NUMBERS; i++) wanted += numbers[i].value != 0;
  at = read_data(frame, at, &params);
  fuzz_check(params == wanted, "%zu parameters, not %zu", params, wanted);
  fuzz_check(str_starts(str_from(frame, at), " \xef\xbb\xbf"), "no mark before the text");
  buf_free(&out);
}

static void check_otlp(const struct audit_entry *e, struct arena *a) {
  struct buf out = BUF_MAX(1 << 20);
  struct audit_entry two[] = {*e, *e};
  struct err err;
  yyjson_doc *doc;
  otlp_write(&out, &(struct otlp_from){STR("host"), STR("1")}, two, 2, a);
  fuzz_check(json_read(buf_str(&out), &JSON_LIMITS, &doc, &err), "%s", err.text);
  yyjson_val *records = json_at(yyjson_doc_get_root(doc), STR("/resourceLogs/0/scopeLogs/0/logRecords"));
  fuzz_check(yyjson_arr_size(records) == 2, "%zu records", yyjson_arr_size(records));
  yyjson_doc_free(doc);
  buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *a = arena_new();
  struct audit_entry e = {.row = {.at = 1795255200123, .status = 200, .count = 1}};
  struct str why;
  if (size > 1 << 16) size = 1 << 16;
  struct str input = arena_dup(a, str_make((const char *)data, size));
  if (otlp_rejected(input, a, &why) < 0) abort();
  texts_of(&e, input);
  check_syslog(&e, a);
  check_otlp(&e, a);
  arena_free(a);
  return 0;
}
