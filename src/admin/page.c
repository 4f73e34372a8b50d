// SPDX-License-Identifier: Apache-2.0
#include "admin/page.h"

#include "account/connect.h"
#include "admin/body.h"
#include "base/codec.h"
#include "crypto/token.h"

enum { PAGE_NONCE = 16 };

// What ends a text, a tag or a quoted attribute (HTML §13.1.2).
void page_escape(struct buf *out, struct str text) {
  static const char *const entities[256] = {
      ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
  for (size_t i = 0; i < text.n; i++) {
    const char *entity = entities[(unsigned char)text.p[i]];
    if (entity)
      buf_add_z(out, entity);
    else
      buf_add_char(out, text.p[i]);
  }
}

static void page_make_nonce(struct admin_call *call) {
  unsigned char random[PAGE_NONCE];
  token_random(random, sizeof random);
  call->nonce = codec_base64_url(call->arena, str_make((const char *)random, sizeof random));
}

static void page_open(struct admin_call *call, int status, struct str title, struct str policy,
                      struct str referrer) {
  call->status = status;
  call->type = ADMIN_PAGE_TYPE;
  http_reply_header(call->http, "Content-Security-Policy", policy);
  http_reply_header(call->http, "X-Frame-Options", STR("DENY"));
  http_reply_header(call->http, "X-Content-Type-Options", STR("nosniff"));
  http_reply_header(call->http, "Referrer-Policy", referrer);
  struct buf *out = &call->out;
  buf_add_z(out, "<!doctype html>\n<html lang=\"");
  buf_add_z(out, tongue_code(call->tongue));
  buf_add_z(out, "\"><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width\"><title>");
  page_escape(out, title);
  buf_printf(out, " \xc2\xb7 Postern</title>\n<style nonce=\"%.*s\">", STR_ARG(call->nonce));
  buf_add_z(out, "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;"
                 "color-scheme:light dark}h1{font-size:1.4rem}input{width:100%;font:inherit;padding:.5rem;"
                 "box-sizing:border-box;margin:.3rem 0 1rem}button{font:inherit;padding:.5rem 1.2rem}"
                 "</style>\n<main><h1>");
  page_escape(out, title);
  buf_add_z(out, "</h1>\n");
}

// The address holds a secret. With "no-referrer" browsers would send our own form with "Origin: null"
// (Fetch, "append a request Origin header"), which is refused.
#define PAGE_REFERRER_OF_FORMS STR("same-origin")

void page_begin(struct admin_call *call, int status, struct str title, bool has_form) {
  const char *own = has_form ? "self" : "none";
  page_make_nonce(call);
  page_open(call, status, title,
            arena_printf(call->arena,
                         "default-src 'none'; style-src 'nonce-%.*s'; script-src 'nonce-%.*s'; "
                         "connect-src '%s'; form-action '%s'; base-uri 'none'; frame-ancestors 'none'",
                         STR_ARG(call->nonce), STR_ARG(call->nonce), own, own),
            PAGE_REFERRER_OF_FORMS);
}

static void page_begin_without_script(struct admin_call *call, int status, struct str title,
                                      const char *forms, struct str referrer) {
  page_make_nonce(call);
  page_open(call, status, title,
            arena_printf(call->arena,
                         "default-src 'none'; style-src 'nonce-%.*s'; form-action '%s'; base-uri 'none'; "
                         "frame-ancestors 'none'",
                         STR_ARG(call->nonce), forms),
            referrer);
}

void page_begin_still(struct admin_call *call, int status, struct str title) {
  page_begin_without_script(call, status, title, "self", PAGE_REFERRER_OF_FORMS);
}

void page_begin_paper(struct admin_call *call, int status, struct str title) {
  page_begin_without_script(call, status, title, "none", STR("no-referrer"));
}

void page_text(struct buf *out, struct str text) {
  if (!text.n) return;
  buf_add_z(out, "<p>");
  page_escape(out, text);
  buf_add_z(out, "</p>\n");
}

void page_link(struct buf *out, struct str to, struct str text) {
  buf_add_z(out, "<p><a href=\"");
  page_escape(out, to);
  buf_add_z(out, "\">");
  page_escape(out, text);
  buf_add_z(out, "</a></p>\n");
}

void page_form(struct admin_call *call, struct str ask, struct str button) {
  static const char script[] =
      "const form = document.forms[0], note = document.getElementById(\"note\");\n"
      "form.addEventListener(\"submit\", async (event) => {\n"
      "  event.preventDefault();\n"
      "  note.textContent = \"\";\n"
      "  try {\n"
      "    const answer = await fetch(location.href, { method: \"POST\", headers: { accept: "
      "\"application/json\" }, body: new URLSearchParams(new FormData(form)) });\n"
      "    const said = await answer.json();\n"
      "    if (answer.ok) location.assign(said.url);\n"
      "    else note.textContent = `This did not work: ${said.error.message}. ${said.error.hint ?? \"\"}`;\n"
      "  } catch (error) {\n"
      "    note.textContent = `This did not work: ${error.message}`;\n"
      "  }\n"
      "});\n";
  struct buf *out = &call->out;
  buf_add_z(out, "<form method=\"post\">");
  if (ask.n) {
    buf_add_z(out, "<label>");
    page_escape(out, ask);
    buf_add_z(out,
              "<input type=\"password\" name=\"proof\" autocomplete=\"off\" required autofocus></label>");
  }
  buf_add_z(out, "<button>");
  page_escape(out, button);
  buf_printf(out,
             "</button></form>\n<p id=\"note\" role=\"alert\"></p>\n<script nonce=\"%.*s\">%s</script>\n",
             STR_ARG(call->nonce), script);
}

bool page_wants_json(const struct admin_call *call) {
  struct str accept = http_header_get(&call->in->headers, "accept");
  return call->in->method == METHOD_POST && str_is_nocase(http_media_type(accept), "application/json");
}

void page_close_itself(struct admin_call *call) {
  buf_printf(&call->out, "<script nonce=\"%.*s\">setTimeout(() => window.close(), 3000)</script>\n",
             STR_ARG(call->nonce));
}

void page_end(struct buf *out) {
  buf_add_z(out, "</main></html>\n");
}

struct str page_form_value(struct str form, const char *name, struct arena *a) {
  struct str value = STR_NONE, item, key, text;
  bool found = false;
  while (str_cut(&form, '&', &item)) {
    if (!str_cut(&item, '=', &key) || !admin_body_decode(key, a, &text) || !str_is(text, name)) continue;
    if (found || !admin_body_decode(item, a, &value)) return STR_NONE;
    found = true;
  }
  return value;
}

void page_oauth_answer(struct str query, struct arena *a, struct oauth_answer *out) {
  *out = (struct oauth_answer){
      .code = page_form_value(query, "code", a),
      .state = page_form_value(query, "state", a),
      .iss = page_form_value(query, "iss", a),
      .error = page_form_value(query, "error", a),
      .error_description = page_form_value(query, "error_description", a),
  };
}
