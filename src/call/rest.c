// SPDX-License-Identifier: Apache-2.0
#include "call/rest.h"

#include <stdio.h>

#include "base/codec.h"
#include "base/header.h"
#include "call/reads.h"
#include "call/rest_body.h"

enum { REST_DEEP_MOST = 8, REST_FIXED_HEADERS = 4 };

struct rest_build {
  const struct tool *tool;
  const struct account *account;
  yyjson_mut_val *arguments;
  struct arena *arena;
  struct buf url, cookies;
  char separator; // before the next query parameter
  size_t path_at;
  struct http_headers headers;
  struct err *err;
};

static bool rest_refuse(struct rest_build *b, struct str arg, const char *why) {
  char pointer[96];
  snprintf(pointer, sizeof pointer, "/%.*s", STR_ARG(arg));
  return err_at(b->err, ERR_INVALID, pointer, "%s", why);
}

static bool rest_is_list(yyjson_mut_val *v) {
  return yyjson_mut_is_arr(v);
}
static bool rest_is_map(yyjson_mut_val *v) {
  return yyjson_mut_is_obj(v);
}

// ---- values joined, one table row a style (OpenAPI 3.1 §4.8.12.3, after RFC 6570)

static const struct rest_style {
  const char *prefix;           // before the whole
  const char *joint, *exploded; // between items, not exploded and exploded
  bool named;                   // name=… is part of it (matrix)
} rest_styles[] = {
    [TOOL_FORM] = {"", ",", "&", false},     [TOOL_SIMPLE] = {"", ",", ",", false},
    [TOOL_SPACE] = {"", "%20", "&", false},  [TOOL_PIPE] = {"", "%7C", "&", false},
    [TOOL_DEEP] = {"", ",", "&", false},     [TOOL_LABEL] = {".", ",", ".", false},
    [TOOL_MATRIX] = {";", ",", ";", true},   [TOOL_JSON] = {"", ",", ",", false},
    [TOOL_RESERVED] = {"", "/", "/", false},
};

// Header values go out as they are; all else is percent-encoded, which also keeps the joints unambiguous.
static void rest_add_text(struct buf *out, struct str s, bool plain) {
  if (plain)
    buf_add(out, s);
  else
    codec_percent(out, s);
}

static void rest_add_value(struct rest_build *b, struct buf *out, yyjson_mut_val *v, bool plain) {
  rest_add_text(out, rest_value_text(v, b->arena), plain);
}

// "k=v" pairs or "k,v" lists of an object.
static void rest_add_members(struct rest_build *b, struct buf *out, yyjson_mut_val *map,
                             const struct tool_param *p) {
  const struct rest_style *style = &rest_styles[p->style];
  bool plain = p->in == TOOL_IN_HEADER;
  size_t i, n;
  yyjson_mut_val *key, *v;
  yyjson_mut_obj_foreach (map, i, n, key, v) {
    if (i) buf_add_z(out, p->explode ? style->exploded : style->joint);
    rest_add_text(out, str_make(yyjson_mut_get_str(key), yyjson_mut_get_len(key)), plain);
    buf_add_z(out, p->explode ? "=" : style->joint);
    rest_add_value(b, out, v, plain);
  }
}

static void rest_add_items(struct rest_build *b, struct buf *out, yyjson_mut_val *list,
                           const struct tool_param *p) {
  const struct rest_style *style = &rest_styles[p->style];
  bool plain = p->in == TOOL_IN_HEADER;
  size_t i, n;
  yyjson_mut_val *v;
  yyjson_mut_arr_foreach (list, i, n, v) {
    if (i) buf_add_z(out, p->explode ? style->exploded : style->joint);
    if (i && p->explode && style->named) codec_percent(out, p->name), buf_add_char(out, '=');
    rest_add_value(b, out, v, plain);
  }
}

