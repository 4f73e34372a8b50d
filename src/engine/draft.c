// SPDX-License-Identifier: Apache-2.0
#include "engine/draft.h"

#include <stdio.h>

#include "base/codec.h"
#include "crypto/token.h"
#include "data/json.h"
#include "data/uri.h"

enum { ENGINE_TOKENS = 200 * 1000, ENGINE_OUTPUT = 8192, ENGINE_SECONDS = 90 }; // the usual limits

struct engine_filling {
  const struct engine *before;
  yyjson_val *given;
  struct arena *arena;
  struct engine_row *row;
  const struct engine_kind *kind;
};

// As null too, which is as good as nothing, and takes what was there away.
static bool engine_gives(const struct engine_filling *f, const char *member) {
  return yyjson_obj_get(f->given, member) != NULL;
}

static void engine_take_text(const struct engine_filling *f, const char *member, struct str *to) {
  if (engine_gives(f, member)) *to = str_trim(json_str(f->given, member));
}

static bool engine_is_of(struct str text, const char *others, bool upper) {
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z');
    for (const char *o = others; !known && *o; o++) known = c == *o;
    if (!known) return false;
  }
  return true;
}

// ---- one field each

static bool engine_take_name(struct engine_filling *f, struct err *err) {
  struct str *name = &f->row->name;
  engine_take_text(f, "name", name);
  if (!name->n || name->n > ENGINE_NAME_MOST || !engine_is_of(*name, "._-", false) || *name->p == '.' ||
      *name->p == '-')
    return err_at(
        err, ERR_INVALID, "name",
        "must have 1 to %d of the characters a-z, 0-9, '.', '_' and '-', and begin with a letter or "
        "digit",
        ENGINE_NAME_MOST);
  if (str_is(*name, ENGINE_PLANNER) || str_starts(*name, "eng_"))
    return err_at(err, ERR_INVALID, "name",
                  str_starts(*name, "eng_") ? "begins like the id of an engine; take another one"
                                            : "is that of the engine which is built in; take another one");
  return true;
}

static bool engine_take_kind(struct engine_filling *f, struct err *err) {
  engine_take_text(f, "kind", &f->row->kind);
  f->kind = engine_kind_named(f->row->kind);
  if (f->kind) return true;
  return err_at(err, ERR_INVALID, "kind", "%s: take anthropic, openai or chat",
                f->row->kind.n ? "there is no such kind" : "is missing");
}

static bool engine_take_model(struct engine_filling *f, struct err *err) {
  engine_take_text(f, "model", &f->row->model);
  struct str model = f->row->model;
  if (model.n && model.n <= ENGINE_MODEL_MOST && codec_is_utf8(model) && codec_is_field_value(model))
    return true;
  return err_at(err, ERR_INVALID, "model", "must be the provider's name of a model, 1 to %d characters",
                ENGINE_MODEL_MOST);
}

// The path of the format comes behind it: whoever pasted the whole address gets it told.
static bool engine_check_path(const struct engine_filling *f, struct str path, struct err *err) {
  struct str own = str_of(f->kind->wire->path);
  if (path.n < own.n || !str_eq(str_from(path, path.n - own.n), own)) return true;
  return err_at(err, ERR_INVALID, "base_url", "ends with %s, which is put behind it; leave that away", own.p);
}

static bool engine_take_url(struct engine_filling *f, struct err *err) {
  struct str *url = &f->row->base_url;
  struct uri uri;
  bool other_kind = f->before && f->before->kind != f->kind;
  if (other_kind) *url = STR_NONE;
  engine_take_text(f, "base_url", url);
  if (!url->n && f->kind->url) *url = str_of(f->kind->url);
  if (!url->n) {
    err_at(err, ERR_INVALID, "base_url", "is missing: which server is it?");
    err_hint(err, "the address of the API with its version, such as http://127.0.0.1:11434/v1");
    return false;
  }
  if (url->n > ENGINE_URL_MOST)
    return err_at(err, ERR_INVALID, "base_url", "has more than %d characters", ENGINE_URL_MOST);
  if (!uri_parse_http(*url, &uri, err)) {
    snprintf(err->field, sizeof err->field, "base_url");
    return false;
  }
  if (uri.fragment.p) return err_at(err, ERR_INVALID, "base_url", "must end with the path or the query");
  if (!uri.query.p) *url = str_trim_end(*url, '/');
  return engine_check_path(f, str_trim_end(uri.path, '/'), err);
}

static bool engine_take_header(struct engine_filling *f, struct err *err) {
  static const char *const ours[] = {"host",       "content-type",      "content-length",   "accept",
                                     "connection", "transfer-encoding", "anthropic-version"};
  struct str *header = &f->row->key_header;
  if (f->before && f->before->kind != f->kind) *header = STR_NONE;
  engine_take_text(f, "key_header", header);
  if (!header->n) *header = str_of(f->kind->key_header);
  if (header->n > ENGINE_HEADER_MOST || !engine_is_of(*header, "-_", true))
    return err_at(err, ERR_INVALID, "key_header", "is no name of a header; it is something like api-key");
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    if (str_is_nocase(*header, ours[i]))
      return err_at(err, ERR_INVALID, "key_header", "is a header that means something else");
  return true;
}

