// SPDX-License-Identifier: Apache-2.0
#include "authority/document.h"

#include "base/clock.h"
#include "data/json.h"
#include "data/uri.h"
#include "fetch/client.h"

bool authority_document_is_id(struct str id) {
  struct uri u;
  struct err none;
  for (size_t i = 0; i < id.n; i++)
    if ((unsigned char)id.p[i] <= ' ' || (unsigned char)id.p[i] >= 0x7f || id.p[i] == '\\') return false;
  return id.n <= DOCUMENT_ID_MOST && str_starts(id, "https://") && uri_parse_http(id, &u, &none) &&
         u.path.n > 1 && !u.fragment.p && !str_contains(u.path, STR("/.")) && !str_contains(u.path, STR("%"));
}

static bool document_is_not(struct str id, const char *why, struct err *err) {
  return err_set(err, ERR_UNPROCESSABLE, "%.*s does not describe an application: %s", STR_MOST(id, 200), why);
}

// Whoever can have another's document answered at his own address is still not that client.
bool authority_document_read(struct str text, struct str id, struct arena *a, struct authority_client *out,
                             struct err *err) {
  yyjson_doc *doc;
  struct err why;
  if (!json_read(text, &JSON_LIMITS, &doc, &why)) return document_is_not(id, "it is no JSON", err);
  yyjson_val *root = yyjson_doc_get_root(doc);
  struct authority_client c;
  bool own = str_eq(json_str(root, "client_id"), id), read = own && authority_client_read(root, a, &c, &why);
  yyjson_doc_free(doc);
  if (!read) return document_is_not(id, own ? why.text : "client_id in it is another", err);
  c.id = id;
  c.kind = CLIENT_DOCUMENT;
  c.created_at = clock_now_ms();
  *out = c;
  return true;
}

bool authority_document_fetch(const struct http_guard *guard, struct str id, struct arena *a,
                              struct authority_client *out, struct err *err) {
  static const struct fetch_limits limits = {.connect_ms = DOCUMENT_MS,
                                             .first_byte_ms = DOCUMENT_MS,
                                             .total_ms = DOCUMENT_MS,
                                             .stall_ms = DOCUMENT_MS,
                                             .body_bytes = DOCUMENT_BYTES,
                                             .header_bytes = 16 * 1024};
  struct http_header accept = {STR("Accept"), STR("application/json")};
  struct fetch_call call = {
      .method = "GET", .url = id, .headers = {&accept, 1}, .limits = &limits, .guard = guard};
  struct fetch_result result = {0};
  if (!fetch_url(&call, a, &result, err)) return false;
  bool ok = result.status == 200 ? authority_document_read(buf_str(&result.body), id, a, out, err)
                                 : document_is_not(id, "it is not answered with 200", err);
  buf_free(&result.body);
  return ok;
}
