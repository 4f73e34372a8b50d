// SPDX-License-Identifier: Apache-2.0
#include "answer/answer.h"

#include "data/json.h"

bool answer_missing(const char *field, struct str id, struct err *err) {
  err_at(err, ERR_MISSING, field, "there is no answer '%.*s'", STR_MOST(id, 60));
  err_hint(err, "answers are kept for a while, for who asked and those they are shared with");
  return false;
}

bool answer_sees(const struct answer_asker *asker, const struct answer_row *row) {
  return str_eq(asker->owner, row->owner) || (asker->sees_shared && !row->is_private);
}

static bool answer_is_damaged(struct str id, const struct err *why, struct err *err) {
  err_set(err, ERR_INTERNAL, "the answer '%.*s' cannot be read: %s", STR_MOST(id, 60), why->text);
  err_hint(err, "its row was damaged, or somebody changed it in the database; delete it, and ask again");
  return false;
}

// A row whose seal does not hold says nothing that counts; that it is there, those are told whose it claims to be.
static bool answer_row_of(struct store *s, struct str id, const struct answer_asker *asker, struct arena *a,
                          struct answer_row *out, struct err *err) {
  struct err why = {.code = ERR_OK};
  bool ok = answer_row_read(s, id, a, out, &why), damaged = why.code == ERR_DENIED || why.code == ERR_INVALID;
  if (!ok && !damaged && why.code != ERR_MISSING) return *err = why, false;
  if ((!ok && !damaged) || !answer_sees(asker, out)) return answer_missing("id", id, err);
  return ok || answer_is_damaged(id, &why, err);
}

bool answer_read(struct store *s, struct str id, const struct answer_asker *asker, struct arena *a,
                 struct answer *out, struct err *err) {
  struct answer read = {0};
  if (!answer_row_of(s, id, asker, a, &read.row, err)) return false;
  read.asked = yyjson_read(read.row.asked.p, read.row.asked.n, YYJSON_READ_NUMBER_AS_RAW);
  if (read.row.told.n) read.told = yyjson_read(read.row.told.p, read.row.told.n, YYJSON_READ_NUMBER_AS_RAW);
  if (read.asked && (read.told || !read.row.told.n)) return *out = read, true;
  answer_free(&read);
  return answer_is_damaged(id, &(struct err){.text = "it is no JSON"}, err);
}

void answer_free(struct answer *a) {
  yyjson_doc_free(a->asked);
  yyjson_doc_free(a->told);
  a->asked = a->told = NULL;
}

struct str answer_question(const struct answer *a) {
  return json_str(yyjson_doc_get_root(a->asked), "question");
}

yyjson_val *answer_program(const struct answer *a) {
  return yyjson_obj_get(yyjson_doc_get_root(a->asked), "program");
}

yyjson_val *answer_result(const struct answer *a, struct str name) {
  size_t i, n;
  yyjson_val *result;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(a->told), "results"), i, n, result)
    if (!name.n || str_eq(json_str(result, "name"), name)) return result;
  return NULL;
}

yyjson_val *answer_chart(const struct answer *a) {
  return yyjson_obj_get(yyjson_doc_get_root(a->told), "chart");
}
