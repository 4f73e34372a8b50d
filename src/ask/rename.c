// SPDX-License-Identifier: Apache-2.0
#include "ask/rename.h"

#include <ctype.h>

#include "base/buf.h"
#include "data/json.h"

static bool rename_is_step(yyjson_val *steps, struct str word) {
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (steps, i, n, step)
    if (str_eq(json_str(step, "id"), word)) return true;
  return false;
}

static bool rename_is_letter(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

static size_t rename_quoted(struct str sql, size_t at) { // the end of the quoted text that begins there
  size_t end = at + 1;
  while (end < sql.n && sql.p[end] != sql.p[at]) end++;
  return end < sql.n ? end + 1 : end;
}

static struct str rename_words(struct str sql, yyjson_val *steps, struct str suffix, struct arena *a) {
  struct buf out = BUF_MAX(64 * 1024);
  for (size_t i = 0; i < sql.n;) {
    size_t end = i + 1;
    bool quoted = sql.p[i] == '\'' || sql.p[i] == '"';
    if (quoted)
      end = rename_quoted(sql, i);
    else if (rename_is_letter(sql.p[i]) || sql.p[i] == ':')
      while (end < sql.n && rename_is_letter(sql.p[end])) end++;
    struct str word = str_make(sql.p + i, end - i);
    buf_add(&out, word);
    bool member = i && (sql.p[i - 1] == '.');
    bool ours = steps ? !quoted && !member && rename_is_step(steps, word)
                      : str_is(word, ":since") || str_is(word, ":until");
    if (ours) buf_add(&out, suffix);
    i = end;
  }
  struct str made = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return made;
}

struct str rename_tables(struct str sql, yyjson_val *steps, struct str suffix, struct arena *a) {
  return suffix.n && yyjson_arr_size(steps) ? rename_words(sql, steps, suffix, a) : sql;
}

struct str rename_parameters(struct str sql, struct str suffix, struct arena *a) {
  return suffix.n ? rename_words(sql, NULL, suffix, a) : sql;
}
