// SPDX-License-Identifier: Apache-2.0
// otlp: rows of the audit as a request of the OpenTelemetry protocol for logs, in JSON (OTLP/HTTP 1.x), and what a
// collector says to it. Attributes are called as the semantic conventions call them where they do (docs/audit.md). Pure.
//   otlp_write(&body, &(struct otlp_from){STR("gate-1"), STR("1.0.0")}, page.entries, page.count, arena);
#ifndef POSTERN_SINK_OTLP_H
#define POSTERN_SINK_OTLP_H

#include "audit/audit.h"
#include "base/buf.h"

struct otlp_from {
  struct str host, version;
};

void otlp_write(struct buf *out, const struct otlp_from *from, const struct audit_entry *entries,
                size_t count, struct arena *a);
// Of an answer that took the request: how many records it did not take all the same, which must not be sent again.
int64_t otlp_rejected(struct str answer, struct arena *a, struct str *why);

#endif
