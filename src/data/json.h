// SPDX-License-Identifier: Apache-2.0
// json: what every user of yyjson here needs: reading with limits, and short access. Numbers that
// are forwarded are read raw. Values belong to their document; a document has one owner. Example:
//   yyjson_doc *doc; if (!json_read(text, &JSON_LIMITS, &doc, err)) return false;
//   struct str name = json_str(yyjson_doc_get_root(doc), "name");
#ifndef POSTERN_DATA_JSON_H
#define POSTERN_DATA_JSON_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct json_limits {
  size_t depth, nodes;
  bool raw_numbers; // keep numbers as their text (YYJSON_TYPE_RAW)
  bool
      forgiving; // a vendor's words: text behind an object or array is ignored, bytes that are not UTF-8 are U+FFFD
};
extern const struct json_limits JSON_LIMITS;    // depth 64, nodes 200,000
extern const struct json_limits JSON_FORGIVING; // the same, of a vendor's words

// ERR_INVALID names line and column; ERR_LIMIT the limit passed. A byte order mark is skipped, and half of a
// surrogate pair (RFC 8259 §8.2 has the form) is U+FFFD, whoever sends it. Duplicate keys of an object: the
// last one wins nowhere here: they are refused. Free with yyjson_doc_free.
MUST_USE bool json_read(struct str text, const struct json_limits *limits, yyjson_doc **out, struct err *err);

// The same, with the document's memory out of a budget until it is freed (any thread). ERR_LIMIT with a hint:
// there is no more. A payer of NULL pays nothing.
MUST_USE bool json_read_paid(struct str text, const struct json_limits *limits, struct payer *payer,
                             yyjson_doc **out, struct err *err);
MUST_USE bool json_copy_paid(yyjson_mut_doc *from, struct payer *payer, yyjson_doc **out, struct err *err);
// What a document of this text can take at most, beside the text's own copy; looks at each byte once.
size_t json_tree_most(struct str text);

struct str json_str(yyjson_val *object, const char *key); // STR_NONE where absent or not a string
struct str json_text(yyjson_val *string);                 // a string value's bytes
bool json_bool(yyjson_val *object, const char *key, bool otherwise);
int64_t json_int(yyjson_val *object, const char *key, int64_t otherwise);
// What `was` comes to by `patch` (RFC 7396): members left out stay, null takes away, at every depth; anything but an
// object is replaced whole. `was` NULL: there was nothing. Free with yyjson_doc_free.
yyjson_doc *json_merge(yyjson_val *was, yyjson_val *patch);
yyjson_val *json_at(yyjson_val *root, struct str pointer); // RFC 6901; NULL where nothing is
struct str json_raw_number(yyjson_val *v);                 // the digits of a raw number, else STR_NONE

enum { JSON_ESCAPED_MOST = 6 }; // bytes that one byte of a text can become within quotes: \u0001

void json_write(struct buf *out, yyjson_val *v); // compact, raw numbers as they came
struct str json_to_text(struct arena *a, yyjson_val *v);
// The same with members in the order of their names, so that equal values are equal texts. `without`: names that the
// root's own members may not have, up to a NULL; NULL: all are written.
void json_write_sorted(struct buf *out, yyjson_val *v, const char *const *without, struct arena *a);
void json_add_string(struct buf *out, struct str s);  // "…" escaped (RFC 8259 §7), bad UTF-8 as U+FFFD
void json_add_escaped(struct buf *out, struct str s); // the same without the quotes
// RFC 6901 pointers while walking down: out += "/" + escaped key.
void json_pointer_push(struct buf *pointer, struct str key);

// One pass over a JSON text: validates it (RFC 8259, depth limit) and appends it to `out` escaped as
// the inside of a JSON string, numbers untouched. Nothing is parsed to a tree. On failure `out` may
// hold a part; the caller cuts it back. ERR_INVALID says at which byte.
MUST_USE bool json_forward(struct buf *out, struct str text, size_t depth_most, struct err *err);

#endif
