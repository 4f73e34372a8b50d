// SPDX-License-Identifier: Apache-2.0
#include "session/memory.h"

#include <pthread.h>
#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"
#include "http/sse.h"

enum { MEMORY_LEVEL_MOST = 16, MEMORY_ID_MOST = 48 };

struct memory_event {
  struct memory_event *next;
  unsigned stream;
  uint64_t serial;
  size_t n;
  char frame[];
};

struct memory_stream {
  unsigned number;
  enum memory_kind kind;
  bool open, read;
  struct memory_place reader;
};

struct memory {
  struct memory *newer, *older; // by last use
  char *key;
  size_t refs; // under the lock, as all below
  bool listed;
  char level[MEMORY_LEVEL_MOST];
  char *version, *capabilities, *client; // 2024-11-05
  char *uris[MEMORY_URIS_MOST];
  size_t uri_count;
  struct memory_stream streams[MEMORY_STREAMS_MOST];
  size_t stream_count;
  unsigned last_stream;
  uint64_t last_serial;
  struct memory_event *first, **tail;
  size_t event_count, event_bytes;
};

// Held for pointers and copies of a few bytes, never while anything waits.
static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  struct map by_key;
  struct memory *newest, *oldest;
  size_t event_bytes, uri_bytes;
  struct map ended;
  char *ended_keys[MEMORY_ENDED_MOST]; // a ring
  size_t ended_at;
} memory_all;

// ---- life

static void memory_drop_event(struct memory *m) {
  struct memory_event *e = m->first;
  m->first = e->next;
  if (!m->first) m->tail = &m->first;
  m->event_count--;
  m->event_bytes -= e->n;
  memory_all.event_bytes -= e->n;
  mem_free(e);
}

static void memory_drop_uri(struct memory *m, char **at) {
  memory_all.uri_bytes -= strlen(*at);
  mem_free(*at);
  *at = m->uris[--m->uri_count];
}

static void memory_drop_uris(struct memory *m) {
  while (m->uri_count) memory_drop_uri(m, &m->uris[m->uri_count - 1]);
}

static void memory_free(struct memory *m) {
  while (m->first) memory_drop_event(m);
  memory_drop_uris(m);
  mem_free(m->version);
  mem_free(m->capabilities);
  mem_free(m->client);
  mem_free(m->key);
  mem_free(m);
}

static void memory_release(struct memory *m) {
  if (--m->refs == 0) memory_free(m);
}

static void memory_unlink(struct memory *m) {
  *(m->newer ? &m->newer->older : &memory_all.newest) = m->older;
  *(m->older ? &m->older->newer : &memory_all.oldest) = m->newer;
  m->newer = m->older = NULL;
}

static void memory_link(struct memory *m) {
  m->older = memory_all.newest;
  *(m->older ? &m->older->newer : &memory_all.oldest) = m;
  memory_all.newest = m;
}

static void memory_forget(struct memory *m) {
  map_remove(&memory_all.by_key, str_of(m->key));
  memory_unlink(m);
  m->listed = false;
  memory_release(m);
}

static struct memory *memory_make(struct str key) {
  if (memory_all.by_key.count == MEMORY_SESSIONS_MOST) memory_forget(memory_all.oldest);
  struct memory *m = MEM_NEW(struct memory);
  m->key = mem_copy(key.p, key.n);
  m->tail = &m->first;
  m->refs = 1;
  m->listed = true;
  map_put(&memory_all.by_key, str_of(m->key), m);
  memory_link(m);
  return m;
}

struct memory *memory_get(struct str key, bool make) {
  pthread_mutex_lock(&memory_lock);
  struct memory *m = map_get(&memory_all.by_key, key);
  if (!m && make) m = memory_make(key);
  if (m) {
    memory_unlink(m);
    memory_link(m);
    m->refs++;
  }
  pthread_mutex_unlock(&memory_lock);
  return m;
}

struct memory *memory_ref(struct memory *m) {
  pthread_mutex_lock(&memory_lock);
  m->refs++;
  pthread_mutex_unlock(&memory_lock);
  return m;
}

void memory_unref(struct memory *m) {
  if (!m) return;
  pthread_mutex_lock(&memory_lock);
  memory_release(m);
  pthread_mutex_unlock(&memory_lock);
}

