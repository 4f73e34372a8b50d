// SPDX-License-Identifier: Apache-2.0
#include "data/json.h"
#include "mcp/mend.h"
#include "remote/remote_parts.h"

yyjson_doc *remote_parse(struct str text) {
  return text.n ? yyjson_read_opts((char *)(uintptr_t)text.p, text.n, YYJSON_READ_NUMBER_AS_RAW, NULL, NULL)
                : NULL;
}

bool remote_is_served(const struct remote_tool *row, enum tool_trust trust, yyjson_val *definition,
                      yyjson_val *pinned) {
  if (row->gone_at || row->decision == REMOTE_DENIED || !remote_same(definition, pinned)) return false;
  return row->decision == REMOTE_APPROVED || (trust == TOOL_ALLOW && !row->was.n);
}

bool remote_is_waiting(const struct remote_tool *row, enum tool_trust trust, yyjson_val *definition,
                       yyjson_val *pinned) {
  if (row->gone_at || row->decision == REMOTE_DENIED || remote_is_served(row, trust, definition, pinned))
    return false;
  bool changed = pinned && !remote_same(definition, pinned);
  return changed || row->was.n || trust == TOOL_REVIEW;
}

// ---- one tool against its row

struct remote_work {
  const struct remote_merge *m;
  struct arena *arena;
  struct map before;   // struct remote_tool *, by name
  struct map present;  // struct remote_now *, by name
  struct map vanished; // struct remote_gone *, by what their definitions say; filled when one is sought
  bool sought;
  struct remote_change *changes;
  size_t change_count;
  struct remote_report report;
};

// A row that is shown no more, under the hash of its definition.
struct remote_gone {
  uint64_t hash;
  const struct remote_tool *row;
  yyjson_doc *definition;
};

static void remote_seek_gone(struct remote_work *w) {
  const struct remote_merge *m = w->m;
  for (size_t i = 0; i < m->before_count && !w->sought; i++) {
    const struct remote_tool *row = &m->before[i];
    if (map_get(&w->present, row->name)) continue;
    struct remote_gone *gone = ARENA_NEW(w->arena, struct remote_gone);
    gone->row = row;
    gone->definition = remote_parse(row->pinned.n ? row->pinned : row->definition);
    gone->hash = remote_alike_hash(yyjson_doc_get_root(gone->definition));
    struct str key = str_make((const char *)&gone->hash, sizeof gone->hash);
    if (map_get(&w->vanished, key))
      yyjson_doc_free(gone->definition); // the first counts
    else
      map_put(&w->vanished, key, gone);
  }
  w->sought = true;
}

// A row that is shown no more and defines the same tool: it came back under another name. By hash, since a
// vendor may give thousands of them new names at once.
static const struct remote_tool *remote_find_former(struct remote_work *w, const struct remote_now *now) {
  uint64_t hash = remote_alike_hash(now->definition);
  remote_seek_gone(w);
  const struct remote_gone *gone = map_get(&w->vanished, str_make((const char *)&hash, sizeof hash));
  return gone && remote_alike(now->definition, yyjson_doc_get_root(gone->definition)) ? gone->row : NULL;
}

static bool remote_row_differs(const struct remote_tool *a, const struct remote_tool *b) {
  return !str_eq(a->definition, b->definition) || !str_eq(a->pinned, b->pinned) || a->trust != b->trust ||
         !str_eq(a->why, b->why) || !str_eq(a->was, b->was) || a->gone_at != b->gone_at;
}

static void remote_count(struct remote_work *w, const struct remote_tool *row, yyjson_val *definition) {
  if (remote_is_unfit(row)) {
    w->report.dropped++;
    return;
  }
  yyjson_doc *pinned = remote_parse(row->pinned);
  bool served = remote_is_served(row, row->trust, definition, yyjson_doc_get_root(pinned));
  bool waiting = remote_is_waiting(row, row->trust, definition, yyjson_doc_get_root(pinned));
  yyjson_doc_free(pinned);
  w->report.tools++;
  w->report.served += served;
  w->report.review += waiting;
  w->report.denied += !served && !waiting;
}

