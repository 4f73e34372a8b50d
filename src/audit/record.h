// SPDX-License-Identifier: Apache-2.0
// record: a row of the audit as bytes in a file: a length and a digest, each of 8 bytes in the machine's order, and what
// they speak of. The digest tells a whole record from one that was cut off or overwritten; whoever may write the file may
// write the store as well. Pure. Private to audit/. Example:
//   audit_record_write(&bytes, item)
//   size_t n = audit_record_read(bytes, &item)      // 0: no whole record is there
#ifndef POSTERN_AUDIT_RECORD_H
#define POSTERN_AUDIT_RECORD_H

#include "audit/item.h"
#include "base/buf.h"

enum { AUDIT_RECORD_HEAD = 16, AUDIT_RECORD_MOST = 256 * 1024 };

// It has its id, and its values are sealed. Behind what is in `out`; nothing but `full` where it does not fit.
void audit_record_write(struct buf *out, struct audit_item *item);
// How long the record is that begins with this head. 0: none is.
size_t audit_record_length(struct str in);
// The first record of these bytes. `out` is the caller's to free.
size_t audit_record_read(struct str in, struct audit_item **out);

#endif
