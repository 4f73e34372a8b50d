// SPDX-License-Identifier: Apache-2.0
// forward_oracle: what must hold of json_forward for any text: it takes what yyjson takes and refuses
// the rest, and its output, read back as a JSON string, is an equal document without white space.
// Used by the unit test and by the fuzzer.
#ifndef POSTERN_TESTS_UNIT_SUPPORT_FORWARD_ORACLE_H
#define POSTERN_TESTS_UNIT_SUPPORT_FORWARD_ORACLE_H

#include <stdlib.h>

#include "data/json.h"

enum { FORWARD_ORACLE_DEPTH = 512 };

// The text as yyjson writes it, compact, with numbers as they came; NULL where it does not read it.
static inline char *forward_oracle_compact(struct str text, size_t *n) {
  if (text.n == 0) return NULL;
  yyjson_doc *doc =
      yyjson_read_opts((char *)(uintptr_t)text.p, text.n, YYJSON_READ_NUMBER_AS_RAW, NULL, NULL);
  char *compact = doc ? yyjson_write(doc, YYJSON_WRITE_NOFLAG, n) : NULL;
  yyjson_doc_free(doc);
  return compact;
}

// The forwarded text unescaped once: what a client sees in the reply.
static inline yyjson_doc *forward_oracle_seen(const struct buf *forwarded) {
  struct buf quoted = BUF_MAX(forwarded->n + 2);
  buf_add_char(&quoted, '"');
  buf_add(&quoted, buf_str(forwarded));
  buf_add_char(&quoted, '"');
  yyjson_doc *seen = yyjson_read(quoted.p, quoted.n, 0);
  buf_free(&quoted);
  return seen;
}

// NULL: all is well; else what is not.
static inline const char *forward_oracle(struct str text, size_t most) {
  struct buf out = BUF_MAX(most);
  struct err err = {.code = ERR_OK};
  size_t want_n = 0, got_n = 0;
  const char *wrong = NULL;
  char *want = forward_oracle_compact(text, &want_n), *got = NULL;
  bool taken = json_forward(&out, text, FORWARD_ORACLE_DEPTH, &err);
  if (!taken) {
    if (want && err.code != ERR_LIMIT) wrong = "refused what yyjson takes";
    if (err.code != ERR_INVALID && err.code != ERR_LIMIT) wrong = "refused without a reason";
  } else if (!want) {
    wrong = "taken what yyjson refuses";
  } else {
    yyjson_doc *seen = forward_oracle_seen(&out);
    struct str inner = json_text(yyjson_doc_get_root(seen));
    got = forward_oracle_compact(inner, &got_n);
    if (!seen)
      wrong = "the output is not the inside of a JSON string";
    else if (!got || !str_eq(str_make(got, got_n), str_make(want, want_n)))
      wrong = "the output means something else";
    yyjson_doc_free(seen);
  }
  free(want);
  free(got);
  buf_free(&out);
  return wrong;
}

#endif
