// SPDX-License-Identifier: Apache-2.0
// forms: the subtypes of a schema that a discriminator tells apart while the schema itself lists none: those
// of its `mapping`, else those that take it in by allOf (OpenAPI 3.1 §4.8.25). Such a schema stands for the
// choice of its forms and itself; within the forms it stands for itself alone. One thread, in the pool's
// arena. Example:
//   const struct forms *f = forms_of(pool, place);   // NULL: no discriminator, or its subtypes are listed
#ifndef POSTERN_OPENAPI_FORMS_H
#define POSTERN_OPENAPI_FORMS_H

#include "openapi/pool.h"

enum {
  FORMS_MOST = 100,       // of one schema; others are left to its openness
  FORMS_ALL_MOST = 20000, // of all schemas of a document together
};

struct form {
  struct place at;
  struct str name; // as the discriminator calls it
};

struct forms {
  struct place base;
  struct form *items;
  size_t count, cap;
};

const struct forms *forms_of(struct schema_pool *p, struct place base);
// Is this schema one that the base is part of?
bool forms_has(struct schema_pool *p, struct place base, struct place schema);

#endif
