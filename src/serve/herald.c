// SPDX-License-Identifier: Apache-2.0
#include "serve/herald.h"

#include "base/clock.h"
#include "serve/reply.h"

enum { HERALD_MOST = 4096 }; // bytes of a notification; a token that does not fit is told nothing

// The token goes back as it came: a string or an integer.
static void herald_send(struct herald *h, const struct program_progress *step) SUSPENDS;
static void herald_send(struct herald *h, const struct program_progress *step) {
  struct buf message = BUF_MAX(HERALD_MOST);
  struct err err;
  buf_add_z(&message,
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":");
  buf_add(&message, json_to_text(h->r->arena, h->r->message.progress_token));
  buf_printf(&message, ",\"progress\":%zu,\"total\":%zu,\"message\":\"%.*s: %zu of %zu calls\"}}", h->ended,
             h->known, STR_ARG(step->step), step->ended, step->known);
  if (!message.full) h->gone = !reply_event(h->r, buf_str(&message), &err);
  buf_free(&message);
}

// What has ended by now, and of how much; true: no step has anything left to do.
static bool herald_count(struct herald *h, const struct program_run *run, size_t *ended, size_t *known) {
  struct program_progress p;
  bool over = true;
  *ended = *known = 0;
  for (size_t i = 0; program_progress(run, i, &p); i++) {
    if (p.ended != h->step_ended[i]) h->last = i;
    h->step_ended[i] = p.ended;
    *ended += p.ended;
    *known += p.known;
    over = over && !p.goes_on;
  }
  return over;
}

static void herald_moved(void *arg, struct program_run *run) {
  struct herald *h = arg;
  struct program_progress step;
  size_t ended, known;
  bool over = herald_count(h, run, &ended, &known);
  uint64_t now_us = clock_mono_us();
  if (h->gone || ended <= h->ended || (!over && now_us < h->next_us)) return;
  h->ended = ended;
  if (known > h->known) h->known = known;
  h->next_us = now_us + HERALD_EVERY_MS * 1000;
  if (program_progress(run, h->last, &step)) herald_send(h, &step);
}

void herald_begin(struct herald *h, struct serve_request *r, struct program_run *run) {
  *h = (struct herald){.r = r};
  if (!r->message.progress_token || !reply_can_tell(r)) return;
  (void)herald_count(h, run, &h->ended, &h->known); // of a run that goes on: what was told before
  program_follow(run, herald_moved, h);
}

void herald_end(struct program_run *run) {
  program_follow(run, NULL, NULL);
}
