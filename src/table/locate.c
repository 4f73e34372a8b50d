// SPDX-License-Identifier: Apache-2.0
#include "table/locate.h"

#include <ctype.h>

#include "data/json.h"

enum {
  LOCATE_FIND_DEPTH = 3,
  LOCATE_ENTITY = 3
}; // so many members of its own, and an object is a thing, not an envelope

// Members that hold the rows wherever they are met, the surest first.
static const char *const locate_names[] = {"result",  "results", "data",  "items", "rows",
                                           "records", "values",  "nodes", "edges", "value",
                                           "objects", "entries", "hits"};

// Names of members about the answer, in one word; and what is only a part of such names: "total_elements", "nextUrl".
static const char *const locate_words[] = {"total",  "count",  "page",    "pages", "limit",   "offset",
                                           "size",   "next",   "cursor",  "prev",  "success", "previous",
                                           "ok",     "status", "message", "error", "object",  "kind",
                                           "number", "first",  "last",    "empty", "more"};
static const char *const locate_parts[] = {"per",  "token", "current", "index",    "has",     "is",
                                           "url",  "items", "rows",    "results",  "records", "entries",
                                           "link", "start", "after",   "elements", "of",      "before",
                                           "end",  "key",   "skip",    "max",      "in",      "numbers"};

static bool locate_is_of(struct str word, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (str_is_nocase(word, list[i])) return true;
  return false;
}

bool locate_is_envelope_word(struct str key) {
  bool known = key.n > 0;
  size_t words = 0, at = 0;
  for (size_t end; known && at < key.n; at = end) {
    if (strchr("_-", key.p[at])) at++;
    for (end = at;
         end < key.n && !strchr("_-", key.p[end]) && (end == at || !isupper((unsigned char)key.p[end]));)
      end++;
    struct str word = str_make(key.p + at, end - at);
    bool whole = locate_is_of(word, locate_words, sizeof locate_words / sizeof *locate_words);
    known = whole || locate_is_of(word, locate_parts, sizeof locate_parts / sizeof *locate_parts);
    words += whole;
  }
  return known && words > 0;
}

static size_t locate_rank(struct str key) {
  size_t i = 0;
  while (i < sizeof locate_names / sizeof *locate_names && !str_is(key, locate_names[i])) i++;
  return i;
}

static bool locate_is_named(struct str key) {
  return locate_rank(key) < sizeof locate_names / sizeof *locate_names;
}

bool locate_read(struct str pointer, struct arena *a, struct locate_path *out, struct err *err) {
  out->n = 0;
  if (pointer.n && pointer.p[0] != '/')
    return err_set(err, ERR_INVALID, "\"%.*s\" is no JSON pointer: it begins with '/'",
                   pointer.n < 80 ? (int)pointer.n : 80, pointer.p);
  for (struct str rest = str_from(pointer, pointer.n ? 1 : 0), token;
       pointer.n && str_cut(&rest, '/', &token);) {
    if (out->n == LOCATE_DEPTH_MOST)
      return err_set(err, ERR_INVALID, "the pointer has more than %d levels", LOCATE_DEPTH_MOST);
    char *key = arena_z(a, token), *to = key;
    for (const char *p = key; *p; p++) { // RFC 6901 §4
      bool escaped = *p == '~' && (p[1] == '0' || p[1] == '1');
      *to++ = escaped ? (p[1] == '0' ? '~' : '/') : *p;
      p += escaped;
    }
    out->steps[out->n++] = (struct locate_step){str_make(key, (size_t)(to - key)), str_is(token, "*")};
  }
  if (out->n && out->steps[out->n - 1].each) out->n--; // an array's members are rows anyway
  return true;
}

static void locate_push(struct locate_path *p, struct str key, bool each) {
  if (p->n < LOCATE_DEPTH_MOST) p->steps[p->n++] = (struct locate_step){key, each};
}

static bool locate_holds_objects(yyjson_val *array) {
  return yyjson_is_arr(array) && yyjson_is_obj(yyjson_arr_get_first(array));
}

// Has an object so much of its own that an array in it is a part of it, rather than what it wraps?
static bool locate_is_entity(yyjson_val *object) {
  size_t i, n, own = 0;
  yyjson_val *key, *v;
  yyjson_obj_foreach (object, i, n, key, v)
    own += !yyjson_is_ctn(v) && !locate_is_envelope_word(json_text(key)) && !locate_is_named(json_text(key));
  return own >= LOCATE_ENTITY;
}

// Is this about the answer? A word of its own, or an object of such words.
static bool locate_is_aside(struct str key, yyjson_val *v) {
  static const char *const objects[] = {"result_info", "meta",     "_meta", "pagination",        "paging",
                                        "page_info",   "pageInfo", "links", "response_metadata", "pageable",
                                        "sort",        "_links"};
  if (!yyjson_is_ctn(v)) return locate_is_envelope_word(key);
  for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
    if (yyjson_is_obj(v) && str_is(key, objects[i])) return true;
  return false;
}

// The one array of an object that says nothing else but how the answer goes on: {"sites": [], "count": 0}.
static yyjson_val *locate_only(yyjson_val *object, struct str *name) {
  size_t i, n;
  yyjson_val *key, *v, *found = NULL;
  yyjson_obj_foreach (object, i, n, key, v) {
    bool rows = yyjson_is_arr(v);
    if (rows ? found != NULL : !locate_is_aside(json_text(key), v)) return NULL;
    if (!rows) continue;
    found = v;
    *name = json_text(key);
  }
  return found;
}

