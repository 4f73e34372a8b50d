// SPDX-License-Identifier: Apache-2.0
#include "audit/record.h"

#include <stdio.h>

#include "audit/columns.h"
#include "audit/ids.h"
#include "base/mem.h"

enum { RECORD_FLAG_AGAIN = 1 };

static void record_number(struct buf *out, int64_t n) {
  buf_add(out, str_make((const char *)&n, sizeof n));
}

static void record_text(struct buf *out, struct str s) {
  record_number(out, (int64_t)s.n);
  buf_add(out, s);
}

static uint64_t record_digest(struct str payload) {
  unsigned char hash[TOKEN_HASH];
  uint64_t digest;
  token_hash(payload, hash);
  memcpy(&digest, hash, sizeof digest);
  return digest;
}

static void record_payload(struct buf *out, struct audit_item *item) {
  struct str *texts[AUDIT_TEXTS];
  int64_t *numbers[AUDIT_NUMBERS];
  audit_texts(&item->row, texts);
  audit_numbers(&item->row, numbers);
  record_number(out, item->again ? RECORD_FLAG_AGAIN : 0);
  record_text(out, str_of(item->id));
  for (size_t i = 0; i < AUDIT_TEXTS; i++) record_text(out, *texts[i]);
  for (size_t i = 0; i < AUDIT_NUMBERS; i++) record_number(out, *numbers[i]);
  record_text(out, item->sealed.blob);
}

void audit_record_write(struct buf *out, struct audit_item *item) {
  size_t at = out->n;
  uint64_t head[2] = {0};
  buf_add(out, str_make((const char *)head, sizeof head));
  record_payload(out, item);
  if (out->full) return;
  struct str payload = {out->p + at + AUDIT_RECORD_HEAD, out->n - at - AUDIT_RECORD_HEAD};
  head[0] = payload.n;
  head[1] = record_digest(payload);
  memcpy(out->p + at, head, sizeof head);
}

static bool record_take_number(struct str *in, int64_t *n) {
  if (in->n < sizeof *n) return false;
  memcpy(n, in->p, sizeof *n);
  *in = str_from(*in, sizeof *n);
  return true;
}

static bool record_take_text(struct str *in, struct str *out) {
  int64_t n;
  if (!record_take_number(in, &n) || n < 0 || (uint64_t)n > in->n) return false;
  *out = str_make(in->p, (size_t)n);
  *in = str_from(*in, (size_t)n);
  return true;
}

// Nothing that a store would not take as text: one such row would cost all that are written together with it.
static bool record_is_plain(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] <= ' ' || s.p[i] > '~') return false;
  return true;
}

static bool record_is_id(struct str id) {
  return id.n > AUDIT_ID_FROM + AUDIT_ID_TIME && id.n < TOKEN_ID && record_is_plain(id) && audit_ids_time(id);
}

static struct audit_item *record_item(struct str in) {
  struct audit_row row = {0};
  struct str *texts[AUDIT_TEXTS], id;
  int64_t *numbers[AUDIT_NUMBERS], flags;
  struct audit_sealed sealed = {0};
  audit_texts(&row, texts);
  audit_numbers(&row, numbers);
  bool ok = record_take_number(&in, &flags) && record_take_text(&in, &id) && record_is_id(id);
  for (size_t i = 0; ok && i < AUDIT_TEXTS; i++) ok = record_take_text(&in, texts[i]);
  for (size_t i = 0; ok && i < AUDIT_NUMBERS; i++) ok = record_take_number(&in, numbers[i]);
  if (!ok || !record_take_text(&in, &sealed.blob) || !record_is_plain(sealed.blob)) return NULL;
  struct audit_item *item = audit_item_new(&row);
  snprintf(item->id, sizeof item->id, "%.*s", STR_ARG(id));
  item->again = flags & RECORD_FLAG_AGAIN;
  audit_item_hold(item, &sealed);
  return item;
}

size_t audit_record_length(struct str in) {
  uint64_t payload;
  if (in.n < AUDIT_RECORD_HEAD) return 0;
  memcpy(&payload, in.p, sizeof payload);
  return payload <= AUDIT_RECORD_MOST - AUDIT_RECORD_HEAD ? AUDIT_RECORD_HEAD + (size_t)payload : 0;
}

size_t audit_record_read(struct str in, struct audit_item **out) {
  uint64_t head[2];
  size_t length = audit_record_length(in);
  if (!length || length > in.n) return 0;
  memcpy(head, in.p, sizeof head);
  struct str payload = str_make(in.p + AUDIT_RECORD_HEAD, (size_t)head[0]);
  if (record_digest(payload) != head[1]) return 0;
  *out = record_item(payload);
  return *out ? length : 0;
}
