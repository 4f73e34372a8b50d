// SPDX-License-Identifier: Apache-2.0
// A snapshot is a few pointers to parts that snapshots share: a new one makes the parts that changed, and of the servers,
// which are many, only the path to those that did.
#include "catalog/catalog.h"

#include <pthread.h>

#include "account/grant.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "catalog/account.h"
#include "catalog/made.h"
#include "catalog/people.h"
#include "catalog/sight.h"
#include "node/recent.h"
#include "store/changelog.h"

// The current snapshot. The lock is held for a pointer and a count only: about 20 ns a request,
// and no reader can ever take hold of a snapshot that is being freed.
static pthread_mutex_t catalog_lock = PTHREAD_MUTEX_INITIALIZER;
static struct catalog *catalog_current;
static pthread_mutex_t catalog_rebuild_lock = PTHREAD_MUTEX_INITIALIZER;
static void (*catalog_changed)(void *arg);
static void *catalog_changed_arg;
static void (*catalog_heard)(void *arg, const struct changelog_line *line, bool all);
static void *catalog_heard_arg;

// ---- counted

static void catalog_free(struct catalog *c) {
  sights_free(c->sights);
  once_free(c->once); // it points into all that follows
  made_free(c->made);
  entries_free(&c->entries);
  catalog_people_unref(c->people_part);
  catalog_accounts_unref(c->account_part);
  mem_free(c);
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

// ---- made

// The parts of one that is being made; each counted by it, until it has gone over to a snapshot.
struct catalog_parts {
  struct catalog_accounts *accounts;
  struct catalog_people *people;
  struct entries entries;
  int64_t seen; // the last line of the changelog that is in it
};

static struct catalog_parts catalog_parts_of(const struct catalog *c) {
  if (!c) return (struct catalog_parts){.entries = entries_new()};
  return (struct catalog_parts){catalog_accounts_ref(c->account_part), catalog_people_ref(c->people_part),
                                entries_ref(&c->entries), c->seen};
}

static void catalog_parts_free(struct catalog_parts *p) {
  entries_free(&p->entries);
  catalog_people_unref(p->people);
  catalog_accounts_unref(p->accounts);
}

static struct catalog *catalog_new(const struct catalog_parts *p) {
  struct catalog *c = MEM_NEW(struct catalog);
  *c = (struct catalog){.refs = 1,
                        .account_part = p->accounts,
                        .people_part = p->people,
                        .entries = p->entries,
                        .seen = p->seen,
                        .made = made_new(),
                        .accounts = p->accounts->items,
                        .tokens = p->people->tokens,
                        .users = p->people->users,
                        .account_count = p->accounts->count,
                        .token_count = p->people->token_count,
                        .user_count = p->people->user_count,
                        .accounts_by_id = p->accounts->by_id,
                        .tokens_by_hash = p->people->tokens_by_hash,
                        .permits = p->people->permits,
                        .once = once_new(),
                        .sights = sights_new()};
  return c;
}

static void catalog_swap(struct catalog *next) {
  int64_t tools = 0;
  for (size_t i = 0; i < next->account_count; i++) tools += (int64_t)next->accounts[i]->tools->count;
  metrics_set(METRIC_CATALOG_TOOLS, tools);
  metrics_set(METRIC_CATALOG_ACCOUNTS, (int64_t)next->account_count);
  metrics_set(METRIC_CATALOG_SERVERS, (int64_t)catalog_server_count(next));
  pthread_mutex_lock(&catalog_lock);
  struct catalog *before = catalog_current;
  catalog_current = next;
  pthread_mutex_unlock(&catalog_lock);
  catalog_release(before);
  if (catalog_changed) catalog_changed(catalog_changed_arg);
}

// ---- of all rows

// Those behind `after` up to the last of the page that it does not have go; of the last page all behind.
static void catalog_drop_gone(struct entries *all, struct str after, const struct server_page *page) {
  struct sorted before = sorted_ref(&all->by_id);
  struct sorted_walk w = sorted_walk_after(&before, (struct sorted_key){after, STR_NONE});
  size_t at = 0;
  for (const struct catalog_entry *e; (e = sorted_walk_next(&w, NULL));) {
    struct str id = e->server.id;
    if (page->full && str_compare(id, page->last) > 0) break;
    while (at < page->count && str_compare(page->items[at].id, id) < 0) at++;
    if (at == page->count || !str_eq(page->items[at].id, id)) entries_remove(all, id);
  }
  sorted_free(&before);
}

// A row that is as it was keeps its entry.
static void catalog_put_row(struct entries *all, const struct server *row) {
  const struct catalog_entry *was = entries_by_id(all, row->id);
  if (was && entry_is(was, row)) return;
  entries_put(all, entry_new(row, was));
}

// Of a first reading, when there are none: the trees are filled when all are there.
struct catalog_fresh {
  bool all;
  struct catalog_entry **items;
  size_t count, room;
};

static void catalog_add_fresh(struct catalog_fresh *f, const struct server *row) {
  if (f->count == f->room) {
    f->room = f->room ? 2 * f->room : SERVER_ROW_PAGE;
    f->items = mem_resize(f->items, f->room * sizeof *f->items);
  }
  f->items[f->count++] = entry_new(row, NULL);
}

// What is read of a page is gone before the next one: only entries stay.
static bool catalog_read_servers(struct store *s, struct catalog_parts *p, struct err *err) {
  struct arena *a = arena_new(), *before = NULL;
  struct server_page page = {.last = STR(""), .full = true};
  struct catalog_fresh fresh = {.all = !p->entries.by_id.count};
  bool ok = true;
  while (ok && page.full) {
    struct str after = page.last;
    ok = server_row_load_page(s, after, a, &page, err);
    if (ok && !fresh.all) catalog_drop_gone(&p->entries, after, &page);
    for (size_t i = 0; ok && i < page.count; i++)
      if (fresh.all)
        catalog_add_fresh(&fresh, &page.items[i]);
      else
        catalog_put_row(&p->entries, &page.items[i]);
    arena_free(before); // `after` was in it
    before = a;
    a = arena_new();
  }
  entries_fill(&p->entries, fresh.items, fresh.count);
  mem_free(fresh.items);
  arena_free(before);
  arena_free(a);
  return ok;
}

static bool catalog_read_people(struct store *s, struct catalog_parts *p, struct err *err) {
  struct catalog_people *before = p->people;
  if (!catalog_people_read(s, before, &p->people, err)) return false;
  catalog_people_unref(before);
  return true;
}

static bool catalog_read_accounts(const struct catalog_env *env, struct catalog_parts *p, struct err *err) {
  struct catalog_accounts *before = p->accounts;
  if (!catalog_accounts_read(env, before, &p->accounts, err)) return false;
  catalog_accounts_unref(before);
  return true;
}

static bool catalog_read(const struct catalog_env *env, struct catalog_parts *p, struct err *err) {
  struct store *s = env->account->store;
  return changelog_last(s, &p->seen, err) && library_follow(&env->library, err) &&
         catalog_read_servers(s, p, err) && catalog_read_people(s, p, err) &&
         catalog_read_accounts(env, p, err);
}

// ---- of what changed

static bool catalog_apply_server(struct store *s, struct catalog_parts *p, struct str id, struct err *err) {
  struct arena *a = arena_new();
  struct server *row;
  bool ok = server_row_load(s, id, a, &row, err);
  if (ok && row)
    catalog_put_row(&p->entries, row);
  else if (ok)
    entries_remove(&p->entries, id);
  arena_free(a);
  return ok;
}

// An account that has gone took its servers along, or left them to their other accounts, and took grants of it.
static bool catalog_apply_gone(struct store *s, struct catalog_parts *p, struct str account,
                               struct err *err) {
  struct sorted over = sorted_ref(&p->entries.by_account), held = sorted_ref(&p->entries.by_id);
  struct sorted_walk w = sorted_walk_after(&over, (struct sorted_key){account, STR_NONE});
  unsigned member;
  bool ok = catalog_read_people(s, p, err);
  for (const struct catalog_entry *e; ok && (e = sorted_walk_next(&w, &member));) {
    if (!str_eq(e->server.members[member].account_id, account)) break;
    ok = catalog_apply_server(s, p, e->server.id, err);
  }
  sorted_free(&over);
  sorted_free(&held); // what `over` borrows
  return ok;
}

// Its tokens may be others as well: a person has consented at another node.
static bool catalog_apply_account(const struct catalog_env *env, struct catalog_parts *p, struct str id,
                                  struct err *err) {
  struct err why = {0};
  if (!grant_reload(env->account, id, &why) && why.code == ERR_UNAVAILABLE) {
    *err = why;
    return false;
  }
  if (!catalog_accounts_read_one(env, &p->accounts, id, err)) return false;
  return map_get(&p->accounts->by_id, id) || catalog_apply_gone(env->account->store, p, id, err);
}

static bool catalog_apply_line(const struct catalog_env *env, struct catalog_parts *p,
                               const struct changelog_line *line, struct err *err) {
  struct store *s = env->account->store;
  switch (line->kind) {
  case CHANGELOG_SERVER:
    return catalog_apply_server(s, p, line->id, err);
  case CHANGELOG_ACCOUNT:
    return catalog_apply_account(env, p, line->id, err);
  case CHANGELOG_PEOPLE:
    return catalog_read_people(s, p, err);
  default:
    return library_follow(&env->library, err) && catalog_read_accounts(env, p, err);
  }
}

// Rows are read as they are now: of several lines that say the same, one suffices. People are read whole.
static bool catalog_is_repeated(const struct changelog_lines *lines, size_t i) {
  const struct changelog_line *line = &lines->items[i];
  for (size_t k = i + 1; k < lines->count; k++)
    if (lines->items[k].kind == line->kind &&
        (line->kind == CHANGELOG_PEOPLE || str_eq(lines->items[k].id, line->id)))
      return true;
  return false;
}

static bool catalog_is_of(const struct changelog_line *line) {
  return line->kind <= CHANGELOG_CONNECTOR;
}

static bool catalog_apply(const struct catalog_env *env, struct catalog_parts *p,
                          const struct changelog_lines *lines, struct err *err) {
  for (size_t i = 0; i < lines->count; i++)
    if (catalog_is_of(&lines->items[i]) && !catalog_is_repeated(lines, i) &&
        !catalog_apply_line(env, p, &lines->items[i], err))
      return false;
  p->seen = lines->last;
  return true;
}

// Whoever mirrors other rows.
static void catalog_tell_lines(const struct changelog_lines *lines) {
  if (!catalog_heard) return;
  if (lines->gap) catalog_heard(catalog_heard_arg, NULL, true);
  for (size_t i = 0; !lines->gap && i < lines->count; i++)
    if (!catalog_is_of(&lines->items[i]) && !catalog_is_repeated(lines, i))
      catalog_heard(catalog_heard_arg, &lines->items[i], false);
}

static bool catalog_has_news(const struct changelog_lines *lines) {
  bool news = lines->gap;
  for (size_t i = 0; i < lines->count; i++) news |= catalog_is_of(&lines->items[i]);
  return news;
}

// What is new to the catalog; without any, it stays as it is.
static bool catalog_take(const struct catalog_env *env, struct catalog *before, struct changelog_lines *lines,
                         struct err *err) {
  struct catalog_parts p = catalog_parts_of(before);
  bool news = catalog_has_news(lines);
  bool ok = !news || (lines->gap ? catalog_read(env, &p, err) : catalog_apply(env, &p, lines, err));
  if (lines->gap) lines->last = p.seen;
  if (ok && news)
    catalog_swap(catalog_new(&p));
  else
    catalog_parts_free(&p);
  if (ok && !news) atomic_store(&before->seen, lines->last);
  return ok;
}

static bool catalog_make(const struct catalog_env *env, bool all, struct err *err) {
  struct arena *a = arena_new();
  struct changelog_lines lines = {.gap = true};
  pthread_mutex_lock(&catalog_rebuild_lock);
  struct catalog *before = catalog_acquire();
  bool ok = all || !before || changelog_since(env->account->store, before->seen, a, &lines, err);
  ok = ok && catalog_take(env, before, &lines, err);
  if (ok) catalog_tell_lines(&lines);
  if (ok) recent_take(&lines);
  catalog_release(before);
  pthread_mutex_unlock(&catalog_rebuild_lock);
  arena_free(a);
  return ok;
}

bool catalog_rebuild(const struct catalog_env *env, struct err *err) {
  return catalog_make(env, false, err);
}

bool catalog_reload(const struct catalog_env *env, struct err *err) {
  return catalog_make(env, true, err);
}

void catalog_tidy(void) {
  pthread_mutex_lock(&catalog_rebuild_lock);
  struct catalog *c = catalog_acquire();
  if (made_tidy(c ? c->made : NULL) && c) {
    struct catalog_parts p = catalog_parts_of(c);
    catalog_swap(catalog_new(&p));
  }
  catalog_release(c);
  pthread_mutex_unlock(&catalog_rebuild_lock);
}

void catalog_on_change(void (*changed)(void *arg), void *arg) {
  catalog_changed = changed;
  catalog_changed_arg = arg;
}

void catalog_on_line(void (*heard)(void *arg, const struct changelog_line *line, bool all), void *arg) {
  pthread_mutex_lock(&catalog_rebuild_lock);
  catalog_heard = heard;
  catalog_heard_arg = arg;
  pthread_mutex_unlock(&catalog_rebuild_lock);
}

void catalog_close(void) {
  pthread_mutex_lock(&catalog_lock);
  struct catalog *c = catalog_current;
  catalog_current = NULL;
  pthread_mutex_unlock(&catalog_lock);
  catalog_release(c);
  made_close();
}

// ---- last uses

struct catalog_uses {
  struct catalog *catalog;
  struct store *store; // NULL: they are only counted
  size_t count;
};

static bool catalog_url_use(struct catalog_uses *u, struct catalog_entry *e, size_t i, struct err *err) {
  struct server_url url = e->server.urls.items[i];
  if (!use_is_news(&e->uses[i], &url.used_at)) return true;
  u->count++;
  if (!u->store) return true;
  if (!url_row_note_use(u->store, &url, err)) return false;
  use_set_written(&e->uses[i], url.used_at);
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
  struct sorted_walk w =
      sorted_walk_after(&u->catalog->entries.by_id, (struct sorted_key){STR_NONE, STR_NONE});
  for (struct catalog_entry *e; (e = sorted_walk_next(&w, NULL));)
    for (size_t k = 0; k < e->server.urls.count; k++)
      if (!catalog_url_use(u, e, k, err)) return false;
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

// ---- looked up

static const struct catalog *catalog_whole(const struct catalog *c) {
  return c->whole ? c->whole : c;
}

struct catalog_url *catalog_url_by_hash(const struct catalog *c, const unsigned char hash[TOKEN_HASH]) {
  unsigned i;
  struct catalog_entry *e = entries_by_hash(&c->entries, hash, &i);
  struct catalog_server *v = e ? made_of(catalog_whole(c), e) : NULL;
  // One whose owner may use none of its accounts is there to be seen, and its URLs open nothing.
  return v && v->member_count ? &v->urls[i] : NULL;
}

struct catalog_url *catalog_url_by_token(const struct catalog *c, struct str token, int64_t now_ms) {
  // Only the hash is looked up, so the time taken tells nothing about how near a guess came.
  unsigned char hash[TOKEN_HASH];
  token_hash(token, hash);
  struct catalog_url *url = catalog_url_by_hash(c, hash);
  return url && access_is_live(url->server->ends_at, now_ms) ? url : NULL;
}

static bool catalog_sees(const struct catalog *c, const struct catalog_entry *e) {
  return !c->whole || (c->seer.n && str_eq(e->server.owner, c->seer));
}

const struct catalog_server *catalog_server_by_id(const struct catalog *c, struct str id) {
  struct catalog_entry *e = entries_by_id(&c->entries, id);
  return e && catalog_sees(c, e) ? made_of(catalog_whole(c), e) : NULL;
}

size_t catalog_server_count(const struct catalog *c) {
  if (!c->whole) return c->entries.by_id.count;
  struct catalog_rows w = catalog_rows(c, STR_NONE, STR_NONE);
  size_t count = 0;
  while (catalog_rows_next(&w)) count++;
  return count;
}

struct catalog_rows catalog_rows(const struct catalog *c, struct str account_id, struct str after) {
  bool own = c->whole && !account_id.n;
  struct str first = own ? c->seer : account_id;
  struct catalog_rows w = {.catalog = c, .within = first};
  if (c->whole && !c->seer.n) return w; // nobody's
  w.walk = first.n ? sorted_walk_after(own ? &c->entries.by_owner : &c->entries.by_account,
                                       (struct sorted_key){first, after})
                   : sorted_walk_after(&c->entries.by_id, (struct sorted_key){after, STR_NONE});
  w.by_owner = own;
  return w;
}

const struct server *catalog_rows_next(struct catalog_rows *w) {
  unsigned part;
  for (const struct catalog_entry *e; (e = sorted_walk_next(&w->walk, &part));) {
    if (w->within.n && !str_eq(w->by_owner ? e->server.owner : e->server.members[part].account_id, w->within))
      return NULL; // behind the last of them
    if (catalog_sees(w->catalog, e)) return &e->server;
  }
  return NULL;
}

const struct catalog_server *catalog_server_by_slug(const struct catalog *c, struct str slug,
                                                    int64_t now_ms) {
  struct catalog_entry *e = entries_by_slug(&c->entries, slug);
  const struct catalog_server *v = e ? made_of(catalog_whole(c), e) : NULL;
  return v && v->member_count && access_is_live(v->ends_at, now_ms) ? v : NULL;
}

const struct access_user *catalog_user_by_id(const struct catalog *c, struct str id) {
  return c->people_part ? map_get(&c->people_part->users_by_id, id) : NULL;
}

bool catalog_bars(const struct catalog *c, struct str id) {
  return c->people_part && map_get(&c->people_part->barred, id);
}

const struct access_token *catalog_token_by_id(const struct catalog *c, struct str id) {
  return c->people_part ? map_get(&c->people_part->by_id, id) : NULL;
}

const struct catalog_account *catalog_account_by_id(const struct catalog *c, struct str id) {
  return map_get(&c->accounts_by_id, id);
}
