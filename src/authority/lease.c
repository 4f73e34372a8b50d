// SPDX-License-Identifier: Apache-2.0
#include "authority/lease.h"

#include <stdio.h>

#include "account/sealed.h"
#include "authority/client.h"
#include "base/codec.h"
#include "base/log.h"
#include "crypto/hmac.h"
#include "store/changelog.h"

#define LEASE_ID "sgn"
#define LEASE_REFRESH_PREFIX "psr_"
enum { LEASE_SECRET_BYTES = 32 };

// One way in which it may not count; which, whoever has no right to it need not know.
static bool lease_refused(struct err *err, const char *why) {
  return err_why(err, ERR_DENIED, WHY_INVALID_GRANT, "%s", why);
}

// ---- codes

static struct sealed_at lease_code_place(struct str hash, const struct lease_code *c, int64_t expires_at,
                                         struct arena *a) {
  return (struct sealed_at){
      STAMPED_CODE,
      hash,
      {c->user_id, c->client_id, c->server_id, c->redirect_uri, c->challenge, sealed_number(a, expires_at)}};
}

struct lease_code_making {
  const struct lease_code *code;
  struct arena *arena;
  struct str hash;
  int64_t expires_at;
};

static bool lease_code_insert(struct store *s, void *arg, struct err *err) {
  const struct lease_code_making *m = arg;
  const struct lease_code *c = m->code;
  struct sealed_at at = lease_code_place(m->hash, c, m->expires_at, m->arena);
  struct str stamp;
  if (!sealed_stamp(s, &at, m->arena, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(m->hash),         STORE_TEXT(c->user_id),
                                       STORE_TEXT(c->client_id),    STORE_TEXT(c->server_id),
                                       STORE_TEXT(c->redirect_uri), STORE_TEXT(c->challenge),
                                       STORE_INT(m->expires_at),    STORE_TEXT(stamp)};
  return store_run(
      s,
      "INSERT INTO authority_code (hash, user_id, client_id, server_id, redirect_uri, challenge, "
      "expires_at, lease_id, stamp) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8)",
      values, 8, NULL, err);
}

bool lease_code(struct store *s, const struct lease_code *code, int64_t now, struct arena *a,
                char text[TOKEN_TEXT], struct err *err) {
  char hash[TOKEN_HASH_HEX];
  token_new("psc", text);
  token_hash_hex(str_of(text), hash);
  struct lease_code_making m = {code, a, str_of(hash), now + LEASE_CODE_MS};
  return store_transact(s, lease_code_insert, &m, err);
}

// ---- what both ways give

struct lease_step {
  const struct lease_terms *terms;
  const struct lease_given *given;
  struct arena *arena;
  struct lease_tokens *out;
  struct lease *revoked;
  struct err refused; // code 0: it counts
};

// "psr_<id>_<generation>_<mac>": each generation of a lease has one, which nobody makes without its secret.
static void lease_refresh_text(const struct lease *v, struct str secret, char out[LEASE_REFRESH]) {
  char number[24], mac[HMAC_HEX];
  snprintf(number, sizeof number, "%lld", (long long)v->generation);
  const struct str parts[] = {v->id, STR("/"), str_of(number)};
  hmac_sha256(secret, parts, 3, mac);
  snprintf(out, LEASE_REFRESH, LEASE_REFRESH_PREFIX "%.*s_%s_%s",
           STR_ARG(str_from(v->id, sizeof LEASE_ID "_" - 1)), number, mac);
  secret_wipe(mac, sizeof mac);
}

// The lease's row is there.
static bool lease_issue(struct store *s, struct lease_step *step, struct str secret, struct err *err) {
  struct lease_tokens *out = step->out;
  struct lease_token token = {.generation = out->lease.generation,
                              .expires_at = step->terms->now + step->terms->access_ms};
  if (token.expires_at > out->lease.ends_at) token.expires_at = out->lease.ends_at;
  token_new("psa", out->access);
  token_hash(str_of(out->access), token.hash);
  memcpy(out->hash, token.hash, TOKEN_HASH);
  out->expires_at = token.expires_at;
  lease_refresh_text(&out->lease, secret, out->refresh);
  return lease_row_add_token(s, out->lease.id, &token, step->arena, err);
}

static bool lease_revoke(struct store *s, const struct lease_step *step, const struct lease *v,
                         struct err *err) {
  *step->revoked = *v;
  return lease_row_delete(s, v->id, err);
}

static bool lease_run(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err),
                      struct lease_step *step, struct err *err) {
  *step->revoked = (struct lease){0};
  if (!store_transact(s, body, step, err)) return false;
  if (!step->refused.code) return true;
  *err = step->refused;
  return false;
}

