// SPDX-License-Identifier: Apache-2.0
#include "call/fenced.h"

#include "call/parts.h"
#include "call/reads.h"
#include "data/json.h"
#include "data/schema_pattern.h"
#include "tool/narrow.h"

enum {
  FENCED_DEEP_MOST = 160,   // values within each other; those in a JSON text within a string count on
  FENCED_NESTED_COSTS = 20, // of that, so that a text in a text in a text comes to its end
  FENCED_STEPS_MOST = 6,    // times that a text is percent-decoded in search of steps out of the path
  FENCED_ID_MOST = 128,
  FENCED_DECODED_MOST = 64 * 1024, // of a text that is looked at percent-decoded too
  FENCED_WORK = 1 << 20,
};

struct fenced {
  const struct run_call *call;
  struct narrow narrow;
  const struct connector_fence *words[FENCE_KEYS_MOST]; // of each key, in the fence's order
  bool served;
  struct arena *arena;
  struct schema_patterns *patterns;
  struct err *err;
};

// A person's own account is held to what the one that it stands in for is held to.
static const struct fence *fenced_fence(const struct run_call *call) {
  const struct account *account = call->tool->account->account;
  struct str id = account->person.n ? account->stands_for : account->id;
  return call->server ? fence_of(&call->server->server.filter.fences, id) : NULL;
}

bool fenced_is(const struct run_call *call) {
  return fenced_fence(call) != NULL;
}

// False: the call is not fenced.
static bool fenced_begin(struct fenced *f, const struct run_call *call, struct arena *a, struct err *err) {
  const struct fence *fence = fenced_fence(call);
  const struct catalog_account *v = call->tool->account;
  if (!fence) return false;
  *f = (struct fenced){.call = call, .arena = a, .err = err};
  f->served = narrow_tool(
      &(struct narrow_about){fence, v->connector, call->tool->tool, yyjson_doc_get_root(v->account->context)},
      &f->narrow);
  for (size_t i = 0; i < fence->count; i++)
    f->words[i] = connector_fence_find(v->connector, fence->keys[i].key);
  return true;
}

// ---- refusals: the same words whatever the other value is

static bool fenced_refuse(struct fenced *f, const struct fence_key *key) {
  return err_set(f->err, ERR_DENIED,
                 "this server is held to certain values of %.*s, and the call names another",
                 STR_ARG(key->key));
}

static bool fenced_refuse_missing(struct fenced *f, const struct fence_key *key) {
  return err_set(f->err, ERR_DENIED,
                 "this server is held to certain values of %.*s, and the call does not name one",
                 STR_ARG(key->key));
}

static bool fenced_refuse_form(struct fenced *f, const char *why) {
  return err_set(f->err, ERR_DENIED, "this server is held to certain values, and %s", why);
}

// ---- what is filled in, and asked for

static bool fenced_is_absent(yyjson_mut_val *arguments, struct str name) {
  yyjson_mut_val *v = yyjson_mut_obj_getn(arguments, name.p, name.n);
  return !v || yyjson_mut_is_null(v);
}

static bool fenced_is_required(const struct tool *t, struct str name) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(t->input, "required"), i, n, v)
    if (str_eq(json_text(v), name)) return true;
  return false;
}

// As the schema has it: ids of an API may be numbers.
static yyjson_mut_val *fenced_value(const struct fenced *f, const struct narrow_arg *arg, struct str id,
                                    yyjson_mut_doc *doc) {
  const struct tool *t = f->call->tool->tool;
  struct str type = arg->list ? narrow_item_type(t, arg->arg) : narrow_type(t, arg->arg);
  int64_t unused;
  bool number = (str_is(type, "integer") || str_is(type, "number")) && str_to_i64(id, &unused);
  return number ? yyjson_mut_rawncpy(doc, id.p, id.n) : yyjson_mut_strncpy(doc, id.p, id.n);
}

