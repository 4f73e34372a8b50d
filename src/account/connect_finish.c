// SPDX-License-Identifier: Apache-2.0
// From the vendor's answer to an account. The state finds the flow, the browser's cookie shows that it is the
// one that began, and the row is taken once: what comes again finds nothing. Whatever goes wrong from then on
// is told in the flow, with the tokens given back.
#include "account/connect_private.h"
#include "account/draft.h"
#include "account/grant.h"
#include "account/grant_row.h"
#include "account/registration_row.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "io/pool.h"
#include "oauth/challenge.h"

struct finish {
  const struct connect_env *env;
  const struct oauth_answer *answer;
  struct arena *arena;
  struct oauth_net net; // hides what the vendor has been given, by us and the browser
  struct flow_row flow;
  const struct connector *connector;
  struct oauth_site site;
  struct oauth_client client;
  struct secret *verifier;
  struct oauth_tokens tokens;
  struct str wanted, subject;
  enum err_reason why;            // it failed
  struct str status, status_text; // of the account, to be
  struct mcp_verdict verdict;
  struct grant_row before; // of the account that is authorized again; version 0: none
  struct draft draft;
  bool drafted;
};

// ---- whose answer is it?

static bool finish_hash(struct str token, char out[TOKEN_HASH_HEX]) {
  token_hash_hex(token, out);
  return token.n > 0;
}

static bool finish_stranger(struct err *err) {
  err_why(err, ERR_MISSING, WHY_WRONG_STATE, "this answer belongs to no link that waits for one");
  err_hint(err, "it was used already, or is too old; open the newest link");
  return false;
}

static bool finish_find(struct finish *f, struct err *err) {
  char hash[TOKEN_HASH_HEX];
  struct store *store = f->env->account->store;
  if (!finish_hash(f->answer->state, hash)) return finish_stranger(err);
  if (flow_row_by_state(store, str_of(hash), f->arena, &f->flow, err))
    return flow_row_is_open(&f->flow, clock_now_ms()) || finish_stranger(err);
  return err->code == ERR_MISSING ? finish_stranger(err) : false;
}

// Of the account that is authorized again, too.
static void finish_hide(struct finish *f) {
  struct grant *g = NULL;
  struct err none;
  struct redact *known = NULL;
  struct redact_part parts[] = {{f->answer->code, 0},
                                {f->answer->state, 0},
                                {secret_reveal(f->verifier), 0},
                                {f->client.secret ? secret_reveal(f->client.secret) : STR_NONE, 0}};
  if (f->flow.account_id.n && grant_get(f->env->account, f->flow.account_id, &g, &none))
    known = grant_hides(g);
  f->net.hide = redact_new(parts, sizeof parts / sizeof *parts, known);
  redact_unref(known);
  grant_unref(g);
}

// What the answer is redeemed with, read before it is taken: a damaged row must not use it up.
static bool finish_take(struct finish *f, struct err *err) {
  const struct account_env *env = f->env->account;
  struct sealed_at at = connect_verifier_place(&f->flow);
  bool mine;
  if (!oauth_site_read(f->flow.site, f->arena, &f->site, err) ||
      !registration_row_load(env, f->flow.client, f->site.issuer, f->arena, &f->client, err) ||
      !sealed_open(env->ring, &at, f->flow.verifier, &f->verifier, err) ||
      !flow_row_take(env->store, &f->flow, &mine, err))
    return false;
  finish_hide(f);
  return mine || finish_stranger(err);
}

struct finish_claim { // how somebody shows that the answer is his
  struct finish *f;
  struct str cookie, person, id;
};

// Somebody else may have signed in in this browser since.
static bool finish_is_hers(const struct finish_claim *claim, struct err *err) {
  struct str person, stands_for;
  if (!connect_is_own(&claim->f->flow, &person, &stands_for) || str_eq(person, claim->person)) return true;
  err_why(err, ERR_DENIED, WHY_ANOTHER_BROWSER,
          "who began to connect this account is not the person who is signed in to Postern here now");
  err_hint(err, "sign in to Postern's console as yourself and connect your own account there");
  return false;
}

static bool finish_by_cookie(void *arg, struct err *err) {
  struct finish_claim *claim = arg;
  char hash[TOKEN_HASH_HEX];
  if (!finish_find(claim->f, err)) return false;
  if (!finish_hash(claim->cookie, hash) || !str_eq_secret(str_of(hash), claim->f->flow.cookie_hash)) {
    err_why(err, ERR_DENIED, WHY_ANOTHER_BROWSER, "this browser is not the one that opened the link");
    err_hint(err,
             "open the link and allow the access in the same browser; or paste this page's address where the "
             "link was made");
    return false;
  }
  return finish_is_hers(claim, err) && finish_take(claim->f, err);
}

