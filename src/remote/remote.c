// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "base/mem.h"
#include "data/json.h"
#include "remote/remote_parts.h"

// ---- the toolset that the catalog holds

// The row's definitions, for as long as `docs` live.
struct remote_read {
  const struct remote_tool *row;
  yyjson_val *definition, *pinned;
  yyjson_doc *docs[2];
};

static struct remote_read remote_read(const struct remote_tool *row) {
  struct remote_read r = {.row = row, .docs = {remote_parse(row->definition), remote_parse(row->pinned)}};
  r.definition = yyjson_doc_get_root(r.docs[0]);
  r.pinned = yyjson_doc_get_root(r.docs[1]);
  return r;
}

static void remote_read_free(struct remote_read *r) {
  yyjson_doc_free(r->docs[0]);
  yyjson_doc_free(r->docs[1]);
}

// `v`: the definition, in the toolset's own document.
static void remote_fill_tool(struct tool *t, const struct trust *trust, yyjson_val *v, bool served,
                             struct str why, struct arena *a) {
  struct str title = json_str(v, "title");
  *t = (struct tool){.kind = TOOL_REMOTE,
                     .trust = trust->trust,
                     .served = served,
                     .why = arena_dup(a, why),
                     .definition = v,
                     .operation = STR("tools/call"),
                     .name = json_str(v, "name"),
                     .title = title.n ? title : json_str(yyjson_obj_get(v, "annotations"), "title"),
                     .description = json_str(v, "description"),
                     .class = trust->class,
                     .read_only = trust->read_only,
                     .destructive = trust->destructive,
                     .idempotent = trust->idempotent,
                     .open_world = trust->open_world,
                     .tags = ARENA_ARRAY(a, trust->tag_count + 1, struct str),
                     .tag_count = trust->tag_count,
                     .input = yyjson_obj_get(v, "inputSchema")};
  for (size_t i = 0; i < trust->tag_count; i++) t->tags[i] = arena_dup(a, trust->tags[i]);
}

// One document of all definitions: [{…},…], by name. What is served is what was pinned.
static struct str remote_definitions(const struct remote_tool *rows, size_t count, struct arena *a,
                                     bool *served) {
  struct buf text = BUF_MAX((size_t)REMOTE_TOOLS_MOST * REMOTE_DEFINITION_MOST + 2 * REMOTE_TOOLS_MOST + 2);
  buf_add_char(&text, '[');
  for (size_t i = 0; i < count; i++) {
    if (rows[i].gone_at) continue;
    if (text.n > 1) buf_add_char(&text, ',');
    buf_add(&text, served[i] ? rows[i].pinned : rows[i].definition);
  }
  buf_add_char(&text, ']');
  struct str all = arena_dup(a, buf_str(&text));
  buf_free(&text);
  return all;
}

static bool remote_fill(struct toolset *set, const struct remote_tool *rows, size_t count,
                        const struct connector *c, struct err *err) {
  bool *served = ARENA_ARRAY(set->arena, count + 1, bool);
  struct trust *trusts = ARENA_ARRAY(set->arena, count + 1, struct trust);
  for (size_t i = 0; i < count; i++) {
    struct remote_read r = remote_read(&rows[i]);
    trusts[i] = trust_of(c, r.definition, set->arena);
    if (remote_is_unfit(&rows[i])) trusts[i].trust = TOOL_DENY;
    served[i] = remote_is_served(&rows[i], trusts[i].trust, r.definition, r.pinned);
    remote_read_free(&r);
  }
  struct str text = remote_definitions(rows, count, set->arena, served);
  set->doc = remote_parse(text);
  if (!set->doc) return err_set(err, ERR_INTERNAL, "the stored definitions are damaged");
  set->tools = ARENA_ARRAY(set->arena, count + 1, struct tool);
  yyjson_arr_iter definitions = yyjson_arr_iter_with(yyjson_doc_get_root(set->doc));
  for (size_t i = 0; i < count; i++) {
    if (rows[i].gone_at) continue;
    struct tool *t = &set->tools[set->count++];
    remote_fill_tool(t, &trusts[i], yyjson_arr_iter_next(&definitions), served[i],
                     remote_is_unfit(&rows[i]) ? rows[i].why : trusts[i].why, set->arena);
    map_put(&set->by_name, t->name, t);
  }
  return true;
}

