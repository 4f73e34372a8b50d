// SPDX-License-Identifier: Apache-2.0
#include "call/parts.h"

#include "base/codec.h"

// Behind blanks and comments.
static struct str parts_begin(struct str text) {
  for (;;) {
    text = str_trim(text);
    bool line = str_starts(text, "//");
    if (!line && !str_starts(text, "/*")) return text;
    ptrdiff_t end = parts_find(text, line ? STR("\n") : STR("*/"), 2);
    if (end < 0) return STR_NONE;
    text = str_from(text, (size_t)end + (line ? 1 : 2));
  }
}

yyjson_doc *parts_json(struct str text) {
  static const yyjson_read_flag flags = YYJSON_READ_ALLOW_COMMENTS | YYJSON_READ_ALLOW_TRAILING_COMMAS |
                                        YYJSON_READ_ALLOW_INF_AND_NAN | YYJSON_READ_ALLOW_INVALID_UNICODE |
                                        YYJSON_READ_NUMBER_AS_RAW;
  if (str_starts(text, "\xef\xbb\xbf")) text = str_from(text, 3);
  text = parts_begin(text);
  if (!text.n || !strchr("{[\"", text.p[0]) || !text.p[0]) return NULL;
  return yyjson_read_opts((char *)text.p, text.n, flags, NULL, NULL); // in place is not asked for
}

struct str parts_decode(struct str text, struct arena *a) {
  char *out = arena_alloc(a, text.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < text.n; i++) {
    unsigned char byte;
    bool encoded = text.p[i] == '%' && i + 2 < text.n && codec_unhex(str_make(text.p + i + 1, 2), &byte, 1);
    out[n++] = encoded ? (char)byte : text.p[i] == '+' ? ' ' : text.p[i];
    if (encoded) i += 2;
  }
  return str_make(out, n);
}

size_t parts_query(const struct account *account, struct str text, struct arena *a, struct parts_pair **out) {
  size_t most = 1, count = 0;
  for (size_t i = 0; i < text.n; i++) most += text.p[i] == '&';
  struct parts_pair *pairs = ARENA_ARRAY(a, most, struct parts_pair);
  for (struct str item, name; str_cut(&text, '&', &item);) {
    if (!item.n) continue;
    str_cut(&item, '=', &name);
    struct parts_pair p = {parts_decode(name, a), parts_decode(item, a)};
    bool ours = false;
    for (size_t i = 0; account && i < account->send_count; i++)
      ours |= account->sends[i].in == CONNECTOR_QUERY && str_eq(account->sends[i].name, p.name);
    if (!ours) pairs[count++] = p;
  }
  *out = pairs;
  return count;
}

ptrdiff_t parts_find(struct str text, struct str needle, size_t from) {
  if (from > text.n) return -1;
  const char *at = needle.n ? memmem(text.p + from, text.n - from, needle.p, needle.n) : NULL;
  return at ? at - text.p : -1;
}

// The name="…" of a part's head.
static struct str parts_name(struct str head, struct arena *a) {
  ptrdiff_t at = parts_find(head, STR("name=\""), 0);
  struct str rest = at < 0 ? STR_NONE : str_from(head, (size_t)at + strlen("name=\"")), name = STR_NONE;
  str_cut(&rest, '"', &name);
  return parts_decode(name, a);
}

static struct str parts_boundary(struct str type) {
  ptrdiff_t at = parts_find(type, STR("boundary="), 0);
  return at < 0 ? STR_NONE : str_from(type, (size_t)at + strlen("boundary="));
}

size_t parts_multipart(struct str body, struct str type, struct arena *a, struct parts_pair **out) {
  struct str delimiter = arena_printf(a, "--%.*s", STR_ARG(parts_boundary(type)));
  size_t count = 0, most = 0;
  for (ptrdiff_t at = -1; (at = parts_find(body, delimiter, (size_t)(at + 1))) >= 0;) most++;
  struct parts_pair *pairs = ARENA_ARRAY(a, most + 1, struct parts_pair);
  for (ptrdiff_t at = parts_find(body, delimiter, 0); at >= 0;) {
    size_t from = (size_t)at + delimiter.n;
    ptrdiff_t end = parts_find(body, delimiter, from), text = parts_find(body, STR("\r\n\r\n"), from);
    if (end < 0) break;
    if (text >= 0 && text + 4 <= end) {
      struct str head = str_make(body.p + from, (size_t)text - from);
      struct str value = str_make(body.p + text + 4, (size_t)(end - text) - 4);
      if (str_ends(value, "\r\n")) value.n -= 2;
      pairs[count++] = (struct parts_pair){parts_name(head, a), value};
    }
    at = end;
  }
  *out = pairs;
  return count;
}

bool parts_is_own_header(const struct account *account, struct str name) {
  for (size_t i = 0; i < account->send_count; i++)
    if (account->sends[i].in != CONNECTOR_QUERY && str_eq_nocase(account->sends[i].name, name)) return true;
  return false;
}
