// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/steady.h"
#include "data/json.h"
#include "io/pool.h"
#include "mcp/client.h"
#include "mcp/mend.h"
#include "remote/remote_parts.h"

// ---- what the vendor says now

struct remote_fetch {
  const struct account *account;
  struct arena *arena;
  struct map names;
  struct remote_now *now;
  size_t count, dropped, told;
  struct err partial; // why the list has no end; no text: it has one
  struct str first;   // what the first that is left out lacks
  struct remote_others others;
};

// Definitions that cannot be passed on are left out one by one: each with a line that says why, within
// reason.
static void remote_drop(struct remote_fetch *f, struct str name, const char *why) {
  enum { TOLD_MOST = 20, NAME_SHOWN = 64 };
  if (name.n > NAME_SHOWN) name.n = NAME_SHOWN;
  if (!f->first.n) f->first = arena_printf(f->arena, "\"%.*s\": %s", STR_ARG(name), why);
  if (f->told++ >= TOLD_MOST) return;
  log_warn("account %.*s: the tool \"%.*s\" is left out: %s", STR_ARG(f->account->name), STR_ARG(name), why);
}

static void remote_keep(struct remote_fetch *f, struct str name, struct str text, const char *unfit,
                        struct str note) {
  struct remote_now *now = &f->now[f->count++];
  *now = (struct remote_now){.name = arena_dup(f->arena, name),
                             .text = arena_dup(f->arena, text),
                             .unfit = arena_dup(f->arena, str_of(unfit)),
                             .note = arena_dup(f->arena, note)};
  map_put(&f->names, now->name, now);
}

// It has a row all the same, so that people see why; one that is too large to keep is its name alone.
static void remote_keep_unfit(struct remote_fetch *f, struct str name, yyjson_val *definition,
                              const char *why) {
  struct buf text = BUF_MAX(REMOTE_DEFINITION_MOST);
  json_write(&text, definition);
  if (text.full) {
    buf_clear(&text);
    text.full = false;
    buf_add_z(&text, "{\"name\":");
    json_add_string(&text, name);
    buf_add_z(&text, ",\"inputSchema\":\"too large\"}");
  }
  remote_keep(f, name, buf_str(&text), why, STR_NONE);
  remote_drop(f, name, why);
  buf_free(&text);
}

static bool remote_take(void *arg, yyjson_val *definition, struct err *err) {
  struct remote_fetch *f = arg;
  struct err why;
  struct str name = json_str(definition, "name");
  struct buf text = BUF_MAX(REMOTE_DEFINITION_MOST), notes = BUF_MAX(MEND_NOTES_MOST);
  (void)err;
  bool ok = remote_mend(definition, &text, &notes, &why);
  struct remote_now *twin = map_get(&f->names, name);
  if (!remote_name_is_good(name)) {
    f->dropped++;
    remote_drop(f, name, why.text);
  } else if (twin && twin->unfit.n && ok) { // one that cannot be passed on takes nobody's name
    twin->text = arena_dup(f->arena, buf_str(&text));
    twin->note = arena_dup(f->arena, buf_str(&notes));
    twin->unfit = STR_NONE;
  } else if (twin) { // a page that comes twice is no second tool
    if (!ok || !str_eq(twin->text, buf_str(&text))) {
      f->dropped++;
      remote_drop(f, name, "the vendor shows another tool of the same name");
    }
  } else if (ok) {
    remote_keep(f, name, buf_str(&text), "", buf_str(&notes));
  } else {
    remote_keep_unfit(f, name, definition, why.text);
  }
  buf_free(&text);
  buf_free(&notes);
  return true;
}

static bool remote_fetch(struct remote_fetch *f, struct remote_self *self, struct err *err) {
  struct mcp_who who = {STR(REMOTE_PRINCIPAL), STR(REMOTE_CAPABILITIES), MCP_MODERN};
  struct mcp_list list = {
      who, "tools/list", "tools", REMOTE_TOOLS_MOST, REMOTE_DEFINITIONS_MOST, .partial = &f->partial};
  struct mcp_hello hello;
  if (!mcp_peer_hello(f->account->peer, &who, &hello, err)) return false;
  self->capabilities =
      yyjson_is_obj(hello.capabilities) ? json_to_text(f->arena, hello.capabilities) : STR("{}");
  self->instructions = arena_dup(f->arena, str_cut_utf8(hello.instructions, REMOTE_INSTRUCTIONS_MOST));
  // A server that does not say what it has at all is asked.
  yyjson_val *said = yyjson_obj_get(hello.capabilities, "tools");
  bool tools = !yyjson_is_obj(hello.capabilities) || (said && !yyjson_is_null(said));
  f->now = ARENA_ARRAY(f->arena, REMOTE_TOOLS_MOST, struct remote_now);
  bool ok = !tools || mcp_list_all(f->account->peer, &list, remote_take, f, err);
  if (ok) remote_others_fetch(f->account->peer, hello.capabilities, f->arena, &f->others);
  self->left_out = f->others.json;
  yyjson_doc_free(hello.doc);
  return ok;
}

