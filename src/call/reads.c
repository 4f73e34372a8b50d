// SPDX-License-Identifier: Apache-2.0
#include "call/reads.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "call/graphql.h"
#include "call/parts.h"
#include "data/json.h"

enum {
  READS_DEEP_MOST = 160,  // values within each other; those in a JSON text within a string count on
  READS_NESTED_COSTS = 20 // of that, so that a text in a text in a text comes to its end
};

struct reads {
  const struct tool *tool;
  bool graphql; // the operation is GraphQL
  bool fields;  // members of the JSON at hand are arguments of their own
  bool shown;   // a document that only reads was seen where one counts
  struct str arg;
  struct arena *arena;
  struct err *err;
};

// ---- refusals

static bool reads_refuse(struct reads *r, const char *why) {
  char pointer[96];
  snprintf(pointer, sizeof pointer, "/%.*s", STR_ARG(r->arg));
  return err_at(r->err, ERR_INVALID, r->arg.n ? pointer : "", "%s", why);
}

static bool reads_refuse_change(struct reads *r) {
  return reads_refuse(
      r, "may hold GraphQL queries only: this tool reads, and sends no mutation or subscription");
}

static bool reads_refuse_stored(struct reads *r) {
  return reads_refuse(r,
                      "names a stored GraphQL document: this tool reads, and sends only what can be seen to "
                      "read; give the text of the query, under \"query\"");
}

static bool reads_refuse_missing(struct reads *r) {
  return reads_refuse(
      r, "shows no GraphQL query: this tool reads, and sends only what can be seen to read; give "
         "the text of the query, under \"query\"");
}

// ---- names

// The argument that goes to this property or parameter; of a whole body the one there is.
static struct str reads_arg(const struct tool *t, struct str name) {
  for (size_t i = 0; i < t->body_arg_count; i++)
    if (str_eq(t->body_args[i].property, name)) return t->body_args[i].arg;
  for (size_t i = 0; i < t->param_count; i++)
    if (str_eq(t->params[i].name, name)) return t->params[i].arg;
  return t->body_whole;
}

// In any case, and without '_' and '-': servers differ in how they spell these, and some do not mind.
static bool reads_is(struct str name, const char *word) {
  size_t at = 0, n = strlen(word);
  for (size_t i = 0; i < name.n; i++) {
    char c = name.p[i];
    if (c == '_' || c == '-') continue;
    if (at == n || (c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c) != word[at++]) return false;
  }
  return at == n;
}

static bool reads_is_any(struct str name, const char *const *words) {
  for (; *words; words++)
    if (reads_is(name, *words)) return true;
  return false;
}

static bool reads_is_query(struct str name) {
  return reads_is(name, "query");
}

// What names a document that the vendor has (GraphQL over HTTP, persisted documents; Apollo, Relay, Hasura).
static bool reads_is_stored(struct str name) {
  static const char *const words[] = {"id",
                                      "docid",
                                      "documentid",
                                      "queryid",
                                      "operationid",
                                      "hash",
                                      "sha256hash",
                                      "queryhash",
                                      "documenthash",
                                      "persistedquery",
                                      "persisteddocument",
                                      "persistedoperation",
                                      "storedquery",
                                      "extensionid",
                                      NULL};
  return reads_is_any(name, words);
}

// ---- values

static bool reads_value(struct reads *r, yyjson_val *v, unsigned depth, bool counts);

// A text of unknown meaning: JSON with more texts in it, or a document.
static bool reads_text(struct reads *r, struct str text, unsigned depth, bool counts) {
  yyjson_doc *doc = parts_json(text);
  if (!doc) return !graphql_may_change(text) || reads_refuse_change(r);
  bool ok = reads_value(r, yyjson_doc_get_root(doc), depth + READS_NESTED_COSTS, counts);
  yyjson_doc_free(doc);
  return ok;
}

static bool reads_document(struct reads *r, struct str text, bool counts) {
  if (graphql_only_reads(text)) return r->shown |= counts, true;
  if (graphql_may_change(text)) return reads_refuse_change(r);
  return reads_refuse(r, "cannot be read as a GraphQL document of queries alone; this tool sends no other");
}

