// SPDX-License-Identifier: Apache-2.0
#include "cli/api.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/mem.h"
#include "cli/home.h"
#include "cli/terminal.h"
#include "crypto/secret.h"
#include "data/json.h"
#include "data/uri.h"
#include "fetch/client.h"
#include "http/sse.h"

#define API_URL "http://127.0.0.1:8080"
enum {
  API_CONNECT_MS = 5000,
  API_TOTAL_MS = 300000,
  API_ANSWER_MOST = 128 * 1024 * 1024,
  API_LOOK_MS = 10000,
  API_BRIEF_MS = 2000,
  API_SHOWN = 200,
};
enum { API_TOKEN_MOST = 4096, API_PAGE = 1000, API_PAGES_MOST = 10000, API_PATH_MOST = 16 * 1024 };

struct api {
  struct str url;   // its own copy, without a slash at the end: it outlives what cli_forget frees
  char *from;       // what gave it, likewise: a flag, a variable, a file; NULL: nobody
  struct buf token; // wiped at the end
  struct http_guard *guard;
};

// ---- address and token

static struct str api_setting(const struct cli *c, const char *flag, const char *variable) {
  struct str given = args_text(&c->args, flag);
  return given.n ? given : str_of(getenv(variable));
}

// The address that was kept with the token in the user's folder; empty: none.
static bool api_kept_url(struct cli *c, struct str *out, struct err *err) {
  struct buf text;
  if (!home_read(c, HOME_URL, &text, err)) return false;
  *out = str_trim_end(arena_dup(c->arena, buf_str(&text)), '/');
  buf_free(&text);
  return true;
}

bool api_address(struct cli *c, struct str *out, const char **from, struct err *err) {
  struct str flag = args_text(&c->args, "url"), variable = str_of(getenv("POSTERN_URL")), kept = STR_NONE;
  if (!flag.n && !variable.n && !api_kept_url(c, &kept, err)) return false;
  *from = flag.n       ? "--url"
          : variable.n ? "POSTERN_URL"
          : kept.n     ? home_shown(c, home_path(c, HOME_URL)).p
                       : NULL;
  *out = flag.n ? flag : variable.n ? variable : kept.n ? kept : c->address.n ? c->address : STR(API_URL);
  *out = str_trim_end(*out, '/');
  return true;
}

static bool api_check_address(struct str url, const char *from, struct err *err) {
  struct uri u;
  struct err why;
  if (uri_parse_http(url, &u, &why) && !u.query.n && !u.fragment.n) return true;
  err_at(err, ERR_INVALID, from ? from : "url", "'%.*s' is no address of a server", STR_MOST(url, 100));
  err_hint(err, "an address is like http://127.0.0.1:8080 or https://postern.example.com");
  return false;
}

static bool api_read_token(struct cli *c, struct str path, struct buf *out, struct err *err) {
  struct buf text;
  if (!home_is_private(c, path, err) || !terminal_read(path, API_TOKEN_MOST, &text, err)) return false;
  buf_add(out, str_trim(buf_str(&text)));
  if (text.p) secret_wipe(text.p, text.n);
  buf_free(&text);
  return true;
}

// The one in the user's folder is for the address beside it, and goes to no other.
static bool api_kept_token(struct cli *c, struct str url, struct buf *out, struct err *err) {
  struct str kept;
  if (!api_kept_url(c, &kept, err)) return false;
  if (kept.n && !str_eq(kept, url)) {
    err_set(err, ERR_UNAUTHENTICATED, "no API token is given for %.*s", STR_ARG(url));
    err_hint(err, "the one in %s is for %.*s; give another with POSTERN_TOKEN or --token-file",
             home_path(c, HOME_TOKEN).p, STR_ARG(kept));
    return false;
  }
  return home_read(c, HOME_TOKEN, out, err);
}

