// SPDX-License-Identifier: Apache-2.0
// Kept programs over HTTP: saved, listed with what became of them, changed, deleted; and published as tools of servers.
// Whoever saved one for itself alone is the only one to see it, while its token lives.
#include <ctype.h>

#include "admin/change.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "admin/stored.h"
#include "admin/view.h"
#include "base/clock.h"
#include "catalog/shown.h"
#include "catalog/sight.h"
#include "data/json.h"
#include "io/pool.h"
#include "shelf/face.h"

// ---- who sees which

static const struct access_token *stored_owner(const struct admin_call *call, struct str id) {
  const struct access_token *t = catalog_token_by_id(call->catalog, id);
  return t && access_is_live(t->expires_at, clock_now_ms()) ? t : NULL;
}

static bool stored_is_own(const struct admin_call *call, const struct shelf_row *row) {
  return str_eq(row->owner, call->who.token.id);
}

// Of an owner who is gone, who manages sees the private ones too.
static bool stored_sees(const struct admin_call *call, const struct shelf_row *row) {
  return !row->is_private || stored_is_own(call, row) ||
         (admin_manages(call) && !stored_owner(call, row->owner));
}

static bool stored_may_change(const struct admin_call *call, const struct shelf_row *row, struct err *err) {
  return admin_manages(call) || stored_is_own(call, row) ||
         err_set(err, ERR_DENIED, "the program is another's: its owner changes it, or an administrator");
}

struct stored_judging {
  struct admin_call *call;
  struct shelf_entry entry;
};

static bool stored_judge_job(void *arg, struct err *err) {
  struct stored_judging *j = arg;
  struct stable_look look = {.catalog = j->call->catalog, .arena = j->call->arena};
  (void)err;
  j->entry.verdict = shelf_judge(j->call->env->program, yyjson_doc_get_root(j->entry.program->doc), &look);
  stable_done(&look);
  return true;
}

// With what became of it by what who asks may see: on the shelf it is judged by all accounts.
static bool stored_seen(struct admin_call *call, const struct shelf_entry *e, const struct shelf_entry **out,
                        struct err *err) {
  struct stored_judging *j = ARENA_NEW(call->arena, struct stored_judging);
  *j = (struct stored_judging){call, *e};
  if (!sight_is_whole(call->catalog) && !pool_run(stored_judge_job, j, err)) return false;
  *out = sight_is_whole(call->catalog) ? e : &j->entry;
  return true;
}

bool admin_stored_named(struct admin_call *call, struct str named, const char *field,
                        const struct shelf_entry **out, struct err *err) {
  const struct shelf_entry *e = shelf_find(call->shelf, named);
  if (e && stored_sees(call, &e->program->row)) return stored_seen(call, e, out, err);
  err_at(err, ERR_MISSING, field, "there is no program '%.*s'", STR_MOST(named, 64));
  err_hint(err, "GET /stored-program lists them");
  return false;
}

bool admin_find_stored(struct admin_call *call, const struct shelf_entry **out, struct err *err) {
  return admin_stored_named(call, http_param(&call->params, "program"), "program", out, err);
}

// ---- shown

static void stored_put_verdict(struct buf *out, const struct shelf_verdict *v) {
  put_text(out, "state", str_of(shelf_state_name(v->state)));
  put_text_or_null(out, "step", v->step);
  put_text_or_null(out, "why", v->why);
}

static void stored_put_tool(struct admin_call *call, const struct shelf_tool *t) {
  struct buf *out = &call->out;
  const struct catalog_server *server = catalog_server_by_id(call->catalog, t->row.server_id);
  put_open(out, NULL, '{');
  put_text(out, "name", t->row.name);
  put_text(out, "server_id", t->row.server_id);
  put_text_or_null(out, "server", server ? server->server.name : STR_NONE);
  put_text(out, "program_id", t->row.program_id);
  put_text(out, "program", t->entry->program->row.name);
  put_text_or_null(out, "description", t->row.description);
  struct shelf_verdict told = {.state = t->verdict.state};
  stored_put_verdict(out, sight_is_whole(call->catalog) ? &t->verdict : &told); // why may name other accounts
  put_bool(out, "hides", t->hides);
  put_text(out, "published_by", t->row.published_by);
  put_time(out, "published_at", t->row.published_at);
  put_close(out, '}');
}

