// SPDX-License-Identifier: Apache-2.0
#include "call/doctor.h"

#include "admin/put.h"
#include "admin/route.h"

static void doctor_put(struct buf *out, const struct doctor_report *r, struct str account_id) {
  put_open(out, NULL, '{');
  put_text(out, "account_id", account_id);
  put_bool(out, "healthy", r->healthy);
  put_open(out, "checks", '[');
  for (size_t i = 0; i < r->count; i++) {
    const struct doctor_check *c = &r->checks[i];
    put_open(out, NULL, '{');
    put_text(out, "id", str_of(c->id));
    put_text(out, "status", str_of(doctor_status_name(c->status)));
    put_text(out, "text", c->text);
    put_text_or_null(out, "remedy", c->remedy);
    put_close(out, '}');
  }
  put_close(out, ']');
  put_close(out, '}');
}

bool admin_examine_account(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  if (!admin_find_account(call, &v, err)) return false;
  struct doctor doctor = {.run = call->env->run,
                          .catalog = call->catalog,
                          .account = call->env->catalog->account,
                          .by = admin_asker(call)};
  struct doctor_report report;
  if (!doctor_examine(&doctor, v, call->arena, &report, err)) return false;
  doctor_put(&call->out, &report, call->account_id);
  return true;
}
