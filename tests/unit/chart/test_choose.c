// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include "chart/choose.h"

static void say_value(struct buf *out, const struct chart_value *v) {
  char text[MOMENT_TEXT];
  switch (v->kind) {
  case CHART_NULL:
    buf_add_char(out, '-');
    return;
  case CHART_NUMBER:
    chart_format_json(out, v->number);
    return;
  case CHART_MOMENT:
    moment_write(v->ms, text);
    buf_printf(out, "%.16s", text);
    return;
  case CHART_FLAG:
    buf_add_z(out, v->flag ? "yes" : "no");
    return;
  case CHART_WORD:
    buf_add(out, v->word);
  }
}

// "bar x=n y=zone | 1,a | 2,b"
static struct str say(struct arena *a, const struct chart *c) {
  static const char *const channels[] = {"x", "y", "x2", "color"};
  struct buf out = BUF_MAX(1 << 20);
  buf_add_z(&out, chart_kind_name(c->kind));
  for (int i = 0; i < CHART_CHANNELS; i++)
    if (c->channels[i] >= 0)
      buf_printf(&out, " %s=%.*s", channels[i], STR_ARG(c->fields[c->channels[i]].name));
  for (size_t row = 0; row < c->row_count; row++)
    for (size_t f = 0; f < c->field_count; f++) {
      buf_add_z(&out, f ? "," : "|");
      say_value(&out, chart_at(c, row, (int)f));
    }
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

static struct chart choose(struct arena *a, const char *columns, const char *rows, const char *wish,
                           struct chart_source from) {
  struct table_result *r = ARENA_NEW(a, struct table_result);
  struct chart chart;
  *r = rig_result(a, columns, rows);
  yyjson_doc *doc = wish ? rig_json(wish) : NULL;
  from.rows = r;
  from.wish = yyjson_doc_get_root(doc);
  chart_choose(&from, a, &chart);
  yyjson_doc_free(doc);
  return chart;
}

struct choice {
  const char *columns, *rows, *wish, *chart, *why;
};

static void choices(const struct choice *all, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct arena *a = arena_new();
    struct chart chart = choose(a, all[i].columns, all[i].rows, all[i].wish, (struct chart_source){0});
    struct str got = say(a, &chart);
    if (!str_is(got, all[i].chart) || !str_is(chart.why, all[i].why ? all[i].why : ""))
      fail_msg("%s %s\n  is  %.*s (%.*s)\n  not %s (%s)", all[i].columns, all[i].wish ? all[i].wish : "",
               STR_ARG(got), STR_ARG(chart.why), all[i].chart, all[i].why ? all[i].why : "");
    arena_free(a);
  }
}
#define CHOICES(rows) choices((rows), sizeof(rows) / sizeof *(rows))

