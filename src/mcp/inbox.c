// SPDX-License-Identifier: Apache-2.0
#include "mcp/inbox.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "io/channel.h"

struct inbox {
  struct channel *channel;
  atomic_size_t bytes;  // of the messages in it
  pthread_mutex_t lock; // of the failure
  bool closed;
  struct err failure;
};

struct inbox *inbox_new(void) {
  struct inbox *b = MEM_NEW(struct inbox);
  atomic_init(&b->bytes, 0);
  b->channel = channel_new(INBOX_MOST);
  pthread_mutex_init(&b->lock, NULL);
  return b;
}

void inbox_free(struct inbox *b) {
  if (!b) return;
  channel_unref(b->channel);
  pthread_mutex_destroy(&b->lock);
  mem_free(b);
}

static void inbox_release(void *message) {
  message_free(message);
}

bool inbox_put(struct inbox *b, struct message *m) {
  bool droppable = m->e.kind == MCP_NOTIFICATION;
  size_t bytes = yyjson_doc_get_read_size(m->e.doc);
  size_t held = atomic_fetch_add(&b->bytes, bytes) + bytes;
  bool room = droppable ? held <= INBOX_BYTES_MOST && channel_count(b->channel) < INBOX_MOST - INBOX_RESERVED
                        : held <= 2 * (size_t)INBOX_BYTES_MOST;
  if (room && channel_send(b->channel, m, inbox_release)) return true;
  atomic_fetch_sub(&b->bytes, bytes);
  message_free(m);
  return droppable;
}

void inbox_close(struct inbox *b, const struct err *failure) {
  pthread_mutex_lock(&b->lock);
  if (!b->closed) b->failure = *failure;
  b->closed = true;
  pthread_mutex_unlock(&b->lock);
  channel_close(b->channel);
}

bool inbox_get(struct inbox *b, uint64_t wait_ms, struct message **out, struct err *err) {
  void *message;
  if (channel_receive(b->channel, wait_ms, &message, err)) {
    *out = message;
    atomic_fetch_sub(&b->bytes, yyjson_doc_get_read_size((*out)->e.doc));
    return true;
  }
  if (err->code != ERR_MISSING) return false;
  pthread_mutex_lock(&b->lock);
  if (b->closed) *err = b->failure;
  pthread_mutex_unlock(&b->lock);
  return false;
}
