// SPDX-License-Identifier: Apache-2.0
#include "admin/sheet.h"

#include <stdlib.h>

#include "admin/page.h"
#include "base/clock.h"
#include "chart/redraw.h"
#include "data/json.h"

enum {
  SHEET_ROWS_MOST = 500,
  SHEET_CALLS_MOST = 500,
  SHEET_CELL_MOST = 2000,
  SHEET_DRAWING_MOST = 256 * 1024
};

void sheet_style(const struct admin_call *call, struct buf *out) {
  buf_printf(out, "<style nonce=\"%.*s\">", STR_ARG(call->nonce));
  buf_add_z(out, "body{max-width:76rem;margin:4vh auto}h2{font-size:1.1rem;margin-top:2rem}"
                 ".text{font-size:1.15rem;white-space:pre-line}.chip{display:inline-block;border:1px solid;"
                 "border-radius:1rem;padding:0 .7rem;margin:0 .4rem .4rem 0}.assumed{border-style:dashed}"
                 ".wide{overflow-x:auto}table{border-collapse:collapse}th,td{text-align:left;"
                 "padding:.2rem .8rem .2rem 0;border-bottom:1px solid #8884;vertical-align:top}"
                 "td.n{text-align:right;font-variant-numeric:tabular-nums}td:target{outline:2px solid}"
                 "td.long{overflow-wrap:anywhere;min-width:14rem;font-size:.85rem}pre{overflow-x:auto;font-"
                 "size:.85rem}ul{padding-left:1.2rem}</style>\n");
}

// ---- pieces

static void sheet_element(struct buf *out, const char *tag, struct str text) {
  buf_printf(out, "<%s>", tag);
  page_escape(out, text);
  buf_printf(out, "</%s>\n", tag);
}

static void sheet_time(struct buf *out, int64_t ms) {
  char text[CLOCK_TEXT];
  clock_rfc3339(ms, text);
  page_escape(out, str_of(text));
}

// What a person reads of a value: a text without its quotes.
static struct str sheet_value(yyjson_val *v, struct arena *a) {
  struct str text = yyjson_is_null(v) || !v ? STR("") : yyjson_is_str(v) ? json_text(v) : json_to_text(a, v);
  struct str cut = str_cut_utf8(text, SHEET_CELL_MOST);
  return cut.n < text.n ? ARENA_JOIN(a, cut, STR("…")) : text;
}

static bool sheet_is_number(yyjson_val *v) {
  return yyjson_is_num(v) || yyjson_is_raw(v);
}

static size_t sheet_index(yyjson_val *object, const char *key) {
  uint64_t n;
  return str_to_u64(json_raw_number(yyjson_obj_get(object, key)), &n) && n < SIZE_MAX ? (size_t)n : SIZE_MAX;
}

// ---- the text, with its numbers linked to their cells

static size_t sheet_result_of(yyjson_val *results, struct str name) {
  size_t i, n;
  yyjson_val *result;
  yyjson_arr_foreach (results, i, n, result)
    if (str_eq(json_str(result, "name"), name)) return i;
  return SIZE_MAX;
}

static void sheet_text(yyjson_val *told, struct buf *out) {
  struct str text = json_str(told, "text");
  yyjson_val *results = yyjson_obj_get(told, "results"), *number;
  size_t at = 0, i, n;
  buf_add_z(out, "<p class=\"text\">");
  yyjson_arr_foreach (yyjson_obj_get(told, "numbers"), i, n, number) {
    size_t start = sheet_index(number, "start"), end = sheet_index(number, "end"),
           row = sheet_index(number, "row"), column = sheet_index(number, "column"),
           result = sheet_result_of(results, json_str(number, "result"));
    if (start < at || end <= start || end > text.n || row >= SHEET_ROWS_MOST || column == SIZE_MAX ||
        result == SIZE_MAX)
      continue;
    page_escape(out, str_make(text.p + at, start - at));
    buf_printf(out, "<a href=\"#c%zu-%zu-%zu\">", result, row, column);
    page_escape(out, str_make(text.p + start, end - start));
    buf_add_z(out, "</a>");
    at = end;
  }
  page_escape(out, str_from(text, at));
  buf_add_z(out, "</p>\n");
}

