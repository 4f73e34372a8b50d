// SPDX-License-Identifier: Apache-2.0
#include "tool/graphql.h"

static bool graphql_is_name(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Past a string (GraphQL October 2021, §2.9.4), whose quotes and brackets mean nothing. One that does not
// end takes the rest.
static size_t graphql_string_end(struct str d, size_t at) {
  bool block = str_starts(str_from(d, at), "\"\"\"");
  for (at += block ? 3 : 1; at < d.n; at++) {
    if (block && str_starts(str_from(d, at), "\\\"\"\""))
      at += 3;
    else if (block && str_starts(str_from(d, at), "\"\"\""))
      return at + 3;
    else if (!block && d.p[at] == '\\')
      at++;
    else if (!block && d.p[at] == '"')
      return at + 1;
  }
  return d.n;
}

static size_t graphql_comment_end(struct str d, size_t at) {
  while (at < d.n && d.p[at] != '\n' && d.p[at] != '\r') at++;
  return at;
}

// A definition begins: an operation's or fragment's word (§2.2), or the bracket of the short form.
static bool graphql_begins_read(struct str d, size_t *at) {
  size_t from = *at;
  while (*at < d.n && graphql_is_name(d.p[*at])) ++*at;
  struct str word = str_make(d.p + from, *at - from);
  return word.n ? str_is(word, "query") || str_is(word, "fragment") : d.p[from] == '{';
}

bool graphql_only_reads(struct str d) {
  size_t depth = 0, at = str_starts(d, "\xef\xbb\xbf") ? 3 : 0;
  bool begun = false; // within a definition
  while (at < d.n) {
    char c = d.p[at];
    if (c == '#') {
      at = graphql_comment_end(d, at);
    } else if (c == '"') {
      at = graphql_string_end(d, at);
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
      at++;
    } else if (!begun) {
      begun = graphql_begins_read(d, &at);
      if (!begun) return false;
    } else {
      if (c == '{' || c == '(' || c == '[') depth++;
      if ((c == '}' || c == ')' || c == ']') && depth-- == 0) return false;
      if (c == '}' && depth == 0) begun = false;
      at++;
    }
  }
  return true;
}
