// SPDX-License-Identifier: Apache-2.0
// A rebuild reads all rows but makes only what changed: accounts and servers that are as they were
// are carried over from the snapshot before, so that one new server among thousands is cheap.
#include "catalog/catalog.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "catalog/find.h"
#include "catalog/listing.h"
#include "catalog/shown.h"
#include "catalog/sight.h"
#include "remote/remote.h"
#include "tool/finding.h"
#include "tool/narrow.h"

// The current snapshot. The lock is held for a pointer and a count only: about 20 ns a request,
// and no reader can ever take hold of a snapshot that is being freed.
static pthread_mutex_t catalog_lock = PTHREAD_MUTEX_INITIALIZER;
static struct catalog *catalog_current;
static pthread_mutex_t catalog_rebuild_lock = PTHREAD_MUTEX_INITIALIZER;
static void (*catalog_changed)(void *arg);
static void *catalog_changed_arg;

static struct catalog_account *catalog_account_ref(struct catalog_account *v) {
  atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
  return v;
}

static void catalog_account_unref(struct catalog_account *v) {
  if (atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) != 1) return;
  account_free(v->account);
  toolset_unref(v->tools);
  mem_free(v);
}

static struct catalog_server *catalog_server_ref(struct catalog_server *v) {
  atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
  return v;
}

static void catalog_server_unref(struct catalog_server *v) {
  if (atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < v->member_count; i++) catalog_account_unref(v->members[i].account);
  map_free(&v->by_name);
  arena_free(v->arena); // v itself lives in it
}

static void catalog_free(struct catalog *c) {
  sight_free(c);
  once_free(c->once); // it points into all that follows
  for (size_t i = 0; i < c->server_count; i++) catalog_server_unref(c->servers[i]);
  for (size_t i = 0; i < c->account_count; i++) catalog_account_unref(c->accounts[i]);
  map_free(&c->urls_by_hash);
  map_free(&c->servers_by_id);
  map_free(&c->accounts_by_id);
  map_free(&c->tokens_by_hash);
  arena_free(c->arena); // c itself lives in it
}

struct catalog *catalog_acquire(void) {
  pthread_mutex_lock(&catalog_lock);
  struct catalog *c = catalog_current;
  if (c) atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
  pthread_mutex_unlock(&catalog_lock);
  return c;
}

// A sight is counted with what it is of.
static struct catalog *catalog_counted(struct catalog *c) {
  return c->whole ? c->whole : c;
}

struct catalog *catalog_ref(struct catalog *c) {
  atomic_fetch_add_explicit(&catalog_counted(c)->refs, 1, memory_order_relaxed);
  return c;
}

void catalog_release(struct catalog *c) {
  if (!c) return;
  c = catalog_counted(c);
  if (atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1) catalog_free(c);
}

// One rebuild on its way.
struct catalog_making {
  const struct catalog_env *env;
  const struct catalog *before; // NULL: none
  struct catalog *next;
  struct arena *scratch;
  struct map stamps; // of MCP servers' tools, by account
};

static int64_t catalog_stamp(const struct catalog_making *m, struct str account_id) {
  const int64_t *stamp = map_get(&m->stamps, account_id);
  return stamp ? *stamp : 0;
}

// The toolset is new, and nobody else's yet.
static bool catalog_index(struct catalog_account *v) {
  v->tools->index = finding_index(v->tools, v->connector);
  return true;
}

// Of a vendor's MCP server: each account's own, since what it shows depends on who asks.
static bool catalog_remote_tools(const struct catalog_making *m, const struct catalog_account *was,
                                 struct catalog_account *v, struct err *err) {
  if (!was || was->connector != v->connector || was->stamp != v->stamp)
    return remote_toolset(m->env->account->store, v->account, v->connector, &v->tools, err) &&
           catalog_index(v);
  v->tools = toolset_ref(was->tools);
  return true;
}

// Of a REST connector: shared by its accounts.
static bool catalog_tools(const struct catalog_making *m, const struct catalog_account *was,
                          struct catalog_account *v, struct err *err) {
  if (v->account->kind == CONNECTOR_MCP) return catalog_remote_tools(m, was, v, err);
  for (size_t i = 0; i < m->next->account_count; i++) {
    if (m->next->accounts[i]->connector != v->connector) continue;
    v->tools = toolset_ref(m->next->accounts[i]->tools);
    return true;
  }
  return library_toolset(&m->env->library, v->connector, &v->tools, err) && catalog_index(v);
}

