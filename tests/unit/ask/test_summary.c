// SPDX-License-Identifier: Apache-2.0
// The sentence of each shape of a result: its numbers are cells, and it says no word beyond them.
#include "../support/check.h"

#include "ask/summary.h"
#include "data/json.h"
#include "table/moment.h"

static const char WORDS[] =
    "{\"things\":{\"orders\":{\"names\":[\"order\"],\"steps\":[{\"id\":\"orders\",\"tool\":\"list_orders\"}],"
    "\"label\":"
    "\"number\",\"time\":\"placed\",\"columns\":{\"number\":{\"sql\":\"orders.number\"},\"customer\":{"
    "\"sql\":"
    "\"orders.customer\",\"names\":[\"customer\"]},\"size\":{\"sql\":\"orders.size\",\"names\":[\"size\"],"
    "\"unit\":"
    "\"bytes\"},\"express\":{\"sql\":\"orders.express\",\"names\":[\"express "
    "flag\"],\"yes\":[\"express\"],\"no\":["
    "\"ordinary\"]},\"paid\":{\"sql\":\"orders.paid\",\"names\":[\"payment\"],\"yes\":[\"paid\"]},"
    "\"placed\":{\"sql\":\"orders.placed\",\"names\":[\"placed\"],\"time\":true}}}}}";

struct room {
  struct arena *arena;
  struct model model;
  yyjson_doc *doc;
  struct table_clock clock;
};
static const struct model_source source = {
    .connector = {"shop", 4}, .label = {"Shop", 4}, .accounts = {{"shop", 4}}, .account_count = 1};

static int room_open(void **state) {
  struct room *r = calloc(1, sizeof *r);
  struct err err;
  const struct zone *utc;
  r->arena = r->model.arena = arena_new();
  assert_true(zone_find(STR("UTC"), &utc, &err));
  r->clock = (struct table_clock){.zone = utc, .first_weekday = 1};
  assert_true(moment_read(STR("2026-11-26T10:30:00Z"), &r->clock.now_ms));
  r->doc = yyjson_read(WORDS, sizeof WORDS - 1, 0);
  if (!model_add(&r->model, yyjson_doc_get_root(r->doc), &source, &err)) fail_msg("%s", err.text);
  *state = r;
  return 0;
}

static int room_close(void **state) {
  struct room *r = *state;
  phrases_free(&r->model.phrases);
  yyjson_doc_free(r->doc);
  arena_free(r->arena);
  free(r);
  return 0;
}

// Rows as text: cells by '|', rows by ';', the columns in the first; a number is one, "-" is nothing.
static void rows_of(struct room *r, const char *text, struct table_result *out) {
  *out = (struct table_result){.columns = ARENA_ARRAY(r->arena, 8, struct table_column),
                               .cells = ARENA_ARRAY(r->arena, 64, struct table_cell)};
  size_t line = 0, n = 0;
  for (struct str rest = str_of(text), row; str_cut(&rest, ';', &row); line++)
    for (struct str cells = row, cell; str_cut(&cells, '|', &cell);) {
      int64_t number;
      if (!line) {
        out->columns[out->column_count++] = (struct table_column){.name = cell};
        continue;
      }
      struct table_cell *c = &out->cells[n++];
      if (str_is(cell, "-"))
        c->kind = TABLE_CELL_NULL;
      else if (str_to_i64(cell, &number))
        *c = (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = number};
      else
        *c = (struct table_cell){.kind = TABLE_CELL_TEXT, .text = cell};
    }
  out->row_count = out->column_count ? n / out->column_count : 0;
}

static void each_shape_has_its_sentence(void **state) {
  struct room *r = *state;
  static const struct {
    const char *question, *rows, *sentence;
  } cases[] = {
      {"how many orders are there?", "count;1204", "1,204 orders."},
      {"how many orders are there?", "count;1", "1 order."},
      {"orders by customer", "customer|count;Kappa|7;Lumen|5;Mirage|5",
       "Kappa has the most orders: 7; next Lumen with 5, Mirage with 5."},
      {"which customers have the most orders?", "customer|count;Kappa|7;Lumen|7;Mirage|5",
       "Kappa and Lumen have the most orders: 7 each; next Mirage with 5."},
      {"share of orders by customer", "customer|count|percent;Kappa|3|75;Lumen|1|25",
       "Kappa has the most orders: 3 (75 %); next Lumen with 1 (25 %)."},
      {"what share of orders is express?", "percent|matching|count;25|1|4",
       "25 % (1 of 4) of the orders are express."},
      {"largest order by size", "number|size;A1|5000000;A2|4000000",
       "A1 has the highest size of the orders: 5 MB; next is A2 with 4 MB."},
      {"oldest order", "number|placed;A9|2026-01-02T03:04:05Z", NULL},
      {"list express orders", "number|express;A1|1;A1|1;A2|1", "3 orders (express): A1 and A2."},
      {"list all orders and tell me if any are paid", "number|paid;A1|1;A2|0",
       "Of the 2 orders, 1 is paid: A1; 1 is not paid: A2."}, // of the one side nothing is called so
      {"list express orders", "number|express", "No orders (express) were found."},
      {"orders per day", "day|count;2026-11-24T00:00:00.000Z|4;2026-11-25T00:00:00.000Z|9",
       "Orders per day: highest 9 on 2026-11-25, lowest 4 on 2026-11-24, last 9; it rose from 4 at the "
       "beginning."},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading reading;
    struct ask_plan plan;
    struct err err;
    struct buf text = BUF_MAX(4000), numbers = BUF_MAX(4000);
    struct reading_input in = {.question = str_of(cases[i].question), .model = &r->model, .clock = &r->clock};
    assert_true(reading_make(&in, NULL, r->arena, &reading, &err));
    plan_make(&reading, &r->clock, r->arena, &plan);
    if (plan.end != PLAN_PROGRAM) fail_msg("%s: %.*s", cases[i].question, STR_ARG(plan.text));
    struct outcome_result result = {.name = STR("r1")};
    struct summary_out out = {&text, &numbers};
    rows_of(r, cases[i].rows, &result.rows);
    summary_add(&plan.results[0], &result, &r->clock, r->arena, &out);
    if (cases[i].sentence) check_text(buf_str(&text), cases[i].sentence);
    assert_true(str_starts(buf_str(&numbers), "{") || !numbers.n);
    yyjson_mut_doc_free(plan.program);
    buf_free(&text);
    buf_free(&numbers);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_shape_has_its_sentence, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