static bool finish_by_id(void *arg, struct err *err) {
  struct finish_claim *claim = arg;
  struct finish *f = claim->f;
  struct store *store = f->env->account->store;
  char hash[TOKEN_HASH_HEX];
  if (!flow_row_find(store, claim->id, f->arena, &f->flow, err)) return false;
  if (f->flow.principal.n)
    return err_set(err, ERR_DENIED,
                   "this link was given to a person in the middle of a call, who alone may finish it");
  if (!flow_row_is_open(&f->flow, clock_now_ms())) return finish_stranger(err);
  if (!finish_hash(f->answer->state, hash) || !str_eq_secret(str_of(hash), f->flow.state_hash)) {
    err_at(err, ERR_INVALID, "url", "the address is the answer to another link");
    err_hint(err, "paste the address that the browser ended at after the newest link");
    return false;
  }
  return finish_take(f, err);
}

// ---- whose account is it?

static bool finish_wrong_account(struct str what, struct str got, struct str want, struct err *err) {
  err_why(err, ERR_CONFLICT, WHY_WRONG_ACCOUNT,
          "the consent is for another account: %.*s is '%.*s', not '%.*s'", STR_ARG(what), STR_ARG(got),
          STR_ARG(want));
  err_hint(
      err,
      "sign in at the vendor as before and choose the same there, or connect this one as an account of its "
      "own");
  return false;
}

// A default of the account that the token speaks of must say the same ("cloud_name"); one that is not set is
// taken from there.
static bool finish_match_context(struct finish *f, struct err *err) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(f->draft.context);
  for (size_t i = 0; i < f->connector->context_count; i++) {
    struct str name = f->connector->contexts[i].name, claim = oauth_claim(&f->tokens, name, f->arena);
    if (!claim.n || claim.n > ACCOUNT_VALUE_MOST) continue;
    yyjson_mut_val *held = yyjson_mut_obj_getn(root, name.p, name.n);
    struct str want = str_make(yyjson_mut_get_str(held), yyjson_mut_get_len(held));
    if (!held)
      yyjson_mut_obj_add(root, yyjson_mut_strncpy(f->draft.context, name.p, name.n),
                         yyjson_mut_strncpy(f->draft.context, claim.p, claim.n));
    else if (yyjson_mut_is_str(held) && !str_eq(claim, want))
      return finish_wrong_account(name, claim, want, err);
  }
  return true;
}

static bool finish_match(struct finish *f, struct err *err) {
  f->subject = oauth_claim(&f->tokens, STR("sub"), f->arena);
  if (f->before.subject.n && f->subject.n && !str_eq(f->before.subject, f->subject))
    return finish_wrong_account(STR("the person"), f->subject, f->before.subject, err);
  return finish_match_context(f, err);
}

// ---- does it work?

static void finish_heard(struct finish *f, const struct mcp_challenge *heard, bool *more) {
  struct challenge c = challenge_read(heard->www_authenticate, f->arena);
  *more = challenge_wants_scope(&c, heard->status);
  if (*more) f->wanted = oauth_scope_union(f->wanted, c.scope, f->arena);
}

// A server that is down now is no reason to lose the consent; one that refuses the token is.
static bool finish_try(struct finish *f, struct err *err) {
  struct redact_part refresh = {f->tokens.refresh ? secret_reveal(f->tokens.refresh) : STR_NONE, 0};
  struct redact *hide = redact_new(&refresh, 1, f->net.hide);
  struct overhear *e = overhear_new(f->env->account, f->flow.url, f->tokens.access, hide);
  struct mcp_challenge heard = {0};
  struct err why = {0};
  bool more = false, ok = overhear_try(e, &heard, &why);
  if (!ok && heard.status) finish_heard(f, &heard, &more);
  if (ok) f->verdict = overhear_verdict(e);
  overhear_free(e);
  redact_unref(hide);
  f->status = ok ? STR("ok") : more ? STR("needs_authorising") : STR("unverified");
  f->status_text = ok ? STR("") : arena_dup(f->arena, str_of(why.text));
  if (ok || more || !heard.status) {
    if (!ok && why.code == ERR_CANCELED) *err = why;
    return ok || why.code != ERR_CANCELED;
  }
  err_why(err, ERR_UNPROCESSABLE, WHY_VENDOR_REFUSED,
          "the server refuses the token that was just issued for it: %s", why.text);
  err_hint(err, "begin again; where it stays so, the person may lack access to this server at the vendor");
  return false;
}

