// SPDX-License-Identifier: Apache-2.0
// fence_fixture: a connector with accounts and zones in them, and a fence over it.
#ifndef POSTERN_TEST_TOOL_FENCE_FIXTURE_H
#define POSTERN_TEST_TOOL_FENCE_FIXTURE_H

#include "fixture.h"

#include "tool/narrow.h"

#define FENCE_TEXT(z)                                                                                        \
  { z, sizeof z - 1 }
static struct str fence_account_names[] = {FENCE_TEXT("account")};
static struct str fence_zone_names[] = {FENCE_TEXT("zone"), FENCE_TEXT("zones"), FENCE_TEXT("zone_ids")};
static struct str fence_account_paths[] = {FENCE_TEXT("/accounts/*")};
static struct str fence_zone_paths[] = {FENCE_TEXT("/zones/*")};
static struct str fence_mentions[] = {FENCE_TEXT("account.zone.")};
static struct str fence_outside[] = {FENCE_TEXT("weather")};
static struct connector_narrow fence_narrows[] = {{FENCE_TEXT("by_query"), FENCE_TEXT("zone_id")},
                                                  {FENCE_TEXT("by_list"), FENCE_TEXT("zone_ids")},
                                                  {FENCE_TEXT("details"), FENCE_TEXT("zoneId")}};
static struct connector_narrow fence_account_narrows[] = {{FENCE_TEXT("settings"), FENCE_TEXT("account_id")}};
static const struct connector_fence fence_keys[] = {
    {.key = FENCE_TEXT("account_id"),
     .names = fence_account_names,
     .name_count = 1,
     .paths = fence_account_paths,
     .path_count = 1,
     .outside = fence_outside,
     .outside_count = 1,
     .narrows = fence_account_narrows,
     .narrow_count = 1,
     .id = FENCE_TEXT("^[0-9a-f]{8}$")},
    {.key = FENCE_TEXT("zone_id"),
     .within = FENCE_TEXT("account_id"),
     .names = fence_zone_names,
     .name_count = 3,
     .paths = fence_zone_paths,
     .path_count = 1,
     .mentions = fence_mentions,
     .mention_count = 1,
     .narrows = fence_narrows,
     .narrow_count = 3,
     .id = FENCE_TEXT("^[0-9a-f]{8}$")},
};
static struct connector_context fence_contexts[] = {
    {.name = FENCE_TEXT("account_id"), .header = FENCE_TEXT("x-account-id")}};
static const struct connector fence_connector = {.name = FENCE_TEXT("acme"),
                                                 .fences = fence_keys,
                                                 .fence_count = 2,
                                                 .contexts = fence_contexts,
                                                 .context_count = 1};

static inline struct fences fence_fixture(struct arena *a, const char *text) {
  struct fences f = {0};
  struct err err = {0};
  yyjson_doc *doc = fixture_doc(a, text);
  if (!fence_read(yyjson_doc_get_root(doc), a, &f, &err)) fail_msg("%s %s", err.field, err.text);
  yyjson_doc_free(doc);
  return f;
}

#endif