static yyjson_mut_val *fenced_filling(const struct fenced *f, const struct narrow_arg *arg,
                                      yyjson_mut_doc *doc) {
  if (!arg->list) return fenced_value(f, arg, arg->key->values[0].id, doc);
  yyjson_mut_val *list = yyjson_mut_arr(doc);
  for (size_t i = 0; i < arg->key->count; i++)
    yyjson_mut_arr_append(list, fenced_value(f, arg, arg->key->values[i].id, doc));
  return list;
}

void fenced_fill(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val *arguments) {
  struct fenced f;
  if (!fenced_begin(&f, call, NULL, NULL) || !yyjson_mut_is_obj(arguments)) return;
  for (size_t i = 0; i < f.narrow.count; i++) {
    const struct narrow_arg *arg = &f.narrow.args[i];
    bool one = arg->key->count == 1 || arg->list;
    if (!one || !(arg->narrows || fenced_is_required(call->tool->tool, arg->arg)) ||
        !fenced_is_absent(arguments, arg->arg))
      continue;
    yyjson_mut_obj_remove_keyn(arguments, arg->arg.p, arg->arg.n);
    yyjson_mut_obj_add(arguments, yyjson_mut_strncpy(doc, arg->arg.p, arg->arg.n),
                       fenced_filling(&f, arg, doc));
  }
}

bool fenced_allows_default(const struct run_call *call, struct str argument) {
  struct fenced f;
  if (!fenced_begin(&f, call, NULL, NULL)) return true;
  const struct narrow_arg *held = narrow_arg_of(&f.narrow, argument);
  return !held || narrow_default(&f.narrow, held);
}

bool fenced_asks(const struct run_call *call, yyjson_mut_val *arguments, struct arena *a, struct str *text) {
  struct fenced f;
  if (!fenced_begin(&f, call, a, NULL)) return false;
  for (size_t i = 0; i < f.narrow.count; i++) {
    const struct narrow_arg *arg = &f.narrow.args[i];
    if (!arg->narrows || !fenced_is_absent(arguments, arg->arg)) continue;
    struct buf out = BUF_MAX(64 * 1024);
    buf_printf(
        &out, "Say with \"%.*s\" which one the call is for; nothing was sent. There are:", STR_ARG(arg->arg));
    for (size_t k = 0; k < arg->key->count; k++) {
      const struct fence_value *v = &arg->key->values[k];
      buf_printf(&out, "\n- %.*s%s%.*s%s", STR_ARG(v->id), v->name.n ? " (" : "", STR_ARG(v->name),
                 v->name.n ? ")" : "");
    }
    *text = arena_dup(a, buf_str(&out));
    buf_free(&out);
    return true;
  }
  return false;
}

// ---- one value

static const struct fence_key *fenced_key(const struct fenced *f, size_t i) {
  return &f->narrow.about.fence->keys[i];
}

static size_t fenced_count(const struct fenced *f) {
  return f->narrow.about.fence->count;
}

// `held`: a bit for each key that the place speaks of.
static bool fenced_is_value(struct fenced *f, unsigned held, struct str text) {
  for (size_t i = 0; i < fenced_count(f); i++)
    if (held & 1u << i && !fence_has(fenced_key(f, i), text)) return fenced_refuse(f, fenced_key(f, i));
  return true;
}

static unsigned fenced_named(const struct fenced *f, struct str name) {
  unsigned held = 0;
  for (size_t i = 0; i < fenced_count(f); i++)
    if (f->words[i] && narrow_is_named(f->words[i], name)) held |= 1u << i;
  return held;
}

// ---- ids in the middle of a text: "/zones/<id>/dns_records", "com.cloudflare.api.account.zone.<id>"

static bool fenced_is_id(struct fenced *f, const struct connector_fence *word, struct str text) {
  uint64_t work = FENCED_WORK;
  if (!f->patterns) f->patterns = schema_patterns_new();
  return schema_pattern_match(f->patterns, word->id, text, &work) != SCHEMA_DIFFERS;
}