// ---- a code becomes tokens

static bool lease_verifier_fits(struct str verifier, struct str challenge, struct arena *a) {
  unsigned char hash[TOKEN_HASH];
  token_hash(verifier, hash); // SHA-256
  return str_eq_secret(codec_base64_url(a, str_make((const char *)hash, sizeof hash)), challenge);
}

// Why a code that is there does not count; NULL: it does.
static const char *lease_code_fault(const struct lease_step *step, const struct lease_code *c,
                                    int64_t expires_at) {
  const struct lease_given *g = step->given;
  if (expires_at <= step->terms->now) return "the code has expired";
  if (!str_eq(c->client_id, g->client_id)) return "the code was given to another client";
  if (!str_eq(c->redirect_uri, g->redirect_uri))
    return "redirect_uri is not the one that the code was sent to";
  if (!lease_verifier_fits(g->verifier, c->challenge, step->arena)) return "code_verifier does not fit";
  if (g->server_id.n && !str_eq(c->server_id, g->server_id)) return "the code is for another resource";
  return NULL;
}

// All but the newest of a person with a client at a server go: each sign-in makes one.
#define LEASES_TRIM                                                                                          \
  "DELETE FROM authority_lease WHERE user_id = $1 AND id NOT IN (SELECT id FROM authority_lease WHERE "      \
  "user_id = $1 ORDER BY id DESC LIMIT $2)"

static bool lease_begin(struct store *s, struct lease_step *step, const struct lease_code *c,
                        struct err *err) {
  const struct lease_terms *t = step->terms;
  char id[TOKEN_ID];
  char *secret;
  struct secret *own = secret_make(LEASE_SECRET_BYTES, &secret);
  token_random(secret, LEASE_SECRET_BYTES);
  token_id(LEASE_ID, id);
  struct lease *v = &step->out->lease;
  *v = (struct lease){.id = arena_dup(step->arena, str_of(id)),
                      .user_id = c->user_id,
                      .client_id = c->client_id,
                      .server_id = c->server_id,
                      .redirect_to = redirect_place(c->redirect_uri),
                      .created_at = t->now,
                      .ends_at = t->now + t->age_ms,
                      .generation = 1,
                      .turned_at = t->now};
  const struct store_value most[] = {STORE_TEXT(v->user_id), STORE_INT(LEASES_OF_ONE)};
  const struct changelog_change trim = {CHANGELOG_SIGN_IN, STR(""), LEASES_TRIM, most, 2};
  bool ok = lease_row_insert(s, v, secret_reveal(own), step->arena, err) &&
            lease_issue(s, step, secret_reveal(own), err) && changelog_run(s, &trim, NULL, err) &&
            authority_client_note_use(s, v->client_id, t->now, err);
  secret_free(own);
  return ok;
}

// A code that came twice: whoever has it besides its client has what came of it, too (RFC 6749 §4.1.2).
static bool lease_code_again(struct store *s, struct lease_step *step, struct str lease_id, struct err *err) {
  struct lease v;
  lease_refused(&step->refused, "the code was used already");
  if (!lease_row_find(s, lease_id, step->arena, &v, NULL, err)) return false;
  return !v.id.n || lease_revoke(s, step, &v, err);
}

