// SPDX-License-Identifier: Apache-2.0
// A rebuild reads all rows but makes only what changed: accounts and servers that are as they were
// are carried over from the snapshot before, so that one new server among thousands is cheap.
#include "tool/catalog.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "tool/listing.h"

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
  for (size_t i = 0; i < c->server_count; i++) catalog_server_unref(c->servers[i]);
  for (size_t i = 0; i < c->account_count; i++) catalog_account_unref(c->accounts[i]);
  map_free(&c->servers_by_hash);
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

void catalog_release(struct catalog *c) {
  if (c && atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1) catalog_free(c);
}

// The toolset of a connector: the snapshot before has it unless the connector was imported anew.
static bool catalog_tools(const struct catalog_env *env, const struct catalog *next,
                          const struct connector *c, struct toolset **out, struct err *err) {
  for (size_t i = 0; i < next->account_count; i++) {
    if (next->accounts[i]->connector != c) continue;
    *out = toolset_ref(next->accounts[i]->tools);
    return true;
  }
  return library_toolset(&env->library, c, out, err);
}

static void catalog_add_account(const struct catalog_env *env, const struct catalog *before,
                                struct catalog *next, struct account *account) {
  struct catalog_account *v = before ? map_get(&before->accounts_by_id, account->id) : NULL;
  const struct connector *c = connector_find(env->library.connectors, account->connector);
  if (v && v->connector == c && v->account->version == account->version) {
    account_free(account);
    v = catalog_account_ref(v);
  } else {
    struct err err = {0};
    struct toolset *tools = NULL;
    if (!c || !catalog_tools(env, next, c, &tools, &err)) {
      // One bad account never stops the others.
      log_warn("account %.*s is left out: %s", STR_ARG(account->name),
               c ? err.text : "its connector is not there any more");
      account_free(account);
      return;
    }
    v = MEM_NEW(struct catalog_account);
    *v = (struct catalog_account){.refs = 1, .account = account, .connector = c, .tools = tools};
  }
  next->accounts[next->account_count++] = v;
  map_put(&next->accounts_by_id, v->account->id, v);
}

static uint64_t catalog_fingerprint(const struct catalog_server *v) {
  struct buf listing = BUF_MAX(256 * 1024 * 1024);
  for (size_t i = 0; i < v->tool_count; i++) tool_write_listing(&v->tools[i], &listing);
  uint64_t hash = map_hash(buf_str(&listing));
  buf_free(&listing);
  return hash;
}

// Accounts of a server that the snapshot has; one that was left out, with a log line, closes no other.
static size_t catalog_members(const struct catalog *next, const struct server *row, struct arena *a,
                              struct catalog_member **out) {
  size_t count = 0;
  *out = ARENA_ARRAY(a, row->member_count + 1, struct catalog_member);
  for (size_t i = 0; i < row->member_count; i++) {
    struct catalog_account *account = map_get(&next->accounts_by_id, row->members[i].account_id);
    if (account) (*out)[count++] = (struct catalog_member){row->members[i].alias, account};
  }
  return count;
}

static struct catalog_server *catalog_server_new(const struct catalog *next, const struct server *row) {
  struct arena *a = arena_new();
  struct catalog_server *v = ARENA_NEW(a, struct catalog_server);
  *v = (struct catalog_server){.refs = 1, .arena = a};
  server_copy(row, a, &v->server);
  v->member_count = catalog_members(next, &v->server, a, &v->members);
  size_t most = 0;
  for (size_t i = 0; i < v->member_count; i++) {
    catalog_account_ref(v->members[i].account);
    most += v->members[i].account->tools->count;
  }
  v->tools = ARENA_ARRAY(a, most + 1, struct catalog_tool);
  for (size_t m = 0; m < v->member_count; m++) {
    const struct toolset *set = v->members[m].account->tools;
    for (size_t i = 0; i < set->count; i++)
      if (set->tools[i].served && policy_allows(&v->server.filter, &set->tools[i]))
        v->tools[v->tool_count++] = (struct catalog_tool){.tool = &set->tools[i],
                                                          .account = v->members[m].account,
                                                          .name = set->tools[i].name,
                                                          .shown = &v->by_name};
  }
  for (size_t i = 0; i < v->tool_count; i++) map_put(&v->by_name, v->tools[i].name, &v->tools[i]);
  v->tools_version = catalog_fingerprint(v);
  return v;
}

