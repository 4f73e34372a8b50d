// SPDX-License-Identifier: Apache-2.0
// postern dashboard and postern tile: pages of results that are run again, drawn for the terminal.
#include "cli/board.h"

#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/names.h"
#include "cli/picture.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/run.h"
#include "cli/source.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/csv.h"
#include "data/json.h"

enum { BOARD_OUT_MOST = 64 * 1024 * 1024 };

static struct str board_path(struct cli *c, const char *format) {
  return api_path(c, format, args_word(&c->args, 0));
}

static bool board_send(struct cli *c, const char *method, struct str path, yyjson_mut_doc *body,
                       yyjson_val **out, struct err *err) {
  struct api_ask ask = {.method = method, .path = path, .body = body};
  return api_send(c, &ask, out, err);
}

// ---- drawn

// "as of 2026-11-20T08:15:00Z", and what is wrong.
static void board_state(yyjson_val *tile, struct buf *out) {
  struct str as_of = json_str(tile, "as_of"), why = json_str(tile, "why"), state = json_str(tile, "state");
  bool partial = str_is(json_str(tile, "outcome_status"), "partial");
  if (as_of.n) buf_printf(out, "as of %.*s%s", STR_ARG(as_of), partial ? ", partial" : "");
  if (json_bool(tile, "refreshing", false)) buf_printf(out, "%sbeing run", as_of.n ? "; " : "");
  if (!str_is(state, "ok") && !str_is(state, "new"))
    buf_printf(out, "%s%.*s: %.*s", out->n && out->p[out->n - 1] != '\n' ? "; " : "", STR_ARG(state),
               STR_ARG(why));
  buf_add_char(out, '\n');
}

// A line of blocks, from the least to the most of its values.
static void board_trend(struct cli *c, yyjson_val *line, struct buf *out) {
  static const char *const blocks[2][8] = {{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
                                           {"_", ".", "-", "~", "=", "+", "*", "#"}};
  yyjson_val *values = yyjson_obj_get(line, "values"), *v;
  double least = 0, most = 0;
  size_t i, n;
  for (int pass = 0; pass < 2; pass++)
    yyjson_arr_foreach (values, i, n, v) {
      double number = strtod(arena_z(c->arena, json_raw_number(v)), NULL);
      if (pass)
        buf_add_z(
            out,
            blocks[picture_is_ascii()][most > least ? (size_t)((number - least) / (most - least) * 7) : 0]);
      least = !pass && (!i || number < least) ? number : least;
      most = !pass && (!i || number > most) ? number : most;
    }
  buf_printf(out, "  %.*s\n", STR_ARG(json_str(line, "key")));
}

// Of a number it stands beside it; of more, where the tile alone is looked at.
static void board_trends(struct cli *c, yyjson_val *tile, bool alone, struct buf *out) {
  yyjson_val *rows = yyjson_obj_get(yyjson_obj_get(tile, "data"), "rows"), *line;
  size_t i, n;
  if (!alone && (yyjson_arr_size(rows) != 1 || yyjson_arr_size(yyjson_arr_get_first(rows)) != 1)) return;
  yyjson_arr_foreach (yyjson_obj_get(tile, "trend"), i, n, line) board_trend(c, line, out);
}

static void board_draw_tile(struct cli *c, yyjson_val *tile, bool alone, struct buf *out) {
  yyjson_val *data = yyjson_obj_get(tile, "data"), *warning;
  size_t i, n;
  struct buf body = BUF_MAX(BOARD_OUT_MOST);
  if (yyjson_is_obj(data)) result_show(c, data, true, &body);
  struct str text = buf_str(&body), head;
  if (text.n) str_cut(&text, '\n', &head); // the tile's title stands in its place
  buf_printf(out, "%s%.*s  [%.*s]\n", out->n ? "\n" : "", STR_ARG(json_str(tile, "title")),
             STR_ARG(json_str(tile, "id")));
  if (body.n) buf_add(out, text);
  board_trends(c, tile, alone, out);
  board_state(tile, out);
  yyjson_arr_foreach (yyjson_obj_get(tile, "warnings"), i, n, warning)
    buf_printf(out, "note: %.*s\n", STR_ARG(json_text(warning)));
  buf_free(&body);
}

static void board_draw(struct cli *c, yyjson_val *dashboard) {
  struct buf out = BUF_MAX(BOARD_OUT_MOST);
  yyjson_val *tiles = yyjson_obj_get(dashboard, "tiles"), *tile;
  struct str since = json_str(dashboard, "since"), until = json_str(dashboard, "until");
  size_t i, n;
  if (c->json) {
    view_json(c, dashboard);
    return;
  }
  buf_printf(&out, "%.*s", STR_ARG(json_str(dashboard, "name")));
  if (since.n) buf_printf(&out, ", since %.*s", STR_ARG(since));
  if (until.n) buf_printf(&out, ", until %.*s", STR_ARG(until));
  buf_add_char(&out, '\n');
  yyjson_arr_foreach (tiles, i, n, tile) board_draw_tile(c, tile, false, &out);
  if (!n) buf_add_z(&out, "It has no tiles: postern tile pin DASHBOARD FILE.\n");
  view_text(c, buf_str(&out));
  buf_free(&out);
}

static void board_draw_one(struct cli *c, yyjson_val *tile, bool alone) {
  struct buf out = BUF_MAX(BOARD_OUT_MOST);
  if (c->json) {
    view_json(c, tile);
    return;
  }
  board_draw_tile(c, tile, alone, &out);
  view_text(c, buf_str(&out));
  buf_free(&out);
}

// ---- dashboards

bool cli_dashboard_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"SINCE", "since"},
                                               {"OWNER", "owner_name"},
                                               {"SEEN BY", "visibility"},
                                               {"CHANGED", "updated_at"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/dashboard"), 0, &items, err)) return false;
  view_list(c, items, columns, "There is no dashboard.");
  return true;
}

