// SPDX-License-Identifier: Apache-2.0
#include "base/decode.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/codec.h"

#define DECODE_REPLACEMENT "\xef\xbf\xbd"
#define DECODE_MARK "\xef\xbb\xbf"
enum { DECODE_NAME_MOST = 32, DECODE_CHUNK = 16 * 1024 };

// ---- charsets

static bool decode_name(struct str charset, char out[DECODE_NAME_MOST + 1]) {
  charset = str_trim(charset);
  if (charset.n > 1 && charset.p[0] == '"' && charset.p[charset.n - 1] == '"')
    charset = str_make(charset.p + 1, charset.n - 2);
  if (!charset.n || charset.n > DECODE_NAME_MOST) return false;
  for (size_t i = 0; i < charset.n; i++) {
    char c = charset.p[i];
    if (!isalnum((unsigned char)c) && c != '-' && c != '_' && c != '.' && c != ':') return false;
    out[i] = (char)tolower((unsigned char)c);
  }
  out[charset.n] = 0;
  static const char *const latin[] = {"iso-8859-1", "latin1", "us-ascii", "ascii"};
  for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
    if (strcmp(out, latin[i]) == 0) memcpy(out, "windows-1252", sizeof "windows-1252");
  return true;
}

static bool decode_run(iconv_t with, struct str text, struct buf *out) {
  char room[DECODE_CHUNK], *in = (char *)(uintptr_t)text.p;
  size_t left = text.n;
  while (left && !out->full) {
    char *to = room;
    size_t space = sizeof room;
    bool done = iconv(with, &in, &left, &to, &space) != (size_t)-1;
    int why = errno;
    buf_add(out, str_make(room, sizeof room - space));
    if (done || why == E2BIG) continue;
    buf_add_z(out, DECODE_REPLACEMENT);
    if (why == EINVAL) break; // the end, in the middle of a character
    in++, left--;
  }
  return !out->full;
}

bool decode_charset(struct str charset, struct str text, struct buf *out) {
  char name[DECODE_NAME_MOST + 1];
  if (!decode_name(charset, name)) return false;
  iconv_t with = iconv_open("UTF-8", name);
  if (with == (iconv_t)-1 && strcmp(name, "windows-1252") == 0) with = iconv_open("UTF-8", "ISO-8859-1");
  if (with == (iconv_t)-1) return false;
  bool ok = decode_run(with, text, out);
  iconv_close(with);
  return ok;
}

// ---- JSON

struct str decode_skip_mark(struct str text) {
  return str_starts(text, DECODE_MARK) ? str_from(text, sizeof DECODE_MARK - 1) : text;
}

// The code unit of "\ud83d" at p; -1: it is no such escape.
static int decode_unit(const char *p, const char *end) {
  int unit = 0;
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
  for (int i = 2; i < 6; i++) {
    if (!isxdigit((unsigned char)p[i])) return -1;
    unit = unit << 4 | (isdigit((unsigned char)p[i]) ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
  }
  return unit;
}

// How many bytes the escape at p has; *lone: it is half a pair.
static size_t decode_escape(const char *p, const char *end, bool *lone) {
  int unit = decode_unit(p, end);
  *lone = unit >= 0xdc00 && unit < 0xe000;
  if (unit < 0) return end - p < 2 || (unsigned char)p[1] >= 0x80 ? 1 : 2;
  if (unit < 0xd800 || unit >= 0xdc00) return 6;
  int low = decode_unit(p + 6, end);
  *lone = low < 0xdc00 || low >= 0xe000;
  return *lone ? 6 : 12;
}

static bool decode_has_lone(struct str text) {
  const char *p = text.p, *end = text.p + text.n;
  bool lone = false;
  while (!lone && p < end && (p = memchr(p, '\\', (size_t)(end - p)))) p += decode_escape(p, end, &lone);
  return lone;
}

// Of the UTF-8 character at p; 0: it is none.
static size_t decode_character(const char *p, const char *end) {
  for (size_t n = 1; n <= 4 && n <= (size_t)(end - p); n++)
    if (codec_is_utf8(str_make(p, n))) return n;
  return 0;
}

struct decode_json {
  const char *p, *end;
  enum decode what;
  bool in_string, mended;
  struct buf *out;
};

static void decode_put(struct decode_json *d, size_t n) {
  buf_add(d->out, str_make(d->p, n));
  d->p += n;
}

static void decode_mend(struct decode_json *d, const char *with, size_t n) {
  buf_add_z(d->out, with);
  d->p += n;
  d->mended = true;
}

static void decode_step(struct decode_json *d) {
  unsigned char c = (unsigned char)*d->p;
  bool lone;
  if (c == '\\') {
    size_t n = decode_escape(d->p, d->end, &lone);
    if (lone)
      decode_mend(d, DECODE_REPLACEMENT, n);
    else
      decode_put(d, n);
  } else if (c >= 0x80) {
    size_t n = decode_character(d->p, d->end);
    if (n || d->what != DECODE_ALL)
      decode_put(d, n ? n : 1);
    else
      decode_mend(d, DECODE_REPLACEMENT, 1);
  } else if (c < ' ' && d->in_string && d->what == DECODE_ALL) {
    char escape[8] = "\\u00";
    codec_hex(&c, 1, escape + 4);
    decode_mend(d, escape, 1);
  } else {
    d->in_string ^= c == '"';
    decode_put(d, 1);
  }
}

bool decode_json(struct str text, enum decode what, struct buf *out) {
  struct str plain = decode_skip_mark(text);
  struct decode_json d = {.p = plain.p, .end = plain.p + plain.n, .what = what, .out = out};
  d.mended = plain.n < text.n;
  size_t room = plain.n + 64 < out->max ? plain.n + 64 : plain.n;
  if (room <= out->max && !buf_room(out, room)) return false; // in one piece, as far as it goes
  while (d.p < d.end && !out->full) {
    size_t n = 0; // plain characters in one piece
    while (d.p + n < d.end && (unsigned char)d.p[n] >= ' ' && (unsigned char)d.p[n] < 0x80 && d.p[n] != '"' &&
           d.p[n] != '\\')
      n++;
    if (n)
      decode_put(&d, n);
    else
      decode_step(&d);
  }
  return d.mended && !out->full;
}

// ---- bodies

static struct str decode_parameter(struct str content_type, const char *name) {
  size_t n = strlen(name);
  struct str item;
  for (struct str rest = content_type; str_cut(&rest, ';', &item);) {
    item = str_trim(item);
    if (item.n > n && item.p[n] == '=' && str_is_nocase(str_make(item.p, n), name))
      return str_from(item, n + 1);
  }
  return STR_NONE;
}

// By its mark, or by where the zeros are (JSON begins with two characters of ASCII); empty: UTF-8.
static struct str decode_guess(struct str text) {
  if (text.n < 4) return STR_NONE;
  const unsigned char *p = (const unsigned char *)text.p;
  if (p[0] == 0xff && p[1] == 0xfe && !p[2] && !p[3]) return STR("utf-32");
  if ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)) return STR("utf-16");
  if (!p[1] && !p[2] && !p[3]) return STR("utf-32le");
  if (!p[0] && !p[1] && !p[2]) return STR("utf-32be");
  if (!p[1] && !p[3]) return STR("utf-16le");
  return !p[0] && !p[2] ? STR("utf-16be") : STR_NONE;
}

