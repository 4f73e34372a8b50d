// SPDX-License-Identifier: Apache-2.0
#include "fence_fixture.h"

#define REST(name, path, params, properties)                                                                 \
  "{'name':'" name "','class':'get','read_only':true,'tags':[],'method':'GET','path':'" path                 \
  "','params':[" params "],'input':{'type':'object','properties':{" properties "}}}"
#define PATH(name) "{'arg':'" name "','name':'" name "','in':'path','style':'simple','explode':false}"
#define OPEN(name) "{'arg':'" name "','name':'" name "','in':'path','style':'reserved','explode':false}"
#define QUERY(name) "{'arg':'" name "','name':'" name "','in':'query','style':'form','explode':true}"
#define TEXT(name) "'" name "':{'type':'string'}"

#define ZONE "{'a':{'zone_id':['1']}}"
#define ACCOUNT "{'a':{'account_id':['1']}}"
#define BOTH "{'a':{'account_id':['1'],'zone_id':['1']}}"

// What is held, "!" in front of what narrows; or "-" and the key that nothing narrows.
static struct str narrowed(struct arena *a, const char *fence, const char *tool, const char *context,
                           enum tool_kind kind) {
  struct toolset *s = fixture_set(a, tool);
  struct fences f = fence_fixture(a, fence);
  yyjson_doc *doc = context ? fixture_doc(a, context) : NULL;
  struct tool t = s->tools[0];
  struct narrow n;
  t.kind = kind;
  bool ok = narrow_tool(&(struct narrow_about){f.items, &fence_connector, &t, yyjson_doc_get_root(doc)}, &n);
  struct str text = ok ? STR("") : arena_printf(a, "-%.*s", STR_ARG(n.why));
  for (size_t i = 0; ok && i < n.count; i++)
    text = arena_printf(a, "%.*s%s%s%.*s", STR_ARG(text), i ? " " : "", n.args[i].narrows ? "!" : "",
                        STR_ARG(n.args[i].arg));
  text = arena_dup(a, text);
  yyjson_doc_free(doc);
  toolset_unref(s);
  return text;
}

