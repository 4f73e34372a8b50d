// SPDX-License-Identifier: Apache-2.0
// URI templates: the first line is a path template, the second the value of every argument in it. What
// rest_build makes of them is on its origin, below the base path, has as many segments as the template,
// and gives the value back when the segment is decoded.
#include "fuzz.h"

#include "base/codec.h"
#include "call/rest.h"

enum { PARAMS_MOST = 16 };

static size_t segments(struct str path) {
  size_t n = 0;
  for (size_t i = 0; i < path.n && path.p[i] != '?'; i++) n += path.p[i] == '/';
  return n;
}

// Only what the compiler lets through: a path of token characters, names whole and in braces, no dot
// segments. Fills in the parameters; 0 where it is none of that.
static size_t find_params(struct str template, struct tool_param *params) {
  size_t count = 0;
  if (template.n == 0 || template.n > 512 || template.p[0] != '/') return 0;
  for (struct str rest = template, segment; str_cut(&rest, '/', &segment);) {
    if (str_is(segment, ".") || str_is(segment, "..")) return 0;
    for (size_t i = 0; i < segment.n; i++) {
      struct str name = str_from(segment, i + 1);
      ptrdiff_t end = str_find(name, '}');
      if (segment.p[i] != '{') {
        if (!codec_is_token(str_make(segment.p + i, 1)) || strchr("%#", segment.p[i])) return 0;
        continue;
      }
      if (end <= 0 || count == PARAMS_MOST) return 0;
      name.n = (size_t)end;
      if (!codec_is_token(name)) return 0;
      params[count++] =
          (struct tool_param){.arg = name, .name = name, .in = TOOL_IN_PATH, .style = TOOL_SIMPLE};
      i += name.n + 1;
    }
  }
  return count;
}

static void check_url(struct str url, struct str template, struct str value) {
  static const char base[] = "https://api.example.com/v1";
  fuzz_check(str_starts(url, base), "left its base: %s", url.p);
  struct str path = str_from(url, sizeof base - 1), rest = path, segment;
  fuzz_check(segments(path) == segments(template), "%.*s with %.*s became %s", STR_ARG(template),
             STR_ARG(value), url.p);
  for (size_t i = 0; i < url.n; i++)
    fuzz_check((unsigned char)url.p[i] > 0x20 && (unsigned char)url.p[i] < 0x7f, "not a URL: %s", url.p);
  while (str_cut(&rest, '/', &segment))
    fuzz_check(!str_is(segment, ".") && !str_is(segment, ".."), "a dot segment in %s", url.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size}, template, value;
  struct tool_param params[PARAMS_MOST];
  if (!str_cut(&text, '\n', &template) || !text.p) return 0;
  value = text;
  if (value.n > 512 || !codec_is_utf8(value)) return 0;
  size_t count = find_params(template, params);
  if (count == 0) return 0;
  struct tool tool = {.method = STR("GET"), .path = template, .params = params, .param_count = count};
  struct account account = {.base_url = STR("https://api.example.com/v1")};
  struct arena *a = arena_new();
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *arguments = yyjson_mut_obj(doc);
  for (size_t i = 0; i < count; i++)
    yyjson_mut_obj_put(arguments, yyjson_mut_strn(doc, params[i].arg.p, params[i].arg.n),
                       yyjson_mut_strn(doc, value.p, value.n));
  struct rest_request r;
  struct err err;
  if (rest_build(&tool, &account, arguments, a, &r, &err)) {
    check_url(r.url, template, value);
    rest_request_free(&r);
  }
  yyjson_mut_doc_free(doc);
  arena_free(a);
  return 0;
}