// ---- keeping it

// Tokens go only where consent was given for: not to an address that the account got while its link was out.
static bool finish_stayed(const struct finish *f, struct err *err) {
  if (str_eq(f->draft.row.base_url, f->flow.url)) return true;
  err_why(err, ERR_CONFLICT, WHY_ADDRESS_CHANGED,
          "the account has got another address since the link was made");
  err_hint(err, "begin again: the vendor at the new address has to be asked");
  return false;
}

static bool finish_load_job(void *arg, struct err *err) {
  struct finish *f = arg;
  struct store *store = f->env->account->store;
  struct err none;
  struct account_row own;
  if (!f->flow.account_id.n && f->draft.row.person.n &&
      account_row_find_own(store, f->draft.row.person, f->draft.row.stands_for, f->arena, &own, &none))
    f->flow.account_id = own.id; // connected twice at once: the later consent counts
  if (!f->flow.account_id.n) return true;
  f->draft.row.id = f->flow.account_id;
  if (!grant_row_find(store, f->flow.account_id, f->arena, &f->before, &none)) f->before.version = 0;
  return account_row_find(store, f->flow.account_id, f->draft.arena, &f->draft.row, err) &&
         finish_stayed(f, err) && draft_load(&f->draft, err);
}

static bool finish_account(struct store *s, struct finish *f, struct err *err) {
  struct draft *d = &f->draft;
  d->row.way = connect_way(f->connector)->id;
  d->row.status = f->status;
  d->row.status_text = f->status_text;
  d->row.speaks = f->verdict.speaks;
  d->row.speaks_at = f->verdict.at;
  d->row.updated_at = clock_now_ms();
  if (str_is(f->status, "ok")) d->row.verified_at = d->row.updated_at;
  if (f->flow.account_id.n)
    return draft_settle(d, err) && account_row_update(s, &d->row, err) &&
           account_row_set_credential(s, d->row.id, STR(""), err);
  d->row.created_at = d->row.updated_at;
  return draft_settle(d, err) && account_row_insert(s, &d->row, err);
}

static bool finish_grant(struct store *s, struct finish *f, struct err *err) {
  bool more = str_is(f->status, "needs_authorising");
  bool step_up = str_is(f->before.needs, "scope") && f->flow.principal.n;
  struct grant_row g = {.account_id = f->draft.row.id,
                        .connector = f->draft.row.connector,
                        .home = account_row_home(&f->draft.row, f->arena),
                        .client = f->flow.client,
                        .site = f->flow.site,
                        .scope = f->tokens.scope.n ? f->tokens.scope : f->flow.scope,
                        .wanted = f->wanted,
                        .subject = f->subject,
                        .needs = more ? STR("scope") : STR(""),
                        .why = f->status_text,
                        .consent = f->flow.id,
                        .lease_by = STR(""),
                        .rounds = (step_up ? f->before.rounds : 0) + more,
                        .issued_at = clock_now_ms(),
                        .expires_at = f->tokens.expires_at};
  return grant_row_seal(f->env->account, &g, f->tokens.access, f->tokens.refresh, f->arena, err) &&
         grant_row_put(s, &g, err);
}

static bool finish_keep(struct store *s, void *arg, struct err *err) {
  struct finish *f = arg;
  if (!finish_account(s, f, err) || !finish_grant(s, f, err)) return false;
  f->flow.account_id = arena_dup(f->arena, f->draft.row.id);
  f->flow.status = STR("done");
  f->flow.text = f->status_text;
  return flow_row_end(s, &f->flow, err);
}

static bool finish_keep_job(void *arg, struct err *err) {
  struct finish *f = arg;
  struct store *store = f->env->account->store;
  struct str account_id = f->flow.account_id;
  if (!store_transact(store, finish_keep, f, err)) {
    f->flow.account_id = account_id;
    return false;
  }
  if (account_id.n) store_settle(store); // the old tokens leave the log too
  return grant_reload(f->env->account, f->draft.row.id, err);
}

static bool finish_end_job(void *arg, struct err *err) {
  struct finish *f = arg;
  struct store *store = f->env->account->store;
  bool unknown = f->why == WHY_INVALID_CLIENT || f->why == WHY_UNAUTHORIZED_CLIENT;
  return (!unknown || registration_row_retire(store, f->flow.client, err)) &&
         flow_row_end(store, &f->flow, err);
}

