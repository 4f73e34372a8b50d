// SPDX-License-Identifier: Apache-2.0
// yaml_scalar: what an unquoted YAML scalar means (YAML 1.2.2 §10.3.2, the core schema), and its
// form in JSON. "yes", "no" and "on" are strings there. Private to data/yaml. Pure.
#ifndef POSTERN_DATA_YAML_SCALAR_H
#define POSTERN_DATA_YAML_SCALAR_H

#include "base/arena.h"

enum yaml_scalar {
  YAML_SCALAR_STRING,
  YAML_SCALAR_NULL,
  YAML_SCALAR_BOOL,
  YAML_SCALAR_INT,
  YAML_SCALAR_FLOAT,
  YAML_SCALAR_NO_JSON
}; // .inf, .nan, and numbers beyond a double's range

// `json` is set for null, booleans and numbers; it may borrow from `text`.
enum yaml_scalar yaml_scalar_resolve(struct arena *a, struct str text, struct str *json);

#endif
