// SPDX-License-Identifier: Apache-2.0
// The forms of secrets, and the table of their windows: see redact.c.
#include <assert.h>
#include <ctype.h>

#include "base/mem.h"
#include "crypto/redact_private.h"
#include "crypto/redact_unit.h"
#include "crypto/secret.h"

// ---- forms

struct redact_block { // what is left of the room for the forms of one secret
  unsigned char *p;
};

static bool redact_is_number(const unsigned char *p, size_t n) {
  while (n && isdigit(p[n - 1])) n--;
  return n == 0;
}

static void redact_add_form(struct redact *r, struct redact_block *b, size_t n, size_t open, bool words) {
  unsigned char *p = b->p;
  if (open > REDACT_OPEN_MOST) open = REDACT_OPEN_MOST;
  size_t least = open + REDACT_PIECE < n ? open + REDACT_PIECE : n;
  if (n < REDACT_LEAST || (n < REDACT_SHORT && redact_is_number(p, n))) return;
  for (size_t i = 0; i < r->form_count; i++)
    if (r->forms[i].n == n && memcmp(r->forms[i].p, p, n) == 0) return;
  r->begins[p[0]] = true;
  r->forms[r->form_count++] =
      (struct redact_form){p, (uint32_t)n, (uint32_t)least, words && n < REDACT_WORDS};
  b->p += n;
}

// A secret may look like an escape itself, and comes out by how much of it is escaped in turn.
enum redact_reading {
  REDACT_BEHIND,        // "a \\n%41" as "a a": nothing is
  REDACT_IN_FORM,       // as "a+a": in a form of HTML
  REDACT_LETTERS,       // as "a n%41": backslash and percent are
  REDACT_TO_THE_LETTER, // for the second reading of a text
  REDACT_READINGS
};

static size_t redact_read(struct str text, enum redact_reading as, unsigned char *out) {
  size_t n = 0;
  for (size_t at = 0; at < text.n;) {
    unsigned char c = (unsigned char)text.p[at];
    if (as <= REDACT_IN_FORM && redact_begins(c))
      n += redact_unit(text, &at, out + n);
    else if (at++, c != '\n' && c != '\r' && (c != '\\' || as != REDACT_LETTERS))
      out[n++] = redact_fold(c == ' ' && as == REDACT_IN_FORM ? '+' : c);
  }
  return n;
}

static void redact_add_literal(struct redact *r, struct redact_block *b, struct str text, size_t open) {
  for (enum redact_reading as = REDACT_BEHIND; as < REDACT_READINGS; as++) {
    size_t start = redact_read(str_make(text.p, open), as, b->p);
    redact_add_form(r, b, redact_read(text, as, b->p), start, true);
  }
}

// As base64 has it where `before` bytes modulo 3 stand before: the characters that are made of it alone.
static void redact_add_base64(struct redact *r, struct redact_block *b, struct str text, size_t open,
                              size_t before, const char *ends) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  size_t first = (before * 8 + 5) / 6, end = (before + text.n) * 8 / 6, n = 0;
  size_t start = ((before + open) * 8 + 5) / 6 - first;
  for (size_t k = first; k < end; k++) {
    size_t bit = k * 6 - before * 8, byte = bit / 8;
    unsigned two = (unsigned)(unsigned char)text.p[byte] << 8;
    if (byte + 1 < text.n) two |= (unsigned char)text.p[byte + 1];
    unsigned digit = two >> (10 - bit % 8) & 63;
    b->p[n++] = redact_fold((unsigned char)(digit < 62 ? digits[digit] : ends[digit - 62]));
  }
  redact_add_form(r, b, n, start, false);
}

static void redact_add_hex(struct redact *r, struct redact_block *b, struct str text, size_t open) {
  for (size_t i = 0; i < text.n; i++) {
    b->p[2 * i] = (unsigned char)"0123456789abcdef"[(unsigned char)text.p[i] >> 4];
    b->p[2 * i + 1] = (unsigned char)"0123456789abcdef"[text.p[i] & 15];
  }
  redact_add_form(r, b, 2 * text.n, 2 * open, false);
}

