// SPDX-License-Identifier: Apache-2.0
// reader: takes values out of a connector's YAML with errors that name file, line and key. The first
// error stays and everything after it is skipped, so that a definition reads as a list. Private to
// connector/. Example:
//   reader_keys(r, v, "envelope", (const char *const[]){"ok", "errors", NULL});
//   c->envelope.ok = reader_text(r, v, "ok", READER_OPTIONAL);
#ifndef POSTERN_CONNECTOR_READER_H
#define POSTERN_CONNECTOR_READER_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"
#include "data/yaml.h"

struct reader {
  const char *file; // as shown
  const struct yaml_doc *yaml;
  struct arena *arena;
  struct err *err;
  bool failed;
};

enum reader_need { READER_OPTIONAL, READER_REQUIRED };

void reader_fail(struct reader *r, yyjson_val *at, const char *format, ...) PRINTF_LIKE(3, 4);
// `v` must be a mapping with no other keys than these (the list ends with NULL).
void reader_keys(struct reader *r, yyjson_val *v, const char *what, const char *const *allowed);
struct str reader_text(struct reader *r, yyjson_val *object, const char *key, enum reader_need need);
int64_t reader_int(struct reader *r, yyjson_val *object, const char *key, int64_t otherwise);
bool reader_bool(struct reader *r, yyjson_val *object, const char *key, bool otherwise);
// One of `choices` (ends with NULL); its index.
int reader_choice(struct reader *r, yyjson_val *object, const char *key, const char *const *choices);
// A list of at most `most`; NULL where absent (or failed).
yyjson_val *reader_list(struct reader *r, yyjson_val *object, const char *key, size_t most);
// A text that is an RFC 6901 pointer.
struct str reader_pointer(struct reader *r, yyjson_val *object, const char *key, enum reader_need need);
// An http(s) address; empty where absent.
struct str reader_link(struct reader *r, yyjson_val *object, const char *key);
// A list of texts, in the reader's arena; count 0 where absent.
struct str *reader_texts(struct reader *r, yyjson_val *object, const char *key, size_t most, size_t *count);
enum { READER_GLOBS_MOST = 256 };      // over names, of an entry: its "tools"
size_t reader_globs(yyjson_val *list); // of all entries of a list
// A lower-case letter, then letters, digits and `joint`: what names look like.
bool reader_is_word(struct str s, char joint);

#endif