static struct catalog_account *catalog_account_new(const struct catalog_making *m,
                                                   const struct catalog_account *was, struct account *account,
                                                   const struct connector *c) {
  struct err err = {0};
  struct catalog_account *v = MEM_NEW(struct catalog_account);
  *v = (struct catalog_account){
      .refs = 1, .account = account, .connector = c, .stamp = catalog_stamp(m, account->id)};
  if (c && catalog_tools(m, was, v, &err)) return v;
  // One bad account never stops the others.
  log_warn("account %.*s is left out: %s", STR_ARG(account->name),
           c ? err.text : "its connector is not there any more");
  account_free(account);
  mem_free(v);
  return NULL;
}

static void catalog_add_account(const struct catalog_making *m, struct account *account) {
  struct catalog_account *was = m->before ? map_get(&m->before->accounts_by_id, account->id) : NULL;
  const struct connector *c = connector_find(m->env->library.connectors, account->connector);
  struct catalog_account *v;
  if (was && was->connector == c && was->account->version == account->version &&
      was->stamp == catalog_stamp(m, account->id)) {
    account_free(account);
    v = catalog_account_ref(was);
  } else {
    v = catalog_account_new(m, was, account, c);
    if (!v) return;
  }
  m->next->accounts[m->next->account_count++] = v;
  map_put(&m->next->accounts_by_id, v->account->id, v);
}

static uint64_t catalog_fingerprint(const struct catalog_server *v) {
  struct buf listing = BUF_MAX(256 * 1024 * 1024);
  for (size_t i = 0; i < v->tool_count; i++) listing_write(&v->tools[i], &listing);
  fence_write(&v->server.filter.fences, &listing); // another value that is filled in shows nowhere else
  uint64_t hash = map_hash(buf_str(&listing));
  buf_free(&listing);
  return hash;
}

struct catalog_members {
  struct catalog_member *items;
  size_t count, lost, narrowed; // lost: its owner may not use them (any more); narrowed: may only read them
};

// Accounts of a server that the snapshot has; one that was left out, with a log line, closes no other.
static struct catalog_members catalog_members(const struct catalog *next, const struct server *row,
                                              struct arena *a) {
  struct catalog_members m = {.items = ARENA_ARRAY(a, row->member_count + 1, struct catalog_member)};
  for (size_t i = 0; i < row->member_count; i++) {
    const struct server_member *from = &row->members[i];
    struct catalog_account *account = map_get(&next->accounts_by_id, from->account_id);
    enum permit_access access = account ? sight_access(next, row->owner, from->account_id) : PERMIT_NONE;
    m.lost += account && access == PERMIT_NONE;
    m.narrowed += access == PERMIT_READ;
    if (access)
      m.items[m.count++] = (struct catalog_member){
          .alias = from->alias, .account = account, .names = from->names, .access = access};
  }
  return m;
}

enum { CATALOG_ENDED = 1 }; // ms: long ago

// A paused server has ended, until it goes on.
static int64_t catalog_ends_at(const struct catalog *next, const struct server *row) {
  const struct access_token *owner = row->owner.n ? catalog_token_by_id(next, row->owner) : NULL;
  if (row->filter.paused == POLICY_ON) return CATALOG_ENDED;
  int64_t own = row->expires_at, other = owner ? owner->expires_at : 0;
  return !own || (other && other < own) ? other : own;
}

// Prompts and resources have neither tags nor tool names, so a filter by these leaves them out unless asked
// for.
static bool catalog_shows(enum policy_switch wanted, const struct policy_filter *f) {
  return wanted == POLICY_ON || (wanted == POLICY_UNSAID && !f->tag_count && !f->tool_count);
}

static struct str catalog_hash(const struct server_url *url) {
  return str_make((const char *)url->hash, TOKEN_HASH);
}

// Their last uses go along from the snapshot before, which has heard more than the store.
static void catalog_add_urls(const struct catalog *before, struct catalog_server *v) {
  const struct server_urls *rows = &v->server.urls;
  v->urls = ARENA_ARRAY(v->arena, rows->count + 1, struct catalog_url);
  for (size_t i = 0; i < rows->count; i++) {
    struct catalog_url *was = before ? map_get(&before->urls_by_hash, catalog_hash(&rows->items[i])) : NULL;
    v->urls[i] = (struct catalog_url){.server = v, .row = &rows->items[i]};
    use_begin(&v->urls[i].use, rows->items[i].used_at, was ? &was->use : NULL);
  }
}

static void catalog_add_tokens(const struct catalog *before, struct catalog *next) {
  struct use *uses = ARENA_ARRAY(next->arena, next->token_count + 1, struct use);
  for (size_t i = 0; i < next->token_count; i++) {
    struct access_token *t = &next->tokens[i];
    struct str hash = str_make((const char *)t->hash, TOKEN_HASH);
    const struct access_token *was = before ? map_get(&before->tokens_by_hash, hash) : NULL;
    t->use = &uses[i];
    use_begin(t->use, t->used_at, was ? was->use : NULL);
    map_put(&next->tokens_by_hash, hash, t);
  }
}

