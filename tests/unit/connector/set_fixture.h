// SPDX-License-Identifier: Apache-2.0
// A set of connectors with none in it, for tests that add their own. The caller releases it.
#ifndef POSTERN_TESTS_UNIT_CONNECTOR_SET_FIXTURE_H
#define POSTERN_TESTS_UNIT_CONNECTOR_SET_FIXTURE_H

#include "../support/check.h"
#include "connector/connector.h"

static inline struct connector_set *empty(void) {
  struct connector_set *set = NULL;
  struct err err;
  assert_true(connector_set_load(NULL, &set, &err));
  return set;
}

#endif
