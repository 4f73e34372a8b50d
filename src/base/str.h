// SPDX-License-Identifier: Apache-2.0
// str: text from anywhere as pointer and length. Borrows: whoever made the bytes owns them.
// Not NUL-terminated unless the function that gave it says so. Example:
//   struct str s = str_trim(STR("  zones "));
//   if (str_is(s, "zones")) …
#ifndef POSTERN_BASE_STR_H
#define POSTERN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
  const char *p;
  size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){0})
// For printf: printf("%.*s", STR_ARG(s))
#define STR_ARG(s) ((int)(s).n), ((s).p ? (s).p : "")
// The same of text that may be long: at most `most` bytes of it.
#define STR_MOST(s, most) ((int)str_cut_utf8((s), (most)).n), ((s).p ? (s).p : "")

static inline struct str str_of(const char *z) {
  return (struct str){z, z ? strlen(z) : 0};
}
static inline struct str str_make(const char *p, size_t n) {
  return (struct str){p, n};
}

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *z);
bool str_eq_nocase(struct str a, struct str b); // ASCII only
bool str_is_nocase(struct str a, const char *z);
int str_compare(struct str a, struct str b); // bytewise, for sorting
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_contains(struct str s, struct str needle);
struct str str_trim(struct str s);             // spaces and tabs at both ends (HTTP's OWS) and line ends
struct str str_trim_end(struct str s, char c); // every c at the end
struct str str_from(struct str s, size_t start);
// At most `most` bytes of it, not cut within a character where it is UTF-8.
struct str str_cut_utf8(struct str s, size_t most);
size_t str_characters(struct str utf8);
// Cuts the text before the first `sep` off `*rest`. False when *rest was used up.
//   for (struct str rest = list, item; str_cut(&rest, ',', &item);) …
bool str_cut(struct str *rest, char sep, struct str *item);
ptrdiff_t str_find(struct str s, char c); // -1: not there
ptrdiff_t str_find_text(struct str s, struct str needle);
bool str_to_u64(struct str s, uint64_t *out); // decimal digits only, whole string, no overflow
bool str_to_i64(struct str s, int64_t *out);  // the same with an optional '-'
// Glob: '*' any run without '/', '**' any run, '?' one byte. Linear in the text times the pattern.
bool str_glob(struct str pattern, struct str s);
// Edit distance, ASCII case aside, for "did you mean"; anything longer than 63 bytes counts as far away.
unsigned str_distance(struct str a, struct str b);
// Equal in constant time for equal lengths; for secrets and their hashes.
bool str_eq_secret(struct str a, struct str b);

#endif
