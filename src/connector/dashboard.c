// SPDX-License-Identifier: Apache-2.0
#include "connector/dashboard.h"

#include "data/json.h"

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *const dashboard_sizes[DASHBOARD_SIZES + 1] = {
    [DASHBOARD_QUARTER] = "quarter", [DASHBOARD_HALF] = "half", [DASHBOARD_FULL] = "full"};

const char *dashboard_size_name(enum dashboard_size size) {
  return dashboard_sizes[size];
}

// ---- reading

static struct str dashboard_title(struct reader *r, yyjson_val *v) {
  struct str title = reader_text(r, v, "title", READER_REQUIRED);
  if (title.n > DASHBOARD_TITLE_MOST)
    reader_fail(r, yyjson_obj_get(v, "title"), "a title has at most %d bytes", DASHBOARD_TITLE_MOST);
  return title;
}

// The rest of a program's form is program/read's, which this layer does not know.
static void dashboard_program(struct reader *r, yyjson_val *tile, struct connector_tile *out) {
  size_t i, n;
  yyjson_val *step, *steps, *results;
  out->program = yyjson_obj_get(tile, "program");
  steps = yyjson_obj_get(out->program, "steps");
  results = yyjson_obj_get(out->program, "results");
  if (!yyjson_arr_size(steps) || !yyjson_obj_size(results)) {
    reader_fail(r, tile, "'program' is missing, or has no 'steps' or no 'results'");
    return;
  }
  yyjson_arr_foreach (steps, i, n, step)
    if (!yyjson_is_obj(step) || yyjson_obj_get(step, "account"))
      reader_fail(r, step, "a step of a tile names no account: whoever connects one fills it in");
}

static void dashboard_result(struct reader *r, yyjson_val *tile, struct connector_tile *out) {
  yyjson_val *results = yyjson_obj_get(out->program, "results");
  yyjson_obj_iter iter = yyjson_obj_iter_with(results);
  out->result = reader_text(r, tile, "result", READER_OPTIONAL);
  if (!out->result.n)
    out->result = json_text(yyjson_obj_iter_next(&iter));
  else if (!yyjson_obj_getn(results, out->result.p, out->result.n))
    reader_fail(r, yyjson_obj_get(tile, "result"), "the program has no result '%.*s'", STR_ARG(out->result));
}

static void dashboard_tile(struct reader *r, yyjson_val *v, struct connector_tile *out) {
  reader_keys(r, v, "a tile", KEYS("title", "program", "result", "size"));
  if (r->failed) return;
  out->title = dashboard_title(r, v);
  out->size = yyjson_obj_get(v, "size") ? (enum dashboard_size)reader_choice(r, v, "size", dashboard_sizes)
                                        : DASHBOARD_HALF;
  dashboard_program(r, v, out);
  if (!r->failed) dashboard_result(r, v, out);
}

void dashboard_read(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *tile, *tiles;
  if (!root || r->failed) return;
  struct connector_dashboard *made = ARENA_NEW(r->arena, struct connector_dashboard);
  reader_keys(r, root, "a dashboard", KEYS("title", "tiles"));
  if (r->failed) return;
  made->title = dashboard_title(r, root);
  tiles = reader_list(r, root, "tiles", DASHBOARD_TILES_MOST);
  if (!yyjson_arr_size(tiles)) reader_fail(r, root, "'tiles' is missing");
  yyjson_arr_foreach (tiles, i, n, tile) {
    dashboard_tile(r, tile, &made->tiles[i]);
    if (r->failed) return;
    made->count++;
  }
  c->dashboard = made;
}

// ---- as a program

static void dashboard_put_account(yyjson_mut_doc *doc, yyjson_mut_val *step, const struct str *accounts,
                                  size_t count) {
  if (count == 1) {
    yyjson_mut_obj_add(step, yyjson_mut_str(doc, "account"),
                       yyjson_mut_strncpy(doc, accounts[0].p, accounts[0].n));
    return;
  }
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, step, "account");
  for (size_t i = 0; i < count; i++)
    yyjson_mut_arr_append(list, yyjson_mut_strncpy(doc, accounts[i].p, accounts[i].n));
}

yyjson_mut_doc *connector_tile_program(const struct connector_tile *t, const struct str *accounts,
                                       size_t count) {
  size_t i, n;
  yyjson_mut_val *step;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_val_mut_copy(doc, t->program);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(root, "steps"), i, n, step)
    dashboard_put_account(doc, step, accounts, count);
  return doc;
}
