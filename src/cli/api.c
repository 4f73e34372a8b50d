// SPDX-License-Identifier: Apache-2.0
#include "cli/api.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/mem.h"
#include "cli/terminal.h"
#include "crypto/secret.h"
#include "data/json.h"
#include "fetch/client.h"

#define API_URL "http://127.0.0.1:8080"
enum { API_CONNECT_MS = 5000, API_TOTAL_MS = 300000, API_ANSWER_MOST = 128 * 1024 * 1024 };
enum { API_TOKEN_MOST = 4096, API_PAGE = 1000, API_PAGES_MOST = 10000, API_PATH_MOST = 16 * 1024 };

struct api {
  struct str url;   // without a slash at the end
  struct buf token; // wiped at the end
  struct http_guard *guard;
};

// ---- address and token

static struct str api_setting(const struct cli *c, const char *flag, const char *variable) {
  struct str given = args_text(&c->args, flag);
  return given.n ? given : str_of(getenv(variable));
}

static bool api_token_path(struct cli *c, struct str *out) {
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  *out = api_setting(c, "token-file", "POSTERN_TOKEN_FILE");
  if (out->n) return true;
  if (config && *config)
    *out = arena_printf(c->arena, "%s/postern/token", config);
  else if (home && *home)
    *out = arena_printf(c->arena, "%s/.config/postern/token", home);
  return out->n && access(out->p, F_OK) == 0;
}

// What others can read is no secret any more.
static bool api_check_mode(struct cli *c, struct str path, struct err *err) {
  struct stat st;
  const char *name = arena_z(c->arena, path);
  if (str_is(path, "-") || stat(name, &st) != 0 || (st.st_mode & 077) == 0 || !S_ISREG(st.st_mode))
    return true;
  err_at(err, ERR_DENIED, name, "others can read this token file (mode %03o)", (unsigned)st.st_mode & 0777u);
  err_hint(err, "chmod 600 %s; revoke the token if others may have seen it", name);
  return false;
}

static bool api_find_token(struct cli *c, struct buf *out, struct err *err) {
  struct str path, given = args_text(&c->args, "token");
  if (!given.n && !args_has(&c->args, "token-file")) given = str_of(getenv("POSTERN_TOKEN"));
  *out = BUF_MAX(API_TOKEN_MOST);
  if (given.n) {
    buf_add(out, str_trim(given));
  } else if (api_token_path(c, &path)) {
    struct buf text;
    if (!api_check_mode(c, path, err) || !terminal_read(path, API_TOKEN_MOST, &text, err)) return false;
    buf_add(out, str_trim(buf_str(&text)));
    secret_wipe(text.p, text.n);
    buf_free(&text);
  }
  if (out->n && !out->full) return true;
  err_set(err, ERR_UNAUTHENTICATED, "no API token is given");
  err_hint(err,
           "put one into ~/.config/postern/token (mode 0600), POSTERN_TOKEN, or the file of --token-file; "
           "'postern serve' prints the first one when it first starts");
  return false;
}

void api_close(struct cli *c) {
  if (!c->api) return;
  if (c->api->token.p) secret_wipe(c->api->token.p, c->api->token.n);
  buf_free(&c->api->token);
  if (c->api->guard) http_guard_free(c->api->guard);
  mem_free(c->api);
  c->api = NULL;
}

static bool api_open(struct cli *c, struct err *err) {
  if (c->api) return true;
  // The server is whichever the user names, most often on this machine or a private network.
  static const struct str everywhere[] = {{"0.0.0.0/0", 9}, {"::/0", 4}};
  struct api *api = c->api = MEM_NEW(struct api);
  struct str ca = api_setting(c, "ca", "POSTERN_CA");
  api->url = api_setting(c, "url", "POSTERN_URL");
  api->url = str_trim_end(api->url.n ? api->url : STR(API_URL), '/');
  bool ok = (!ca.n || fetch_ca(arena_z(c->arena, ca), err)) &&
            http_guard_new(everywhere, sizeof everywhere / sizeof *everywhere, &api->guard, err) &&
            api_find_token(c, &api->token, err);
  if (!ok) api_close(c);
  return ok;
}

// ---- answers

