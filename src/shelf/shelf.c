// SPDX-License-Identifier: Apache-2.0
#include "shelf/shelf.h"

#include <pthread.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/json.h"
#include "shelf/face.h"

enum { SHELF_DEFINITION_MOST = 1 << 20 };

static pthread_mutex_t shelf_lock = PTHREAD_MUTEX_INITIALIZER; // for a pointer and a count
static pthread_mutex_t shelf_making_lock = PTHREAD_MUTEX_INITIALIZER;
static struct shelf *shelf_current;
static void (*shelf_changed)(void *arg);
static void *shelf_changed_arg;

// ---- counted

static void shelf_program_unref(struct shelf_program *p) {
  if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1) return;
  yyjson_doc_free(p->doc);
  arena_free(p->arena); // p itself lives in it
}

struct shelf *shelf_ref(struct shelf *s) {
  if (s) atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
  return s;
}

struct shelf *shelf_acquire(void) {
  pthread_mutex_lock(&shelf_lock);
  struct shelf *s = shelf_ref(shelf_current);
  pthread_mutex_unlock(&shelf_lock);
  return s;
}

void shelf_release(struct shelf *s) {
  if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < s->entry_count; i++) shelf_program_unref(s->entries[i].program);
  map_free(&s->by_id);
  map_free(&s->by_name);
  map_free(&s->servers);
  catalog_release(s->catalog);
  arena_free(s->arena); // s itself lives in it
}

// ---- one making

struct shelf_making {
  const struct shelf_env *env;
  const struct shelf *before; // NULL: none
  struct shelf *next;
  struct stable_look look; // its texts are gone when all is made
  bool reads;              // rows have changed
};

static struct shelf_program *shelf_program_read(const struct shelf_making *m, struct str id,
                                                struct err *err) {
  struct arena *a = arena_new();
  struct shelf_program *p = ARENA_NEW(a, struct shelf_program);
  p->arena = a;
  atomic_init(&p->refs, 1);
  if (!shelf_row_read(m->env->store, id, a, &p->row, err)) return arena_free(a), NULL;
  p->doc = yyjson_read(p->row.document.p, p->row.document.n, YYJSON_READ_NUMBER_AS_RAW);
  p->title = json_str(yyjson_doc_get_root(p->doc), "title");
  if (p->doc) return p;
  err_set(err, ERR_INTERNAL, "its document is damaged");
  arena_free(a);
  return NULL;
}

static const struct shelf_entry *shelf_was(const struct shelf_making *m, struct str id) {
  return m->before ? map_get(&m->before->by_id, id) : NULL;
}

static void shelf_take(struct shelf_making *m, struct shelf_program *p) {
  m->next->entries[m->next->entry_count++].program = p;
}

// One that cannot be read stops no other.
static bool shelf_read_programs(struct shelf_making *m, struct err *err) {
  struct store_rows rows;
  struct arena *a = arena_new();
  bool ok = shelf_row_versions(m->env->store, a, &rows, err);
  if (ok) m->next->entries = ARENA_ARRAY(m->next->arena, rows.count + 1, struct shelf_entry);
  for (size_t i = 0; ok && i < rows.count; i++) {
    struct str id = store_cell(&rows, i, 0)->text;
    const struct shelf_entry *was = shelf_was(m, id);
    struct err why;
    struct shelf_program *p = was ? was->program : NULL;
    if (p && p->row.version == store_cell(&rows, i, 1)->number)
      atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    else
      p = shelf_program_read(m, id, &why);
    if (p)
      shelf_take(m, p);
    else
      log_warn("the program %.*s is left out: %s", STR_ARG(id), why.text);
  }
  arena_free(a);
  return ok;
}

static void shelf_keep_programs(struct shelf_making *m) {
  const struct shelf *before = m->before;
  m->next->entries = ARENA_ARRAY(m->next->arena, before->entry_count + 1, struct shelf_entry);
  for (size_t i = 0; i < before->entry_count; i++) {
    atomic_fetch_add_explicit(&before->entries[i].program->refs, 1, memory_order_relaxed);
    shelf_take(m, before->entries[i].program);
  }
}

// ---- what became of them

static struct shelf_verdict shelf_verdict_copy(const struct shelf_verdict *v, struct arena *a) {
  return (struct shelf_verdict){v->state, arena_dup(a, v->step), arena_dup(a, v->why)};
}

