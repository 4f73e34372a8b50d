// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <stdio.h>

#include "cli/out.h"
#include "cli/terminal.h"
#include "data/json.h"

enum { PROGRESS_LINE = 160 };

bool progress_is_wanted(void) {
  return terminal_notes_width() > 0;
}

static void progress_line(struct progress *p, bool stays, const char *line) {
  size_t width = terminal_notes_width(), n = strlen(line);
  if (width && n >= width) n = width - 1; // all of it is ASCII: ids of steps, words, numbers
  if (p->passing) out_passing(str_make(line, n));
  if (!p->passing && stays) out_note(str_make(line, n));
  if (stays) out_note(STR("\n"));
  p->shown = p->passing && !stays;
}

void progress_note(struct progress *p, struct str line) {
  progress_end(p);
  out_note(line);
  out_note(STR("\n"));
}

// A language model takes its time.
static void progress_model(struct progress *p, yyjson_val *data) {
  struct str engine = json_str(data, "engine"), doing = json_str(data, "doing");
  char line[PROGRESS_LINE];
  snprintf(line, sizeof line, "%.*s: round %lld%s%.*s", STR_MOST(engine, 64),
           (long long)json_int(data, "round", 0), doing.n ? ", " : "", STR_MOST(doing, 64));
  for (char *c = line; *c; c++)
    if (*c < ' ' || *c > '~') *c = '?'; // a model names what it calls
  progress_line(p, doing.n > 0, line);
}

// `progress` and `wait` of a program's events, `read` and `model` of a question's.
void progress_told(void *arg, struct str event, yyjson_val *data) {
  struct progress *p = arg;
  if (str_is(event, "model")) return progress_model(p, data);
  struct str step = json_str(data, "step"), state = json_str(data, "state");
  long long ended = json_int(data, "ended", 0), known = json_int(data, "known", 0),
            wait = json_int(data, "wait_seconds", 0);
  char line[PROGRESS_LINE];
  bool over = str_is(state, "complete") || str_is(state, "failed"),
       moved = str_is(event, "progress") || str_is(event, "read");
  if (wait)
    snprintf(line, sizeof line, "waiting %lld s: a vendor's rate limit", wait);
  else if (moved && over)
    snprintf(line, sizeof line, "%.*s: %lld call%s, %.*s", STR_MOST(step, 64), ended, ended == 1 ? "" : "s",
             STR_MOST(state, 16));
  else if (moved && str_is(state, "calling"))
    snprintf(line, sizeof line, "%.*s: %lld of %lld calls", STR_MOST(step, 64), ended, known);
  else
    return;
  progress_line(p, over || wait, line);
}

void progress_end(struct progress *p) {
  if (p->shown) out_passing(STR(""));
  p->shown = false;
}
