// SPDX-License-Identifier: Apache-2.0
#include "session/replay.h"

#include <pthread.h>
#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"
#include "http/sse.h"

enum { REPLAY_LEVEL_MOST = 16, REPLAY_ID_MOST = 48 };

struct replay_event {
  struct replay_event *next;
  unsigned stream;
  uint64_t serial;
  size_t n;
  char frame[];
};

struct replay_stream {
  unsigned number;
  enum replay_kind kind;
  bool open, read;
  struct replay_place reader;
};

struct replay {
  struct replay *newer, *older; // by last use
  char *key;
  size_t refs; // under the lock, as all below
  bool listed;
  char level[REPLAY_LEVEL_MOST];
  char *version, *capabilities, *client; // 2024-11-05
  char *uris[REPLAY_URIS_MOST];
  size_t uri_count;
  struct replay_stream streams[REPLAY_STREAMS_MOST];
  size_t stream_count;
  unsigned last_stream;
  uint64_t last_serial;
  struct replay_event *first, **tail;
  size_t event_count, event_bytes;
};

// Held for pointers and copies of a few bytes, never while anything waits.
static pthread_mutex_t replay_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  struct map by_key;
  struct replay *newest, *oldest;
  size_t event_bytes, uri_bytes;
  struct map ended;
  char *ended_keys[REPLAY_ENDED_MOST]; // a ring
  size_t ended_at;
} replay_all;

// ---- life

static void replay_drop_event(struct replay *m) {
  struct replay_event *e = m->first;
  m->first = e->next;
  if (!m->first) m->tail = &m->first;
  m->event_count--;
  m->event_bytes -= e->n;
  replay_all.event_bytes -= e->n;
  mem_free(e);
}

static void replay_drop_uri(struct replay *m, char **at) {
  replay_all.uri_bytes -= strlen(*at);
  mem_free(*at);
  *at = m->uris[--m->uri_count];
}

static void replay_drop_uris(struct replay *m) {
  while (m->uri_count) replay_drop_uri(m, &m->uris[m->uri_count - 1]);
}

static void replay_free(struct replay *m) {
  while (m->first) replay_drop_event(m);
  replay_drop_uris(m);
  mem_free(m->version);
  mem_free(m->capabilities);
  mem_free(m->client);
  mem_free(m->key);
  mem_free(m);
}

static void replay_release(struct replay *m) {
  if (--m->refs == 0) replay_free(m);
}

static void replay_unlink(struct replay *m) {
  *(m->newer ? &m->newer->older : &replay_all.newest) = m->older;
  *(m->older ? &m->older->newer : &replay_all.oldest) = m->newer;
  m->newer = m->older = NULL;
}

static void replay_link(struct replay *m) {
  m->older = replay_all.newest;
  *(m->older ? &m->older->newer : &replay_all.oldest) = m;
  replay_all.newest = m;
}

static void replay_forget(struct replay *m) {
  map_remove(&replay_all.by_key, str_of(m->key));
  replay_unlink(m);
  m->listed = false;
  replay_release(m);
}

static struct replay *replay_make(struct str key) {
  if (replay_all.by_key.count == REPLAY_SESSIONS_MOST) replay_forget(replay_all.oldest);
  struct replay *m = MEM_NEW(struct replay);
  m->key = mem_copy(key.p, key.n);
  m->tail = &m->first;
  m->refs = 1;
  m->listed = true;
  map_put(&replay_all.by_key, str_of(m->key), m);
  replay_link(m);
  return m;
}

struct replay *replay_get(struct str key, bool make) {
  pthread_mutex_lock(&replay_lock);
  struct replay *m = map_get(&replay_all.by_key, key);
  if (!m && make) m = replay_make(key);
  if (m) {
    replay_unlink(m);
    replay_link(m);
    m->refs++;
  }
  pthread_mutex_unlock(&replay_lock);
  return m;
}

struct replay *replay_ref(struct replay *m) {
  pthread_mutex_lock(&replay_lock);
  m->refs++;
  pthread_mutex_unlock(&replay_lock);
  return m;
}

void replay_unref(struct replay *m) {
  if (!m) return;
  pthread_mutex_lock(&replay_lock);
  replay_release(m);
  pthread_mutex_unlock(&replay_lock);
}

struct str replay_key(const struct replay *m) {
  return str_of(m->key);
}

