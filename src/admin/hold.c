// SPDX-License-Identifier: Apache-2.0
#include "admin/hold.h"

#include <stdio.h>

#include "admin/put.h"
#include "catalog/sight.h"
#include "connector/fences.h"
#include "data/json.h"
#include "data/schema_pattern.h"
#include "program/run.h"

enum { HOLD_NEAR = 5, HOLD_WORK = 1 << 20, HOLD_SQL_MOST = 256 * 1024 };

// ---- errors

static bool hold_refuse(struct err *err, struct str account, struct str key, const char *why) {
  char field[96];
  snprintf(field, sizeof field, "config.fence.%.*s%s%.*s", STR_MOST(account, 40), key.n ? "." : "",
           STR_MOST(key, 32));
  return err_at(err, ERR_UNPROCESSABLE, field, "%s", why);
}

static const char *hold_list(struct arena *a, const struct str *words, size_t count) {
  struct str text = STR_NONE;
  for (size_t i = 0; i < count; i++)
    text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "", STR_ARG(words[i]));
  return text.p ? text.p : "";
}

// ---- whose

static struct str hold_name(const struct catalog_member *m) {
  return m->alias.n ? m->alias : m->account->account->name;
}

static const struct catalog_member *hold_member(const struct hold_about *h, struct str named) {
  for (size_t i = 0; i < h->count; i++) {
    const struct account *a = h->members[i].account->account;
    if (str_eq(a->id, named) || str_eq(h->members[i].alias, named) || str_eq(a->name, named))
      return &h->members[i];
  }
  return NULL;
}

static bool hold_no_member(const struct hold_about *h, struct str named, struct err *err) {
  struct str *names = ARENA_ARRAY(h->call->arena, h->count + 1, struct str);
  for (size_t i = 0; i < h->count; i++) names[i] = hold_name(&h->members[i]);
  hold_refuse(err, named, STR_NONE, "is no account of this server");
  err_hint(err, "there are: %s", hold_list(h->call->arena, names, h->count));
  return false;
}

static bool hold_no_key(const struct hold_about *h, const struct catalog_member *m, struct str key,
                        struct err *err) {
  const struct connector *c = m->account->connector;
  struct str names[FENCES_KEYS_MOST];
  for (size_t i = 0; i < c->fence_count; i++) names[i] = c->fences[i].key;
  hold_refuse(err, hold_name(m), key, "is nothing that the connector can hold its tools to");
  if (c->fence_count)
    err_hint(err, "%.*s knows: %s", STR_ARG(c->label), hold_list(h->call->arena, names, c->fence_count));
  else
    err_hint(err, "the connector %.*s knows no fences; 'fences' in its connector.yaml says them",
             STR_ARG(c->name));
  return false;
}

// ---- the vendor's list, read by a program

struct hold_values {
  const struct catalog_member *member;
  const struct connector_fence *word;
  struct fence_key *key;
  struct program_run *run;
  const struct outcome *outcome;
};

static void hold_quote(struct buf *sql, struct str text) { // within a JSON text
  struct buf quoted = BUF_MAX(4 * FENCE_TEXT_MOST);
  buf_add_char(&quoted, '\'');
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '\'') buf_add_char(&quoted, '\'');
    buf_add_char(&quoted, text.p[i]);
  }
  buf_add_char(&quoted, '\'');
  json_add_escaped(sql, buf_str(&quoted));
  buf_free(&quoted);
}

static void hold_step(struct buf *out, const struct hold_values *v, const char *id, struct str tool) {
  buf_printf(out, "{\"id\":\"%s\",\"account\":", id);
  json_add_string(out, v->member->account->account->name);
  buf_add_z(out, ",\"tool\":");
  json_add_string(out, tool);
}

// The list, as the table v; where the vendor lists within a value of the key above, once for each of those.
static void hold_steps(struct buf *out, const struct hold_values *v) {
  const struct connector_fence *w = v->word, *above = connector_fence_above(v->member->account->connector, w);
  bool each = w->list_each.n && above && above->list_tool.n;
  if (each) {
    hold_step(out, v, "above", above->list_tool);
    buf_add_z(out, "},");
  }
  hold_step(out, v, "v", w->list_tool);
  if (each) {
    buf_printf(out,
               ",\"for_each\":\"SELECT DISTINCT \\\"%.*s\\\" AS fence_above FROM above\",\"arguments\":{",
               STR_ARG(above->list_id));
    json_add_string(out, w->list_each);
    buf_add_z(out, ":{\"$\":\"fence_above\"}}");
  }
  buf_add_char(out, '}');
}