static void stored_put(struct admin_call *call, const struct shelf_entry *e, bool whole) {
  struct buf *out = &call->out;
  const struct shelf_row *row = &e->program->row;
  const struct access_token *owner = stored_owner(call, row->owner);
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  put_open(out, NULL, '{');
  put_text(out, "id", row->id);
  put_text(out, "name", row->name);
  put_text_or_null(out, "title", e->program->title);
  stored_put_verdict(out, &e->verdict);
  put_text(out, "owner", row->owner);
  put_text_or_null(out, "owner_name", owner ? owner->name : STR_NONE);
  put_text(out, "visibility", row->is_private ? STR("private") : STR("shared"));
  put_open(out, "published", '[');
  for (const struct shelf_tool *t = e->published; t; t = t->next)
    if (sight_is_whole(call->catalog) || catalog_server_by_id(call->catalog, t->row.server_id))
      stored_put_tool(call, t);
  put_close(out, ']');
  put_int(out, "version", row->version);
  put_time(out, "created_at", row->created_at);
  put_time(out, "updated_at", row->updated_at);
  if (whole)
    put_json(out, "program",
             stable_write(yyjson_doc_get_root(e->program->doc), &look, STABLE_NAMES, call->arena));
  put_close(out, '}');
  stable_done(&look);
}

// What was just stored, as the shelf has it now.
static bool stored_put_new(struct admin_call *call, struct str id, struct err *err) {
  const struct shelf_entry *e = shelf_find(call->shelf, id);
  if (e && !stored_seen(call, e, &e, err)) return false;
  if (e) return stored_put(call, e, true), true;
  return err_set(err, ERR_CONFLICT, "the program was deleted in the meantime");
}

