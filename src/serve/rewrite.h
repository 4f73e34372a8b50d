// SPDX-License-Identifier: Apache-2.0
// rewrite: names and URIs on a server over several accounts, so that two vendors' never meet. A prompt
// "review" of the member "gh" is shown as "gh_review"; a resource "file:///a" as "gh+file:///a" (a scheme may
// hold '+', RFC 3986 §3.1), "ui://panel" as "ui://gh+panel", and "skill://pdf/SKILL.md" as "skill://gh+/pdf/SKILL.md",
// since hosts look for these schemes, and for a skill's name before its file. An empty
// alias (a server made over one account) leaves all as it is. Pure. Example:
//   struct str shown = rewrite_uri(arena, member->alias, uri);
//   const struct catalog_member *m = rewrite_find_uri(server, shown, arena, &uri);      // and back
#ifndef POSTERN_SERVE_REWRITE_H
#define POSTERN_SERVE_REWRITE_H

#include "catalog/catalog.h"

struct str rewrite_name(struct arena *a, struct str alias, struct str name);
struct str rewrite_uri(struct arena *a, struct str alias, struct str uri);

// Whose is it, and what does that member call it? NULL: nobody's.
const struct catalog_member *rewrite_find_name(const struct catalog_server *s, struct str name,
                                               struct str *own);
const struct catalog_member *rewrite_find_uri(const struct catalog_server *s, struct str uri, struct arena *a,
                                              struct str *own);

// Every name and URI of a result, of one of its parts (an element of a list), or of a notification's params,
// where MCP puts them: resource_link and embedded resources, contents, messages, resources, templates,
// prompts, skills with their files, and the link to a view in `_meta`. Structured content is the tool's own and stays.
void rewrite_result(yyjson_mut_doc *doc, yyjson_mut_val *result, struct str alias);
// A copy of the params of a vendor's notification or request (NULL is fine) for this client; without the number of
// the vendor's stream, which is none of ours. The caller frees it.
yyjson_mut_doc *rewrite_params(yyjson_val *params, struct str alias);
#define REWRITE_RESERVED "ui://postern/" // pages of our own: nobody else's is shown there
#define REWRITE_RESERVED_SKILLS "skill://postern/"
bool rewrite_is_reserved(struct str uri);
// The link of a tool's definition to its view: does it change for this client? It is rewritten, or taken off where it
// points to what is ours.
bool rewrite_moves_view(yyjson_val *definition, struct str alias);
void rewrite_view(yyjson_mut_doc *doc, yyjson_mut_val *owner, struct str alias);

#endif
