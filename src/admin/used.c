// SPDX-License-Identifier: Apache-2.0
#include "admin/used.h"

#include "io/pool.h"

// The last row of the audit that a client caused: their actions are methods, such as tools/call.
#define USED_LAST                                                                                            \
  "SELECT id, (SELECT at FROM audit WHERE server_id = server.id AND action LIKE '%/%' ORDER BY at DESC "     \
  "LIMIT 1) "                                                                                                \
  "FROM server"

static bool used_job(void *arg, struct err *err) {
  struct used *u = arg;
  struct store *store = u->call->env->catalog->account->store;
  return u->id.n ? store_query(store, USED_LAST " WHERE id = $1", &STORE_TEXT(u->id), 1, u->call->arena,
                               &u->rows, err)
                 : store_query(store, USED_LAST " ORDER BY id", NULL, 0, u->call->arena, &u->rows, err);
}

// By the order of ids, which the catalog has too. A store that does not answer now is no reason to fail.
struct used used_read(struct admin_call *call, struct str id) {
  struct used u = {.call = call, .id = id};
  struct err ignored;
  if (!pool_run(used_job, &u, &ignored)) u.rows.count = 0;
  return u;
}

int64_t used_at(const struct used *u, struct str id) {
  size_t low = 0, high = u->rows.count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = str_compare(store_cell(&u->rows, middle, 0)->text, id);
    if (order == 0) return store_cell(&u->rows, middle, 1)->number;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return 0;
}

int64_t used_last(struct admin_call *call, struct str id) {
  struct used u = used_read(call, id);
  return used_at(&u, id);
}
