// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "ask/plan.h"
#include "ask/reading.h"
#include "base/file.h"
#include "data/yaml.h"
#include "table/moment.h"

struct room { // the connectors' words, and a moment
  struct arena *arena;
  struct model kept, model; // as a question has it: upon what is kept
  struct yaml_doc *docs[4];
  struct table_clock clock;
};

static const struct model_source sources[] = {
    {.connector = {"cloudflare", 10},
     .label = {"Cloudflare", 10},
     .accounts = {{"acme", 4}},
     .account_count = 1},
    {.connector = {"cloudinary-assets", 17},
     .label = {"Cloudinary", 10},
     .accounts = {{"media", 5}},
     .account_count = 1},
    {.connector = {"arcjet", 6}, .label = {"Arcjet", 6}, .accounts = {{"guard", 5}}, .account_count = 1}};

static int room_open(void **state) {
  struct room *r = calloc(1, sizeof *r);
  struct err err;
  const struct zone *utc;
  r->arena = arena_new();
  r->kept.arena = r->arena;
  assert_true(zone_find(STR("UTC"), &utc, &err));
  r->clock = (struct table_clock){.zone = utc, .first_weekday = 1};
  assert_true(moment_read(STR("2026-11-26T10:30:00Z"), &r->clock.now_ms));
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    char path[600];
    struct buf text = BUF_MAX(1 << 20);
    snprintf(path, sizeof path, CONNECTORS "/%.*s/ask.yaml", STR_ARG(sources[i].connector));
    if (!file_read(path, &text, &err) || !yaml_read(buf_str(&text), &r->docs[i], &err) ||
        !model_add(&r->kept, yaml_root(r->docs[i]), &sources[i], &err))
      fail_msg("%s: %s %s", path, err.field, err.text);
    buf_free(&text);
  }
  model_over(&r->kept, r->arena, &r->model);
  *state = r;
  return 0;
}

static int room_close(void **state) {
  struct room *r = *state;
  for (size_t i = 0; i < 4; i++) yaml_close(r->docs[i]);
  phrases_free(&r->model.phrases);
  phrases_free(&r->kept.phrases);
  arena_free(r->arena);
  free(r);
  return 0;
}

static void read_in(struct room *r, const char *question, const struct reading *before, struct reading *out) {
  struct err err;
  struct reading_input in = {.question = str_of(question), .model = &r->model, .clock = &r->clock};
  assert_true(reading_make(&in, before, r->arena, out, &err));
}

static void a_question_finds_its_thing(void **state) {
  static const struct {
    const char *question, *things; // of its parts, in order
  } cases[] = {
      {"how many zones do we have", "zones"},
      {"which domain is on the business plan?", "zones"},
      {"list the dns records of example.org", "dns_records"},
      {"who deleted DNS records in the last 3 days?", "audit_events"},
      {"which certificates expire in the next 14 days?", "certificates"},
      {"requests per day on example.org this month", "traffic"},
      {"top 3 countries by blocked requests on example.org", "firewall_events"},
      {"largest videos in the media library", "assets"},
      {"how many images are larger than 5 MB?", "assets"},
      {"which rules are in dry run mode?", "rules"},
      {"who has no second factor?", "members"},
      {"which roles does nobody hold?", "roles"},
      {"Find the zone id of example.org, then list its firewall rules.", "zones firewall_rules"},
      {"which Worker has not been changed the longest?", "workers"},
      {"which Arcjet sites are also zones in Cloudflare?", "sites zones"},
      {"how did our storage develop over the last 6 months?", "usage_days"},
      {"which images are in the brand folder?", "assets"},
      {"videos longer than 2 minutes", "assets"},
      {"top 5 tags", "tags"},
      {"Remove nothing, just tell me how many zones there are", "zones"},
      {"Delete no zones, just count them", "zones"},
      {"How many KV namespaces, R2 buckets and D1 databases do we have?",
       "kv_namespaces r2_buckets d1_databases"},
  };
  struct room *r = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    struct buf found = BUF_MAX(1000);
    read_in(r, cases[i].question, NULL, &reading);
    for (size_t p = 0; p < reading.part_count; p++)
      buf_printf(&found, "%s%.*s", p ? " " : "", STR_ARG(reading.parts[p].thing->id));
    if (!str_is(buf_str(&found), cases[i].things))
      fail_msg("'%s': expected %s, read as %.*s", cases[i].question, cases[i].things,
               STR_ARG(buf_str(&found)));
    buf_free(&found);
  }
}

