// SPDX-License-Identifier: Apache-2.0
// Where a person lets an AI client use a server on her behalf, or not: GET /oauth/authorize shows who asks for what, and a
// click on that page, which nobody can frame, answers. What the client says of itself is text, and no more. Browsers that
// hold form-action against redirects stop a form that is answered by one (Chromium), so the answer is a page that goes on.
#include "admin/consent_words.h"
#include "admin/cookie.h"
#include "admin/oauth.h"
#include "admin/page.h"
#include "admin/signin.h"
#include "authority/document.h"
#include "base/clock.h"
#include "base/codec.h"
#include "catalog/find.h"
#include "io/pool.h"

struct consent {
  struct admin_call *call;
  struct authority_client client;
  struct str redirect_uri, state, challenge;
  const struct catalog_server *server;
  const struct access_user *user;
};

static struct str consent_value(const struct admin_call *call, const char *name) {
  return page_form_value(call->in->query, name, call->arena);
}

static struct str consent_says(const struct admin_call *call, enum consent_word word, struct str value) {
  return admin_consent_say(call->tongue, word, value, call->arena);
}

// ---- no

// Of what is wrong with the client or its address nobody else is told: they may be anybody's. `value` is the reason's.
static bool consent_page_no(struct admin_call *call, enum consent_word title, enum consent_word why,
                            struct str value) {
  int status = title == CONSENT_ENDED || title == CONSENT_NOT_ITS_ANSWER ? 403
               : title == CONSENT_OFF                                    ? 404
                                                                         : 400;
  err_set(&call->refused, status == 403 ? ERR_DENIED : ERR_INVALID, "%.*s",
          STR_ARG(admin_consent_say(TONGUE_ENGLISH, why, value, call->arena)));
  page_begin_paper(call, status, consent_says(call, title, STR_NONE));
  page_text(&call->out, consent_says(call, why, value));
  page_end(&call->out);
  return true;
}

static struct str consent_back(const struct consent *c, const char *key, struct str value, struct str says) {
  const struct str pairs[][2] = {{str_of(key), value},
                                 {STR("error_description"), says},
                                 {STR("state"), c->state},
                                 {STR("iss"), c->call->env->authority->issuer}};
  return redirect_with(c->redirect_uri, pairs, 4, c->call->arena);
}

// An error for the client. Anybody can make a client whose address is anywhere, so that only an application on this
// person's own machine is gone back to without a click (RFC 9700 §4.11.2). It is told in English: ASCII alone may stand in
// error_description (RFC 6749 §4.1.2.1).
static bool consent_error(const struct consent *c, const char *error, enum consent_word why,
                          struct str value) {
  struct admin_call *call = c->call;
  struct str says = admin_consent_say(TONGUE_ENGLISH, why, value, call->arena);
  struct str to = consent_back(c, "error", str_of(error), says);
  err_set(&call->refused, ERR_DENIED, "%s: %.*s", error, STR_ARG(says));
  if (redirect_is_loopback(c->redirect_uri)) {
    http_reply_header(call->http, "Location", to);
    call->status = 303;
    return true;
  }
  page_begin_paper(call, 400, consent_says(call, CONSENT_NOT_IN, STR_NONE));
  page_text(&call->out, consent_says(call, why, value));
  page_link(&call->out, to, consent_says(call, CONSENT_BACK, redirect_place(c->redirect_uri)));
  page_end(&call->out);
  return true;
}

// The console asks who it is, and comes back here.
static bool consent_sign_in(struct admin_call *call) {
  struct buf to = BUF_MAX(32768);
  buf_add_z(&to, "/ui/sign-in?next=");
  codec_percent(&to, ARENA_JOIN(call->arena, call->in->path, STR("?"), call->in->query));
  http_reply_header(call->http, "Location", arena_dup(call->arena, buf_str(&to)));
  buf_free(&to);
  call->status = 303;
  return true;
}

// Nobody has signed in here, or no longer.
static void consent_who(struct admin_call *call, bool asks) {
  if (asks)
    consent_sign_in(call);
  else
    consent_page_no(call, CONSENT_ENDED, CONSENT_AGAIN, STR_NONE);
}

// ---- who asks, and for what

// False: answered.
// By its id. One that is known by a document is fetched, and we fetch nothing for who has not signed in.
static bool consent_find_client(struct consent *c, bool asks) {
  struct admin_call *call = c->call;
  struct str id = consent_value(call, "client_id");
  struct err why;
  if (authority_document_is_id(id) && (!cookie_held(call).n || !admin_by_cookie(call, &why)))
    return consent_who(call, asks), false;
  if (admin_oauth_client_anew(call, id, &c->client, &why)) return true;
  if (why.code != ERR_MISSING)
    return consent_page_no(call, CONSENT_NOT_READ, CONSENT_NOT_READ_WHY, str_of(why.text)), false;
  return consent_page_no(call, CONSENT_UNKNOWN, CONSENT_UNKNOWN_WHY, STR_NONE), false;
}