// Does the object hold a query that reads? Then its variables are data, whatever they say.
static bool reads_has_query(yyjson_val *object) {
  struct str text = json_str(object, "query");
  return text.n && graphql_only_reads(text);
}

static bool reads_member(struct reads *r, struct str key, yyjson_val *v, unsigned depth, bool counts) {
  if (r->graphql && reads_is_query(key) && yyjson_is_str(v)) return reads_document(r, json_text(v), counts);
  bool stored = r->graphql ? reads_is_stored(key) : reads_is(key, "persistedquery") && yyjson_is_obj(v);
  if (stored && !yyjson_is_null(v)) return reads_refuse_stored(r);
  bool aside = reads_is(key, "variables") || reads_is(key, "extensions");
  return reads_value(r, v, depth + 1, counts && !aside);
}

static bool reads_object(struct reads *r, yyjson_val *object, unsigned depth, bool counts) {
  size_t i, n;
  yyjson_val *key, *v;
  bool data = reads_has_query(object);
  yyjson_obj_foreach (object, i, n, key, v) {
    if (data && str_is(json_text(key), "variables")) continue;
    if (!reads_member(r, json_text(key), v, depth, counts)) return false;
  }
  return true;
}

static bool reads_value(struct reads *r, yyjson_val *v, unsigned depth, bool counts) {
  size_t i, n;
  yyjson_val *item;
  if (depth > READS_DEEP_MOST) return reads_refuse(r, "is nested too deeply to be seen to read");
  if (yyjson_is_str(v)) return reads_text(r, json_text(v), depth, counts);
  if (yyjson_is_obj(v)) return reads_object(r, v, depth, counts);
  if (!yyjson_is_arr(v)) return true;
  yyjson_arr_foreach (v, i, n, item)
    if (!reads_value(r, item, depth + 1, counts)) return false;
  return true;
}

// ---- bodies

// One GraphQL request as JSON, or a batch of them, each of which must show its query.
static bool reads_json(struct reads *r, yyjson_val *v, bool within) {
  size_t i, n;
  yyjson_val *key, *item;
  struct str whole = r->arg;
  if (yyjson_is_arr(v) && !within) {
    bool any = false;
    yyjson_arr_foreach (v, i, n, item) {
      if (!reads_json(r, item, true)) return false;
      any = true;
    }
    return any || !r->graphql || reads_refuse_missing(r);
  }
  r->shown = false;
  if (yyjson_is_obj(v) && r->fields) {
    bool data = reads_has_query(v);
    yyjson_obj_foreach (v, i, n, key, item) {
      r->arg = reads_arg(r->tool, json_text(key));
      if (data && str_is(json_text(key), "variables")) continue;
      if (!reads_member(r, json_text(key), item, 0, true)) return false;
    }
  } else if (yyjson_is_str(v) && r->graphql) {
    if (!reads_document(r, json_text(v), true)) return false;
  } else if (!reads_value(r, v, 0, !yyjson_is_arr(v))) {
    return false;
  }
  r->arg = whole.n ? whole : reads_arg(r->tool, STR("query"));
  return r->shown || !r->graphql || reads_refuse_missing(r);
}

static bool reads_json_text(struct reads *r, struct str text) {
  yyjson_doc *doc = parts_json(text);
  if (!doc) return !r->graphql || reads_refuse_missing(r);
  bool ok = reads_json(r, yyjson_doc_get_root(doc), false);
  yyjson_doc_free(doc);
  return ok;
}

// A text of whatever media type: JSON or a document.
static bool reads_plain(struct reads *r, struct str text) {
  yyjson_doc *doc = parts_json(text);
  yyjson_doc_free(doc);
  if (doc) return reads_json_text(r, text);
  return r->graphql ? reads_document(r, text, true) : reads_text(r, text, 0, true);
}

// ---- pairs: query strings, forms, parts

// "payload[query]": the words of a name that servers take apart.
static bool reads_name_has(struct str name, bool (*is)(struct str)) {
  for (struct str rest = name, part; str_cut(&rest, '[', &part);) {
    while (part.n && part.p[part.n - 1] == ']') part.n--;
    for (struct str inner = part, word; str_cut(&inner, '.', &word);)
      if (is(word)) return true;
  }
  return false;
}

