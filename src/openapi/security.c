// SPDX-License-Identifier: Apache-2.0
#include "openapi/security.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/codec.h"
#include "data/json.h"
#include "data/uri.h"
#include "openapi/text.h"

enum {
  SECURITY_SETS_MOST = 64,
  SECURITY_NAME_MOST = 32,
  SECURITY_LABEL_MOST = 80,
  SECURITY_TEXT_MOST = 1024,
  SECURITY_SCOPES_MOST = 4096,
  SECURITY_CLIENT_PARTS = 2, // id and secret
};

struct security_set { // schemes that are asked for together
  yyjson_val *names;  // object, of which the keys count; NULL: `one`
  struct str one;
  bool open;
  size_t asked, order;
};

struct security {
  struct document *doc;
  struct arena *arena;
  struct str base;
  struct place schemes;
  struct security_set sets[SECURITY_SETS_MOST];
  size_t count;
  yyjson_mut_doc *out;
  struct buf *remarks;
};

struct security_way {
  struct security *s;
  yyjson_mut_val *fields, *sends;
  struct buf cookies, sent; // `sent`: what tells the way from others
  struct str oauth;         // the scheme of OAuth; empty: none
  int rank;                 // that is looked for
  yyjson_mut_val *client;   // client_credentials; NULL: none
  bool authorizes;          // a send has the header Authorization
};

// Kept, and as good as never to be touched again; to be renewed by hand; nothing to show.
enum { SECURITY_STANDING, SECURITY_OAUTH, SECURITY_OPEN, SECURITY_RANKS };

// ---- what is asked for

static bool security_same(yyjson_val *a, yyjson_val *b) {
  bool same = yyjson_obj_size(a) == yyjson_obj_size(b);
  yyjson_obj_iter it = yyjson_obj_iter_with(a);
  for (yyjson_val *key; same && (key = yyjson_obj_iter_next(&it));)
    same = yyjson_obj_getn(b, yyjson_get_str(key), yyjson_get_len(key)) != NULL;
  return same;
}

static void security_count(struct security *s, yyjson_val *list) {
  size_t i, n;
  yyjson_val *set;
  yyjson_arr_foreach (list, i, n, set) {
    size_t k = 0;
    while (k < s->count && !security_same(s->sets[k].names, set)) k++;
    if (k == SECURITY_SETS_MOST || !yyjson_is_obj(set)) continue;
    if (k == s->count) s->sets[s->count++] = (struct security_set){.names = set, .order = k};
    s->sets[k].asked++;
  }
}

