// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include "chart/choose.h"
#include "chart/fit.h"
#include "chart/text.h"

static struct str drawn(struct arena *a, const char *columns, const char *rows, const char *wish,
                        struct chart_look look) {
  struct table_result r = rig_result(a, columns, rows);
  yyjson_doc *doc = wish ? rig_json(wish) : NULL;
  struct chart_source from = {.rows = &r, .wish = yyjson_doc_get_root(doc)};
  struct chart chart;
  struct buf out = BUF_MAX(1 << 20);
  chart_choose(&from, a, &chart);
  chart_draw(&chart, &look, &out);
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  yyjson_doc_free(doc);
  return text;
}

static const struct {
  const char *columns, *rows, *wish;
  size_t width;
  const char *blocks, *ascii;
} drawings[] = {
    {"zone:text requests:integer",
     "[[\"example.com\",41200],[\"shop.example.com\",18350],[\"staging-example.com\",950],[\"日本語."
     "example\",410],[\"x\",null]]",
     NULL, 60,
     "example.com         █████████████████████████████████ 41,200\n"
     "shop.example.com    ██████████████▊                   18,350\n"
     "staging-example.com ▊                                    950\n"
     "日本語.example      ▍                                    410\n"
     "x                                                           \n",
     "example.com         ################################# 41,200\n"
     "shop.example.com    ###############                   18,350\n"
     "staging-example.com #                                    950\n"
     "???.example         #                                    410\n"
     "x                                                           \n"},
    {"zone:text requests:integer", "[[\"example.com\",41200],[\"日本語.example\",410]]", NULL, 20,
     "example… ████ 41,200\n"
     "日本語.… ▏       410\n",
     "example~ #### 41,200\n"
     "???.exa~ #       410\n"},
    {"zone:text requests:integer", "[[\"example.com\",41200],[\"日本語.example\",410]]", NULL, 9,
     "ex… 41,…\n日…  410\n", "ex~ 41,~\n??~  410\n"},
    {"zone:text diff:integer", "[[\"example.com\",41],[\"shop.example.com\",-18],[\"c\",1]]", NULL, 20,
     "example…   ████▉  41\n"
     "c          ▏       1\n"
     "shop.ex… ██      -18\n",
     "example~   #####  41\n"
     "c          #       1\n"
     "shop.ex~ ##      -18\n"},
    {"a:text s:text n:integer",
     "[[\"block\",\"active\",9],[\"block\",\"paused\",2],[\"challenge\",\"active\",4],[\"log\",\"active\",1],"
     "[\"log\",\"paused\",3]]",
     NULL, 20,
     "█ active  ▒ paused\n"
     "block    ███████▒ 11\n"
     "challen… ███       4\n"
     "log      █▒▒       4\n",
     "# active  = paused\n"
     "block    #######= 11\n"
     "challen~ ###       4\n"
     "log      #==       4\n"},
    {"t:time v:integer",
     "[[\"2026-11-01T00:00:00Z\",3],[\"2026-11-01T01:00:00Z\",5],[\"2026-11-01T02:00:00Z\",null],[\"2026-11-"
     "01T03:00:00Z\",9]]",
     NULL, 60,
     "▃▃▃▃▅▅▅▅    ████  3 to 9, last 9\n"
     "2026-11-01 to 2026-11-01 03:00, T (UTC)\n",
     "----====    ####  3 to 9, last 9\n"
     "2026-11-01 to 2026-11-01 03:00, T (UTC)\n"},
    {"t:time v:integer s:text",
     "[[\"2026-11-01T00:00:00Z\",3,\"a\"],[\"2026-11-01T01:00:00Z\",5,\"a\"],[\"2026-11-01T02:00:00Z\",0,"
     "\"b\"],[\"2026-11-01T03:00:00Z\",9,\"b\"]]",
     NULL, 20,
     "b ▁▁▁▁▁▁▁▁▁▁▁▁████\n"
     "0 to 9, last 9\n"
     "a ▃▃▃▃▅▅▅▅▁▁▁▁▁▁▁▁\n"
     "0 to 5, last 0\n"
     "2026-11-01 to\n"
     "2026-11-01 03:00, T\n"
     "(UTC)\n",
     "b ____________####\n"
     "0 to 9, last 9\n"
     "a ----====________\n"
     "0 to 5, last 0\n"
     "2026-11-01 to\n"
     "2026-11-01 03:00, T\n"
     "(UTC)\n"},
    {"age:integer size:integer",
     "[[0,40],[3,880],[6,400],[9,1240],[12,760],[15,280],[18,1120],[21,640],[24,160],[27,1000]]", NULL, 20,
     "1.3 kB│             \n"
     "      │    •        \n"
     "      │        •    \n"
     "      │            •\n"
     "      │ •           \n"
     "      │     •       \n"
     "      │         •   \n"
     "      │             \n"
     "      │   •         \n"
     "      │      •      \n"
     "      │          •  \n"
     "   0 B│•            \n"
     "0 to 28, Age; up:\n"
     "Size (bytes)\n",
     NULL},
    {"v:integer", "[[0],[1],[2],[3],[4],[5],[6],[7],[8],[9],[0],[0]]", NULL, 20,
     "0 to 2  ██████████ 4\n"
     "2 to 4  █████      2\n"
     "4 to 6  █████      2\n"
     "6 to 8  █████      2\n"
     "8 to 10 █████      2\n",
     NULL},
    {"day:text hour:integer p95:integer",
     "[[\"Mon\",0,2],[\"Mon\",6,4],[\"Tue\",0,3],[\"Tue\",6,9],[\"Wed\",12,16]]", NULL, 30,
     "    0       6       12      \n"
     "Mon ░░░░░░░░░░░░░░░░        \n"
     "Tue ░░░░░░░░▓▓▓▓▓▓▓▓        \n"
     "Wed                 ████████\n"
     "░ 2  █ 16  P95\n",
     "    0       6       12      \n"
     "Mon ................        \n"
     "Tue ........********        \n"
     "Wed                 ########\n"
     ". 2  # 16  P95\n"},
    {"t:time k:text w:text",
     "[[\"2026-11-20T02:10:00Z\",\"waf\",\"ana@example.com\"],[\"2026-11-20T02:12:30Z\",\"dns\",\"ana@"
     "example.com\"],[\"2026-11-20T17:45:00Z\",\"waf\",\"ops\"]]",
     NULL, 60,
     "T (UTC)              K    W\n"
     "2026-11-20 02:10     waf  ana@example.com\n"
     "2026-11-20 02:12:30  dns  ana@example.com\n"
     "2026-11-20 17:45     waf  ops\n",
     NULL},
    {"n:integer", "[[1284]]", NULL, 20, "N: 1,284\n", "N: 1,284\n"},
    {"name:text status_code:integer on:boolean size:integer",
     "[[\"日本\",404,true,90000000],[\"b\",7,null,1]]", "{\"mark\":\"table\"}", 60,
     "Name  Status code  On    Size\n"
     "日本  404          yes  90 MB\n"
     "b     7                   1 B\n",
     NULL},
    {"name:text", "[]", NULL, 12, "There are no\nrows.\n", "There are no\nrows.\n"},
};

