// SPDX-License-Identifier: Apache-2.0
#include "catalog/entry.h"

#include "base/mem.h"

// ---- one

// What is laid behind each other in one block; a first round without a block counts.
struct entry_block {
  char *at;
  size_t used;
};

static void *entry_lay(struct entry_block *b, size_t n) {
  b->used = (b->used + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
  void *p = b->at ? b->at + b->used : NULL;
  b->used += n;
  return p;
}

static struct str entry_text(struct entry_block *b, struct str s) {
  char *p = b->at ? b->at + b->used : NULL;
  b->used += s.n;
  if (p && s.n) memcpy(p, s.p, s.n);
  return (struct str){p, s.n};
}

static const struct str *entry_texts(struct entry_block *b, const struct str *from, size_t count) {
  struct str *to = entry_lay(b, count * sizeof *to);
  for (size_t i = 0; i < count; i++) {
    struct str text = entry_text(b, from[i]);
    if (to) to[i] = text;
  }
  return to;
}

static void entry_fill_admission(struct entry_block *b, const struct admission *from, struct admission *to) {
  to->groups = entry_texts(b, from->groups, from->group_count);
  to->people = entry_texts(b, from->people, from->person_count);
  to->slug = entry_text(b, from->slug);
}

static struct catalog_entry *entry_fill(struct entry_block *b, const struct server *row) {
  struct catalog_entry head, *e = entry_lay(b, sizeof *e);
  struct server *v = e ? &e->server : &head.server;
  struct server_member *members = entry_lay(b, row->member_count * sizeof *members);
  struct server_url *urls = entry_lay(b, row->urls.count * sizeof *urls);
  struct use *uses = entry_lay(b, row->urls.count * sizeof *uses);
  *v = *row;
  v->filter = (struct policy_filter){.require_api_token = row->filter.require_api_token,
                                     .paused = row->filter.paused,
                                     .own_count = row->filter.own_count};
  v->id = entry_text(b, row->id);
  v->name = entry_text(b, row->name);
  v->owner = entry_text(b, row->owner);
  v->config = entry_text(b, row->config);
  entry_fill_admission(b, &row->admission, &v->admission);
  v->filter.owns = entry_texts(b, row->filter.owns, row->filter.own_count);
  v->members = members;
  v->urls.items = urls;
  for (size_t i = 0; i < row->member_count; i++) {
    const struct server_member *m = &row->members[i];
    struct server_member copy = {entry_text(b, m->account_id), entry_text(b, m->alias), m->names};
    if (e) members[i] = copy;
  }
  for (size_t i = 0; i < row->urls.count; i++) {
    struct server_url copy = row->urls.items[i];
    copy.name = entry_text(b, copy.name);
    if (e) urls[i] = copy;
  }
  if (e) e->uses = uses;
  return e;
}

static const struct use *entry_use_before(const struct catalog_entry *before, const struct server_url *url) {
  for (size_t i = 0; before && i < before->server.urls.count; i++)
    if (memcmp(before->server.urls.items[i].hash, url->hash, TOKEN_HASH) == 0) return &before->uses[i];
  return NULL;
}

struct catalog_entry *entry_new(const struct server *row, const struct catalog_entry *before) {
  struct entry_block b = {0};
  (void)entry_fill(&b, row);
  b = (struct entry_block){.at = mem_alloc(b.used)};
  struct catalog_entry *e = entry_fill(&b, row);
  atomic_init(&e->refs, 1);
  for (size_t i = 0; i < e->server.urls.count; i++) {
    const struct server_url *url = &e->server.urls.items[i];
    use_begin(&e->uses[i], url->used_at, entry_use_before(before, url));
  }
  return e;
}

struct catalog_entry *entry_ref(struct catalog_entry *e) {
  atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
  return e;
}

void entry_unref(struct catalog_entry *e) {
  if (atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) == 1) mem_free(e);
}

bool entry_is(const struct catalog_entry *e, const struct server *row) {
  const struct server *v = &e->server;
  if (v->version != row->version || v->member_count != row->member_count ||
      v->urls.count != row->urls.count || !str_eq(v->config, row->config) || !str_eq(v->name, row->name) ||
      !str_eq(v->owner, row->owner) || !str_eq(v->admission.slug, row->admission.slug) ||
      v->expires_at != row->expires_at)
    return false;
  for (size_t i = 0; i < v->member_count; i++)
    if (!str_eq(v->members[i].account_id, row->members[i].account_id) ||
        !str_eq(v->members[i].alias, row->members[i].alias) || v->members[i].names != row->members[i].names)
      return false;
  for (size_t i = 0; i < v->urls.count; i++)
    if (!str_eq(v->urls.items[i].name, row->urls.items[i].name) ||
        memcmp(v->urls.items[i].hash, row->urls.items[i].hash, TOKEN_HASH) != 0)
      return false;
  return true;
}

// ---- all

static struct sorted_key entry_by_id(const void *item, unsigned part) {
  (void)part;
  return (struct sorted_key){((const struct catalog_entry *)item)->server.id, STR_NONE};
}

static struct sorted_key entry_by_hash(const void *item, unsigned url) {
  const struct catalog_entry *e = item;
  return (struct sorted_key){str_make((const char *)e->server.urls.items[url].hash, TOKEN_HASH), STR_NONE};
}

static struct sorted_key entry_by_owner(const void *item, unsigned part) {
  (void)part;
  const struct catalog_entry *e = item;
  return (struct sorted_key){e->server.owner, e->server.id};
}