bool admin_list_stored(struct admin_call *call, struct err *err) {
  struct paging page = paging_begin(call);
  for (size_t i = 0; call->shelf && i < call->shelf->entry_count && !page.full; i++) {
    const struct shelf_entry *e = &call->shelf->entries[i];
    if (!stored_sees(call, &e->program->row) || !paging_takes(&page, e->program->row.id)) continue;
    if (!stored_seen(call, e, &e, err)) return false;
    stored_put(call, e, false);
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

bool admin_get_stored(struct admin_call *call, struct err *err) {
  const struct shelf_entry *e;
  if (!admin_find_stored(call, &e, err)) return false;
  stored_put(call, e, true);
  return true;
}

// ---- written

struct stored_job {
  struct admin_call *call;
  const struct catalog_server *server; // whose names the program is written in; NULL: all accounts'
  struct str text;                     // of the program; empty: it stays
  struct shelf_row row;
  struct shelf_tool_row tool; // with it; its name is empty: none
  struct program_faults faults;
  bool there; // the row is there already
};

// Its stable form. On the pool.
static bool stored_stabilize(struct stored_job *job, struct err *err) {
  struct arena *a = job->call->arena;
  struct program_view view = {job->call->catalog, job->server};
  struct stable_look look = {.catalog = job->call->catalog, .arena = a};
  yyjson_doc *doc = yyjson_read(job->text.p, job->text.n, YYJSON_READ_NUMBER_AS_RAW);
  const struct program_examined *x =
      program_examine(job->call->env->program, &view, yyjson_doc_get_root(doc), NULL, a, &job->faults);
  if (x && x->program.table_count)
    program_fault_add(&job->faults, STR("/tables"),
                      "a program that is saved reads no kept results: they are gone in ten minutes");
  if (x && !job->faults.count) job->row.document = stable_make(&x->program, &x->plan, &look);
  stable_done(&look);
  yyjson_doc_free(doc);
  return !job->faults.count || program_faults_fail(&job->faults, err);
}

static bool stored_write(struct store *s, void *arg, struct err *err) {
  struct stored_job *job = arg;
  return (job->there ? shelf_row_update(s, &job->row, err) : shelf_row_insert(s, &job->row, err)) &&
         (!job->tool.name.n || shelf_tool_row_insert(s, &job->tool, err));
}

static bool stored_save_job(void *arg, struct err *err) {
  struct stored_job *job = arg;
  if (job->text.n && !stored_stabilize(job, err)) return false;
  return store_transact(job->call->env->shelf.store, stored_write, job, err);
}

// "program", "name", "visibility": what of them is there. `field`: of the body, that holds the program.
static bool stored_read(struct stored_job *job, const char *field, struct err *err) {
  struct admin_call *call = job->call;
  yyjson_val *body = call->body, *program = yyjson_obj_get(body, field);
  struct str name = str_trim(json_str(body, "name")), seen = json_str(body, "visibility");
  job->faults.arena = call->arena;
  if (yyjson_obj_get(body, "name")) job->row.name = name;
  if (seen.n) job->row.is_private = str_is(seen, "private");
  job->row.updated_at = clock_now_ms();
  if (yyjson_is_obj(program)) job->text = json_to_text(call->arena, program);
  if (job->text.n > PROGRAM_BYTES_MOST)
    return err_at(err, ERR_INVALID, field, "the program has %zu bytes, of %d allowed", job->text.n,
                  PROGRAM_BYTES_MOST);
  return shelf_name_is_good(job->row.name, err) && admin_view_server(call, &job->server, err);
}

static void stored_begin(struct stored_job *job) {
  char id[TOKEN_ID];
  token_id("prg", id);
  job->row = (struct shelf_row){.id = arena_dup(job->call->arena, str_of(id)),
                                .owner = job->call->who.token.id,
                                .created_at = clock_now_ms(),
                                .version = 1};
}

bool admin_save_stored(struct admin_call *call, struct err *err) {
  struct stored_job job = {.call = call};
  stored_begin(&job);
  if (!stored_read(&job, "program", err)) return false;
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(job.row.id), STR_ARG(job.row.name));
  if (!pool_run(stored_save_job, &job, err)) return admin_put_faults(call, &job.faults, err);
  admin_shelve(call);
  return stored_put_new(call, job.row.id, err);
}

bool admin_change_stored(struct admin_call *call, struct err *err) {
  const struct shelf_entry *e;
  if (!admin_find_stored(call, &e, err) || !stored_may_change(call, &e->program->row, err)) return false;
  struct stored_job job = {.call = call, .row = e->program->row, .there = true};
  job.row.id = arena_dup(call->arena, job.row.id); // it outlives this shelf
  struct shelf_row before = job.row;
  int64_t version = json_int(call->body, "version", before.version);
  if (version != before.version) {
    err_at(err, ERR_CONFLICT, "version", "the program has version %lld by now, not %lld",
           (long long)before.version, (long long)version);
    err_hint(err, "read it again, then retry");
    return false;
  }
  job.row.version++;
  if (!stored_read(&job, "program", err)) return false;
  struct buf said = BUF_MAX(CHANGE_MOST);
  change_text(&said, "name", before.name, job.row.name);
  change_text(&said, "visibility", before.is_private ? STR("private") : STR("shared"),
              job.row.is_private ? STR("private") : STR("shared"));
  if (job.text.n)
    buf_printf(&said, "%sprogram: version %lld", said.n ? "; " : "", (long long)job.row.version);
  struct str changes = change_end(&said, call->arena);
  call->detail = arena_printf(call->arena, "%.*s: %.*s", STR_ARG(before.id), STR_ARG(changes));
  if (!pool_run(stored_save_job, &job, err)) return admin_put_faults(call, &job.faults, err);
  admin_shelve(call);
  return stored_put_new(call, job.row.id, err);
}

static bool stored_delete_job(void *arg, struct err *err) {
  struct stored_job *job = arg;
  return shelf_row_delete(job->call->env->shelf.store, job->row.id, err);
}

bool admin_delete_stored(struct admin_call *call, struct err *err) {
  const struct shelf_entry *e;
  if (!admin_find_stored(call, &e, err) || !stored_may_change(call, &e->program->row, err)) return false;
  struct stored_job job = {.call = call, .row = e->program->row};
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(job.row.id), STR_ARG(job.row.name));
  if (!pool_run(stored_delete_job, &job, err)) return false;
  admin_shelve(call);
  return true;
}

