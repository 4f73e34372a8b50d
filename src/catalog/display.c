// SPDX-License-Identifier: Apache-2.0
#include "catalog/display.h"

#include <pthread.h>

#include "base/mem.h"
#include "catalog/account.h"
#include "catalog/find.h"
#include "catalog/listing.h"
#include "catalog/shown.h"
#include "data/json.h"
#include "tool/narrow.h"

enum { DISPLAY_LISTING_MOST = 16 << 20, DISPLAY_KEY_MOST = 1 << 20 };

struct display {
  size_t refs; // under the table's lock
  struct str key;
  struct arena *arena;
  struct catalog_server model;
  size_t bytes;         // under `lock` once it is shared
  pthread_mutex_t lock; // for what follows, over the writing of one text
  struct str *listings; // of each tool; p NULL: not written yet
  bool has_version;
  uint64_t version;
};

// The lock is held for a look-up and a count.
static pthread_mutex_t display_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map display_table;
static atomic_size_t display_held;

size_t display_bytes(void) {
  return atomic_load_explicit(&display_held, memory_order_relaxed);
}

const struct catalog_server *display_model(const struct display *v) {
  return &v->model;
}

// ---- made

static void display_add_bytes(struct buf *key, const void *p, size_t n) {
  buf_add(key, str_make(p, n));
}

// No two servers that show different things have the same: an account's address is its own as long as the display holds it.
static void display_write_key(const struct catalog_member *members, size_t count, struct str config,
                              struct buf *key) {
  display_add_bytes(key, &count, sizeof count);
  for (size_t i = 0; i < count; i++) {
    const struct catalog_member *m = &members[i];
    unsigned said[] = {m->access, m->names, (unsigned)m->alias.n};
    display_add_bytes(key, &m->account, sizeof m->account);
    display_add_bytes(key, said, sizeof said);
    buf_add(key, m->alias);
  }
  buf_add(key, config);
}

static bool display_read_filter(struct display *v, struct str config, struct err *err) {
  yyjson_doc *doc;
  if (!json_read(config, &JSON_LIMITS, &doc, err)) return false;
  bool ok = policy_filter_read(yyjson_doc_get_root(doc), NULL, v->arena, &v->model.server.filter, err);
  yyjson_doc_free(doc);
  return ok;
}

static void display_hold_members(struct catalog_server *s, const struct catalog_member *from,
                                 struct arena *a) {
  s->members = ARENA_ARRAY(a, s->member_count + 1, struct catalog_member);
  for (size_t i = 0; i < s->member_count; i++) {
    struct catalog_member *m = &s->members[i];
    *m = from[i];
    m->alias = arena_dup(a, m->alias);
    catalog_account_ref(m->account);
    m->fence = fence_of(&s->server.filter.fences, m->account->account->id);
    if (m->fence) narrow_others(m->fence, m->account->connector, &m->fence_prompts, &m->fence_resources);
  }
}

// Prompts and resources have neither tags nor tool names, so a filter by these leaves them out unless asked for.
static bool display_shows(enum policy_switch wanted, const struct policy_filter *f) {
  return wanted == POLICY_ON || (wanted == POLICY_UNSAID && !f->tag_count && !f->tool_count);
}

// Programs call tools that read: is there one?
static bool display_reads(const struct catalog_server *s) {
  for (size_t i = 0; i < s->tool_count; i++)
    if (s->tools[i].tool->read_only) return true;
  return false;
}

static void display_fill(struct display *v, const struct catalog_member *members, size_t count) {
  struct catalog_server *s = &v->model;
  const struct policy_filter *f = &s->server.filter;
  s->arena = v->arena;
  s->display = v;
  s->member_count = count;
  display_hold_members(s, members, v->arena);
  s->prompts = display_shows(f->prompts, f);
  s->resources = display_shows(f->resources, f);
  shown_fill(s);
  s->programs = f->programs == POLICY_ON && display_reads(s);
  s->asks = f->asks && display_reads(s);
  find_fill(s);
  v->listings = ARENA_ARRAY(v->arena, s->tool_count + 1, struct str);
}