static int security_by_asked(const void *a, const void *b) {
  const struct security_set *x = a, *y = b;
  if (x->asked != y->asked) return x->asked > y->asked ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static void security_count_operations(struct security *s, struct place root) {
  struct place paths = document_get(s->doc, root, "paths"), item, operation;
  size_t i, n, j, m;
  yyjson_val *path, *v, *method, *op;
  struct err ignored;
  EACH_MEMBER(paths.value, i, n, path, v) {
    if (!document_resolve(s->doc, (struct place){v, paths.file}, &item, &ignored)) continue;
    EACH_MEMBER(item.value, j, m, method, op) {
      if (document_resolve(s->doc, (struct place){op, item.file}, &operation, &ignored))
        security_count(s, yyjson_obj_get(operation.value, "security"));
    }
  }
  if (s->count) qsort(s->sets, s->count, sizeof *s->sets, security_by_asked);
}

// The document's own word, else that of its operations, else each scheme that it knows.
static void security_collect(struct security *s, struct place root) {
  yyjson_val *word = yyjson_obj_get(root.value, "security"), *key, *v;
  size_t i, n;
  security_count(s, word);
  if (!s->count) security_count_operations(s, root);
  if (!s->count && yyjson_is_arr(word) && !yyjson_obj_size(s->schemes.value)) // whoever asks is served
    s->sets[s->count++] = (struct security_set){.open = true};
  if (s->count) return;
  EACH_MEMBER(s->schemes.value, i, n, key, v) {
    if (s->count < SECURITY_SETS_MOST) s->sets[s->count++] = (struct security_set){.one = json_text(key)};
  }
}

// ---- one scheme

static void security_put(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, struct str text) {
  yyjson_mut_obj_add_strncpy(doc, object, key, text.p ? text.p : "", text.n);
}

// "X-Api-Key" → x_api_key: a word that no field of the way has.
static struct str security_word(struct security *s, struct str name, yyjson_mut_val *taken, const char *key) {
  char word[SECURITY_NAME_MOST + 1];
  size_t n = 0, i, count;
  for (size_t k = 0; k < name.n && n < SECURITY_NAME_MOST - 3; k++) {
    char c = (char)tolower((unsigned char)name.p[k]);
    bool fine = (c >= 'a' && c <= 'z') || (n && c >= '0' && c <= '9');
    if (fine || (n && word[n - 1] != '_')) word[n++] = fine ? c : '_';
  }
  while (n && word[n - 1] == '_') n--;
  if (!n) word[n++] = 'k';
  struct str out = arena_dup(s->arena, str_make(word, n));
  yyjson_mut_val *item;
  for (unsigned twin = 2;; twin++) {
    bool free = true;
    yyjson_mut_arr_foreach (taken, i, count, item) {
      yyjson_mut_val *other = yyjson_mut_obj_get(item, key);
      free &= !str_eq(str_make(yyjson_mut_get_str(other), yyjson_mut_get_len(other)), out);
    }
    if (free) return out;
    out = arena_printf(s->arena, "%.*s_%u", (int)n, word, twin);
  }
}

// A field is asked for; its template is given back: "{token}".
static struct str security_field(struct security_way *w, struct str name, struct str label, bool secret) {
  struct security *s = w->s;
  struct str word = security_word(s, name, w->fields, "name");
  if (w->client && (str_is(word, "client_id") || str_is(word, "client_secret"))) // the way has it by itself
    return arena_printf(s->arena, "{%.*s}", STR_ARG(word));
  if (w->client && str_is(word, "token_url")) word = STR("api_token_url"); // the way's own
  yyjson_mut_val *field = yyjson_mut_arr_add_obj(s->out, w->fields);
  security_put(s->out, field, "name", word);
  security_put(s->out, field, "label", text_brief(s->arena, label, SECURITY_LABEL_MOST));
  yyjson_mut_obj_add_bool(s->out, field, "secret", secret);
  return arena_printf(s->arena, "{%.*s}", STR_ARG(word));
}

static yyjson_mut_val *security_send(struct security_way *w, const char *in, struct str name) {
  yyjson_mut_val *send = yyjson_mut_arr_add_obj(w->s->out, w->sends);
  yyjson_mut_obj_add_str(w->s->out, send, "in", in);
  if (name.n) security_put(w->s->out, send, "name", name);
  buf_printf(&w->sent, "%s %.*s\n", in, STR_ARG(name));
  w->authorizes |= !strcmp(in, "bearer") || !strcmp(in, "basic") || str_is_nocase(name, "Authorization");
  return send;
}

static bool security_add_key(struct security_way *w, yyjson_val *scheme, struct str label) {
  struct str name = json_str(scheme, "name"), in = json_str(scheme, "in");
  bool header = str_is(in, "header"), query = str_is(in, "query"), cookie = str_is(in, "cookie");
  if (!codec_is_token(name) || !(header || query || cookie)) return false;
  struct str field = security_field(w, name, label, true);
  if (cookie) {
    buf_printf(&w->cookies, "%s%.*s=%.*s", w->cookies.n ? "; " : "", STR_ARG(name), STR_ARG(field));
    buf_printf(&w->sent, "cookie %.*s\n", STR_ARG(name));
  } else {
    security_put(w->s->out, security_send(w, header ? "header" : "query", name), "value", field);
  }
  return true;
}

static bool security_add_bearer(struct security_way *w, struct str label) {
  security_put(w->s->out, security_send(w, "bearer", STR_NONE), "value",
               security_field(w, STR("token"), label, true));
  return true;
}

static bool security_add_basic(struct security_way *w) {
  yyjson_mut_val *send = security_send(w, "basic", STR_NONE);
  security_put(w->s->out, send, "user", security_field(w, STR("user"), STR("User"), false));
  security_put(w->s->out, send, "password", security_field(w, STR("password"), STR("Password"), true));
  return true;
}

// "a b": those that are scopes (RFC 6749 §3.3) and have room.
static struct str security_scope(struct security *s, yyjson_val *scopes) {
  struct buf out = BUF_MAX(SECURITY_SCOPES_MOST);
  yyjson_val *key, *v;
  size_t i, n;
  EACH_MEMBER(scopes, i, n, key, v) {
    struct str scope = json_text(key);
    bool sound = scope.n > 0 && scope.n + out.n + 1 < SECURITY_SCOPES_MOST;
    for (size_t k = 0; sound && k < scope.n; k++)
      sound = scope.p[k] > ' ' && scope.p[k] <= '~' && scope.p[k] != '"' && scope.p[k] != '\\';
    if (sound) buf_printf(&out, "%s%.*s", out.n ? " " : "", STR_ARG(scope));
  }
  struct str text = arena_dup(s->arena, buf_str(&out));
  buf_free(&out);
  return text;
}

// The flow of RFC 6749 §4.4, where the scheme has it and its token URL is an address.
static bool security_add_client(struct security_way *w, struct place scheme) {
  struct security *s = w->s;
  bool old = str_is_nocase(json_str(scheme.value, "flow"), "application"); // Swagger 2.0
  struct place flow =
      old ? scheme : document_get(s->doc, document_get(s->doc, scheme, "flows"), "clientCredentials");
  struct str given = json_str(flow.value, "tokenUrl"), url = given;
  struct uri uri;
  struct err none;
  if (!given.n || w->client) return false;
  if (!uri_parse_http(given, &uri, &none) &&
      (!uri_resolve(s->arena, s->base, given, &url, &none) || !uri_parse_http(url, &uri, &none)))
    return false;
  if (uri.fragment.p) return false;
  struct str scope = security_scope(s, yyjson_obj_get(flow.value, "scopes"));
  w->client = yyjson_mut_obj(s->out);
  security_put(s->out, w->client, "token_url", url);
  if (scope.n) security_put(s->out, w->client, "scope", scope);
  buf_printf(&w->sent, "client %.*s\n", STR_ARG(url));
  return true;
}

static bool security_is_oauth(struct str type) {
  return str_is_nocase(type, "oauth2") || str_is_nocase(type, "openIdConnect");
}

static bool security_add_oauth(struct security_way *w, struct str name, struct place scheme) {
  if (w->rank == SECURITY_STANDING && security_add_client(w, scheme)) return true;
  w->oauth = name;
  return security_add_bearer(w, STR("Access token"));
}

// `oauth`: one of OAuth, or else any other.
static bool security_add_scheme(struct security_way *w, struct str name, bool oauth) {
  struct security *s = w->s;
  struct place at = {yyjson_obj_getn(s->schemes.value, name.p, name.n), s->schemes.file};
  struct err ignored;
  if (!document_resolve(s->doc, at, &at, &ignored)) return false;
  struct str type = json_str(at.value, "type"), scheme = json_str(at.value, "scheme");
  if (security_is_oauth(type) != oauth) return true;
  if (oauth) return security_add_oauth(w, name, at);
  struct str label = json_str(at.value, "description");
  if (!label.n) label = str_is_nocase(type, "apiKey") ? json_str(at.value, "name") : name;
  if (str_is_nocase(type, "apiKey")) return security_add_key(w, at.value, label);
  if (str_is_nocase(type, "basic")) return security_add_basic(w); // Swagger 2.0
  if (str_is_nocase(type, "http") && str_is_nocase(scheme, "basic")) return security_add_basic(w);
  return str_is_nocase(type, "http") && str_is_nocase(scheme, "bearer") && security_add_bearer(w, label);
}

// ---- one way

static void security_name(const struct security_set *set, struct buf *names) {
  if (!set->names) buf_add(names, set->one);
  yyjson_obj_iter it = yyjson_obj_iter_with(set->names);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));)
    buf_printf(names, "%s%.*s", names->n ? " and " : "", STR_ARG(json_text(key)));
}