static void test_drawings(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof drawings / sizeof *drawings; i++)
    for (int ascii = 0; ascii < 2; ascii++) {
      const char *want = ascii ? drawings[i].ascii : drawings[i].blocks;
      struct arena *a = arena_new();
      struct chart_look look = {.width = drawings[i].width, .ascii = ascii};
      struct str got = drawn(a, drawings[i].columns, drawings[i].rows, drawings[i].wish, look);
      if (want && !str_is(got, want)) fail_msg("\n%.*s  is not\n%s", STR_ARG(got), want);
      arena_free(a);
    }
}

// Without "\x1b[…m".
static struct str without_color(struct arena *a, struct str s) {
  char *out = arena_z(a, s);
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '\x1b')
      while (s.p[i] != 'm') i++;
    else
      out[n++] = s.p[i];
  }
  return str_make(out, n);
}

static void test_widths(void **state) { // whatever the width, no line passes it
  (void)state;
  for (size_t i = 0; i < sizeof drawings / sizeof *drawings; i++)
    for (size_t width = 1; width <= 90; width++)
      for (int ascii = 0; ascii < 2; ascii++) {
        struct arena *a = arena_new();
        struct chart_look look = {.width = width, .ascii = ascii};
        struct str text = drawn(a, drawings[i].columns, drawings[i].rows, drawings[i].wish, look), line;
        look.color = true;
        struct str colored = drawn(a, drawings[i].columns, drawings[i].rows, drawings[i].wish, look);
        if (!str_eq(without_color(a, colored), text)) fail_msg("in colour it is\n%.*s", STR_ARG(colored));
        for (size_t at = 0; ascii && at < text.n; at++) assert_true((unsigned char)text.p[at] < 0x80);
        while (str_cut(&text, '\n', &line))
          if (fit_width(line) > width)
            fail_msg("drawing %zu is wider than %zu: %.*s", i, width, STR_ARG(line));
        arena_free(a);
      }
}

