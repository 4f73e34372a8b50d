// SPDX-License-Identifier: Apache-2.0
#include "sink/advice.h"

static const struct advice {
  int least, most; // statuses
  const char *hint;
} advices[] = {
    {401, 403, "the file that audit_sink_header names has to hold what it asks for: one line, 'Name: value'"},
    {404, 405, "look at the path in audit_sinks; where none is given it is /v1/logs"},
    {407, 407, "put user:password into the file that upstream_proxy_credentials names"},
    {429, 429, "it is asked too often, or its quota is used up; it is tried again by itself"},
    {500, 599, "the fault is the collector's: look into its log; it is tried again by itself"},
};

void sink_advise(struct err *err, int status) {
  if (err->reason == WHY_GUARDED) { // its hint is about vendors
    err_hint(err, "if that is meant, add the address to audit_sink_allow and start again");
    return;
  }
  if (err->hint[0] || err->code == ERR_CANCELED) return;
  for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
    if (status >= advices[i].least && status <= advices[i].most) err_hint(err, "%s", advices[i].hint);
  if (!err->hint[0])
    err_hint(err,
             "look whether it runs, whether host and port in audit_sinks are right and open to this machine, "
             "and whether it speaks what the address says, with TLS or without");
}