static void test_rules(void **state) {
  (void)state;
  static const struct choice rows[] = {
      {"zone:text n:integer", "[]", NULL, "empty", NULL},
      {"n:integer", "[[1284]]", NULL, "kpi|1284", NULL},
      {"zone:text", "[[\"a.com\"]]", NULL, "kpi|a.com", NULL},
      {"zone:text n:integer", "[[\"a.com\",3]]", NULL, "card|a.com,3", NULL},
      // times and texts
      {"t:time k:text w:text",
       "[[\"2026-11-20T17:45:00Z\",\"waf\",\"ops\"],[\"2026-11-20T02:10:00Z\",\"waf\",\"ana\"],"
       "[\"2026-11-20T02:12:30Z\",\"dns\",\"ana\"],[null,\"dns\",\"x\"]]",
       NULL, "timeline x=t y=k|2026-11-20T02:10,waf,ana|2026-11-20T02:12,dns,ana|2026-11-20T17:45,waf,ops",
       NULL},
      {"t:time message:text", "[[\"2026-11-20T17:45:00Z\",\"one\"],[\"2026-11-20T02:10:00Z\",\"two\"]]", NULL,
       "timeline x=t|2026-11-20T02:10,two|2026-11-20T17:45,one", NULL},
      // times and measures
      {"t:time:days n:integer", "[[\"2026-11-03\",3],[\"2026-11-01\",1],[\"2026-11-02\",null]]", NULL,
       "line x=t y=n|2026-11-01T00:00,1|2026-11-02T00:00,-|2026-11-03T00:00,3", NULL},
      {"t:time:days n:integer", "[[\"2026-11-02\",3],[\"2026-11-01\",1]]", NULL,
       "column x=t y=n|2026-11-01,1|2026-11-02,3", NULL},
      {"t:time:days s:text n:integer",
       "[[\"2026-11-01\",\"a\",1],[\"2026-11-02\",\"a\",2],[\"2026-11-03\",\"b\",9],[\"2026-11-02\",\"b\",5]"
       "]",
       NULL,
       "line x=t y=n "
       "color=s|2026-11-01T00:00,0,b|2026-11-02T00:00,5,b|2026-11-03T00:00,9,b|2026-11-01T00:00,1,a|"
       "2026-11-02T00:00,2,a|2026-11-03T00:00,0,a",
       NULL},
      {"t:time:days requests:integer errors:integer",
       "[[\"2026-11-01\",5,1],[\"2026-11-02\",6,2],[\"2026-11-03\",7,3]]", NULL,
       "line x=time y=value "
       "color=series|2026-11-01T00:00,5,Requests|2026-11-02T00:00,6,Requests|2026-11-03T00:00,7,Requests|"
       "2026-11-01T00:00,1,Errors|2026-11-02T00:00,2,Errors|2026-11-03T00:00,3,Errors",
       NULL},
      {"t:time:days s:text n:integer",
       "[[\"2026-11-01\",\"a\",1],[\"2026-11-01\",\"b\",2],[\"2026-11-02\",\"b\",5]]", NULL,
       "bar-stacked x=n y=t color=s|2026-11-01,b,2|2026-11-01,a,1|2026-11-02,b,5", NULL},
  };
  CHOICES(rows);
}

static void test_rules_without_times(void **state) {
  (void)state;
  static const struct choice rows[] = {
      // categories
      {"zone:text n:integer", "[[\"b\",1],[\"a\",1],[\"c\",7]]", NULL, "bar x=n y=zone|c,7|a,1|b,1", NULL},
      {"zone:text zone_id:text n:integer", "[[\"a\",\"z1\",1],[\"b\",\"z2\",7]]", NULL,
       "bar x=n y=zone|b,7|a,1", NULL},
      {"zone:text n:integer", "[[\"a\",1],[null,7],[\"c\",null]]", NULL, "bar x=n y=zone|(none),7|a,1|c,-",
       NULL},
      {"on:boolean n:integer", "[[true,1],[false,7]]", NULL, "bar x=n y=on|false,7|true,1", NULL},
      {"day:text n:integer", "[[\"Wed\",1],[\"Mon\",7],[\"Tue\",3]]", NULL,
       "column x=day y=n|Mon,7|Tue,3|Wed,1", NULL},
      {"hour:integer n:integer", "[[10,1],[9,7]]", NULL, "column x=hour y=n|9,7|10,1", NULL},
      {"action:text n:integer", "[[\"a\",1],[\"a\",2],[\"b\",4],[\"b\",0]]", NULL, "bar x=n y=action|b,4|a,3",
       NULL},
      {"action:text p95:decimal", "[[\"a\",1],[\"a\",2],[\"b\",4],[\"b\",0]]", NULL, "table|a,1|a,2|b,4|b,0",
       NULL},
      {"cost:decimal zone:text", "[[0.1,\"a\"],[0.2,\"a\"],[0.1,\"b\"],[1,\"b\"]]", NULL,
       "bar x=cost y=zone|b,1.1|a,0.3", NULL},
      {"action:text paused:boolean n:integer", "[[\"block\",false,9],[\"block\",true,2],[\"log\",true,3]]",
       NULL, "bar-stacked x=n y=action color=paused|block,false,9|block,true,2|log,true,3", NULL},
      {"action:text paused:boolean p95:decimal", "[[\"block\",false,9],[\"block\",true,2],[\"log\",true,3]]",
       NULL, "heatmap x=paused y=action color=p95|false,block,9|true,block,2|false,log,-|true,log,3", NULL},
      {"day:text paused:boolean n:integer", "[[\"Tue\",false,-9],[\"Mon\",true,2]]", NULL,
       "heatmap x=paused y=day color=n|false,Mon,-|true,Mon,2|false,Tue,-9|true,Tue,-", NULL},
      {"a:text b:text c:text n:integer", "[[\"x\",\"y\",\"z\",1],[\"x\",\"y\",\"q\",2]]", NULL,
       "table|x,y,z,1|x,y,q,2", NULL},
      {"day:text hour:integer p95:integer", "[[\"Mon\",12,1],[\"Tue\",6,2],[\"Tue\",0,3]]",
       NULL, // in the order of hours
       "heatmap x=hour y=day color=p95|0,Mon,-|6,Mon,-|12,Mon,1|0,Tue,3|6,Tue,2|12,Tue,-", NULL},
      {"a:text on:boolean n:integer", "[[\"x\",false,9],[\"y\",true,8],[\"y\",false,1]]", NULL,
       "bar-stacked x=n y=a color=on|x,false,9|x,true,-|y,false,1|y,true,8", NULL},
      // measures alone
      {"age:integer size:integer", "[[0,1],[1,2],[2,3],[3,4],[4,5],[5,6],[6,7],[7,8],[8,9],[9,null]]", NULL,
       "point x=age y=size|0,1|1,2|2,3|3,4|4,5|5,6|6,7|7,8|8,9", NULL},
      {"age:integer size:integer", "[[0,1],[1,2]]", NULL, "table|0,1|1,2", NULL},
      {"v:integer", "[[0],[1],[2],[3],[4],[5],[6],[7],[8],[9]]", NULL,
       "histogram x=from y=n x2=to|0,2,2|2,4,2|4,6,2|6,8,2|8,10,2", NULL},
      {"v:decimal", "[[0],[0.25],[0.5],[0.75],[1],[0.1],[0.2],[0.3],[0.4],[0.6]]", NULL,
       "histogram x=from y=n x2=to|0,0.2,2|0.2,0.4,3|0.4,0.6,2|0.6,0.8,2|0.8,1,1", NULL},
      {"v:integer", "[[5],[5],[5],[5],[5],[5],[5],[5],[5],[5]]", NULL, "histogram x=from y=n x2=to|5,6,10",
       NULL},
      {"v:integer", "[[5],[6]]", NULL, "table|5|6", NULL},
      {"name:text status:text", "[[\"a\",\"x\"],[\"b\",\"y\"]]", NULL, "table|a,x|b,y", NULL},
  };
  CHOICES(rows);
}

