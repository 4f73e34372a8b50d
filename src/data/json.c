// SPDX-License-Identifier: Apache-2.0
#include "data/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/decode.h"
#include "base/map.h"
#include "base/mem.h"

enum { JSON_DEPTH_CEILING = 512, JSON_PAIRWISE_MOST = 16 };
enum { JSON_LARGE = 1 << 20 }; // a text whose tree is reckoned before it is read, where somebody pays

const struct json_limits JSON_LIMITS = {.depth = 64, .nodes = 200000};
const struct json_limits JSON_FORGIVING = {.depth = 64, .nodes = 200000, .forgiving = true};

static bool json_fail(struct err *err, struct str text, size_t offset, const char *what) {
  size_t line = 0, column = 0, character = 0;
  char where[48];
  yyjson_locate_pos(text.p, text.n, offset < text.n ? offset : text.n, &line, &column, &character);
  snprintf(where, sizeof where, "%zu:%zu", line, column);
  return err_at(err, ERR_INVALID, where, "not valid JSON: %s at line %zu, column %zu", what, line, column);
}

// The first key that the object has twice, or NULL.
static yyjson_val *json_find_twin(yyjson_val *object) {
  size_t n = yyjson_obj_size(object);
  yyjson_obj_iter it = yyjson_obj_iter_with(object);
  yyjson_val *key, *twin = NULL;
  if (n <= JSON_PAIRWISE_MOST) {
    struct str seen[JSON_PAIRWISE_MOST];
    for (size_t count = 0; (key = yyjson_obj_iter_next(&it)); count++) {
      seen[count] = json_text(key);
      for (size_t i = 0; i < count; i++)
        if (str_eq(seen[i], seen[count])) return key;
    }
    return NULL;
  }
  struct map seen = {0};
  while (!twin && (key = yyjson_obj_iter_next(&it))) {
    if (map_get(&seen, json_text(key)))
      twin = key;
    else
      map_put(&seen, json_text(key), key);
  }
  map_free(&seen);
  return twin;
}

// yyjson reads without recursion and keeps the values of a document in one array, in the order of
// the text; so depth and keys are checked in one walk along it.
static bool json_check(yyjson_doc *doc, struct str text, const struct json_limits *limits, struct err *err) {
  yyjson_val *ends[JSON_DEPTH_CEILING];
  size_t depth = 0, count = yyjson_doc_get_val_count(doc);
  yyjson_val *v = yyjson_doc_get_root(doc);
  assert(limits->depth <= JSON_DEPTH_CEILING);
  if (count > limits->nodes)
    return err_set(err, ERR_LIMIT, "the JSON has %zu values and keys, at most %zu are accepted", count,
                   limits->nodes);
  for (yyjson_val *end = v + count; v < end; v++) {
    while (depth && ends[depth - 1] <= v) depth--;
    if (!yyjson_is_ctn(v)) continue;
    if (depth == limits->depth)
      return err_set(err, ERR_LIMIT, "the JSON is nested deeper than %zu levels", limits->depth);
    ends[depth++] = unsafe_yyjson_get_next(v);
    yyjson_val *twin = yyjson_is_obj(v) ? json_find_twin(v) : NULL;
    if (!twin) continue;
    char what[128];
    struct str key = json_text(twin);
    snprintf(what, sizeof what, "the key \"%.*s\" is there twice", STR_MOST(key, 64));
    // Keys are unescaped in place in the document's copy of the text, so offsets agree.
    return json_fail(err, text, (size_t)(key.p - doc->str_pool), what);
  }
  return true;
}

// ---- documents that are paid for

// The allocator of one document, which gives back what was taken for it with its last block: yyjson frees
// that of the document itself last.
struct json_bill {
  struct payer *payer;
  size_t bytes;
  yyjson_doc *doc; // once it is read
};

static void *json_bill_alloc(void *bill, size_t size) {
  (void)bill;
  return malloc(size);
}

static void *json_bill_resize(void *bill, void *p, size_t before, size_t size) {
  (void)bill, (void)before;
  return realloc(p, size);
}

static void json_bill_free(void *arg, void *p) {
  struct json_bill *bill = arg;
  bool last = p && p == bill->doc;
  free(p);
  if (!last) return;
  payer_give(bill->payer, bill->bytes);
  mem_free(bill);
}

static yyjson_alc json_bill_new(struct payer *payer) {
  struct json_bill *bill = MEM_NEW(struct json_bill);
  bill->payer = payer;
  return (yyjson_alc){json_bill_alloc, json_bill_resize, json_bill_free, bill};
}

// Takes what the document really has. Frees it where that is too much.
static bool json_bill_settle(struct json_bill *bill, yyjson_doc *doc, struct err *err) {
  bill->doc = doc;
  size_t count = yyjson_doc_get_val_count(doc), bytes = count * sizeof(yyjson_val);
  yyjson_val *v = yyjson_doc_get_root(doc); // values stand one behind the other
  for (size_t i = 0; i < count; i++)
    if (yyjson_is_str(v + i) || yyjson_is_raw(v + i)) bytes += yyjson_get_len(v + i) + 1;
  bool ok = payer_take(bill->payer, bytes) || payer_explain(bill->payer, err);
  if (ok)
    bill->bytes = bytes;
  else
    yyjson_doc_free(doc);
  return ok;
}

size_t json_tree_most(struct str text) {
  size_t values = 1;
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    values += c == ',' || c == ':' || c == '[' || c == '{';
  }
  return values * sizeof(yyjson_val);
}

// yyjson has no limit of its own while it reads.
static bool json_may_read(struct str text, struct payer *payer, struct err *err) {
  if (!payer || text.n < JSON_LARGE) return true;
  size_t most = text.n + json_tree_most(text);
  if (!payer_take(payer, most)) return payer_explain(payer, err);
  payer_give(payer, most);
  return true;
}

