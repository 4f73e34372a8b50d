// SPDX-License-Identifier: Apache-2.0
#include "program/keep.h"

#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "catalog/own.h"
#include "catalog/sight.h"
#include "crypto/token.h"
#include "data/json.h"
#include "program/run_parts.h"

enum { KEEP_MARK_MOST = 8 };

static pthread_mutex_t keep_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  struct program_run *run;
  uint64_t until_us;
} keep_places[PROGRAM_KEPT_MOST];

static struct program_run *keep_out(size_t place) {
  struct program_run *run = keep_places[place].run;
  keep_places[place].run = NULL;
  return run;
}

// Where the next one goes; who has too many, or else the oldest of all, loses one.
static size_t keep_place(struct str principal, struct program_run **evicted) {
  size_t own = 0, oldest_own = 0, oldest = 0, free = PROGRAM_KEPT_MOST;
  for (size_t i = 0; i < PROGRAM_KEPT_MOST; i++) {
    if (!keep_places[i].run) {
      free = i;
      continue;
    }
    bool mine = str_eq(keep_places[i].run->principal, principal);
    if (mine && (own == 0 || keep_places[i].until_us < keep_places[oldest_own].until_us)) oldest_own = i;
    own += mine;
    if (!keep_places[oldest].run || keep_places[i].until_us < keep_places[oldest].until_us) oldest = i;
  }
  if (own < PROGRAM_KEPT_OWN && free < PROGRAM_KEPT_MOST) return free;
  size_t place = own >= PROGRAM_KEPT_OWN ? oldest_own : oldest;
  *evicted = keep_out(place);
  return place;
}

static struct str keep_mark;

void program_use_mark(struct str mark) {
  keep_mark = mark;
}

struct str program_handle(struct program_run *run) {
  char random[TOKEN_TEXT];
  if (!run->handle.n) {
    token_new("kept", random); // PROGRAM_HANDLE_PREFIX and 43 characters, of which 25 are 150 random bits
    run->handle =
        arena_printf(run->arena, PROGRAM_HANDLE_PREFIX "%.*s%.25s", STR_MOST(keep_mark, KEEP_MARK_MOST),
                     random + sizeof PROGRAM_HANDLE_PREFIX - 1);
  }
  return run->handle;
}

struct str program_keep(struct program_run *run, char text[PROGRAM_HANDLE_TEXT]) {
  struct program_run *evicted = NULL;
  program_handle(run);
  run->progress = NULL;
  snprintf(text, PROGRAM_HANDLE_TEXT, "%.*s", STR_ARG(run->handle));
  uint64_t wait_us = run->paused ? (uint64_t)run->wait_s * 1000000 : 0;
  pthread_mutex_lock(&keep_lock);
  size_t place = keep_place(run->principal, &evicted);
  keep_places[place].run = run;
  keep_places[place].until_us = clock_mono_us() + PROGRAM_KEPT_MS * 1000ULL + wait_us;
  pthread_mutex_unlock(&keep_lock);
  program_end(evicted);
  return str_of(text);
}

bool program_conclude(struct program_run *run, void (*tell)(void *arg, const struct outcome *o), void *arg,
                      struct err *err) {
  const struct outcome *o;
  char handle[PROGRAM_HANDLE_TEXT];
  program_handle(run);
  if (!program_outcome(run, &o, err)) {
    program_end(run);
    return false;
  }
  tell(arg, o);
  program_keep(run, handle);
  return true;
}

static bool keep_is(size_t place, struct str handle, struct str principal) {
  const struct program_run *run = keep_places[place].run;
  return run && str_eq_secret(run->handle, handle) && str_eq(run->principal, principal) &&
         keep_places[place].until_us > clock_mono_us();
}

// Had its person an account of her own to read with, and has it no more? What it read goes with it.
static bool keep_own_is_gone(const struct program_run *run, const struct catalog *c) {
  const struct catalog_server *was = run->view.server;
  for (size_t i = 0; was && i < was->member_count; i++) {
    const struct catalog_account *front = was->members[i].account;
    if (!front->is_front) continue;
    const struct catalog_account *then = catalog_own(run->view.catalog, run->person, front->account->id),
                                 *now = catalog_own(c, run->person, front->account->id);
    if (then && (!now || !str_eq(now->account->id, then->account->id))) return true;
  }
  return false;
}

// Is one of its tools no longer shown where it ran, or to who ran it, or held back, or the server held to another fence?
static bool keep_is_gone(const struct program_run *run, const struct catalog *c) {
  struct program_view view = {sight_again(c, run->view.catalog),
                              run->view.server ? catalog_server_by_id(c, run->view.server->server.id) : NULL};
  struct program_view_found found;
  const struct catalog_server *was = run->view.server, *is = view.server;
  if (was && (!is || !fence_is_same(&is->server.filter.fences, &was->server.filter.fences))) return true;
  if (keep_own_is_gone(run, c)) return true;
  for (size_t i = 0; i < run->table_count; i++)
    if (run->sources[i].account_id.n &&
        !program_view_find(&view, run->sources[i].account_id, run->sources[i].tool, &found))
      return true;
  for (size_t i = 0; i < run->step_count; i++)
    for (size_t t = 0; t < run->plan.steps[i].target_count; t++) {
      const struct catalog_tool *tool = &run->plan.steps[i].targets[t].tool;
      if (!program_view_find(&view, tool->account->account->id, tool->tool->name, &found)) return true;
    }
  return false;
}