// {"id":…,"name":…} of the values that were asked for, and some others, for whoever mistyped one.
static struct str hold_program(const struct hold_values *v, struct arena *a) {
  struct str rows = arena_printf(a,
                                 "SELECT id, name FROM (SELECT DISTINCT CAST(\\\"%.*s\\\" AS TEXT) AS id, "
                                 "CAST(\\\"%.*s\\\" AS TEXT) AS name FROM v)",
                                 STR_ARG(v->word->list_id), STR_ARG(v->word->list_name));
  struct buf out = BUF_MAX(HOLD_SQL_MOST), wanted = BUF_MAX(HOLD_SQL_MOST / 4);
  for (size_t i = 0; i < v->key->count; i++) {
    buf_add_z(&wanted, i ? ", lower(" : "lower(");
    hold_quote(&wanted, v->key->values[i].id);
    buf_add_char(&wanted, ')');
  }
  buf_add_z(&out, "{\"version\":1,\"steps\":[");
  hold_steps(&out, v);
  buf_printf(&out, "],\"results\":{\"hits\":{\"query\":\"%.*s WHERE lower(id) IN (", STR_ARG(rows));
  buf_add(&out, buf_str(&wanted));
  buf_add_z(&out, ") OR lower(name) IN (");
  buf_add(&out, buf_str(&wanted));
  buf_printf(&out, ")\"},\"near\":{\"query\":\"%.*s LIMIT 2000\"}}}", STR_ARG(rows));
  struct str text = out.full || wanted.full ? STR_NONE : arena_dup(a, buf_str(&out));
  buf_free(&out);
  buf_free(&wanted);
  return text;
}

static bool hold_read(const struct hold_about *h, struct hold_values *v, struct err *err) {
  struct admin_call *call = h->call;
  struct program_faults faults = {.arena = call->arena};
  struct str text = hold_program(v, call->arena);
  struct program_request request = {.env = call->env->program,
                                    .catalog = call->catalog,
                                    .doc =
                                        yyjson_read(text.p ? text.p : "", text.n, YYJSON_READ_NUMBER_AS_RAW),
                                    .principal = call->who.key,
                                    .by = admin_asker(call),
                                    .request_id = call->in->id,
                                    .fresh = true};
  if (!request.doc) return err_set(err, ERR_INVALID, "the values are too long");
  if (!program_begin(&request, &v->run, &faults, err))
    return faults.count ? program_faults_fail(&faults, err) : false;
  return program_go_on(v->run, 0, err) && program_outcome(v->run, &v->outcome, err);
}

static const struct outcome_result *hold_result(const struct hold_values *v, const char *name) {
  for (size_t i = 0; v->outcome && i < v->outcome->result_count; i++)
    if (str_is(v->outcome->results[i].name, name) && !v->outcome->results[i].why.n)
      return &v->outcome->results[i];
  return NULL;
}

static struct str hold_cell(const struct outcome_result *r, size_t row, size_t column) {
  const struct table_cell *c = &r->rows.cells[row * r->rows.column_count + column];
  return c->kind == TABLE_CELL_TEXT ? c->text : STR_NONE;
}

static bool hold_is_complete(const struct hold_values *v) {
  bool cut = !v->outcome || v->outcome->status != OUTCOME_COMPLETE;
  for (size_t i = 0; !cut && i < v->outcome->step_count; i++)
    cut = v->outcome->steps[i].cut || v->outcome->steps[i].maybe_cut;
  return !cut;
}

static struct str hold_why(const struct hold_values *v, const struct err *err) {
  if (!v->outcome) return str_of(err->text);
  for (size_t i = 0; i < v->outcome->step_count; i++)
    if (v->outcome->steps[i].why.n) return v->outcome->steps[i].why;
  return STR_NONE;
}

// ---- values

static bool hold_is_id(const struct connector_fence *word, struct str text) {
  uint64_t work = HOLD_WORK;
  struct schema_patterns *p = schema_patterns_new();
  bool is = word->id.n && schema_pattern_match(p, word->id, text, &work) == SCHEMA_MATCHES;
  schema_patterns_free(p);
  return is;
}