// Hints of the server name its routes; here the command for the same is more use.
static void api_hint(yyjson_val *e, struct err *err) {
  static const struct {
    enum err_reason reason;
    const char *hint;
  } known[] = {
      {WHY_NO_TOOL_LEFT, "'postern tools ACCOUNT --methods … --tags …' shows what a filter lets through"},
      {WHY_NO_ACCOUNT, "'postern account list' lists the accounts"},
      {WHY_NO_CONNECTOR, "'postern connector list' lists them"},
      {WHY_NO_SERVER, "'postern mcp list' lists the servers"},
  };
  struct str hint = json_str(e, "hint"), reason = json_str(e, "reason");
  if (err->code == ERR_UNAUTHENTICATED && !reason.n)
    hint = STR("the token comes from --token-file, POSTERN_TOKEN or ~/.config/postern/token; 'postern token "
               "create' makes more");
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (str_is(reason, err_reason_name(known[i].reason))) hint = str_of(known[i].hint);
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

static bool api_refused(int status, yyjson_val *root, struct err *err) {
  yyjson_val *e = yyjson_obj_get(root, "error");
  struct str code = json_str(e, "code"), message = json_str(e, "message"), field = json_str(e, "field");
  enum err_code what = api_code_of_status(status);
  for (int i = ERR_INVALID; i <= ERR_INTERNAL; i++)
    if (str_is(code, err_name((enum err_code)i))) what = (enum err_code)i;
  if (!message.n) {
    err_set(err, what, "the server answered %d (%s)", status, http_status_text(status));
    err_hint(err, "is the address that of Postern? --url or POSTERN_URL names it");
    return false;
  }
  // What stands in a path was an argument here, and the message names it.
  static const char *const in_path[] = {"id", "name", "server_id", "token_id", "tool"};
  for (size_t i = 0; i < sizeof in_path / sizeof *in_path; i++)
    if (str_is(field, in_path[i]) && what != ERR_INVALID) field = STR_NONE;
  char where[sizeof err->field];
  snprintf(where, sizeof where, "%.*s", STR_ARG(field));
  err_at(err, what, where, "%.*s", STR_ARG(message));
  api_hint(e, err);
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
  if (r->status >= 300) return api_refused(r->status, root, err);
  err_set(err, ERR_UPSTREAM, "the answer is no JSON");
  err_hint(err, "is the address that of Postern? --url or POSTERN_URL names it");
  return false;
}

// ---- requests

bool api_send(struct cli *c, const struct api_ask *ask, yyjson_val **out, struct err *err) {
  static const struct fetch_limits limits = {.connect_ms = API_CONNECT_MS,
                                             .total_ms = API_TOTAL_MS,
                                             .body_bytes = API_ANSWER_MOST,
                                             .header_bytes = 65536};
  if (!api_open(c, err)) return false;
  struct api *api = c->api;
  struct http_header headers[] = {
      {STR("Authorization"), arena_printf(c->arena, "Bearer %.*s", STR_ARG(buf_str(&api->token)))},
      {STR("User-Agent"), arena_printf(c->arena, "postern/%s", c->program->version)},
      {STR("Accept"), STR("application/json")},
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
      .limits = &limits,
      .guard = api->guard,
  };
  struct fetch_result result = {0};
  bool sent = fetch_url(&call, c->arena, &result, err);
  secret_wipe((void *)(uintptr_t)headers[0].value.p, headers[0].value.n);
  if (body) secret_wipe(body, length); // it may hold a credential
  free(body);                          // NOLINT: yyjson's own
  if (!sent) {
    if (err->code == ERR_UPSTREAM || err->code == ERR_TIMEOUT)
      err_hint(err, "is 'postern serve' running at %.*s? --url or POSTERN_URL names another address",
               STR_ARG(api->url));
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

bool api_find(struct cli *c, const char *what, const char *path, struct str text, yyjson_val **out,
              struct err *err) {
  yyjson_val *items, *item, *found = NULL;
  size_t i, n, same = 0;
  if (!api_list(c, str_of(path), 0, &items, err)) return false;
  yyjson_arr_foreach (items, i, n, item) {
    if (str_eq(json_str(item, "id"), text)) {
      *out = item;
      return true;
    }
    if (str_eq(json_str(item, "name"), text)) found = item, same++;
  }
  if (same == 1) {
    *out = found;
    return true;
  }
  if (same > 1)
    return err_set(err, ERR_CONFLICT, "%zu %ss have the name '%.*s'; give the id of one", same, what,
                   STR_ARG(text));
  return err_set(err, ERR_MISSING, "there is no %s '%.*s'", what, STR_ARG(text));
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