static void test_wishes(void **state) {
  (void)state;
  static const char zones[] = "[[\"a\",\"block\",3,0.5],[\"a\",\"log\",1,0.25],[\"b\",\"block\",7,0.125]]";
  static const char columns[] = "zone:text action:text rules:integer ratio:decimal";
  static const struct choice rows[] = {
      {columns, zones, "{\"mark\":\"bar\",\"x\":\"rules\",\"y\":\"action\",\"color\":\"zone\"}",
       "bar-stacked x=rules y=action color=zone|block,b,7|block,a,3|log,a,1", NULL},
      {columns, zones, "{\"mark\":\"bar\",\"x\":\"rules\",\"y\":\"zone\"}", "bar x=rules y=zone|b,7|a,4",
       NULL},
      {columns, zones, "{\"mark\":\"heatmap\",\"x\":\"zone\",\"y\":\"action\"}",
       "heatmap x=zone y=action color=rules|b,block,7|a,block,3|b,log,-|a,log,1", NULL},
      {columns, zones, "{\"mark\":\"table\"}", "table|a,block,3,0.5|a,log,1,0.25|b,block,7,0.125", NULL},
      {columns, zones, "{\"mark\":\"bar\",\"x\":\"ratio\",\"y\":\"action\",\"color\":\"zone\"}",
       "heatmap x=action y=zone color=ratio|block,a,0.5|log,a,0.25|block,b,0.125|log,b,-",
       "'Ratio' is stacked on nothing: a sum of it would mean nothing"},
      {columns, zones, "{\"mark\":\"pie\",\"x\":\"rules\",\"y\":\"zone\"}", "bar x=rules y=zone|b,7|a,4",
       "there are no pies: lengths are easier to compare than angles"},
      {columns, zones, "{\"mark\":\"bar\",\"x\":\"rule\",\"y\":\"zone\"}",
       "bar-stacked x=rules y=zone color=action|b,block,7|b,log,-|a,block,3|a,log,1",
       "the chart's x is 'rule', which the result has not"},
      {columns, zones, "{\"mark\":\"sankey\"}",
       "bar-stacked x=rules y=zone color=action|b,block,7|b,log,-|a,block,3|a,log,1",
       "there is no chart 'sankey'; there are bar, column, line, area, point, histogram, heatmap, timeline, "
       "kpi and table"},
      {columns, zones, "{\"x\":\"rules\"}",
       "bar-stacked x=rules y=zone color=action|b,block,7|b,log,-|a,block,3|a,log,1",
       "the wish for a chart names no mark"},
      {columns, zones, "{\"mark\":\"line\"}",
       "bar-stacked x=rules y=zone color=action|b,block,7|b,log,-|a,block,3|a,log,1",
       "a line takes a time, which the result lacks"},
      {columns, zones, "{}", "bar-stacked x=rules y=zone color=action|b,block,7|b,log,-|a,block,3|a,log,1",
       NULL},
      {columns, zones, "{\"mark\":5}",
       "bar-stacked x=rules y=zone color=action|b,block,7|b,log,-|a,block,3|a,log,1",
       "the wish for a chart names no mark"},
  };
  CHOICES(rows);
}

