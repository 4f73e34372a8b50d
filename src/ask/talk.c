// SPDX-License-Identifier: Apache-2.0
#include "ask/talk.h"

#include <pthread.h>

struct talk_kept {
  struct arena *arena; // NULL: empty
  char id[TOKEN_ID];
  struct str principal;
  struct talk_said said;
};

static struct talk_kept talk_ring[TALK_MOST];
static size_t talk_next;
static pthread_mutex_t talk_lock = PTHREAD_MUTEX_INITIALIZER;

static struct talk_named talk_named_copy(struct arena *a, const struct talk_named *from) {
  return (struct talk_named){arena_dup(a, from->word), arena_dup(a, from->name),
                             arena_dup(a, from->connector), arena_dup(a, from->thing)};
}

static void talk_copy(struct arena *a, const struct talk_said *from, struct talk_said *to) {
  *to = *from;
  for (size_t i = 0; i < to->turn_count; i++) to->turns[i] = arena_dup(a, from->turns[i]);
  for (size_t i = 0; i < to->choice_count; i++) to->choices[i] = arena_dup(a, from->choices[i]);
  to->asked = talk_named_copy(a, &from->asked);
  for (size_t i = 0; i < to->named_count; i++) to->named[i] = talk_named_copy(a, &from->named[i]);
}

void talk_name(struct talk_said *said, const struct talk_named *named) {
  size_t at = 0;
  while (at < said->named_count && !str_eq_nocase(said->named[at].word, named->word)) at++;
  if (at == TALK_NAMED_MOST)
    memmove(said->named, said->named + 1, --at * sizeof *said->named);
  else if (at == said->named_count)
    said->named_count++;
  said->named[at] = *named;
}

void talk_keep(struct str principal, const struct talk_said *said, char id[TOKEN_ID]) {
  struct talk_kept made = {.arena = arena_new()};
  token_id("ans", made.id);
  made.principal = arena_dup(made.arena, principal);
  talk_copy(made.arena, said, &made.said);
  memcpy(id, made.id, TOKEN_ID);
  pthread_mutex_lock(&talk_lock);
  struct talk_kept *place = &talk_ring[talk_next++ % TALK_MOST];
  struct arena *old = place->arena;
  *place = made;
  pthread_mutex_unlock(&talk_lock);
  arena_free(old);
}

bool talk_take(struct str id, struct str principal, struct arena *a, struct talk_said *out, struct err *err) {
  bool found = false;
  pthread_mutex_lock(&talk_lock);
  for (size_t i = 0; i < TALK_MOST && !found; i++) {
    const struct talk_kept *k = &talk_ring[i];
    if (!k->arena || !str_is(id, k->id) || !str_eq(principal, k->principal)) continue;
    talk_copy(a, &k->said, out);
    found = true;
  }
  pthread_mutex_unlock(&talk_lock);
  if (found) return true;
  err_at(err, ERR_MISSING, "follow", "there is no answer '%.*s' to follow", STR_MOST(id, 60));
  err_hint(err, "answers are kept for a while, for who asked; ask the whole question again");
  return false;
}

void talk_close(void) {
  for (size_t i = 0; i < TALK_MOST; i++) {
    arena_free(talk_ring[i].arena);
    talk_ring[i] = (struct talk_kept){0};
  }
}