bool remote_toolset(struct store *s, const struct account *account, const struct connector *c,
                    struct toolset **out, struct err *err) {
  struct arena *scratch = arena_new();
  struct remote_tool *rows;
  struct remote_self self;
  size_t count;
  struct toolset *set = MEM_NEW(struct toolset);
  atomic_init(&set->refs, 1);
  set->arena = arena_new();
  bool ok = remote_self_read(s, account->id, scratch, &self, err) &&
            remote_rows_read(s, account->id, scratch, &rows, &count, err) &&
            remote_fill(set, rows, count, c, err);
  if (ok) {
    set->connector = arena_dup(set->arena, account->connector);
    set->base_url = arena_dup(set->arena, account->base_url);
    set->instructions = arena_dup(set->arena, self.instructions);
    set->capabilities = arena_dup(set->arena, self.capabilities);
    *out = set;
  } else {
    toolset_unref(set);
  }
  arena_free(scratch);
  return ok;
}

// ---- review

bool remote_list(struct store *s, struct str account_id, bool waiting, struct arena *a,
                 struct remote_tool **out, size_t *count, struct err *err) {
  struct remote_tool *rows;
  size_t all, n = 0;
  if (!remote_rows_read(s, account_id, a, &rows, &all, err)) return false;
  for (size_t i = 0; i < all; i++) {
    struct remote_read r = remote_read(&rows[i]);
    struct remote_tool row = rows[i];
    row.served = remote_is_served(&row, row.trust, r.definition, r.pinned);
    // What cannot be passed on is shown where people look for what they miss.
    bool waits = remote_is_waiting(&row, row.trust, r.definition, r.pinned) ||
                 (remote_is_unfit(&row) && !row.gone_at && row.decision != REMOTE_DENIED);
    if (r.pinned && !remote_same(r.definition, r.pinned)) row.diff = remote_diff(r.pinned, r.definition, a);
    remote_read_free(&r);
    if (!waiting || waits) rows[n++] = row;
  }
  *out = rows;
  *count = n;
  return true;
}

static bool remote_is_named(const struct remote_verdict *v, struct str name) {
  size_t i = 0;
  while (i < v->name_count && !str_eq(v->names[i], name)) i++;
  return i < v->name_count;
}

static bool remote_decide_one(struct store *s, const struct remote_verdict *v, const struct remote_tool *row,
                              struct err *err) {
  struct remote_change c = {.row = *row};
  c.row.decision = v->decision;
  c.row.decided_by = v->by;
  c.row.decided_at = clock_now_ms();
  if (v->decision == REMOTE_APPROVED && remote_is_unfit(row)) {
    err_at(err, ERR_UNPROCESSABLE, "tool", "the tool \"%.*s\" cannot be passed on: %.*s",
           (int)(row->name.n < 64 ? row->name.n : 64), row->name.p,
           STR_ARG(str_from(row->why, sizeof REMOTE_UNFIT - 1)));
    err_hint(err, "the vendor has to mend its definition");
    return false;
  }
  if (v->decision == REMOTE_APPROVED) {
    c.row.pinned = row->definition;
    c.row.was = STR_NONE;
  }
  return remote_row_write(s, &c, err);
}

struct remote_deciding {
  const struct remote_verdict *verdict;
  struct arena *arena;
  size_t changed;
};

static bool remote_decide_body(struct store *s, void *arg, struct err *err) {
  struct remote_deciding *d = arg;
  const struct remote_verdict *v = d->verdict;
  struct remote_tool *rows;
  size_t count, found = 0;
  struct remote_self self;
  if (!remote_list(s, v->account_id, !v->names, d->arena, &rows, &count, err)) return false;
  for (size_t i = 0; i < count; i++) {
    if (rows[i].gone_at || (v->names ? !remote_is_named(v, rows[i].name) : remote_is_unfit(&rows[i])))
      continue;
    found++;
    if (!remote_decide_one(s, v, &rows[i], err)) return false;
  }
  for (size_t n = 0; v->names && found < v->name_count && n < v->name_count; n++) {
    size_t i = 0;
    while (i < count && (rows[i].gone_at || !str_eq(rows[i].name, v->names[n]))) i++;
    if (i == count)
      return err_at(err, ERR_MISSING, "tool", "the account has no tool \"%.*s\"", STR_MOST(v->names[n], 96));
  }
  d->changed = found;
  if (!found || !remote_self_read(s, v->account_id, d->arena, &self, err)) return !found;
  int64_t now = clock_now_ms();
  self.changed_at = now > self.changed_at ? now : self.changed_at + 1;
  return remote_self_write(s, v->account_id, &self, err) && account_touch(s, v->account_id, err);
}

bool remote_decide(struct store *s, const struct remote_verdict *v, size_t *changed, struct err *err) {
  struct remote_deciding d = {.verdict = v, .arena = arena_new()};
  bool ok = store_transact(s, remote_decide_body, &d, err);
  if (ok) *changed = d.changed;
  arena_free(d.arena);
  return ok;
}
