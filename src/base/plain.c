// SPDX-License-Identifier: Apache-2.0
#include "base/plain.h"

#include "base/codec.h"

enum { PLAIN_REPLACEMENT = 0xFFFD };

static const struct {
  uint32_t first, last;
} plain_unsafe[] = {
    {0x0000, 0x001F},   // C0
    {0x007F, 0x009F},   // DEL, C1
    {0x00AD, 0x00AD},   // soft hyphen
    {0x034F, 0x034F},   // grapheme joiner
    {0x061C, 0x061C},   // Arabic letter mark
    {0x115F, 0x1160},   // Hangul fillers
    {0x17B4, 0x17B5},   // Khmer inherent vowels
    {0x180B, 0x180F},   // Mongolian selectors and vowel separator
    {0x200B, 0x200F},   // no width; left-to-right and right-to-left marks
    {0x2028, 0x202E},   // line and paragraph separators; embeddings and overrides
    {0x2060, 0x206F},   // word joiner, invisible operators, isolates
    {0x3164, 0x3164},   // Hangul filler
    {0xFEFF, 0xFEFF},   // byte order mark
    {0xFFA0, 0xFFA0},   // Hangul filler
    {0xFFF0, 0xFFFB},   // unassigned ignorables, interlinear marks
    {0x1BCA0, 0x1BCA3}, // shorthand controls
    {0x1D173, 0x1D17A}, // musical controls
    {0xE0000, 0xE0FFF}, // tags, selectors
    {0x110000, UINT32_MAX},
};

size_t plain_next(struct str s, uint32_t *character) {
  unsigned char first = (unsigned char)s.p[0];
  size_t n = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (n > s.n || !codec_is_utf8(str_make(s.p, n))) {
    *character = PLAIN_BROKEN;
    return 1;
  }
  uint32_t c = n == 1 ? first : first & (0xFFu >> (n + 1));
  for (size_t i = 1; i < n; i++) c = c << 6 | ((unsigned char)s.p[i] & 0x3Fu);
  *character = c;
  return n;
}

bool plain_is_safe(uint32_t character) {
  for (size_t i = 0; i < sizeof plain_unsafe / sizeof *plain_unsafe; i++)
    if (character >= plain_unsafe[i].first && character <= plain_unsafe[i].last) return false;
  return true;
}

// Most of a text is ASCII that shows.
static size_t plain_run(struct str s) {
  size_t n = 0;
  while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7F) n++;
  return n;
}

static bool plain_is_blank(uint32_t c) {
  return c == '\n' || c == '\t';
}

typedef void (*plain_put)(struct buf *out, uint32_t unsafe);

static void plain_walk(struct buf *out, struct str text, plain_put put) {
  uint32_t c;
  for (size_t n; text.n; text = str_from(text, n)) {
    n = plain_run(text);
    bool safe = n > 0;
    if (!safe) n = plain_next(text, &c), safe = plain_is_safe(c);
    if (safe)
      buf_add(out, str_make(text.p, n));
    else
      put(out, c);
  }
}

static void plain_put_mark(struct buf *out, uint32_t c) {
  buf_add_char(out, plain_is_blank(c) ? (char)c : '?');
}
static void plain_put_mark_line(struct buf *out, uint32_t c) {
  buf_add_char(out, plain_is_blank(c) ? ' ' : '?');
}
static void plain_put_json(struct buf *out, uint32_t c) { // outside of strings blanks mean nothing
  if (plain_is_blank(c) || c == '\r')
    buf_add_char(out, (char)c);
  else
    plain_add_escape(out, c);
}

void plain_mark(struct buf *out, struct str text) {
  plain_walk(out, text, plain_put_mark);
}
void plain_mark_line(struct buf *out, struct str text) {
  plain_walk(out, text, plain_put_mark_line);
}
void plain_json(struct buf *out, struct str json) {
  plain_walk(out, json, plain_put_json);
}

void plain_add_escape(struct buf *out, uint32_t c) {
  if (c == PLAIN_BROKEN) c = PLAIN_REPLACEMENT;
  if (c > 0xFFFF)
    buf_printf(out, "\\u%04x\\u%04x", 0xD800u + ((c - 0x10000u) >> 10), 0xDC00u + ((c - 0x10000u) & 0x3FFu));
  else
    buf_printf(out, "\\u%04x", c);
}