static bool catalog_server_same(const struct catalog_server *v, const struct server *row,
                                const struct catalog_member *members, size_t count) {
  if (v->server.version != row->version || v->member_count != count) return false;
  for (size_t i = 0; i < count; i++)
    if (v->members[i].account != members[i].account || !str_eq(v->members[i].alias, members[i].alias))
      return false;
  return true;
}

static void catalog_add_server(const struct catalog *before, struct catalog *next, const struct server *row,
                               struct arena *scratch) {
  struct catalog_member *members;
  size_t count = catalog_members(next, row, scratch, &members);
  if (!count) return;
  struct catalog_server *v = before ? map_get(&before->servers_by_id, row->id) : NULL;
  if (v && catalog_server_same(v, row, members, count))
    catalog_server_ref(v);
  else
    v = catalog_server_new(next, row);
  next->servers[next->server_count++] = v;
  map_put(&next->servers_by_id, v->server.id, v);
  map_put(&next->servers_by_hash, str_make((const char *)v->server.token_hash, TOKEN_HASH), v);
}

static bool catalog_fill(const struct catalog_env *env, const struct catalog *before, struct catalog *next,
                         struct err *err) {
  struct arena *scratch = arena_new();
  struct account **accounts;
  struct server *servers;
  size_t account_count, server_count;
  struct store *store = env->account->store;
  bool ok = server_load_all(store, scratch, &servers, &server_count, err) &&
            access_list(store, next->arena, &next->tokens, &next->token_count, err) &&
            account_load_all(env->account, env->library.connectors, scratch, &accounts, &account_count, err);
  if (ok) {
    next->accounts = ARENA_ARRAY(next->arena, account_count, struct catalog_account *);
    next->servers = ARENA_ARRAY(next->arena, server_count, struct catalog_server *);
    for (size_t i = 0; i < account_count; i++) catalog_add_account(env, before, next, accounts[i]);
    for (size_t i = 0; i < server_count; i++) catalog_add_server(before, next, &servers[i], scratch);
    for (size_t i = 0; i < next->token_count; i++)
      map_put(&next->tokens_by_hash, str_make((const char *)next->tokens[i].hash, TOKEN_HASH),
              &next->tokens[i]);
  }
  arena_free(scratch);
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
  *next = (struct catalog){.refs = 1, .arena = a};
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

const struct catalog_server *catalog_server_by_token(const struct catalog *c, struct str token,
                                                     int64_t now_ms) {
  // Only the hash is looked up, so the time taken tells nothing about how near a guess came.
  unsigned char hash[TOKEN_HASH];
  token_hash(token, hash);
  const struct catalog_server *v = map_get(&c->servers_by_hash, str_make((const char *)hash, TOKEN_HASH));
  return v && (v->server.expires_at == 0 || now_ms < v->server.expires_at) ? v : NULL;
}

const struct access_token *catalog_token(const struct catalog *c, struct str token, int64_t now_ms) {
  unsigned char hash[TOKEN_HASH];
  token_hash(token, hash);
  const struct access_token *t = map_get(&c->tokens_by_hash, str_make((const char *)hash, TOKEN_HASH));
  return t && (t->expires_at == 0 || now_ms < t->expires_at) ? t : NULL;
}

const struct catalog_account *catalog_account_by_id(const struct catalog *c, struct str id) {
  return map_get(&c->accounts_by_id, id);
}

const struct catalog_server *catalog_server_by_id(const struct catalog *c, struct str id) {
  return map_get(&c->servers_by_id, id);
}
