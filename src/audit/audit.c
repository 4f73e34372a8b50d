// SPDX-License-Identifier: Apache-2.0
#include "audit/audit.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "audit/columns.h"
#include "audit/tally.h"
#include "audit/values.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/steady.h"
#include "crypto/secret.h"
#include "crypto/token.h"

enum {
  AUDIT_LINGER_MS = 20,                      // a row waits so long for company, so that many share one commit
  AUDIT_RETRY_MS = 500,                      // between tries while the store is locked or the disk is full
  AUDIT_LAST_TRIES = 4,                      // once we are stopping
  AUDIT_TEXT_MOST = 2048,                    // bytes of one text
  AUDIT_PURGE_ROWS = 2000,                   // a step of purging, between which others may write
  AUDIT_PURGE_MOST = 100 * AUDIT_PURGE_ROWS, // at once; the rest goes the next time
  AUDIT_COMPLAIN_MS = 60000,
};
enum { AUDIT_ID_TIME = 9, AUDIT_ID_ORDER = 4, AUDIT_ID_ORDERS = 36 * 36 * 36 * 36 };

static const char audit_digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

struct audit_item { // a row and its texts in one allocation
  struct audit_row row;
  size_t bytes;
  struct tally_entry *counted; // which wants to know of its row; NULL: none
  char id[TOKEN_ID];           // of the row that it is
  bool again;                  // it is there, and its count has grown
  char texts[];
};

struct audit {
  struct store *store;
  pthread_t writer;
  pthread_mutex_t lock;
  pthread_cond_t wake, settled; // for the writer; for those who flush
  struct audit_item **queue;    // a ring of AUDIT_QUEUE_MOST
  size_t first, count, bytes;
  uint64_t added, done;   // done: written, or given up by the writer
  uint64_t dropped, told; // rows lost; of these, what the log has been told
  uint64_t told_at_us;
  struct tally counted;
  struct pulse pulse;
  uint64_t asked, ended; // how often the counting shall end; of these, done
  bool hurry, stop;
  bool resealing, afresh, resealed; // values: to be sealed anew, from the first on; done
  // the writer's own
  int64_t id_ms;
  uint32_t id_order;
  struct audit_reseal stale;
};

// ---- rows that wait

static struct audit_item *audit_item_new(const struct audit_row *from) {
  struct audit_row row = *from;
  struct str *texts[AUDIT_TEXTS];
  size_t n = 0;
  if (!row.count) row.count = 1;
  // The shape is JSON: it is whole or not there.
  if (row.arguments.n > AUDIT_TEXT_MOST) row.arguments = STR("{\"...\":\"too many to list\"}");
  audit_texts(&row, texts);
  for (size_t i = 0; i < AUDIT_TEXTS; i++) {
    *texts[i] = str_cut_utf8(*texts[i], AUDIT_TEXT_MOST);
    n += texts[i]->n;
  }
  if (row.values.n > AUDIT_VALUES_MOST) row.values = STR("{\"...\":\"too long to record\"}");
  n += row.values.n;
  struct audit_item *item = mem_alloc(sizeof *item + n);
  *item = (struct audit_item){.row = row, .bytes = sizeof *item + n};
  audit_texts(&item->row, texts);
  char *at = item->texts;
  for (size_t i = 0; i < AUDIT_TEXTS; i++) {
    if (texts[i]->n) memcpy(at, texts[i]->p, texts[i]->n);
    texts[i]->p = at;
    at += texts[i]->n;
  }
  if (row.values.n) memcpy(at, row.values.p, row.values.n);
  item->row.values.p = at;
  return item;
}

static void audit_item_free(struct audit_item *item) {
  if (item->row.values.n) secret_wipe(item, item->bytes);
  mem_free(item);
}

