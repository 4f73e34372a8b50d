// SPDX-License-Identifier: Apache-2.0
#include "data/schema_words.h"

#include "base/arena.h"
#include "base/codec.h"
#include "data/json.h"

enum { SCHEMA_REF_MOST = 1024 };

static const struct {
  struct str name;
  enum schema_kind kind;
} schema_table[] = {
#define X(id, text, is) [SCHEMA_WORD_##id] = {{text, sizeof(text) - 1}, SCHEMA_IS_##is},
    SCHEMA_WORDS(X)
#undef X
};

// The length alone leaves a few candidates, most often one.
static int schema_word_of(struct str name) {
  for (int i = 0; i < SCHEMA_WORD_COUNT; i++)
    if (schema_table[i].name.n == name.n && memcmp(schema_table[i].name.p, name.p, name.n) == 0) return i;
  return -1;
}

void schema_gather(yyjson_val *schema, struct schema_words *words) {
  *words = (struct schema_words){0};
  yyjson_obj_iter it = yyjson_obj_iter_with(schema);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    int word = schema_word_of(json_text(key));
    if (word >= 0) words->at[word] = yyjson_obj_iter_get_val(key);
  }
}

const char *schema_word_name(enum schema_word word) {
  return schema_table[word].name.p;
}
enum schema_kind schema_word_kind(enum schema_word word) {
  return schema_table[word].kind;
}

yyjson_val *schema_follow(yyjson_val *root, yyjson_val *ref) {
  struct str text = json_text(ref);
  if (text.n == 0 || text.n > SCHEMA_REF_MOST || text.p[0] != '#') return NULL;
  text = str_from(text, 1);
  if (str_find(text, '%') < 0) return json_at(root, text);
  struct arena *a = arena_new();
  struct str pointer;
  yyjson_val *to = codec_unpercent(a, text, &pointer) ? json_at(root, pointer) : NULL;
  arena_free(a);
  return to;
}
