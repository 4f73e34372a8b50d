// SPDX-License-Identifier: Apache-2.0
#include "serve/prompts.h"

#include "serve/frame.h"
#include "serve/merge.h"
#include "serve/offer.h"
#include "serve/pass.h"
#include "serve/rewrite.h"

bool prompts_list(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  return merge_list(r, params, &(struct merge_kind){"prompts/list", "prompts", OFFER_PROMPTS}, out, err);
}

static const struct catalog_member *prompts_find(const struct serve_request *r, struct str name,
                                                 struct str *own) {
  const struct catalog_member *m = rewrite_find_name(r->server, name, own);
  bool here = m && ((offer_of_member(r, m) & OFFER_PROMPTS) || offer_awaits(r, m));
  return here ? m : NULL;
}

static bool prompts_pass(struct serve_request *r, const struct pass_want *want, struct buf *out,
                         struct err *err) {
  struct errand_result result;
  if (offer_awaits(r, want->member)) return pass_link(r, want, out, err);
  if (!pass_ask(r, want, &result, err)) return false;
  bool ok = frame_add(r, result.doc, result.value, false, out, err);
  errand_free(&result);
  return ok;
}

bool prompts_get(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct str name = json_str(params, "name"), own;
  const struct catalog_member *m = prompts_find(r, name, &own);
  if (!name.n || !m) return err_at(err, ERR_INVALID, "/params/name", "Unknown prompt: %.*s", STR_ARG(name));
  struct pass_want want = {
      .method = "prompts/get", .params = params, .member = m, .own_key = "name", .own = own, .shown = name};
  return prompts_pass(r, &want, out, err);
}

// What the argument belongs to: a prompt, or a template of resources.
static const struct catalog_member *prompts_find_ref(struct serve_request *r, yyjson_val *ref,
                                                     const char **key, struct str *own) {
  *key = str_is(json_str(ref, "type"), "ref/resource") ? "uri" : "name";
  struct str shown = json_str(ref, *key);
  if (!shown.n) return NULL;
  return str_is(str_of(*key), "uri") ? rewrite_find_uri(r->server, shown, r->arena, own)
                                     : rewrite_find_name(r->server, shown, own);
}

bool prompts_complete(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  const char *key;
  struct str own;
  const struct catalog_member *m = prompts_find_ref(r, yyjson_obj_get(params, "ref"), &key, &own);
  // What the server's filter hides is not completed either.
  unsigned needed = OFFER_COMPLETIONS | (str_is(str_of(key), "uri") ? OFFER_RESOURCES : OFFER_PROMPTS);
  if (!m || (offer_of_member(r, m) & needed) != needed)
    return err_at(err, ERR_INVALID, "/params/ref", "params.ref names nothing that can be completed");
  struct pass_want want = {.method = "completion/complete",
                           .params = params,
                           .member = m,
                           .own_in = "ref",
                           .own_key = key,
                           .own = own};
  return prompts_pass(r, &want, out, err);
}