static bool lease_redeem_body(struct store *s, void *arg, struct err *err) {
  struct lease_step *step = arg;
  char hash[TOKEN_HASH_HEX];
  struct store_rows rows;
  token_hash_hex(step->given->secret, hash);
  const struct store_value key = STORE_TEXT(str_of(hash));
  if (!store_query(s,
                   "SELECT d.user_id, d.client_id, d.server_id, d.redirect_uri, d.challenge, d.expires_at, "
                   "d.lease_id, "
                   "d.stamp, c.name FROM authority_code d JOIN authority_client c ON c.id = d.client_id "
                   "WHERE d.hash = $1",
                   &key, 1, step->arena, &rows, err))
    return false;
  if (!rows.count) return lease_refused(&step->refused, "the code is unknown, or has expired"), true;
  struct lease_code c = {store_cell(&rows, 0, 0)->text, store_cell(&rows, 0, 1)->text,
                         store_cell(&rows, 0, 2)->text, store_cell(&rows, 0, 3)->text,
                         store_cell(&rows, 0, 4)->text};
  int64_t expires_at = store_cell(&rows, 0, 5)->number;
  struct str before = store_cell(&rows, 0, 6)->text;
  struct sealed_at at = lease_code_place(str_of(hash), &c, expires_at, step->arena);
  if (!sealed_is_ours(s, &at, store_cell(&rows, 0, 7)->text, &step->refused))
    return lease_refused(&step->refused, "the code is unknown, or has expired"), true;
  if (before.n) return lease_code_again(s, step, before, err);
  const char *fault = lease_code_fault(step, &c, expires_at);
  // Whoever tries one wrongly has it from somewhere: it is dead.
  if (fault)
    return lease_refused(&step->refused, fault),
           store_run(s, "DELETE FROM authority_code WHERE hash = $1", &key, 1, NULL, err);
  if (!lease_begin(s, step, &c, err)) return false;
  step->out->lease.client_name = store_cell(&rows, 0, 8)->text;
  const struct store_value used[] = {STORE_TEXT(step->out->lease.id), key};
  return store_run(s, "UPDATE authority_code SET lease_id = $1 WHERE hash = $2", used, 2, NULL, err);
}

bool lease_redeem(struct store *s, const struct lease_terms *t, const struct lease_given *given,
                  struct arena *a, struct lease_tokens *out, struct lease *revoked, struct err *err) {
  struct lease_step step = {t, given, a, out, revoked, {0}};
  return lease_run(s, lease_redeem_body, &step, err);
}

// ---- a refresh token becomes the next

struct lease_refresh_parts {
  struct str id; // of the lease
  int64_t generation;
};

static bool lease_refresh_read(struct str token, struct arena *a, struct lease_refresh_parts *out) {
  struct str rest = token, word;
  uint64_t number;
  if (!str_starts(token, LEASE_REFRESH_PREFIX) || token.n >= LEASE_REFRESH) return false;
  str_cut(&rest, '_', &word);
  if (!str_cut(&rest, '_', &word)) return false;
  out->id = ARENA_JOIN(a, STR(LEASE_ID "_"), word);
  if (!str_cut(&rest, '_', &word) || !str_to_u64(word, &number) || number > INT32_MAX) return false;
  out->generation = (int64_t)number;
  return true;
}

// Was it made by us, ever?
static bool lease_refresh_is_ours(const struct lease *v, struct str secret, int64_t generation,
                                  struct str token) {
  char made[LEASE_REFRESH];
  struct lease then = *v;
  then.generation = generation;
  lease_refresh_text(&then, secret, made);
  bool ours = generation >= 1 && generation <= v->generation && str_eq_secret(str_of(made), token);
  secret_wipe(made, sizeof made);
  return ours;
}

