// SPDX-License-Identifier: Apache-2.0
// json_scan: the inner loops over JSON strings, 16 bytes at a time where the machine can. Private to
// data/. A byte is plain when it means itself inside a string: not a quote, not a backslash, not a
// control character, not part of a multi-byte UTF-8 sequence.
#ifndef POSTERN_DATA_JSON_SCAN_H
#define POSTERN_DATA_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { JSON_SCAN_BLOCK = 16 };

static inline bool json_scan_is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

// Copies one block of 16 bytes; answers how many of them are plain before the first that is not.
// Reads and writes all 16 whatever the answer.
static inline size_t json_scan_copy_block(char *out, const char *in) {
#ifdef __SSE2__
  __m128i v = _mm_loadu_si128((const __m128i *)(const void *)in);
  _mm_storeu_si128((__m128i *)(void *)out, v);
  __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
  __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
  // Compared as signed bytes, 0x80 and above are negative: one comparison finds them and the controls.
  __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
  unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), low));
  return mask ? (size_t)__builtin_ctz(mask) : JSON_SCAN_BLOCK;
#else
  memcpy(out, in, JSON_SCAN_BLOCK);
  size_t n = 0;
  while (n < JSON_SCAN_BLOCK && json_scan_is_plain((unsigned char)in[n])) n++;
  return n;
#endif
}

// Length of the well-formed multi-byte UTF-8 sequence at p (RFC 3629 §4); 0 where it is none.
static inline size_t json_scan_utf8(const char *text, const char *end) {
  const unsigned char *p = (const unsigned char *)text;
  size_t left = (size_t)(end - text);
  if (left < 2 || p[0] < 0xc2 || p[0] > 0xf4) return 0;
  size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
  unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
  unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
  if (left < n || p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < n; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  return n;
}

#endif