void replay_end(struct str key) {
  pthread_mutex_lock(&replay_lock);
  struct replay *m = map_get(&replay_all.by_key, key);
  if (m) replay_forget(m);
  if (!map_get(&replay_all.ended, key)) {
    char **slot = &replay_all.ended_keys[replay_all.ended_at];
    replay_all.ended_at = (replay_all.ended_at + 1) % REPLAY_ENDED_MOST;
    if (*slot) map_remove(&replay_all.ended, str_of(*slot));
    mem_free(*slot);
    *slot = mem_copy(key.p, key.n);
    map_put(&replay_all.ended, str_of(*slot), *slot);
  }
  pthread_mutex_unlock(&replay_lock);
}

bool replay_has_ended(struct str key) {
  pthread_mutex_lock(&replay_lock);
  bool ended = map_get(&replay_all.ended, key) != NULL;
  pthread_mutex_unlock(&replay_lock);
  return ended;
}

// ---- level and subscriptions

void replay_set_level(struct replay *m, struct str level) {
  pthread_mutex_lock(&replay_lock);
  snprintf(m->level, sizeof m->level, "%.*s", STR_ARG(level));
  pthread_mutex_unlock(&replay_lock);
}

struct str replay_level(struct replay *m, struct arena *a) {
  pthread_mutex_lock(&replay_lock);
  struct str level = arena_dup(a, str_of(m->level));
  pthread_mutex_unlock(&replay_lock);
  return level;
}

static void replay_set_text(char **at, struct str text) {
  mem_free(*at);
  *at = mem_copy(text.p, text.n);
}

void replay_set_client(struct replay *m, struct str version, struct str capabilities, struct str client) {
  pthread_mutex_lock(&replay_lock);
  replay_set_text(&m->version, version);
  replay_set_text(&m->capabilities, capabilities);
  replay_set_text(&m->client, client);
  pthread_mutex_unlock(&replay_lock);
}

void replay_client(struct replay *m, struct arena *a, struct str *version, struct str *capabilities,
                   struct str *client) {
  pthread_mutex_lock(&replay_lock);
  *version = arena_dup(a, str_of(m->version));
  *capabilities = arena_dup(a, str_of(m->capabilities));
  *client = arena_dup(a, str_of(m->client));
  pthread_mutex_unlock(&replay_lock);
}

static char **replay_find_uri(struct replay *m, struct str uri) {
  for (size_t i = 0; i < m->uri_count; i++)
    if (str_is(uri, m->uris[i])) return &m->uris[i];
  return NULL;
}

// The sessions that were used least lately lose theirs first.
static void replay_bound_uris(const struct replay *but) {
  for (struct replay *old = replay_all.oldest; old && replay_all.uri_bytes > REPLAY_ALL_URI_BYTES_MOST;
       old = old->newer)
    if (old != but) replay_drop_uris(old);
}

bool replay_subscribe(struct replay *m, struct str uri, struct err *err) {
  if (uri.n > REPLAY_URI_BYTES_MOST)
    return err_at(err, ERR_INVALID, "/params/uri", "a URI passes %d bytes", REPLAY_URI_BYTES_MOST);
  pthread_mutex_lock(&replay_lock);
  bool there = replay_find_uri(m, uri) != NULL, room = m->uri_count < REPLAY_URIS_MOST;
  if (!there && room) {
    m->uris[m->uri_count] = mem_copy(uri.p, uri.n);
    replay_all.uri_bytes += strlen(m->uris[m->uri_count++]);
    replay_bound_uris(m);
  }
  pthread_mutex_unlock(&replay_lock);
  return there || room ||
         err_set(err, ERR_LIMIT, "a session may subscribe to %d resources", REPLAY_URIS_MOST);
}

void replay_unsubscribe(struct replay *m, struct str uri) {
  pthread_mutex_lock(&replay_lock);
  char **at = replay_find_uri(m, uri);
  if (at) replay_drop_uri(m, at);
  pthread_mutex_unlock(&replay_lock);
}

size_t replay_uris(struct replay *m, struct arena *a, struct str **out) {
  pthread_mutex_lock(&replay_lock);
  size_t count = m->uri_count;
  *out = ARENA_ARRAY(a, count + 1, struct str);
  for (size_t i = 0; i < count; i++) (*out)[i] = arena_dup(a, str_of(m->uris[i]));
  pthread_mutex_unlock(&replay_lock);
  return count;
}

// ---- streams