struct str memory_key(const struct memory *m) {
  return str_of(m->key);
}

void memory_end(struct str key) {
  pthread_mutex_lock(&memory_lock);
  struct memory *m = map_get(&memory_all.by_key, key);
  if (m) memory_forget(m);
  if (!map_get(&memory_all.ended, key)) {
    char **slot = &memory_all.ended_keys[memory_all.ended_at];
    memory_all.ended_at = (memory_all.ended_at + 1) % MEMORY_ENDED_MOST;
    if (*slot) map_remove(&memory_all.ended, str_of(*slot));
    mem_free(*slot);
    *slot = mem_copy(key.p, key.n);
    map_put(&memory_all.ended, str_of(*slot), *slot);
  }
  pthread_mutex_unlock(&memory_lock);
}

bool memory_has_ended(struct str key) {
  pthread_mutex_lock(&memory_lock);
  bool ended = map_get(&memory_all.ended, key) != NULL;
  pthread_mutex_unlock(&memory_lock);
  return ended;
}

// ---- level and subscriptions

void memory_set_level(struct memory *m, struct str level) {
  pthread_mutex_lock(&memory_lock);
  snprintf(m->level, sizeof m->level, "%.*s", STR_ARG(level));
  pthread_mutex_unlock(&memory_lock);
}

struct str memory_level(struct memory *m, struct arena *a) {
  pthread_mutex_lock(&memory_lock);
  struct str level = arena_dup(a, str_of(m->level));
  pthread_mutex_unlock(&memory_lock);
  return level;
}

static void memory_set_text(char **at, struct str text) {
  mem_free(*at);
  *at = mem_copy(text.p, text.n);
}

void memory_set_client(struct memory *m, struct str version, struct str capabilities, struct str client) {
  pthread_mutex_lock(&memory_lock);
  memory_set_text(&m->version, version);
  memory_set_text(&m->capabilities, capabilities);
  memory_set_text(&m->client, client);
  pthread_mutex_unlock(&memory_lock);
}

void memory_client(struct memory *m, struct arena *a, struct str *version, struct str *capabilities,
                   struct str *client) {
  pthread_mutex_lock(&memory_lock);
  *version = arena_dup(a, str_of(m->version));
  *capabilities = arena_dup(a, str_of(m->capabilities));
  *client = arena_dup(a, str_of(m->client));
  pthread_mutex_unlock(&memory_lock);
}

static char **memory_find_uri(struct memory *m, struct str uri) {
  for (size_t i = 0; i < m->uri_count; i++)
    if (str_is(uri, m->uris[i])) return &m->uris[i];
  return NULL;
}

// The sessions that were used least lately lose theirs first.
static void memory_bound_uris(const struct memory *but) {
  for (struct memory *old = memory_all.oldest; old && memory_all.uri_bytes > MEMORY_ALL_URI_BYTES_MOST;
       old = old->newer)
    if (old != but) memory_drop_uris(old);
}

bool memory_subscribe(struct memory *m, struct str uri, struct err *err) {
  if (uri.n > MEMORY_URI_BYTES_MOST)
    return err_at(err, ERR_INVALID, "/params/uri", "a URI passes %d bytes", MEMORY_URI_BYTES_MOST);
  pthread_mutex_lock(&memory_lock);
  bool there = memory_find_uri(m, uri) != NULL, room = m->uri_count < MEMORY_URIS_MOST;
  if (!there && room) {
    m->uris[m->uri_count] = mem_copy(uri.p, uri.n);
    memory_all.uri_bytes += strlen(m->uris[m->uri_count++]);
    memory_bound_uris(m);
  }
  pthread_mutex_unlock(&memory_lock);
  return there || room ||
         err_set(err, ERR_LIMIT, "a session may subscribe to %d resources", MEMORY_URIS_MOST);
}

void memory_unsubscribe(struct memory *m, struct str uri) {
  pthread_mutex_lock(&memory_lock);
  char **at = memory_find_uri(m, uri);
  if (at) memory_drop_uri(m, at);
  pthread_mutex_unlock(&memory_lock);
}