static void by_the_path(void **state) {
  (void)state;
  static const struct {
    const char *fence, *tool, *want;
  } rows[] = {
      {ZONE, REST("t", "/zones/{zone_id}", PATH("zone_id"), TEXT("zone_id")), "!zone_id"},
      {ZONE, REST("t", "/zones/{identifier}/x", PATH("identifier"), TEXT("identifier")), "!identifier"},
      {ZONE, REST("t", "/zones/{zone_id}/rules/{id}", PATH("zone_id") "," PATH("id"), TEXT("id")),
       "!zone_id"},
      {ZONE, REST("t", "/rules/{rule_id}", PATH("rule_id"), TEXT("rule_id")), "-zone_id"},
      {ZONE, REST("t", "/zones", QUERY("zone_id"), TEXT("zone_id")),
       "-zone_id"}, // a filter narrows by word alone
      {ZONE, REST("by_query", "/certificates", QUERY("zone_id"), TEXT("zone_id")), "!zone_id"},
      {ZONE, REST("t", "/zones/{zone_id}/x", PATH("zone_id") "," QUERY("zone"), TEXT("zone_id")),
       "!zone_id zone"},
      {ZONE, REST("t", "/zones/{zone_id}/x", PATH("zone_id"), TEXT("zone_id") "," TEXT("zones")),
       "!zone_id zones"},
      {ZONE, REST("t", "/zones/z{zone_id}", PATH("zone_id"), TEXT("zone_id")),
       "-zone_id"}, // not a whole segment
      {ZONE, REST("t", "/files/{path}/zones/{zone_id}", OPEN("path") "," PATH("zone_id"), TEXT("zone_id")),
       "-zone_id"},
      {ZONE, REST("t", "/zones/{zone_id}/files/{path}", PATH("zone_id") "," OPEN("path"), TEXT("path")),
       "!zone_id"},
      {ZONE, REST("t", "/zones/{zone_id}", OPEN("zone_id"), TEXT("zone_id")), "-zone_id"},
      {ZONE, REST("t", "/zones/{zone_id}/graphql", PATH("zone_id"), TEXT("zone_id")), "-zone_id"},
      // The hierarchy: what can be told an account reaches beyond a zone, and what is told no account beyond one.
      {ZONE, REST("t", "/accounts/{account_id}/members", PATH("account_id"), TEXT("account_id")), "-zone_id"},
      {ZONE,
       REST("t", "/accounts/{account_id}/zones/{zone_id}", PATH("account_id") "," PATH("zone_id"),
            TEXT("zone_id")),
       "-zone_id"},
      {ACCOUNT, REST("t", "/accounts/{account_id}/members", PATH("account_id"), TEXT("account_id")),
       "!account_id"},
      {ACCOUNT, REST("t", "/zones/{zone_id}", PATH("zone_id"), TEXT("zone_id")), "-account_id"},
      {BOTH, REST("t", "/zones/{zone_id}", PATH("zone_id"), TEXT("zone_id")), "!zone_id"},
      {BOTH, REST("t", "/accounts/{account_id}/members", PATH("account_id"), TEXT("account_id")), "-zone_id"},
      {BOTH,
       REST("t", "/accounts/{account_id}/zones/{zone_id}", PATH("account_id") "," PATH("zone_id"),
            TEXT("zone_id")),
       "!account_id !zone_id"},
      {BOTH, REST("weather", "/weather", "", ""), ""},
      {ZONE, REST("weather", "/weather", QUERY("zone"), TEXT("zone")), "zone"},
      {"{'a':{'gone':['1']}}", REST("t", "/zones/{zone_id}", PATH("zone_id"), TEXT("zone_id")), "-gone"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str got = narrowed(a, rows[i].fence, rows[i].tool, NULL, TOOL_REST);
    if (!str_is(got, rows[i].want))
      fail_msg("%s %s\n got  %s\n want %s", rows[i].fence, rows[i].tool, got.p, rows[i].want);
  }
  arena_free(a);
}

// A vendor's MCP tool is narrowed by word alone: by an argument, or by the header that the account's default goes out in.
static void by_word(void **state) {
  (void)state;
  static const struct {
    const char *fence, *tool, *context, *want;
  } rows[] = {
      {ZONE, REST("details", "/", "", TEXT("zoneId")), NULL, "!zoneId"},
      {ZONE, REST("other", "/", "", TEXT("zoneId")), NULL, "-zone_id"},
      {ZONE, REST("details", "/", "", TEXT("id")), NULL, "-zone_id"}, // it has no such argument any more
      {ACCOUNT, REST("settings", "/", "", ""), NULL, "-account_id"},
      {ACCOUNT, REST("settings", "/", "", ""), "{'account_id':'1'}", ""},
      {ACCOUNT, REST("settings", "/", "", ""), "{'account_id':'2'}", "-account_id"},
      {ACCOUNT, REST("settings", "/", "", TEXT("account_id")), NULL, "!account_id"},
      {ACCOUNT, REST("settings", "/", "", TEXT("account_id")), "{'account_id':'1'}", "!account_id"},
      // The header would win over the argument.
      {ACCOUNT, REST("settings", "/", "", TEXT("account_id")), "{'account_id':'2'}", "-account_id"},
      {BOTH, REST("settings", "/", "", ""), "{'account_id':'1'}", "-zone_id"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str got = narrowed(a, rows[i].fence, rows[i].tool, rows[i].context, TOOL_REMOTE);
    if (!str_is(got, rows[i].want))
      fail_msg("%s %s %s\n got  %s\n want %s", rows[i].fence, rows[i].tool,
               rows[i].context ? rows[i].context : "", got.p, rows[i].want);
  }
  arena_free(a);
}

static void names(void **state) {
  (void)state;
  static const char *const zone[] = {
      "zone_id",         "zoneId",  "ZONE-ID",     "zone id",   "zone%5Fid",      "zone",       "Zones",
      "filter[zone_id]", "zone.id", "a.b.zone_id", "X-Zone-Id", "target_zone_id", "x[zone][eq]"};
  static const char *const other[] = {"timezone", "time_zone", "zonal",      "zone_file",  "zonefile", "id",
                                      "",         "...",       "account_id", "zone_id_of", "zoneida"};
  for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
    if (!narrow_is_named(&fence_keys[1], str_of(zone[i]))) fail_msg("%s names no zone", zone[i]);
  for (size_t i = 0; i < sizeof other / sizeof *other; i++)
    if (narrow_is_named(&fence_keys[1], str_of(other[i]))) fail_msg("%s names a zone", other[i]);
  struct arena *a = arena_new();
  char *padding = arena_alloc(a, 1001);
  memset(padding, 'x', 1000);
  assert_true(narrow_is_named(&fence_keys[1], arena_printf(a, "%s_zone_id", padding)));
  assert_true(narrow_is_named(&fence_keys[1], arena_printf(a, "%s.zone", padding)));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(by_the_path),
      cmocka_unit_test(by_word),
      cmocka_unit_test(names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
