// SPDX-License-Identifier: Apache-2.0
// A text comes by as units (redact_unit.h). At every few bytes the last ones, a window, are looked up in a
// table of those that end the shortest beginning of a form that counts: no such beginning passes without one
// of them. Then the form is compared from its start, to which a mark leads back. Text with
// escapes is read a second time to the letter where these took letters: what stands beside a secret may make
// an escape of its first or last ones.
#include "crypto/redact.h"

#include <assert.h>
#include <ctype.h>

#include "base/mem.h"
#include "crypto/redact_private.h"
#include "crypto/redact_unit.h"
#include "crypto/secret.h"

enum {
  SCAN_MARKS = 32, // remembered
  SCAN_MARK = 64,  // bytes from one to the next, at least
  SCAN_RUN = 256,  // and hardly more
};
static_assert(SCAN_MARKS * SCAN_MARK > REDACT_OPEN_MOST + REDACT_PIECE + 2 * SCAN_MARK, "a way back");

struct scan_reader {
  struct str text;
  size_t at;
  bool literal;
};

struct scan_mark {
  size_t count, at; // bytes that came out before it; where it is in the text
};

struct scan_hits {
  struct scan_hit {
    size_t from, to;
  } * items;
  size_t count, cap;
};

struct scan {
  const struct redact *r;
  struct scan_reader in;
  struct scan_mark marks[SCAN_MARKS];
  size_t mark_count, next_mark;
  size_t count, due;              // bytes so far; at which the next window is looked at
  uint64_t last;                  // of them, the newest on top
  bool doubtful;                  // letters went into escapes
  bool found;                     // then `ends` counts
  size_t ends[REDACT_FORMS_MOST]; // of the last find of each form: it is not looked for within itself
  struct scan_hits *hits;
};

static size_t scan_unit(struct scan_reader *in, unsigned char out[REDACT_UNIT_MOST]) {
  if (!in->literal) return redact_unit(in->text, &in->at, out);
  unsigned char c = (unsigned char)in->text.p[in->at++];
  out[0] = redact_fold(c);
  return c != '\n' && c != '\r';
}

// ---- hits

// Windows come in their order, so a hit ends behind the start of each that was found before it.
static void scan_hit(struct scan_hits *h, size_t from, size_t to) {
  while (h->count && h->items[h->count - 1].to >= from) {
    struct scan_hit *last = &h->items[--h->count];
    if (last->from < from) from = last->from;
    if (last->to > to) to = last->to;
  }
  if (h->count == h->cap) {
    h->cap = h->cap ? h->cap * 2 : 8;
    h->items = mem_resize(h->items, h->cap * sizeof *h->items);
  }
  h->items[h->count++] = (struct scan_hit){from, to};
}

// Digits may be a number of JSON.
static size_t scan_word(const char *text, struct scan_hit hit, char *out) {
  size_t n = hit.to - hit.from, digits = 0;
  while (digits < n && isdigit((unsigned char)text[hit.from + digits])) digits++;
  if (digits < n && n >= sizeof REDACT_WORD - 1) {
    memcpy(out, REDACT_WORD, sizeof REDACT_WORD - 1);
    return sizeof REDACT_WORD - 1;
  }
  memset(out, digits < n ? '*' : '1', n);
  return n;
}

static size_t scan_rewrite(const struct scan_hits *h, char *text, size_t n) {
  size_t out = 0, from = 0;
  if (!h->count) return n;
  for (size_t i = 0; i < h->count; i++) {
    struct scan_hit hit = h->items[i];
    memmove(text + out, text + from, hit.from - from);
    out += hit.from - from;
    out += scan_word(text, hit, text + out); // never longer than what it stands for
    from = hit.to;
  }
  memmove(text + out, text + from, n - from);
  return out + n - from;
}

// ---- comparing

static bool scan_is_word(const struct scan_reader *in, unsigned char before) {
  struct scan_reader next = *in;
  unsigned char out[REDACT_UNIT_MOST];
  bool alone = next.at == next.text.n || !scan_unit(&next, out) || !isalnum(out[0]);
  return alone && !isalnum(before);
}