size_t memory_uris(struct memory *m, struct arena *a, struct str **out) {
  pthread_mutex_lock(&memory_lock);
  size_t count = m->uri_count;
  *out = ARENA_ARRAY(a, count + 1, struct str);
  for (size_t i = 0; i < count; i++) (*out)[i] = arena_dup(a, str_of(m->uris[i]));
  pthread_mutex_unlock(&memory_lock);
  return count;
}

// ---- streams

static struct memory_stream *memory_find_stream(struct memory *m, unsigned number) {
  for (size_t i = 0; i < m->stream_count; i++)
    if (m->streams[i].number == number) return &m->streams[i];
  return NULL;
}

static bool memory_has_events(const struct memory *m, unsigned stream) {
  for (const struct memory_event *e = m->first; e; e = e->next)
    if (e->stream == stream) return true;
  return false;
}

static void memory_drop_stream(struct memory *m, size_t i) {
  memmove(&m->streams[i], &m->streams[i + 1], (--m->stream_count - i) * sizeof *m->streams);
}

// Room for one more: those that are over and have no events left go first, then the oldest that nobody reads.
static bool memory_make_room(struct memory *m) {
  for (size_t i = m->stream_count; i-- > 0;)
    if (!m->streams[i].open && !memory_has_events(m, m->streams[i].number)) memory_drop_stream(m, i);
  for (size_t i = 0; m->stream_count == MEMORY_STREAMS_MOST && i < m->stream_count; i++)
    if (!m->streams[i].open || (m->streams[i].kind != MEMORY_POST && !m->streams[i].read))
      memory_drop_stream(m, i);
  return m->stream_count < MEMORY_STREAMS_MOST;
}

unsigned memory_stream_begin(struct memory *m, enum memory_kind kind) {
  pthread_mutex_lock(&memory_lock);
  unsigned number = ++m->last_stream;
  if (memory_make_room(m))
    m->streams[m->stream_count++] = (struct memory_stream){.number = number, .kind = kind, .open = true};
  pthread_mutex_unlock(&memory_lock);
  return number;
}

void memory_stream_end(struct memory *m, unsigned stream) {
  pthread_mutex_lock(&memory_lock);
  struct memory_stream *s = memory_find_stream(m, stream);
  if (s) s->open = false;
  pthread_mutex_unlock(&memory_lock);
}

static void memory_set_reader(struct memory_stream *s, const struct memory_place *place) {
  s->reader = *place;
  s->read = true;
}

void memory_attach(struct memory *m, unsigned stream, const struct memory_place *place) {
  pthread_mutex_lock(&memory_lock);
  struct memory_stream *s = memory_find_stream(m, stream);
  if (s) memory_set_reader(s, place);
  pthread_mutex_unlock(&memory_lock);
}

void memory_detach(struct memory *m, uint64_t number) {
  pthread_mutex_lock(&memory_lock);
  for (size_t i = 0; i < m->stream_count; i++)
    if (m->streams[i].read && m->streams[i].reader.number == number) m->streams[i].read = false;
  pthread_mutex_unlock(&memory_lock);
}

bool memory_reader(struct memory *m, unsigned stream, struct memory_place *out) {
  pthread_mutex_lock(&memory_lock);
  const struct memory_stream *s = memory_find_stream(m, stream);
  bool read = s && s->read;
  if (read) *out = s->reader;
  pthread_mutex_unlock(&memory_lock);
  return read;
}

bool memory_newest(struct memory *m, unsigned *stream, struct memory_place *out, bool *read) {
  const struct memory_stream *found = NULL;
  pthread_mutex_lock(&memory_lock);
  for (size_t i = 0; i < m->stream_count; i++) {
    const struct memory_stream *s = &m->streams[i];
    if (s->kind != MEMORY_POST && s->open && (!found || s->read >= found->read)) found = s;
  }
  if (found) {
    *stream = found->number;
    *out = found->reader;
    *read = found->read;
  }
  pthread_mutex_unlock(&memory_lock);
  return found != NULL;
}

size_t memory_open_streams(struct memory *m) {
  size_t count = 0;
  pthread_mutex_lock(&memory_lock);
  for (size_t i = 0; i < m->stream_count; i++)
    count += m->streams[i].kind != MEMORY_POST && m->streams[i].read;
  pthread_mutex_unlock(&memory_lock);
  return count;
}