static bool redact_is_unreserved(char c) { // RFC 3986 §2.3
  return isalnum((unsigned char)c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// "user:password" of OAuth is percent-encoded before it is base64 (RFC 6749 §2.3.1).
static size_t redact_percent(struct str text, char *out) {
  size_t n = 0;
  for (size_t i = 0; i < text.n; i++) {
    unsigned char c = (unsigned char)text.p[i];
    if (!redact_is_unreserved(text.p[i])) {
      out[n++] = '%';
      out[n++] = "0123456789ABCDEF"[c >> 4];
      c = (unsigned char)"0123456789ABCDEF"[c & 15];
    }
    out[n++] = (char)c;
  }
  return n;
}

// A signed token begins with what many have: its header (RFC 7515 §3.1).
static size_t redact_open(const struct redact_part *part, struct str text) {
  ptrdiff_t dot = str_starts(text, "eyJ") ? str_find(text, '.') : -1;
  size_t open = part->open < text.n ? part->open : text.n;
  if (dot >= 0 && (size_t)dot + 1 > open) open = (size_t)dot + 1;
  return open;
}

static void redact_add_part(struct redact *r, const struct redact_part *part) {
  struct str text = part->text;
  if (text.n < REDACT_LEAST) return;
  if (text.n > REDACT_TEXT_MOST) text.n = REDACT_TEXT_MOST;
  for (size_t i = 0; i < text.n; i++) r->twice |= redact_begins((unsigned char)text.p[i]);
  char *room, *coded;
  size_t open = redact_open(part, text);
  struct secret *percent = secret_make(3 * text.n, &coded);
  size_t coded_open = redact_percent(str_make(text.p, open), coded), coded_n = redact_percent(text, coded);
  size_t base64 = 6 * (text.n + coded_n + 6) * 4 / 3;
  struct secret *ample = secret_make(REDACT_READINGS * text.n + 2 * text.n + base64, &room);
  struct redact_block b = {(unsigned char *)room};
  size_t before = r->form_count;
  redact_add_literal(r, &b, text, open);
  if (text.n >= REDACT_SHORT) redact_add_hex(r, &b, text, open);
  for (size_t i = 0; i < 6 && text.n >= REDACT_SHORT; i++) { // RFC 4648 §4 and §5
    redact_add_base64(r, &b, text, open, i / 2, i % 2 ? "-_" : "+/");
    if (coded_n > text.n)
      redact_add_base64(r, &b, str_make(coded, coded_n), coded_open, i / 2, i % 2 ? "-_" : "+/");
  }
  secret_free(percent);
  // What is kept has but the room that it needs.
  struct secret *kept = secret_new(str_make(room, (size_t)(b.p - (unsigned char *)room)));
  const unsigned char *base = (const unsigned char *)secret_reveal(kept).p;
  for (size_t i = before; i < r->form_count; i++)
    r->forms[i].p = base + (r->forms[i].p - (unsigned char *)room);
  r->blocks[r->block_count++] = kept;
  secret_free(ample);
}

// ---- windows

static size_t redact_span(const struct redact_form *f) {
  return f->least < REDACT_PIECE ? f->least : REDACT_PIECE;
}

static void redact_put(struct redact *r, size_t form, size_t at) {
  uint64_t last = redact_last(r->forms[form].p + at + r->window, r->window);
  size_t i = redact_hash(redact_key(last, r->window)) & r->slot_mask;
  while (r->slots[i].form) i = (i + 1) & r->slot_mask;
  r->slots[i] = (struct redact_slot){(uint16_t)(form + 1), (uint16_t)at};
}

static void redact_index(struct redact *r) {
  size_t least = REDACT_PIECE, windows = 0, slots = 16;
  for (size_t i = 0; i < r->form_count; i++)
    if (redact_span(&r->forms[i]) < least) least = redact_span(&r->forms[i]);
  r->window = least < REDACT_WINDOW ? (unsigned)least : REDACT_WINDOW;
  r->step = (unsigned)least - r->window + 1;
  for (size_t i = 0; i < r->form_count; i++) windows += redact_span(&r->forms[i]) - r->window + 1;
  while (slots < windows * REDACT_SPARSE) slots *= 2;
  r->slot_mask = slots - 1;
  r->slots = mem_array(slots, sizeof *r->slots);
  for (size_t i = 0; i < r->form_count; i++)
    for (size_t at = r->forms[i].least - redact_span(&r->forms[i]); at + r->window <= r->forms[i].least; at++)
      redact_put(r, i, at);
}

struct redact *redact_new(const struct redact_part *parts, size_t count, struct redact *also) {
  struct redact *r = MEM_NEW(struct redact);
  struct redact_form forms[REDACT_FORMS_MOST];
  assert(count <= REDACT_PARTS_MOST);
  atomic_init(&r->refs, 1);
  r->forms = forms;
  for (size_t i = 0; i < count; i++) redact_add_part(r, &parts[i]);
  r->forms = NULL;
  if (!r->form_count) {
    redact_unref(r);
    return redact_ref(also);
  }
  r->forms = mem_array(r->form_count, sizeof *forms);
  memcpy(r->forms, forms, r->form_count * sizeof *forms);
  r->also = redact_ref(also);
  redact_index(r);
  return r;
}
