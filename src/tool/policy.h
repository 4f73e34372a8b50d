// SPDX-License-Identifier: Apache-2.0
// policy: what a server may show and call: the filter by method class, tag and tool name. Default
// deny; methods, tags and tools combine with AND, the members of each with OR. Pure. Example:
//   if (!policy_filter_read(config, set, arena, &filter, err)) return false;
//   for (size_t i = 0; i < set->count; i++) shown += policy_allows(&filter, &set->tools[i]);
#ifndef POSTERN_TOOL_POLICY_H
#define POSTERN_TOOL_POLICY_H

#include <yyjson.h>

#include "tool/fence.h"
#include "tool/tool.h"

// How much of its tools a server lists. UNSAID is FULL, and lets a URL choose.
enum policy_discovery { POLICY_DISCOVERY_UNSAID, POLICY_FULL, POLICY_SEARCH, POLICY_FEATURED };

enum policy_switch { POLICY_UNSAID, POLICY_ON, POLICY_OFF };

// What may be called through a server (limit/limit): within a minute, within a day; 0: as much as they like.
struct policy_limits {
  int64_t calls, writes;           // by all together
  int64_t each_calls, each_writes; // by each: URL, API token, person
};

// Which calls wait for a second person's word (serve/approving).
enum policy_approval { POLICY_NO_APPROVAL, POLICY_APPROVE_DESTROY, POLICY_APPROVE_WRITE };

struct policy_filter {
  unsigned classes;         // bit set of 1 << enum tool_class; all bits: no filter by method
  bool read_only;           // "read" was asked for: only tools that are read-only by evidence pass by it
  struct str *tags, *tools; // none: no filter
  size_t tag_count, tool_count;
  bool require_api_token;
  enum policy_switch programs; // our own tool for answer programs
  bool asks;                   // our own tool for questions in plain language
  enum policy_discovery discovery;
  bool record_arguments;                 // has the audit the values of arguments as well?
  enum policy_switch prompts, resources; // of MCP servers: shown too?
  enum policy_switch paused;             // its URLs are dead for now
  struct policy_limits limits;
  enum policy_approval approval;
  const struct str *owns; // ids of accounts in whose place each person's own is called
  size_t own_count;
  struct fences fences; // by account id: the values that its tools are held to
};

// Reads {"methods","tags","tools","require_api_token_auth","programs","ask","discovery","record_arguments","prompts","resources","paused","limits","approval","own_accounts","fence"}. ERR_INVALID names the
// field, the value and what is allowed (tags are checked against those of `set`, with the nearest one; with
// `set` NULL they are taken as they are, for rows of the store).
MUST_USE bool policy_filter_read(yyjson_val *config, const struct toolset *set, struct arena *a,
                                 struct policy_filter *out, struct err *err);
// The same check of tags, against all of several accounts.
MUST_USE bool policy_check_tags(const struct policy_filter *f, const struct toolset *const *sets,
                                size_t set_count, struct arena *a, struct err *err);
bool policy_is_own(const struct policy_filter *f, struct str account_id);
bool policy_allows(const struct policy_filter *f, const struct tool *t);
// Does a call of this tool wait for approval? `destroys`: it does more than create and update (catalog/find).
bool policy_waits(const struct policy_filter *f, const struct tool *t, bool destroys);
// The filter as normalised JSON.
struct str policy_filter_write(const struct policy_filter *f, struct arena *a);

// "full", "search", "featured"; UNSAID: none of them.
enum policy_discovery policy_discovery_named(struct str name);

// All four MCP hints of a tool, from its class.
struct policy_hints {
  bool read_only, destructive, idempotent, open_world;
};
struct policy_hints policy_hints(const struct tool *t);

#endif