static void test_rows(void **state) { // a table of some of its rows says so
  (void)state;
  struct arena *a = arena_new();
  struct str text = drawn(a, "a:text b:text", "[[\"x\",\"y\"],[\"z\",\"q\"],[\"z\",\"q\"]]", NULL,
                          (struct chart_look){.width = 40, .rows = 1});
  check_text(text, "A  B\nx  y\n2 more rows\n");
  text = drawn(a, "alpha_beta:text gamma_delta:text epsilon:text",
               "[[\"x\",\"y\",\"z\"],[\"z\",\"q\",\"r\"]]", NULL, (struct chart_look){.width = 14});
  check_text(text, "Alpha…  Gamma…\nx       y\nz       q\n1 more column\n");
  arena_free(a);
}

static void test_kpi(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct table_result r = rig_result(a, "n:integer", "[[1284]]");
  double spark[] = {150, 171, 160, 201, 190, 188, 224};
  struct chart_delta delta = {-212, STR("previous 7 days")};
  struct chart_source from = {
      .rows = &r, .title = STR("Denied"), .spark = spark, .spark_count = 7, .delta = &delta};
  struct chart chart;
  struct buf out = BUF_MAX(1000);
  chart_choose(&from, a, &chart);
  chart_draw(&chart, &(struct chart_look){.width = 60}, &out);
  check_text(buf_str(&out), "Denied: 1,284  -212 from previous 7 days  ▁▁▃▃▂▂▆▆▅▅▅▅██\n");
  buf_free(&out);
  arena_free(a);
}

static void test_markdown(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct table_result r =
      rig_result(a, "zone:text n:integer",
                 "[[\"a|b\\\\ `c` <d> [e](f)\\ng\\u001b[2J\",1200],[\"y\",7],[\"z\",1],[null,null]]");
  struct chart chart;
  struct buf out = BUF_MAX(10000);
  chart_choose(&(struct chart_source){.rows = &r, .list = true}, a, &chart);
  chart_markdown(&chart, 2, &out);
  check_text(buf_str(&out), "| Zone | N |\n|---|--:|\n| a\\|b\\\\ \\`c\\` \\<d> \\[e](f) g?\\[2J | 1,200 "
                            "|\n| y | 7 |\n\n2 more rows.\n");
  buf_clear(&out);
  chart_markdown(&chart, 9, &out);
  check_has(arena_dup(a, buf_str(&out)).p, "| z | 1 |\n|  |  |\n");
  buf_free(&out);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_drawings), cmocka_unit_test(test_widths),
                                     cmocka_unit_test(test_rows), cmocka_unit_test(test_kpi),
                                     cmocka_unit_test(test_markdown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
