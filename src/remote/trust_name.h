// SPDX-License-Identifier: Apache-2.0
// trust_name: what the name of a tool says: its words, the verb in the verb position, and whether it speaks
// of secrets. snake_case, kebab-case, camelCase and dots; verb first ("list_zones"), behind a vendor's name
// ("asana_get_task") or last ("asset-rename"). Private to remote/trust. Pure. Example:
//   struct trust_name n; trust_name_read(STR("hyperdrive_config_edit"), &n);    // TRUST_NAME_WRITES, "edit"
#ifndef POSTERN_REMOTE_TRUST_NAME_H
#define POSTERN_REMOTE_TRUST_NAME_H

#include "tool/tool.h"

enum { TRUST_NAME_MOST = 128, TRUST_NAME_WORDS = 32 };

enum trust_name_says { TRUST_NAME_UNCLEAR, TRUST_NAME_READS, TRUST_NAME_WRITES };

struct trust_name {
  char text[2 * TRUST_NAME_MOST]; // in lower case; the words point into it
  struct str words[TRUST_NAME_WORDS];
  size_t count;
  enum trust_name_says says;
  enum tool_class class; // of the verb; TOOL_CUSTOM where it is unclear
  struct str verb;       // empty: none
  struct str secret;     // "key": empty: speaks of none
};

void trust_name_read(struct str name, struct trust_name *out);

#endif
