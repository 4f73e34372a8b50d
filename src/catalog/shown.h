// SPDX-License-Identifier: Apache-2.0
// shown: which tools a server shows, and under which names. Over one account they are the vendor's own. Over
// several, "<alias>_<name>". All are names that every host takes: letters, digits, '_' and '-', at most
// SHOWN_NAME_MOST of them; what a vendor calls otherwise is shown with '_' for the rest, and a longer one is cut
// and ends in a hash. They are the same as long as alias and name are. Accounts of one connector may share one set of tools, which then take
// an `account` argument. Pure. Example:
//   char text[SHOWN_NAME_MOST + 1];
//   struct str name = shown_name(STR("gh"), STR("list_issues"), text);      // gh_list_issues
#ifndef POSTERN_CATALOG_SHOWN_H
#define POSTERN_CATALOG_SHOWN_H

#include "catalog/snapshot.h"

enum { SHOWN_NAME_MOST = 60, SHOWN_ALIAS_MOST = 24 };
#define SHOWN_OURS "postern" // begins the names of our own tools; a vendor's that would is shown as vendor_…
#define SHOWN_ACCOUNT "account" // the argument that names one of several accounts by alias

// An alias: a lower-case letter, then letters, digits and single '_' between them, at most SHOWN_ALIAS_MOST.
bool shown_alias_is_good(struct str alias);
// Two aliases of one server must not be the start of each other's names: "acme" and "acme_eu" would meet in
// "acme_eu_list".
bool shown_aliases_clash(struct str a, struct str b);
// Made from a name for people: "Acme, Inc. (EU)" → "acme_inc_eu".
struct str shown_alias(struct str name, struct arena *a);

// An empty alias gives a name that all hosts take itself; else it is in `text`.
struct str shown_name(struct str alias, struct str name, char text[SHOWN_NAME_MOST + 1]);
// What the same server calls another tool of the same account; empty where it does not show it.
struct str shown_sibling(const struct catalog_tool *t, struct str name, char text[SHOWN_NAME_MOST + 1]);

// Settles `names` of a server's members, as `share` says. `before`: what a server that is there had; whose
// tools were shared go on under the names that they have.
struct shown_before {
  const struct catalog_member *members;
  size_t count; // 0: the server is new, or did not share
};
void shown_settle(struct catalog_member *members, size_t count, bool share, struct shown_before before);

// Fills tools, tool_count and by_name of a server that has its members.
void shown_fill(struct catalog_server *v);

#endif