// Text behind the one object or array that was promised: a remark of the server's, a warning. Not what may be data.
static struct str decode_without_remark(struct str text) {
  struct str all = str_trim(text);
  size_t depth = 0, i = 0;
  bool in_string = false;
  if (all.n < 2 || (all.p[0] != '{' && all.p[0] != '[') || all.p[all.n - 1] == (all.p[0] == '{' ? '}' : ']'))
    return text;
  do {
    char c = all.p[i++];
    if (in_string && c == '\\')
      i++;
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && (c == '{' || c == '['))
      depth++;
    else if (!in_string && (c == '}' || c == ']'))
      depth--;
  } while (depth && i < all.n);
  struct str rest = str_trim(str_from(all, i < all.n ? i : all.n));
  bool data = rest.n && (strchr("{[\"-tfn", rest.p[0]) || isdigit((unsigned char)rest.p[0]));
  return depth || !rest.n || data ? text : str_make(all.p, i);
}

static bool decode_is_utf8_name(struct str charset) {
  char name[DECODE_NAME_MOST + 1];
  return decode_name(charset, name) && (strcmp(name, "utf-8") == 0 || strcmp(name, "utf8") == 0);
}

static void decode_replace(struct buf *body, struct buf *with, bool good) {
  bool full = body->full, starved = body->starved;
  size_t more = with->n > body->n ? with->n - body->n : 0;
  if (good && (!more || buf_room(body, more))) {
    memcpy(body->p, with->p, with->n);
    body->n = with->n;
  }
  body->full = full;
  body->starved = starved;
  if (with->p) explicit_bzero(with->p, with->cap); // it may hold tokens
  buf_free(with);
}

void decode_body(struct str content_type, struct buf *body) {
  ptrdiff_t semicolon = str_find(content_type, ';');
  struct str type = str_trim(semicolon < 0 ? content_type : str_make(content_type.p, (size_t)semicolon));
  struct str charset = decode_parameter(content_type, "charset");
  bool json = str_is_nocase(type, "application/json") ||
              (type.n > 5 && str_is_nocase(str_from(type, type.n - 5), "+json")) ||
              str_is_nocase(type, "text/json") || str_is_nocase(type, "application/json-rpc") ||
              str_is_nocase(type, "application/jsonrpc");
  if (!body->n || !(json || charset.n)) return;
  struct str guess = json ? decode_guess(buf_str(body)) : STR_NONE;
  bool foreign = guess.n || (charset.n && !decode_is_utf8_name(charset) && !codec_is_utf8(buf_str(body)));
  if (foreign) {
    struct buf decoded = BUF_MAX(body->max);
    bool ok = decode_charset(guess.n ? guess : charset, buf_str(body), &decoded);
    decode_replace(body, &decoded, ok);
  }
  if (!json) return;
  struct str text = decode_without_remark(buf_str(body));
  if (text.n < body->n && text.p == body->p) body->n = text.n;
  text = buf_str(body);
  if ((decode_skip_mark(text).n == text.n && codec_is_utf8(text) && !decode_has_lone(text))) return;
  struct buf mended = BUF_MAX(body->max);
  bool ok = decode_json(text, DECODE_ALL, &mended);
  decode_replace(body, &mended, ok);
}
