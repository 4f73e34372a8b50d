// SPDX-License-Identifier: Apache-2.0
#include "answer/told.h"

#include <stdlib.h>

#include "data/json.h"

// ---- what was asked

// {"question", "outcome", "engine", "turns", "program"}
static void told_write_asked(const struct ask_made *made, struct str stable, yyjson_val *talk,
                             struct buf *out) {
  yyjson_val *turns = yyjson_obj_get(talk, "turns");
  buf_add_z(out, "{\"question\":");
  json_add_string(out, made->question);
  buf_add_z(out, ",\"outcome\":");
  json_add_string(out, made->outcome);
  buf_add_z(out, ",\"engine\":");
  buf_add(out, made->engine);
  buf_add_z(out, ",\"turns\":");
  if (turns)
    json_write(out, turns);
  else
    buf_add_z(out, "[]");
  if (stable.n) {
    buf_add_z(out, ",\"program\":");
    buf_add(out, stable);
  }
  buf_add_char(out, '}');
}

// ---- what was told, cut where it is too large

static const struct told_cut told_cuts[] = {
    {SIZE_MAX, SIZE_MAX, true, ""},
    {SIZE_MAX, SIZE_MAX, false, "without the specs of its charts"},
    {2000, SIZE_MAX, false, "the first 2,000 rows of each result, without charts"},
    {500, 1000, false, "the first 500 rows of each result and 1,000 calls, without charts"},
    {100, 200, false, "the first 100 rows of each result and 200 calls, without charts"},
    {10, 20, false, "the first 10 rows of each result and 20 calls, without charts"},
    {0, 0, false, "the text alone, without rows, charts and calls"},
};
enum { TOLD_CUTS = sizeof told_cuts / sizeof *told_cuts };

// Members of the answer that stand elsewhere, or are made again from the rest.
static bool told_is_elsewhere(struct str key) {
  static const char *const names[] = {"id", "link", "outcome", "engine", "program", "table"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (str_is(key, names[i])) return true;
  return false;
}

static void told_shorten(yyjson_mut_val *array, size_t most) {
  size_t n = yyjson_mut_arr_size(array);
  if (n > most) yyjson_mut_arr_remove_range(array, most, n - most);
}

static void told_cut_result(yyjson_mut_doc *doc, yyjson_mut_val *result, const struct told_cut *cut) {
  yyjson_mut_val *rows = yyjson_mut_obj_get(result, "rows");
  size_t n = yyjson_mut_arr_size(rows);
  if (n > cut->rows) {
    told_shorten(rows, cut->rows);
    if (!yyjson_mut_obj_get(result, "total_rows")) yyjson_mut_obj_add_uint(doc, result, "total_rows", n);
    if (!yyjson_mut_obj_get(result, "cut")) yyjson_mut_obj_add_bool(doc, result, "cut", true);
  }
  if (cut->charts) return;
  yyjson_mut_obj_remove_key(result, "chart");
  yyjson_mut_obj_remove_key(result, "panels");
}

// Cells that are not kept prove nothing.
static void told_cut_numbers(yyjson_mut_val *numbers, size_t rows) {
  yyjson_mut_arr_iter iter;
  yyjson_mut_val *n;
  if (!yyjson_mut_arr_iter_init(numbers, &iter)) return;
  while ((n = yyjson_mut_arr_iter_next(&iter))) {
    uint64_t row = 0;
    yyjson_mut_val *cell = yyjson_mut_obj_get(n, "row");
    if (!cell || !str_to_u64(str_make(yyjson_mut_get_raw(cell), yyjson_mut_get_len(cell)), &row)) continue;
    if (row >= rows) yyjson_mut_arr_iter_remove(&iter);
  }
}

void told_cut_to(yyjson_mut_doc *doc, const struct told_cut *cut) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc), *result;
  size_t i, n;
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(root, "results"), i, n, result)
    told_cut_result(doc, result, cut);
  told_cut_numbers(yyjson_mut_obj_get(root, "numbers"), cut->rows);
  told_shorten(yyjson_mut_obj_get(root, "calls"), cut->calls);
  if (!cut->charts) yyjson_mut_obj_remove_key(yyjson_mut_obj_get(root, "chart"), "spec");
}

static yyjson_mut_doc *told_copy(yyjson_val *answer, yyjson_val *talk) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_mut_doc_set_root(doc, root);
  yyjson_obj_foreach (answer, i, n, key, v)
    if (!told_is_elsewhere(json_text(key)))
      yyjson_mut_obj_add(root, yyjson_val_mut_copy(doc, key), yyjson_val_mut_copy(doc, v));
  yyjson_mut_obj_add_val(doc, root, "talk", yyjson_val_mut_copy(doc, talk));
  return doc;
}

static void told_say_cut(yyjson_mut_doc *doc, const struct told_cut *cut, struct arena *a) {
  struct str said =
      arena_printf(a, "this answer was too large to be kept whole; what is kept of it: %s", cut->says);
  yyjson_mut_val *warnings = yyjson_mut_obj_get(yyjson_mut_doc_get_root(doc), "warnings");
  yyjson_mut_arr_add_strncpy(doc, warnings, said.p, said.n);
}

static struct str told_text(yyjson_mut_doc *doc, struct arena *a) {
  size_t n = 0;
  char *text = yyjson_mut_write(doc, 0, &n);
  struct str out = arena_dup(a, str_make(text ? text : "", n));
  free(text);
  return out;
}

static struct str told_fit(yyjson_val *answer, yyjson_val *talk, struct arena *a) {
  struct str text = STR("");
  for (size_t i = 0; i < TOLD_CUTS && (!text.n || text.n > TOLD_BYTES_MOST); i++) {
    yyjson_mut_doc *doc = told_copy(answer, talk);
    told_cut_to(doc, &told_cuts[i]);
    if (i) told_say_cut(doc, &told_cuts[i], a);
    text = told_text(doc, a);
    yyjson_mut_doc_free(doc);
  }
  return text;
}

bool told_take(const struct ask_made *made, struct str stable, struct arena *a, struct answer_row *out,
               struct err *err) {
  struct buf asked = BUF_MAX(TOLD_BYTES_MOST);
  yyjson_doc *answer = yyjson_read(made->told.p, made->told.n, YYJSON_READ_NUMBER_AS_RAW),
             *talk = yyjson_read(made->talk.p, made->talk.n, 0);
  told_write_asked(made, stable, yyjson_doc_get_root(talk), &asked);
  if (answer && talk && !asked.full) {
    out->told = told_fit(yyjson_doc_get_root(answer), yyjson_doc_get_root(talk), a);
    out->asked = arena_dup(a, buf_str(&asked));
  }
  bool ok = out->told.n && out->told.n <= TOLD_BYTES_MOST;
  if (!ok) err_set(err, ERR_LIMIT, "the answer is too large to be kept, and so is not told; ask for less");
  yyjson_doc_free(answer);
  yyjson_doc_free(talk);
  buf_free(&asked);
  return ok;
}
