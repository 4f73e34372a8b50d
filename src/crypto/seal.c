// SPDX-License-Identifier: Apache-2.0
#include "crypto/seal.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/codec.h"
#include "base/mem.h"
#include "crypto/seal_file.h"
#include "crypto/token.h"

enum {
  SEAL_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
  SEAL_TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};
_Static_assert((size_t)SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the key file's format");

struct seal_key {
  struct seal_key *older;
  char id[SEAL_KEY_ID_MOST + 1];
  struct secret *key;
};

struct seal_ring {
  _Atomic(struct seal_key *) current; // put there when it is complete, so that readers need no lock
  pthread_mutex_t lock;               // of those who add
  size_t count;                       // what the file loses stays here until the end: sessions are sealed too
  char *path;                         // NULL: not from a file
  struct stat seen;                   // of it
};

static const struct seal_key *seal_current(const struct seal_ring *r) {
  return atomic_load_explicit(&r->current, memory_order_acquire);
}

static const struct seal_key *seal_find(const struct seal_ring *r, struct str id) {
  const struct seal_key *k = seal_current(r);
  while (k && !str_is(id, k->id)) k = k->older;
  return k;
}

static void seal_add(struct seal_ring *r, struct str id, struct secret *key) {
  struct seal_key *k = MEM_NEW(struct seal_key);
  *k = (struct seal_key){.older = atomic_load_explicit(&r->current, memory_order_relaxed), .key = key};
  memcpy(k->id, id.p, id.n);
  r->count++;
  atomic_store_explicit(&r->current, k, memory_order_release);
}

static bool seal_is_key_id(struct str id) {
  for (size_t i = 0; i < id.n; i++) {
    char c = id.p[i];
    if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '-'))
      return false;
  }
  return id.n > 0 && id.n <= SEAL_KEY_ID_MOST;
}

// One "<key id> <64 hex digits>". The errors say which line, never what it holds.
static bool seal_add_key(struct seal_ring *r, struct str line, unsigned number, struct err *err) {
  struct str hex = line, id;
  if (!str_cut(&hex, ' ', &id) || !seal_is_key_id(id))
    return err_set(err, ERR_INVALID, "line %u of the keys does not start with a key id", number);
  if (seal_find(r, id))
    return err_set(err, ERR_INVALID, "line %u of the keys has an id that was there before", number);
  if (r->count == SEAL_KEYS_MOST) {
    err_set(err, ERR_LIMIT, "there are more than %d keys", SEAL_KEYS_MOST);
    err_hint(err, "take lines away from the beginning: keys that seal nothing any more are not needed");
    return false;
  }
  char *bytes;
  struct secret *key = secret_make(SEAL_KEY, &bytes);
  if (!codec_unhex(str_trim(hex), bytes, SEAL_KEY)) {
    secret_free(key);
    return err_set(err, ERR_INVALID, "line %u of the keys does not have %d hexadecimal digits behind the id",
                   number, 2 * SEAL_KEY);
  }
  seal_add(r, id, key);
  return true;
}

bool seal_ring_from_text(struct str text, struct seal_ring **out, struct err *err) {
  if (sodium_init() < 0) abort();
  struct seal_ring *r = MEM_NEW(struct seal_ring);
  pthread_mutex_init(&r->lock, NULL);
  bool ok = true;
  unsigned number = 0;
  for (struct str rest = text, line; ok && str_cut(&rest, '\n', &line);) {
    number++;
    line = str_trim(line);
    if (line.n && line.p[0] != '#') ok = seal_add_key(r, line, number, err);
  }
  if (ok && r->count == 0) ok = err_set(err, ERR_INVALID, "there is no key");
  if (!ok) {
    seal_ring_free(r);
    return false;
  }
  *out = r;
  return true;
}

bool seal_ring_load(const char *path, struct seal_ring **out, struct err *err) {
  struct secret *text;
  struct stat seen = {0};
  (void)!stat(path, &seen); // before: a change in between is found out later
  if (!seal_file_read(path, &text, err)) return false;
  bool ok = seal_ring_from_text(secret_reveal(text), out, err) || err_wrap(err, "key file %s", path);
  secret_free(text);
  if (!ok) return false;
  (*out)->path = mem_copy(path, strlen(path));
  (*out)->seen = seen;
  return true;
}

// Those that `r` lacks, the oldest first, so that the file's last becomes the current one.
static bool seal_take_up(struct seal_ring *r, const struct seal_key *fresh, struct err *err) {
  if (!fresh) return true;
  if (!seal_take_up(r, fresh->older, err)) return false;
  if (seal_find(r, str_of(fresh->id))) return true;
  if (r->count == SEAL_RING_MOST) {
    err_set(err, ERR_LIMIT, "this program has had %d keys, the most it remembers", SEAL_RING_MOST);
    err_hint(err, "restart Postern: it begins with the keys of the file alone");
    return false;
  }
  seal_add(r, str_of(fresh->id), secret_new(secret_reveal(fresh->key)));
  return true;
}

bool seal_ring_refresh(struct seal_ring *r, const char *path, struct err *err) {
  struct seal_ring *fresh;
  if (!seal_ring_load(path, &fresh, err)) return false;
  pthread_mutex_lock(&r->lock);
  bool ok = seal_take_up(r, seal_current(fresh), err);
  if (ok) r->seen = fresh->seen;
  pthread_mutex_unlock(&r->lock);
  seal_ring_free(fresh);
  return ok;
}

