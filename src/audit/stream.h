// SPDX-License-Identifier: Apache-2.0
// stream: ids of the audit's rows in order, newest or oldest first, as an index or lists give them without a look at the rows: by
// one filter, or merged of several. Each is bounded; where one was cut, all that is known ends at its `end`, and the next
// page goes on from there. Blocking. Private to audit/. Example:
//   audit_stream_by(&reach, &audit_keys[AUDIT_BY_TOOL], q->tool, &ids, err)
//   audit_stream_both(&reach, &best, &ids);                  // of two filters, what leaves less to look at
#ifndef POSTERN_AUDIT_STREAM_H
#define POSTERN_AUDIT_STREAM_H

#include "audit/list.h"

MUST_USE bool audit_stream_all(const struct audit_reach *r, struct audit_ids *out, struct err *err);
MUST_USE bool audit_stream_by(const struct audit_reach *r, const struct audit_key *key, struct str value,
                              struct audit_ids *out, struct err *err);
// What this editor did, and what was done through the servers that are this editor's now.
MUST_USE bool audit_stream_of_editor(const struct audit_reach *r, struct str editor, struct audit_ids *out,
                                     struct err *err);
void audit_stream_merge(const struct audit_reach *r, const struct audit_ids *parts, size_t count,
                        struct audit_ids *out);
// Held to another filter as well: where both are whole, what both have; else the one that is whole, or comes further.
void audit_stream_both(const struct audit_reach *r, struct audit_ids *ids, const struct audit_ids *also);

#endif