// Programs call tools that read: is there one?
static bool catalog_reads(const struct catalog_server *v) {
  for (size_t i = 0; i < v->tool_count; i++)
    if (v->tools[i].tool->read_only) return true;
  return false;
}

static void catalog_hold_members(struct catalog_server *v) {
  for (size_t i = 0; i < v->member_count; i++) {
    struct catalog_member *m = &v->members[i];
    m->fence = fence_of(&v->server.filter.fences, m->account->account->id);
    if (m->fence) narrow_others(m->fence, m->account->connector, &m->fence_prompts, &m->fence_resources);
  }
}

static struct catalog_server *catalog_server_new(const struct catalog *before, const struct catalog *next,
                                                 const struct server *row) {
  struct arena *a = arena_new();
  struct catalog_server *v = ARENA_NEW(a, struct catalog_server);
  *v = (struct catalog_server){.refs = 1, .arena = a};
  server_row_copy(row, a, &v->server);
  catalog_add_urls(before, v);
  struct catalog_members m = catalog_members(next, &v->server, a);
  v->members = m.items;
  v->member_count = m.count;
  v->lost_count = m.lost;
  v->narrowed_count = m.narrowed;
  v->ends_at = catalog_ends_at(next, &v->server);
  for (size_t i = 0; i < v->member_count; i++) catalog_account_ref(v->members[i].account);
  catalog_hold_members(v);
  v->prompts = catalog_shows(v->server.filter.prompts, &v->server.filter);
  v->resources = catalog_shows(v->server.filter.resources, &v->server.filter);
  shown_fill(v);
  v->programs = v->server.filter.programs == POLICY_ON && catalog_reads(v);
  v->asks = v->server.filter.asks && catalog_reads(v);
  find_fill(v);
  v->tools_version = catalog_fingerprint(v);
  return v;
}

static bool catalog_server_same(const struct catalog_server *v, const struct server *row,
                                const struct catalog_members *m) {
  if (v->server.version != row->version || v->member_count != m->count || v->lost_count != m->lost)
    return false;
  for (size_t i = 0; i < m->count; i++)
    if (v->members[i].account != m->items[i].account || v->members[i].access != m->items[i].access ||
        !str_eq(v->members[i].alias, m->items[i].alias))
      return false;
  return true;
}

static void catalog_add_server(const struct catalog_making *m, const struct server *row) {
  struct catalog_members members = catalog_members(m->next, row, m->scratch);
  if (!members.count && !members.lost) return;
  struct catalog_server *v = m->before ? map_get(&m->before->servers_by_id, row->id) : NULL;
  if (v && catalog_server_same(v, row, &members))
    catalog_server_ref(v);
  else
    v = catalog_server_new(m->before, m->next, row);
  m->next->servers[m->next->server_count++] = v;
  map_put(&m->next->servers_by_id, v->server.id, v);
  // One whose owner may use none of its accounts is there to be seen, and its URLs open nothing.
  for (size_t i = 0; i < v->server.urls.count && v->member_count; i++)
    map_put(&m->next->urls_by_hash, catalog_hash(v->urls[i].row), &v->urls[i]);
}

static bool catalog_fill(const struct catalog_env *env, const struct catalog *before, struct catalog *next,
                         struct err *err) {
  struct catalog_making m = {.env = env, .before = before, .next = next, .scratch = arena_new()};
  struct account **accounts;
  struct server *servers;
  size_t account_count, server_count;
  struct store *store = env->account->store;
  bool ok =
      server_row_load_all(store, m.scratch, &servers, &server_count, err) &&
      access_list(store, next->arena, &next->tokens, &next->token_count, err) &&
      user_list(store, next->arena, &next->users, &next->user_count, err) &&
      permit_list(store, next->arena, &next->permits, err) &&
      remote_stamps(store, m.scratch, &m.stamps, err) &&
      account_load_all(env->account, env->library.connectors, m.scratch, &accounts, &account_count, err);
  if (ok) {
    next->accounts = ARENA_ARRAY(next->arena, account_count, struct catalog_account *);
    next->servers = ARENA_ARRAY(next->arena, server_count, struct catalog_server *);
    for (size_t i = 0; i < account_count; i++) catalog_add_account(&m, accounts[i]);
    for (size_t i = 0; i < server_count; i++) catalog_add_server(&m, &servers[i]);
    catalog_add_tokens(before, next);
    sight_fill(next);
  }
  map_free(&m.stamps);
  arena_free(m.scratch);
  return ok;
}