static bool consent_read_client(struct consent *c, bool asks) {
  struct admin_call *call = c->call;
  c->redirect_uri = consent_value(call, "redirect_uri");
  c->state = consent_value(call, "state");
  c->challenge = consent_value(call, "code_challenge");
  if (!call->env->authority->issuer.n)
    return consent_page_no(call, CONSENT_OFF, CONSENT_OFF_WHY, STR_NONE), false;
  if (!consent_find_client(c, asks)) return false;
  if (!redirect_is_among(c->redirect_uri, c->client.redirects, c->client.redirect_count))
    return consent_page_no(call, CONSENT_ELSEWHERE, CONSENT_ELSEWHERE_WHY, STR_NONE), false;
  return true;
}

// 43 characters of base64url: SHA-256 (RFC 7636 §4.2).
static bool consent_has_challenge(const struct consent *c) {
  struct str bytes;
  return str_is(consent_value(c->call, "code_challenge_method"), "S256") &&
         codec_unbase64_url(c->call->arena, c->challenge, &bytes) && bytes.n == TOKEN_HASH;
}

static bool consent_read_request(struct consent *c) {
  struct admin_call *call = c->call;
  struct str resource = consent_value(call, "resource"), slug;
  if (!str_is(consent_value(call, "response_type"), "code"))
    return consent_error(c, "unsupported_response_type", CONSENT_CODE_ONLY, STR_NONE), false;
  if (!consent_has_challenge(c)) return consent_error(c, "invalid_request", CONSENT_PKCE, STR_NONE), false;
  if (!site_slug_of(call->env->authority, resource, &slug) || !admission_slug_is_good(slug))
    return consent_error(c, "invalid_target", resource.n ? CONSENT_NO_SUCH_RESOURCE : CONSENT_NO_RESOURCE,
                         STR_NONE),
           false;
  c->server = catalog_server_by_slug(call->catalog, slug, clock_now_ms());
  return true;
}

// Who it is, and that she may. What is not there is as what is not for her.
static bool consent_read_person(struct consent *c, bool asks) {
  struct admin_call *call = c->call;
  struct err why;
  struct str place = cookie_held(call);
  if (!place.n || !admin_by_cookie(call, &why)) {
    consent_who(call, asks);
    return false;
  }
  c->user = catalog_user_by_id(call->catalog, call->who.token.id);
  if (c->server && c->user && admission_admits(&c->server->server.admission, c->user)) return true;
  return consent_error(c, "access_denied", CONSENT_MAY_NOT, call->who.token.name), false;
}

static bool consent_read(struct consent *c, bool asks) {
  c->call->tongue = tongue_of(http_header_get(&c->call->in->headers, "accept-language"));
  if (!consent_read_client(c, asks) || !consent_read_request(c) || !consent_read_person(c, asks))
    return false;
  c->call->server_id = c->server->server.id;
  return true;
}

// ---- the page

// Bound to what the browser holds and to all that is asked: no page elsewhere can know it.
static struct str consent_proof(const struct consent *c) {
  struct admin_call *call = c->call;
  unsigned char hash[TOKEN_HASH];
  token_hash(ARENA_JOIN(call->arena, STR("consent\n"), cookie_held(call), STR("\n"), call->in->query), hash);
  return codec_base64_url(call->arena, str_make((const char *)hash, sizeof hash));
}

static void consent_put(const struct consent *c, enum consent_word term, struct str text) {
  struct buf *out = &c->call->out;
  buf_printf(out, "<dt>%.*s</dt><dd>", STR_ARG(consent_says(c->call, term, STR_NONE)));
  page_escape(out, text);
  buf_add_z(out, "</dd>\n");
}

static void consent_put_button(const struct consent *c, const char *answer, enum consent_word word) {
  buf_printf(&c->call->out, "<button name=\"answer\" value=\"%s\">%.*s</button>", answer,
             STR_ARG(consent_says(c->call, word, STR_NONE)));
}

static struct str consent_tools(const struct consent *c) {
  size_t counts[3] = {0};
  for (size_t i = 0; i < c->server->tool_count; i++) counts[find_reach(c->server->tools[i].tool)]++;
  const size_t told[3] = {counts[CATALOG_READS], counts[CATALOG_WRITES], counts[CATALOG_DESTROYS]};
  return admin_consent_say_counts(c->call->tongue, told, c->call->arena);
}

