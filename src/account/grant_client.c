// SPDX-License-Identifier: Apache-2.0
// Grants of an account's own client (RFC 6749 §4.4): the credential is the account's, so a token needs no keeping. It is
// asked for when it is needed, shared by all who need it, and gone with the program.
#include "account/account_row.h"
#include "account/grant_private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/pool.h"

static struct grant_own *grant_own_new(const struct grant_client *c) {
  struct arena *a = arena_new();
  struct grant_own *own = ARENA_NEW(a, struct grant_own);
  *own = (struct grant_own){.arena = a,
                            .site = {.issuer = arena_dup(a, c->site.issuer),
                                     .token_endpoint = arena_dup(a, c->site.token_endpoint),
                                     .resource = arena_dup(a, c->site.resource),
                                     .audience = arena_dup(a, c->site.audience),
                                     .token_type = arena_dup(a, c->site.token_type),
                                     .methods = c->site.methods},
                            .client = {.id = arena_dup(a, c->client.id), .method = c->client.method},
                            .scope = arena_dup(a, c->scope),
                            .hide = redact_ref(c->hide),
                            .told = c->failing};
  if (c->client.secret) own->client.secret = secret_new(secret_reveal(c->client.secret));
  if (c->client.key) own->client.key = secret_new(secret_reveal(c->client.key));
  return own;
}

void grant_own_free(struct grant_own *own) {
  if (!own) return;
  oauth_client_wipe(&own->client);
  redact_unref(own->hide);
  arena_free(own->arena); // it lives in it
}

// By all that a token depends on, hashed.
static struct str grant_client_key(const struct account_env *env, const struct grant_client *c,
                                   struct arena *a) {
  const struct secret *kept = c->client.secret ? c->client.secret : c->client.key;
  char secret[TOKEN_HASH_HEX], all[TOKEN_HASH_HEX];
  token_hash_hex(kept ? secret_reveal(kept) : STR(""), secret);
  struct str parts[] = {c->site.token_endpoint, c->site.resource, c->site.audience, c->site.token_type,
                        c->client.id,           c->scope,         str_of(secret)};
  struct str text = arena_printf(a, "%u %d", c->site.methods, (int)c->client.method);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    text = arena_printf(a, "%.*s\n%zu:%.*s", STR_ARG(text), parts[i].n, STR_ARG(parts[i]));
  token_hash_hex(text, all);
  return arena_printf(a, "%p/%.*s/%s", (const void *)env, STR_ARG(c->account_id), all);
}

struct grant *grant_of_client(const struct account_env *env, const struct grant_client *c) {
  struct arena *a = arena_new();
  struct grant *made = grant_new(env, c->account_id, grant_client_key(env, c, a));
  arena_free(a);
  made->own = grant_own_new(c);
  made->state = grant_state_make(&(struct grant_state_new){.also = c->hide, .holder = str_of(made->holder)});
  return grant_join(made);
}

bool grant_fetch(struct grant *g, const struct grant_state *before, struct grant_state **after,
                 struct err *err) {
  struct grant_own *own = g->own;
  struct arena *a = arena_new();
  struct oauth_net net = {g->env->guard, g->env->limits, before->hide};
  struct oauth_party party = {&net, &own->site, &own->client, a};
  struct oauth_tokens tokens = {0};
  int64_t now = clock_now_ms();
  bool ok = oauth_client_credentials(&party, own->scope, &tokens, err);
  g->vendor_failed = !ok;
  if (ok) {
    own->client.method = tokens.method; // what the vendor takes is not sought again
    own->site.methods = 1u << tokens.method;
    *after = grant_state_make(&(struct grant_state_new){.access = tokens.access,
                                                        .also = own->hide,
                                                        .holder = str_of(g->holder),
                                                        .version = before->row.version + 1,
                                                        .issued_at = now,
                                                        .expires_at = tokens.expires_at});
  } else {
    if (err->code == ERR_UNPROCESSABLE && err->reason != WHY_NOT_SUPPORTED)
      err_hint(err, "%s",
               err->reason == WHY_INVALID_SCOPE ? "import the connector with the scope that this client may "
                                                  "have: --scope 'a b', or --scope none"
                                                : "check client id and secret, and at the vendor whether "
                                                  "this client may have tokens; 'postern account "
                                                  "recredential' takes others");
    (void)err_wrap(err, GRANT_NO_TOKEN);
  }
  oauth_tokens_wipe(&tokens);
  arena_free(a);
  return ok;
}

// ---- the account's status

struct grant_telling {
  struct grant *g;
  struct str status, text;
};

static bool grant_tell_job(void *arg, struct err *err) {
  const struct grant_telling *t = arg;
  struct account_row_status to = {t->g->account_id, t->status, t->text};
  return account_row_set_status(t->g->env->store, &to, err);
}

void grant_tell(struct grant *g, const struct err *why) {
  pthread_mutex_lock(&g->lock);
  bool news = g->own->told == !why;
  g->own->told = why != NULL;
  pthread_mutex_unlock(&g->lock);
  if (!news) return;
  struct grant_telling t = {g, why ? STR("failing") : STR("ok"), why ? str_of(why->text) : STR("")};
  struct err unkept;
  if (!pool_run(grant_tell_job, &t, &unkept))
    log_warn("account %.*s: its status is not kept: %s", STR_ARG(g->account_id), unkept.text);
  else if (g->env->changed)
    g->env->changed(g->env->changed_arg, g->account_id);
}
