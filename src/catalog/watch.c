// SPDX-License-Identifier: Apache-2.0
// One fiber an account. It waits on a channel that the feed's news, hints from elsewhere and its end come by;
// time alone brings the regular look.
#include "catalog/watch.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "catalog/pace.h"
#include "crypto/token.h"
#include "data/json.h"
#include "io/channel.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "mcp/feed.h"
#include "mcp/jsonrpc.h"
#include "node/duty.h"
#include "node/node.h"
#include "store/changelog.h"

enum {
  WATCH_NEWS_MOST = 64,
  WATCH_RETRY_MS = 5 * 1000, // after a failure; doubles up to the regular interval
};

struct watched {
  atomic_uint refs; // of the table and of the fiber
  char *id;         // the account's
  struct loop *loop;
  struct channel *news;
  struct mcp_peer *peer; // behind watch_lock; compared only, the fiber holds its own
};

static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER; // for pointers only
static struct map watch_table;                                 // struct watched *, by account id
static const struct catalog_env *watch_env;                    // NULL: not started, or stopped
static struct loop **watch_loops;
static size_t watch_loop_count;
static void (*watch_changed)(void *arg, struct str account_id, enum watch_list list);
static void *watch_changed_arg;
static struct mcp_event watch_nudge; // a message without news: look now

void watch_on_change(void (*changed)(void *arg, struct str account_id, enum watch_list list), void *arg) {
  watch_changed = changed;
  watch_changed_arg = arg;
}

static void watch_tell(struct str account_id, enum watch_list list) {
  if (watch_changed) watch_changed(watch_changed_arg, account_id, list);
}

// ---- between nodes: a feed is open at one of them, and clients are at all

static const char *const watch_news[] = {
    [WATCH_TOOLS] = "hint", [WATCH_PROMPTS] = "prompts", [WATCH_RESOURCES] = "resources"};

struct watch_note {
  struct store *store;
  char *text;
};

static bool watch_note_body(struct store *s, void *arg, struct err *err) {
  const struct watch_note *n = arg;
  return changelog_note(s, CHANGELOG_NEWS, str_of(n->text), err);
}

static bool watch_note_job(void *arg, struct err *err) {
  const struct watch_note *n = arg;
  return store_transact(n->store, watch_note_body, arg, err);
}

static void watch_note_work(void *arg) {
  struct watch_note *n = arg;
  struct err err;
  if (!pool_run(watch_note_job, n, &err)) log_warn("other nodes are not told of %s: %s", n->text, err.text);
  mem_free(n->text);
  mem_free(n);
}

// On a loop's thread; elsewhere the regular look finds it.
static void watch_note(const struct catalog_env *env, struct str account_id, enum watch_list list) {
  struct arena *a = arena_new();
  struct str text = arena_printf(a, "%s/%.*s", watch_news[list], STR_ARG(account_id));
  struct watch_note *n = MEM_NEW(struct watch_note);
  *n = (struct watch_note){env->account->store, mem_copy(text.p, text.n)};
  arena_free(a);
  if (loop_current() && fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "tell nodes", watch_note_work, n))
    return;
  mem_free(n->text);
  mem_free(n);
}

static void watched_unref(struct watched *w) {
  if (atomic_fetch_sub(&w->refs, 1) != 1) return;
  channel_unref(w->news);
  mem_free(w->id);
  mem_free(w);
}

// ---- a sync

static bool watch_rebuild(void *arg, struct err *err) {
  return catalog_rebuild(arg, err);
}

static void watch_count(const struct toolset *set, struct remote_report *out) {
  for (size_t i = 0; i < set->count; i++) {
    const struct tool *t = &set->tools[i];
    out->tools++;
    out->served += t->served;
    out->review += !t->served && t->trust == TOOL_REVIEW;
    out->denied += !t->served && t->trust == TOOL_DENY;
  }
}