// OAuth first: what a client has by itself is no field of the others.
static bool security_add_schemes(struct security_way *w, const struct security_set *set) {
  bool ok = true;
  for (int oauth = 1; ok && oauth >= 0 && !set->open; oauth--) {
    if (!set->names) ok = security_add_scheme(w, set->one, oauth);
    yyjson_obj_iter it = yyjson_obj_iter_with(set->names);
    for (yyjson_val *key; ok && (key = yyjson_obj_iter_next(&it));)
      ok = security_add_scheme(w, json_text(key), oauth);
  }
  return ok && !(w->client && w->authorizes);
}

static int security_rank(const struct security_way *w) {
  if (w->client) return SECURITY_STANDING;
  if (!yyjson_mut_arr_size(w->fields)) return SECURITY_OPEN;
  return w->oauth.n ? SECURITY_OAUTH : SECURITY_STANDING;
}

// What sends the same as another is no other way.
static bool security_is_new(struct security_way *w, struct buf *seen) {
  buf_add_z(&w->sent, security_rank(w) == SECURITY_OPEN ? "open\n\n" : "\n");
  struct str key = ARENA_JOIN(w->s->arena, STR("\n"), buf_str(&w->sent));
  if (str_contains(buf_str(seen), key)) return false;
  buf_add(seen, key);
  return true;
}