// ---- published

bool admin_list_published(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!admin_find_server(call, &v, err)) return false;
  const struct shelf_server *on = shelf_on(call->shelf, v->server.id);
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; on && i < on->count; i++)
    if (stored_sees(call, &on->tools[i].entry->program->row)) stored_put_tool(call, &on->tools[i]);
  put_close(&call->out, ']');
  put_close(&call->out, '}');
  return true;
}

// As all hosts take it, and nobody else's.
static bool stored_tool_name(const struct catalog_server *v, struct str name, struct err *err) {
  bool plain = name.n && name.n <= SHOWN_NAME_MOST;
  for (size_t i = 0; i < name.n; i++)
    plain &= isalnum((unsigned char)name.p[i]) || name.p[i] == '_' || name.p[i] == '-';
  if (!plain)
    return err_at(err, ERR_INVALID, "as",
                  "a tool's name has letters, digits, '_' and '-', at most %d of them", SHOWN_NAME_MOST);
  if (str_starts(name, "postern_"))
    return err_at(err, ERR_INVALID, "as", "names that begin with postern_ are Postern's own");
  if (!map_get(&v->by_name, name)) return true;
  err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "as", "the server shows a tool '%.*s' already", STR_ARG(name));
  err_hint(err, "take another name");
  return false;
}

// Nothing of it stands in the way of being a tool of this server.
static bool stored_fits(const struct catalog_server *v, yyjson_val *root, struct admin_call *call,
                        struct err *err) {
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  struct shelf_verdict verdict = shelf_judge_on(v, root, &look);
  stable_done(&look);
  if (yyjson_obj_get(yyjson_obj_get(root, "parameters"), SHELF_CONTINUE)) {
    err_at(err, ERR_UNPROCESSABLE, "program",
           "a parameter is called '" SHELF_CONTINUE "', which the tool has itself");
    err_hint(err, "give that parameter another name");
    return false;
  }
  return verdict.state == SHELF_OK ||
         err_at(err, ERR_UNPROCESSABLE, "program", "its step %.*s cannot run there: %.*s",
                STR_ARG(verdict.step), STR_ARG(verdict.why));
}

struct stored_publication {
  struct stored_job job;
  const struct catalog_server *v;
};

static bool stored_is_broken(const struct shelf_verdict *v, struct err *err) {
  return err_at(err, ERR_UNPROCESSABLE, "program", "the program is broken (%s): %.*s",
                shelf_state_name(v->state), STR_ARG(v->why));
}

static bool stored_is_sound(struct stored_publication *p, yyjson_val *root, struct err *err) {
  struct stable_look look = {.catalog = p->job.call->catalog, .arena = p->job.call->arena};
  struct shelf_verdict verdict = shelf_judge(p->job.call->env->program, root, &look);
  stable_done(&look);
  return verdict.state == SHELF_OK || stored_is_broken(&verdict, err);
}

// A new program, saved together with its tool: both or neither.
static bool stored_publish_new(void *arg, struct err *err) {
  struct stored_publication *p = arg;
  bool is_stable = p->job.row.document.n > 0;
  if (!is_stable && !stored_stabilize(&p->job, err)) return false;
  yyjson_doc *doc = yyjson_read(p->job.row.document.p, p->job.row.document.n, YYJSON_READ_NUMBER_AS_RAW);
  bool ok = (!is_stable || stored_is_sound(p, yyjson_doc_get_root(doc), err)) &&
            stored_fits(p->v, yyjson_doc_get_root(doc), p->job.call, err);
  yyjson_doc_free(doc);
  return ok && store_transact(p->job.call->env->shelf.store, stored_write, &p->job, err);
}