// The member of one object that holds rows: named so, else any array of objects unless the object is a thing itself.
static yyjson_val *locate_member(yyjson_val *object, struct str *name) {
  size_t i, n, best = SIZE_MAX, names = sizeof locate_names / sizeof *locate_names;
  yyjson_val *key, *v, *found = NULL;
  bool entity = locate_is_entity(object);
  yyjson_obj_foreach (object, i, n, key, v) {
    size_t rank = locate_rank(json_text(key));
    bool rows = locate_holds_objects(v) || (yyjson_is_arr(v) && rank < names);
    if (!rows || (rank == names && entity) || rank >= best) continue;
    best = rank;
    found = v;
    *name = json_text(key);
  }
  return found ? found : locate_only(object, name);
}

static bool locate_shallow(yyjson_val *v, size_t depth, struct locate_path *out) {
  struct str name;
  if (yyjson_is_arr(v)) return true;
  if (!yyjson_is_obj(v)) return false;
  if (locate_member(v, &name)) {
    locate_push(out, name, false);
    return true;
  }
  if (depth == 0 || locate_is_entity(v)) return false;
  size_t i, n, before = out->n;
  yyjson_val *key, *inner;
  yyjson_obj_foreach (v, i, n, key, inner) {
    if (!yyjson_is_obj(inner)) continue;
    locate_push(out, json_text(key), false);
    if (locate_shallow(inner, depth - 1, out)) return true;
    out->n = before;
  }
  return false;
}

// The one object that an envelope wraps: {"success": true, "result": {…}}.
static void locate_single(yyjson_val *root, struct locate_path *out) {
  static const char *const wraps[] = {"result", "data", "item", "value"};
  for (size_t i = 0; yyjson_is_obj(root) && !locate_is_entity(root) && i < sizeof wraps / sizeof *wraps;
       i++) {
    yyjson_val *inner = yyjson_obj_get(root, wraps[i]);
    if (!yyjson_is_obj(inner)) continue;
    locate_push(out, str_of(wraps[i]), false);
    return;
  }
}

// Down to the innermost array of objects, the first at each level.
static bool locate_deep(yyjson_val *v, struct locate_path *out) {
  size_t i, n, before = out->n;
  yyjson_val *key, *inner;
  if (yyjson_is_arr(v)) {
    yyjson_val *first = yyjson_arr_get_first(v);
    if (!yyjson_is_obj(first)) return true;
    locate_push(out, STR("*"), true);
    if (locate_deep(first, out)) return true;
    out->n = before; // its members are the rows
    return true;
  }
  if (!yyjson_is_obj(v) || out->n + 2 > LOCATE_DEPTH_MOST) return false;
  yyjson_obj_foreach (v, i, n, key, inner) {
    bool leads = yyjson_is_obj(inner) || locate_holds_objects(inner) ||
                 (yyjson_is_arr(inner) && yyjson_arr_size(inner) == 0);
    if (!leads || str_is(json_text(key), "errors")) continue;
    locate_push(out, json_text(key), false);
    if (locate_deep(inner, out)) return true;
    out->n = before;
  }
  return false;
}

void locate_find(yyjson_val *root, bool deep, struct locate_path *out) {
  out->n = 0;
  if (deep ? locate_deep(root, out) : locate_shallow(root, LOCATE_FIND_DEPTH, out)) return;
  out->n = 0;
  locate_single(root, out);
}

struct locate_at {
  const struct locate_path *path;
  struct locate_walk *walk;
  struct locate_parent parents[LOCATE_DEPTH_MOST];
};

static bool locate_rows(struct locate_at *at, yyjson_val *v, size_t parents) {
  if (!v || yyjson_is_null(v)) return true;
  if (!yyjson_is_arr(v)) return at->walk->row(at->walk->arg, v, at->parents, parents);
  at->walk->array = v;
  size_t i, n;
  yyjson_val *row;
  yyjson_arr_foreach (v, i, n, row)
    if (!at->walk->row(at->walk->arg, row, at->parents, parents)) return false;
  return true;
}

static bool locate_down(struct locate_at *at, yyjson_val *v, size_t step, size_t parents, struct str key) {
  if (step == at->path->n) return locate_rows(at, v, parents);
  const struct locate_step *s = &at->path->steps[step];
  if (step && yyjson_is_obj(v)) at->parents[parents++] = (struct locate_parent){key, v};
  if (!s->each) {
    yyjson_val *inner = yyjson_is_obj(v) ? yyjson_obj_getn(v, s->key.p, s->key.n) : NULL;
    uint64_t index;
    if (yyjson_is_arr(v) && str_to_u64(s->key, &index)) inner = yyjson_arr_get(v, (size_t)index);
    return !inner || locate_down(at, inner, step + 1, parents, s->key);
  }
  size_t i, n;
  yyjson_val *member;
  if (yyjson_is_arr(v)) {
    yyjson_arr_foreach (v, i, n, member)
      if (!locate_down(at, member, step + 1, parents, key)) return false;
  }
  return true;
}

bool locate_each(yyjson_val *root, const struct locate_path *path, struct locate_walk *walk) {
  struct locate_at at = {.path = path, .walk = walk};
  walk->array = NULL;
  return locate_down(&at, root, 0, 0, STR(""));
}
