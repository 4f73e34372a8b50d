// SPDX-License-Identifier: Apache-2.0
#include "openapi/typed.h"

#include <math.h>
#include <stdlib.h>

#include "data/json.h"

unsigned typed_of(yyjson_val *v) {
  if (yyjson_is_null(v)) return T_NULL;
  if (yyjson_is_bool(v)) return T_BOOLEAN;
  if (yyjson_is_str(v)) return T_STRING;
  if (yyjson_is_arr(v)) return T_ARRAY;
  if (yyjson_is_obj(v)) return T_OBJECT;
  return yyjson_is_int(v) || floor(yyjson_get_num(v)) == yyjson_get_num(v) ? T_NUMERIC : T_NUMBER;
}

yyjson_mut_val *typed_value(yyjson_mut_doc *ir, struct arena *a, unsigned types, yyjson_val *v) {
  struct str text = yyjson_is_str(v) ? json_text(v) : json_to_text(a, v);
  int64_t whole;
  char *end;
  if (!types || types & typed_of(v)) return yyjson_val_mut_copy(ir, v);
  if (yyjson_is_null(v) || yyjson_is_ctn(v) || !text.n) return NULL;
  if (types & T_NUMERIC && yyjson_is_str(v) && str_to_i64(text, &whole)) return yyjson_mut_sint(ir, whole);
  double real = types & T_NUMBER && yyjson_is_str(v) ? strtod(arena_z(a, text), &end) : 0;
  if (types & T_NUMBER && yyjson_is_str(v) && !*end && isfinite(real)) return yyjson_mut_real(ir, real);
  bool yes = str_is(text, "true");
  if (types & T_BOOLEAN && (yes || str_is(text, "false"))) return yyjson_mut_bool(ir, yes);
  return types & T_STRING ? yyjson_mut_strncpy(ir, text.p, text.n) : NULL;
}
