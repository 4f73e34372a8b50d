// SPDX-License-Identifier: Apache-2.0
// Any text as a URL: the parts put together are the text. The first two lines as a file and a
// reference: the result never leaves the root.
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "data/uri.h"

static void fuzz_parse(struct str text) {
  struct uri u;
  struct err err = {.code = ERR_OK};
  if (!uri_parse_http(text, &u, &err)) {
    fuzz_check(err.code == ERR_INVALID, "refused without a reason");
    return;
  }
  struct buf b = BUF_MAX(64 * 1024);
  bool port = u.host.p + u.host.n + u.ipv6 < u.path.p;
  buf_printf(&b, "%.*s://%s%.*s%s", STR_ARG(u.scheme), u.ipv6 ? "[" : "", STR_ARG(u.host), u.ipv6 ? "]" : "");
  if (port)
    buf_add(&b, str_make(u.host.p + u.host.n + u.ipv6,
                         (size_t)(u.path.p - u.host.p - (ptrdiff_t)u.host.n - u.ipv6)));
  buf_add(&b, u.path);
  if (u.query.p) buf_printf(&b, "?%.*s", STR_ARG(u.query));
  if (u.fragment.p) buf_printf(&b, "#%.*s", STR_ARG(u.fragment));
  fuzz_check(str_eq(buf_str(&b), text), "the parts are not the text: %.*s", STR_ARG(buf_str(&b)));
  fuzz_check(port == (u.port != 0) && u.host.n && str_find(u.host, '@') < 0, "a wrong authority");
  buf_free(&b);
}

static void fuzz_join(struct str base, struct str relative) {
  struct arena *a = arena_new();
  struct str path;
  if (relative.n && uri_path_join(a, base, relative, &path)) {
    fuzz_check(path.n && path.p[0] != '/', "an absolute path");
    for (struct str rest = path, segment; str_cut(&rest, '/', &segment);)
      fuzz_check(segment.n && !str_is(segment, "..") && !str_is(segment, "."),
                 "a path that is not normal: %.*s", STR_ARG(path));
  }
  arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str rest = {(const char *)data, size}, base = STR(""), relative = STR("");
  fuzz_parse(rest);
  if (str_cut(&rest, '\n', &base)) (void)str_cut(&rest, '\n', &relative);
  fuzz_join(base, relative);
  return 0;
}