// A value as simple, label or matrix: one path segment or one header.
static void rest_add_segment(struct rest_build *b, struct buf *out, yyjson_mut_val *v,
                             const struct tool_param *p) {
  const struct rest_style *style = &rest_styles[p->style];
  buf_add_z(out, style->prefix);
  if (style->named && !(rest_is_map(v) && p->explode)) {
    codec_percent(out, p->name);
    if (rest_value_text(v, b->arena).n) buf_add_char(out, '='); // RFC 6570 §3.2.7: ";empty"
  }
  if (p->style == TOOL_JSON)
    rest_add_text(out, rest_value_text(v, b->arena), p->in == TOOL_IN_HEADER);
  else if (rest_is_list(v))
    rest_add_items(b, out, v, p);
  else if (rest_is_map(v))
    rest_add_members(b, out, v, p);
  else
    rest_add_value(b, out, v, p->in == TOOL_IN_HEADER);
}

// ---- path

// URL parsers take "." and ".." for steps even as %2e%2e (WHATWG URL §4.4), so encoding does not help.
static bool rest_is_unsafe_segment(struct str s) {
  return s.n == 0 || str_is(s, ".") || str_is(s, "..");
}

static bool rest_check_segment(struct rest_build *b, const struct tool_param *p, yyjson_mut_val *v) {
  if (!v || yyjson_mut_is_null(v)) return rest_refuse(b, p->arg, "is needed: it stands in the path");
  bool empty = (rest_is_list(v) || rest_is_map(v)) && yyjson_mut_get_len(v) == 0;
  if (empty || rest_is_unsafe_segment(rest_value_text(v, b->arena)))
    return rest_refuse(b, p->arg, "stands in the path and may not be empty, \".\" or \"..\"");
  size_t i, n;
  yyjson_mut_val *item;
  if (rest_is_list(v) && p->style != TOOL_JSON)
    yyjson_mut_arr_foreach (v, i, n, item)
      if (rest_is_unsafe_segment(rest_value_text(item, b->arena)))
        return rest_refuse(b, p->arg, "stands in the path; no item may be empty, \".\" or \"..\"");
  return true;
}

// RFC 6570 §3.2.3, but that only slashes stay: '?' and '#' would end the path, and a '%' might hide a step.
static bool rest_add_reserved(struct rest_build *b, const struct tool_param *p, yyjson_mut_val *v) {
  struct str rest = rest_value_text(v, b->arena), segment;
  bool behind = b->url.n && b->url.p[b->url.n - 1] == '/';
  if (str_starts(rest, "/")) { // "/files/{+path}" has it already
    if (!behind) buf_add_char(&b->url, '/');
    rest = str_from(rest, 1);
  }
  for (bool first = true; str_cut(&rest, '/', &segment); first = false) {
    if (!first) buf_add_char(&b->url, '/');
    bool end = !first && !segment.n && !rest.p; // "a/b/" may be another thing than "a/b"
    if (rest_is_unsafe_segment(segment) && !end)
      return rest_refuse(b, p->arg,
                         "stands in the path; no part of it between slashes may be empty, \".\" or \"..\"");
    codec_percent(&b->url, segment);
  }
  return true;
}

static bool rest_add_path_value(struct rest_build *b, const struct tool_param *p) {
  yyjson_mut_val *v = rest_argument(b->arguments, p->arg);
  if (!rest_check_segment(b, p, v)) return false;
  if (p->style == TOOL_RESERVED && !rest_is_list(v) && !rest_is_map(v)) return rest_add_reserved(b, p, v);
  rest_add_segment(b, &b->url, v, p);
  return true;
}

static const struct tool_param *rest_path_param(const struct tool *t, struct str name) {
  for (size_t i = 0; i < t->param_count; i++)
    if (t->params[i].in == TOOL_IN_PATH && str_eq(t->params[i].name, name)) return &t->params[i];
  return NULL;
}

