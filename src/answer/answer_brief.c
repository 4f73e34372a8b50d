// SPDX-License-Identifier: Apache-2.0
#include "answer/answer_brief.h"

#include <stdlib.h>

#include "answer/told.h"
#include "data/json.h"
#include "program/brief.h"

const char answer_brief_schema[] =
    "{\"type\":\"object\",\"required\":[\"id\",\"outcome\",\"status\",\"text\",\"results\",\"calls\"],"
    "\"properties\":{"
    "\"id\":{\"type\":\"string\",\"description\":\"What a question that follows names\"},"
    "\"outcome\":{\"type\":\"string\",\"enum\":[\"answer\",\"clarify\",\"unanswerable\",\"refuse\"]},"
    "\"status\":{\"type\":\"string\",\"enum\":[\"complete\",\"paused\"]},"
    "\"text\":{\"type\":\"string\"},"
    "\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
    "\"calls\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
    "\"choices\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
    "\"understood\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
    "\"warnings\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
    "\"wait_seconds\":{\"type\":\"integer\"}}}";

// ---- as JSON

// The first that fits is taken.
static const struct told_cut brief_plain_cuts[] = {
    {BRIEF_ROWS_MOST, 50, false, ""}, {20, 20, false, ""}, {5, 5, false, ""}, {0, 0, false, ""}};
static const struct told_cut brief_view_cuts[] = {
    {500, 50, true, ""}, {200, 50, true, ""}, {50, 20, true, ""}, {50, 20, false, ""},
    {20, 20, false, ""}, {5, 5, false, ""},   {0, 0, false, ""}};

static yyjson_mut_doc *brief_copy(yyjson_val *answer) {
  static const char *const members[] = {"id",    "outcome", "engine",     "text",     "results",
                                        "calls", "choices", "understood", "warnings", "wait_seconds"};
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    yyjson_val *v = yyjson_obj_get(answer, members[i]);
    if (v) yyjson_mut_obj_add_val(doc, root, members[i], yyjson_val_mut_copy(doc, v));
  }
  yyjson_mut_obj_add_str(doc, root, "status", json_bool(answer, "paused", false) ? "paused" : "complete");
  return doc;
}

void answer_brief_json(yyjson_val *answer, bool view, struct buf *out) {
  const struct told_cut *cuts = view ? brief_view_cuts : brief_plain_cuts;
  size_t count = view ? sizeof brief_view_cuts / sizeof *cuts : sizeof brief_plain_cuts / sizeof *cuts;
  for (size_t i = 0; i < count; i++) {
    yyjson_mut_doc *doc = brief_copy(answer);
    size_t n = 0;
    told_cut_to(doc, &cuts[i]);
    char *text = yyjson_mut_write(doc, 0, &n);
    bool last = i + 1 == count || n <= BRIEF_VIEW_MOST;
    if (last) buf_add(out, str_make(text ? text : "{}", text ? n : 2));
    free(text);
    yyjson_mut_doc_free(doc);
    if (last) return;
  }
}

// ---- as text

static void brief_add_cell(yyjson_val *cell, struct arena *a, struct buf *out) {
  if (yyjson_is_null(cell)) return;
  brief_add_text(out, yyjson_is_str(cell) ? json_text(cell) : json_to_text(a, cell));
}

static void brief_add_table(yyjson_val *result, struct arena *a, struct buf *out) {
  yyjson_val *columns = yyjson_obj_get(result, "columns"), *rows = yyjson_obj_get(result, "rows"), *column,
             *row, *cell;
  size_t i, n, c, m;
  yyjson_arr_foreach (columns, i, n, column) {
    buf_add_z(out, i ? " | " : "| ");
    brief_add_text(out, json_str(column, "name"));
  }
  buf_add_z(out, " |\n");
  for (i = 0; i < n; i++) buf_add_z(out, i ? " | ---" : "| ---");
  buf_add_z(out, " |\n");
  yyjson_arr_foreach (rows, i, n, row) {
    if (i == BRIEF_ROWS_MOST) break;
    yyjson_arr_foreach (row, c, m, cell) {
      buf_add_z(out, c ? " | " : "| ");
      brief_add_cell(cell, a, out);
    }
    buf_add_z(out, " |\n");
  }
  if (n > BRIEF_ROWS_MOST) buf_printf(out, "\nThe first %d of %zu rows.\n", BRIEF_ROWS_MOST, n);
}

// One number is in the sentence already.
static bool brief_has_table(yyjson_val *result) {
  size_t rows = yyjson_arr_size(yyjson_obj_get(result, "rows")),
         columns = yyjson_arr_size(yyjson_obj_get(result, "columns"));
  return rows > 1 || (rows && columns > 1);
}

static void brief_add_results(yyjson_val *results, struct buf *out) {
  struct arena *a = arena_new();
  size_t i, n;
  yyjson_val *result;
  yyjson_arr_foreach (results, i, n, result) {
    struct str title = json_str(result, "title");
    if (!brief_has_table(result)) continue;
    buf_add_char(out, '\n');
    if (n > 1 && title.n) buf_printf(out, "**%.*s**\n\n", STR_ARG(title));
    brief_add_table(result, a, out);
  }
  arena_free(a);
}

static void brief_add_choices(yyjson_val *answer, struct str id, struct buf *out) {
  size_t i, n;
  yyjson_val *choice;
  yyjson_arr_foreach (yyjson_obj_get(answer, "choices"), i, n, choice) {
    buf_printf(out, "%s%lld. ", i ? "" : "\n", (long long)json_int(choice, "number", 0));
    brief_add_text(out, json_str(choice, "label"));
    buf_add_char(out, '\n');
  }
  if (n)
    buf_printf(out,
               "\nAsk the person which, then call again with {\"follow\": \"%.*s\", \"choose\": NUMBER}.\n",
               STR_ARG(id));
}

void answer_brief_text(yyjson_val *answer, struct buf *out) {
  struct str id = json_str(answer, "id");
  size_t i, n;
  yyjson_val *warning;
  buf_printf(out, "%.*s\n", STR_ARG(json_str(answer, "text")));
  brief_add_results(yyjson_obj_get(answer, "results"), out);
  brief_add_choices(answer, id, out);
  yyjson_arr_foreach (yyjson_obj_get(answer, "warnings"), i, n, warning)
    buf_printf(out, "%s- %.*s\n", i ? "" : "\nNote:\n", STR_ARG(json_text(warning)));
  if (json_bool(answer, "paused", false))
    buf_printf(out, "\nIt is paused. In %lld s go on with {\"follow\": \"%.*s\"}.\n",
               (long long)json_int(answer, "wait_seconds", 0), STR_ARG(id));
  else if (!n || !yyjson_arr_size(yyjson_obj_get(answer, "choices")))
    buf_printf(out, "\nA question that goes on from this one says {\"follow\": \"%.*s\"}.\n", STR_ARG(id));
}
