// SPDX-License-Identifier: Apache-2.0
// connector: what we know of a vendor, read from connectors/<name>/connector.yaml (data, not code).
// Immutable once read; owned by the connector_set, and there until the set is freed, even when an import
// of the same name has taken its place. Any thread, also while one is added. Example:
//   struct connector_set *set; connector_set_load("connectors", &set, err);
//   const struct connector *c = connector_find(set, STR("cloudflare"));
#ifndef POSTERN_CONNECTOR_CONNECTOR_H
#define POSTERN_CONNECTOR_CONNECTOR_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"
#include "connector/way.h"

enum { CONNECTOR_WAYS_MOST = 8 };
enum { CONNECTOR_FILE_MOST = 4 << 20, CONNECTOR_DOCUMENT_MOST = 64 << 20, CONNECTORS_MOST = 1024 };
// The connector of accounts at any other MCP server, whose address the account holds.
#define CONNECTOR_ANY_MCP "mcp"

enum connector_kind { CONNECTOR_REST, CONNECTOR_MCP };
struct connector_request {
  struct str method, path;
  struct str expect_at,
      expect; // verify: the text that stands at this pointer of a good answer; empty: any answer
};
struct connector_context { // a default that an account may hold
  struct str name, label;
  struct connector_request list; // path empty: cannot be asked
  struct str rows, id, title;    // JSON pointers into its answer
  struct str header;             // kind mcp: the default goes out as this header (cf-account-id)
};
struct connector_envelope {
  struct str ok, errors, code, message; // JSON pointers; empty where the vendor has none
};
struct connector_hint {
  int status;   // 0: any
  int64_t code; // -1: any
  struct str text;
};

// The checks that a trouble may name; ends with NULL.
extern const char *const connector_checks[];
struct connector_trouble { // a row of "when something is wrong"
  struct str id;           // of a check that Postern knows, or empty: text only
  struct str symptom, remedy;
};
enum connector_trust { CONNECTOR_ALLOW, CONNECTOR_REVIEW, CONNECTOR_DENY };
struct connector_probe { // a read that the doctor makes, to see whether a trouble is there
  struct str tool;
  yyjson_val
      *arguments;   // object or NULL; "{site}" is what an earlier probe took, or a default of the account
  yyjson_val *take; // object or NULL: name → JSON pointer into the answer, for the probes after it
  struct str check; // of the trouble it may show; empty: it only takes
};
struct connector_word { // the connector's own word on tools, before all other evidence
  struct str glob;      // over tool names
  enum connector_trust trust;
  struct str class; // "list", "get", … or empty: by the name
  struct str *tags, why;
  size_t tag_count;
};

enum connector_names { CONNECTOR_NOUN, CONNECTOR_TAG, CONNECTOR_TOOL };
struct connector_synonyms { // what people call a thing, for searches
  enum connector_names of;  // `what`: words of tools' names, a tag, or a glob over names
  struct str what, *also;
  size_t count;
};

struct connector {
  enum connector_kind kind;
  struct str name, label, category, blurb, docs, base_url;
  struct str openapi; // path of the document, beside connector.yaml; empty: none
  struct connector_way ways[CONNECTOR_WAYS_MOST];
  struct connector_request *verify;
  struct connector_context *contexts;
  struct connector_hint *hints;
  size_t way_count, verify_count, context_count, hint_count;
  struct connector_envelope envelope;
  // Of kind mcp. base_url is the MCP endpoint; empty: the account names it ("mcp", any other server).
  struct str *tags, *questions, reads; // for the catalog: search words, example questions, a sentence
  struct connector_word *words;        // in the order of the file; the first that matches counts
  struct connector_trouble *troubles;
  struct connector_probe *probes;
  struct connector_synonyms *synonyms;
  struct str *featured;                 // globs over names: what people start with
  struct connector_paging *pagings;     // connector/paging
  const struct connector_fence *fences; // connector/fences
  size_t synonym_count, featured_count, tag_count, question_count, word_count, trouble_count, probe_count,
      paging_count, fence_count;
  struct str alias; // default prefix of its tools on a server over several accounts; from `name`
  bool imported;    // from the store, not from the folder
  yyjson_val *
      ask; // what can be asked of its accounts (docs/ask.md): ask.yaml beside it, or a member; NULL: nothing said
  const struct connector_dashboard *dashboard; // connector/dashboard; NULL: it offers none
  yyjson_val *word;  // the whole file, for openapi/compile: rename_parameters, tags, operations
  struct str digest; // hex SHA-256 over connector.yaml and its document, to see changes
};

struct connector_set;

// Reads <folder>/*/connector.yaml. NULL: an empty set. ERR_INVALID has file:line in err->field.
MUST_USE bool connector_set_load(const char *folder, struct connector_set **out, struct err *err);
void connector_set_free(struct connector_set *set);
// One connector from text (an imported one, kept in the store). Takes the place of an earlier import of
// its name; a name from the folder is ERR_CONFLICT.
MUST_USE bool connector_set_add(struct connector_set *set, struct str yaml_or_json, struct err *err);
// An imported one leaves the set; what points to it stays good. ERR_MISSING; ERR_CONFLICT for one that is
// shipped.
MUST_USE bool connector_set_remove(struct connector_set *set, struct str name, struct err *err);
const struct connector *connector_find(const struct connector_set *set, struct str name);
// As people name one: by its name, else by its alias ("cloudinary" for cloudinary-assets).
const struct connector *connector_named(const struct connector_set *set, struct str text);
const struct connector *connector_next(const struct connector_set *set, size_t *at); // by name
const struct connector_way *connector_way_find(const struct connector *c,
                                               struct str id); // empty id: the default
// The first word that speaks of this tool; NULL: the connector says nothing of it.
const struct connector_word *connector_word_find(const struct connector *c, struct str tool);
bool connector_features(const struct connector *c, struct str tool);
// The connector's own row for a check; NULL: it has none. An empty check has none.
const struct connector_trouble *connector_own_trouble(const struct connector *c, struct str check);
// The row for a check: the connector's own, else that of "mcp", which speaks for all; NULL: neither has one.
const struct connector_trouble *connector_trouble_find(const struct connector_set *set,
                                                       const struct connector *c, struct str check);

#endif
