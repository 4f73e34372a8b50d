// SPDX-License-Identifier: Apache-2.0
// fields: what a row of the audit is called outside, once for all protocols: the names of docs/audit.md. Pure.
#ifndef POSTERN_SINK_FIELDS_H
#define POSTERN_SINK_FIELDS_H

#include "audit/audit.h"

enum { SINK_TEXTS = 17, SINK_NUMBERS = 3 };

struct sink_text {           // without a value: it is left out
  const char *syslog, *otlp; // the parameter's name; the attribute's
  struct str value;
  bool wide; // may be long
};
struct sink_number { // 0: it is left out
  const char *syslog, *otlp;
  int64_t value;
};

// Column by column, in the order of docs/audit.md.
void sink_texts(const struct audit_entry *e, struct sink_text out[SINK_TEXTS]);
void sink_numbers(const struct audit_entry *e, struct sink_number out[SINK_NUMBERS]);

enum sink_severity { SINK_INFO, SINK_NOTICE, SINK_WARNING, SINK_ERROR };
enum sink_severity sink_severity(const struct audit_entry *e);
// One line for people: "tools/call list_zones at acme: denied, …".
struct str sink_message(const struct audit_entry *e, struct arena *a);

#endif