static void rest_add_literal(struct buf *out, char c) {
  unsigned char byte = (unsigned char)c;
  if (byte <= 0x20 || byte >= 0x7f || strchr("\"#<>\\^`{|}", c))
    buf_printf(out, "%%%02X", byte);
  else
    buf_add_char(out, c);
}

static bool rest_add_path(struct rest_build *b) {
  struct str path = b->tool->path;
  for (size_t i = 0; i < path.n; i++) {
    ptrdiff_t end = path.p[i] == '{' ? str_find(str_from(path, i), '}') : -1;
    if (end < 0) {
      if (path.p[i] == '?') b->separator = '&'; // some documents keep a fixed query in the path
      rest_add_literal(&b->url, path.p[i]);
      continue;
    }
    struct str name = str_make(path.p + i + 1, (size_t)end - 1);
    const struct tool_param *p = rest_path_param(b->tool, name);
    if (!p)
      return err_set(b->err, ERR_INTERNAL, "the path of %.*s has no parameter for {%.*s}",
                     STR_ARG(b->tool->name), STR_ARG(name));
    if (!rest_add_path_value(b, p)) return false;
    i += (size_t)end;
  }
  return true;
}

// ---- query

static void rest_begin_pair(struct rest_build *b) {
  buf_add_char(&b->url, b->separator);
  b->separator = '&';
}

// name[a][b]=v: OpenAPI defines one level; servers read more in the same way.
static void rest_add_deep(struct rest_build *b, struct str name, yyjson_mut_val *v, unsigned depth) {
  size_t i, n;
  yyjson_mut_val *key, *item;
  if (rest_is_map(v) && depth < REST_DEEP_MOST) {
    yyjson_mut_obj_foreach (v, i, n, key, item) {
      struct buf inner = BUF_MAX(REST_URL_MOST);
      buf_add(&inner, name);
      buf_add_z(&inner, "%5B");
      codec_percent(&inner, str_make(yyjson_mut_get_str(key), yyjson_mut_get_len(key)));
      buf_add_z(&inner, "%5D");
      rest_add_deep(b, buf_str(&inner), item, depth + 1);
      buf_free(&inner);
    }
  } else if (rest_is_list(v)) {
    yyjson_mut_arr_foreach (v, i, n, item) {
      rest_begin_pair(b);
      buf_add(&b->url, name);
      buf_add_char(&b->url, '=');
      rest_add_value(b, &b->url, item, false);
    }
  } else {
    rest_begin_pair(b);
    buf_add(&b->url, name);
    buf_add_char(&b->url, '=');
    rest_add_value(b, &b->url, v, false);
  }
}

static void rest_add_query(struct rest_build *b, const struct tool_param *p, yyjson_mut_val *v) {
  bool list = rest_is_list(v), map = rest_is_map(v);
  size_t i, n;
  yyjson_mut_val *item;
  if ((list || map) && yyjson_mut_get_len(v) == 0) return; // RFC 6570 §2.3: an empty list is undefined
  if (p->style == TOOL_DEEP && map) {
    struct buf name = BUF_MAX(REST_URL_MOST);
    codec_percent(&name, p->name);
    rest_add_deep(b, buf_str(&name), v, 0);
    buf_free(&name);
  } else if (list && p->explode && p->style != TOOL_JSON) {
    yyjson_mut_arr_foreach (v, i, n, item) {
      rest_begin_pair(b);
      codec_percent(&b->url, p->name);
      buf_add_char(&b->url, '=');
      rest_add_value(b, &b->url, item, false);
    }
  } else if (map && p->explode && p->style != TOOL_JSON) {
    rest_begin_pair(b); // the members stand for themselves: R=100&G=200
    rest_add_members(b, &b->url, v, p);
  } else {
    rest_begin_pair(b);
    codec_percent(&b->url, p->name);
    buf_add_char(&b->url, '=');
    rest_add_segment(b, &b->url, v, p);
  }
}

// ---- headers and cookies

