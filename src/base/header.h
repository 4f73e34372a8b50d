// SPDX-License-Identifier: Apache-2.0
// header: the request headers that are the program's own: framing and routing (RFC 9110 §7.6.1, RFC 9112 §6),
// credentials, and what it sets itself. No argument may set one, and so no tool offers one. Pure.
#ifndef POSTERN_BASE_HEADER_H
#define POSTERN_BASE_HEADER_H

#include "base/str.h"

bool header_is_own(struct str name); // in any case

#endif
