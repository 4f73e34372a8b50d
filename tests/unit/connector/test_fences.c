// SPDX-License-Identifier: Apache-2.0
// What a connector may say of fences, and that a slip is told with its line.
#include "../support/temp.h"

#include "connector/fences.h"
#include "set_fixture.h"

#define HEAD                                                                                                 \
  "name: tiny\nlabel: Tiny\nkind: mcp\nbase_url: https://mcp.example.com\nauth: [{id: open, open: true}]\n"

static const char whole[] =
    HEAD "fences:\n"
         "  - {key: account_id, label: Account, outside: [\"get_weather\"], serves: [prompts]}\n"
         "  - key: zone_id\n"
         "    within: account_id\n"
         "    names: [zone, zone_tag]\n"
         "    id: \"^[0-9a-f]+$\"\n"
         "    paths: [\"/zones/*\"]\n"
         "    mentions: [\"zone.\"]\n"
         "    list: {tool: zones, id: id, name: name}\n"
         "    narrows:\n"
         "      - {tools: [zone_details, \"dns_*\"], by: zoneId}\n"
         "      - {tools: [report]}\n";

static void everything_is_read(void **state) {
  (void)state;
  struct connector_set *set = empty();
  struct err err = {0};
  if (!connector_set_add(set, str_of(whole), &err)) fail_msg("%s %s", err.field, err.text);
  const struct connector *c = connector_find(set, STR("tiny"));
  const struct connector_fence *zone = connector_fence_find(c, STR("zone_id"));
  assert_int_equal(c->fence_count, 2);
  assert_non_null(zone);
  assert_null(connector_fence_find(c, STR("zone")));
  const struct connector_fence *account = connector_fence_above(c, zone);
  assert_true(str_is(account->label, "Account") && account->prompts && !account->resources);
  assert_null(connector_fence_above(c, account));
  assert_true(str_is(zone->label, "zone_id")); // its key where it has none
  assert_int_equal(zone->name_count, 2);
  assert_int_equal(zone->narrow_count, 3);
  assert_true(str_is(zone->narrows[1].glob, "dns_*") && str_is(zone->narrows[1].by, "zoneId"));
  assert_true(str_is(zone->narrows[2].by, "zone_id")); // the key itself
  assert_true(str_is(zone->list_tool, "zones") && str_is(zone->list_name, "name"));
  connector_set_free(set);
}

static void slips_are_told(void **state) {
  (void)state;
  static const struct {
    const char *yaml, *field, *text;
  } rows[] = {
      {"fences: {key: a}\n", ":6", "list"},
      {"fences:\n  - {label: A}\n", ":7", "'key' is missing"},
      {"fences:\n  - {key: A B}\n", ":7", "key 'A B'"},
      {"fences:\n  - {key: a}\n  - {key: a}\n", ":8", "two fences"},
      {"fences:\n  - {key: a, within: b}\n  - {key: b}\n", ":7", "no fence before it"},
      {"fences:\n  - {key: a, within: a}\n", ":7", "no fence before it"},
      {"fences:\n  - {key: a, paths: [zones]}\n", ":7", "path 'zones'"},
      {"fences:\n  - {key: a, paths: [\"/*/zones/*\"]}\n", ":7", "path '/*/zones/*'"},
      {"fences:\n  - {key: a, id: \"(\"}\n", ":7", "regular expression"},
      {"fences:\n  - {key: a, narrows: [{by: x}]}\n", ":7", "'tools' is missing"},
      {"fences:\n  - {key: a, list: {tool: x}}\n", ":7", "'id' is missing"},
      {"fences:\n  - {key: a, list: {tool: x, id: \"a b\"}}\n", ":7", "no column"},
      {"fences:\n  - {key: a, list: {tool: x, id: i, each: t}}\n", ":7", "key above"},
      {"fences:\n  - {key: a, serves: [tools]}\n", ":7", "prompts and resources"},
      {"fences:\n  - {key: a, wihtin: b}\n", ":7", "wihtin"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct connector_set *set = empty();
    struct err err = {0};
    char text[1024];
    snprintf(text, sizeof text, "%s%s", HEAD, rows[i].yaml);
    if (connector_set_add(set, str_of(text), &err)) fail_msg("taken: %s", rows[i].yaml);
    if (!strstr(err.text, rows[i].text) || !strstr(err.field, rows[i].field))
      fail_msg("%s\n got  %s %s\n want %s %s", rows[i].yaml, err.field, err.text, rows[i].field,
               rows[i].text);
    connector_set_free(set);
  }
}

// What ours say of tools must be tools that there are, or the word narrows nothing.
static void those_that_ship_are_sound(void **state) {
  (void)state;
  struct connector_set *set = NULL;
  struct err err = {0};
  if (!connector_set_load(CONNECTORS, &set, &err)) fail_msg("%s: %s", err.field, err.text);
  size_t at = 0, with = 0;
  for (const struct connector *c; (c = connector_next(set, &at));) {
    with += c->fence_count > 0;
    for (size_t i = 0; i < c->fence_count; i++) {
      const struct connector_fence *f = &c->fences[i];
      size_t known = 0;
      for (size_t k = 0; c->kind == CONNECTOR_MCP && k < f->narrow_count; k++)
        for (size_t w = 0; w < c->word_count; w++)
          known += str_glob(c->words[w].glob, f->narrows[k].glob) ||
                   str_glob(f->narrows[k].glob, c->words[w].glob);
      if (c->kind == CONNECTOR_MCP && !known)
        fail_msg("%s: fences narrow tools by %s of which words say nothing", c->name.p, f->key.p);
      for (size_t k = 0; c->kind == CONNECTOR_MCP && k < f->outside_count; k++)
        if (!connector_word_find(c, f->outside[k]))
          fail_msg("%s: %s is outside, and words say nothing of it", c->name.p, f->outside[k].p);
      for (size_t k = 0; k < f->narrow_count; k++)
        for (size_t o = 0; o < f->outside_count; o++)
          if (str_eq(f->narrows[k].glob, f->outside[o]))
            fail_msg("%s: %s is narrowed and outside", c->name.p, f->outside[o].p);
    }
  }
  assert_true(with >= 1);
  connector_set_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_is_read),
      cmocka_unit_test(slips_are_told),
      cmocka_unit_test(those_that_ship_are_sound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
