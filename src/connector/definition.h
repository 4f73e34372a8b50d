// SPDX-License-Identifier: Apache-2.0
// definition: a connector's YAML as struct connector. Private to connector/.
#ifndef POSTERN_CONNECTOR_DEFINITION_H
#define POSTERN_CONNECTOR_DEFINITION_H

#include "connector/connector.h"
#include "connector/reader.h"

// Reads the root of r->yaml, which must outlive `out`. False: r->err says why. Paths stay relative; no digest
// yet.
MUST_USE bool definition_read(struct reader *r, struct connector *out);

#endif
