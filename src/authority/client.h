// SPDX-License-Identifier: Apache-2.0
// client: AI clients that people may let in: those that registered (RFC 7591), and those that are known by a document of
// their own. Nobody vouches for what one says of itself. Public clients all: none has a secret. Rows are stamped. Blocking,
// but for authority_client_read: on the pool. Example:
//   if (!authority_client_read(body, arena, &wanted, err)) …             // what it says of itself
//   if (!authority_client_register(store, &wanted, most, arena, &made, err)) …
#ifndef POSTERN_AUTHORITY_CLIENT_H
#define POSTERN_AUTHORITY_CLIENT_H

#include <yyjson.h>

#include "authority/redirect.h"
#include "store/store.h"

enum { CLIENT_REDIRECTS_MOST = 10, CLIENT_NAME_MOST = 80 };

enum client_kind { CLIENT_REGISTERED, CLIENT_DOCUMENT };

struct authority_client {
  struct str id, name; // name: its own word, one line
  const struct str *redirects;
  size_t redirect_count;
  enum client_kind kind;
  struct str address;          // that it registered from
  int64_t created_at, used_at; // used_at 0: nobody has let it in yet
};

// Client metadata (RFC 7591 §2) as far as it counts here. ERR_INVALID, with the reason invalid_redirect_uri in the field
// "redirect_uris", else invalid_client_metadata.
MUST_USE bool authority_client_read(yyjson_val *metadata, struct arena *a, struct authority_client *out,
                                    struct err *err);
const char *authority_client_kind_name(enum client_kind kind);

// Under a new id. Where there are `most`, the oldest goes that nobody has let in; ERR_LIMIT: all have been.
MUST_USE bool authority_client_register(struct store *s, const struct authority_client *wanted, size_t most,
                                        struct arena *a, struct authority_client *out, struct err *err);
// What its document says now, in place of what it said before. ERR_LIMIT as above.
MUST_USE bool authority_client_put(struct store *s, const struct authority_client *wanted, size_t most,
                                   struct arena *a, struct err *err);
// ERR_MISSING: there is none.
MUST_USE bool authority_client_find(struct store *s, struct str id, struct arena *a,
                                    struct authority_client *out, struct err *err);
MUST_USE bool authority_client_list(struct store *s, struct arena *a, struct authority_client **out,
                                    size_t *count, struct err *err);
// With all that it was let in to.
MUST_USE bool authority_client_delete(struct store *s, struct str id, struct err *err);
MUST_USE bool authority_client_note_use(struct store *s, struct str id, int64_t now, struct err *err);
// Those that nobody has let in, and that nobody lets in any more, for so long.
MUST_USE bool authority_client_purge(struct store *s, int64_t unused_since, struct err *err);

#endif
