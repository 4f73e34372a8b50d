// SPDX-License-Identifier: Apache-2.0
// A question in any bytes: words, times in every language, a reading over a small model, and the program of it.
#include <stdlib.h>

#include "ask/plan.h"
#include "ask/reading.h"
#include "data/yaml.h"

static const char MODEL[] = "things:\n  zones:\n    names: [zone]\n    steps: [{id: zones, tool: "
                            "list_zones}]\n    find: {argument: name, kind: domain}\n"
                            "    key: id\n    gives: {zone_id: id, zone: name}\n    label: name\n    "
                            "columns:\n      name: {}\n      id: {names: [id]}\n"
                            "      paused: {yes: [paused], no: [active]}\n      size: {unit: bytes, names: "
                            "[size, large]}\n  events:\n    names: [change]\n    within: zones\n"
                            "    events: true\n    time: at\n    label: who\n    steps: [{id: events, tool: "
                            "list_events, arguments: {zone_id: {$: zone_id}, since: {$param: since}}}]\n"
                            "    columns:\n      at: {time: true}\n      who: {names: [who], entity: "
                            "email}\n      what: {names: [what], values: {dns: [dns]}}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct model_source source = {
      .connector = {"x", 1}, .label = {"X", 1}, .accounts = {{"x", 1}}, .account_count = 1};
  struct arena *a = arena_new();
  struct model model = {.arena = a};
  struct yaml_doc *y = NULL;
  const struct zone *utc;
  struct err err;
  struct reading reading;
  if (!zone_find(STR("UTC"), &utc, &err) || !yaml_read(str_of(MODEL), &y, &err) ||
      !model_add(&model, yaml_root(y), &source, &err))
    abort();
  struct table_clock clock = {.now_ms = 1795689000000, .zone = utc, .first_weekday = 1};
  struct reading_input in = {.question = {(const char *)data, size}, .model = &model, .clock = &clock};
  if (reading_make(&in, NULL, a, &reading, &err)) {
    struct ask_plan plan;
    struct reading next;
    plan_make(&reading, &clock, a, &plan);
    yyjson_mut_doc_free(plan.program);
    if (reading_make(&in, &reading, a, &next, &err)) {
      plan_make(&next, &clock, a, &plan);
      yyjson_mut_doc_free(plan.program);
    }
  }
  yaml_close(y);
  phrases_free(&model.phrases);
  arena_free(a);
  return 0;
}