static struct sorted_key entry_by_slug(const void *item, unsigned part) {
  (void)part;
  return (struct sorted_key){((const struct catalog_entry *)item)->server.admission.slug, STR_NONE};
}

static struct sorted_key entry_by_account(const void *item, unsigned member) {
  const struct catalog_entry *e = item;
  return (struct sorted_key){e->server.members[member].account_id, e->server.id};
}

static void entry_hold(void *item) {
  entry_ref(item);
}

static void entry_drop(void *item) {
  entry_unref(item);
}

struct entries entries_new(void) {
  // The others borrow: whatever they have, the first holds.
  static const struct sorted_kind id = {entry_by_id, entry_hold, entry_drop},
                                  hash = {entry_by_hash, NULL, NULL}, owner = {entry_by_owner, NULL, NULL},
                                  slug = {entry_by_slug, NULL, NULL},
                                  account = {entry_by_account, NULL, NULL};
  return (struct entries){
      {.kind = &id}, {.kind = &hash}, {.kind = &owner}, {.kind = &slug}, {.kind = &account}};
}

struct entries entries_ref(const struct entries *all) {
  return (struct entries){sorted_ref(&all->by_id), sorted_ref(&all->by_hash), sorted_ref(&all->by_owner),
                          sorted_ref(&all->by_slug), sorted_ref(&all->by_account)};
}

void entries_free(struct entries *all) {
  sorted_free(&all->by_hash);
  sorted_free(&all->by_owner);
  sorted_free(&all->by_slug);
  sorted_free(&all->by_account);
  sorted_free(&all->by_id);
}

// Another entry may have taken the key over meanwhile: a slug that moved.
static void entries_leave(struct sorted *index, const struct catalog_entry *e, unsigned part) {
  struct sorted_key key = index->kind->key(e, part);
  if (sorted_get(index, key, NULL) == e) sorted_remove(index, key);
}

void entries_remove(struct entries *all, struct str id) {
  struct catalog_entry *e = entries_by_id(all, id);
  if (!e) return;
  for (unsigned i = 0; i < e->server.urls.count; i++) entries_leave(&all->by_hash, e, i);
  for (unsigned i = 0; i < e->server.member_count; i++) entries_leave(&all->by_account, e, i);
  entries_leave(&all->by_owner, e, 0);
  entries_leave(&all->by_slug, e, 0);
  entry_ref(e); // its key is read to the end
  sorted_remove(&all->by_id, entry_by_id(e, 0));
  entry_unref(e);
}

void entries_put(struct entries *all, struct catalog_entry *e) {
  entries_remove(all, e->server.id);
  sorted_put(&all->by_id, e, 0);
  entry_unref(e);
  for (unsigned i = 0; i < e->server.urls.count; i++) sorted_put(&all->by_hash, e, i);
  for (unsigned i = 0; i < e->server.member_count; i++) sorted_put(&all->by_account, e, i);
  if (e->server.owner.n) sorted_put(&all->by_owner, e, 0);
  if (e->server.admission.slug.n) sorted_put(&all->by_slug, e, 0);
}

// One index is filled at a time: `keys` says how often an entry stands in it.
static void entries_fill_index(struct sorted *index, struct catalog_entry *const *items, size_t count,
                               size_t (*keys)(const struct catalog_entry *e)) {
  size_t most = 0, n = 0;
  for (size_t i = 0; i < count; i++) most += keys(items[i]);
  struct sorted_item *at = mem_array(most + 1, sizeof(struct sorted_item));
  for (size_t i = 0; i < count; i++)
    for (unsigned part = 0; part < keys(items[i]); part++) at[n++] = (struct sorted_item){items[i], part};
  sorted_fill(index, at, n);
  mem_free(at);
}

static size_t entry_ids(const struct catalog_entry *e) {
  (void)e;
  return 1;
}

static size_t entry_hashes(const struct catalog_entry *e) {
  return e->server.urls.count;
}

static size_t entry_accounts(const struct catalog_entry *e) {
  return e->server.member_count;
}

static size_t entry_owners(const struct catalog_entry *e) {
  return e->server.owner.n > 0;
}

static size_t entry_slugs(const struct catalog_entry *e) {
  return e->server.admission.slug.n > 0;
}

void entries_fill(struct entries *all, struct catalog_entry *const *items, size_t count) {
  if (!count) return;
  entries_fill_index(&all->by_id, items, count, entry_ids);
  entries_fill_index(&all->by_hash, items, count, entry_hashes);
  entries_fill_index(&all->by_account, items, count, entry_accounts);
  entries_fill_index(&all->by_owner, items, count, entry_owners);
  entries_fill_index(&all->by_slug, items, count, entry_slugs);
  for (size_t i = 0; i < count; i++) entry_unref(items[i]);
}

struct catalog_entry *entries_by_id(const struct entries *all, struct str id) {
  return sorted_get(&all->by_id, (struct sorted_key){id, STR_NONE}, NULL);
}

struct catalog_entry *entries_by_slug(const struct entries *all, struct str slug) {
  return slug.n ? sorted_get(&all->by_slug, (struct sorted_key){slug, STR_NONE}, NULL) : NULL;
}

struct catalog_entry *entries_by_hash(const struct entries *all, const unsigned char hash[TOKEN_HASH],
                                      unsigned *url) {
  struct str key = str_make((const char *)hash, TOKEN_HASH);
  return sorted_get(&all->by_hash, (struct sorted_key){key, STR_NONE}, url);
}