static void catalog_swap(struct catalog *next) {
  int64_t tools = 0;
  for (size_t i = 0; i < next->account_count; i++) tools += (int64_t)next->accounts[i]->tools->count;
  metrics_set(METRIC_CATALOG_TOOLS, tools);
  metrics_set(METRIC_CATALOG_ACCOUNTS, (int64_t)next->account_count);
  metrics_set(METRIC_CATALOG_SERVERS, (int64_t)next->server_count);
  pthread_mutex_lock(&catalog_lock);
  struct catalog *before = catalog_current;
  catalog_current = next;
  pthread_mutex_unlock(&catalog_lock);
  catalog_release(before);
  if (catalog_changed) catalog_changed(catalog_changed_arg);
}

bool catalog_rebuild(const struct catalog_env *env, struct err *err) {
  pthread_mutex_lock(&catalog_rebuild_lock);
  struct catalog *before = catalog_acquire();
  struct arena *a = arena_new();
  struct catalog *next = ARENA_NEW(a, struct catalog);
  *next = (struct catalog){.refs = 1, .arena = a, .once = once_new()};
  bool ok = catalog_fill(env, before, next, err);
  if (ok)
    catalog_swap(next);
  else
    catalog_free(next);
  catalog_release(before);
  pthread_mutex_unlock(&catalog_rebuild_lock);
  return ok;
}

void catalog_on_change(void (*changed)(void *arg), void *arg) {
  catalog_changed = changed;
  catalog_changed_arg = arg;
}

void catalog_close(void) {
  pthread_mutex_lock(&catalog_lock);
  struct catalog *c = catalog_current;
  catalog_current = NULL;
  pthread_mutex_unlock(&catalog_lock);
  catalog_release(c);
}

struct catalog_url *catalog_url_by_token(const struct catalog *c, struct str token, int64_t now_ms) {
  // Only the hash is looked up, so the time taken tells nothing about how near a guess came.
  unsigned char hash[TOKEN_HASH];
  token_hash(token, hash);
  struct catalog_url *url = map_get(&c->urls_by_hash, str_make((const char *)hash, TOKEN_HASH));
  return url && access_is_live(url->server->ends_at, now_ms) ? url : NULL;
}

struct catalog_uses {
  struct catalog *catalog;
  struct store *store; // NULL: they are only counted
  size_t count;
};

static bool catalog_url_use(struct catalog_uses *u, struct catalog_url *v, struct err *err) {
  struct server_url url = *v->row;
  if (!use_is_news(&v->use, &url.used_at)) return true;
  u->count++;
  if (!u->store) return true;
  if (!url_row_note_use(u->store, &url, err)) return false;
  use_set_written(&v->use, url.used_at);
  return true;
}

static bool catalog_token_use(struct catalog_uses *u, const struct access_token *t, struct err *err) {
  int64_t at;
  if (!use_is_news(t->use, &at)) return true;
  u->count++;
  if (!u->store) return true;
  if (!access_write_use(u->store, t->id, at, err)) return false;
  use_set_written(t->use, at);
  return true;
}

static bool catalog_each_use(struct catalog_uses *u, struct err *err) {
  for (size_t i = 0; i < u->catalog->server_count; i++) {
    const struct catalog_server *v = u->catalog->servers[i];
    for (size_t k = 0; k < v->server.urls.count; k++)
      if (!catalog_url_use(u, &v->urls[k], err)) return false;
  }
  for (size_t i = 0; i < u->catalog->token_count; i++)
    if (!catalog_token_use(u, &u->catalog->tokens[i], err)) return false;
  return true;
}

static bool catalog_write_uses_body(struct store *s, void *arg, struct err *err) {
  struct catalog_uses *u = arg;
  u->store = s;
  return catalog_each_use(u, err);
}

bool catalog_write_uses(struct store *s, struct err *err) {
  struct catalog_uses u = {.catalog = catalog_acquire()};
  bool ok = !u.catalog ||
            (catalog_each_use(&u, err) && (!u.count || store_transact(s, catalog_write_uses_body, &u, err)));
  catalog_release(u.catalog);
  return ok;
}

const struct catalog_server *catalog_server_by_id(const struct catalog *c, struct str id) {
  return map_get(&c->servers_by_id, id);
}

const struct access_token *catalog_token_by_id(const struct catalog *c, struct str id) {
  for (size_t i = 0; i < c->token_count; i++)
    if (str_eq(c->tokens[i].id, id)) return &c->tokens[i];
  for (size_t i = 0; i < c->user_count; i++)
    if (str_eq(c->users[i].self.id, id)) return &c->users[i].self;
  return NULL;
}

const struct catalog_account *catalog_account_by_id(const struct catalog *c, struct str id) {
  return map_get(&c->accounts_by_id, id);
}
