// SPDX-License-Identifier: Apache-2.0
// What a connector offers to look at first, made into a dashboard of an account: its tiles are pinned as anybody could pin
// them. Those whose program does not fit what the account has are left out, and told of.
#include "admin/boards.h"
#include "admin/put.h"
#include "base/clock.h"
#include "connector/dashboard.h"
#include "crypto/token.h"
#include "data/json.h"
#include "io/pool.h"

struct starter {
  struct admin_call *call;
  const struct catalog_account *account;
  const struct connector_dashboard *from;
  struct board_row board;
  struct boards_pin pins[DASHBOARD_TILES_MOST];
  struct str left_out[DASHBOARD_TILES_MOST]; // why; empty: it is pinned
  size_t pinned;
};

static void starter_pin(struct starter *s, size_t i) {
  const struct connector_tile *from = &s->from->tiles[i];
  struct arena *a = s->call->arena;
  struct boards_pin *pin = &s->pins[i];
  char id[TOKEN_ID];
  struct err why;
  token_id("til", id);
  yyjson_mut_doc *doc = connector_tile_program(from, &s->account->account->id, 1);
  size_t n = 0;
  char *text = yyjson_mut_write(doc, 0, &n);
  *pin = (struct boards_pin){.call = s->call,
                             .program = arena_dup(a, str_make(text ? text : "", n)),
                             .tile = {.id = arena_dup(a, str_of(id)),
                                      .dashboard_id = s->board.id,
                                      .owner = s->call->who.token.id,
                                      .title = from->title,
                                      .result = from->result,
                                      .size = str_of(dashboard_size_name(from->size)),
                                      .place = -1,
                                      .created_at = s->board.created_at,
                                      .updated_at = s->board.created_at,
                                      .version = 1}};
  free(text);
  yyjson_mut_doc_free(doc);
  if (boards_settle(pin, &why))
    s->pinned++;
  else
    s->left_out[i] = arena_dup(a, str_of(why.text));
}

static bool starter_write(struct store *store, void *arg, struct err *err) {
  struct starter *s = arg;
  if (!board_insert(store, &s->board, err)) return false;
  for (size_t i = 0; i < s->from->count; i++)
    if (!s->left_out[i].n && !board_tile_insert(store, &s->pins[i].tile, err)) return false;
  return true;
}

static bool starter_job(void *arg, struct err *err) {
  struct starter *s = arg;
  for (size_t i = 0; i < s->from->count; i++) starter_pin(s, i);
  if (!s->pinned)
    return err_at(err, ERR_UNPROCESSABLE, "account",
                  "none of its tiles fits what the account has; the first: %.*s", STR_ARG(s->left_out[0]));
  return store_transact(s->call->env->board->store, starter_write, s, err);
}

static void starter_put(struct starter *s) {
  struct buf *out = &s->call->out;
  put_open(out, NULL, '{');
  put_text(out, "id", s->board.id);
  put_text(out, "name", s->board.name);
  put_int(out, "tiles", (int64_t)s->pinned);
  put_open(out, "left_out", '[');
  for (size_t i = 0; i < s->from->count; i++) {
    if (!s->left_out[i].n) continue;
    put_open(out, NULL, '{');
    put_text(out, "title", s->from->tiles[i].title);
    put_text(out, "why", s->left_out[i]);
    put_close(out, '}');
  }
  put_close(out, ']');
  put_close(out, '}');
}

bool admin_start_dashboard(struct admin_call *call, struct err *err) {
  struct starter *s = ARENA_NEW(call->arena, struct starter);
  struct str ids[DASHBOARD_TILES_MOST], name = str_trim(json_str(call->body, "name"));
  size_t count = 0;
  char id[TOKEN_ID];
  s->call = call;
  if (!admin_find_account(call, &s->account, err)) return false;
  s->from = s->account->connector->dashboard;
  if (!s->from || !s->from->count)
    return err_at(err, ERR_UNPROCESSABLE, "account", "its connector, %.*s, offers no dashboard",
                  STR_ARG(s->account->connector->name));
  token_id("dsh", id);
  s->board = (struct board_row){.id = arena_dup(call->arena, str_of(id)),
                                .name = name.n ? name : s->account->account->name,
                                .owner = call->who.token.id,
                                .created_at = clock_now_ms(),
                                .updated_at = clock_now_ms(),
                                .version = 1};
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(s->board.id), STR_ARG(s->board.name));
  if (!board_name_is_good(s->board.name, err) || !pool_run(starter_job, s, err)) return false;
  boards_follow(call);
  for (size_t i = 0; i < s->from->count; i++)
    if (!s->left_out[i].n) ids[count++] = s->pins[i].tile.id;
  schedule_look(ids, count);
  starter_put(s);
  return true;
}
