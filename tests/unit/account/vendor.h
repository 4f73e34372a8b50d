// SPDX-License-Identifier: Apache-2.0
// vendor: what the account tests connect to: a connector, keys, and in place of fetch_url (linked with
// --wrap) a function of the test that answers.
#ifndef POSTERN_TEST_VENDOR_H
#define POSTERN_TEST_VENDOR_H

#include "../support/store_url.h"

#include "account/account.h"
#include "connector/connector.h"

#define VENDOR_KEY_1 "k1 1111111111111111111111111111111111111111111111111111111111111111\n"
#define VENDOR_KEY_2 "k2 2222222222222222222222222222222222222222222222222222222222222222\n"

static const char vendor_yaml[] =
    "name: tiny\nlabel: Tiny\nkind: rest\nbase_url: https://api.example.com/v1\n"
    "auth:\n"
    "  - {id: token, fields: [{name: token, label: API token, secret: true}], send: [{in: bearer, value: "
    "\"{token}\"}]}\n"
    "  - id: pair\n"
    "    fields: [{name: user}, {name: password, secret: true}]\n"
    "    send: [{in: basic, user: \"{user}\", password: \"{password}\"}, {in: query, name: k, value: "
    "\"x-{password}\"},\n"
    "           {in: header, name: X-User, value: \"<{user}>\"}]\n"
    "verify: [{method: GET, path: /verify}, {method: GET, path: \"/me?x=1\"}]\n"
    "context: [{name: account_id, list: {method: GET, path: /accounts, rows: /result, id: /id, title: "
    "/name}},\n"
    "          {name: region}]\n"
    "envelope: {ok: /success, errors: /errors, code: /code, message: /message}\n"
    "errors: [{code: 1000, hint: Make a new token.}, {status: 403, hint: Ask for permission.}]\n";

// The test says what the vendor answers. `seen` is the last request, with its credential.
struct vendor_seen {
  char url[512], authorization[256], user[64];
  int count;
};
static struct vendor_seen vendor_seen;
static int (*vendor_answer)(const char *path, const char **body,
                            struct err *err); // status, or 0 and an error

bool __wrap_fetch_url(const struct fetch_call *call, struct arena *a, struct fetch_result *out,
                      struct err *err);
bool __wrap_fetch_url(const struct fetch_call *call, struct arena *a, struct fetch_result *out,
                      struct err *err) {
  (void)a;
  vendor_seen.count++;
  snprintf(vendor_seen.url, sizeof vendor_seen.url, "%.*s", STR_ARG(call->url));
  vendor_seen.authorization[0] = vendor_seen.user[0] = 0;
  for (size_t i = 0; i < call->headers.count; i++) {
    const struct http_header *h = &call->headers.items[i];
    if (str_is(h->name, "Authorization"))
      snprintf(vendor_seen.authorization, sizeof vendor_seen.authorization, "%.*s", STR_ARG(h->value));
    if (str_is(h->name, "X-User"))
      snprintf(vendor_seen.user, sizeof vendor_seen.user, "%.*s", STR_ARG(h->value));
  }
  const char *path = strstr(vendor_seen.url, ".com/v1"), *body = "";
  int status = vendor_answer(path ? path + 7 : vendor_seen.url, &body, err);
  if (!status) return false;
  *out = (struct fetch_result){.status = status, .body = BUF_MAX(1 << 20)};
  buf_add_z(&out->body, body);
  if (!call->plain_body) out->body.n = redact_bytes(call->hide, out->body.p, out->body.n); // as it does
  return true;
}

struct vendor {
  struct store *store;
  char url[STORE_URL];
  struct seal_ring *ring;
  struct connector_set *set;
  const struct connector *connector;
  struct account_env env;
  struct arena *arena;
};

// `folder`: where SQLite has its file; NULL: in memory.
static inline void vendor_open(struct vendor *v, const char *folder) {
  struct err err;
  *v = (struct vendor){.arena = arena_new()};
  memset(&vendor_seen, 0, sizeof vendor_seen);
  assert_true(connector_set_load(NULL, &v->set, &err));
  if (!connector_set_add(v->set, str_of(vendor_yaml), &err)) fail_msg("%s %s", err.field, err.text);
  v->connector = connector_find(v->set, STR("tiny"));
  assert_true(seal_ring_from_text(STR(VENDOR_KEY_1), &v->ring, &err));
  store_url_make(v->url, folder);
  if (!store_open(str_of(v->url), &v->store, &err)) fail_msg("%s", err.text);
  v->env = (struct account_env){.store = v->store, .ring = v->ring};
}

static inline void vendor_close(struct vendor *v) {
  store_close(v->store);
  store_url_remove(v->url);
  seal_ring_free(v->ring);
  connector_set_free(v->set);
  arena_free(v->arena);
}

#endif
