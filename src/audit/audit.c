// SPDX-License-Identifier: Apache-2.0
#include "audit/audit.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "audit/follow.h"
#include "audit/item.h"
#include "audit/journal.h"
#include "audit/list.h"
#include "audit/mint.h"
#include "audit/months.h"
#include "audit/names.h"
#include "audit/rows.h"
#include "audit/span.h"
#include "audit/spool.h"
#include "audit/tally.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/steady.h"
#include "crypto/token.h"

enum {
  AUDIT_LINGER_MS = 20,      // a row waits so long for company, so that many share one commit
  AUDIT_RETRY_MS = 500,      // between tries while the store is locked or the disk is full
  AUDIT_LAST_TRIES = 4,      // once we are stopping
  AUDIT_PURGE_MOST = 200000, // rows at once; the rest goes the next time
  AUDIT_COMPLAIN_MS = 60000,
};

struct audit {
  struct store *store;
  struct audit_spool *spool; // the writer's; NULL: none
  pthread_t writer;
  pthread_mutex_t lock;
  pthread_cond_t wake, settled; // for the writer; for those who flush
  struct audit_item **queue;    // a ring of AUDIT_QUEUE_MOST
  size_t first, count, bytes;
  uint64_t added, done;   // done: written, or given up by the writer
  uint64_t dropped, told; // rows lost; of these, what the log has been told
  uint64_t told_at_us;
  struct audit_journal *journal; // NULL: none
  struct audit_mint mint;
  struct tally counted;
  struct pulse pulse;
  uint64_t asked, ended; // how often the counting shall end; of these, done
  bool hurry, stop;
  bool resealing, afresh, resealed; // values: to be sealed anew, from the first on; done
  // the writer's own
  struct audit_reseal stale;
  struct audit_span span;
  struct audit_names names;
  struct audit_lists lists;
  struct audit_batch *drained; // of the spool
  bool spool_told;             // that it takes none
  bool leaves;                 // what is not written now, the next start finds in the journal
  uint64_t retry_us;           // not before: the store takes no rows, which are in the spool
};

// ---- rows that wait

// With the lock held. False: there is no room.
static bool audit_push(struct audit *a, struct audit_item *item) {
  bool room = a->count < AUDIT_QUEUE_MOST && a->bytes + item->bytes <= AUDIT_BYTES_MOST;
  if (room) {
    audit_mint_next(&a->mint, item->id);
    if (a->journal && !audit_journal_add(a->journal, item, a->store)) metrics_add(METRIC_AUDIT_BARE, 1);
    a->queue[(a->first + a->count) % AUDIT_QUEUE_MOST] = item;
    a->bytes += item->bytes;
    a->added++;
    // The writer sleeps where nothing waits, and lingers until a batch is full.
    if (++a->count == 1 || a->count == AUDIT_BATCH) pthread_cond_signal(&a->wake);
  } else {
    a->dropped++;
  }
  metrics_add(room ? METRIC_AUDIT_QUEUED : METRIC_AUDIT_DROPPED, 1);
  return room;
}

#define AUDIT_CALL "tools/call"
// What a person would call an error: not what is still going on, nor what its client gave up.
#define AUDIT_FINE "'ok', 'input_required', 'canceled'"

static bool audit_is_fine(struct str outcome) {
  return str_is(outcome, "ok") || str_is(outcome, "input_required") || str_is(outcome, "canceled");
}

void audit_add(struct audit *a, const struct audit_row *row) {
  struct audit_item *item = audit_item_new(row);
  pthread_mutex_lock(&a->lock);
  bool room = audit_push(a, item);
  if (str_is(row->action, AUDIT_CALL))
    pulse_add(&a->pulse, row->account_id, row->at, 1, !audit_is_fine(row->outcome));
  pthread_mutex_unlock(&a->lock);
  if (!room) audit_item_free(item);
}

// ---- what is counted

void audit_count(struct audit *a, const struct audit_row *row, struct str what) {
  pthread_mutex_lock(&a->lock);
  if (tally_add(&a->counted, row, what, clock_mono_us())) pthread_cond_signal(&a->wake);
  pthread_mutex_unlock(&a->lock);
}

