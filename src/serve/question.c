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
  yyjson_mut_doc *doc = rewrite_params(params, q->alias);
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc), *meta = yyjson_mut_obj_get(root, "_meta");
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
  char quoted[ASKED_ID + 2];
  int n = snprintf(quoted, sizeof quoted, "\"%.*s\"", STR_ARG(id));
  yyjson_mut_doc *doc = question_params(q, method, params, id);
  bool ok = jsonrpc_request(&message, str_make(quoted, (size_t)n), method, yyjson_mut_doc_get_root(doc)) &&
            !message.full;
  ok = ok ? q->send(q->arg, buf_str(&message), err)
          : err_set(err, ERR_LIMIT, "the vendor's question is too large");
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
    if (!said.progress) {
      *answer = said.doc;
      return true;
    }
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

struct question_answer question_answer(yyjson_val *response, const struct err *why, struct arena *a) {
  yyjson_val *result = yyjson_obj_get(response, "result"), *error = yyjson_obj_get(response, "error");
  if (result) return (struct question_answer){.result = json_to_text(a, result)};
  if (response)
    return (struct question_answer){.code = (int)json_int(error, "code", JSONRPC_INTERNAL_ERROR),
                                    .message = json_str(error, "message")};
  // Whom it may not ask that knows no such request.
  int code = why->code == ERR_DENIED ? JSONRPC_METHOD_NOT_FOUND : JSONRPC_INTERNAL_ERROR;
  return (struct question_answer){.code = code, .message = str_of(why->text)};
}
