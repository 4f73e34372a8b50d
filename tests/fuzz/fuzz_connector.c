// SPDX-License-Identifier: Apache-2.0
// A connector of any bytes is read or refused with a place; of what is read each part keeps its promise.
#include "fuzz.h"

#include "connector/search.h"

static void check_way(const struct connector_way *way) {
  bool asks = way->auth == CONNECTOR_AUTH_FIELDS;
  fuzz_check(way->id.n, "a way without id");
  fuzz_check(asks == (way->field_count > 0) && asks == (way->send_count > 0), "%.*s: fields",
             STR_ARG(way->id));
  for (size_t i = 0; i < way->send_count; i++) {
    struct str value = way->sends[i].value;
    for (size_t j = 0; j < value.n; j++)
      fuzz_check(value.p[j] != '\r' && value.p[j] != '\n', "%.*s: sends a line end", STR_ARG(way->id));
  }
}

static void check(const struct connector_set *set, const struct connector *c) {
  fuzz_check(c->imported && c->name.n && c->way_count, "taken without name or way");
  fuzz_check(c->kind == CONNECTOR_MCP || c->base_url.n, "no address");
  for (size_t i = 0; i < c->way_count; i++) check_way(&c->ways[i]);
  for (size_t i = 0; i < c->word_count; i++) {
    const struct connector_word *word = &c->words[i];
    bool writes =
        str_is(word->class, "create") || str_is(word->class, "update") || str_is(word->class, "delete");
    fuzz_check(word->glob.n && !(word->trust == CONNECTOR_ALLOW && writes), "a write is allowed");
  }
  (void)connector_word_find(c, STR("get-site-key"));
  for (size_t i = 0; i < c->trouble_count; i++) {
    struct str check = c->troubles[i].id;
    fuzz_check(!check.n || connector_trouble_find(set, c, check), "a trouble is not found");
  }
  struct arena *a = arena_new();
  struct connector_found found;
  connector_search(set, c->name, a, &found);
  fuzz_check(found.count == 1 && found.items[0] == c, "its own name does not find it");
  connector_search(set, c->blurb, a, &found);
  arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct connector_set *set;
  struct err err = {0};
  size_t at = 0;
  if (!connector_set_load(NULL, &set, &err)) return 0;
  if (connector_set_add(set, str_make((const char *)data, size), &err))
    check(set, connector_next(set, &at));
  else
    fuzz_check(err.text[0] && err.code, "refused without a word");
  connector_set_free(set);
  return 0;
}
