// SPDX-License-Identifier: Apache-2.0
#include "audit/item.h"

#include "audit/columns.h"
#include "base/mem.h"
#include "base/plain.h"
#include "crypto/secret.h"

enum { AUDIT_TEXT_MOST = 2048 }; // bytes of one text

// What outsiders write is in it: bytes that are no text would cost every row that is written together with theirs.
static void audit_copy(char *out, struct str text) {
  uint32_t character;
  memcpy(out, text.p, text.n);
  for (size_t at = 0, n; at < text.n; at += n) {
    n = plain_next(str_from(text, at), &character);
    if (character == PLAIN_BROKEN || !character) out[at] = '?';
  }
}

struct audit_item *audit_item_new(const struct audit_row *from) {
  struct audit_row row = *from;
  struct str *texts[AUDIT_TEXTS];
  size_t n = 0;
  if (!row.count) row.count = 1;
  // The shape is JSON: it is whole or not there.
  if (row.arguments.n > AUDIT_TEXT_MOST) row.arguments = STR("{\"...\":\"too many to list\"}");
  audit_texts(&row, texts);
  for (size_t i = 0; i < AUDIT_TEXTS; i++) {
    *texts[i] = str_cut_utf8(*texts[i], AUDIT_TEXT_MOST);
    n += texts[i]->n;
  }
  if (row.values.n > AUDIT_VALUES_MOST) row.values = STR("{\"...\":\"too long to record\"}");
  n += row.values.n;
  struct audit_item *item = mem_alloc(sizeof *item + n);
  *item = (struct audit_item){.row = row, .bytes = sizeof *item + n};
  audit_texts(&item->row, texts);
  char *at = item->texts;
  for (size_t i = 0; i < AUDIT_TEXTS; i++) {
    if (texts[i]->n) audit_copy(at, *texts[i]);
    texts[i]->p = at;
    at += texts[i]->n;
  }
  if (row.values.n) memcpy(at, row.values.p, row.values.n);
  item->row.values.p = at;
  return item;
}

void audit_item_seal(struct audit_item *item, struct store *s) {
  struct arena *a = arena_new();
  struct audit_sealed sealed;
  audit_values_close(s, &item->row, str_of(item->id), a, &sealed);
  audit_item_hold(item, &sealed);
  arena_free(a);
}

void audit_item_hold(struct audit_item *item, const struct audit_sealed *sealed) {
  item->blob = mem_copy(sealed->blob.p, sealed->blob.n);
  item->sealed =
      (struct audit_sealed){{item->blob, sealed->blob.n}, seal_key_id(str_make(item->blob, sealed->blob.n))};
}

void audit_item_free(struct audit_item *item) {
  mem_free(item->blob);
  if (item->row.values.n) secret_wipe(item, item->bytes);
  mem_free(item);
}