// The same as what was pinned, or as what would be pinned of it today.
static bool remote_is_as_pinned(yyjson_val *pinned, yyjson_val *now) {
  struct buf text = BUF_MAX(REMOTE_DEFINITION_MOST), notes = BUF_MAX(MEND_NOTES_MOST);
  struct err unused;
  if (!pinned || remote_same(pinned, now)) return pinned;
  yyjson_doc *mended = remote_mend(pinned, &text, &notes, &unused) ? remote_parse(buf_str(&text)) : NULL;
  bool same = remote_same(yyjson_doc_get_root(mended), now);
  yyjson_doc_free(mended);
  buf_free(&text);
  buf_free(&notes);
  return same;
}

static void remote_explain(struct remote_work *w, const struct remote_now *now, struct remote_tool *row) {
  if (now->unfit.n) {
    row->trust = TOOL_DENY;
    row->why = ARENA_JOIN(w->arena, STR(REMOTE_UNFIT), now->unfit);
  } else if (now->note.n) {
    row->why = ARENA_JOIN(w->arena, row->why, STR("; "), now->note);
  }
}

static void remote_merge_one(struct remote_work *w, const struct remote_now *now) {
  const struct remote_tool *was = map_get(&w->before, now->name);
  struct trust t = trust_of(w->m->connector, now->definition, w->arena);
  struct remote_tool row =
      was ? *was : (struct remote_tool){.account_id = w->m->account_id, .name = now->name};
  row.definition = now->text;
  row.trust = t.trust;
  row.why = t.why;
  remote_explain(w, now, &row);
  row.seen_at = w->m->now_ms;
  row.gone_at = 0;
  if (!was) {
    const struct remote_tool *former = remote_find_former(w, now);
    if (former) {
      row.was = former->name;
      row.pinned = former->pinned; // what the diff is against; the name alone keeps it from being served
    }
  }
  yyjson_doc *pinned = remote_parse(row.pinned);
  // Never settled, and the evidence is enough; or settled, and only what models do not read is another.
  if (!now->unfit.n && ((!pinned && t.trust == TOOL_ALLOW && row.decision == REMOTE_NONE && !row.was.n) ||
                        remote_is_as_pinned(yyjson_doc_get_root(pinned), now->definition)))
    row.pinned = now->text;
  yyjson_doc_free(pinned);
  if (!was || remote_row_differs(was, &row))
    w->changes[w->change_count++] = (struct remote_change){row, !was};
  remote_count(w, &row, now->definition);
}

void remote_merge(const struct remote_merge *m, struct arena *a, struct remote_change **changes,
                  size_t *change_count, struct remote_report *report) {
  struct remote_work w = {.m = m, .arena = a};
  w.changes = ARENA_ARRAY(a, m->before_count + m->now_count + 1, struct remote_change);
  for (size_t i = 0; i < m->before_count; i++) map_put(&w.before, m->before[i].name, (void *)&m->before[i]);
  for (size_t i = 0; i < m->now_count; i++) map_put(&w.present, m->now[i].name, (void *)&m->now[i]);
  for (size_t i = 0; i < m->now_count; i++) remote_merge_one(&w, &m->now[i]);
  for (size_t i = 0; i < m->before_count && !m->partial; i++) {
    if (m->before[i].gone_at || map_get(&w.present, m->before[i].name)) continue;
    struct remote_tool row = m->before[i];
    row.gone_at = m->now_ms;
    w.changes[w.change_count++] = (struct remote_change){row, false};
  }
  w.report.changed = w.change_count > 0;
  size_t at = 0;
  for (struct map_slot *slot; (slot = map_next(&w.vanished, &at));)
    yyjson_doc_free(((struct remote_gone *)slot->value)->definition);
  map_free(&w.vanished);
  map_free(&w.before);
  map_free(&w.present);
  *changes = w.changes;
  *change_count = w.change_count;
  *report = w.report;
}
