// SPDX-License-Identifier: Apache-2.0
#include "admin/paging.h"

#include "admin/put.h"

struct paging paging_begin(struct admin_call *call) {
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  return (struct paging){
      .call = call, .after = admin_query(call, "after"), .left = admin_query_int(call, "limit", ADMIN_PAGE)};
}

bool paging_takes(struct paging *p, struct str id) {
  if (str_compare(id, p->after) <= 0) return false;
  p->full = p->left <= 0;
  if (p->full) return false;
  p->left--;
  p->last = id;
  return true;
}

void paging_close(struct paging *p) {
  put_close(&p->call->out, ']');
}

void paging_end(struct paging *p) {
  admin_put_next(p->call, "after", p->full ? p->last : STR_NONE);
  put_close(&p->call->out, '}');
}
