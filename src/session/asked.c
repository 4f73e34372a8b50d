// SPDX-License-Identifier: Apache-2.0
#include "session/asked.h"

#include <pthread.h>

#include "base/codec.h"
#include "base/map.h"
#include "base/mem.h"
#include "crypto/token.h"
#include "io/channel.h"

enum { ASKED_RANDOM = 15, ASKED_ANSWERS_MOST = 32 };

struct asked {
  char id[ASKED_ID];
  char *session;
  struct channel *answers;
};

static pthread_mutex_t asked_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map asked_by_id; // struct asked *

static size_t asked_of_session(struct str session_key) {
  size_t count = 0;
  struct map_slot *slot;
  for (size_t i = 0; (slot = map_next(&asked_by_id, &i));)
    count += str_is(session_key, ((const struct asked *)slot->value)->session);
  return count;
}

bool asked_open(struct str session_key, struct asked **out, struct err *err) {
  unsigned char random[ASKED_RANDOM];
  struct asked *q = MEM_NEW(struct asked);
  token_random(random, sizeof random);
  codec_hex(random, sizeof random, q->id);
  q->session = mem_copy(session_key.p, session_key.n);
  q->answers = channel_new(ASKED_ANSWERS_MOST);
  pthread_mutex_lock(&asked_lock);
  bool room = asked_by_id.count < ASKED_MOST && asked_of_session(session_key) < ASKED_SESSION_MOST;
  if (room) map_put(&asked_by_id, str_of(q->id), q);
  pthread_mutex_unlock(&asked_lock);
  if (!room) {
    asked_close(q);
    return err_set(err, ERR_LIMIT, "the client has %d questions to answer already", ASKED_SESSION_MOST);
  }
  *out = q;
  return true;
}

struct str asked_id(const struct asked *q) {
  return str_of(q->id);
}

void asked_close(struct asked *q) {
  pthread_mutex_lock(&asked_lock);
  if (map_get(&asked_by_id, str_of(q->id)) == q) map_remove(&asked_by_id, str_of(q->id));
  pthread_mutex_unlock(&asked_lock);
  channel_close(q->answers);
  channel_unref(q->answers);
  mem_free(q->session);
  mem_free(q);
}

static void asked_release(void *message) {
  struct asked_answer *answer = message;
  yyjson_doc_free(answer->doc);
  mem_free(answer);
}

bool asked_wait(struct asked *q, uint64_t wait_ms, struct asked_answer *out, struct err *err) {
  void *message;
  if (!channel_receive(q->answers, wait_ms, &message, err)) return false;
  *out = *(struct asked_answer *)message;
  mem_free(message);
  return true;
}

bool asked_take(struct str session_key, struct str id, yyjson_doc *doc, bool progress) {
  struct channel *answers = NULL;
  pthread_mutex_lock(&asked_lock);
  struct asked *q = map_get(&asked_by_id, id);
  if (q && str_is(session_key, q->session)) {
    answers = channel_ref(q->answers);
    if (!progress) map_remove(&asked_by_id, id); // one answer counts
  }
  pthread_mutex_unlock(&asked_lock);
  struct asked_answer *answer = MEM_NEW(struct asked_answer);
  *answer = (struct asked_answer){doc, progress};
  bool taken = answers && channel_send(answers, answer, asked_release);
  if (!taken) asked_release(answer);
  if (answers) channel_unref(answers);
  return taken;
}
