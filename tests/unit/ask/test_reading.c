// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "ask/part.h"
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

static const struct model_source sources[] = {{.connector = {"cloudflare", 10},
                                               .label = {"Cloudflare", 10},
                                               .accounts = {{"acme", 4}},
                                               .account_count = 1,
                                               .worded = true},
                                              {.connector = {"cloudinary-assets", 17},
                                               .label = {"Cloudinary", 10},
                                               .accounts = {{"media", 5}},
                                               .account_count = 1,
                                               .worded = true},
                                              {.connector = {"arcjet", 6},
                                               .label = {"Arcjet", 6},
                                               .accounts = {{"guard", 5}},
                                               .account_count = 1,
                                               .worded = true}};

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
      {"Who purged the cache of example.org?", "audit_events"}, // what was done
      {"Who can purge the cache?", "members"},                  // what may be done
      {"changes to Workers per day, last 14 days", "audit_events"},
      {"which Workers were changed in the last 14 days?", "workers"},
      {"what is the SSL mode of example.org?", "zone_settings"},
      {"which members did not sign in in the last 30 days?", "members audit_events"},
      {"which members have not accepted yet?", "members"}, // it is something of their own
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
               {"let 203.0.113.77 through on example.org", READING_ORDER},
               {"Let me know how many zones there are", READING_SOUND},
               {"Let us see the zones", READING_SOUND},
               {"Break down DNS records by type", READING_SOUND}, // it only tells them apart
               {"Break the zone example.org", READING_ORDER},
               {"Separate the zone example.org", READING_ORDER},
               {"Who changed it?", READING_VAGUE},
               {"is it secure?", READING_VAGUE},
               {"Show the zones and when they were created", READING_SOUND}, // says what they are
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
  read_in(r, "firewall events on example.org in the last 3 days", NULL, &first);
  read_in(r, "by action", &first, &second); // of those, and of no other thing that has one
  assert_string_equal(second.parts[0].thing->id.p, "firewall_events");
  assert_int_equal(second.parts[0].group_count, 1);
  read_in(r, "yesterday", &second, &third);
  assert_true(str_is(third.parts[0].span.since, "yesterday"));
  read_in(r, "DNS changes in the last 3 days", NULL, &first);
  read_in(r, "and in the previous period?", &first, &second);
  assert_true(second.parts[0].has_prior);
  assert_true(str_is(second.parts[0].span.since, "now-3d"));
  assert_true(str_is(second.parts[0].prior.since, "now-6d"));
  read_in(r, "errors of the Worker api-gateway", NULL, &first);
  read_in(r, "and image-resizer?", &first, &second);
  assert_int_equal(second.parts[0].filter_count, 1);
  assert_true(str_is(second.parts[0].filters[0].text, "image-resizer"));
  read_in(r, "how many zones are paused?", NULL, &first);
  read_in(r, "which ones?", &first, &second);
  assert_false(part_has(&second.parts[0], ASK_COUNT));
  assert_int_equal(second.parts[0].filter_count, 1);
  read_in(r, "who changed the WAF in the last 7 days?", NULL, &first);
  read_in(r, "from where?", &first, &second); // and no bucket that has a place
  check_text(second.parts[0].thing->id, first.parts[0].thing->id.p);
  read_in(r, "requests that Arcjet denied, by month", NULL, &first);
  read_in(r, "split that by site", &first, &second);
  check_text(second.parts[0].thing->id, "requests");
  assert_int_equal(second.parts[0].group_count, 1);
  assert_int_equal(second.parts[0].bucket, 'M');
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

