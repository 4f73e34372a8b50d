// SPDX-License-Identifier: Apache-2.0
// Input: what somebody sends to the address for other nodes. As an identity: what was read of it, written down again, is the
// same bytes. As the bytes of a connection: without the key nothing of it is ever read as said.
#include "fuzz.h"

#include "base/buf.h"
#include "crypto/kin.h"
#include "crypto/tls.h"

static struct tls_context *fuzz_context(void) {
  static struct tls_context *context;
  static struct seal_ring *ring;
  struct err err;
  if (context) return context;
  char text[80] = "a ";
  for (size_t i = 2; i < 66; i++) text[i] = '7';
  fuzz_check(seal_ring_from_text(str_of(text), &ring, &err) &&
                 kin_server_new(ring, STR("node_b"), &context, &err),
             "no server: %s", err.text);
  return context;
}

static void fuzz_identity(struct str text) {
  struct kin_identity who;
  struct buf again = BUF_MAX(2 * KIN_IDENTITY_MOST);
  if (!kin_identity_read(text, &who)) return;
  buf_printf(&again, "postern/1 %.*s %.*s %.*s", STR_ARG(who.key_id), STR_ARG(who.from), STR_ARG(who.to));
  fuzz_check(str_eq(buf_str(&again), text), "another identity: %.*s", STR_ARG(buf_str(&again)));
  buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = str_make((const char *)data, size);
  struct tls_session *s = tls_session_new(fuzz_context());
  struct buf told = BUF_MAX(1 << 16);
  char got[64];
  size_t n;
  fuzz_identity(text);
  tls_feed(s, text);
  fuzz_check(tls_read(s, got, sizeof got, &n) != TLS_OK, "a stranger was heard");
  tls_take(s, &told);
  fuzz_check(told.n <= 512, "a stranger was told %zu bytes", told.n);
  buf_free(&told);
  tls_session_free(s);
  return 0;
}
