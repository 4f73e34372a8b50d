// SPDX-License-Identifier: Apache-2.0
// target: where a sink leads, as the setting audit_sinks names it: syslog://HOST:PORT, syslog+tls://HOST:PORT,
// otlp+http://HOST/PATH, otlp+https://HOST/PATH. Pure.
#ifndef POSTERN_SINK_TARGET_H
#define POSTERN_SINK_TARGET_H

#include "base/arena.h"
#include "base/err.h"

enum sink_kind { SINK_SYSLOG, SINK_OTLP };

struct sink_target {
  enum sink_kind kind;
  bool in_clear;
  struct str text; // as it is written, by which the store knows it
  struct str url;  // http(s)://…, with the port and path that go without saying
};

// ERR_INVALID at "audit_sinks". A name and password have no place in it.
MUST_USE bool sink_target_read(struct str text, struct arena *a, struct sink_target *out, struct err *err);

#endif
