// SPDX-License-Identifier: Apache-2.0
#include "catalog/context.h"

const struct connector_context *context_find(const struct catalog_account *v, struct str argument) {
  for (size_t i = 0; i < v->connector->context_count; i++)
    if (str_eq(v->connector->contexts[i].name, argument)) return &v->connector->contexts[i];
  return NULL;
}

yyjson_val *context_default(const struct catalog_account *v, struct str argument) {
  yyjson_val *value = yyjson_obj_getn(yyjson_doc_get_root(v->account->context), argument.p, argument.n);
  return yyjson_is_null(value) ? NULL : value;
}

yyjson_val *context_choices(const struct catalog_account *v, struct str argument) {
  yyjson_val *list = yyjson_obj_getn(yyjson_doc_get_root(v->account->choices), argument.p, argument.n);
  return yyjson_is_arr(list) && yyjson_arr_size(list) ? list : NULL;
}
