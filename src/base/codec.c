// SPDX-License-Identifier: Apache-2.0
#include "base/codec.h"

static const char codec_hex_digits[] = "0123456789abcdef";

void codec_hex(const void *bytes, size_t n, char *out) {
  const unsigned char *p = bytes;
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = codec_hex_digits[p[i] >> 4];
    out[2 * i + 1] = codec_hex_digits[p[i] & 15];
  }
  out[2 * n] = 0;
}

static int codec_nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool codec_unhex(struct str s, void *out, size_t n) {
  unsigned char *p = out;
  if (s.n != 2 * n) return false;
  for (size_t i = 0; i < s.n; i++)
    if (codec_nibble(s.p[i]) < 0) return false;
  for (size_t i = 0; i < n; i++)
    p[i] = (unsigned char)(codec_nibble(s.p[2 * i]) << 4 | codec_nibble(s.p[2 * i + 1]));
  return true;
}

static const char codec_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char codec_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static struct str codec_encode64(struct arena *a, struct str bytes, const char *alphabet, bool pad) {
  const unsigned char *p = (const unsigned char *)bytes.p;
  char *out = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1);
  size_t n = 0;
  for (size_t i = 0; i < bytes.n; i += 3) {
    size_t left = bytes.n - i;
    uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0u);
    out[n++] = alphabet[v >> 18];
    out[n++] = alphabet[v >> 12 & 63];
    if (left > 1)
      out[n++] = alphabet[v >> 6 & 63];
    else if (pad)
      out[n++] = '=';
    if (left > 2)
      out[n++] = alphabet[v & 63];
    else if (pad)
      out[n++] = '=';
  }
  return (struct str){out, n};
}

struct str codec_base64(struct arena *a, struct str bytes) {
  return codec_encode64(a, bytes, codec_std, true);
}
struct str codec_base64_url(struct arena *a, struct str bytes) {
  return codec_encode64(a, bytes, codec_url, false);
}

// What a digit is worth in either alphabet. Zero also stands for what is no digit: the alphabet tells.
static const unsigned char codec_worth[256] = {
    ['B'] = 1,  ['C'] = 2,  ['D'] = 3,  ['E'] = 4,  ['F'] = 5,  ['G'] = 6,  ['H'] = 7,  ['I'] = 8,
    ['J'] = 9,  ['K'] = 10, ['L'] = 11, ['M'] = 12, ['N'] = 13, ['O'] = 14, ['P'] = 15, ['Q'] = 16,
    ['R'] = 17, ['S'] = 18, ['T'] = 19, ['U'] = 20, ['V'] = 21, ['W'] = 22, ['X'] = 23, ['Y'] = 24,
    ['Z'] = 25, ['a'] = 26, ['b'] = 27, ['c'] = 28, ['d'] = 29, ['e'] = 30, ['f'] = 31, ['g'] = 32,
    ['h'] = 33, ['i'] = 34, ['j'] = 35, ['k'] = 36, ['l'] = 37, ['m'] = 38, ['n'] = 39, ['o'] = 40,
    ['p'] = 41, ['q'] = 42, ['r'] = 43, ['s'] = 44, ['t'] = 45, ['u'] = 46, ['v'] = 47, ['w'] = 48,
    ['x'] = 49, ['y'] = 50, ['z'] = 51, ['0'] = 52, ['1'] = 53, ['2'] = 54, ['3'] = 55, ['4'] = 56,
    ['5'] = 57, ['6'] = 58, ['7'] = 59, ['8'] = 60, ['9'] = 61, ['+'] = 62, ['-'] = 62, ['/'] = 63,
    ['_'] = 63};

static bool codec_decode64(struct arena *a, struct str s, const char *alphabet, struct str *bytes) {
  if (s.n % 4 == 1) return false;
  char *out = arena_alloc(a, s.n / 4 * 3 + 3);
  size_t n = 0;
  uint32_t v = 0;
  unsigned bits = 0;
  for (size_t i = 0; i < s.n; i++) {
    unsigned worth = codec_worth[(unsigned char)s.p[i]];
    if (alphabet[worth] != s.p[i]) return false;
    v = v << 6 | worth;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[n++] = (char)(v >> bits);
    v &= (1u << bits) - 1;
  }
  if (v) return false; // RFC 4648 §3.5: the unused bits must be zero
  *bytes = (struct str){out, n};
  return true;
}

bool codec_unbase64(struct arena *a, struct str s, struct str *bytes) {
  if (s.n % 4) return false;
  for (int i = 0; i < 2 && s.n && s.p[s.n - 1] == '='; i++) s.n--;
  return codec_decode64(a, s, codec_std, bytes);
}

bool codec_unbase64_url(struct arena *a, struct str s, struct str *bytes) {
  return codec_decode64(a, s, codec_url, bytes);
}

static bool codec_is_alnum(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void codec_percent(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (codec_is_alnum(c) || (c && strchr("-._~", c)))
      buf_add_char(out, (char)c);
    else
      buf_printf(out, "%%%02X", c);
  }
}

bool codec_unpercent(struct arena *a, struct str s, struct str *out) {
  char *p = arena_alloc(a, s.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] != '%') {
      p[n++] = s.p[i];
      continue;
    }
    if (!codec_unhex(i + 2 < s.n ? str_make(s.p + i + 1, 2) : str_from(s, i + 1), &p[n], 1)) return false;
    n++, i += 2;
  }
  *out = (struct str){p, n};
  return true;
}

bool codec_is_utf8(struct str s) {
  const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
  while (p < end) {
    uint64_t word;
    if (end - p >= 8) {
      memcpy(&word, p, 8);
      if (!(word & 0x8080808080808080u)) {
        p += 8;
        continue;
      }
    }
    unsigned char c = *p++;
    if (c < 0x80) continue;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (c < 0xc2 || c > 0xf4 || end - p < more) return false;
    unsigned char low = c == 0xe0   ? 0xa0
                        : c == 0xf0 ? 0x90
                                    : 0x80,
                  high = c == 0xed   ? 0x9f
                         : c == 0xf4 ? 0x8f
                                     : 0xbf;
    if (p[0] < low || p[0] > high) return false;
    for (int i = 1; i < more; i++)
      if ((p[i] & 0xc0) != 0x80) return false;
    p += more;
  }
  return true;
}

bool codec_is_token(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (!codec_is_alnum(c) && !(c && strchr("!#$%&'*+-.^_`|~", c))) return false;
  }
  return s.n > 0;
}

bool codec_is_field_value(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
  }
  return true;
}
