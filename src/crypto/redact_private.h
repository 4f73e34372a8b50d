// SPDX-License-Identifier: Apache-2.0
// redact_private: what redact_form.c makes of secrets, and redact.c finds in texts. Private to crypto/redact.
#ifndef POSTERN_CRYPTO_REDACT_PRIVATE_H
#define POSTERN_CRYPTO_REDACT_PRIVATE_H

#include <endian.h>
#include <stdatomic.h>

#include "crypto/redact.h"

enum {
  REDACT_WINDOW = 8,
  REDACT_FORMS_MOST =
      REDACT_PARTS_MOST * 17, // four readings, hex, two kinds of base64 at three offsets twice
  REDACT_SPARSE = 8,          // slots a window, so that most looks end at once
};

struct redact_form {
  const unsigned char *p; // as units come out
  uint32_t n;
  uint32_t least; // so many bytes from its start must be there
  bool words;     // only where no letter or digit stands beside it
};

struct redact_slot { // of the table of windows
  uint16_t form;     // and one; 0: free
  uint16_t at;       // where in the form
};

struct redact {
  atomic_size_t refs;
  struct redact *also;
  struct secret *blocks[REDACT_PARTS_MOST]; // what the forms lie in
  size_t block_count;
  struct redact_form *forms;
  size_t form_count, slot_mask;
  struct redact_slot *slots;
  unsigned window, step; // bytes; windows are looked at so far from each other
  bool twice;            // a secret looks like an escape: each text is read to the letter as well
  bool begins[256];      // by byte: a form does
};

// The last bytes that came by, the newest on top: of those, a window's.
static inline uint64_t redact_key(uint64_t last, unsigned window) {
  return last >> 8 * (sizeof last - window);
}
static inline size_t redact_hash(uint64_t key) {
  return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}
// Of a form, behind the window that ends there.
static inline uint64_t redact_last(const unsigned char *end, unsigned window) {
  uint64_t last = 0;
  for (unsigned i = window; i > 0; i--) last = last >> 8 | (uint64_t)end[-(ptrdiff_t)i] << 56;
  return last;
}
// The same of eight plain bytes of a text (redact_fold).
static inline uint64_t redact_folded(const unsigned char *end) {
  uint64_t last;
  memcpy(&last, end - sizeof last, sizeof last);
  return le64toh(last) | UINT64_C(0x2020202020202020);
}

#endif
