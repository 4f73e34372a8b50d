// SPDX-License-Identifier: Apache-2.0
// Aliases over HTTP: what people call things in questions.
#include "ask/alias.h"
#include "admin/aliases.h"
#include "admin/change.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "data/json.h"
#include "io/pool.h"
#include "shelf/alias_row.h"

struct alias_job {
  struct admin_call *call;
  struct shelf_alias row, *all;
  size_t count;
};

static struct store *alias_store(const struct alias_job *job) {
  return job->call->env->shelf.store;
}

static bool alias_read_job(void *arg, struct err *err) {
  struct alias_job *job = arg;
  return shelf_alias_all(alias_store(job), job->call->arena, &job->all, &job->count, err);
}

static bool alias_insert_job(void *arg, struct err *err) {
  struct alias_job *job = arg;
  return shelf_alias_insert(alias_store(job), &job->row, err);
}

static bool alias_update_job(void *arg, struct err *err) {
  struct alias_job *job = arg;
  return shelf_alias_update(alias_store(job), &job->row, err);
}

static bool alias_delete_job(void *arg, struct err *err) {
  struct alias_job *job = arg;
  return shelf_alias_delete(alias_store(job), job->row.id, err);
}

// ---- read

static void alias_show(struct admin_call *call, const struct shelf_alias *row) {
  struct buf *out = &call->out;
  const struct catalog_account *account = catalog_account_by_id(call->catalog, row->account_id);
  put_open(out, NULL, '{');
  put_text(out, "id", row->id);
  put_text(out, "name", row->name);
  put_text(out, "value", row->value);
  put_text_or_null(out, "account_id", row->account_id);
  put_text_or_null(out, "account", account ? account->account->name : STR_NONE);
  put_text(out, "made_by", row->made_by);
  put_time(out, "created_at", row->created_at);
  put_time(out, "updated_at", row->updated_at);
  put_close(out, '}');
}

bool admin_list_aliases(struct admin_call *call, struct err *err) {
  struct alias_job job = {.call = call};
  if (!pool_run(alias_read_job, &job, err)) return false;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < job.count && !page.full; i++)
    if (paging_takes(&page, job.all[i].folded)) alias_show(call, &job.all[i]);
  paging_close(&page);
  paging_end(&page);
  return true;
}

// By id or by name, as a question would have it.
static struct shelf_alias *alias_find(struct alias_job *job, struct str named) {
  struct str folded = named;
  struct err none;
  if (!alias_name(named, job->call->arena, &folded, &none)) folded = named;
  for (size_t i = 0; i < job->count; i++)
    if (str_eq(job->all[i].id, named) || str_eq(job->all[i].folded, folded)) return &job->all[i];
  return NULL;
}

// ---- written

static bool alias_settle(struct alias_job *job, struct err *err) {
  struct shelf_alias *row = &job->row;
  row->made_by = job->call->who.token.id;
  row->updated_at = clock_now_ms();
  return alias_name(row->name, job->call->arena, &row->folded, err) &&
         alias_value(row->value, job->call->arena, &row->meant, err);
}

static bool alias_take_account(struct alias_job *job, struct err *err) {
  struct str named = json_str(job->call->body, "account");
  const struct catalog_account *account = named.n ? admin_account_named(job->call->catalog, named) : NULL;
  if (named.n && !account) return admin_no_account("account", named, err);
  if (yyjson_obj_get(job->call->body, "account"))
    job->row.account_id = account ? account->account->id : STR_NONE;
  job->call->account_id = job->row.account_id;
  return true;
}

static bool alias_create(struct alias_job *job, struct err *err) {
  char id[TOKEN_ID];
  token_id("als", id);
  job->row.id = arena_dup(job->call->arena, str_of(id));
  if (!alias_settle(job, err)) return false;
  job->row.created_at = job->row.updated_at;
  job->call->detail =
      arena_printf(job->call->arena, "\"%.*s\" = \"%.*s\"", STR_ARG(job->row.name), STR_ARG(job->row.value));
  return pool_run(alias_insert_job, job, err);
}

bool admin_create_alias(struct admin_call *call, struct err *err) {
  struct alias_job job = {.call = call,
                          .row = {.name = str_trim(json_str(call->body, "name")),
                                  .value = str_trim(json_str(call->body, "value"))}};
  if (!alias_take_account(&job, err) || !alias_create(&job, err)) return false;
  alias_show(call, &job.row);
  return true;
}

static bool alias_change(struct alias_job *job, const struct shelf_alias *before, struct err *err) {
  struct buf said = BUF_MAX(CHANGE_MOST);
  change_text(&said, "name", before->name, job->row.name);
  change_text(&said, "value", before->value, job->row.value);
  change_text(&said, "account", before->account_id, job->row.account_id);
  struct str changes = change_end(&said, job->call->arena);
  job->call->detail =
      arena_printf(job->call->arena, "\"%.*s\": %.*s", STR_ARG(before->name), STR_ARG(changes));
  return alias_settle(job, err) && pool_run(alias_update_job, job, err);
}

static bool alias_must_find(struct alias_job *job, struct str named, struct shelf_alias **out,
                            struct err *err) {
  if (!pool_run(alias_read_job, job, err)) return false;
  if ((*out = alias_find(job, named))) return true;
  err_at(err, ERR_MISSING, "alias", "there is no alias '%.*s'", STR_MOST(named, 64));
  err_hint(err, "GET /alias lists them");
  return false;
}

bool admin_change_alias(struct admin_call *call, struct err *err) {
  struct alias_job job = {.call = call};
  struct shelf_alias *before;
  if (!alias_must_find(&job, http_param(&call->params, "alias"), &before, err)) return false;
  job.row = *before;
  if (yyjson_obj_get(call->body, "name")) job.row.name = str_trim(json_str(call->body, "name"));
  if (yyjson_obj_get(call->body, "value")) job.row.value = str_trim(json_str(call->body, "value"));
  if (!alias_take_account(&job, err) || !alias_change(&job, before, err)) return false;
  alias_show(call, &job.row);
  return true;
}

bool admin_delete_alias(struct admin_call *call, struct err *err) {
  struct alias_job job = {.call = call};
  struct str named = http_param(&call->params, "alias"), folded;
  struct err none;
  job.row.id = alias_name(named, call->arena, &folded, &none) ? folded : named;
  call->detail = arena_printf(call->arena, "\"%.*s\"", STR_MOST(named, 100));
  return pool_run(alias_delete_job, &job, err);
}

bool aliases_keep(struct admin_call *call, struct str name, struct str value, struct err *err) {
  struct alias_job job = {.call = call};
  if (!pool_run(alias_read_job, &job, err)) return false;
  struct shelf_alias *before = alias_find(&job, name);
  job.row = before ? *before : (struct shelf_alias){.name = name};
  job.row.value = value;
  return before ? alias_change(&job, before, err) : alias_create(&job, err);
}
