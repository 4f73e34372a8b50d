// SPDX-License-Identifier: Apache-2.0
// A stored toolset of any bytes is read or refused; what is read is listed and called with one text for
// every argument, and the URL stays on its origin and below its base path.
#include "fuzz.h"

#include "call/rest.h"
#include "catalog/listing.h"

static const struct connector connector = {.name = {"acme", 4}};

static void call(const struct tool *t, const struct account *account, struct arena *a) {
  static const char *const values[] = {"..", "a/../../b\r\n", "%2e%2e", "x"};
  for (size_t i = 0; i < 4; i++) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *arguments = yyjson_mut_obj(doc);
    struct rest_request r;
    struct err err;
    for (size_t j = 0; j < t->param_count; j++)
      yyjson_mut_obj_add(arguments, yyjson_mut_strn(doc, t->params[j].arg.p, t->params[j].arg.n),
                         yyjson_mut_str(doc, values[i]));
    if (rest_build(t, account, arguments, a, &r, &err)) {
      fuzz_check(str_starts(r.url, "https://api.example.com/v1/"), "left its origin: %s", r.url.p);
      for (size_t j = 0; j < r.url.n; j++)
        fuzz_check((unsigned char)r.url.p[j] > 0x20 && (unsigned char)r.url.p[j] < 0x7f, "not a URL: %s",
                   r.url.p);
      rest_request_free(&r);
    }
    yyjson_mut_doc_free(doc);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct toolset *s;
  struct err err;
  if (!toolset_read(str_make((const char *)data, size), &s, &err)) return 0;
  struct arena *a = arena_new();
  struct account account = {.base_url = STR("https://api.example.com/v1"), .name = STR("acme")};
  struct catalog_account owner = {.account = &account, .connector = &connector, .tools = s};
  for (size_t i = 0; i < s->count; i++) {
    struct buf out = BUF_MAX(1 << 20);
    listing_write(&(struct catalog_tool){.tool = &s->tools[i], .account = &owner, .name = s->tools[i].name},
                  &out);
    buf_free(&out);
    call(&s->tools[i], &account, a);
  }
  arena_free(a);
  toolset_unref(s);
  return 0;
}