// What a question asks besides, says in a sentence of its own, or says with a slip of the pen, is in the program.
static const struct {
  const char *question, *has, *lacks;
} plans[] = {
    {"which zones have page rules but no firewall rules?", "b.l IS NULL", NULL},
    {"zones with both page rules and firewall rules", "a.l = b.l ORDER", "IS NULL"},
    {"do all of our zones have a certificate?", "NOT IN", NULL},
    {"is development mode on anywhere?", "development_mode > 0", NULL},
    {"which folders are empty?", "NOT IN", NULL},
    {"which folders have no videos in them?", "all_videos", NULL},
    {"how many DNS records have a content that starts with 192.0.2", "= 1", "IS NULL"},
    {"what percentage of the bytes in our media library is video?", "sum(CASE", NULL},
    {"how much bandwidth did Cloudinary serve yesterday?", "get-usage-details", "graphql"},
    {"who changed things in Cloudflare from an address that Arcjet denied this week?",
     "logs.actor__ip) IN (SELECT", NULL},
    {"what roles do the people have who purged the cache in the last 30 days?", "actor__email AS v",
     "permissions__cache"},
    {"which members did nothing in the last 30 days?", "IS NULL", NULL},
    {"which Workers are bound to a KV namespace, and what is the namespace called?", "kv k",
     "list_all_cloudflare_d1"},
    {"is the WAF on?", "settings.id = 'waf'", NULL},
    {"Welche Mitglieder haben ihre Einladung noch nicht angenommen?", "'pending'", NULL},
    {"how many zones are paused, and which are they?", "\"r2\"", NULL},
    {"how many zones are paused?", "\"r1\"", "\"r2\""},
    {"do images or videos take up more space?", "GROUP BY", NULL},
    {"which zone has the most requests? Past 3 days", "now-3d", NULL},
    {"how many audit events were there yestrday?", "yesterday", NULL},
    {"who hasn't turned on two factor authentication yet?", "NOT coalesce", NULL},
    {"assets that are tagged both draft and approved", "lower('draft')", NULL},
    {"how many assets are in the folder product?", "lower('product')", NULL},
    {"how many members are there?", "list_all_cloudflare_members", "list_all_cloudflare_roles"},
    {"Wer hat in den letzten 24 Stunden DNS-Einträge geändert?", "now-24h", NULL},
    {"which page rules of example.com are switched off?", "page_rules", NULL},
    {"which zones have no page rules?", "NOT IN", NULL},
    {"do all members have two factor authentication?", "NOT coalesce", NULL}, // those that have not
    {"which page rules are off on example.org?", "'disabled'", NULL},
    {"which page rules are there on example.org?", "page_rules", "'disabled'"},
    {"DNS records with a TTL of five minutes", "= 300", "since"},
    {"DNS records with priority 10", "= 10", NULL},
    {"zones that are paused or on the free plan", " OR ", NULL},
    {"paused zones on the free plan", "paused", " OR "},
    {"did ops@example.org do anything on a zone other than example.org?", "IS NOT NULL AND NOT coalesce",
     NULL},
    {"members besides ops@example.org", "IS NOT NULL AND NOT coalesce", NULL},
    {"which DNS records are neither proxied nor MX?", "NOT coalesce", " OR "},
    {"how many records point to mx1.example.org?", "lower('mx1.example.org')", "in_domain"},
    {"how many zones were activated in 2022?", "activated_on", "'active'"},
    {"how many firewall rules block, challenge and log?", "GROUP BY", NULL},
    {"how many firewall rules block or challenge?", "count(*)", "GROUP BY"},
    {"how many firewall rules block, challenge and so on?", "GROUP BY", "'block'"},
    {"how many requests were denied in the last 3 days? Number per reason, all sites", "reason",
     "GROUP BY 1, 2"},
    {"error rate per Worker yesterday", "GROUP BY", NULL},
    {"zones created per month", "time_bucket(zones.created_on", NULL},
    {"which members did not sign in in the last 30 days?", "IS NULL", NULL},
    {"which MX records does example.org have?", "\"type\":\"MX\"", NULL},
    {"which members are pending?", "list_all_cloudflare_members", "list_all_cloudflare_roles"},
    {"which members may change billing?", "list_all_cloudflare_roles", NULL},
    {"zones created before 2021", "2021-01-01", NULL},
    {"Yesterday, how many requests did example.com get?", "yesterday", "now-7d"}, // a time that comes first
    {"how many requests did the Worker api-gateway serve?", "lower('api-gateway')", NULL},
    {"errors of the Workers api-gateway and image-resizer", "lower('image-resizer')", NULL},
    {"how many GB do our videos take up?", "sum(assets.bytes", NULL},
    {"which IP did ops@example.com use?", "logs.actor__ip", NULL},
    {"how many zones are not on the free plan?", "NOT coalesce", NULL},
    {"which zone was created first?", "ORDER BY zones.created_on ASC", NULL},
    {"which API token was used last?", "ORDER BY tokens.last_used_on DESC", NULL},
    {"when was the last cache purge?", "now-90d", "now-7d"}, // far back, where the last is asked for
    {"cache purges", "now-7d", NULL},
    {"does example.com or example.org have more DNS records?", "GROUP BY", NULL},
    {"are PDFs larger than ZIPs on average?", "avg(assets.bytes", NULL},
    {"what share of the assets are videos?", "percent", NULL},
    {"page rules by status and zone", "GROUP BY 1, 2", NULL},
    {"are all firewall rules of example.com active?", "NOT coalesce", NULL},
    {"does every zone have an SPF record?", "NOT IN", NULL},
    {"which Workers use no KV?", "NOT IN", NULL},
    {"which firewall rules have an expression with sqlmap?", "instr(lower(", NULL},
    {"which assets belong to product?", "lower('product')", NULL},
    {"in which zones was something deleted last week?", "IS NOT NULL", NULL},
    {"last five DNS changes", "audit_logs", "dns_records"},
    {"which DNS records have a comment?", "NOT coalesce((dns.comment IS NULL", NULL},
    {"which members have two-factor authentication switched off?", "NOT coalesce", NULL},
    {"who has disabled two-factor authentication?", "NOT coalesce", NULL},
    {"which members have two-factor authentication turned on?", "two_factor", "NOT coalesce"},
    {"which zones share a name server?", "HAVING count(*) >= 2", "percent"},
    {"are there ruleset rules with the same expression on two zones?", "HAVING count(DISTINCT", NULL},
    {"which zones got more than a million requests this week?", ") > 1000000", NULL},
    {"which IP addresses were denied on more than one site in the last 7 days?",
     "HAVING count(DISTINCT requests.site) > 1", "audit_logs"},
    {"which tags are used only once?", "HAVING count(*) = 1", NULL},
    {"which tags are used more than 10 times?", "HAVING count(*) > 10", "bytes >"},
    {"which Workers have not been deployed for more than 90 days?", ">= :until, 0)", ":since, 0)"},
    {"which certificates expire this month?", "now+1M/M", NULL},
    {"how many DNS records were added this month?", "now/M", "now+1M/M"},
    {"did traffic to example.com go up compared with the week before?", "'this period'", "change_percent ="},
    {"zones per plan. Make it a pie chart", "\"mark\":\"bar\"", NULL},
    {"what were the peak hours for traffic on example.com yesterday?", "'hour'", NULL},
    {"on which weekday are most changes made?", "AS \\\"weekday\\\"", "hour"},
    {"how many R2 buckets are in Europe?", "'WEUR'", NULL},
    {"average requests per day on example.com this month", "avg(v)", "avg(traffic.count"},
    {"average requests per day per zone this month", "AS \\\"mean requests\\\"", NULL},
    {"p95 of requests per hour on example.com over the last week", "percentile(v, 95)", NULL},
    {"are there any expired certificates?", "< strftime", NULL},
    {"which certificates have not expired?", ">= strftime", NULL},
    {"which zones do not have DNSSEC?", "<> 'active'", "NOT IN"},
    {"which countries do attackers come from?", "GROUP BY 1", NULL},
    {"how many assets are bigger than 10 MB, and how much space do they take?", "sum(assets.bytes)", NULL},
    {"which hosts point to the same IP address?", "HAVING count(*) >= 2", NULL},
    {"were there any days without DNS changes last week?", "WITH RECURSIVE", NULL},
    {"which hours of yesterday had no logins?", "'hour'", "NOT coalesce"},
    {"which hour of the day sees the most traffic on example.com?", "hour of the day", "time_bucket"},
    {"which zones use full SSL instead of strict?", "NOT coalesce", NULL},
    {"which changes were made through the dashboard rather than the API yesterday?", "NOT coalesce",
     "GROUP BY"},
    {"what is the security level of each zone?", "'security_level'", "count("},
    {"who logged in from more than two different IP addresses in the last 30 days?",
     "HAVING count(DISTINCT logs.actor__ip) > 2", NULL},
    {"first change to example.com in the last 30 days", "ASC", NULL},
    {"is our media bandwidth above 80 % of the plan?", "bandwidth__used_percent > 80", NULL},
    {"which invitations are still open?", "'pending'", NULL},
    {"DNS records of www.example.com", "lower(dns.name) = lower('www.example.com')", NULL},
    {"DNS records of example.com and www.example.org", "list_all_cloudflare_dns_records", "lower(dns.name)"},
    {"which zones have not been changed in the last week?", "zones.modified_on", "audit_logs"},
    {"which KV namespaces are not bound?", "kv.id NOT IN", NULL},
    {"unused KV namespaces", "kv.id NOT IN", NULL},
    {"how many requests were denied because of rate limiting, and how many because of bots, in the last 7 "
     "days?",
     "GROUP BY 1", NULL},
    {"all images sorted by size", "ORDER BY assets.bytes DESC", "GROUP BY"},
    {"images wider than 3900 pixels, sorted by width ascending", "ORDER BY assets.width ASC", NULL},
    {"DNS records of example.com ordered by type", "ORDER BY dns.type ASC", "GROUP BY"},
    {"daily media bandwidth of the last 14 days", "usage", NULL},
    {"a line chart of requests per day on example.org", "\"line\"", NULL},
    {"which certificates expire within 60 days?", "\"since\":\"now\"",
     "now-60d"}, // ahead, and not what is over
    {"audit events within 60 days", "now-60d", NULL},
    {"DNS changes in the last week (7 days)", "now-7d", "_before"}, // the one explains the other
    {"DNS changes of the past 14 days compared with the previous 14", "now-28d", NULL},
    {"DNS changes, the last 3 days against the previous period", "now-6d", NULL},
    {"on which days of the last 20 were there fewer than 7 logins?", "coalesce(n, 0) < 7", NULL},
    {"which day of this week had more than 30 logins?", "coalesce(n, 0) > 30", NULL},
    {"hours of yesterday with more than 12 DNS changes", "coalesce(n, 0) > 12", NULL},
    {"which zones had no changes in the last 30 days?", "b.l IS NULL", "GROUP BY"},
    {"zones that nobody changed in the last 30 days", "b.l IS NULL", "modified_on"},
    {"which zones have not been changed in the last 30 days?", "modified_on", "b.l IS NULL"},
    {"paused zones with any change in the last 5 days", "a JOIN", "b.l IS NULL"},
    {"Of the requests that Arcjet denied yesterday, how many percent were bots?",
     "FILTER (WHERE (requests.reason = 'bot_v2'))", NULL},
    {"is traffic higher on example.com or on example.org?", "GROUP BY 1", NULL},
    {"Break denied requests of this week down by site", "GROUP BY 1", NULL},
    {"how many of the changes this week were deletions? In percent, please.", "percent", NULL},
    {"how many requests did example.com get this week? Per day, please.", "time_bucket", NULL},
    {"how many denied requests came form DE yesterday?", "'DE'", NULL}, // a slip of the pen that is a word
    {"is our media bandwidth above half of the plan?", "bandwidth__used_percent > 50", NULL},
    {"is our media storage below three quarters of the plan?", "storage__used_percent < 75", NULL},
    {"how many firewall rules are there, and how many of them block?", "\"r2\"", "graphql"},
    {"how many DNS records do we have and how many of those are MX?", "\"r2\"", NULL},
    {"All zones together: how many DNS records?", "\"r1\"", "\"r2\""},
    {"assets that nobody tagged", "assets.tags IS NULL", NULL},
    {"Welche Adressen hat Arcjet gestern abgewiesen?", "list-requests", NULL},
    {"Separate the DNS records by type", "GROUP BY 1", NULL},
    {"how many actions failed yesterday?", "count(*)", "GROUP BY"},
    {"how many people changed DNS yesterday?", "count(DISTINCT logs.actor__email)", NULL},
    {"how many countries did denied requests come from?", "count(DISTINCT", NULL},
    {"which API token expires next?", "tokens.expires_on >= strftime", NULL}, // and none that never does
    {"which assets have duplicate file names?", "HAVING count(*) >= 2", "lower('duplicate')"},
    {"firewall blocks on example.com yesterday, hour by hour", "= 'block'", NULL}, // and no challenges
    {"when did on-call last log in?", "on-call@", NULL},
    {"DNS records with a TTL of more than an hour", "dns.ttl > 3600", ":until"},
    {"DNS records with a TTL of at most two hours", "dns.ttl <= 7200", ":until"},
    {"which roles does a@example.com have that b@example.com does not?", "each.value", NULL},
    {"which roles does a@example.com have that b@example.com does not?", "b.l IS NULL", NULL},
    {"who may change firewall rules?", "firewall__write", "audit_logs"},
    {"members w/o two-factor", "NOT coalesce((members.user__two", NULL},
    {"how many firewall rules are there for each action, counted over all zones?", "\"r1\"", "\"r2\""},
    {"denied requests by month, all our sites together", "now-90d", "now-7d"},
    {"Which path gets denied the most? Take the last 90 days of Arcjet.", "now-90d", "now-7d"},
    {"are POSTs denied more often than GETs?", "'GET'", NULL},
    {"how many images are wider than 3000 px and heavier than 3 MB?", "assets.bytes > 3000000", NULL},
    {"which takes up more space, the campaigns/autumn folder or campaigns/summer?", "GROUP BY", NULL},
    {"how big are the pictures in products/bags?", "lower('products/bags')", NULL},
    {"any pictures that are taller than they are wide?", "assets.height > assets.width", NULL},
    {"which paths of our sites were hit from Germany but never from France?", "b.l IS NULL", NULL},
    {"more blocks or more challenges among the firewall rules of example.com?", "GROUP BY", NULL},
};