static bool api_find_token(struct cli *c, struct str url, struct buf *out, struct err *err) {
  struct str given = args_text(&c->args, "token"), path = api_setting(c, "token-file", "POSTERN_TOKEN_FILE");
  if (!given.n && !args_has(&c->args, "token-file")) given = str_of(getenv("POSTERN_TOKEN"));
  *out = BUF_MAX(API_TOKEN_MOST);
  if (given.n)
    buf_add(out, str_trim(given));
  else if (path.n ? !api_read_token(c, path, out, err) : !api_kept_token(c, url, out, err))
    return false;
  if (out->n && !out->full) return true;
  err_set(err, ERR_UNAUTHENTICATED, "no API token is given");
  err_hint(err,
           "put one into ~/.config/postern/token (mode 0600), POSTERN_TOKEN, or the file of --token-file; "
           "'postern "
           "serve' prints the first one when it first starts, 'postern token recover' makes another there");
  return false;
}

void api_close(struct cli *c) {
  if (!c->api) return;
  if (c->api->token.p) secret_wipe(c->api->token.p, c->api->token.n);
  buf_free(&c->api->token);
  if (c->api->guard) http_guard_free(c->api->guard);
  mem_free((void *)(uintptr_t)c->api->url.p);
  mem_free(c->api->from);
  mem_free(c->api);
  c->api = NULL;
}

// The server is whichever the user names, most often on this machine or a private network.
static bool api_guard(struct http_guard **out, struct err *err) {
  static const struct str everywhere[] = {{"0.0.0.0/0", 9}, {"::/0", 4}};
  return http_guard_new(everywhere, sizeof everywhere / sizeof *everywhere, out, err);
}

static void api_own(struct api *api, struct str url, const char *from) {
  api->url = str_make(mem_copy(url.p, url.n), url.n);
  if (from) api->from = mem_copy(from, strlen(from));
}

static bool api_open(struct cli *c, struct err *err) {
  if (c->api) return true;
  struct api *api = c->api = MEM_NEW(struct api);
  struct str ca = api_setting(c, "ca", "POSTERN_CA"), url;
  const char *from;
  bool ok = api_address(c, &url, &from, err) && api_check_address(url, from, err);
  if (ok) api_own(api, url, from);
  ok = ok && (!ca.n || fetch_ca(arena_z(c->arena, ca), err)) && api_guard(&api->guard, err) &&
       api_find_token(c, api->url, &api->token, err);
  if (!ok) api_close(c);
  return ok;
}

bool api_use(struct cli *c, struct str url, struct str token, struct err *err) {
  api_close(c);
  struct api *api = c->api = MEM_NEW(struct api);
  api_own(api, str_trim_end(url, '/'), NULL);
  api->token = BUF_MAX(API_TOKEN_MOST);
  buf_add(&api->token, token);
  if (api_guard(&api->guard, err)) return true;
  api_close(c);
  return false;
}

enum api_there api_look(struct cli *c, struct str url) {
  static const struct fetch_limits limits = {
      .connect_ms = API_CONNECT_MS, .total_ms = API_LOOK_MS, .body_bytes = 65536, .header_bytes = 65536};
  struct http_guard *guard;
  struct fetch_result result = {0};
  struct err err;
  yyjson_doc *doc = NULL;
  if (!api_guard(&guard, &err)) return API_NOBODY;
  struct fetch_call call = {.method = "GET",
                            .url = arena_printf(c->arena, "%.*s/healthz", STR_ARG(str_trim_end(url, '/'))),
                            .limits = &limits,
                            .guard = guard};
  enum api_there there = API_NOBODY;
  if (fetch_url(&call, c->arena, &result, &err)) {
    bool ours = result.status == 200 && json_read(buf_str(&result.body), &JSON_LIMITS, &doc, &err) &&
                str_is(json_str(yyjson_doc_get_root(doc), "status"), "ok");
    there = ours ? API_POSTERN : API_OTHER;
  }
  yyjson_doc_free(doc);
  buf_free(&result.body);
  http_guard_free(guard);
  return there;
}

// ---- answers

