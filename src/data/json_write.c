// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "data/json.h"
#include "data/json_scan.h"

// Every value comes from a document that was read, so writing can only fail for memory. yyjson
// allocates with malloc here, whatever the document's allocator.
static char *json_written(yyjson_val *v, size_t *n) {
  char *text = yyjson_val_write_opts(v, YYJSON_WRITE_NOFLAG, NULL, n, NULL);
  if (!text) abort();
  return text;
}

void json_write(struct buf *out, yyjson_val *v) {
  if (!v) {
    buf_add(out, STR("null"));
    return;
  }
  size_t n;
  char *text = json_written(v, &n);
  buf_add(out, str_make(text, n));
  free(text);
}

struct str json_to_text(struct arena *a, yyjson_val *v) {
  if (!v) return STR("null");
  size_t n;
  char *text = json_written(v, &n);
  struct str copy = arena_dup(a, str_make(text, n));
  free(text);
  return copy;
}

static const char *json_plain_end(const char *p, const char *end) {
  char sink[JSON_SCAN_BLOCK];
  while (end - p >= JSON_SCAN_BLOCK) {
    size_t n = json_scan_copy_block(sink, p);
    p += n;
    if (n < JSON_SCAN_BLOCK) return p;
  }
  while (p < end && json_scan_is_plain((unsigned char)*p)) p++;
  return p;
}

// RFC 8259 §7: what a control character, a quote and a backslash become.
static void json_add_special(struct buf *out, unsigned char c) {
  static const char short_form[128] = {
      ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
  if (short_form[c])
    buf_add(out, str_make((char[]){'\\', short_form[c]}, 2));
  else
    buf_printf(out, "\\u%04x", c);
}

void json_add_escaped(struct buf *out, struct str s) {
  if (s.n == 0) return;
  for (const char *p = s.p, *end = s.p + s.n; p < end;) {
    const char *stop = json_plain_end(p, end);
    buf_add(out, str_make(p, (size_t)(stop - p)));
    p = stop;
    if (p == end) return;
    unsigned char c = (unsigned char)*p;
    if (c < 0x80) {
      json_add_special(out, c);
      p++;
      continue;
    }
    size_t n = json_scan_utf8(p, end);
    buf_add(out, n ? str_make(p, n) : STR("\xef\xbf\xbd")); // U+FFFD for each byte that fits nowhere
    p += n ? n : 1;
  }
}

void json_add_string(struct buf *out, struct str s) {
  buf_add_char(out, '"');
  json_add_escaped(out, s);
  buf_add_char(out, '"');
}

void json_pointer_push(struct buf *pointer, struct str key) {
  buf_add_char(pointer, '/');
  for (size_t i = 0; i < key.n; i++) {
    if (key.p[i] == '~')
      buf_add(pointer, STR("~0"));
    else if (key.p[i] == '/')
      buf_add(pointer, STR("~1"));
    else
      buf_add_char(pointer, key.p[i]);
  }
}
