// SPDX-License-Identifier: Apache-2.0
#include "openapi/servers.h"

#include "base/buf.h"
#include "data/json.h"
#include "data/uri.h"

enum { SERVERS_URL_MOST = 4096, SERVERS_MOST = 64 };

// ---- one server's address

// A variable by its default, else by the first of its values (3.0.3 §4.7.6).
static struct str servers_variable(yyjson_val *server, struct str name, struct arena *a) {
  yyjson_val *variable = yyjson_obj_getn(yyjson_obj_get(server, "variables"), name.p, name.n);
  yyjson_val *v = yyjson_obj_get(variable, "default");
  if (!v) v = yyjson_arr_get_first(yyjson_obj_get(variable, "enum"));
  if (yyjson_is_str(v)) return json_text(v);
  return yyjson_is_num(v) ? json_to_text(a, v) : STR_NONE;
}

static bool servers_fill(yyjson_val *server, struct str url, struct buf *out, struct arena *a,
                         struct err *err) {
  for (size_t i = 0; i < url.n; i++) {
    const char *end = url.p[i] == '{' ? memchr(url.p + i, '}', url.n - i) : NULL;
    if (!end) {
      buf_add_char(out, url.p[i]);
      continue;
    }
    struct str name = str_make(url.p + i + 1, (size_t)(end - url.p) - i - 1);
    struct str value = servers_variable(server, name, a);
    if (!value.p || str_find(value, '{') >= 0)
      return err_set(err, ERR_INVALID, "its address \"%.*s\" has {%.*s}, for which nothing gives a value",
                     STR_ARG(url), STR_ARG(name));
    buf_add(out, value);
    i = (size_t)(end - url.p);
  }
  return true;
}

// "api.example.com/v1" is written for an address, be it by the letter a relative one.
static struct str servers_mend(struct str url, struct arena *a) {
  struct str host = url;
  for (size_t i = 0; i < url.n && host.n == url.n; i++)
    if (strchr("/:?#", url.p[i])) host.n = i;
  bool local = str_is(host, "localhost"), named = host.n && host.p[0] != '.' && str_find(host, '.') > 0;
  if (!local && !named) return url;
  return ARENA_JOIN(a, local ? STR("http://") : STR("https://"), url);
}

// Whole, without query, fragment and the slash at the end.
static bool servers_url(yyjson_val *server, struct str at, struct arena *a, struct str *out,
                        struct err *err) {
  struct buf b = BUF_MAX(SERVERS_URL_MOST);
  struct str url = str_trim(json_str(server, "url")), whole;
  bool ok = servers_fill(server, url, &b, a, err);
  struct str filled = servers_mend(arena_dup(a, buf_str(&b)), a);
  buf_free(&b);
  if (!ok) return false;
  if (!uri_resolve(a, at, filled, &whole, err)) return err_wrap(err, "its address \"%.*s\"", STR_ARG(filled));
  while (whole.n && whole.p[whole.n - 1] == '/') whole.n--;
  *out = whole;
  return true;
}

// ---- the document's

static yyjson_val *servers_of(struct document *d, struct place at) {
  yyjson_val *list = document_get(d, at, "servers").value;
  return yyjson_obj_get(yyjson_arr_get_first(list), "url") ? list : NULL;
}

bool servers_base_url(struct document *d, struct str at, struct arena *a, struct str *out, struct err *err) {
  if (document_version(d) == DOCUMENT_2_0) return swagger_base_url(d, at, a, out, err);
  struct err first = {0}, why;
  yyjson_val *list = servers_of(d, document_root(d)), *server;
  size_t i, n;
  if (!list) { // 3.0.3 §4.7.1: the default is "/"
    if (uri_resolve(a, at, STR("/"), out, &why)) {
      out->n--;
      return true;
    }
    return err_set(err, ERR_INVALID, "the document does not say where the API is");
  }
  yyjson_arr_foreach (list, i, n, server) {
    if (servers_url(server, at, a, out, &why)) return true;
    if (!i) first = why;
  }
  *err = first;
  return err_wrap(err, "the document does not say where the API is");
}