// By id; else by the one name that is it, in any case. How many are called so.
static size_t hold_look(const struct outcome_result *hits, struct str wanted, struct fence_value *out,
                        struct arena *a) {
  size_t named = 0;
  for (size_t i = 0; hits && i < hits->rows.row_count; i++) {
    struct str id = hold_cell(hits, i, 0), name = hold_cell(hits, i, 1);
    bool is = str_eq(id, wanted);
    if (!id.n || id.n > FENCE_TEXT_MOST || (!is && !str_eq_nocase(name, wanted))) continue;
    *out = (struct fence_value){arena_dup(a, id), arena_dup(a, str_cut_utf8(name, FENCE_TEXT_MOST))};
    if (is) return 1;
    named++;
  }
  return named;
}

static struct str hold_shown(const struct outcome_result *r, size_t row, struct arena *a) {
  return arena_printf(a, "%.*s (%.*s)", STR_ARG(hold_cell(r, row, 1)), STR_ARG(hold_cell(r, row, 0)));
}

static bool hold_ambiguous(const struct hold_about *h, const struct hold_values *v, struct str wanted,
                           struct err *err) {
  struct arena *a = h->call->arena;
  const struct outcome_result *hits = hold_result(v, "hits");
  struct str found[HOLD_NEAR];
  size_t count = 0;
  for (size_t i = 0; i < hits->rows.row_count && count < HOLD_NEAR; i++)
    if (str_eq_nocase(hold_cell(hits, i, 1), wanted)) found[count++] = hold_shown(hits, i, a);
  hold_refuse(err, hold_name(v->member), v->key->key,
              arena_printf(a, "\"%.*s\" is the name of several", STR_MOST(wanted, 64)).p);
  err_hint(err, "give the id: %s", hold_list(a, found, count));
  return false;
}

static bool hold_unknown(const struct hold_about *h, const struct hold_values *v, struct str wanted,
                         struct err *err) {
  struct arena *a = h->call->arena;
  const struct outcome_result *near = hold_result(v, "near");
  struct str found[HOLD_NEAR];
  unsigned best[HOLD_NEAR];
  size_t count = 0;
  for (size_t i = 0; near && i < near->rows.row_count; i++) {
    unsigned d = str_distance(wanted, hold_cell(near, i, 1));
    size_t at = count;
    while (at && best[at - 1] > d) at--;
    if (at == HOLD_NEAR) continue;
    if (count < HOLD_NEAR) count++;
    for (size_t k = count - 1; k > at; k--) best[k] = best[k - 1], found[k] = found[k - 1];
    best[at] = d;
    found[at] = hold_shown(near, i, a);
  }
  hold_refuse(
      err, hold_name(v->member), v->key->key,
      arena_printf(a, "there is no \"%.*s\" in %.*s", STR_MOST(wanted, 64), STR_ARG(v->word->list_tool)).p);
  if (count) err_hint(err, "near are: %s", hold_list(a, found, count));
  return false;
}

static bool hold_value(const struct hold_about *h, const struct hold_values *v, struct fence_value *value,
                       const struct err *why, struct err *err) {
  struct arena *a = h->call->arena;
  struct str wanted = value->id;
  size_t found = hold_look(hold_result(v, "hits"), wanted, value, a);
  if (found == 1) return true;
  if (found) return hold_ambiguous(h, v, wanted, err);
  // Where not all could be seen, what looks like an id is taken for one: it opens nothing that it does not name.
  if (!hold_is_complete(v) && hold_is_id(v->word, wanted))
    return *value = (struct fence_value){wanted, STR_NONE}, true;
  if (hold_is_complete(v)) return hold_unknown(h, v, wanted, err);
  hold_refuse(err, hold_name(v->member), v->key->key,
              arena_printf(a, "\"%.*s\" cannot be looked for: %.*s gives no whole list", STR_MOST(wanted, 64),
                           STR_ARG(v->word->list_tool))
                  .p);
  struct str said = hold_why(v, why);
  err_hint(err, "give its id%s%.*s", said.n ? "; " : "", STR_MOST(said, 200));
  return false;
}

static const struct fence_value *hold_before(const struct hold_about *h, const struct hold_values *v,
                                             struct str id) {
  const struct fence *was = h->before ? fence_of(h->before, v->member->account->account->id) : NULL;
  const struct fence_key *key = fence_key_of(was, v->key->key);
  for (size_t i = 0; key && i < key->count; i++)
    if (str_eq(key->values[i].id, id)) return &key->values[i];
  return NULL;
}

