// SPDX-License-Identifier: Apache-2.0
// Words for asking, judged: those that ship are sound, and each kind of slip is told with a pointer to it.
#include "../support/check.h"

#include "connector/dashboard.h"
#include "data/json.h"
#include "data/yaml.h"
#include "model/vet.h"

static const char sound[] =
    "names: [acme]\n"
    "things:\n"
    "  zones:\n"
    "    names: [zone]\n"
    "    steps: [{id: zones, tool: list-zones}]\n"
    "    key: id\n"
    "    gives: {zone_id: zones.id}\n"
    "    label: name\n"
    "    columns: {name: {sql: zones.name, entity: domain}, paused: {sql: zones.paused, 'yes': [paused]}}\n"
    "  rules:\n"
    "    names: [rule]\n"
    "    within: zones\n"
    "    steps: [{id: rules, tool: list-rules, arguments: {zone_id: {$: zone_id}}}]\n"
    "    from: rules JOIN zones ON zones.id = rules.zone_id\n"
    "    where: rules.id IS NOT NULL\n"
    "    label: text\n"
    "    show: [action]\n"
    "    columns: {text: {sql: rules.text}, action: {sql: rules.action, names: [action]}}\n"
    "    conditions: [{sql: rules.action = 'block', of: action, names: [blocking], said: blocking}]\n"
    "recipes:\n"
    "  quiet:\n"
    "    label: quiet\n"
    "    title: Quiet\n"
    "    when: [[quiet]]\n"
    "    slots: {site: {thing: zones, otherwise: all}, by: {otherwise: day, choices: {day: {names: [by day], "
    "put: {column: "
    "rules.day}}}}}\n"
    "    program:\n"
    "      steps: [{id: rules, tool: list-rules, arguments: {zone: {$param: site}, field: <<by.column>>}}]\n"
    "      results: {r: {query: \"SELECT <<by.column>> AS <<by>> FROM rules WHERE name = :site\", say: "
    "'{rows}'}}\n"
    "troubles:\n"
    "  asleep: {when: [empty], things: [rules], steps: [{id: g, tool: list-guards}], query: SELECT 1 AS n "
    "FROM g, say: x}\n";

static bool has(void *arg, struct str tool) {
  (void)arg;
  return str_is(tool, "list-zones") || str_is(tool, "list-rules") || str_is(tool, "list-guards");
}

static bool vetted(const char *text, struct err *err) {
  struct yaml_doc *doc;
  if (!yaml_read(str_of(text), &doc, err)) fail_msg("%s %s", err->field, err->text);
  bool ok = model_vet(yaml_root(doc), &(struct vet_tools){.has = has}, err);
  yaml_close(doc);
  return ok;
}

static void what_is_sound_passes(void **state) {
  struct err err = {0};
  (void)state;
  if (!vetted(sound, &err)) fail_msg("%s: %s", err.field, err.text);
  assert_true(model_vet(NULL, NULL, &err));
}

static void slips_are_told_with_a_pointer(void **state) {
  static const struct {
    const char *was, *is, *at, *says;
  } slips[] = {
      {"names: [acme]", "name: [acme]", "/ask", "no member is called 'name'"},
      {"label: name", "label: title", "/ask/things/zones/label", "there is no column 'title'"},
      {"show: [action]", "show: [action, plan]", "/ask/things/rules/show", "there is no column 'plan'"},
      {"within: zones", "within: zone", "/ask/things/rules", "'within' is 'zone'"},
      {"tool: list-zones", "tool: list-zone", "/ask/things/zones/steps/0", "there is no tool 'list-zone'"},
      {"{sql: zones.name, entity: domain}", "{sql: zones.name, entity: host}",
       "/ask/things/zones/columns/name", "no kind of word is called 'host'"},
      {"{sql: rules.text}", "{sql: rules.text +}", "/ask/things/rules/columns/text/sql", "syntax"},
      {"{sql: rules.text}", "{sql: 'rulez.text'}", "/ask/things/rules/columns/text/sql", "rulez"},
      {"{sql: rules.text}", "{sql: load_extension(rules.text)}", "/ask/things/rules/columns/text/sql",
       "load_extension"},
      {"{sql: rules.text}", "{sqll: rules.text}", "/ask/things/rules/columns/text", "'sqll'"},
      {"of: action, names", "of: act, names", "/ask/things/rules/conditions/0", "there is no column 'act'"},
      {"where: rules.id IS NOT NULL", "where: rules.id IS IS", "/ask/things/rules/where", "syntax"},
      {"thing: zones, otherwise", "thing: zone, otherwise", "/ask/recipes/quiet/slots/site",
       "there is no thing 'zone'"},
      {"{otherwise: day,", "{otherwise: week,", "/ask/recipes/quiet/slots/by", "none of the choices"},
      {"slots: {site:", "slots: {zone:", "/ask/recipes/quiet/slots/zone", "a name that programs have"},
      {"{$param: site}", "{$param: sight}", "/ask/recipes/quiet/program", "'sight' is no slot"},
      {"field: <<by.column>>", "field: <<bye.column>>", "/ask/recipes/quiet/program", "'bye' is no slot"},
      {"WHERE name = :site", "WHERE name = :sight", "/ask/recipes/quiet/program/results/r/query", "sight"},
      {"when: [[quiet]]", "when: []", "/ask/recipes/quiet", "'when'"},
      {"FROM rules WHERE", "FROM rulez WHERE", "/ask/recipes/quiet/program/results/r/query", "rulez"},
      {"when: [empty]", "when: [odd]", "/ask/troubles/asleep", "not 'odd'"},
      {"things: [rules]", "things: [rule]", "/ask/troubles/asleep", "'rule', which is not there"},
      {"SELECT 1 AS n FROM g", "SELECT n FROM", "/ask/troubles/asleep/query", ""},
      {"tool: list-guards", "tool: wake-guards", "/ask/troubles/asleep/steps/0",
       "there is no tool 'wake-guards'"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    char text[8000];
    struct err err = {0};
    const char *found = strstr(sound, slips[i].was);
    assert_non_null(found);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(found - sound), sound, slips[i].is,
             found + strlen(slips[i].was));
    if (vetted(text, &err)) fail_msg("\"%s\" passes", slips[i].is);
    if (strcmp(err.field, slips[i].at) != 0) fail_msg("\"%s\": at %s: %s", slips[i].is, err.field, err.text);
    check_has(err.text, slips[i].says);
  }
}

static void those_that_ship_are_sound(void **state) {
  (void)state;
  struct connector_set *set = NULL;
  struct err err = {0};
  if (!connector_set_load(CONNECTORS, &set, &err)) fail_msg("%s: %s", err.field, err.text);
  size_t at = 0, with = 0;
  for (const struct connector *c; (c = connector_next(set, &at));) {
    with += c->ask != NULL;
    if (!model_vet(c->ask, NULL, &err)) fail_msg("%s: %s: %s", c->name.p, err.field, err.text);
    for (size_t i = 0; c->dashboard && i < c->dashboard->count; i++)
      if (!model_vet_program(c->dashboard->tiles[i].program, NULL, &err))
        fail_msg("%s: %s: %s: %s", c->name.p, c->dashboard->tiles[i].title.p, err.field, err.text);
    if (c->ask && !c->imported && !c->dashboard) fail_msg("%s has words and no dashboard", c->name.p);
  }
  assert_true(with >= 5);
  connector_set_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_sound_passes),
      cmocka_unit_test(slips_are_told_with_a_pointer),
      cmocka_unit_test(those_that_ship_are_sound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
