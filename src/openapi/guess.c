// SPDX-License-Identifier: Apache-2.0
#include "openapi/guess.h"

#include "data/json.h"

enum { GUESS_LOOKED_AT = 4096 };

#define GUESS_EXPORT "an export of it as OpenAPI 3 can be read"
#define GUESS_ADDRESS "is the address that of the document itself, and not of a page about it?"

struct guess {
  const char *sign, *what, *hint; // hint NULL: none
};

static bool guess_say(struct err *err, const char *what, const char *hint) {
  err_set(err, ERR_INVALID, "this is no OpenAPI document but %s", what);
  if (hint) err_hint(err, "%s", hint);
  return false;
}

// ---- by its first bytes

static const struct guess guess_begins[] = {
    {"%PDF-", "a PDF", "the vendor may offer the description as JSON or YAML too"},
    {"PK\x03\x04", "a ZIP archive", "unpack it first"},
    {"\x1f\x8b", "compressed by gzip", "unpack it first"},
    {"\xff\xfe", "text in UTF-16", "save it as UTF-8"},
    {"\xfe\xff", "text in UTF-16", "save it as UTF-8"},
    {"\x7f"
     "ELF",
     "a program", NULL},
    {"\x89PNG", "a picture", NULL},
    {"<!doctype html", "an HTML page", GUESS_ADDRESS},
    {"<html", "an HTML page", GUESS_ADDRESS},
    {"#%RAML", "a RAML description", GUESS_EXPORT},
    {"FORMAT: 1A", "an API Blueprint", GUESS_EXPORT},
    {"version https://git-lfs", "a pointer of Git LFS", "'git lfs pull' fetches the file itself"},
    {"syntax = \"proto", "a Protocol Buffers file", NULL},
    {"HTTP/", "an HTTP answer with its head", "only the body is the document"},
};

// Somewhere in the first bytes of a text that begins like this. The first row that fits counts.
static const struct {
  const char *begins, *holds, *what, *hint;
} guess_holds[] = {
    {"<", "<html", "an HTML page", GUESS_ADDRESS},
    {"<", "wsdl", "a WSDL description, of SOAP", "only REST APIs are called"},
    {"<", "wadl", "a WADL description", GUESS_EXPORT},
    {"<", "", "an XML document", NULL},
    {"", "type Query", "a GraphQL schema",
     "an OpenAPI document of one operation that takes the query can be imported"},
};

static bool guess_is_binary(struct str text) {
  for (size_t i = 0; i < text.n; i++) {
    unsigned char c = (unsigned char)text.p[i];
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') return true;
  }
  return false;
}

bool guess_text(struct str text, bool object, struct err *err) {
  if (str_starts(text, "\xef\xbb\xbf")) text = str_from(text, 3);
  struct str s = str_trim(text);
  if (!s.n) return guess_say(err, "an empty text", GUESS_ADDRESS);
  if (s.n > GUESS_LOOKED_AT) s.n = GUESS_LOOKED_AT;
  for (size_t i = 0; i < sizeof guess_begins / sizeof *guess_begins; i++) {
    const struct guess *g = &guess_begins[i];
    size_t n = strlen(g->sign);
    if (s.n >= n && str_eq_nocase(str_make(s.p, n), str_of(g->sign))) return guess_say(err, g->what, g->hint);
  }
  if (object) return true;
  if (guess_is_binary(s)) return guess_say(err, "binary data", NULL);
  for (size_t i = 0; i < sizeof guess_holds / sizeof *guess_holds; i++) {
    if (str_starts(s, guess_holds[i].begins) && str_contains(s, str_of(guess_holds[i].holds)))
      return guess_say(err, guess_holds[i].what, guess_holds[i].hint);
  }
  return true;
}

// ---- by its members

// Pointers; what stands there need only be.
static const struct guess guess_members[] = {
    {"/info/_postman_id", "a Postman collection", GUESS_EXPORT},
    {"/info/schema", "a Postman collection", GUESS_EXPORT},
    {"/collection/info", "a Postman collection", GUESS_EXPORT},
    {"/__export_format", "an export of Insomnia", GUESS_EXPORT},
    {"/log/entries", "a HAR file", NULL},
    {"/asyncapi", "an AsyncAPI document, of messages and not of calls", NULL},
    {"/arazzo", "an Arazzo document", "the OpenAPI documents that it names can be read"},
    {"/overlay", "an overlay", "the OpenAPI document that it extends can be read"},
    {"/openrpc", "an OpenRPC document", "only REST APIs are called"},
    {"/swaggerVersion", "a Swagger 1 document", "Swagger 2.0 and OpenAPI 3 can be read"},
    {"/discoveryVersion", "a Google API discovery document", GUESS_EXPORT},
    {"/data/__schema", "a GraphQL schema", NULL},
    {"/__schema", "a GraphQL schema", NULL},
    {"/toolset", "a toolset, which is what a document becomes", NULL},
    {"/auth", "a connector's definition", "--file takes it"},
    {"/apiVersion", "a manifest of Kubernetes", NULL},
    {"/mcpServers", "a client's list of MCP servers", NULL},
    {"/error", "an error, as an API answers it", GUESS_ADDRESS},
    {"/errors", "an error, as an API answers it", GUESS_ADDRESS},
    {"/message", "an error, as an API answers it", GUESS_ADDRESS},
};

bool guess_root(yyjson_val *root, struct err *err) {
  if (!yyjson_is_obj(root))
    return guess_say(err, yyjson_is_arr(root) ? "a list" : "a plain text", GUESS_ADDRESS);
  static const char *const versions[] = {"openapi", "swagger"};
  for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
    yyjson_val *version = yyjson_obj_get(root, versions[i]);
    if (!version) continue;
    struct str said = yyjson_is_str(version) ? json_text(version) : STR_NONE;
    if (said.n > 20) said.n = 20;
    err_set(err, ERR_INVALID, "`%s: %.*s` is no version that can be read", versions[i], STR_ARG(said));
    err_hint(err, "OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0 can");
    return false;
  }
  bool calls = yyjson_obj_get(root, "paths") != NULL;
  for (size_t i = 0; !calls && i < sizeof guess_members / sizeof *guess_members; i++)
    if (json_at(root, str_of(guess_members[i].sign)))
      return guess_say(err, guess_members[i].what, guess_members[i].hint);
  if (!calls && yyjson_obj_get(root, "$schema")) return guess_say(err, "a JSON Schema", NULL);
  return err_set(err, ERR_INVALID,
                 "neither `openapi: 3.0`, `3.1`, `3.2` nor `swagger: 2.0` stands at the top");
}