static struct str reads_first(struct str name) { // "payload"
  struct str first = name;
  str_cut(&name, '[', &first);
  return first;
}

static bool reads_is_variables(struct str name) {
  return str_is(reads_first(name), "variables");
}

// Servers join what comes twice in their own ways; of a query there is one.
static bool reads_pairs(struct reads *r, const struct parts_pair *pairs, size_t count) {
  bool data = false, twice = false;
  for (size_t i = 0; i < count; i++) {
    if (!reads_name_has(pairs[i].name, reads_is_query)) continue;
    twice |= data;
    data |= graphql_only_reads(pairs[i].value);
  }
  for (size_t i = 0; i < count; i++) {
    struct str name = pairs[i].name, value = pairs[i].value;
    r->arg = reads_arg(r->tool, reads_first(name));
    if (data && reads_is_variables(name)) continue;
    if (!r->graphql) {
      if (!reads_text(r, value, 0, true)) return false;
    } else if (reads_is(name, "operations")) {
      if (!reads_json_text(r, value)) return false;
    } else if (reads_name_has(name, reads_is_query)) {
      if (!reads_document(r, value, !reads_is_variables(name))) return false;
      if (twice) return reads_refuse(r, "gives the GraphQL query twice");
    } else if (reads_name_has(name, reads_is_stored) && value.n) {
      return reads_refuse_stored(r);
    } else if (!reads_text(r, value, 0, !reads_is(name, "variables") && !reads_is(name, "extensions"))) {
      return false;
    }
  }
  return true;
}

// By the media type that is sent, which of a file is the argument's own word.
static bool reads_body(struct reads *r, const struct rest_request *request) {
  struct str type = http_header_get(&request->headers, "content-type"), body = buf_str(&request->body);
  bool form = str_starts(type, "application/x-www-form-urlencoded"), parts = str_starts(type, "multipart/");
  enum tool_body_kind kind = r->tool->body;
  r->shown = false;
  r->arg = r->tool->body_whole;
  r->fields = kind == TOOL_BODY_JSON && !r->arg.n;
  if (kind == TOOL_BODY_JSON) return reads_json_text(r, body);
  if (!form && !parts) return reads_plain(r, body);
  if (form) {
    struct parts_pair *pairs;
    size_t count = parts_query(NULL, body, r->arena, &pairs);
    if (!reads_pairs(r, pairs, count)) return false;
  } else if (kind != TOOL_BODY_MULTIPART && r->graphql) {
    return reads_refuse(r, "may not be multipart: its parts are not ours, and could be read in another way");
  } else {
    struct parts_pair *pairs;
    size_t count = parts_multipart(body, type, r->arena, &pairs);
    if (!reads_pairs(r, pairs, count)) return false;
  }
  r->arg = r->tool->body_whole.n ? r->tool->body_whole : reads_arg(r->tool, STR("query"));
  return r->shown || !r->graphql || reads_refuse_missing(r);
}

// ---- the request

// "query": and its description speaks of GraphQL, or an operationName stands beside it.
static bool reads_says_graphql(yyjson_val *properties) {
  static const char *const words[] = {"query", "document", "operations", "graphql", "gql", NULL};
  static const char *const texts[] = {"title", "description", "format", "contentMediaType"};
  size_t i, n;
  bool query = false, named = false;
  yyjson_val *key, *schema;
  yyjson_obj_foreach (properties, i, n, key, schema) {
    struct str name = json_text(key);
    query |= reads_is_query(name);
    named |= reads_is(name, "operationname");
    if (!reads_is_any(name, words)) continue;
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
      if (graphql_is_named_in(json_str(schema, texts[k]))) return true;
  }
  return query && named;
}

static bool reads_is_safe(const struct tool *t) { // RFC 9110 §9.2.1
  return str_is(t->method, "GET") || str_is(t->method, "HEAD");
}

