// SPDX-License-Identifier: Apache-2.0
#include "serve/ask.h"

#include "base/log.h"
#include "mcp/jsonrpc.h"
#include "serve/rewrite.h"
#include "session/asked.h"
#include "session/capability.h"

enum { ASK_MESSAGE_MOST = 16 << 20 };

// The params as the client gets them: URIs under the member's alias, our progress token in place of theirs.
static yyjson_mut_doc *ask_params(const struct ask *ask, struct str method, yyjson_val *params,
                                  struct str id) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = params ? yyjson_val_mut_copy(doc, params) : yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  rewrite_result(doc, root, ask->alias);
  yyjson_mut_val *meta = yyjson_mut_obj_get(root, "_meta");
  if (yyjson_mut_obj_get(meta, "progressToken"))
    yyjson_mut_obj_put(meta, yyjson_mut_str(doc, "progressToken"), yyjson_mut_strncpy(doc, id.p, id.n));
  // Vendors of 2026-07-28 name none; 2025-11-25 wants one.
  bool url = str_is(method, "elicitation/create") && str_is(json_str(params, "mode"), "url");
  if (url && !yyjson_mut_obj_get(root, "elicitationId"))
    yyjson_mut_obj_add_strncpy(doc, root, "elicitationId", id.p, id.n);
  return doc;
}

static bool ask_send(const struct ask *ask, struct str id, struct str method, yyjson_val *params,
                     struct err *err) {
  struct buf message = BUF_MAX(ASK_MESSAGE_MOST);
  yyjson_mut_doc *doc = ask_params(ask, method, params, id);
  size_t n;
  char *text = yyjson_mut_write(doc, 0, &n);
  buf_printf(&message, "{\"jsonrpc\":\"2.0\",\"id\":\"%.*s\",\"method\":", STR_ARG(id));
  json_add_string(&message, method);
  buf_add_z(&message, ",\"params\":");
  buf_add(&message, str_make(text, text ? n : 0));
  buf_add_char(&message, '}');
  bool ok = text && !message.full ? ask->send(ask->arg, buf_str(&message), err)
                                  : err_set(err, ERR_LIMIT, "the vendor's question is too large");
  free(text);
  yyjson_mut_doc_free(doc);
  buf_free(&message);
  return ok;
}

// The client works on it and says so: the vendor hears it under its own token.
static void ask_progress(const struct ask *ask, yyjson_val *asked, yyjson_doc *said) {
  yyjson_val *token = yyjson_obj_get(yyjson_obj_get(asked, "_meta"), "progressToken");
  struct err err;
  size_t n;
  if (!token || !ask->peer) return;
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(said, NULL);
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc);
  yyjson_mut_obj_put(root, yyjson_mut_str(doc, "progressToken"), yyjson_val_mut_copy(doc, token));
  char *text = yyjson_mut_write(doc, 0, &n);
  if (text && !mcp_notify(ask->peer, &ask->who, STR("notifications/progress"), str_make(text, n), &err))
    log_debug("progress for a vendor: %s", err.text);
  free(text);
  yyjson_mut_doc_free(doc);
}

static void ask_withdraw(const struct ask *ask, struct str id) {
  struct buf message = BUF_MAX(512);
  struct err err;
  buf_printf(&message,
             "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"%.*s\","
             "\"reason\":\"no answer in time\"}}",
             STR_ARG(id));
  (void)!ask->send(ask->arg, buf_str(&message), &err);
  buf_free(&message);
}

static bool ask_await(const struct ask *ask, struct asked *q, yyjson_val *params, yyjson_doc **answer,
                      struct err *err) {
  struct asked_answer said;
  while (asked_wait(q, ASK_LEG_MS, &said, err)) {
    *answer = said.doc;
    if (!said.progress) return true;
    ask_progress(ask, params, said.doc);
    yyjson_doc_free(said.doc);
  }
  if (err->code == ERR_TIMEOUT) ask_withdraw(ask, asked_id(q));
  return false;
}

bool ask_client(const struct ask *ask, struct str method, yyjson_val *params, yyjson_doc **answer,
                struct err *err) {
  struct asked *q;
  if (!ask->session_key.n || !capability_allows(ask->capabilities, method, params))
    return err_set(err, ERR_DENIED, "the client did not declare that it can be asked %.*s", STR_ARG(method));
  if (!asked_open(ask->session_key, &q, err)) return false;
  bool ok = ask_send(ask, asked_id(q), method, params, err) && ask_await(ask, q, params, answer, err);
  asked_close(q);
  return ok;
}

int ask_error_code(const struct err *err) {
  return err->code == ERR_DENIED ? JSONRPC_METHOD_NOT_FOUND // as if it knew no such request
                                 : JSONRPC_INTERNAL_ERROR;
}
