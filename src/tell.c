// SPDX-License-Identifier: Apache-2.0
#include "tell.h"

#include "base/mem.h"
#include "serve/stream.h"
#include "wiring.h"

static void tell_look_loop(void *arg) {
  stream_refresh(arg);
}

void tell_look(void *wiring) {
  const struct wiring *w = wiring;
  for (size_t i = 0; i < w->loop_count; i++) loop_post(w->loops[i], tell_look_loop, w->loops[i]);
}

struct tell_news {
  struct loop *loop;
  char *account_id;
  enum watch_list list;
};

static void tell_list_loop(void *arg) {
  struct tell_news *news = arg;
  stream_changed(news->loop, str_of(news->account_id), news->list);
  mem_free(news->account_id);
  mem_free(news);
}

void tell_list(void *wiring, struct str account_id, enum watch_list list) {
  const struct wiring *w = wiring;
  for (size_t i = 0; i < w->loop_count; i++) {
    struct tell_news *news = MEM_NEW(struct tell_news);
    *news = (struct tell_news){w->loops[i], mem_copy(account_id.p, account_id.n), list};
    loop_post(w->loops[i], tell_list_loop, news);
  }
}
