// SPDX-License-Identifier: Apache-2.0
#include "web/web.h"

#define WEB_HASHED "assets/" // names that hold a hash of their content stand below it

static const struct {
  const char *name, *value;
} web_headers[] = {
    {"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src "
                                "'none'; form-action 'self'"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    // The page may follow the window in which a person consents at a vendor.
    {"Cross-Origin-Opener-Policy", "same-origin-allow-popups"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Vary", "Accept-Encoding"},
};

bool web_takes(struct str path) {
  return str_is(path, "/") || str_is(path, "/ui") || str_starts(path, WEB_PAGES);
}

// Links that the program itself shows pages for: what is no such page there is nothing, and not the console either, so
// that a guess looks the same with a slash at its end as without.
static bool web_is_taken(struct str path) {
  static const char *const others[] = {"share/", "enter/"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (str_starts(path, others[i])) return true;
  return false;
}

static const struct web_file *web_find(const struct web_file *files, struct str path) {
  for (const struct web_file *f = files; f->path; f++)
    if (str_is(path, f->path)) return f;
  return NULL;
}

// RFC 9110 §13.1.2, by weak comparison: "*", or a list of tags.
static bool web_has_tag(struct str given, struct str etag) {
  for (struct str rest = given, item; str_cut(&rest, ',', &item);) {
    item = str_trim(item);
    if (str_starts(item, "W/")) item = str_from(item, 2);
    if (str_is(item, "*") || str_eq(item, etag)) return true;
  }
  return false;
}

bool web_has_console(void) {
  return web_find(web_files, STR("index.html"));
}

static void web_send(const struct web_file *f, struct http_exchange *x) {
  const struct http_request *in = http_request_of(x);
  bool packed = f->gzip.n && http_takes_coding(http_header_get(&in->headers, "accept-encoding"), "gzip");
  struct str etag = arena_printf(in->arena, "\"%s%s\"", f->etag, packed ? "-gzip" : "");
  for (size_t i = 0; i < sizeof web_headers / sizeof *web_headers; i++)
    http_reply_header(x, web_headers[i].name, str_of(web_headers[i].value));
  http_reply_header(x, "ETag", etag);
  http_reply_header(x, "Cache-Control",
                    str_starts(str_of(f->path), WEB_HASHED) ? STR("public, max-age=31536000, immutable")
                                                            : STR("no-cache"));
  if (web_has_tag(http_header_get(&in->headers, "if-none-match"), etag)) {
    http_reply(x, 304, NULL, STR_NONE);
    return;
  }
  if (packed) http_reply_header(x, "Content-Encoding", STR("gzip"));
  http_reply(x, 200, f->type, packed ? f->gzip : f->all);
}

static void web_refuse(struct http_exchange *x, const char *what, const char *hint) {
  struct err err;
  err_set(&err, ERR_MISSING, "%s", what);
  err_hint(&err, "%s", hint);
  http_reply_err(x, &err);
}

void web_handle_from(const struct web_file *files, struct http_exchange *x) {
  const struct http_request *in = http_request_of(x);
  struct err err;
  if (in->method != METHOD_GET && in->method != METHOD_HEAD) {
    http_reply_header(x, "Allow", STR("GET, HEAD"));
    err_set(&err, ERR_INVALID, "this address does not take %.*s", STR_ARG(in->method_text));
    http_reply_err_as(x, 405, &err);
    return;
  }
  if (!str_starts(in->path, WEB_PAGES)) {
    http_reply_header(x, "Location", STR(WEB_PAGES));
    http_reply(x, 302, NULL, STR_NONE);
    return;
  }
  struct str path = str_from(in->path, sizeof WEB_PAGES - 1);
  const struct web_file *f = web_find(files, path);
  if (f)
    web_send(f, x);
  else if (str_starts(path, WEB_HASHED))
    web_refuse(x, "there is no such file", "it is of another version: load the page again");
  else if (web_is_taken(path))
    web_refuse(x, "there is no such page", "ask whoever gave you this link for another one");
  else if ((f = web_find(files, STR("index.html"))))
    web_send(f, x);
  else
    web_refuse(x, "this build has no console", "scripts/web makes its files; build again after it");
}

void web_handle(struct http_exchange *x) {
  web_handle_from(web_files, x);
}