static bool stored_publish_kept(void *arg, struct err *err) {
  struct stored_publication *p = arg;
  return shelf_tool_row_insert(p->job.call->env->shelf.store, &p->job.tool, err);
}

static bool stored_publish_named(struct stored_publication *p, struct str named, struct err *err) {
  const struct shelf_entry *e;
  if (!admin_stored_named(p->job.call, named, "program", &e, err)) return false;
  if (e->verdict.state != SHELF_OK) return stored_is_broken(&e->verdict, err);
  p->job.tool.program_id = e->program->row.id;
  return stored_fits(p->v, yyjson_doc_get_root(e->program->doc), p->job.call, err) &&
         pool_run(stored_publish_kept, p, err);
}

static bool stored_publish_begin(struct stored_publication *p, struct err *err) {
  struct admin_call *call = p->job.call;
  struct str as = json_str(call->body, "as"), said = str_trim(json_str(call->body, "description"));
  if (!stored_tool_name(p->v, as, err)) return false;
  stored_begin(&p->job);
  p->job.row.name = as;
  p->job.tool =
      (struct shelf_tool_row){call->server_id, as, p->job.row.id, said, call->who.token.id, clock_now_ms()};
  call->detail = arena_printf(call->arena, "as %.*s", STR_ARG(as));
  return true;
}

static bool stored_publish_end(struct stored_publication *p, struct err *err) {
  struct admin_call *call = p->job.call;
  struct str as = p->job.tool.name;
  call->detail = arena_printf(call->arena, "%.*s as %.*s", STR_ARG(p->job.tool.program_id), STR_ARG(as));
  admin_shelve(call);
  const struct shelf_tool *t = shelf_tool_find(call->shelf, call->server_id, as);
  if (t) return stored_put_tool(call, t), true;
  return err_set(err, ERR_CONFLICT, "it was unpublished in the meantime");
}

bool stored_publish(struct admin_call *call, const struct catalog_server *v, struct str stable,
                    struct err *err) {
  struct stored_publication p = {.job = {.call = call}, .v = v};
  call->server_id = arena_dup(call->arena, v->server.id);
  if (!stored_publish_begin(&p, err)) return false;
  p.job.row.document = stable;
  p.job.row.updated_at = p.job.row.created_at;
  return shelf_name_is_good(p.job.row.name, err) && pool_run(stored_publish_new, &p, err) &&
         stored_publish_end(&p, err);
}

bool admin_publish_program(struct admin_call *call, struct err *err) {
  struct stored_publication p = {.job = {.call = call}};
  yyjson_val *program = yyjson_obj_get(call->body, "program");
  if (!admin_find_server(call, &p.v, err) || !stored_publish_begin(&p, err)) return false;
  bool ok = yyjson_is_obj(program) ? stored_read(&p.job, "program", err) &&
                                         (p.job.server = p.v, pool_run(stored_publish_new, &p, err))
                                   : stored_publish_named(&p, json_text(program), err);
  return ok ? stored_publish_end(&p, err) : admin_put_faults(call, &p.job.faults, err);
}

static bool stored_unpublish_job(void *arg, struct err *err) {
  struct stored_job *job = arg;
  return shelf_tool_row_delete(job->call->env->shelf.store, job->tool.server_id, job->tool.name, err);
}

bool admin_unpublish_program(struct admin_call *call, struct err *err) {
  const struct catalog_server *v;
  if (!admin_find_server(call, &v, err)) return false;
  struct stored_job job = {.call = call,
                           .tool = {.server_id = call->server_id, .name = http_param(&call->params, "tool")}};
  call->detail = arena_dup(call->arena, job.tool.name);
  if (!pool_run(stored_unpublish_job, &job, err)) return false;
  admin_shelve(call);
  return true;
}
