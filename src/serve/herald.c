// SPDX-License-Identifier: Apache-2.0
#include "serve/herald.h"

#include <stdio.h>

#include "base/clock.h"
#include "data/json.h"
#include "serve/reply.h"

enum {
  HERALD_MOST = 4096,
  HERALD_WHAT = 160
}; // bytes of a notification; a token that does not fit is told nothing

// The token goes back as it came: a string or an integer.
static void herald_send(struct herald *h, struct str what) SUSPENDS;
static void herald_send(struct herald *h, struct str what) {
  struct buf message = BUF_MAX(HERALD_MOST);
  struct err err;
  buf_add_z(&message,
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":");
  buf_add(&message, json_to_text(h->r->arena, h->r->message.progress_token));
  buf_printf(&message, ",\"progress\":%zu,\"total\":%zu,\"message\":", h->ended, h->known);
  json_add_string(&message, what);
  buf_add_z(&message, "}}");
  if (!message.full) h->gone = !reply_event(h->r, buf_str(&message), &err);
  buf_free(&message);
}

// Is it news, and time for it? `over`: nothing is left to do.
static bool herald_rises(struct herald *h, size_t ended, size_t known, bool over) {
  uint64_t now_us = clock_mono_us();
  if (h->gone || ended <= h->ended || (!over && now_us < h->next_us)) return false;
  h->ended = ended;
  if (known > h->known) h->known = known;
  h->next_us = now_us + HERALD_EVERY_MS * 1000;
  return true;
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
  char what[HERALD_WHAT];
  if (!herald_rises(h, ended, known, over) || !program_progress(run, h->last, &step)) return;
  int n =
      snprintf(what, sizeof what, "%.*s: %zu of %zu calls", STR_MOST(step.step, 64), step.ended, step.known);
  herald_send(h, str_make(what, (size_t)n));
}

bool herald_open(struct herald *h, struct serve_request *r) {
  *h = (struct herald){.r = r};
  return r->message.progress_token && reply_can_tell(r);
}

void herald_told(void *arg, const struct ask_event *e) {
  struct herald *h = arg;
  char what[HERALD_WHAT];
  if (!herald_rises(h, e->ended + 1, e->known + 1, e->ended == e->known)) return;
  int n = e->known ? snprintf(what, sizeof what, "%.*s: %zu of %zu calls", STR_MOST(e->what, 64), e->ended,
                              e->known)
                   : snprintf(what, sizeof what, "%.*s", STR_MOST(e->what, 64));
  herald_send(h, str_make(what, (size_t)n));
}

void herald_begin(struct herald *h, struct serve_request *r, struct program_run *run) {
  if (!herald_open(h, r)) return;
  (void)herald_count(h, run, &h->ended, &h->known); // of a run that goes on: what was told before
  program_follow(run, herald_moved, h);
}

void herald_end(struct program_run *run) {
  program_follow(run, NULL, NULL);
}