static bool finish_redeem(struct finish *f, struct err *err) {
  struct oauth_party party = {&f->net, &f->site, &f->client, f->arena};
  struct oauth_answer answer = *f->answer;
  answer.error = redact_text(f->net.hide, answer.error, f->arena);
  answer.error_description = redact_text(f->net.hide, answer.error_description, f->arena);
  struct oauth_request r = {.redirect_uri = f->client.redirect_uri, .verifier = secret_reveal(f->verifier)};
  return oauth_check_answer(&f->site, answer.state, &answer, err) &&
         oauth_redeem(&party, &r, f->answer->code, &f->tokens, err);
}

static bool finish_settle(struct finish *f, struct err *err) {
  char id[TOKEN_ID];
  token_id("acc", id);
  draft_open(&f->draft, f->env->account, f->connector);
  f->drafted = true;
  f->draft.row = (struct account_row){.id = arena_dup(f->arena, str_of(id)),
                                      .name = f->flow.name,
                                      .connector = f->flow.connector,
                                      .base_url = f->flow.url,
                                      .credential = STR(""),
                                      .version = 1};
  (void)connect_is_own(&f->flow, &f->draft.row.person, &f->draft.row.stands_for);
  f->wanted = f->flow.scope;
  return finish_redeem(f, err) && pool_run(finish_load_job, f, err) && finish_match(f, err) &&
         finish_try(f, err) && pool_run(finish_keep_job, f, err);
}

// Tokens that nobody will use are given back, where the vendor takes them.
static void finish_return(struct finish *f) {
  struct oauth_party party = {&f->net, &f->site, &f->client, f->arena};
  struct err none;
  const struct secret *token = f->tokens.refresh ? f->tokens.refresh : f->tokens.access;
  if (token && !oauth_revoke(&party, token, &none)) return; // they end by themselves
}

// The word for it: the reason, else by what the asker can do.
static struct str finish_code(const struct err *why) {
  if (why->reason != WHY_NONE) return str_of(err_reason_name(why->reason));
  switch (why->code) {
  case ERR_UPSTREAM:
  case ERR_TIMEOUT:
  case ERR_UNAVAILABLE:
    return STR("vendor_down");
  case ERR_CANCELED:
    return STR("interrupted");
  default:
    return STR("failed");
  }
}

static bool finish_fail(struct finish *f, const struct err *why, struct err *err) {
  finish_return(f);
  f->flow.status = STR("failed");
  f->why = why->reason;
  f->flow.code = finish_code(why);
  f->flow.text = arena_dup(f->arena, str_of(why->text));
  f->flow.remedy = why->hint[0] ? arena_dup(f->arena, str_of(why->hint)) : STR("begin again");
  return pool_run(finish_end_job, f, err);
}

static bool finish_run(struct finish *f, bool (*claim)(void *arg, struct err *err), struct finish_claim *by,
                       struct err *err) {
  struct err why;
  bool ok = pool_run(claim, by, err);
  if (ok) {
    f->connector = connector_find(f->env->connectors, f->flow.connector);
    if (!f->connector)
      ok = err_set(err, ERR_MISSING, "connector %.*s is not there any more", STR_ARG(f->flow.connector));
  }
  if (ok && !finish_settle(f, &why)) ok = finish_fail(f, &why, err);
  if (f->drafted) draft_free(&f->draft);
  oauth_tokens_wipe(&f->tokens);
  oauth_client_wipe(&f->client);
  secret_free(f->verifier);
  redact_unref(f->net.hide);
  return ok;
}

bool connect_finish(const struct connect_env *env, const struct oauth_answer *answer,
                    const struct connect_browser *from, struct arena *a, struct connect_flow *out,
                    struct err *err) {
  struct finish f = {.env = env, .answer = answer, .arena = a, .net = env->net};
  struct finish_claim claim = {.f = &f, .cookie = from->cookie, .person = from->person};
  if (!finish_run(&f, finish_by_cookie, &claim, err)) return false;
  *out = connect_flow_of(&f.flow, a);
  return true;
}

bool connect_finish_here(const struct connect_env *env, struct str id, const struct oauth_answer *answer,
                         struct arena *a, struct connect_flow *out, struct err *err) {
  struct finish f = {.env = env, .answer = answer, .arena = a, .net = env->net};
  struct finish_claim claim = {.f = &f, .id = id};
  if (!finish_run(&f, finish_by_id, &claim, err)) return false;
  *out = connect_flow_of(&f.flow, a);
  return true;
}