// To where `start` bytes have come out; the one before it into `*before`. False: in the middle of a unit.
static bool scan_go_to(const struct scan *s, size_t start, struct scan_reader *in, unsigned char *before) {
  unsigned char out[REDACT_UNIT_MOST];
  size_t k = s->mark_count, oldest = k > SCAN_MARKS ? k - SCAN_MARKS : 0;
  while (k > oldest + 1 && s->marks[(k - 1) % SCAN_MARKS].count >= start) k--;
  const struct scan_mark *mark = &s->marks[(k - 1) % SCAN_MARKS];
  size_t count = mark->count, at, n;
  *in = s->in;
  in->at = at = mark->at;
  *before = 0;
  while (in->at < in->text.n) {
    at = in->at;
    n = scan_unit(in, out);
    if (count >= start && n) break; // what came out as nothing is none of it
    count += n;
    if (n) *before = out[n - 1];
  }
  in->at = at;
  return count == start;
}

static void scan_compare(struct scan *s, size_t form, size_t at) {
  const struct redact_form *f = &s->r->forms[form];
  struct scan_reader in;
  unsigned char out[REDACT_UNIT_MOST], before;
  size_t start = s->count - s->r->window - at, n = 0;
  if (s->count < s->r->window + at || (s->found && start < s->ends[form]) ||
      !scan_go_to(s, start, &in, &before))
    return;
  size_t from = in.at, to = in.at;
  while (n < f->n && in.at < in.text.n) {
    size_t k = scan_unit(&in, out);
    if (k > f->n - n || memcmp(f->p + n, out, k) != 0) break;
    n += k;
    if (k) to = in.at;
  }
  in.at = to;
  if (n < f->least || (f->words && !scan_is_word(&in, before))) return;
  if (!s->found) memset(s->ends, 0, s->r->form_count * sizeof *s->ends);
  s->found = true;
  s->ends[form] = start + n;
  scan_hit(s->hits, from, to);
}

static void scan_look(struct scan *s) {
  const struct redact *r = s->r;
  uint64_t key = redact_key(s->last, r->window);
  for (size_t i = redact_hash(key) & r->slot_mask; r->slots[i].form; i = (i + 1) & r->slot_mask) {
    size_t form = r->slots[i].form - 1u;
    uint64_t last = redact_last(r->forms[form].p + r->slots[i].at + r->window, r->window);
    if (redact_key(last, r->window) == key) scan_compare(s, form, r->slots[i].at);
  }
}

// ---- reading

static void scan_mark(struct scan *s, size_t at) {
  if (s->count < s->next_mark) return;
  s->marks[s->mark_count++ % SCAN_MARKS] = (struct scan_mark){s->count, at};
  s->next_mark = s->count + SCAN_MARK;
}

static void scan_push(struct scan *s, unsigned char c) {
  s->last = s->last >> 8 | (uint64_t)c << 56;
  if (++s->count != s->due) return;
  scan_look(s);
  s->due += s->r->step;
}

// Did it take letters or digits that may have been a secret's? Of a lone "\n" the one letter tells.
static bool scan_is_doubtful(const struct redact *r, struct str unit) {
  if (unit.n == 2 && unit.p[0] == '\\') return r->begins[redact_fold((unsigned char)unit.p[1])];
  for (size_t i = 1; i < unit.n; i++)
    if (isalnum((unsigned char)unit.p[i])) return true;
  return false;
}

static void scan_escape(struct scan *s) {
  unsigned char out[REDACT_UNIT_MOST];
  size_t at = s->in.at, n = scan_unit(&s->in, out);
  s->doubtful |= scan_is_doubtful(s->r, str_make(s->in.text.p + at, s->in.at - at));
  for (size_t i = 0; i < n; i++) scan_push(s, out[i]);
}

