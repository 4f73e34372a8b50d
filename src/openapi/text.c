// SPDX-License-Identifier: Apache-2.0
#include "openapi/text.h"

#include <ctype.h>

enum { TEXT_TAG_MOST = 64 };

// Length of an HTML tag at the start of `s`, or 0. "<5" and "a < b" are not tags.
static size_t tag_length(struct str s) {
  size_t i = 1;
  if (i < s.n && s.p[i] == '/') i++;
  if (i >= s.n || !isalpha((unsigned char)s.p[i])) return 0;
  for (; i < s.n && i < TEXT_TAG_MOST && s.p[i] != '<'; i++) {
    if (s.p[i] == '>') {
      // `<name>` alone is more often a placeholder than markup: only known tags go.
      static const char *const known[] = {"br", "p",   "b",     "i",   "em",   "strong", "code", "ul",
                                          "ol", "li",  "a",     "div", "span", "h1",     "h2",   "h3",
                                          "h4", "pre", "table", "tr",  "td",   "th"};
      size_t start = s.p[1] == '/' ? 2 : 1, end = start;
      while (end < i && isalnum((unsigned char)s.p[end])) end++;
      for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (str_is_nocase(str_make(s.p + start, end - start), known[k])) return i + 1;
      return 0;
    }
  }
  return 0;
}

static size_t cut_at_word(const char *p, size_t most) {
  size_t cut = most;
  while (cut > 0 && p[cut] != ' ') cut--;
  if (cut < most / 2) { // one endless word: cut between characters instead
    cut = str_cut_utf8(str_make(p, most + 1), most).n;
  }
  while (cut > 0 && (p[cut - 1] == ' ' || p[cut - 1] == ',' || p[cut - 1] == ';')) cut--;
  return cut;
}

struct str text_brief(struct arena *a, struct str s, size_t most) {
  static const struct str ellipsis = {"…", 3};
  char *p = arena_alloc(a, s.n + ellipsis.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    size_t tag = c == '<' ? tag_length(str_from(s, i)) : 0;
    if (tag) {
      i += tag - 1;
      c = ' ';
    }
    if (c <= ' ' || c == 0x7F) {
      if (n && p[n - 1] != ' ') p[n++] = ' ';
    } else {
      p[n++] = (char)c;
    }
  }
  while (n && p[n - 1] == ' ') n--;
  if (n > most) {
    n = cut_at_word(p, most - ellipsis.n);
    memcpy(p + n, ellipsis.p, ellipsis.n);
    n += ellipsis.n;
  }
  p[n] = 0;
  return str_make(p, n);
}

struct str text_slug(struct arena *a, struct str s) {
  char *p = arena_alloc(a, s.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (isalnum(c))
      p[n++] = (char)tolower(c);
    else if (n && p[n - 1] != '-' && c != '\'')
      p[n++] = '-';
  }
  while (n && p[n - 1] == '-') n--;
  p[n] = 0;
  return str_make(p, n);
}

void text_add_sentence(struct buf *out, struct str sentence) {
  if (!sentence.n) return;
  if (out->n) buf_add_char(out, ' ');
  buf_add(out, sentence);
  char last = sentence.p[sentence.n - 1];
  if (!strchr(".!?:", last) && !str_ends(sentence, "…")) buf_add_char(out, '.');
}