// One that went back under its handle after the catalog had changed was not dropped then.
static bool keep_is_stale(const struct program_run *run) {
  struct catalog *c = catalog_acquire();
  bool stale = c && keep_is_gone(run, c);
  catalog_release(c);
  return stale;
}

bool program_take(struct str handle, struct str principal, struct program_run **out, struct err *err) {
  struct program_run *run = NULL;
  pthread_mutex_lock(&keep_lock);
  for (size_t i = 0; i < PROGRAM_KEPT_MOST && !run; i++)
    if (keep_is(i, handle, principal)) run = keep_out(i);
  pthread_mutex_unlock(&keep_lock);
  if (run && keep_is_stale(run)) {
    program_end(run);
    run = NULL;
  }
  if (run) return *out = run, true;
  err_set(err, ERR_MISSING, "nothing is kept under '%.*s'", handle.n < 60 ? (int)handle.n : 60,
          handle.p ? handle.p : "");
  err_hint(err, "results are kept for ten minutes, for who ran the program; run it again");
  return false;
}

static yyjson_doc *keep_rows_of(const struct outcome_result *r) {
  struct buf json = BUF_MAX(256 << 20);
  buf_add_char(&json, '[');
  for (size_t i = 0; i < r->rows.row_count; i++) {
    buf_add_z(&json, i ? ",{" : "{");
    for (size_t c = 0; c < r->rows.column_count; c++) {
      if (c) buf_add_char(&json, ',');
      json_add_string(&json, r->rows.columns[c].name);
      buf_add_char(&json, ':');
      table_cell_write(&json, &r->rows.cells[i * r->rows.column_count + c], r->rows.columns[c].type);
    }
    buf_add_char(&json, '}');
  }
  buf_add_char(&json, ']');
  yyjson_doc *rows = json.full ? NULL : yyjson_read(json.p, json.n, YYJSON_READ_NUMBER_AS_RAW);
  buf_free(&json);
  return rows;
}

yyjson_doc *program_kept_rows(struct str handle, struct str result, struct str principal, struct err *err) {
  struct program_run *run;
  yyjson_doc *rows = NULL;
  char text[PROGRAM_HANDLE_TEXT];
  if (!program_take(handle, principal, &run, err)) return NULL;
  const struct outcome *o = &run->outcome;
  bool found = false;
  for (size_t i = 0; i < o->result_count && !found; i++) {
    found = result.n ? str_eq(o->results[i].name, result) : true;
    if (found && !o->results[i].why.n) rows = keep_rows_of(&o->results[i]);
  }
  if (!rows && found)
    err_set(err, ERR_UNPROCESSABLE, "the kept result '%.*s' has no rows to read", STR_ARG(result));
  if (!rows && !found)
    err_set(err, ERR_MISSING, "there is no result '%.*s' under that handle", STR_ARG(result));
  program_keep(run, text);
  return rows;
}

static void keep_drop(bool (*drops)(size_t place, const struct catalog *c), const struct catalog *c) {
  struct program_run *gone[PROGRAM_KEPT_MOST];
  size_t n = 0;
  pthread_mutex_lock(&keep_lock);
  for (size_t i = 0; i < PROGRAM_KEPT_MOST; i++)
    if (keep_places[i].run && drops(i, c)) gone[n++] = keep_out(i);
  pthread_mutex_unlock(&keep_lock);
  while (n) program_end(gone[--n]);
}

static bool keep_left_behind(size_t place, const struct catalog *c) {
  return keep_is_gone(keep_places[place].run, c);
}

static bool keep_over(size_t place, const struct catalog *unused) {
  (void)unused;
  return keep_places[place].until_us <= clock_mono_us();
}

static bool keep_any(size_t place, const struct catalog *unused) {
  (void)place;
  (void)unused;
  return true;
}

void program_keep_follow(const struct catalog *c) {
  keep_drop(keep_left_behind, c);
}

void program_keep_sweep(void) {
  keep_drop(keep_over, NULL);
}

void program_keep_close(void) {
  keep_drop(keep_any, NULL);
}

size_t program_kept_count(void) {
  size_t n = 0;
  pthread_mutex_lock(&keep_lock);
  for (size_t i = 0; i < PROGRAM_KEPT_MOST; i++) n += keep_places[i].run != NULL;
  pthread_mutex_unlock(&keep_lock);
  return n;
}