// Hints of the server name its routes; here the command for the same is more use.
static void api_hint(struct str hint, struct err *err) {
  static const struct {
    enum err_reason reason;
    const char *hint;
  } known[] = {
      {WHY_NO_TOOL_LEFT, "'postern tools ACCOUNT --methods … --tags …' shows what a filter lets through"},
      {WHY_NO_ACCOUNT, "'postern account list' lists the accounts"},
      {WHY_NO_CONNECTOR, "'postern connector list' lists them"},
      {WHY_NO_SERVER, "'postern mcp list' lists the servers"},
  };
  if (err->code == ERR_UNAUTHENTICATED && err->reason == WHY_NONE)
    hint = STR("the token comes from --token-file, POSTERN_TOKEN or ~/.config/postern/token; 'postern token "
               "create' makes more, 'postern token recover' one on the server's machine");
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (err->reason == known[i].reason) hint = str_of(known[i].hint);
  if (hint.n) err_hint(err, "%.*s", STR_ARG(hint));
}

// A status without our error body: something between us and the server answered.
static enum err_code api_code_of_status(int status) {
  static const enum err_code all[] = {ERR_INVALID, ERR_UNAUTHENTICATED, ERR_DENIED,
                                      ERR_MISSING, ERR_CONFLICT,        ERR_UNPROCESSABLE,
                                      ERR_LIMIT,   ERR_TIMEOUT,         ERR_UNAVAILABLE};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (err_http_status(all[i]) == status) return all[i];
  return status < 500 ? ERR_INVALID : ERR_UPSTREAM;
}

// Our own server, but behind another address than the one given.
static bool api_is_elsewhere(const struct api *api, enum err_reason why) {
  struct uri u;
  struct err ignored;
  return uri_parse_http(api->url, &u, &ignored) && u.path.n > 1 &&
         (why == WHY_NO_ROUTE || str_contains(u.path, STR("/mcp")) || str_contains(u.path, STR("/sse")));
}

// For messages: short, and without the secret of a URL that was meant for a client.
static struct str api_shown(const struct api *api) {
  static const char *const secrets[] = {"/mcp/", "/sse/"};
  struct str url = str_make(api->url.p, api->url.n < API_SHOWN ? api->url.n : API_SHOWN);
  for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
    ptrdiff_t at = str_find_text(url, str_of(secrets[i]));
    if (at >= 0) url.n = (size_t)at + strlen(secrets[i]);
  }
  return url;
}

static bool api_wrong_address(const struct api *api, struct err *err) {
  err_at(err, ERR_MISSING, api->from ? api->from : "url", "%.*s is not the address of Postern itself",
         STR_ARG(api_shown(api)));
  err_hint(
      err,
      "give what 'postern serve' says that it answers on, such as http://127.0.0.1:8080, without a path");
  return false;
}

// It says where people sign in: what answered is the address of a server for them (RFC 9728 §5.1), and not our API.
static bool api_is_front(const struct fetch_result *r) {
  return r->status == 401 &&
         str_contains(http_header_get(&r->headers, "www-authenticate"), STR("resource_metadata="));
}

static bool api_refused(const struct api *api, const struct fetch_result *r, yyjson_val *root,
                        struct err *err) {
  int status = r->status;
  yyjson_val *e = yyjson_obj_get(root, "error");
  struct str code = json_str(e, "code"), message = json_str(e, "message"), field = json_str(e, "field");
  enum err_code what = api_code_of_status(status);
  enum err_reason why = err_reason_named(json_str(e, "reason"));
  for (int i = ERR_INVALID; i <= ERR_INTERNAL; i++)
    if (str_is(code, err_name((enum err_code)i))) what = (enum err_code)i;
  if ((status == 404 && api_is_elsewhere(api, why)) || api_is_front(r)) return api_wrong_address(api, err);
  if (!message.n) {
    err_set(err, what, "%.*s answered %d (%s), not as Postern does", STR_ARG(api_shown(api)), status,
            http_status_text(status));
    err_hint(err, "is the address that of Postern? --url or POSTERN_URL names it");
    return false;
  }
  // What stands in a path was an argument here, and the message names it.
  static const char *const in_path[] = {"id", "name", "server_id", "token_id", "tool"};
  for (size_t i = 0; i < sizeof in_path / sizeof *in_path; i++)
    if (str_is(field, in_path[i]) && what != ERR_INVALID) field = STR_NONE;
  char where[sizeof err->field];
  snprintf(where, sizeof where, "%.*s", STR_ARG(field));
  err_fill(err, what, why, where, "%.*s", STR_ARG(message));
  api_hint(json_str(e, "hint"), err);
  return false;
}