// Without a list there is nothing to look in, and the values are taken as they are.
static bool hold_values(const struct hold_about *h, struct hold_values *v, struct err *err) {
  bool all = true, ok = true;
  struct err why = {0};
  for (size_t i = 0; i < v->key->count; i++) {
    const struct fence_value *was = hold_before(h, v, v->key->values[i].id);
    if (was) v->key->values[i] = *was;
    all &= was != NULL;
  }
  if (all || !v->word->list_tool.n) return true;
  if (!hold_read(h, v, &why) && why.code == ERR_CANCELED) *err = why, ok = false;
  for (size_t i = 0; ok && i < v->key->count; i++)
    if (!hold_before(h, v, v->key->values[i].id)) ok = hold_value(h, v, &v->key->values[i], &why, err);
  program_end(v->run);
  return ok;
}

// "acme" and "example.com" given beside each other's ids are one value, once.
static void hold_once(struct fence_key *key) {
  struct fence_key once = {key->key, key->values, 0};
  for (size_t i = 0; i < key->count; i++) {
    struct fence_value v = key->values[i];
    if (!fence_has(&once, v.id)) once.values[once.count++] = v;
  }
  *key = once;
}

static bool hold_account(const struct hold_about *h, struct fence *f, struct err *err) {
  const struct catalog_member *m = hold_member(h, f->account);
  if (!m) return hold_no_member(h, f->account, err);
  for (size_t i = 0; i < f->count; i++) {
    struct hold_values v = {m, connector_fence_find(m->account->connector, f->keys[i].key), &f->keys[i], NULL,
                            NULL};
    if (!v.word) return hold_no_key(h, m, f->keys[i].key, err);
    if (!hold_values(h, &v, err)) return false;
    hold_once(&f->keys[i]);
  }
  f->account = m->account->account->id;
  return true;
}

// All that is given of values, settled, into `out`: accounts by id.
static bool hold_given(const struct hold_about *h, yyjson_mut_doc *given, yyjson_mut_doc *doc,
                       yyjson_mut_val *out, struct err *err) {
  struct fences f;
  yyjson_doc *read = yyjson_mut_doc_imut_copy(given, NULL);
  bool ok = fence_read(yyjson_doc_get_root(read), h->call->arena, &f, err);
  yyjson_doc_free(read);
  for (size_t i = 0; ok && i < f.count; i++) {
    ok = hold_account(h, &f.items[i], err);
    struct str account = f.items[i].account;
    yyjson_mut_val *keys = yyjson_mut_obj_getn(out, account.p, account.n);
    for (size_t k = 0; ok && k < f.items[i].count; k++) {
      const struct fence_key *key = &f.items[i].keys[k];
      yyjson_mut_val *list = yyjson_mut_arr(doc);
      for (size_t n = 0; n < key->count; n++) {
        yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, list);
        yyjson_mut_obj_add_strncpy(doc, one, "id", key->values[n].id.p, key->values[n].id.n);
        if (key->values[n].name.n)
          yyjson_mut_obj_add_strncpy(doc, one, "name", key->values[n].name.p, key->values[n].name.n);
      }
      yyjson_mut_obj_put(keys, yyjson_mut_strncpy(doc, key->key.p, key->key.n), list);
    }
  }
  return ok;
}

// What takes away stands in `out` at once; what gives values is kept in `given`, under the name that it came by.
static bool hold_sort(const struct hold_about *h, struct str named, yyjson_val *keys, yyjson_mut_doc *given,
                      yyjson_mut_doc *doc, yyjson_mut_val *out, struct err *err) {
  const struct catalog_member *m = hold_member(h, named);
  yyjson_val *key, *v;
  size_t i, n;
  if (!m) return hold_no_member(h, named, err);
  struct str id = m->account->account->id;
  if (yyjson_mut_obj_getn(out, id.p, id.n))
    return hold_refuse(err, named, STR_NONE, "is there twice, under two names");
  bool takes = yyjson_is_null(keys);
  yyjson_mut_val *to = takes ? yyjson_mut_null(doc) : yyjson_mut_obj(doc);
  yyjson_mut_obj_put(out, yyjson_mut_strncpy(doc, id.p, id.n), to);
  if (takes) return true;
  yyjson_mut_val *left = yyjson_val_mut_copy(given, keys);
  yyjson_obj_foreach (keys, i, n, key, v) {
    struct str name = json_text(key);
    if (!yyjson_is_null(v)) continue;
    if (!connector_fence_find(m->account->connector, name)) return hold_no_key(h, m, name, err);
    yyjson_mut_obj_put(to, yyjson_mut_strncpy(doc, name.p, name.n), yyjson_mut_null(doc));
    yyjson_mut_obj_remove_keyn(left, name.p, name.n);
  }
  if (!yyjson_mut_obj_size(to) || yyjson_mut_obj_size(left))
    yyjson_mut_obj_put(yyjson_mut_doc_get_root(given), yyjson_mut_strncpy(given, named.p, named.n), left);
  return true;
}