static void consent_put_accounts(const struct consent *c) {
  struct buf *out = &c->call->out;
  struct str held = consent_says(c->call, CONSENT_HELD_TO, STR_NONE);
  buf_printf(out, "<dt>%.*s</dt>", STR_ARG(consent_says(c->call, CONSENT_ACCOUNTS, STR_NONE)));
  for (size_t i = 0; i < c->server->member_count; i++) {
    const struct catalog_member *m = &c->server->members[i];
    buf_add_z(out, "<dd>");
    page_escape(out, m->account->account->name);
    buf_add_z(out, ", ");
    page_escape(out, m->account->connector->name);
    for (size_t k = 0; m->fence && k < m->fence->count; k++) {
      if (k)
        buf_add_z(out, ", ");
      else
        buf_printf(out, "; %.*s ", STR_ARG(held));
      page_escape(out, m->fence->keys[k].key);
      for (size_t n = 0; n < m->fence->keys[k].count; n++) {
        buf_add_z(out, n ? ", " : " ");
        const struct fence_value *v = &m->fence->keys[k].values[n];
        page_escape(out, v->name.n ? v->name : v->id);
      }
    }
    buf_add_z(out, "</dd>\n");
  }
}

static bool consent_show(const struct consent *c) {
  struct admin_call *call = c->call;
  struct buf *out = &call->out;
  page_begin_still(call, 200, consent_says(call, CONSENT_TITLE, STR_NONE));
  page_text(out, consent_says(call, CONSENT_WHO, call->who.token.name));
  buf_add_z(out, "<dl>\n");
  consent_put(c, CONSENT_NAME, c->client.name);
  if (c->client.kind == CLIENT_DOCUMENT) consent_put(c, CONSENT_DOCUMENT, c->client.id);
  consent_put(c, CONSENT_SENT_TO, redirect_place(c->redirect_uri));
  consent_put(c, CONSENT_SERVER, c->server->server.name);
  consent_put(c, CONSENT_TOOLS, consent_tools(c));
  consent_put_accounts(c);
  buf_add_z(out, "</dl>\n");
  bool here = redirect_is_loopback(c->redirect_uri);
  page_text(out, consent_says(call, here ? CONSENT_CARE_HERE : CONSENT_CARE_THERE, STR_NONE));
  buf_add_z(out, "<form method=\"post\"><input type=\"hidden\" name=\"proof\" value=\"");
  page_escape(out, consent_proof(c));
  buf_add_z(out, "\">");
  consent_put_button(c, "yes", CONSENT_YES);
  buf_add_char(out, ' ');
  consent_put_button(c, "no", CONSENT_NO);
  buf_add_z(out, "</form>\n");
  page_end(out);
  return true;
}

bool admin_show_consent(struct admin_call *call, struct err *err) {
  (void)err;
  struct consent c = {.call = call};
  return !consent_read(&c, true) || consent_show(&c);
}

// ---- her answer

struct consent_job {
  const struct consent *consent;
  char code[TOKEN_TEXT];
};

static bool consent_code_job(void *arg, struct err *err) {
  struct consent_job *j = arg;
  const struct consent *c = j->consent;
  struct lease_code code = {.user_id = c->user->self.id,
                            .client_id = c->client.id,
                            .server_id = c->server->server.id,
                            .redirect_uri = c->redirect_uri,
                            .challenge = c->challenge};
  return lease_code(c->call->env->catalog->account->store, &code, clock_now_ms(), c->call->arena, j->code,
                    err);
}

static bool consent_go_on(const struct consent *c, struct str to, enum consent_word title) {
  struct admin_call *call = c->call;
  page_begin_paper(call, 200, consent_says(call, title, STR_NONE));
  buf_add_z(&call->out, "<meta http-equiv=\"refresh\" content=\"0; url=");
  page_escape(&call->out, to);
  buf_add_z(&call->out, "\">\n");
  page_link(&call->out, to, consent_says(call, CONSENT_GO_ON, redirect_place(c->redirect_uri)));
  page_end(&call->out);
  return true;
}

bool admin_take_consent(struct admin_call *call, struct err *err) {
  struct consent c = {.call = call};
  struct consent_job j = {.consent = &c};
  struct err why;
  if (!consent_read(&c, false)) return true;
  struct str proof = page_form_value(call->in->body, "proof", call->arena),
             answer = page_form_value(call->in->body, "answer", call->arena);
  if (!origin_check_own(call->env->origins, call->in, &why) || !str_eq_secret(proof, consent_proof(&c)))
    return consent_page_no(call, CONSENT_NOT_ITS_ANSWER, CONSENT_AGAIN, STR_NONE);
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\", to %.*s", STR_MOST(c.client.id, 128),
                              STR_ARG(c.client.name), STR_ARG(redirect_place(c.redirect_uri)));
  if (!str_is(answer, "yes")) {
    err_set(&call->refused, ERR_DENIED, "access_denied: %.*s", STR_ARG(call->detail));
    return consent_go_on(&c, consent_back(&c, "error", STR("access_denied"), STR_NONE), CONSENT_SAID_NO);
  }
  if (!pool_run(consent_code_job, &j, err)) return false;
  struct str to = consent_back(&c, "code", str_of(j.code), STR_NONE);
  secret_wipe(j.code, sizeof j.code);
  return consent_go_on(&c, to, CONSENT_SAID_YES);
}