static void test_wishes_of_other_rows(void **state) {
  (void)state;
  static const char days[] = "[[\"2026-11-01\",1],[\"2026-11-02\",2],[\"2026-11-03\",3]]";
  static const struct choice rows[] = {
      {"t:time:days n:integer", days, "{\"mark\":\"area\"}",
       "area x=t y=n|2026-11-01T00:00,1|2026-11-02T00:00,2|2026-11-03T00:00,3", NULL},
      {"t:time:days n:integer", days, "{\"mark\":\"bar\",\"x\":\"t\",\"y\":\"n\"}",
       "column x=t y=n|2026-11-01,1|2026-11-02,2|2026-11-03,3", NULL},
      {"t:time:days n:integer", days, "{\"mark\":\"kpi\"}",
       "line x=t y=n|2026-11-01T00:00,1|2026-11-02T00:00,2|2026-11-03T00:00,3",
       "a single value takes a result of one cell"},
      {"t:time:days s:text n:integer",
       "[[\"2026-11-01\",\"a\",1],[\"2026-11-02\",\"b\",2],[\"2026-11-03\",\"a\",3]]",
       "{\"mark\":\"area\",\"color\":\"s\"}",
       "line x=t y=n "
       "color=s|2026-11-01T00:00,1,a|2026-11-02T00:00,0,a|2026-11-03T00:00,3,a|2026-11-01T00:00,0,b|"
       "2026-11-02T00:00,2,b|2026-11-03T00:00,0,b",
       "an area shows one series; several are lines"},
      {"t:time:days s:text n:integer",
       "[[\"2026-11-01\",\"a\",1],[\"2026-11-02\",\"b\",2],[\"2026-11-02\",\"a\",3]]",
       "{\"mark\":\"bar\",\"x\":\"t\",\"y\":\"n\"}", "column x=t y=n|2026-11-01,1|2026-11-02,5", NULL},
      {"t:time:days s:text n:integer",
       "[[\"2026-11-01\",\"a\",1],[\"2026-11-02\",\"b\",2],[\"2026-11-02\",\"a\",3]]",
       "{\"mark\":\"bar\",\"x\":\"t\",\"y\":\"n\",\"color\":\"s\"}",
       "bar-stacked x=n y=t color=s|2026-11-01,a,1|2026-11-01,b,-|2026-11-02,a,3|2026-11-02,b,2", NULL},
      {"zone_id:text n:integer", "[[\"z1\",1],[\"z2\",2]]",
       "{\"mark\":\"bar\",\"x\":\"n\",\"y\":\"zone_id\"}", "table|z1,1|z2,2",
       "'Zone id' is an id, which no axis shows"},
      {"age:integer size:integer k:text", "[[1,2,\"a\"],[3,4,\"b\"],[3,4,\"b\"],[9,9,\"a\"]]",
       "{\"mark\":\"point\",\"x\":\"size\",\"y\":\"age\",\"color\":\"k\"}",
       "point x=size y=age color=k|2,1,a|4,3,b|4,3,b|9,9,a", NULL},
      {"v:integer", "[[5],[6],[9]]", "{\"mark\":\"histogram\"}",
       "histogram x=from y=n x2=to|5,6,1|6,7,1|7,8,0|8,9,0|9,10,1", NULL},
      {"zone:text n:integer", "[[\"a zone of a name that is long\",1],[\"b\",2]]", "{\"mark\":\"column\"}",
       "bar x=n y=zone|b,2|a zone of a name that is long,1",
       "columns have room for 12 short names, 'Zone' has more or longer ones"},
  };
  CHOICES(rows);
}

