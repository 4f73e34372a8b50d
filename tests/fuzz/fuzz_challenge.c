// SPDX-License-Identifier: Apache-2.0
// Input: a WWW-Authenticate header. What was read of it, written down again properly, reads as the same.
#include "fuzz.h"

#include "base/buf.h"
#include "oauth/challenge.h"

static void write_value(struct buf *out, const char *name, struct str value) {
  if (!value.n) return;
  buf_printf(out, ", %s=\"", name);
  for (size_t i = 0; i < value.n; i++) {
    if (value.p[i] == '"' || value.p[i] == '\\') buf_add_char(out, '\\');
    buf_add_char(out, value.p[i]);
  }
  buf_add_char(out, '"');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *a = arena_new();
  struct challenge c = challenge_read(str_make((const char *)data, size), a);
  fuzz_check(c.resource_metadata.n + c.scope.n + c.error.n + c.error_description.n <= size,
             "more than there was");
  struct buf text = BUF_MAX(1 << 22);
  buf_add_z(&text, "Bearer realm=\"x\"");
  write_value(&text, "resource_metadata", c.resource_metadata);
  write_value(&text, "scope", c.scope);
  write_value(&text, "error", c.error);
  write_value(&text, "error_description", c.error_description);
  struct challenge d = challenge_read(buf_str(&text), a);
  if (text.n <= 16 * 1024)
    fuzz_check(str_eq(c.resource_metadata, d.resource_metadata) && str_eq(c.scope, d.scope) &&
                   str_eq(c.error, d.error) && str_eq(c.error_description, d.error_description),
               "another challenge: %.*s", STR_ARG(buf_str(&text)));
  buf_free(&text);
  arena_free(a);
  return 0;
}