static void sheet_chips(yyjson_val *told, struct buf *out) {
  size_t i, n;
  yyjson_val *chip, *chips = yyjson_obj_get(told, "understood");
  if (!yyjson_arr_size(chips)) return;
  buf_add_z(out, "<p>");
  yyjson_arr_foreach (chips, i, n, chip) {
    buf_add_z(out,
              json_bool(chip, "assumed", false) ? "<span class=\"chip assumed\">" : "<span class=\"chip\">");
    page_escape(out, json_str(chip, "said"));
    buf_add_z(out, "</span>");
  }
  buf_add_z(out, "</p>\n");
}

static void sheet_list(yyjson_val *items, const char *member, const char *head, struct arena *a,
                       struct buf *out) {
  size_t i, n;
  yyjson_val *item;
  if (!yyjson_arr_size(items)) return;
  sheet_element(out, "h2", str_of(head));
  buf_add_z(out, "<ul>\n");
  yyjson_arr_foreach (items, i, n, item)
    sheet_element(out, "li", sheet_value(member ? yyjson_obj_get(item, member) : item, a));
  buf_add_z(out, "</ul>\n");
}

// ---- results

static void sheet_heads(yyjson_val *columns, struct buf *out) {
  size_t i, n;
  yyjson_val *column;
  buf_add_z(out, "<div class=\"wide\"><table><thead><tr>");
  yyjson_arr_foreach (columns, i, n, column) {
    struct str title = json_str(column, "title");
    buf_add_z(out, "<th scope=\"col\">");
    page_escape(out, title.n ? title : json_str(column, "name"));
    buf_add_z(out, "</th>");
  }
  buf_add_z(out, "</tr></thead>\n<tbody>\n");
}

static void sheet_rest(size_t shown, size_t all, const char *what, struct buf *out) {
  if (all > shown) buf_printf(out, "<p>The first %zu of %zu %s.</p>\n", shown, all, what);
}

static void sheet_table(yyjson_val *result, size_t number, struct arena *a, struct buf *out) {
  yyjson_val *rows = yyjson_obj_get(result, "rows"), *row, *cell;
  size_t i, n, k, m, all = yyjson_arr_size(rows);
  if (!all) {
    buf_add_z(out, "<p>No rows.</p>\n");
    return;
  }
  sheet_heads(yyjson_obj_get(result, "columns"), out);
  yyjson_arr_foreach (rows, i, n, row) {
    if (i == SHEET_ROWS_MOST) break;
    buf_add_z(out, "<tr>");
    yyjson_arr_foreach (row, k, m, cell) {
      buf_printf(out, "<td id=\"c%zu-%zu-%zu\"%s>", number, i, k,
                 sheet_is_number(cell) ? " class=\"n\"" : "");
      page_escape(out, sheet_value(cell, a));
      buf_add_z(out, "</td>");
    }
    buf_add_z(out, "</tr>\n");
  }
  buf_add_z(out, "</tbody></table></div>\n");
  sheet_rest(SHEET_ROWS_MOST, all, "rows", out);
}

void sheet_rows(yyjson_val *result, size_t number, struct arena *a, struct buf *out) {
  struct buf drawing = BUF_MAX(SHEET_DRAWING_MOST);
  if (chart_redraw(result, &(struct chart_look){.width = CHART_WIDTH}, true, a, &drawing) && !drawing.full)
    sheet_element(out, "pre", buf_str(&drawing));
  buf_free(&drawing);
  sheet_table(result, number, a, out);
}

static void sheet_result(yyjson_val *result, size_t number, struct arena *a, struct buf *out) {
  struct str title = json_str(result, "title"), why = json_str(result, "error");
  sheet_element(out, "h2", title.n ? title : json_str(result, "name"));
  if (why.n)
    page_text(out, why);
  else
    sheet_rows(result, number, a, out);
}

// ---- evidence