// How many bytes come before the next that begins an escape. By the block: most texts have few.
static size_t scan_plain(const unsigned char *p, size_t n) {
  typedef unsigned char block __attribute__((vector_size(16)));
  size_t i = 0;
  for (; n - i >= sizeof(block); i += sizeof(block)) {
    block b;
    uint64_t any[2];
    memcpy(&b, p + i, sizeof b);
    b = (block)((b == '\\') | (b == '%') | (b == '&') | (b == '\n') | (b == '\r'));
    memcpy(any, &b, sizeof any);
    if (any[0] | any[1]) break;
  }
  while (i < n && !redact_begins(p[i])) i++;
  return i;
}

// Nearly all of a text passes here: of what is plain, nothing but the windows is looked at.
static void scan_run(struct scan *s, size_t n) {
  const unsigned char *p = (const unsigned char *)s->in.text.p + s->in.at;
  const struct redact *r = s->r;
  size_t start = s->count, i = 0;
  for (; i < n && i < sizeof s->last; i++) scan_push(s, redact_fold(p[i])); // windows with what came before
  for (; s->due <= start + n; s->due += r->step) {
    s->last = redact_folded(p + (s->due - start));
    if (!r->slots[redact_hash(redact_key(s->last, r->window)) & r->slot_mask].form) continue;
    s->count = s->due;
    scan_look(s);
  }
  if (i < n) s->last = redact_folded(p + n);
  s->count = start + n;
  s->in.at += n;
}

static bool scan_text(const struct redact *r, struct str text, bool literal, struct scan_hits *hits) {
  struct scan s;
  s.r = r;
  s.in = (struct scan_reader){text, 0, literal};
  s.mark_count = s.next_mark = s.count = 0;
  s.due = r->window;
  s.last = 0;
  s.doubtful = s.found = false;
  s.hits = hits;
  scan_mark(&s, 0);
  while (s.in.at < text.n) {
    size_t left = text.n - s.in.at;
    size_t n = scan_plain((const unsigned char *)text.p + s.in.at, left < SCAN_RUN ? left : SCAN_RUN);
    if (n)
      scan_run(&s, n);
    else
      scan_escape(&s);
    scan_mark(&s, s.in.at);
  }
  return s.doubtful || r->twice;
}

// ---- the whole

size_t redact_bytes(const struct redact *r, char *text, size_t n) {
  struct scan_hits hits = {0};
  for (; r; r = r->also) {
    bool again = scan_text(r, str_make(text, n), false, &hits);
    n = scan_rewrite(&hits, text, n);
    hits.count = 0;
    if (!again) continue;
    scan_text(r, str_make(text, n), true, &hits);
    n = scan_rewrite(&hits, text, n);
    hits.count = 0;
  }
  mem_free(hits.items);
  return n;
}

bool redact_is_in(const struct redact *r, struct str text) {
  struct scan_hits hits = {0};
  for (; r && !hits.count; r = r->also)
    if (scan_text(r, text, false, &hits) && !hits.count) scan_text(r, text, true, &hits);
  mem_free(hits.items);
  return hits.count > 0;
}

struct str redact_text(const struct redact *r, struct str text, struct arena *a) {
  if (!redact_is_in(r, text)) return text;
  char *copy = arena_z(a, text);
  size_t n = redact_bytes(r, copy, text.n);
  copy[n] = 0;
  return str_make(copy, n);
}

void redact_err(const struct redact *r, struct err *err) {
  char *texts[] = {err->field, err->text, err->hint};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    texts[i][redact_bytes(r, texts[i], strlen(texts[i]))] = 0;
}

// ---- its life

struct redact *redact_ref(struct redact *r) {
  if (r) atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
  return r;
}

void redact_unref(struct redact *r) {
  while (r && atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) == 1) {
    struct redact *also = r->also;
    for (size_t i = 0; i < r->block_count; i++) secret_free(r->blocks[i]);
    mem_free(r->forms);
    mem_free(r->slots);
    mem_free(r);
    r = also;
  }
}
