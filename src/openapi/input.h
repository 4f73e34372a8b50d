// SPDX-License-Identifier: Apache-2.0
// input: the one JSON Schema object a model fills in: parameters and the body's properties side by
// side, and the way back from its arguments to the wire. Names: a parameter has its own (after
// rename_parameters), cleaned to [A-Za-z0-9_.-]{1,64}; of several with one name path, query, header,
// cookie and body come in that order, later ones are `<in>_<name>`, of the body `body_<name>`.
#ifndef POSTERN_OPENAPI_INPUT_H
#define POSTERN_OPENAPI_INPUT_H

#include "openapi/expand.h"
#include "openapi/operation.h"

enum { ARGUMENT_NAME_MOST = 64 };

struct input {
  yyjson_mut_doc *doc;  // the caller's; owns all below
  yyjson_mut_val *root; // the schema
  yyjson_mut_val *body; // the toolset's "body"; NULL: none
  struct str needs;     // "name, type": what a body that may be left out needs where it is given
  bool cut;             // something was left open for depth or number
};

// Gives each parameter its argument name. `word`: the connector's, may be NULL.
void input_name_arguments(struct operation *op, yyjson_val *word, struct arena *a);

// `out->doc` is set by the caller. False: a schema that is needed is broken.
MUST_USE bool input_build(struct expander *x, struct operation *op, struct input *out, struct err *err);

#endif