static bool watch_sync_account(const struct catalog_env *env, const struct catalog_account *v,
                               struct remote_report *out, struct err *err) {
  struct remote_report report = {0};
  if (v->account->kind == CONNECTOR_REST) { // its tools come with the connector
    watch_count(v->tools, &report);
  } else {
    if (!remote_sync(env->account, v->connector, v->account, &report, err)) return false;
    // What is new may have been stored by another sync that ran beside this one, and be in no catalog yet.
    if (report.stamp != v->stamp && !pool_run(watch_rebuild, (void *)(uintptr_t)env, err)) return false;
    if (report.changed) watch_tell(v->account->id, WATCH_TOOLS);
  }
  *out = report;
  return true;
}

bool watch_sync(const struct catalog_env *env, struct str account_id, struct remote_report *out,
                struct err *err) {
  struct catalog *c = catalog_acquire();
  const struct catalog_account *v = c ? catalog_account_by_id(c, account_id) : NULL;
  bool ok = v ? watch_sync_account(env, v, out, err)
              : err_set(err, ERR_MISSING, "there is no account '%.*s'", STR_MOST(account_id, 64));
  catalog_release(c);
  return ok;
}

// ---- the fiber of one account

struct watching {
  struct watched *w;
  const struct catalog_env *env;
  struct mcp_peer *peer;    // referenced
  struct mcp_feed *feed;    // NULL: none is open
  bool lists[3];            // that the feed was opened for, by enum watch_list
  uint64_t due_ms;          // when the next sync is
  struct catalog_pace pace; // of what news bring
  uint64_t retry_ms;
  bool failing;
};

static uint64_t watch_now_ms(void) {
  return clock_mono_us() / 1000;
}

static uint64_t watch_interval(const struct watching *g) {
  uint64_t interval = g->env->refresh_ms ? g->env->refresh_ms : WATCH_REFRESH_MS;
  uint32_t dice;
  token_random(&dice, sizeof dice);
  interval += dice % (interval / 5 + 1); // so that accounts do not all look at once
  return g->failing && g->retry_ms < interval ? g->retry_ms : interval;
}

static void watch_read_lists(struct str capabilities, bool lists[3]) {
  static const char *const members[] = {
      [WATCH_TOOLS] = "tools", [WATCH_PROMPTS] = "prompts", [WATCH_RESOURCES] = "resources"};
  yyjson_doc *doc = NULL;
  struct err unused;
  if (!json_read(capabilities, &JSON_LIMITS, &doc, &unused)) doc = NULL;
  for (size_t i = 0; i < 3; i++)
    lists[i] = json_bool(yyjson_obj_get(yyjson_doc_get_root(doc), members[i]), "listChanged", false);
  yyjson_doc_free(doc);
}

static void watch_close_feed(struct watching *g) {
  if (g->feed) mcp_feed_close(g->feed);
  g->feed = NULL;
}

// A feed for what the server says that it can tell of, and none where it can tell of nothing.
static void watch_open_feed(struct watching *g, const struct catalog_account *v) {
  bool lists[3];
  watch_read_lists(v->tools->capabilities, lists);
  bool same = g->peer == v->account->peer && !memcmp(lists, g->lists, sizeof lists);
  if (same) return;
  watch_close_feed(g);
  if (g->peer != v->account->peer) {
    mcp_peer_unref(g->peer);
    g->peer = mcp_peer_ref(v->account->peer);
  }
  memcpy(g->lists, lists, sizeof lists);
  if (!lists[WATCH_TOOLS] && !lists[WATCH_PROMPTS] && !lists[WATCH_RESOURCES]) return;
  struct mcp_feed_options o = {.who = {STR(REMOTE_PRINCIPAL), STR(REMOTE_CAPABILITIES), MCP_MODERN},
                               .tools = lists[WATCH_TOOLS],
                               .prompts = lists[WATCH_PROMPTS],
                               .resources = lists[WATCH_RESOURCES]};
  g->feed = mcp_feed_open(g->peer, &o, g->w->news);
}

// False: the account is not there any more.
static bool watch_look(struct watching *g) {
  struct catalog *c = catalog_acquire();
  const struct catalog_account *v = c ? catalog_account_by_id(c, str_of(g->w->id)) : NULL;
  bool there = v && v->account->peer;
  if (there) watch_open_feed(g, v);
  catalog_release(c);
  return there;
}

