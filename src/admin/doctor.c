// SPDX-License-Identifier: Apache-2.0
#include "call/doctor.h"

#include "admin/put.h"
#include "admin/route.h"

static void doctor_put_check(struct buf *out, const struct doctor_check *c) {
  put_open(out, NULL, '{');
  put_text(out, "id", str_of(c->id));
  put_text(out, "status", str_of(doctor_status_name(c->status)));
  put_text(out, "text", c->text);
  put_text_or_null(out, "remedy", c->remedy);
  put_close(out, '}');
}

// Of no account: but who looks for why questions are not answered looks here.
static void doctor_put_engines(struct buf *out, struct arena *a) {
  struct engine_list *list = engine_list_acquire();
  for (size_t i = 0; i < list->count; i++) {
    const struct engine *e = &list->items[i];
    if (!str_is(e->status, "failing")) continue;
    doctor_put_check(
        out,
        &(struct doctor_check){
            "engine", DOCTOR_WARN,
            arena_printf(a, "the language model %.*s failed its last trial: %.*s", STR_ARG(e->name),
                         STR_ARG(e->status_text)),
            arena_printf(a, "postern engine test %.*s tries it again; until it works, the planner answers",
                         STR_ARG(e->name))});
  }
  engine_list_release(list);
}

static void doctor_put(struct buf *out, const struct doctor_report *r, struct str account_id,
                       struct arena *a) {
  put_open(out, NULL, '{');
  put_text(out, "account_id", account_id);
  put_bool(out, "healthy", r->healthy);
  put_open(out, "checks", '[');
  for (size_t i = 0; i < r->count; i++) doctor_put_check(out, &r->checks[i]);
  doctor_put_engines(out, a);
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
  doctor_put(&call->out, &report, call->account_id, call->arena);
  return true;
}
