// SPDX-License-Identifier: Apache-2.0
#include "ask/talk.h"

#include "data/json.h"

void talk_name(struct talk_said *said, const struct talk_named *named) {
  size_t at = 0;
  while (at < said->named_count && !str_eq_nocase(said->named[at].word, named->word)) at++;
  if (at == TALK_NAMED_MOST)
    memmove(said->named, said->named + 1, --at * sizeof *said->named);
  else if (at == said->named_count)
    said->named_count++;
  said->named[at] = *named;
}

// ---- as JSON

static void talk_write_texts(struct buf *out, const char *key, const struct str *texts, size_t count) {
  buf_printf(out, "\"%s\":[", key);
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, texts[i]);
  }
  buf_add_z(out, "],");
}

static void talk_write_named(struct buf *out, const struct talk_named *n) {
  buf_add_z(out, "{\"word\":");
  json_add_string(out, n->word);
  buf_add_z(out, ",\"name\":");
  json_add_string(out, n->name);
  buf_add_z(out, ",\"connector\":");
  json_add_string(out, n->connector);
  buf_add_z(out, ",\"thing\":");
  json_add_string(out, n->thing);
  buf_add_char(out, '}');
}

void talk_write(const struct talk_said *said, struct buf *out) {
  buf_add_char(out, '{');
  talk_write_texts(out, "turns", said->turns, said->turn_count);
  talk_write_texts(out, "choices", said->choices, said->choice_count);
  buf_add_z(out, "\"asked\":");
  talk_write_named(out, &said->asked);
  buf_add_z(out, ",\"named\":[");
  for (size_t i = 0; i < said->named_count; i++) {
    if (i) buf_add_char(out, ',');
    talk_write_named(out, &said->named[i]);
  }
  buf_add_char(out, ']');
  if (said->written.n) {
    buf_add_z(out, ",\"written\":");
    json_add_string(out, said->written);
    buf_printf(out, ",\"written_of_rows\":%s", said->written_of_rows ? "true" : "false");
  }
  if (said->paused) {
    buf_printf(out, ",\"paused\":true,\"now_ms\":%lld,\"handle\":", (long long)said->now_ms);
    json_add_string(out, said->handle);
  }
  buf_add_char(out, '}');
}

static size_t talk_read_texts(yyjson_val *from, struct arena *a, struct str *out, size_t most) {
  size_t i, n, count = 0;
  yyjson_val *v;
  yyjson_arr_foreach (from, i, n, v)
    if (count < most) out[count++] = arena_dup(a, json_text(v));
  return count;
}

static struct talk_named talk_read_named(yyjson_val *from, struct arena *a) {
  return (struct talk_named){arena_dup(a, json_str(from, "word")), arena_dup(a, json_str(from, "name")),
                             arena_dup(a, json_str(from, "connector")),
                             arena_dup(a, json_str(from, "thing"))};
}

void talk_read(yyjson_val *from, struct arena *a, struct talk_said *out) {
  size_t i, n;
  yyjson_val *v;
  *out = (struct talk_said){.asked = talk_read_named(yyjson_obj_get(from, "asked"), a),
                            .written = arena_dup(a, json_str(from, "written")),
                            .written_of_rows = json_bool(from, "written_of_rows", true),
                            .paused = json_bool(from, "paused", false),
                            .handle = arena_dup(a, json_str(from, "handle")),
                            .now_ms = json_int(from, "now_ms", 0)};
  out->turn_count = talk_read_texts(yyjson_obj_get(from, "turns"), a, out->turns, TALK_TURNS_MOST);
  out->choice_count = talk_read_texts(yyjson_obj_get(from, "choices"), a, out->choices, TALK_CHOICES_MOST);
  yyjson_arr_foreach (yyjson_obj_get(from, "named"), i, n, v)
    if (out->named_count < TALK_NAMED_MOST) out->named[out->named_count++] = talk_read_named(v, a);
}