bool hold_settle(const struct hold_about *h, yyjson_val *fence, yyjson_mut_doc *doc, struct err *err) {
  yyjson_val *key, *keys;
  size_t i, n;
  if (!yyjson_is_obj(fence)) return true; // absent, taken away, or refused where it is read
  yyjson_mut_doc *given = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *out = yyjson_mut_obj(doc);
  bool ok = true;
  yyjson_mut_doc_set_root(given, yyjson_mut_obj(given));
  yyjson_mut_obj_put(yyjson_mut_doc_get_root(doc), yyjson_mut_str(doc, "fence"), out);
  yyjson_obj_foreach (fence, i, n, key, keys)
    if (ok) ok = hold_sort(h, json_text(key), keys, given, doc, out, err);
  ok = ok && hold_given(h, given, doc, out, err);
  yyjson_mut_doc_free(given);
  return ok;
}

// ---- shown

// What the account is called on this server: its alias, else its name, else, where it cannot be used at present, its id.
static struct str hold_called(struct admin_call *call, const struct server *s, struct str account) {
  const struct catalog_account *v = catalog_account_by_id(call->catalog, account);
  for (size_t i = 0; i < s->member_count; i++)
    if (str_eq(s->members[i].account_id, account) && s->members[i].alias.n) return s->members[i].alias;
  return v ? v->account->name : account;
}

static void hold_put_config(struct admin_call *call, const struct server *s) {
  const struct fences *f = &s->filter.fences;
  struct policy_filter without = s->filter;
  struct buf *out = &call->out;
  without.fences = (struct fences){0};
  struct str config = policy_filter_write(&without, call->arena);
  if (!f->count) {
    put_json(out, "config", config);
    return;
  }
  struct err unused;
  yyjson_doc *doc;
  if (!json_read(config, &JSON_LIMITS, &doc, &unused)) return;
  size_t i, n;
  yyjson_val *key, *v;
  put_open(out, "config", '{');
  yyjson_obj_foreach (yyjson_doc_get_root(doc), i, n, key, v) put_value(out, json_text(key).p, v);
  put_open(out, "fence", '{');
  for (i = 0; i < f->count; i++) {
    put_open(out, arena_z(call->arena, hold_called(call, s, f->items[i].account)), '{');
    for (size_t k = 0; k < f->items[i].count; k++) {
      put_open(out, f->items[i].keys[k].key.p, '[');
      for (n = 0; n < f->items[i].keys[k].count; n++) put_text(out, NULL, f->items[i].keys[k].values[n].id);
      put_close(out, ']');
    }
    put_close(out, '}');
  }
  put_close(out, '}');
  put_close(out, '}');
  yyjson_doc_free(doc);
}

static void hold_put_key(struct admin_call *call, const struct server *s, struct str account,
                         const struct fence_key *k) {
  struct buf *out = &call->out;
  put_open(out, NULL, '{');
  put_text(out, "account", hold_called(call, s, account));
  put_text(out, "key", k->key);
  put_open(out, "values", '[');
  for (size_t i = 0; i < k->count; i++) {
    put_open(out, NULL, '{');
    put_text(out, "id", k->values[i].id);
    put_text_or_null(out, "name", k->values[i].name);
    put_close(out, '}');
  }
  put_close(out, ']');
  put_close(out, '}');
}

// What is held of an account that is not granted (any more) is not told of.
static bool hold_tells(const struct admin_call *call, struct str account) {
  return sight_is_whole(call->catalog) || catalog_account_by_id(call->catalog, account);
}

void hold_put(struct admin_call *call, const struct server *s) {
  const struct fences *f = &s->filter.fences;
  struct server told = *s;
  told.filter.fences = (struct fences){ARENA_ARRAY(call->arena, f->count + 1, struct fence), 0};
  for (size_t i = 0; i < f->count; i++)
    if (hold_tells(call, f->items[i].account))
      told.filter.fences.items[told.filter.fences.count++] = f->items[i];
  f = &told.filter.fences;
  hold_put_config(call, &told);
  put_open(&call->out, "fence", '[');
  for (size_t i = 0; i < f->count; i++)
    for (size_t k = 0; k < f->items[i].count; k++)
      hold_put_key(call, s, f->items[i].account, &f->items[i].keys[k]);
  put_close(&call->out, ']');
}
