// SPDX-License-Identifier: Apache-2.0
// What strangers say of their clients. First line: an address that a client registers; second: one that a code is asked for
// at; the rest: client metadata, as a registration and as a document at the first line. Whatever is taken is held against
// a reading of addresses that is written here again: no code ever goes to another origin or path than was registered, but
// for the port of a loopback address; a name is one line of plain text.
#include "fuzz.h"

#include <string.h>

#include "authority/document.h"
#include "base/plain.h"
#include "data/json.h"

struct address {
  struct str scheme, host, port, rest; // host with its brackets; rest: path and query
};

// As a browser would: what is before the first of / ? # \ is who is asked; user info goes as far as the last @.
static struct address fuzz_address(struct str uri) {
  struct address out = {0};
  ptrdiff_t colon = str_find(uri, ':');
  out.scheme = str_make(uri.p, colon > 0 ? (size_t)colon : 0);
  struct str from = str_from(uri, out.scheme.n + (colon >= 0));
  if (!str_starts(from, "//")) {
    out.rest = from;
    return out;
  }
  from = str_from(from, 2);
  size_t n = 0, at = 0;
  for (; n < from.n && !strchr("/?#\\", from.p[n]); n++)
    if (from.p[n] == '@') at = n + 1;
  struct str who = str_make(from.p + at, n - at);
  size_t host = 0;
  for (bool bracket = false; host < who.n && (bracket || who.p[host] != ':'); host++)
    bracket = who.p[host] == '[' || (bracket && who.p[host] != ']');
  out.host = str_make(who.p, host);
  out.port = str_from(who, host);
  out.rest = str_from(from, n);
  return out;
}

static bool fuzz_is_loopback(const struct address *u) {
  return str_is(u->scheme, "http") &&
         (str_is(u->host, "127.0.0.1") || str_is(u->host, "[::1]") || str_is_nocase(u->host, "localhost"));
}

static bool fuzz_is_port(struct str port) {
  for (size_t i = 1; i < port.n; i++)
    if (port.p[i] < '0' || port.p[i] > '9') return false;
  return port.n <= 6;
}

static void fuzz_same_place(struct str asked, struct str registered) {
  struct address a = fuzz_address(asked), r = fuzz_address(registered);
  fuzz_check(str_eq(a.scheme, r.scheme) && str_eq(a.host, r.host) && str_eq(a.rest, r.rest),
             "%.*s counts as %.*s", STR_ARG(asked), STR_ARG(registered));
  fuzz_check(str_eq(a.port, r.port) || (fuzz_is_loopback(&r) && fuzz_is_port(a.port)),
             "another port: %.*s counts as %.*s", STR_ARG(asked), STR_ARG(registered));
}

// What may be registered at all.
static void fuzz_judged(struct str uri) {
  static const char *const never[] = {"javascript", "data",   "file",       "vbscript", "blob",
                                      "about",      "ftp",    "ws",         "wss",      "view-source",
                                      "intent",     "chrome", "filesystem", "mailto"};
  struct address u = fuzz_address(uri);
  bool https = str_is_nocase(u.scheme, "https");
  fuzz_check(uri.n <= REDIRECT_MOST && str_find(uri, '#') < 0 && str_find(uri, '\\') < 0 &&
                 str_find(uri, ' ') < 0,
             "unclean: %.*s", STR_ARG(uri));
  for (size_t i = 0; i < sizeof never / sizeof *never; i++)
    fuzz_check(!str_is_nocase(u.scheme, never[i]), "a scheme that runs here: %.*s", STR_ARG(uri));
  if (!https && !str_is_nocase(u.scheme, "http")) return;
  fuzz_check(u.host.n && str_find(str_make(uri.p, uri.n - u.rest.n), '@') < 0, "nobody: %.*s", STR_ARG(uri));
  fuzz_check(https || fuzz_is_loopback(&u), "in the clear: %.*s", STR_ARG(uri));
  struct str place = redirect_place(uri);
  fuzz_check(place.n == u.host.n + u.port.n && str_eq(str_make(place.p, u.host.n), u.host),
             "a person is told %.*s of %.*s", STR_ARG(place), STR_ARG(uri));
}