static void board_put_range(struct cli *c, yyjson_mut_doc *body) {
  static const char *const flags[] = {"since", "until"};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    struct str v = args_text(&c->args, flags[i]);
    if (args_has(&c->args, flags[i]))
      yyjson_mut_obj_add_strncpy(body, yyjson_mut_doc_get_root(body), flags[i], v.p ? v.p : "", v.n);
  }
  if (args_has(&c->args, "private")) cli_body_put(body, NULL, "visibility", STR("private"));
  if (args_has(&c->args, "shared")) cli_body_put(body, NULL, "visibility", STR("shared"));
}

bool cli_dashboard_create(struct cli *c, struct err *err) {
  yyjson_val *d;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_word(&c->args, 0));
  board_put_range(c, body);
  bool ok = board_send(c, "POST", STR("/dashboard"), body, &d, err);
  yyjson_mut_doc_free(body);
  if (ok && c->json)
    view_json(c, d);
  else if (ok)
    view_say(c, "Made the dashboard %.*s. Pin to it with: postern tile pin %.*s FILE",
             STR_ARG(json_str(d, "name")), STR_ARG(json_str(d, "id")));
  return ok;
}

bool cli_dashboard_update(struct cli *c, struct err *err) {
  yyjson_val *d;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
  board_put_range(c, body);
  bool ok = board_send(c, "PATCH", board_path(c, "/dashboard/{}"), body, &d, err);
  yyjson_mut_doc_free(body);
  if (ok && c->json)
    view_json(c, d);
  else if (ok)
    view_say(c, "Changed %.*s.", STR_ARG(json_str(d, "name")));
  return ok;
}

// What is older than its interval is run again while this looks at what is there.
bool cli_dashboard_show(struct cli *c, struct err *err) {
  yyjson_val *d;
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_obj_add_bool(body, yyjson_mut_doc_get_root(body), "stale", true);
  bool ok = board_send(c, "POST", board_path(c, "/dashboard/{}/refresh"), body, &d, err);
  yyjson_mut_doc_free(body);
  if (ok) board_draw(c, d);
  return ok;
}

bool cli_dashboard_refresh(struct cli *c, struct err *err) {
  yyjson_val *d;
  yyjson_mut_doc *body = cli_body_new();
  bool ok = board_send(c, "POST", board_path(c, "/dashboard/{}/refresh"), body, &d, err);
  yyjson_mut_doc_free(body);
  if (!ok) return false;
  board_draw(c, d);
  int64_t left = json_int(d, "left", 0);
  if (left && !c->json)
    view_note(c,
              arena_printf(c->arena,
                           "note: %lld tiles are still to be run; look again with: postern dashboard show\n",
                           (long long)left));
  return true;
}

