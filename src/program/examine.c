// SPDX-License-Identifier: Apache-2.0
#include "program/examine.h"

#include "base/clock.h"
#include "program/bind.h"

enum { EXAMINE_MINUTE_MS = 60000 };

static yyjson_mut_val *examine_value(yyjson_mut_doc *doc, enum program_type type) {
  switch (type) {
  case PROGRAM_INTEGER:
  case PROGRAM_NUMBER:
    return yyjson_mut_int(doc, 0);
  case PROGRAM_BOOLEAN:
    return yyjson_mut_false(doc);
  case PROGRAM_TIME:
    return yyjson_mut_str(doc, "now");
  case PROGRAM_ZONE:
    return yyjson_mut_str(doc, "UTC");
  default:
    return yyjson_mut_str(doc, "");
  }
}

// With values for what has no default and is not given.
static yyjson_doc *examine_given(const struct program *p, yyjson_val *values) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *given = yyjson_is_obj(values) ? yyjson_val_mut_copy(doc, values) : yyjson_mut_obj(doc);
  for (size_t i = 0; i < p->parameter_count; i++)
    if (!p->parameters[i].value &&
        !yyjson_mut_obj_getn(given, p->parameters[i].name.p, p->parameters[i].name.n))
      yyjson_mut_obj_add(given, yyjson_mut_strn(doc, p->parameters[i].name.p, p->parameters[i].name.n),
                         examine_value(doc, p->parameters[i].type));
  yyjson_mut_doc_set_root(doc, given);
  yyjson_doc *out = yyjson_mut_doc_imut_copy(doc, NULL);
  yyjson_mut_doc_free(doc);
  return out;
}

const struct program_examined *program_examine(const struct program_env *env, const struct program_view *view,
                                               yyjson_val *root, yyjson_val *values, struct arena *a,
                                               struct program_faults *faults) {
  struct program_examined *x = ARENA_NEW(a, struct program_examined);
  int64_t now = clock_now_ms();
  struct table_clock clock = {
      .now_ms = now - now % EXAMINE_MINUTE_MS, .zone = env->zone, .first_weekday = env->first_weekday};
  struct table_params params;
  if (!program_read(root, a, &x->program, faults)) return NULL;
  yyjson_doc *given = examine_given(&x->program, values);
  struct program_check_input in = {.program = &x->program,
                                   .view = view,
                                   .params = &params,
                                   .clock = &clock,
                                   .limits = &env->limits.tables};
  bool ok = bind_parameters(&x->program, yyjson_doc_get_root(given), &clock, a, &params, faults) &&
            program_check(&in, a, &x->plan, faults);
  yyjson_doc_free(given);
  return ok ? x : NULL;
}