// ---- many values

static struct str many(struct arena *a, size_t first, size_t second, bool texts) {
  struct buf rows = BUF_MAX(1 << 22);
  for (size_t i = 0; i < first * second; i++) {
    size_t x = i / second, y = i % second;
    if (texts)
      buf_printf(&rows, "%s[\"v%zu\",\"w%zu\",%zu]", i ? "," : "[", x, y, (x + 1) * (y + 1));
    else
      buf_printf(&rows, "%s[\"2026-11-%02zuT00:00:00Z\",\"w%zu\",%zu]", i ? "," : "[", x + 1, y,
                 (x + 1) * (y + 1));
  }
  buf_add_z(&rows, "]");
  struct str text = arena_dup(a, buf_str(&rows));
  buf_free(&rows);
  return text;
}

static void test_others(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct chart c = choose(a, "k:text s:text n:integer", many(a, 18, 1, true).p,
                          "{\"mark\":\"bar\",\"y\":\"k\"}", (struct chart_source){0});
  assert_int_equal(c.row_count, 16);
  check_text(chart_at(&c, 0, 0)->word, "v17");
  check_text(chart_at(&c, 15, 0)->word, "Other (3)");
  assert_true(chart_at(&c, 15, 1)->number == 1 + 2 + 3);

  c = choose(a, "k:text s:text p95:integer", many(a, 18, 1, true).p, "{\"mark\":\"bar\",\"y\":\"k\"}",
             (struct chart_source){0});
  assert_int_equal(c.row_count, 15);
  assert_non_null(strstr(c.description.p, "3 more of K are not shown; a sum of them would mean nothing."));

  c = choose(a, "t:time s:text n:integer", many(a, 4, 8, false).p, NULL, (struct chart_source){0});
  assert_int_equal(c.kind, CHART_LINE);
  assert_int_equal(c.row_count, 4 * 6);
  check_text(chart_at(&c, 0, c.channels[CHART_COLOR])->word, "w7");
  check_text(chart_at(&c, 23, c.channels[CHART_COLOR])->word, "Other (3)");
  assert_true(chart_at(&c, 23, c.channels[CHART_Y])->number == 4 * (1 + 2 + 3));

  c = choose(a, "k:text s:text n:integer", many(a, 20, 8, true).p, NULL, (struct chart_source){0});
  assert_int_equal(c.kind, CHART_HEATMAP);
  assert_int_equal(c.row_count, 160);
  c = choose(a, "k:text s:text n:integer", many(a, 31, 8, true).p, NULL, (struct chart_source){0});
  assert_int_equal(c.kind, CHART_TABLE);
  c = choose(a, "k:text s:text n:integer", many(a, 40, 60, true).p, NULL, (struct chart_source){0});
  assert_int_equal(c.row_count, 2000);
  assert_int_equal(c.left_out, 400);
  assert_non_null(strstr(c.description.p, "The first 2000 of 2400 rows are shown."));
  arena_free(a);
}

