// SPDX-License-Identifier: Apache-2.0
#include "recover.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin.h"
#include "crypto/seal.h"
#include "settings/settings.h"

enum { RECOVER_KEYS_MOST = 64 * 1024 };

// To root the keys of the service's own user are as good as its own, which is who starts this for the service.
static bool recover_key_as_root(const char *path, struct seal_ring **out, struct err *err) {
  char text[RECOVER_KEYS_MOST];
  FILE *f = fopen(path, "re");
  if (!f) return err_at(err, ERR_DENIED, "key_file", "%s cannot be read: %s", path, strerror(errno));
  size_t n = fread(text, 1, sizeof text, f);
  fclose(f);
  bool ok = seal_ring_from_text(str_make(text, n), out, err);
  secret_wipe(text, sizeof text);
  return ok;
}

// Nothing is made here: what is missing says that the place is another one.
static bool recover_key(const struct settings *s, struct arena *a, struct seal_ring **out, struct err *err) {
  if (s->key.n) return seal_ring_from_text(s->key, out, err);
  const char *path = arena_z(a, s->key_file);
  if (access(path, F_OK) != 0) {
    err_at(err, ERR_MISSING, "key_file", "there is no key in %s: no Postern has started with these settings",
           path);
    err_hint(err, "--config, or --data-dir, as 'postern serve' has it; the installed service has --data-dir "
                  "/var/lib/postern");
    return false;
  }
  return geteuid() == 0 ? recover_key_as_root(path, out, err) : seal_ring_load(path, out, err);
}

static bool recover_store(const struct settings *s, struct store **out, bool *running, struct err *err) {
  *running = !store_open(s->store, out, err);
  return !*running || (err->code == ERR_UNAVAILABLE && store_open_beside(s->store, out, err));
}

bool recover_token(const struct settings *s, struct str name, char text[TOKEN_TEXT], bool *running,
                   struct err *err) {
  struct arena *a = arena_new();
  struct seal_ring *ring = NULL;
  struct store *store = NULL;
  umask(0077);
  bool ok = recover_key(s, a, &ring, err) && recover_store(s, &store, running, err);
  if (ok) {
    store_set_ring(store, ring);
    ok = admin_recover_token(store, name, text, err);
  }
  store_close(store);
  if (ring) seal_ring_free(ring);
  arena_free(a);
  return ok;
}
