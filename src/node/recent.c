// SPDX-License-Identifier: Apache-2.0
#include "node/recent.h"

#include <pthread.h>

static struct {
  pthread_mutex_t lock;
  struct {
    enum changelog_kind kind;
    char id[RECENT_ID];
  } lines[RECENT_LINES]; // each at its number
  int64_t first, last;   // first is last + 1: there is none
  void (*news)(void);
} recent = {.lock = PTHREAD_MUTEX_INITIALIZER, .first = 1};

// One whose id is too long stands for all of its kind.
static void recent_add(const struct changelog_line *line) {
  size_t place = (size_t)++recent.last % RECENT_LINES, n = line->id.n < RECENT_ID ? line->id.n : 0;
  recent.lines[place].kind = line->kind;
  if (n) memcpy(recent.lines[place].id, line->id.p, n);
  recent.lines[place].id[n] = 0;
  if (recent.last - recent.first >= RECENT_LINES) recent.first = recent.last - RECENT_LINES + 1;
}

void recent_take(const struct changelog_lines *lines) {
  pthread_mutex_lock(&recent.lock);
  bool news = recent.last != lines->last;
  if (lines->gap) {
    recent.last = lines->last;
    recent.first = recent.last + 1;
  }
  for (size_t i = 0; !lines->gap && i < lines->count; i++) recent_add(&lines->items[i]);
  void (*tell)(void) = news ? recent.news : NULL;
  pthread_mutex_unlock(&recent.lock);
  if (tell) tell();
}

int64_t recent_last(void) {
  pthread_mutex_lock(&recent.lock);
  int64_t last = recent.last;
  pthread_mutex_unlock(&recent.lock);
  return last;
}

bool recent_write(int64_t after, struct buf *out) {
  pthread_mutex_lock(&recent.lock);
  bool news = recent.last > after;
  int64_t first = after >= recent.first ? after + 1 : recent.first;
  if (news) buf_printf(out, "%lld %lld\n", (long long)first, (long long)recent.last);
  for (int64_t i = first; news && i <= recent.last; i++)
    buf_printf(out, "%s %s\n", changelog_kind_name(recent.lines[i % RECENT_LINES].kind),
               recent.lines[i % RECENT_LINES].id);
  pthread_mutex_unlock(&recent.lock);
  return news;
}

void recent_on_news(void (*news)(void)) {
  pthread_mutex_lock(&recent.lock);
  recent.news = news;
  pthread_mutex_unlock(&recent.lock);
}
