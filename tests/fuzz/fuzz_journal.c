// SPDX-License-Identifier: Apache-2.0
// Input: what may stand in the audit's journal. The first byte says how: as a file of the least length; as records, behind a
// head that says where they are, around the end or not; as the texts of a row. Whatever it is: rows that are read are text
// with an id each, in so many bytes as they say; and a row that is written is read as it was.
#include "fuzz.h"

#include <string.h>

#include "audit/columns.h"
#include "audit/journal.h"
#include "audit/mint.h"
#include "audit/record.h"
#include "base/mem.h"
#include "base/plain.h"

enum { SIZE = AUDIT_JOURNAL_HEAD + AUDIT_JOURNAL_LEAST, HEAD = 24 };
enum { AS_FILE, AS_RECORDS, AS_ROW, WAYS };

static void check_text(struct str s) {
  uint32_t character;
  for (size_t at = 0, n; at < s.n; at += n) {
    n = plain_next(str_from(s, at), &character);
    fuzz_check(character != PLAIN_BROKEN && character, "a text that no store takes");
  }
}

static void check_item(struct audit_item *item) {
  struct str *texts[AUDIT_TEXTS];
  audit_texts(&item->row, texts);
  for (size_t i = 0; i < AUDIT_TEXTS; i++) check_text(*texts[i]);
  check_text(str_of(item->id));
  fuzz_check(item->id[0], "a row without an id");
}

static void check_remains(struct audit_remains *remains) {
  size_t bytes = 0;
  for (size_t i = 0; i < remains->count; i++) {
    check_item(remains->items[i]);
    bytes += remains->items[i]->journaled;
    audit_item_free(remains->items[i]);
  }
  fuzz_check(bytes == remains->bytes && bytes + remains->cut < AUDIT_JOURNAL_LEAST, "%zu bytes are not %zu",
             bytes, remains->bytes);
  mem_free(remains->items);
}

static void put_head(char *file, uint32_t first, uint32_t end) {
  const uint64_t words[] = {AUDIT_JOURNAL_LEAST, (uint64_t)first << 32 | end};
  memcpy(file, "PSTNAUD1", 8);
  memcpy(file + 8, words, sizeof words);
}

static void read_file(struct str input, bool as_records) {
  char *file = mem_alloc(SIZE);
  struct audit_remains remains;
  size_t first = input.n ? (unsigned char)input.p[0] * 257u : 0, room = AUDIT_JOURNAL_LEAST;
  if (as_records) {
    for (size_t i = 0; i < input.n && i < room - 1; i++)
      file[AUDIT_JOURNAL_HEAD + (first + i) % room] = input.p[i];
    put_head(file, (uint32_t)(first % room),
             (uint32_t)((first + (input.n < room ? input.n : room - 1)) % room));
  } else {
    memcpy(file, input.p, input.n < SIZE ? input.n : SIZE);
  }
  bool journal = audit_journal_parse(str_make(file, SIZE), &remains);
  fuzz_check(journal || !as_records, "it is none");
  if (journal) check_remains(&remains);
  mem_free(file);
}

static struct audit_item *row_of(struct str input) {
  struct audit_row row = {.at = (int64_t)input.n};
  struct str *texts[AUDIT_TEXTS];
  audit_texts(&row, texts);
  for (size_t i = 0; i < AUDIT_TEXTS && str_cut(&input, '\n', texts[i]); i++) continue;
  return audit_item_new(&row);
}

static void write_and_read(struct str input) {
  struct audit_mint mint;
  struct buf bytes = BUF_MAX(AUDIT_RECORD_MOST);
  struct audit_item *item = row_of(input), *read = NULL;
  struct str *was[AUDIT_TEXTS], *is[AUDIT_TEXTS];
  audit_mint_begin(&mint);
  audit_mint_next(&mint, item->id);
  audit_record_write(&bytes, item);
  fuzz_check(!bytes.full && audit_record_read(buf_str(&bytes), &read) == bytes.n,
             "a record that is not read");
  audit_texts(&item->row, was);
  audit_texts(&read->row, is);
  for (size_t i = 0; i < AUDIT_TEXTS; i++) fuzz_check(str_eq(*was[i], *is[i]), "another text");
  fuzz_check(strcmp(item->id, read->id) == 0 && item->row.at == read->row.at, "another row");
  audit_item_free(read);
  bytes.p[input.n % bytes.n] ^= 1; // one bit
  fuzz_check(!audit_record_read(buf_str(&bytes), &read), "a record that is not whole");
  audit_item_free(item);
  buf_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  struct str input = {(const char *)data + 1, size - 1};
  if (data[0] % WAYS == AS_ROW)
    write_and_read(input);
  else
    read_file(input, data[0] % WAYS == AS_RECORDS);
  return 0;
}