static bool fenced_is_id_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static bool fenced_mention(struct fenced *f, size_t key, struct str words, struct str text) {
  for (ptrdiff_t at = 0; (at = parts_find(text, words, (size_t)at)) >= 0;) {
    struct str id = str_from(text, (size_t)at + words.n);
    size_t n = 0;
    while (n < id.n && n < FENCED_ID_MOST && fenced_is_id_byte(id.p[n])) n++;
    id.n = n;
    if (n && !fence_has(fenced_key(f, key), id) && fenced_is_id(f, f->words[key], id))
      return fenced_refuse(f, fenced_key(f, key));
    at += (ptrdiff_t)words.n;
  }
  return true;
}

static bool fenced_mentions(struct fenced *f, struct str text) {
  for (size_t i = 0; i < fenced_count(f); i++) {
    const struct connector_fence *w = f->words[i];
    if (!w || !w->id.n) continue;
    for (size_t k = 0; k < w->mention_count; k++)
      if (!fenced_mention(f, i, w->mentions[k], text)) return false;
    for (size_t k = 0; k < w->path_count; k++) // "/zones/*" → "zones/"
      if (!fenced_mention(f, i, str_make(w->paths[k].p + 1, w->paths[k].n - 2), text)) return false;
  }
  return true;
}

// ---- values within each other

static bool fenced_walk(struct fenced *f, yyjson_val *v, unsigned held, unsigned depth);

static bool fenced_text(struct fenced *f, struct str text, unsigned held, unsigned depth) {
  yyjson_doc *doc = parts_json(text);
  bool encoded = text.n && text.n <= FENCED_DECODED_MOST && memchr(text.p, '%', text.n);
  struct str plain = encoded ? parts_decode(text, f->arena) : STR_NONE;
  bool ok = !held || fenced_is_value(f, held, text);
  ok = ok && fenced_mentions(f, text) && (!plain.n || fenced_mentions(f, plain));
  if (doc) ok = ok && fenced_walk(f, yyjson_doc_get_root(doc), held, depth + FENCED_NESTED_COSTS);
  yyjson_doc_free(doc);
  return ok;
}

// {"name": "zone_id", "value": "…"}: a member says which key its sisters speak of.
static bool fenced_is_sister(struct str name) {
  static const char *const words[] = {"id",         "ids",     "value", "values", "target",
                                      "identifier", "operand", "eq",    "in"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_is_nocase(name, words[i])) return true;
  return false;
}

static unsigned fenced_discriminated(const struct fenced *f, yyjson_val *object) {
  size_t i, n;
  yyjson_val *key, *v;
  unsigned held = 0;
  yyjson_obj_foreach (object, i, n, key, v)
    if (yyjson_is_str(v)) held |= fenced_named(f, json_text(v));
  return held;
}

static bool fenced_object(struct fenced *f, yyjson_val *object, unsigned held, unsigned depth) {
  size_t i, n;
  yyjson_val *key, *v;
  unsigned said = fenced_discriminated(f, object);
  yyjson_obj_foreach (object, i, n, key, v) {
    struct str name = json_text(key);
    unsigned here = held | fenced_named(f, name) | (fenced_is_sister(name) ? said : 0);
    if (!fenced_mentions(f, name) || !fenced_walk(f, v, here, depth + 1)) return false;
  }
  return true;
}

static bool fenced_walk(struct fenced *f, yyjson_val *v, unsigned held, unsigned depth) {
  size_t i, n;
  yyjson_val *item;
  if (depth > FENCED_DEEP_MOST)
    return fenced_refuse_form(f, "the call is nested too deeply to be seen to keep to them");
  if (yyjson_is_str(v)) return fenced_text(f, json_text(v), held, depth);
  if (yyjson_is_obj(v)) return fenced_object(f, v, held, depth);
  if (!yyjson_is_arr(v)) return !held || fenced_is_value(f, held, json_raw_number(v));
  // ["zone_id", "eq", "…"]: a pair or a triple as some APIs write conditions
  unsigned said = yyjson_is_str(yyjson_arr_get_first(v)) && !held
                      ? fenced_named(f, json_text(yyjson_arr_get_first(v)))
                      : 0;
  yyjson_arr_foreach (v, i, n, item)
    if (!fenced_walk(f, item, i && i + 1 == n ? held | said : held, depth + 1)) return false;
  return true;
}