static void what_is_no_question_ends_otherwise(void **state) {
  static const struct {
    const char *question;
    enum reading_end end;
  } cases[] = {{"delete the zone example.org", READING_ORDER},
               {"Defrost all zones", READING_ORDER}, // a verb that no list has
               {"Could you whitewash the zone example.org?", READING_ORDER},
               {"Plot the zones per plan", READING_SOUND},
               {"Chart all zones", READING_SOUND},
               {"Zones the last 30 days", READING_SOUND},
               {"Could you please purge the cache of example.org?", READING_ORDER},
               {"List the zones and then delete the paused ones", READING_ORDER},
               {"{\"steps\": []}", READING_IS_DATA},
               {"why was this not stopped?", READING_VAGUE},
               {"Turn on development mode for example.org", READING_ORDER},
               {"Can you enable 2FA for everyone?", READING_ORDER},
               {"dns changes from tomorrow until yesterday", READING_NO_SPAN},
               {"how many invoices are overdue?", READING_NOTHING},
               {"who changed firewall rules today?", READING_SOUND},
               {"which rules block?", READING_SOUND},
               {"Remove nothing, just tell me how many zones there are", READING_SOUND},
               {"Delete no zones, just count them", READING_SOUND},
               {"Please do not change anything. How many zones are paused?", READING_SOUND},
               {"Block nothing but example.org", READING_ORDER},
               {"Delete no longer used zones", READING_ORDER},
               {"Lösche nichts, wie viele Domains gibt es?", READING_SOUND},
               {"Bitte lösche die Zone example.org", READING_ORDER},
               {"No, delete the zone example.org", READING_ORDER},
               {"Remove nothing and then delete the zone example.org", READING_ORDER}};
  struct room *r = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    read_in(r, cases[i].question, NULL, &reading);
    if (reading.end != cases[i].end)
      fail_msg("'%s' ended as %d, not %d", cases[i].question, reading.end, cases[i].end);
  }
}

static void a_follow_up_changes_what_was_before(void **state) {
  struct room *r = *state;
  struct reading first, second, third;
  read_in(r, "list the firewall rules of example.org", NULL, &first);
  read_in(r, "only the paused ones", &first, &second);
  assert_int_equal(second.part_count, 1);
  assert_string_equal(second.parts[0].thing->id.p, "firewall_rules");
  assert_int_equal(second.parts[0].filter_count, 1);
  assert_true(str_is(second.parts[0].names[0], "example.org"));
  read_in(r, "now the same for example.net", &second, &third);
  assert_true(str_is(third.parts[0].names[0], "example.net"));
  assert_int_equal(third.parts[0].filter_count, 1);
}

// A plan of every question is a program that reads: the planner knows no other step.
static void a_plan_takes_what_the_vendor_can_filter(void **state) {
  struct room *r = *state;
  struct reading reading;
  struct ask_plan plan;
  read_in(r, "how many requests did we deny for rate limiting this week?", NULL, &reading);
  plan_make(&reading, &r->clock, r->arena, &plan);
  assert_int_equal(plan.end, PLAN_PROGRAM);
  char *text = yyjson_mut_write(plan.program, 0, NULL);
  assert_non_null(strstr(text, "\"conclusion\":\"DENY\""));
  assert_non_null(strstr(text, "\"since\":\"now/w\""));
  assert_non_null(strstr(text, "requests.reason = 'rate_limit'"));
  free(text);
  yyjson_mut_doc_free(plan.program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_question_finds_its_thing),
      cmocka_unit_test(what_is_no_question_ends_otherwise),
      cmocka_unit_test(a_follow_up_changes_what_was_before),
      cmocka_unit_test(a_plan_takes_what_the_vendor_can_filter),
  };
  return cmocka_run_group_tests(tests, room_open, room_close);
}