static void rest_add_header(struct rest_build *b, struct str name, struct str value) {
  b->headers.items[b->headers.count++] = (struct http_header){name, value};
}

static bool rest_is_credential(const struct account *account, struct str name, bool query) {
  for (size_t i = 0; i < account->send_count; i++) {
    const struct account_send *s = &account->sends[i];
    if ((s->in == CONNECTOR_QUERY) == query && (query ? str_eq(s->name, name) : str_eq_nocase(s->name, name)))
      return true;
  }
  return false;
}

// A query parameter, or a member of one where those stand for themselves.
static bool rest_names_credential(const struct rest_build *b, const struct tool_param *p, yyjson_mut_val *v) {
  size_t i, n;
  yyjson_mut_val *key, *item;
  if (rest_is_credential(b->account, p->name, true)) return true;
  if (!rest_is_map(v) || !p->explode) return false;
  yyjson_mut_obj_foreach (v, i, n, key, item)
    if (rest_is_credential(b->account, str_make(yyjson_mut_get_str(key), yyjson_mut_get_len(key)), true))
      return true;
  return false;
}

static bool rest_add_header_param(struct rest_build *b, const struct tool_param *p, yyjson_mut_val *v) {
  if (!codec_is_token(p->name) || header_is_own(p->name) || rest_is_credential(b->account, p->name, false))
    return rest_refuse(b, p->arg, "would set a header that arguments may not set");
  struct buf value = BUF_MAX(REST_URL_MOST);
  rest_add_segment(b, &value, v, p);
  bool full = value.full;
  struct str text = arena_dup(b->arena, buf_str(&value));
  buf_free(&value);
  if (full) return rest_refuse(b, p->arg, "is too long for a header");
  if (!codec_is_field_value(text))
    return rest_refuse(b, p->arg, "goes into a header and may hold no line ends or other control characters");
  rest_add_header(b, p->name, text);
  return true;
}

// The account may send cookies too, as a header.
static bool rest_is_own_cookie(const struct account *account, struct str name) {
  struct str pair, own;
  for (size_t i = 0; i < account->send_count; i++) {
    const struct account_send *s = &account->sends[i];
    if (s->in == CONNECTOR_QUERY || !str_is_nocase(s->name, "Cookie")) continue;
    for (struct str rest = secret_reveal(s->value); str_cut(&rest, ';', &pair);)
      if (str_cut(&pair, '=', &own) && str_eq(str_trim(own), name)) return true;
  }
  return false;
}

static bool rest_add_cookie(struct rest_build *b, const struct tool_param *p, yyjson_mut_val *v) {
  if (!codec_is_token(p->name)) return rest_refuse(b, p->arg, "names a cookie that cannot be sent");
  if (rest_is_own_cookie(b->account, p->name))
    return rest_refuse(b, p->arg, "would replace the account's credential in a cookie");
  if (b->cookies.n) buf_add_z(&b->cookies, "; ");
  buf_add(&b->cookies, p->name);
  buf_add_char(&b->cookies, '=');
  struct tool_param joined = *p; // exploded cookies have no sound form (OpenAPI 3.1 §4.8.12.3): one pair
  joined.explode = false;
  rest_add_segment(b, &b->cookies, v, &joined);
  return true;
}

static bool rest_add_params(struct rest_build *b) {
  for (size_t i = 0; i < b->tool->param_count; i++) {
    const struct tool_param *p = &b->tool->params[i];
    yyjson_mut_val *v = p->in == TOOL_IN_PATH ? NULL : rest_argument(b->arguments, p->arg);
    if (!v || yyjson_mut_is_null(v)) continue;
    if (p->in == TOOL_IN_HEADER && !rest_add_header_param(b, p, v)) return false;
    if (p->in == TOOL_IN_COOKIE && !rest_add_cookie(b, p, v)) return false;
    if (p->in != TOOL_IN_QUERY) continue;
    if (rest_names_credential(b, p, v))
      return rest_refuse(b, p->arg, "would replace the account's credential in the query");
    rest_add_query(b, p, v);
  }
  return true;
}