static bool fenced_pair(struct fenced *f, struct str name, struct str value) {
  unsigned held = fenced_named(f, name);
  if (!fenced_mentions(f, name)) return false;
  if (!held) return fenced_text(f, value, 0, 0);
  for (struct str rest = value, item; str_cut(&rest, ',', &item);) // ids=a,b
    if (!fenced_text(f, item, held, 0)) return false;
  return value.n || fenced_is_value(f, held, value);
}

static bool fenced_pairs(struct fenced *f, const struct parts_pair *pairs, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!fenced_pair(f, pairs[i].name, pairs[i].value)) return false;
  return true;
}

// ---- the path

// "..", also as "%2e%2e", "a/../b", "..;x" or with '\\': somebody on the way may take it for a step.
static bool fenced_steps_out(struct fenced *f, struct str segment) {
  for (int round = 0; round < FENCED_STEPS_MOST; round++) {
    for (size_t i = 0, from = 0; i <= segment.n; i++) {
      if (i < segment.n && !strchr("/\\;", segment.p[i]) && segment.p[i]) continue;
      struct str part = str_trim(str_make(segment.p + from, i - from));
      if (str_is(part, "..")) return true;
      from = i + 1;
    }
    segment = parts_decode(segment, f->arena);
  }
  return false;
}

static const struct narrow_arg *fenced_segment_arg(const struct fenced *f, struct str pattern) {
  const struct tool *t = f->call->tool->tool;
  if (pattern.n < 3 || pattern.p[0] != '{' || pattern.p[pattern.n - 1] != '}') return NULL;
  struct str name = str_make(pattern.p + 1, pattern.n - 2);
  for (size_t i = 0; i < t->param_count; i++)
    if (t->params[i].in == TOOL_IN_PATH && str_eq(t->params[i].name, name))
      return narrow_arg_of(&f->narrow, t->params[i].arg);
  return NULL;
}

// Segment by segment beside the tool's path; where a parameter holds slashes, what is behind it has no place of its own,
// and narrow_tool trusts nothing there.
static bool fenced_path(struct fenced *f, struct str path) {
  struct str pattern = f->call->tool->tool->path, query = pattern, rest = path, segment, wanted;
  str_cut(&query, '?', &pattern);
  while (str_cut(&rest, '/', &segment)) {
    struct str plain = parts_decode(segment, f->arena);
    if (!str_cut(&pattern, '/', &wanted)) wanted = STR_NONE;
    const struct narrow_arg *held = fenced_segment_arg(f, wanted);
    if (fenced_steps_out(f, segment))
      return fenced_refuse_form(f, "an argument holds a step out of its place in the path");
    if (held && !fence_has(held->key, plain)) return fenced_refuse(f, held->key);
    if (!str_eq(plain, wanted) && !fenced_text(f, plain, 0, 0)) return false;
  }
  return fenced_mentions(f, parts_decode(path, f->arena));
}

// ---- the request

static bool fenced_headers(struct fenced *f, const struct rest_request *r) {
  const struct account *account = f->call->tool->account->account;
  for (size_t i = 0; i < r->headers.count; i++) {
    struct str name = r->headers.items[i].name, rest = r->headers.items[i].value, item;
    if (parts_is_own_header(account, name)) continue;
    if (!str_is_nocase(name, "cookie")) {
      if (!fenced_pair(f, name, rest)) return false;
      continue;
    }
    for (struct str cookie; str_cut(&rest, ';', &item);) {
      str_cut(&item, '=', &cookie);
      if (!fenced_pair(f, str_trim(cookie), parts_decode(item, f->arena))) return false;
    }
  }
  return true;
}