static void test_taken_names(void **state) { // a value that is called what the rest would be
  (void)state;
  struct arena *a = arena_new();
  struct buf rows = BUF_MAX(4096);
  buf_add_z(&rows, "[[\"Other (2)\",100]");
  for (int i = 0; i < 16; i++) buf_printf(&rows, ",[\"v%d\",%d]", i, 50 - i);
  buf_add_z(&rows, "]");
  buf_add_char(&rows, '\0');
  struct chart c = choose(a, "k:text n:integer", rows.p, NULL, (struct chart_source){0});
  check_text(chart_at(&c, 0, 0)->word, "Other (2)");
  check_text(chart_at(&c, 15, 0)->word, "Other (2) …");
  c = choose(a, "a.b:text a_b:text n:integer", "[[\"x\",\"y\",1],[\"x\",\"z\",2]]", NULL,
             (struct chart_source){0});
  check_text(c.fields[0].name, "a_b");
  check_text(c.fields[1].name, "a_b__2");
  check_text(c.fields[0].title, "A.b");
  buf_free(&rows);
  arena_free(a);
}

// ---- what is said beside the rows

static void test_source(void **state) {
  (void)state;
  struct arena *a = arena_new();
  const struct zone *berlin;
  struct err err;
  if (!zone_find(STR("Europe/Berlin"), &berlin, &err)) skip();
  const char *days =
      "[[\"2026-10-31T23:00:00.000Z\",1],[\"2026-11-01T23:00:00.000Z\",5],[\"2026-11-02T23:00:00.000Z\",3]]";
  struct chart c =
      choose(a, "t:time n:integer", days, NULL, (struct chart_source){.zone = berlin, .unfinished = true});
  check_text(say(a, &c), "line x=t y=n|2026-11-01T00:00,1|2026-11-02T00:00,5|2026-11-03T00:00,3");
  check_text(c.fields[0].title, "T (Europe/Berlin)");
  check_text(
      c.description,
      "N from 2026-11-01 to 2026-11-03. Largest: 5 at 2026-11-02; last so far: 3. The last one is not over.");
  c = choose(a, "t:time n:integer", days, NULL, (struct chart_source){.list = true, .zone = berlin});
  check_text(say(a, &c),
             "table|2026-10-31T23:00:00.000Z,1|2026-11-01T23:00:00.000Z,5|2026-11-02T23:00:00.000Z,3");
  c = choose(a, "t:time n:integer", days, NULL, (struct chart_source){0});
  check_text(c.fields[0].title, "T (UTC)");
  c = choose(a, "t:text n:integer", "[[\"2026-11-01\",1],[\"2026-11-02\",2],[\"2026-11-03\",3]]", NULL,
             (struct chart_source){.zone = berlin}); // dates are of no zone
  check_text(say(a, &c), "line x=t y=n|2026-11-01T00:00,1|2026-11-02T00:00,2|2026-11-03T00:00,3");
  check_text(c.fields[0].title, "T");
  c = choose(a, "n:integer", "[]", NULL, (struct chart_source){.cause = STR("Rules are in dry-run.")});
  check_text(c.description, "There are no rows. Rules are in dry-run.");
  double spark[] = {1, 2};
  struct chart_delta delta = {212, STR("previous 7 days")};
  c = choose(a, "n:integer", "[[1284]]", NULL,
             (struct chart_source){.spark = spark, .spark_count = 2, .delta = &delta});
  check_text(c.title, "N");
  check_text(c.description, "N: 1,284.");
  assert_true(c.spark == spark && c.delta == &delta);
  arena_free(a);
}

static void test_panels(void **state) {
  (void)state;
  struct arena *a = arena_new();
  const char *rows =
      "[[\"2026-11-01T00:00:00Z\",1,100],[\"2026-11-02T00:00:00Z\",2,200],[\"2026-11-03T00:00:00Z\",3,300]]";
  struct chart c = choose(a, "t:time requests:integer bytes:integer", rows, NULL, (struct chart_source){0});
  assert_int_equal(c.panels, 2);
  check_text(c.fields[1].name, "requests");
  c = choose(a, "t:time requests:integer bytes:integer", rows, NULL, (struct chart_source){.panel = 1});
  check_text(c.fields[1].name, "bytes");
  c = choose(a, "t:time requests:integer bytes:integer", rows, NULL, (struct chart_source){.panel = 9});
  check_text(c.fields[1].name, "requests");
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rules),  cmocka_unit_test(test_rules_without_times),
      cmocka_unit_test(test_wishes), cmocka_unit_test(test_wishes_of_other_rows),
      cmocka_unit_test(test_others), cmocka_unit_test(test_taken_names),
      cmocka_unit_test(test_source), cmocka_unit_test(test_panels)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