// The credential goes last, and only here.
static void rest_add_credential(struct rest_build *b) {
  for (size_t i = 0; i < b->account->send_count; i++) {
    const struct account_send *s = &b->account->sends[i];
    if (s->in != CONNECTOR_QUERY) {
      struct str value = secret_reveal(s->value);
      if (b->cookies.n && str_is_nocase(s->name, "Cookie")) { // one header holds them all (RFC 6265 §5.4)
        value = ARENA_JOIN(b->arena, buf_str(&b->cookies), STR("; "), value);
        buf_clear(&b->cookies);
      }
      rest_add_header(b, s->name, value);
      continue;
    }
    rest_begin_pair(b);
    codec_percent(&b->url, s->name);
    buf_add_char(&b->url, '=');
    codec_percent(&b->url, secret_reveal(s->value));
  }
}

// ---- the whole

// The account's address, or that of the operation: one that the operator allowed, or the account's with another
// end. An account whose address ends otherwise than the API's leaves no saying where that would be.
static bool rest_add_base(struct rest_build *b) {
  const struct tool *t = b->tool;
  struct str base = str_trim_end(t->base_url.n ? t->base_url : b->account->base_url, '/');
  if (!str_starts(base, "https://") && !str_starts(base, "http://"))
    return err_set(b->err, ERR_INTERNAL, "the account %.*s has no base URL", STR_ARG(b->account->name));
  if (!t->base_url.n) {
    if (!str_ends(base, arena_z(b->arena, t->instead_of)))
      return err_set(
          b->err, ERR_INVALID,
          "this operation has an address of its own beside one that ends in %.*s, and the account's ends "
          "otherwise: it cannot be called with this account",
          STR_ARG(t->instead_of));
    base.n -= t->instead_of.n;
  }
  buf_add(&b->url, base);
  buf_add(&b->url, t->base_path);
  b->path_at = b->url.n;
  return true;
}

static bool rest_fill(struct rest_build *b) {
  if (!rest_add_base(b)) return false;
  if (!rest_add_path(b) || !rest_add_params(b)) return false;
  rest_add_credential(b);
  if (b->url.full || b->cookies.full)
    return err_set(b->err, ERR_INVALID, "the arguments make a URL or cookie longer than %d bytes",
                   REST_URL_MOST);
  if (b->cookies.n) rest_add_header(b, STR("Cookie"), arena_dup(b->arena, buf_str(&b->cookies)));
  rest_add_header(b, STR("Accept"), STR("application/json, text/*;q=0.9, */*;q=0.8"));
  return true;
}

bool rest_build(const struct tool *t, const struct account *account, yyjson_mut_val *arguments,
                struct arena *a, struct rest_request *out, struct err *err) {
  struct rest_build b = {
      .tool = t, .account = account, .arguments = arguments, .arena = a, .separator = '?', .err = err};
  struct rest_body body = {.bytes = BUF_MAX(REST_BODY_MOST)};
  b.url = b.cookies = BUF_MAX(REST_URL_MOST);
  size_t room = t->param_count + account->send_count + REST_FIXED_HEADERS + REST_HEADERS_SPARE;
  b.headers.items = ARENA_ARRAY(a, room, struct http_header);
  bool ok = rest_fill(&b) && rest_body_build(t, arguments, a, &body, err);
  if (ok && body.present) rest_add_header(&b, STR("Content-Type"), body.type);
  struct rest_request made = {arena_dup(a, buf_str(&b.url)), b.headers, body.bytes, body.present, b.path_at};
  ok = ok && reads_check_request(t, account, &made, a, err);
  if (ok)
    *out = made;
  else
    buf_free(&body.bytes);
  buf_free(&b.url);
  buf_free(&b.cookies);
  return ok;
}

void rest_request_free(struct rest_request *r) {
  buf_free(&r->body);
}
