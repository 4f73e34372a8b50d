// SPDX-License-Identifier: Apache-2.0
// yaml_compose: a YAML text as JSON text, aliases and merge keys expanded. Private to data/yaml.
#ifndef POSTERN_DATA_YAML_COMPOSE_H
#define POSTERN_DATA_YAML_COMPOSE_H

#include "base/err.h"

enum {
  YAML_DEPTH_MOST = 64,
  YAML_NODES_MOST = 2000000,           // values and keys, after the expansion of aliases
  YAML_INPUT_MOST = 64 * 1024 * 1024,  // bytes of text
  YAML_OUTPUT_MOST = 256 * 1024 * 1024 // bytes of JSON, after the expansion of aliases
};

struct yaml_json {
  char *text; // n bytes and yyjson's padding; the caller frees it and `lines` with mem_free
  size_t n;
  uint32_t *lines; // of each value and key in the order of the text
  size_t count;
};

MUST_USE bool yaml_compose(struct str text, struct yaml_json *out, struct err *err);

#endif