// ---- against the rows

struct remote_job {
  struct store *store;
  const struct connector *connector;
  struct remote_fetch *fetch;
  struct remote_self *self;
  struct remote_report report;
};

// What people should know of the list as a whole.
static void remote_say(const struct remote_fetch *f, struct remote_report *report) {
  if (f->partial.text[0])
    snprintf(report->note, sizeof report->note, "the list may not be whole: %.240s", f->partial.text);
  else if (report->dropped)
    snprintf(report->note, sizeof report->note, "%zu cannot be passed on: %.*s%s", report->dropped,
             (int)(f->first.n < 220 ? f->first.n : 220), f->first.p, report->dropped > 1 ? "; …" : "");
  else if (f->others.count)
    snprintf(report->note, sizeof report->note, "left out beside them: %.*s%s",
             (int)(f->others.first.n < 250 ? f->others.first.n : 250), f->others.first.p,
             f->others.count > 1 ? "; …" : "");
}

static bool remote_store(struct store *s, void *arg, struct err *err) {
  struct remote_job *job = arg;
  struct remote_fetch *f = job->fetch;
  struct remote_self before;
  struct remote_merge merge = {.connector = job->connector,
                               .account_id = f->account->id,
                               .now = f->now,
                               .now_count = f->count,
                               .now_ms = clock_now_ms(),
                               .partial = f->partial.text[0] != 0};
  struct remote_tool *rows;
  struct remote_change *changes;
  size_t change_count;
  if (!remote_self_read(s, f->account->id, f->arena, &before, err) ||
      !remote_rows_read(s, f->account->id, f->arena, &rows, &merge.before_count, err))
    return false;
  merge.before = rows;
  remote_merge(&merge, f->arena, &changes, &change_count, &job->report);
  for (size_t i = 0; i < change_count; i++)
    if (!remote_row_write(s, &changes[i], err)) return false;
  job->report.dropped += f->dropped;
  remote_say(f, &job->report);
  bool noted = false;
  if (!account_note(s, f->account->id, str_of(job->report.note), &noted, err)) return false;
  job->report.changed |= noted || !before.synced_at ||
                         !str_eq(before.capabilities, job->self->capabilities) ||
                         !str_eq(before.instructions, job->self->instructions);
  job->self->synced_at = merge.now_ms;
  job->self->changed_at = !job->report.changed               ? before.changed_at
                          : merge.now_ms > before.changed_at ? merge.now_ms
                                                             : before.changed_at + 1;
  job->report.stamp = job->self->changed_at;
  return remote_self_write(s, f->account->id, job->self, err) &&
         (!job->report.changed || account_touch(s, f->account->id, err)) &&
         remote_rows_forget(s, f->account->id, steady_now_ms(), err);
}

static bool remote_store_job(void *arg, struct err *err) {
  struct remote_job *job = arg;
  struct remote_fetch *f = job->fetch;
  yyjson_doc **docs = ARENA_ARRAY(f->arena, f->count + 1, yyjson_doc *);
  for (size_t i = 0; i < f->count; i++) {
    docs[i] = remote_parse(f->now[i].text);
    f->now[i].definition = yyjson_doc_get_root(docs[i]);
  }
  bool ok = store_transact(job->store, remote_store, job, err);
  for (size_t i = 0; i < f->count; i++) yyjson_doc_free(docs[i]);
  return ok;
}

bool remote_sync(const struct account_env *env, const struct connector *c, const struct account *account,
                 struct remote_report *out, struct err *err) {
  struct remote_fetch f = {.account = account, .arena = arena_new()};
  struct remote_self self = {0};
  struct remote_job job = {.store = env->store, .connector = c, .fetch = &f, .self = &self};
  if (!account->peer)
    err_set(err, ERR_UNAVAILABLE, "%.*s cannot be reached: %.*s", STR_ARG(account->name),
            STR_ARG(account->status_text));
  bool ok = account->peer && remote_fetch(&f, &self, err) && pool_run(remote_store_job, &job, err);
  if (ok) *out = job.report;
  map_free(&f.names);
  arena_free(f.arena);
  return ok;
}
