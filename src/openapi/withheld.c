// SPDX-License-Identifier: Apache-2.0
#include "openapi/withheld.h"

#include <ctype.h>

#include "base/header.h"
#include "data/json.h"

struct withheld_name {
  struct str scheme; // of the document, that no way of the connector sends; empty: the account does
  bool told;
};

// Names of headers have no case.
static struct str withheld_key(struct arena *a, struct str in, struct str name) {
  struct str key = ARENA_JOIN(a, in, STR(" "), name);
  char *p = arena_z(a, key);
  for (size_t i = 0; i < key.n && str_is(in, "header"); i++) p[i] = (char)tolower((unsigned char)p[i]);
  return str_make(p, key.n);
}

static void withheld_add(struct withheld *w, struct str in, struct str name, struct str scheme) {
  struct str key = withheld_key(w->arena, in, name);
  if (!name.n || map_get(&w->names, key)) return;
  struct withheld_name *made = ARENA_NEW(w->arena, struct withheld_name);
  made->scheme = scheme;
  map_put(&w->names, key, made);
}

// "Cookie: sid={sid}; …" sends cookies.
static void withheld_add_cookies(struct withheld *w, struct str value) {
  struct str pair, name;
  while (str_cut(&value, ';', &pair))
    if (str_cut(&pair, '=', &name)) withheld_add(w, STR("cookie"), str_trim(name), STR_NONE);
}

static void withheld_add_ways(struct withheld *w, yyjson_val *word) {
  yyjson_val *way, *send;
  size_t i, n, j, m;
  yyjson_arr_foreach (yyjson_obj_get(word, "auth"), i, n, way) {
    yyjson_arr_foreach (yyjson_obj_get(way, "send"), j, m, send) {
      withheld_add(w, json_str(send, "in"), json_str(send, "name"), STR_NONE);
      if (str_is_nocase(json_str(send, "name"), "Cookie")) withheld_add_cookies(w, json_str(send, "value"));
    }
  }
}

void withheld_init(struct withheld *w, struct document *d, yyjson_val *word, struct arena *a) {
  *w = (struct withheld){.arena = a};
  withheld_add_ways(w, word);
  struct place root = document_root(d), schemes = document_get(d, root, "securityDefinitions");
  if (document_version(d) != DOCUMENT_2_0)
    schemes = document_get(d, document_get(d, root, "components"), "securitySchemes");
  yyjson_val *key, *v;
  size_t i, n;
  EACH_MEMBER(schemes.value, i, n, key, v) {
    struct place scheme;
    struct err ignored;
    if (!document_resolve(d, (struct place){v, schemes.file}, &scheme, &ignored)) continue;
    if (str_is_nocase(json_str(scheme.value, "type"), "apiKey"))
      withheld_add(w, json_str(scheme.value, "in"), json_str(scheme.value, "name"), json_text(key));
  }
}

void withheld_free(struct withheld *w) {
  map_free(&w->names);
}

static bool withheld_is(struct withheld *w, const struct operation *op, const struct parameter *p,
                        struct notes *notes) {
  if (p->in == IN_PATH) return false;
  if (p->in == IN_HEADER && header_is_own(p->name)) return true;
  struct withheld_name *by =
      map_get(&w->names, withheld_key(w->arena, str_of(operation_in_names[p->in]), p->name));
  if (!by) return false;
  if (by->scheme.n && !by->told) // once, of as many operations as there may be
    notes_add(
        notes, OPENAPI_WARNING, op->key, p->at,
        arena_printf(w->arena,
                     "parameter `%.*s` is no argument but the credential of security scheme `%.*s`, which no "
                     "way of the connector sends",
                     STR_ARG(p->name), STR_ARG(by->scheme)));
  by->told = true;
  return true;
}

void withheld_drop(struct withheld *w, struct operation *op, struct notes *notes) {
  size_t kept = 0;
  for (size_t i = 0; i < op->param_count; i++)
    if (!withheld_is(w, op, &op->params[i], notes)) op->params[kept++] = op->params[i];
  op->param_count = kept;
}
