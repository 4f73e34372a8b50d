// SPDX-License-Identifier: Apache-2.0
#include "call/doctor.h"

#include "admin/put.h"
#include "admin/route.h"
#include "base/metrics.h"
#include "sink/sink.h"

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

static void doctor_put_house(struct buf *out, const char *id, struct str text, struct str remedy) {
  doctor_put_check(out, &(struct doctor_check){id, DOCTOR_WARN, text, remedy});
}

// Nor these: what becomes of the audit's rows.
static void doctor_put_audit(struct buf *out, struct sinks *sinks, struct arena *a) {
  struct sink_look looks[SINKS_MOST];
  size_t count = sinks_look(sinks, looks, SINKS_MOST);
  for (size_t i = 0; i < count; i++) {
    const struct sink_look *l = &looks[i];
    if (l->failing_ms)
      doctor_put_house(out, "sink_failing",
                       arena_printf(a, "%s takes no rows of the audit, for %lld s now; they wait: %s",
                                    l->name, (long long)l->failing_ms / 1000, l->why.text),
                       arena_dup(a, str_of(l->why.hint)));
  }
  if (metrics_get(METRIC_AUDIT_SPOOLED))
    doctor_put_house(out, "rows_wait",
                     arena_printf(a, "%lld rows of the audit wait in a file: the store takes none",
                                  (long long)metrics_get(METRIC_AUDIT_SPOOLED)),
                     STR("GET /readyz says why; they are written by themselves when that is mended"));
  if (metrics_get(METRIC_AUDIT_DROPPED))
    doctor_put_house(
        out, "rows_lost",
        arena_printf(a, "%lld rows of the audit were lost since the start",
                     (long long)metrics_get(METRIC_AUDIT_DROPPED)),
        STR("the log says when; a larger audit_spool_bytes, or audit_spool on another disk, keeps "
            "more while the store takes none"));
}

static void doctor_put(struct buf *out, const struct doctor_report *r, struct str account_id,
                       struct sinks *sinks, struct arena *a) {
  put_open(out, NULL, '{');
  put_text(out, "account_id", account_id);
  put_bool(out, "healthy", r->healthy);
  put_open(out, "checks", '[');
  for (size_t i = 0; i < r->count; i++) doctor_put_check(out, &r->checks[i]);
  doctor_put_engines(out, a);
  doctor_put_audit(out, sinks, a);
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
  doctor_put(&call->out, &report, call->account_id, call->env->sinks, call->arena);
  return true;
}
