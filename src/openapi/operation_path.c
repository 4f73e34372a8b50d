// SPDX-License-Identifier: Apache-2.0
// The path of an operation and its parameters, which documents often let drift apart: other case or separators
// ({userId}, user_id), a parameter that is declared for the query or not at all. What is meant is found, and a
// note says how it was read.
#include <ctype.h>

#include "base/buf.h"
#include "data/json.h"
#include "openapi/operation.h"
#include "openapi/template.h"

enum { PATH_BYTES_MOST = 8 * 1024 };

struct path_job {
  struct schema_pool *pool;
  struct operation *op;
  struct template t;
  size_t at[TEMPLATE_PARTS_MOST]; // of each part its parameter; NONE: not found yet
  bool used[PARAMETERS_MOST + 1];
};

#define NONE ((size_t)-1)

static void path_warn(struct path_job *j, struct place at, struct str text) {
  notes_add(j->pool->notes, OPENAPI_WARNING, j->op->key, at, text);
}

// "userId" is "user_id": letters and digits alone, in any case.
static bool path_same_name(struct str a, struct str b) {
  size_t i = 0, k = 0;
  for (;;) {
    while (i < a.n && !isalnum((unsigned char)a.p[i])) i++;
    while (k < b.n && !isalnum((unsigned char)b.p[k])) k++;
    if (i == a.n || k == b.n) return i == a.n && k == b.n;
    if (tolower((unsigned char)a.p[i++]) != tolower((unsigned char)b.p[k++])) return false;
  }
}

static size_t path_find(const struct path_job *j, struct str name, bool in_path,
                        bool same(struct str, struct str)) {
  for (size_t i = 0; i < j->op->param_count; i++) {
    const struct parameter *p = &j->op->params[i];
    if ((p->in == IN_PATH) == in_path && (in_path || p->in == IN_QUERY) && same(p->name, name)) return i;
  }
  return NONE;
}

static void path_take(struct path_job *j, size_t part, size_t param) {
  j->at[part] = param;
  j->used[param] = true;
}

// By what is written; `same` says how closely.
static void path_match(struct path_job *j, bool same(struct str, struct str)) {
  for (size_t i = 0; i < j->t.count; i++) {
    const struct template_part *part = &j->t.parts[i];
    if (j->at[i] != NONE) continue;
    size_t param = path_find(j, part->raw, true, same);
    if (param == NONE) param = path_find(j, part->name, true, same);
    if (param == NONE && part->query) param = path_find(j, part->name, false, same);
    if (param == NONE || (j->used[param] && same != str_eq)) continue;
    if (!part->query && !str_eq(j->op->params[param].name, part->name) &&
        !str_eq(j->op->params[param].name, part->raw))
      path_warn(j, j->op->params[param].at,
                arena_printf(j->pool->arena, "the path calls parameter `%.*s` {%.*s}",
                             STR_ARG(j->op->params[param].name), STR_ARG(part->raw)));
    path_take(j, i, param);
  }
}

// One name in the path that nobody declares, and one path parameter that the path does not name: the same.
static void path_match_last(struct path_job *j) {
  size_t part = NONE, param = NONE, parts = 0, params = 0;
  for (size_t i = 0; i < j->t.count; i++)
    if (j->at[i] == NONE) part = i, parts++;
  for (size_t i = 0; i < j->op->param_count; i++)
    if (j->op->params[i].in == IN_PATH && !j->used[i]) param = i, params++;
  if (parts != 1 || params != 1) return;
  path_warn(j, j->op->params[param].at,
            arena_printf(j->pool->arena, "path parameter `%.*s` is taken for {%.*s} of the path",
                         STR_ARG(j->op->params[param].name), STR_ARG(j->t.parts[part].raw)));
  path_take(j, part, param);
}

// Declared for the query, or nowhere.
static bool path_make(struct path_job *j, size_t i, struct err *err) {
  const struct template_part *part = &j->t.parts[i];
  struct arena *a = j->pool->arena;
  size_t param = path_find(j, part->name, false, str_eq);
  if (param != NONE) {
    struct parameter *p = &j->op->params[param];
    path_warn(j, p->at,
              arena_printf(a, "parameter `%.*s` stands in the path, not in the query", STR_ARG(p->name)));
    p->in = IN_PATH;
    p->style = "simple";
    p->explode = false;
  } else {
    struct parameter p = {.at = document_plain_text(j->pool->doc), .name = part->name};
    p.in = part->query ? IN_QUERY : IN_PATH;
    p.style = part->query ? "form" : "simple";
    p.explode = part->query;
    p.schema = openapi_pool_add(j->pool, p.at, p.name);
    path_warn(j, j->op->at,
              arena_printf(a, "parameter `%.*s` of the path is not declared; it is taken for a text",
                           STR_ARG(p.name)));
    if (!operation_push_param(j->pool, j->op, &p, err)) return false;
    param = path_find(j, part->name, p.in == IN_PATH, str_eq);
  }
  path_take(j, i, param);
  return true;
}