static bool shelf_account_stays(const struct shelf_making *m, struct str id) {
  const struct catalog_account *was = catalog_account_by_id(m->before->catalog, id),
                               *is = catalog_account_by_id(m->next->catalog, id);
  return was && is ? was->tools == is->tools : was == is;
}

// Does it call only accounts whose tools are what they were?
static bool shelf_stays(const struct shelf_making *m, const struct shelf_program *p) {
  size_t i, n, k, o;
  yyjson_val *step, *key;
  if (m->before->catalog == m->next->catalog) return true;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(p->doc), "steps"), i, n, step)
    yyjson_arr_foreach (yyjson_obj_get(step, "keys"), k, o, key)
      if (!shelf_account_stays(m, json_str(key, "account"))) return false;
  return true;
}

static void shelf_judge_entry(struct shelf_making *m, struct shelf_entry *e) {
  const struct shelf_entry *was = shelf_was(m, e->program->row.id);
  struct shelf *next = m->next;
  bool stays = was && was->program == e->program && shelf_stays(m, e->program);
  struct shelf_verdict v =
      stays ? was->verdict : shelf_judge(m->env->program, yyjson_doc_get_root(e->program->doc), &m->look);
  e->verdict = shelf_verdict_copy(&v, next->arena);
  map_put(&next->by_id, e->program->row.id, e);
  map_put(&next->by_name, e->program->row.name, e);
}

// ---- published

static bool shelf_server_left(const struct shelf_making *m) {
  for (size_t i = 0; i < m->before->tool_count; i++)
    if (!catalog_server_by_id(m->next->catalog, m->before->tools[i].row.server_id)) return true;
  return false;
}

static bool shelf_read_tools(struct shelf_making *m, struct shelf_tool_row **rows, size_t *count,
                             struct err *err) {
  struct arena *a = m->next->arena;
  if (m->reads || shelf_server_left(m)) return shelf_tool_row_all(m->env->store, a, rows, count, err);
  *count = m->before->tool_count;
  *rows = ARENA_ARRAY(a, *count + 1, struct shelf_tool_row);
  for (size_t i = 0; i < *count; i++) {
    const struct shelf_tool_row *row = &m->before->tools[i].row;
    (*rows)[i] = (struct shelf_tool_row){arena_dup(a, row->server_id),    arena_dup(a, row->name),
                                         arena_dup(a, row->program_id),   arena_dup(a, row->description),
                                         arena_dup(a, row->published_by), row->published_at};
  }
  return true;
}

static struct str shelf_define(struct shelf_making *m, const struct shelf_tool *t) {
  struct buf out = BUF_MAX(SHELF_DEFINITION_MOST);
  struct arena *a = arena_new();
  struct shelf_face face = {yyjson_doc_get_root(t->entry->program->doc), t->row.name, t->row.description};
  shelf_face_write(&face, a, &out);
  struct str text = arena_dup(m->next->arena, buf_str(&out));
  buf_free(&out);
  arena_free(a);
  return text;
}

static struct shelf_verdict shelf_judge_tool(struct shelf_making *m, const struct shelf_tool *t,
                                             const struct shelf_tool *was) {
  const struct catalog_server *server = catalog_server_by_id(m->next->catalog, t->row.server_id);
  if (t->entry->verdict.state != SHELF_OK) return t->entry->verdict;
  if (!server)
    return (struct shelf_verdict){SHELF_GONE, STR(""),
                                  STR("the server cannot be used now: its accounts are not there")};
  bool same = was && was->entry->program == t->entry->program && was->entry->verdict.state == SHELF_OK &&
              catalog_server_by_id(m->before->catalog, t->row.server_id) == server;
  return same ? was->verdict : shelf_judge_on(server, yyjson_doc_get_root(t->entry->program->doc), &m->look);
}

static void shelf_add_tool(struct shelf_making *m, const struct shelf_tool_row *row) {
  struct shelf *next = m->next;
  const struct shelf_tool *was = m->before ? shelf_tool_find(m->before, row->server_id, row->name) : NULL;
  const struct catalog_server *server = catalog_server_by_id(next->catalog, row->server_id);
  struct shelf_tool *t = &next->tools[next->tool_count];
  struct shelf_entry *entry = map_get(&next->by_id, row->program_id);
  if (!entry) return; // it could not be read
  *t = (struct shelf_tool){.row = *row, .entry = entry, .next = entry->published};
  entry->published = t;
  if (was && was->entry->program != t->entry->program) was = NULL;
  bool defined = was && str_eq(was->row.description, row->description);
  t->definition = defined ? arena_dup(next->arena, was->definition) : shelf_define(m, t);
  struct shelf_verdict v = shelf_judge_tool(m, t, was);
  t->verdict = shelf_verdict_copy(&v, next->arena);
  t->hides = server && map_get(&server->by_name, row->name);
  next->tool_count++;
}