static void sheet_call(yyjson_val *call, struct arena *a, struct buf *out) {
  static const char *const members[] = {"account", "tool", "at", "ms", "rows", "request_id", "arguments"};
  struct str why = json_str(call, "why");
  buf_add_z(out, "<tr>");
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    yyjson_val *v = yyjson_obj_get(call, members[i]);
    buf_add_z(out, sheet_is_number(v) ? "<td class=\"n\">"
                   : yyjson_is_obj(v) ? "<td class=\"long\">"
                                      : "<td>");
    page_escape(out, sheet_value(v, a));
    buf_add_z(out, "</td>");
  }
  buf_add_z(out, "<td>");
  page_escape(out, why.n ? why : json_bool(call, "cached", false) ? STR("read before") : STR(""));
  buf_add_z(out, "</td></tr>\n");
}

static void sheet_calls(yyjson_val *calls, struct arena *a, struct buf *out) {
  static const char *const heads[] = {"Account", "Tool",    "When",      "ms",
                                      "Rows",    "Request", "Arguments", "Note"};
  size_t i, n;
  yyjson_val *call;
  sheet_element(out, "h2", STR("Calls"));
  if (!yyjson_arr_size(calls)) {
    buf_add_z(out, "<p>Nothing was called.</p>\n");
    return;
  }
  buf_add_z(out, "<div class=\"wide\"><table><thead><tr>");
  for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
    buf_printf(out, "<th scope=\"col\">%s</th>", heads[h]);
  buf_add_z(out, "</tr></thead>\n<tbody>\n");
  yyjson_arr_foreach (calls, i, n, call)
    if (i < SHEET_CALLS_MOST) sheet_call(call, a, out);
  buf_add_z(out, "</tbody></table></div>\n");
  sheet_rest(SHEET_CALLS_MOST, yyjson_arr_size(calls), "calls", out);
}

static void sheet_program(const struct answers_read *r, struct buf *out) {
  yyjson_val *program = answer_program(&r->answer);
  struct arena *a = r->call->arena;
  struct stable_look look = {.catalog = r->call->catalog, .arena = a};
  if (!program) return;
  struct str text = stable_write(program, &look, STABLE_NAMES, a);
  stable_done(&look);
  yyjson_doc *doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  size_t n = 0;
  char *pretty = yyjson_write(doc, YYJSON_WRITE_PRETTY_TWO_SPACES, &n);
  buf_add_z(out, "<details><summary>Program</summary>\n");
  bool manages = admin_manages(r->call); // why names tools and accounts
  if (r->verdict.state != SHELF_OK)
    page_text(out, arena_printf(a, "It cannot run any more (%s)%s%.*s", shelf_state_name(r->verdict.state),
                                manages ? ": " : ".", STR_ARG(manages ? r->verdict.why : STR(""))));
  sheet_element(out, "pre", str_make(pretty ? pretty : "", n));
  buf_add_z(out, "</details>\n");
  free(pretty);
  yyjson_doc_free(doc);
}

// ---- the whole

static void sheet_head(const struct answers_read *r, struct buf *out) {
  const struct answer_row *row = &r->answer.row;
  const struct access_token *owner = answers_owner(r->call, row->owner);
  buf_add_z(out, "<p>Asked ");
  sheet_time(out, row->created_at);
  buf_add_z(out, " by ");
  page_escape(out, owner ? owner->name : row->owner);
  buf_printf(out, ", %s.</p>\n", row->is_private ? "private" : "shared");
}

void sheet_put(const struct answers_read *r, struct buf *out) {
  struct arena *a = r->call->arena;
  yyjson_val *told = yyjson_doc_get_root(r->answer.told), *results = yyjson_obj_get(told, "results"), *result;
  size_t i, n;
  sheet_head(r, out);
  if (!told) {
    buf_add_z(out, "<p class=\"text\">An account that this answer used was deleted on ");
    sheet_time(out, r->answer.row.gone_at);
    buf_add_z(out, ", and what the answer said with it. The question and its program are left.</p>\n");
    sheet_program(r, out);
    return;
  }
  sheet_chips(told, out);
  sheet_text(told, out);
  sheet_list(yyjson_obj_get(told, "choices"), "label", "Choices", a, out);
  sheet_list(yyjson_obj_get(told, "warnings"), NULL, "To mind", a, out);
  yyjson_arr_foreach (results, i, n, result) sheet_result(result, i, a, out);
  sheet_calls(yyjson_obj_get(told, "calls"), a, out);
  sheet_program(r, out);
}