// The form that the path gives it. A name that the toolset's own braces could not hold gives way.
static void path_form(const struct template_part *part, struct parameter *p) {
  p->in = part->query ? IN_QUERY : IN_PATH;
  if (part->query && !str_is(str_of(p->style), "json")) {
    p->style = "form";
    p->explode = part->explode;
    return;
  }
  p->required |= p->in == IN_PATH;
  if (part->style && str_is(str_of(p->style), "simple")) p->style = part->style;
  if ((part->whole || p->whole) && str_is(str_of(p->style), "simple")) p->style = "reserved";
  p->explode |= part->explode;
  for (size_t i = 0; i < p->name.n; i++)
    if (strchr("{}/?#", p->name.p[i])) p->name = part->name;
}

static bool path_write(struct path_job *j, struct err *err) {
  struct buf b = BUF_MAX(PATH_BYTES_MOST);
  for (size_t i = 0; i < j->t.count; i++) {
    const struct template_part *part = &j->t.parts[i];
    struct parameter *p = &j->op->params[j->at[i]];
    path_form(part, p);
    buf_add(&b, part->before);
    if (!part->query) buf_printf(&b, "{%.*s}", STR_ARG(p->name));
  }
  buf_add(&b, j->t.rest);
  if (!b.n) buf_add_char(&b, '/');
  j->op->wire = arena_dup(j->pool->arena, buf_str(&b));
  j->op->path = ARENA_JOIN(j->pool->arena, j->op->wire, j->t.fragment);
  bool ok = !b.full && j->op->wire.p[0] == '/';
  buf_free(&b);
  return ok || err_set(err, ERR_INVALID, "the path does not begin with '/', or is too long");
}

// What stands in the path is no argument, and what does not stand in it cannot be sent.
static void path_drop_unused(struct path_job *j) {
  size_t kept = 0;
  for (size_t i = 0; i < j->op->param_count; i++) {
    if (j->op->params[i].in == IN_PATH && !j->used[i])
      path_warn(j, j->op->params[i].at,
                arena_printf(j->pool->arena, "path parameter `%.*s` is not in the path and left out",
                             STR_ARG(j->op->params[i].name)));
    else
      j->op->params[kept++] = j->op->params[i];
  }
  j->op->param_count = kept;
}

// Where `c` first stands outside of braces; the end where it does not.
static size_t path_outside(struct str path, char c) {
  unsigned depth = 0;
  for (size_t i = 0; i < path.n; i++) {
    if (path.p[i] == c && !depth) return i;
    if (path.p[i] == '{') depth++;
    if (path.p[i] == '}' && depth) depth--;
  }
  return path.n;
}

// `/things?kind={kind}&all=1`: the pairs behind the '?'. One with a value of its own is sent as it stands, and no
// argument says it again; one that only names a parameter is left to that.
static struct str path_fixed_pairs(struct path_job *j, struct str path) {
  size_t mark = path_outside(path, '?'), end = path_outside(path, '#');
  if (mark >= end) return path;
  struct str rest = str_make(path.p + mark + 1, end - mark - 1), pair, name;
  struct buf b = BUF_MAX(PATH_BYTES_MOST);
  buf_add(&b, str_make(path.p, mark));
  char joint = '?';
  while (str_cut(&rest, '&', &pair)) {
    struct str value = pair;
    if (!str_cut(&value, '=', &name)) continue;
    size_t param = path_find(j, name, false, str_eq);
    if (param != NONE && str_starts(value, "{")) continue;
    if (param != NONE) {
      path_warn(
          j, j->op->params[param].at,
          arena_printf(j->pool->arena, "query parameter `%.*s` has its value in the path", STR_ARG(name)));
      j->op->param_count--;
      memmove(&j->op->params[param], &j->op->params[param + 1],
              (j->op->param_count - param) * sizeof(struct parameter));
    }
    buf_add_char(&b, joint);
    buf_add(&b, pair);
    joint = '&';
  }
  buf_add(&b, str_from(path, end));
  struct str out = b.full ? path : arena_dup(j->pool->arena, buf_str(&b));
  buf_free(&b);
  return out;
}

bool operation_settle_path(struct schema_pool *pool, struct operation *op, struct err *err) {
  struct path_job j = {.pool = pool, .op = op};
  struct str path = path_fixed_pairs(&j, op->path);
  if (!str_starts(path, "/") && !str_starts(path, "{/")) {
    path_warn(&j, op->at, STR("the path does not begin with '/', and is read as if it did"));
    path = ARENA_JOIN(pool->arena, STR("/"), path);
  }
  if (!template_read(path, pool->arena, &j.t, err)) return false;
  for (size_t i = 0; i < j.t.count; i++) j.at[i] = NONE;
  path_match(&j, str_eq);
  path_match(&j, path_same_name);
  path_match_last(&j);
  for (size_t i = 0; i < j.t.count; i++)
    if (j.at[i] == NONE && !path_make(&j, i, err)) return false;
  if (!path_write(&j, err)) return false;
  path_drop_unused(&j);
  return true;
}
