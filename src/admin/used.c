// SPDX-License-Identifier: Apache-2.0
#include "admin/used.h"

#include "io/pool.h"

// The last row of the audit that a client caused: their actions are methods, such as tools/call.
#define USED_LAST                                                                                            \
  "SELECT at FROM audit WHERE server_id = $1 AND server_id <> '' AND action LIKE '%/%' ORDER BY id DESC "    \
  "LIMIT 1"

struct used_job {
  struct admin_call *call;
  const struct str *ids;
  size_t count;
  int64_t *at;
};

static bool used_run(void *arg, struct err *err) {
  struct used_job *job = arg;
  struct store *store = job->call->env->catalog->account->store;
  for (size_t i = 0; i < job->count; i++) {
    struct store_rows rows;
    if (!store_query(store, USED_LAST, &STORE_TEXT(job->ids[i]), 1, job->call->arena, &rows, err))
      return false;
    if (rows.count) job->at[i] = store_cell(&rows, 0, 0)->number;
  }
  return true;
}

int64_t *used_read(struct admin_call *call, const struct str *ids, size_t count) {
  struct used_job job = {call, ids, count, ARENA_ARRAY(call->arena, count + 1, int64_t)};
  struct err ignored;
  if (!pool_run(used_run, &job, &ignored)) memset(job.at, 0, count * sizeof *job.at);
  return job.at;
}

int64_t used_last(struct admin_call *call, struct str id) {
  return *used_read(call, &id, 1);
}