static bool json_read_with(struct str text, const struct json_limits *limits, const yyjson_alc *alc,
                           yyjson_doc **out, struct err *err);

bool json_read_paid(struct str text, const struct json_limits *limits, struct payer *payer, yyjson_doc **out,
                    struct err *err) {
  if (!payer) return json_read(text, limits, out, err);
  if (!json_may_read(text, payer, err)) return false;
  yyjson_alc alc = json_bill_new(payer);
  yyjson_doc *doc;
  bool ok = json_read_with(text, limits, &alc, &doc, err);
  if (!ok) {
    mem_free(alc.ctx);
    return false;
  }
  if (!json_bill_settle(alc.ctx, doc, err)) return false;
  *out = doc;
  return true;
}

bool json_copy_paid(yyjson_mut_doc *from, struct payer *payer, yyjson_doc **out, struct err *err) {
  yyjson_alc alc = json_bill_new(payer);
  yyjson_doc *doc = yyjson_mut_doc_imut_copy(from, &alc);
  if (!doc) abort(); // out of memory
  if (!json_bill_settle(alc.ctx, doc, err)) return false;
  *out = doc;
  return true;
}

// ---- reading

bool json_read(struct str text, const struct json_limits *limits, yyjson_doc **out, struct err *err) {
  return json_read_with(text, limits, NULL, out, err);
}

// Without YYJSON_READ_INSITU the text is not written to, whatever the parameter's type says.
static yyjson_doc *json_parse(struct str text, const struct json_limits *limits, const yyjson_alc *alc,
                              yyjson_read_err *why) {
  yyjson_read_flag flags = limits->raw_numbers ? YYJSON_READ_NUMBER_AS_RAW : YYJSON_READ_NOFLAG;
  if (limits->forgiving) flags |= YYJSON_READ_STOP_WHEN_DONE;
  yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text.p, text.n, flags, alc, why);
  if (!doc && why->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION) abort();
  size_t read = yyjson_doc_get_read_size(doc);
  if (!doc || yyjson_is_ctn(yyjson_doc_get_root(doc)) || str_trim(str_from(text, read)).n == 0) return doc;
  yyjson_doc_free(doc); // a word before other words is no answer
  *why = (yyjson_read_err){YYJSON_READ_ERROR_UNEXPECTED_CONTENT, "unexpected content after the value", read};
  return NULL;
}

static bool json_read_sound(struct str text, const struct json_limits *limits, const yyjson_alc *alc,
                            yyjson_doc **out, struct err *err) {
  yyjson_read_err why;
  yyjson_doc *doc = json_parse(text, limits, alc, &why);
  if (!doc) return json_fail(err, text, why.pos, why.msg);
  if (!json_check(doc, text, limits, err)) {
    yyjson_doc_free(doc);
    return false;
  }
  *out = doc;
  return true;
}

// What cannot be read is looked through for spoiled characters, which cost no more than themselves.
static bool json_read_with(struct str given, const struct json_limits *limits, const yyjson_alc *alc,
                           yyjson_doc **out, struct err *err) {
  struct str text = decode_skip_mark(given);
  struct err first;
  if (text.n == 0) return err_at(err, ERR_INVALID, "1:1", "not valid JSON: the text is empty");
  if (json_read_sound(text, limits, alc, out, &first)) return true;
  struct buf mended = BUF_MAX(3 * text.n + 1);
  bool again = first.code == ERR_INVALID &&
               decode_json(text, limits->forgiving ? DECODE_ALL : DECODE_ESCAPES, &mended);
  bool ok = again ? json_read_sound(buf_str(&mended), limits, alc, out, err) : (*err = first, false);
  if (mended.p) explicit_bzero(mended.p, mended.cap); // it may hold tokens
  buf_free(&mended);
  return ok;
}

struct str json_text(yyjson_val *string) {
  return yyjson_is_str(string) ? str_make(yyjson_get_str(string), yyjson_get_len(string)) : STR_NONE;
}

struct str json_str(yyjson_val *object, const char *key) {
  yyjson_val *v = yyjson_obj_get(object, key);
  return yyjson_is_str(v) ? json_text(v) : STR_NONE;
}

bool json_bool(yyjson_val *object, const char *key, bool otherwise) {
  yyjson_val *v = yyjson_obj_get(object, key);
  return yyjson_is_bool(v) ? yyjson_get_bool(v) : otherwise;
}

int64_t json_int(yyjson_val *object, const char *key, int64_t otherwise) {
  yyjson_val *v = yyjson_obj_get(object, key);
  int64_t n;
  if (yyjson_is_raw(v)) return str_to_i64(json_raw_number(v), &n) ? n : otherwise;
  if (yyjson_is_uint(v) && yyjson_get_uint(v) > INT64_MAX) return otherwise;
  return yyjson_is_int(v) ? yyjson_get_sint(v) : otherwise;
}

yyjson_val *json_at(yyjson_val *root, struct str pointer) {
  return pointer.n ? yyjson_ptr_getn(root, pointer.p, pointer.n) : root;
}

struct str json_raw_number(yyjson_val *v) {
  return yyjson_is_raw(v) ? str_make(yyjson_get_raw(v), yyjson_get_len(v)) : STR_NONE;
}

yyjson_doc *json_merge(yyjson_val *was, yyjson_val *patch) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_doc_set_root(doc, yyjson_merge_patch(doc, was, patch));
  yyjson_doc *merged = yyjson_mut_doc_imut_copy(doc, NULL);
  yyjson_mut_doc_free(doc);
  return merged;
}