bool reads_is_graphql(const struct tool *t, const struct account *account, struct str type) {
  if (graphql_is_named_in(t->path) || graphql_is_named_in(t->base_path) || graphql_is_named_in(type))
    return true;
  struct str scheme = STR_NONE, host = STR_NONE, // of a GET a host's or tool's name says too little
      base = t->base_url.n ? t->base_url : account->base_url;
  for (int i = 0; i < 3; i++) str_cut(&base, '/', i < 2 ? &scheme : &host);
  if (graphql_is_named_in(base)) return true;
  if (!reads_is_safe(t) && (graphql_is_named_in(host) || graphql_is_named_in(t->name))) return true;
  yyjson_val *properties = yyjson_obj_get(t->input, "properties");
  yyjson_val *whole = yyjson_obj_getn(properties, t->body_whole.p ? t->body_whole.p : "", t->body_whole.n);
  return reads_says_graphql(properties) || reads_says_graphql(yyjson_obj_get(whole, "properties"));
}

static bool reads_headers(struct reads *r, const struct account *account, const struct http_headers *h) {
  for (size_t i = 0; i < h->count; i++) {
    struct str name = h->items[i].name, rest = h->items[i].value, item;
    r->arg = reads_arg(r->tool, name);
    if (parts_is_own_header(account, name)) continue;
    if (!str_is_nocase(name, "cookie")) {
      if (!reads_text(r, rest, 0, false)) return false;
      continue;
    }
    for (struct str cookie; str_cut(&rest, ';', &item);) {
      str_cut(&item, '=', &cookie);
      r->arg = reads_arg(r->tool, str_trim(cookie));
      if (!reads_text(r, parts_decode(item, r->arena), 0, false)) return false;
    }
  }
  return true;
}

// Each segment behind the host, where an argument may stand.
static bool reads_path(struct reads *r, struct str path) {
  struct str scheme, host;
  for (int i = 0; i < 3; i++) str_cut(&path, '/', i < 2 ? &scheme : &host);
  for (struct str item; str_cut(&path, '/', &item);)
    if (!reads_text(r, parts_decode(item, r->arena), 0, false)) return false;
  return true;
}

// Behind the segment that says GraphQL an argument could name a stored document.
static bool reads_path_names(struct str path) {
  ptrdiff_t at = str_find(path, '{'), last = -1;
  for (; at >= 0; at = parts_find(path, STR("{"), (size_t)at + 1)) last = at;
  return last >= 0 && graphql_is_named_in(str_make(path.p, (size_t)last));
}

static size_t reads_fixed_pairs(struct str path) { // those the document itself has
  ptrdiff_t at = str_find(path, '?');
  size_t count = 0;
  if (at < 0) return 0;
  for (struct str rest = str_from(path, (size_t)at + 1), item; str_cut(&rest, '&', &item);)
    count += item.n > 0;
  return count;
}

bool reads_check_request(const struct tool *t, const struct account *account,
                         const struct rest_request *request, struct arena *a, struct err *err) {
  if (!t->read_only) return true;
  struct reads r = {.tool = t, .arena = a, .err = err};
  r.graphql = reads_is_graphql(t, account, http_header_get(&request->headers, "content-type"));
  struct str query = request->url, path = STR_NONE;
  struct parts_pair *pairs;
  str_cut(&query, '?', &path);
  size_t count = parts_query(account, query, a, &pairs);
  if (!reads_path(&r, path) || !reads_headers(&r, account, &request->headers) ||
      !reads_pairs(&r, pairs, count))
    return false;
  if (request->has_body) return reads_body(&r, request);
  bool carries = !reads_is_safe(t) || count > reads_fixed_pairs(t->path) || reads_path_names(t->path);
  r.arg = reads_arg(t, STR("query"));
  return r.shown || !r.graphql || !carries || reads_refuse_missing(&r);
}

bool reads_check_arguments(const struct tool *t, yyjson_mut_val *arguments, struct err *err) {
  if (!t->read_only) return true;
  yyjson_val *properties = yyjson_obj_get(t->input, "properties");
  if (!graphql_is_named_in(t->name) && !graphql_is_named_in(t->description) &&
      !reads_says_graphql(properties))
    return true;
  yyjson_doc *doc = yyjson_mut_val_imut_copy(arguments, NULL);
  struct reads r = {.tool = t, .err = err};
  size_t i, n;
  yyjson_val *key, *v;
  bool ok = true;
  yyjson_obj_foreach (yyjson_doc_get_root(doc), i, n, key, v) {
    r.arg = json_text(key);
    ok = ok && reads_value(&r, v, 0, true);
  }
  yyjson_doc_free(doc);
  return ok;
}