static void shelf_join_servers(struct shelf *s) {
  for (size_t i = 0, end; i < s->tool_count; i = end) {
    struct shelf_server *v = ARENA_NEW(s->arena, struct shelf_server);
    v->tools = &s->tools[i];
    for (end = i; end < s->tool_count && str_eq(s->tools[end].row.server_id, v->tools->row.server_id);
         end++) {
      const struct shelf_tool *t = &s->tools[end];
      if (t->verdict.state == SHELF_OK) v->version += map_hash(t->definition);
      if (t->hides) v->version += map_hash(t->row.name);
    }
    v->count = end - i;
    map_put(&s->servers, v->tools->row.server_id, v);
  }
}

// ---- made, and swapped in

static bool shelf_fill(struct shelf_making *m, struct err *err) {
  struct shelf_tool_row *rows;
  size_t count;
  if (!m->reads)
    shelf_keep_programs(m);
  else if (!shelf_read_programs(m, err))
    return false;
  for (size_t i = 0; i < m->next->entry_count; i++) shelf_judge_entry(m, &m->next->entries[i]);
  if (!shelf_read_tools(m, &rows, &count, err)) return false;
  m->next->tools = ARENA_ARRAY(m->next->arena, count + 1, struct shelf_tool);
  for (size_t i = 0; i < count; i++) shelf_add_tool(m, &rows[i]);
  shelf_join_servers(m->next);
  return true;
}

static bool shelf_make(const struct shelf_env *env, bool reads, struct err *err) {
  pthread_mutex_lock(&shelf_making_lock);
  struct arena *a = arena_new();
  struct shelf *next = ARENA_NEW(a, struct shelf), *before = shelf_acquire();
  next->arena = a;
  atomic_init(&next->refs, 1);
  next->catalog = catalog_acquire();
  struct shelf_making m = {env, before, next, {.catalog = next->catalog, .arena = arena_new()}, reads};
  bool ok = (reads || before) && shelf_fill(&m, err);
  stable_done(&m.look);
  arena_free(m.look.arena);
  if (ok) {
    pthread_mutex_lock(&shelf_lock);
    struct shelf *old = shelf_current;
    shelf_current = next;
    pthread_mutex_unlock(&shelf_lock);
    shelf_release(old);
  } else {
    shelf_release(next);
  }
  shelf_release(before);
  pthread_mutex_unlock(&shelf_making_lock);
  if (ok && reads && shelf_changed) shelf_changed(shelf_changed_arg);
  return ok;
}

bool shelf_rebuild(const struct shelf_env *env, struct err *err) {
  return shelf_make(env, true, err);
}

void shelf_follow(const struct shelf_env *env) {
  struct err err = {.code = ERR_OK};
  if (!shelf_make(env, false, &err) && err.code != ERR_OK)
    log_error("kept programs are behind the catalog until the next change: %s", err.text);
}

void shelf_on_change(void (*changed)(void *arg), void *arg) {
  shelf_changed = changed;
  shelf_changed_arg = arg;
}

void shelf_close(void) {
  pthread_mutex_lock(&shelf_lock);
  struct shelf *s = shelf_current;
  shelf_current = NULL;
  pthread_mutex_unlock(&shelf_lock);
  shelf_release(s);
}

// ---- looked up

const struct shelf_entry *shelf_find(const struct shelf *s, struct str id_or_name) {
  const struct shelf_entry *e = s ? map_get(&s->by_id, id_or_name) : NULL;
  return e || !s ? e : map_get(&s->by_name, id_or_name);
}

const struct shelf_server *shelf_on(const struct shelf *s, struct str server_id) {
  return s ? map_get(&s->servers, server_id) : NULL;
}

const struct shelf_tool *shelf_tool_find(const struct shelf *s, struct str server_id, struct str name) {
  const struct shelf_server *v = shelf_on(s, server_id);
  size_t low = 0, high = v ? v->count : 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = str_compare(v->tools[middle].row.name, name);
    if (order == 0) return &v->tools[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}