bool seal_ring_follow(struct seal_ring *r, struct err *err) {
  struct stat now;
  if (!r->path || stat(r->path, &now) != 0) return true; // with the keys that are here
  pthread_mutex_lock(&r->lock);
  bool same = now.st_ino == r->seen.st_ino && now.st_dev == r->seen.st_dev &&
              now.st_mtim.tv_sec == r->seen.st_mtim.tv_sec && now.st_mtim.tv_nsec == r->seen.st_mtim.tv_nsec;
  pthread_mutex_unlock(&r->lock);
  return same || seal_ring_refresh(r, r->path, err);
}

void seal_ring_free(struct seal_ring *r) {
  if (!r) return;
  for (struct seal_key *k = r->current, *older; k; k = older) {
    older = k->older;
    secret_free(k->key);
    mem_free(k);
  }
  pthread_mutex_destroy(&r->lock);
  mem_free(r->path);
  mem_free(r);
}

struct str seal_ring_current_id(const struct seal_ring *r) {
  return str_of(seal_current(r)->id);
}

// Cuts "v1.<key id>.<rest>".
static bool seal_cut(struct str blob, struct str *id, struct str *rest) {
  struct str version;
  *rest = blob;
  return str_cut(rest, '.', &version) && str_is(version, "v1") && str_cut(rest, '.', id) && rest->n &&
         seal_is_key_id(*id);
}

struct str seal_key_id(struct str blob) {
  struct str id, rest;
  return seal_cut(blob, &id, &rest) ? id : STR_NONE;
}

bool seal_close(const struct seal_ring *r, struct str place, struct str plain, struct arena *a,
                struct str *blob, struct err *err) {
  if (plain.n > SEAL_PLAIN_MOST)
    return err_set(err, ERR_LIMIT, "a secret of %zu bytes is longer than %d", plain.n, SEAL_PLAIN_MOST);
  const struct seal_key *k = seal_current(r);
  size_t n = SEAL_NONCE + plain.n + SEAL_TAG;
  unsigned char *sealed = arena_alloc(a, n);
  // 192 random bits: no nonce comes twice in practice (draft-irtf-cfrg-xchacha §2.1).
  token_random(sealed, SEAL_NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + SEAL_NONCE, NULL, (const unsigned char *)plain.p,
                                             plain.n, (const unsigned char *)place.p, place.n, NULL, sealed,
                                             (const unsigned char *)secret_reveal(k->key).p);
  struct str text = codec_base64_url(a, str_make((const char *)sealed, n));
  *blob = arena_printf(a, "v1.%s.%.*s", k->id, STR_ARG(text));
  return true;
}

static bool seal_decrypt(const struct seal_key *k, struct str place, struct str sealed, struct secret **out) {
  size_t n = sealed.n - SEAL_NONCE;
  char *plain;
  struct secret *s = secret_make(n - SEAL_TAG, &plain);
  const unsigned char *nonce = (const unsigned char *)sealed.p;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)plain, NULL, NULL, nonce + SEAL_NONCE, n,
                                                 (const unsigned char *)place.p, place.n, nonce,
                                                 (const unsigned char *)secret_reveal(k->key).p) != 0) {
    secret_free(s);
    return false;
  }
  *out = s;
  return true;
}

bool seal_open(const struct seal_ring *r, struct str place, struct str blob, struct secret **out,
               struct err *err) {
  struct str id, text, sealed;
  if (!seal_cut(blob, &id, &text)) return err_set(err, ERR_INVALID, "not a sealed secret");
  const struct seal_key *k = seal_find(r, id);
  if (!k) {
    err_set(err, ERR_MISSING, "the secret is sealed with key %.*s, which is not among the keys", STR_ARG(id));
    err_hint(err, "put the line of key %.*s back into the key file", STR_ARG(id));
    return false;
  }
  struct arena *a = arena_new();
  bool ok = codec_unbase64_url(a, text, &sealed) && sealed.n >= SEAL_NONCE + SEAL_TAG &&
            sealed.n <= SEAL_NONCE + SEAL_TAG + SEAL_PLAIN_MOST;
  if (!ok)
    err_set(err, ERR_INVALID, "not a sealed secret");
  else if (!(ok = seal_decrypt(k, place, sealed, out)))
    err_set(err, ERR_DENIED,
            "the sealed secret does not open: it was changed, or it belongs to another place");
  arena_free(a);
  return ok;
}

// BLAKE2b under the key, as libsodium's crypto_kdf: it tells nothing of what the key seals, nor of another purpose's.
bool seal_derive(const struct seal_ring *r, struct str key_id, struct str purpose,
                 unsigned char out[SEAL_DERIVED]) {
  const struct seal_key *k = seal_find(r, key_id);
  if (!k) return false;
  struct str key = secret_reveal(k->key);
  return crypto_generichash(out, SEAL_DERIVED, (const unsigned char *)purpose.p, purpose.n,
                            (const unsigned char *)key.p, key.n) == 0;
}

bool seal_renew(const struct seal_ring *r, struct str place, struct arena *a, struct str *blob,
                struct err *err) {
  struct secret *plain;
  if (str_eq(seal_key_id(*blob), seal_ring_current_id(r))) return true;
  if (!seal_open(r, place, *blob, &plain, err)) return false;
  bool ok = seal_close(r, place, secret_reveal(plain), a, blob, err);
  secret_free(plain);
  return ok;
}
