// SPDX-License-Identifier: Apache-2.0
#include "serve/question.h"

#include "base/log.h"
#include "mcp/jsonrpc.h"
#include "serve/rewrite.h"
#include "session/asked.h"
#include "session/capability.h"

enum { QUESTION_MESSAGE_MOST = 16 << 20 };

// The params as the client gets them: URIs under the member's alias, our progress token in place of theirs.
static yyjson_mut_doc *question_params(const struct question *q, struct str method, yyjson_val *params,
                                       struct str id) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = params ? yyjson_val_mut_copy(doc, params) : yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  rewrite_result(doc, root, q->alias);
  yyjson_mut_val *meta = yyjson_mut_obj_get(root, "_meta");
  if (yyjson_mut_obj_get(meta, "progressToken"))
    yyjson_mut_obj_put(meta, yyjson_mut_str(doc, "progressToken"), yyjson_mut_strncpy(doc, id.p, id.n));
  // Vendors of 2026-07-28 name none; 2025-11-25 wants one.
  bool url = str_is(method, "elicitation/create") && str_is(json_str(params, "mode"), "url");
  if (url && !yyjson_mut_obj_get(root, "elicitationId"))
    yyjson_mut_obj_add_strncpy(doc, root, "elicitationId", id.p, id.n);
  return doc;
}

static bool question_send(const struct question *q, struct str id, struct str method, yyjson_val *params,
                          struct err *err) {
  struct buf message = BUF_MAX(QUESTION_MESSAGE_MOST);
  yyjson_mut_doc *doc = question_params(q, method, params, id);
  size_t n;
  char *text = yyjson_mut_write(doc, 0, &n);
  buf_printf(&message, "{\"jsonrpc\":\"2.0\",\"id\":\"%.*s\",\"method\":", STR_ARG(id));
  json_add_string(&message, method);
  buf_add_z(&message, ",\"params\":");
  buf_add(&message, str_make(text, text ? n : 0));
  buf_add_char(&message, '}');
  bool ok = text && !message.full ? q->send(q->arg, buf_str(&message), err)
                                  : err_set(err, ERR_LIMIT, "the vendor's question is too large");
  free(text);
  yyjson_mut_doc_free(doc);
  buf_free(&message);
  return ok;
}

// The client works on it and says so: the vendor hears it under its own token.
static void question_progress(const struct question *q, yyjson_val *asked, yyjson_doc *said) {
  yyjson_val *token = yyjson_obj_get(yyjson_obj_get(asked, "_meta"), "progressToken");
  struct err err;
  size_t n;
  if (!token || !q->peer) return;
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(said, NULL);
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc);
  yyjson_mut_obj_put(root, yyjson_mut_str(doc, "progressToken"), yyjson_val_mut_copy(doc, token));
  char *text = yyjson_mut_write(doc, 0, &n);
  if (text && !mcp_notify(q->peer, &q->who, STR("notifications/progress"), str_make(text, n), &err))
    log_debug("progress for a vendor: %s", err.text);
  free(text);
  yyjson_mut_doc_free(doc);
}

static void question_withdraw(const struct question *q, struct str id) {
  struct buf message = BUF_MAX(512);
  struct err err;
  buf_printf(&message,
             "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"%.*s\","
             "\"reason\":\"no answer in time\"}}",
             STR_ARG(id));
  (void)!q->send(q->arg, buf_str(&message), &err);
  buf_free(&message);
}

static bool question_await(const struct question *q, struct asked *asked, yyjson_val *params,
                           yyjson_doc **answer, struct err *err) {
  struct asked_answer said;
  while (asked_wait(asked, QUESTION_LEG_MS, &said, err)) {
    *answer = said.doc;
    if (!said.progress) return true;
    question_progress(q, params, said.doc);
    yyjson_doc_free(said.doc);
  }
  if (err->code == ERR_TIMEOUT) question_withdraw(q, asked_id(asked));
  return false;
}

bool question_client(const struct question *q, struct str method, yyjson_val *params, yyjson_doc **answer,
                     struct err *err) {
  struct asked *asked;
  if (!q->session_key.n || !capability_allows(q->capabilities, method, params))
    return err_set(err, ERR_DENIED, "the client did not declare that it can be asked %.*s", STR_ARG(method));
  if (!asked_open(q->session_key, &asked, err)) return false;
  bool ok =
      question_send(q, asked_id(asked), method, params, err) && question_await(q, asked, params, answer, err);
  asked_close(asked);
  return ok;
}

int question_error_code(const struct err *err) {
  return err->code == ERR_DENIED ? JSONRPC_METHOD_NOT_FOUND // as if it knew no such request
                                 : JSONRPC_INTERNAL_ERROR;
}
