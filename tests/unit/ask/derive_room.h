// SPDX-License-Identifier: Apache-2.0
// A room with tools and nothing else known of them: what a question becomes there.
#ifndef POSTERN_TEST_DERIVE_ROOM_H
#define POSTERN_TEST_DERIVE_ROOM_H

#include "../support/check.h"

#include "ask/plan.h"
#include "data/json.h"
#include "model/derive.h"
#include "table/moment.h"

#define TOOL(name, class, path, input, more)                                                                 \
  "{\"name\":\"" name "\",\"class\":\"" class "\",\"method\":\"GET\",\"path\":\"" path                       \
                                              "\",\"read_only\":true,\"input\":{\"type\":\"object\"" input   \
                                              "}" more "}"

struct room {
  struct arena *arena;
  struct toolset *tools;
  struct derive_index *index;
  struct model_source source;
  struct table_clock clock;
  yyjson_doc *docs[64];
  struct phrases *phrases[64];
  size_t doc_count;
  struct reading reading;
  struct ask_plan plan;
  const struct table_result *rows; // that were looked at; NULL: none were
  struct str rows_of;              // which table they are
  const struct table_result *more; // rows of another one
  struct str more_of;
  const struct model *model; // of the last question
  struct near_word near[NEAR_MOST];
  size_t near_count;
};

static bool has_tool(void *arg, const struct model_source *s, struct str name) {
  const struct room *r = arg;
  (void)s;
  return map_get(&r->tools->by_name, name) != NULL;
}

static bool shows(void *arg, const struct tool *t) {
  (void)arg;
  (void)t;
  return true;
}

static int room_open_with(void **state, const char *tools) {
  struct room *r = calloc(1, sizeof *r);
  struct err err;
  const struct zone *utc;
  r->arena = arena_new();
  assert_true(zone_find(STR("UTC"), &utc, &err));
  r->clock = (struct table_clock){.zone = utc, .first_weekday = 1};
  assert_true(moment_read(STR("2026-11-26T10:30:00Z"), &r->clock.now_ms));
  if (!toolset_read(str_of(tools), &r->tools, &err)) fail_msg("%s %s", err.field, err.text);
  struct derive d = {.tools = r->tools, .shows = shows};
  r->index = derive_index_new(&d, r->arena);
  r->source = (struct model_source){.connector = STR("desk"),
                                    .label = STR("Desk"),
                                    .accounts = {STR("desk")},
                                    .account_count = 1,
                                    .has_tool = has_tool,
                                    .arg = r};
  *state = r;
  return 0;
}

static int room_close(void **state) {
  struct room *r = *state;
  for (size_t i = 0; i < r->doc_count; i++) {
    yyjson_doc_free(r->docs[i]);
    phrases_free(r->phrases[i]);
  }
  derive_index_free(r->index);
  toolset_unref(r->tools);
  arena_free(r->arena);
  free(r);
  return 0;
}

// The program of a question, as text; empty where it ends otherwise. Of a conversation, one question a line, that of its
// last.
static struct str planned(struct room *r, const char *question) {
  struct ask_words words;
  struct derive_asked asked;
  struct err err;
  struct model *model = ARENA_NEW(r->arena, struct model);
  assert_true(language_words(str_of(question), r->arena, &words, &err));
  derive_ask(&words, &asked, r->arena);
  struct derive_seen seen[2] = {{.of = r->index, .id = r->rows_of}, {.of = r->index, .id = r->more_of}};
  asked.seen = seen;
  if (r->rows) seen[asked.seen_count++].shape = derive_see(r->rows, &words, r->arena);
  if (r->more) seen[asked.seen_count++].shape = derive_see(r->more, &words, r->arena);
  yyjson_doc *doc = derive_things(r->index, &asked, r->arena);
  derive_asked_free(&asked);
  model->arena = r->arena;
  if (!model_add(model, doc ? yyjson_doc_get_root(doc) : NULL, &r->source, &err)) fail_msg("%s", err.text);
  r->docs[r->doc_count] = doc;
  r->phrases[r->doc_count++] = &model->phrases;
  r->model = model;
  struct str turns[8], rest = str_of(question);
  size_t turn_count = 0;
  while (turn_count < 8 && str_cut(&rest, '\n', &turns[turn_count])) turn_count++;
  struct reading_input in = {
      .model = model, .clock = &r->clock, .near = r->near, .near_count = r->near_count};
  assert_true(reading_follow(&in, turns, turn_count, r->arena, &r->reading, &err));
  plan_make(&r->reading, &r->clock, r->arena, &r->plan);
  if (r->plan.end != PLAN_PROGRAM) return STR("");
  size_t n;
  char *text = yyjson_mut_write(r->plan.program, 0, &n);
  struct str made = arena_dup(r->arena, str_make(text, n));
  free(text);
  yyjson_mut_doc_free(r->plan.program);
  return made;
}

#endif
