// SPDX-License-Identifier: Apache-2.0
// vetting: what is looked at before the program starts, because it would go wrong later and nobody would be told: a listener
// that shows tokens, origins that are none, connectors whose words cannot be asked by, too few
// files. Example:
//   if (!vetting_exposure(settings, err)) return false;
#ifndef POSTERN_VETTING_H
#define POSTERN_VETTING_H

#include "connector/connector.h"
#include "settings/settings.h"

MUST_USE bool vetting_exposure(const struct settings *s, struct err *err);
MUST_USE bool vetting_origins(const struct settings *s, struct err *err);
MUST_USE bool vetting_words(const struct connector_set *set, struct err *err);
// Raises the limit of open files. *connections: so many it leaves for clients.
MUST_USE bool vetting_descriptors(const struct settings *s, size_t loops, size_t *connections,
                                  struct err *err);

#endif