static struct replay_stream *replay_find_stream(struct replay *m, unsigned number) {
  for (size_t i = 0; i < m->stream_count; i++)
    if (m->streams[i].number == number) return &m->streams[i];
  return NULL;
}

static bool replay_has_events(const struct replay *m, unsigned stream) {
  for (const struct replay_event *e = m->first; e; e = e->next)
    if (e->stream == stream) return true;
  return false;
}

static void replay_drop_stream(struct replay *m, size_t i) {
  memmove(&m->streams[i], &m->streams[i + 1], (--m->stream_count - i) * sizeof *m->streams);
}

// Room for one more: those that are over and have no events left go first, then the oldest that nobody reads.
static bool replay_make_room(struct replay *m) {
  for (size_t i = m->stream_count; i-- > 0;)
    if (!m->streams[i].open && !replay_has_events(m, m->streams[i].number)) replay_drop_stream(m, i);
  for (size_t i = 0; m->stream_count == REPLAY_STREAMS_MOST && i < m->stream_count; i++)
    if (!m->streams[i].open || (m->streams[i].kind != REPLAY_POST && !m->streams[i].read))
      replay_drop_stream(m, i);
  return m->stream_count < REPLAY_STREAMS_MOST;
}

unsigned replay_stream_begin(struct replay *m, enum replay_kind kind) {
  pthread_mutex_lock(&replay_lock);
  unsigned number = ++m->last_stream;
  if (replay_make_room(m))
    m->streams[m->stream_count++] = (struct replay_stream){.number = number, .kind = kind, .open = true};
  pthread_mutex_unlock(&replay_lock);
  return number;
}

void replay_stream_end(struct replay *m, unsigned stream) {
  pthread_mutex_lock(&replay_lock);
  struct replay_stream *s = replay_find_stream(m, stream);
  if (s) s->open = false;
  pthread_mutex_unlock(&replay_lock);
}

static void replay_set_reader(struct replay_stream *s, const struct replay_place *place) {
  s->reader = *place;
  s->read = true;
}

void replay_attach(struct replay *m, unsigned stream, const struct replay_place *place) {
  pthread_mutex_lock(&replay_lock);
  struct replay_stream *s = replay_find_stream(m, stream);
  if (s) replay_set_reader(s, place);
  pthread_mutex_unlock(&replay_lock);
}

void replay_detach(struct replay *m, uint64_t number) {
  pthread_mutex_lock(&replay_lock);
  for (size_t i = 0; i < m->stream_count; i++)
    if (m->streams[i].read && m->streams[i].reader.number == number) m->streams[i].read = false;
  pthread_mutex_unlock(&replay_lock);
}

bool replay_reader(struct replay *m, unsigned stream, struct replay_place *out) {
  pthread_mutex_lock(&replay_lock);
  const struct replay_stream *s = replay_find_stream(m, stream);
  bool read = s && s->read;
  if (read) *out = s->reader;
  pthread_mutex_unlock(&replay_lock);
  return read;
}

bool replay_newest(struct replay *m, unsigned *stream, struct replay_place *out, bool *read) {
  const struct replay_stream *found = NULL;
  pthread_mutex_lock(&replay_lock);
  for (size_t i = 0; i < m->stream_count; i++) {
    const struct replay_stream *s = &m->streams[i];
    if (s->kind != REPLAY_POST && s->open && (!found || s->read >= found->read)) found = s;
  }
  if (found) {
    *stream = found->number;
    *out = found->reader;
    *read = found->read;
  }
  pthread_mutex_unlock(&replay_lock);
  return found != NULL;
}

size_t replay_open_streams(struct replay *m) {
  size_t count = 0;
  pthread_mutex_lock(&replay_lock);
  for (size_t i = 0; i < m->stream_count; i++)
    count += m->streams[i].kind != REPLAY_POST && m->streams[i].read;
  pthread_mutex_unlock(&replay_lock);
  return count;
}

bool replay_oldest_reader(struct replay *m, struct replay_place *out) {
  bool found = false;
  pthread_mutex_lock(&replay_lock);
  for (size_t i = 0; i < m->stream_count && !found; i++) {
    found = m->streams[i].kind != REPLAY_POST && m->streams[i].read;
    if (found) *out = m->streams[i].reader;
  }
  pthread_mutex_unlock(&replay_lock);
  return found;
}

// ---- events