static void all_of_a_question_is_in_its_plan(void **state) {
  struct room *r = *state;
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
    struct reading reading;
    struct ask_plan plan;
    read_in(r, plans[i].question, NULL, &reading);
    plan_make(&reading, &r->clock, r->arena, &plan);
    if (plan.end != PLAN_PROGRAM) fail_msg("%s: %.*s", plans[i].question, STR_ARG(plan.text));
    char *text = yyjson_mut_write(plan.program, 0, NULL);
    if (!strstr(text, plans[i].has)) fail_msg("%s: no %s in %s", plans[i].question, plans[i].has, text);
    if (plans[i].lacks && strstr(text, plans[i].lacks))
      fail_msg("%s: %s in %s", plans[i].question, plans[i].lacks, text);
    free(text);
    yyjson_mut_doc_free(plan.program);
  }
}

// A word that says which rows are meant, and that nothing knows, is never left out of a question.
static void what_is_not_understood_is_not_left_out(void **state) {
  struct room *r = *state;
  static const char *const questions[] = {"which vegan zones are active?",
                                          "members of example.com",
                                          "largest vegan images in the media library",
                                          "which agents hit example.com?",
                                          "members that nobody invited",
                                          "ops@example.org works from one address. How many denied requests "
                                          "came from it?",
                                          "zones nobody switched on"};
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    struct reading reading;
    struct ask_plan plan;
    read_in(r, questions[i], NULL, &reading);
    plan_make(&reading, &r->clock, r->arena, &plan);
    if (plan.end == PLAN_PROGRAM) fail_msg("%s", questions[i]);
  }
}

