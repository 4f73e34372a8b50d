// SPDX-License-Identifier: Apache-2.0
// The order matters: first rows are committed under the new key, then, with the database held still, the file
// loses keys that no row names. A kill between any two steps leaves a key too many, which the next start
// takes out.
#include "account/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "account/reseal.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/seal_tidy.h"

#define KEYS_MARK_TEXT                                                                                       \
  "Every secret in this Postern's database is sealed for the place that it is sent to. While this file is\n" \
  "here, secrets in the form of older versions are refused. Remove it for one start after you have\n"        \
  "restored a database from before, whose rows you trust.\n"

// ---- the mark

static bool keys_is_marked(const struct keys_place *place) {
  return access(place->mark, F_OK) == 0;
}

// That it is there is all that counts, so a kill while it is written leaves it good.
static void keys_set_mark(const struct keys_place *place) {
  static const char text[] = KEYS_MARK_TEXT;
  int fd = open(place->mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  bool ok = fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1 && fsync(fd) == 0 &&
            file_sync_folder(place->mark);
  if (!ok)
    log_warn("%s cannot be written (%s): secrets in the form of older versions are still taken", place->mark,
             strerror(errno));
  if (fd >= 0) close(fd);
}

// ---- under the current key

static bool keys_reseal_body(struct store *s, void *arg, struct err *err) {
  return reseal_all(s, arg, err);
}

bool keys_reseal(const struct account_env *env, size_t *count, struct err *err) {
  struct reseal r = {.ring = env->ring};
  if (!store_transact(env->store, keys_reseal_body, &r, err)) return false;
  store_settle(env->store);
  *count = r.changed;
  return true;
}

// ---- keys that seal nothing any more

struct keys_prune {
  const char *file;
  const struct seal_ring *ring;
  struct arena *arena;
  struct str *ids;
  size_t count, gone;
};

// A transaction only so that nothing is sealed and stored meanwhile.
static bool keys_prune_body(struct store *s, void *arg, struct err *err) {
  struct keys_prune *p = arg;
  return reseal_keys(s, p->ring, p->arena, &p->ids, &p->count, err) &&
         (!p->file || seal_ring_prune(p->file, p->ids, p->count, &p->gone, err));
}

// A key too many harms nobody: a file that cannot be written is told of, and is no reason to stop.
static void keys_prune(const struct account_env *env, struct keys_prune *p) {
  struct err why;
  if (!store_transact(env->store, keys_prune_body, p, &why))
    log_warn("keys that seal nothing any more stay where they are: %s", why.text);
  else if (p->gone)
    log_info("%zu key(s) that sealed nothing any more left %s; backups from before need a copy of it from "
             "their day",
             p->gone, p->file);
}

static void keys_tell(void *arg, const char *path, bool gone) {
  (void)arg;
  if (gone)
    log_info("%s was left behind by a change of keys that was cut off, and is removed", path);
  else
    log_warn("%s lies beside the key file and is none of ours: it stays", path);
}

// ---- the two occasions

static void keys_tell_report(const struct keys_place *place, const struct reseal *r) {
  if (r->bound)
    log_info("%zu secret(s) of an older version are sealed anew, each for the address that its row has now",
             r->bound);
  if (r->stamped)
    log_info(
        "%zu row(s) of an older version (servers, API tokens, tools, connectors) are stamped as they are",
        r->stamped);
  if (r->old)
    log_warn("%zu row(s) have the form of older versions, which is refused. Did you restore a database from "
             "before? Then remove %s and start again; else somebody wrote to the database",
             r->old, place->mark);
}

bool keys_start(const struct account_env *env, const struct keys_place *place, struct err *err) {
  bool marked = keys_is_marked(place), bound = marked || place->joined;
  store_set_ring(env->store, env->ring);
  struct reseal r = {.ring = env->ring, .take_old = !bound};
  if (!store_transact(env->store, keys_reseal_body, &r, err)) return false;
  if (r.changed + r.stamped) store_settle(env->store); // what old keys open leaves the log too
  if (!marked) keys_set_mark(place);
  keys_tell_report(place, &r);
  struct keys_prune p = {.file = place->file, .ring = env->ring, .arena = arena_new()};
  keys_prune(env, &p);
  if (place->file) seal_tidy(place->file, p.ids, p.count, (struct seal_tidy_tell){keys_tell, NULL});
  arena_free(p.arena);
  return true;
}

void keys_tidy(const struct account_env *env, const char *file) {
  struct keys_prune p = {.file = file, .ring = env->ring, .arena = arena_new()};
  keys_prune(env, &p);
  arena_free(p.arena);
}

bool keys_rotate(const struct account_env *env, const char *file, size_t *resealed, struct err *err) {
  if (!seal_ring_rotate(file, err) || !seal_ring_refresh(env->ring, file, err) ||
      !keys_reseal(env, resealed, err))
    return false;
  keys_tidy(env, file);
  return true;
}