// JSON, lines of it, or some other text.
static bool fenced_plain(struct fenced *f, struct str body) {
  if (!fenced_text(f, body, 0, 0)) return false;
  yyjson_doc *doc = parts_json(body);
  yyjson_doc_free(doc);
  for (struct str rest = body, line; !doc && str_cut(&rest, '\n', &line);)
    if (!fenced_text(f, line, 0, 0)) return false;
  return true;
}

static bool fenced_body(struct fenced *f, const struct rest_request *r) {
  struct str type = http_header_get(&r->headers, "content-type"), body = buf_str(&r->body);
  bool form = str_starts(type, "application/x-www-form-urlencoded"), parts = str_starts(type, "multipart/");
  struct parts_pair *pairs;
  if (!r->has_body) return true;
  if (parts && f->call->tool->tool->body != TOOL_BODY_MULTIPART)
    return fenced_refuse_form(f, "a multipart body that is not ours could be read in another way");
  if (!form && !parts) return fenced_plain(f, body);
  size_t count =
      form ? parts_query(NULL, body, f->arena, &pairs) : parts_multipart(body, type, f->arena, &pairs);
  return fenced_pairs(f, pairs, count);
}

static bool fenced_is_served(struct fenced *f) {
  const struct fence_key *key = fence_key_of(f->narrow.about.fence, f->narrow.why);
  return f->served || fenced_refuse_missing(f, key);
}

// An argument that narrows is there: in the path it always is (call/rest); elsewhere it could have been left out.
static bool fenced_is_there(struct fenced *f, yyjson_mut_val *arguments) {
  for (size_t i = 0; i < f->narrow.count; i++) {
    const struct narrow_arg *arg = &f->narrow.args[i];
    yyjson_mut_val *v = yyjson_mut_obj_getn(arguments, arg->arg.p, arg->arg.n);
    bool fine = yyjson_mut_is_str(v) || yyjson_mut_is_raw(v) || yyjson_mut_is_num(v) ||
                (yyjson_mut_is_arr(v) && yyjson_mut_arr_size(v));
    if (arg->narrows && !fine) return fenced_refuse_missing(f, arg->key);
  }
  return true;
}

static bool fenced_judge_request(struct fenced *f, const struct rest_request *r) {
  const struct account *account = f->call->tool->account->account;
  struct str query = str_from(r->url, r->path_at), path = STR_NONE;
  struct parts_pair *pairs;
  str_cut(&query, '?', &path);
  size_t count = parts_query(account, query, f->arena, &pairs);
  if (reads_is_graphql(f->call->tool->tool, account, http_header_get(&r->headers, "content-type")))
    return fenced_refuse_form(f, "GraphQL could ask for others");
  return fenced_is_served(f) && fenced_path(f, path) && fenced_pairs(f, pairs, count) &&
         fenced_headers(f, r) && fenced_body(f, r);
}

bool fenced_check_request(const struct run_call *call, const struct rest_request *r,
                          yyjson_mut_val *arguments, struct arena *a, struct err *err) {
  struct fenced f;
  if (!fenced_begin(&f, call, a, err)) return true;
  bool ok = fenced_is_there(&f, arguments) && fenced_judge_request(&f, r);
  schema_patterns_free(f.patterns);
  return ok;
}

// All that is the client's: requestState is the vendor's own.
static bool fenced_members(struct fenced *f, yyjson_val *params) {
  static const char *const members[] = {"arguments", "inputResponses", "_meta"};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    yyjson_val *v = yyjson_obj_get(params, members[i]);
    if (v && !fenced_walk(f, v, 0, 0)) return false;
  }
  return true;
}

bool fenced_check_params(const struct run_call *call, yyjson_mut_val *params, struct arena *a,
                         struct err *err) {
  struct fenced f;
  if (!fenced_begin(&f, call, a, err)) return true;
  yyjson_doc *doc = yyjson_mut_val_imut_copy(params, NULL);
  bool ok = fenced_is_served(&f) && fenced_is_there(&f, yyjson_mut_obj_get(params, "arguments")) &&
            fenced_members(&f, yyjson_doc_get_root(doc));
  schema_patterns_free(f.patterns);
  yyjson_doc_free(doc);
  return ok;
}
