// SPDX-License-Identifier: Apache-2.0
// A state machine over the text, without recursion and without a tree: the open containers are one
// bit each (object or array). Room is asked for FORWARD_STEP bytes ahead; no single step writes more.
#include <assert.h>

#include "data/json.h"
#include "data/json_scan.h"

enum { FORWARD_DEPTH_CEILING = 512, FORWARD_STEP = 64, FORWARD_CHUNK = 32 * 1024 };

struct forward {
  const char *start, *p, *end;
  char *o, *o_end;
  struct buf *out;
  struct err *err;
  size_t depth, depth_most;
  uint64_t objects[FORWARD_DEPTH_CEILING / 64];
};

static bool forward_fail(struct forward *f, const char *p, const char *what) {
  f->p = p;
  return err_set(f->err, ERR_INVALID, "not valid JSON: %s at byte %zu", what, (size_t)(p - f->start));
}

// Tells the buffer what was written and asks for as much as the rest can need, a chunk at most. The
// last FORWARD_STEP bytes below the buffer's maximum may stay unused.
static bool forward_grow(struct forward *f) {
  struct buf *b = f->out;
  if (f->o) b->n = (size_t)(f->o - b->p);
  size_t want = 2 * (size_t)(f->end - f->p) + 2 * FORWARD_STEP;
  if (want > FORWARD_CHUNK) want = FORWARD_CHUNK;
  if (want > b->max - b->n) want = b->max - b->n;
  char *room = want < FORWARD_STEP ? NULL : buf_room(b, want);
  if (!room) {
    b->full = true;
    return err_set(f->err, ERR_LIMIT, "the JSON does not fit into %zu bytes", b->max);
  }
  f->o = room;
  f->o_end = room + want;
  return true;
}

static inline bool forward_room(struct forward *f) {
  return f->o_end - f->o >= FORWARD_STEP || forward_grow(f);
}

// Skips white space, which carries no meaning (RFC 8259 §2). 0 at the end of the text.
static inline char forward_peek(struct forward *f) {
  const char *p = f->p, *end = f->end;
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
  f->p = p;
  return p < end ? *p : 0;
}

static inline void forward_put(struct forward *f, char c) {
  *f->o++ = c;
  f->p++;
}

