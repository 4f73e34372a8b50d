// SPDX-License-Identifier: Apache-2.0
// admission: who may sign in to a server from an AI client, and at which address: its slug, in /mcp/<slug>, and the roles,
// groups and people that it takes, any of which suffices. JSON in the server's row, and part of its stamp. Functions that
// take a store block: on the pool; the others are pure. Example:
//   if (!admission_read(object, arena, &server.admission, err)) return false;
//   if (!admission_admits(&server->admission, user)) …          // at every request
#ifndef POSTERN_CATALOG_ADMISSION_H
#define POSTERN_CATALOG_ADMISSION_H

#include <yyjson.h>

#include "access/user.h"

enum { ADMISSION_SLUG_MOST = 48, ADMISSION_NAMES_MOST = 200 };

struct admission {
  struct str slug;                   // empty: nobody signs in
  unsigned roles;                    // 1 << enum access_role
  const struct str *groups, *people; // people: ids of users
  size_t group_count, person_count;
  bool again; // to be written: the slug may be one that a server had which has gone
};

// Lower-case letters, digits, and single '-' between them; never what a URL's token begins with.
bool admission_slug_is_good(struct str slug);
bool admission_no_slug(struct str slug, struct err *err); // false, like err_set: what one looks like
bool admission_admits(const struct admission *v, const struct access_user *user);

// {"slug","roles","groups","people"}; empty where there is nothing to say. People are not looked up.
MUST_USE bool admission_read(yyjson_val *object, struct arena *a, struct admission *out, struct err *err);
struct str admission_write(const struct admission *v, struct arena *a);
struct admission admission_copy(const struct admission *v, struct arena *a);

// The slug is this server's from now on, within the transaction that writes the server. ERR_CONFLICT: it is another's, or
// was, and nobody has said that it may be one's again.
MUST_USE bool admission_claim(struct store *s, const struct admission *v, struct str server_id,
                              struct err *err);

#endif
