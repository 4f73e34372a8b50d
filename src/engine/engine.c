// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <pthread.h>

#include "base/log.h"
#include "engine/row.h"

// Of one request. A format's own vendor says something at once; a machine of one's own may have to load the model first.
enum {
  ENGINE_CONNECT_MS = 10 * 1000,
  ENGINE_FIRST_OWN_MS = 60 * 1000,
  ENGINE_FIRST_MS = 300 * 1000,
  ENGINE_STALL_MS = 60 * 1000,
  ENGINE_REPLY_MOST = 8 << 20,
  ENGINE_HEADERS_MOST = 64 << 10,
};

static pthread_mutex_t engine_lock = PTHREAD_MUTEX_INITIALIZER; // for a pointer and a count
static pthread_mutex_t engine_load_lock = PTHREAD_MUTEX_INITIALIZER;
static struct engine_list *engine_current;

// ---- words

static const char *const engine_sees_words[] = {"schema", "sample", "rows"};

const char *engine_sees_name(enum engine_sees sees) {
  return engine_sees_words[sees];
}

enum engine_sees engine_sees_named(struct str word) {
  if (str_is(word, "rows")) return ENGINE_SEES_ROWS;
  return str_is(word, "sample") ? ENGINE_SEES_SAMPLE : ENGINE_SEES_SCHEMA;
}

// ---- one

static bool engine_is_own(const struct engine_row *row, const struct engine_kind *kind) {
  if (row->dialect.n) return str_is(row->dialect, "vendor");
  return str_eq(fetch_origin(row->base_url), str_of(kind->own));
}

bool engine_make(const struct engine_row *row, struct secret *key, struct engine *out, struct err *err) {
  const struct engine_kind *kind = engine_kind_named(row->kind);
  if (!kind) {
    secret_free(key);
    return err_set(err, ERR_INVALID, "it is of a kind '%.*s' that this version does not know",
                   STR_MOST(row->kind, 64));
  }
  bool own = engine_is_own(row, kind);
  const struct redact_part hidden = {key ? secret_reveal(key) : STR_NONE, 0};
  *out = (struct engine){
      .id = row->id,
      .name = row->name,
      .model = row->model,
      .effort = row->effort,
      .kind = kind,
      .llm = {.wire = kind->wire,
              .url = row->base_url,
              .key = hidden.text,
              .key_header = row->key_header,
              .vendors_own = own},
      .key = key,
      .hide = redact_new(&hidden, 1, NULL),
      .limits = {row->tokens, row->output, row->seconds},
      .fetch = {.connect_ms = ENGINE_CONNECT_MS,
                .first_byte_ms = own ? ENGINE_FIRST_OWN_MS : ENGINE_FIRST_MS,
                .total_ms = (uint64_t)row->seconds * 1000,
                .stall_ms = ENGINE_STALL_MS,
                .body_bytes = ENGINE_REPLY_MOST,
                .header_bytes = ENGINE_HEADERS_MOST},
      .dialect = row->dialect,
      .is_default = row->is_default,
      .status = row->status,
      .status_text = row->status_text,
      .created_at = row->created_at,
      .updated_at = row->updated_at,
      .tested_at = row->tested_at,
      .version = row->version,
  };
  return true;
}

void engine_drop(struct engine *e) {
  redact_unref(e->hide);
  secret_free(e->key);
}

// ---- the list

struct engine_list *engine_list_acquire(void) {
  pthread_mutex_lock(&engine_lock);
  struct engine_list *list = engine_current;
  if (list) atomic_fetch_add_explicit(&list->refs, 1, memory_order_relaxed);
  pthread_mutex_unlock(&engine_lock);
  return list;
}

void engine_list_release(struct engine_list *list) {
  if (!list || atomic_fetch_sub_explicit(&list->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < list->count; i++) engine_drop(&list->items[i]);
  arena_free(list->arena); // the list itself lives in it
}

static void engine_swap(struct engine_list *next) {
  pthread_mutex_lock(&engine_lock);
  struct engine_list *before = engine_current;
  engine_current = next;
  pthread_mutex_unlock(&engine_lock);
  engine_list_release(before);
}

static bool engine_take(struct store *s, struct engine_list *list, const struct engine_row *row,
                        struct err *err) {
  struct secret *key;
  struct engine *e = &list->items[list->count];
  if (!engine_row_open_key(s, row, &key, err) || !engine_make(row, key, e, err)) return false;
  e->list = list;
  list->count++;
  return true;
}

static bool engine_fill(struct store *s, struct engine_list *list, struct err *err) {
  struct engine_row *rows;
  size_t count;
  if (!engine_row_all(s, list->arena, &rows, &count, err)) return false;
  list->items = ARENA_ARRAY(list->arena, count + 1, struct engine);
  for (size_t i = 0; i < count; i++) {
    struct err why;
    if (!engine_take(s, list, &rows[i], &why))
      log_warn("the engine %.*s (%.*s) is left out: %s; set it again", STR_ARG(rows[i].id),
               STR_MOST(rows[i].name, ENGINE_NAME_MOST), why.text);
  }
  return true;
}

bool engine_load(struct store *s, struct err *err) {
  pthread_mutex_lock(&engine_load_lock); // or an older reading could come last
  struct arena *a = arena_new();
  struct engine_list *list = ARENA_NEW(a, struct engine_list);
  list->arena = a;
  atomic_init(&list->refs, 1);
  bool ok = engine_fill(s, list, err);
  if (ok)
    engine_swap(list);
  else
    engine_list_release(list);
  pthread_mutex_unlock(&engine_load_lock);
  return ok;
}

void engine_close(void) {
  engine_swap(NULL);
}

// ---- found

const struct engine *engine_in(const struct engine_list *list, struct str id_or_name) {
  for (size_t i = 0; i < list->count; i++)
    if (str_eq(list->items[i].name, id_or_name) || str_eq(list->items[i].id, id_or_name))
      return &list->items[i];
  return NULL;
}

const struct engine *engine_default(const struct engine_list *list) {
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].is_default) return &list->items[i];
  return NULL;
}

static bool engine_unknown(const struct engine_list *list, struct str name, bool by_setting,
                           struct err *err) {
  struct buf known = BUF_MAX(200);
  for (size_t i = 0; i < list->count; i++) buf_printf(&known, ", %.*s", STR_ARG(list->items[i].name));
  err_at(err, ERR_MISSING, by_setting ? "ask_engine" : "engine", "there is no engine '%.*s'%s",
         STR_MOST(name, ENGINE_NAME_MOST), by_setting ? ", which the setting ask_engine names" : "");
  err_hint(err, "there %s %s%.*s", list->count ? "are" : "is only", ENGINE_PLANNER, STR_ARG(buf_str(&known)));
  buf_free(&known);
  return false;
}

bool engine_find(const struct engine_env *env, struct str name, struct engine **out, struct err *err) {
  struct str wanted = name.n ? name : env->preferred;
  struct engine_list *list = engine_list_acquire();
  const struct engine *found = NULL;
  bool ok = true;
  if (list && !str_is(wanted, ENGINE_PLANNER)) {
    found = wanted.n ? engine_in(list, wanted) : engine_default(list);
    ok = found || !wanted.n || engine_unknown(list, wanted, !name.n, err);
  }
  if (ok) *out = found ? &list->items[found - list->items] : NULL;
  if (!found) engine_list_release(list);
  return ok;
}

void engine_release(struct engine *e) {
  if (e) engine_list_release(e->list);
}
