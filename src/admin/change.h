// SPDX-License-Identifier: Apache-2.0
// change: what a change changed, for the audit's detail: `name: a → b; expires_at: never → 2030-01-01T00:00:00Z`.
// Never secrets: of a token, its mark (audit_mark); of a credential, that it is another. Private to admin/. Example:
//   struct buf said = BUF_MAX(CHANGE_MOST);
//   change_text(&said, "name", before.name, after.name);   // nothing where they are the same
//   call->detail = change_end(&said, call->arena);
#ifndef POSTERN_ADMIN_CHANGE_H
#define POSTERN_ADMIN_CHANGE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "catalog/server_row.h"

enum { CHANGE_MOST = 8192 };

void change_text(struct buf *out, const char *what, struct str from, struct str to);
void change_time(struct buf *out, const char *what, int64_t from, int64_t to); // ms; 0: never
// Of objects whose values are not for the audit: which members are others now.
void change_members(struct buf *out, const char *what, yyjson_val *from, yyjson_val *to);
// All of it, of a server.
struct str change_server(const struct server *from, const struct server *to, struct arena *a);
struct str change_end(struct buf *out, struct arena *a); // frees it

#endif
