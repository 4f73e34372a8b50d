// SPDX-License-Identifier: Apache-2.0
#include "mcp/mend_parts.h"

yyjson_mut_val *mend_tool(struct mend *m, yyjson_val *definition) {
  yyjson_mut_val *out = mend_make(m, &mend_tools, definition), *input, *output;
  if (!out || !(input = mend_input_schema(m, yyjson_obj_get(definition, "inputSchema")))) return NULL;
  yyjson_mut_obj_put(out, yyjson_mut_str(m->doc, "inputSchema"), input);
  if (!yyjson_obj_get(definition, "outputSchema")) return out;
  output = mend_output_schema(m, yyjson_obj_get(definition, "outputSchema"));
  if (output)
    yyjson_mut_obj_put(out, yyjson_mut_str(m->doc, "outputSchema"), output);
  else
    yyjson_mut_obj_remove_key(out, "outputSchema");
  return out;
}
