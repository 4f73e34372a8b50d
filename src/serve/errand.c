// SPDX-License-Identifier: Apache-2.0
#include "serve/errand.h"

#include "base/log.h"
#include "catalog/own.h"
#include "catalog/pending.h"
#include "io/share.h"
#include "serve/fault.h"
#include "serve/offer.h"

void errand_free(struct errand_result *r) {
  yyjson_mut_doc_free(r->doc);
  *r = (struct errand_result){0};
}

bool errand_peer(const struct serve_request *r, const struct catalog_member *m, struct mcp_peer **out,
                 struct err *err) {
  const struct catalog_account *v = serve_account(r, m);
  const struct account *a = v->account;
  bool hers = m->account->is_front, gone = hers && !v->is_front && !catalog_own_is_there(v);
  if (!pending_spares_account(v, err)) return false;
  *out = gone ? NULL : a->peer;
  if (*out) return true;
  if (hers)
    return err_set(
        err, ERR_DENIED,
        "for %.*s this server asks with each person's own account, and yours is not connected: open %.*s "
        "in a browser, signed in to Postern as yourself, and ask again",
        STR_ARG(m->account->account->name),
        STR_ARG(catalog_own_link(r->env->origins->public_url, m->account->account->id, serve_person(r),
                                 r->arena)));
  return err_set(err, ERR_UNAVAILABLE, "the account \"%.*s\" cannot be reached: %.*s", STR_ARG(a->name),
                 STR_ARG(a->status_text));
}

bool errand_take(struct serve_request *r, struct mcp_event *last, struct str uri, struct errand_result *out,
                 struct err *err) {
  bool ok = last->kind == MCP_RESULT || fault_translate(r, last->value, uri, err);
  if (ok) {
    out->doc = yyjson_mut_doc_new(NULL);
    out->value = yyjson_val_mut_copy(out->doc, last->value);
  }
  mcp_event_free(last);
  return ok;
}

static bool errand_ask_on(struct serve_request *r, const struct catalog_member *m,
                          const struct errand_want *want, struct errand_result *out, struct err *err) {
  struct mcp_peer *peer;
  struct mcp_event last;
  if (!errand_peer(r, m, &peer, err)) return false;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *params = yyjson_mut_obj(doc);
  if (want->key) yyjson_mut_obj_add_strncpy(doc, params, want->key, want->value.p, want->value.n);
  struct mcp_request request = {.who = serve_who(r),
                                .method = str_of(want->method),
                                .doc = doc,
                                .params = params,
                                .total_ms = want->total_ms};
  bool ok = mcp_ask(peer, &request, &last, err);
  yyjson_mut_doc_free(doc);
  return ok && errand_take(r, &last, STR_NONE, out, err);
}

bool errand_ask(struct serve_request *r, const struct catalog_member *m, const struct errand_want *want,
                struct errand_result *out, struct err *err) {
  struct share *share = share_take(SHARE_ACCOUNT, serve_account(r, m)->account->id, FIBER_ORDINARY, err);
  bool ok = share && errand_ask_on(r, m, want, out, err);
  share_give(share);
  return ok;
}

void errand_set_level(struct serve_request *r, const struct catalog_member *m, struct str level) {
  struct errand_result result = {0};
  struct err err;
  if (!(offer_of_member(r, m) & OFFER_LOGGING) || !offer_is_legacy(r, m)) return;
  if (!errand_ask(r, m, &(struct errand_want){"logging/setLevel", "level", level, 0}, &result, &err))
    log_debug("logging/setLevel: %.*s: %s", STR_ARG(m->account->account->name), err.text);
  errand_free(&result);
}
