// SPDX-License-Identifier: Apache-2.0
#include "oidc/known.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"

struct known { // of one provider
  struct str id;
  int64_t version;
  struct arena *arena; // of the site; NULL: the place is free
  struct openid_site site;
  struct jwks *keys;                                     // NULL: not asked yet
  int64_t site_at, keys_at, anew_at, failed_at, used_at; // ms, by the monotonic clock; 0: never
  struct err failure;
};

static pthread_mutex_t known_lock = PTHREAD_MUTEX_INITIALIZER; // for copies, never over a request
static struct known known_all[PROVIDERS_MOST];
static atomic_int known_asking;

static int64_t known_now(void) {
  return (int64_t)(clock_mono_us() / 1000) + KNOWN_KEEP_MS; // never near 0, which is "never"
}

// ---- what is kept; under the lock

static void known_forget(struct known *k) {
  jwks_unref(k->keys);
  arena_free(k->arena);
  *k = (struct known){0};
}

// The place of this provider; of another version it is emptied. Where none is free, the one that waited longest goes.
static struct known *known_of(const struct provider *p) {
  struct known *oldest = &known_all[0];
  for (size_t i = 0; i < PROVIDERS_MOST; i++) {
    struct known *k = &known_all[i];
    if (k->arena && str_eq(k->id, p->id)) {
      if (k->version == p->version) return k;
      oldest = k;
      break;
    }
    if (k->used_at < oldest->used_at) oldest = k;
  }
  known_forget(oldest);
  oldest->arena = arena_new();
  oldest->id = arena_dup(oldest->arena, p->id);
  oldest->version = p->version;
  return oldest;
}

static struct oauth_strings known_strings(const struct oauth_strings *from, struct arena *a) {
  struct oauth_strings to = {ARENA_ARRAY(a, from->count + 1, struct str), from->count};
  for (size_t i = 0; i < from->count; i++) to.items[i] = arena_dup(a, from->items[i]);
  return to;
}

static struct openid_site known_copy(const struct openid_site *from, struct arena *a) {
  struct openid_site to = *from;
  struct str *texts[] = {&to.site.server_url,
                         &to.site.issuer,
                         &to.site.iss,
                         &to.site.authorization_endpoint,
                         &to.site.token_endpoint,
                         &to.site.registration_endpoint,
                         &to.site.revocation_endpoint,
                         &to.jwks_uri,
                         &to.userinfo_endpoint,
                         &to.end_session_endpoint};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = arena_dup(a, *texts[i]);
  to.site.scopes = known_strings(&from->site.scopes, a);
  to.site.server_scopes = known_strings(&from->site.server_scopes, a);
  return to;
}

// ---- asked

static bool known_may_ask(struct err *err) {
  if (atomic_fetch_add(&known_asking, 1) < KNOWN_ASKING_MOST) return true;
  atomic_fetch_sub(&known_asking, 1);
  return err_set(err, ERR_UNAVAILABLE, "several sign-ins wait for their provider; try again in a moment");
}

static void known_note_failure(const struct provider *p, const struct err *why) {
  if (why->code == ERR_CANCELED) return; // no word on the provider
  pthread_mutex_lock(&known_lock);
  struct known *k = known_of(p);
  k->failure = *why;
  k->failed_at = known_now();
  pthread_mutex_unlock(&known_lock);
}

// True: it is answered, `*ok` says how.
static bool known_site_kept(const struct provider *p, struct arena *a, struct openid_site *out, bool *ok,
                            struct err *err) {
  int64_t now = known_now();
  pthread_mutex_lock(&known_lock);
  struct known *k = known_of(p);
  k->used_at = now;
  *ok = k->site_at && now - k->site_at < KNOWN_KEEP_MS;
  bool failed = !*ok && k->failed_at && now - k->failed_at < KNOWN_FAILED_MS;
  if (*ok) *out = known_copy(&k->site, a);
  if (failed) *err = k->failure;
  pthread_mutex_unlock(&known_lock);
  return *ok || failed;
}

static void known_keep_site(const struct provider *p, const struct openid_site *site) {
  pthread_mutex_lock(&known_lock);
  struct known *k = known_of(p);
  struct jwks *keys = k->keys ? jwks_ref(k->keys) : NULL;
  int64_t keys_at = k->keys_at, anew_at = k->anew_at;
  known_forget(k); // with the arena of the older copy
  k = known_of(p);
  k->site = known_copy(site, k->arena);
  k->keys = keys;
  k->keys_at = keys_at;
  k->anew_at = anew_at;
  k->site_at = k->used_at = known_now();
  pthread_mutex_unlock(&known_lock);
}

bool known_site(const struct known_ask *ask, struct arena *a, struct openid_site *out, struct err *err) {
  bool ok;
  if (known_site_kept(ask->provider, a, out, &ok, err)) return ok;
  if (!known_may_ask(err)) return false;
  ok = openid_discover(ask->net, ask->provider->issuer, a, out, err);
  atomic_fetch_sub(&known_asking, 1);
  if (ok)
    known_keep_site(ask->provider, out);
  else
    known_note_failure(ask->provider, err);
  return ok;
}

// ---- keys

static bool known_keys_kept(const struct provider *p, bool anew, struct jwks **out, bool *ok,
                            struct err *err) {
  int64_t now = known_now();
  pthread_mutex_lock(&known_lock);
  struct known *k = known_of(p);
  bool soon = anew && k->anew_at && now - k->anew_at < KNOWN_ANEW_MS;
  *ok = !anew && k->keys && now - k->keys_at < KNOWN_KEEP_MS;
  if (*ok) *out = jwks_ref(k->keys);
  if (anew && !soon) k->anew_at = now;
  pthread_mutex_unlock(&known_lock);
  if (soon)
    err_why(err, ERR_DENIED, WHY_VENDOR_REFUSED,
            "the provider's ID token is signed with a key that it does not publish");
  return *ok || soon;
}

static bool known_ask_keys(const struct known_ask *ask, const struct openid_site *site, struct jwks **out,
                           struct err *err) {
  struct arena *a = arena_new();
  yyjson_doc *doc = NULL;
  bool ok = openid_keys(ask->net, site, a, &doc, err) && jwks_read(yyjson_doc_get_root(doc), out, err);
  yyjson_doc_free(doc);
  arena_free(a);
  return ok;
}

bool known_keys(const struct known_ask *ask, const struct openid_site *site, bool anew, struct jwks **out,
                struct err *err) {
  bool ok;
  if (known_keys_kept(ask->provider, anew, out, &ok, err)) return ok;
  if (!known_may_ask(err)) return false;
  ok = known_ask_keys(ask, site, out, err);
  atomic_fetch_sub(&known_asking, 1);
  if (!ok) return false;
  pthread_mutex_lock(&known_lock);
  struct known *k = known_of(ask->provider);
  jwks_unref(k->keys);
  k->keys = jwks_ref(*out);
  k->keys_at = k->used_at = known_now();
  pthread_mutex_unlock(&known_lock);
  return true;
}

void known_close(void) {
  pthread_mutex_lock(&known_lock);
  for (size_t i = 0; i < PROVIDERS_MOST; i++) known_forget(&known_all[i]);
  pthread_mutex_unlock(&known_lock);
}
