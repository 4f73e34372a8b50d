// SPDX-License-Identifier: Apache-2.0
// The audit log over HTTP.
#include "audit/audit.h"

#include "admin/put.h"
#include "admin/route.h"
#include "base/clock.h"
#include "io/pool.h"

struct audit_job {
  struct admin_call *call;
  struct audit_query query;
  struct audit_entry *entries;
  size_t count;
};

static bool audit_job_read(void *arg, struct err *err) {
  struct audit_job *job = arg;
  return audit_read(job->call->env->catalog->account->store, &job->query, job->call->arena, &job->entries,
                    &job->count, err);
}

static int64_t audit_time(const struct admin_call *call, const char *name) {
  int64_t ms;
  return clock_parse_rfc3339(admin_query(call, name), &ms) ? ms : 0;
}

static void audit_put(struct buf *out, const struct audit_entry *e) {
  const struct audit_row *row = &e->row;
  put_open(out, NULL, '{');
  put_text(out, "id", e->id);
  put_time(out, "at", row->at);
  put_text_or_null(out, "actor", row->who.actor);
  put_text_or_null(out, "actor_name", row->who.actor_name);
  put_text_or_null(out, "client", row->who.client);
  put_text_or_null(out, "address", row->who.address);
  put_text(out, "action", row->action);
  put_text_or_null(out, "server_id", row->server_id);
  put_text_or_null(out, "server_name", row->server_name);
  put_text_or_null(out, "account_id", row->account_id);
  put_text_or_null(out, "account_name", row->account_name);
  put_text_or_null(out, "tool", row->tool);
  put_json(out, "arguments", row->arguments);
  put_json(out, "values", row->values);
  put_text(out, "outcome", row->outcome);
  if (row->status)
    put_int(out, "status", row->status);
  else
    put_json(out, "status", STR_NONE);
  put_int(out, "elapsed_us", row->elapsed_us);
  put_int(out, "count", row->count);
  put_text_or_null(out, "request_id", row->request_id);
  put_text_or_null(out, "detail", row->detail);
  put_close(out, '}');
}

bool admin_list_audit(struct admin_call *call, struct err *err) {
  size_t limit = (size_t)admin_query_int(call, "limit", ADMIN_PAGE);
  struct audit_job job = {.call = call,
                          .query = {.since = audit_time(call, "since"),
                                    .until = audit_time(call, "until"),
                                    .actor = admin_query(call, "actor"),
                                    .client = admin_query(call, "client"),
                                    .address = admin_query(call, "address"),
                                    .action = admin_query(call, "action"),
                                    .server_id = admin_query(call, "server_id"),
                                    .account_id = admin_query(call, "account_id"),
                                    .tool = admin_query(call, "tool"),
                                    .outcome = admin_query(call, "outcome"),
                                    .values = admin_query(call, "values").n > 0,
                                    .before_id = admin_query(call, "before"),
                                    .limit = limit}};
  if (!pool_run(audit_job_read, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < job.count; i++) audit_put(&call->out, &job.entries[i]);
  put_close(&call->out, ']');
  // A full page may be the last one; the next is then empty.
  admin_put_next(call, "before", job.count && job.count == limit ? job.entries[job.count - 1].id : STR_NONE);
  put_close(&call->out, '}');
  return true;
}