// A time that is said once counts for both sources, wherever it stands; two that are said are each one's own.
static void two_sources_share_a_time(void **state) {
  struct room *r = *state;
  static const struct {
    const char *question, *first, *second;
  } cases[] = {
      {"addresses that were blocked on example.com this week and denied by Arcjet", "now/w", "now/w"},
      {"addresses that were blocked on example.com and denied by Arcjet this week", "now/w", "now/w"},
      {"Which addresses were blocked by the firewall in the last 7 days and denied by Arcjet?", "now-7d",
       "now-7d"},
      {"addresses that were blocked on example.com in the last 7 days and denied by Arcjet this week",
       "now-7d", "now/w"},
      {"addresses that were blocked by the WAF and also denied by Arcjet in the last 2 days", "now-2d",
       "now-2d"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    read_in(r, cases[i].question, NULL, &reading);
    if (!reading.joined || reading.part_count != 2) fail_msg("%s: no join", cases[i].question);
    const struct span *first = &reading.parts[0].span, *second = &reading.parts[1].span;
    if (!str_is(first->since, cases[i].first) || !str_is(second->since, cases[i].second))
      fail_msg("%s: %.*s and %.*s", cases[i].question, STR_ARG(first->since), STR_ARG(second->since));
  }
}

// Bytes that reading took for a question of so many clauses, each of which might divide it in two.
static size_t bytes_for(struct room *r, const char *clause, size_t clauses) {
  struct buf question = BUF_MAX(8000);
  struct reading reading;
  buf_add_z(&question, "zones ");
  for (size_t i = 0; i < clauses; i++) buf_add_z(&question, clause);
  buf_add_char(&question, 0);
  size_t before = arena_bytes(r->arena);
  read_in(r, question.p, NULL, &reading);
  buf_free(&question);
  return arena_bytes(r->arena) - before;
}

// Each half is held against every thing: that of all ways to divide it would grow with the square of the question.
static void a_question_of_many_clauses_costs_no_more_for_each(void **state) {
  static const char *const clauses[] = {"that no zone and firewall ", "who did nothing that no ",
                                        "that have no routes and also ", "nobody changed "};
  for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
    size_t few = bytes_for(*state, clauses[i], 20), many = bytes_for(*state, clauses[i], 60);
    if (many > 4 * few) fail_msg("%s: %zu bytes for 20, %zu for 60", clauses[i], few, many);
  }
}

