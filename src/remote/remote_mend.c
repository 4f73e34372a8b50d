// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/plain.h"
#include "data/json.h"
#include "mcp/mend.h"
#include "mcp/param.h"
#include "remote/remote_parts.h"

// What hosts want of a name is seen to where it is shown (catalog/shown); here it is one that people can read.
bool remote_name_is_good(struct str name) {
  uint32_t c;
  for (struct str rest = name; rest.n;) {
    rest = str_from(rest, plain_next(rest, &c));
    if (!plain_is_safe(c)) return false;
  }
  return str_trim(name).n > 0 && name.n <= REMOTE_NAME_MOST;
}

static bool remote_mend_write(yyjson_mut_val *tool, struct buf *text, struct err *err) {
  size_t n;
  char *written = yyjson_mut_val_write(tool, 0, &n);
  if (!written) return err_set(err, ERR_INVALID, "it holds a broken number or text");
  buf_add(text, str_make(written, n));
  free(written);
  return !text->full || err_set(err, ERR_INVALID, "its definition is larger than %zu KiB", text->max / 1024);
}

bool remote_mend(yyjson_val *definition, struct buf *text, struct buf *notes, struct err *err) {
  if (!remote_name_is_good(json_str(definition, "name")))
    return err_set(err, ERR_INVALID, "its name is not 1 to %d bytes of text that can be read",
                   REMOTE_NAME_MOST);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  struct mend m = {.doc = doc, .notes = notes, .err = err};
  yyjson_mut_val *tool = mend_tool(&m, definition);
  yyjson_doc *input = tool ? yyjson_mut_val_imut_copy(yyjson_mut_obj_get(tool, "inputSchema"), NULL) : NULL;
  yyjson_val *schema = yyjson_doc_get_root(input);
  bool ok = tool && (!param_schema_has_any(schema) || param_schema_is_sound(schema, err)) &&
            remote_mend_write(tool, text, err);
  yyjson_doc_free(input);
  yyjson_mut_doc_free(doc);
  return ok;
}