// The one before the current, once more: from a client that asked twice at a time, or that never heard the answer. Heard
// it has whoever used something of it.
static bool lease_is_asked_again(const struct lease *v, int64_t generation, int64_t now) {
  bool recent = now - v->turned_at <= LEASE_GRACE_MS;
  return generation == v->generation - 1 && (recent || v->taken < v->generation);
}

static bool lease_turn(struct store *s, struct lease_step *step, int64_t generation, struct str secret,
                       struct err *err) {
  struct lease *v = &step->out->lease;
  if (v->taken < generation) v->taken = generation;
  if (generation == v->generation) {
    v->generation++;
    v->turned_at = step->terms->now;
    if (!lease_row_turn(s, v, secret, step->arena, err)) return false;
  }
  return lease_issue(s, step, secret, err) &&
         authority_client_note_use(s, v->client_id, step->terms->now, err);
}

static bool lease_refresh_one(struct store *s, struct lease_step *step, struct str secret, int64_t generation,
                              struct err *err) {
  struct lease *v = &step->out->lease;
  const struct lease_given *g = step->given;
  int64_t now = step->terms->now;
  if (v->taken < g->taken) v->taken = g->taken;
  if (!lease_refresh_is_ours(v, secret, generation, g->secret))
    return lease_refused(&step->refused, "the refresh token is unknown, or its sign-in has ended"), true;
  if (!str_eq(v->client_id, g->client_id))
    return lease_refused(&step->refused, "the refresh token is another client's"),
           lease_revoke(s, step, v, err);
  if (v->ends_at <= now || v->turned_at + step->terms->idle_ms <= now)
    return lease_refused(&step->refused, "the sign-in has ended"), lease_row_delete(s, v->id, err);
  if (g->server_id.n && !str_eq(v->server_id, g->server_id))
    return err_why(&step->refused, ERR_DENIED, WHY_INVALID_TARGET, "the sign-in is for another resource"),
           true;
  if (generation == v->generation || lease_is_asked_again(v, generation, now))
    return lease_turn(s, step, generation, secret, err);
  return lease_refused(&step->refused, "the refresh token was used before, so the sign-in has been ended"),
         lease_revoke(s, step, v, err);
}

static bool lease_refresh_body(struct store *s, void *arg, struct err *err) {
  struct lease_step *step = arg;
  struct lease_refresh_parts parts;
  struct secret *secret = NULL;
  bool read = lease_refresh_read(step->given->secret, step->arena, &parts);
  if (read && !lease_row_find(s, parts.id, step->arena, &step->out->lease, &secret, err)) return false;
  if (!secret)
    return lease_refused(&step->refused, "the refresh token is unknown, or its sign-in has ended"), true;
  bool ok = lease_refresh_one(s, step, secret_reveal(secret), parts.generation, err);
  secret_free(secret);
  return ok;
}

bool lease_refresh(struct store *s, const struct lease_terms *t, const struct lease_given *given,
                   struct arena *a, struct lease_tokens *out, struct lease *revoked, struct err *err) {
  struct lease_step step = {t, given, a, out, revoked, {0}};
  return lease_run(s, lease_refresh_body, &step, err);
}

struct str lease_id_of(struct str token, struct arena *a) {
  struct lease_refresh_parts parts;
  return lease_refresh_read(token, a, &parts) ? parts.id : STR_NONE;
}

bool lease_of_refresh(struct store *s, struct str token, struct arena *a, struct lease *out,
                      struct err *err) {
  struct lease_refresh_parts parts;
  struct secret *secret;
  *out = (struct lease){0};
  if (!lease_refresh_read(token, a, &parts)) return true;
  if (!lease_row_find(s, parts.id, a, out, &secret, err)) return false;
  if (secret && !lease_refresh_is_ours(out, secret_reveal(secret), parts.generation, token))
    *out = (struct lease){0};
  secret_free(secret);
  return true;
}