bool cli_dashboard_delete(struct cli *c, struct err *err) {
  yyjson_val *d, *none;
  if (!api_get(c, board_path(c, "/dashboard/{}"), &d, err)) return false;
  struct str name = json_str(d, "name");
  if (!cli_ask_first(c, err, "Delete %.*s with its %zu tiles and what they gave?", STR_ARG(name),
                     yyjson_arr_size(yyjson_obj_get(d, "tiles"))))
    return false;
  if (!board_send(c, "DELETE", api_path(c, "/dashboard/{}", json_str(d, "id")), NULL, &none, err))
    return false;
  view_say(c, "Deleted %.*s.", STR_ARG(name));
  return true;
}

// ---- tiles

static bool board_put_number(struct cli *c, yyjson_mut_doc *body, const char *flag, const char *key,
                             struct err *err) {
  struct str text = args_text(&c->args, flag);
  int64_t n;
  if (!text.n) return true;
  if (!str_to_i64(text, &n)) return err_at(err, ERR_INVALID, flag, "'%.*s' is no number", STR_MOST(text, 20));
  yyjson_mut_obj_add_int(body, yyjson_mut_doc_get_root(body), key, n);
  return true;
}

static bool board_put_every(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str every = args_text(&c->args, "every");
  int64_t ms = 0;
  if (!every.n) return true;
  if (!str_is(every, "never") && !args_duration(every, &ms))
    return err_at(err, ERR_INVALID, "--every", "'%.*s' is no span such as 5m or 1h, nor never",
                  STR_MOST(every, 20));
  yyjson_mut_obj_add_int(body, yyjson_mut_doc_get_root(body), "every_seconds", ms / 1000);
  return true;
}

static bool board_put_chart(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str chart = args_text(&c->args, "chart");
  yyjson_doc *doc = NULL;
  if (!chart.n) return true;
  if (str_starts(chart, "{") && !json_read(chart, &JSON_LIMITS, &doc, err)) return err_wrap(err, "--chart");
  if (doc)
    cli_body_put_json(body, NULL, "chart", yyjson_doc_get_root(doc));
  else
    cli_body_put(body, cli_body_object(body, NULL, "chart"), "mark", chart);
  yyjson_doc_free(doc);
  return true;
}

static bool board_put_tile(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  static const char *const texts[] = {"title", "result", "size", "server"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    cli_body_put(body, NULL, texts[i], args_text(&c->args, texts[i]));
  return cli_program_put_params(c, body, err) && board_put_number(c, body, "place", "place", err) &&
         board_put_every(c, body, err) && board_put_chart(c, body, err);
}

bool cli_board_put_what(struct cli *c, yyjson_mut_doc *body, struct str what, struct err *err) {
  if (str_starts(what, "ans_") && !terminal_is_file(what)) {
    cli_body_put(body, NULL, "answer", what);
    return true;
  }
  if (terminal_is_file(what) || str_is(what, "-")) return cli_program_put_file(c, what, body, err);
  cli_body_put(body, NULL, "stored", what);
  return true;
}

bool cli_board_pin_answer(struct cli *c, struct str dashboard, struct str answer, yyjson_val **tile,
                          struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "answer", answer);
  bool ok = board_send(c, "POST", api_path(c, "/dashboard/{}/tile", dashboard), body, tile, err);
  yyjson_mut_doc_free(body);
  return ok;
}

void cli_board_offer(struct cli *c, yyjson_val *account) {
  yyjson_val *connector;
  struct err none;
  if (c->json ||
      !api_get(c, api_path(c, "/connector/{}", json_str(account, "connector")), &connector, &none) ||
      !json_str(connector, "dashboard").n)
    return;
  view_tell(c, "What there is to look at first: postern dashboard start '%.*s'",
            STR_ARG(json_str(account, "name")));
}

