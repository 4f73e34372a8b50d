// SPDX-License-Identifier: Apache-2.0
// forms: the texts that tools answer with, as JSON whose rows a table can take: JSON, JSON with prose around it or in a
// fenced block, lines of JSON, CSV, TSV and Markdown tables, alone or between words. The surest form is taken. Linear in
// the text. Pure. Example:
//   struct table_form f; if (!table_form_read(text, STR("text/csv"), &limits, &f, err)) …
//   if (f.doc) table_add(t, &(struct table_batch){.root = yyjson_doc_get_root(f.doc), .untyped = f.untyped}, …)
//   yyjson_doc_free(f.doc);
#ifndef POSTERN_TABLE_FORMS_H
#define POSTERN_TABLE_FORMS_H

#include "base/err.h"
#include "data/json.h"

enum table_form_kind {
  TABLE_FORM_JSON,
  TABLE_FORM_JSON_IN_TEXT,
  TABLE_FORM_JSON_LINES,
  TABLE_FORM_CSV,
  TABLE_FORM_TSV,
  TABLE_FORM_MARKDOWN,
  TABLE_FORM_WORDS
};
const char *table_form_kind_name(enum table_form_kind kind);

struct table_form {
  enum table_form_kind kind;
  yyjson_doc *doc; // numbers raw; NULL: TABLE_FORM_WORDS. The caller frees
  bool untyped;    // its values are texts that may stand for numbers
};

// `media`: the Content-Type where one is known, else empty; text/csv and the like are believed. ERR_LIMIT: it passes
// `limits`; ERR_INVALID: it is said to be JSON or CSV and is not.
MUST_USE bool table_form_read(struct str text, struct str media, const struct json_limits *limits,
                              struct table_form *out, struct err *err);

#endif