static bool api_take(struct cli *c, const struct fetch_result *r, yyjson_val **out, struct err *err) {
  static const struct json_limits limits = {.depth = 128, .nodes = 20000000, .raw_numbers = true};
  yyjson_doc *doc = NULL;
  struct err bad;
  bool json = r->body.n && json_read(buf_str(&r->body), &limits, &doc, &bad);
  yyjson_val *root = json ? cli_keep(c, doc) : NULL;
  if (r->status >= 200 && r->status < 300 && (json || !r->body.n)) {
    *out = root;
    return true;
  }
  if (r->status >= 300) return api_refused(c->api, r, root, err);
  err_set(err, ERR_UPSTREAM, "%.*s answered with something that is no JSON", STR_ARG(api_shown(c->api)));
  err_hint(err, "is the address that of Postern? --url or POSTERN_URL names it");
  return false;
}

// ---- requests

// An answer that comes as events: the last is "result", "answer" or "error", whose data is the answer.
struct api_events {
  const struct api_ask *ask;
  struct sse_parser parser;
  struct buf last;
  bool failed, broken;
};

static bool api_on_event(void *arg, const struct sse_event *event, struct err *err) {
  struct api_events *e = arg;
  (void)err;
  e->failed = str_is(event->event, "error");
  if (e->failed || str_is(event->event, "result") || str_is(event->event, "answer")) {
    buf_clear(&e->last);
    buf_add(&e->last, event->data);
    return true;
  }
  yyjson_doc *doc = yyjson_read(event->data.p, event->data.n, 0);
  e->ask->told(e->ask->told_arg, event->event, yyjson_doc_get_root(doc));
  yyjson_doc_free(doc);
  return true;
}

static void api_on_bytes(void *arg, struct str bytes) {
  struct api_events *e = arg;
  struct err err;
  if (!e->broken) e->broken = !sse_feed(&e->parser, bytes, api_on_event, e, &err);
}

// Its last event in place of the whole, where it came as events.
static void api_take_events(struct api_events *e, struct fetch_result *r) {
  struct str type = http_media_type(http_header_get(&r->headers, "content-type"));
  if (e->ask->told && str_is_nocase(type, "text/event-stream")) {
    buf_free(&r->body);
    r->body = e->last;
    e->last = (struct buf){0};
    if (e->failed) r->status = 500; // its code says more
  }
  buf_free(&e->last);
  sse_free(&e->parser);
}