static void replay_keep(struct replay *m, struct replay_event *e) {
  m->event_count++;
  m->event_bytes += e->n;
  replay_all.event_bytes += e->n;
  *m->tail = e;
  m->tail = &e->next;
  while (m->event_count > REPLAY_EVENTS_MOST || m->event_bytes > REPLAY_EVENT_BYTES_MOST)
    replay_drop_event(m);
  for (struct replay *old = replay_all.oldest; old && replay_all.event_bytes > REPLAY_ALL_BYTES_MOST;
       old = old->newer)
    while (old->first && replay_all.event_bytes > REPLAY_ALL_BYTES_MOST) replay_drop_event(old);
}

static uint64_t replay_next_serial(struct replay *m) {
  pthread_mutex_lock(&replay_lock);
  uint64_t serial = ++m->last_serial;
  pthread_mutex_unlock(&replay_lock);
  return serial;
}

static struct str replay_mark;

void replay_use_mark(struct str mark) {
  replay_mark = mark;
}

struct str replay_mark_of(struct str last_id) {
  ptrdiff_t dot = last_id.n <= REPLAY_ID_MOST ? str_find(last_id, '.') : -1;
  return dot < 0 ? STR_NONE : str_make(last_id.p, (size_t)dot);
}

static void replay_add_id(struct buf *frame, unsigned stream, uint64_t serial) {
  buf_printf(frame, "id: %.*s%s%u-%llu\n", STR_ARG(replay_mark), replay_mark.n ? "." : "", stream,
             (unsigned long long)serial);
}

void replay_prime(struct replay *m, unsigned stream, struct buf *frame) {
  replay_add_id(frame, stream, replay_next_serial(m));
  buf_printf(frame, "retry: %d\ndata: \n\n", REPLAY_RETRY_MS);
}

// Under the lock.
static void replay_append(struct replay *m, unsigned stream, struct str message, struct buf *frame) {
  uint64_t serial = ++m->last_serial;
  size_t start = frame->n;
  replay_add_id(frame, stream, serial);
  sse_write(frame, STR("message"), message);
  size_t n = frame->n - start;
  if (frame->full || n > REPLAY_EVENT_BYTES_MOST) return; // too large to be kept
  struct replay_event *e = mem_alloc(sizeof *e + n);
  *e = (struct replay_event){.stream = stream, .serial = serial, .n = n};
  memcpy(e->frame, frame->p + start, n);
  replay_keep(m, e);
}

bool replay_record(struct replay *m, unsigned stream, struct str message, struct buf *frame,
                   struct replay_place *reader) {
  pthread_mutex_lock(&replay_lock);
  const struct replay_stream *s = replay_find_stream(m, stream);
  if (s && s->kind != REPLAY_PLAIN)
    replay_append(m, stream, message, frame);
  else
    sse_write(frame, STR("message"), message);
  bool read = s && s->read;
  if (read) *reader = s->reader;
  pthread_mutex_unlock(&replay_lock);
  return read;
}

static struct replay_stream *replay_read_id(struct replay *m, struct str id, uint64_t *after) {
  struct str mark = replay_mark_of(id), rest = mark.n ? str_from(id, mark.n + 1) : id, number;
  uint64_t stream;
  if (id.n > REPLAY_ID_MOST || !str_eq(mark, replay_mark) || !str_cut(&rest, '-', &number) ||
      !str_to_u64(number, &stream) || !str_to_u64(rest, after) || stream > m->last_stream)
    return NULL;
  return replay_find_stream(m, (unsigned)stream);
}

bool replay_find_event(struct replay *m, struct str last_id, struct replay_resumed *out) {
  uint64_t after;
  pthread_mutex_lock(&replay_lock);
  const struct replay_stream *s = replay_read_id(m, last_id, &after);
  if (s) *out = (struct replay_resumed){s->number, s->kind, s->open};
  pthread_mutex_unlock(&replay_lock);
  return s != NULL;
}

bool replay_resume(struct replay *m, struct str last_id, const struct replay_place *reader,
                   struct buf *frames, struct replay_resumed *out) {
  uint64_t after;
  pthread_mutex_lock(&replay_lock);
  struct replay_stream *s = replay_read_id(m, last_id, &after);
  if (s) {
    for (const struct replay_event *e = m->first; e; e = e->next)
      if (e->stream == s->number && e->serial > after) buf_add(frames, str_make(e->frame, e->n));
    replay_set_reader(s, reader);
    *out = (struct replay_resumed){s->number, s->kind, s->open};
  }
  pthread_mutex_unlock(&replay_lock);
  return s != NULL;
}
