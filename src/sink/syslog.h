// SPDX-License-Identifier: Apache-2.0
// syslog: a row of the audit as a message of RFC 5424, framed by its length (RFC 6587 §3.4.1, RFC 5425 §4.3). What clients
// choose stands in values only, escaped, in which nothing ends a line or a value: control characters and bytes that are no
// text are written as \uXXXX. A frame has at most SYSLOG_MOST bytes, which every receiver by RFC 5425 should take; longer
// values end in "…". Pure. Example:
//   syslog_add(&out, &(struct syslog_from){STR("gate-1"), STR("4711")}, &entry, arena);
#ifndef POSTERN_SINK_SYSLOG_H
#define POSTERN_SINK_SYSLOG_H

#include "audit/audit.h"
#include "base/buf.h"

enum { SYSLOG_MOST = 8192 };

struct syslog_from {
  struct str host, process;
};

void syslog_add(struct buf *out, const struct syslog_from *from, const struct audit_entry *e,
                struct arena *a);

#endif