bool api_send(struct cli *c, const struct api_ask *ask, yyjson_val **out, struct err *err) {
  static const struct fetch_limits limits = {.connect_ms = API_CONNECT_MS,
                                             .total_ms = API_TOTAL_MS,
                                             .body_bytes = API_ANSWER_MOST,
                                             .header_bytes = 65536};
  static const struct fetch_limits brief = {.connect_ms = API_BRIEF_MS / 4,
                                            .total_ms = API_BRIEF_MS,
                                            .body_bytes = API_ANSWER_MOST,
                                            .header_bytes = 65536};
  if (!api_open(c, err)) return false;
  struct api *api = c->api;
  struct http_header headers[] = {
      {STR("Authorization"), arena_printf(c->arena, "Bearer %.*s", STR_ARG(buf_str(&api->token)))},
      {STR("User-Agent"), arena_printf(c->arena, "postern/%s", c->program->version)},
      {STR("Accept"), ask->told ? STR("text/event-stream, application/json") : STR("application/json")},
      {STR("Content-Type"), STR("application/json")},
  };
  size_t length = 0;
  char *body = ask->body ? yyjson_mut_write(ask->body, 0, &length) : NULL;
  struct fetch_call call = {
      .method = ask->method,
      .url = arena_printf(c->arena, "%.*s%.*s", STR_ARG(api->url), STR_ARG(ask->path)),
      .headers = {headers, sizeof headers / sizeof *headers - !body},
      .body = str_make(body, length),
      .has_body = body != NULL,
      .limits = c->brief ? &brief : &limits,
      .guard = api->guard,
  };
  struct fetch_result result = {0};
  struct api_events events = {
      .ask = ask, .parser = SSE_PARSER(API_ANSWER_MOST), .last = BUF_MAX(API_ANSWER_MOST)};
  if (ask->told) call.came = api_on_bytes, call.came_arg = &events;
  bool sent = fetch_url(&call, c->arena, &result, err);
  api_take_events(&events, &result);
  secret_wipe((void *)(uintptr_t)headers[0].value.p, headers[0].value.n);
  if (body) secret_wipe(body, length); // it may hold a credential
  free(body);                          // NOLINT: yyjson's own
  if (!sent) {
    if (err->code == ERR_UPSTREAM || err->code == ERR_TIMEOUT)
      err_hint(err, "is 'postern serve' running at %.*s? --url or POSTERN_URL names another address",
               STR_ARG(api_shown(api)));
    return false;
  }
  bool ok = api_take(c, &result, out, err);
  if (result.body.p) secret_wipe(result.body.p, result.body.n); // it may hold a token shown once
  buf_free(&result.body);
  return ok;
}

bool api_get(struct cli *c, struct str path, yyjson_val **out, struct err *err) {
  return api_send(c, &(struct api_ask){.method = "GET", .path = path}, out, err);
}

bool api_list(struct cli *c, struct str path, size_t most, yyjson_val **items, struct err *err) {
  yyjson_mut_doc *all = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *array = yyjson_mut_arr(all);
  size_t page = most && most < API_PAGE ? most : API_PAGE, i, n;
  struct str next = api_query(c, path, "limit", arena_printf(c->arena, "%zu", page));
  bool ok = true;
  yyjson_mut_doc_set_root(all, array);
  for (size_t pages = 0; ok && next.n && pages < API_PAGES_MOST; pages++) {
    yyjson_val *root = NULL, *item;
    ok = api_get(c, next, &root, err);
    yyjson_arr_foreach (ok ? yyjson_obj_get(root, "items") : NULL, i, n, item)
      if (!most || yyjson_mut_arr_size(array) < most)
        yyjson_mut_arr_append(array, yyjson_val_mut_copy(all, item));
    next = ok && (!most || yyjson_mut_arr_size(array) < most) ? json_str(root, "next") : STR_NONE;
  }
  if (ok) *items = cli_keep(c, yyjson_mut_doc_imut_copy(all, NULL));
  yyjson_mut_doc_free(all);
  return ok;
}

// ---- paths

struct str api_path(struct cli *c, const char *format, ...) {
  struct buf path = BUF_MAX(API_PATH_MOST);
  va_list list;
  va_start(list, format);
  for (const char *p = format; *p; p++) {
    if (p[0] == '{' && p[1] == '}') {
      codec_percent(&path, va_arg(list, struct str));
      p++;
    } else {
      buf_add_char(&path, *p);
    }
  }
  va_end(list);
  struct str out = arena_dup(c->arena, buf_str(&path));
  buf_free(&path);
  return out;
}

struct str api_query(struct cli *c, struct str path, const char *name, struct str value) {
  if (!value.n) return path;
  struct buf out = BUF_MAX(API_PATH_MOST);
  buf_add(&out, path);
  buf_printf(&out, "%c%s=", str_find(path, '?') < 0 ? '?' : '&', name);
  codec_percent(&out, value);
  struct str result = arena_dup(c->arena, buf_str(&out));
  buf_free(&out);
  return result;
}