// The code unit of an escape with four digits ("\u00e9") at p, or -1.
static int forward_unit(const char *p, const char *end) {
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
  int unit = 0;
  for (int i = 2; i < 6; i++) {
    char c = p[i];
    int digit = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
    if (digit < 0) return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

// One escape (RFC 8259 §7), surrogates in pairs only; writes at most 14 bytes. 0: it is not one.
static size_t forward_escape(const char *p, const char *end, char **out) {
  char *o = *out;
  size_t n = 2;
  if (end - p < 2 || !p[1]) return 0;
  *o++ = '\\', *o++ = '\\';
  if (p[1] == '"' || p[1] == '\\') {
    *o++ = '\\', *o++ = p[1];
  } else if (strchr("/bfnrt", p[1])) {
    *o++ = p[1];
  } else {
    int unit = forward_unit(p, end);
    if (unit < 0 || (unit >= 0xdc00 && unit < 0xe000)) return 0;
    n = 6;
    memcpy(o, p + 1, 5), o += 5;
    if (unit >= 0xd800 && unit < 0xdc00) {
      int low = forward_unit(p + 6, end);
      if (low < 0xdc00 || low >= 0xe000) return 0;
      n = 12;
      *o++ = '\\';
      memcpy(o, p + 6, 6), o += 6;
    }
  }
  *out = o;
  return n;
}

// A string from its quote on. Works on local copies of the cursors: a store through a char pointer
// would make the compiler read them again from memory each time.
static bool forward_string(struct forward *f) {
  const char *p = f->p + 1, *end = f->end;
  char *o = f->o;
  *o++ = '\\', *o++ = '"';
  for (;;) {
    if (f->o_end - o < FORWARD_STEP) {
      f->p = p, f->o = o;
      if (!forward_grow(f)) return false;
      o = f->o;
    }
    if (end - p >= JSON_SCAN_BLOCK) {
      size_t n = json_scan_copy_block(o, p);
      p += n, o += n;
      if (n == JSON_SCAN_BLOCK) continue;
    } else {
      while (p < end && json_scan_is_plain((unsigned char)*p)) *o++ = *p++;
      if (p == end) return forward_fail(f, p, "unclosed string");
    }
    unsigned char c = (unsigned char)*p;
    if (c == '"') break;
    if (c < 0x20) return forward_fail(f, p, "control character in a string");
    if (c == '\\') {
      size_t n = forward_escape(p, end, &o);
      if (n == 0) return forward_fail(f, p, "invalid escape");
      p += n;
      continue;
    }
    // Text in other scripts comes in runs; a few characters each round stay within the step.
    for (int i = 0; i < 8 && p < end && (unsigned char)*p >= 0x80; i++) {
      size_t n = json_scan_utf8(p, end);
      if (n == 0) return forward_fail(f, p, "invalid UTF-8");
      memcpy(o, p, n);
      p += n, o += n;
    }
  }
  *o++ = '\\', *o++ = '"';
  f->p = p + 1, f->o = o;
  return true;
}

static inline const char *forward_digits(const char *p, const char *end) {
  while (p < end && *p >= '0' && *p <= '9') p++;
  return p;
}

// RFC 8259 §6, copied as it stands.
static bool forward_number(struct forward *f) {
  const char *p = f->p, *end = f->end, *from;
  if (*p == '-') p++;
  from = p;
  p = p < end && *p == '0' ? p + 1 : forward_digits(p, end);
  if (p == from) return forward_fail(f, p, "invalid number");
  if (p < end && *p == '.') {
    from = p + 1;
    if ((p = forward_digits(from, end)) == from)
      return forward_fail(f, p, "no digit after the decimal point");
  }
  if (p < end && (*p | 32) == 'e') {
    from = p + 1;
    if (from < end && (*from == '+' || *from == '-')) from++;
    if ((p = forward_digits(from, end)) == from) return forward_fail(f, p, "no digit in the exponent");
  }
  while (f->p < p) {
    size_t n = (size_t)(p - f->p) < FORWARD_STEP ? (size_t)(p - f->p) : FORWARD_STEP;
    if (!forward_room(f)) return false;
    memcpy(f->o, f->p, n);
    f->o += n, f->p += n;
  }
  return true;
}

static bool forward_word(struct forward *f) {
  static const struct str words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
  for (size_t i = 0; i < 3; i++) {
    size_t n = words[i].n;
    if ((size_t)(f->end - f->p) < n || memcmp(f->p, words[i].p, n) != 0) continue;
    memcpy(f->o, words[i].p, n);
    f->o += n, f->p += n;
    return true;
  }
  return forward_fail(f, f->p, f->p == f->end ? "the text ends too early" : "unexpected character");
}

static bool forward_open(struct forward *f, bool object) {
  if (f->depth == f->depth_most)
    return err_set(f->err, ERR_LIMIT, "the JSON is nested deeper than %zu levels", f->depth_most);
  uint64_t bit = (uint64_t)1 << (f->depth % 64);
  uint64_t *word = &f->objects[f->depth / 64];
  *word = object ? *word | bit : *word & ~bit;
  f->depth++;
  forward_put(f, object ? '{' : '[');
  return true;
}

static inline bool forward_in_object(const struct forward *f) {
  return f->objects[(f->depth - 1) / 64] >> ((f->depth - 1) % 64) & 1;
}

static bool forward_key(struct forward *f) {
  if (forward_peek(f) != '"') return forward_fail(f, f->p, "expected a key");
  if (!forward_string(f)) return false;
  if (forward_peek(f) != ':') return forward_fail(f, f->p, "expected ':'");
  if (!forward_room(f)) return false;
  forward_put(f, ':');
  return true;
}

static bool forward_scalar(struct forward *f, char c) {
  if (c == '"') return forward_string(f);
  return c == '-' || (c >= '0' && c <= '9') ? forward_number(f) : forward_word(f);
}

static bool forward_document(struct forward *f) {
  for (;;) { // each round reads one value, and after it what closes or goes on
    char c = forward_peek(f);
    bool opened = c == '{' || c == '[';
    if (!forward_room(f)) return false;
    if (opened ? !forward_open(f, c == '{') : !forward_scalar(f, c)) return false;
    for (;;) {
      c = forward_peek(f);
      if (f->depth == 0)
        return c == 0 && f->p == f->end ? true : forward_fail(f, f->p, "text after the value");
      if (!forward_room(f)) return false;
      bool object = forward_in_object(f);
      if (c == (object ? '}' : ']')) {
        f->depth--;
        opened = false;
        forward_put(f, c);
        continue;
      }
      if (!opened) {
        if (c != ',') return forward_fail(f, f->p, object ? "expected ',' or '}'" : "expected ',' or ']'");
        forward_put(f, ',');
      }
      if (object && !forward_key(f)) return false;
      break;
    }
  }
}

bool json_forward(struct buf *out, struct str text, size_t depth_most, struct err *err) {
  assert(depth_most <= FORWARD_DEPTH_CEILING);
  struct forward f = {
      .start = text.p, .p = text.p, .end = text.p + text.n, .out = out, .err = err, .depth_most = depth_most};
  if (text.n == 0) return err_set(err, ERR_INVALID, "not valid JSON: the text is empty");
  bool ok = forward_document(&f);
  if (f.o) out->n = (size_t)(f.o - out->p);
  return ok;
}
