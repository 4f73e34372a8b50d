// SPDX-License-Identifier: Apache-2.0
// The page of a kept answer without script, at the link that it was told with, where the console does not show it: for who has
// an API token, as Bearer or pasted into the page's own form, or with ?plain=1 who has signed in. Nothing of it is kept by us or
// the browser. Without either the page is the same for every id.
#include "admin/cookie.h"
#include "admin/page.h"
#include "admin/sheet.h"
#include "admin/signin.h"
#include "base/clock.h"

enum { ANSWER_TITLE_MOST = 300 };

static void answer_page_ask(struct admin_call *call, int status, struct str why) {
  struct buf *out = &call->out;
  page_begin_still(call, status, STR("An answer"));
  page_text(out, why);
  buf_add_z(out,
            "<form method=\"post\"><label>To read it, your API token<input type=\"password\" name=\"token\" "
            "autocomplete=\"off\" required autofocus></label><button>Read</button></form>\n");
  page_end(out);
}

// As whom: by the header, else by the form. False: the page that asks has been written.
static bool answer_page_enter(struct admin_call *call, struct str pasted) {
  struct str given = pasted.n ? pasted : principal_bearer(call->in);
  const struct access_token *token =
      given.n ? access_find(&call->catalog->tokens_by_hash, given, clock_now_ms()) : NULL;
  if (token) {
    call->who = principal_copy(
        &(struct principal){.kind = PRINCIPAL_TOKEN, .token = *token, .role = token->role, .name = token->id},
        call->arena);
    admin_sees(call);
    return true;
  }
  struct err none;
  if (!given.n && cookie_held(call).n && admin_by_session(call, &none)) return admin_sees(call), true;
  if (!given.n) return answer_page_ask(call, 200, STR("")), false;
  err_set(&call->refused, ERR_UNAUTHENTICATED, "this API token is unknown, revoked or expired");
  answer_page_ask(call, 401, str_of(call->refused.text));
  return false;
}

static bool answer_page_fail(struct admin_call *call, const struct err *why) {
  call->refused = *why;
  page_begin_still(call, err_http_status(why->code), STR("No answer"));
  page_text(&call->out, str_of(why->text));
  page_text(&call->out, str_of(why->hint));
  page_end(&call->out);
  return true;
}

static bool answer_page_show(struct admin_call *call, struct str pasted) {
  struct err why;
  if (!answer_page_enter(call, pasted)) return true;
  struct answers_read r = {
      .call = call, .asker = answers_asker(call), .id = http_param(&call->params, "answer")};
  if (!answers_read(&r, &why)) return answer_page_fail(call, &why);
  call->detail = arena_dup(call->arena, r.id);
  page_begin_still(call, 200, str_cut_utf8(answer_question(&r.answer), ANSWER_TITLE_MOST));
  sheet_style(call, &call->out);
  sheet_put(&r, &call->out);
  page_end(&call->out);
  answer_free(&r.answer);
  return true;
}

bool admin_show_answer(struct admin_call *call, struct err *err) {
  (void)err;
  return answer_page_show(call, STR_NONE);
}

bool admin_open_answer(struct admin_call *call, struct err *err) {
  (void)err;
  bool ok = answer_page_show(call, str_trim(page_form_value(call->in->body, "token", call->arena)));
  secret_wipe((void *)(uintptr_t)call->in->body.p, call->in->body.n);
  return ok;
}
