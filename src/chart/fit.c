// SPDX-License-Identifier: Apache-2.0
#include "chart/fit.h"

#include "base/plain.h"

enum { FIT_MARKS_MOST = 4 }; // characters without a width behind one with

struct fit_range {
  uint32_t first, last;
};

static const struct fit_range fit_none[] = {
    // marks that stand on the character before
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC},
    {0x06DF, 0x06E4}, {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x0900, 0x0902}, {0x093C, 0x093C},
    {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0x302A, 0x302D}, {0x3099, 0x309A},
    {0xFE20, 0xFE2F},
};
static const struct fit_range fit_two[] = {
    // Unicode's East Asian Wide and Fullwidth, and emoji
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x23F0, 0x23F0},
    {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},
    {0x2693, 0x2693},   {0x26A1, 0x26A1},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
    {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F265}, {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static bool fit_in(const struct fit_range *ranges, size_t count, uint32_t c) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (ranges[middle].last < c)
      low = middle + 1;
    else
      high = middle;
  }
  return low < count && ranges[low].first <= c;
}

size_t fit_character(uint32_t c) {
  if (c < 0x300) return 1;
  if (fit_in(fit_none, sizeof fit_none / sizeof *fit_none, c)) return 0;
  return fit_in(fit_two, sizeof fit_two / sizeof *fit_two, c) ? 2 : 1;
}

// What says how the character before is to look; without it that is one column everywhere.
static bool fit_is_selector(uint32_t c) {
  return c >= 0xFE00 && c <= 0xFE0F;
}

struct fit_piece {
  struct str bytes;
  size_t width;
};

// The next character as it is shown.
static struct fit_piece fit_next(struct str *rest, bool ascii) {
  uint32_t c;
  size_t n = plain_next(*rest, &c);
  struct fit_piece piece = {str_make(rest->p, n), fit_character(c)};
  *rest = str_from(*rest, n);
  if (c == '\n' || c == '\t')
    piece = (struct fit_piece){STR(" "), 1};
  else if (fit_is_selector(c))
    piece = (struct fit_piece){STR(""), 0};
  else if (ascii && c >= 0x300 && piece.width == 0)
    piece = (struct fit_piece){STR(""), 0};
  else if (!plain_is_safe(c) || (ascii && c > 0x7E))
    piece = (struct fit_piece){STR("?"), 1};
  return piece;
}

size_t fit_width(struct str s) {
  size_t width = 0;
  while (s.n) width += fit_next(&s, false).width;
  return width;
}

size_t fit_add(struct buf *out, struct str s, size_t width, bool ascii) {
  size_t used = 0, marks = 0, kept = 0, kept_at = out->n; // kept: columns that leave room for the "…"
  while (s.n) {
    struct fit_piece piece = fit_next(&s, ascii);
    if (piece.width == 0 && (used == 0 || ++marks > FIT_MARKS_MOST)) continue;
    if (used + piece.width > width) {
      if (!width) return 0;
      if (!out->full) out->n = kept_at;
      buf_add_z(out, ascii ? "~" : "…");
      return kept + 1;
    }
    buf_add(out, piece.bytes);
    used += piece.width;
    if (piece.width) marks = 0;
    if (used + 1 <= width) kept = used, kept_at = out->n;
  }
  return used;
}

void fit_pad(struct buf *out, size_t columns) {
  fit_repeat(out, " ", columns);
}

void fit_repeat(struct buf *out, const char *mark, size_t times) {
  for (; times && !out->full; times--) buf_add_z(out, mark);
}
