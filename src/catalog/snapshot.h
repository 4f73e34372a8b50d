// SPDX-License-Identifier: Apache-2.0
// snapshot: what a catalog consists of: accounts with their tools, servers with what they show, API tokens.
// Types alone; catalog.h has who makes them and how long they live. None of it changes once it is current; servers are
// made from their rows when somebody asks for them (catalog/made).
#ifndef POSTERN_CATALOG_SNAPSHOT_H
#define POSTERN_CATALOG_SNAPSHOT_H

#include <stdatomic.h>

#include "access/permit.h"
#include "access/user.h"
#include "account/value.h"
#include "catalog/entry.h"
#include "catalog/once.h"
#include "catalog/server_row.h"
#include "tool/library.h"
#include "tool/policy.h"
#include "tool/tool.h"

struct catalog_account { // shared by the snapshots in which nothing of it changed
  atomic_uint refs;
  struct account *account;
  const struct connector *connector;
  struct toolset *tools;
  int64_t stamp;                           // of an MCP server's tools: another one, another toolset
  _Atomic(struct catalog_account *) front; // catalog_front; NULL: nobody asked for it
  bool is_front;                           // it is one itself
};

struct catalog_choice { // one of several accounts that share a tool; the `account` argument names it by alias
  struct str alias;
  const struct catalog_account *account;
  const struct tool *tool;   // that account's own
  const struct fence *fence; // that the account is held to here; NULL: none
};

struct catalog_tool { // a tool as one server shows it
  const struct tool *tool;
  const struct catalog_account *account; // of the first choice, where there are several
  struct str name;  // as shown: the vendor's own, or "<alias>_<name>" on a server over several accounts
  struct str alias; // that prefix; empty: none
  const struct catalog_choice *choices; // count 0: no `account` argument
  size_t choice_count;
  const struct map *shown;   // the server's tools by name; NULL: no server, all are shown
  bool featured;             // the connector says that people start with it
  const struct fence *fence; // that the account is held to on this server; NULL: none
};

// What a tool does, as far as a person lets a client do it without being asked.
enum catalog_reach { CATALOG_READS, CATALOG_WRITES, CATALOG_DESTROYS }; // creates, updates; all else

struct catalog_member { // an account of a server
  struct str alias;     // unique within the server; prefixes names and URIs; empty: they are the vendor's own
  struct catalog_account *account;
  enum server_names names;
  enum permit_access access; // how far the server's owner may go with it; never PERMIT_NONE
  uint64_t
      *shown; // which of its tools the server shows, a bit each; those it shares stand with the first member
  uint32_t *places;                    // and where in the server's `tools`
  const struct fence *fence;           // that it is held to on this server; NULL: none
  bool fence_prompts, fence_resources; // these of its vendor touch nothing of the fence's keys
};

#define CATALOG_FRONT "sign-in"
struct catalog_url { // a URL of a server; the request that comes by one holds on to it with its catalog
  struct catalog_server *server;
  const struct server_url *row;
  struct use *use; // the entry's; NULL: of the front
};

struct display;

// Likewise shared. What it shows is its display's, and shared by all servers that show the same.
struct catalog_server {
  atomic_uint refs;
  struct arena *arena; // of a draft; NULL: one of a catalog, whose parts belong to its entry and its display
  struct catalog_entry *entry;          // that it was made of
  struct display *display;              // NULL: a draft
  struct catalog_server *newer, *older; // catalog/made's
  unsigned round;                       // likewise
  struct server server;
  struct catalog_url *urls; // server.urls.count of them, in that order
  struct catalog_url front; // by which people come who signed in: it has no token
  struct catalog_member *members;
  size_t member_count; // those that can be used
  int64_t ends_at; // ms; 0: never. Its own expiry, or that of the API token that owns it, whichever is sooner
  // Of the accounts that are there, its owner may no more: use at all, write to. Of a server of the house: none.
  size_t lost_count, narrowed_count;
  bool programs, asks;        // our own tools for programs, for questions are shown
  bool prompts, resources;    // are those of the accounts shown? By config; by default where no tags or tools
                              // filter is set
  struct catalog_tool *tools; // by name
  size_t tool_count;
  unsigned reach;     // 1 << enum catalog_reach: what its tools do
  struct map by_name; // struct catalog_tool *
};

struct catalog {
  atomic_uint refs;
  struct catalog_accounts
      *account_part; // counted, as people and entries are: snapshots share what did not change
  struct catalog_people *people_part;
  struct entries entries;
  atomic_int_fast64_t seen;          // the last line of the changelog that is in it, or is of no catalog
  struct made *made;                 // servers that it was asked for
  struct catalog_account **accounts; // by id; these and what follows are of the parts
  struct access_token *tokens;       // by id
  struct access_user *users;         // likewise
  size_t account_count, token_count, user_count;
  struct map accounts_by_id; // struct catalog_account *
  struct map tokens_by_hash; // struct access_token *: access_find
  struct permits permits;
  struct once *once;     // what others make of its views; locks itself
  struct catalog *whole; // of a sight (catalog/sight), what it is of; NULL: this is the whole
  struct str seer;       // whose sight it is; of the whole, and of what nobody sees, empty
  struct sights *sights; // of the whole
};

#endif