struct str audit_mark_hash(const unsigned char hash[TOKEN_HASH], char out[AUDIT_MARK]) {
  snprintf(out, AUDIT_MARK, "sha256:%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]);
  return str_of(out);
}

struct str audit_mark(struct str token, char out[AUDIT_MARK]) {
  unsigned char hash[TOKEN_HASH];
  token_hash(token, hash);
  return audit_mark_hash(hash, out);
}

// ---- the writer

static void audit_deadline(uint64_t ms, struct timespec *out) {
  clock_gettime(CLOCK_MONOTONIC, out);
  out->tv_sec += (time_t)(ms / 1000);
  out->tv_nsec += (long)(ms % 1000) * 1000000;
  if (out->tv_nsec < 1000000000) return;
  out->tv_nsec -= 1000000000;
  out->tv_sec++;
}

// Ids of this run come behind all that there are.
static bool audit_go_on(struct audit *a, struct err *err) {
  struct arena *arena = arena_new();
  struct store_rows rows;
  bool ok = store_query(a->store, "SELECT max(id) FROM audit", NULL, 0, arena, &rows, err);
  audit_mint_begin(&a->mint);
  if (ok && rows.count) audit_mint_behind(&a->mint, store_cell(&rows, 0, 0)->text);
  if (a->spool) audit_mint_behind(&a->mint, str_of(audit_spool_last(a->spool)));
  audit_mint_behind(&a->mint, audit_journal_last(a->journal));
  arena_free(arena);
  return ok;
}

struct audit_batch {
  struct audit *audit;
  struct arena *arena; // of one try to write it
  struct audit_item *items[AUDIT_BATCH + TALLY_ROWS_MOST];
  size_t queued, count;   // from the queue; with what was counted
  uint64_t asked;         // of these times, the counting has ended with this one
  struct audit_span span; // with its rows, once they are written
};

static bool audit_note_rows(struct store *s, const struct audit_span *span, struct err *err) {
  return audit_span_write(s, span, err) && audit_follow_note(s, str_of(span->last), err);
}

// What finds later a row that is there for the first time.
static bool audit_note_row(struct store *s, struct audit_batch *batch, const struct audit_item *item,
                           struct err *err) {
  if (!audit_list_admit(&batch->audit->lists, s, str_of(item->id), err) ||
      !audit_names_note(&batch->audit->names, s, &item->row, err))
    return false;
  if (!audit_span_fits(&batch->span, str_of(item->id))) { // from the spool of a run that was killed
    if (!audit_note_rows(s, &batch->span, err)) return false;
    batch->span = (struct audit_span){0};
  }
  audit_span_add(&batch->span, str_of(item->id), item->row.at);
  return batch->span.rows < AUDIT_SPAN_ROWS || audit_span_write(s, &batch->span, err);
}

static bool audit_write_rows(struct store *s, struct audit_batch *batch, struct err *err) {
  batch->span = batch->audit->span;
  for (size_t i = 0; i < batch->count; i++) {
    size_t from = i;
    while (i < batch->count && !batch->items[i]->again) i++;
    if (!audit_rows_insert(s, batch->items + from, i - from, batch->arena, err)) return false;
    for (size_t k = from; k < i; k++)
      if (!audit_note_row(s, batch, batch->items[k], err)) return false;
    if (i < batch->count && !audit_rows_recount(s, batch->items[i], err)) return false;
  }
  return !batch->span.rows || audit_note_rows(s, &batch->span, err);
}

static bool audit_write(struct store *s, void *arg, struct err *err) {
  struct audit_batch *batch = arg;
  batch->arena = arena_new();
  bool ok = audit_write_rows(s, batch, err);
  arena_free(batch->arena);
  return ok;
}

// Rows lost are told of at most once a minute. With the lock held.
static void audit_complain(struct audit *a) {
  uint64_t now = clock_mono_us();
  if (a->dropped == a->told || (a->told_at_us && now - a->told_at_us < AUDIT_COMPLAIN_MS * 1000ull)) return;
  log_error("audit: %llu rows lost, the store could not take them",
            (unsigned long long)(a->dropped - a->told));
  a->told = a->dropped;
  a->told_at_us = now;
}

// us until something is due by itself. With the lock held.
static uint64_t audit_left(const struct audit *a) {
  uint64_t now = clock_mono_us(), left_us = tally_left(&a->counted, now);
  if (!audit_spool_count(a->spool)) return left_us;
  uint64_t retry_us = a->retry_us > now ? a->retry_us - now : 0;
  return retry_us < left_us ? retry_us : left_us;
}

// Is there something to write? With the lock held.
static bool audit_is_due(const struct audit *a) {
  return a->count || a->stop || a->asked != a->ended || !audit_left(a);
}

// A piece, without the lock; then others may write. With the lock held.
static void audit_reseal_some(struct audit *a) {
  struct timespec until;
  struct err err;
  if (a->afresh) a->stale = (struct audit_reseal){0};
  a->afresh = false;
  pthread_mutex_unlock(&a->lock);
  if (!store_transact(a->store, audit_reseal_piece, &a->stale, &err) && err.code != ERR_UNAVAILABLE) {
    log_error("audit: recorded values are not sealed anew: %s", err.text);
    a->stale.done = true;
  }
  bool more = !a->stale.done;
  pthread_mutex_lock(&a->lock);
  a->resealing = more || a->afresh;
  a->resealed |= !a->resealing;
  audit_deadline(AUDIT_LINGER_MS, &until);
  if (more && !audit_is_due(a)) pthread_cond_timedwait(&a->wake, &a->lock, &until);
}

// A block of lists, without the lock; then others may write. With the lock held.
static void audit_list_some(struct audit *a) {
  struct timespec until;
  pthread_mutex_unlock(&a->lock);
  audit_list_go_on(&a->lists, a->store);
  pthread_mutex_lock(&a->lock);
  audit_deadline(AUDIT_LINGER_MS, &until);
  if (!audit_is_due(a)) pthread_cond_timedwait(&a->wake, &a->lock, &until);
}

// Until there is something to do. With the lock held.
static void audit_wait(struct audit *a) {
  struct timespec until;
  uint64_t left_us = audit_left(a);
  if (left_us == TALLY_NOTHING) {
    pthread_cond_wait(&a->wake, &a->lock);
    return;
  }
  audit_deadline(left_us / 1000 + 1, &until);
  pthread_cond_timedwait(&a->wake, &a->lock, &until);
}

static void audit_take_counted(void *arg, struct tally_entry *e, bool ends) {
  struct audit_batch *batch = arg;
  struct audit_item *item = audit_item_new(&e->row);
  item->again = e->id[0];
  memcpy(item->id, e->id, sizeof item->id);
  if (!item->again) audit_mint_next(&batch->audit->mint, item->id);
  if (!ends) item->counted = e;
  batch->items[batch->count++] = item;
}

// With the lock held. What is counted comes behind all that waits: ids and counts are written in their order.
static void audit_fill(struct audit *a, struct audit_batch *batch) {
  for (batch->count = 0; a->count && batch->count < AUDIT_BATCH; a->count--) {
    struct audit_item *item = a->queue[a->first];
    batch->items[batch->count++] = item;
    a->bytes -= item->bytes;
    a->first = (a->first + 1) % AUDIT_QUEUE_MOST;
  }
  batch->queued = batch->count;
  batch->asked = a->count ? a->ended : a->asked;
  if (a->count) return;
  if (a->stop || a->asked != a->ended)
    tally_end(&a->counted, audit_take_counted, batch);
  else
    tally_take(&a->counted, clock_mono_us(), audit_take_counted, batch);
}

// Waits for the first row, then a little for others; while nothing is to be written, values are sealed anew and rows of
// before listed. False: stopped, and nothing is left.
static bool audit_take(struct audit *a, struct audit_batch *batch) {
  pthread_mutex_lock(&a->lock);
  while (!audit_is_due(a)) {
    if (a->resealing)
      audit_reseal_some(a);
    else if (audit_list_is_behind(&a->lists))
      audit_list_some(a);
    else
      audit_wait(a);
  }
  struct timespec until;
  audit_deadline(AUDIT_LINGER_MS, &until);
  while (a->count < AUDIT_BATCH && !a->hurry && !a->stop)
    if (pthread_cond_timedwait(&a->wake, &a->lock, &until) != 0) break;
  audit_fill(a, batch);
  audit_complain(a);
  bool more = batch->count || !a->stop;
  pthread_mutex_unlock(&a->lock);
  return more;
}

// Sleeps between two tries; true: we are stopping.
static bool audit_pause(struct audit *a) {
  struct timespec until;
  audit_deadline(AUDIT_RETRY_MS, &until);
  pthread_mutex_lock(&a->lock);
  audit_complain(a);
  while (!a->stop && pthread_cond_timedwait(&a->wake, &a->lock, &until) == 0) {
  }
  bool stopping = a->stop;
  pthread_mutex_unlock(&a->lock);
  return stopping;
}

// Away, locked, full, or read-only: somebody will mend that.
static bool audit_may_mend(const struct err *err) {
  return err->code == ERR_UNAVAILABLE || err->code == ERR_DENIED;
}

enum audit_end { AUDIT_LOST, AUDIT_SPOOLED, AUDIT_KEPT };

static bool audit_store(struct audit *a, struct audit_batch *batch, struct err *err) {
  if (!store_append(a->store, audit_write, batch, err)) {
    audit_names_forget(&a->names);
    audit_list_undone(&a->lists);
    return false;
  }
  a->span = batch->span;
  audit_list_written(&a->lists, a->store, batch->count);
  return true;
}

// Behind what is there already, so that rows come to the store in their order.
static bool audit_spool(struct audit *a, struct audit_batch *batch) {
  struct err err;
  if (!a->spool) return false;
  for (size_t i = 0; i < batch->count; i++)
    if (!batch->items[i]->blob) audit_item_seal(batch->items[i], a->store);
  if (!audit_spool_add(a->spool, batch->items, batch->count, &err)) {
    if (!a->spool_told) log_error("audit: rows wait in memory: %s", err.text);
    a->spool_told = true;
    return false;
  }
  return true;
}

static void audit_put_off(struct audit *a) {
  a->retry_us = clock_mono_us() + AUDIT_RETRY_MS * 1000ull;
}

// Some of what is in the spool. False: the store takes none.
static bool audit_drain(struct audit *a, struct audit_batch *batch) {
  struct err err;
  batch->count = batch->queued = audit_spool_read(a->spool, batch->items, AUDIT_BATCH);
  bool kept = !batch->count || audit_store(a, batch, &err), hopeless = !kept && !audit_may_mend(&err);
  for (size_t i = 0; i < batch->count; i++) audit_item_free(batch->items[i]);
  if (hopeless) log_error("audit: %zu rows lost: %s", batch->count, err.text);
  if (batch->count)
    metrics_add(kept ? METRIC_AUDIT_WRITTEN : METRIC_AUDIT_DROPPED,
                kept || hopeless ? (int64_t)batch->count : 0);
  if (batch->count && (kept || hopeless))
    audit_spool_done(a->spool);
  else if (batch->count)
    audit_spool_again(a->spool), audit_put_off(a);
  if (!audit_spool_count(a->spool) && a->spool_told) a->spool_told = false;
  if (!audit_spool_count(a->spool)) log_info("audit: the store has all rows that waited in the spool");
  return kept || hopeless;
}

// Of those that nobody has taken: but for what the next start finds.
static size_t audit_lost(const struct audit *a, const struct audit_batch *batch) {
  size_t lost = 0;
  for (size_t i = 0; i < batch->count; i++)
    lost += !batch->items[i]->again && !(a->leaves && batch->items[i]->journaled);
  return lost;
}

// A store that is locked or full is waited for: in the spool, and where that is full, in the queue, which takes what comes.
// Anything else will not mend by itself.
static enum audit_end audit_keep(struct audit *a, struct audit_batch *batch) {
  struct err err;
  int last = 0;
  if (audit_spool_count(a->spool) && audit_spool(a, batch)) return AUDIT_SPOOLED;
  for (;;) {
    while (audit_spool_count(a->spool) && audit_drain(a, a->drained)) continue;
    bool clear = !audit_spool_count(a->spool);
    if (clear && audit_store(a, batch, &err)) return AUDIT_KEPT;
    if (clear && !audit_may_mend(&err)) break;
    if (audit_spool(a, batch)) {
      audit_put_off(a);
      return AUDIT_SPOOLED;
    }
    if (!clear) err_set(&err, ERR_UNAVAILABLE, "the spool is full, and the store takes no rows");
    if (audit_pause(a) && ++last >= AUDIT_LAST_TRIES) break;
  }
  a->leaves |= last >= AUDIT_LAST_TRIES;
  size_t lost = audit_lost(a, batch);
  if (lost) log_error("audit: %zu rows lost: %s", lost, err.text);
  return AUDIT_LOST;
}

// Written or lost: who counts is told of his row, who flushes of all.
static void audit_settle(struct audit *a, struct audit_batch *batch, enum audit_end end) {
  int64_t fresh = 0, lost = end == AUDIT_LOST ? (int64_t)audit_lost(a, batch) : 0;
  size_t journaled = 0;
  for (size_t i = 0; i < batch->count; i++) {
    struct audit_item *item = batch->items[i];
    fresh += !item->again;
    journaled += item->journaled;
    if (end != AUDIT_LOST && item->counted) memcpy(item->counted->id, item->id, sizeof item->id);
    audit_item_free(item);
  }
  metrics_add(METRIC_AUDIT_QUEUED, -(int64_t)batch->queued);
  if (end == AUDIT_KEPT) metrics_add(METRIC_AUDIT_WRITTEN, fresh);
  metrics_add(METRIC_AUDIT_DROPPED, lost);
  pthread_mutex_lock(&a->lock);
  if (!a->leaves) audit_journal_done(a->journal, journaled);
  a->done += batch->queued;
  a->ended = batch->asked;
  pthread_cond_broadcast(&a->settled);
  pthread_mutex_unlock(&a->lock);
}

// The calls of before the start, before the first row of this run is written. Nobody waits for it; what cannot be read
// is not counted.
static bool audit_recall_rows(struct audit *a, struct arena *arena, struct store_rows *rows,
                              struct err *err) {
  int64_t since = clock_now_ms() - (int64_t)PULSE_HOURS * PULSE_HOUR_MS;
  struct audit_bounds bounds;
  if (!audit_span_bounds(a->store, since, 0, arena, &bounds, err)) return false;
  const struct store_value values[] = {STORE_TEXT(bounds.least), STORE_INT(since)};
  *rows = (struct store_rows){0};
  return bounds.empty ||
         store_query(a->store,
                     "SELECT account_id, max(at), count(*), sum(CASE WHEN outcome IN (" AUDIT_FINE
                     ") THEN 0 ELSE 1 END) FROM audit WHERE id >= $1 AND at >= $2 AND action = '" AUDIT_CALL
                     "' GROUP BY account_id, at / 3600000",
                     values, 2, arena, rows, err);
}

// Rows that come before their month has a part find a place all the same.
static void audit_look_ahead(struct store *s) {
  struct err err;
  if (!audit_months_ahead(s, clock_now_ms(), &err))
    log_warn("audit: no part of the table for the months that come: %s", err.text);
}

static void audit_recall(struct audit *a) {
  struct arena *arena = arena_new();
  struct store_rows rows;
  struct err err;
  audit_look_ahead(a->store);
  if (!audit_names_sweep(a->store, &err)) log_warn("audit: names that are gone stay: %s", err.text);
  if (!audit_recall_rows(a, arena, &rows, &err)) {
    log_warn("audit: calls of before the start are not counted: %s", err.text);
    rows.count = 0;
  }
  pthread_mutex_lock(&a->lock);
  for (size_t i = 0; i < rows.count; i++)
    pulse_add(&a->pulse, store_cell(&rows, i, 0)->text, store_cell(&rows, i, 1)->number,
              store_cell(&rows, i, 2)->number, store_cell(&rows, i, 3)->number);
  pthread_mutex_unlock(&a->lock);
  arena_free(arena);
}

struct pulse_day audit_day(struct audit *a, struct str account_id) {
  pthread_mutex_lock(&a->lock);
  struct pulse_day day = pulse_look(&a->pulse, account_id, clock_now_ms());
  pthread_mutex_unlock(&a->lock);
  return day;
}

// What a kill left, behind what it left in the spool.
static void audit_write_left(struct audit *a, struct audit_batch *batch) {
  while ((batch->count = batch->queued = audit_journal_rest(a->journal, batch->items, AUDIT_BATCH)))
    audit_settle(a, batch, audit_keep(a, batch));
}

static void *audit_run(void *arg) {
  struct audit *a = arg;
  audit_list_begin(&a->lists, a->store);
  struct audit_batch *batch = MEM_NEW(struct audit_batch);
  batch->audit = a;
  a->drained = MEM_NEW(struct audit_batch);
  a->drained->audit = a;
  if (audit_spool_count(a->spool)) (void)audit_drain(a, a->drained); // before the first row of this run
  audit_write_left(a, batch);
  audit_recall(a);
  while (audit_take(a, batch)) {
    audit_settle(a, batch, batch->count ? audit_keep(a, batch) : AUDIT_KEPT);
    if (audit_spool_count(a->spool) && clock_mono_us() >= a->retry_us) (void)audit_drain(a, a->drained);
  }
  mem_free(a->drained);
  mem_free(batch);
  return NULL;
}

// ---- its life

static void audit_close(struct audit *a) {
  audit_spool_close(a->spool);
  audit_journal_close(a->journal);
  mem_free(a->queue);
  mem_free(a);
}

bool audit_new(struct store *s, struct audit **out, struct err *err) {
  return audit_new_kept(s, &(struct audit_files){0}, out, err);
}

static bool audit_open(struct audit *a, const struct audit_files *files, struct err *err) {
  return (!files->spool_most || audit_spool_open(files, &a->spool, err)) &&
         audit_journal_open(files, &a->journal, err) && audit_go_on(a, err);
}

bool audit_new_kept(struct store *s, const struct audit_files *files, struct audit **out, struct err *err) {
  struct audit *a = MEM_NEW(struct audit);
  a->store = s;
  if (!audit_open(a, files, err)) {
    audit_close(a);
    return false;
  }
  a->added = audit_journal_left(a->journal);
  metrics_add(METRIC_AUDIT_QUEUED, (int64_t)a->added);
  a->queue = mem_array(AUDIT_QUEUE_MOST, sizeof *a->queue);
  pthread_mutex_init(&a->lock, NULL);
  clock_condition_init(&a->wake);
  clock_condition_init(&a->settled);
  int rc = pthread_create(&a->writer, NULL, audit_run, a);
  if (rc == 0) {
    *out = a;
    return true;
  }
  audit_close(a);
  return err_set(err, ERR_UNAVAILABLE, "cannot start the audit thread: %s", strerror(rc));
}

void audit_free(struct audit *a) {
  if (!a) return;
  pthread_mutex_lock(&a->lock);
  a->stop = true;
  pthread_cond_signal(&a->wake);
  pthread_mutex_unlock(&a->lock);
  pthread_join(a->writer, NULL);
  audit_complain(a);
  pthread_cond_destroy(&a->settled);
  pthread_cond_destroy(&a->wake);
  pthread_mutex_destroy(&a->lock);
  pulse_free(&a->pulse);
  audit_names_forget(&a->names);
  audit_close(a);
}

void audit_flush(struct audit *a) {
  pthread_mutex_lock(&a->lock);
  uint64_t all = a->added, ends = ++a->asked;
  while (a->done < all || a->ended < ends) {
    a->hurry = true;
    pthread_cond_signal(&a->wake);
    pthread_cond_wait(&a->settled, &a->lock);
  }
  a->hurry = false;
  pthread_mutex_unlock(&a->lock);
}

void audit_reseal(struct audit *a) {
  pthread_mutex_lock(&a->lock);
  a->resealing = a->afresh = true;
  pthread_cond_signal(&a->wake);
  pthread_mutex_unlock(&a->lock);
}

bool audit_has_resealed(struct audit *a) {
  pthread_mutex_lock(&a->lock);
  bool resealed = a->resealed && !a->resealing;
  if (resealed) a->resealed = false;
  pthread_mutex_unlock(&a->lock);
  return resealed;
}

bool audit_purge(struct store *s, int64_t older_than, size_t *count, struct err *err) {
  *count = 0;
  audit_look_ahead(s);
  return older_than <= 0 || audit_span_purge(s, steady_now_ms() - older_than, AUDIT_PURGE_MOST, count, err);
}