static void security_append(struct security_way *w, struct str label, yyjson_mut_val *ways) {
  struct security *s = w->s;
  yyjson_mut_val *way = yyjson_mut_arr_add_obj(s->out, ways);
  bool open = security_rank(w) == SECURITY_OPEN;
  struct str id = w->client ? STR("client_credentials") : open ? STR("Open") : label;
  if (open) label = STR("Open");
  if (w->client) label = ARENA_JOIN(s->arena, label, STR(", client credentials"));
  security_put(s->out, way, "id", security_word(s, id, ways, "id"));
  security_put(s->out, way, "label", text_brief(s->arena, label, SECURITY_LABEL_MOST));
  if (open) {
    yyjson_mut_obj_add_bool(s->out, way, "open", true);
    return;
  }
  if (w->client) yyjson_mut_obj_add_val(s->out, way, "client_credentials", w->client);
  if (yyjson_mut_arr_size(w->fields)) yyjson_mut_obj_add_val(s->out, way, "fields", w->fields);
  if (yyjson_mut_arr_size(w->sends)) yyjson_mut_obj_add_val(s->out, way, "send", w->sends);
  if (w->oauth.n)
    buf_printf(s->remarks,
               "The scheme %.*s is OAuth: an account takes an access token of it, which is not renewed.\n",
               STR_ARG(w->oauth));
}

static void security_add_way(struct security *s, const struct security_set *set, int rank,
                             yyjson_mut_val *ways, struct buf *seen) {
  struct security_way w = {
      .s = s, .fields = yyjson_mut_arr(s->out), .sends = yyjson_mut_arr(s->out), .rank = rank};
  struct buf names = BUF_MAX(SECURITY_TEXT_MOST);
  w.cookies = w.sent = BUF_MAX(SECURITY_TEXT_MOST);
  security_name(set, &names);
  bool ok = security_add_schemes(&w, set);
  if (w.cookies.n)
    security_put(s->out, security_send(&w, "header", STR("Cookie")), "value", buf_str(&w.cookies));
  size_t own = w.client ? SECURITY_CLIENT_PARTS : 0;
  bool fits = yyjson_mut_arr_size(w.fields) + own <= SECURITY_PARTS_MOST && !names.full && !w.cookies.full &&
              !w.sent.full;
  if (ok && fits && security_rank(&w) == rank && security_is_new(&w, seen))
    security_append(&w, buf_str(&names), ways);
  if (!(ok && fits) && rank == SECURITY_STANDING && !w.client)
    buf_printf(s->remarks, "The scheme %.*s is none that can be sent.\n", STR_ARG(buf_str(&names)));
  buf_free(&names);
  buf_free(&w.cookies);
  buf_free(&w.sent);
}

void security_ways(const struct security_ask *ask, yyjson_mut_doc *out, yyjson_mut_val *ways) {
  struct document *d = ask->doc;
  struct place root = document_root(d);
  struct security s = {.doc = d, .arena = ask->arena, .base = ask->base, .out = out, .remarks = ask->remarks};
  s.schemes = document_version(d) == DOCUMENT_2_0
                  ? document_get(d, root, "securityDefinitions")
                  : document_get(d, document_get(d, root, "components"), "securitySchemes");
  security_collect(&s, root);
  struct buf seen = BUF_MAX(SECURITY_SETS_MOST * SECURITY_TEXT_MOST);
  for (int rank = 0; rank < SECURITY_RANKS; rank++)
    for (size_t i = 0; i < s.count && yyjson_mut_arr_size(ways) < SECURITY_WAYS_MOST; i++)
      security_add_way(&s, &s.sets[i], rank, ways, &seen);
  buf_free(&seen);
}