bool cli_dashboard_start(struct cli *c, struct err *err) {
  yyjson_val *started, *left;
  struct str path;
  size_t i, n;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
  bool ok = names_account_path(c, args_word(&c->args, 0), "/dashboard", &path, err) &&
            board_send(c, "POST", path, body, &started, err);
  yyjson_mut_doc_free(body);
  if (!ok) return false;
  if (c->json) return view_json(c, started), true;
  view_say(c, "Made the dashboard %.*s with %lld tiles. Look at it with: postern dashboard show '%.*s'",
           STR_ARG(json_str(started, "name")), (long long)json_int(started, "tiles", 0),
           STR_ARG(json_str(started, "name")));
  yyjson_arr_foreach (yyjson_obj_get(started, "left_out"), i, n, left)
    view_note(c, arena_printf(c->arena, "note: left out: %.*s: %.*s\n", STR_ARG(json_str(left, "title")),
                              STR_ARG(json_str(left, "why"))));
  return true;
}

// Pinned, and run once, so that what it shows can be looked at.
bool cli_tile_pin(struct cli *c, struct err *err) {
  yyjson_val *tile;
  yyjson_mut_doc *body = cli_body_new(), *none = cli_body_new();
  bool ok = cli_board_put_what(c, body, args_word(&c->args, 1), err) && board_put_tile(c, body, err) &&
            board_send(c, "POST", board_path(c, "/dashboard/{}/tile"), body, &tile, err) &&
            board_send(c, "POST", api_path(c, "/tile/{}/refresh", json_str(tile, "id")), none, &tile, err);
  yyjson_mut_doc_free(body);
  yyjson_mut_doc_free(none);
  if (ok) board_draw_one(c, tile, false);
  return ok;
}

bool cli_tile_show(struct cli *c, struct err *err) {
  yyjson_val *tile;
  if (!api_get(c, board_path(c, "/tile/{}"), &tile, err)) return false;
  board_draw_one(c, tile, true);
  return true;
}

static bool board_patch_tile(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  yyjson_val *tile;
  if (!board_send(c, "PATCH", board_path(c, "/tile/{}"), body, &tile, err)) return false;
  if (c->json)
    view_json(c, tile);
  else
    view_say(c, "Changed %.*s.", STR_ARG(json_str(tile, "title")));
  return true;
}

bool cli_tile_set(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  struct str what = args_text(&c->args, "program");
  bool ok = (!what.n || cli_board_put_what(c, body, what, err)) && board_put_tile(c, body, err) &&
            board_patch_tile(c, body, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_tile_move(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  int64_t place;
  struct str text = args_word(&c->args, 1);
  bool ok = (str_to_i64(text, &place) && place >= 0) ||
            err_at(err, ERR_INVALID, "PLACE", "'%.*s' is no place; the first is 0", STR_MOST(text, 20));
  if (ok) yyjson_mut_obj_add_int(body, yyjson_mut_doc_get_root(body), "place", place);
  ok = ok && board_patch_tile(c, body, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_tile_refresh(struct cli *c, struct err *err) {
  yyjson_val *tile;
  yyjson_mut_doc *body = cli_body_new();
  bool ok = board_send(c, "POST", board_path(c, "/tile/{}/refresh"), body, &tile, err);
  yyjson_mut_doc_free(body);
  if (ok) board_draw_one(c, tile, false);
  return ok;
}

bool cli_tile_delete(struct cli *c, struct err *err) {
  yyjson_val *tile, *none;
  if (!api_get(c, board_path(c, "/tile/{}"), &tile, err)) return false;
  struct str title = json_str(tile, "title");
  if (!cli_ask_first(c, err, "Delete the tile %.*s and what it gave?", STR_ARG(title))) return false;
  if (!board_send(c, "DELETE", board_path(c, "/tile/{}"), NULL, &none, err)) return false;
  view_say(c, "Deleted %.*s.", STR_ARG(title));
  return true;
}

bool cli_tile_export(struct cli *c, struct err *err) {
  yyjson_val *tile;
  if (!api_get(c, board_path(c, "/tile/{}"), &tile, err)) return false;
  yyjson_val *data = yyjson_obj_get(tile, "data");
  struct buf out = BUF_MAX(BOARD_OUT_MOST);
  if (!yyjson_is_obj(data)) return err_set(err, ERR_MISSING, "the tile has given nothing yet");
  if (c->json) {
    view_json(c, data);
    return true;
  }
  csv_write(yyjson_obj_get(data, "columns"), yyjson_obj_get(data, "rows"), CSV_GUARDED, &out);
  view_text(c, buf_str(&out));
  buf_free(&out);
  return true;
}
