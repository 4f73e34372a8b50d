// SPDX-License-Identifier: Apache-2.0
// page: the few HTML pages that a person meets while connecting an account: a question, and how it ended.
// Nothing on them is loaded from elsewhere, nothing of theirs can be framed, and all text is escaped. Private
// to admin/. Example:
//   page_begin(call, 200, STR("Connected"));
//   page_text(&call->out, text);
//   page_end(&call->out);
#ifndef POSTERN_ADMIN_PAGE_H
#define POSTERN_ADMIN_PAGE_H

#include "admin/route.h"

// Without a script, which its policy refuses: a form on it posts to its own address. For a page that has much to show.
void page_begin_still(struct admin_call *call, int status, struct str title);
// The same without a form: it is only read, and tells nobody where it was.
void page_begin_paper(struct admin_call *call, int status, struct str title);
// Sets the reply's status and its security headers. `has_form`: a page_form follows.
void page_begin(struct admin_call *call, int status, struct str title, bool has_form);
void page_text(struct buf *out, struct str text); // one paragraph
void page_link(struct buf *out, struct str to, struct str text);
// A form that posts to this page's own address. `ask`: the label of a field named "proof"; empty: no field.
// Its script posts with "Accept: application/json" and goes to the answer's `url`: a form that is answered
// with a redirect elsewhere is stopped by browsers that hold `form-action` against redirects too (Chromium).
void page_form(struct admin_call *call, struct str ask, struct str button);
bool page_wants_json(const struct admin_call *call); // that script asks
void page_close_itself(struct admin_call *call);     // the window closes after a moment
void page_end(struct buf *out);

void page_escape(struct buf *out, struct str text); // for element content and quoted attributes
// A value of an application/x-www-form-urlencoded text (a query or a posted form), decoded; STR_NONE where it
// is absent or badly encoded, or stands there twice.
struct str page_form_value(struct str form, const char *name, struct arena *a);

// What a redirect back to us says (RFC 6749 §4.1.2).
struct oauth_answer;
void page_oauth_answer(struct str query, struct arena *a,
                       struct oauth_answer *out); // of a redirect back to us

#endif