// With the lock held. False: there is no room.
static bool audit_push(struct audit *a, struct audit_item *item) {
  bool room = a->count < AUDIT_QUEUE_MOST && a->bytes + item->bytes <= AUDIT_BYTES_MOST;
  if (room) {
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

// The next id, from one of token_id: in the order of time and writing, also within a millisecond, when the
// clock steps back, and over a restart with such a clock. These parts alone differ within a batch: what is
// random is drawn once for it.
static void audit_id(struct audit *a, char id[TOKEN_ID]) {
  int64_t now = clock_now_ms();
  bool full =
      a->id_order == AUDIT_ID_ORDERS - 1; // so many while the clock stood behind: borrowed from the next
  if (now <= a->id_ms && full) now = a->id_ms + 1;
  a->id_order = now > a->id_ms ? 0 : a->id_order + 1;
  if (now > a->id_ms) a->id_ms = now;
  uint64_t ms = (uint64_t)a->id_ms, order = a->id_order;
  char *time = id + sizeof "aud_" - 1, *tail = time + AUDIT_ID_TIME;
  for (size_t i = AUDIT_ID_TIME; i-- > 0; ms /= 36) time[i] = audit_digits[ms % 36];
  for (size_t i = AUDIT_ID_ORDER; i-- > 0; order /= 36) tail[i] = audit_digits[order % 36];
}

// Those of this run come behind the last one's, whatever the clock was then and is now.
static bool audit_go_on(struct audit *a, struct err *err) {
  struct arena *arena = arena_new();
  struct store_rows rows;
  bool ok = store_query(a->store, "SELECT max(id) FROM audit", NULL, 0, arena, &rows, err);
  struct str last = ok && rows.count ? store_cell(&rows, 0, 0)->text : STR_NONE;
  const size_t from = sizeof "aud_" - 1, to = from + AUDIT_ID_TIME;
  for (size_t i = from; i < to && last.n >= to; i++) {
    const char *digit = memchr(audit_digits, last.p[i], 36);
    a->id_ms = digit ? a->id_ms * 36 + (digit - audit_digits) : 0;
  }
  a->id_order = AUDIT_ID_ORDERS - 1; // the last one's is not looked at
  arena_free(arena);
  return ok;
}

struct audit_batch {
  struct audit *audit;
  struct arena *arena; // of one try to write it
  struct audit_item *items[AUDIT_BATCH + TALLY_ROWS_MOST];
  size_t queued, count; // from the queue; with what was counted
  uint64_t asked;       // of these times, the counting has ended with this one
};

static bool audit_insert(struct store *s, struct audit_item *item, struct arena *a, struct err *err) {
  struct str *texts[AUDIT_TEXTS];
  int64_t *numbers[AUDIT_NUMBERS];
  struct audit_sealed sealed;
  struct store_value values[AUDIT_CELLS + 2];
  audit_texts(&item->row, texts);
  audit_numbers(&item->row, numbers);
  values[0] = STORE_TEXT(str_of(item->id));
  for (size_t t = 0; t < AUDIT_TEXTS; t++) values[1 + t] = STORE_TEXT(*texts[t]);
  for (size_t n = 0; n < AUDIT_NUMBERS; n++) values[1 + AUDIT_TEXTS + n] = STORE_INT(*numbers[n]);
  audit_values_close(s, &item->row, str_of(item->id), a, &sealed);
  values[AUDIT_CELLS] = STORE_TEXT(sealed.blob);
  values[AUDIT_CELLS + 1] = STORE_TEXT(sealed.key);
  return store_run(s,
                   "INSERT INTO audit (" AUDIT_COLUMNS
                   ", argument_values, values_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
                   "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
                   values, AUDIT_CELLS + 2, NULL, err);
}

// All that ever changes in a row.
static bool audit_recount(struct store *s, const struct audit_item *item, struct err *err) {
  const struct store_value values[] = {STORE_INT(item->row.count), STORE_INT(item->row.elapsed_us),
                                       STORE_TEXT(item->row.detail), STORE_TEXT(str_of(item->id))};
  return store_run(s, "UPDATE audit SET repeats = $1, elapsed_us = $2, detail = $3 WHERE id = $4", values, 4,
                   NULL, err);
}

static bool audit_write_rows(struct store *s, const struct audit_batch *batch, struct err *err) {
  char id[TOKEN_ID];
  token_id("aud", id);
  for (size_t i = 0; i < batch->count; i++) {
    struct audit_item *item = batch->items[i];
    if (!item->again) {
      audit_id(batch->audit, id);
      memcpy(item->id, id, sizeof id);
    }
    if (!(item->again ? audit_recount(s, item, err) : audit_insert(s, item, batch->arena, err))) return false;
  }
  return true;
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

// Is there something to write? With the lock held.
static bool audit_is_due(const struct audit *a) {
  return a->count || a->stop || a->asked != a->ended || !tally_left(&a->counted, clock_mono_us());
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

// Until there is something to do. With the lock held.
static void audit_wait(struct audit *a) {
  struct timespec until;
  uint64_t left_us = tally_left(&a->counted, clock_mono_us());
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
  if (!ends) item->counted = e;
  batch->items[batch->count++] = item;
}

// With the lock held.
static void audit_fill(struct audit *a, struct audit_batch *batch) {
  for (batch->count = 0; a->count && batch->count < AUDIT_BATCH; a->count--) {
    struct audit_item *item = a->queue[a->first];
    batch->items[batch->count++] = item;
    a->bytes -= item->bytes;
    a->first = (a->first + 1) % AUDIT_QUEUE_MOST;
  }
  batch->queued = batch->count;
  batch->asked = a->asked;
  if (a->stop || a->asked != a->ended)
    tally_end(&a->counted, audit_take_counted, batch);
  else
    tally_take(&a->counted, clock_mono_us(), audit_take_counted, batch);
}

// Waits for the first row, then a little for others; while nothing is to be written, values are sealed anew. False:
// stopped, and nothing is left.
static bool audit_take(struct audit *a, struct audit_batch *batch) {
  pthread_mutex_lock(&a->lock);
  while (!audit_is_due(a)) {
    if (a->resealing)
      audit_reseal_some(a);
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

// A store that is locked or full is waited for, while the queue takes what comes. Anything else will not mend
// by itself.
static bool audit_write_patiently(struct audit *a, struct audit_batch *batch) {
  struct err err;
  int last = 0;
  while (!store_transact(a->store, audit_write, batch, &err)) {
    if (err.code == ERR_UNAVAILABLE && (!audit_pause(a) || ++last < AUDIT_LAST_TRIES)) continue;
    log_error("audit: %zu rows lost: %s", batch->count, err.text);
    return false;
  }
  return true;
}

// Written or lost: who counts is told of his row, who flushes of all.
static void audit_settle(struct audit *a, struct audit_batch *batch, bool written) {
  int64_t fresh = 0;
  for (size_t i = 0; i < batch->count; i++) {
    struct audit_item *item = batch->items[i];
    fresh += !item->again;
    if (written && item->counted) memcpy(item->counted->id, item->id, sizeof item->id);
    audit_item_free(item);
  }
  metrics_add(METRIC_AUDIT_QUEUED, -(int64_t)batch->queued);
  metrics_add(written ? METRIC_AUDIT_WRITTEN : METRIC_AUDIT_DROPPED, fresh);
  pthread_mutex_lock(&a->lock);
  a->done += batch->queued;
  a->ended = batch->asked;
  pthread_cond_broadcast(&a->settled);
  pthread_mutex_unlock(&a->lock);
}

// The calls of before the start, before the first row of this run is written. Nobody waits for it; what cannot be read
// is not counted.
static void audit_recall(struct audit *a) {
  struct arena *arena = arena_new();
  struct store_rows rows;
  struct err err;
  const struct store_value since[] = {STORE_INT(clock_now_ms() - (int64_t)PULSE_HOURS * PULSE_HOUR_MS)};
  if (!store_query(a->store,
                   "SELECT account_id, max(at), count(*), sum(CASE WHEN outcome IN (" AUDIT_FINE
                   ") THEN 0 ELSE 1 END) FROM audit WHERE at >= $1 AND action = '" AUDIT_CALL
                   "' GROUP BY account_id, at / 3600000",
                   since, 1, arena, &rows, &err)) {
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

static void *audit_run(void *arg) {
  struct audit *a = arg;
  audit_recall(a);
  struct audit_batch *batch = MEM_NEW(struct audit_batch);
  batch->audit = a;
  while (audit_take(a, batch)) audit_settle(a, batch, !batch->count || audit_write_patiently(a, batch));
  mem_free(batch);
  return NULL;
}

// ---- its life

bool audit_new(struct store *s, struct audit **out, struct err *err) {
  struct audit *a = MEM_NEW(struct audit);
  a->store = s;
  if (!audit_go_on(a, err)) {
    mem_free(a);
    return false;
  }
  a->queue = mem_array(AUDIT_QUEUE_MOST, sizeof *a->queue);
  pthread_mutex_init(&a->lock, NULL);
  clock_condition_init(&a->wake);
  clock_condition_init(&a->settled);
  int rc = pthread_create(&a->writer, NULL, audit_run, a);
  if (rc == 0) {
    *out = a;
    return true;
  }
  mem_free(a->queue);
  mem_free(a);
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
  mem_free(a->queue);
  mem_free(a);
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
  size_t total = 0;
  if (older_than > 0) {
    const struct store_value values[] = {STORE_INT(steady_now_ms() - older_than),
                                         STORE_INT(AUDIT_PURGE_ROWS)};
    int64_t gone;
    do {
      if (!store_run(
              s, "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT $2)",
              values, 2, &gone, err))
        return false;
      total += (size_t)gone;
    } while (gone == AUDIT_PURGE_ROWS && total < AUDIT_PURGE_MOST);
  }
  *count = total;
  return true;
}