static bool engine_take_words(struct engine_filling *f, struct err *err) {
  engine_take_text(f, "effort", &f->row->effort);
  engine_take_text(f, "dialect", &f->row->dialect);
  if (f->row->effort.n > ENGINE_EFFORT_MOST || !engine_is_of(f->row->effort, "_-", false))
    return err_at(err, ERR_INVALID, "effort",
                  "must be a word of the provider's, such as low, medium or high");
  if (f->row->dialect.n && !str_is(f->row->dialect, "vendor") && !str_is(f->row->dialect, "compatible"))
    return err_at(err, ERR_INVALID, "dialect", "must be vendor or compatible");
  return true;
}

static bool engine_take_number(const struct engine_filling *f, const char *member, int64_t least,
                               int64_t most, int64_t otherwise, int64_t *to, struct err *err) {
  bool usual = yyjson_is_null(yyjson_obj_get(f->given, member));
  int64_t n = usual ? otherwise : json_int(f->given, member, *to);
  if (n < least || n > most)
    return err_at(err, ERR_INVALID, member, "must be %lld to %lld", (long long)least, (long long)most);
  *to = n;
  return true;
}

static bool engine_take_limits(struct engine_filling *f, struct err *err) {
  struct engine_row *row = f->row;
  if (!engine_take_number(f, "tokens", ENGINE_TOKENS_LEAST, ENGINE_TOKENS_MOST, ENGINE_TOKENS, &row->tokens,
                          err) ||
      !engine_take_number(f, "output_tokens", ENGINE_OUTPUT_LEAST, ENGINE_OUTPUT_MOST, ENGINE_OUTPUT,
                          &row->output, err) ||
      !engine_take_number(f, "seconds", ENGINE_SECONDS_LEAST, ENGINE_SECONDS_MOST, ENGINE_SECONDS,
                          &row->seconds, err))
    return false;
  return true;
}

// ---- the key

static bool engine_moves(const struct engine_filling *f) {
  const struct engine *b = f->before;
  return b && (b->kind != f->kind || !str_eq(b->llm.url, f->row->base_url) ||
               !str_eq(b->llm.key_header, f->row->key_header));
}

static bool engine_take_key(const struct engine_filling *f, struct engine_draft *d, struct err *err) {
  bool had = f->before && f->before->key, given = engine_gives(f, "key");
  d->key = given ? str_trim(json_str(f->given, "key")) : STR_NONE;
  d->keeps_key = !given && had && !engine_moves(f);
  if (had && !given && !d->keeps_key) {
    err_at(err, ERR_INVALID, "key", "is missing; a change of kind, base_url or key_header needs it again");
    err_hint(err, "the stored key is not sent to another address; an empty key takes it away");
    return false;
  }
  for (size_t i = 0; i < d->key.n; i++)
    if (d->key.p[i] <= ' ' || d->key.p[i] > '~')
      return err_at(err, ERR_INVALID, "key", "holds blanks or characters that no key has");
  if (d->key.n > ENGINE_KEY_MOST)
    return err_at(err, ERR_INVALID, "key", "has more than %d characters", ENGINE_KEY_MOST);
  if (!d->key.n && !d->keeps_key && f->kind->wants_key)
    return err_at(err, ERR_INVALID, "key", "is missing, and %s wants one", f->kind->label);
  return true;
}

static struct engine_row engine_usual(struct arena *a) {
  char id[TOKEN_ID];
  token_id("eng", id);
  return (struct engine_row){.id = arena_dup(a, str_of(id)),
                             .tokens = ENGINE_TOKENS,
                             .output = ENGINE_OUTPUT,
                             .seconds = ENGINE_SECONDS};
}

static struct engine_row engine_row_of(const struct engine *e) {
  return (struct engine_row){.id = e->id,
                             .name = e->name,
                             .kind = str_of(e->kind->name),
                             .model = e->model,
                             .base_url = e->llm.url,
                             .key_header = e->llm.key_header,
                             .dialect = e->dialect,
                             .effort = e->effort,
                             .status = e->status,
                             .status_text = e->status_text,
                             .tokens = e->limits.tokens,
                             .output = e->limits.output,
                             .seconds = e->limits.seconds,
                             .is_default = e->is_default,
                             .created_at = e->created_at,
                             .updated_at = e->updated_at,
                             .tested_at = e->tested_at,
                             .version = e->version};
}

bool engine_draft_fill(const struct engine *before, yyjson_val *given, struct arena *a,
                       struct engine_draft *out, struct err *err) {
  struct engine_draft d = {.row = before ? engine_row_of(before) : engine_usual(a)};
  struct engine_filling f = {.before = before, .given = given, .arena = a, .row = &d.row};
  if (!engine_take_name(&f, err) || !engine_take_kind(&f, err) || !engine_take_model(&f, err) ||
      !engine_take_url(&f, err) || !engine_take_header(&f, err) || !engine_take_words(&f, err) ||
      !engine_take_limits(&f, err) || !engine_take_key(&f, &d, err))
    return false;
  *out = d;
  return true;
}
