// SPDX-License-Identifier: Apache-2.0
#include "audit/tally.h"

#include <stdio.h>

enum { TALLY_KEY_MOST = 1280, TALLY_TEXT_MOST = 128 };

static struct str tally_key(const struct audit_row *r, struct str what, char key[TALLY_KEY_MOST]) {
  int n = snprintf(key, TALLY_KEY_MOST, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s",
                   STR_MOST(r->action, TALLY_TEXT_MOST), STR_MOST(r->who.address, TALLY_TEXT_MOST),
                   STR_MOST(r->outcome, TALLY_TEXT_MOST), STR_MOST(r->account_id, TALLY_TEXT_MOST),
                   STR_MOST(r->server_id, TALLY_TEXT_MOST), STR_MOST(r->url, TALLY_TEXT_MOST),
                   STR_MOST(r->who.actor, TALLY_TEXT_MOST), STR_MOST(r->detail, TALLY_TEXT_MOST),
                   STR_MOST(what, TALLY_TEXT_MOST));
  return str_make(key, n < TALLY_KEY_MOST ? (size_t)n : TALLY_KEY_MOST - 1);
}

// The texts that such a row has; the others stay empty.
static void tally_keep(struct audit_row *r, struct arena *a) {
  struct str *texts[] = {
      &r->who.actor,   &r->who.actor_name, &r->who.client, &r->who.address, &r->who.client_id,
      &r->who.sign_in, &r->action,         &r->server_id,  &r->server_name, &r->url,
      &r->account_id,  &r->account_name,   &r->outcome,    &r->request_id,  &r->detail};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    *texts[i] = arena_dup(a, str_cut_utf8(*texts[i], TALLY_TEXT_MOST));
}

// There is room.
static struct tally_entry *tally_make(struct tally *t, struct str key, const struct audit_row *row,
                                      struct str what) {
  struct tally_entry *e = ARENA_NEW(t->arena, struct tally_entry);
  what = str_cut_utf8(what, TALLY_TEXT_MOST);
  e->row = (struct audit_row){.at = row->at,
                              .who = row->who,
                              .action = row->action,
                              .server_id = row->server_id,
                              .server_name = row->server_name,
                              .url = row->url,
                              .account_id = row->account_id,
                              .account_name = row->account_name,
                              .outcome = row->outcome,
                              .request_id = row->request_id,
                              .detail = row->detail,
                              .status = row->status};
  tally_keep(&e->row, t->arena);
  if (what.n) e->row.detail = arena_printf(t->arena, "%.*s: %.*s", STR_ARG(e->row.detail), STR_ARG(what));
  map_put(&t->by_key, arena_dup(t->arena, key), e);
  t->entries[t->count++] = e;
  return e;
}

static struct tally_entry *tally_find(struct tally *t, const struct audit_row *row, struct str what) {
  char text[TALLY_KEY_MOST];
  bool full = t->count == TALLY_KEYS_MOST;
  struct str key = tally_key(row, STR_NONE, text);
  struct tally_entry *group = map_get(&t->by_key, key), *one;
  if (!group) group = full ? &t->rest : tally_make(t, key, row, STR_NONE);
  if (!what.n || group == &t->rest) return group;
  key = tally_key(row, what, text);
  one = map_get(&t->by_key, key);
  if (one) return one;
  if (group->whats == TALLY_WHATS_MOST || t->count == TALLY_KEYS_MOST) return group;
  group->whats++;
  return tally_make(t, key, row, what);
}

static void tally_begin(struct tally *t, uint64_t now_us) {
  t->arena = arena_new();
  t->ends_us = now_us + TALLY_WINDOW_MS * 1000ull;
  t->rest = (struct tally_entry){.row = {.outcome = STR("denied"),
                                         .detail = STR("of more addresses than are told apart"),
                                         .action = STR(AUDIT_REFUSE)}};
}

bool tally_add(struct tally *t, const struct audit_row *row, struct str what, uint64_t now_us) {
  if (!t->arena) tally_begin(t, now_us);
  struct audit_row *r = &tally_find(t, row, what)->row;
  bool fresh = !r->count++, news = fresh ? !t->fresh : !t->tells_us;
  if (fresh)
    r->at = row->at, r->elapsed_us = row->elapsed_us;
  else
    r->elapsed_us = row->at > r->at ? (row->at - r->at) * 1000 : 0;
  t->fresh |= fresh;
  if (!fresh && !t->tells_us) t->tells_us = now_us + TALLY_TELL_MS * 1000ull;
  return news;
}

uint64_t tally_left(const struct tally *t, uint64_t now_us) {
  if (!t->arena) return TALLY_NOTHING;
  uint64_t due_us = t->tells_us && t->tells_us < t->ends_us ? t->tells_us : t->ends_us;
  return !t->fresh && now_us < due_us ? due_us - now_us : 0;
}

// Of what was told before, news waits for its time.
static void tally_tell(struct tally *t, struct tally_entry *e, bool all, bool ends, tally_put *put,
                       void *arg) {
  if (e->told == e->row.count || (e->told && !all)) return;
  if (e->whats && !str_ends(e->row.detail, ": others"))
    e->row.detail = arena_printf(t->arena, "%.*s: others", STR_ARG(e->row.detail));
  put(arg, e, ends);
  e->told = e->row.count;
}

static void tally_tell_all(struct tally *t, bool all, bool ends, tally_put *put, void *arg) {
  for (size_t i = 0; i < t->count; i++) tally_tell(t, t->entries[i], all, ends, put, arg);
  tally_tell(t, &t->rest, all, ends, put, arg);
  t->fresh = false;
  if (all) t->tells_us = 0;
}

void tally_take(struct tally *t, uint64_t now_us, tally_put *put, void *arg) {
  if (!t->arena) return;
  if (now_us >= t->ends_us)
    tally_end(t, put, arg);
  else
    tally_tell_all(t, t->tells_us && now_us >= t->tells_us, false, put, arg);
}

void tally_end(struct tally *t, tally_put *put, void *arg) {
  if (!t->arena) return;
  tally_tell_all(t, true, true, put, arg);
  map_free(&t->by_key);
  arena_free(t->arena);
  *t = (struct tally){0};
}