// What has no answer ends with what is missing, and never with rows that answer something else.
static void what_has_no_answer_is_said(void **state) {
  struct room *r = *state;
  static const struct {
    const char *question;
    enum plan_end end;
    const char *says;
  } cases[] = {
      {"How many requests will be denied next week?", PLAN_UNANSWERABLE, "what is to come"},
      {"which DNS records did Arcjet change?", PLAN_CLARIFY,
       "Arcjet"}, // connected, and no word that nothing knows
      {"audit events of tomorrow", PLAN_UNANSWERABLE, "what is to come"},
      {"When will we run out of assets?", PLAN_UNANSWERABLE, "what is to come"},
      {"which certificates expire next week?", PLAN_PROGRAM, ""}, // that is known before
      {"Workers per day", PLAN_UNANSWERABLE, "when that was"},
      {"what share of our requests?", PLAN_CLARIFY, "names no part"},
      {"what share of our requests was cached?", PLAN_PROGRAM, ""},
      {"How did the site do?", PLAN_CLARIFY, "number"},
      {"zones other than example.org, example.com and example.net", PLAN_PROGRAM, ""},
      {"DNS records of zones other than example.org", PLAN_CLARIFY, "denies"},
      {"DNS changes in the previous period", PLAN_CLARIFY, "before which one"},
      {"how many logins were there in the prior period?", PLAN_CLARIFY, "before which one"},
      {"which R2 bucket is the biggest?", PLAN_CLARIFY, "number"}, // of which nothing says its size
      {"which D1 database is the biggest?", PLAN_PROGRAM, ""},
      {"and who did that?", PLAN_CLARIFY, "without saying what"},
      {"how often was each picture downloaded last week?", PLAN_CLARIFY, "downloaded"}, // what is asked for
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    struct ask_plan plan;
    read_in(r, cases[i].question, NULL, &reading);
    plan_make(&reading, &r->clock, r->arena, &plan);
    if (plan.end != cases[i].end || str_find_text(plan.text, str_of(cases[i].says)) < 0)
      fail_msg("%s: %d %.*s", cases[i].question, plan.end, STR_ARG(plan.text));
    if (plan.end == PLAN_PROGRAM) yyjson_mut_doc_free(plan.program);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_question_finds_its_thing),
      cmocka_unit_test(what_is_no_question_ends_otherwise),
      cmocka_unit_test(a_follow_up_changes_what_was_before),
      cmocka_unit_test(a_plan_takes_what_the_vendor_can_filter),
      cmocka_unit_test(all_of_a_question_is_in_its_plan),
      cmocka_unit_test(what_is_not_understood_is_not_left_out),
      cmocka_unit_test(two_sources_share_a_time),
      cmocka_unit_test(a_question_of_many_clauses_costs_no_more_for_each),
      cmocka_unit_test(what_has_no_answer_is_said),
  };
  return cmocka_run_group_tests(tests, room_open, room_close);
}