static void fuzz_compare(struct str asked, struct str registered) {
  struct arena *a = arena_new();
  if (redirect_is_among(asked, &registered, 1)) {
    const struct str pairs[][2] = {{STR("code"), STR("a b&c=d#e")}, {STR("state"), STR("x")}};
    fuzz_judged(asked);
    fuzz_same_place(asked, registered);
    struct str to = redirect_with(asked, pairs, 2, a);
    struct address was = fuzz_address(asked), is = fuzz_address(to);
    fuzz_check(str_eq(was.host, is.host) && str_eq(was.port, is.port) && str_find(to, '#') < 0 &&
                   str_ends(to, "code=a%20b%26c%3Dd%23e&state=x"),
               "the code goes to %.*s", STR_ARG(to));
  }
  arena_free(a);
}

// The registered address with something put in, taken out or put in its place, everywhere.
static void fuzz_near(struct str registered) {
  static const char *const put[] = {"@",
                                    ":",
                                    "/",
                                    "\\",
                                    "?",
                                    "#",
                                    ".",
                                    "1",
                                    "%2e",
                                    "@evil.example",
                                    ".evil.example",
                                    "//",
                                    "..",
                                    "\t",
                                    "\n",
                                    "[",
                                    "]",
                                    "127.0.0.1",
                                    "evil.example/"};
  struct buf near = BUF_MAX(2 * REDIRECT_MOST);
  for (size_t i = 0; i <= registered.n; i++)
    for (size_t k = 0; k < sizeof put / sizeof *put; k++)
      for (size_t cut = 0; cut < 2 && i + cut <= registered.n; cut++) {
        buf_clear(&near);
        buf_add(&near, str_make(registered.p, i));
        buf_add_z(&near, put[k]);
        buf_add(&near, str_from(registered, i + cut));
        fuzz_compare(buf_str(&near), registered);
      }
  buf_free(&near);
}

static void fuzz_client(const struct authority_client *c) {
  fuzz_check(c->redirect_count >= 1 && c->redirect_count <= CLIENT_REDIRECTS_MOST, "%zu redirects",
             c->redirect_count);
  for (size_t i = 0; i < c->redirect_count; i++) {
    struct err err;
    fuzz_check(redirect_judge(c->redirects[i], &err), "kept, and refused: %.*s", STR_ARG(c->redirects[i]));
    fuzz_judged(c->redirects[i]);
  }
  fuzz_check(c->name.n && c->name.n <= CLIENT_NAME_MOST, "a name of %zu bytes", c->name.n);
  uint32_t character;
  for (struct str rest = c->name; rest.n; rest = str_from(rest, plain_next(rest, &character)))
    fuzz_check((plain_next(rest, &character), plain_is_safe(character)), "U+%04X in a name", character);
}

static void fuzz_metadata(struct str id, struct str text) {
  struct arena *a = arena_new();
  struct authority_client client;
  struct err err;
  yyjson_doc *doc;
  if (json_read(text, &JSON_LIMITS, &doc, &err)) {
    yyjson_val *root = yyjson_doc_get_root(doc);
    bool registers = authority_client_read(root, a, &client, &err);
    if (registers) fuzz_client(&client);
    bool told = authority_document_read(text, id, a, &client, &err);
    fuzz_check(told == (registers && str_eq(json_str(root, "client_id"), id)),
               "a document is taken as another's");
    if (told) fuzz_check(str_eq(client.id, id) && client.kind == CLIENT_DOCUMENT, "known by another address");
    if (told) fuzz_client(&client);
    yyjson_doc_free(doc);
  } else {
    fuzz_check(!authority_document_read(text, id, a, &client, &err), "no JSON, and read");
  }
  arena_free(a);
}

// What is fetched for a client: https, a path without a second reading, nobody's name in it.
static void fuzz_id(struct str id) {
  if (!authority_document_is_id(id)) return;
  struct address u = fuzz_address(id);
  fuzz_check(str_is(u.scheme, "https") && u.host.n && u.rest.n > 1 && u.rest.p[0] == '/' &&
                 str_find(id, '#') < 0 && str_find(id, '\\') < 0 &&
                 str_find(str_make(id.p, id.n - u.rest.n), '@') < 0 && id.n <= DOCUMENT_ID_MOST,
             "no address of a document: %.*s", STR_ARG(id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str rest = {(const char *)data, size}, registered = STR(""), asked = STR("");
  struct err err;
  (void)str_cut(&rest, '\n', &registered);
  (void)str_cut(&rest, '\n', &asked);
  fuzz_id(registered);
  fuzz_id(asked);
  if (redirect_judge(registered, &err)) {
    fuzz_judged(registered);
    fuzz_check(redirect_is_among(registered, &registered, 1), "not itself: %.*s", STR_ARG(registered));
    fuzz_compare(asked, registered);
    fuzz_near(registered);
  }
  fuzz_metadata(registered, rest);
  return 0;
}