static void display_free(struct display *v) {
  for (size_t i = 0; i < v->model.member_count; i++) catalog_account_unref(v->model.members[i].account);
  for (size_t i = 0; v->listings && i < v->model.tool_count; i++) mem_free((char *)v->listings[i].p);
  atomic_fetch_sub_explicit(&display_held, v->bytes, memory_order_relaxed);
  map_free(&v->model.by_name);
  pthread_mutex_destroy(&v->lock);
  arena_free(v->arena); // v itself lives in it
}

static struct display *display_new(const struct catalog_member *members, size_t count,
                                   const struct server *row, struct err *err) {
  struct arena *a = arena_new();
  struct display *v = ARENA_NEW(a, struct display);
  v->refs = 1;
  v->arena = a;
  pthread_mutex_init(&v->lock, NULL);
  if (!display_read_filter(v, row->config, err)) {
    display_free(v);
    return NULL;
  }
  display_fill(v, members, count);
  return v;
}

static struct display *display_find(struct str key) {
  struct display *v = map_get(&display_table, key);
  if (v) v->refs++;
  return v;
}

// Another thread may have made the same meanwhile; `made` gives way to it.
static struct display *display_enter(struct display *made, struct str key) {
  made->key = arena_dup(made->arena, key);
  made->bytes = arena_bytes(made->arena) + made->model.by_name.cap * sizeof(struct map_slot);
  atomic_fetch_add_explicit(&display_held, made->bytes, memory_order_relaxed);
  pthread_mutex_lock(&display_lock);
  struct display *v = display_find(key);
  if (!v) map_put(&display_table, made->key, made);
  pthread_mutex_unlock(&display_lock);
  if (v) display_free(made);
  return v ? v : made;
}

bool display_take(const struct catalog_member *members, size_t count, const struct server *row,
                  struct display **out, struct err *err) {
  struct buf key = BUF_MAX(DISPLAY_KEY_MOST);
  display_write_key(members, count, row->config, &key);
  pthread_mutex_lock(&display_lock);
  struct display *v = display_find(buf_str(&key));
  pthread_mutex_unlock(&display_lock);
  if (!v) v = display_new(members, count, row, err);
  if (v && !v->key.p) v = display_enter(v, buf_str(&key));
  buf_free(&key);
  *out = v;
  return v;
}

void display_release(struct display *v) {
  pthread_mutex_lock(&display_lock);
  bool last = --v->refs == 0;
  if (last) map_remove(&display_table, v->key);
  if (!display_table.count) map_free(&display_table);
  pthread_mutex_unlock(&display_lock);
  if (last) display_free(v);
}

// ---- what tools/list says

// Under the display's lock.
static struct str display_listing(struct display *v, size_t i) {
  struct str *kept = &v->listings[i];
  if (kept->p) return *kept;
  struct buf text = BUF_MAX(DISPLAY_LISTING_MOST);
  listing_write(&v->model.tools[i], &text);
  *kept = (struct str){mem_copy(text.p, text.n), text.n};
  v->bytes += text.n;
  atomic_fetch_add_explicit(&display_held, text.n, memory_order_relaxed);
  buf_free(&text);
  return *kept;
}

void display_add_listing(const struct catalog_server *s, const struct catalog_tool *t, struct buf *out) {
  if (!s->display || t < s->tools || t >= s->tools + s->tool_count) {
    listing_write(t, out);
    return;
  }
  pthread_mutex_lock(&s->display->lock);
  struct str text = display_listing(s->display, (size_t)(t - s->tools));
  pthread_mutex_unlock(&s->display->lock);
  buf_add(out, text); // a text that is written stays
}

uint64_t display_version(const struct catalog_server *s) {
  struct display *v = s->display;
  if (!v) return 0;
  pthread_mutex_lock(&v->lock);
  if (!v->has_version) {
    struct buf fences = BUF_MAX(DISPLAY_LISTING_MOST);
    fence_write(&v->model.server.filter.fences,
                &fences); // another value that is filled in shows nowhere else
    uint64_t hash = map_hash(buf_str(&fences));
    for (size_t i = 0; i < v->model.tool_count; i++) {
      uint64_t both[] = {hash, map_hash(display_listing(v, i))};
      hash = map_hash(str_make((const char *)both, sizeof both));
    }
    buf_free(&fences);
    v->version = hash;
    v->has_version = true;
  }
  uint64_t version = v->version;
  pthread_mutex_unlock(&v->lock);
  return version;
}