bool memory_oldest_reader(struct memory *m, struct memory_place *out) {
  bool found = false;
  pthread_mutex_lock(&memory_lock);
  for (size_t i = 0; i < m->stream_count && !found; i++) {
    found = m->streams[i].kind != MEMORY_POST && m->streams[i].read;
    if (found) *out = m->streams[i].reader;
  }
  pthread_mutex_unlock(&memory_lock);
  return found;
}

// ---- events

static void memory_keep(struct memory *m, struct memory_event *e) {
  m->event_count++;
  m->event_bytes += e->n;
  memory_all.event_bytes += e->n;
  *m->tail = e;
  m->tail = &e->next;
  while (m->event_count > MEMORY_EVENTS_MOST || m->event_bytes > MEMORY_EVENT_BYTES_MOST)
    memory_drop_event(m);
  for (struct memory *old = memory_all.oldest; old && memory_all.event_bytes > MEMORY_ALL_BYTES_MOST;
       old = old->newer)
    while (old->first && memory_all.event_bytes > MEMORY_ALL_BYTES_MOST) memory_drop_event(old);
}

static uint64_t memory_next_serial(struct memory *m) {
  pthread_mutex_lock(&memory_lock);
  uint64_t serial = ++m->last_serial;
  pthread_mutex_unlock(&memory_lock);
  return serial;
}

void memory_prime(struct memory *m, unsigned stream, struct buf *frame) {
  buf_printf(frame, "id: %u-%llu\nretry: %d\ndata: \n\n", stream, (unsigned long long)memory_next_serial(m),
             MEMORY_RETRY_MS);
}

// Under the lock.
static void memory_append(struct memory *m, unsigned stream, struct str message, struct buf *frame) {
  uint64_t serial = ++m->last_serial;
  size_t start = frame->n;
  buf_printf(frame, "id: %u-%llu\n", stream, (unsigned long long)serial);
  sse_write(frame, STR("message"), message);
  size_t n = frame->n - start;
  if (frame->full || n > MEMORY_EVENT_BYTES_MOST) return; // too large to be kept
  struct memory_event *e = mem_alloc(sizeof *e + n);
  *e = (struct memory_event){.stream = stream, .serial = serial, .n = n};
  memcpy(e->frame, frame->p + start, n);
  memory_keep(m, e);
}

bool memory_record(struct memory *m, unsigned stream, struct str message, struct buf *frame,
                   struct memory_place *reader) {
  pthread_mutex_lock(&memory_lock);
  const struct memory_stream *s = memory_find_stream(m, stream);
  if (s && s->kind != MEMORY_PLAIN)
    memory_append(m, stream, message, frame);
  else
    sse_write(frame, STR("message"), message);
  bool read = s && s->read;
  if (read) *reader = s->reader;
  pthread_mutex_unlock(&memory_lock);
  return read;
}

static struct memory_stream *memory_read_id(struct memory *m, struct str id, uint64_t *after) {
  struct str rest = id, number;
  uint64_t stream;
  if (id.n > MEMORY_ID_MOST || !str_cut(&rest, '-', &number) || !str_to_u64(number, &stream) ||
      !str_to_u64(rest, after) || stream > m->last_stream)
    return NULL;
  return memory_find_stream(m, (unsigned)stream);
}

bool memory_find_event(struct memory *m, struct str last_id, struct memory_resumed *out) {
  uint64_t after;
  pthread_mutex_lock(&memory_lock);
  const struct memory_stream *s = memory_read_id(m, last_id, &after);
  if (s) *out = (struct memory_resumed){s->number, s->kind, s->open};
  pthread_mutex_unlock(&memory_lock);
  return s != NULL;
}

bool memory_resume(struct memory *m, struct str last_id, const struct memory_place *reader,
                   struct buf *frames, struct memory_resumed *out) {
  uint64_t after;
  pthread_mutex_lock(&memory_lock);
  struct memory_stream *s = memory_read_id(m, last_id, &after);
  if (s) {
    for (const struct memory_event *e = m->first; e; e = e->next)
      if (e->stream == s->number && e->serial > after) buf_add(frames, str_make(e->frame, e->n));
    memory_set_reader(s, reader);
    *out = (struct memory_resumed){s->number, s->kind, s->open};
  }
  pthread_mutex_unlock(&memory_lock);
  return s != NULL;
}