// False: the fiber is canceled.
static bool watch_try(struct watching *g) {
  struct remote_report report;
  struct err err;
  uint64_t begun = watch_now_ms();
  bool ok = watch_sync(g->env, str_of(g->w->id), &report, &err);
  if (!ok && err.code == ERR_CANCELED) return false;
  // Said once: until it works again the reason is the account's status.
  if (!ok && !g->failing) log_warn("account %s: its tools stay as they were: %s", g->w->id, err.text);
  if (!ok) g->retry_ms = g->failing ? g->retry_ms * 2 : WATCH_RETRY_MS;
  g->failing = !ok;
  uint64_t now = watch_now_ms();
  catalog_pace_ran(&g->pace, begun, now);
  g->due_ms = now + watch_interval(g);
  return true;
}

// Something suggests that the tools are others: a sync as soon as there may be one.
static void watch_hasten(struct watching *g) {
  uint64_t soonest = catalog_pace_next(&g->pace, watch_now_ms());
  if (g->due_ms > soonest) g->due_ms = soonest;
}

// News of one kind each. Those of prompts and resources are passed on at once: they are not kept here.
static void watch_take(struct watching *g, struct mcp_event *e) {
  static const struct {
    const char *method;
    enum watch_list list;
  } news[] = {{"notifications/tools/list_changed", WATCH_TOOLS},
              {"notifications/prompts/list_changed", WATCH_PROMPTS},
              {"notifications/resources/list_changed", WATCH_RESOURCES}};
  struct err unused;
  if (e == &watch_nudge) {
    watch_hasten(g);
    return;
  }
  if (e->kind == MCP_REQUEST && g->feed) // nobody stands behind this session who could answer
    (void)!mcp_feed_answer(g->feed, e->id, STR_NONE, JSONRPC_METHOD_NOT_FOUND,
                           STR("nobody is there to answer"), &unused);
  for (size_t i = 0; i < sizeof news / sizeof *news; i++) {
    if (e->kind != MCP_NOTIFICATION || !str_is(e->method, news[i].method)) continue;
    if (news[i].list == WATCH_TOOLS)
      watch_hasten(g);
    else if (node_is_alone())
      watch_tell(str_of(g->w->id), news[i].list);
    else
      watch_note(g->env, str_of(g->w->id), news[i].list); // comes back to us, too
  }
  mcp_event_release(e);
}

// What has come meanwhile is answered by the same sync.
static void watch_drain(struct watching *g) {
  void *message;
  struct err unused;
  while (channel_count(g->w->news) && channel_receive(g->w->news, 1, &message, &unused))
    watch_take(g, message);
}

static void watch_loop(struct watching *g) {
  struct err err;
  void *message;
  while (watch_look(g)) {
    uint64_t now = watch_now_ms();
    if (now >= g->due_ms) {
      watch_drain(g);
      if (!watch_try(g)) return;
    } else if (channel_receive(g->w->news, g->due_ms - now, &message, &err)) {
      watch_take(g, message);
    } else if (err.code != ERR_TIMEOUT) {
      return;
    }
  }
}

static void watch_run(void *arg) {
  struct watched *w = arg;
  pthread_mutex_lock(&watch_lock);
  const struct catalog_env *env = watch_env;
  pthread_mutex_unlock(&watch_lock);
  struct watching g = {.w = w, .env = env, .retry_ms = WATCH_RETRY_MS};
  if (g.env) watch_loop(&g);
  watch_close_feed(&g);
  if (g.peer) mcp_peer_unref(g.peer);
  watched_unref(w);
}

// ---- the table

// Out of the table: its fiber ends by itself. Under the lock.
static void watch_remove(struct watched *w) {
  map_remove(&watch_table, str_of(w->id));
  channel_close(w->news);
  watched_unref(w);
}

