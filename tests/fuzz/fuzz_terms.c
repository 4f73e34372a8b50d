// SPDX-License-Identifier: Apache-2.0
// Any text: words of at most TERM_BYTES_MOST bytes of UTF-8, and no more of them than the text has bytes. A
// text with a word in it finds itself.
#include "fuzz.h"

#include <utf8proc.h>

#include "search/index.h"
#include "search/terms.h"

static bool is_utf8(struct str s) {
  for (utf8proc_int32_t c; s.n;) {
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &c);
    if (n <= 0) return false;
    s = str_from(s, (size_t)n);
  }
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size};
  struct terms *t = terms_new();
  size_t count = 0;
  terms_start(t, text);
  for (struct term term; terms_next(t, &term);) {
    fuzz_check(term.word.n && term.word.n <= TERM_BYTES_MOST, "a word of %zu bytes", term.word.n);
    fuzz_check(term.stem.n && term.stem.n <= TERM_BYTES_MOST, "a stem of %zu bytes", term.stem.n);
    fuzz_check(is_utf8(term.word), "a word that is no UTF-8");
    count++;
  }
  fuzz_check(count <= size + size / 2, "%zu words of %zu bytes", count, size);
  terms_free(t);

  struct index *x = index_new();
  fuzz_check(index_add(x, (struct str[INDEX_FIELDS]){[INDEX_NAME] = text}), "no room for one document");
  index_finish(x);
  struct index_hit hit;
  size_t found = index_search(&(struct index_part){x, NULL}, 1, text, &hit, 1);
  fuzz_check(found == (count > 0), "a text of %zu words is found %zu times by itself", count, found);
  index_free(x);
  return 0;
}
