// SPDX-License-Identifier: Apache-2.0
// The page of a link: what its tiles gave, drawn as text and as tables, for the screen and for paper. It has no script,
// loads nothing and can be framed by nobody; all text of it is escaped.
#include "admin/page.h"
#include "admin/share.h"
#include "admin/sheet.h"
#include "data/json.h"

static void share_page_style(const struct admin_call *call, struct buf *out) {
  sheet_style(call, out);
  buf_printf(out,
             "<style nonce=\"%.*s\">section{break-inside:avoid}.s{color:#777;font-size:.85rem}"
             "@media print{body{margin:0;max-width:none}a{display:none}pre{white-space:pre-wrap}}</style>\n",
             STR_ARG(call->nonce));
}

// What became of it, without the words of whoever runs it.
static void share_page_state(yyjson_val *tile, struct buf *out) {
  struct str as_of = json_str(tile, "as_of"), state = json_str(tile, "state");
  buf_add_z(out, "<p class=\"s\">");
  buf_add_z(out, as_of.n ? "as of " : "nothing to show");
  page_escape(out, as_of);
  if (json_bool(tile, "partial", false)) buf_add_z(out, "; some of it could not be read");
  if (!str_is(state, "ok") && !str_is(state, "new")) buf_add_z(out, "; it could not be read again since");
  buf_add_z(out, "</p>\n");
}

static void share_page_tile(struct admin_call *call, struct str document, size_t number) {
  struct buf *out = &call->out;
  yyjson_doc *doc = yyjson_read(document.p, document.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *tile = yyjson_doc_get_root(doc), *data = yyjson_obj_get(tile, "data");
  buf_add_z(out, "<section><h2>");
  page_escape(out, json_str(tile, "title"));
  buf_add_z(out, "</h2>\n");
  share_page_state(tile, out);
  if (yyjson_is_obj(data)) {
    sheet_rows(data, number, call->arena, out);
    buf_add_z(out, "<p class=\"s\"><a href=\"" SHARE_PAGE);
    page_escape(out, http_param(&call->params, "secret"));
    buf_add_z(out, "/tile/");
    page_escape(out, json_str(tile, "id"));
    buf_add_z(out, "/csv\">CSV</a></p>\n");
  }
  buf_add_z(out, "</section>\n");
  yyjson_doc_free(doc);
}

bool admin_show_share(struct admin_call *call, struct err *err) {
  struct share_shown shown;
  if (!admin_open_share(call, &shown, err)) {
    if (err->code != ERR_MISSING) return false;
    page_begin_paper(call, 404, STR("This link shows nothing"));
    page_text(&call->out,
              STR("It is unknown, was revoked, or has expired. Ask whoever gave it to you for another."));
    page_end(&call->out);
    call->refused = *err;
    return true;
  }
  page_begin_paper(call, 200, shown.row.name);
  share_page_style(call, &call->out);
  for (size_t i = 0; i < shown.count; i++) share_page_tile(call, shown.parts[i].document, i);
  if (!shown.count)
    page_text(&call->out, STR("There is nothing to show: what it was made of has been deleted."));
  page_end(&call->out);
  return true;
}