// Where nothing says the host, operations are still beside each other by their paths.
void servers_init(struct servers *s) {
  struct err none;
  if (!servers_base_url(s->doc, s->base, s->arena, &s->said, &none)) s->said = STR_NONE;
  s->own = s->said;
  if (!s->own.n && !servers_base_url(s->doc, STR("https://here.invalid"), s->arena, &s->own, &none))
    s->own = STR_NONE;
  if (!s->base.n) s->base = s->own;
}

// ---- an operation's own

// Both are parsed already: what stands behind the host.
static struct str servers_path(struct str url) {
  struct uri u;
  struct err none;
  return uri_parse_http(url, &u, &none) ? u.path : STR_NONE;
}

static bool servers_same_origin(struct str a, struct str b) {
  struct uri x, y;
  struct err none;
  return uri_parse_http(a, &x, &none) && uri_parse_http(b, &y, &none) && uri_same_origin(&x, &y);
}

static bool servers_begins(struct str path, struct str with) {
  return path.n >= with.n && str_eq(str_make(path.p, with.n), with) &&
         (path.n == with.n || path.p[with.n] == '/');
}

// On the API's own origin: by what the end of the API's address gives way.
static bool servers_beside(const struct servers *s, struct str url, struct operation *op) {
  struct str base = servers_path(s->base), own = servers_path(s->own), path = servers_path(url);
  if (servers_same_origin(url, s->base)) {
    op->instead_of = base;
    op->base_path = path;
    return true;
  }
  if (!s->own.n || !servers_same_origin(url, s->own)) return false;
  // The connector's address stands for the document's: what the one leads to, the other leads to as well.
  if (str_ends(base, arena_z(s->arena, own))) {
    op->instead_of = own;
    op->base_path = path;
  } else if (servers_begins(path, own)) {
    op->instead_of = base;
    op->base_path = ARENA_JOIN(s->arena, base, str_from(path, own.n));
  } else if (!base.n) {
    op->instead_of = base;
    op->base_path = path;
  } else {
    return false;
  }
  return true;
}

static bool servers_allowed(const struct servers *s, struct str url) {
  for (size_t i = 0; i < s->origin_count; i++)
    if (servers_same_origin(url, s->origins[i])) return true;
  return false;
}

static bool servers_try(const struct servers *s, yyjson_val *server, struct operation *op, struct str *seen,
                        struct err *err) {
  struct str url, from = s->own.n ? s->own : s->base;
  if (!servers_url(server, from, s->arena, &url, err)) return false;
  *seen = url;
  if (servers_beside(s, url, op)) return true;
  if (!servers_allowed(s, url)) return err_set(err, ERR_DENIED, "no leave");
  op->base_url = url;
  return true;
}

bool servers_settle(const struct servers *s, struct operation *op, struct err *err) {
  yyjson_val *list = servers_of(s->doc, op->at), *server;
  if (!list) list = servers_of(s->doc, op->item);
  if (!list) list = servers_of(s->doc, op->item_base);
  if (!list || document_version(s->doc) == DOCUMENT_2_0) return true;
  struct err why = {0}, first = {0};
  struct str seen = STR_NONE;
  size_t i, n;
  yyjson_arr_foreach (list, i, n, server) {
    struct str url = STR_NONE;
    if (i == SERVERS_MOST) break;
    if (servers_try(s, server, op, &url, &why)) {
      if (str_eq(op->instead_of, op->base_path)) op->instead_of = op->base_path = STR_NONE;
      return true;
    }
    if (!seen.n) seen = url;
    if (!i) first = why;
  }
  if (!seen.n) {
    *err = first;
    return err_wrap(err, "the operation has a server of its own");
  }
  return err_set(err, ERR_DENIED,
                 "its server is %.*s, where the account is not; the setting upstream_origins can allow it",
                 STR_ARG(seen));
}