static void watch_begin(void *arg) {
  struct watched *w = arg;
  if (fiber_spawn_as(FIBER_BACKGROUND, w->loop, "watch account", watch_run, w)) return;
  log_warn("account %s: too much is in progress to watch it now", w->id);
  pthread_mutex_lock(&watch_lock); // the next catalog tries again
  if (map_get(&watch_table, str_of(w->id)) == w) watch_remove(w);
  pthread_mutex_unlock(&watch_lock);
  watched_unref(w);
}

static void watch_add(const struct account *account) {
  struct watched *w = MEM_NEW(struct watched);
  *w = (struct watched){.id = mem_copy(account->id.p, account->id.n),
                        .loop = watch_loops[map_hash(account->id) % watch_loop_count],
                        .news = channel_new(WATCH_NEWS_MOST),
                        .peer = account->peer};
  atomic_init(&w->refs, 2);
  map_put(&watch_table, str_of(w->id), w);
  loop_post(w->loop, watch_begin, w);
}

static void watch_poke(struct watched *w) {
  (void)channel_send(w->news, &watch_nudge, NULL); // full: it looks anyway
}

static void watch_meet(const struct account *account) {
  struct watched *w = map_get(&watch_table, account->id);
  if (!w) {
    watch_add(account);
  } else if (w->peer != account->peer) { // another address or credential
    w->peer = account->peer;
    watch_poke(w);
  }
}

static bool watch_is_ours(const struct account *account) {
  return duty_is_ours(DUTY_FEEDS, account->id);
}

static void watch_drop_others(const struct catalog *c) {
  for (;;) {
    struct watched *gone = NULL;
    size_t at = 0;
    for (struct map_slot *slot; !gone && (slot = map_next(&watch_table, &at));) {
      const struct catalog_account *v = catalog_account_by_id(c, slot->key);
      if (!v || !v->account->peer || !watch_is_ours(v->account)) gone = slot->value;
    }
    if (!gone) return;
    watch_remove(gone);
  }
}

void watch_refresh(void) {
  struct catalog *c = catalog_acquire();
  pthread_mutex_lock(&watch_lock);
  if (c && watch_env) {
    watch_drop_others(c);
    for (size_t i = 0; i < c->account_count; i++)
      if (c->accounts[i]->account->peer && watch_is_ours(c->accounts[i]->account))
        watch_meet(c->accounts[i]->account);
  }
  pthread_mutex_unlock(&watch_lock);
  catalog_release(c);
}

static bool watch_poke_account(struct str account_id, const struct catalog_env **env) {
  pthread_mutex_lock(&watch_lock);
  struct watched *w = map_get(&watch_table, account_id);
  if (w) watch_poke(w);
  *env = watch_env;
  pthread_mutex_unlock(&watch_lock);
  return w != NULL;
}

void watch_hint(struct str account_id) {
  const struct catalog_env *env;
  if (!watch_poke_account(account_id, &env) && env && !node_is_alone())
    watch_note(env, account_id, WATCH_TOOLS);
}

void watch_heard(struct str news) {
  const struct catalog_env *env;
  struct str account_id = news, what;
  if (!str_cut(&account_id, '/', &what)) return;
  if (str_is(what, watch_news[WATCH_TOOLS])) (void)watch_poke_account(account_id, &env);
  if (str_is(what, watch_news[WATCH_PROMPTS])) watch_tell(account_id, WATCH_PROMPTS);
  if (str_is(what, watch_news[WATCH_RESOURCES])) watch_tell(account_id, WATCH_RESOURCES);
}

void watch_start(const struct catalog_env *env, struct loop **loops, size_t loop_count) {
  pthread_mutex_lock(&watch_lock);
  watch_env = env;
  watch_loops = loops;
  watch_loop_count = loop_count;
  pthread_mutex_unlock(&watch_lock);
  watch_refresh();
}

void watch_stop(void) {
  pthread_mutex_lock(&watch_lock);
  watch_env = NULL;
  for (;;) {
    size_t at = 0;
    struct map_slot *slot = map_next(&watch_table, &at);
    if (!slot) break;
    watch_remove(slot->value);
  }
  map_free(&watch_table);
  pthread_mutex_unlock(&watch_lock);
}
